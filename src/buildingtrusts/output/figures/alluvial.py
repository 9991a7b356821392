"""Where trusts went from wave to wave: a bar for each type, a ribbon for those who went there.

Bars of one type have one colour in all waves and stand in one order. Heights are numbers of trusts,
on one scale for the whole figure. Five waves stand side by side; more go on in a further row, which
begins with the last wave of the row before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.words import count, decimal, join

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = (
    *("mark", "k", "from_wave", "from_cluster", "from_type"),
    *("to_wave", "to_cluster", "to_type", "n"),
)
_SIDE_BY_SIDE = 5
#: Inches: width of a bar, gap between bars, length of a stub, words above and below.
_BAR, _GAP, _STUB, _FOOT = 0.62, 0.09, 0.26, 0.36
#: Inches of all bars of the fullest wave, and of the tallest row.
_HEIGHT, _LEAST_SLOT = 2.5, 0.13
#: Inches of a ribbon or stub below which it has no number.
_READABLE = 0.8 * style.line_height(style.NOTE)
#: Moves that the alternative text tells one by one.
_TOLD = 3
_CAPTION = (
    "Bars: clustered trusts by type. Ribbons, in the colour of the type they come from: trusts "
    "clustered in both waves. A grey stub with a minus sign: trusts not clustered in the next "
    "wave; with a plus sign: trusts not clustered in the wave before. Types are matched by the "
    "items that both waves asked. Adjusted Rand index: 1 = the same partition, 0 = as by chance."
)


@dataclass(frozen=True)
class _Bar:
    """One cluster of one wave: its type, its trusts, and where it stands in inches."""

    cluster: int
    type_id: int
    n: int
    low: float
    high: float


@dataclass(frozen=True)
class _Flow:
    """Trusts that went from one cluster to another."""

    earlier: int
    later: int
    n: int


@dataclass(frozen=True)
class _Journey:
    """Everything drawn: bars by wave, flows and agreement by the place of the earlier wave."""

    waves: tuple[str, ...]
    bars: tuple[tuple[_Bar, ...], ...]
    flows: tuple[tuple[_Flow, ...], ...]
    agreement: tuple[tuple[int, float], ...]
    #: Inches that one trust takes, and that the highest wave takes.
    unit: float
    height: float


@style.styled
def draw_transitions(
    transitions: pd.DataFrame, agreement: pd.DataFrame, types: pd.DataFrame, k: int
) -> Drawing:
    """Draw trusts' ways between the clusters of successive waves.

    Parameters
    ----------
    transitions : DataFrame
        Columns of ``transitions.csv``.
    agreement : DataFrame
        Columns of ``wave_agreement.csv``.
    types : DataFrame
        ``wave, k, cluster, type_id, n_mats, matched_wave``, waves in order of date.
    k : int
        Clusters wanted; where no two waves have so many, the nearest number that two have.

    Returns
    -------
    Drawing
        With one wave it says that there is nothing to draw. Its data have a row for each bar,
        ribbon and stub; numbers of ribbons too thin for a number stand there alone.
    """
    name, title = "transitions", "Where trusts went from wave to wave"
    if transitions.empty:
        reason = "Transitions need two waves with the same number of clusters; this study has none."
        return nothing_to_draw(name, title, reason)
    made = sorted(int(one) for one in transitions["k"].unique())
    drawn = min(made, key=lambda one: (abs(one - k), one))
    journey = _journey(*(frame[frame["k"] == drawn] for frame in (transitions, agreement, types)))
    rows = list(_rows(len(journey.waves)))
    title = f"{title}: {drawn} clusters"
    thin = any(flow.n * journey.unit < _READABLE for flows in journey.flows for flow in flows)
    caption = f"{_CAPTION} Thin ribbons: transitions.csv has their numbers." if thin else _CAPTION
    caption += _own_types(types[types["k"] == drawn])
    head = _head(journey)
    room = (journey.height + head + _FOOT) * len(rows)
    page = style.new_page(title, "", caption, room)
    for number, places in enumerate(rows):
        bottom = room - (number + 1) * (journey.height + head + _FOOT) + _FOOT
        axes = page.axes(0, bottom, page.width, journey.height)
        axes.set_xlim(0, page.width)
        axes.set_ylim(0, journey.height)
        axes.set_axis_off()
        _draw_row(axes, journey, places)
    data = _data(journey, drawn)
    return Drawing(name, title, caption, page.figure, data, _alt(journey, drawn))


def _own_types(types: pd.DataFrame) -> str:
    """Say which waves' types are not those of the first wave, though they share their numbers."""
    first = str(types["wave"].iloc[0])
    root: dict[str, str] = {}
    for wave, matched in zip(types["wave"].astype(str), types["matched_wave"], strict=True):
        root.setdefault(wave, wave if pd.isna(matched) else root.get(str(matched), first))
    apart = [wave for wave, start in root.items() if start != first]
    if not apart:
        return ""
    return (
        f" The types of {join(apart)} are not those of {first}, though they share "
        "numbers and colours: original answers are not matched to made-up ones."
    )


