"""Figures drawn from published tables alone: they show no more than these do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.profiles import draw_operations_profiles, draw_strategy_profiles
from buildingtrusts.output.figures.questions import Questions
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.public_tables import as_numbers
from buildingtrusts.output.publication import CONFIDENTIAL, PUBLIC_FIGURES

_NUMBERS = ("mean", "median", "sd", "scaled_mean", "ci_low", "ci_high")


@dataclass(frozen=True)
class PublicTypology(Typology):
    """A partition whose members and sizes are not told."""

    shown: frozenset[int] = frozenset()

    def title(self, cluster: int) -> str:
        """Name of a cluster without its size; one that is withheld says so."""
        return f"Cluster {cluster}" + ("" if cluster in self.shown else f" {CONFIDENTIAL}")


def draw_public_figures(
    profiles: pd.DataFrame, types: pd.DataFrame, questions: Questions, block: str, k: int
) -> list[Drawing]:
    """Draw the profiles of the clusters that are published.

    Parameters
    ----------
    profiles : DataFrame
        The published profiles, as text.
    types : DataFrame
        The published types of clusters, as text.
    questions : Questions
        What was asked.
    block : str
        The block that is clustered.
    k : int
        The partition to draw.

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
    for name in PUBLIC_FIGURES:
        make, asked = draw[name]
        column = "scaled_mean" if name == "figure_2_strategy_profiles" else "mean"
        known = found[found[column].notna()]
        told = [one for one in asked if _is_told(known, one.block, one.item, k)]
        if told and typology.clusters:
            drawing = make(known, typology, told)
            counts = ["n_mats", "n_responses"]
            drawing = replace(drawing, data=drawing.data.drop(columns=counts, errors="ignore"))
        else:
            title = "Profiles of the clusters"
            drawing = nothing_to_draw(name, title, "Too few means of clusters are published.")
        drawn.append(drawing)
    return drawn


def _is_told(found: pd.DataFrame, block: str, item: str, k: int) -> bool:
    # One cluster alone is compared with nothing.
    here = (found["block"] == block) & (found["item"] == item) & (found["k"] == k)
    return int((here & (found["role"] == "all")).sum()) > 1
