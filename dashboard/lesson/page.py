"""`/lesson`: a lesson of twenty minutes, for a teacher."""

import streamlit as st

from dashboard.lesson.plan import STOPS
from dashboard.topics import TOPICS
from dashboard.ui import type_size
from dashboard.ui.cache import cached
from dashboard.ui.prose import say

st.title("A lesson of twenty minutes")
say(
    "Open each link and ask its question before anyone touches the picture. Let the class commit to an answer. Then show it. "
    "Each link has its settings written out, so it shows the same in a year."
)
begin = 0
for number, stop in enumerate(STOPS, start=1):
    topic = TOPICS[stop.slug]
    with st.container(border=True):
        say(f"**{number}.** Minutes {begin} to {begin + stop.minutes}")
        st.page_link(
            topic.file,
            label=f"{stop.opens}: {topic.question}",
            icon=":material/arrow_forward:",
            query_params={**stop.query, **type_size.carried()},
        )
        say(f"**Ask.** {stop.ask}")
        say(f"**They will see.** {cached(stop.sees)()}")
    begin += stop.minutes
say(
    "Larger type in pictures is in the side bar. A link that you copy while it is on carries it. To hold a control where it is, "
    "open *Share, embed, take away* at the foot of a page, and choose it under *Teacher's view*. The link there then keeps it from moving."
)
