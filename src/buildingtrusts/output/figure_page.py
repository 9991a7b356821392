"""One page on which all figures of a run can be seen small, for choosing.

The page is one file without scripts that shows the pictures beside it by relative links, so that it
works from disk as long as it stays in the folder of results. All it quotes is escaped by Jinja2's
autoescaping, and a policy in its head keeps browsers from running anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import EVIDENCE_FIGURES, TRACKING_FIGURES
from buildingtrusts.output.markup import markup_environment

if TYPE_CHECKING:
    import jinja2

#: Formats that browsers show, the first one found being shown.
SHOWN = ("png", "svg")
_OF_THE_REPORT, _INTERVIEWS = "As in the report", "Interviews"
#: Stages of the study, each with its figures.
_KINDS = {
    "Who answered, and how alike": ("sample", "agreement"),
    "The sample and the population": (
        *("sample_phase_mix", "sample_school_type_mix", "sample_size_schools"),
    ),
    "The clusters": ("dendrogram", "heatmap", "silhouettes", "ordination"),
    "What clusters are like": (
        *("operations_profiles", "operating_model", "crosstabs", "associations"),
        *("performance_by_cluster", "effectiveness"),
    ),
    _OF_THE_REPORT: (),
    "How sure the clusters are": EVIDENCE_FIGURES,
    "Change between waves": TRACKING_FIGURES,
    _INTERVIEWS: (),
    "The published claims": ("published_associations", "ledger"),
}
#: Millimetres by which a figure may differ from what was asked.
_ROUNDING = 0.5


@dataclass(frozen=True)
class Shown:
    """A figure on the page.

    Attributes
    ----------
    name : str
        Stem of its files.
    folder : str
        Of its files, relative to the page, as a link has it.
    title, alt_text : str
        As the figure's own files say.
    formats : tuple of str
        Formats that there are.
    width, height : float or None
        In millimetres.
    words : float or None
        Points of its smallest words.
    """

    name: str
    folder: str
    title: str
    alt_text: str
    formats: tuple[str, ...]
    width: float | None = None
    height: float | None = None
    words: float | None = None

    @property
    def picture(self) -> str | None:
        """The format that the page shows."""
        return next((one for one in SHOWN if one in self.formats), None)

    @property
    def size(self) -> str:
        """Width, height and type in words; empty if they are not known."""
        if self.width is None or self.height is None:
            return ""
        words = "" if self.words is None else f", words from {self.words:g} pt"
        return f"{self.width:.0f} × {self.height:.0f} mm{words}"

    @property
    def empty(self) -> bool:
        """Whether it only says why there is nothing to draw."""
        return self.alt_text.startswith("Nothing is drawn.")


@dataclass(frozen=True)
class Group:
    """Figures of one wave, or of the study, by kind."""

    key: str
    title: str
    kinds: Sequence[tuple[str, Sequence[Shown]]]

    @property
    def figures(self) -> list[Shown]:
        """All of them."""
        return [figure for _, figures in self.kinds for figure in figures]


def group_figures(key: str, title: str, figures: Iterable[Shown]) -> Group:
    """Put figures in their kinds, in the order of the page.

    Examples
    --------
    >>> one = Shown("heatmap", "2017/figures", "Means", "Means run from 1 to 2.", ("svg",))
    >>> [kind for kind, _ in group_figures("2017", "Wave 2017", [one]).kinds]
    ['The clusters']
    """
    found: dict[str, list[Shown]] = {kind: [] for kind in _KINDS}
    for figure in figures:
        found[_kind_of(figure.name)].append(figure)
    return Group(key, title, [(kind, shown) for kind, shown in found.items() if shown])


def _kind_of(name: str) -> str:
    if name.startswith("interviews_"):
        return _INTERVIEWS
    return next((kind for kind, names in _KINDS.items() if name in names), _OF_THE_REPORT)


@dataclass(frozen=True)
class Purpose:
    """What figures were drawn for.

    Attributes
    ----------
    asked : str
        In words.
    width : float
        Millimetres that a figure may be wide.
    height : float
        Millimetres that it may be high.
    least : float
        Points of the smallest words that serve it.
    slide : bool
        Whether it is a slide.
    """

    asked: str
    width: float
    height: float
    least: float = 0.0
    slide: bool = False

    def misfit(self, figure: Shown) -> str:
        """Why a figure does not fit, in words; empty if it does, or if its size is not known."""
        if figure.width is None or figure.height is None:
            return ""
        wide = figure.width > self.width + _ROUNDING
        high = figure.height > self.height + _ROUNDING
        small = (figure.words or self.least) < self.least
        if self.slide:
            return "not made for slides" if wide or high or small else ""
        misses = {"wider than asked": wide, "higher than a page": high}
        return " and ".join(words for words, found in misses.items() if found)


def as_page(groups: Sequence[Group], statements: Sequence[str], purpose: Purpose) -> str:
    """The page as HTML.

    Parameters
    ----------
    groups : sequence of Group
        In the order of the page.
    statements : sequence of str
        What is said of waves that hold nobody's answers; empty for original ones.
    purpose : Purpose
        What figures were drawn for.
    """
    every = [figure for group in groups for figure in group.figures]
    misfits: dict[str, list[tuple[Group, Shown]]] = {}
    for group in groups:
        for figure in group.figures:
            if words := purpose.misfit(figure):
                misfits.setdefault(words, []).append((group, figure))
    page = _template().render(
        groups=groups,
        statements=statements,
        purpose=purpose,
        misfits=misfits,
        count=len(every),
    )
    return str(page)


def _template() -> jinja2.Template:
    return markup_environment().get_template("figure_page.html")
