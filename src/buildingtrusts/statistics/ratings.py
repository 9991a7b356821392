"""Answers of respondents within trusts, and the scores they come to, for many draws at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.quantiles import answered_quantiles


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
