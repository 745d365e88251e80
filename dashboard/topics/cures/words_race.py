"""What `/cures` says of its picture, the race: how to read it, and who is ahead."""

from dashboard.look.formats import plural, three
from dashboard.topics.cures.closed_form import TRAIL
from dashboard.topics.cures.frames import Field
from dashboard.topics.cures.settings import MOMENTS
from dashboard.topics.cures.words import NAMES, number, steps

FINDING = (
    "Five ways down one valley from one start, and how far each has come: plain descent, momentum, Adam, the same inputs centred, "
    "and the gradient whitened, with the steps that each needs."
)


def legend(field: Field, moment: int) -> str:
    """How to read the picture: of what is drawn in it. moment: where the slider of the race stands."""
    step = MOMENTS[moment]
    shown = [
        "One start, five ways down, each at its best rate in the long run (Adam: at the rate with the fewest steps). Whitened: the gradient "
        "times the inverse curvature. A valley's axes are two weights, one from each half of the inputs. A thin curve is one loss, four times "
        "that of the one inside."
    ]
    if step == 1:
        shown.append("Lines: one step each.")
    elif step:
        # Who has arrived has come to the end of the line behind it.
        lines = f"Lines: the last {min(step, TRAIL)} steps of a way under way, the latest the darkest; dashed"
        shown.append(f"{lines if field.under_way(step) else 'Dashed'}: one single step.")
    shown.append(
        f"Moment {moment} is after {plural(step, 'step')}: the first ten are a step apart, later ones ever farther."
    )
    return " ".join(shown)


def standing(field: Field, moment: int) -> str:
    """Who leads at this moment, where that is not who arrives first of those under way."""
    step = MOMENTS[moment]
    under_way = field.under_way(step)
    if len(under_way) < 2 or not step:
        return ""
    ahead, first = min(under_way, key=under_way.__getitem__), min(under_way, key=field.steps)
    if field.steps(ahead) <= field.steps(first):
        return ""
    swings = ""
    if first == "heavy_ball" and field.overshoot > 1:
        swings = f", whose error along the steep direction first grows to {three(field.overshoot)} times what it was,"
    return (
        f"After {plural(step, 'step')} {NAMES[ahead]} is ahead of those still under way. {NAMES[first][0].upper()}{NAMES[first][1:]}{swings} arrives sooner all the same: "
        f"{steps(field.steps(first))}, not {number(field.steps(ahead))}."
    )
