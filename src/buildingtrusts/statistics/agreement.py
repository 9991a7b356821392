"""Do people of one trust agree enough for their mean to stand for the trust?

ICC(1) is the share of variance in single answers that lies between trusts, ICC(2) the reliability
of the trusts' means, both from the one-way random-effects analysis of variance (Bliese, P. D.,
2000; Shrout, P. E. and Fleiss, J. L., 1979, doi:10.1037/0033-2909.86.2.420). Within-group
agreement rwg compares a trust's variance with that of answers spread evenly over the scale
(James, L. R., Demaree, R. G. and Wolf, G., 1984, doi:10.1037/0021-9010.69.1.85).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NAN = float("nan")
AGREEMENT_COLUMNS = (
    *("mats", "block", "item", "n_groups", "n_responses", "icc1", "icc2", "icc1_n0"),
    *("rwg_mean", "rwg_median"),
)


@dataclass(frozen=True)
class Icc:
    """Intraclass correlations of one item.

    Attributes
    ----------
    icc1, icc2 : float
        With the mean group size, as R's ``multilevel`` computes them; may be negative.
    icc1_n0 : float
        ICC(1) with n0 = (N - sum(n²) / N) / (K - 1) in place of the mean group size.
    n_groups, n_responses : int
        K groups and N answers, missing ones left out.
    msb, msw : float
        Mean squares between and within groups.
    """

    icc1: float
    icc2: float
    icc1_n0: float
    n_groups: int
    n_responses: int
    msb: float
    msw: float


def icc(values: NDArray[np.float64], groups: NDArray[np.object_] | list[Hashable]) -> Icc:
    """Compute ICC(1) and ICC(2) by one-way random effects.

    Parameters
    ----------
    values : ndarray of shape (n_responses,)
        Ratings on the item's own scale; missing ones (``nan``) are left out.
    groups : array-like of shape (n_responses,)
        The trust of each respondent.

    Returns
    -------
    Icc
        Negative values are kept. All three are ``nan`` when there is one group, when no group
        has two answers, or when all answers are equal; ICC(2) is minus infinity when groups do
        not differ at all.

    Examples
    --------
    >>> icc(np.array([1.0, 2.0, 8.0, 9.0]), ["A", "A", "B", "B"]).icc1.__round__(4)
    0.9798
    """
    answered = ~np.isnan(values)
    kept = values[answered]
    names, codes = np.unique(np.asarray(groups)[answered].astype(str), return_inverse=True)
    n_groups, n_responses = len(names), len(kept)
    undefined = Icc(NAN, NAN, NAN, n_groups, n_responses, msb=NAN, msw=NAN)
    # Equal answers are found by comparing them: the squares of equal decimals need not sum to 0.
    if n_groups < 2 or n_responses <= n_groups or np.ptp(kept) == 0:
        return undefined
    sizes = np.bincount(codes)
    means = np.bincount(codes, weights=kept) / sizes
    msb = float((sizes * (means - kept.mean()) ** 2).sum() / (n_groups - 1))
    msw = float(((kept - means[codes]) ** 2).sum() / (n_responses - n_groups))
    n0 = (n_responses - (sizes**2).sum() / n_responses) / (n_groups - 1)
    return Icc(
        icc1=_icc1(msb, msw, n_responses / n_groups),
        icc2=(msb - msw) / msb if msb > 0 else float("-inf"),
        icc1_n0=_icc1(msb, msw, n0),
        n_groups=n_groups,
        n_responses=n_responses,
        msb=msb,
        msw=msw,
    )


def _icc1(msb: float, msw: float, group_size: float) -> float:
    return float((msb - msw) / (msb + (group_size - 1) * msw))


def uniform_null_variance(n_options: int, step: float = 1.0) -> float:
    """Variance of answers spread evenly over a scale of A options: step² (A² - 1) / 12.

    Parameters
    ----------
    n_options : int
        Options of the scale: 10 for 1-10 (variance 8.25), 11 for 0-10 (variance 10).
    step : float
        Distance between two options, on the scale's own unit.

    Examples
    --------
    >>> uniform_null_variance(10), uniform_null_variance(11), uniform_null_variance(17, 0.25)
    (8.25, 10.0, 1.5)
    """
    return step**2 * (n_options**2 - 1) / 12


def within_group_agreement(
    values: NDArray[np.float64],
    groups: NDArray[np.object_] | list[Hashable],
    null_variance: float,
) -> dict[str, float]:
    """Compute rwg of one item for each group.

    Parameters
    ----------
    values : ndarray of shape (n_responses,)
        Ratings on the item's own scale; missing ones (``nan``) are left out.
    groups : array-like of shape (n_responses,)
        The trust of each respondent.
    null_variance : float
        Variance expected without agreement, from :func:`uniform_null_variance`.

    Returns
    -------
    dict of str to float
        One minus the group's variance (n - 1) over the null variance, 0 to 1; negatives are cut
        to 0 as R's ``multilevel`` does, and groups of one answer or none are left out. Groups
        come in order of name.

    Examples
    --------
    >>> within_group_agreement(np.array([5.0, 5.0, 1.0, 10.0]), ["A", "A", "B", "B"], 8.25)
    {'A': 1.0, 'B': 0.0}
    """
    answered = ~np.isnan(values)
    kept = values[answered]
    names, codes = np.unique(np.asarray(groups)[answered].astype(str), return_inverse=True)
    agreement = {}
    for code, name in enumerate(names):
        members = kept[codes == code]
        if len(members) > 1:
            agreement[str(name)] = max(0.0, 1 - float(members.var(ddof=1)) / null_variance)
    return agreement


def agreement_table(
    responses: pd.DataFrame,
    items: Sequence[tuple[str, str]],
    n_options: Sequence[int | None],
    clustered: Sequence[str],
    steps: Sequence[float | None] | None = None,
) -> pd.DataFrame:
    """Agreement of every item, over all trusts and over the clustered ones.

    Parameters
    ----------
    responses : DataFrame
        ``mat_id`` and a column ``<block>__<item>`` for each item.
    items : sequence of (block, item)
        In the order of the codebook.
    n_options : sequence of int or None
        Options of each item's scale (10 for 1-10); None for unbounded decimals, whose rwg is
        left empty.
    clustered : sequence of str
        The clustered trusts.
    steps : sequence of float or None, optional
        Distance between two options of each item's scale; 1 if not given.

    Returns
    -------
    DataFrame
        ``mats`` (``all`` or ``clustered``), ``block, item, n_groups, n_responses, icc1, icc2,
        icc1_n0, rwg_mean, rwg_median``; the last two are over trusts with two answers or more.

    Examples
    --------
    >>> r = pd.DataFrame({"mat_id": ["A", "A", "B", "B"], "s__q": [1.0, 2.0, 8.0, 9.0]})
    >>> table = agreement_table(r, [("s", "q")], [10], ["A"])
    >>> table[["mats", "n_groups", "n_responses"]].values.tolist()
    [['all', 2, 4], ['clustered', 1, 2]]
    """
    rows = []
    for mats, chosen in (
        ("all", responses),
        ("clustered", responses[responses["mat_id"].isin(list(clustered))]),
    ):
        groups = chosen["mat_id"].to_numpy(dtype=object)
        for (block, item), options, step in zip(
            items, n_options, steps or [1.0] * len(items), strict=True
        ):
            values = chosen[f"{block}__{item}"].to_numpy(dtype=float, na_value=np.nan)
            one = icc(values, groups)
            within = (
                within_group_agreement(values, groups, uniform_null_variance(options, step))
                if options is not None and step is not None
                else {}
            )
            rwg = np.array(list(within.values()))
            middle = (float(rwg.mean()), float(np.median(rwg))) if len(rwg) else (NAN, NAN)
            rows.append(
                (mats, block, item, one.n_groups, one.n_responses, one.icc1, one.icc2)
                + (one.icc1_n0, *middle)
            )
    return pd.DataFrame(rows, columns=list(AGREEMENT_COLUMNS))
