"""`/`: the question, the answer in a picture, the asker's example, and the claims of all topics."""

from dataclasses import replace

import streamlit as st

from core.depth.mean_field import fixed_point
from core.inputs import Inputs, condition_number
from core.network.ablation import ablation
from core.neuron.descent import MOST_STEPS, DescentConfig, descend, full_batch_steps
from core.neuron.stability import step_limits
from core.signs.batches import PatternConfig, measured_patterns
from core.signs.layer import layer_curvature
from core.signs.patterns import POSITIVE, reach
from dashboard.look import descent
from dashboard.look.closed_form import Scene
from dashboard.look.hand import dragged
from dashboard.topics import TOPICS
from dashboard.topics.question import charts, frames, words
from dashboard.topics.question.settings import Question
from dashboard.ui.cache import cached
from dashboard.ui.page import Page
from dashboard.ui.prose import note, say

page = Page(Question, TOPICS)
at = page.state()
start, target = (at.start1, at.start2), (at.target1, at.target2)
law = Inputs("sigmoid")
laws = (replace(law, removed=at.centre / 100), replace(law, centred=True))
# A share of the edge of the inputs as they are: to centre them leaves the learning rate where it is.
eta = at.eta * cached(step_limits)(law).edge
pairs = [
    [DescentConfig(one, start, target, each, steps=MOST_STEPS) for one, each in zip(laws, etas, strict=True)]
    for etas in ([eta, eta], [cached(step_limits)(one).best for one in laws])
]


def outcome(config: DescentConfig) -> descent.Outcome:
    """What a run came to; where it was cut, the closed form says whether it arrives at all."""
    run = cached(descend)(config)
    return descent.outcome(config, run, cached(full_batch_steps)(config) if run.steps is None else None)


configs, freed = pairs
runs = [cached(descend)(config) for config in configs]
raw = condition_number(law)

full, some = (ablation()[name] for name in ("full", "64"))
network = {
    said: (table.best_median("sigmoid"), table.best_median("centred"))
    for said, table in (("with the full batch", full), ("with batches of 64", some))
}
page.opening(words.answer(raw, network))
holds = (
    page.slide("eta", descent.ETA_SLIDER),
    page.slide("centre", descent.centring(charts.TITLES[0])),
    page.slide("step", "step"),
    page.grip("start", "start1", "start2"),
    page.grip("target", "target1", "target2"),
)
ends = dragged(holds)
page.picture(
    charts.landscapes,
    descent.valleys((law, laws[1]), charts.TITLES, charts.COLOURS),
    alt=words.finding(ends),
    name="picture",
    holds=holds,
    scene=Scene(holds),
)
if start == target:
    say(descent.nothing(ends))
else:
    at_one, best = ((outcome(given), outcome(centred)) for given, centred in pairs)
    say(descent.moral(at_one, best, condition_number(laws[0])))
note(words.how(ends))
page.by_number(("eta", "centre", "step"), ("start1", "start2", "target1", "target2"))

st.header("Your example")
can, cannot = (cached(reach)(pattern, POSITIVE).reachable for pattern in frames.CASES)
batch = cached(measured_patterns)(PatternConfig("sigmoid", batch=words.BATCH, draws=frames.DRAWS))
say(words.ASKED)
page.picture(charts.example, frames.example(can, cannot), alt=words.EXAMPLE)
say(words.example(can, cannot, frames.mirrored(batch, frames.CASES[1])))

asked = [card for card in TOPICS.cards if card.holds == "ask"]
st.header(words.claims(len(TOPICS.cards) - len(asked), len(asked)))
wall = st.grid(3, min_column_width=200, gap=("medium", "medium"))
for card in TOPICS.cards:
    shown = TOPICS[card.slug]
    with wall.cell():
        say(f"**{card.claim}**  \n{card.mark} {card.verdict}")
        st.metric(card.claim, card.figure, label_visibility="collapsed")
        say(card.of, help=card.number)
        st.page_link(shown.file, label=shown.question, icon=":material/arrow_forward:", query_params=card.query)
note(words.SCALE)

st.header("The answer in five points")
layer = cached(layer_curvature)(((1.0, words.COUPLING), (words.COUPLING, 1.0)), law).kappa
factor = cached(fixed_point)("sigmoid", words.SIGMA_W).factor
say(words.points(raw, layer, batch.bits, factor))
plain, flipped = (full.best_median(variant) for variant in ("sigmoid", "flipped"))
page.predict(*words.prediction(plain, flipped, full.experiment.steps))
with st.expander("The words, and where they come from", icon=":material/menu_book:"):
    say(words.GLOSSARY)
    say(words.SOURCES)
page.share({"path": descent.paths(runs, charts.TITLES)}, descent.snippet(configs))
page.next_question(words.ANSWERED)
