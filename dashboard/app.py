"""The entry point: page configuration, one freeze of the imported modules, the side bar, a damaged file's name. Nothing else.

Run with `streamlit run dashboard/app.py`.
"""

from pathlib import Path

import streamlit as st

from core.network.digits import DataError
from dashboard.startup import prepare_server
from dashboard.topics import TOPICS
from dashboard.ui.journey import journey

st.set_page_config(
    page_icon=str(Path(__file__).parent / "icon.svg"),
    layout="wide",
    # A phone on its side is wide enough for Streamlit to open the side bar over half of it.
    initial_sidebar_state="collapsed" if "Mobi" in st.context.headers.get("User-Agent", "") else 350,
)
st.html(Path(__file__).parent / "style.css")
prepare_server()
try:
    journey(TOPICS, ("lesson", "For teachers: a lesson")).run()
except DataError as error:
    # Whoever runs the server can mend it from this line; from its root on, the path is the repository's.
    st.error(str(error).replace(f"{Path(__file__).parents[1]}/", ""))
