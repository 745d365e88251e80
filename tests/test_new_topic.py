"""A new topic is a folder and one line: one is added to a copy of the dashboard, and its page opens."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.apptest import ROOT

ROOMS = {
    "__init__.py": "",
    "settings.py": """
from dashboard.ui.settings import Preset, page_settings, slider


@page_settings
class Echo:
    loud: float = slider("How loud", default=0.5, low=0.0, high=1.0, step=0.1)


PRESETS = (Preset("silent", "Silence", Echo(loud=0.0)),)
""",
    "charts.py": '''
import altair as alt


def line() -> alt.TopLevelMixin:
    """How to read it: one dot, as high as it is loud. Datasets: dots (x, y)."""
    return alt.Chart(alt.NamedData("dots")).mark_circle().encode(x="x:Q", y="y:Q")
''',
    "words.py": """
def answer(loud: float) -> str:
    return f"It is {loud:g} loud."
""",
    "card.py": """
from dashboard.topics.echo.settings import Echo
from dashboard.ui.card import Card


def cards() -> list[Card]:
    return [Card(99, "It echoes", "True.", "Once.", Echo(loud=1.0))]
""",
    "page.py": """
from dashboard.look.columns import columns
from dashboard.topics import TOPICS
from dashboard.topics.echo import charts, words
from dashboard.topics.echo.settings import Echo
from dashboard.ui.page import Page

page = Page(Echo, TOPICS)
at = page.state()
page.opening(words.answer(at.loud))
page.picture(charts.line, {"dots": columns(x=0.0, y=at.loud)}, alt="A dot.", name="dot")
page.show("loud")
page.presets()
page.share({"dot": columns(x=0.0, y=at.loud)}, "print(1)")
page.next_question("It echoes.")
""",
}

VISIT = """
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

at = AppTest.from_file("dashboard/app.py", default_timeout=60)
at.query_params["echo_loud"] = "0.7"
at._page_hash = calc_hash("echo")
at.run()
assert not at.exception and at.title[0].value == "Does it echo?"
assert at.markdown[0].value == "It is 0.7 loud." and at.slider(key="echo_loud").value == 0.7
at.button(key="echo_preset_silent").click().run()
assert at.markdown[0].value == "It is 0 loud."
front = AppTest.from_file("dashboard/app.py", default_timeout=60).run()
assert any("It echoes" in m.value for m in front.markdown)
from dashboard.topics import TOPICS
assert list(TOPICS)[-1] == "echo" and TOPICS.cards[-1].query == {"echo_loud": "1.0"}
print("fine")
"""


def test_a_new_topic_is_a_folder_and_one_line(tmp_path: Path) -> None:
    for folder in ("core", "dashboard", ".streamlit"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    home = tmp_path / "dashboard/topics/echo"
    home.mkdir()
    for name, text in ROOMS.items():
        (home / name).write_text(text)
    registry = tmp_path / "dashboard/topics/__init__.py"
    lines = registry.read_text().rstrip().splitlines()
    registry.write_text("\n".join([*lines[:-1], '    Topic("echo", "Does it echo?"),', lines[-1], ""]))
    code = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n{VISIT}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stdout.strip() == "fine", done.stderr[-2000:]
