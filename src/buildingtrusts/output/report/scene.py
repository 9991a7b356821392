"""A drawing as plain values: lines, boxes and texts in pixels, grouped by the trust they stand for.

The page draws its own figures, and not the saved ones, where there is one for each number of
clusters: each group carries the trust's key. Colours are names of looks, which the style sheet
turns into colours for light, dark and paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from buildingtrusts.output.figures import style

#: Pixels of text and of rows; a row is as high as a target has to be.
SMALL, TEXT, ROW = 11.0, 12.5, 24.0
#: With more trusts than this there is no room for their names, and rows share the height of 40.
MOST_NAMED, _HEIGHT = 60, 40 * ROW
_STAMP = 22.0
_PIXELS_AN_INCH = 72.0
#: Outlines of the markers of figures, as paths around 0, 0 of radius 10.
OUTLINES = (
    "M-9,0a9,9 0 1,0 18,0a9,9 0 1,0 -18,0Z",
    "M-8,-8H8V8H-8Z",
    "M0,-11L11,0L0,11L-11,0Z",
    "M0,-10L9.5,-3.1L5.9,8.1L-5.9,8.1L-9.5,-3.1Z",
    "M0,-10L8.7,-5L8.7,5L0,10L-8.7,5L-8.7,-5Z",
    "M-4,-9.5H4L9.5,-4V4L4,9.5H-4L-9.5,4V-4Z",
)


@dataclass(frozen=True)
class Shape:
    """One SVG element: its tag, its attributes in order, and its text if it is one."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    text: str = ""


@dataclass(frozen=True)
class Group:
    """Shapes that belong together.

    Attributes
    ----------
    shapes : tuple of Shape
        From back to front.
    mat : str
        Key of the trust they stand for; empty for none.
    label : str
        What is said of them when they are reached by keyboard.
    look : str
        Class of the group.
    """

    shapes: tuple[Shape, ...]
    mat: str = ""
    label: str = ""
    look: str = ""


@dataclass(frozen=True)
class Scene:
    """A drawing: width and height in pixels, the least width on a screen, and its groups."""

    width: float
    height: float
    least: float
    groups: tuple[Group, ...]


def number(value: float) -> str:
    """A coordinate with one decimal, and none where it is whole."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def shape(tag: str, look: str = "", text: str = "", **attributes: float | str) -> Shape:
    """Make an element; underscores in names of attributes become hyphens.

    Examples
    --------
    >>> shape("line", "rule", x1=0, x2=2.5).attributes
    (('class', 'rule'), ('x1', '0'), ('x2', '2.5'))
    """
    values = [
        (name.replace("_", "-"), value if isinstance(value, str) else number(value))
        for name, value in attributes.items()
    ]
    return Shape(tag, tuple([("class", look)] if look else []) + tuple(values), text)


def label(x: float, y: float, text: str, look: str = "", anchor: str = "start") -> Shape:
    """Text whose middle line is at y."""
    return shape("text", look, text, x=x, y=y, dy="0.35em", text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, look: str = "rule") -> Shape:
    """A straight line."""
    return shape("line", look, x1=x1, y1=y1, x2=x2, y2=y2)


def box(x: float, y: float, width: float, height: float, look: str) -> Shape:
    """A rectangle."""
    return shape("rect", look, x=x, y=y, width=max(width, 0.0), height=max(height, 0.0))


def type_look(type_id: int) -> str:
    """Name of the look of a type of trust; after the sixth they come round again."""
    return f"t{(type_id - 1) % len(style.PALETTE) + 1}"


def row_height(n: int) -> float:
    """Height of the row of each of so many trusts.

    Examples
    --------
    >>> row_height(20), row_height(160)
    (24.0, 6.0)
    """
    return ROW if n <= MOST_NAMED else _HEIGHT / n


def dot(x: float, y: float, type_id: int) -> Shape:
    """The marker of a cluster where there is no room for its number."""
    outline = OUTLINES[(type_id - 1) % len(OUTLINES)]
    place = f"translate({number(x)},{number(y)}) scale(0.5)"
    return shape("path", f"mark {type_look(type_id)}", d=outline, transform=place)


def marker(x: float, y: float, type_id: int, cluster: object) -> tuple[Shape, Shape]:
    """The marker of a cluster with its number in it."""
    outline = OUTLINES[(type_id - 1) % len(OUTLINES)]
    place = f"translate({number(x)},{number(y)})"
    look = type_look(type_id)
    return (
        shape("path", f"mark {look}", d=outline, transform=place),
        label(x, y, str(cluster), f"in-mark {look}", "middle"),
    )


@cache
def width_of(text: str, size: float = TEXT) -> float:
    """Room in pixels that a line of text needs; browsers' fonts are narrower than the measured."""
    return style.text_width(text, size) * _PIXELS_AN_INCH


def cut(text: str, room: float, size: float = TEXT) -> str:
    """Cut a line to so many pixels; an ellipsis stands for what is left out."""
    return style.shorten(text, size, room / _PIXELS_AN_INCH)


def key(
    left: float, y: float, entries: Sequence[tuple[int, object, str]], room: float
) -> tuple[Group, float]:
    """Name the clusters' markers: (type, number, name); as many lines as they need.

    Returns
    -------
    Group and float
        The key, and the height of its lines.
    """
    shapes: list[Shape] = []
    x, top = left + 10, y
    for type_id, cluster, name in entries:
        wide = 18 + width_of(name) + 20
        if x > left + 10 and x + wide - 20 > left + room:
            x, top = left + 10, top + ROW
        shapes += [*marker(x, top, type_id, cluster), label(x + 16, top, name)]
        x += wide
    return Group(tuple(shapes)), top - y + ROW


def stamped(
    groups: Sequence[Group], width: float, height: float, least: float, stamp: str
) -> Scene:
    """Finish a drawing, with a strip at its foot for the stamp, if there is one."""
    if not stamp:
        return Scene(width, height, least, tuple(groups))
    strip = Group(
        (
            box(0, height, width, _STAMP, "stamp-strip"),
            label(8, height + _STAMP / 2, stamp, "stamp-text"),
        )
    )
    return Scene(width, height + _STAMP, least, (*groups, strip))


def ticks(low: float, high: float) -> list[float]:
    """Round numbers between two limits, about five.

    Examples
    --------
    >>> ticks(0, 4.9), ticks(-0.3, 0.6)
    ([0.0, 1.0, 2.0, 3.0, 4.0], [-0.2, 0.0, 0.2, 0.4, 0.6])
    """
    span = high - low
    if not span > 0:
        return [low]
    steps = [base * 10**power for power in range(-6, 9) for base in (1, 2, 5)]
    step = next((one for one in steps if span / one <= 5.5), steps[-1])
    first = -(-(low - 1e-9) // step)
    places = [round((first + place) * step, 9) for place in range(12)]
    return [one + 0.0 for one in places if one <= high + 1e-9]
