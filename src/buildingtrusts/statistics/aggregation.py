"""From responses to trusts: each trust's mean rating of each item, and who is clustered.

A trust is clustered if enough of its staff answered. Means use the answers there are: a mean of
an item is over those who answered it, and nothing is imputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: A clustered trust's mean of an item rests on at least this many answers (or on
#: ``min_responses``, where that is smaller).
MIN_ANSWERS_PER_ITEM = 3

SCORE_COLUMNS = ("mat_id", "block", "item", "n", "mean", "median", "sd", "iqr", "min", "max")
SAMPLE_COLUMNS = ("mat_id", "role", "n_responses", "clustered", "reason")


@dataclass(frozen=True)
class Selection:
    """Which trusts are clustered.

    Attributes
    ----------
    clustered : tuple of str
        Trusts that are, in the order of the responses.
    reasons : dict of str to str
        Why each other trust is not.
    """

    clustered: tuple[str, ...]
    reasons: dict[str, str]


def select_trusts(
    responses: pd.DataFrame, columns: Sequence[str], min_responses: int = 5
) -> Selection:
    """Choose the trusts with enough responses to be clustered.

    Parameters
    ----------
    responses : DataFrame
        ``mat_id`` and the answers.
    columns : sequence of str
        Columns of the clustering block.
    min_responses : int
        Respondents who answered any item of the block; 1 is legal.

    Returns
    -------
    Selection
        Besides enough respondents, each item needs at least three answers (or ``min_responses``
        of them, if that is fewer).

    Examples
    --------
    >>> r = pd.DataFrame({"mat_id": ["A", "A", "B"], "q": [1.0, 2.0, 3.0]})
    >>> select_trusts(r, ["q"], min_responses=2)
    Selection(clustered=('A',), reasons={'B': '1 of at least 2 responses'})
    """
    answered = responses[list(columns)].notna()
    mats = responses["mat_id"]
    respondents = answered.any(axis=1).groupby(mats, sort=False).sum()
    fewest = answered.groupby(mats, sort=False).sum().min(axis=1)
    needed = min(MIN_ANSWERS_PER_ITEM, min_responses)
    reasons = {}
    for mat in respondents.index:
        if respondents[mat] < min_responses:
            reasons[mat] = f"{respondents[mat]} of at least {min_responses} responses"
        elif fewest[mat] < needed:
            reasons[mat] = f"an item rests on {fewest[mat]} of at least {needed} answers"
    return Selection(tuple(mat for mat in respondents.index if mat not in reasons), reasons)


def sample_table(responses: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Count responses by trust and role, and say which trusts are clustered.

    Returns
    -------
    DataFrame
        ``mat_id, role, n_responses, clustered, reason``; for each trust a row ``all`` and one for
        each role that anybody of it has.
    """
    rows = []
    for mat, of_mat in responses.groupby("mat_id", sort=False):
        clustered = mat in selection.clustered
        reason = selection.reasons.get(str(mat))
        rows.append((mat, "all", len(of_mat), clustered, reason))
        counts = of_mat["role"].value_counts()
        rows += [
            (mat, role, int(counts[role]), clustered, reason)
            for role in ("ceo", "central_team", "school_leader")
            if counts.get(role, 0)
        ]
    return pd.DataFrame(rows, columns=list(SAMPLE_COLUMNS))


