"""How every figure looks: one font, one set of sizes, one palette, one page.

Colours are the Analysis Function's categorical palette and follow a cluster's ``type_id``; each has
its own marker and hatching too, so that nothing depends on colour. A page is laid out in inches
from measured text, which keeps labels inside the figure without a layout engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from buildingtrusts.output.figures.fonts import (
    FAMILY,
    FULL_FAMILY,
    file_of,
    reduced_name,
    register_font,
)
from buildingtrusts.output.vocabulary import spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: https://analysisfunction.civilservice.gov.uk/policy-store/data-visualisation-colours-in-charts/
PALETTE = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
MARKERS = ("o", "s", "D", "p", "h", "8")
HATCHES = ("", "////", "xxxx", "----", "||||", "++++")

INK, GREY, RULE, SHADE, PAPER = "#222222", "#595959", "#D9D9D9", "#F3F3F3", "#FFFFFF"
#: Dark words on a colour, which stay dark where a page turns ink into white.
DARK = "#000000"
#: Behind the words that say a figure's answers are made up.
STAMP_BAND = "#FDE7DA"

#: Inches: a figure across a page, and one of few marks.
DOUBLE, SINGLE = 7.2, 4.6
#: From how many inches on the longest stamp takes one line.
_WIDE = 7.0
TITLE, SUBTITLE, LABEL, TICK, NOTE = 10.0, 8.0, 7.5, 7.0, 6.5
_LEADING = 1.3
_POINTS_AN_INCH = 72.0
_MARGIN, _GAP = 0.12, 0.08
#: Inches of the lowest row whose label can be told from the next.
LEAST_ROW = 0.105

SETTINGS: dict[Any, Any] = {
    # Characters that the reduced font lacks come from the full one. The generic family and its
    # list are for readers of an SVG who have neither.
    "font.family": [FAMILY, "sans-serif"],
    "font.sans-serif": [FULL_FAMILY, "Verdana", "Arial"],
    "font.size": LABEL,
    "text.color": INK,
    "text.parse_math": False,
    # Unhinted text is as wide in pixels as on paper, which is what the layout measures.
    "text.hinting": "none",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": LABEL,
    "axes.labelpad": 3.0,
    "axes.linewidth": 0.6,
    "axes.titlesize": LABEL,
    "axes.titlelocation": "left",
    "axes.titlepad": 4.0,
    # A fixed height spares matplotlib measuring what a title might collide with.
    "axes.titley": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "xtick.labelsize": TICK,
    "ytick.labelsize": TICK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.pad": 2.5,
    "ytick.major.pad": 3.0,
    "lines.linewidth": 1.0,
    "hatch.linewidth": 0.5,
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "buildingtrusts",
    "path.simplify": False,
}

_P = ParamSpec("_P")
_R = TypeVar("_R")


def styled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Run a function under the study's settings, whatever matplotlib's are outside."""

    @wraps(function)
    def within(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with settings():
            return function(*args, **kwargs)

    return within


@contextmanager
def settings() -> Iterator[None]:
    """The study's settings, for as long as the block lasts."""
    family = _FONT.get()
    register_font(family)
    chosen: dict[Any, Any] = {
        "font.family": [reduced_name(family), "sans-serif"],
        "font.sans-serif": [*dict.fromkeys((family, FULL_FAMILY, "Verdana", "Arial"))],
    }
    with matplotlib.rc_context({**SETTINGS, **chosen}):
        yield


_FONT: ContextVar[str] = ContextVar("font", default=FULL_FAMILY)


@contextmanager
def in_font(family: str) -> Iterator[None]:
    """Set all figures in a font family, for as long as the block lasts."""
    token = _FONT.set(family)
    try:
        yield
    finally:
        _FONT.reset(token)


class NoRoom(Exception):
    """A drawing does not fit on a paper so narrow; :mod:`.paper` then takes a wider one."""


@dataclass(frozen=True)
class _Paper:
    width: float = DOUBLE
    strict: bool = False
    slide: bool = False
    loose: float = 1.0


_PAGE = _Paper()
_PAPER: ContextVar[_Paper] = ContextVar("paper", default=_PAGE)


@contextmanager
def on_paper(
    width: float, strict: bool = False, slide: bool = False, loose: float = 1.0
) -> Iterator[None]:
    """Lay figures out at a width, for as long as the block lasts.

    Parameters
    ----------
    width : float
        Inches, at the sizes of type above.
    strict : bool
        Raise :class:`NoRoom` rather than squeeze a drawing.
    slide : bool
        Whether heights may give, and the note below is left to whoever speaks.
    loose : float
        On a slide, where between their least (0) and their usual size (1) heights are.
    """
    token = _PAPER.set(_Paper(width, strict, slide, loose))
    try:
        yield
    finally:
        _PAPER.reset(token)


def page_width(most: float = float("inf")) -> float:
    """Width of a figure in inches: that of the paper, or less if so much is enough."""
    return min(_PAPER.get().width, most)


def inner_width() -> float:
    """Width inside the margins of a figure as wide as the paper, in inches."""
    return page_width() - 2 * _MARGIN


def on_slide() -> bool:
    """Whether figures are for a slide, where they leave out what is not the message."""
    return _PAPER.get().slide


def on_slide_else(words: str, otherwise: str = "") -> str:
    """Words that tell on a slide how to read it, where there is no note, or others on paper."""
    return words if on_slide() else otherwise


def height_of(usual: float, least: float = LEAST_ROW) -> float:
    """Inches of a row or a panel: as usual, and on a slide as much as it has to give.

    Parameters
    ----------
    usual : float
        On paper, in inches.
    least : float
        What can still be read; by default for a row with one line of words.
    """
    paper = _PAPER.get()
    return least + paper.loose * (usual - least) if paper.slide else usual


def row_type(row: float) -> float:
    """Points of a name beside a row so many inches high."""
    return min(TICK, row * (68 if on_slide() else 50))


def need(room: float, least: float) -> float:
    """Room in inches, if it is enough.

    Raises
    ------
    NoRoom
        If it is not, and a wider paper may be had.
    """
    if room < least and _PAPER.get().strict:
        raise NoRoom(f"{room:.2f} inches where {least:.2f} are needed")
    return room


def colour_of(type_id: int) -> str:
    """The colour of a type of trust, counted from 1; after the sixth they come round again."""
    return PALETTE[(type_id - 1) % len(PALETTE)]


def marker_of(type_id: int) -> str:
    """The marker of a type of trust."""
    return MARKERS[(type_id - 1) % len(MARKERS)]


def hatch_of(type_id: int) -> str:
    """The hatching of a type of trust."""
    return HATCHES[(type_id - 1) % len(HATCHES)]


def ink_on(colour: str) -> str:
    """Dark or white text, whichever contrasts more with a colour (WCAG 2 relative luminance).

    Examples
    --------
    >>> ink_on("#12436D"), ink_on("#28A197"), ink_on("#B9B9B9")
    ('#FFFFFF', '#000000', '#222222')
    """
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # The luminance at which black and white text contrast alike.
    if luminance < 0.179:
        return PAPER
    # A page that turns ink into white turns grey with it, and no other colour.
    return INK if len({colour[1:3], colour[3:5], colour[5:]}) == 1 else DARK


def text_width(text: str, size: float) -> float:
    """Width of a line of text in inches, in the study's words, at a size in points."""
    return _width_as_it_is(spoken(text), size)


def _width_as_it_is(text: str, size: float) -> float:
    return _width_in(_FONT.get(), text, size)


@cache
def _width_in(family: str, text: str, size: float) -> float:
    font = get_font([str(register_font(family)), file_of(family), file_of(FULL_FAMILY)])
    font.set_size(size, _POINTS_AN_INCH)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0] / 64 / _POINTS_AN_INCH)


