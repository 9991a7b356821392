"""Coded interviews: centralisation by operating area, and who met which break point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import attribute_title, count, decimal, join, test_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CENTRALISATION_COLUMNS = ("area", "label", "group", "type_id", "n_mats", "n_coded", "mean_weight")
BREAK_POINT_COLUMNS = (
    *("break_point", "label", "kind", "attribute", "level", "n_coded", "n_mats", "percent"),
    *("p_value", "p_adjusted"),
)
ALL = "(all)"
_NO_INTERVIEWS = "No interviews are coded."
_ROW, _MARKER, _P = 0.4, 8.0, 1.15


@style.styled
def draw_centralisation(
    interviews: pd.DataFrame, areas: Mapping[str, str], typology: Typology
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

    Returns
    -------
    Drawing
        Clusters of which no trust was interviewed are left out.
    """
    name, title = "interviews_centralisation", "How far trusts centralise, by their interviews"
    data = _centralisation(interviews, areas, typology)
    if data["mean_weight"].isna().all():
        return nothing_to_draw(name, title, f"{_NO_INTERVIEWS} Or none has a weight.")
    of_all = data[data["group"] == ALL]
    clusters = [int(one) for one in dict.fromkeys(data["group"]) if one != ALL]
    interviewed = {
        number: int(data.loc[data["group"] == str(number), "n_mats"].iloc[0]) for number in clusters
    }
    n_all = int(of_all["n_mats"].iloc[0])
    subtitle = "1 = schools decide, 2 = shared, 3 = central (the direction is ours)"
    caption = (
        f"Bar: mean over the interviewed trusts (at most {n_all}) of each trust's mean weight; "
        "numbers: the same over a cluster's trusts, of which few were interviewed, so that their "
        "differences describe these trusts and no others."
    )
    labels = style.row_labels([areas[code] for code in of_all["area"]], _ROW)
    height = labels.row * len(of_all)
    page = style.new_page(title, subtitle, caption, height + 0.75)
    entries: list[tuple[int, object, str]] = [
        (
            typology.type_of[number],
            number,
            f"Cluster {number} ({count(interviewed[number], 'interviewed trust')})",
        )
        for number in clusters
    ]
    style.draw_key(page, page.height - 0.14, entries)
    axes = page.axes(labels.width, 0.4, page.width - labels.width - 0.1, height)
    style.label_rows(axes, labels.texts)
    axes.set_xlim(0.9, 3.1)
    axes.set_xticks([1, 2, 3])
    axes.vlines(
        of_all["mean_weight"],
        [place - 0.36 for place in range(len(of_all))],
        [place + 0.36 for place in range(len(of_all))],
        color=style.GREY,
        linewidth=3,
    )
    _draw_clusters(axes, data, clusters, typology)
    style.name_axis(axes, "Mean weight")
    return Drawing(name, title, caption, page.figure, data, _alt_areas(of_all))


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


def _alt_areas(of_all: pd.DataFrame) -> str:
    known = of_all.dropna(subset="mean_weight").sort_values("mean_weight", kind="stable")
    least, most = known.iloc[0], known.iloc[-1]
    return (
        f"Mean centralisation of {count(len(known), 'operating area')} in interviews with "
        f"{count(int(of_all['n_mats'].iloc[0]), 'trust')}, from 1 to 3: least central is "
        f"{least['label']} ({decimal(least['mean_weight'])}), most central {most['label']} "
        f"({decimal(most['mean_weight'])})."
    )


@style.styled
def draw_break_points(
    interviews: pd.DataFrame,
    tests: pd.DataFrame,
    break_points: Mapping[str, tuple[str, str]],
    attribute: str,
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

    Returns
    -------
    Drawing
        One panel a level; levels at which no trust was interviewed are left out.
    """
    name = f"interviews_{attribute}"
    label = attribute_title(attribute)
    title = f"Break points that trusts mention, by {label[:1].lower()}{label[1:]}"
    data = _break_points(interviews, tests, break_points, attribute)
    if data.empty:
        return nothing_to_draw(name, title, f"{_NO_INTERVIEWS} Or nothing is known of the trusts.")
    caption = (
        "Share of the interviewed trusts of which an excerpt carries the tag, in per cent. p: "
        "exact test of each break point by level, without trusts of unknown level; in brackets, "
        "adjusted for the number of break points (Holm). What is not mentioned may have been met "
        "all the same."
    )
    tags = data.drop_duplicates("break_point")
    texts = [
        f"{one} ({kind})" if kind else one
        for one, kind in zip(tags["label"], tags["kind"], strict=True)
    ]
    labels = style.row_labels(texts, 0.26)
    levels = list(dict.fromkeys(data["level"]))
    width = (page_width() - labels.width - _P) / len(levels)
    heads = [
        style.fold(f"{level} (n\u00a0=\u00a0{n})", style.TICK, width - 0.12, 4)
        for level, n in zip(levels, _sizes(data, levels), strict=True)
    ]
    head = (1 + max(one.count("\n") for one in heads)) * style.line_height(style.TICK) + 0.08
    height = labels.row * len(texts)
    page = style.new_page(title, "", caption, height + head + 0.1)
    for place, (level, words) in enumerate(zip(levels, heads, strict=True)):
        axes = page.axes(labels.width + place * width, 0.06, width - 0.12, height)
        _draw_level(axes, data[data["level"] == level], words, labels.texts if not place else None)
    for place, (p, adjusted) in enumerate(zip(tags["p_value"], tags["p_adjusted"], strict=True)):
        page.text(
            page.width - _P + 0.02,
            0.06 + height - (place + 0.5) * labels.row,
            test_text(p, adjusted),
            size=style.NOTE,
            va="center_baseline",
        )
    return Drawing(name, title, caption, page.figure, data, _alt_tags(data, label))


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


def _draw_level(axes: Axes, data: pd.DataFrame, head: str, labels: Sequence[str] | None) -> None:
    style.label_rows(axes, labels or [""] * len(data), rules=0)
    places = list(range(len(data)))
    axes.barh(places, data["percent"], height=0.62, **style.fill_of(style.PALETTE[0], ""))
    for place, percent, n in zip(places, data["percent"], data["n_coded"], strict=True):
        axes.text(
            percent + 3, place, f"{percent:.0f}% ({n})", size=style.NOTE, va="center_baseline"
        )
    # The longest bar leaves room for its number.
    axes.set_xlim(0, 160)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_title(head, size=style.TICK, x=0.0, linespacing=1.1)


def _alt_tags(data: pd.DataFrame, label: str) -> str:
    totals = data.groupby(["break_point", "label"], sort=False)[["n_coded", "n_mats"]].sum()
    most = totals["n_coded"].idxmax()
    n, of = (int(one) for one in totals.loc[most])
    known = data.drop_duplicates("break_point").dropna(subset="p_adjusted")
    strong = known.loc[known["p_adjusted"] <= 0.05, "label"].tolist()
    after = f"After adjustment {join(strong) if strong else 'none'} differs by level at 0.05."
    return (
        f"Break points by {label.lower()} in interviews with {count(of, 'trust')}: most often "
        f"mentioned is {most[1]} ({n}). {after if len(known) else ''}"
    ).strip()
