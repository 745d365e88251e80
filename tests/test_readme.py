"""What the README claims."""

import re
import tomllib

from dashboard.topics import TOPICS
from tests.apptest import ROOT, run_snippet

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_first_two_commands_start_the_app_and_run_the_tests():
    start, test = blocks("sh")[0].strip().splitlines()
    assert start.endswith("streamlit run dashboard/app.py") and "-r requirements.txt" in start
    assert test.endswith("-m pytest -q") and "-r tests/requirements.txt" in test
    assert (ROOT / "requirements.txt").read_text().splitlines()[-1] == "-e ."


def test_the_notebook_lines_run_and_reach_the_target():
    kappa, status, steps = run_snippet(blocks("python")[0]).split()
    assert (kappa, status) == ("12.5", "converged") and int(steps) > 1


def test_every_path_it_names_exists():
    # `x.py` alone is a room of a topic, or stands in dashboard/ui/ or dashboard/look/, as the text says.
    for name in re.findall(r"`((?:[\w.]+/)+[\w.]*)`", README):
        assert (ROOT / name).exists(), name
    for name in re.findall(r"`(\w+\.py)`", README):
        assert any((ROOT / "dashboard").glob(f"*/{name}")) or any((ROOT / "dashboard").glob(f"topics/*/{name}")), name
    for name in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / name).exists(), name


def test_it_lists_the_pages_and_their_questions():
    listed = re.findall(r"^\| `/(\w*)` \| (.*?) \|$", README, re.MULTILINE)
    assert listed == [(t.path, t.question) for t in TOPICS.values()]


def test_the_parameters_it_shows_are_controls():
    for key in re.findall(r"[?&](\w+)=", README.replace("embed=true", "")):
        assert key in TOPICS.controls


def test_the_supported_python_is_the_one_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11" and "Python 3.11 or newer" in README