def line_height(size: float) -> float:
    """Height of a line of text in inches, at a size in points."""
    return size * _LEADING / _POINTS_AN_INCH


def wrap(text: str, size: float, width: float) -> tuple[str, ...]:
    """Break text, in the study's words, into lines of so many inches; a longer word has its own."""
    return _wrapped_in(_FONT.get(), spoken(text), size, width)


@cache
def _wrapped_in(family: str, text: str, size: float, width: float) -> tuple[str, ...]:
    lines: list[str] = []
    # A non-breaking space keeps its words together, which a bare split() would not.
    for word in filter(None, text.split(" ")):
        if lines and _width_in(family, f"{lines[-1]} {word}", size) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return tuple(lines)


def fold(text: str, size: float, width: float, most: int = 99) -> str:
    """Wrap text into at most so many lines; an ellipsis stands for what is left out."""
    lines = list(wrap(text, size, width))
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return "\n".join(shorten(line, size, width) for line in lines)


def shorten(text: str, size: float, width: float) -> str:
    """Cut a line to so many inches; an ellipsis stands for what is left out."""
    text = spoken(text)
    if _width_as_it_is(text, size) <= width:
        return text
    kept = text
    while kept and _width_as_it_is(f"{kept}…", size) > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


@dataclass(frozen=True)
class RowLabels:
    """Labels of rows, folded, with the room they need.

    Attributes
    ----------
    texts : list of str
        At most three lines each.
    width : float
        Of the widest with its gap, in inches.
    row : float
        Height of a row, in inches.
    """

    texts: list[str]
    width: float
    row: float


