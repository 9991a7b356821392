"""All figures of a wave's evidence: which tables each is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from buildingtrusts.output.figures import EVIDENCE_FIGURES
from buildingtrusts.output.figures.co_clustering import draw_assignment, draw_co_clustering
from buildingtrusts.output.figures.continuum import Line, draw_continuum
from buildingtrusts.output.figures.drawing import Drawing
from buildingtrusts.output.figures.ensemble import draw_ensemble
from buildingtrusts.output.figures.k_choice import draw_k_choice
from buildingtrusts.output.figures.multiverse import draw_multiverse
from buildingtrusts.output.figures.nulls import DECISIVE, STANDARDISED, draw_noise
from buildingtrusts.output.figures.stability import draw_stability
from buildingtrusts.output.figures.typology import Typology, drawn_typology

#: Tables, by the names of their contracts, that the figures of the evidence are drawn from.
TABLES = (
    *("clusters", "leaf_order", "scores", "nulls", "stability", "co_clustering", "assignment"),
    *("k_votes", "k_indices", "continuum", "permanova", "multiverse", "ensemble", "verdict"),
)


@dataclass(frozen=True)
class EvidenceMaterial:
    """What the figures of a wave's evidence are drawn from.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        Those of :data:`TABLES`.
    k : int
        The partition that the wave's other figures show.
    line : Line
        The clustered trusts along their first principal component.
    """

    tables: Mapping[str, pd.DataFrame]
    k: int
    line: Line

    @cached_property
    def typology(self) -> Typology:
        """The partition that the wave's other figures show."""
        return drawn_typology(self.tables["clusters"], self.k)

    @property
    def chosen(self) -> int | None:
        """Clusters where the standardised silhouette is largest; None if it was not measured.

        The table of nulls says, and not the verdict: that of a reconstruction is of many.
        """
        nulls = self.tables["nulls"]
        best = nulls[
            (nulls["null"] == DECISIVE)
            & (nulls["statistic"] == STANDARDISED)
            & (nulls["scope"] == "max")
        ]["k"].dropna()
        return int(best.iloc[0]) if len(best) else None

    @property
    def verdict(self) -> str:
        """The verdict on the wave; empty if there is none."""
        words = self.tables["verdict"]["verdict"].dropna()
        return str(words.iloc[0]) if len(words) else ""


def draw_evidence_figure(name: str, of: EvidenceMaterial) -> Drawing:
    """Draw one figure of a wave's evidence.

    Parameters
    ----------
    name : str
        One of :data:`.EVIDENCE_FIGURES`.
    of : EvidenceMaterial
        The wave's.

    Returns
    -------
    Drawing
    """
    return DRAW[name](of)


def _stability(of: EvidenceMaterial) -> Drawing:
    found = {of.typology.k: of.typology}
    if of.chosen is not None:
        chosen = drawn_typology(of.tables["clusters"], of.chosen)
        found.setdefault(chosen.k, chosen)
    return draw_stability(of.tables["stability"], list(found.values()), of.typology.k, of.chosen)


#: How each figure is drawn.
DRAW: Mapping[str, Callable[[EvidenceMaterial], Drawing]] = {
    "noise": lambda of: draw_noise(
        of.tables["nulls"], of.tables["permanova"], of.typology.k, of.verdict
    ),
    "stability": _stability,
    "assignment": lambda of: draw_assignment(
        of.tables["assignment"], of.tables["leaf_order"], of.typology
    ),
    "co_clustering": lambda of: draw_co_clustering(
        of.tables["co_clustering"], of.tables["leaf_order"], of.typology
    ),
    "k_choice": lambda of: draw_k_choice(of.tables["k_indices"], of.tables["k_votes"]),
    "continuum": lambda of: draw_continuum(of.tables["continuum"], of.line, of.typology),
    "multiverse": lambda of: draw_multiverse(of.tables["multiverse"]),
    "ensemble": lambda of: draw_ensemble(of.tables["ensemble"]),
}

if tuple(DRAW) != EVIDENCE_FIGURES:
    raise RuntimeError(f"figures are drawn as {tuple(DRAW)} and listed as {EVIDENCE_FIGURES}.")
