"""Whether a sample could be a simple random draw from a population that is known whole.

A sample drawn without replacement has multivariate hypergeometric counts. The exact p is the total
probability of the samples no more probable than the observed one, summed over whole numbers so that
ties are ties; it is the test of Freeman and Halton (1951, doi:10.1093/biomet/38.1-2.141) on the
table of drawn and not drawn. The effect size is the index of dissimilarity (Duncan, O. D. and
Duncan, B., 1955, doi:10.2307/2088328): the share of the sample that would have to be at another
level for its shares to be the population's. It comes with its mean and 95% point under random
drawing, because a small sample is never quite like its population.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EXACT = "hypergeometric_exact"
MONTE_CARLO = "hypergeometric_monte_carlo"
MAX_SAMPLES = 200_000
DRAWS = 100_000


@dataclass(frozen=True)
class SamplingTest:
    """A sample's counts held against the population it was drawn from.

    Attributes
    ----------
    test : str
        ``hypergeometric_exact``, or ``hypergeometric_monte_carlo`` where there are too many
        possible samples to list.
    p_value : float
        Probability of a random sample no more probable than the observed one.
    p_min_attainable : float
        The smallest p that a sample of this size could give; ``nan`` under Monte Carlo.
    dissimilarity : float
        0 (same shares) to 1 (no level in common).
    null_mean, null_q95 : float
        Mean and 95% point of the dissimilarity of random samples of this size.
    draws : int
        Monte Carlo draws; 0 where everything is exact.
    """

    test: str
    p_value: float
    p_min_attainable: float
    dissimilarity: float
    null_mean: float
    null_q95: float
    draws: int


def sampling_test(
    sample: Sequence[int],
    population: Sequence[int],
    max_samples: int = MAX_SAMPLES,
    draws: int = DRAWS,
    rng: np.random.Generator | None = None,
) -> SamplingTest:
    """Test whether a sample's counts could be those of a random draw from its population.

    Parameters
    ----------
    sample : sequence of int, shape (n_levels,)
        How many of the sample are at each level.
    population : sequence of int, shape (n_levels,)
        How many of the population are, the sample's members among them.
    max_samples : int
        All possible samples are listed up to this many; beyond them some are drawn.
    draws : int
        Monte Carlo draws; a drawn p is (1 + exceedances) / (1 + draws).
    rng : numpy.random.Generator, optional
        Needed only where something has to be drawn.

    Returns
    -------
    SamplingTest
        Of a population with one level, and of a sample that is the whole population, p is 1.

    Raises
    ------
    ValueError
        If the sample is empty, has more members at a level than the population, or has other
        levels; if a count is negative; or if draws are needed without ``rng``.

    Examples
    --------
    >>> found = sampling_test([2, 0], [2, 2])
    >>> round(found.p_value, 4), found.dissimilarity
    (0.3333, 0.5)
    """
    _check(sample, population)
    levels = [place for place, count in enumerate(population) if count]
    own, whole = [sample[place] for place in levels], [population[place] for place in levels]
    size, total = sum(own), sum(whole)
    if _number_of_samples(size, whole) > max_samples:
        return _drawn_test(own, whole, draws, rng)
    samples = _all_samples(size, whole)
    weights = _weights(samples, whole)
    ways = math.comb(total, size)
    own_weight = math.prod(math.comb(count, n) for count, n in zip(whole, own, strict=True))
    least = min(weights)
    apart = _dissimilarities(samples, whole)
    probabilities = np.array([weight / ways for weight in weights])
    return SamplingTest(
        EXACT,
        sum(weight for weight in weights if weight <= own_weight) / ways,
        sum(weight for weight in weights if weight == least) / ways,
        float(_dissimilarities(np.array([own]), whole)[0]),
        float(probabilities @ apart),
        _quantile(apart, probabilities, 0.95),
        draws=0,
    )


def _check(sample: Sequence[int], population: Sequence[int]) -> None:
    if len(sample) != len(population):
        raise ValueError(
            f"sample and population have the same levels; found {len(sample)} and "
            f"{len(population)} counts. Give a 0 for a level that one of them lacks."
        )
    if min(sample, default=0) < 0 or not sum(sample):
        raise ValueError(f"a sample has counts of 0 or more, and some; found {list(sample)}.")
    over = [place for place, n in enumerate(sample) if n > population[place]]
    if over:
        raise ValueError(
            "no level has more of the sample than of the population it was drawn from; found "
            f"{[(sample[place], population[place]) for place in over]} at level "
            f"{over}. Are both classified by the same rule?"
        )


def _number_of_samples(size: int, whole: Sequence[int]) -> int:
    """Count the samples of a size without listing them, level by level."""
    ways = [1] + [0] * size
    for count in whole:
        reached = [0, *np.cumsum(np.array(ways, dtype=object)).tolist()]
        ways = [reached[n + 1] - reached[max(0, n - count)] for n in range(size + 1)]
    return int(ways[size])


def _all_samples(size: int, whole: Sequence[int]) -> NDArray[np.int64]:
    """List every sample of a size, one a row."""
    rows = np.zeros((1, 0), dtype=np.int64)
    left = np.array([size], dtype=np.int64)
    for place, count in enumerate(whole):
        rest = sum(whole[place + 1 :])
        low, high = np.maximum(0, left - rest), np.minimum(left, count)
        times = high - low + 1
        starts = np.repeat(np.cumsum(times) - times, times)
        chosen = np.repeat(low, times) + np.arange(times.sum()) - starts
        rows = np.column_stack([np.repeat(rows, times, axis=0), chosen])
        left = np.repeat(left, times) - chosen
    return rows


def _weights(samples: NDArray[np.int64], whole: Sequence[int]) -> list[int]:
    """In how many ways each sample can be drawn: whole numbers, so that ties are ties."""
    weights = np.ones(len(samples), dtype=object)
    for place, count in enumerate(whole):
        most = int(samples[:, place].max())
        ways = np.array([math.comb(count, n) for n in range(most + 1)], dtype=object)
        weights = weights * ways[samples[:, place]]
    return list(weights)


def _dissimilarities(samples: NDArray[np.int64], whole: Sequence[int]) -> NDArray[np.float64]:
    shares = np.array(whole) / sum(whole)
    apart: NDArray[np.float64] = np.abs(samples / samples.sum(axis=1, keepdims=True) - shares)
    return apart.sum(axis=1) / 2


def _drawn_test(
    own: Sequence[int], whole: Sequence[int], draws: int, rng: np.random.Generator | None
) -> SamplingTest:
    if rng is None:
        raise ValueError(
            f"samples of {sum(own)} from {list(whole)} are too many to list; pass a random "
            "generator to draw some, or raise max_samples."
        )
    samples = rng.multivariate_hypergeometric(whole, sum(own), size=draws)
    logs = np.array([math.lgamma(number + 1) for number in range(max(whole) + 1)])
    rest = np.array(whole)

    def log_weights(of: NDArray[np.int64]) -> NDArray[np.float64]:
        weights: NDArray[np.float64] = -(logs[of] + logs[rest - of]).sum(axis=1)
        return weights

    # Logarithms of equal products differ in their last bits.
    observed = np.array([own])
    exceeding = int((log_weights(samples) <= log_weights(observed)[0] + 1e-9).sum())
    apart = _dissimilarities(samples, whole)
    return SamplingTest(
        MONTE_CARLO,
        (1 + exceeding) / (1 + draws),
        float("nan"),
        float(_dissimilarities(observed, whole)[0]),
        float(apart.mean()),
        _quantile(apart, np.full(draws, 1 / draws), 0.95),
        draws,
    )


def _quantile(
    values: NDArray[np.float64], probabilities: NDArray[np.float64], level: float
) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(probabilities[order])
    # The smallest value whose cumulative probability reaches the level, up to rounding error.
    place = int(np.searchsorted(reached, level - 1e-12))
    return float(values[order][min(place, len(values) - 1)])
