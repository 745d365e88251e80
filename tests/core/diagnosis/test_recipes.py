"""The capture recipes, run for real where their library is installed: what they write is what the library itself says."""

import ast
import importlib.util
import os
import subprocess
import sys
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from core import RECIPES, diagnose, read_layers, recipe

RNG = np.random.default_rng(0)
X = RNG.standard_normal((200, 6)).astype(np.float32)
Y = RNG.integers(0, 3, 200)


def missing(key):
    return [name for name in RECIPES[key].modules if importlib.util.find_spec(name) is None]


def program(key, monkeypatch):
    """The recipe's `capture`, or a skip that says what is not installed."""
    if absent := missing(key):
        pytest.skip(f"{', '.join(absent)} not installed")
    monkeypatch.setattr(os, "environ", dict(os.environ))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        space = {}
        exec(compile(RECIPES[key].text, f"{key}.py", "exec"), space)
    return space["capture"]


@pytest.mark.parametrize("key", RECIPES)
def test_a_recipe_is_a_short_program_that_imports_what_it_says(key):
    text = RECIPES[key].text
    tree = ast.parse(text)
    names = {
        (alias.name if isinstance(node, ast.Import) else node.module).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names - {"numpy", "os"} == set(RECIPES[key].modules)
    assert len(text.splitlines()) <= 45 and "np.savez(path, **arrays)" in text
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "capture")
    wanted = ast.parse(RECIPES[key].call).body[0].value.args[:-1]
    assert [arg.arg for arg in function.args.args][:-1] == [arg.id for arg in wanted]


def test_recipes_ship_with_the_package_and_unknown_ones_are_told():
    import tomllib

    root = Path(__file__).parents[3]
    shipped = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    assert shipped["core.diagnosis.recipes"] == ["*.txt"]
    assert {path.name for path in (root / "core/diagnosis/recipes").glob("*.txt")} == {f"{k}.py.txt" for k in RECIPES}
    with pytest.raises(ValueError, match="recipe = 'theano'"):
        recipe("theano")


def test_a_layer_captured_from_pytorch_has_pytorchs_own_eigenvalues(tmp_path, monkeypatch):
    capture = program("pytorch", monkeypatch)
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(6, 20),
        torch.nn.Sigmoid(),
        torch.nn.Linear(20, 15),
        torch.nn.ReLU(inplace=True),
        torch.nn.Linear(15, 3),
    )
    x, y = torch.tensor(X), torch.tensor(Y)
    capture(model, torch.nn.functional.cross_entropy, x, y, tmp_path / "layers.npz")
    assert all(p.grad is None for p in model.parameters())
    layers = read_layers("layers.npz", tmp_path / "layers.npz")
    assert list(layers) == ["0", "2", "4"]
    torch.nn.functional.cross_entropy(model(x), y).backward()
    with torch.no_grad():
        a = x
        for index, module in enumerate(model):
            if isinstance(module, torch.nn.Linear):
                wide = a.double()
                held = layers[str(index)]
                np.testing.assert_array_equal(held.a, a.numpy())
                np.testing.assert_allclose(held.delta.T @ held.a, module.weight.grad.numpy(), rtol=1e-3, atol=1e-6)
                found = diagnose(held.a, held.delta)
                for matrix, spectrum in (
                    (wide.T @ wide / len(wide), found.raw),
                    (torch.cov(wide.T, correction=0), found.centred),
                ):
                    own = torch.linalg.eigvalsh(matrix).numpy()
                    np.testing.assert_allclose(spectrum.eigenvalues, own, rtol=1e-9, atol=1e-12 * own[-1])
            a = module(a.clone())
    assert diagnose(layers, activation={"2": "sigmoid", "4": "relu"}).factor is not None


def test_a_sequence_model_in_pytorch_gives_each_position_as_a_sample(tmp_path, monkeypatch):
    capture = program("pytorch", monkeypatch)
    import torch

    model = torch.nn.Linear(6, 2)
    x = torch.tensor(X).reshape(20, 10, 6)
    capture(model, lambda out, y: (out**2).mean(), x, None, tmp_path / "layers.npz")
    np.testing.assert_array_equal(read_layers("layers.npz", tmp_path / "layers.npz")["linear"].a, X)


