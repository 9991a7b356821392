"""Quantiles of columns in which some answers are missing, by linear interpolation (R's type 7).

Reference: Hyndman, R. J. and Fan, Y. (1996), doi:10.2307/2684934.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def answered_quantiles(answers: NDArray[np.float64], *levels: float) -> list[NDArray[np.float64]]:
    """Quantiles of the answers there are, for many columns at once.

    Parameters
    ----------
    answers : ndarray of shape (..., n_respondents, n_items)
        Missing ones are ``nan``.
    *levels : float
        Each from 0 to 1.

    Returns
    -------
    list of ndarray of shape (..., n_items)
        One a level; ``nan`` where nobody answered.

    Examples
    --------
    >>> column = np.array([[1.0], [2.0], [6.0], [np.nan]])
    >>> [float(quantile[0]) for quantile in answered_quantiles(column, 0.25, 0.5)]
    [1.5, 2.0]
    """
    if answers.shape[-2] == 0:
        return [np.full(answers.shape[:-2] + answers.shape[-1:], np.nan) for _ in levels]
    # Sorting puts missing answers last, so that the first places hold the answers there are.
    ordered = np.sort(answers, axis=-2)
    last = (~np.isnan(ordered)).sum(axis=-2) - 1

    def at(places: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.take_along_axis(ordered, places[..., None, :], axis=-2)[..., 0, :]

    found = []
    for level in levels:
        position = np.maximum(last, 0) * level
        below = np.floor(position).astype(np.int64)
        low, high = at(below), at(np.minimum(below + 1, np.maximum(last, 0)))
        found.append(low + (high - low) * (position - below))
    return found
