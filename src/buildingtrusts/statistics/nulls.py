"""What chance would give: studies without clusters, and the observed one held against them.

Four nulls, each keeping something of the study. ``two_level`` keeps how much trusts and their
staff vary: trust effects from one Gaussian, staff around them, the observed numbers of answers; it
is the one that decides. ``gaussian`` draws trusts' scores from one Gaussian and forgets that a
mean of five is noisier than a mean of sixty. ``respondents_shuffled`` deals respondents out over
trusts at random, so that trusts do not differ at all. ``items_permuted`` shuffles each item over
trusts, which takes away all correlation between items. Draws are made and clustered as the
study was, and compared on the mean silhouette width and the pseudo-F, at one number of clusters
or at the best of several: the Monte Carlo tests of Barnard (1963) and Hope, A. C. A. (1968,
doi:10.1111/j.2517-6161.1968.tb00759.x).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.batch import cluster_batch, scale_batch
from buildingtrusts.statistics.monte_carlo import TOLERANCE, WHOLE, chunks, exceedance
from buildingtrusts.statistics.ratings import Ratings, Specification, mat_scores, observed_scores
from buildingtrusts.statistics.two_level_model import gaussian_rows, two_level_answers

NULL_COLUMNS = (
    *("null", "statistic", "scope", "k", "n_mats", "observed", "null_mean", "null_q50"),
    *("null_q95", "p_value", "p_low", "p_high", "draws"),
)
STATISTICS = ("mean_silhouette", "standardised_silhouette", "pseudo_f")


def two_level(
    ratings: Ratings,
    specification: Specification,
    draws: int,
    rng: np.random.Generator,
    part: tuple[int, int] = WHOLE,
) -> Iterator[NDArray[np.float64]]:
    """Draw trusts' scores under the two-level null, (b, n_mats, p) a chunk."""
    for answers in two_level_answers(ratings, draws, rng, part):
        yield mat_scores(ratings, answers, specification)


def gaussian(
    ratings: Ratings,
    specification: Specification,
    draws: int,
    rng: np.random.Generator,
    part: tuple[int, int] = WHOLE,
) -> Iterator[NDArray[np.float64]]:
    """Draw trusts' scores from one Gaussian with their mean and covariance."""
    scores = observed_scores(ratings, specification)
    covariance = np.atleast_2d(np.cov(scores, rowvar=False))
    for size, child in chunks(draws, scores.size, rng, part):
        yield scores.mean(axis=0) + gaussian_rows(covariance, (size, len(scores)), child)


def respondents_shuffled(
    ratings: Ratings,
    specification: Specification,
    draws: int,
    rng: np.random.Generator,
    part: tuple[int, int] = WHOLE,
) -> Iterator[NDArray[np.float64]]:
    """Deal respondents out over trusts of the observed sizes.

    Skipped answers go with the respondent. Where nobody dealt to a trust answered an item, the
    item's mean over the other trusts of the draw stands in.
    """
    places = np.arange(len(ratings.answers))
    for size, child in chunks(draws, ratings.answers.size, rng, part):
        dealt = child.permuted(np.tile(places, (size, 1)), axis=1)
        scores = mat_scores(ratings, ratings.answers[dealt], specification)
        empty = np.isnan(scores)
        if empty.any():
            others = np.nansum(scores, axis=1) / (~empty).sum(axis=1)
            scores = np.where(empty, others[:, None, :], scores)
        yield scores


def items_permuted(
    ratings: Ratings,
    specification: Specification,
    draws: int,
    rng: np.random.Generator,
    part: tuple[int, int] = WHOLE,
) -> Iterator[NDArray[np.float64]]:
    """Shuffle the scores of each item over trusts, each item on its own."""
    scores = observed_scores(ratings, specification)
    for size, child in chunks(draws, scores.size, rng, part):
        yield child.permuted(np.tile(scores, (size, 1, 1)), axis=1)


Null = Callable[
    [Ratings, Specification, int, np.random.Generator, tuple[int, int]],
    Iterator[NDArray[np.float64]],
]
NULLS: dict[str, Null] = {
    "two_level": two_level,
    "gaussian": gaussian,
    "respondents_shuffled": respondents_shuffled,
    "items_permuted": items_permuted,
}


