"""What `/` says: the answer, five sentences, the claims with their verdicts, the words and the sources."""

from collections.abc import Mapping, Sequence

from dashboard.look import descent
from dashboard.look.formats import arrival, three, whole

SIGMA_W = 1.0
"""The weight scale of the factor per layer that the answer speaks of."""

BATCH = 32
"""The batch size that the page speaks of."""

COUPLING = 0.5
"""The coupling of two neurons that the page speaks of."""


def finding(dragged: Sequence[str]) -> str:
    """The picture in a sentence. dragged: which ends can be."""
    said = (
        "First, sigmoid inputs make a narrow valley; second, the same inputs, centred, make a round bowl. Each shows the path of "
        "gradient descent from the start to the target; the second also the one step that it takes at its own best learning rate."
    )
    return f"{said} The hand drags {' or '.join(dragged)}." if dragged else said


HOW = (
    "Sigmoid inputs are the outputs of the sigmoid units before this neuron. Centred, they have the same spread around a mean of 0. "
    "Steps are counted until the loss is 1/10,000 of its first. Above 1 on the slider of *η*, an error along the steep direction "
    "grows, without centring. At each dotted axis stands the curvature along it."
)
"""What the picture is of, and until when steps are counted."""


def how(dragged: Sequence[str]) -> str:
    """How to read the picture, and what a hand does in it. dragged: which ends can be."""
    return f"{HOW} {descent.drag(dragged)}".rstrip()


VERDICT = (
    "You are right about one sample: the gradients of a neuron share one sign. But that is not why sigmoid is slow."
)
"""On the asker's example, in their words."""


def answer(kappa: float, network: Mapping[str, tuple[float, float]]) -> str:
    """The answer in one sentence, after the verdict, and where it weighs less. kappa: of two sigmoid inputs. network: steps of the
    digits' network before and after its hidden outputs are centred, by how large its batches are, in words."""
    said = (
        f"**{VERDICT}** Inputs of one sign have a mean, and the mean is what costs. With two inputs it makes one direction **{three(kappa)} times** "
        "as steep as the other (*κ*), and that caps the learning rate *η*."
    )
    smaller = all(1 < before / after < (kappa + 1) / 2 for before, after in network.values())
    if not smaller:
        return said
    steps = ", ".join(f"{whole(round(a))} steps become {whole(round(b))} {size}" for size, (a, b) in network.items())
    return f"{said} Taking the mean away helps a digits network of one hidden layer less: {steps}."


ASKED = (
    "You [asked](https://datascience.stackexchange.com/questions/84718): two neurons share two inputs. *w*₁ and *w*₂ lead into the "
    "first, *w*₃ and *w*₄ into the second. You say that *w*₁ and *w*₃ cannot rise while *w*₂ and *w*₄ fall. Is it so? And is it why sigmoid "
    "is slow?"
)
"""The question, in a few words."""

EXAMPLE = "Two neurons with two inputs each, an arrow on each weight: what one sample can do, and what it cannot."


def example(can: bool, cannot: bool, share: float) -> str:
    """What holds of the two patterns: whether one sample can make the first, and the second; how often a batch makes the
    second."""
    said = (
        "In one sample the left one can happen, and the right one cannot"
        if can and not cannot
        else f"In one sample the left one {_can(can)}, the right one {_can(cannot)}"
    )
    return (
        f"{said}: all updates into one neuron share a sign, because each is the neuron's own signal times a positive input. In "
        f"batches of {BATCH} the right one happens about {three(100 * share, 1)} % of the time."
    )


def _can(can: bool) -> str:
    return "can happen" if can else "cannot"


def claims(said: int, asked: int) -> str:
    """Over the cards: how many are said, and how many are questions."""
    spelled = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    many, more = (spelled[count] if count < len(spelled) else str(count) for count in (said, asked))
    things = f"{many.capitalize()} things that are said"
    return f"{things}, and {more} to ask" if asked else f"{things}, and what holds"


SCALE = (
    "Weight scale: the root of the number of inputs times the variance of a weight, $\\sigma_w$. It is 1 where the variance is 1 over "
    "the number of inputs."
)
"""Said once, under the cards that speak of it."""


def points(kappa: float, layer: float, bits: float, factor: float) -> str:
    """The answer to the question as it was asked. kappa: of one neuron; layer: of two coupled ones; bits: of the pattern in
    batches; factor: per layer."""
    mixed = "even more lopsided than" if layer > kappa else "as lopsided as"
    back = "most of it" if bits - 2 > 1 else "some of it"
    return f"""
1. **For one sample you are right.** Each weight's gradient is its neuron's signal times its input, and sigmoid inputs are positive.
2. **A layer does mix signs, and that does not help.** Two neurons with two inputs, coupled by {COUPLING:g}, make a valley {mixed} one
   neuron's: *κ* {three(layer)} beside {three(kappa)}.
3. **The shared sign itself costs nothing.** Flip half the wires, and training is the same. What costs is a mean that is large beside
   the spread.
4. **The lost entropy is real for one sample: 2 of 4 bits.** Batches of {BATCH} bring {back} back ({three(bits)} bits). The
   steep direction stays.
5. **Separately, the gradient shrinks on its way back.** Each layer multiplies it by weight times slope: by {three(factor)},
   deep inside, at weight scale {SIGMA_W:g}. At the output, cross-entropy cancels the slope.
"""


def prediction(plain: float, flipped: float, most: int) -> tuple[str, list[str], str, str]:
    """Does the shared sign itself cost anything? The median steps of a network as it is and with half its wires flipped, of
    runs of at most `most` steps."""
    options = ["Faster", "The same", "Slower"]
    right = options[1] if plain == flipped else options[0] if flipped < plain else options[2]
    return (
        "Flip the sign of half the hidden units of a sigmoid network, and of their outgoing weights. The updates of a neuron behind "
        "them then no longer share a sign. Will it learn faster?",
        options,
        right,
        f"On digits, full batch, best *η*: {arrival(plain, most)} steps as it was, {arrival(flipped, most)} flipped. It is the same "
        "training, mirrored. The sign is only what you see of the mean, and the mean is what costs.",
    )


GLOSSARY = """
| word | what it means here |
| --- | --- |
| input *a* | what a neuron is fed: the output of the layer before |
| pre-activation *z* | *W a* + *b*, before the activation |
| upstream signal *δ* | d*L*/d*z*, the gradient that reaches a neuron from the layers after it |
| learning rate *η* | how far a step goes: it moves the weights by *η* times the update |
| update | minus the gradient; arrows always show updates |
| *μ*, *s* | mean and standard deviation of one input |
| sign lock | one sample's updates into one neuron share a sign |
| *κ* | how lopsided a valley is: steepest over flattest curvature |
| steep direction | the direction of the steepest curvature |
| edge | 2 over the steepest curvature: above this *η* full-batch descent diverges |
| flip | a step that changes side along the steep direction. To flip a wire is to negate an input and its weight |
| path ratio | the length of a path over the distance from start to target |
| spread | standard deviation |
| centred | mean removed, spread untouched |
| saturated | a slope below a stated share of the activation's largest |
| bits | entropy of the sign pattern, always with its batch size |
| factor per layer | what a layer multiplies the size of the gradient by, √*χ*₁ in theory |
| $\\sigma_w$ | the scale of the weights: their variance is $\\sigma_w^2$ over the number of inputs |
| coupling | how far what lies behind a layer adds up its neurons |
| best *η* | the fixed one that is fastest from the worst start, where a formula gives it; else the best on the grid that is stated |
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

ANSWERED = f"{VERDICT} The mean of its outputs and its small slope are. Start with one neuron."
