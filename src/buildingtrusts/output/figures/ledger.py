"""The ledger at a glance: how many claims got which verdict, by what a match is worth.

Bases are drawn apart and never added up: a figure that was fitted and one computed from the
register do not count alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.words import count, join, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("basis", "verdict", "n")
#: What a match is worth, in words for readers.
BASES = {
    "calibrated": "Calibrated: the reconstruction was fitted to them",
    "emergent": "Emergent: checkable and not fitted",
    "derived": "Derived: from printed numbers alone",
    "register": "Register: from the official register",
    "data": "Data: from the survey's own responses",
}
VERDICTS = (
    *("reproduced", "differs", "tie", "report inconsistent", "computed only", "not computable"),
)
_ROW = 0.22
#: Inches between panels, below each other and beside; of the narrowest that stands beside others.
_GAP, _BESIDE, _LEAST, _LEAST_ON_SLIDE = 0.38, 0.2, 1.1, 0.75
#: Inches of a line of a heading.
_LINE = style.LABEL * 1.25 / 72


@style.styled
def draw_ledger(ledger: pd.DataFrame) -> Drawing:
    """Draw the number of claims by verdict, a panel for each basis.

    Parameters
    ----------
    ledger : DataFrame
        Columns of ``ledger.csv``.

    Returns
    -------
    Drawing
        Its data have a row for every basis that occurs and every verdict, zeros included.
    """
    title = "The report's claims, recomputed: verdicts by what they rest on"
    data = _data(ledger)
    if data.empty:
        return nothing_to_draw("ledger", title, "The ledger holds no claims.")
    caption = (
        "Number of claims. Each panel has its own meaning and they are not to be added up: "
        "agreement where the data were fitted shows that the pipeline works, not that the report "
        "is right."
    )
    bases = list(dict.fromkeys(data["basis"]))
    verdicts = [one for one in VERDICTS if data.loc[data["verdict"] == one, "n"].sum()]
    height = style.height_of(_ROW) * len(verdicts)
    left = style.label_width([plain(one) for one in verdicts]) + 0.1
    # Panels stand beside each other where they have room, else below each other.
    width = (style.inner_width() - left + _BESIDE) / len(bases) - _BESIDE
    beside = width > (_LEAST_ON_SLIDE if style.on_slide() else _LEAST)
    width = width if beside else style.inner_width() - left - 0.1
    titles = [_heading(basis, width, beside) for basis in bases]
    gap = 0.1 + _LINE * (1 + max(text.count("\n") for text in titles)) if beside else _GAP
    page = style.new_page(title, "", caption, (height + gap) * (1 if beside else len(bases)))
    most = int(data["n"].max())
    for place, (basis, words) in enumerate(zip(bases, titles, strict=True)):
        bottom = 0.06 if beside else (height + _GAP) * (len(bases) - 1 - place) + 0.06
        axes = page.axes(left + place * (width + _BESIDE) * beside, bottom, width, height)
        of_basis = data[data["basis"] == basis].set_index("verdict")["n"].reindex(verdicts)
        # A heading that is longer than its panel begins further left, above the verdicts' names.
        over = 0.0 if beside else style.text_width(words, style.LABEL) - width
        axes.set_title(words, x=-max(0.0, over) / width, linespacing=1.2)
        _draw_panel(axes, of_basis, most, named=place == 0 or not beside)
    return Drawing("ledger", title, caption, page.figure, data, _alt(data))


def _heading(basis: str, width: float, beside: bool) -> str:
    """What stands above a panel: of a narrow one, the basis has a line of its own."""
    words = BASES.get(basis, plain(basis))
    if not beside:
        return words
    name, _, meaning = words.partition(": ")
    if style.on_slide():
        return name
    return "\n".join([name, style.fold(meaning, style.LABEL, width + _BESIDE / 2)])


def _data(ledger: pd.DataFrame) -> pd.DataFrame:
    found = ledger.groupby(["basis", "verdict"]).size()
    bases = [basis for basis in BASES if (ledger["basis"] == basis).any()]
    rows = [
        (basis, verdict, int(found.get((basis, verdict), 0)))
        for basis in bases
        for verdict in VERDICTS
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _draw_panel(axes: Axes, counts: pd.Series, most: int, named: bool) -> None:
    names = [plain(verdict) if named else "" for verdict in counts.index]
    style.label_rows(axes, names, rules=0)
    for place, (verdict, n) in enumerate(counts.items()):
        differs = verdict == "differs"
        axes.barh(
            [place],
            [n],
            height=0.7,
            **style.fill_of(style.PALETTE[3 if differs else 0], "////" if differs else ""),
        )
        axes.text(n + most * 0.008, place, f"{n}", size=style.LABEL, va="center_baseline")
    words = style.text_width(f"{most}", style.LABEL) + 0.04
    across = style.inches_of(axes)[0]
    axes.set_xlim(0, most * max(1.06, across / max(across - words, 0.1)))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def _alt(data: pd.DataFrame) -> str:
    sentences = []
    for basis, of_basis in data.groupby("basis", sort=False):
        found = [
            f"{n} “{verdict}”"
            for verdict, n in of_basis[["verdict", "n"]].itertuples(index=False, name=None)
            if n
        ]
        total = count(int(of_basis["n"].sum()), "claim")
        sentences.append(f"{total} {_called(str(basis))}: {join(found)}")
    return f"{'; '.join(sentences)}."


def _called(basis: str) -> str:
    return {"register": "on the register", "data": "on the survey's data"}.get(basis, basis)
