"""What many reconstructions of one survey come to: where they disagree, the report cannot tell.

One panel for each pair of settings that the report leaves open, one row a seed, so that nothing is
hidden behind a count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.words import count, join, p_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = (
    *("within_sd", "count_skew", "seed", "member", "verdict", "k", "p_value", "draws"),
    *("report_k", "report_p_value"),
)
#: Verdicts, strongest first: (word, short word, marker, fill).
VERDICTS = (
    ("supported", "supported", "o", style.INK),
    ("weak", "weak", "s", "#B9B9B9"),
    ("not distinguishable from noise", "noise", "D", style.PAPER),
)
_TICKS = (0.0, 0.05, 0.25, 0.5, 1.0)
_ROW, _LEAST_ROW, _MOST_ROOM = 0.13, 0.02, 8.6
_AXIS, _GAP, _KEY, _BAND_HEAD = 0.22, 0.12, 0.32, 0.26
#: Inches of a row below which markers have no number and rows no seed.
_LEGIBLE = 0.08


@dataclass(frozen=True)
class _Grid:
    """Settings and seeds of an ensemble, what stands above each panel, and sizes in inches."""

    spreads: list[float]
    skews: list[float]
    seeds: list[int]
    heads: dict[tuple[float, float], str]
    #: Of the seeds, left of the panels; of a panel, a row in it, and the words above it.
    label: float
    width: float
    row: float
    head: float

    @property
    def height(self) -> float:
        """Of a panel."""
        return self.row * len(self.seeds)

    @property
    def band(self) -> float:
        """Of a row of panels with all its words."""
        return self.height + self.head + _AXIS + _BAND_HEAD

    def left(self, place: int) -> float:
        """Where the panels of a column start."""
        return self.label + place * (self.width + _GAP)


@style.styled
def draw_ensemble(ensemble: pd.DataFrame) -> Drawing:
    """Draw the p, the number of clusters and the verdict of every reconstruction.

    Parameters
    ----------
    ensemble : DataFrame
        Columns of ``ensemble.csv``; without rows there is nothing to draw.

    Returns
    -------
    Drawing
        Its data have a row a reconstruction.
    """
    if ensemble.empty:
        reason = (
            "There is no ensemble of these answers. Only answers that were made to satisfy "
            "published figures have one, and it is made on request."
        )
        return nothing_to_draw("ensemble", "The same evidence over an ensemble", reason)
    title = "What reconstructions of the same published figures come to"
    data = ensemble[list(COLUMNS)].sort_values(
        ["within_sd", "count_skew", "seed", "member"], kind="stable", ignore_index=True
    )
    grid = _grid(data)
    caption = _caption(data, grid.row >= _LEGIBLE)
    key = _KEY + style.key_room([word for word, *_ in VERDICTS])
    room = grid.band * len(grid.spreads) + key + 0.4
    page = style.new_page(title, _tally(data), caption, room)
    _draw_key(page, page.height - 0.12)
    for place, skew in enumerate(grid.skews):
        words = f"Skew of response counts {_setting(skew)}"
        if style.text_width(words, style.LABEL) > grid.width:
            words = f"Skew {_setting(skew)}"
        page.text(grid.left(place), page.height - key - 0.12, words, size=style.LABEL)
    bottom = page.height - key - 0.2
    for spread in grid.spreads:
        bottom -= grid.band
        words = f"Spread within trusts (standard deviation) {_setting(spread)}"
        page.text(0, bottom + grid.band - _BAND_HEAD + 0.06, words, size=style.LABEL)
        for place, skew in enumerate(grid.skews):
            cell = data[(data["within_sd"] == spread) & (data["count_skew"] == skew)]
            axes = page.axes(grid.left(place), bottom + _AXIS, grid.width, grid.height)
            _draw_cell(axes, cell, grid, grid.heads[spread, skew], place == 0)
    scale = "p of the largest standardised silhouette (square-root scale)"
    left = max(0.0, min(grid.label, page.width - style.text_width(scale, style.LABEL)))
    page.text(left, 0.06, scale, size=style.LABEL)
    return Drawing("ensemble", title, caption, page.figure, data, _alt(data))


def _grid(data: pd.DataFrame) -> _Grid:
    spreads, skews, seeds = (
        sorted(data[column].unique().tolist()) for column in ("within_sd", "count_skew", "seed")
    )
    label = style.label_width([_seed(seed) for seed in seeds], style.NOTE) + 0.1
    width = (style.page_width() - 0.3 - label - _GAP * (len(skews) - 1)) / len(skews)
    heads = _heads(data, spreads, skews, width)
    lines = max(head.count("\n") + 1 for head in heads.values())
    head = lines * style.line_height(style.NOTE) + 0.08
    row = (_MOST_ROOM / len(spreads) - head - _AXIS - _BAND_HEAD) / len(seeds)
    row = max(_LEAST_ROW, min(_ROW, row))
    return _Grid(spreads, skews, seeds, heads, label, width, row, head)


def _setting(value: float) -> str:
    return f"{value:g}"


def _verdict_counts(data: pd.DataFrame) -> list[int]:
    return [int((data["verdict"] == word).sum()) for word, *_ in VERDICTS]


def _k_range(k: pd.Series) -> str:
    low, high = int(k.min()), int(k.max())
    return str(low) if low == high else f"{low} to {high}"


def _ranges(data: pd.DataFrame) -> tuple[str, str]:
    """Ranges of k and of p."""
    k, p = data["k"].dropna(), data["p_value"].dropna()
    return (
        _k_range(k) if len(k) else "missing",
        _p_range(p) if len(p) else "missing",
    )


def _p_range(p: pd.Series) -> str:
    low, high = (p_text(one).removeprefix("p ").removeprefix("= ") for one in (p.min(), p.max()))
    return low if low == high else f"{low} to {high}"


def _heads(
    data: pd.DataFrame, spreads: Sequence[float], skews: Sequence[float], width: float
) -> dict[tuple[float, float], str]:
    """What stands above each panel."""
    heads = {}
    for spread in spreads:
        for skew in skews:
            cell = data[(data["within_sd"] == spread) & (data["count_skew"] == skew)]
            if cell.empty:
                heads[spread, skew] = "not made"
                continue
            counts = zip(VERDICTS, _verdict_counts(cell), strict=True)
            tally = ", ".join(f"{n}\N{NO-BREAK SPACE}{short}" for (_, short, *_), n in counts)
            k, p = _ranges(cell)
            ranges = f"k {k}, p {p}".replace(" ", "\N{NO-BREAK SPACE}").replace(
                ",\N{NO-BREAK SPACE}", ", "
            )
            heads[spread, skew] = "\n".join(
                style.fold(text, style.NOTE, width) for text in (tally, ranges)
            )
    return heads


def _draw_cell(axes: Axes, cell: pd.DataFrame, grid: _Grid, head: str, first: bool) -> None:
    axes.set_title(head, fontsize=style.NOTE, linespacing=1.2)
    axes.set_ylim(len(grid.seeds) - 0.4, -0.6)
    spare = 0.08 / grid.width
    axes.set_xlim(-spare, 1 + spare)
    axes.spines["bottom"].set_bounds(0, 1)
    axes.spines["left"].set_visible(False)
    wide = grid.width > 1.2
    ticks = [tick for tick in _TICKS if wide or tick in (0.0, 0.25, 1.0)]
    axes.set_xticks(np.sqrt(ticks), [f"{tick:g}" for tick in ticks])
    axes.axvline(np.sqrt(0.05), color=style.INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    named = first and grid.row >= _LEGIBLE
    labels = [_seed(seed) for seed in grid.seeds] if named else []
    style.name_rows(axes, labels, range(len(labels)), min(style.NOTE, grid.row * 52))
    axes.hlines(range(len(grid.seeds)), 0, 1, style.RULE, linewidth=0.4, zorder=0)
    place = {seed: row for row, seed in enumerate(grid.seeds)}
    for member in cell.dropna(subset="p_value").to_dict("records"):
        _draw_member(axes, member, place[member["seed"]], grid.row)


def _seed(seed: int) -> str:
    # A bare number such as 2017 would read as a year.
    return f"seed {seed}"


def _draw_member(axes: Axes, member: dict[str, Any], row: int, height: float) -> None:
    look = next((one for one in VERDICTS if one[0] == member["verdict"]), VERDICTS[-1])
    size = float(np.clip(height * 62, 2.0, 8.0))
    x = float(np.sqrt(member["p_value"]))
    axes.plot([x], [row], **_marker(look[2], look[3], size), zorder=3)
    if height >= _LEGIBLE and member["k"] == member["k"]:
        axes.text(
            *(x, row, f"{member['k']:.0f}"),
            size=0.68 * size,
            color=style.ink_on(look[3]),
            ha="center",
            va="center_baseline",
            zorder=4,
        )


def _marker(shape: str, fill: str, size: float) -> dict[str, Any]:
    return {
        "marker": shape,
        "markersize": size if shape != "D" else 0.88 * size,
        "linestyle": "none",
        "markerfacecolor": fill,
        "markeredgecolor": style.INK,
        "markeredgewidth": 0.7,
    }


def _draw_key(page: style.Page, bottom: float) -> None:
    looks = [(_marker(shape, fill, 7.0), word) for word, _, shape, fill in VERDICTS]
    style.draw_looks(page, bottom, looks)


def _tally(data: pd.DataFrame) -> str:
    counts = zip(VERDICTS, _verdict_counts(data), strict=True)
    parts = [f"“{word}” for {n}" for (word, *_), n in counts]
    return f"Of {count(len(data), 'reconstruction')} the verdict is {join(parts)}."


def _caption(data: pd.DataFrame, numbered: bool) -> str:
    draws = int(data["draws"].max())
    number = "; the number is how many clusters the test chose (k)" if numbered else ""
    return (
        "Each marker is a reconstruction that satisfies every published figure that was fitted; "
        f"rows are seeds, alike in all panels{number}. Dashed: p = 0.05; {count(draws, 'draw')} of "
        "the two-level null each. The verdict also asks whether trusts differ, whether every "
        "cluster comes back under resampled staff, and how small clusters are. Spread and skew "
        f"were published nowhere.{_as_reported(data)}"
    )


def _as_reported(data: pd.DataFrame) -> str:
    """The range of p at the number of clusters that the report settled on."""
    known = data.dropna(subset=["report_k", "report_p_value"])
    if known.empty:
        return ""
    p = _p_range(known["report_p_value"])
    return f" With {_k_range(known['report_k'])} clusters, as reported, p is {p}."


def _alt(data: pd.DataFrame) -> str:
    counts = _verdict_counts(data)
    k, p = _ranges(data)
    agree = sum(n > 0 for n in counts) == 1
    meaning = (
        "All agree."
        if agree
        else "They disagree, so the published figures do not determine the verdict."
    )
    return f"{_tally(data)} k: {k}; p: {p}. {meaning}{_as_reported(data)}"
