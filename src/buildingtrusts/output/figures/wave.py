"""All figures of one wave: which tables each is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from buildingtrusts.output.figures import WAVE_FIGURES
from buildingtrusts.output.figures.agreement import draw_agreement
from buildingtrusts.output.figures.associations import draw_associations
from buildingtrusts.output.figures.ceos import APPROACHES, draw_approaches, draw_distribution
from buildingtrusts.output.figures.crosstabs import draw_crosstabs, draw_performance
from buildingtrusts.output.figures.drawing import Drawing
from buildingtrusts.output.figures.effectiveness import draw_effectiveness
from buildingtrusts.output.figures.heatmap import draw_heatmap
from buildingtrusts.output.figures.operating import Reference, draw_operating_model
from buildingtrusts.output.figures.ordination import Plane, draw_clusters, draw_ordination
from buildingtrusts.output.figures.profiles import draw_operations_profiles, draw_strategy_profiles
from buildingtrusts.output.figures.questions import Questions, scale_limits
from buildingtrusts.output.figures.sample import draw_sample
from buildingtrusts.output.figures.silhouettes import draw_silhouettes
from buildingtrusts.output.figures.standardisation import draw_standardisation
from buildingtrusts.output.figures.trees import draw_dendrogram
from buildingtrusts.output.figures.typology import Typology, drawn_typology

OPERATIONS, STANDARDISATION, EFFECTIVENESS = "operations", "standardisation", "effectiveness"

#: Tables, by the names of their contracts, that a wave's figures are drawn from.
TABLES = (
    *("sample", "scores", "agreement", "linkage", "leaf_order", "clusters", "silhouettes"),
    *("partitions", "profiles", "crosstabs", "associations", "ceo", "effectiveness"),
    *("standardisation", "operating_model"),
)


@dataclass(frozen=True)
class WaveMaterial:
    """What a wave's figures are drawn from.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        Those of :data:`TABLES`.
    questions : Questions
        What was asked.
    block : str
        The block that is clustered.
    k : int
        The partition to draw.
    plane : Plane
        The clustered trusts' principal components.
    cutoffs : (float, float)
        Centralisation from which a trust is a hybrid, and centralised.
    method : str
        How the tree was built, in words for readers.
    merge_tests : DataFrame or None
        Tests of the tree's merges, if they were made.
    references : sequence of Reference
        Published shares of centralised trusts, for the operating model.
    """

    tables: Mapping[str, pd.DataFrame]
    questions: Questions
    block: str
    k: int
    plane: Plane
    cutoffs: tuple[float, float]
    method: str = ""
    merge_tests: pd.DataFrame | None = None
    references: Sequence[Reference] = ()

    @cached_property
    def typology(self) -> Typology:
        """The partition to draw."""
        return drawn_typology(self.tables["clusters"], self.k)


def draw_wave_figure(name: str, of: WaveMaterial) -> Drawing:
    """Draw one figure of a wave.

    Parameters
    ----------
    name : str
        One of :data:`.WAVE_FIGURES`.
    of : WaveMaterial
        The wave.

    Returns
    -------
    Drawing
    """
    return DRAW[name](of)


def _pupil_policies(of: WaveMaterial) -> Drawing:
    return draw_distribution(
        "figure_3_pupil_policies",
        "How far trusts centralise pupil policies",
        of.tables["ceo"],
        of.questions.find(OPERATIONS, "pupil_policies"),
    )


def _school_improvement(of: WaveMaterial) -> Drawing:
    return draw_distribution(
        "figure_4_school_improvement",
        "Who designs and delivers school improvement",
        of.tables["ceo"],
        of.questions.find(OPERATIONS, "school_improvement"),
    )


def _approaches(of: WaveMaterial) -> Drawing:
    found = (of.questions.find(of.block, item) for item in APPROACHES)
    return draw_approaches(of.tables["ceo"], [one for one in found if one is not None])


def _operating_model(of: WaveMaterial) -> Drawing:
    limits = scale_limits(of.questions.block(OPERATIONS))
    table = of.tables["operating_model"]
    ends = limits or (0.0, 10.0)
    return draw_operating_model(table, of.typology, of.cutoffs, ends, of.references)


def _associations(of: WaveMaterial) -> Drawing:
    return draw_associations(
        "associations",
        "Association of clusters with attributes of the trusts",
        of.tables["associations"],
        "This wave has no attributes of the trusts.",
    )


#: How each figure is drawn.
DRAW: Mapping[str, Callable[[WaveMaterial], Drawing]] = {
    "figure_1_clusters": lambda of: draw_clusters(of.plane, of.typology),
    "figure_2_strategy_profiles": lambda of: draw_strategy_profiles(
        of.tables["profiles"], of.typology, of.questions.block(of.block)
    ),
    "figure_3_pupil_policies": _pupil_policies,
    "figure_4_school_improvement": _school_improvement,
    "figure_5_improvement_approaches": _approaches,
    "figure_6_standardisation": lambda of: draw_standardisation(
        of.tables["standardisation"], of.questions.block(STANDARDISATION)
    ),
    "dendrogram": lambda of: draw_dendrogram(
        of.tables["linkage"], of.tables["leaf_order"], of.typology, of.method, of.merge_tests
    ),
    "heatmap": lambda of: draw_heatmap(
        of.tables["scores"],
        of.tables["linkage"],
        of.tables["leaf_order"],
        of.typology,
        of.questions.block(of.block),
    ),
    "silhouettes": lambda of: draw_silhouettes(
        of.tables["silhouettes"], of.tables["partitions"], of.typology
    ),
    "agreement": lambda of: draw_agreement(of.tables["agreement"], of.questions.block(of.block)),
    "ordination": lambda of: draw_ordination(of.plane, of.typology),
    "operating_model": _operating_model,
    "operations_profiles": lambda of: draw_operations_profiles(
        of.tables["profiles"], of.typology, of.questions.block(OPERATIONS)
    ),
    "crosstabs": lambda of: draw_crosstabs(
        of.tables["crosstabs"], of.tables["associations"], of.typology
    ),
    "associations": _associations,
    "effectiveness": lambda of: draw_effectiveness(
        of.tables["effectiveness"], of.questions.block(EFFECTIVENESS)
    ),
    "performance_by_cluster": lambda of: draw_performance(
        of.tables["crosstabs"], of.tables["associations"], of.typology
    ),
    "sample": lambda of: draw_sample(of.tables["sample"]),
}

if tuple(DRAW) != WAVE_FIGURES:
    raise RuntimeError(f"figures are drawn as {tuple(DRAW)} and listed as {WAVE_FIGURES}.")
