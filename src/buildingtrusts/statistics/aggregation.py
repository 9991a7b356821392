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

from buildingtrusts.statistics.quantiles import answered_quantiles

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
        each role that anybody of it has. Respondents without a role are in ``all`` alone.

    Examples
    --------
    >>> r = pd.DataFrame({"mat_id": ["A", "A"], "role": ["ceo", None]})
    >>> sample_table(r, Selection(("A",), {}))[["role", "n_responses"]].values.tolist()
    [['all', 2], ['ceo', 1]]
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
    parts = []
    for mat in pd.unique(mats):
        part = pd.DataFrame(_summaries(values[mats == mat]))
        part.insert(0, "mat_id", mat)
        part.insert(1, "block", [block for block, _ in items])
        part.insert(2, "item", [item for _, item in items])
        parts.append(part)
    return pd.concat(parts, ignore_index=True)[list(SCORE_COLUMNS)]


def _summaries(answers: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Summaries of each column; shape (n_respondents, n_items) in, (n_items,) out."""
    n = (~np.isnan(answers)).sum(axis=0)
    low, lower, middle, upper, high = answered_quantiles(answers, 0, 0.25, 0.5, 0.75, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(answers, axis=0) / n
        squares = np.nansum((answers - mean) ** 2, axis=0)
        spread = np.where(n > 1, np.sqrt(squares / (n - 1)), np.nan)
    return {
        "n": n,
        "mean": mean,
        "median": middle,
        "sd": spread,
        "iqr": upper - lower,
        "min": low,
        "max": high,
    }


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

    Examples
    --------
    >>> r = pd.DataFrame({"mat_id": ["A", "A"], "q1": [1.0, 3.0], "q2": [3.0, 9.0]})
    >>> clustering_scores(r, ["q1", "q2"], ["A"]).tolist()
    [[2.0, 6.0]]
    >>> clustering_scores(r, ["q1", "q2"], ["A"], centred=True).tolist()
    [[-2.0, 2.0]]
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

    Examples
    --------
    >>> r = pd.DataFrame({"mat_id": ["A", "A"], "s__q": [1.0, 3.0], "s__r": [2.0, 8.0]})
    >>> alignment_table(aggregate_scores(r, [("s", "q"), ("s", "r")]))["range"].tolist()
    [2.0, 6.0, 4.0]
    """
    table = scores[["mat_id", "block", "item"]].assign(
        range=scores["max"] - scores["min"], iqr=scores["iqr"]
    )
    averages = table.groupby(["mat_id", "block"], sort=False)[["range", "iqr"]].mean().reset_index()
    averages.insert(2, "item", "(all)")
    both = pd.concat([table, averages], ignore_index=True)
    # Each column has its own order: a trust may be called as a block is.
    order = {
        name: {key: number for number, key in enumerate(pd.unique(scores[name]))}
        for name in ("mat_id", "block")
    }
    return both.sort_values(
        ["mat_id", "block"], key=lambda keys: keys.map(order[keys.name]), kind="stable"
    ).reset_index(drop=True)
