"""What changed between waves: for each item a dot and its interval, a panel for each stratum.

Panels come in this order: all respondents for each two successive waves; then, for the last two
waves, each role and each age of trust. Where not all of them find room, earlier waves give way
first and ages of trust next; what is left out is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.words import count, decimal, join, plain, stratum_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = (
    *("from_wave", "to_wave", "stratum", "block", "item", "label"),
    *("n_mats", "change", "ci_low", "ci_high", "draws"),
)
_ROLES = ("ceo", "central_team", "school_leader")
_ACROSS, _ROW, _LEAST_ROW, _MOST_ROOM = 6, 0.19, 0.145, 11.5
#: Inches of the narrowest panel.
_NARROWEST = 0.72
_SCALE = "Change in points"
_AXIS, _GAP, _LABEL = 0.42, 0.1, 1.6
#: Changes on a slide.
_ON_SLIDE = 10
_CAPTION = (
    "Mean over trusts of their own change (later mean less earlier mean, in points of the earlier "
    "wave's scale), and its 95% interval from resampled trusts. A filled dot: the interval leaves "
    "out 0; a hollow one: it holds 0, or one trust alone gives no interval. Of many intervals "
    "about one in twenty leaves out 0 by chance, of ten trusts one in twelve, of five one in "
    "eight. A trust's staff need not be the same people."
)


@dataclass(frozen=True)
class _Panel:
    """One stratum between two waves."""

    earlier: str
    later: str
    stratum: str

    @property
    def waves(self) -> str:
        """Both, with nothing but an arrow between them, so that a line can break at it."""
        return f"{self.earlier} \N{RIGHTWARDS ARROW} {self.later}"

    @property
    def title(self) -> str:
        """Of a panel, without its waves."""
        return stratum_title(self.stratum)


@style.styled
def draw_changes(changes: pd.DataFrame, labels: Mapping[tuple[str, str], str]) -> Drawing:
    """Draw the change of each item, for everybody, by role and by age of trust.

    Parameters
    ----------
    changes : DataFrame
        Columns of ``changes.csv``; waves in order of date.
    labels : mapping of (block, item) to str
        What figures call the items; one that is not there goes by its name.

    Returns
    -------
    Drawing
        With one wave, or without an item that two waves share and a trust that answered it in
        both, it says that there is nothing to draw. Its data are the rows that are drawn.
    """
    name, title = "changes", "What changed between waves"
    known = changes[changes["n_mats"].astype(float) > 0]
    if known.empty:
        reason = "Change needs an item that the same trust answered in two waves; there is none."
        return nothing_to_draw(name, title, reason)
    data = _data(known, labels)
    if style.on_slide():
        return _largest(name, title, data)
    grid = _grid(data)
    caption = f"{_CAPTION} {_left_out(data, grid)}".strip()
    data = data[[panel in grid.panels for panel in _panels_of(data)]].reset_index(drop=True)
    page = style.new_page(title, grid.subtitle, caption, grid.band * grid.bands)
    for place, panel in enumerate(grid.panels):
        band, column = divmod(place, grid.across)
        bottom = (grid.bands - band - 1) * grid.band + _AXIS
        left = grid.label + column * (grid.width + _GAP)
        axes = page.axes(left, bottom, grid.width, grid.height)
        _draw_panel(axes, data[[one == panel for one in _panels_of(data)]], grid, data)
        axes.text(
            *(0, 1 + 0.06 / grid.height, grid.heads[place]),
            size=style.NOTE,
            va="bottom",
            linespacing=1.2,
            transform=axes.transAxes,
        )
        if column == 0:
            _name_rows(axes, grid)
            _name_scales(page, grid, bottom, min(grid.across, len(grid.panels) - place))
    return Drawing(name, title, caption, page.figure, data, _alt(data))


def _largest(name: str, title: str, data: pd.DataFrame) -> Drawing:
    """What a slide shows: the items that everybody's answers changed most on."""
    last = next(one for one in reversed(_ordered(data)) if one.stratum == "all")
    of_all = data[[one == last for one in _panels_of(data)]]
    order = of_all["change"].astype(float).abs().sort_values(ascending=False, kind="stable").index
    shown = of_all.loc[order[:_ON_SLIDE]].sort_values("change", ascending=False, kind="stable")
    if len(shown) < len(of_all):
        title = f"{title}: {len(shown)} largest of {count(len(of_all), 'change')}"
    said = f"{last.waves}; points, with 95% intervals; filled: the interval leaves out 0"
    texts = [
        f"{label} ({plain(block).lower()})"
        for label, block in zip(shown["label"], shown["block"], strict=True)
    ]
    labels = style.row_labels(texts, 0.24, 2.4)
    height = labels.row * len(shown)
    page = style.new_page(title, said, _CAPTION, height + 0.4)
    axes = page.axes(labels.width, 0.38, page.width - labels.width - 0.05, height)
    _draw_marks(axes, shown, np.arange(len(shown)), _reach(shown))
    style.label_rows(axes, labels.texts)
    style.name_axis(axes, _SCALE)
    return Drawing(name, title, _CAPTION, page.figure, shown.reset_index(drop=True), _alt(data))


