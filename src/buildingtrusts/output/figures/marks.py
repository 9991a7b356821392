"""Where a trust is in a figure, so that a page can mark it there.

What stands for a trust gets an identifier in the SVG that its name can be read from. Around marks
that have none of their own, such as a row of a bar chart, lies an outline without paint; it is in
the SVG alone, and other formats are as they would be without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from matplotlib.patches import Circle, Rectangle
from matplotlib.transforms import ScaledTranslation

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

_START = "trust."
_PLAIN = re.compile(rb"[A-Za-z0-9]")
#: Inches that an outline keeps from the figure's edge, and a circle from its marker.
_EDGE, _ROUND = 0.03, 0.03
_POINTS_AN_INCH = 72.0


def trust_id(mat: str) -> str:
    """The beginning of an identifier that says which trust something stands for.

    It is a name as XML has it, whatever the trust is called.

    Examples
    --------
    >>> trust_id("MAT 2"), trust_id("<é>")
    ('trust.MAT_202', 'trust._3c_c3_a9_3e')
    """
    letters = (bytes([one]) for one in mat.encode("utf-8"))
    return _START + "".join(
        one.decode() if _PLAIN.match(one) else f"_{one.hex()}" for one in letters
    )


def trust_of(identifier: str) -> str:
    """The trust that an identifier of an SVG stands for; empty for none.

    Examples
    --------
    >>> trust_of("trust.MAT_202-14"), trust_of("patch_3"), trust_of("trust._zz-1")
    ('MAT 2', '', '')
    """
    found = re.fullmatch(r"trust\.((?:[A-Za-z0-9]|_[0-9a-f]{2})+)(?:-\d+)?", identifier)
    if not found:
        return ""
    letters = re.findall(r"_([0-9a-f]{2})|(.)", found[1])
    named = b"".join(bytes.fromhex(code) if code else plain.encode() for code, plain in letters)
    return named.decode("utf-8", "replace")


def mark_trust(artist: Artist, mat: str) -> None:
    """Say which trust an artist stands for."""
    artist.set_gid(trust_id(mat))


def mark_rows(
    axes: Axes,
    mats: Iterable[str],
    places: Iterable[float],
    beyond: float = 0.0,
    before: float | None = None,
) -> None:
    """Outline the row of each trust, with its name on the left.

    Parameters
    ----------
    axes : Axes
        With a place on its vertical axis for each trust, one apart. Limits may be set later.
    mats : iterable of str
        The trusts.
    places : iterable of float
        The middle of each row.
    beyond : float
        Inches by which rows reach beyond the axes' right edge.
    before : float, optional
        The same on the left, where the names are; by default to the edge of the figure.
    """
    width = axes.bbox.width / axes.figure.dpi
    left = axes.bbox.x0 / axes.figure.dpi - _EDGE if before is None else before
    start, whole = -left / width, (left + width + beyond) / width
    for mat, place in zip(mats, places, strict=True):
        row = Rectangle((start, place - 0.5), whole, 1, transform=axes.get_yaxis_transform())
        _outline(axes, row, mat)


def mark_columns(
    axes: Axes, mats: Iterable[str], places: Iterable[float], below: float = 0.0
) -> None:
    """Outline the column of each trust, and so many inches below it; as :func:`mark_rows`."""
    height = axes.bbox.height / axes.figure.dpi
    for mat, place in zip(mats, places, strict=True):
        column = Rectangle(
            (place - 0.5, -below / height),
            *(1, 1 + below / height),
            transform=axes.get_xaxis_transform(),
        )
        _outline(axes, column, mat)


def mark_points(
    axes: Axes, mats: Iterable[str], x: Iterable[float], y: Iterable[float], size: float
) -> None:
    """Draw a circle around the marker of each trust, which is so many points across."""
    radius = size / 2 / _POINTS_AN_INCH + _ROUND
    inches: Any = axes.figure.dpi_scale_trans
    data: Any = axes.transData
    for mat, one_x, one_y in zip(mats, x, y, strict=True):
        place = ScaledTranslation(one_x, one_y, data)
        _outline(axes, Circle((0, 0), radius, transform=inches + place), mat)


def _outline(axes: Axes, shape: Patch, mat: str) -> None:
    shape.set(fill=False, linewidth=0, zorder=9, visible=False)
    mark_trust(shape, mat)
    # In the figure it lies above all axes, and is no bar of any.
    axes.figure.add_artist(shape)


@contextmanager
def outlines_drawn(figure: Figure) -> Iterator[None]:
    """Draw outlines, and number the identifiers of each trust, for as long as the block lasts."""
    marked = [one for one in figure.findobj() if (one.get_gid() or "").startswith(_START)]
    kept = [(one, one.get_gid(), one.get_visible()) for one in marked]
    try:
        for number, (one, identifier, _) in enumerate(kept, start=1):
            one.set(gid=f"{identifier}-{number}", visible=True)
        yield
    finally:
        for one, identifier, visible in kept:
            one.set(gid=identifier, visible=visible)
