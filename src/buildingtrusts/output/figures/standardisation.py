"""Where people want more or less standardisation: the report's Figure 6, and who wants it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.questions import Question, anchor_note, scale_limits
from buildingtrusts.output.figures.words import count, decimal, join

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("item", "label", "sample", "n", "mean", "median", "mean_q05", "mean_q95")
_NAME = "figure_6_standardisation"
_ROW, _ROW_BELOW = 0.24, 0.2
#: Inches that two panels need beside each other.
_LEAST = 2.2


@style.styled
def draw_standardisation(table: pd.DataFrame, questions: Sequence[Question]) -> Drawing:
    """Draw desired standardisation by area, over all respondents and in balanced samples.

    Parameters
    ----------
    table : DataFrame
        Columns of ``standardisation.csv``.
    questions : sequence of Question
        The areas; without any the figure says so.

    Returns
    -------
    Drawing
        Areas from the highest mean of all respondents to the lowest.
    """
    title = "Should schools in the trust be standardised more or less?"
    data = _data(table, questions)
    if data.empty:
        return nothing_to_draw(_NAME, title, "Standardisation was not asked about in this wave.")
    labels = dict(zip(data["item"], data["label"], strict=True))
    slide, scale = style.on_slide(), anchor_note(questions[0])
    headings = ["All respondents", "Central and school staff"][: 1 if slide else 2]
    rows = style.row_labels(labels.values(), _ROW)
    room = style.inner_width() - rows.width - 0.5
    # Beside each other where scales have room, else below each other.
    beside = room > _LEAST or slide
    if not beside:
        rows = style.row_labels(labels.values(), _ROW_BELOW)
    down, width = (1, room / len(headings)) if beside else (len(headings), room)
    height = rows.row * len(labels)
    caption = _caption(slide, beside)
    said = style.on_slide_else(
        f"Circle: mean; diamond: median; bar: 90% of balanced samples. {scale}", scale
    )
    # The subtitle names the scale too, which is enough for a slide.
    foot = 0.22 if slide else 0.4
    band = height + foot + 0.22 + (0.0 if beside else 0.06)
    page = style.new_page(title, said, caption, band * down)
    limits = scale_limits(questions)
    panels = []
    for place, heading in enumerate(headings):
        left = rows.width + place * beside * (width + 0.45)
        axes = page.axes(left, foot + (down - 1 - place * (not beside)) * band, width, height)
        style.label_rows(axes, rows.texts if not place or not beside else [""] * len(labels))
        style.name_panel(axes, heading, None if beside else width + 0.5)
        if not slide:
            style.name_axis(axes, "Rating")
        _draw_scale(axes, data, limits)
        panels.append(axes)
    _draw_all(panels[0], data, list(labels))
    if not slide:
        _draw_sides(panels[1], data, list(labels))
    alt = _alt(data, limits)
    return Drawing(_NAME, title, caption, page.figure, data, alt, unpublished=True)


def _caption(slide: bool, beside: bool) -> str:
    first, second = ("Left", "Right") if beside else ("Above", "Below")
    every = (
        "mean (circle) and median (open diamond) of all respondents; the bar spans 90% of the "
        "means of balanced samples, with the same number of respondents from each clustered trust."
    )
    part = "Only a part of the scale is shown."
    if slide:
        return f"{every[:1].upper()}{every[1:]} {part}"
    sides = f"{second}: means of central staff (C) and of school leaders (S)."
    return f"{first}: {every} {sides} {part}"


def _draw_scale(axes: Axes, data: pd.DataFrame, limits: tuple[float, float] | None) -> None:
    low, high = _window(data, limits)
    axes.set_xlim(low, high)
    ticks = np.arange(low, high + 0.1, 0.5).tolist()
    style.mark_scale(axes, ticks, [f"{tick:.1f}" for tick in ticks])
    if limits:
        axes.axvline(sum(limits) / 2, color=style.INK, linewidth=0.8)


def _data(table: pd.DataFrame, questions: Sequence[Question]) -> pd.DataFrame:
    of_all = table[table["sample"] == "all"].set_index("item")["mean"]
    asked = [one for one in questions if one.item in of_all.index]
    ordered = sorted(asked, key=lambda one: -of_all[one.item])
    rows = [
        (question.item, question.label, *found)
        for question in ordered
        for found in table.loc[
            (table["item"] == question.item) & (table["sample"] != "balanced_once"),
            ["sample", "n", "mean", "median", "mean_q05", "mean_q95"],
        ].itertuples(index=False, name=None)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _window(data: pd.DataFrame, limits: tuple[float, float] | None) -> tuple[float, float]:
    """The part of the scale that holds all values and its middle, in steps of a half."""
    values = data[["mean", "median", "mean_q05", "mean_q95"]].stack()
    shown = [float(values.min()), float(values.max())]
    if limits:
        shown.append(sum(limits) / 2)
    return math.floor(min(shown) * 2 - 0.3) / 2, math.ceil(max(shown) * 2 + 0.3) / 2


def _draw_all(axes: Axes, data: pd.DataFrame, items: list[str]) -> None:
    balanced, every = data[data["sample"] == "balanced"], data[data["sample"] == "all"]
    places = [items.index(item) for item in balanced["item"]]
    band = style.tint(style.PALETTE[5], 0.5)
    axes.hlines(places, balanced["mean_q05"], balanced["mean_q95"], color=band, linewidth=5)
    places = [items.index(item) for item in every["item"]]
    axes.plot(
        every["median"],
        places,
        "D",
        markersize=6.5,
        markerfacecolor="none",
        markeredgecolor=style.GREY,
        markeredgewidth=0.9,
    )
    axes.plot(every["mean"], places, "o", markersize=4, color=style.PALETTE[0])
    for mean, place in zip(every["mean"], places, strict=True):
        axes.text(
            axes.get_xlim()[1],
            place,
            f" {decimal(mean)}",
            size=style.NOTE,
            va="center_baseline",
        )


def _draw_sides(axes: Axes, data: pd.DataFrame, items: list[str]) -> None:
    both = data[data["sample"].isin(["central", "local"])].pivot(
        index="item", columns="sample", values="mean"
    )
    both = both.reindex(index=items, columns=["central", "local"])
    axes.hlines(range(len(items)), both["central"], both["local"], color=style.GREY, linewidth=0.8)
    for sample, letter, colour, offset in (
        ("central", "C", style.PALETTE[4], -0.13),
        ("local", "S", style.PALETTE[5], 0.13),
    ):
        known = both[sample].dropna()
        places = [items.index(item) + offset for item in known.index]
        axes.plot(known, places, "o", markersize=8, color=colour, markeredgecolor=style.PAPER)
        for mean, place in zip(known, places, strict=True):
            axes.text(
                mean,
                place,
                letter,
                size=style.NOTE,
                ha="center",
                va="center_baseline",
                color=style.ink_on(colour),
                zorder=5,
            )


def _alt(data: pd.DataFrame, limits: tuple[float, float] | None) -> str:
    every = data[data["sample"] == "all"]
    first, last = every.iloc[0], every.iloc[-1]
    spread = (
        f"Mean desired standardisation of {count(len(every), 'area')} runs from "
        f"{decimal(last['mean'], 1)} ({last['label']}) to {decimal(first['mean'], 1)} "
        f"({first['label']})."
    )
    if limits is None:
        return spread
    middle = sum(limits) / 2
    more = [f"“{label}”" for label in every.loc[every["median"] > middle, "label"]]
    return f"{spread} The median is above the middle of the scale, {middle:g}, for " + (
        f"{join(more)}." if more else "none of them."
    )