def row_labels(
    labels: Iterable[str], row: float, width: float = 1.75, least: float = LEAST_ROW
) -> RowLabels:
    """Fold labels into a column; rows are as high as asked, or as the labels need.

    On a slide they are between ``least`` and what is asked.
    """
    texts = [fold(label, TICK, width, 3) for label in labels]
    lines = max((text.count("\n") + 1 for text in texts), default=1)
    needed = lines * line_height(TICK) + 0.04 if lines > 1 else 0.0
    if on_slide():
        needed *= 0.85
    return RowLabels(texts, label_width(texts) + 0.1, max(height_of(row, least), needed))


def names_of(mats: Iterable[str], size: float = TICK) -> list[str]:
    """Names of trusts, cut to what fits beside a drawing."""
    return [shorten(mat, size, 1.6) for mat in mats]


def label_width(labels: Sequence[str], size: float = TICK) -> float:
    """Width in inches of the widest line among labels, broken or not."""
    lines = [line for label in labels for line in label.split("\n")]
    return max((text_width(line, size) for line in lines), default=0.0)


@dataclass(frozen=True)
class Page:
    """A figure with its words in place and room for the drawing.

    Attributes
    ----------
    figure : Figure
        With title and subtitle above and the note below.
    width, height : float
        Of the room for the drawing, in inches.
    left, bottom : float
        Its lower left corner in the figure, in inches.
    """

    figure: Figure
    width: float
    height: float
    left: float
    bottom: float

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes at a place of the room, in inches from its lower left corner."""
        across, up = self.figure.get_size_inches()
        need(width, 0.1)
        return self.figure.add_axes((*self.place(left, bottom), width / across, height / up))

    def place(self, left: float, bottom: float) -> tuple[float, float]:
        """Position in the figure of a place of the room, in inches from its corner."""
        across, up = self.figure.get_size_inches()
        return (self.left + left) / across, (self.bottom + bottom) / up

    def text(self, left: float, bottom: float, text: str, **look: Any) -> None:
        """Text at a place of the room, in inches from its lower left corner."""
        self.figure.text(*self.place(left, bottom), text, **look)


def stamp_height(width: float, slide: bool = False) -> float:
    """Inches kept free at the foot of a figure for its stamp: a line, or two if it is narrow."""
    return 0.24 if width >= _WIDE or slide else 0.36


def new_page(title: str, subtitle: str, note: str, room: float, width: float | None = None) -> Page:
    """Make a figure with its words in place.

    Parameters
    ----------
    title, subtitle, note : str
        Plain text; wrapped to the figure's width. The note stands below the drawing.
    room : float
        Height left for the drawing, in inches.
    width : float, optional
        Of the figure, in inches; by default the paper's.

    Returns
    -------
    Page
        Its figure is as high as words, drawing and the strip for the stamp need.
    """
    width = page_width() if width is None else width
    inner = width - 2 * _MARGIN
    above = [
        (line, size, colour)
        for text, size, colour in ((title, TITLE, INK), (subtitle, SUBTITLE, GREY))
        for line in wrap(text, size, inner)
    ]
    below = () if _PAPER.get().slide else wrap(note, NOTE, inner)
    head = _MARGIN + sum(line_height(size) for _, size, _ in above) + _GAP
    foot = stamp_height(width, on_slide()) + _GAP + len(below) * line_height(NOTE)
    height = head + room + foot
    figure = Figure(figsize=(width, height))
    top = height - _MARGIN
    for line, size, colour in above:
        top -= line_height(size)
        figure.text(_MARGIN / width, top / height, line, size=size, color=colour)
    base = foot + 0.02
    for line in below:
        base -= line_height(NOTE)
        figure.text(_MARGIN / width, base / height, line, size=NOTE, color=GREY)
    return Page(figure, inner, room, _MARGIN, foot)


def name_rows(
    axes: Axes, labels: Sequence[str], places: Sequence[float], size: float = TICK
) -> None:
    """Write labels to the left of a vertical axis, in place of its ticks.

    Ticks are five artists each; a label of a row needs one.
    """
    axes.set_yticks([])
    left = -0.06 / inches_of(axes)[0]
    across = axes.get_yaxis_transform()
    for place, label in zip(places, labels, strict=True):
        axes.text(
            left,
            place,
            label,
            size=size,
            ha="right",
            va="center",
            transform=across,
            linespacing=1.1,
        )
    axes.spines["left"].set_visible(False)


def label_rows(axes: Axes, labels: Sequence[str], rules: float = 1.0) -> None:
    """Turn a vertical axis into rows, first on top, each with its label on the left.

    Parameters
    ----------
    axes : Axes
        Its horizontal limits may be set later.
    labels : sequence of str
        May have line breaks, and may be empty where a panel to the left names the rows.
    rules : float
        How much of the width the rows' lines take, from the left; 0 for none.
    """
    name_rows(axes, labels, range(len(labels)))
    axes.set_ylim(len(labels) - 0.5, -0.5)
    if rules:
        axes.hlines(
            range(len(labels)),
            0,
            rules,
            RULE,
            linewidth=0.5,
            zorder=0,
            transform=axes.get_yaxis_transform(),
        )


def name_axis(axes: Axes, text: str, middle: float = 0.5) -> None:
    """Write what a horizontal axis shows, at a fixed distance below it, inside the figure."""
    across, up = inches_of(axes)
    figure = across / float(axes.get_position().width)
    start = axes.get_position().x0 * figure
    room = figure - 2 * _MARGIN
    size = LABEL if text_width(text, LABEL) <= room else NOTE
    half = min(text_width(text, size), room) / 2
    centre = start + middle * across
    inside = min(max(centre, _MARGIN + half), figure - _MARGIN - half)
    if inside != centre:
        middle = (inside - start) / across
    axes.set_xlabel(shorten(text, size, room), size=size)
    # A fixed place spares matplotlib measuring every tick label in every format.
    axes.xaxis.set_label_coords(middle, -0.22 / up)


def name_panel(axes: Axes, text: str, room: float | None = None) -> None:
    """Write what a panel shows above it, in two lines if it is narrow."""
    axes.set_title(fold(text, LABEL, room or inches_of(axes)[0] + 0.1, 2), linespacing=1.1)


def mark_scale(axes: Axes, ticks: Sequence[float], labels: Sequence[str] | None = None) -> None:
    """Mark a horizontal scale whose limits are set; labels that have no room are left out."""
    shown = list(labels) if labels else [f"{tick:g}" for tick in ticks]
    low, high = axes.get_xlim()
    inch = inches_of(axes)[0] / (high - low)
    widest = label_width(shown) + 0.06
    # The last tick is named too, if the others can be spaced evenly.
    steps = [every for every in range(1, len(ticks)) if (len(ticks) - 1) % every == 0] or [1]
    room = [every for every in steps if (ticks[1] - ticks[0]) * every * inch >= widest]
    every = room[0] if room else len(ticks)
    axes.set_xticks(list(ticks), [one if n % every == 0 else "" for n, one in enumerate(shown)])


def inches_of(axes: Axes) -> tuple[float, float]:
    """Width and height of axes in inches."""
    box = axes.bbox.transformed(axes.figure.dpi_scale_trans.inverted())
    return float(box.width), float(box.height)


def number_markers(
    axes: Axes,
    x: Iterable[float],
    y: Iterable[float],
    type_id: int,
    number: object,
    size: float = 9.0,
) -> None:
    """Draw a type's markers with a number in each, so that the marker is its own label."""
    colour = colour_of(type_id)
    axes.plot(
        np.fromiter(x, dtype=float),
        np.fromiter(y, dtype=float),
        linestyle="none",
        marker=marker_of(type_id),
        markersize=size,
        markerfacecolor=colour,
        markeredgecolor=PAPER,
        markeredgewidth=0.5,
        zorder=4,
    )
    for one_x, one_y in zip(x, y, strict=True):
        axes.text(
            one_x,
            one_y,
            str(number),
            size=max(0.66 * size, min(NOTE, 0.82 * size)),
            color=ink_on(colour),
            ha="center",
            va="center_baseline",
            zorder=5,
        )


