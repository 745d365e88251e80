"""Who may import whom, proven in fresh processes; and what no file may contain."""

import ast
import functools
import inspect
import pkgutil
import re
import subprocess
import sys
from importlib import import_module

import pytest

from dashboard.topics import TOPICS
from dashboard.ui.topic import HOME, Topic
from tests.apptest import ROOT

SCREENS = {"streamlit", "altair", "pandas"}


def modules(package: str) -> list[str]:
    """The package and everything below it."""
    folder = ROOT / package.replace(".", "/")
    return [package, *(m.name for m in pkgutil.walk_packages([str(folder)], f"{package}."))]


def loaded_by(names: list[str]) -> set[str]:
    """The top-level modules that a fresh interpreter holds after importing `names`."""
    code = f"import sys\nfor name in {names!r}: __import__(name)\nprint(*{{m.partition('.')[0] for m in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split())


@functools.cache
def imports(path) -> set[str]:
    tree, names = ast.parse(path.read_text(encoding="utf-8")), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_core_knows_no_screen():
    assert not loaded_by(modules("core")) & SCREENS


def test_core_imports_numpy_and_the_standard_library_only():
    allowed = set(sys.stdlib_module_names) | {"numpy", "core"}
    for path in (ROOT / "core").rglob("*.py"):
        assert {name.partition(".")[0] for name in imports(path)} <= allowed, path


def test_look_knows_no_streamlit_and_no_topic():
    assert "streamlit" not in loaded_by(modules("dashboard.look"))
    for path in (ROOT / "dashboard/look").rglob("*.py"):
        assert not {name for name in imports(path) if name.startswith(("dashboard.topics", "dashboard.ui"))}, path


def test_ui_knows_no_topic():
    for path in (ROOT / "dashboard/ui").rglob("*.py"):
        assert not {name for name in imports(path) if name.startswith("dashboard.topics")}, path


@pytest.mark.parametrize("slug", TOPICS)
def test_a_topic_knows_no_other(slug):
    for path in (ROOT / "dashboard/topics" / slug).glob("*.py"):
        foreign = {
            name
            for name in imports(path)
            if name.startswith("dashboard.topics.") and name.split(".")[2] not in (slug, "TOPICS")
        }
        assert not foreign, (
            f"{path}: {foreign}; what two topics share belongs into dashboard/look, dashboard/ui or core"
        )


def kind(stem: str) -> str:
    """The kind of a room: `frames` of `frames_guess`."""
    return stem if stem == "closed_form" else stem.partition("_")[0]


@pytest.mark.parametrize("slug", TOPICS)
def test_within_a_topic_nothing_points_upwards(slug):
    """settings, then charts, frames and words, then card and page; pictures know no Streamlit. A kind may have several rooms, of
    which no two import each other."""
    kinds = ("settings", "closed_form", "charts", "frames", "evidence", "compare", "words", "card", "page")
    floor = {one: index for index, one in enumerate(kinds)}
    within = set()
    for path in (ROOT / "dashboard/topics" / slug).glob("*.py"):
        if path.stem == "__init__":
            continue
        assert kind(path.stem) in floor, f"{path}: a topic's rooms are {', '.join(kinds)}"
        for name in imports(path):
            room = name.removeprefix(f"dashboard.topics.{slug}.").partition(".")[0]
            if name.startswith(f"dashboard.topics.{slug}.") and kind(room) in floor and room != path.stem:
                assert floor[kind(room)] <= floor[kind(path.stem)], f"{path} imports {room}"
                assert (room, path.stem) not in within, f"{path} and {room} import each other"
                within.add((path.stem, room))
            if path.stem not in ("settings", "card", "page"):
                assert not name.startswith(("streamlit", "dashboard.ui.cache", "dashboard.ui.page")), f"{path}: {name}"


@pytest.mark.parametrize("slug", TOPICS)
def test_a_topic_has_its_rooms(slug):
    topic = TOPICS[slug]
    assert topic.settings and isinstance(topic.presets, tuple)
    for room in ("page.py", "charts.py", "words.py"):
        assert (ROOT / "dashboard/topics" / slug / room).exists(), f"add dashboard/topics/{slug}/{room}"
    assert (ROOT / "tests/topics" / slug / "test_page.py").exists(), f"add tests/topics/{slug}/test_page.py"
    if slug != HOME:
        assert topic.cards, f"add a card to dashboard/topics/{slug}/card.py: what the topic says on /"


def test_a_missing_room_is_named_in_a_sentence():
    with pytest.raises(
        ModuleNotFoundError, match=r"the topic 'moon' has no settings.py: add dashboard/topics/moon/settings.py"
    ):
        Topic("moon", "Is it made of cheese?").settings  # noqa: B018


def test_nobody_imports_a_page_and_everyone_imports_whole_paths():
    own = {path.stem for path in (ROOT / "dashboard").glob("*.py")}
    for path in [*(ROOT / "core").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]:
        names = imports(path)
        assert not any(re.fullmatch(r"dashboard\.topics\.\w+\.page(\..*)?", name) for name in names), path
        assert not names & own, f"{path}: import dashboard.<module>, never <module>: one copy in memory"


def test_no_module_is_named_after_the_standard_library():
    for path in (ROOT / "dashboard").glob("*"):
        assert path.stem not in sys.stdlib_module_names


@pytest.mark.parametrize("name", modules("core"))
def test_everything_public_in_core_says_what_it_is(name):
    module = import_module(name)
    assert module.__doc__
    for label, thing in vars(module).items():
        if not label.startswith("_") and getattr(thing, "__module__", None) == name and callable(thing):
            assert inspect.getdoc(thing), f"{name}.{label}"


def test_every_chart_says_how_to_read_it():
    for name in [f"dashboard.topics.{slug}.charts" for slug in TOPICS] + modules("dashboard.look")[1:]:
        module = import_module(name)
        for label, thing in inspect.getmembers(module, inspect.isfunction):
            public = not label.startswith("_") and thing.__module__ == name
            if public and "alt.TopLevelMixin" in str(inspect.signature(thing)):
                assert "How to read it:" in (thing.__doc__ or ""), f"{name}.{label}"
                kinds = {p.kind for p in inspect.signature(thing).parameters.values()}
                assert kinds <= {inspect.Parameter.KEYWORD_ONLY}, f"{name}.{label}"


def test_pages_write_text_that_a_translator_leaves_right():
    """By `say` and `note` of dashboard/ui/prose.py, which says why."""
    for path in [*(ROOT / "dashboard/topics").glob("*/page.py"), ROOT / "dashboard/lesson/page.py"]:
        found = re.findall(r"\.(?:markdown|caption|write)\(", path.read_text(encoding="utf-8"))
        assert not found, f"{path}: {found}; see dashboard/ui/prose.py"


def test_no_markup_and_no_path_edits():
    for folder in ("core", "dashboard"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            for word in ("unsafe_allow_html", "unsafe_allow_javascript", "sys.path"):
                assert word not in text, f"{path}: {word}"


def test_core_gives_its_public_names_and_lists_each_once():
    import core

    listed = [name for names in core._PUBLIC.values() for name in names]
    assert len(listed) == len(set(listed))
    assert sorted(core.__all__) == sorted(listed) == dir(core)
    for home, names in core._PUBLIC.items():
        for name in names:
            assert getattr(core, name) is getattr(import_module(home), name), name
    with pytest.raises(AttributeError, match="nonsense"):
        core.nonsense  # noqa: B018


def test_core_itself_loads_nothing():
    assert "numpy" not in loaded_by(["core"])
