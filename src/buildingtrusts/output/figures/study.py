"""The figures that span waves: the sample beside the register, the printed tables, the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from buildingtrusts.output.figures import STUDY_FIGURES
from buildingtrusts.output.figures.associations import draw_associations
from buildingtrusts.output.figures.drawing import Drawing
from buildingtrusts.output.figures.ledger import draw_ledger
from buildingtrusts.output.figures.population import draw_population


@dataclass(frozen=True)
class StudyMaterial:
    """What the study's figures are drawn from.

    Attributes
    ----------
    population : DataFrame
        Columns of ``population.csv``; without rows if there is no extract of the register.
    published_associations : DataFrame
        Columns of ``published_associations.csv``.
    ledger : DataFrame
        Columns of ``ledger.csv``, and ``survey``: whose claims they are.
    """

    population: pd.DataFrame
    published_associations: pd.DataFrame
    ledger: pd.DataFrame


def draw_study_figure(name: str, of: StudyMaterial) -> Drawing:
    """Draw one figure that spans waves.

    Parameters
    ----------
    name : str
        One of :data:`.STUDY_FIGURES`.
    of : StudyMaterial
        The study.

    Returns
    -------
    Drawing
    """
    return DRAW[name](of)


def _population(attribute: str, of: StudyMaterial) -> Drawing:
    return draw_population(f"sample_{attribute}", attribute, of.population)


def _published(of: StudyMaterial) -> Drawing:
    return draw_associations(
        "published_associations",
        "Association of clusters with attributes, from the tables that the report prints",
        of.published_associations,
        "The report's tables are not in this study.",
        printed=True,
    )


#: How each figure is drawn.
DRAW: Mapping[str, Callable[[StudyMaterial], Drawing]] = {
    "sample_phase_mix": partial(_population, "phase_mix"),
    "sample_school_type_mix": partial(_population, "school_type_mix"),
    "sample_size_schools": partial(_population, "size_schools"),
    "published_associations": _published,
    "ledger": lambda of: draw_ledger(of.ledger),
}

if tuple(DRAW) != STUDY_FIGURES:
    raise RuntimeError(f"figures are drawn as {tuple(DRAW)} and listed as {STUDY_FIGURES}.")
