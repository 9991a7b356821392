"""What follows from printed numbers alone: sums, and exact tests of the printed tables.

These quantities take :class:`.Printed` and never a wave's tables: they are findings about the
report that need no responses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from buildingtrusts.output.contracts import STUDY_TABLES
from buildingtrusts.published.claims import Cell
from buildingtrusts.published.evidence import NotComputable, Printed, select

if TYPE_CHECKING:
    import pandas as pd

ASSOCIATION_COLUMNS = STUDY_TABLES["published_associations"].columns

#: Which of k clusters a printed cluster belongs to: the tree's last cut but one joins 1 and 2.
PRINTED_CLUSTERS: Mapping[int, Mapping[int, int]] = {
    2: {1: 1, 2: 1, 3: 2},
    3: {1: 1, 2: 2, 3: 3},
}


def total(printed: Printed, plus: tuple[str, ...], minus: tuple[str, ...] = ()) -> float:
    """Sum of some claims' printed numbers, less others."""
    # Decimal, because 0.25 - 0.19 of two printed figures is 0.06 and not its binary neighbour.
    from decimal import Decimal

    signed = [(1, name) for name in plus] + [(-1, name) for name in minus]
    return float(sum(sign * Decimal(str(_number(printed, name))) for sign, name in signed))


def product(printed: Printed, of: tuple[str, ...]) -> float:
    """Product of some claims' printed numbers."""
    result = 1.0
    for name in of:
        result *= _number(printed, name)
    return result


def ratio(printed: Printed, of: str, to: str) -> float:
    """One claim's printed number divided by another's."""
    return _number(printed, of) / _number(printed, to)


def column_total(printed: Printed, attribute: str, cluster: int) -> float:
    """MATs of a cluster, over the levels of a printed table."""
    rows = select(printed.crosstabs, "crosstabs.csv", attribute=attribute, cluster=cluster)
    return float(rows["n"].sum())


def table_total(printed: Printed, attribute: str) -> float:
    """MATs in a printed table."""
    return float(select(printed.crosstabs, "crosstabs.csv", attribute=attribute)["n"].sum())


def association(printed: Printed, k: int, attribute: str, statistic: str) -> float:
    """One statistic of the exact test of a printed table; ``k=2`` joins clusters 1 and 2."""
    rows = select(printed.associations, "the printed tables", k=k, attribute=attribute)
    return float(rows[statistic].iloc[0])


def tabulate(cells: Sequence[Cell]) -> pd.DataFrame:
    """Return the printed cells as a table with columns ``attribute, level, cluster, n``."""
    import pandas as pd

    return pd.DataFrame(
        [(cell.attribute, cell.level, cell.cluster, cell.n) for cell in cells],
        columns=["attribute", "level", "cluster", "n"],
    )


def associate(cells: Sequence[Cell]) -> pd.DataFrame:
    """Test the printed cross-tabulations, as printed and with clusters 1 and 2 joined.

    Parameters
    ----------
    cells : sequence of Cell
        Printed counts by attribute, level and cluster.

    Returns
    -------
    DataFrame
        Columns as ``associations.csv``: one row a number of clusters and attribute. The exact p
        is unadjusted in ``p_value`` and adjusted over the attributes of one k in ``p_adjusted``
        (Holm, 1979, doi:10.2307/4615733).

    Examples
    --------
    >>> cells = [Cell("growth", "No", 1, 3), Cell("growth", "Yes", 1, 0),
    ...          Cell("growth", "No", 3, 0), Cell("growth", "Yes", 3, 3)]
    >>> [round(p, 3) for p in associate(cells)["p_value"]]
    [0.1, 0.1]
    """
    import pandas as pd

    from buildingtrusts.statistics.crosstabs import holm

    rows = []
    for k, joined in PRINTED_CLUSTERS.items():
        family = [
            _test(cells, k, name, joined) for name in dict.fromkeys(c.attribute for c in cells)
        ]
        adjusted = holm([float(str(row["p_value"])) for row in family])
        rows += [{**row, "p_adjusted": p} for row, p in zip(family, adjusted, strict=True)]
    return pd.DataFrame(rows, columns=list(ASSOCIATION_COLUMNS))


def _test(
    cells: Sequence[Cell], k: int, attribute: str, joined: Mapping[int, int]
) -> dict[str, object]:
    from dataclasses import asdict

    import numpy as np

    from buildingtrusts.statistics.crosstabs import exact_test

    own = [cell for cell in cells if cell.attribute == attribute]
    levels = list(dict.fromkeys(cell.level for cell in own))
    table = np.zeros((len(levels), k), dtype=np.int64)
    for cell in own:
        table[levels.index(cell.level), joined[cell.cluster] - 1] += cell.n
    # The printed margins are small enough to list every table: no draws, and so no seed.
    found = exact_test(table)
    return {"k": k, "attribute": attribute, "n": int(table.sum()), **asdict(found)}


def _number(printed: Printed, name: str) -> float:
    if name not in printed.numbers:
        raise NotComputable(f"The report prints no number for {name}.")
    return printed.numbers[name]
