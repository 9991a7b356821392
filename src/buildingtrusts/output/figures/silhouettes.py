"""How well each trust fits its cluster, and how the fit changes with the number of clusters.

Reference: Rousseeuw, P. J. (1987), doi:10.1016/0377-0427(87)90125-7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing
from buildingtrusts.output.figures.marks import mark_rows
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import count, decimal, join

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("panel", "k", "mat_id", "cluster", "type_id", "width")
_ROW, _MOST_ROOM, _SIDE = 0.18, 9.0, 2.3
#: Inches that bars need beside the means; inches of the means below them.
_LEAST, _BELOW = 1.2, 2.1
#: Rows that part clusters on a slide, where their names stand on the right.
_BETWEEN = 0.3
#: Behind numbers that a line may cross.
_CLEAR = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.5}


@style.styled
def draw_silhouettes(
    silhouettes: pd.DataFrame, partitions: pd.DataFrame, typology: Typology
) -> Drawing:
    """Draw silhouette widths by trust, and their mean for each number of clusters.

    Parameters
    ----------
    silhouettes : DataFrame
        ``k, mat_id, cluster, neighbour, width``.
    partitions : DataFrame
        ``k, mean_silhouette`` and more.
    typology : Typology
        The partition whose trusts are shown.

    Returns
    -------
    Drawing
        Its data have a row a bar (``panel`` is ``trusts``) and a row a point (``means``, where
        ``width`` is the mean over trusts).
    """
    shown = _ordered(silhouettes, typology)
    means = partitions[["k", "mean_silhouette"]].sort_values("k")
    mean = float(means.loc[means["k"] == typology.k, "mean_silhouette"].iloc[0])
    title = f"Silhouette widths of {count(len(shown), 'trust')} in {typology.k} clusters"
    caption = (
        "Width: 1 = far nearer to its own cluster than to the next, 0 = between two, below 0 = "
        "nearer to another. A trust alone in its cluster has 0. A mean width says nothing until "
        "it is held against what clusterless data give."
    )
    slide = style.on_slide()
    # A free row between clusters carries the name of the next one.
    rows: float = len(shown) + len(typology.clusters)
    if slide:
        rows = len(shown) + _BETWEEN * (len(typology.clusters) - 1)
    row = style.height_of(max(0.02, min(_ROW, _MOST_ROOM / rows)))
    height = row * rows if slide else max(row * rows, 1.75)
    names = style.label_width(style.names_of(shown["mat_id"])) + 0.1
    width = style.inner_width() - _SIDE - names - 0.65
    # Means stand beside the trusts where bars then still have room, else below them; a slide has
    # none.
    beside = width > _LEAST and not slide
    below = 0.0 if beside or slide else _BELOW
    page = style.new_page(title, "", caption, height + (0.42 if slide else 0.5) + below)
    width = width if beside else page.width - names - 0.1
    bars = page.axes(names, 0.4 + height - row * rows + below, width, row * rows)
    _draw_bars(bars, shown, typology, mean, row > 0.08)
    if beside:
        side = page.axes(page.width - _SIDE, height - 1.35, _SIDE - 0.05, 1.6)
        _draw_means(side, means, typology.k)
    elif below:
        _draw_means(page.axes(names, 0.4, width, _BELOW - 0.75), means, typology.k)
    data = _data(shown, means, typology)
    return Drawing(
        "silhouettes", title, caption, page.figure, data, _alt(shown, means, mean, typology)
    )


def _ordered(silhouettes: pd.DataFrame, typology: Typology) -> pd.DataFrame:
    of_k = silhouettes[silhouettes["k"] == typology.k]
    return of_k.sort_values(["cluster", "width"], ascending=[True, False], kind="stable")


def _draw_bars(
    axes: Axes, shown: pd.DataFrame, typology: Typology, mean: float, labelled: bool
) -> None:
    slide = style.on_slide()
    between, place = (_BETWEEN, -_BETWEEN) if slide else (1.0, 0.0)
    ticks: list[tuple[float, str]] = []
    low = min(0.0, float(shown["width"].min()))
    high = max(float(shown["width"].max()) * 1.12, mean * 1.12, 0.1)
    heads = []
    for cluster in typology.clusters:
        of_cluster = shown[shown["cluster"] == cluster]
        type_id = typology.type_of[cluster]
        average = float(of_cluster["width"].mean())
        words = f"Cluster {cluster}: {count(len(of_cluster), 'trust')}, mean {decimal(average)}"
        rows = place + between + np.arange(len(of_cluster))
        heads.append((float(rows[0]) if slide else place, words))
        axes.barh(
            rows,
            of_cluster["width"],
            height=0.72,
            **style.fill_of(style.colour_of(type_id), style.hatch_of(type_id)),
        )
        for row, width in zip(rows, of_cluster["width"], strict=True):
            axes.text(
                max(width, 0.0) + 0.02 * (high - low),
                row,
                decimal(width),
                size=style.NOTE,
                va="center_baseline",
                bbox=_CLEAR,
            )
        ticks += zip(rows, of_cluster["mat_id"], strict=True)
        place += between + len(of_cluster)
    across = style.inches_of(axes)[0]
    aside = style.label_width([words for _, words in heads], style.LABEL) + 0.1 if slide else 0.0
    edge = low + (high - low) * across / style.need(across - aside, 1.0)
    for row, words in heads:
        axes.text(
            *(edge if slide else low, row, words),
            size=style.LABEL,
            ha="right" if slide else "left",
            va="center_baseline",
            bbox=_CLEAR,
        )
    mark_rows(axes, [mat for _, mat in ticks], [row for row, _ in ticks])
    named = ticks if labelled else []
    style.name_rows(axes, style.names_of(mat for _, mat in named), [row for row, _ in named])
    axes.set_ylim(place - 0.4, -0.6)
    axes.axvline(0, color=style.GREY, linewidth=0.6)
    axes.axvline(mean, color=style.INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0.5)
    axes.set_xlim(low, edge)
    if slide:
        axes.spines["bottom"].set_bounds(low, high)
        axes.set_xticks([tick for tick in axes.get_xticks() if low <= tick <= high])
    style.name_axis(axes, f"Silhouette width (dashed: mean of all, {decimal(mean)})")


def _draw_means(axes: Axes, means: pd.DataFrame, k: int) -> None:
    low = min(0.0, float(means["mean_silhouette"].min()))
    high = max(0.05, float(means["mean_silhouette"].max()))
    axes.plot(means["k"], means["mean_silhouette"], color=style.GREY, marker="o", markersize=3.5)
    for one, value in means.itertuples(index=False, name=None):
        axes.text(
            one,
            value + 0.035 * (high - low),
            decimal(value),
            size=style.NOTE,
            ha="center",
            va="bottom",
            bbox=_CLEAR,
        )
    drawn = means[means["k"] == k]
    axes.plot(drawn["k"], drawn["mean_silhouette"], "o", color=style.INK, markersize=6, zorder=4)
    axes.set_ylim(low - 0.03 * (high - low), high + 0.16 * (high - low))
    axes.set_xlim(means["k"].min() - 0.5, means["k"].max() + 0.5)
    axes.set_xticks(means["k"].tolist())
    style.name_axis(axes, "Number of clusters")
    axes.set_title("Mean silhouette width (large: drawn here)")


def _data(shown: pd.DataFrame, means: pd.DataFrame, typology: Typology) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = [
        ("trusts", typology.k, mat, cluster, typology.type_of[cluster], width)
        for mat, cluster, width in shown[["mat_id", "cluster", "width"]].itertuples(
            index=False, name=None
        )
    ]
    rows += [("means", k, "", None, None, value) for k, value in means.itertuples(index=False)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"cluster": "Int64", "type_id": "Int64"})


def _alt(shown: pd.DataFrame, means: pd.DataFrame, mean: float, typology: Typology) -> str:
    below = int((shown["width"] < 0).sum())
    each = [
        f"{decimal(shown.loc[shown['cluster'] == one, 'width'].mean())} in cluster {one}"
        for one in typology.clusters
    ]
    best = means.loc[means["mean_silhouette"].idxmax()]
    return (
        f"The mean silhouette width of {typology.k} clusters is {decimal(mean)}: {join(each)}; "
        f"{count(below, 'trust')} lie{'s' if below == 1 else ''} nearer to another cluster. Over "
        f"the numbers of clusters tried it is highest, {decimal(best['mean_silhouette'])}, "
        f"for {int(best['k'])}."
    )
