"""Whether people of one trust agree enough for their mean to stand for the trust, by item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.questions import Question
from buildingtrusts.output.figures.words import count, decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("item", "label", "mats", "n_groups", "n_responses", "icc1", "rwg_mean")
_ROW = 0.26
#: Inches that two panels need beside each other.
_LEAST = 2.2


@style.styled
def draw_agreement(agreement: pd.DataFrame, questions: Sequence[Question]) -> Drawing:
    """Draw ICC(1) and mean within-group agreement by item.

    Parameters
    ----------
    agreement : DataFrame
        Columns of ``agreement.csv``.
    questions : sequence of Question
        Items of the clustered block.

    Returns
    -------
    Drawing
        Items from the highest ICC(1) of the clustered trusts to the lowest.
    """
    title = "Agreement within trusts, and differences between them"
    data = _data(agreement, questions)
    if data.empty:
        return nothing_to_draw("agreement", title, "The clustered items have no agreement table.")
    labels = dict(zip(data["item"], data["label"], strict=True))
    caption = (
        "ICC(1): share of an answer's variance that lies between trusts; 0 = trusts do not "
        "differ. rwg: mean over trusts of agreement within one, 1 = all alike, 0 = as spread as "
        "answers at random over the whole scale. Filled: clustered trusts; open: all trusts."
    )
    rows = style.row_labels(labels.values(), _ROW)
    height = rows.row * len(labels)
    said = style.on_slide_else("Filled: clustered trusts; open: all trusts")
    room = style.inner_width() - rows.width - 0.05
    # Beside each other where scales have room, else below each other.
    beside = room > _LEAST
    page = style.new_page(title, said, caption, (height + 0.65) * (1 if beside else 2))
    width = (room - 0.25) / 2 if beside else room
    for place, (column, heading) in enumerate(
        (("icc1", "ICC(1): between trusts"), ("rwg_mean", "rwg: within trusts"))
    ):
        left = rows.width + place * beside * (width + 0.25)
        bottom = 0.3 if beside else 0.3 + (1 - place) * (height + 0.65)
        axes = page.axes(left, bottom, width, height)
        named = place == 0 or not beside
        style.label_rows(axes, rows.texts if named else [""] * len(labels), rules=0.87)
        style.name_panel(axes, heading)
        _draw_pairs(axes, data, list(labels), column)
    alt = _alt(data)
    return Drawing("agreement", title, caption, page.figure, data, alt)


def _data(agreement: pd.DataFrame, questions: Sequence[Question]) -> pd.DataFrame:
    rows = [
        (question.item, question.label, *found)
        for question in questions
        for found in agreement.loc[
            (agreement["block"] == question.block) & (agreement["item"] == question.item),
            ["mats", "n_groups", "n_responses", "icc1", "rwg_mean"],
        ].itertuples(index=False, name=None)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    of_clustered = frame[frame["mats"] == "clustered"].set_index("item")["icc1"]
    ranked = of_clustered.sort_values(ascending=False, kind="stable").index.tolist()
    return frame.sort_values(
        "item", key=lambda items: items.map(ranked.index), kind="stable", ignore_index=True
    )


def _draw_pairs(axes: Axes, data: pd.DataFrame, items: list[str], column: str) -> None:
    for mats, fill, size in (("all", style.PAPER, 5.5), ("clustered", style.PALETTE[0], 5.5)):
        of_mats = data[data["mats"] == mats]
        axes.plot(
            of_mats[column],
            [items.index(item) for item in of_mats["item"]],
            "o",
            markersize=size,
            markerfacecolor=fill,
            markeredgecolor=style.PALETTE[0],
            markeredgewidth=0.9,
            zorder=3 if mats == "all" else 4,
        )
    known = data[column].dropna()
    low = min(0.0, float(known.min())) if len(known) else 0.0
    high = (1.0 if column == "rwg_mean" else float(known.max()) * 1.05) if len(known) else 1.0
    high = max(high, 0.1)
    # Room on the right for the values.
    across = style.inches_of(axes)[0]
    words = style.text_width("0.88", style.NOTE) + 0.12
    spare = max(0.15, words / max(style.need(across - words, 0.3), 0.1))
    axes.set_xlim(low - 0.02, high + spare * (high - low))
    axes.spines["bottom"].set_bounds(low, high)
    axes.set_xticks([tick for tick in axes.get_xticks() if low <= tick <= high + 1e-9])
    axes.axvline(0, color=style.GREY, linewidth=0.8)
    if known.empty:
        axes.text(0.5, 0.5, "No bounded scale", transform=axes.transAxes, ha="center")
        return
    for item, value in data.loc[data["mats"] == "clustered", ["item", column]].itertuples(
        index=False, name=None
    ):
        if pd.notna(value):
            axes.text(
                axes.get_xlim()[1],
                items.index(item),
                decimal(value),
                size=style.NOTE,
                ha="right",
                va="center_baseline",
            )


def _alt(data: pd.DataFrame) -> str:
    clustered = data[data["mats"] == "clustered"]
    known = clustered.dropna(subset="icc1")
    first, last = known.iloc[0], known.iloc[-1]
    words = (
        f"In {count(int(first['n_groups']), 'clustered trust')} ICC(1) runs from "
        f"{decimal(last['icc1'])} ({last['label']}) to {decimal(first['icc1'])} "
        f"({first['label']}), with a mean of {decimal(known['icc1'].mean())} over "
        f"{count(len(known), 'item')}."
    )
    rwg = clustered.dropna(subset="rwg_mean")
    if rwg.empty:
        return words
    return (
        f"{words} Mean within-group agreement runs from {decimal(rwg['rwg_mean'].min())} to "
        f"{decimal(rwg['rwg_mean'].max())}."
    )
