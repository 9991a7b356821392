"""Studies from answers written out, and two drawn ones: with clusters planted, and without any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.ratings import Ratings, Specification, gather_ratings

NAN = float("nan")
USUAL = Specification()


def study(*trusts: Sequence[Sequence[float]], weights: list[float] | None = None) -> Ratings:
    """A study from the answers of each trust: one row a respondent; decimals without bounds."""
    answers = np.array([row for trust in trusts for row in trust], dtype=float)
    mats = np.repeat(np.arange(len(trusts)), [len(trust) for trust in trusts])
    return gather_ratings(
        answers, mats, [None] * answers.shape[1], None if weights is None else np.array(weights)
    )


def points(*scores: float) -> Ratings:
    """Trusts of one respondent each who answered one item."""
    return study(*[[[score]] for score in scores])


def drawn_study(
    centres: NDArray[np.float64], n: int, rng: np.random.Generator, spread: float = 1.5
) -> Ratings:
    """Whole numbers from 1 to 10 of n respondents a trust around the trusts' centres."""
    n_mats, n_items = centres.shape
    mats = np.repeat(np.arange(n_mats), n)
    answers = centres[mats] + spread * rng.standard_normal((len(mats), n_items))
    scales = [(1.0, 10.0, 1.0)] * n_items
    return gather_ratings(np.clip(np.rint(answers), 1, 10), mats, scales)


def planted() -> Ratings:
    """Twelve trusts, by turns in three clusters three points apart on some of six items."""
    centres = np.array([[3, 3, 3, 6, 6, 6], [6, 6, 6, 3, 3, 3], [8, 8, 8, 8, 8, 8]], dtype=float)
    return drawn_study(centres[np.arange(12) % 3], 15, np.random.default_rng(11))


def without_clusters() -> Ratings:
    """Twelve trusts that differ by a Gaussian alone."""
    rng = np.random.default_rng(12)
    return drawn_study(5.5 + 0.7 * rng.standard_normal((12, 6)), 15, rng)
