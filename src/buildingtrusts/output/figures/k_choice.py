"""How many clusters: each index over the numbers of clusters, and how they and the bootstrap vote.

An index picks a number by its own rule, which ``k_indices.csv`` records; nothing is chosen again
here. None of them enters the verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.words import count, decimal, join, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("panel", "index", "null", "k", "value", "se", "chosen", "draws")
VOTE = "vote"
_TITLES = {
    ("silhouette", ""): "Mean silhouette",
    ("gap", "scaled_pca"): "Gap (aligned box)",
    ("gap", "original"): "Gap (box of items)",
    ("calinski_harabasz", ""): "Calinski-Harabasz",
    ("davies_bouldin", ""): "Davies-Bouldin (low)",
    ("dunn", ""): "Dunn",
    ("c_index", ""): "C-index (low)",
    ("prediction_strength", ""): "Prediction strength",
}
_SOURCES = {
    "respondents": "Staff resampled (%)",
    "leave_one_mat": "One trust left out (%)",
    "leave_one_item": "One item left out (%)",
}
_ACROSS, _PANEL, _BARS, _HEAD, _FOOT = 4, 0.85, 0.75, 0.22, 0.24
#: Inches that a panel needs.
_LEAST = 1.55
_AXIS_ROOM = 0.36


@style.styled
def draw_k_choice(k_indices: pd.DataFrame, k_votes: pd.DataFrame) -> Drawing:
    """Draw every index with the number it picks, then the votes.

    Parameters
    ----------
    k_indices : DataFrame
        ``index, null, k, value, se, chosen, draws``; the index ``vote`` counts the others.
    k_votes : DataFrame
        ``source, k, share, draws``.

    Returns
    -------
    Drawing
        Its data have a row a mark: ``panel`` is ``index``, ``vote`` or ``resampled``, where
        ``index`` then holds the source and ``value`` its share.
    """
    title = "How many clusters: what each index picks"
    data = _data(k_indices, k_votes)
    if data.empty:
        return nothing_to_draw("k_choice", title, "No number of clusters could be compared.")
    indices = _panels(data, "index")
    bars = [*_panels(data, "vote"), *_panels(data, "resampled")]
    caption = _caption(data)
    if style.on_slide():
        return _picks_alone(title, data, indices, bars)
    abreast = max(1, min(_ACROSS, int(style.inner_width() / _LEAST)))
    rows, bar_rows = (-(-len(panels) // abreast) for panels in (indices, bars))
    row, bar_row = _HEAD + _PANEL + _FOOT, _HEAD + _BARS + _FOOT
    page = style.new_page(title, "", caption, rows * row + bar_rows * bar_row + 0.16)
    width = page.width / abreast
    for place, (heading, part) in enumerate(indices):
        down, across = divmod(place, abreast)
        bottom = page.height - (down + 1) * row + _FOOT
        axes = page.axes(across * width + _AXIS_ROOM, bottom, width - _AXIS_ROOM - 0.08, _PANEL)
        _draw_index(axes, heading, part)
    for place, (heading, part) in enumerate(bars):
        down, across = divmod(place, abreast)
        width = page.width / min(abreast, len(bars))
        bottom = 0.16 + _FOOT + bar_row * (bar_rows - 1 - down)
        axes = page.axes(across * width + 0.05, bottom, width - 0.25, _BARS)
        _draw_votes(axes, heading, part)
    page.text(page.width / 2, 0.04, "Number of clusters", size=style.LABEL, ha="center")
    return Drawing("k_choice", title, caption, page.figure, data, _alt(data))


def _picks_alone(
    title: str,
    data: pd.DataFrame,
    indices: list[tuple[str, pd.DataFrame]],
    bars: list[tuple[str, pd.DataFrame]],
) -> Drawing:
    """What a slide shows: what each index picks, and each way to resample most often."""
    picks = [
        (heading.removesuffix(" (low)"), part.loc[part["chosen"] == 1, "k"].tolist(), "")
        for heading, part in indices
    ]
    for heading, part in bars:
        if part["panel"].iloc[0] == "resampled":
            best = part.loc[part["value"].fillna(0.0).idxmax()]
            words = f" {100 * best['value']:.0f}% of draws"
            picks.append((heading.removesuffix(" (%)"), [int(best["k"])], words))
    caption = (
        "What each index picks by its own rule, and which number has the largest mean silhouette "
        "most often when staff are resampled or a trust or an item is left out. None of this "
        "enters the verdict."
    )
    labels = style.row_labels([heading for heading, *_ in picks], 0.22)
    height = labels.row * len(picks)
    page = style.new_page(title, "", caption, height + 0.42)
    axes = page.axes(labels.width, 0.38, page.width - labels.width - 0.9, height)
    style.label_rows(axes, labels.texts)
    mark_numbers(axes, sorted({int(k) for k in data["k"]}))
    style.name_axis(axes, "Number of clusters")
    for row, (_, chosen, words) in enumerate(picks):
        axes.plot(chosen, [row] * len(chosen), "D", color=style.INK, markersize=5.5, zorder=4)
        for k in chosen if words else []:
            axes.text(k + 0.15, row, words, size=style.NOTE, va="center_baseline")
    return Drawing("k_choice", title, caption, page.figure, data, _alt(data))


def mark_numbers(axes: Axes, numbers: Sequence[int]) -> None:
    """Mark numbers of clusters on a horizontal axis, as many as have room for their labels."""
    least, most = min(numbers), max(numbers)
    axes.set_xlim(least - 0.5, most + 0.5)
    needed = style.text_width(f"{most} ", style.TICK)
    room = style.inches_of(axes)[0] / (most - least + 1)
    step = max(1, int(np.ceil(needed / room)))
    axes.set_xticks([one for one in numbers if (one - least) % step == 0])


def _data(k_indices: pd.DataFrame, k_votes: pd.DataFrame) -> pd.DataFrame:
    indices = k_indices.assign(
        panel=np.where(k_indices["index"] == VOTE, "vote", "index"),
        null=k_indices["null"].astype(object).where(k_indices["null"].notna(), ""),
    )
    resampled = pd.DataFrame(
        {
            "panel": "resampled",
            "index": k_votes["source"],
            "null": "",
            "k": k_votes["k"],
            "value": k_votes["share"],
            "se": np.nan,
            "chosen": 0,
            "draws": k_votes["draws"],
        }
    )
    parts = [part[list(COLUMNS)] for part in (indices, resampled) if len(part)]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    frame = pd.concat([part.astype({"se": float, "value": float}) for part in parts])
    return frame.astype({"chosen": "Int64", "draws": "Int64"}).reset_index(drop=True)


def _panels(data: pd.DataFrame, panel: str) -> list[tuple[str, pd.DataFrame]]:
    """Rows of each panel of a kind with its heading, in the order of the table."""
    of_panel = data[data["panel"] == panel]
    keys = of_panel[["index", "null"]].drop_duplicates().itertuples(index=False, name=None)
    return [
        (
            _heading(panel, index, null),
            of_panel[(of_panel["index"] == index) & (of_panel["null"] == null)],
        )
        for index, null in keys
    ]


def _heading(panel: str, index: str, null: str) -> str:
    if panel == "vote":
        return "Votes of the indices"
    if panel == "resampled":
        return _SOURCES.get(index, plain(index))
    return _TITLES.get((index, null), plain(" ".join(filter(None, (index, null)))))


def _draw_index(axes: Axes, heading: str, part: pd.DataFrame) -> None:
    known = part[np.isfinite(part["value"])]
    axes.set_title(heading)
    mark_numbers(axes, part["k"].astype(int).tolist())
    if known.empty:
        axes.text(0.5, 0.5, "not defined", transform=axes.transAxes, ha="center", va="center")
        axes.set_yticks([])
        return
    spread = known["se"].where(np.isfinite(known["se"]), 0.0)
    low, high = float((known["value"] - spread).min()), float((known["value"] + spread).max())
    room = max(high - low, 1e-6 * max(abs(high), 1.0), 1e-12)
    axes.set_ylim(low - 0.12 * room, high + 0.5 * room)
    axes.vlines(
        known["k"], known["value"] - spread, known["value"] + spread, style.GREY, linewidth=0.8
    )
    axes.plot(known["k"], known["value"], color=style.GREY, marker="o", markersize=3, zorder=3)
    top = high + 0.1 * room
    beyond = part.loc[part["value"] == np.inf, "k"]
    axes.plot(beyond, [top] * len(beyond), "^", color=style.GREY, markersize=4, zorder=3)
    for k, value in part.loc[part["chosen"] == 1, ["k", "value"]].itertuples(
        index=False, name=None
    ):
        axes.plot([k], [min(value, top)], "D", color=style.INK, markersize=6.5, zorder=4)
        axes.text(
            *(k, high + 0.46 * room, f"{k}"),
            size=style.TICK,
            ha="center",
            va="top",
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.4},
            zorder=5,
        )
    places = 0 if room >= 20 else 1 if room >= 2 else 2
    ticks = [low, high] if room > 10.0**-places else [(low + high) / 2]
    axes.set_yticks(ticks, [decimal(tick, places) for tick in ticks])


def _draw_votes(axes: Axes, heading: str, part: pd.DataFrame) -> None:
    axes.set_title(heading)
    values = part["value"].fillna(0.0)
    top = max(float(values.max()), 1e-9)
    shares = part["panel"].iloc[0] == "resampled"
    first = values.index == values.idxmax() if shares else (part["chosen"] == 1).to_numpy()
    plain_fill = style.fill_of("#B9B9B9", "")
    for bars, fill in ((first, style.fill_of(style.INK, "////")), (~first, plain_fill)):
        axes.bar(part["k"][bars], values[bars], width=0.72, **fill)
    for k, value in zip(part["k"], values, strict=True):
        text = f"{100 * value:.0f}" if shares else f"{value:g}"
        axes.text(k, value + 0.04 * top, text, size=style.NOTE, ha="center", va="bottom")
    mark_numbers(axes, part["k"].astype(int).tolist())
    axes.tick_params(axis="x", length=0)
    axes.set_ylim(0, 1.25 * top)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _caption(data: pd.DataFrame) -> str:
    beyond = (
        " A triangle stands for a value without bound." if (data["value"] == np.inf).any() else ""
    )
    return (
        "Diamond and number above: what an index picks by its own rule; (low): small values are "
        "better. Gap: bars are one standard error; its null is even over a box, aligned with the "
        f"principal components or with the items, each with half a vote.{beyond} (%): share of "
        "draws in which a number has the largest mean silhouette. Hatched: most, of equals the "
        "smallest number. None of this enters the verdict."
    )


def _alt(data: pd.DataFrame) -> str:
    chosen = data[(data["panel"] == "index") & (data["chosen"] == 1)]
    picks = [
        f"{k} by {join([_heading('index', *pair).removesuffix(' (low)') for pair in pairs])}"
        for k, part in chosen.groupby("k")
        for pairs in [list(part[["index", "null"]].itertuples(index=False, name=None))]
    ]
    sentences = [f"Numbers of clusters picked: {'; '.join(picks)}."] if picks else []
    votes = data[data["panel"] == "vote"]
    if len(votes):
        sentences.append(_alt_vote(votes))
    resampled = data[(data["panel"] == "resampled") & (data["index"] == "respondents")]
    if len(resampled):
        best = resampled.loc[resampled["value"].idxmax()]
        sentences.append(
            f"Under resampled staff {int(best['k'])} clusters have the largest mean silhouette "
            f"most often, in {100 * best['value']:.0f}% of {count(int(best['draws']), 'draw')}."
        )
    return " ".join(sentences) or f"No index picks a number among {count(len(data), 'value')}."


def _alt_vote(votes: pd.DataFrame) -> str:
    top = float(votes["value"].max())
    best = [str(int(k)) for k in votes.loc[votes["value"] == top, "k"]]
    noun = f"{'vote' if top == 1 else 'votes'}{' each' if len(best) > 1 else ''}"
    return f"Among the indices {join(best)} {'has' if len(best) == 1 else 'have'} {top:g} {noun}."
