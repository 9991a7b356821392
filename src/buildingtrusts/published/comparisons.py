"""Comparisons that ordered statements rest on, with their ties told apart.

Sums of whole ratings differ in their last bits by the order in which they were added: values
closer than 1e-12 count as equal throughout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildingtrusts.published.evidence import NotComputable, Tie

if TYPE_CHECKING:
    import pandas as pd


def contrast(difference: float) -> float | Tie:
    """Return a difference whose sign is the statement; a tie where it is nought.

    Examples
    --------
    >>> contrast(0.25)
    0.25
    >>> contrast(0.0)
    Tie(text='0')
    """
    return Tie("0") if abs(difference) <= 1e-12 else float(difference)


def leading(values: pd.Series, end: str, n: int = 1) -> str | Tie:
    """Return the names of the n highest or lowest values, in alphabetical order.

    Parameters
    ----------
    values : Series
        A number by name; missing ones are left out.
    end : {"highest", "lowest"}
        Which end.
    n : int
        How many names.

    Returns
    -------
    str or Tie
        Names joined by ``"; "``. A tie if the last of them equals the next one out; its text is
        then the names that are certain, and those that are tied joined by ``" = "``.

    Raises
    ------
    NotComputable
        If there are fewer than n values.

    Examples
    --------
    >>> import pandas as pd
    >>> leading(pd.Series({"a": 3.0, "b": 1.0, "c": 2.0}), "highest", 2)
    'a; c'
    >>> leading(pd.Series({"a": 3.0, "b": 2.0, "c": 2.0}), "highest", 2)
    Tie(text='a; b = c')
    """
    ordered = values.dropna().sort_index().sort_values(ascending=end == "lowest", kind="stable")
    if len(ordered) < n:
        raise NotComputable(f"There are {len(ordered)} values where {n} are wanted.")
    last = float(ordered.iloc[n - 1])
    level = (ordered - last).abs() <= 1e-12
    first = [str(name) for name in ordered.index[:n] if not level[name]]
    tied = [str(name) for name in ordered.index[level]]
    if len(first) + len(tied) > n:
        return Tie("; ".join([*sorted(first), " = ".join(sorted(tied))]))
    return "; ".join(sorted([*first, *tied]))


def placed(values: pd.Series, name: str) -> float | Tie:
    """Return the place of one name from the highest value down, from 1.

    Examples
    --------
    >>> import pandas as pd
    >>> placed(pd.Series({"a": 3.0, "b": 1.0, "c": 2.0}), "c")
    2.0

    Returns
    -------
    float or Tie
        A tie, with the shared places, if another value equals this one.

    Raises
    ------
    NotComputable
        If the name has no value.
    """
    known = values.dropna()
    if name not in known.index:
        raise NotComputable(f"There is no value for {name}.")
    own = known[name]
    above = int((known - own > 1e-12).sum())
    equal = int(((known - own).abs() <= 1e-12).sum())
    return float(above + 1) if equal == 1 else Tie(f"{above + 1} to {above + equal}")


def count_within(
    values: pd.Series,
    at_least: float | None = None,
    at_most: float | None = None,
    above: float | None = None,
    below: float | None = None,
    at: float | None = None,
) -> float:
    """Count the values that keep every bound given; missing values keep none.

    Examples
    --------
    >>> import pandas as pd
    >>> count_within(pd.Series([4.0, 5.0, 6.0]), at_least=5)
    2.0
    """
    kept = values.notna()
    # A mean of whole ratings that equals a bound may miss it by its last bit.
    for bound, holds in (
        (at_least, lambda b: values >= b - 1e-12),
        (at_most, lambda b: values <= b + 1e-12),
        (above, lambda b: values > b + 1e-12),
        (below, lambda b: values < b - 1e-12),
        (at, lambda b: (values - b).abs() <= 1e-12),
    ):
        if bound is not None:
            kept &= holds(bound)
    return float(kept.sum())


def rank_correlation(first: pd.Series, second: pd.Series) -> float:
    """Spearman's rank correlation of two series over the names that both have.

    Ties share their mean rank (Spearman, C., 1904, doi:10.2307/1412159).

    Raises
    ------
    NotComputable
        If fewer than three names are shared or one side never varies.

    Examples
    --------
    >>> import pandas as pd
    >>> rank_correlation(pd.Series([1, 2, 3]), pd.Series([1, 4, 9]))
    1.0
    """
    import pandas as pd

    both = pd.concat([first, second], axis=1, join="inner").dropna()
    if len(both) < 3:
        raise NotComputable(f"A rank correlation needs three pairs, found {len(both)}.")
    ranks = both.rank().to_numpy()
    centred = ranks - ranks.mean(axis=0)
    scale = float((centred[:, 0] ** 2).sum() * (centred[:, 1] ** 2).sum()) ** 0.5
    if scale == 0:
        raise NotComputable("A rank correlation needs both sides to vary.")
    return float((centred[:, 0] * centred[:, 1]).sum() / scale)
