"""What the dashboard is measured against: one slider, one chart, nothing of ours; on request a file uploader."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

st.title("A bare page")
rate = st.slider("rate", 0.0, 1.0, 0.5, 0.01)
x = np.arange(200)
st.altair_chart(alt.Chart(pd.DataFrame({"x": x, "y": np.sin(rate * x)})).mark_line().encode(x="x", y="y"))
if "upload" in st.query_params:
    st.file_uploader("a file", label_visibility="collapsed")