def tint(colour: str, share: float) -> str:
    """Mix a colour with so much white.

    Examples
    --------
    >>> tint("#000000", 0.5)
    '#808080'
    """
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(one + (255 - one) * share):02X}" for one in parts)


def fill_of(colour: str, hatch: str) -> dict[str, Any]:
    """Keywords of a bar: white edges, and hatching in a paler shade of its own colour."""
    return {
        "facecolor": colour,
        "hatch": hatch,
        "hatchcolor": tint(colour, 0.5),
        "edgecolor": PAPER,
        "linewidth": 0.8,
    }


#: Inches from one line of a key to the next.
_KEY_LINE = 0.2


@dataclass(frozen=True)
class _KeyStyle:
    """Inches before the first entry, from its sign to its name, and to the next entry."""

    start: float
    lead: float
    gap: float

    def places(self, names: Sequence[str], width: float) -> list[tuple[float, int]]:
        """Where each entry begins, and on which line."""
        places: list[tuple[float, int]] = []
        left, line = self.start, 0
        for name in names:
            room = self.lead + text_width(name, LABEL)
            if places and left + room > width:
                left, line = self.start, line + 1
            need(width, left + room)
            places.append((left, line))
            left += room + self.gap
        return places


_MARKER_KEY, _SWATCH_KEY = _KeyStyle(0.08, 0.11, 0.25), _KeyStyle(0.02, 0.29, 0.28)