@dataclass(frozen=True)
class Evaluation:
    """How well B sets of scores fall into clusters.

    Attributes
    ----------
    k : tuple of int
        The K numbers of clusters.
    silhouettes, pseudo_f : ndarray of shape (B, K)
        Mean silhouette widths, and Calinski and Harabasz's pseudo-F.
    dimensions : ndarray of shape (B,)
        In how many directions trusts scatter, from :func:`effective_dimensions`.
    """

    k: tuple[int, ...]
    silhouettes: NDArray[np.float64]
    pseudo_f: NDArray[np.float64]
    dimensions: NDArray[np.float64]


def evaluation_arrays(evaluation: Evaluation) -> dict[str, NDArray[np.generic]]:
    """An evaluation as named arrays, to be kept; :func:`evaluation_from` reads them back."""
    return {
        "k": np.array(evaluation.k),
        "silhouettes": evaluation.silhouettes,
        "pseudo_f": evaluation.pseudo_f,
        "dimensions": evaluation.dimensions,
    }


def evaluation_from(arrays: Mapping[str, NDArray[np.generic]]) -> Evaluation:
    """An evaluation from the arrays of :func:`evaluation_arrays`.

    Examples
    --------
    >>> found = Evaluation((2,), np.array([[0.5]]), np.array([[3.0]]), np.array([1.8]))
    >>> evaluation_from(evaluation_arrays(found)).silhouettes.tolist()
    [[0.5]]
    """
    k = tuple(arrays["k"].astype(int).tolist())
    names = ("silhouettes", "pseudo_f", "dimensions")
    return Evaluation(k, *(arrays[name].astype(float) for name in names))


