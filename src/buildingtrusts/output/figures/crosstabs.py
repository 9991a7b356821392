"""Trusts by cluster and attribute: counts, with the exact test of each table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.contracts import UNKNOWN_LEVELS
from buildingtrusts.output.figures import style
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

COLUMNS = ("attribute", "level", "cluster", "type_id", "n", "p_value", "p_adjusted")
PERFORMANCE = "performance_flags"
_NOT_TABULATED = "The partition that is drawn was not tabulated: report_k does not name it."
_ROW, _KEY, _LABELS = 0.27, 0.32, 1.45
#: Inches of a level's row on a slide, for the number inside its bar.
_LEAST_ROW = 0.13


@style.styled
def draw_crosstabs(
    crosstabs: pd.DataFrame, associations: pd.DataFrame, typology: Typology
) -> Drawing:
    """Draw one panel of stacked counts for each attribute but the performance flags.

    Parameters
    ----------
    crosstabs : DataFrame
        ``k, attribute, level, cluster, n``.
    associations : DataFrame
        ``k, attribute, p_value, p_adjusted`` and more.
    typology : Typology
        The partition to show.

    Returns
    -------
    Drawing
        Its data have a row a cell, zeros included.
    """
    title = "Clusters and attributes of the trusts"
    if len(crosstabs) and typology.k not in set(crosstabs["k"]):
        return nothing_to_draw("crosstabs", title, _NOT_TABULATED)
    data = _data(crosstabs, associations, typology)
    data = data[data["attribute"] != PERFORMANCE].reset_index(drop=True)
    if data.empty:
        return nothing_to_draw("crosstabs", title, "This wave has no attributes of the trusts.")
    caption = (
        "Number of trusts. p: exact test of each table; in brackets, adjusted for the number of "
        "tables (Holm). With few trusts only strong differences show."
    )
    caption += _left_out(data)
    attributes = list(dict.fromkeys(data["attribute"]))
    # Beside each other where bars have room, else below each other.
    abreast = 2 if style.inner_width() / 2 - _LABELS > (0.6 if style.on_slide() else 1.0) else 1
    pairs = [attributes[place : place + abreast] for place in range(0, len(attributes), abreast)]
    heights = [max(_panel_height(data, one) for one in pair) for pair in pairs]
    key = style.height_of(_KEY, 0.26) + style.key_room(typology.titles, swatches=True)
    between, foot = style.height_of(0.42, 0.22), style.height_of(0.12, 0.06)
    page = style.new_page(title, "", caption, sum(heights) + between * len(pairs) + key)
    _draw_key(page, typology)
    width = page.width / abreast
    most = float(data.groupby(["attribute", "level"])["n"].sum().max())
    bottom = page.height - key
    for pair, height in zip(pairs, heights, strict=True):
        bottom -= height + between
        for place, attribute in enumerate(pair):
            own = _panel_height(data, attribute)
            axes = page.axes(
                place * width + _LABELS, bottom + foot + height - own, width - _LABELS - 0.15, own
            )
            of_attribute = data[data["attribute"] == attribute]
            _draw_panel(axes, of_attribute, typology, most)
            _head_panel(axes, of_attribute, attribute)
    return Drawing("crosstabs", title, caption, page.figure, data, _alt(data, typology))


@style.styled
def draw_performance(
    crosstabs: pd.DataFrame, associations: pd.DataFrame, typology: Typology
) -> Drawing:
    """Draw the counts of performance flags by cluster.

    Parameters
    ----------
    crosstabs, associations : DataFrame
        As for :func:`draw_crosstabs`.
    typology : Typology
        The partition to show.

    Returns
    -------
    Drawing
        Its data have a row a cell, zeros included.
    """
    name, title = "performance_by_cluster", "Clusters and performance flags"
    if len(crosstabs) and typology.k not in set(crosstabs["k"]):
        return nothing_to_draw(name, title, _NOT_TABULATED)
    data = _data(crosstabs, associations, typology)
    data = data[data["attribute"] == PERFORMANCE].reset_index(drop=True)
    if data.empty:
        return nothing_to_draw(name, title, "Performance flags were not recorded in this wave.")
    caption = (
        "Number of trusts at each number of performance flags. The 2018 report found no "
        "association and printed no counts." + _left_out(data)
    )
    height = _panel_height(data, PERFORMANCE)
    key = style.height_of(_KEY, 0.26) + style.key_room(typology.titles, swatches=True)
    page = style.new_page(title, "", caption, height + 0.45 + key)
    _draw_key(page, typology)
    left = style.label_width(_levels(data)) + 0.1
    axes = page.axes(left, 0.12, page.width - left - 0.15, height)
    most = float(data.groupby("level")["n"].sum().max())
    _draw_panel(axes, data, typology, most)
    _head_panel(axes, data, PERFORMANCE)
    alt = _alt_performance(data, typology)
    return Drawing(name, title, caption, page.figure, data, alt, unpublished=True)


def _left_out(data: pd.DataFrame) -> str:
    """A sentence on the levels that are drawn and not tested."""
    found = set(data["level"])
    unknown = [level for level in UNKNOWN_LEVELS if level in found]
    return f" Trusts at {join(unknown)} are left out of tests." if unknown else ""


def _data(crosstabs: pd.DataFrame, associations: pd.DataFrame, typology: Typology) -> pd.DataFrame:
    of_k = crosstabs[crosstabs["k"] == typology.k]
    tests = associations[associations["k"] == typology.k].set_index("attribute")
    rows = [
        (attribute, level, int(cluster), typology.type_of[int(cluster)], int(n))
        + tuple(
            float(tests.at[attribute, column]) if attribute in tests.index else float("nan")
            for column in ("p_value", "p_adjusted")
        )
        for attribute, level, cluster, n in of_k[["attribute", "level", "cluster", "n"]].itertuples(
            index=False, name=None
        )
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _draw_key(page: style.Page, typology: Typology) -> None:
    types = {cluster: typology.type_of[cluster] for cluster in typology.clusters}
    entries = [
        (style.fill_of(style.colour_of(one), style.hatch_of(one)), typology.title(cluster))
        for cluster, one in types.items()
    ]
    style.draw_swatches(page, page.height - 0.12, entries)


def _levels(data: pd.DataFrame) -> list[str]:
    return [
        style.fold(str(level), style.TICK, _LABELS - 0.1) for level in dict.fromkeys(data["level"])
    ]


def _panel_height(data: pd.DataFrame, attribute: str) -> float:
    levels = _levels(data[data["attribute"] == attribute])
    if style.on_slide():
        most = max(level.count("\n") + 1 for level in levels)
        return len(levels) * max(style.height_of(_ROW, _LEAST_ROW), 0.103 * most)
    lines = sum(max(2, level.count("\n") + 1) for level in levels)
    return lines * _ROW / 2


def _draw_panel(axes: Axes, data: pd.DataFrame, typology: Typology, most: float) -> None:
    levels = list(dict.fromkeys(data["level"]))
    style.label_rows(axes, _levels(data), rules=0)
    base = dict.fromkeys(levels, 0)
    for cluster in typology.clusters:
        of_cluster = data[data["cluster"] == cluster]
        type_id = typology.type_of[cluster]
        colour = style.colour_of(type_id)
        lefts = [base[level] for level in of_cluster["level"]]
        places = [levels.index(level) for level in of_cluster["level"]]
        axes.barh(
            places,
            of_cluster["n"],
            left=lefts,
            height=0.88 if style.on_slide() else 0.66,
            **style.fill_of(colour, style.hatch_of(type_id)),
        )
        for place, left, level, n in zip(
            places, lefts, of_cluster["level"], of_cluster["n"], strict=True
        ):
            base[level] += n
            if n:
                _print_count(axes, left + n / 2, place, int(n), colour)
    axes.set_xlim(0, most)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def _print_count(axes: Axes, x: float, y: float, n: int, colour: str) -> None:
    axes.text(
        x,
        y,
        f"{n}",
        size=style.NOTE if style.on_slide() else style.LABEL,
        ha="center",
        va="center_baseline",
        color=style.ink_on(colour),
        bbox={"facecolor": colour, "edgecolor": "none", "pad": 0.2 if style.on_slide() else 0.6},
        zorder=5,
    )


def _head_panel(axes: Axes, data: pd.DataFrame, attribute: str) -> None:
    test = test_text(data["p_value"].iloc[0], data["p_adjusted"].iloc[0])
    words = f"{attribute_title(attribute)}: {test}"
    across = style.inches_of(axes)[0]
    # A heading that is longer than its panel begins further left, above the levels' names.
    axes.set_title(words, x=min(0.0, across + 0.1 - style.text_width(words, style.LABEL)) / across)


def _alt(data: pd.DataFrame, typology: Typology) -> str:
    tests = data.drop_duplicates("attribute").dropna(subset="p_value")
    n = sum(len(typology.members(one)) for one in typology.clusters)
    start = (
        f"Counts of {count(n, 'trust')} in {typology.k} clusters by "
        f"{count(data['attribute'].nunique(), 'attribute')}."
    )
    if tests.empty:
        return start
    low = tests.loc[tests["p_value"].idxmin()]
    strong = [attribute_title(one) for one in tests.loc[tests["p_adjusted"] <= 0.05, "attribute"]]
    return (
        f"{start} The smallest exact p is {decimal(low['p_value'], 3)}, for "
        f"{attribute_title(low['attribute']).lower()} "
        f"({decimal(low['p_adjusted'], 3)} after adjustment); after adjustment "
        f"{join(strong) if strong else 'none'} is at or below 0.05."
    )


def _alt_performance(data: pd.DataFrame, typology: Typology) -> str:
    # Levels of this attribute are numbers written as text; any other word has no mean.
    flags = pd.to_numeric(data["level"], errors="coerce")
    known = data.assign(flags=flags).dropna(subset="flags")
    means: Sequence[str] = [
        f"{decimal((part['flags'] * part['n']).sum() / part['n'].sum(), 1)} in cluster {one}"
        for one in typology.clusters
        for part in [known[known["cluster"] == one]]
        if part["n"].sum()
    ]
    p = data["p_value"].iloc[0]
    unknown = data[data["level"].isin(UNKNOWN_LEVELS)]
    left_out = int(unknown["n"].sum())
    total = int(data["n"].sum()) - left_out
    start = f"Performance flags of {count(total, 'trust')}"
    end = f" Of {count(left_out, 'trust')} they are not known." if left_out else ""
    if not means:
        return f"{start}.{end}"
    return f"{start}: on average {join(means)}; exact test {p_text(p)}.{end}"
