"""Judge a made-up study by the rule, and by two rules of thumb of the field.

The rule is applied as :func:`buildingtrusts.statistics.examination.examine` applies it, except that
work is left out which cannot change the verdict: how well clusters come back is not looked at where
trusts do not differ, and studies without clusters are resampled only until it is certain on which
side of their 95% point the weakest cluster lies.

The rules of thumb: ``clusterboot`` of R's fpc, by whose documentation a mean Jaccard of .75 or more
makes a valid, stable cluster (Hennig, C., 2007, doi:10.1016/j.csda.2006.11.025), for every cluster
of the k with the largest mean silhouette; and a largest mean silhouette above .25 (Kaufman, L. and
Rousseeuw, P. J., 1990, doi:10.1002/9780470316801).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.batch import cluster_batch
from buildingtrusts.statistics.examination import (
    Effort,
    Streams,
    chosen_k,
    permanova_p,
    silhouette_draws,
)
from buildingtrusts.statistics.monte_carlo import exceedance
from buildingtrusts.statistics.nulls import Evaluation, null_table
from buildingtrusts.statistics.ratings import Ratings, Specification, observed_scores
from buildingtrusts.statistics.resampling import resample_respondents
from buildingtrusts.statistics.stability import null_stability
from buildingtrusts.statistics.verdict import (
    LEVEL,
    NOISE,
    SMALLEST_CLUSTER,
    SUPPORTED,
    TOLERANCE,
    WEAK,
)

USUAL = Specification()
STABLE = 0.75
STRUCTURE = 0.25


@dataclass(frozen=True)
class Judgement:
    """The verdict on one study, and its parts.

    Attributes
    ----------
    verdict : str
    permanova_p, silhouette_p : float
    k : int
        Where the standardised silhouette is largest.
    smallest : int
        Trusts in the smallest cluster there.
    jaccard_holds : bool or None
        Whether every cluster comes back better than in noise; None where nobody needs to know.
    best_k : int
        Where the mean silhouette is largest.
    best_silhouette, best_p : float
        That largest mean silhouette and its two-level p.
    rule_1_p : float
        The silhouettes' p by the first version of the rule.
    """

    verdict: str
    permanova_p: float
    silhouette_p: float
    k: int
    smallest: int
    jaccard_holds: bool | None
    best_k: int
    best_silhouette: float
    best_p: float
    rule_1_p: float


def judge(
    ratings: Ratings,
    k: Sequence[int],
    effort: Effort,
    streams: Streams,
    parts: int = 10,
    weak_matters: bool = True,
) -> Judgement:
    """Give a study its verdict, doing no more than that needs.

    ``parts`` is in how many parts studies without clusters are resampled; it changes nothing but
    the time. Without ``weak_matters`` a study that cannot be supported is called noise.
    """
    differ = permanova_p(ratings, effort.draws, streams("permanova"))
    observed, drawn = silhouette_draws(ratings, USUAL, k, effort.draws, streams("two_level"))
    nulls = null_table(observed, {"two_level": drawn}, len(ratings.sizes))
    largest = nulls[nulls["scope"] == "max"].set_index("statistic")
    chosen = chosen_k(nulls)
    sizes = np.bincount(reference(ratings, chosen))[1:]
    apart = float(largest.loc["standardised_silhouette", "p_value"])
    comes_back = None
    could_be = apart <= LEVEL and sizes.min() >= SMALLEST_CLUSTER
    if differ <= LEVEL and (weak_matters or could_be):
        comes_back = clusters_return(ratings, chosen, effort, streams, parts)
    best = largest.loc["mean_silhouette"]
    return Judgement(
        verdict_of(differ, apart, comes_back, int(sizes.min())),
        differ,
        apart,
        chosen,
        int(sizes.min()),
        comes_back,
        int(best["k"]),
        float(best["observed"]),
        float(best["p_value"]),
        rule_1_p(observed, drawn),
    )


def rule_1_p(observed: Evaluation, drawn: Evaluation) -> float:
    """The p of rule 1, which did not ask in how many directions trusts scatter."""
    centre = drawn.silhouettes.mean(axis=0)
    spread = np.maximum(drawn.silhouettes.std(axis=0, ddof=1), TOLERANCE)
    largest = float(((observed.silhouettes[0] - centre) / spread).max())
    return exceedance(((drawn.silhouettes - centre) / spread).max(axis=1), largest).p_value


def verdict_of(permanova: float, silhouette: float, comes_back: bool | None, smallest: int) -> str:
    """Apply the rule where it is known on which side of their point the clusters are."""
    if not permanova <= LEVEL or comes_back is None:
        return NOISE
    holding = (silhouette <= LEVEL) + comes_back
    if holding == 2:
        return SUPPORTED if smallest >= SMALLEST_CLUSTER else WEAK
    return WEAK if holding == 1 else NOISE


def reference(ratings: Ratings, k: int) -> NDArray[np.int64]:
    """The study's own clusters, 1..k."""
    scores = observed_scores(ratings, USUAL)[None]
    return cluster_batch(scores, [k]).labels[0, 0].astype(np.int64)


