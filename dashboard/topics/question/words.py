"""What `/` says: the answer, five sentences, the claims with their verdicts, the words and the sources."""

from collections.abc import Sequence

from core.checks import Status
from core.neuron.descent import Descent
from dashboard.look.formats import arrival, plural, three

SIGMA_W = 1.0
"""The weight scale of the factor per layer that the answer speaks of."""

FINDING = (
    "First, sigmoid inputs make a narrow valley; second, the same inputs, centred, make a round bowl. Each shows the path of "
    "gradient descent from the start to the target; sliders move the learning rate and the step, and both ends can be dragged."
)


def answer(kappa: float, factor: float) -> str:
    """The answer in one sentence."""
    return (
        "Because sigmoid outputs share a mean, which makes one direction of the next neuron's loss (two inputs) "
        f"{three(kappa)} times as steep as the other and caps the learning rate; and, separately, because weight times slope "
        f"shrinks the gradient on its way back, to {three(factor)} of its size per layer "
        f"with weights of size sigma_w = {SIGMA_W:g}."
    )


def caption(eta: float, runs: Sequence[Descent], freed: Sequence[Descent]) -> str:
    """What the picture shows, in numbers. freed: the same two, each at its own best learning rate."""
    if not len(runs[0].update):
        return "The start is the target: nothing to learn. Drag one of them."
    raw, centred = map(_taken, runs)
    said = f"At this one learning rate, eta = {three(eta)}: {raw} with sigmoid inputs, {centred} with centred ones."
    if freed[0].steps == freed[1].steps:
        return f"{said} Each at its own best eta: {_taken(freed[0])}, both of them. Drag the start and see."
    return f"{said} But centred ones let eta grow. Each at its own best: {_taken(freed[0])} against {_taken(freed[1])}."


def _taken(run: Descent) -> str:
    if run.status is Status.DIVERGED:
        return "it diverges"
    return f"more than {plural(len(run.update), 'step')}" if run.steps is None else plural(run.steps, "step")


ASKED = (
    "A student [asked](https://datascience.stackexchange.com/questions/84718): two neurons share two inputs, with weights w1, w2 into "
    "the first and w3, w4 into the second. w1 and w2 can rise while w3 and w4 fall. Is it that w1 and w3 cannot rise while w2 and "
    "w4 fall, and is that why sigmoid is slow?"
)
"""The question, in a few words."""


def claims(count: int) -> str:
    """Over the cards."""
    spelled = {7: "Seven", 8: "Eight", 9: "Nine", 10: "Ten"}
    return f"{spelled.get(count, str(count))} things that are said, and what holds"


def five_sentences(kappa: float, factor: float) -> str:
    """The answer to the question as it was asked."""
    return f"""
{ASKED}

1. For one sample you are right: each weight's gradient is the upstream signal times its input, and sigmoid inputs are
   positive, so all updates into one neuron share a sign.
2. Neurons do mix signs, but each descends its own valley, at least as lopsided (kappa, steepest over flattest curvature,
   is {three(kappa)} for two inputs) as if it were alone.
3. The shared sign itself costs nothing: flip half the wires and training is the same. Inputs whose mean is large beside
   their spread make one steep direction, and that caps the learning rate.
4. The lost entropy is real for one sample. Batches return most of it; the steepness stays.
5. Separately, every layer multiplies the gradient by weight times slope, {three(factor)} per layer
   at sigma_w = {SIGMA_W:g}; and at the output, cross-entropy cancels the slope.
"""


def prediction(plain: float, flipped: float, most: int) -> tuple[str, list[str], str, str]:
    """Does the shared sign itself cost anything? The median steps of a network as it is and with half its wires flipped, of
    runs of at most `most` steps."""
    options = ["Faster", "The same", "Slower"]
    right = options[1] if plain == flipped else options[0] if flipped < plain else options[2]
    return (
        "Flip the sign of half the hidden units of a sigmoid network, and of their outgoing weights, so that their updates no "
        "longer share a sign. Will it learn faster?",
        options,
        right,
        f"On digits, full batch, best eta: {arrival(plain, most)} steps as it was, {arrival(flipped, most)} flipped. It is the same "
        "training, mirrored. The sign is only what you see of the mean, and the mean is what costs.",
    )


GLOSSARY = """
| word | what it means here |
| --- | --- |
| input a | what a neuron is fed: the output of the layer before |
| pre-activation z | W a + b, before the activation |
| upstream signal delta | dL/dz, the gradient that reaches a neuron from behind |
| learning rate eta | how far a step goes: it moves the weights by eta times the update |
| update | minus the gradient; arrows always show updates |
| mu, s | mean and standard deviation of one input |
| sign lock | one sample's updates into one neuron share a sign |
| kappa | steepest over flattest curvature |
| steep direction | the direction of the steepest curvature |
| edge | 2 over the steepest curvature: above this eta full-batch descent diverges |
| flip | a step that changes side along the steep direction. To flip a wire is to negate an input and its weight |
| path ratio | the length of a path over the distance from start to target |
| spread | standard deviation |
| centred | mean removed, spread untouched |
| saturated | a slope below a stated share of the activation's largest |
| bits | entropy of the sign pattern, always with its batch size |
| factor per layer | what a layer multiplies the size of the gradient by, sqrt(chi_1) in theory |
| sigma_w | the scale of the weights: their variance is sigma_w squared over the number of inputs |
| coupling | how far what lies behind a layer adds up its neurons |
| best eta | the best on the grid that is stated; where a formula gives it, the one that is fastest from the worst start |
"""

SOURCES = """
- The question: [Why the sigmoid activation function results in sub-optimal gradient descent?](https://datascience.stackexchange.com/questions/84718)
- [CS231n notes, Neural networks part 1](https://cs231n.github.io/neural-networks-1/): the claim about signs.
- LeCun, Bottou, Orr and Müller, [Efficient BackProp](http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf), 1998: centring and conditioning.
- LeCun, Kanter and Solla, [Eigenvalues of covariance matrices](https://doi.org/10.1103/PhysRevLett.66.2396), 1991.
- Glorot and Bengio, [Understanding the difficulty of training deep feedforward neural networks](https://proceedings.mlr.press/v9/glorot10a.html), 2010.
- Nielsen, [Neural Networks and Deep Learning](http://neuralnetworksanddeeplearning.com/), chapters 3 and 5.
- Poole et al., [Exponential expressivity in deep neural networks through transient chaos](https://arxiv.org/abs/1606.05340), 2016.
- Schoenholz et al., [Deep information propagation](https://arxiv.org/abs/1611.01232), 2017.
- Cover, [Geometrical and statistical properties of systems of linear inequalities](https://doi.org/10.1109/PGEC.1965.264137), 1965.
- Digits: Alpaydin and Kaynak, [Optical recognition of handwritten digits](https://doi.org/10.24432/C50P49), 1998, CC BY 4.0.
"""

ANSWERED = (
    "Your example is right for one sample. It is not why sigmoid is slow: the mean of its outputs and its small slope are. Start "
    "with one neuron."
)
