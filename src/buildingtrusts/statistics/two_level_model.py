"""How much trusts and their staff vary, and nothing else: the model of the two-level null.

Trust effects come from one Gaussian whose covariance is that of the trusts' means less what
sampling of staff adds to it; staff are the study's own residuals around them, on its answer scale.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.monte_carlo import WHOLE, chunks
from buildingtrusts.statistics.ratings import Ratings


@dataclass(frozen=True)
class TwoLevelModel:
    """What trusts and their staff vary by, and nothing else: the model of the two-level null.

    Attributes
    ----------
    centre : ndarray of shape (p,)
        Mean of the trusts' means.
    between : ndarray of shape (p, p)
        Covariance T of the trust effects, positive semi-definite.
    residuals : ndarray of shape (R, p)
        Respondents' deviations from their trust's mean, times sqrt(n / (n - 1)) for the n who
        answered the item there; ``nan`` where skipped, or where n is 1.
    """

    centre: NDArray[np.float64]
    between: NDArray[np.float64]
    residuals: NDArray[np.float64]


def fit_two_level(ratings: Ratings) -> TwoLevelModel:
    """Estimate the model of the two-level null from a study.

    T is the covariance of the trusts' means minus the mean over trusts of their sampling
    covariance, which for two items a and b is the trust's own covariance of the answers times
    n_ab / (n_a n_b), or the covariance over n where nobody skipped anything; then made positive
    semi-definite by :func:`positive_semidefinite`. A trust in which fewer than two answered both
    items, such as one with a single respondent, lends its means and takes the covariance pooled
    over trusts; it has no residuals. If no trust has two respondents the means' covariance stands
    for T, and there are no residuals at all. Weights are ignored.
    """
    answers, starts = ratings.answers, ratings.starts
    answered = ~np.isnan(answers)
    counts = np.add.reduceat(answered, starts, axis=0, dtype=np.int64)
    means = np.add.reduceat(np.where(answered, answers, 0.0), starts, axis=0) / counts
    own = np.repeat(np.arange(len(starts)), ratings.sizes)
    deviations = np.where(answered, answers - means[own], 0.0)
    sampling = _sampling_covariance(deviations, answered.astype(float), ratings, counts)
    between = np.atleast_2d(np.cov(means, rowvar=False)) - sampling
    with np.errstate(divide="ignore"):
        inflation = np.sqrt(counts / (counts - 1))[own]
    known = answered & np.isfinite(inflation)
    residuals = np.full(answers.shape, np.nan)
    residuals[known] = deviations[known] * inflation[known]
    return TwoLevelModel(
        means.mean(axis=0), positive_semidefinite(between), residuals[known.any(axis=1)]
    )


def _sampling_covariance(
    deviations: NDArray[np.float64],
    answered: NDArray[np.float64],
    ratings: Ratings,
    counts: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Mean over trusts of the sampling covariance of their means."""
    inner = ratings.starts[1:]
    parts = zip(np.split(deviations, inner), np.split(answered, inner), strict=True)
    both, products = np.array([(here.T @ here, part.T @ part) for part, here in parts]).swapaxes(
        0, 1
    )
    freedom = np.maximum(both - 1, 0)
    pooled = products.sum(axis=0) / np.maximum(freedom.sum(axis=0), 1)
    own = np.where(freedom > 0, products / np.maximum(freedom, 1), pooled)
    shares = both / (counts[:, :, None] * counts[:, None, :])
    mean: NDArray[np.float64] = (own * shares).mean(axis=0)
    return mean


def positive_semidefinite(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find the positive semi-definite matrix nearest to a symmetric one, of the same trace.

    Setting negative eigenvalues to 0 would add to the trace: to how far trusts differ, which is
    what the difference of two covariances estimates without bias. So the others are lowered
    together by what is added, and those that would fall below 0 stay at 0. A trace below 0 gives
    zero throughout: trusts do not differ. Reference: the projection of Duchi, J. et al. (2008),
    doi:10.1145/1390156.1390191.

    Examples
    --------
    >>> positive_semidefinite(np.diag([5.0, 3.0, -2.0])).round(6).tolist()
    [[4.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]]
    """
    values, vectors = np.linalg.eigh(matrix)
    trace = max(float(values.sum()), 0.0)
    largest_first = values[::-1]
    surplus = (np.cumsum(largest_first) - trace) / np.arange(1, len(values) + 1)
    kept = np.flatnonzero(largest_first > surplus)
    lowered = np.maximum(values - surplus[kept[-1]], 0) if len(kept) else np.zeros_like(values)
    projected: NDArray[np.float64] = (vectors * lowered) @ vectors.T
    return projected


def gaussian_rows(
    covariance: NDArray[np.float64], shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Rows of a centred Gaussian; shape (*shape, p)."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    # einsum adds in one order whatever the number of threads; matmul need not.
    return np.einsum("bnq,pq->bnp", rng.standard_normal((*shape, len(covariance))), root)


def two_level_answers(
    ratings: Ratings,
    draws: int,
    rng: np.random.Generator,
    part: tuple[int, int] = WHOLE,
    model: TwoLevelModel | None = None,
) -> Iterator[NDArray[np.float64]]:
    """Draw whole studies without clusters from the two-level model, chunk by chunk.

    Each respondent is a trust effect plus a residual row drawn from all trusts', rounded and
    clipped to the items' scales; numbers of respondents and skipped answers are the observed
    ones. A residual that is itself missing is drawn, anew in each chunk, from the others of its
    item.

    Parameters
    ----------
    ratings : Ratings
        The study.
    draws : int
        In all parts together.
    rng : numpy.random.Generator
        Of this task alone.
    part : (int, int)
        As for :func:`chunks`.
    model : TwoLevelModel, optional
        By default the study's own, from :func:`fit_two_level`.

    Yields
    ------
    ndarray of shape (b, N, p)
        The next b of the draws, respondents in the rows of ``ratings.answers``.
    """
    model = fit_two_level(ratings) if model is None else model
    skipped = np.isnan(ratings.answers)
    n_mats, n_respondents = len(ratings.starts), len(skipped)
    for size, child in chunks(draws, ratings.answers.size, rng, part):
        effects = model.centre + gaussian_rows(model.between, (size, n_mats), child)
        answers = np.repeat(effects, ratings.sizes, axis=1)
        if len(model.residuals):
            pool = _without_gaps(model.residuals, child)
            drawn = child.integers(len(pool), size=(size, n_respondents))
            answers += np.take(pool, drawn, axis=0)
        answers = to_scale(answers, ratings)
        answers[:, skipped] = np.nan
        yield answers


def _without_gaps(residuals: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    filled = residuals.copy()
    for item, column in enumerate(residuals.T):
        gaps = np.isnan(column)
        donors = column[~gaps] if not gaps.all() else np.zeros(1)
        filled[gaps, item] = rng.choice(donors, size=gaps.sum())
    return filled


def to_scale(answers: NDArray[np.float64], ratings: Ratings) -> NDArray[np.float64]:
    """Round answers to the nearest that the scale allows; items without a scale stay."""
    scaled = ~np.isnan(ratings.step)
    if not scaled.any():
        return answers
    # Bounds for every row let NumPy run along thousands of answers at a time, not along ten.
    low, high, step = (
        np.tile(bound, (answers.shape[-2], 1))
        for bound in (ratings.low, ratings.high, ratings.step)
    )
    told = np.rint((answers - low) / step)
    told *= step
    told += low
    np.minimum(np.maximum(told, low, out=told), high, out=told)
    return told if scaled.all() else np.where(scaled, told, answers)
