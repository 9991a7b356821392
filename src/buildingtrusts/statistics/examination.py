"""One study, one verdict: everything that the rule looks at, and nothing that it does not.

The workflow draws four nulls, resamples in three ways and looks at every number of clusters, for
people to read. The rule of :mod:`.verdict` needs a part of that: the test that trusts differ
(:mod:`.permanova`), the two-level null of the largest standardised silhouette (:mod:`.nulls`), and,
at the number of clusters where that is, how well clusters come back under resampled staff beside
studies without clusters (:mod:`.stability`). This module computes that part alone, for work that
judges studies by the hundred: an ensemble of reconstructions, or the calibration of the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from buildingtrusts.statistics.batch import cluster_batch
from buildingtrusts.statistics.nulls import Evaluation, draw_null, evaluate, null_table
from buildingtrusts.statistics.permanova import permanova
from buildingtrusts.statistics.ratings import Ratings, Specification, observed_scores
from buildingtrusts.statistics.resampling import resample_respondents
from buildingtrusts.statistics.stability import null_stability, stability_tables
from buildingtrusts.statistics.verdict import Evidence, gather_evidence

#: Gives each named task random numbers of its own; the same name gives the same numbers.
Streams = Callable[[str], np.random.Generator]


@dataclass(frozen=True)
class Effort:
    """How many random draws an examination makes.

    Attributes
    ----------
    draws : int
        Of the two-level null, and deals of respondents over trusts.
    bootstraps : int
        Of the study's respondents.
    null_studies, null_draws : int
        Studies without clusters, and bootstraps of the respondents of each.
    """

    draws: int = 10_000
    bootstraps: int = 10_000
    null_studies: int = 200
    null_draws: int = 200


def examine(
    ratings: Ratings,
    specification: Specification,
    k: Sequence[int],
    effort: Effort,
    streams: Streams,
) -> Evidence:
    """Gather the evidence on a study's clusters.

    Parameters
    ----------
    ratings : Ratings
        The study: answers of the clustered trusts on the clustered items, on the items' own scale
        (1-10 for strategy statements).
    specification : Specification
        How it is aggregated and clustered.
    k : sequence of int
        Numbers of clusters that compete, each from 2 to the number of trusts less 1.
    effort : Effort
        Two draws of the null or more.
    streams : callable of str to numpy.random.Generator
        Called with the names of the workflow's tasks: ``permanova``, ``two_level``,
        ``respondents`` and ``null studies``.

    Returns
    -------
    Evidence
        With the same effort and streams what the workflow's tables come to, to the last bit. With
        one respondent a trust, or answers that are all alike, ``permanova_p`` is ``nan``.

    Raises
    ------
    ValueError
        If a k or a number of draws is out of range.

    Examples
    --------
    >>> from buildingtrusts.statistics.ratings import gather_ratings
    >>> rng = np.random.default_rng(1)
    >>> trusts = np.repeat(np.arange(9), 5)
    >>> answers = np.rint(np.repeat([2.0, 5.0, 9.0], 15)[:, None] + rng.normal(0, 0.5, (45, 3)))
    >>> study = gather_ratings(answers, trusts, [(1, 10, 1)] * 3)
    >>> found = examine(study, Specification(), [2, 3, 4], Effort(99, 50, 20, 20),
    ...                 lambda task: np.random.default_rng(len(task)))
    >>> found.k, found.sizes, found.silhouette_p
    (3, (3, 3, 3), 0.01)
    """
    differ = permanova_p(ratings, effort.draws, streams("permanova"))
    observed, drawn = silhouette_draws(
        ratings, specification, k, effort.draws, streams("two_level")
    )
    nulls = null_table(observed, {"two_level": drawn}, len(ratings.sizes))
    chosen = chosen_k(nulls)
    clusters = _clusters(ratings, specification, chosen)
    resampled = resample_respondents(
        ratings, specification, [chosen], [chosen], effort.bootstraps, streams("respondents")
    )
    studies = null_stability(
        ratings,
        specification,
        [chosen],
        effort.null_studies,
        effort.null_draws,
        streams("null studies"),
        sources=("respondents",),
    )
    stability = stability_tables([resampled], studies, clusters["mat_id"].tolist()).stability
    return gather_evidence(nulls, stability, clusters, differ)


def permanova_p(ratings: Ratings, draws: int, rng: np.random.Generator) -> float:
    """Test that trusts do not differ: its p, or ``nan`` where the test cannot be made."""
    mats = np.repeat(np.arange(len(ratings.sizes)), ratings.sizes)
    try:
        return permanova(ratings.answers, mats, draws, rng).chance.p_value
    except ValueError:
        return float("nan")


def silhouette_draws(
    ratings: Ratings,
    specification: Specification,
    k: Sequence[int],
    draws: int,
    rng: np.random.Generator,
) -> tuple[Evaluation, Evaluation]:
    """Cluster the study, and draws of the two-level null."""
    observed = evaluate(observed_scores(ratings, specification)[None], k, specification)
    return observed, draw_null("two_level", ratings, specification, k, draws, rng)


def chosen_k(nulls: pd.DataFrame) -> int:
    """Where the standardised silhouette is largest, under the two-level null."""
    largest = nulls[(nulls["statistic"] == "standardised_silhouette") & (nulls["scope"] == "max")]
    return int(largest.loc[largest["null"] == "two_level", "k"].iloc[0])


def _clusters(ratings: Ratings, specification: Specification, k: int) -> pd.DataFrame:
    """The clusters at one k as in ``clusters.csv``, of trusts named by their place."""
    scores = observed_scores(ratings, specification)[None]
    found = cluster_batch(
        scores, [k], specification.linkage, specification.metric, specification.scaling
    )
    labels = found.labels[0, 0]
    names = [str(place) for place in range(len(labels))]
    return pd.DataFrame({"mat_id": names, "k": k, "cluster": labels.astype(np.int64)})
