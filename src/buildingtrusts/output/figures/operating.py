"""Where trusts stand on the spectrum from decentralised to centralised."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.marks import mark_points, mark_rows
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import count, decimal, join

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = (
    *("mat_id", "cluster", "type_id", "n", "centralisation", "spread", "place"),
    *("reference", "percent"),
)
PLACES = ("decentralised", "hybrid", "centralised")
_ROW, _MOST_ROOM = 0.2, 9.0
#: Inches of a bar of the shares, with its words, and of what stands above the bars.
_BAR, _SHARES_HEAD = 0.22, 0.5


@dataclass(frozen=True)
class Reference:
    """A share of trusts that somebody else published.

    Attributes
    ----------
    statement : str
        What it is a share of.
    percent : float
        From 0 to 100.
    year : str
        The year it is for.
    source : str
        Where it was published.
    """

    statement: str
    percent: float
    year: str
    source: str


@style.styled
def draw_operating_model(
    table: pd.DataFrame,
    typology: Typology,
    cutoffs: tuple[float, float],
    limits: tuple[float, float] = (0.0, 10.0),
    references: Sequence[Reference] = (),
) -> Drawing:
    """Draw each trust's centralisation with its spread over operating areas.

    Parameters
    ----------
    table : DataFrame
        Columns of ``operating_model.csv``.
    typology : Typology
        Clusters of the clustered trusts; the others come last.
    cutoffs : (float, float)
        Centralisation from which a trust is a hybrid, and centralised.
    limits : (float, float)
        The scale's ends.
    references : sequence of Reference
        Published shares of centralised trusts, set beside this wave's.

    Returns
    -------
    Drawing
        Trusts by cluster, from the most to the least centralised. Its data end with the shares.

    Raises
    ------
    ValueError
        If the table's places were found with other cut-offs.
    """
    title = "Operating model: how far trusts centralise"
    of_all = table[table["role"] == "all"]
    if of_all.empty:
        reason = "Operating areas were not asked about in this wave."
        return nothing_to_draw("operating_model", title, reason)
    _check_places(of_all, cutoffs)
    data = _data(of_all, typology)
    shares = _shares(of_all, references)
    caption = (
        "Marker: mean over operating areas of the trust's mean ratings; line: one standard "
        "deviation over the areas either way. A long line is a trust that is central in some "
        f"areas and devolved in others. Cut-offs at {cutoffs[0]:g} and {cutoffs[1]:g} are ours."
    )
    if references:
        sources = join(list(dict.fromkeys(one.source for one in references)))
        caption += (
            " Shares below: definitions differ. Here a trust is centralised by the mean of its "
            "people's ratings; in the published benchmark trusts described themselves. Source of "
            f"the benchmark: {sources}."
        )
    subtitle = f"{limits[0]:g} = entirely devolved to schools, {limits[1]:g} = entirely central"
    if style.on_slide():
        return _by_cluster(title, subtitle, data, typology, cutoffs, limits)
    groups = data["cluster"].nunique(dropna=False)
    row = max(0.03, min(_ROW, _MOST_ROOM / (len(data) + groups)))
    height = row * (len(data) + groups)
    below = _SHARES_HEAD + _BAR * len(shares) if references else 0.0
    page = style.new_page(title, subtitle, caption, height + 0.65 + below)
    left = style.label_width(style.names_of(data["mat_id"])) + 0.1
    axes = page.axes(left, 0.4 + below, page.width - left - 0.1, height)
    axes.set_xlim(*limits)
    axes.set_ylim(len(data) + groups - 0.4, -0.6)
    _draw_zones(axes, cutoffs, limits)
    _draw_trusts(axes, data, typology, row > 0.08)
    style.name_axis(axes, "Centralisation")
    said = _alt(data, typology)
    if references:
        _draw_shares(page, shares)
        told = [f"{percent:.0f}% ({name[0].lower()}{name[1:]})" for name, percent in shares]
        said = f"{said} Share of trusts that are centralised: {join(told)}; definitions differ."
        extra = pd.DataFrame(shares, columns=["reference", "percent"])
        data = pd.concat([data, extra], ignore_index=True)[list(COLUMNS)]
    return Drawing("operating_model", title, caption, page.figure, data, said)


def _by_cluster(
    title: str,
    subtitle: str,
    data: pd.DataFrame,
    typology: Typology,
    cutoffs: tuple[float, float],
    limits: tuple[float, float],
) -> Drawing:
    """What a slide shows: a line of trusts for each cluster, without their names and spread."""
    caption = (
        "Each marker is a trust: the mean over operating areas of its mean ratings. Cut-offs at "
        f"{cutoffs[0]:g} and {cutoffs[1]:g} are ours."
    )
    groups = list(data.groupby("cluster", dropna=False, sort=False))
    texts = [
        f"Not clustered ({count(len(part), 'trust')})"
        if pd.isna(cluster)
        else typology.title(int(cluster))
        for cluster, part in groups
    ]
    labels = style.row_labels(texts, 0.36)
    height = labels.row * len(groups)
    page = style.new_page(title, f"{subtitle}. Each marker is a trust.", caption, height + 0.65)
    axes = page.axes(labels.width, 0.4, page.width - labels.width - 0.1, height)
    axes.set_xlim(*limits)
    _draw_zones(axes, cutoffs, limits)
    style.label_rows(axes, labels.texts)
    axes.set_ylim(len(groups) - 0.5, -0.8)
    for row, (cluster, part) in enumerate(groups):
        middle = part["centralisation"].tolist()
        inch = style.inches_of(axes)[0] / (limits[1] - limits[0])
        rows = [row + 0.11 / labels.row * lane for lane in _lanes(middle, 0.12 / inch)]
        mark_points(axes, part["mat_id"], middle, rows, 8.0)
        if pd.isna(cluster):
            axes.plot(
                middle, rows, "o", markersize=6, color=style.PAPER, markeredgecolor=style.GREY
            )
        else:
            style.number_markers(axes, middle, rows, typology.type_of[int(cluster)], cluster)
    style.name_axis(axes, "Centralisation")
    said = _alt(data, typology)
    return Drawing("operating_model", title, caption, page.figure, data, said)


def _lanes(values: Sequence[float], apart: float) -> list[int]:
    """Lanes above and below a line in which markers so far apart do not cover each other."""
    lanes: list[int] = []
    for place, value in enumerate(values):
        near = zip(lanes, values[:place], strict=True)
        taken = {lane for lane, other in near if abs(value - other) < apart}
        lanes.append(next((lane for lane in (0, -1, 1) if lane not in taken), 0))
    return lanes


def _shares(of_all: pd.DataFrame, references: Sequence[Reference]) -> list[tuple[str, float]]:
    """What each bar says and how long it is: this wave, then what was published."""
    central = int((of_all["place"] == PLACES[-1]).sum())
    own = (f"This wave: {central} of {count(len(of_all), 'trust')}", 100 * central / len(of_all))
    return [
        own,
        *((f"Published benchmark, {one.year}: {one.statement}", one.percent) for one in references),
    ]


def _draw_shares(page: style.Page, shares: Sequence[tuple[str, float]]) -> None:
    """Bars from 0 to 100 percent with their words beside them."""
    label = max(style.text_width(name, style.TICK) for name, _ in shares) + 0.1
    # However long a statement is, the bars keep their part of the page.
    label = min(label, page.width * 0.55)
    height = _BAR * len(shares)
    axes = page.axes(label, 0.12, page.width - label - 0.5, height)
    axes.set_xlim(0, 100)
    axes.set_ylim(len(shares) - 0.5, -0.5)
    axes.set_axis_off()
    for row, (name, percent) in enumerate(shares):
        face = style.INK if row == 0 else style.PAPER
        axes.barh(row, 100, height=0.55, color=style.SHADE, zorder=0)
        axes.barh(row, percent, height=0.55, color=face, edgecolor=style.INK, linewidth=0.8)
        axes.text(102, row, f"{percent:.0f}%", size=style.TICK, va="center_baseline")
        page.text(
            *(0.0, 0.12 + height - (row + 0.5) * _BAR, style.shorten(name, style.TICK, label)),
            size=style.TICK,
            va="center_baseline",
        )
    page.text(
        *(0.0, 0.12 + height + 0.08, "Share of trusts that are centralised"), size=style.LABEL
    )


def _check_places(of_all: pd.DataFrame, cutoffs: tuple[float, float]) -> None:
    places = np.searchsorted(cutoffs, of_all["centralisation"].to_numpy(), side="right")
    wrong = of_all[of_all["place"] != np.array(PLACES)[places]]
    if len(wrong):
        first = wrong.iloc[0]
        raise ValueError(
            f"{first['mat_id']} with a centralisation of {first['centralisation']:.2f} is "
            f"{first['place']!r} in the table; cut-offs of {cutoffs[0]:g} and {cutoffs[1]:g} say "
            "otherwise. Draw with the cut-offs that the profile step was given."
        )


def _data(of_all: pd.DataFrame, typology: Typology) -> pd.DataFrame:
    rows = []
    for mat, n, centralisation, spread, place in of_all[
        ["mat_id", "n", "centralisation", "spread", "place"]
    ].itertuples(index=False, name=None):
        cluster = typology.cluster_of.get(mat)
        type_id = None if cluster is None else typology.type_of[cluster]
        rows.append((mat, cluster, type_id, n, centralisation, spread, place))
    frame = pd.DataFrame(rows, columns=list(COLUMNS[:-2])).astype(
        {"cluster": "Int64", "type_id": "Int64"}
    )
    frame["reference"], frame["percent"] = None, np.nan
    return frame.sort_values(
        ["cluster", "centralisation"], ascending=[True, False], kind="stable", ignore_index=True
    )


def _draw_zones(axes: Axes, cutoffs: tuple[float, float], limits: tuple[float, float]) -> None:
    edges = (limits[0], *cutoffs, limits[1])
    for place, (low, high) in enumerate(itertools.pairwise(edges)):
        if place == 1:
            axes.axvspan(low, high, color=style.SHADE, zorder=0)
        axes.text(
            (low + high) / 2,
            1.01,
            PLACES[place],
            size=style.LABEL,
            ha="center",
            va="bottom",
            transform=axes.get_xaxis_transform(),
        )
    for cut in cutoffs:
        axes.axvline(cut, color=style.GREY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)


def _draw_trusts(axes: Axes, data: pd.DataFrame, typology: Typology, labelled: bool) -> None:
    ticks: list[tuple[int, str]] = []
    place = 0
    for cluster, of_cluster in data.groupby("cluster", dropna=False, sort=False):
        rows = np.arange(place + 1, place + 1 + len(of_cluster))
        known = not pd.isna(cluster)
        heading = typology.title(int(cluster)) if known else "Not clustered"
        axes.text(axes.get_xlim()[0] + 0.05, place, heading, size=style.LABEL, va="center_baseline")
        colour = style.colour_of(typology.type_of[int(cluster)]) if known else style.GREY
        middle, spread = of_cluster["centralisation"], of_cluster["spread"]
        low, high = axes.get_xlim()
        axes.hlines(
            rows, (middle - spread).clip(low), (middle + spread).clip(None, high), color=colour
        )
        if known:
            style.number_markers(
                axes, middle, rows.tolist(), typology.type_of[int(cluster)], cluster, 8.0
            )
        else:
            axes.plot(middle, rows, "o", markersize=5, color=style.PAPER, markeredgecolor=colour)
        ticks += zip(rows.tolist(), of_cluster["mat_id"], strict=True)
        place += 1 + len(of_cluster)
    mark_rows(axes, [mat for _, mat in ticks], [row for row, _ in ticks])
    shown = ticks if labelled else []
    style.name_rows(axes, style.names_of(mat for _, mat in shown), [row for row, _ in shown])


def _alt(data: pd.DataFrame, typology: Typology) -> str:
    found = data["place"].value_counts()
    counts = [f"{int(found[place])} {place}" for place in PLACES if place in found.index]
    means = data.dropna(subset="cluster").groupby("cluster")["centralisation"].mean()
    each = [f"{decimal(mean, 1)} in cluster {cluster}" for cluster, mean in means.items()]
    return f"{count(len(data), 'trust')}: {join(counts)}. Mean centralisation is {join(each)}."