def key_room(names: Sequence[str], swatches: bool = False) -> float:
    """Inches that the lines of a key after its first take, on a figure as wide as the paper."""
    places = (_SWATCH_KEY if swatches else _MARKER_KEY).places(names, inner_width())
    return _KEY_LINE * places[-1][1] if places else 0.0


def draw_key(
    page: Page, bottom: float, entries: Sequence[tuple[int, object, str]], start: float = 0.0
) -> None:
    """Name markers: (type_id, number in the marker, name), in a line or, from it down, several.

    The key takes the page's width from ``start`` on.
    """
    first = bottom
    places = _MARKER_KEY.places([name for *_, name in entries], page.width - start)
    for (left, line), (type_id, number, name) in zip(places, entries, strict=True):
        left, bottom = start + left, first - _KEY_LINE * line
        colour = colour_of(type_id)
        place = page.place(left, bottom)
        page.figure.add_artist(
            Line2D(
                [place[0]],
                [place[1]],
                marker=marker_of(type_id),
                markersize=9.0,
                color=colour,
                markeredgecolor=PAPER,
                markeredgewidth=0.5,
            )
        )
        inside = {"size": NOTE, "color": ink_on(colour), "ha": "center", "va": "center_baseline"}
        page.text(left, bottom, str(number), **inside)
        page.text(left + 0.11, bottom, name, size=LABEL, va="center_baseline")


def draw_looks(page: Page, bottom: float, entries: Sequence[tuple[dict[str, Any], str]]) -> None:
    """Name markers of any look: (keywords of a line, name), laid out as by :func:`draw_key`."""
    places = _MARKER_KEY.places([name for _, name in entries], page.width)
    for (left, line), (look, name) in zip(places, entries, strict=True):
        x, y = page.place(left, bottom - _KEY_LINE * line)
        page.figure.add_artist(Line2D([x], [y], **look))
        page.text(
            left + _MARKER_KEY.lead,
            bottom - _KEY_LINE * line,
            name,
            size=LABEL,
            va="center_baseline",
        )


def draw_swatches(page: Page, bottom: float, entries: Sequence[tuple[dict[str, Any], str]]) -> None:
    """Name fills: (keywords of :func:`fill_of`, name), in a line or, from it down, several."""
    across, up = page.figure.get_size_inches()
    first = bottom
    places = _SWATCH_KEY.places([name for _, name in entries], page.width)
    for (left, line), (fill, name) in zip(places, entries, strict=True):
        bottom = first - _KEY_LINE * line
        corner = page.place(left, bottom - 0.06)
        page.figure.add_artist(Rectangle(corner, 0.22 / across, 0.13 / up, **fill))
        page.text(left + 0.29, bottom, name, size=LABEL, va="center_baseline")


def scale_ticks(low: float, high: float) -> list[float]:
    """Whole numbers at which to mark a scale: thirds, halves or quarters, else its ends.

    Examples
    --------
    >>> scale_ticks(1, 10), scale_ticks(0, 10), scale_ticks(1, 5), scale_ticks(0, 1.5)
    ([1.0, 4.0, 7.0, 10.0], [0.0, 2.0, 4.0, 6.0, 8.0, 10.0], [1.0, 2.0, 3.0, 4.0, 5.0], [0, 1.5])
    """
    for parts in (3, 4, 5, 2):
        step = (high - low) / parts
        if step == round(step) and step > 0:
            return [low + step * place for place in range(parts + 1)]
    return [low, high]