def effective_dimensions(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count the directions in which objects scatter, each by its share of the variance.

    The square of the trace of the covariance over the trace of its square: 1 for objects on a
    line, p for objects that scatter alike in p directions (p times Box's epsilon: Box, G. E. P.,
    1954, doi:10.1214/aoms/1177728717).

    Parameters
    ----------
    scores : ndarray of shape (B, n, p)

    Returns
    -------
    ndarray of shape (B,)
        1 also where all objects coincide.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> effective_dimensions(np.stack([square, square * [1, 0]])).tolist()
    [2.0, 1.0]
    """
    centred = scores - scores.mean(axis=1, keepdims=True)
    # einsum adds in one order whatever the number of threads; matmul need not.
    scatter = np.einsum("bnp,bnq->bpq", centred, centred)
    total = np.einsum("bpp->b", scatter) ** 2
    squares = np.einsum("bpq,bpq->b", scatter, scatter)
    return np.divide(total, squares, out=np.ones(len(scores)), where=squares > 0)


def evaluate(
    scores: NDArray[np.float64], k: Sequence[int], specification: Specification
) -> Evaluation:
    """Cluster sets of scores, shape (B, n_mats, p), and say how well they fall into k clusters.

    Raises
    ------
    ValueError
        If a k is not from 2 to n_mats - 1, where both statistics are defined.
    """
    n_mats = scores.shape[1]
    wrong = [one for one in k if not 2 <= one < n_mats]
    if wrong or not k:
        raise ValueError(
            f"k is {list(k)}; with {n_mats} trusts needed are numbers from 2 to {n_mats - 1}."
        )
    found = cluster_batch(
        scores, k, specification.linkage, specification.metric, specification.scaling
    )
    dimensions = effective_dimensions(scale_batch(scores, specification.scaling))
    return Evaluation(found.k, found.silhouettes, found.pseudo_f, dimensions)


def draw_null(
    null: str,
    ratings: Ratings,
    specification: Specification,
    k: Sequence[int],
    draws: int,
    rng: np.random.Generator,
    part: tuple[int, int] = WHOLE,
) -> Evaluation:
    """Draw studies under one null and cluster them as the study was.

    Parameters
    ----------
    null : {"two_level", "gaussian", "respondents_shuffled", "items_permuted"}
    ratings : Ratings
        The study.
    specification : Specification
        How it is aggregated and clustered.
    k : sequence of int
        From 2 to n_mats - 1.
    draws : int
        In all parts together.
    rng : numpy.random.Generator
        Of this null alone.
    part : (int, int)
        Which of how many parts to draw, from 0; :func:`join` puts parts together.

    Returns
    -------
    Evaluation
        Of all draws, in an order that does not depend on the machine.

    Raises
    ------
    ValueError
        If the null is unknown, or a k or the number of draws is out of range.
    """
    if null not in NULLS:
        raise ValueError(f"null is {null!r}; allowed are {', '.join(NULLS)}.")
    drawn = NULLS[null](ratings, specification, draws, rng, part)
    return join([evaluate(scores, k, specification) for scores in drawn])


def join(parts: Sequence[Evaluation]) -> Evaluation:
    """Put draws of one null together, in the order given."""
    return Evaluation(
        parts[0].k,
        np.concatenate([part.silhouettes for part in parts]),
        np.concatenate([part.pseudo_f for part in parts]),
        np.concatenate([part.dimensions for part in parts]),
    )


def null_table(observed: Evaluation, nulls: Mapping[str, Evaluation], n_mats: int) -> pd.DataFrame:
    """Hold the study against its nulls.

    Parameters
    ----------
    observed : Evaluation
        Of the study, one set of scores.
    nulls : mapping of str to Evaluation
        Draws of each null, at the same k; two draws or more.
    n_mats : int
        Clustered trusts.

    Returns
    -------
    DataFrame
        Columns of ``nulls.csv``. ``standardised_silhouette`` is the mean silhouette minus what
        the null gives at that k for as many effective dimensions, over the standard deviation
        around that: a straight line through the draws, over the logarithm of their dimensions.
        A null fitted to a few trusts scatters in fewer directions than they do, and objects in
        few directions have larger silhouettes; without the line the test hardly ever rejects and
        finds little. A draw is standardised by all draws, itself included, which moves p by an
        order of 1 / draws at most. ``scope`` ``k`` is one number of clusters. ``max`` is the
        largest value over k, in the study as in each draw, and ``k`` is then where the study has
        it, the smaller k where two are equal.

    Raises
    ------
    ValueError
        If a null has fewer than two draws or other k than the study.
    """
    rows = []
    for name, drawn in nulls.items():
        if drawn.k != observed.k or len(drawn.silhouettes) < 2:
            raise ValueError(
                f"null {name!r} has {len(drawn.silhouettes)} draws at k = {list(drawn.k)}; "
                f"needed are two or more at k = {list(observed.k)}, as in the study."
            )
        for statistic, values, chance in _statistics(observed, drawn):
            head = (name, statistic)
            for place, k in enumerate(observed.k):
                rows.append(
                    (*head, "k", k, n_mats, *_against(float(values[place]), chance[:, place]))
                )
            best = int(values.argmax())
            highest = _against(float(values[best]), chance.max(axis=1))
            rows.append((*head, "max", observed.k[best], n_mats, *highest))
    return pd.DataFrame(rows, columns=list(NULL_COLUMNS))


def _statistics(
    observed: Evaluation, drawn: Evaluation
) -> Iterator[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
    """Each statistic of the study, (K,), and of the draws, (draws, K)."""
    expected = _expected_silhouettes(drawn)
    residuals = drawn.silhouettes - expected(drawn.dimensions)
    # Where no draw differs from another, anything else is as good as infinitely far away.
    spread = np.maximum(residuals.std(axis=0, ddof=1), TOLERANCE)
    yield STATISTICS[0], observed.silhouettes[0], drawn.silhouettes
    yield (
        STATISTICS[1],
        (observed.silhouettes[0] - expected(observed.dimensions)[0]) / spread,
        residuals / spread,
    )
    yield STATISTICS[2], observed.pseudo_f[0], drawn.pseudo_f


def _expected_silhouettes(
    drawn: Evaluation,
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """The mean silhouettes (B, K) that a null gives for effective dimensions (B,)."""
    centre = drawn.silhouettes.mean(axis=0)
    middle = np.log(drawn.dimensions).mean()
    from_middle = (np.log(drawn.dimensions) - middle)[:, None]
    scatter = float(np.square(from_middle).sum())
    slopes = (from_middle * (drawn.silhouettes - centre)).sum(axis=0)
    # Objects on one item scatter in one direction in every draw.
    slopes = slopes / scatter if scatter > TOLERANCE * len(from_middle) else 0 * slopes

    def expected(dimensions: NDArray[np.float64]) -> NDArray[np.float64]:
        return centre + slopes * (np.log(dimensions) - middle)[:, None]

    return expected


def _against(observed: float, drawn: NDArray[np.float64]) -> tuple[float | int, ...]:
    chance = exceedance(drawn, observed)
    middle, high = np.quantile(drawn, (0.5, 0.95))
    return (
        *(observed, float(drawn.mean()), float(middle), float(high)),
        *(chance.p_value, chance.p_low, chance.p_high, len(drawn)),
    )
