"""Coded interviews: centralisation by operating area, and who met which break point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.figures import interview_figure, style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import (
    attribute_title,
    count,
    decimal,
    join,
    p_text,
    test_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CENTRALISATION_COLUMNS = ("area", "label", "group", "type_id", "n_mats", "n_coded", "mean_weight")
BREAK_POINT_COLUMNS = (
    *("break_point", "label", "kind", "attribute", "level", "n_coded", "n_mats", "percent"),
    *("p_value", "p_adjusted"),
)
ALL = "(all)"
_NO_INTERVIEWS = "No interviews are coded."
#: Inches: a row of areas, at least and for each cluster, and a column of p; points: a marker.
_ROW, _OF_CLUSTER, _P, _MARKER = 0.42, 0.15, 1.15, 8.0
#: Inches: around a number beside a bar, and how long a bar of all trusts is at least.
_GAP, _BAR = 0.1, 0.3


@style.styled
def draw_centralisation(
    interviews: pd.DataFrame,
    areas: Mapping[str, str],
    typology: Typology,
    of_set: str,
    wave: str,
) -> Drawing:
    """Draw the mean weight of each operating area, over all trusts and by cluster.

    Parameters
    ----------
    interviews : DataFrame
        ``measure, code, group, k, level, n_mats, n_coded, mean_weight`` and more.
    areas : mapping of str to str
        Labels of the areas by their codes, in order.
    typology : Typology
        The partition to show.
    of_set, wave : str
        Names of the set of interviews and of the wave that the clusters are of.

    Returns
    -------
    Drawing
        Clusters of which no trust was interviewed are left out.
    """
    name = interview_figure(of_set)
    title = "How far trusts centralise, by their interviews"
    data = _centralisation(interviews, areas, typology)
    if data["mean_weight"].isna().all():
        return nothing_to_draw(name, title, f"{_NO_INTERVIEWS} Or none has a weight.")
    of_all = data[data["group"] == ALL]
    clusters = [int(one) for one in dict.fromkeys(data["group"]) if one != ALL]
    interviewed = {
        number: int(data.loc[data["group"] == str(number), "n_mats"].iloc[0]) for number in clusters
    }
    n_all = int(of_all["n_mats"].iloc[0])
    subtitle = (
        "1 = schools decide, 2 = shared, 3 = central (the direction is ours). "
        f"{_origin(of_set, wave)}"
    )
    caption = (
        f"Bar: mean over all interviewed trusts ({n_all}, surveyed or not) of each trust's mean "
        "weight; numbered: the same over a cluster's. n: trusts that have a weight in the area, "
        "all and in brackets by cluster. So few of a cluster were interviewed that differences "
        "between clusters describe these trusts and no others; they are not tested."
    )
    row = max(_ROW, _OF_CLUSTER * len(clusters))
    labels = style.row_labels([areas[code] for code in of_all["area"]], row)
    numbers = [_numbers(data[data["area"] == area]) for area in of_all["area"]]
    height = labels.row * len(of_all)
    page = style.new_page(title, subtitle, caption, height + 0.75)
    room = page.width - labels.width - style.label_width(numbers, style.NOTE) - 0.12
    style.need(room, 0.9)
    entries: list[tuple[int, object, str]] = [
        (
            typology.type_of[number],
            number,
            f"Cluster {number} (n\u00a0=\u00a0{interviewed[number]})",
        )
        for number in clusters
    ]
    style.draw_key(page, page.height - 0.14, entries)
    axes = page.axes(labels.width, 0.4, room, height)
    style.label_rows(axes, labels.texts, rules=0)
    _draw_means(axes, of_all["mean_weight"])
    _draw_clusters(axes, data, clusters, typology)
    style.name_axis(axes, "Mean weight")
    for place, words in enumerate(numbers):
        page.text(
            labels.width + room + 0.08,
            0.4 + height - (place + 0.5) * labels.row,
            words,
            size=style.NOTE,
            va="center_baseline",
        )
    return Drawing(name, title, caption, page.figure, data, _alt_areas(of_all, interviewed))


def _origin(of_set: str, wave: str) -> str:
    return f"Interviews {of_set}, wave {wave}."


def _numbers(of_area: pd.DataFrame) -> str:
    """How many trusts a row rests on: all, and in brackets those of each cluster."""
    every, *of_clusters = (int(n) for n in of_area["n_coded"])
    inside = f" ({', '.join(map(str, of_clusters))})" if of_clusters else ""
    return f"n\u00a0=\u00a0{every}{inside}"


def _centralisation(
    interviews: pd.DataFrame, areas: Mapping[str, str], typology: Typology
) -> pd.DataFrame:
    weights = interviews[interviews["measure"] == "centralisation"]
    of_k = weights[(weights["group"] == "cluster") & (weights["k"] == typology.k)]
    numbers = {str(number) for number in typology.clusters}
    clusters = of_k[of_k["level"].isin(numbers) & (of_k["n_mats"] > 0)]
    shown = pd.concat([weights[weights["group"] == "all"], clusters])
    rows = [
        (code, areas[code], level, None if level == ALL else typology.type_of[int(level)])
        + (int(n_mats), int(n_coded), float(mean))
        for code, level, n_mats, n_coded, mean in shown[
            ["code", "level", "n_mats", "n_coded", "mean_weight"]
        ].itertuples(index=False, name=None)
    ]
    frame = pd.DataFrame(rows, columns=list(CENTRALISATION_COLUMNS))
    return frame.astype({"type_id": "Int64"})


def _draw_means(axes: Axes, means: pd.Series) -> None:
    """The scale, a band behind every other area, and a bar at each area's mean."""
    n = len(means)
    for place in range(0, n, 2):
        axes.axhspan(place - 0.5, place + 0.5, color=style.SHADE, linewidth=0, zorder=-1)
    axes.vlines([1, 2, 3], -0.5, n - 0.5, style.RULE, linewidth=0.5, zorder=0)
    low, high = [place - 0.36 for place in range(n)], [place + 0.36 for place in range(n)]
    axes.vlines(means, low, high, color=style.GREY, linewidth=3)
    axes.set_xlim(0.9, 3.1)
    axes.set_xticks([1, 2, 3])


