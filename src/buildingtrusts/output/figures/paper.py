"""How large a figure is: as wide as a page or a column, or as large as fits on a slide.

A figure lays itself out at the width that it is given, always with the type sizes of
:mod:`.style`. Whether its words then have room is asked of the renderer; where they have none, it
is drawn at two columns. For a slide it is laid out at several widths, its rows as low or as high as
fills the slide, and the layout that can be enlarged most is taken, so that type is as large as the
figure allows. One whose words would still be too small for a room is drawn as for a page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import smallest_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from buildingtrusts.output.figures.drawing import Drawing

_MM_AN_INCH = 25.4
#: Millimetres. Journals print columns of 84 to 90 and of 170 to 183.
WIDTHS = {"page": 182.88, "one_column": 88.0, "two_columns": 180.0}
#: A slide of 16:9, in inches.
SLIDE = (10.0, 5.625)
#: Inches at which a slide's figure is laid out before it is enlarged: type of 6.5 points becomes
#: one of 14 at the first, and of :data:`LEAST_ON_SLIDE` at the last.
_BEFORE_ENLARGING = (4.64, 4.85, 5.1, 5.25, 5.4)
#: Points of the smallest words on a figure that is made for a slide. On the slides of 338 mm that
#: office programs start with they are 16.
LEAST_ON_SLIDE = 12.0
#: How far heights may grow beyond their usual size to fill a slide.
_LOOSEST = 1.6
#: Inches that a page of A4 has between its margins.
_PAGE_HEIGHT = 10.0
_RESOLUTION = 100
#: Share of a text that another may cover: boxes reach a little beyond the ink.
_MAY_COVER = 0.05
#: Pixels by which a box may reach beyond the figure, for rounding.
_SLACK = 0.5


def millimetres(width: str | float) -> float:
    """Width of a figure, by its name or as a number of millimetres.

    Examples
    --------
    >>> millimetres("one_column"), millimetres(120)
    (88.0, 120.0)
    """
    if isinstance(width, str) and width in WIDTHS:
        return WIDTHS[width]
    return SLIDE[0] * _MM_AN_INCH if width == "slide" else float(width)


def highest(width: str | float) -> float:
    """Millimetres that a figure of that width may be high: of a slide, or between A4's margins."""
    return (SLIDE[1] if width == "slide" else _PAGE_HEIGHT) * _MM_AN_INCH


def drawn_to_fit(draw: Callable[[], Drawing], width: str | float = "page") -> Drawing:
    """Draw a figure at a width.

    Parameters
    ----------
    draw : callable
        Draws the figure; may be called several times.
    width : {"page", "one_column", "two_columns", "slide"} or float
        A number is of millimetres.

    Returns
    -------
    Drawing
        With ``scale``, by which it is enlarged when it is written. Words that have no room at the
        width asked for have it at two columns, and that is how wide the figure then is.
    """
    if width == "page":
        return draw()
    if width == "slide":
        return _on_slide(draw)
    asked = millimetres(width) / _MM_AN_INCH
    wider = WIDTHS["two_columns"] / _MM_AN_INCH
    for inches in dict.fromkeys((asked, max(asked, wider), max(asked, style.DOUBLE))):
        drawing = _tried(draw, inches)
        if drawing is not None:
            return drawing
    with style.on_paper(max(asked, style.DOUBLE)):
        return draw()


def _on_slide(draw: Callable[[], Drawing]) -> Drawing:
    """The layout that can be enlarged most; a figure that none makes legible is as on a page."""
    best: Drawing | None = None
    for inches in _BEFORE_ENLARGING:
        if best is not None and SLIDE[0] / inches < 0.99 * best.scale:
            # Wider layouts can only be enlarged less.
            break
        drawing = _filling(draw, inches)
        # Of two that can be enlarged alike, the wider fills the slide.
        if drawing is not None and (best is None or drawing.scale > 0.99 * best.scale):
            best = drawing
    if best is None or smallest_words(best) < LEAST_ON_SLIDE:
        return draw()
    return replace(best, note=best.caption)


