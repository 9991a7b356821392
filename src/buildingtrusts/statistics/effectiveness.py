"""How effective trusts think they are, and whether their people agree on it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

EFFECTIVENESS_COLUMNS = ("mat_id", "item", "n", "median", "iqr")


def summarise_effectiveness(
    scores: pd.DataFrame, mats: Sequence[str], block: str = "effectiveness"
) -> pd.DataFrame:
    """Median and interquartile range by trust and area, with each trust's averages of them.

    Parameters
    ----------
    scores : DataFrame
        From :func:`.aggregation.aggregate_scores`.
    mats : sequence of str
        The clustered trusts.
    block : str
        The block that asked how effective the trust is in each area.

    Returns
    -------
    DataFrame
        ``mat_id, item, n, median, iqr`` on the block's own scale; the row ``(all)`` of a trust
        holds its number of answers, the average of its medians and that of its interquartile
        ranges, over the areas that anybody rated.

    Examples
    --------
    >>> scores = pd.DataFrame(
    ...     [["A", "e", "hiring", 3, 6.0, 2.0], ["A", "e", "it", 2, 7.0, 1.0]],
    ...     columns=["mat_id", "block", "item", "n", "median", "iqr"],
    ... )
    >>> summarise_effectiveness(scores, ["A"], block="e").values.tolist()[-1]
    ['A', '(all)', 5, 6.5, 1.5]
    """
    kept = scores[(scores["block"] == block) & scores["mat_id"].isin(list(mats))]
    rows: list[tuple[object, ...]] = []
    for mat, of_mat in kept.groupby("mat_id", sort=False):
        rows += of_mat[list(EFFECTIVENESS_COLUMNS)].itertuples(index=False, name=None)
        rows.append(
            (
                mat,
                "(all)",
                int(of_mat["n"].sum()),
                float(of_mat["median"].mean()),
                float(of_mat["iqr"].mean()),
            )
        )
    return pd.DataFrame(rows, columns=list(EFFECTIVENESS_COLUMNS))
