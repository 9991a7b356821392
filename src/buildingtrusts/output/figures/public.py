"""Figures drawn from published tables alone: they show no more than these do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.profiles import draw_operations_profiles, draw_strategy_profiles
from buildingtrusts.output.figures.questions import Questions
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import attribute_title, count
from buildingtrusts.output.public_tables import as_numbers
from buildingtrusts.output.publication import CONFIDENTIAL, PUBLIC_FIGURES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NOTE = (
    f"{CONFIDENTIAL} at a cluster: its means are withheld. Where a mean has no bar, its interval "
    "is withheld, because it would tell of single people or trusts."
)
_TOO_FEW = "Too few means of clusters are published."
_UNSCALED = (
    "Scaled means are withheld: they give the mean and the spread of all answers, and these tell "
    "of small groups. Means are in profiles.csv."
)
#: Inches: a row, the heading of a panel, the names of levels.
_ROW, _HEAD, _LEVELS = 0.27, 0.3, 2.2
_NUMBERS = ("mean", "median", "sd", "scaled_mean", "ci_low", "ci_high")


@dataclass(frozen=True)
class PublicTypology(Typology):
    """A partition whose members and sizes are not told."""

    shown: frozenset[int] = frozenset()

    def title(self, cluster: int) -> str:
        """Name of a cluster without its size; one that is withheld says so."""
        return f"Cluster {cluster}" + ("" if cluster in self.shown else f" {CONFIDENTIAL}")


def draw_public_figures(
    profiles: pd.DataFrame,
    crosstabs: pd.DataFrame,
    types: pd.DataFrame,
    questions: Questions,
    block: str,
    k: int,
    base: int = 1,
) -> list[Drawing]:
    """Draw the profiles of the clusters that are published, and the counts.

    Parameters
    ----------
    profiles, crosstabs, types : DataFrame
        The published profiles, cross-tabulations and types of clusters, as text.
    questions : Questions
        What was asked.
    block : str
        The block that is clustered.
    k : int
        The partition to draw.
    base : int
        Counts are multiples of it.

    Returns
    -------
    list of Drawing
        Those of :data:`.PUBLIC_FIGURES`; without the numbers of trusts and responses.
    """
    found = as_numbers(profiles, _NUMBERS)
    found = found[(found["weighting"] == "responses") & found["mean"].notna()]
    found = found.assign(
        k=found["k"].astype(int), cluster=found["cluster"].astype(int), n_mats=0, n_responses=0
    )
    of_k = types[types["k"].astype(int) == k]
    type_of = dict(zip(of_k["cluster"].astype(int), of_k["type_id"].astype(int), strict=True))
    shown = frozenset(found.loc[(found["k"] == k) & (found["role"] == "all"), "cluster"])
    typology = PublicTypology(k, {}, type_of, shown)
    draw = {
        "figure_2_strategy_profiles": (draw_strategy_profiles, questions.block(block)),
        "operations_profiles": (draw_operations_profiles, questions.block("operations")),
    }
    drawn: list[Drawing] = []
    for name, (make, asked) in draw.items():
        column = "scaled_mean" if name == "figure_2_strategy_profiles" else "mean"
        known = found[found[column].notna()]
        told = [one for one in asked if _is_told(known, one.block, one.item, k)]
        if told and typology.clusters:
            drawing = make(known, typology, told)
            counts = ["n_mats", "n_responses"]
            data = drawing.data.drop(columns=counts, errors="ignore")
            drawing = replace(drawing, data=data, note=_NOTE)
        else:
            title = "Profiles of the clusters"
            why = _UNSCALED if len(found) and column == "scaled_mean" else _TOO_FEW
            drawing = nothing_to_draw(name, title, why)
        drawn.append(drawing)
    drawn.append(draw_counts(crosstabs[crosstabs["k"].astype(int) == k], typology, base))
    return drawn


@style.styled
def draw_counts(crosstabs: pd.DataFrame, typology: PublicTypology, base: int) -> Drawing:
    """Rows of bars, a column a cluster, so that a count that is withheld moves no other."""
    name, title = PUBLIC_FIGURES[-1], "Clusters and attributes of the trusts"
    data = crosstabs[["attribute", "level", "cluster", "n"]].reset_index(drop=True)
    numbers = as_numbers(data, ["n"])["n"]
    if not numbers.notna().any():
        return nothing_to_draw(name, title, "Too few counts of trusts are published.")
    data = data.assign(cluster=data["cluster"].astype(int))
    lost = int(numbers.isna().sum())
    caption = (
        f"Number of trusts of each cluster at each level. {CONFIDENTIAL}: withheld so that nobody "
        "is singled out, as the count is small or would give a small one back."
        + (f" Counts are rounded to multiples of {base}, each by itself." if base > 1 else "")
    )
    parts = [part for _, part in data.groupby("attribute", sort=False)]
    rows = sum(part["level"].nunique() for part in parts)
    page = style.new_page(title, "", caption, rows * _ROW + (len(parts) + 1.4) * _HEAD)
    width = (page.width - _LEVELS) / typology.k
    style.need(width, 0.9)
    top = page.height - _HEAD
    for place, cluster in enumerate(typology.clusters):
        page.text(_LEVELS + place * width, top + 0.1, typology.title(cluster), size=style.LABEL)
    for part in parts:
        levels = list(dict.fromkeys(part["level"]))
        words = attribute_title(str(part["attribute"].iloc[0]))
        page.text(0.02, top - _HEAD + 0.1, words, size=style.LABEL)
        top -= _HEAD + len(levels) * _ROW
        axes = page.axes(_LEVELS, top, page.width - _LEVELS, len(levels) * _ROW)
        axes.set_xlim(0, typology.k)
        _draw_rows(axes, part.assign(number=numbers), levels, typology, float(numbers.max()))
    alt = (
        f"Numbers of trusts in {typology.k} clusters by {count(len(parts), 'attribute')}: "
        f"{len(data) - lost} of {count(len(data), 'count')} are published, {lost} withheld."
    )
    return Drawing(name, title, caption, page.figure, data, alt)


def _draw_rows(
    axes: Axes, part: pd.DataFrame, levels: list[str], typology: PublicTypology, most: float
) -> None:
    names = [style.fold(str(one), style.TICK, _LEVELS - 0.1, 2) for one in levels]
    style.label_rows(axes, names, rules=0)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    for row in part.itertuples():
        left, up = typology.clusters.index(row.cluster), levels.index(row.level)
        long = 0.0 if pd.isna(row.number) else 0.7 * row.number / max(most, 1.0)
        if long:
            type_id = typology.type_of[row.cluster]
            fill = style.fill_of(style.colour_of(type_id), style.hatch_of(type_id))
            axes.barh(up, long, left=left, height=0.66, **fill)
        axes.text(left + long + 0.02, up, row.n, size=style.LABEL, va="center_baseline")


def _is_told(found: pd.DataFrame, block: str, item: str, k: int) -> bool:
    # One cluster alone is compared with nothing.
    here = (found["block"] == block) & (found["item"] == item) & (found["k"] == k)
    return int((here & (found["role"] == "all")).sum()) > 1