def _draw_clusters(
    axes: Axes, data: pd.DataFrame, clusters: Sequence[int], typology: Typology
) -> None:
    places = {area: place for place, area in enumerate(dict.fromkeys(data["area"]))}
    # So far apart that two clusters with the same mean do not cover each other.
    step = 0.64 / max(1, len(clusters) - 1)
    for number, cluster in enumerate(clusters):
        offset = number * step - 0.32 if len(clusters) > 1 else 0.0
        here = data[(data["group"] == str(cluster)) & data["mean_weight"].notna()]
        rows = [places[area] + offset for area in here["area"]]
        style.number_markers(
            axes, here["mean_weight"], rows, typology.type_of[cluster], cluster, _MARKER
        )


def _alt_areas(of_all: pd.DataFrame, interviewed: Mapping[int, int]) -> str:
    known = of_all.dropna(subset="mean_weight").sort_values("mean_weight", kind="stable")
    least, most = known.iloc[0], known.iloc[-1]
    of_clusters = [
        f"{count(n, 'interviewed trust')} in cluster {cluster}"
        for cluster, n in interviewed.items()
    ]
    few = f" By cluster there are {join(of_clusters)}: too few to compare." if of_clusters else ""
    return (
        f"Mean centralisation of {count(len(known), 'operating area')} in interviews with "
        f"{count(int(of_all['n_mats'].iloc[0]), 'trust')}, from 1 to 3: least central is "
        f"{least['label']} ({decimal(least['mean_weight'])}), most central {most['label']} "
        f"({decimal(most['mean_weight'])}).{few}"
    )


