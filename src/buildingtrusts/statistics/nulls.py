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
from buildingtrusts.statistics.quantiles import answered_quantiles

NULL_COLUMNS = (
    *("null", "statistic", "scope", "k", "n_mats", "observed", "null_mean", "null_q50"),
    *("null_q95", "p_value", "p_low", "p_high", "draws"),
)
STATISTICS = ("mean_silhouette", "standardised_silhouette", "pseudo_f")

#: Draws made from one stream of random numbers; fewer where a study has many answers, so that a
#: chunk never holds more than so many of them. Neither depends on the machine.
CHUNK_DRAWS = 250
CHUNK_ANSWERS = 1_000_000
#: Part 0 of 1: everything.
WHOLE = (0, 1)
#: A draw this close below the observed value counts as reaching it, relative to values above 1.
TOLERANCE = 1e-12


@dataclass(frozen=True)
class Specification:
    """How a study is aggregated and clustered: the words of ``build_tree``, and the average."""

    linkage: str = "average"
    metric: str = "euclidean"
    scaling: str = "none"
    statistic: str = "mean"


@dataclass(frozen=True)
class Ratings:
    """The answers that were aggregated and clustered.

    Attributes
    ----------
    answers : ndarray of shape (N, p)
        One respondent a row, those of one trust together; ``nan`` where an item was skipped.
    starts : ndarray of shape (n_mats,)
        The first row of each trust.
    low, high, step : ndarray of shape (p,)
        Each item's scale (1, 10 and 1 for whole numbers from 1 to 10); ``nan`` for unbounded
        decimals.
    weights : ndarray of shape (N,)
        What each respondent counts in the trust's mean.
    """

    answers: NDArray[np.float64]
    starts: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    step: NDArray[np.float64]
    weights: NDArray[np.float64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Respondents of each trust."""
        return np.diff(np.append(self.starts, len(self.answers)))


def gather_ratings(
    answers: NDArray[np.float64],
    mats: NDArray[np.int64],
    scales: Sequence[tuple[float, float, float] | None],
    weights: NDArray[np.float64] | None = None,
) -> Ratings:
    """Put the answers of each trust together.

    Parameters
    ----------
    answers : ndarray of shape (N, p)
        Respondents of the clustered trusts on the clustered items; ``nan`` where skipped.
    mats : ndarray of shape (N,)
        Trust of each respondent, 0..n_mats - 1 in the order of the trusts' rows.
    scales : sequence of (minimum, maximum, step) or None, length p
        None for decimals without bounds.
    weights : ndarray of shape (N,), optional
        Above 0; by default every respondent counts alike.

    Raises
    ------
    ValueError
        If lengths do not fit, there are fewer than two trusts, a trust has no respondent or
        nobody of it answered an item, or a weight is not above 0.

    Examples
    --------
    >>> ratings = gather_ratings(np.array([[5.0], [1.0], [4.0]]), np.array([1, 0, 1]), [None])
    >>> ratings.answers[:, 0].tolist(), ratings.sizes.tolist()
    ([1.0, 5.0, 4.0], [1, 2])
    """
    weights = np.ones(len(answers)) if weights is None else weights
    if not len(answers) == len(mats) == len(weights) or answers.shape[1] != len(scales):
        raise ValueError(
            f"answers of shape {answers.shape} come with {len(mats)} trusts, {len(weights)} "
            f"weights and {len(scales)} scales; needed are one trust and weight a row, and one "
            "scale a column."
        )
    sizes = np.bincount(mats)
    if len(sizes) < 2 or (sizes == 0).any() or not (weights > 0).all():
        raise ValueError(
            f"trusts have {sizes.tolist()} respondents, with weights from {weights.min()}; needed "
            "are two trusts or more, numbered from 0 without gaps, and weights above 0."
        )
    order = np.argsort(mats, kind="stable")
    starts = np.append(0, np.cumsum(sizes)[:-1])
    answered = np.add.reduceat(~np.isnan(answers[order]), starts, axis=0, dtype=np.int64)
    if (answered == 0).any():
        mat, item = np.argwhere(answered == 0)[0]
        raise ValueError(
            f"nobody of trust number {mat} answered item number {item} (both from 0); leave the "
            "trust or the item out."
        )
    low, high, step = np.array(
        [(np.nan,) * 3 if scale is None else scale for scale in scales], dtype=float
    ).T
    return Ratings(answers[order], starts, low, high, step, weights[order])


def mat_scores(
    ratings: Ratings, answers: NDArray[np.float64], specification: Specification
) -> NDArray[np.float64]:
    """Aggregate answers by trust, for many draws at once.

    Parameters
    ----------
    ratings : Ratings
        Says which row belongs to which trust, and what it weighs.
    answers : ndarray of shape (B, N, p)
        ``nan`` where skipped.
    specification : Specification
        ``statistic`` is the mean or the median; with ``scaling`` ``respondent_centred`` each
        respondent's own mean over the items is subtracted first.

    Returns
    -------
    ndarray of shape (B, n_mats, p)
        ``nan`` where nobody of a trust answered. What
        :func:`.aggregation.clustering_scores` gives for one study, if weights are equal.

    Raises
    ------
    ValueError
        If ``statistic`` is another word, or a median is asked for with unequal weights.
    """
    skipped = np.isnan(answers)
    if specification.scaling == "respondent_centred":
        with np.errstate(invalid="ignore"):
            own = np.nansum(answers, axis=2) / (~skipped).sum(axis=2)
        answers = answers - own[:, :, None]
    if specification.statistic == "median":
        return _medians(ratings, answers)
    if specification.statistic != "mean":
        raise ValueError(f"statistic is {specification.statistic!r}; allowed are mean and median.")
    # Mostly every draw has the same gaps, and then one count serves for all.
    gaps = skipped[:1] if (skipped == skipped[:1]).all() else skipped
    counts = np.add.reduceat(~gaps * ratings.weights[:, None], ratings.starts, axis=1)
    weighted = np.where(gaps, 0.0, answers)
    weighted *= ratings.weights[:, None]
    with np.errstate(invalid="ignore"):
        means: NDArray[np.float64] = np.add.reduceat(weighted, ratings.starts, axis=1) / counts
    return means


def _medians(ratings: Ratings, answers: NDArray[np.float64]) -> NDArray[np.float64]:
    if np.ptp(ratings.weights) > 0:
        raise ValueError("medians are of equal weights; choose statistic 'mean' for unequal ones.")
    parts = np.split(answers, ratings.starts[1:], axis=1)
    return np.stack([answered_quantiles(part, 0.5)[0] for part in parts], axis=1)


def observed_scores(ratings: Ratings, specification: Specification) -> NDArray[np.float64]:
    """Scores on which the study was clustered; shape (n_mats, p)."""
    return mat_scores(ratings, ratings.answers[None], specification)[0]


def chunks(
    draws: int, answers: int, rng: np.random.Generator, part: tuple[int, int] = WHOLE
) -> Iterator[tuple[int, np.random.Generator]]:
    """Split draws into chunks with a stream of random numbers each.

    Parameters
    ----------
    draws : int
        In all, 1 or more.
    answers : int
        Numbers that one draw holds.
    rng : numpy.random.Generator
        Parent of the chunks' streams.
    part : (int, int)
        Which of how many parts, from 0: some of the chunks, in their order. The parts together
        are all chunks, with the same draws however many parts there are.

    Yields
    ------
    (int, numpy.random.Generator)
        Draws of the chunk, and its stream: the same wherever and in whatever order chunks run.

    Raises
    ------
    ValueError
        If ``draws`` is below 1, or the part is empty or not one of the parts.
    """
    if draws < 1:
        raise ValueError(f"draws is {draws}; it has to be 1 or more.")
    at_once = max(1, min(CHUNK_DRAWS, CHUNK_ANSWERS // answers))
    starts = range(0, draws, at_once)
    children = rng.spawn(len(starts))
    for place in share_of(len(starts), part):
        yield min(at_once, draws - starts[place]), children[place]


def share_of(pieces: int, part: tuple[int, int]) -> range:
    """Find the pieces of work, numbered from 0, that one of several parts does.

    Raises
    ------
    ValueError
        If the part is empty or not one of the parts.

    Examples
    --------
    >>> [list(share_of(5, (part, 2))) for part in (0, 1)]
    [[0, 1], [2, 3, 4]]
    """
    place, parts = part
    if not 0 <= place < parts <= pieces:
        raise ValueError(
            f"part {place} of {parts}, from 0, has none of {pieces} pieces of work; ask for "
            f"{pieces} parts at most."
        )
    return range(pieces * place // parts, pieces * (place + 1) // parts)


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


def _gaussian_rows(
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
        effects = model.centre + _gaussian_rows(model.between, (size, n_mats), child)
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
        yield scores.mean(axis=0) + _gaussian_rows(covariance, (size, len(scores)), child)


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


@dataclass(frozen=True)
class Exceedance:
    """How often chance reaches what was observed.

    Attributes
    ----------
    p_value : float
        (1 + draws that reach it) / (1 + draws), above 0.
    p_low, p_high : float
        95% interval, by Clopper and Pearson (doi:10.1093/biomet/26.4.404), for the p that
        infinitely many draws would give.
    """

    p_value: float
    p_low: float
    p_high: float


def exceedance(drawn: NDArray[np.float64], observed: float) -> Exceedance:
    """Monte Carlo p of an observed value: large values speak against the null.

    Parameters
    ----------
    drawn : ndarray of shape (draws,)
        Under the null.
    observed : float
        Reached by draws that lie below it by 1e-12 (of it, if it is above 1) or less, and, lest
        an undefined value pass for evidence, by draws that are ``nan``.

    Examples
    --------
    >>> exceedance(np.arange(99.0), 98.0).p_value
    0.02
    """
    from scipy.special import betaincinv

    draws = len(drawn)
    slack = TOLERANCE * max(1.0, abs(observed)) if np.isfinite(observed) else 0.0
    reached = int((~(drawn < observed - slack)).sum())
    low = float(betaincinv(reached, draws - reached + 1, 0.025)) if reached else 0.0
    high = float(betaincinv(reached + 1, draws - reached, 0.975)) if reached < draws else 1.0
    return Exceedance((1 + reached) / (1 + draws), low, high)


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
