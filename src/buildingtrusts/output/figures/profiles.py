"""What clusters are like: their means on every item, side by side.

Strategy is shown as in the 2018 report's Figure 2, in standard deviations from the mean of all
responses; operating areas on their own scale. Intervals are those of ``profiles.csv``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.questions import (
    Question,
    anchor_note,
    scale_limits,
    uncapitalised,
)
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import count, decimal, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("item", "label", "cluster", "type_id", "n_mats", "n_responses", "value", "low", "high")
_DODGE, _KEY = 0.56, 0.3
_INTERVALS = "Bars: 95% intervals for these trusts' staff, clusters taken as given."


@style.styled
def draw_strategy_profiles(
    profiles: pd.DataFrame, typology: Typology, questions: Sequence[Question]
) -> Drawing:
    """Draw scaled means of the clustered items by cluster (the report's Figure 2).

    Parameters
    ----------
    profiles : DataFrame
        Columns of ``profiles.csv``.
    typology : Typology
        The partition to show.
    questions : sequence of Question
        Items of the clustered block.

    Returns
    -------
    Drawing
        ``value`` is the scaled mean with every response counting alike; ``low`` and ``high``
        are the interval of the mean on the same scale.
    """
    block = plain(questions[0].block) if questions else "Strategy"
    name, title = "figure_2_strategy_profiles", f"{block} of each cluster against all responses"
    of_all = profiles[(profiles["role"] == "all") & (profiles["weighting"] == "responses")]
    data = _data(of_all, typology, questions, scaled=True)
    if data["value"].isna().all():
        return nothing_to_draw(name, title, "The clustered items have no profiles in this wave.")
    subtitle = (
        "Mean of the cluster less the mean of all responses, in their standard deviations "
        "(0 = mean of all responses)"
    )
    caption = f"{_INTERVALS} Clusters were formed on these same items."
    if style.on_slide():
        subtitle = "Difference from the mean of all responses, in standard deviations"
    page, panels = _rows(title, subtitle, caption, data, typology, 0.36)
    for axes in panels:
        axes.axvline(0, color=style.INK, linewidth=0.8)
        words = _axis_words(questions[0]) if len(panels) == 1 else "Scaled mean score"
        style.name_axis(axes, words)
    return Drawing(name, title, caption, page.figure, data, _alt_scaled(data), unpublished=True)


@style.styled
def draw_operations_profiles(
    profiles: pd.DataFrame, typology: Typology, questions: Sequence[Question]
) -> Drawing:
    """Draw how far each cluster centralises each operating area.

    Parameters
    ----------
    profiles : DataFrame
        Columns of ``profiles.csv``.
    typology : Typology
        The partition to show.
    questions : sequence of Question
        The operating areas; without any the figure says so.

    Returns
    -------
    Drawing
        ``value`` is the mean rating with every response counting alike.
    """
    name, title = "operations_profiles", "How far each cluster centralises each operating area"
    of_all = profiles[(profiles["role"] == "all") & (profiles["weighting"] == "responses")]
    data = _data(of_all, typology, questions, scaled=False)
    if data["value"].isna().all():
        return nothing_to_draw(name, title, "Operating areas were not asked about in this wave.")
    # The subtitle names the scale too, which is enough for a slide.
    slide = style.on_slide()
    scale = anchor_note(questions[0])
    page, panels = _rows(title, scale, _INTERVALS, data, typology, 0.34, not slide)
    limits = scale_limits(questions)
    for axes in panels:
        if limits:
            axes.set_xlim(limits[0] - 0.1, limits[1] + 0.1)
            axes.axvline(sum(limits) / 2, color=style.GREY, linewidth=0.8, linestyle=(0, (4, 3)))
        if not slide:
            style.name_axis(axes, "Mean rating")
    return Drawing(name, title, _INTERVALS, page.figure, data, _alt_plain(data))


def _data(
    of_all: pd.DataFrame, typology: Typology, questions: Sequence[Question], scaled: bool
) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for question in questions:
        every = of_all[(of_all["block"] == question.block) & (of_all["item"] == question.item)]
        spread, centre = _scale_of(every) if scaled else (1.0, 0.0)
        of_k = every[every["k"] == typology.k].set_index("cluster")
        for cluster in typology.clusters:
            if cluster not in of_k.index:
                continue
            one = of_k.loc[cluster]
            value, low, high = (
                (float(one[column]) - centre) / spread for column in ("mean", "ci_low", "ci_high")
            )
            rows.append(
                (question.item, question.label, cluster, typology.type_of[cluster])
                + (int(one["n_mats"]), int(one["n_responses"]))
                + (float(one["scaled_mean"]) if scaled else value, low, high)
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _axis_words(question: Question) -> str:
    ends = [
        f"{side}: {uncapitalised(anchor)}"
        for side, anchor in (("lower", question.low_anchor), ("higher", question.high_anchor))
        if anchor
    ]
    return f"Scaled mean score ({'; '.join(ends)})" if ends else "Scaled mean score"


def _scale_of(of_item: pd.DataFrame) -> tuple[float, float]:
    """Standard deviation and mean of all responses, which turned means into scaled means.

    The table has no row for them, but scaled means are linear in the means: the two clusters
    furthest apart give the line.
    """
    known = of_item.dropna(subset=["mean", "scaled_mean"]).sort_values("mean")
    if len(known) < 2 or known["mean"].iloc[0] == known["mean"].iloc[-1]:
        return np.nan, np.nan
    first, last = known.iloc[0], known.iloc[-1]
    spread = (last["mean"] - first["mean"]) / (last["scaled_mean"] - first["scaled_mean"])
    return float(spread), float(first["mean"] - spread * first["scaled_mean"])


def _rows(
    title: str,
    subtitle: str,
    caption: str,
    data: pd.DataFrame,
    typology: Typology,
    row: float,
    named: bool = True,
) -> tuple[style.Page, list[Axes]]:
    label_of = dict(zip(data["item"], data["label"], strict=True))
    # A slide has no room for many rows below each other.
    columns = 2 if style.on_slide() and len(label_of) > 6 else 1
    each = -(-len(label_of) // columns)
    labels = style.row_labels(
        label_of.values(),
        max(row, 0.09 * typology.k + 0.06),
        # A few rows leave room for names of two lines, and the scale the more room for it.
        1.05 if columns > 1 and each <= 6 else 1.75,
        0.055 * typology.k + 0.02,
    )
    height = labels.row * each
    more = style.key_room(typology.titles)
    foot = 0.4 if named else 0.22
    page = style.new_page(title, subtitle, caption, height + _KEY + foot + more)
    style.draw_key(page, height + foot + 0.17 + more, typology.key())
    width = page.width / columns
    panels = []
    for column in range(columns):
        items = list(label_of)[column * each : (column + 1) * each]
        across = style.need(width - labels.width - 0.05, 0.8)
        down = labels.row * len(items)
        axes = page.axes(labels.width + column * width, foot + height - down, across, down)
        style.label_rows(axes, labels.texts[column * each : (column + 1) * each], rules=0)
        _draw_items(axes, data[data["item"].isin(items)], typology, items)
        panels.append(axes)
    ends = [edge for axes in panels for edge in axes.get_xlim()]
    for axes in panels if columns > 1 else []:
        axes.set_xlim(min(ends), max(ends))
    return page, panels


def _draw_items(axes: Axes, data: pd.DataFrame, typology: Typology, items: list[str]) -> None:
    for place in range(0, len(items), 2):
        axes.axhspan(place - 0.5, place + 0.5, color=style.SHADE, zorder=0)
    # Low rows have room for shapes and colours alone; the key gives them their numbers.
    slide = style.on_slide()
    offsets = np.linspace(-_DODGE / 2, _DODGE / 2, typology.k)
    for offset, cluster in zip(offsets, typology.clusters, strict=True):
        of_cluster = data[data["cluster"] == cluster].dropna(subset="value")
        places = [items.index(item) + offset for item in of_cluster["item"]]
        colour = style.colour_of(typology.type_of[cluster])
        line = 0.9 if slide else 1.2
        axes.hlines(places, of_cluster["low"], of_cluster["high"], color=colour, linewidth=line)
        number, size = ("", 5.0) if slide else (cluster, 8.0)
        style.number_markers(
            axes, of_cluster["value"], places, typology.type_of[cluster], number, size
        )


def _gaps(data: pd.DataFrame) -> pd.Series:
    by_label = data.groupby("label", sort=False)["value"]
    return by_label.max() - by_label.min()


def _extremes(data: pd.DataFrame, label: str, places: int) -> str:
    of_item = data[data["label"] == label].dropna(subset="value").sort_values("value")
    low, high = of_item.iloc[0], of_item.iloc[-1]
    return (
        f"from {decimal(low['value'], places)} in cluster {low['cluster']} to "
        f"{decimal(high['value'], places)} in cluster {high['cluster']}"
    )


def _alt_scaled(data: pd.DataFrame) -> str:
    gaps = _gaps(data)
    most, least = gaps.idxmax(), gaps.idxmin()
    clusters = data["cluster"].nunique()
    return (
        f"Scaled means of {count(len(gaps), 'item')} in {clusters} clusters. Clusters differ most "
        f"on “{most}”, {_extremes(data, most, 2)}, and least on “{least}”, "
        f"{_extremes(data, least, 2)}, in standard deviations of all responses."
    )


def _alt_plain(data: pd.DataFrame) -> str:
    gaps = _gaps(data)
    most = gaps.idxmax()
    means = data.groupby("label", sort=False)["value"].mean()
    return (
        f"Mean centralisation of {count(len(gaps), 'operating area')}. Averaged over clusters it "
        f"is highest for “{means.idxmax()}” ({decimal(means.max(), 1)}) and lowest for "
        f"“{means.idxmin()}” ({decimal(means.min(), 1)}); clusters differ most on “{most}”, "
        f"{_extremes(data, most, 1)}."
    )
