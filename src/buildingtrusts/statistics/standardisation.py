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

from buildingtrusts.statistics.quantiles import answered_quantiles

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

    Examples
    --------
    >>> r = pd.DataFrame({"mat_id": ["A", "A", "A", "B"], "role": "ceo", "w__q": [3, 3, 3, 5]})
    >>> rng = np.random.default_rng(1)
    >>> found = summarise_standardisation(r, [("w", "q")], ["A", "B"], 1, 10, rng)
    >>> found.set_index("sample")["mean"][["all", "balanced"]].tolist()
    [3.5, 4.0]
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
        samples = values[_balanced_samples(members, answers_per_mat, draws, rng)]
        rows += _plain("balanced_once", samples[0], items, draws=1)
        rows += _over_draws(samples, items)
    return pd.DataFrame(rows, columns=list(STANDARDISATION_COLUMNS))


def _balanced_samples(
    members: Sequence[NDArray[np.int64]], answers_per_mat: int, draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Rows of each balanced sample; shape (draws, respondents of one sample)."""
    return np.concatenate(
        [
            rows[rng.random((draws, len(rows))).argsort(axis=1)[:, :answers_per_mat]]
            for rows in members
        ],
        axis=1,
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
    samples: NDArray[np.float64], items: Sequence[tuple[str, str]]
) -> list[tuple[object, ...]]:
    counts = (~np.isnan(samples)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        means = np.nansum(samples, axis=1) / counts
    (medians,) = answered_quantiles(samples, 0.5)
    rows: list[tuple[object, ...]] = []
    for number, (_, item) in enumerate(items):
        answered = counts[:, number] > 0
        centre = [float("nan")] * 4
        if answered.any():
            drawn = means[answered, number]
            low, high = np.quantile(drawn, (0.05, 0.95))
            centre = [float(drawn.mean()), float(medians[answered, number].mean()), low, high]
        rows.append(("balanced", item, float(counts[:, number].mean()), *centre, len(samples)))
    return rows