def aggregate_scores(responses: pd.DataFrame, items: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Summarise each trust's answers to each item.

    Parameters
    ----------
    responses : DataFrame
        ``mat_id`` and a column ``<block>__<item>`` for each item.
    items : sequence of (block, item)
        In the order of the codebook.

    Returns
    -------
    DataFrame
        ``mat_id, block, item, n, mean, median, sd, iqr, min, max`` on the item's own scale
        (1-10, 0-10), for all trusts. The standard deviation divides by n - 1 and is missing for
        one answer; the interquartile range is by linear interpolation (R's type 7). With no
        answer, n is 0 and the rest is missing.

    Examples
    --------
    >>> r = pd.DataFrame({"mat_id": ["A", "A", "A"], "s__q": [1.0, 2.0, 6.0]})
    >>> aggregate_scores(r, [("s", "q")])[["n", "mean", "median", "iqr"]].values.tolist()
    [[3.0, 3.0, 2.0, 2.5]]
    """
    columns = [f"{block}__{item}" for block, item in items]
    values = responses[columns].to_numpy(dtype=float, na_value=np.nan)
    mats = responses["mat_id"].to_numpy()
    rows = []
    for mat in pd.unique(mats):
        of_mat = values[mats == mat]
        for number, (block, item) in enumerate(items):
            answers = of_mat[:, number]
            rows.append((mat, block, item, *_summary(answers[~np.isnan(answers)])))
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def _summary(answers: NDArray[np.float64]) -> tuple[float, ...]:
    nan = float("nan")
    n = len(answers)
    if n == 0:
        return (0, nan, nan, nan, nan, nan, nan)
    low, middle, high = np.quantile(answers, (0.25, 0.5, 0.75))
    spread = float(answers.std(ddof=1)) if n > 1 else nan
    return (
        n,
        float(answers.mean()),
        float(middle),
        spread,
        float(high - low),
        float(answers.min()),
        float(answers.max()),
    )


def clustering_scores(
    responses: pd.DataFrame,
    columns: Sequence[str],
    mats: Sequence[str],
    statistic: str = "mean",
    centred: bool = False,
) -> NDArray[np.float64]:
    """Scores on which trusts are clustered.

    Parameters
    ----------
    responses : DataFrame
        ``mat_id`` and the answers.
    columns : sequence of str
        Columns of the clustering block.
    mats : sequence of str
        The clustered trusts, in the order of the rows wanted.
    statistic : {"mean", "median"}
        Over a trust's answers.
    centred : bool
        Subtract each respondent's own mean over the block first (scaling
        ``respondent_centred``), which takes out how generously a person rates.

    Returns
    -------
    ndarray of shape (n_mats, n_columns)

    Raises
    ------
    ValueError
        If ``statistic`` is another word.
    """
    if statistic not in ("mean", "median"):
        raise ValueError(f"statistic is {statistic!r}; allowed are mean and median.")
    answers = responses[list(columns)].to_numpy(dtype=float, na_value=np.nan)
    if centred:
        with np.errstate(invalid="ignore"):
            answered = (~np.isnan(answers)).sum(axis=1, keepdims=True)
            answers = answers - np.nansum(answers, axis=1, keepdims=True) / answered
    over = np.nanmean if statistic == "mean" else np.nanmedian
    of = responses["mat_id"].to_numpy()
    return np.array([over(answers[of == mat], axis=0) for mat in mats])


def alignment_table(scores: pd.DataFrame) -> pd.DataFrame:
    """How far apart people of one trust are: range and interquartile range of each item.

    Parameters
    ----------
    scores : DataFrame
        From :func:`aggregate_scores`.

    Returns
    -------
    DataFrame
        ``mat_id, block, item, range, iqr``; after the items of a block, ``item`` = ``(all)`` is
        the average over those of them that anybody of the trust answered.
    """
    table = scores[["mat_id", "block", "item"]].assign(
        range=scores["max"] - scores["min"], iqr=scores["iqr"]
    )
    averages = table.groupby(["mat_id", "block"], sort=False)[["range", "iqr"]].mean().reset_index()
    averages.insert(2, "item", "(all)")
    both = pd.concat([table, averages], ignore_index=True)
    order = {mat: number for number, mat in enumerate(pd.unique(scores["mat_id"]))}
    blocks = {block: number for number, block in enumerate(pd.unique(scores["block"]))}
    return both.sort_values(
        ["mat_id", "block"], key=lambda keys: keys.map({**order, **blocks}), kind="stable"
    ).reset_index(drop=True)
