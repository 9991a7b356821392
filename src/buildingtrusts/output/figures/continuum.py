"""Clusters or slices of a line: trusts along their first component, and models without clusters.

Clusters cut from one long axis would follow each other along it; if a line through the trusts
gives measures like these, they are no evidence for clusters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.k_choice import mark_numbers
from buildingtrusts.output.figures.marks import mark_points
from buildingtrusts.output.figures.nulls import draw_beside_null
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import count, decimal, join, p_text, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = (
    *("panel", "mat_id", "cluster", "type_id", "position", "measure", "model", "k"),
    *("observed", "null_q50", "null_q95", "p_value", "draws"),
)
_MODELS = {"two_level": "one Gaussian cloud", "one_factor": "one line"}
_MEASURES = {
    "first_axis_share": "Share of the variance on the first component",
    "cluster_share": "Variance between clusters",
    "share_beyond_axis": "Variance beyond first component",
    "mean_silhouette": "Mean silhouette",
    "standardised_silhouette": "Largest standardised silhouette",
    "axis_eta_squared": "First component between clusters",
    "silhouette_without_axis": "Silhouette off first component",
}
#: Large values of these speak for a line, of all others for clusters.
_FOR_A_LINE = ("first_axis_share", "axis_eta_squared")
_LINE_ROW, _ROW, _PANEL, _AXIS = 0.24, 0.22, 0.8, 0.3
#: Beside and between panels, for names and the scale.
_GAP, _LEFT = 0.25, 0.36


@dataclass(frozen=True)
class Line:
    """Trusts along the first principal component of their scores.

    Attributes
    ----------
    mats : tuple of str
    positions : ndarray of shape (n,)
        In units of the ratings, with mean 0.
    share : float
        Of the variance, 0 to 1.
    """

    mats: tuple[str, ...]
    positions: NDArray[np.float64]
    share: float


@style.styled
def draw_continuum(continuum: pd.DataFrame, line: Line, typology: Typology) -> Drawing:
    """Draw clusters along the first component, and measures beside models without clusters.

    Parameters
    ----------
    continuum : DataFrame
        Columns of ``continuum.csv``.
    line : Line
        The clustered trusts.
    typology : Typology
        The partition shown along the line.

    Returns
    -------
    Drawing
        Its data have a row a trust (``panel`` is ``line``) and a row for each measure, number of
        clusters and model (``models``). A measure with one value a model has a row of its own,
        the others a panel by number of clusters.
    """
    title = "Clusters, or slices of a line?"
    known = continuum.dropna(subset="observed").reset_index(drop=True)
    if known.empty:
        return nothing_to_draw("continuum", title, "No model could be held against the clusters.")
    caption = _caption(known)
    blocks = _blocks(known)
    strip = style.height_of(_LINE_ROW, 0.14) * len(typology.clusters)
    names = [typology.title(one) for one in typology.clusters]
    left = style.label_width([*names, *blocks.labels]) + 0.14
    room = 0.24 + strip + style.height_of(0.48, 0.42)
    said = style.on_slide_else(
        "Circle: these trusts; grey: trusts without clusters, from their median to 95% point"
    )
    page = style.new_page(title, said, caption, room + blocks.rows + blocks.panels)
    axes = page.axes(left, page.height - 0.24 - strip, page.width - left - 0.05, strip)
    _draw_line(axes, line, typology, names)
    if blocks.single:
        _draw_rows(page, known, blocks, left)
    for row, model in enumerate(blocks.models if blocks.by_number else []):
        base = blocks.block * (len(blocks.models) - 1 - row)
        _draw_panels(page, known, blocks, model, base)
    data = _data(known, line, typology)
    return Drawing("continuum", title, caption, page.figure, data, _alt(known, line, typology))


@dataclass(frozen=True)
class _Blocks:
    """Which measures have a row each and which a panel by number of clusters, and their sizes."""

    models: list[str]
    single: list[str]
    labels: list[str]
    by_number: list[str]
    titles: list[str]
    #: Inches: of a panel with its scale, of a model's panels, and of all rows and all panels.
    width: float
    block: float
    rows: float
    panels: float


def _blocks(known: pd.DataFrame) -> _Blocks:
    models = list(dict.fromkeys(known["model"]))
    most = known.groupby(["measure", "model"]).size().groupby("measure").max()
    measures = list(dict.fromkeys(known["measure"]))
    if style.on_slide():
        # Measures by number of clusters are too many for one.
        measures = [one for one in measures if most[one] == 1]
    single = [one for one in measures if most[one] == 1]
    by_number = [one for one in measures if most[one] > 1]
    labels = [style.fold(_measure_title(one), style.TICK, 1.6, 2) for one in single]
    width = (style.inner_width()) / max(len(by_number), 1)
    titles = [style.fold(_measure_title(one), style.TICK, width - _LEFT) for one in by_number]
    lines = max((text.count("\n") + 1 for text in titles), default=0)
    block = 0.5 + lines * style.line_height(style.TICK) + _PANEL if by_number else 0.0
    rows = (_ROW + style.height_of(_AXIS, 0.2)) * len(single) + 0.24 if single else 0.0
    return _Blocks(
        *(models, single, labels, by_number, titles),
        *(width, block, rows, block * len(models)),
    )


def _draw_rows(page: style.Page, known: pd.DataFrame, blocks: _Blocks, left: float) -> None:
    """Draw the measures that have one value beside a model, a column for each model."""
    models = blocks.models
    width = (page.width - left - _GAP * (len(models) - 1) - 0.05) / len(models)
    bottom = blocks.panels + blocks.rows
    for place, model in enumerate(models):
        words = style.shorten(_model_title(model), style.LABEL, width)
        page.text(left + place * (width + _GAP), bottom - 0.14, words, size=style.LABEL)
    bottom -= 0.2
    for measure, label in zip(blocks.single, blocks.labels, strict=True):
        bottom -= _ROW
        of_measure = known[known["measure"] == measure]
        for place, model in enumerate(models):
            axes = page.axes(left + place * (width + _GAP), bottom, width, _ROW)
            _draw_single(axes, of_measure, model, label if place == 0 else "")
        bottom -= style.height_of(_AXIS, 0.2)


def _draw_panels(
    page: style.Page, known: pd.DataFrame, blocks: _Blocks, model: str, base: float
) -> None:
    """Draw the measures that differ by number of clusters beside one model."""
    words = f"{_model_title(model)}, by number of clusters"
    page.text(0, base + blocks.block - 0.2, words, size=style.LABEL)
    width = blocks.width - _LEFT - 0.05
    for place, (measure, text) in enumerate(zip(blocks.by_number, blocks.titles, strict=True)):
        axes = page.axes(place * blocks.width + _LEFT, base + 0.22, width, _PANEL)
        _draw_panel(axes, known[known["measure"] == measure], model, text)


def _measure_title(measure: str) -> str:
    return _MEASURES.get(measure, plain(measure))


def _model_title(model: str) -> str:
    return f"Beside {_MODELS.get(model, plain(model))}"


def _draw_line(axes: Axes, line: Line, typology: Typology, names: Sequence[str]) -> None:
    axes.set_title(f"Trusts along the first component ({line.share:.0%} of the variance)")
    style.label_rows(axes, names, rules=1)
    place = {mat: at for at, mat in enumerate(line.mats)}
    for row, cluster in enumerate(typology.clusters):
        x = [float(line.positions[place[mat]]) for mat in typology.members(cluster)]
        style.number_markers(axes, x, [row] * len(x), typology.type_of[cluster], cluster, 8.0)
        mark_points(axes, typology.members(cluster), x, [row] * len(x), 8.0)
    low, high = float(line.positions.min()), float(line.positions.max())
    # Half a marker at each end.
    spare = max(high - low, 1e-6) * 0.1 / style.inches_of(axes)[0]
    axes.set_xlim(low - spare, high + spare)
    style.name_axis(axes, "Position (units of the ratings)")


def _span(data: pd.DataFrame) -> tuple[float, float]:
    """One scale for a measure beside all models."""
    values = data[["observed", "null_q50", "null_q95"]].to_numpy(dtype=float)
    return min(0.0, float(np.nanmin(values))), max(float(np.nanmax(values)), 0.01)


def _draw_single(axes: Axes, data: pd.DataFrame, model: str, label: str) -> None:
    """Draw a measure that has one value beside a model, as a row."""
    low, high = _span(data)
    room = style.text_width("−0.88 at 8  p < 0.001", style.NOTE) + 0.12
    whole = style.inches_of(axes)[0]
    width = max(whole - room, 0.5)
    unit = 1.12 * (high - low) / width
    start = low - 0.06 * (high - low)
    axes.set_xlim(start, start + unit * whole)
    style.label_rows(axes, [label], rules=width / whole)
    axes.spines["bottom"].set_bounds(low, high)
    axes.set_xticks([low, high], [decimal(low), decimal(high)])
    for row in data[data["model"] == model].to_dict("records"):
        middle, mark, observed = row["null_q50"], row["null_q95"], row["observed"]
        axes.hlines([0], [middle], [mark], style.RULE, linewidth=7, zorder=2)
        axes.plot([middle], [0], "|", color=style.GREY, markersize=8, zorder=3)
        axes.plot(
            *([observed], [0], "o"),
            markersize=5.5,
            clip_on=False,
            markerfacecolor=style.INK if observed > mark else style.PAPER,
            markeredgecolor=style.INK,
            markeredgewidth=0.9,
            zorder=4,
        )
        where = "" if pd.isna(row["k"]) else f" at {int(row['k'])}"
        axes.text(
            *(start + unit * whole, 0, f"{decimal(observed)}{where}  {p_text(row['p_value'])}"),
            size=style.NOTE,
            ha="right",
            va="center_baseline",
        )


def _draw_panel(axes: Axes, data: pd.DataFrame, model: str, title: str) -> None:
    """Draw a measure by number of clusters."""
    low, high = _span(data)
    axes.set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))
    axes.set_title(title, fontsize=style.TICK, linespacing=1.15)
    mark_numbers(axes, data["k"].astype(int).unique().tolist())
    draw_beside_null(axes, data[data["model"] == model], style.RULE, 3.5)
    ticks = [low, high] if low > -0.15 * (high - low) else [low, 0.0, high]
    axes.set_yticks(ticks, [decimal(tick, 1 if tick == 0 else 2) for tick in ticks])


def _data(known: pd.DataFrame, line: Line, typology: Typology) -> pd.DataFrame:
    trusts = pd.DataFrame(
        [
            ("line", mat, number, typology.type_of[number], position)
            for mat, position in zip(line.mats, line.positions.tolist(), strict=True)
            for number in [typology.cluster_of[mat]]
        ],
        columns=list(COLUMNS[:5]),
    )
    models = known.assign(panel="models")
    frame = pd.concat([trusts, models], ignore_index=True).reindex(columns=list(COLUMNS))
    return frame.astype({"cluster": "Int64", "type_id": "Int64", "k": "Int64", "draws": "Int64"})


def _caption(known: pd.DataFrame) -> str:
    draws = int(known["draws"].max())
    lines = [_MEASURES[one].lower() for one in _FOR_A_LINE if one in set(known["measure"])]
    against = f", except for {join(lines)}, of which a line has much" if lines else ""
    return (
        "Circles: these trusts, filled where above the 95% point. Grey: from the median (tick) to "
        f"the 95% point of {count(draws, 'draw')} of the same measure where trusts are one cloud, "
        "or lie on one line, without clusters; p: share of draws at least as large. Clusters show "
        f"in large values that exceed both{against}. Numbers after “at” are numbers of clusters."
    )


def _overlapping(line: Line, typology: Typology) -> tuple[int, int]:
    """Neighbouring pairs of clusters along the line whose stretches overlap, and all such pairs."""
    place = {mat: at for at, mat in enumerate(line.mats)}
    spans = []
    for cluster in typology.clusters:
        x = [float(line.positions[place[mat]]) for mat in typology.members(cluster)]
        spans.append((float(np.mean(x)), min(x), max(x)))
    spans.sort()
    pairs = list(pairwise(spans))
    return sum(one[2] > other[1] for one, other in pairs), len(pairs)


def _alt(known: pd.DataFrame, line: Line, typology: Typology) -> str:
    overlap, pairs = _overlapping(line, typology)
    sentences = [
        f"Along the first component, {100 * line.share:.0f}% of the variance, {overlap} of "
        f"{count(pairs, 'pair')} of neighbouring clusters overlap."
    ]
    best = known[known["measure"] == "standardised_silhouette"]
    parts = [
        f"{decimal(row['observed'])} beside {_MODELS.get(row['model'], plain(row['model']))} "
        f"(95% point {decimal(row['null_q95'])}, {p_text(row['p_value'])})"
        for row in best.to_dict("records")
    ]
    if parts:
        sentences.append(f"The largest standardised silhouette is {join(parts)}.")
    clusters = known[~known["measure"].isin([*_FOR_A_LINE, "standardised_silhouette"])]
    named = [
        f"{_measure_title(measure).lower()} with {join([str(k) for k in numbers])} clusters"
        for measure, part in clusters.groupby("measure", sort=False)
        for numbers in [_above_all(part)]
        if numbers
    ]
    above = join(named) if named else "no measure at any number of clusters"
    sentences.append(f"Above the 95% points of all models: {above}.")
    return " ".join(sentences)


def _above_all(part: pd.DataFrame) -> list[int]:
    """Numbers of clusters at which a measure is above the 95% point of every model."""
    above = part.assign(above=part["observed"] > part["null_q95"])
    held = above.groupby("k")["above"].all()
    return [int(k) for k, holds in held.items() if holds]