def _filling(draw: Callable[[], Drawing], inches: float) -> Drawing | None:
    """A figure laid out at a width, its heights chosen so that it fills a slide when enlarged."""
    across, least = _size(draw, inches, 0.0)
    room, loose = across * SLIDE[1] / SLIDE[0], 0.0
    if least < room:
        _, usual = _size(draw, inches, 1.0)
        # Rounding must not make it higher than the slide.
        loose = 0.999 * min((room - least) / max(usual - least, 0.01), _LOOSEST)
    drawing = _tried(draw, inches, slide=True, loose=loose)
    return None if drawing is None else replace(drawing, scale=_enlarged(drawing))


def _size(draw: Callable[[], Drawing], inches: float, loose: float) -> tuple[float, float]:
    with style.on_paper(inches, slide=True, loose=loose):
        across, up = draw().figure.get_size_inches()
    return float(across), float(up)


def _enlarged(drawing: Drawing) -> float:
    """How much a figure can be enlarged before it is larger than a slide."""
    across, up = drawing.figure.get_size_inches()
    return float(min(SLIDE[0] / across, SLIDE[1] / up))


def _tried(
    draw: Callable[[], Drawing], inches: float, slide: bool = False, loose: float = 1.0
) -> Drawing | None:
    """A figure at a width, or None if it has no room there."""
    try:
        with style.on_paper(inches, strict=True, slide=slide, loose=loose):
            drawing = draw()
    except style.NoRoom:
        return None
    if inches < style.DOUBLE and drawing.figure.get_size_inches()[1] > _PAGE_HEIGHT and not slide:
        return None
    return drawing if words_have_room(drawing.figure, slide) else None


@style.styled
def words_have_room(figure: Figure, slide: bool = False) -> bool:
    """Whether all words lie inside a figure, above the strip for its stamp, and apart."""
    boxes = _boxes(figure)
    across, up = (float(inches) * _RESOLUTION for inches in figure.get_size_inches())
    foot = (style.stamp_height(across / _RESOLUTION, slide) - 0.02) * _RESOLUTION
    for _, (left, low, right, high), _, _ in boxes:
        if left < -_SLACK or right > across + _SLACK or low < foot or high > up + _SLACK:
            return False
    # Numbers inside markers may meet where trusts or clusters do.
    apart = [one for one in boxes if not re.fullmatch(r"[0-9CS]", one[0])]
    return not any(_meet(one, other) for one, other in combinations(apart, 2))


#: A line of text, its upright box, its angle, and its box turned back by that angle, in pixels.
_Box = tuple[str, tuple[float, ...], float, tuple[float, ...]]


def _meet(one: _Box, other: _Box) -> bool:
    """Whether one text covers part of another; slanted ones are compared along their slant."""
    first, second = (one[3], other[3]) if one[2] == other[2] else (one[1], other[1])
    across = min(first[2], second[2]) - max(first[0], second[0])
    up = min(first[3], second[3]) - max(first[1], second[1])
    if across <= 0 or up <= 0:
        return False
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return across * up > _MAY_COVER * smaller


def _boxes(figure: Figure) -> list[_Box]:
    """Where each line of text is drawn."""
    from matplotlib.backends.backend_agg import RendererAgg

    figure.set_dpi(_RESOLUTION)
    width, height = (float(inches) * _RESOLUTION for inches in figure.get_size_inches())
    boxes: list[_Box] = []

    class Watching(RendererAgg):
        """Notes where text goes and draws nothing."""

        def draw_text(self, *drawn: Any, **more: Any) -> None:
            _, x, y, s, prop, angle, *_ = drawn
            if s.strip():
                across, up, below = self.get_text_width_height_descent(s, prop, False)
                boxes.append(_box(s, (x, height - y), (across, up, below), angle))

    watching = Watching(width, height, _RESOLUTION)
    for name in ("draw_path", "draw_markers", "draw_path_collection", "draw_quad_mesh"):
        setattr(watching, name, lambda *_, **__: None)
    figure.draw(watching)
    return boxes


def _box(
    text: str, start: tuple[float, float], size: tuple[float, float, float], angle: float
) -> _Box:
    across, up, below = size
    turn = math.radians(angle)
    cosine, sine = math.cos(turn), math.sin(turn)
    x, y = start
    corners = [
        (x + right * cosine - above * sine, y + right * sine + above * cosine)
        for right in (0.0, across)
        for above in (-below, up - below)
    ]
    upright = tuple(of(corner[axis] for corner in corners) for of in (min, max) for axis in (0, 1))
    along, over = x * cosine + y * sine, y * cosine - x * sine
    return text, upright, angle, (along, over - below, along + across, over - below + up)
