"""Trusts in two dimensions: principal components of their scores.

The components are those of the scores centred by item and not rescaled, so that distances in the
full space are the Euclidean distances that are clustered. The share of variance on the first axis
says how much of what separates trusts is one continuum. Reference: Jolliffe, I. T. (2002),
*Principal Component Analysis*, doi:10.1007/b98835.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ordination:
    """Principal components of n objects on p items, m = min(n - 1, p) of them.

    Attributes
    ----------
    coordinates : ndarray of shape (n, m)
        Positions of the objects, in units of the ratings.
    loadings : ndarray of shape (p, m)
        Directions of the axes, of unit length; the largest entry of each is positive.
    shares : ndarray of shape (m,)
        Share of the total variance on each axis, falling.
    """

    coordinates: NDArray[np.float64]
    loadings: NDArray[np.float64]
    shares: NDArray[np.float64]


def ordinate(scores: NDArray[np.float64]) -> Ordination:
    """Compute the principal components of scores.

    Parameters
    ----------
    scores : ndarray of shape (n, p)
        Mean ratings, nothing missing; at least two objects.

    Returns
    -------
    Ordination
        If all objects coincide, coordinates and shares are 0.

    Examples
    --------
    >>> ordinate(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])).shares.round(6).tolist()
    [1.0, 0.0]
    """
    # Equal decimals can differ from their mean in the last bit.
    centred = np.where(np.ptp(scores, axis=0) > 0, scores - scores.mean(axis=0), 0.0)
    left, singular, right = np.linalg.svd(centred, full_matrices=False)
    m = min(len(scores) - 1, scores.shape[1])
    loadings = right[:m].T
    # A singular vector's sign is arbitrary; fixing it keeps figures from flipping between systems.
    signs = np.sign(loadings[np.abs(loadings).argmax(axis=0), np.arange(m)])
    variance = singular[:m] ** 2
    total = variance.sum()
    return Ordination(
        coordinates=left[:, :m] * singular[:m] * signs,
        loadings=loadings * signs,
        shares=variance / total if total > 0 else np.zeros(m),
    )
