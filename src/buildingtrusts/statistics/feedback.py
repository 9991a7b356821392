"""What a trust may be told of itself beside others, without telling it of any other or of a person.

A mean of others is given away by a mean that includes oneself: in a cluster of two, the cluster's
mean less one's own is the other trust's. Comparisons are therefore means of *other* trusts, each
counting once, and three rules hold for every item by itself (Hundepool et al., 2012, Statistical
Disclosure Control, doi:10.1002/9781118348239, on thresholds and differencing):

1. a mean rests on at least ``at_least`` answers;
2. a mean of other trusts rests on at least ``fewest`` of them, each with that many answers;
3. what is left when one mean is taken from another (all others less those in the cluster, all
   staff less those of one role) is nobody, or again enough trusts or answers.

What is told in numbers and what in words is decided where the page is written
(``output/feedback_text.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Fewest answers that anything may rest on, and fewest other trusts in a comparison.
FEWEST_ANSWERS, FEWEST_TRUSTS = 5, 3
NAN = float("nan")

COMPARISON = (
    *("block", "item", "n", "own", "cluster", "n_cluster", "others", "n_others"),
    *("agreement", "others_agreement"),
)
ROLES = ("block", "item", "local", "central")


@dataclass(frozen=True)
class Limits:
    """How few answers, and how few other trusts, a number may rest on."""

    at_least: int = FEWEST_ANSWERS
    fewest: int = FEWEST_TRUSTS


def compare(
    scores: pd.DataFrame,
    mat_id: str,
    cluster: Sequence[str],
    null_variances: dict[tuple[str, str], float],
    limits: Limits | None = None,
) -> pd.DataFrame:
    """Set a trust's means beside those of the other trusts, as far as that gives none away.

    Parameters
    ----------
    scores : DataFrame
        ``mat_id, block, item, n, mean, sd``: all trusts, on each item's own scale.
    mat_id : str
        The trust that is told.
    cluster : sequence of str
        The trusts of its cluster, itself among them or not; empty if it is in none.
    null_variances : dict of (block, item) to float
        Variance of an item's answers without agreement; ``nan`` or absent without a scale.
    limits : Limits, optional
        By default five answers and three other trusts.

    Returns
    -------
    DataFrame
        The columns ``COMPARISON``, a row for each item that the trust was asked, in the order of
        ``scores``. ``own`` is its mean, ``cluster`` and ``others`` are means of the means of other
        trusts, ``n_cluster`` and ``n_others`` how many those are; ``agreement`` is within-group
        agreement (0 to 1) of the trust, ``others_agreement`` its mean over the others. What may
        not be told is ``nan``.

    Examples
    --------
    >>> s = pd.DataFrame({"mat_id": list("ABCDE"), "block": "s", "item": "q", "n": 6,
    ...                   "mean": [2.0, 4.0, 6.0, 8.0, 5.0], "sd": 1.0})
    >>> told = compare(s, "A", ["A", "B"], {("s", "q"): 8.25})
    >>> told[["own", "others", "n_others"]].values.tolist(), bool(told["cluster"].isna().all())
    ([[2.0, 5.75, 4.0]], True)
    """
    limit = limits or Limits()
    members = set(cluster) - {mat_id}
    rows = []
    for (block, item), group in scores.groupby(["block", "item"], sort=False):
        own = group[group["mat_id"] == mat_id]
        if own.empty:
            continue
        enough = group[(group["n"] >= limit.at_least) & (group["mat_id"] != mat_id)]
        near = enough[enough["mat_id"].isin(members)]
        n_others, n_near = len(enough), len(near)
        shown = n_others >= limit.fewest
        rest = n_others - n_near
        near_shown = n_near >= limit.fewest and (rest == 0 or rest >= limit.fewest)
        null = null_variances.get((str(block), str(item)), NAN)
        n = int(own["n"].iloc[0])
        told = n >= limit.at_least
        rows.append(
            (
                *(block, item, n, float(own["mean"].iloc[0]) if told else NAN),
                *(float(near["mean"].mean()) if near_shown else NAN, n_near),
                *(float(enough["mean"].mean()) if shown else NAN, n_others),
                _agreement(own["sd"], null) if told else NAN,
                _agreement(enough["sd"], null) if shown else NAN,
            )
        )
    return pd.DataFrame(rows, columns=list(COMPARISON))


def _agreement(sd: pd.Series, null_variance: float) -> float:
    # Negatives to 0, as in the table of agreement; an absent scale leaves it missing.
    values = np.maximum(0.0, 1 - sd.to_numpy(dtype=float) ** 2 / null_variance)
    return float(values.mean())


def split_by_place(
    responses: pd.DataFrame,
    mat_id: str,
    items: Sequence[tuple[str, str]],
    limits: Limits | None = None,
) -> pd.DataFrame:
    """Means of a trust's people in schools, and of its chief executive and central team together.

    The chief executive is one person: beside the mean of all staff and that of school leaders, a
    mean of the central team alone would give the chief executive's answer.

    Parameters
    ----------
    responses : DataFrame
        ``mat_id, role`` and a column ``<block>__<item>`` for each item.
    mat_id : str
        The trust that is told.
    items : sequence of (block, item)
        In the order of the codebook.
    limits : Limits, optional
        By default five answers.

    Returns
    -------
    DataFrame
        The columns ``ROLES``, a row for each item where both groups have enough answers and those
        of no known role are none, or enough as well.

    Examples
    --------
    >>> r = pd.DataFrame({"mat_id": "A", "role": ["ceo"] + ["central_team"] * 4
    ...                   + ["school_leader"] * 5, "s__q": [9.0] * 5 + [4.0] * 5})
    >>> split_by_place(r, "A", [("s", "q")]).values.tolist()
    [['s', 'q', 4.0, 9.0]]
    """
    limit = limits or Limits()
    own = responses[responses["mat_id"] == mat_id]
    is_local = own["role"].eq("school_leader")
    is_central = own["role"].isin(["ceo", "central_team"])
    rows = []
    for block, item in items:
        answers = own[f"{block}__{item}"].astype(float)
        local, central = answers[is_local].dropna(), answers[is_central].dropna()
        other = int(answers[~is_local & ~is_central].notna().sum())
        if min(len(local), len(central)) >= limit.at_least and not 0 < other < limit.at_least:
            rows.append((block, item, float(local.mean()), float(central.mean())))
    return pd.DataFrame(rows, columns=list(ROLES))


def give_or_take(scores: pd.DataFrame, n: int) -> float:
    """How far a mean of ``n`` answers is easily off: twice its standard error.

    The spread within trusts is pooled over all trusts and items, so that it tells of no trust.

    Parameters
    ----------
    scores : DataFrame
        ``n, sd`` of one block, all trusts and items on one scale.
    n : int
        Answers of the trust.

    Examples
    --------
    >>> give_or_take(pd.DataFrame({"n": [5, 9], "sd": [2.0, 2.0]}), 16)
    1.0
    """
    known = scores[scores["n"] > 1]
    weights = known["n"].to_numpy(dtype=float) - 1
    if n < 1 or not weights.sum():
        return NAN
    variance = float((weights * known["sd"].to_numpy(dtype=float) ** 2).sum() / weights.sum())
    return float(2 * np.sqrt(variance / n))
