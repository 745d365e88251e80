"""The entry point: page configuration, one freeze of the imported modules, navigation. Nothing else.

Run with `streamlit run dashboard/app.py`.
"""

from pathlib import Path

import streamlit as st

from dashboard.pages import PAGES
from dashboard.startup import freeze_imports

st.set_page_config(
    page_icon=str(Path(__file__).parent / "icon.svg"),
    layout="wide",
    initial_sidebar_state=350,
)
freeze_imports()
st.navigation([topic.page() for topic in PAGES.values()]).run()
