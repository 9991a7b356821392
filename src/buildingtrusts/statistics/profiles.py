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
    return centre, spread


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
    times = rng.multinomial(n, np.full(n, 1 / n), size=draws).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = (times @ filled) / (times @ answered.astype(float))
        inflation = np.sqrt(counts / (counts - 1))
        deviations = (drawn - sums / counts) * inflation
    # A draw without any answer to an item, or a single answer, carries no information on spread.
    return _Cell(answers, sums, counts, np.nan_to_num(deviations, nan=0.0, posinf=0.0, neginf=0.0))


def _rows(
    key: tuple[int, int, str, str],
    cells: Sequence[_Cell],
    items: Sequence[tuple[str, str]],
    reference: tuple[NDArray[np.float64], NDArray[np.float64]],
    draws: int,
) -> Iterator[tuple[object, ...]]:
    by_mats = key[3] == "mats"
    answers = np.concatenate([cell.answers for cell in cells])
    sums = np.array([cell.sums for cell in cells])
    counts = np.array([cell.counts for cell in cells])
    deviations = np.array([cell.deviations for cell in cells])
    centre, spread = reference
    for number, (block, item) in enumerate(items):
        present = counts[:, number] > 0
        n_mats, n_responses = int(present.sum()), int(counts[:, number].sum())
        head = (*key, block, item, n_mats, n_responses)
        if n_mats == 0:
            yield (*head, *[float("nan")] * 6, draws)
            continue
        mat_means = sums[present, number] / counts[present, number]
        weights = present.astype(float) if by_mats else counts[:, number].astype(float)
        mean = float(mat_means.mean() if by_mats else sums[:, number].sum() / n_responses)
        spread_over = mat_means if by_mats else _answered(answers[:, number])
        low, high = _interval(
            weights / weights.sum(), deviations[:, :, number], counts[:, number], mean
        )
        yield (
            *head,
            mean,
            float(np.median(spread_over)),
            float(spread_over.std(ddof=1)) if len(spread_over) > 1 else float("nan"),
            (mean - centre[number]) / spread[number] if spread[number] > 0 else float("nan"),
            low,
            high,
            draws,
        )


def _answered(column: NDArray[np.float64]) -> NDArray[np.float64]:
    return column[~np.isnan(column)]


def _interval(
    weights: NDArray[np.float64],
    deviations: NDArray[np.float64],
    counts: NDArray[np.int64],
    mean: float,
) -> tuple[float, float]:
    if not (counts > 1).any():
        return float("nan"), float("nan")
    low, high = np.quantile(mean + weights @ deviations, (0.025, 0.975))
    return float(low), float(high)