@style.styled
def draw_break_points(
    interviews: pd.DataFrame,
    tests: pd.DataFrame,
    break_points: Mapping[str, tuple[str, str]],
    attribute: str,
    of_set: str,
    wave: str,
) -> Drawing:
    """Draw the share of trusts that mention each break point, by the levels of an attribute.

    Parameters
    ----------
    interviews : DataFrame
        ``measure, code, group, level, n_mats, n_coded`` and more.
    tests : DataFrame
        ``code, group, p_value, p_adjusted`` and more.
    break_points : mapping of str to (str, str)
        Label of each break point, and what kind of break point it is, in order.
    attribute : str
        Which attribute.
    of_set, wave : str
        Names of the set of interviews and of the wave whose levels they are.

    Returns
    -------
    Drawing
        One panel a level; levels at which no trust was interviewed are left out.
    """
    name = interview_figure(of_set, attribute)
    label = attribute_title(attribute)
    title = f"Break points that trusts mention, by {label[:1].lower()}{label[1:]}"
    data = _break_points(interviews, tests, break_points, attribute)
    if data.empty:
        return nothing_to_draw(name, title, f"{_NO_INTERVIEWS} Or nothing is known of the trusts.")
    levels = list(dict.fromkeys(data["level"]))
    sizes = _sizes(data, levels)
    caption = _caption_of_tags(min(sizes))
    tags = data.drop_duplicates("break_point")
    texts = [
        f"{one} ({kind})" if kind and not style.on_slide() else one
        for one, kind in zip(tags["label"], tags["kind"], strict=True)
    ]
    labels = style.row_labels(texts, 0.26)
    width = (page_width() - labels.width - _P) / len(levels)
    most = 6 if style.on_slide() else 4
    heads = [
        style.fold(f"{level} (n\u00a0=\u00a0{n})", style.TICK, width - 0.12, most)
        for level, n in zip(levels, sizes, strict=True)
    ]
    longest = max((word for level in levels for word in level.split()), key=len)
    style.need(width - 0.12, style.text_width(longest, style.TICK) if style.on_slide() else 0.0)
    if style.on_slide() and any("…" in one for one in heads):
        style.need(0.0, width)
    numbers, bar = _bar_words(data, width - 0.12)
    head = (1 + max(one.count("\n") for one in heads)) * style.line_height(style.TICK) + 0.08
    height = labels.row * len(texts)
    page = style.new_page(title, _origin(of_set, wave), caption, height + head + 0.1)
    for place, (level, words) in enumerate(zip(levels, heads, strict=True)):
        axes = page.axes(labels.width + place * width, 0.06, width - 0.12, height)
        here = (data["level"] == level).to_numpy()
        shown = [one for one, at_level in zip(numbers, here, strict=True) if at_level]
        names = labels.texts if not place else None
        _draw_level(axes, data.loc[here, "percent"], shown, bar, names)
        axes.set_title(words, size=style.TICK, x=0.0, linespacing=1.1)
    _draw_p(page, tags, height, labels.row)
    return Drawing(name, title, caption, page.figure, data, _alt_tags(data, label))


def _caption_of_tags(smallest: int) -> str:
    return (
        "Interviewed trusts of which an excerpt carries the tag, and their share of the level's. "
        f"At the smallest level ({count(smallest, 'trust')}) one trust moves the share by about "
        f"{100 / smallest:.0f} points. p: exact test of each break point by level, without trusts "
        "of unknown level; in brackets, adjusted for the number of break points (Holm). What is "
        "not mentioned may have been met all the same."
    )


def _draw_p(page: style.Page, tags: pd.DataFrame, height: float, row: float) -> None:
    """A column of tests to the right of the panels."""
    left = page.width - _P + 0.02
    page.text(left, 0.06 + height + 0.06, "p (adjusted)", size=style.TICK)
    for place, (p, adjusted) in enumerate(zip(tags["p_value"], tags["p_adjusted"], strict=True)):
        up = 0.06 + height - (place + 0.5) * row
        page.text(left, up, test_text(p, adjusted), size=style.NOTE, va="center_baseline")


def page_width() -> float:
    """Room across a page for a drawing, in inches."""
    return style.new_page("", "", "", 1.0).width


