"""Scores of the clustered trusts, in the order of the tree, with their clusters beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_hex
from numpy.typing import NDArray

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.marks import mark_columns, mark_rows
from buildingtrusts.output.figures.questions import Question, anchor_note, scale_limits
from buildingtrusts.output.figures.trees import cut_height, draw_branches, lay_out
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import count, decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("position", "mat_id", "cluster", "type_id", "block", "item", "mean")
_MAP = LinearSegmentedColormap.from_list("ratings", ["#F7FAFD", "#8FB4D9", style.PALETTE[0]])
_ROW, _MOST_ROOM, _TREE, _BAR = 0.21, 8.0, 1.0, 0.13
_VALUES_UP_TO = 40


@style.styled
def draw_heatmap(
    scores: pd.DataFrame,
    linkage: pd.DataFrame,
    leaf_order: pd.DataFrame,
    typology: Typology,
    questions: Sequence[Question],
) -> Drawing:
    """Draw mean ratings as a grid of trusts and items.

    Parameters
    ----------
    scores : DataFrame
        ``mat_id, block, item, mean`` and more.
    linkage, leaf_order : DataFrame
        The tree's tables.
    typology : Typology
        The partition beside the grid.
    questions : sequence of Question
        Items of the clustered block, on the scale that the colours span.

    Returns
    -------
    Drawing
        Its data have a row a cell. Values are printed in the cells of up to 40 trusts.
    """
    title = "Mean rating of each item by trust, in the order of the dendrogram"
    if not questions:
        return nothing_to_draw("heatmap", title, "The clustered items are not in the codebook.")
    mats = leaf_order["mat_id"].tolist()
    grid = score_grid(scores, mats, questions)
    limits = scale_limits(questions) or (float(np.nanmin(grid)), float(np.nanmax(grid)))
    caption = "Numbers beside the names are clusters. An empty cell has no answers."
    if style.on_slide():
        return _turned(title, grid, mats, typology, questions, limits)
    row = max(0.02, min(_ROW, _MOST_ROOM / len(mats)))
    heads = [style.fold(question.label, style.TICK, 0.95, 2) for question in questions]
    head = 0.75
    page = style.new_page(title, anchor_note(questions[0]), caption, row * len(mats) + head + 0.45)
    names = style.label_width(style.names_of(mats)) + 0.35 if row > 0.08 else 0.1
    width = page.width - _TREE - names - 0.05
    width -= _overhang(heads, width)
    tree = page.axes(0, 0.45, _TREE, row * len(mats))
    _draw_tree(tree, linkage, leaf_order, typology)
    _draw_names(page.axes(_TREE, 0.45, names, row * len(mats)), mats, typology, row)
    axes = page.axes(_TREE + names, 0.45, width, row * len(mats))
    shade = Normalize(*limits)
    axes.pcolormesh(
        np.ma.masked_invalid(grid), cmap=_MAP, norm=shade, edgecolors=style.PAPER, linewidth=0.5
    )
    axes.set_ylim(len(mats), 0)
    axes.set_yticks([])
    axes.set_xticks(
        np.arange(len(heads)) + 0.5, heads, rotation=40, ha="left", rotation_mode="anchor"
    )
    axes.tick_params(length=0, labeltop=True, labelbottom=False, pad=2)
    for side in axes.spines.values():
        side.set_visible(False)
    if len(mats) <= _VALUES_UP_TO:
        _print_values(axes, grid, shade)
    mark_rows(axes, mats, np.arange(len(mats)) + 0.5)
    _draw_scale(page.axes(_TREE + names, 0.22, width, _BAR), limits)
    data = _data(grid, mats, typology, questions)
    return Drawing("heatmap", title, caption, page.figure, data, _alt(data, questions))


def _turned(
    title: str,
    grid: NDArray[np.float64],
    mats: Sequence[str],
    typology: Typology,
    questions: Sequence[Question],
    limits: tuple[float, float],
) -> Drawing:
    """What a slide shows: items as rows, trusts as columns, and ratings for a scale."""
    labels = style.row_labels([one.label for one in questions], _ROW)
    names = style.names_of(mats)
    height, foot = labels.row * len(questions), style.label_width(names) + 0.28
    page = style.new_page(title, anchor_note(questions[0]), "", height + foot + 0.04)
    across = page.width - labels.width
    style.need(across / len(mats), style.text_width("8.8", style.NOTE) + 0.02)
    axes = page.axes(labels.width, foot, across, height)
    shade = Normalize(*limits)
    axes.pcolormesh(
        np.ma.masked_invalid(grid.T), cmap=_MAP, norm=shade, edgecolors=style.PAPER, linewidth=0.5
    )
    style.name_rows(axes, labels.texts, [place + 0.5 for place in range(len(questions))])
    axes.set_ylim(len(questions), 0)
    axes.set_axis_off()
    _print_values(axes, grid.T, shade)
    mark_columns(axes, mats, np.arange(len(mats)) + 0.5, below=foot)
    below = page.axes(labels.width, 0, across, foot)
    below.set_xlim(0, len(mats))
    below.set_ylim(0, foot)
    below.set_axis_off()
    for place, (mat, name) in enumerate(zip(mats, names, strict=True)):
        number = typology.cluster_of[mat]
        x, y = place + 0.5, foot - 0.1
        style.number_markers(below, [x], [y], typology.type_of[number], number, 8.0)
        below.text(x, foot - 0.22, name, size=style.TICK, rotation=90, ha="center", va="top")
    data = _data(grid, mats, typology, questions)
    return Drawing("heatmap", title, "", page.figure, data, _alt(data, questions))


def _overhang(heads: Sequence[str], width: float) -> float:
    """How far slanted column heads would reach beyond so wide a grid, in inches."""
    column = width / len(heads)
    ends = [
        (place + 0.5) * column + 0.77 * style.label_width([head]) + 0.1 * (1 + head.count("\n"))
        for place, head in enumerate(heads)
    ]
    return max(0.0, max(ends) - width - 0.05)


def score_grid(
    scores: pd.DataFrame, mats: Sequence[str], questions: Sequence[Question]
) -> NDArray[np.float64]:
    """Mean ratings of trusts (rows) on questions (columns); missing where there are none."""
    found = {
        (mat, block, item): mean
        for mat, block, item, mean in scores[["mat_id", "block", "item", "mean"]].itertuples(
            index=False, name=None
        )
    }
    return np.array(
        [
            [found.get((mat, question.block, question.item), np.nan) for question in questions]
            for mat in mats
        ],
        dtype=float,
    )


def _draw_tree(
    axes: Axes, linkage: pd.DataFrame, leaf_order: pd.DataFrame, typology: Typology
) -> None:
    branches = lay_out(linkage, leaf_order, typology)
    draw_branches(axes, branches, typology, cut_height(linkage, typology.k))
    axes.set_axis_off()
    axes.set_xlim(max(branch.height for branch in branches) * 1.03, 0)
    axes.set_ylim(len(leaf_order) - 0.5, -0.5)


def _draw_names(axes: Axes, mats: Sequence[str], typology: Typology, row: float) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, style.inches_of(axes)[0])
    axes.set_ylim(len(mats) - 0.5, -0.5)
    names = style.names_of(mats)
    for position, mat in enumerate(mats if row > 0.08 else []):
        number = typology.cluster_of[mat]
        style.number_markers(
            axes, [0.11], [position], typology.type_of[number], number, min(9.0, row * 55)
        )
        axes.text(0.22, position, names[position], size=style.row_type(row), va="center_baseline")


def _print_values(axes: Axes, grid: NDArray[np.float64], shade: Normalize) -> None:
    for (row, column), value in np.ndenumerate(grid):
        if not np.isnan(value):
            axes.text(
                column + 0.5,
                row + 0.5,
                decimal(value, 1),
                size=style.NOTE,
                ha="center",
                va="center_baseline",
                color=style.ink_on(to_hex(_MAP(shade(value)))),
            )


def _draw_scale(axes: Axes, limits: tuple[float, float]) -> None:
    steps = np.linspace(*limits, 61)
    axes.pcolormesh(steps, [0, 1], (steps[:-1] + steps[1:])[None] / 2, cmap=_MAP, rasterized=False)
    axes.set_yticks([])
    axes.set_xticks(style.scale_ticks(*limits))
    for side in axes.spines.values():
        side.set_visible(False)


def _data(
    grid: NDArray[np.float64],
    mats: Sequence[str],
    typology: Typology,
    questions: Sequence[Question],
) -> pd.DataFrame:
    rows = [
        (row + 1, mat, number, typology.type_of[number], question.block, question.item, value)
        for row, mat in enumerate(mats)
        for number in [typology.cluster_of[mat]]
        for question, value in zip(questions, grid[row].tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _alt(data: pd.DataFrame, questions: Sequence[Question]) -> str:
    label = {question.item: question.label for question in questions}
    known = data.dropna(subset="mean")
    high, low = known.loc[known["mean"].idxmax()], known.loc[known["mean"].idxmin()]
    n = data["mat_id"].nunique()
    return (
        f"Grid of mean ratings of {count(n, 'trust')} on {count(len(questions), 'item')}, trusts "
        f"in the order of the dendrogram. They run from {decimal(low['mean'], 1)} "
        f"({low['mat_id']}, {label[low['item']]}) to {decimal(high['mean'], 1)} "
        f"({high['mat_id']}, {label[high['item']]})."
    )