def clusters_return(
    ratings: Ratings, k: int, effort: Effort, streams: Streams, parts: int = 10
) -> bool:
    """Is the weakest cluster above the 95% point of the weakest clusters of null studies?

    The answer is that of ``Evidence.clusters_return``; Jaccards lie between 0 and 1, so that the
    point has bounds while some null studies are still to come.
    """
    resampled = resample_respondents(
        ratings, USUAL, [k], [k], effort.bootstraps, streams("respondents")
    )
    weakest = float(resampled.comparisons[k].jaccards.mean(axis=0).min())
    parts = min(parts, effort.null_studies)
    known: list[float] = []
    for part in range(parts):
        table = null_stability(
            ratings,
            USUAL,
            [k],
            effort.null_studies,
            effort.null_draws,
            streams("null studies"),
            (part, parts),
            ("respondents",),
        )
        known += table.groupby("study")["jaccard"].min().tolist()
        to_come = effort.null_studies - len(known)
        if weakest <= np.quantile(known + [0.0] * to_come, 0.95) + TOLERANCE:
            return False
        if weakest > np.quantile(known + [1.0] * to_come, 0.95) + TOLERANCE:
            return True
    raise RuntimeError("with all null studies known their 95% point is known.")


def clusterboot(
    scores: NDArray[np.float64],
    best_k: Sequence[int],
    draws: int,
    rngs: Sequence[np.random.Generator],
) -> list[NDArray[np.float64]]:
    """Mean bootstrap Jaccards of S studies, (S, n, p), each of its clusters at its own k.

    As ``fpc::clusterboot`` bootstraps objects by default: an object drawn twice is used once, and a
    cluster without any object in a draw has a Jaccard of 0 there. Where a draw has fewer objects
    than clusters fpc stops with an error; here it is drawn again.
    """
    samples = [
        _samples(scores.shape[1], k, draws, rng) for k, rng in zip(best_k, rngs, strict=True)
    ]
    return clusterboot_of(scores, best_k, samples)


def _samples(n: int, k: int, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    samples = rng.integers(n, size=(draws, n))
    while True:
        different = (np.diff(np.sort(samples, axis=1), axis=1) > 0).sum(axis=1) + 1
        short = different < k
        if not short.any():
            return samples
        samples[short] = rng.integers(n, size=(int(short.sum()), n))


def clusterboot_of(
    scores: NDArray[np.float64],
    best_k: Sequence[int],
    samples: Sequence[NDArray[np.int64]],
) -> list[NDArray[np.float64]]:
    """The same for given samples, one array of shape (draws, n) a study."""
    n_studies, n = scores.shape[:2]
    labels = cluster_batch(scores, sorted(set(best_k)))
    places = {k: place for place, k in enumerate(labels.k)}
    drawn = np.zeros((n_studies, len(samples[0]), n), dtype=bool)
    for study, sample in enumerate(samples):
        np.put_along_axis(drawn[study], sample, True, axis=1)
    jaccards = [np.empty((drawn.shape[1], k)) for k in best_k]
    different = drawn.sum(axis=2)
    k_of = np.array(best_k)
    for size in np.unique(different):
        for k in np.unique(k_of):
            study, draw = np.nonzero((different == size) & (k_of == k)[:, None])
            if not len(study):
                continue
            objects = np.nonzero(drawn[study, draw])[1].reshape(-1, size)
            found = cluster_batch(scores[study[:, None], objects], [int(k)]).labels[:, 0]
            own = labels.labels[study, places[int(k)]]
            best = best_jaccards(np.take_along_axis(own, objects, axis=1), found, int(k))
            for one in np.unique(study):
                jaccards[one][draw[study == one]] = best[study == one]
    return [values.mean(axis=0) for values in jaccards]


def best_jaccards(
    ours: NDArray[np.int16], theirs: NDArray[np.int16], k: int
) -> NDArray[np.float64]:
    """Each of our clusters' Jaccard with the most like of theirs, (B, k); labels are (B, m)."""
    numbers = np.arange(1, k + 1)
    inside = (ours[:, :, None] == numbers).astype(np.int64)
    found = (theirs[:, :, None] == numbers).astype(np.int64)
    both = np.einsum("bmi,bmj->bij", inside, found)
    either = inside.sum(axis=1)[:, :, None] + found.sum(axis=1)[:, None, :] - both
    return (both / np.maximum(either, 1)).max(axis=2)
