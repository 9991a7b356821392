"""Which trusts stay together when staff are resampled: by pair, and by trust and cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_hex
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.marks import mark_columns, mark_rows
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAIR_COLUMNS = (
    *("position", "mat_id", "cluster", "other_position", "other_id", "other_cluster"),
    *("probability", "draws"),
)
ASSIGNMENT_COLUMNS = (
    *("position", "mat_id", "own_cluster", "cluster", "type_id", "probability", "draws"),
)
RESPONDENTS = "respondents"
_MAP = LinearSegmentedColormap.from_list("together", ["#F7FAFD", "#8FB4D9", style.PALETTE[0]])
_UNIT = Normalize(0, 1)
_CELL, _ROW, _MOST_ROOM = 0.34, 0.2, 8.0
#: Inches of a row below which names and markers are left out.
_LEGIBLE = 0.08
#: Inches of a cell in which a percentage has room.
_PRINTED = 0.22
_BAR, _SCALE = 0.13, 0.46


@style.styled
def draw_co_clustering(
    co_clustering: pd.DataFrame, leaf_order: pd.DataFrame, typology: Typology
) -> Drawing:
    """Draw how often two trusts share a cluster, as a grid in the order of the dendrogram.

    Parameters
    ----------
    co_clustering : DataFrame
        Columns of ``co_clustering.csv``; drawn are resampled respondents.
    leaf_order : DataFrame
        ``position, mat_id``.
    typology : Typology
        The partition whose clusters are outlined.

    Returns
    -------
    Drawing
        Its data have a row a pair, the trust higher in the dendrogram first.
    """
    title = "How often two trusts share a cluster when staff are resampled"
    pairs = co_clustering[
        (co_clustering["source"] == RESPONDENTS) & (co_clustering["k"] == typology.k)
    ]
    if pairs.empty:
        return nothing_to_draw("co_clustering", title, "No pair of trusts was resampled.")
    mats = leaf_order["mat_id"].tolist()
    grid = pair_grid(pairs, mats)
    draws = int(pairs["draws"].max())
    cell, size, names = _cells(mats)
    caption = (
        f"Percentage of {count(draws, 'draw')} in which the trusts of a row and a column fall "
        f"into one cluster of {typology.k}. Dark outlines: the clusters found with all staff"
        f"{', which numbers on the diagonal name' if names else ''}. Columns have the order of the "
        "rows."
    )
    left = style.label_width(names, size) + 0.1
    side = cell * len(mats)
    if style.on_slide():
        return _pairs_on_slide(title, caption, pairs, mats, typology)
    page = style.new_page(title, f"{typology.k} clusters", caption, side + _SCALE + 0.05)
    axes = page.axes(left, _SCALE, side, side)
    _draw_grid(axes, grid, cell)
    _outline_clusters(axes, mats, typology, cell)
    style.name_rows(axes, names, range(len(names)), size)
    mark_rows(axes, mats, range(len(mats)))
    mark_columns(axes, mats, range(len(mats)))
    _draw_scale(page.axes(left, 0.22, max(side, 1.5), _BAR))
    data = _pair_data(pairs, mats, typology)
    return Drawing("co_clustering", title, caption, page.figure, data, _alt_pairs(data, typology))


def _pairs_on_slide(
    title: str, caption: str, pairs: pd.DataFrame, mats: list[str], typology: Typology
) -> Drawing:
    """The grid with flat cells, whose percentages are its scale."""
    row = style.height_of(_CELL)
    names = style.names_of(mats)
    left = style.label_width(names) + 0.1
    subtitle = f"Percentage of draws; outlined are the {typology.k} clusters found with all staff"
    page = style.new_page(title, subtitle, caption, row * len(mats) + 0.05)
    across = page.width - left - 0.02
    style.need(across / len(mats), _PRINTED)
    axes = page.axes(left, 0.05, across, row * len(mats))
    _draw_grid(axes, pair_grid(pairs, mats), _PRINTED)
    _outline_clusters(axes, mats, typology, row)
    style.name_rows(axes, names, range(len(names)))
    mark_rows(axes, mats, range(len(mats)))
    mark_columns(axes, mats, range(len(mats)))
    data = _pair_data(pairs, mats, typology)
    return Drawing("co_clustering", title, caption, page.figure, data, _alt_pairs(data, typology))


@style.styled
def draw_assignment(
    assignment: pd.DataFrame, leaf_order: pd.DataFrame, typology: Typology
) -> Drawing:
    """Draw how often each trust falls into each cluster, its own first.

    Parameters
    ----------
    assignment : DataFrame
        Columns of ``assignment.csv``; drawn are members.
    leaf_order : DataFrame
        ``position, mat_id``.
    typology : Typology
        The partition that trusts are assigned to.

    Returns
    -------
    Drawing
        Its data have a row for each trust and cluster, trusts in the order of the dendrogram.
    """
    title = "How often each trust falls into its cluster when staff are resampled"
    data = _assignment_data(assignment, leaf_order["mat_id"].tolist(), typology)
    if data.empty:
        return nothing_to_draw("assignment", title, "No trust was assigned to clusters.")
    mats = list(dict.fromkeys(data["mat_id"]))
    row = style.height_of(max(0.02, min(_ROW, _MOST_ROOM / len(mats))))
    size = style.row_type(row)
    names = style.names_of(mats, size) if row > _LEGIBLE else []
    caption = (
        f"Length: percentage of {count(int(data['draws'].max()), 'draw')} in which a trust falls "
        "into a cluster; the one it is in with all staff comes first"
        f"{', with its percentage on the right' if names else ''}. Trusts are in the order of the "
        "dendrogram."
    )
    keys = _key_lines(typology)
    height = row * len(mats)
    # The title of a slide says what the percentages are of.
    foot = 0.22 if style.on_slide() else 0.38
    page = style.new_page(title, "", caption, height + foot + 0.04 + 0.2 * len(keys))
    for line, entries in enumerate(keys):
        style.draw_swatches(page, page.height - 0.1 - 0.2 * line, entries)
    left = style.label_width(names, size) + (0.32 if names else 0.1)
    axes = page.axes(left, foot, page.width - left - 0.35, height)
    _draw_bars(axes, data, mats, typology, size if names else 0.0)
    _name_trusts(page.axes(0, foot, left, height), mats, names, typology, row)
    mark_rows(axes, mats, range(len(mats)), beyond=0.35)
    return Drawing("assignment", title, caption, page.figure, data, _alt_assignment(data))


def pair_grid(pairs: pd.DataFrame, mats: Sequence[str]) -> NDArray[np.float64]:
    """Probabilities of trusts (rows) and others (columns); missing on the diagonal."""
    place = {mat: position for position, mat in enumerate(mats)}
    grid = np.full((len(mats), len(mats)), np.nan)
    rows = [place[mat] for mat in pairs["mat_id"]]
    columns = [place[mat] for mat in pairs["other_id"]]
    grid[rows, columns] = grid[columns, rows] = pairs["probability"].to_numpy(dtype=float)
    return grid


def _cells(mats: Sequence[str]) -> tuple[float, float, list[str]]:
    """Inches of a cell, points of the names beside the grid, and the names, if they have room."""
    room = style.page_width() - 0.4
    widest = style.label_width(style.names_of(mats))
    cell = min(_CELL, (room - widest) / len(mats))
    if cell <= _LEGIBLE:
        return min(_CELL, room / len(mats)), style.TICK, []
    size = min(style.TICK, cell * 50)
    names = style.names_of(mats, size)
    return min(_CELL, (room - style.label_width(names, size)) / len(mats)), size, names


def _draw_grid(axes: Axes, grid: NDArray[np.float64], cell: float) -> None:
    edges = np.arange(len(grid) + 1) - 0.5
    axes.pcolormesh(
        *(edges, edges, np.ma.masked_invalid(grid)),
        cmap=_MAP,
        norm=_UNIT,
        # Seams between cells that are hardly larger would leave nothing of them.
        edgecolors=style.PAPER if cell > _LEGIBLE else "none",
        linewidth=min(0.5, 4 * cell),
    )
    axes.set_ylim(len(grid) - 0.5, -0.5)
    axes.set_xlim(-0.5, len(grid) - 0.5)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    if cell >= _PRINTED:
        for (row, column), value in np.ndenumerate(grid):
            if not np.isnan(value):
                axes.text(
                    *(column, row, f"{100 * value:.0f}"),
                    size=style.NOTE,
                    ha="center",
                    va="center_baseline",
                    color=style.ink_on(to_hex(_MAP(_UNIT(value)))),
                )


def _outline_clusters(axes: Axes, mats: Sequence[str], typology: Typology, cell: float) -> None:
    """Draw a square around the pairs of each cluster, and its number on the diagonal."""
    for cluster in typology.clusters:
        rows = [row for row, mat in enumerate(mats) if typology.cluster_of[mat] == cluster]
        low, length = min(rows) - 0.5, len(rows)
        axes.add_patch(
            Rectangle(
                (low, low),
                length,
                length,
                fill=False,
                edgecolor=style.INK,
                linewidth=1.3,
                zorder=4,
                clip_on=False,
            )
        )
        if cell > _LEGIBLE:
            type_id = typology.type_of[cluster]
            style.number_markers(axes, rows, rows, type_id, cluster, min(9.0, cell * 52))


def _draw_scale(axes: Axes) -> None:
    steps = np.linspace(0, 1, 61)
    axes.pcolormesh(steps, [0, 1], (steps[:-1] + steps[1:])[None] / 2, cmap=_MAP, norm=_UNIT)
    axes.set_yticks([])
    axes.set_xticks([0, 0.5, 1], ["0%", "50%", "100%"])
    for side in axes.spines.values():
        side.set_visible(False)


def _key_lines(typology: Typology) -> list[list[tuple[dict[str, Any], str]]]:
    """Swatches of the clusters, in as many lines as they need."""
    lines: list[list[tuple[dict[str, Any], str]]] = [[]]
    room = style.inner_width()
    for cluster in typology.clusters:
        type_id = typology.type_of[cluster]
        name = typology.title(cluster)
        needed = 0.57 + style.text_width(name, style.LABEL)
        if lines[-1] and room < needed:
            lines.append([])
            room = style.inner_width()
        room -= needed
        lines[-1].append((style.fill_of(style.colour_of(type_id), style.hatch_of(type_id)), name))
    return lines


def _draw_bars(
    axes: Axes, data: pd.DataFrame, mats: Sequence[str], typology: Typology, size: float
) -> None:
    ends = data.groupby("mat_id", sort=False)["probability"].cumsum()
    for cluster in typology.clusters:
        part = data[data["cluster"] == cluster]
        type_id = typology.type_of[cluster]
        axes.barh(
            part["position"] - 1,
            part["probability"],
            left=(ends - data["probability"])[part.index],
            height=0.8,
            **style.fill_of(style.colour_of(type_id), style.hatch_of(type_id)),
        )
    own = data[data["cluster"] == data["own_cluster"]]
    for position, share in zip(own["position"], own["probability"], strict=True):
        if size:
            text = f"{100 * share:.0f}"
            axes.text(1.01, position - 1, text, size=size, va="center_baseline")
    # Dashes on a pale line show on every fill.
    axes.axvline(0.5, color=style.PAPER, linewidth=1.4)
    axes.axvline(0.5, color=style.INK, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_xlim(0, 1)
    axes.set_ylim(len(mats) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks([0, 0.5, 1], ["0%", "50%", "100%"])
    if not style.on_slide():
        style.name_axis(axes, "Draws")


def _name_trusts(
    axes: Axes, mats: Sequence[str], names: Sequence[str], typology: Typology, row: float
) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, style.inches_of(axes)[0])
    axes.set_ylim(len(mats) - 0.5, -0.5)
    size = style.row_type(row)
    for position, name in enumerate(names):
        number = typology.cluster_of[mats[position]]
        style.number_markers(
            axes, [0.09], [position], typology.type_of[number], number, min(9.0, row * 55)
        )
        axes.text(0.2, position, name, size=size, va="center_baseline")


def _pair_data(pairs: pd.DataFrame, mats: Sequence[str], typology: Typology) -> pd.DataFrame:
    place = {mat: position for position, mat in enumerate(mats, start=1)}
    rows = []
    for one, other, probability, draws in pairs[
        ["mat_id", "other_id", "probability", "draws"]
    ].itertuples(index=False, name=None):
        first, second = sorted((one, other), key=place.__getitem__)
        rows.append(
            (
                *(place[first], first, typology.cluster_of[first]),
                *(place[second], second, typology.cluster_of[second], probability, draws),
            )
        )
    return pd.DataFrame(sorted(rows, key=lambda row: (row[0], row[3])), columns=list(PAIR_COLUMNS))


def _assignment_data(
    assignment: pd.DataFrame, mats: Sequence[str], typology: Typology
) -> pd.DataFrame:
    of_k = assignment[(assignment["kind"] == "member") & (assignment["k"] == typology.k)]
    members = of_k.dropna(subset="probability")
    place = {mat: position for position, mat in enumerate(mats, start=1)}
    rows = []
    for mat, cluster, probability, draws in members[
        ["mat_id", "cluster", "probability", "draws"]
    ].itertuples(index=False, name=None):
        own, number = typology.cluster_of[mat], int(cluster)
        rows.append((place[mat], mat, own, number, typology.type_of[number], probability, draws))
    # A trust's own cluster first, so that the shares compared start from one line.
    rows.sort(key=lambda row: (row[0], row[3] != row[2], row[3]))
    return pd.DataFrame(rows, columns=list(ASSIGNMENT_COLUMNS))


def _alt_pairs(data: pd.DataFrame, typology: Typology) -> str:
    same = data["cluster"] == data["other_cluster"]
    within, between = data.loc[same, "probability"], data.loc[~same, "probability"]
    said = f"Trusts of one of the {typology.k} clusters share a cluster in "
    parts = [f"{100 * within.mean():.0f}% of draws on average"] if len(within) else []
    parts += (
        [f"trusts of different clusters in {100 * between.mean():.0f}%"] if len(between) else []
    )
    if not len(within):
        said, parts = "", [f"Trusts{parts[0].removeprefix('trusts')}"]
    weakest = data[same].sort_values("probability", kind="stable").head(1)
    last = [
        f" The pair of one cluster that parts most often is {one} and {other}, together in "
        f"{100 * share:.0f}%."
        for one, other, share in weakest[["mat_id", "other_id", "probability"]].itertuples(
            index=False, name=None
        )
    ]
    return f"{said}{', '.join(parts)}.{''.join(last)}"


def _alt_assignment(data: pd.DataFrame) -> str:
    own = data[data["cluster"] == data["own_cluster"]].sort_values("probability", kind="stable")
    low, high = own.iloc[0], own.iloc[-1]
    firm = int((own["probability"] > 0.5).sum())
    sure = int((own["probability"] >= 0.95).sum())
    return (
        f"When staff are resampled, {firm} of {count(len(own), 'trust')} "
        f"{'falls' if firm == 1 else 'fall'} into their own cluster in more than half of the "
        f"draws, and {sure} in at least 95%. The share runs from {100 * low['probability']:.0f}% "
        f"({low['mat_id']}) to {100 * high['probability']:.0f}% ({high['mat_id']})."
    )
