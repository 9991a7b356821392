"""Figures: tables in, drawings out. The names are here, where listing them imports nothing."""

from __future__ import annotations

#: Figures of one wave, in ``results/<wave>/figures/``, in the order of the report. Those of single
#: items are listed in the folder of published claims (``figures.yaml``).
WAVE_FIGURES: tuple[str, ...] = (
    "figure_1_clusters",
    "figure_2_strategy_profiles",
    "figure_6_standardisation",
    "dendrogram",
    "heatmap",
    "silhouettes",
    "agreement",
    "ordination",
    "operating_model",
    "operations_profiles",
    "crosstabs",
    "associations",
    "effectiveness",
    "performance_by_cluster",
    "sample",
)

#: Figures of one wave whose evidence is computed, in the same folder.
EVIDENCE_FIGURES: tuple[str, ...] = (
    "noise",
    "stability",
    "assignment",
    "co_clustering",
    "k_choice",
    "continuum",
    "multiverse",
    "ensemble",
)

#: Figures that span waves, in ``results/figures/``.
STUDY_FIGURES: tuple[str, ...] = (
    "sample_phase_mix",
    "sample_school_type_mix",
    "sample_size_schools",
    "published_associations",
    "ledger",
)

#: Figures of two waves or more, in the same folder.
TRACKING_FIGURES: tuple[str, ...] = ("transitions", "changes")


def interview_figure(of_set: str, attribute: str | None = None) -> str:
    """Name a figure of a set of interviews, in ``results/figures/``.

    Parameters
    ----------
    of_set : str
        Name of the set.
    attribute : str, optional
        By which break points are shown; without one, it is the figure of centralisation.

    Examples
    --------
    >>> interview_figure("2017-illustration"), interview_figure("2017", "size_schools")
    ('interviews_2017-illustration_centralisation', 'interviews_2017_break_points_by_size_schools')
    """
    shown = "centralisation" if attribute is None else f"break_points_by_{attribute}"
    return f"interviews_{of_set}_{shown}"


#: File formats a figure can be saved in, beside its data (``csv``) and alternative text (``txt``).
FORMATS: tuple[str, ...] = ("pdf", "svg", "png")
