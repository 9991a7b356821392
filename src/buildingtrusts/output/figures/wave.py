"""All figures of one wave: which tables each is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from buildingtrusts.output.figures import WAVE_FIGURES
from buildingtrusts.output.figures.agreement import draw_agreement
from buildingtrusts.output.figures.associations import draw_associations
from buildingtrusts.output.figures.ceos import draw_distribution, draw_side_by_side
from buildingtrusts.output.figures.crosstabs import draw_crosstabs, draw_performance
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
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
from buildingtrusts.output.figures.words import plain

OPERATIONS, STANDARDISATION, EFFECTIVENESS = "operations", "standardisation", "effectiveness"

#: Tables, by the names of their contracts, that a wave's figures are drawn from.
TABLES = (
    *("sample", "scores", "agreement", "linkage", "leaf_order", "clusters", "silhouettes"),
    *("partitions", "profiles", "crosstabs", "associations", "ceo", "effectiveness"),
    *("standardisation", "operating_model"),
)


@dataclass(frozen=True)
class ItemChart:
    """A chart of what chief executives answered to one item, or to several side by side."""

    title: str
    items: tuple[tuple[str, str], ...]


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
    report_figures : mapping of str to ItemChart
        Charts of single items by name, besides those of :data:`.WAVE_FIGURES`.
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
    report_figures: Mapping[str, ItemChart] = field(default_factory=dict)

    @cached_property
    def typology(self) -> Typology:
        """The partition to draw."""
        return drawn_typology(self.tables["clusters"], self.k)


def draw_wave_figure(name: str, of: WaveMaterial) -> Drawing:
    """Draw one figure of a wave.

    Parameters
    ----------
    name : str
        One of :data:`.WAVE_FIGURES`, or of the wave's report figures.
    of : WaveMaterial
        The wave.

    Returns
    -------
    Drawing
    """
    chart = of.report_figures.get(name)
    return DRAW[name](of) if chart is None else _draw_items(name, chart, of)


def _draw_items(name: str, chart: ItemChart, of: WaveMaterial) -> Drawing:
    """One item is a distribution; several are drawn if all were asked."""
    found = [of.questions.find(block, item) for block, item in chart.items]
    ceo = of.tables["ceo"]
    if len(found) == 1:
        return draw_distribution(name, chart.title, ceo, found[0])
    asked = [one for one in found if one is not None]
    if len(asked) < len(found):
        missing = [
            plain(item) for (_, item), one in zip(chart.items, found, strict=True) if one is None
        ]
        reason = f"Not asked in this wave: {', '.join(missing)}."
        return nothing_to_draw(name, chart.title, reason)
    return draw_side_by_side(name, chart.title, ceo, asked)


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
    "figure_1_clusters": lambda of: draw_clusters(
        of.plane, of.typology, of.block, bool(of.report_figures)
    ),
    "figure_2_strategy_profiles": lambda of: draw_strategy_profiles(
        of.tables["profiles"], of.typology, of.questions.block(of.block)
    ),
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
