"""How effective trusts think they are, whether their people agree, and in which areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.marks import mark_rows
from buildingtrusts.output.figures.questions import Question, anchor_note, scale_limits
from buildingtrusts.output.figures.words import count, decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("panel", "name", "n", "median", "iqr", "low", "high")
_ROW, _MOST_ROOM = 0.2, 9.0
#: Share of the scale that is added for the values.
_VALUES = 0.22
_ALL = "(all)"


@style.styled
def draw_effectiveness(table: pd.DataFrame, questions: Sequence[Question]) -> Drawing:
    """Draw self-assessed effectiveness by trust and by area.

    Parameters
    ----------
    table : DataFrame
        Columns of ``effectiveness.csv``.
    questions : sequence of Question
        The areas; without any the figure says so.

    Returns
    -------
    Drawing
        Rows of ``panel`` ``trusts`` hold each trust's average median and average interquartile
        range; rows of ``areas`` the average over trusts of their medians, and its extremes.
    """
    title = "Self-assessed effectiveness by trust and by area"
    data = _data(table, questions)
    if data.empty:
        reason = "Effectiveness was not asked about in this wave."
        return nothing_to_draw("effectiveness", title, reason)
    trusts, areas = data[data["panel"] == "trusts"], data[data["panel"] == "areas"]
    caption = (
        "Left: average over areas of each trust's medians, and of its interquartile ranges (wider "
        "= its people agree less). Right: average over trusts of their medians (circle), from the "
        "lowest trust to the highest (line)."
    )
    names, labels = style.names_of(trusts["name"]), style.row_labels(areas["name"], _ROW, 1.6)
    row = max(0.02, min(_ROW, _MOST_ROOM / len(trusts)))
    heights = row * len(trusts), labels.row * len(areas)
    height = max(heights)
    if style.on_slide():
        return _areas_alone(areas, trusts, questions)
    page = style.new_page(title, anchor_note(questions[0]), caption, height + 0.5)
    left = style.label_width(names) + 0.08
    width = style.need((page.width - left - labels.width - 0.4) / 3, 0.8)
    limits = scale_limits(questions)
    bottoms = [0.25 + height - one for one in heights]
    first = page.axes(left, bottoms[0], width, heights[0])
    _draw_dots(first, trusts, names if row > 0.08 else [], "median", "Median", limits)
    second = page.axes(left + width + 0.15, bottoms[0], width, heights[0])
    _draw_dots(second, trusts, [], "iqr", "Interquartile range", None)
    mark_rows(first, trusts["name"], range(len(trusts)), beyond=width + 0.2)
    third = page.axes(page.width - width - 0.05, bottoms[1], width, heights[1])
    _draw_areas(third, areas, labels.texts, "Median by area", limits)
    return Drawing("effectiveness", title, caption, page.figure, data, _alt(trusts, areas))


def _areas_alone(
    areas: pd.DataFrame, trusts: pd.DataFrame, questions: Sequence[Question]
) -> Drawing:
    """What a slide shows: the areas, without every trust."""
    title = "Self-assessed effectiveness by area: mean and range of trusts"
    caption = (
        "Average over trusts of their medians (circle), from the lowest to the highest (line)."
    )
    labels = style.row_labels(areas["name"], _ROW, 2.0)
    height = labels.row * len(areas)
    page = style.new_page(title, anchor_note(questions[0]), caption, height + 0.25)
    axes = page.axes(labels.width, 0.2, page.width - labels.width - 0.05, height)
    _draw_areas(axes, areas, labels.texts, "", scale_limits(questions))
    return Drawing("effectiveness", title, caption, page.figure, areas, _alt(trusts, areas))


def _data(table: pd.DataFrame, questions: Sequence[Question]) -> pd.DataFrame:
    overall = table[table["item"] == _ALL].sort_values("median", ascending=False, kind="stable")
    nan = float("nan")
    rows: list[tuple[object, ...]] = [
        ("trusts", mat, n, median, iqr, nan, nan)
        for mat, n, median, iqr in overall[["mat_id", "n", "median", "iqr"]].itertuples(
            index=False, name=None
        )
    ]
    areas: list[tuple[float, tuple[object, ...]]] = []
    for question in questions:
        of_item = table[table["item"] == question.item].dropna(subset="median")
        if len(of_item):
            n, medians = int(of_item["n"].sum()), of_item["median"]
            mean, low, high = (float(one) for one in (medians.mean(), medians.min(), medians.max()))
            areas.append((mean, ("areas", question.label, n, mean, nan, low, high)))
    rows += [row for _, row in sorted(areas, key=lambda area: -area[0])]
    return pd.DataFrame(rows if areas else [], columns=list(COLUMNS))


def _draw_areas(
    axes: Axes,
    areas: pd.DataFrame,
    labels: Sequence[str],
    heading: str,
    limits: tuple[float, float] | None,
) -> None:
    axes.hlines(range(len(areas)), areas["low"], areas["high"], color=style.RULE, linewidth=5)
    _draw_dots(axes, areas, labels, "median", heading, limits)


def _draw_dots(
    axes: Axes,
    data: pd.DataFrame,
    labels: Sequence[str],
    column: str,
    heading: str,
    limits: tuple[float, float] | None,
) -> None:
    style.label_rows(axes, labels or [""] * len(data), rules=1 / (1 + _VALUES))
    axes.plot(data[column], range(len(data)), "o", color=style.PALETTE[0], markersize=5, zorder=4)
    low, high = limits or (0.0, float(data[column].max()) * 1.1)
    # Room on the right for the values.
    axes.set_xlim(low, high + _VALUES * (high - low))
    axes.spines["bottom"].set_bounds(low, high)
    ticks = style.scale_ticks(low, high) if limits else axes.get_xticks()
    axes.set_xticks([tick for tick in ticks if low <= tick <= high + 1e-9])
    style.name_panel(axes, heading)
    for place, value in enumerate(data[column]):
        if pd.notna(value):
            axes.text(
                axes.get_xlim()[1],
                place,
                decimal(value, 1),
                size=style.NOTE,
                ha="right",
                va="center_baseline",
            )


def _alt(trusts: pd.DataFrame, areas: pd.DataFrame) -> str:
    return (
        f"Average medians of {count(len(trusts), 'trust')} run from "
        f"{decimal(trusts['median'].min(), 1)} to {decimal(trusts['median'].max(), 1)}, average "
        f"interquartile ranges from {decimal(trusts['iqr'].min(), 1)} to "
        f"{decimal(trusts['iqr'].max(), 1)}. Trusts rate themselves lowest for "
        f"“{areas['name'].iloc[-1]}” ({decimal(areas['median'].iloc[-1], 1)}) and highest for "
        f"“{areas['name'].iloc[0]}” ({decimal(areas['median'].iloc[0], 1)})."
    )
