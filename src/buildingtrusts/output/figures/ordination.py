"""Trusts on a plane: the first two principal components of the scores that are clustered.

Figure 1 of the report shows its clusters this way or a similar one; its values were not published.
The second figure adds what the axes stand for and how much of the variance each carries, since
clusters along one long axis may be a continuum cut into pieces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing
from buildingtrusts.output.figures.labels import (
    Point,
    around_marker,
    around_point,
    convex_hull,
    place_labels,
)
from buildingtrusts.output.figures.marks import mark_points, mark_trust
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import count, decimal, join, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POSITION_COLUMNS = ("mat_id", "cluster", "type_id", "axis_1", "axis_2")
BIPLOT_COLUMNS = ("element", "name", "cluster", "type_id", "axis_1", "axis_2", "share")
_NAMED_UP_TO = 60
#: Inches left free for markers and names, both sides together.
_ROUND, _ROUND_ON_SLIDE = 0.9, 0.5
_SHARES = 0.75


@dataclass(frozen=True)
class Plane:
    """Trusts and items on the first two axes.

    Attributes
    ----------
    mats : tuple of str
        Trusts, in the order of the table.
    positions : ndarray of shape (n, 2)
        Their coordinates, in units of the ratings.
    labels : tuple of str
        Items.
    loadings : ndarray of shape (p, 2)
        Their directions on the axes of unit length.
    shares : ndarray of shape (m,)
        Share of the variance on every axis.
    """

    mats: tuple[str, ...]
    positions: NDArray[np.float64]
    labels: tuple[str, ...]
    loadings: NDArray[np.float64]
    shares: NDArray[np.float64]


@style.styled
def draw_clusters(
    plane: Plane, typology: Typology, block: str = "strategy", after_report: bool = True
) -> Drawing:
    """Draw every trust with its name, and an outline around each cluster (the report's Figure 1).

    Parameters
    ----------
    plane : Plane
        Where trusts are.
    typology : Typology
        Which cluster they are in.
    block : str
        What they were clustered by.
    after_report : bool
        Whether the study repeats one that drew the same chart.

    Returns
    -------
    Drawing
        Its data have a row a trust.
    """
    found = f"{count(typology.k, 'cluster')} of {count(len(plane.mats), 'trust')}"
    title = f"{found} by {plain(block).lower()}"
    caption = (
        "Each marker is a trust, placed by the first two principal components of its mean "
        "ratings; outlines join the trusts of a cluster."
    )
    if after_report:
        caption += (
            " After Figure 1 of the 2018 report, which gives no values and does not say how it "
            "was drawn."
        )
    width = style.page_width() - 0.75
    height = style.height_of(_height(plane, width, 2.5, 4.6), 1.2)
    more = style.key_room(typology.titles)
    if style.on_slide():
        # The key stands beside the trusts, which need the height.
        beside = style.label_width(typology.titles, style.LABEL) + 0.25
        width = style.need(width - beside, 2.0)
        page = style.new_page(title, "", caption, height + 0.45)
        style.draw_key(page, height + 0.3, typology.key(), 0.45 + width + 0.1)
    else:
        page = style.new_page(title, "", caption, height + 0.7 + more)
        style.draw_key(page, height + 0.58 + more, typology.key())
    room = (width, height)
    axes = page.axes(0.45, 0.4, *room)
    _frame(axes, plane, room)
    _draw_outlines(axes, plane, typology, room[0])
    _draw_trusts(axes, plane, typology, 7.5 if style.on_slide() else 9.5)
    if len(plane.mats) <= _NAMED_UP_TO:
        _name_trusts(axes, plane, room)
    data = _positions(plane, typology)
    return Drawing(
        "figure_1_clusters", title, caption, page.figure, data, _alt(plane, typology), True
    )


@style.styled
def draw_ordination(plane: Plane, typology: Typology) -> Drawing:
    """Draw trusts, the items' loadings, and the share of the variance on each component.

    Parameters
    ----------
    plane : Plane
        Where trusts and items are.
    typology : Typology
        Which cluster trusts are in.

    Returns
    -------
    Drawing
        Its data have a row a trust, an item and a component (``element``).
    """
    title = "What sets trusts apart: principal components of their mean ratings"
    caption = (
        "Loadings: how much each item weighs in a component, from −1 to 1; a trust further along "
        "a component rates items with positive loadings higher. A first component that carries "
        "most of the variance speaks for a continuum rather than for clusters."
    )
    order = np.argsort(-plane.loadings[:, 0], kind="stable")
    names = style.row_labels((plane.labels[row] for row in order), 0.22)
    slide = style.on_slide()
    items, side = names.row * len(plane.labels), 1.4 if slide else 1.75
    width = style.page_width() - names.width - side - (0.75 if slide else 1.0)
    # Loadings stand beside the trusts where these then still have room, else below them.
    beside = width > 2.0 or (slide and style.need(width, 1.2) > 0)
    width = width if beside else style.inner_width() - 0.5
    least = items + 0.25 if beside else 0.0
    below = 0.0 if beside else items + 0.35
    height = least if slide else _height(plane, width, max(least, 2.2), max(least, 4.0))
    more = style.key_room(typology.titles)
    # The axes of a slide say what share the first two components have; the others are left out.
    shares = 0.1 if slide else _SHARES + 0.75
    page = style.new_page(title, "", caption, height + 0.6 + shares + more + below)
    style.draw_key(page, page.height - 0.12, typology.key())
    bottom = page.height - height - 0.3 - more
    axes = page.axes(0.4, bottom, width, height)
    _frame(axes, plane, (width, height))
    _draw_trusts(axes, plane, typology, 8.0)
    place = (page.width - side - 0.05, bottom + height - items - 0.2)
    if not beside:
        side = page.width - names.width - 0.1
        place = (names.width, bottom - items - 0.7)
    _draw_loadings(page, place, (side, items), plane.loadings[order], names.texts)
    if not slide:
        _draw_shares(page.axes(0.4, 0.3, page.width - 0.5, _SHARES), plane.shares)
    data = _biplot(plane, typology)
    return Drawing("ordination", title, caption, page.figure, data, _alt_ordination(plane))


def _round() -> float:
    return _ROUND_ON_SLIDE if style.on_slide() else _ROUND


def _height(plane: Plane, width: float, least: float, most: float) -> float:
    """Height at which axes of one scale hold all trusts without empty room, in inches."""
    across, up = np.ptp(plane.positions, axis=0)
    return float(np.clip(up / max(across / (width - _round()), 1e-6) + _round(), least, most))


def _frame(axes: Axes, plane: Plane, room: Point) -> None:
    """Give both axes one scale, and limits that hold all trusts."""
    low, high = plane.positions.min(axis=0), plane.positions.max(axis=0)
    middle = (low + high) / 2
    # Units an inch.
    unit = max(float(((high - low) / (np.array(room) - _round())).max()), 1e-6)
    half = unit * np.array(room) / 2
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])
    axes.axhline(0, color=style.RULE, linewidth=0.6, zorder=0)
    axes.axvline(0, color=style.RULE, linewidth=0.6, zorder=0)
    shares = [*plane.shares[:2], 0.0, 0.0]
    style.name_axis(axes, f"First component ({shares[0]:.0%} of the variance)")
    axes.set_ylabel(f"Second component ({shares[1]:.0%})")
    axes.yaxis.set_label_coords(-0.31 / room[0], 0.5)


def _draw_trusts(axes: Axes, plane: Plane, typology: Typology, size: float) -> None:
    for cluster in typology.clusters:
        rows = [row for row, mat in enumerate(plane.mats) if typology.cluster_of[mat] == cluster]
        x, y = plane.positions[rows].T
        style.number_markers(axes, x, y, typology.type_of[cluster], cluster, size)
        mark_points(axes, [plane.mats[row] for row in rows], x, y, size)


def _draw_outlines(axes: Axes, plane: Plane, typology: Typology, width: float) -> None:
    from matplotlib.patches import Polygon

    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    inch = (axes.get_xlim()[1] - axes.get_xlim()[0]) / width
    circle = 0.14 * inch * np.column_stack([np.cos(angles), np.sin(angles)])
    for cluster in typology.clusters:
        rows = [row for row, mat in enumerate(plane.mats) if typology.cluster_of[mat] == cluster]
        # The outline of circles around the trusts keeps clear of their markers.
        corners = convex_hull((plane.positions[rows, None] + circle).reshape(-1, 2))
        colour = style.colour_of(typology.type_of[cluster])
        axes.add_patch(Polygon(corners, closed=True, color=colour, alpha=0.14, lw=0, zorder=1))
        edge = style.tint(colour, 0.5)
        axes.add_patch(Polygon(corners, closed=True, fill=False, edgecolor=edge, lw=0.6))


def _name_trusts(axes: Axes, plane: Plane, room: Point) -> None:
    names = style.names_of(plane.mats)
    widths = [style.text_width(name, style.TICK) for name in names]
    points = _inches(axes, plane.positions, room).tolist()
    options = [
        around_marker(x, y, width, 0.09, 0.075)
        for (x, y), width in zip(points, widths, strict=True)
    ]
    taken = [around_point(x, y, 0.075) for x, y in points]
    corners = place_labels(options, widths, 0.09, taken, room)
    for mat, name, (x, y) in zip(plane.mats, names, corners, strict=True):
        place = (x / room[0], y / room[1])
        text = axes.text(*place, name, size=style.TICK, transform=axes.transAxes, zorder=6)
        mark_trust(text, mat)


def _inches(axes: Axes, points: NDArray[np.float64], room: Point) -> NDArray[np.float64]:
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    return (points - [left, low]) / [right - left, high - low] * room


def _draw_loadings(
    page: style.Page,
    corner: Point,
    size: Point,
    loadings: NDArray[np.float64],
    labels: list[str],
) -> None:
    """Draw the items' loadings on both components."""
    width = (size[0] - 0.15) / 2
    reach = (2.6 if style.on_slide() else 2.0) * max(float(np.abs(loadings).max()), 0.01)
    left, bottom = corner
    page.text(left - 0.06, bottom + size[1] + 0.06, "Loadings", size=style.LABEL, ha="right")
    for component in (0, 1):
        axes = page.axes(left + component * (width + 0.15), bottom, width, size[1])
        style.label_rows(axes, labels if component == 0 else [""] * len(labels), rules=0)
        values = loadings[:, component]
        places = range(len(values))
        axes.barh(places, values, height=0.62, color=style.PALETTE[0])
        axes.axvline(0, color=style.GREY, linewidth=0.6)
        for place, value in zip(places, values.tolist(), strict=True):
            axes.text(
                value + (0.06 if value >= 0 else -0.06) * reach,
                place,
                decimal(value),
                size=style.NOTE,
                ha="left" if value >= 0 else "right",
                va="center_baseline",
            )
        axes.set_xlim(-reach, reach)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.set_title(("First", "Second")[component])


def _draw_shares(axes: Axes, shares: NDArray[np.float64]) -> None:
    places = range(1, len(shares) + 1)
    axes.bar(places, shares, width=0.7, color=style.PALETTE[0])
    for place, share in zip(places, shares.tolist(), strict=True):
        axes.text(place, share, f"{share:.0%}", size=style.NOTE, ha="center", va="bottom")
    # A few components do not make broad bars.
    axes.set_xlim(0.4, max(len(shares), 10) + 0.6)
    axes.set_xticks(list(places))
    axes.tick_params(axis="x", length=0)
    axes.set_ylim(0, max(float(shares.max()), 0.01) * 1.2)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title("Share of the variance by component")


def _positions(plane: Plane, typology: Typology) -> pd.DataFrame:
    rows = [
        (mat, number, typology.type_of[number], x, y)
        for mat, (x, y) in zip(plane.mats, plane.positions.tolist(), strict=True)
        for number in [typology.cluster_of[mat]]
    ]
    return pd.DataFrame(rows, columns=list(POSITION_COLUMNS))


def _biplot(plane: Plane, typology: Typology) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = [
        ("trust", *row, None)
        for row in _positions(plane, typology).itertuples(index=False, name=None)
    ]
    rows += [
        ("item", label, None, None, x, y, None)
        for label, (x, y) in zip(plane.labels, plane.loadings.tolist(), strict=True)
    ]
    rows += [
        ("axis", str(place), None, None, None, None, share)
        for place, share in enumerate(plane.shares.tolist(), start=1)
    ]
    frame = pd.DataFrame(rows, columns=list(BIPLOT_COLUMNS))
    return frame.astype({"cluster": "Int64", "type_id": "Int64"})


def _alt(plane: Plane, typology: Typology) -> str:
    sizes = [count(len(typology.members(one)), "trust") for one in typology.clusters]
    shares = [*plane.shares[:2], 0.0, 0.0]
    return (
        f"Scatter plot of {count(len(plane.mats), 'trust')} in {typology.k} clusters of "
        f"{join(sizes)}. The two axes carry {shares[0]:.0%} and {shares[1]:.0%} of the variance "
        "of mean ratings."
    )


def _alt_ordination(plane: Plane) -> str:
    first = np.argsort(-np.abs(plane.loadings[:, 0]), kind="stable")[:2]
    named = [
        f"“{plane.labels[row]}” ({'+' if plane.loadings[row, 0] > 0 else '−'}"
        f"{decimal(abs(plane.loadings[row, 0]))})"
        for row in first
    ]
    shares = [*plane.shares[:2], 0.0, 0.0]
    return (
        f"The first principal component carries {shares[0]:.0%} of the variance between trusts, "
        f"the second {shares[1]:.0%}. The first rests most on {join(named)}."
    )
