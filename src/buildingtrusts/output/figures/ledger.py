"""The ledger at a glance: how many claims got which verdict, by what a match is worth.

Surveys and bases are drawn apart and never added up: a figure that was fitted and one computed from
the register do not count alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.words import count, join, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("survey", "basis", "verdict", "n")
#: What a match is worth, in words for readers.
BASES = {
    "calibrated": "Calibrated: answers fitted to them, or made to show them",
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
    """Draw the number of claims by verdict, a panel for each survey and basis.

    Parameters
    ----------
    ledger : DataFrame
        Columns of ``ledger.csv``, and ``survey``: whose claims they are.

    Returns
    -------
    Drawing
        Its data have a row for every survey and basis that occur and every verdict, zeros
        included.
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
    grid = _Grid.of(data)
    page = style.new_page(title, "", caption, grid.height)
    most = int(data["n"].max())
    for survey, basis, left, bottom in grid.places():
        axes = page.axes(left, bottom, grid.width, grid.panel)
        counts = data[(data["survey"] == survey) & (data["basis"] == basis)]
        words = grid.heading(survey, basis)
        # A heading that is longer than its panel begins further left, above the verdicts' names.
        over = 0.0 if grid.beside else style.text_width(words, style.LABEL) - grid.width
        axes.set_title(words, x=-max(0.0, over) / grid.width, linespacing=1.2)
        shown = counts.set_index("verdict")["n"].reindex(grid.verdicts)
        first = next(one for one in grid.bases if (survey, one) in grid.there)
        _draw_panel(axes, shown, most, named=basis == first or not grid.beside)
    if grid.beside and len(grid.surveys) > 1:
        for place, survey in enumerate(grid.surveys):
            page.text(0, grid.bottom(place) + grid.panel + 0.06, survey, size=style.LABEL)
    return Drawing("ledger", title, caption, page.figure, data, _alt(data))


@dataclass(frozen=True)
class _Grid:
    """A row of panels for each survey and a column for each basis; without room, one column."""

    surveys: list[str]
    bases: list[str]
    there: frozenset[tuple[str, str]]
    verdicts: list[str]
    panel: float
    left: float
    width: float
    beside: bool
    gap: float

    @classmethod
    def of(cls, data: pd.DataFrame) -> _Grid:
        surveys, bases = list(dict.fromkeys(data["survey"])), list(dict.fromkeys(data["basis"]))
        there = frozenset(zip(data["survey"], data["basis"], strict=True))
        verdicts = [one for one in VERDICTS if data.loc[data["verdict"] == one, "n"].sum()]
        left = style.label_width([plain(one) for one in verdicts]) + 0.1
        # Panels stand beside each other where they have room, else below each other.
        width = (style.inner_width() - left + _BESIDE) / len(bases) - _BESIDE
        beside = width > (_LEAST_ON_SLIDE if style.on_slide() else _LEAST)
        width = width if beside else style.inner_width() - left - 0.1
        panel = style.height_of(_ROW) * len(verdicts)
        grid = cls(surveys, bases, there, verdicts, panel, left, width, beside, _GAP)
        if not beside:
            return grid
        lines = [1 + grid.heading(surveys[0], basis).count("\n") for basis in bases]
        return replace(grid, gap=0.1 + _LINE * max(lines))

    @property
    def height(self) -> float:
        rows = len(self.surveys) if self.beside else len(self.there)
        return self.gap + _GAP * (rows - 1) + self.panel * rows

    def bottom(self, row: int) -> float:
        """Of a row of panels, from above, in inches; only the first row's headings have lines."""
        return self.height - self.gap - _GAP * row - self.panel * (row + 1) + 0.06

    def places(self) -> Iterator[tuple[str, str, float, float]]:
        """Survey and basis of each panel, and its lower left corner in inches."""
        order = [(one, basis) for one in self.surveys for basis in self.bases]
        for row, (survey, basis) in enumerate(one for one in order if one in self.there):
            if self.beside:
                left = self.left + self.bases.index(basis) * (self.width + _BESIDE)
                yield survey, basis, left, self.bottom(self.surveys.index(survey))
            else:
                yield survey, basis, self.left, self.bottom(row)

    def heading(self, survey: str, basis: str) -> str:
        """What stands above a panel: of a narrow one, the basis has a line of its own."""
        words = BASES.get(basis, plain(basis))
        if not self.beside:
            return f"{survey}, {words[:1].lower()}{words[1:]}" if len(self.surveys) > 1 else words
        name, _, meaning = words.partition(": ")
        if style.on_slide() or survey != self.surveys[0]:
            return name
        return "\n".join([name, style.fold(meaning, style.LABEL, self.width + _BESIDE / 2)])


def _data(ledger: pd.DataFrame) -> pd.DataFrame:
    found = ledger.groupby(["survey", "basis", "verdict"]).size()
    there = set(zip(ledger["survey"], ledger["basis"], strict=True))
    rows = [
        (survey, basis, verdict, int(found.get((survey, basis, verdict), 0)))
        for survey in dict.fromkeys(ledger["survey"])
        for basis in BASES
        if (survey, basis) in there
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
    several = data["survey"].nunique() > 1
    sentences = []
    for (survey, basis), of_basis in data.groupby(["survey", "basis"], sort=False):
        found = [
            f"{n} “{verdict}”"
            for verdict, n in of_basis[["verdict", "n"]].itertuples(index=False, name=None)
            if n
        ]
        total = count(int(of_basis["n"].sum()), "claim")
        of_one = f" of {survey}" if several else ""
        sentences.append(f"{total}{of_one} {_called(str(basis))}: {join(found)}")
    return f"{'; '.join(sentences)}."


def _called(basis: str) -> str:
    return {"register": "on the register", "data": "on the survey's data"}.get(basis, basis)
