"""Where people want more or less standardisation, and whether large trusts speak for all.

Trusts with many respondents weigh more in averages over responses. The balanced sample takes the
same number of respondents at random from each clustered trust. The 2018 report drew it once; here
it is drawn many times, so that the answer does not hang on one draw, and the first is shown too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

STANDARDISATION_COLUMNS = (
    *("sample", "item", "n", "mean", "median", "mean_q05", "mean_q95", "draws"),
)
CENTRAL_ROLES = ("ceo", "central_team")
LOCAL_ROLES = ("school_leader",)


def summarise_standardisation(
    responses: pd.DataFrame,
    items: Sequence[tuple[str, str]],
    mats: Sequence[str],
    answers_per_mat: int,
    draws: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Average desired standardisation by area, over all, central, local and balanced samples.

    Parameters
    ----------
    responses : DataFrame
        ``mat_id, role`` and a column ``<block>__<item>`` for each item.
    items : sequence of (block, item)
        The areas.
    mats : sequence of str
        The clustered trusts, from which the balanced sample is drawn.
    answers_per_mat : int
        Respondents drawn from each of them without replacement; all of a trust that has fewer.
    draws : int
        Balanced samples drawn.
    rng : numpy.random.Generator
        The task's own.

    Returns
    -------
    DataFrame
        ``sample, item, n, mean, median, mean_q05, mean_q95, draws`` on the block's own scale.
        ``balanced_once`` is the first draw; in ``balanced`` n, mean and median are averages over
        draws and the quantiles are those of the draws' means. The other samples have no
        quantiles and 0 draws.
    """
    columns = [f"{block}__{item}" for block, item in items]
    values = responses[columns].to_numpy(dtype=float, na_value=np.nan)
    roles, of = responses["role"].to_numpy(), responses["mat_id"].to_numpy()
    rows: list[tuple[object, ...]] = []
    for sample, chosen in (
        ("all", np.full(len(values), True)),
        ("central", np.isin(roles, CENTRAL_ROLES)),
        ("local", np.isin(roles, LOCAL_ROLES)),
    ):
        rows += _plain(sample, values[chosen], items)
    if items and mats:
        members = [np.flatnonzero(of == mat) for mat in mats]
        samples = [values[_balanced(members, answers_per_mat, rng)] for _ in range(draws)]
        rows += _plain("balanced_once", samples[0], items, draws=1)
        rows += _over_draws(samples, items)
    return pd.DataFrame(rows, columns=list(STANDARDISATION_COLUMNS))


def _balanced(
    members: Sequence[NDArray[np.int64]], answers_per_mat: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    return np.concatenate(
        [rng.choice(rows, min(answers_per_mat, len(rows)), replace=False) for rows in members]
    )


def _plain(
    sample: str,
    values: NDArray[np.float64],
    items: Sequence[tuple[str, str]],
    draws: int = 0,
) -> list[tuple[object, ...]]:
    nan = float("nan")
    rows: list[tuple[object, ...]] = []
    for number, (_, item) in enumerate(items):
        answers = values[~np.isnan(values[:, number]), number]
        mean = float(answers.mean()) if len(answers) else nan
        median = float(np.median(answers)) if len(answers) else nan
        rows.append((sample, item, len(answers), mean, median, nan, nan, draws))
    return rows


def _over_draws(
    samples: Sequence[NDArray[np.float64]], items: Sequence[tuple[str, str]]
) -> list[tuple[object, ...]]:
    stacked = np.array(samples)
    counts = (~np.isnan(stacked)).sum(axis=1)
    means = np.nansum(stacked, axis=1) / np.maximum(counts, 1)
    means[counts == 0] = np.nan
    rows: list[tuple[object, ...]] = []
    for number, (_, item) in enumerate(items):
        drawn = means[:, number][~np.isnan(means[:, number])]
        if len(drawn) == 0:
            rows.append(("balanced", item, 0, *[float("nan")] * 4, len(samples)))
            continue
        low, high = np.quantile(drawn, (0.05, 0.95))
        medians = [
            float(np.median(sample[~np.isnan(sample[:, number]), number]))
            for sample in samples
            if not np.isnan(sample[:, number]).all()
        ]
        rows.append(
            (
                "balanced",
                item,
                float(counts[:, number].mean()),
                float(drawn.mean()),
                float(np.mean(medians)),
                float(low),
                float(high),
                len(samples),
            )
        )
    return rows
