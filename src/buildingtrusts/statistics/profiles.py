"""What clusters are like: the mean rating of each item by cluster and role, with intervals.

``scaled_mean`` is the quantity of the 2018 report's Figure 2: the cluster's mean minus the mean of
all responses of all trusts, over their standard deviation (n - 1). Intervals are descriptive,
because clusters were formed on some of the same items: they are for the mean of these trusts'
staff, with trusts and clusters fixed and respondents resampled within trusts. Resampling n answers
understates their variance by (n - 1) / n; deviations are scaled up by the root of its inverse
(Rao, J. N. K. and Wu, C. F. J., 1988, doi:10.1080/01621459.1988.10478591).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.quantiles import answered_quantiles

WEIGHTINGS = ("responses", "mats")
ROLES = ("all", "ceo", "central_team", "school_leader")
PROFILE_COLUMNS = (
    *("k", "cluster", "role", "weighting", "block", "item", "n_mats", "n_responses"),
    *("mean", "median", "sd", "scaled_mean", "ci_low", "ci_high", "draws"),
)


@dataclass(frozen=True)
class _Cell:
    """Answers of one role in one trust: shape (n, items), with their sums and numbers by item."""

    answers: NDArray[np.float64]
    sums: NDArray[np.float64]
    counts: NDArray[np.int64]
    # Bootstrap deviations of the trust's mean, shape (draws, items), already rescaled.
    deviations: NDArray[np.float64]


def profile_clusters(
    responses: pd.DataFrame,
    items: Sequence[tuple[str, str]],
    partitions: Mapping[int, Mapping[str, int]],
    draws: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Describe each cluster of each partition on every item.

    Parameters
    ----------
    responses : DataFrame
        ``mat_id, role`` and a column ``<block>__<item>`` for each item; all trusts, clustered or
        not, since all make up the reference of ``scaled_mean``.
    items : sequence of (block, item)
        In the order of the codebook.
    partitions : mapping of int to mapping of str to int
        For each k, the cluster of each clustered trust.
    draws : int
        Bootstrap draws.
    rng : numpy.random.Generator
        The task's own.

    Returns
    -------
    DataFrame
        Columns of ``profiles.csv``. ``weighting`` is ``responses`` (each answer counts alike; the
        standard deviation is over answers) or ``mats`` (each trust counts alike; median and
        standard deviation are over trusts' means). A cell without answers has counts of 0 and
        nothing else; an interval needs a trust with two answers.

    Examples
    --------
    >>> r = pd.DataFrame({"mat_id": ["A", "A", "B"], "role": None, "s__q": [1.0, 2.0, 6.0]})
    >>> rng = np.random.default_rng(1)
    >>> profiles = profile_clusters(r, [("s", "q")], {2: {"A": 1, "B": 2}}, 50, rng)
    >>> profiles.query("role == 'all' and weighting == 'mats'")["mean"].tolist()
    [1.5, 6.0]
    """
    columns = [f"{block}__{item}" for block, item in items]
    values = responses[columns].to_numpy(dtype=float, na_value=np.nan)
    reference = _centre_and_spread(values)
    cells = _cells(responses, values, draws, rng)
    rows = [
        row
        for k, clusters in partitions.items()
        for cluster in sorted(set(clusters.values()))
        for role in ROLES
        for weighting in WEIGHTINGS
        for row in _rows(
            (k, cluster, role, weighting),
            [cells[mat, role] for mat in clusters if clusters[mat] == cluster],
            items,
            reference,
            draws,
        )
    ]
    return pd.DataFrame(rows, columns=list(PROFILE_COLUMNS))


def _centre_and_spread(
    values: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    counts = (~np.isnan(values)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.nansum(values, axis=0) / counts
        spread = np.sqrt(np.nansum((values - centre) ** 2, axis=0) / (counts - 1))
    return centre, np.where(counts > 1, spread, np.nan)


def _cells(
    responses: pd.DataFrame, values: NDArray[np.float64], draws: int, rng: np.random.Generator
) -> dict[tuple[str, str], _Cell]:
    mats, roles = responses["mat_id"].to_numpy(), responses["role"].to_numpy()
    return {
        (mat, role): _cell(values[(mats == mat) & ((role == "all") | (roles == role))], draws, rng)
        for mat in pd.unique(mats)
        for role in ROLES
    }


def _cell(answers: NDArray[np.float64], draws: int, rng: np.random.Generator) -> _Cell:
    n, n_items = answers.shape
    answered = ~np.isnan(answers)
    counts = answered.sum(axis=0)
    filled = np.where(answered, answers, 0.0)
    sums = filled.sum(axis=0)
    if n == 0:
        return _Cell(answers, sums, counts, np.zeros((draws, n_items)))
    times = _resampling_counts(n, draws, rng)
    drawn = times @ filled
    with np.errstate(invalid="ignore", divide="ignore"):
        # Where nobody skipped the item every draw has n answers to it.
        complete = counts == n
        drawn[:, complete] /= n
        drawn[:, ~complete] /= times @ answered[:, ~complete].astype(float)
        deviations = (drawn - sums / counts) * np.sqrt(counts / (counts - 1))
    # A draw without any answer to an item, or a single answer, carries no information on spread.
    deviations[~np.isfinite(deviations)] = 0.0
    return _Cell(answers, sums, counts, deviations)


def _resampling_counts(n: int, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How often each of n respondents is in each bootstrap sample; shape (draws, n)."""
    chosen = rng.integers(n, size=(draws, n)) + n * np.arange(draws)[:, None]
    return np.bincount(chosen.ravel(), minlength=draws * n).reshape(draws, n).astype(float)


def _rows(
    key: tuple[int, int, str, str],
    cells: Sequence[_Cell],
    items: Sequence[tuple[str, str]],
    reference: tuple[NDArray[np.float64], NDArray[np.float64]],
    draws: int,
) -> Iterator[tuple[object, ...]]:
    by_mats = key[3] == "mats"
    counts = np.array([cell.counts for cell in cells])
    with np.errstate(invalid="ignore"):
        mat_means = np.array([cell.sums for cell in cells]) / counts
    over = mat_means if by_mats else np.concatenate([cell.answers for cell in cells])
    mean, sd = _centre_and_spread(over)
    (median,) = answered_quantiles(over, 0.5)
    centre, spread = reference
    apart = np.where(spread > 0, spread, np.nan)
    low, high = _deviation_quantiles(cells, counts, by_mats)
    columns = (
        *((counts > 0).sum(axis=0), counts.sum(axis=0)),
        *(mean, median, sd, (mean - centre) / apart, mean + low, mean + high),
    )
    for item, numbers in zip(items, zip(*(c.tolist() for c in columns), strict=True), strict=True):
        yield (*key, *item, *numbers, draws)


def _deviation_quantiles(
    cells: Sequence[_Cell], counts: NDArray[np.int64], by_mats: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 2.5% and 97.5% points of the cluster mean's bootstrap deviation, by item."""
    weights = (counts > 0).astype(float) if by_mats else counts.astype(float)
    with np.errstate(invalid="ignore"):
        weights /= weights.sum(axis=0)
    drawn = sum(
        weight * cell.deviations for weight, cell in zip(np.nan_to_num(weights), cells, strict=True)
    )
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    # One answer a trust says nothing about how staff vary.
    known = (counts > 1).any(axis=0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)