def _data(known: pd.DataFrame, labels: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    data = known.assign(
        from_wave=known["from_wave"].astype(str),
        to_wave=known["to_wave"].astype(str),
        label=[
            labels.get((block, item), plain(item))
            for block, item in known[["block", "item"]].itertuples(index=False)
        ],
    )
    return data[list(COLUMNS)].reset_index(drop=True)


def _panels_of(data: pd.DataFrame) -> list[_Panel]:
    """The panel of each row."""
    return [
        _Panel(*row)
        for row in data[["from_wave", "to_wave", "stratum"]].itertuples(index=False, name=None)
    ]


@dataclass(frozen=True)
class _Grid:
    """Which panels are drawn, their words, and sizes in inches."""

    panels: list[_Panel]
    heads: list[str]
    #: Names of blocks and items with their places, from the top.
    blocks: dict[str, int]
    items: dict[tuple[str, str], int]
    names: list[str]
    #: The waves, where all panels are of the same two.
    subtitle: str
    across: int
    label: float
    width: float
    row: float
    head: float

    @property
    def n_rows(self) -> int:
        """Rows of a panel."""
        return len(self.names)

    @property
    def height(self) -> float:
        """Of a panel."""
        return self.row * self.n_rows

    @property
    def band(self) -> float:
        """Of a row of panels with all its words."""
        return self.height + self.head + _AXIS

    @property
    def bands(self) -> int:
        """Rows of panels."""
        return -(-len(self.panels) // self.across)


def _grid(data: pd.DataFrame) -> _Grid:
    blocks: dict[str, int] = {}
    items: dict[tuple[str, str], int] = {}
    names: list[str] = []
    listed = data[["block", "item", "label"]].drop_duplicates(["block", "item"])
    for block in dict.fromkeys(listed["block"]):
        if listed["block"].nunique() > 1:
            blocks[block] = len(names)
            names.append(plain(block))
        of_block = listed.loc[listed["block"] == block, ["item", "label"]]
        for item, label in of_block.itertuples(index=False, name=None):
            items[block, item] = len(names)
            names.append(style.shorten(label, style.TICK, _LABEL))
    every = _ordered(data)
    label = style.label_width(names) + 0.1
    # How many find room decides how many stand side by side, and that how wide each is.
    most = _most_across(label)
    packed = _heads(every, data, _width(label, min(most, len(every))))
    bands = -(-len(every) // most)
    row = max(_LEAST_ROW, min(_ROW, (_MOST_ROOM / bands - packed.height - _AXIS) / len(names)))
    room = max(1, int(_MOST_ROOM / (row * len(names) + packed.height + _AXIS))) * most
    panels = _chosen(every, room)
    across = -(-len(panels) // -(-len(panels) // most))
    width = _width(label, across)
    heads = _heads(panels, data, width)
    return _Grid(
        *(panels, heads.words, blocks, items, names, heads.shared),
        *(across, label, width, row, heads.height),
    )


def _most_across(label: float) -> int:
    """How many panels stand side by side at most."""
    room = style.page_width() - 0.34 - label + _GAP
    return min(max(int(room / (_NARROWEST + _GAP)), 1), _ACROSS)


def _width(label: float, across: int) -> float:
    """Inches of each of some panels side by side."""
    return min((style.page_width() - 0.34 - label - _GAP * (across - 1)) / across, 2.8)


@dataclass(frozen=True)
class _Heads:
    """What stands above each panel, how high it is, and what all have in common."""

    words: list[str]
    height: float
    shared: str


def _heads(panels: Sequence[_Panel], data: pd.DataFrame, width: float) -> _Heads:
    spans = list(dict.fromkeys(panel.waves for panel in panels))
    alone = len(spans) == 1 and len(panels) > 1
    words = [_words(panel, data, width, not alone) for panel in panels]
    lines = max(text.count("\n") + 1 for text in words)
    return _Heads(words, lines * style.line_height(style.NOTE) + 0.14, spans[0] if alone else "")


def _ordered(data: pd.DataFrame) -> list[_Panel]:
    """All panels in their order: everybody for each two waves, then the strata of the last two."""
    every = list(dict.fromkeys(_panels_of(data)))
    last = (every[-1].earlier, every[-1].later)
    return [panel for panel in every if panel.stratum == "all"] + [
        panel for panel in every if panel.stratum != "all" and (panel.earlier, panel.later) == last
    ]


def _chosen(every: Sequence[_Panel], room: int) -> list[_Panel]:
    """The panels that find room, in their order."""
    everybody = [panel for panel in every if panel.stratum == "all"]
    others = [panel for panel in every if panel.stratum != "all"]
    roles = [panel for panel in others if panel.stratum in _ROLES]
    ages = [panel for panel in others if panel.stratum not in _ROLES]
    ranked = [*everybody[-1:], *roles, *ages, *everybody[-2::-1]]
    kept = ranked[:room]
    return [panel for panel in every if panel in kept]


def _words(panel: _Panel, data: pd.DataFrame, width: float, with_waves: bool) -> str:
    """What stands above a panel: the stratum, the waves unless all share them, how many trusts."""
    of_panel = data[[one == panel for one in _panels_of(data)]]
    low, high = int(of_panel["n_mats"].min()), int(of_panel["n_mats"].max())
    trusts = count(high, "trust") if low == high else f"{low:,} to {count(high, 'trust')}"
    said = [panel.title, *([panel.waves] if with_waves else []), trusts]
    return "\n".join(style.fold(text, style.NOTE, width) for text in said)


def _left_out(data: pd.DataFrame, grid: _Grid) -> str:
    """Name the panels that found no room, and say where the other strata are."""
    left_out = [panel for panel in _ordered(data) if panel not in grid.panels]
    said = []
    if left_out:
        names = [f"{panel.title} ({panel.earlier} to {panel.later})" for panel in left_out]
        said.append(f"Left out for want of room: {join(names)}.")
    if len({(panel.earlier, panel.later) for panel in _panels_of(data)}) > 1:
        said.append("Roles and ages of trust: the last two waves; changes.csv has all.")
    return " ".join(said)


def _name_rows(axes: Axes, grid: _Grid) -> None:
    labels = [
        "" if place in grid.blocks.values() else name for place, name in enumerate(grid.names)
    ]
    style.label_rows(axes, labels, 0)
    for block, place in grid.blocks.items():
        axes.text(
            *(-grid.label / grid.width, place + 0.1, plain(block)),
            size=style.TICK,
            color=style.GREY,
            va="center",
            transform=axes.get_yaxis_transform(),
        )


def _name_scales(page: style.Page, grid: _Grid, bottom: float, across: int) -> None:
    """Say what the scale is: below each panel, or once below a row of narrow ones."""
    words = style.text_width(_SCALE, style.LABEL)
    style.need(grid.label + across * (grid.width + _GAP), words)
    each = grid.width >= words
    middles = [grid.label + at * (grid.width + _GAP) + grid.width / 2 for at in range(across)]
    for middle in middles if each else [(middles[0] + middles[-1]) / 2]:
        page.text(middle, bottom - 0.32, _SCALE, size=style.LABEL, ha="center")


def _draw_panel(axes: Axes, of_panel: pd.DataFrame, grid: _Grid, data: pd.DataFrame) -> None:
    axes.set_ylim(grid.n_rows - 0.5, -0.5)
    axes.hlines(list(grid.items.values()), -99, 99, style.RULE, linewidth=0.4, zorder=0)
    places = np.array(
        [grid.items[key] for key in of_panel[["block", "item"]].itertuples(index=False, name=None)]
    )
    _draw_marks(axes, of_panel, places, _reach(data))


def _reach(data: pd.DataFrame) -> float:
    """How far the scale goes to either side."""
    far = np.abs(data[["change", "ci_low", "ci_high"]].to_numpy(dtype=float))
    return max(1.06 * float(np.nanmax(far)), 0.5)


def _draw_marks(axes: Axes, of_panel: pd.DataFrame, places: NDArray[np.int_], reach: float) -> None:
    """Changes with their intervals, on a scale that reaches as far to either side."""
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(-reach, reach)
    step = next((one for one in (0.5, 1.0, 2.0, 5.0, 10.0) if 2.5 * one > reach), reach / 2)
    # A number at the very edge would run into that of the next panel.
    ticks = [step * place for place in (-2, -1, 0, 1, 2) if step * abs(place) <= 0.92 * reach]
    axes.set_xticks(ticks, [f"{'−' if tick < 0 else ''}{abs(tick):g}" for tick in ticks])
    axes.axvline(0, color=style.GREY, linewidth=0.8, zorder=1)
    low, high = (of_panel[name].to_numpy(dtype=float) for name in ("ci_low", "ci_high"))
    axes.hlines(places, low, high, style.PALETTE[0], linewidth=1.3, zorder=3)
    filled = (low > 0) | (high < 0)
    middle = of_panel["change"].to_numpy(dtype=float)
    for chosen, face in ((filled, style.PALETTE[0]), (~filled, style.PAPER)):
        axes.plot(
            *(middle[chosen], places[chosen], "o"),
            markersize=4,
            markerfacecolor=face,
            markeredgecolor=style.PALETTE[0],
            markeredgewidth=0.9,
            zorder=4,
        )


def _alt(data: pd.DataFrame) -> str:
    """The last two waves, everybody: how many items changed, and which the most."""
    panel = next(one for one in reversed(_ordered(data)) if one.stratum == "all")
    of_panel = data[[one == panel for one in _panels_of(data)]]
    low, high = of_panel["ci_low"], of_panel["ci_high"]
    rose, fell = int((low > 0).sum()), int((high < 0).sum())
    first = (
        f"From {panel.earlier} to {panel.later}, of {count(len(of_panel), 'item')} that both waves "
        f"asked, the 95% interval of all respondents lies above 0 for {rose} and below 0 for "
        f"{fell}."
    )
    ends = of_panel.sort_values("change", kind="stable").iloc[[-1, 0][: len(of_panel)]]
    told = [
        f"{label} {decimal(change)}{_interval(*interval)}"
        for label, change, *interval in ends[["label", "change", "ci_low", "ci_high"]].itertuples(
            index=False, name=None
        )
    ]
    words = "The mean changes go from" if len(told) > 1 else "The mean change is"
    return f"{first} {words} {' to '.join(told[::-1])}."


def _interval(low: float, high: float) -> str:
    return "" if np.isnan(low) else f" (95% interval {decimal(low)} to {decimal(high)})"
