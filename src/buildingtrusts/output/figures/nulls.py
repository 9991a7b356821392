"""Could the clusters be noise: the study beside data without clusters.

The two-level null decides, by the largest *standardised* silhouette over all numbers of clusters;
everything else in the figure describes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.k_choice import mark_numbers
from buildingtrusts.output.figures.words import count, decimal, join, p_text, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = (
    *("null", "statistic", "scope", "k", "observed", "null_q50", "null_q95", "p_value", "draws"),
)
DECISIVE = "two_level"
SILHOUETTE, STANDARDISED, PSEUDO_F = "mean_silhouette", "standardised_silhouette", "pseudo_f"
_NULLS = {
    "gaussian": "One Gaussian",
    "respondents_shuffled": "Staff shuffled",
    "items_permuted": "Items permuted",
}
_STATISTICS = {
    SILHOUETTE: "Mean silhouette width",
    STANDARDISED: "Standardised silhouette: decides",
    PSEUDO_F: "Pseudo-F",
}
_TOP, _BOTTOM, _HEAD, _FOOT, _AXIS_ROOM = 1.6, 0.85, 0.46, 0.42, 0.36
#: Of the bars from the deciding null's median to its 95% point.
_BAND = style.tint(style.PALETTE[0], 0.65)
_CAPTION = (
    "Circles: these trusts, filled where above the 95% point. Bars: from the median (tick) to the "
    "95% point of data without clusters. The two-level null keeps how trusts and their staff vary. "
    "Standardised: less what the null gives for that number of clusters where trusts scatter in as "
    "many directions, over the spread around it; the largest value (diamond) is held against the "
    "largest of each draw (dashed: 95% point), which is the test that decides. Other nulls "
    "describe: a single Gaussian ignores how many answered, shuffled staff make trusts alike, "
    "permuted items break every correlation. p beside their names: largest standardised silhouette"
)

_ON_SLIDE = "Circles: these trusts; bars: data without clusters, from their median to 95% point."


@dataclass(frozen=True)
class _Panel:
    """One set of axes: a statistic of the study beside a null."""

    heading: str
    rows: pd.DataFrame
    best: pd.DataFrame
    decisive: bool


@style.styled
def draw_noise(nulls: pd.DataFrame, permanova: pd.DataFrame, k: int, verdict: str = "") -> Drawing:
    """Draw observed statistics beside the median and the 95% point of each null.

    Parameters
    ----------
    nulls : DataFrame
        Columns of ``nulls.csv``.
    permanova : DataFrame
        Columns of ``permanova.csv``, for the subtitle; no row where trusts could not be compared.
    k : int
        The partition that other figures show, which the alternative text tells of.
    verdict : str
        The verdict on the wave, for the subtitle; empty if there is none.

    Returns
    -------
    Drawing
        Its data have a row a mark, and for each null the largest standardised silhouette
        (``scope`` is ``max``).
    """
    title = "Could the clusters be noise?"
    data = _data(nulls)
    if data.empty:
        return nothing_to_draw("noise", title, "No partition could be held against noise.")
    above = [_panel(data, DECISIVE, one) for one in _STATISTICS]
    # A slide shows the null that decides.
    others = [name for name in _NULLS if name in set(data["null"]) and not style.on_slide()]
    below = [_panel(data, name, SILHOUETTE) for name in others]
    caption = f"{_CAPTION}; {count(int(data['draws'].max()), 'draw')} of each null."
    said = _subtitle(permanova, verdict)
    if style.on_slide():
        said = f"{_subtitle(permanova.iloc[:0], verdict)} {_ON_SLIDE}".strip()
    lower = _HEAD + _BOTTOM + _FOOT if below else 0.0
    tall = style.height_of(_TOP, 0.9)
    page = style.new_page(title, said, caption, _HEAD + tall + _FOOT + lower)
    limits = _limits([one for one in (above[0], *below)])
    top = page.height - _HEAD
    if not style.on_slide():
        page.text(0, top + 0.24, "Two-level null", size=style.SUBTITLE)
    for place, panel in enumerate(above):
        span = limits if place == 0 else _limits([panel])
        _draw_panel(_axes(page, place, 3, top - tall, tall), panel, span)
    if below:
        page.text(0, lower - 0.22, "Mean silhouette width under other nulls", size=style.SUBTITLE)
    for place, panel in enumerate(below):
        _draw_panel(_axes(page, place, len(below), _FOOT, _BOTTOM), panel, limits)
    return Drawing("noise", title, caption, page.figure, data, _alt(data, k))


def _data(nulls: pd.DataFrame) -> pd.DataFrame:
    known = nulls.dropna(subset=["observed", "null_q95"])
    shown = (
        (known["null"] == DECISIVE)
        | ((known["statistic"] == SILHOUETTE) & (known["scope"] == "k"))
        | ((known["statistic"] == STANDARDISED) & (known["scope"] == "max"))
    )
    return known.loc[shown, list(COLUMNS)].reset_index(drop=True)


def _panel(data: pd.DataFrame, null: str, statistic: str) -> _Panel:
    of_null = data[data["null"] == null]
    of_statistic = of_null[of_null["statistic"] == statistic]
    best = of_null[(of_null["statistic"] == STANDARDISED) & (of_null["scope"] == "max")]
    heading = _STATISTICS[statistic]
    if null != DECISIVE:
        p = f" ({p_text(float(best['p_value'].iloc[0]))})" if len(best) else ""
        heading = f"{_NULLS.get(null, plain(null))}{p}"
    decides = null == DECISIVE and statistic == STANDARDISED
    rows = of_statistic[of_statistic["scope"] == "k"]
    return _Panel(heading, rows, best if decides else best.iloc[:0], null == DECISIVE)


def _limits(panels: list[_Panel]) -> tuple[float, float]:
    """The span of one vertical scale, with room above for words."""
    values = [
        value
        for panel in panels
        for part in (panel.rows, panel.best)
        for column in ("observed", "null_q50", "null_q95")
        for value in part[column].tolist()
    ]
    low, high = min([*values, 0.0]), max([*values, 0.05])
    return low - 0.06 * (high - low), high + 0.08 * (high - low)


def _axes(page: style.Page, place: int, across: int, bottom: float, height: float) -> Axes:
    width = page.width / across
    return page.axes(place * width + _AXIS_ROOM, bottom, width - _AXIS_ROOM - 0.1, height)


def _draw_panel(axes: Axes, panel: _Panel, limits: tuple[float, float]) -> None:
    rows = panel.rows
    style.name_panel(axes, panel.heading)
    # Words about the largest value stand in a strip of their own, above the values.
    strip = 0.3 * (limits[1] - limits[0]) if len(panel.best) else 0.0
    axes.set_ylim(limits[0], limits[1] + strip)
    mark_numbers(axes, rows["k"].astype(int).tolist() or [2])
    style.name_axis(axes, "Number of clusters")
    draw_beside_null(axes, rows, _BAND if panel.decisive else style.RULE)
    for best in panel.best.to_dict("records"):
        _draw_best(axes, best)


def draw_beside_null(axes: Axes, rows: pd.DataFrame, band: str, size: float = 4.5) -> None:
    """Draw a measure by number of clusters, and a bar from its null's median to the 95% point.

    Parameters
    ----------
    axes : Axes
        With its limits set.
    rows : DataFrame
        ``k, observed, null_q50, null_q95``.
    band : str
        Colour of the bars.
    size : float
        Of the circles, in points; filled are those above the 95% point.
    """
    k, middle, high = (rows[name].astype(float) for name in ("k", "null_q50", "null_q95"))
    axes.bar(k, high - middle, bottom=middle, width=0.5, color=band, zorder=1)
    axes.hlines(middle, k - 0.3, k + 0.3, style.GREY, linewidth=1.2)
    axes.axhline(0, color=style.RULE, linewidth=0.6, zorder=0)
    axes.plot(k, rows["observed"], color=style.INK, linewidth=0.9, zorder=3)
    above = rows["observed"] > rows["null_q95"]
    for part, fill in ((rows[above], style.INK), (rows[~above], style.PAPER)):
        axes.plot(
            part["k"].astype(float),
            part["observed"],
            "o",
            markersize=size,
            markerfacecolor=fill,
            markeredgecolor=style.INK,
            markeredgewidth=0.9,
            zorder=4,
        )


def _draw_best(axes: Axes, best: dict) -> None:
    """Mark the largest standardised silhouette, and say how it compares."""
    beyond = best["observed"] > best["null_q95"]
    label = f"largest {decimal(best['observed'])}, at {best['k']}: {p_text(best['p_value'])}"
    axes.axhline(best["null_q95"], color=style.INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=2)
    axes.plot(
        [best["k"]],
        [best["observed"]],
        "D",
        markersize=7.5,
        markerfacecolor=style.INK if beyond else style.PAPER,
        markeredgecolor=style.INK,
        markeredgewidth=1.4,
        zorder=5,
    )
    words = f"{label}\n95% point of the largest: {decimal(best['null_q95'])}"
    if style.on_slide():
        words = f"{p_text(best['p_value'])}, at {best['k']}"
    axes.text(
        *(0.02, 0.99, words),
        transform=axes.transAxes,
        size=style.NOTE,
        va="top",
        linespacing=1.25,
        bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.5},
        zorder=6,
    )


def _subtitle(permanova: pd.DataFrame, verdict: str) -> str:
    words = [f"Verdict of the rule: {verdict}."] if verdict else []
    for row in permanova.dropna(subset="p_value").to_dict("records"):
        words.append(
            f"Do trusts differ at all? PERMANOVA: pseudo-F {decimal(row['pseudo_f'])}, "
            f"{p_text(row['p_value'])}."
        )
    return " ".join(words)


def _alt(data: pd.DataFrame, k: int) -> str:
    of_null = data[data["null"] == DECISIVE]
    sentences = []
    for best in of_null[
        (of_null["statistic"] == STANDARDISED) & (of_null["scope"] == "max")
    ].to_dict("records"):
        beyond = "above" if best["observed"] > best["null_q95"] else "not above"
        sentences.append(
            f"The largest standardised silhouette is {decimal(best['observed'])}, for "
            f"{best['k']} clusters, {beyond} the 95% point of the largest in data without "
            f"clusters, {decimal(best['null_q95'])} ({p_text(best['p_value'])}, two-level null)."
        )
    each = of_null[(of_null["statistic"] == SILHOUETTE) & (of_null["scope"] == "k")]
    for row in each[each["k"] == k].to_dict("records"):
        sentences.append(
            f"The mean silhouette of {k} clusters is {decimal(row['observed'])}, where such data "
            f"have a median of {decimal(row['null_q50'])} and a 95% point of "
            f"{decimal(row['null_q95'])}."
        )
    above = [str(one) for one in each.loc[each["observed"] > each["null_q95"], "k"]]
    sentences.append(
        f"The mean silhouette exceeds its 95% point for {join(above)} clusters."
        if above
        else f"It exceeds its 95% point for none of {count(len(each), 'number')} of clusters."
    )
    return " ".join(sentences)
