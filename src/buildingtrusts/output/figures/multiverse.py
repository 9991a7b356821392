"""The specification curve: how the evidence fares under every way to make the clusters.

Specifications are ranked by p and not by silhouette, which cannot be compared between metrics,
scalings or numbers of clusters; each p is held against the null of its own data. Reference:
Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020), doi:10.1038/s41562-020-0912-z.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.words import count, decimal, join, p_text, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("panel", "k", "axis", "option", "place", "value", "low", "high", "n")
NAME, TITLE = "multiverse", "The evidence under every way to make the clusters"
LEVEL = 0.05
#: Columns that specifications of one k are gathered in, from the lowest p to the highest.
BINS = 30

#: Axes as they are named here, with the options whose names are not plain.
_AXES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "linkage": ("Linkage", {}),
    "metric": ("Distance", {}),
    "scaling": ("Scaling", {"none": "As answered", "zscore": "z-scores"}),
    "statistic": ("Average", {}),
    "min_responses": ("Responses", {}),
    "roles": ("Roles", {"without_ceo": "Without CEOs", "role_standardised": "One mix of roles"}),
    "answers": ("Answers", {"complete": "Complete cases"}),
}
_P_HEIGHT, _RAND_HEIGHT, _ROW, _GAP = 1.3, 0.75, 0.13, 0.06
#: Above the panels for their heads, between them, beside them, and below for axis and key.
_ABOVE, _BETWEEN, _ASIDE, _BELOW = 0.6, 0.14, 0.12, 0.6
_OWN = style.PALETTE[3]
_DIAMOND: dict[str, Any] = {
    **{"color": _OWN, "marker": "D", "markersize": 4.0, "markeredgecolor": style.PAPER},
    **{"markeredgewidth": 0.6, "linestyle": "none"},
}
_CAPTION = (
    "A column for each number of clusters has its specifications from left to right by p: the "
    "chance of as large a silhouette in studies without clusters, drawn for the specification's "
    "own data (two-level null). Silhouettes themselves cannot be compared between "
    "distances or scalings. Dashed: what studies without clusters give on average; but all "
    "specifications rest on the same answers and leave it together, so that the share at p ≤ 0.05 "
    "is no test. Adjusted Rand index: agreement with the reported partition of as many clusters, "
    "else with the last reported (1 = the same, 0 = as by chance); line: median, band: from the "
    "10% to the 90% point. Shades: how often a choice is made there."
)


@dataclass(frozen=True)
class _Row:
    """An option of an axis: its words, and the middle of its row in inches from the top."""

    axis: str
    option: str
    label: str
    middle: float


@style.styled
def draw_multiverse(multiverse: pd.DataFrame) -> Drawing:
    """Draw a multiverse as a specification curve, for each number of clusters.

    Parameters
    ----------
    multiverse : DataFrame
        Columns of ``multiverse.csv``.

    Returns
    -------
    Drawing
        Its data have, by ``panel``, a row a step of the curve (``p_value``: ``place`` is the
        percentage of the ``n`` specifications with that p or a smaller one), a row a bin
        (``adjusted_rand``: median, 10% and 90% point), a row a bin and option (``choice``: how
        often it is made there over how often it is made at that k), the share of specifications
        at p of .05 or less (``share``, in percent), and what is known of the reported
        specification (``reported``). Specifications of one p are spread evenly over its bins.
    """
    if multiverse.empty:
        return nothing_to_draw(NAME, TITLE, "No specification of this wave makes sense.")
    rows = _rows(multiverse)
    columns = [_column_data(of_k, rows) for _, of_k in multiverse.groupby("k")]
    data = pd.concat(columns, ignore_index=True)
    title = f"{TITLE}: {count(len(multiverse), 'specification')}"
    caption = f"{_reported_words(data)} {_CAPTION}"
    height = rows[-1].middle + _ROW / 2
    room = _BELOW + height + _RAND_HEIGHT + _P_HEIGHT + 2 * _BETWEEN + _ABOVE
    page = style.new_page(title, "", caption, room)
    _draw_columns(page, data, rows, height)
    return Drawing(NAME, title, caption, page.figure, data, _alt(multiverse))


def _rows(multiverse: pd.DataFrame) -> list[_Row]:
    rows: list[_Row] = []
    top = 0.0
    for axis, (_, words) in _AXES.items():
        options = list(dict.fromkeys(multiverse[axis]))
        for option in sorted(options) if axis == "min_responses" else options:
            label = words.get(option, plain(str(option)))
            label = f"{option} or more" if axis == "min_responses" else label
            rows.append(_Row(axis, str(option), label, top + _ROW / 2))
            top += _ROW
        top += _GAP
    return rows


_Mark = tuple[object, ...]


def _column_data(of_k: pd.DataFrame, rows: Sequence[_Row]) -> pd.DataFrame:
    """All values drawn in one column of panels."""
    low = int((of_k["p_value"] <= LEVEL).sum())
    bins = _bins(of_k["p_value"].to_numpy(dtype=float))
    marks = [
        *_curve_marks(of_k["p_value"]),
        *_rand_marks(of_k["adjusted_rand"].to_numpy(dtype=float), bins),
        *(mark for row in rows for mark in _choice_marks(of_k[row.axis], row, bins)),
        ("share", "", "", None, 100 * low / len(of_k), None, None, low),
        *_reported_marks(of_k),
    ]
    frame = pd.DataFrame(marks, columns=[name for name in COLUMNS if name != "k"])
    frame.insert(1, "k", int(of_k["k"].iloc[0]))
    return frame.astype({**dict.fromkeys(("place", "value", "low", "high"), float), "n": "Int64"})


def _bins(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much of each specification lies in each bin, by p; shape (n_bins, n).

    Specifications of one p have no order among themselves: each lies evenly over their places.
    """
    n = len(p)
    edges = np.linspace(0, n, min(BINS, n) + 1)
    ordered = np.sort(p)
    first, last = (np.searchsorted(ordered, p, side) for side in ("left", "right"))
    shared = np.minimum(edges[1:, None], last) - np.maximum(edges[:-1, None], first)
    inside: NDArray[np.float64] = np.maximum(shared, 0) / (last - first)
    return inside