def test_layers_captured_from_jax_have_jaxs_own_gradients(tmp_path, monkeypatch):
    capture = program("jax", monkeypatch)
    import jax
    import jax.numpy as jnp

    sizes = (6, 12, 8, 1)
    params = [(jnp.array(RNG.standard_normal((n, m)) / n), jnp.zeros(m)) for n, m in pairwise(sizes)]

    def loss(z, y):
        return jnp.mean((z[:, 0] - y) ** 2)

    def whole(params):
        a = jnp.array(X)
        for w, b in params[:-1]:
            a = jax.nn.sigmoid(a @ w + b)
        return loss(a @ params[-1][0] + params[-1][1], Y)

    capture(params, jax.nn.sigmoid, loss, jnp.array(X), Y, tmp_path / "layers.npz")
    layers = read_layers("layers.npz", tmp_path / "layers.npz")
    for held, (w, b) in zip(layers.values(), jax.grad(whole)(params), strict=True):
        np.testing.assert_allclose(held.a.T @ held.delta, w, rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(held.delta.sum(axis=0), b, rtol=1e-3, atol=1e-6)
    assert len(layers) == 3


def test_layers_captured_from_keras_have_its_own_gradients(tmp_path, monkeypatch):
    if absent := missing("keras"):
        pytest.skip(f"{', '.join(absent)} not installed")
    # Keras reads its backend when it is imported, and imports others that warn: a process of its own.
    code = RECIPES["keras"].text + (
        "\nimport sys\n"
        "keras.utils.set_random_seed(0)\n"
        "x, y = np.random.default_rng(0).standard_normal((80, 5)).astype('float32'), np.zeros((80, 2), 'float32')\n"
        "dense = keras.layers.Dense\n"
        "model = keras.Sequential([dense(9, activation='sigmoid'), keras.layers.Dropout(0.5), dense(4), keras.layers.ReLU(), dense(2)])\n"
        "model(x)\n"
        "loss = keras.losses.MeanSquaredError()\n"
        "capture(model, loss, x, y, sys.argv[1])\n"
        "values = [v.value for v in model.trainable_variables]\n"
        "grads = jax.grad(lambda t: loss(y, model.stateless_call(t, [v.value for v in model.non_trainable_variables], x)[0]))(values)\n"
        "held = list(np.load(sys.argv[1]).items())\n"
        "assert [k for k, _ in held][1::2] == [layer.name + '.delta' for layer in model.layers if isinstance(layer, dense)]\n"
        "for i, grad in enumerate(grads[::2]):\n"
        "    np.testing.assert_allclose(held[2 * i][1].T @ held[2 * i + 1][1], grad, rtol=1e-3, atol=1e-6)\n"
    )
    path = tmp_path / "layers.npz"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert len(diagnose(read_layers("layers.npz", path)).layers) == 3


@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "identity"])
@pytest.mark.parametrize("targets", ["three classes", "two classes", "a number", "two numbers"])
def test_layers_captured_from_scikit_learn_are_one_step_of_its_own_descent(targets, activation, tmp_path, monkeypatch):
    capture = program("scikit_learn", monkeypatch)
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    x = X.astype(float)
    y = {"three classes": Y, "two classes": Y % 2, "a number": x[:, 0] ** 2, "two numbers": x[:, :2] ** 2}[targets]
    kind = MLPClassifier if "classes" in targets else MLPRegressor
    mlp = kind(hidden_layer_sizes=(7, 5), activation=activation, solver="sgd", alpha=0.0, momentum=0.0, learning_rate_init=0.1, batch_size=200,
               shuffle=False, random_state=0)  # fmt: skip
    mlp.partial_fit(x, y, **({"classes": np.unique(y)} if "classes" in targets else {}))
    before = [w.copy() for w in mlp.coefs_]
    capture(mlp, x, y, tmp_path / "layers.npz")
    mlp.partial_fit(x, y)
    layers = read_layers("layers.npz", tmp_path / "layers.npz")
    for held, old, new in zip(layers.values(), before, mlp.coefs_, strict=True):
        np.testing.assert_allclose(held.a.T @ held.delta, (old - new) / 0.1, rtol=1e-6, atol=1e-12)
