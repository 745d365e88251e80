"""Short programs that capture what a layer is fed (a) and told (delta = dL/dz), one for each library, to be copied and run elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from core.checks import check_choice


@dataclass(frozen=True, slots=True)
class Recipe:
    """One capture program: a function `capture(...)` that writes an .npz for `core.diagnosis.read_layers`."""

    key: str
    """Its name in links and the name of its file."""
    label: str
    """The library, as it writes itself."""
    modules: tuple[str, ...]
    """What it imports besides NumPy."""
    call: str
    """How it is called."""
    tried: str
    """The versions with which its test was run."""

    @property
    def text(self) -> str:
        """The program."""
        return (Path(__file__).parent / f"{self.key}.py.txt").read_text(encoding="utf-8")


_ALL = (
    Recipe(
        "pytorch",
        "PyTorch",
        ("torch",),
        'capture(model, loss_function, x, y, "layers.npz")',
        "PyTorch 2.13.0 on the CPU, NumPy 2.4.6, Python 3.11",
    ),
    Recipe(
        "keras",
        "Keras",
        ("keras", "jax"),
        'capture(model, loss_function, x, y, "layers.npz")',
        "Keras 3.15.1 with JAX 0.10.2 as its backend, on the CPU, Python 3.11",
    ),
    Recipe(
        "jax",
        "JAX",
        ("jax",),
        'capture(params, activation, loss_function, x, y, "layers.npz")',
        "JAX 0.10.2 on the CPU, Python 3.11",
    ),
    Recipe(
        "scikit_learn",
        "scikit-learn",
        ("sklearn", "scipy"),
        'capture(mlp, x, y, "layers.npz")',
        "scikit-learn 1.9.1, SciPy 1.17.1, Python 3.11",
    ),
)

RECIPES: Mapping[str, Recipe] = MappingProxyType({one.key: one for one in _ALL})
"""Every recipe by its key."""


def recipe(key: str) -> Recipe:
    """The recipe called `key`.

    Raises: ValueError that lists the keys, for any other value.
    """
    return RECIPES[check_choice("recipe", key, tuple(RECIPES))]
