"""What `/cures` says of each remedy: what it does for every ailment, and which page shows that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from core.ailments import AILMENTS, DEPTH, GOAL, INPUTS, START, TAILS
from core.remedies import REMEDIES, Cell
from dashboard.look.formats import percent, plural, three
from dashboard.topics.cures.evidence import Link, evidence


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as it stands on the page, with its sign."""

    sign: str
    cell: str


VERDICTS: Mapping[str, Said] = {
    "cures": Said("✓", "cures it"),
    "eases": Said("◐", "eases it"),
    "root": Said("◐", "takes the square root"),
    "hides": Said("◌", "hides it"),
    "nothing": Said("–", "does nothing"),
    "worse": Said("✗", "makes it worse"),
    "explodes": Said("✗", "explodes instead"),
}
"""Every verdict of `core.ailments.verdict`, with its sign."""

NARROW = "\u00a0"
"""A space at which no line of a narrow column is broken."""


def amount(ailment: str, number: float) -> str:
    """The number of an ailment, in its unit."""
    match ailment:
        case "lopsided":
            return f"*κ* {three(number)}"
        case "tails":
            return percent(number)
        case "vanishing":
            return f"× {three(number)}"
    return plural(round(number), "step")


def _sentence(cell: Cell) -> str:
    """What the number of a cell has come to."""
    now, before = amount(cell.ailment, cell.number), amount(cell.ailment, cell.patient.felt)
    what = f"{now} of its best slope" if cell.ailment == "tails" else now
    if now == before:
        changed = f"{what}, as before"
    else:
        changed = f"{what}, much as before ({before})" if cell.verdict == "nothing" else f"{what} instead of {before}"
    match cell.ailment, cell.verdict:
        case "lopsided", _:
            return f"with {INPUTS} inputs descent feels {changed}"
        case "tails", "hides":
            return f"in the tail its strides keep {now} of their size, where the slope keeps {before}"
        case "tails", _:
            # A remedy may have changed the weights.
            return f"a layer whose weight scale {'is' if now == before else 'was'} {TAILS:g} keeps {changed}"
        case "vanishing", "hides":
            return f"from layer to layer its strides shrink {now}, where the gradient shrinks {before}"
        case "vanishing", _:
            return f"each of {DEPTH} layers takes the gradient {changed}"
    scaled = ", at plain descent's stride" if cell.remedy == "momentum" else ""
    return f"an output that starts at *z* = {START:g} is within {GOAL:g} of its target after {changed}{scaled}"


def address(link: Link, paths: Mapping[str, str]) -> str:
    """A link as an address beside this page's. paths: of the pages, by slug."""
    slug, query = link
    return paths[slug] + (f"?{urlencode(query, quote_via=quote)}" if query else "")


def cures_head(patient: Mapping[str, float]) -> list[str]:
    """The head of the table, with the patient's numbers. patient: by ailment."""
    return [
        "remedy",
        *(f"{one.label}: {amount(key, patient[key]).replace(' ', NARROW)}" for key, one in AILMENTS.items()),
    ]


def cures_rows(cells: Sequence[Cell], paths: Mapping[str, str]) -> list[list[str]]:
    """A row for each remedy: what it does for each ailment, and where that is shown."""
    rows: dict[str, list[str]] = {}
    for cell in cells:
        said = VERDICTS[cell.verdict]
        number = amount(cell.ailment, cell.number).replace(" ", NARROW)
        word = f"{said.sign} {said.cell}"
        # What does nothing stands back, so that the eye finds what does something.
        text = f"{word if cell.verdict == 'nothing' else f'**{word}**'}: [{number}]({address(evidence(cell), paths)})"
        rows.setdefault(cell.remedy, [REMEDIES[cell.remedy].label]).append(text)
    return list(rows.values())


def asked(cells: Sequence[Cell], paths: Mapping[str, str]) -> str:
    """What one remedy does, in words: a line for each ailment."""
    remedy = REMEDIES[cells[0].remedy]
    name = remedy.label[0].upper() + remedy.label[1:]
    lines = [f"**{name}.** {remedy.why}", ""]
    for cell in cells:
        said, one = VERDICTS[cell.verdict], AILMENTS[cell.ailment]
        told = _sentence(cell)
        lines.append(
            f"- {said.sign} **{one.label}**, {said.cell}: {told} ([where it shows]({address(evidence(cell), paths)}))"
        )
    return "\n".join(lines)


PATIENT = (
    "The patient: a neuron fed by a hundred sigmoids; a layer whose *z* spreads so far that a quarter of its units are saturated; twenty "
    "layers of sigmoids with weights of variance 1 / fan-in (LeCun's); and a sigmoid output that starts at *z* = 6 and should be 0, with squared error. One "
    "thing is changed at a time. A number is a link to the page that shows it. On a phone the table moves sideways."
)