def _rows(n_waves: int) -> Iterator[range]:
    """Places of the waves of each row; a further row repeats the last wave of the one before."""
    start = 0
    while start == 0 or start < n_waves - 1:
        yield range(start, min(start + _SIDE_BY_SIDE, n_waves))
        start += _SIDE_BY_SIDE - 1


def _journey(transitions: pd.DataFrame, agreement: pd.DataFrame, types: pd.DataFrame) -> _Journey:
    names = types["wave"].astype(str)
    waves = tuple(dict.fromkeys(names))
    totals = [int(types.loc[names == wave, "n_mats"].sum()) for wave in waves]
    unit = style.height_of(_HEIGHT, 1.36) / max(totals)
    slots = [
        [max(n * unit, _LEAST_SLOT) + _GAP for n in types.loc[names == wave, "n_mats"]]
        for wave in waves
    ]
    height = max(sum(one) - _GAP for one in slots)
    bars = tuple(_bars(types[names == wave], unit, height) for wave in waves)
    flows, agree = [], []
    for earlier, later in pairwise(waves):
        of_pair = transitions[_between(transitions, earlier, later)]
        flows.append(
            tuple(
                _Flow(int(start), int(end), int(n))
                for start, end, n in of_pair[["from_cluster", "to_cluster", "n"]].to_numpy()
                if n
            )
        )
        found = agreement[_between(agreement, earlier, later)]
        agree.append((int(found["n_mats"].sum()), float(found["adjusted_rand"].sum(min_count=1))))
    return _Journey(waves, bars, tuple(flows), tuple(agree), unit, height)


def _between(table: pd.DataFrame, earlier: str, later: str) -> pd.Series:
    of_pair: pd.Series = (table["from_wave"].astype(str) == earlier) & (
        table["to_wave"].astype(str) == later
    )
    return of_pair


def _bars(of_wave: pd.DataFrame, unit: float, height: float) -> tuple[_Bar, ...]:
    """Bars from top to bottom in the order of types, spread over the whole height."""
    ordered = of_wave.sort_values("type_id", kind="stable")
    rows = [tuple(map(int, row)) for row in ordered[["cluster", "type_id", "n_mats"]].to_numpy()]
    slots = [max(n * unit, _LEAST_SLOT) for *_, n in rows]
    gap = (height - sum(slots)) / (len(rows) - 1) if len(rows) > 1 else 0.0
    found, top = [], height if len(rows) > 1 else (height + slots[0]) / 2
    for (cluster, type_id, n), slot in zip(rows, slots, strict=True):
        middle = top - slot / 2
        found.append(_Bar(cluster, type_id, n, middle - n * unit / 2, middle + n * unit / 2))
        top -= slot + gap
    return tuple(found)


def _pitch(places: range, width: float) -> float:
    """Inches from one bar to the next in a row; few waves do not fill the page's width."""
    return min((width - _BAR) / max(len(places) - 1, 1), 2.6)


def _wave_width(journey: _Journey) -> float:
    return min(1.5, _pitch(next(_rows(len(journey.waves))), style.inner_width()) - 0.08)


def _head(journey: _Journey) -> float:
    """Room above a row for the names of its waves."""
    lines = [style.fold(wave, style.LABEL, _wave_width(journey), 3) for wave in journey.waves]
    most = max(text.count("\n") for text in lines) + 2
    return most * style.line_height(style.LABEL) + 0.1


def _draw_row(axes: Axes, journey: _Journey, places: range) -> None:
    width = axes.get_xlim()[1]
    pitch = _pitch(places, width)
    start = (width - pitch * (len(places) - 1) - _BAR) / 2
    for column, place in enumerate(places):
        left = start + column * pitch
        _draw_wave(axes, journey, place, left, len(places))
        if column + 1 < len(places):
            _draw_flows(axes, journey, place, left + _BAR, left + pitch)
            _write_agreement(axes, journey.agreement[place], left + _BAR, left + pitch)
    for column, place in enumerate(places):
        left = start + column * pitch
        if column + 1 < len(places):
            _draw_stubs(axes, journey, place, left + _BAR, leaving=True)
        if column:
            _draw_stubs(axes, journey, place - 1, left, leaving=False)


