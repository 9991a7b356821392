"""The dendrogram: branches, colours, cut line and numbers all come from the tables.

A branch has the colour of the cluster that all its trusts belong to in ``clusters.csv``, and none
where they differ; nothing is cut a second time here, so figure and table cannot disagree. Tests of
the merges, where there are any, stand beside their bars.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing
from buildingtrusts.output.figures.labels import Box, Point
from buildingtrusts.output.figures.marks import mark_rows
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import count, decimal, join, p_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("element", "name", "left", "right", "position", "height", "cluster", "type_id")
TEST_COLUMNS = ("shc_p", "shc_level", "selective_p")
_LABELLED_ROW, _LEAST_ROW, _MOST_ROOM = 0.19, 0.02, 9.0
#: Size of a p in points; half a line's width and the gap beside a bar in inches.
_P_SIZE, _HALF_LINE, _BESIDE = 5.5, 0.012, 0.03


@dataclass(frozen=True)
class Branch:
    """A merge as it is drawn: two arms up from what it joins, and the bar between them.

    Attributes
    ----------
    name : str
        ``#step``.
    left, right : str
        What it joins: trusts or earlier merges.
    ends : tuple of (position, height)
        Where the two arms start.
    end_clusters : tuple of int or None
        The clusters of what it joins.
    position, height : float
        The middle of the bar, along the leaves (from 0), and how high it is.
    cluster : int or None
        The cluster all its trusts are in; None where they are in several.
    """

    name: str
    left: str
    right: str
    ends: tuple[tuple[float, float], tuple[float, float]]
    end_clusters: tuple[int | None, int | None]
    position: float
    height: float
    cluster: int | None


@dataclass(frozen=True)
class MergeTest:
    """What the two tests say of a merge; ``nan`` where one was not made.

    Attributes
    ----------
    shc, level : float
        p of one Gaussian against two groups, and the level it is held against.
    selective : float
        p of equal means of the two groups, given that they were found in the same data.
    """

    shc: float
    level: float
    selective: float

    def words(self) -> list[str]:
        """A line for each test that was made."""
        mark = "*" if self.shc <= self.level else ""
        lines = [f"G: {p_text(self.shc)}{mark}", f"S: {p_text(self.selective)}"]
        made = (self.shc, self.selective)
        return [line for line, p in zip(lines, made, strict=True) if p == p]


def group_by_merge(merge_tests: pd.DataFrame) -> dict[str, MergeTest]:
    """Put the two tests of each merge together.

    Parameters
    ----------
    merge_tests : DataFrame
        ``step, method, p_value, draws, level``.

    Returns
    -------
    dict of str to MergeTest
        By the merge's name, ``#step``; merges of which no test was made are left out.
    """
    found: dict[str, dict[str, float]] = {}
    for step, method, p, level in merge_tests[["step", "method", "p_value", "level"]].itertuples(
        index=False, name=None
    ):
        values = found.setdefault(f"#{step}", {"level": np.nan})
        values[method] = float(p)
        if method == "shc":
            # The column shares its name with one of words, and is read as text.
            values["level"] = float(level)
    tests = {
        name: MergeTest(one.get("shc", np.nan), one["level"], one.get("selective", np.nan))
        for name, one in found.items()
    }
    return {name: one for name, one in tests.items() if one.words()}


def lay_out(linkage: pd.DataFrame, leaf_order: pd.DataFrame, typology: Typology) -> list[Branch]:
    """Find the place of every branch.

    Parameters
    ----------
    linkage : DataFrame
        ``step, left, right, height, size``.
    leaf_order : DataFrame
        ``position, mat_id``.
    typology : Typology
        The partition that colours the branches.

    Returns
    -------
    list of Branch
        In the order of the merges.
    """
    place: dict[str, tuple[float, float]] = {
        mat: (float(position), 0.0) for position, mat in enumerate(leaf_order["mat_id"])
    }
    cluster: dict[str, int | None] = dict(typology.cluster_of)
    branches: list[Branch] = []
    for step, left, right, height, _ in linkage.itertuples(index=False, name=None):
        name = f"#{step}"
        ends = place[left], place[right]
        middle = (ends[0][0] + ends[1][0]) / 2
        shared = cluster[left] if cluster[left] == cluster[right] else None
        place[name], cluster[name] = (middle, float(height)), shared
        branches.append(
            Branch(
                *(name, left, right, ends, (cluster[left], cluster[right])),
                *(middle, float(height), shared),
            )
        )
    return branches


def cut_height(linkage: pd.DataFrame, k: int) -> float:
    """A height at which the tree falls into k clusters: midway between the two merges around it."""
    heights = linkage["height"].to_numpy(dtype=float)
    below = len(heights) - k
    return float((heights[below] + heights[below + 1]) / 2)


def draw_branches(axes: Axes, branches: Sequence[Branch], typology: Typology, cut: float) -> None:
    """Draw branches with leaves along the vertical axis and heights along the horizontal.

    Arms that reach across the cut have their cluster's colour up to it.
    """
    for branch in branches:
        (first, first_height), (second, second_height) = branch.ends
        _draw_line(
            axes,
            [first_height, branch.height, branch.height, second_height],
            [first, first, second, second],
            branch.cluster,
            typology,
        )
        if branch.cluster is None:
            for (position, height), cluster in zip(branch.ends, branch.end_clusters, strict=True):
                if cluster is not None:
                    _draw_line(axes, [height, cut], [position, position], cluster, typology)


def _draw_line(
    axes: Axes,
    heights: Sequence[float],
    positions: Sequence[float],
    cluster: int | None,
    typology: Typology,
) -> None:
    axes.plot(
        heights,
        positions,
        color=style.GREY if cluster is None else style.colour_of(typology.type_of[cluster]),
        linewidth=0.8 if cluster is None else 1.5,
        solid_joinstyle="miter",
        solid_capstyle="butt",
    )


@style.styled
def draw_dendrogram(
    linkage: pd.DataFrame,
    leaf_order: pd.DataFrame,
    typology: Typology,
    method: str = "",
    merge_tests: pd.DataFrame | None = None,
) -> Drawing:
    """Draw the tree with its cut line and the clusters it makes.

    Parameters
    ----------
    linkage, leaf_order : DataFrame
        The tree's tables.
    typology : Typology
        The partition to show.
    method : str
        How the tree was built, for the caption.
    merge_tests : DataFrame, optional
        ``step, method, p_value, draws, level``: tests to show at their merges.

    Returns
    -------
    Drawing
        Its data have a row for each leaf and merge and one for the cut, and with tests the columns
        ``shc_p, shc_level, selective_p``. A p that finds no room beside its merge without covering
        a line or another p is in the data alone; merges are served from the root down.
    """
    mats = leaf_order["mat_id"].tolist()
    branches = lay_out(linkage, leaf_order, typology)
    cut = cut_height(linkage, typology.k)
    title = f"Dendrogram of {count(len(mats), 'trust')}, cut into {typology.k} clusters"
    caption = (
        "Distance at which trusts and groups of trusts join; the dashed line is the cut. Numbers "
        "in the markers and colours are those of the table of clusters."
    )
    tests = {} if merge_tests is None else group_by_merge(merge_tests)
    # A slide has no room for small print: neither tests of merges nor how the tree was built.
    shown_tests = {} if style.on_slide() else tests
    method = "" if style.on_slide() else method
    caption = " ".join([caption, *_told_of_tests(shown_tests)])
    row = style.height_of(max(_LEAST_ROW, min(_LABELLED_ROW, _MOST_ROOM / len(mats))))
    page = style.new_page(title, method, caption, row * len(mats) + style.height_of(0.6, 0.52))
    labelled = row > 0.08
    size = style.row_type(row)
    shown = style.names_of(mats, size)
    labels = style.label_width(shown, size) + 0.3 if labelled else 0.1
    names = style.text_width("Cluster 99 ", style.LABEL) + 0.1
    axes = page.axes(names, 0.4, page.width - names - labels, row * len(mats))
    draw_branches(axes, branches, typology, cut)
    top = max(branch.height for branch in branches)
    beyond = _room_for_last(shown_tests, branches, style.inches_of(axes)[0])
    axes.set_xlim(top * max(1.03, beyond), 0)
    axes.set_ylim(len(mats) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    style.name_axis(axes, "Height of the merge")
    axes.axvline(cut, color=style.INK, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.text(cut, -0.55, f"cut {decimal(cut)}", size=style.NOTE, ha="center", va="bottom")
    _write_tests(axes, branches, shown_tests, cut)
    leaves = page.axes(page.width - labels, 0.4, labels, row * len(mats))
    leaves.set_axis_off()
    leaves.set_xlim(0, labels)
    leaves.set_ylim(len(mats) - 0.5, -0.5)
    mark_rows(leaves, mats, range(len(mats)))
    for position, mat in enumerate(mats if labelled else []):
        number = typology.cluster_of[mat]
        style.number_markers(
            leaves, [0.09], [position], typology.type_of[number], number, min(9.0, row * 55)
        )
        leaves.text(0.2, position, shown[position], size=size, va="center_baseline")
    _name_clusters(page.axes(0, 0.4, names, row * len(mats)), mats, typology)
    data = _data(mats, branches, typology, cut)
    if merge_tests is not None:
        data = _with_tests(data, tests)
    alt = " ".join(filter(None, (_alt(linkage, typology, cut), _alt_of_tests(branches, tests))))
    return Drawing("dendrogram", title, caption, page.figure, data, alt)


def _told_of_tests(tests: Mapping[str, MergeTest]) -> list[str]:
    """What the caption says of the tests, if any were made."""
    if not tests:
        return []
    shc = (
        "G: test of one Gaussian against two groups (SHC; * = p at most its level, for a "
        "family-wise error of 5%)."
    )
    return [
        *([shc] if any(one.shc == one.shc for one in tests.values()) else []),
        "S: test of equal means of the two groups, given that they were found in the same data "
        "(selective inference). Tests of merges are exploratory, strained by means of unequal "
        "precision and correlated items, and never enter the verdict. A p without room is in the "
        "figure's data.",
    ]


def _room_for_last(
    tests: Mapping[str, MergeTest], branches: Sequence[Branch], width: float
) -> float:
    """How far an axis so many inches wide reaches, in heights of the last merge, for its tests."""
    last = tests.get(branches[-1].name)
    if last is None:
        return 1.0
    words = max(style.text_width(one, _P_SIZE) for one in last.words())
    return width / (width - words - 2 * _BESIDE)


def _write_tests(
    axes: Axes, branches: Sequence[Branch], tests: Mapping[str, MergeTest], cut: float
) -> None:
    """Write each p where it covers neither a line nor another p, the highest merges first."""
    room = style.inches_of(axes)
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()

    def inches(height: float, position: float) -> Point:
        return (
            (height - left) / (right - left) * room[0],
            (position - bottom) / (top - bottom) * room[1],
        )

    taken = [_around(inches(cut, bottom), inches(cut, top))]
    for branch in branches:
        bar = [(branch.height, position) for position, _ in branch.ends]
        taken.append(_around(inches(*bar[0]), inches(*bar[1])))
        for start, (position, height) in zip(bar, branch.ends, strict=True):
            taken.append(_around(inches(*start), inches(height, position)))
    line = style.line_height(_P_SIZE)
    for branch in reversed(branches):
        words = tests[branch.name].words() if branch.name in tests else []
        size = max((style.text_width(one, _P_SIZE) for one in words), default=0), line * len(words)
        at = inches(branch.height, branch.position)
        reach = abs(inches(0, branch.ends[0][0])[1] - inches(0, branch.ends[1][0])[1]) / 2
        place = _first_free(_beside(at, reach, size), size, taken, room) if words else None
        if place is None:
            continue
        taken.append((*place, place[0] + size[0], place[1] + size[1]))
        for row, one in enumerate(reversed(words)):
            axes.text(
                place[0] / room[0],
                (place[1] + row * line) / room[1],
                one,
                size=_P_SIZE,
                va="bottom",
                transform=axes.transAxes,
                zorder=6,
            )


def _around(start: Point, end: Point) -> Box:
    """The box of a line along one of the axes."""
    (x, right), (y, top) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return (x - _HALF_LINE, y - _HALF_LINE, right + _HALF_LINE, top + _HALF_LINE)


def _beside(at: Point, reach: float, size: tuple[float, float]) -> Iterator[Point]:
    """Corners that words may have beside a bar, from its middle to its ends on both sides."""
    (x, y), (width, height) = at, size
    inside, outside = x + _BESIDE, x - _BESIDE - width
    yield inside, y - height / 2
    step = 0.0
    while step <= max(reach - height, 0.0):
        for low in (y + _HALF_LINE + step, y - _HALF_LINE - height - step):
            yield inside, low
            yield outside, low
        step += height / 2


def _first_free(
    corners: Iterator[Point], size: tuple[float, float], taken: Sequence[Box], room: Point
) -> Point | None:
    """The first corner at which a box lies inside the room and apart from all others."""
    for x, y in corners:
        right, top = x + size[0], y + size[1]
        inside = x >= 0 and y >= 0 and right <= room[0] and top <= room[1]
        if inside and all(
            right <= box[0] or box[2] <= x or top <= box[1] or box[3] <= y for box in taken
        ):
            return x, y
    return None


def _name_clusters(axes: Axes, mats: Sequence[str], typology: Typology) -> None:
    """Name each cluster beside the rows of its leaves, on the far side of the tree."""
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(mats) - 0.5, -0.5)
    for cluster in typology.clusters:
        rows = [place for place, mat in enumerate(mats) if typology.cluster_of[mat] == cluster]
        colour = style.colour_of(typology.type_of[cluster])
        axes.plot([0.95, 0.95], [min(rows) - 0.35, max(rows) + 0.35], color=colour, linewidth=2.5)
        axes.text(
            0.88,
            float(np.mean(rows)),
            f"Cluster {cluster}",
            size=style.LABEL,
            ha="right",
            va="center",
        )


def _data(
    mats: Sequence[str], branches: Sequence[Branch], typology: Typology, cut: float
) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for position, mat in enumerate(mats):
        number = typology.cluster_of[mat]
        rows.append(("leaf", mat, "", "", position, 0.0, number, typology.type_of[number]))
    for one in branches:
        type_id = None if one.cluster is None else typology.type_of[one.cluster]
        rows.append(
            ("merge", one.name, one.left, one.right, one.position, one.height, one.cluster, type_id)
        )
    rows.append(("cut", "", "", "", None, cut, None, None))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"cluster": "Int64", "type_id": "Int64"})


def _with_tests(data: pd.DataFrame, tests: Mapping[str, MergeTest]) -> pd.DataFrame:
    none = MergeTest(np.nan, np.nan, np.nan)
    found = [tests.get(name, none) for name in data["name"]]
    columns = [[one.shc, one.level, one.selective] for one in found]
    return data.assign(**pd.DataFrame(columns, columns=list(TEST_COLUMNS), index=data.index))


def _alt_of_tests(branches: Sequence[Branch], tests: Mapping[str, MergeTest]) -> str:
    """Tell the tests of the last merge, and how many merges SHC would claim."""
    last = tests.get(branches[-1].name)
    if last is None:
        return ""
    if last.shc != last.shc:
        return f"Exploratory test of the last merge: equal means {p_text(last.selective)}."
    claimed = count(sum(one.shc <= one.level for one in tests.values()), "merge")
    return (
        f"Exploratory tests of the last merge: one Gaussian against two groups {p_text(last.shc)}, "
        f"equal means {p_text(last.selective)}. From the last merge down, {claimed} would be "
        "claimed for a family-wise error of 5%."
    )


def _alt(linkage: pd.DataFrame, typology: Typology, cut: float) -> str:
    sizes = [
        f"cluster {one} with {count(len(typology.members(one)), 'trust')}"
        for one in typology.clusters
    ]
    first = linkage.iloc[0]
    return (
        f"Dendrogram of {count(len(typology.cluster_of), 'trust')}: a cut at height {decimal(cut)} "
        f"gives {join(sizes)}. The first merge is at {decimal(first['height'])}, the last at "
        f"{decimal(linkage['height'].iloc[-1])}."
    )
