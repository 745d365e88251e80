"""The entry point: page configuration, one freeze of the imported modules, navigation. Nothing else.

Run with `streamlit run dashboard/app.py`.
"""

import streamlit as st

from dashboard.pages import PAGES
from dashboard.startup import freeze_imports

st.set_page_config(page_title="Why sigmoid slows gradient descent", layout="wide")
freeze_imports()
st.navigation([PAGES[topic].page() for topic in PAGES], position="sidebar").run()