def _draw_wave(axes: Axes, journey: _Journey, place: int, left: float, n_columns: int) -> None:
    middle, top = left + _BAR / 2, journey.height
    words = style.fold(journey.waves[place], style.LABEL, _wave_width(journey), 3)
    total = count(sum(bar.n for bar in journey.bars[place]), "trust")
    edge = axes.get_xlim()[1]
    widest = style.label_width([*words.split("\n"), total], style.LABEL) / 2
    middle = min(max(middle, widest), edge - widest)
    axes.text(
        *(middle, top + 0.06, f"{words}\n{total}"),
        size=style.LABEL,
        ha="center",
        va="bottom",
        linespacing=1.2,
    )
    for bar in journey.bars[place]:
        _draw_bar(axes, bar, left)


def _draw_bar(axes: Axes, bar: _Bar, left: float) -> None:
    colour = style.colour_of(bar.type_id)
    deep, line = bar.high - bar.low, style.line_height(style.NOTE)
    axes.add_patch(Rectangle((left, bar.low), _BAR, deep, facecolor=colour, zorder=3))
    words = f"Type {bar.type_id}: {bar.n}"
    if bar.cluster != bar.type_id and deep >= 2 * line:
        words = f"{words}\n(cluster {bar.cluster})"
    fits = deep >= line
    axes.text(
        *(left + _BAR / 2, (bar.low + bar.high) / 2, words),
        size=style.NOTE,
        ha="center",
        va="center" if "\n" in words else "center_baseline",
        linespacing=1.2,
        color=style.ink_on(colour) if fits else style.INK,
        # On a bar thinner than its words they have a ground of their own.
        bbox=None if fits else {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.3},
        zorder=6,
    )


def _draw_flows(axes: Axes, journey: _Journey, place: int, left: float, right: float) -> None:
    starts, ends = _edges(journey, place)
    types = {bar.cluster: bar.type_id for bar in journey.bars[place]}
    for flow in journey.flows[place]:
        key = (flow.earlier, flow.later)
        deep = flow.n * journey.unit
        colour = style.tint(style.colour_of(types[flow.earlier]), 0.55)
        axes.add_patch(_ribbon(left, right, starts[key], ends[key], deep, colour))
        if deep >= _READABLE:
            axes.text(
                *(left + 0.05, starts[key] - deep / 2, str(flow.n)),
                size=style.NOTE,
                ha="left",
                va="center_baseline",
                zorder=6,
            )


def _edges(
    journey: _Journey, place: int
) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]]:
    """Upper edge of each ribbon where it starts and where it ends.

    At each bar ribbons lie in the order of the bars at their other end, so that few cross.
    """
    order = [
        {bar.cluster: rank for rank, bar in enumerate(journey.bars[place + side])}
        for side in (0, 1)
    ]
    top = [{bar.cluster: bar.high for bar in journey.bars[place + side]} for side in (0, 1)]
    starts: dict[tuple[int, int], float] = {}
    ends: dict[tuple[int, int], float] = {}
    for flow in sorted(journey.flows[place], key=lambda one: order[1][one.later]):
        starts[flow.earlier, flow.later] = top[0][flow.earlier]
        top[0][flow.earlier] -= flow.n * journey.unit
    for flow in sorted(journey.flows[place], key=lambda one: order[0][one.earlier]):
        ends[flow.earlier, flow.later] = top[1][flow.later]
        top[1][flow.later] -= flow.n * journey.unit
    return starts, ends


