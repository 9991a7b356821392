"""Trusts of the official register beside those of the sample: the report's sample charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.contracts import MISSING, NOT_COVERED, UNKNOWN_LEVELS
from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.words import attribute_title, count, decimal, join

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("attribute", "level", "group", "n", "percent")
POPULATION, SAMPLE = "All trusts", "Sample"
_GROUPS = ((POPULATION, "n_population"), (SAMPLE, "n_sample"))
_ROW = 0.5
#: Why trusts are left out.
_REASONS = {
    MISSING: "Left out because it is not known",
    NOT_COVERED: "Left out because the source does not list them",
}
_UNPUBLISHED = (
    "The report shows the 47 trusts of its survey and interviews beside 1,178 trusts, without "
    "values; the sample here is the survey's trusts."
)
_NO_REGISTER = (
    "There is no extract of the register, so all trusts are left out: data/raw/register/README.md "
    "says what to download and where to put it."
)


@style.styled
def draw_population(name: str, attribute: str, population: pd.DataFrame) -> Drawing:
    """Draw the shares of one attribute's levels among all trusts and in the sample.

    Parameters
    ----------
    name : str
        Of the figure.
    attribute : str
        Which attribute.
    population : DataFrame
        Columns of ``population.csv``; ``n_population`` is empty without an extract.

    Returns
    -------
    Drawing
        Shares are of the trusts whose level is known; levels that neither group has are left
        out.
    """
    label = attribute_title(attribute)
    title = f"{label}: all trusts and the sample"
    of_attribute = population[population["attribute"] == attribute]
    data = _data(attribute, of_attribute)
    if data.empty:
        return nothing_to_draw(name, title, f"Nothing is known of it here. {_NO_REGISTER}")
    groups = list(dict.fromkeys(data["group"]))
    extracts = [str(one) for one in of_attribute["extract"].dropna().unique() if str(one)]
    source = f"All trusts: official register of {join(extracts)}." if extracts else ""
    caption = " ".join(
        filter(None, (source if POPULATION in groups else _NO_REGISTER, _UNPUBLISHED))
    )
    unknown = _unknown(of_attribute, groups)
    caption = f"{unknown} {caption}".strip()
    totals = data.groupby("group")["n"].sum()
    of = {POPULATION: "all trusts", SAMPLE: "the sample"}
    shares = [f"of {of[group]} (n = {int(totals[group]):,})" for group in groups]
    levels = style.row_labels(dict.fromkeys(data["level"]), _ROW, least=2.2 * style.LEAST_ROW)
    height = levels.row * len(levels.texts)
    page = style.new_page(title, f"Share {join(shares)}, in per cent", caption, height + 0.2)
    axes = page.axes(levels.width, 0.1, page.width - levels.width - 0.1, height)
    style.label_rows(axes, levels.texts, rules=0)
    _draw_bars(axes, data, groups)
    alt = _alt(data, label, groups)
    return Drawing(name, title, caption, page.figure, data, alt, unpublished=True)


def _data(attribute: str, counts: pd.DataFrame) -> pd.DataFrame:
    known = counts[~counts["level"].isin(UNKNOWN_LEVELS)]
    groups = [
        (group, known[column])
        for group, column in _GROUPS
        if known[column].notna().any() and known[column].sum() > 0
    ]
    rows: list[tuple[object, ...]] = []
    for place, level in enumerate(known["level"]):
        if not any(n.fillna(0).iloc[place] for _, n in groups):
            continue
        for group, n in groups:
            here = int(n.fillna(0).iloc[place])
            rows.append((attribute, level, group, here, 100 * here / float(n.sum())))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _unknown(counts: pd.DataFrame, groups: list[str]) -> str:
    """Say how many trusts are left out because their level is not known, and why."""
    sentences = []
    for level, reason in _REASONS.items():
        of_level = counts[counts["level"] == level]
        left_out = [
            f"{int(n):,} of {'the sample' if group == SAMPLE else 'all trusts'}"
            for group, column in _GROUPS
            for n in of_level[column].dropna()
            if group in groups and n
        ]
        sentences += [f"{reason}: {join(left_out)}."] if left_out else []
    return " ".join(sentences)


def _draw_bars(axes: Axes, data: pd.DataFrame, groups: list[str]) -> None:
    levels = list(dict.fromkeys(data["level"]))
    shares = data[["group", "percent", "n"]].itertuples(index=False, name=None)
    height = 0.78 / len(groups)
    for number, group in enumerate(groups):
        of_group = data[data["group"] == group]
        offset = (number - (len(groups) - 1) / 2) * height
        places = [levels.index(level) + offset for level in of_group["level"]]
        known = group == POPULATION
        axes.barh(
            places,
            of_group["percent"],
            height=height * 0.92,
            **style.fill_of(style.PALETTE[0 if known else 3], "" if known else "////"),
        )
        for place, percent, n in zip(places, of_group["percent"], of_group["n"], strict=True):
            axes.text(
                percent + 0.6,
                place,
                _share(group, percent, n),
                size=style.NOTE,
                va="center_baseline",
            )
    words = style.label_width([_share(*one) for one in shares], style.NOTE) + 0.1
    bars = style.need(style.inches_of(axes)[0] - words, 0.6)
    spare = max(1.3, 1 + words / max(bars, 0.1))
    axes.set_xlim(0, data["percent"].max() * spare)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def _share(group: str, percent: float, n: int) -> str:
    return f"{group}: {percent:.0f}% ({n:,})"


def _alt(data: pd.DataFrame, label: str, groups: list[str]) -> str:
    sentences = []
    for group in groups:
        of_group = data[data["group"] == group]
        shares = [
            f"{decimal(percent, 0)}% {level}"
            for level, percent in zip(of_group["level"], of_group["percent"], strict=True)
        ]
        sentences.append(f"{group} ({count(int(of_group['n'].sum()), 'trust')}): {join(shares)}.")
    return f"{label}. {' '.join(sentences)}"