def _break_points(
    interviews: pd.DataFrame,
    tests: pd.DataFrame,
    break_points: Mapping[str, tuple[str, str]],
    attribute: str,
) -> pd.DataFrame:
    found = interviews[
        (interviews["measure"] == "break_point")
        & (interviews["group"] == attribute)
        & (interviews["n_mats"] > 0)
    ]
    p = tests[tests["group"] == attribute].set_index("code")
    nothing = float("nan")
    rows = [
        (code, *break_points[code], attribute, level, int(n_coded), int(n_mats))
        + (100 * n_coded / n_mats,)
        + tuple(
            float(p.at[code, column]) if code in p.index else nothing
            for column in ("p_value", "p_adjusted")
        )
        for code, level, n_coded, n_mats in found[
            ["code", "level", "n_coded", "n_mats"]
        ].itertuples(index=False, name=None)
    ]
    return pd.DataFrame(rows, columns=list(BREAK_POINT_COLUMNS))


def _sizes(data: pd.DataFrame, levels: Sequence[str]) -> list[int]:
    return [int(data.loc[data["level"] == level, "n_mats"].iloc[0]) for level in levels]


def _bar_words(data: pd.DataFrame, across: float) -> tuple[list[str], float]:
    """Numbers beside the bars, and how many inches a bar of all trusts has, in every panel."""
    numbers = [
        f"{n} ({percent:.0f}%)" for n, percent in zip(data["n_coded"], data["percent"], strict=True)
    ]
    bar = across - style.label_width(numbers, style.NOTE) - _GAP
    if bar < _BAR:
        # Many levels leave room for bars or for shares; a bar shows the share.
        numbers = [str(n) for n in data["n_coded"]]
        bar = across - style.label_width(numbers, style.NOTE) - _GAP
    return numbers, max(_BAR / 2, bar)


def _draw_level(
    axes: Axes, percent: pd.Series, words: Sequence[str], bar: float, labels: Sequence[str] | None
) -> None:
    style.label_rows(axes, labels or [""] * len(percent), rules=0)
    places = list(range(len(percent)))
    # How long a bar of all trusts would be; numbers stand in a column of their own beside it.
    axes.barh(places, 100, height=0.62, color=style.SHADE)
    axes.barh(places, percent, height=0.62, **style.fill_of(style.PALETTE[0], ""))
    for place, number in enumerate(words):
        axes.text(100 + 4 / bar, place, number, size=style.NOTE, va="center_baseline")
    axes.set_xlim(0, 100 * style.inches_of(axes)[0] / bar)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def _alt_tags(data: pd.DataFrame, label: str) -> str:
    totals = data.groupby(["break_point", "label"], sort=False)[["n_coded", "n_mats"]].sum()
    most = totals["n_coded"].idxmax()
    n, of = (int(one) for one in totals.loc[most])
    known = data.drop_duplicates("break_point").dropna(subset="p_adjusted")
    strong = known.loc[known["p_adjusted"] <= 0.05, "label"].tolist()
    return (
        f"Break points by {label.lower()} in interviews with {count(of, 'trust')}: most often "
        f"mentioned is {most[1]} ({n} of {of}). "
        + (
            f"{_clearest(data)} After adjustment {join(strong) if strong else 'none'} "
            "differs by level at 0.05."
            if len(known)
            else ""
        )
    ).strip()


def _clearest(data: pd.DataFrame) -> str:
    """The break point with the smallest p, with its number at each level."""
    first = data.drop_duplicates("break_point").sort_values("p_value", kind="stable").iloc[0]
    rows = data[data["break_point"] == first["break_point"]]
    shares = [
        f"{level} {n} of {of}"
        for n, of, level in zip(rows["n_coded"], rows["n_mats"], rows["level"], strict=True)
    ]
    return (
        f"Levels differ most in {first['label']}: {join(shares)}; {p_text(first['p_value'])}, "
        f"adjusted {p_text(first['p_adjusted']).removeprefix('p ').removeprefix('= ')}."
    )