def _ribbon(
    left: float, right: float, start: float, end: float, deep: float, colour: str
) -> PathPatch:
    """A band between two heights that leaves and arrives level."""
    middle = (left + right) / 2
    points = [
        *((left, start), (middle, start), (middle, end), (right, end)),
        *((right, end - deep), (middle, end - deep), (middle, start - deep), (left, start - deep)),
        (left, start),
    ]
    curve = [Path.CURVE4] * 3
    path = Path(np.array(points), [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
    return PathPatch(
        path, facecolor=colour, edgecolor=style.PAPER, linewidth=0.5, alpha=0.85, zorder=2
    )


def _gone(journey: _Journey, place: int, leaving: bool) -> Iterator[tuple[_Bar, int]]:
    """Trusts of each bar that are not in the other wave of the pair."""
    flows = journey.flows[place]
    for bar in journey.bars[place if leaving else place + 1]:
        stayed = sum(
            flow.n for flow in flows if (flow.earlier if leaving else flow.later) == bar.cluster
        )
        if bar.n > stayed:
            yield bar, bar.n - stayed


def _draw_stubs(axes: Axes, journey: _Journey, place: int, edge: float, *, leaving: bool) -> None:
    """Trusts without a ribbon, at the foot of their bar."""
    for bar, n in _gone(journey, place, leaving):
        deep = n * journey.unit
        left = edge if leaving else edge - _STUB
        axes.add_patch(
            Rectangle(
                (left, bar.low),
                *(_STUB, deep),
                facecolor=style.RULE,
                edgecolor=style.PAPER,
                linewidth=0.5,
                zorder=4,
            )
        )
        if deep >= _READABLE:
            axes.text(
                *(left + _STUB / 2, bar.low + deep / 2, f"{'−' if leaving else '+'}{n}"),
                size=style.NOTE,
                ha="center",
                va="center_baseline",
                zorder=6,
            )


def _write_agreement(axes: Axes, found: tuple[int, float], left: float, right: float) -> None:
    n, rand = found
    value = "" if np.isnan(rand) else f"\nadj. Rand {decimal(rand)}"
    axes.text(
        *((left + right) / 2, -0.04, f"{n:,} in both{value}"),
        size=style.NOTE,
        color=style.GREY,
        ha="center",
        va="top",
        linespacing=1.2,
    )


def _data(journey: _Journey, k: int) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for place, wave in enumerate(journey.waves):
        for bar in journey.bars[place]:
            rows.append(("bar", k, wave, bar.cluster, bar.type_id, None, None, None, bar.n))
    for place, flows in enumerate(journey.flows):
        earlier, later = journey.waves[place : place + 2]
        types = _types_at(journey, place)
        for flow in flows:
            rows.append(
                ("ribbon", k, earlier, flow.earlier, types[0][flow.earlier])
                + (later, flow.later, types[1][flow.later], flow.n)
            )
        for bar, n in _gone(journey, place, True):
            rows.append(("leaves", k, earlier, bar.cluster, bar.type_id, later, None, None, n))
        for bar, n in _gone(journey, place, False):
            rows.append(("enters", k, earlier, None, None, later, bar.cluster, bar.type_id, n))
    whole = ("from_cluster", "from_type", "to_cluster", "to_type")
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(whole, "Int64"))


def _alt(journey: _Journey, k: int) -> str:
    if len(journey.flows) <= 2:
        return " ".join(_told(journey, place, k) for place in range(len(journey.flows)))
    stayed = [_stayed(journey, place) for place in range(len(journey.flows))]
    shares = [same / max(n, 1) for same, (n, _) in zip(stayed, journey.agreement, strict=True)]
    least = shares.index(min(shares))
    span = f"{journey.waves[0]} to {journey.waves[-1]}"
    return (
        f"From {span} ({len(journey.waves)} waves, {k} clusters), {min(stayed)} to {max(stayed)} "
        "trusts of two successive waves stayed in a cluster of the same type. Fewest of those "
        f"clustered in both did so here: {_told(journey, least, k)}"
    )


def _types_at(journey: _Journey, place: int) -> list[dict[int, int]]:
    """Type of each cluster, of the wave at a place and of the next one."""
    return [{bar.cluster: bar.type_id for bar in bars} for bars in journey.bars[place : place + 2]]


def _stayed(journey: _Journey, place: int) -> int:
    earlier, later = _types_at(journey, place)
    return sum(
        flow.n for flow in journey.flows[place] if earlier[flow.earlier] == later[flow.later]
    )


def _told(journey: _Journey, place: int, k: int) -> str:
    """One sentence on two successive waves."""
    n, rand = journey.agreement[place]
    earlier, later = _types_at(journey, place)
    flows = [
        flow
        for flow in sorted(journey.flows[place], key=lambda one: -one.n)
        if earlier[flow.earlier] != later[flow.later]
    ]
    moved = [
        f"{flow.n} from type {earlier[flow.earlier]} to type {later[flow.later]}"
        for flow in flows[:_TOLD]
    ]
    others = sum(flow.n for flow in flows[_TOLD:])
    moved += [f"{others:,} between other types"] if others else []
    known = "" if np.isnan(rand) else f" (adjusted Rand index {decimal(rand)})"
    waves = " to ".join(journey.waves[place : place + 2])
    return (
        f"From {waves}, with {k} clusters, {_stayed(journey, place)} of {count(n, 'trust')} "
        f"clustered in both stayed in a cluster of the same type{known}"
        f"{f'; {join(moved)} moved' if moved else ''}."
    )