def _places(bins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Middle of each bin, in percent."""
    return 100 * (np.arange(len(bins)) + 0.5) / len(bins)


def _curve_marks(p: pd.Series) -> Iterator[_Mark]:
    steps = p.value_counts().sort_index()
    ends = 100 * steps.cumsum() / len(p)
    for one, n in steps.items():
        yield ("p_value", "", "", ends[one], one, None, None, n)


def _rand_marks(rand: NDArray[np.float64], bins: NDArray[np.float64]) -> Iterator[_Mark]:
    order = np.argsort(rand, kind="stable")[: int(np.isfinite(rand).sum())]
    for place, inside in zip(_places(bins), bins[:, order], strict=True):
        below = np.cumsum(inside)
        found = [np.nan] * 3
        if len(below) and below[-1] > 0:
            # The least value that so large a share of the bin does not exceed.
            at = np.searchsorted(below, np.array((0.5, 0.1, 0.9)) * below[-1] - 1e-9)
            found = rand[order[at]].tolist()
        yield ("adjusted_rand", "", "", place, *found, None)


def _choice_marks(options: pd.Series, row: _Row, bins: NDArray[np.float64]) -> Iterator[_Mark]:
    made = (options.astype(str) == row.option).to_numpy(dtype=float)
    shares = np.einsum("bn,n->b", bins, made) / bins.sum(axis=1)
    for place, share in zip(_places(bins), shares / (made.mean() or 1.0), strict=True):
        yield ("choice", row.axis, row.option, place, share, None, None, None)


def _reported_marks(of_k: pd.DataFrame) -> Iterator[_Mark]:
    p = of_k["p_value"]
    for _, own in of_k[of_k["is_report"] == 1].iterrows():
        below, up_to = (p < own["p_value"]).mean(), (p <= own["p_value"]).mean()
        place = 50 * (below + up_to)
        for axis in ("p_value", "adjusted_rand", "mean_silhouette"):
            yield ("reported", axis, "", place, own[axis], None, None, 1)
        for axis in _AXES:
            yield ("reported", axis, str(own[axis]), place, None, None, None, 1)


@dataclass(frozen=True)
class _Layout:
    """Inches from the lower left corner of the room; heights of the lowest panels."""

    names: float
    aside: float
    width: float
    choices: float

    @property
    def rand(self) -> float:
        return _BELOW + self.choices + _BETWEEN

    @property
    def curve(self) -> float:
        return self.rand + _RAND_HEIGHT + _BETWEEN

    @property
    def top(self) -> float:
        return self.curve + _P_HEIGHT


def _draw_columns(
    page: style.Page, data: pd.DataFrame, rows: Sequence[_Row], height: float
) -> None:
    columns = [of_k for _, of_k in data.groupby("k")]
    names = style.label_width([name for name, _ in _AXES.values()]) + 0.2
    aside = names + style.label_width([row.label for row in rows]) + 0.1
    width = (page.width - aside - _ASIDE * (len(columns) - 1) - 0.08) / len(columns)
    layout = _Layout(names, aside, width, height)
    drawn = data[data["panel"].isin(["p_value", "adjusted_rand"])]
    lowest_p = float(drawn.loc[drawn["panel"] == "p_value", "value"].min())
    lowest_rand = float(np.fmin.reduce([0.0, *drawn["low"]]))
    for place, of_k in enumerate(columns):
        left = aside + place * (width + _ASIDE)
        panels = [
            page.axes(left, bottom, width, tall)
            for bottom, tall in (
                *((layout.curve, _P_HEIGHT), (layout.rand, _RAND_HEIGHT)),
                *((_BELOW, height),),
            )
        ]
        _draw_curve(panels[0], of_k, lowest_p, place == 0)
        _draw_rand(panels[1], of_k, lowest_rand, place == 0)
        _draw_choices(panels[2], of_k, rows, height)
        for axes in panels:
            axes.set_xlim(0, 100)
            axes.set_xticks([])
        _head_column(page, of_k, left, layout)
        _mark_reported(panels, of_k, rows)
    _name_rows(page, rows, data, layout)
    _name_panels(page, layout)


def _head_column(page: style.Page, of_k: pd.DataFrame, left: float, layout: _Layout) -> None:
    """Write the number of clusters, the share of low p, and the p reported; name the ends."""
    k = int(of_k["k"].iloc[0])
    share = float(of_k.loc[of_k["panel"] == "share", "value"].iloc[0])
    told = _fitting(layout.width, f"{decimal(share, 1)}% at p ≤ {LEVEL:g}", f"{decimal(share, 1)}%")
    page.text(left, layout.top + 0.45, count(k, "cluster"), size=style.LABEL)
    page.text(left, layout.top + 0.32, told, size=style.NOTE, color=style.GREY)
    page.text(left, _BELOW - 0.13, "0", size=style.TICK)
    page.text(left + layout.width, _BELOW - 0.13, "100%", size=style.TICK, ha="right")
    reported = of_k[(of_k["panel"] == "reported") & (of_k["axis"] == "p_value")]
    for place, p in reported[["place", "value"]].itertuples(index=False, name=None):
        words = _fitting(layout.width, f"Reported: {p_text(p)}", p_text(p))
        room = max(layout.width - style.text_width(words, style.NOTE), 0.0)
        start = left + min(max(place / 100 * layout.width - 0.3, 0.0), room)
        page.text(start, layout.top + 0.13, words, size=style.NOTE, va="baseline")


def _fitting(width: float, words: str, shorter: str) -> str:
    return words if style.text_width(words, style.NOTE) <= width else shorter


def _name_panels(page: style.Page, layout: _Layout) -> None:
    words = {"size": style.LABEL, "ha": "right", "va": "center"}
    page.text(layout.aside - 0.42, layout.curve + _P_HEIGHT / 2, "p", **words)
    page.text(layout.aside - 0.42, layout.rand + _RAND_HEIGHT / 2, "Adjusted\nRand index", **words)
    page.text(
        *(layout.aside, _BELOW - 0.3, "Specifications in order of p, in percent of the column"),
        size=style.LABEL,
    )
    shades = (
        *(("never", style.PAPER), ("as often as in the whole column", _shade(0.5))),
        *(("twice as often or more", _shade(1.0)),),
    )
    style.draw_swatches(
        page,
        _BELOW - 0.47,
        [
            ({"facecolor": colour, "edgecolor": style.GREY, "linewidth": 0.5}, f"made {name}")
            for name, colour in shades
        ],
    )


def _shade(share: float) -> str:
    return style.tint(style.PALETTE[0], 1 - share)


def _draw_curve(axes: Axes, of_k: pd.DataFrame, lowest: float, labelled: bool) -> None:
    curve = of_k[of_k["panel"] == "p_value"]
    places = np.append(0.0, curve["place"])
    foot = min(lowest, LEVEL) / 1.25
    axes.set_yscale("log")
    axes.set_ylim(foot, 1.1)
    axes.minorticks_off()
    ticks = [tick for tick in (0.01, LEVEL, 0.2, 1.0) if tick > foot]
    axes.set_yticks(ticks, [f"{tick:g}" if labelled else "" for tick in ticks])
    axes.axhspan(foot, LEVEL, color=style.SHADE, linewidth=0, zorder=0)
    even = np.geomspace(foot, 1, 50)
    axes.plot(100 * even, even, color=style.GREY, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    values = curve["value"].to_numpy()
    axes.plot(np.repeat(places, 2)[1:-1], np.repeat(values, 2), color=style.PALETTE[0], zorder=2)


def _draw_rand(axes: Axes, of_k: pd.DataFrame, lowest: float, labelled: bool) -> None:
    bins = of_k[of_k["panel"] == "adjusted_rand"]
    axes.fill_between(
        bins["place"], bins["low"], bins["high"], color=style.tint(style.PALETTE[1], 0.6), lw=0
    )
    axes.plot(bins["place"], bins["value"], color=style.PALETTE[1])
    axes.set_ylim(lowest - 0.04, 1.1)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"] if labelled else [""] * 3)


def _draw_choices(axes: Axes, of_k: pd.DataFrame, rows: Sequence[_Row], height: float) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("choices", [style.PAPER, style.PALETTE[0]])
    choices = of_k[of_k["panel"] == "choice"]
    for row in rows:
        made = choices[(choices["axis"] == row.axis) & (choices["option"] == row.option)]
        axes.imshow(
            made["value"].to_numpy()[None],
            extent=(0, 100, row.middle + 0.45 * _ROW, row.middle - 0.45 * _ROW),
            cmap=shades,
            vmin=0,
            vmax=2,
            aspect="auto",
            interpolation="nearest",
        )
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_visible(False)


def _mark_reported(panels: Sequence[Axes], of_k: pd.DataFrame, rows: Sequence[_Row]) -> None:
    """Mark the reported specification in all panels, with an arrow from its name above."""
    reported = of_k[of_k["panel"] == "reported"]
    if reported.empty:
        return
    place = float(reported["place"].iloc[0])
    values = reported.set_index("axis")["value"]
    own = _own_options(reported)
    where = [row.middle for row in rows if (row.axis, row.option) in own]
    heights = ([values["p_value"]], [values["adjusted_rand"]], where)
    for axes, of_panel in zip(panels, heights, strict=True):
        axes.axvline(place, color=_OWN, linewidth=0.8, zorder=3)
        axes.plot([place] * len(of_panel), of_panel, zorder=5, clip_on=False, **_DIAMOND)
    panels[0].annotate(
        "",
        xy=(place, values["p_value"]),
        xytext=(place, 1 + 0.11 / _P_HEIGHT),
        textcoords=panels[0].get_xaxis_transform(),
        arrowprops={"arrowstyle": "-|>", "color": _OWN, "linewidth": 0.8, "shrinkB": 3},
        annotation_clip=False,
    )


def _own_options(reported: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(reported["axis"], reported["option"], strict=True))


def _name_rows(page: style.Page, rows: Sequence[_Row], data: pd.DataFrame, layout: _Layout) -> None:
    own = _own_options(data[data["panel"] == "reported"])
    named = set()
    for row in rows:
        bottom = _BELOW + layout.choices - row.middle
        if row.axis not in named:
            named.add(row.axis)
            name = {"size": style.TICK, "va": "center_baseline", "color": style.GREY}
            page.text(0.0, bottom, _AXES[row.axis][0], **name)
        page.text(layout.names, bottom, row.label, size=style.TICK, va="center_baseline")
        if (row.axis, row.option) in own:
            x, y = page.place(layout.names - 0.08, bottom)
            page.figure.add_artist(Line2D([x], [y], **_DIAMOND))


def _reported_words(data: pd.DataFrame) -> str:
    if (data["panel"] == "reported").any():
        return "Diamonds and vertical line: the specification that is reported."
    return "The reported specification is not among them."


def _alt(multiverse: pd.DataFrame) -> str:
    by_k = multiverse.groupby("k")
    low = [
        f"{decimal(100 * (of_k['p_value'] <= LEVEL).mean(), 1)}% with {k} clusters"
        for k, of_k in by_k
    ]
    sentences = [
        f"Of {count(len(multiverse), 'specification')}, p under the two-level null is {LEVEL:g} or "
        f"less for {join(low)}."
    ]
    for k, of_k in by_k:
        half = of_k["adjusted_rand"].astype(float).median()
        agree = f"; the median adjusted Rand index of its column is {decimal(half)}"
        for _, own in of_k[of_k["is_report"] == 1].iterrows():
            sentences.append(
                f"The reported specification with {k} clusters has a mean silhouette of "
                f"{decimal(own['mean_silhouette'])} and {p_text(own['p_value'])}"
                f"{agree if half == half else ''}."
            )
    return " ".join(sentences)
