"""Cross-tabulations too sparse for asymptotics: exact tests and effect sizes beside their null.

With margins fixed, a table of counts has probability proportional to one over the product of its
cells' factorials. The exact p is the total probability of the tables no more probable than the
observed one (Freeman, G. H. and Halton, J. H., 1951, doi:10.1093/biomet/38.1-2.141), summed over
integer weights so that ties are ties. Cramér's V (1946) comes with its bias-corrected form
(Bergsma, W., 2013, doi:10.1016/j.jkss.2012.10.002) and with its mean and 95% point over the same
tables, because with few trusts chance alone makes V large.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

EXACT = "fisher_exact"
MONTE_CARLO = "fisher_monte_carlo"
MAX_TABLES = 200_000
DRAWS = 100_000
NAN = float("nan")


@dataclass(frozen=True)
class ExactTest:
    """Association of two attributes in one table of counts.

    Attributes
    ----------
    test : str
        ``fisher_exact``, or ``fisher_monte_carlo`` where the margins allow too many tables.
    p_value : float
        Probability, under the margins, of a table no more probable than the observed one.
    p_min_attainable : float
        The smallest p any table with these margins could give; ``nan`` under Monte Carlo.
    cramers_v, cramers_v_corrected : float
        Effect size 0-1 and its bias-corrected form; ``nan`` if one margin has a single level.
    cramers_v_null_mean, cramers_v_null_q95 : float
        Mean and 95% point of V under the margins.
    draws : int
        Monte Carlo draws; 0 when exact.
    """

    test: str
    p_value: float
    p_min_attainable: float
    cramers_v: float
    cramers_v_corrected: float
    cramers_v_null_mean: float
    cramers_v_null_q95: float
    draws: int


def count_table(
    rows: Sequence[object],
    columns: Sequence[object],
    row_levels: Sequence[object],
    column_levels: Sequence[object],
) -> NDArray[np.int64]:
    """Count pairs of levels, zero cells included.

    Parameters
    ----------
    rows, columns : sequence, same length
        The two attributes of each object.
    row_levels, column_levels : sequence
        Levels in the order wanted.

    Returns
    -------
    ndarray of shape (n_row_levels, n_column_levels)

    Raises
    ------
    ValueError
        If an object has a level that is not listed: no object is dropped silently.

    Examples
    --------
    >>> count_table(["a", "b", "a"], [1, 1, 2], ["a", "b"], [1, 2]).tolist()
    [[1, 1], [1, 0]]
    """
    table = np.zeros((len(row_levels), len(column_levels)), dtype=np.int64)
    row_of = {level: number for number, level in enumerate(row_levels)}
    column_of = {level: number for number, level in enumerate(column_levels)}
    for row, column in zip(rows, columns, strict=True):
        if row not in row_of or column not in column_of:
            raise ValueError(
                f"found the levels {row!r} and {column!r}; allowed are {list(row_levels)} and "
                f"{list(column_levels)}. List every level."
            )
        table[row_of[row], column_of[column]] += 1
    return table


def exact_test(
    table: NDArray[np.int64],
    max_tables: int = MAX_TABLES,
    draws: int = DRAWS,
    rng: np.random.Generator | None = None,
) -> ExactTest:
    """Test a table of counts for association, exactly where the margins allow.

    Parameters
    ----------
    table : ndarray of shape (r, c)
        Non-negative counts. Empty rows and columns carry no information and are left out.
    max_tables : int
        Up to this many tables are listed one by one; beyond it the test is seeded Monte Carlo.
    draws : int
        Monte Carlo draws; p is then (1 + exceedances) / (1 + draws).
    rng : numpy.random.Generator, optional
        Needed only for Monte Carlo.

    Returns
    -------
    ExactTest
        With one level left in either margin no table differs: p is 1 and V is ``nan``.

    Raises
    ------
    ValueError
        If a count is negative, the table is empty, or Monte Carlo is needed without ``rng``.

    Examples
    --------
    >>> exact_test(np.array([[3, 0], [0, 3]])).p_value
    0.1
    """
    if (table < 0).any() or table.sum() == 0:
        raise ValueError(f"a table of counts has counts of 0 or more, and some; found {table}.")
    used = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(used.shape) < 2:
        return ExactTest(EXACT, 1.0, 1.0, NAN, NAN, NAN, NAN, draws=0)
    rows, columns = used.sum(axis=1), used.sum(axis=0)
    tables = _all_tables(rows, columns, max_tables)
    if tables is not None:
        return _exact(used, tables)
    if rng is None:
        raise ValueError(
            f"the margins {rows.tolist()} and {columns.tolist()} allow more than {max_tables} "
            "tables; pass a random generator for the Monte Carlo test, or raise max_tables."
        )
    return _monte_carlo(used, _random_tables(rows, columns, draws, rng))


def _all_tables(
    rows: NDArray[np.int64], columns: NDArray[np.int64], max_tables: int
) -> NDArray[np.int64] | None:
    """List every table with the margins, or None once there are more than ``max_tables``."""
    tables = list(islice(_fillings(tuple(rows.tolist()), columns.tolist()), max_tables + 1))
    if len(tables) > max_tables:
        return None
    return np.array(tables, dtype=np.int64).transpose(0, 2, 1)


def _fillings(left: tuple[int, ...], columns: list[int]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Fill the table column by column; ``left`` is what each row still has to give."""
    if len(columns) == 1:
        yield (left,)
        return
    for column in _compositions(columns[0], left):
        remaining = tuple(total - cell for total, cell in zip(left, column, strict=True))
        for rest in _fillings(remaining, columns[1:]):
            yield (column, *rest)


def _compositions(total: int, limits: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """All ways to split ``total`` over cells, none above its limit."""
    if len(limits) == 1:
        yield (total,)
        return
    room = sum(limits[1:])
    for first in range(max(0, total - room), min(limits[0], total) + 1):
        for rest in _compositions(total - first, limits[1:]):
            yield (first, *rest)


def _exact(observed: NDArray[np.int64], tables: NDArray[np.int64]) -> ExactTest:
    weights = _weights(tables, int(observed.sum()))
    own = _weights(observed[None], int(observed.sum()))[0]
    total = sum(weights)
    least = min(weights)
    at_least_as_rare = sum(weight for weight in weights if weight <= own)
    probabilities = np.array([weight / total for weight in weights])
    values = cramers_v_of(tables)
    return ExactTest(
        test=EXACT,
        p_value=at_least_as_rare / total,
        p_min_attainable=sum(weight for weight in weights if weight == least) / total,
        cramers_v=cramers_v(observed),
        cramers_v_corrected=cramers_v_corrected(observed),
        cramers_v_null_mean=float(probabilities @ values),
        cramers_v_null_q95=_weighted_quantile(values, probabilities, 0.95),
        draws=0,
    )


def _weights(tables: NDArray[np.int64], n: int) -> list[int]:
    # n! / prod(cells!) as whole numbers: equal probabilities compare equal, whatever their order.
    factorials = [math.factorial(number) for number in range(n + 1)]
    top = factorials[n]
    return [
        top // math.prod(factorials[cell] for cell in cells)
        for cells in tables.reshape(len(tables), -1).tolist()
    ]


def _random_tables(
    rows: NDArray[np.int64], columns: NDArray[np.int64], draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    tables = np.empty((draws, len(rows), len(columns)), dtype=np.int64)
    left = np.repeat(columns[None], draws, axis=0)
    # Row by row, each is hypergeometric over what the columns have left.
    for number, total in enumerate(rows[:-1]):
        for draw in range(draws):
            tables[draw, number] = rng.multivariate_hypergeometric(left[draw], int(total))
        left = left - tables[:, number]
    tables[:, -1] = left
    return tables


def _monte_carlo(observed: NDArray[np.int64], tables: NDArray[np.int64]) -> ExactTest:
    log_factorials = np.array(
        [math.lgamma(number + 1) for number in range(int(observed.sum()) + 1)]
    )
    log_weights = -log_factorials[tables].sum(axis=(1, 2))
    own = -float(log_factorials[observed].sum())
    exceeding = int((log_weights <= own + 1e-7).sum())
    values = cramers_v_of(tables)
    return ExactTest(
        test=MONTE_CARLO,
        p_value=(1 + exceeding) / (1 + len(tables)),
        p_min_attainable=float("nan"),
        cramers_v=cramers_v(observed),
        cramers_v_corrected=cramers_v_corrected(observed),
        cramers_v_null_mean=float(values.mean()),
        cramers_v_null_q95=float(np.quantile(values, 0.95)),
        draws=len(tables),
    )


def _weighted_quantile(
    values: NDArray[np.float64], probabilities: NDArray[np.float64], level: float
) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(probabilities[order])
    # The smallest value whose cumulative probability reaches the level, up to rounding error.
    place = int(np.searchsorted(reached, level - 1e-12))
    return float(values[order][min(place, len(values) - 1)])


def cramers_v(table: NDArray[np.int64]) -> float:
    """Cramér's V of a table of counts: 0 without association, 1 when one side fixes the other.

    Parameters
    ----------
    table : ndarray of shape (r, c)
        Counts; empty rows and columns are left out.

    Returns
    -------
    float
        ``nan`` if one margin has a single level.

    Examples
    --------
    >>> cramers_v(np.array([[3, 0], [0, 3]]))
    1.0
    """
    used = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    return float(cramers_v_of(used[None])[0]) if min(used.shape) > 1 else float("nan")


def cramers_v_of(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cramér's V of many tables with the same, non-zero margins; shape (n_tables, r, c)."""
    n = tables[0].sum()
    expected = np.outer(tables[0].sum(axis=1), tables[0].sum(axis=0)) / n
    chi_squared = ((tables - expected) ** 2 / expected).sum(axis=(1, 2))
    values: NDArray[np.float64] = np.sqrt(chi_squared / n / (min(tables[0].shape) - 1))
    return np.minimum(values, 1.0)


def cramers_v_corrected(table: NDArray[np.int64]) -> float:
    """Bergsma's bias-corrected Cramér's V.

    Parameters
    ----------
    table : ndarray of shape (r, c)
        Counts; empty rows and columns are left out.

    Returns
    -------
    float
        0 to 1; 0 where chi-squared is no larger than chance gives; ``nan`` if one margin has a
        single level or the corrected size leaves nothing to compare.

    Examples
    --------
    >>> cramers_v_corrected(np.array([[5, 5], [5, 5]]))
    0.0
    """
    used = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    r, c = used.shape
    n = int(used.sum())
    if min(r, c) < 2 or n < 2:
        return float("nan")
    phi_squared = cramers_v(used) ** 2 * (min(r, c) - 1)
    corrected = max(0.0, phi_squared - (r - 1) * (c - 1) / (n - 1))
    rows = r - (r - 1) ** 2 / (n - 1)
    columns = c - (c - 1) ** 2 / (n - 1)
    room = min(rows, columns) - 1
    return math.sqrt(corrected / room) if room > 0 else float("nan")


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for several tests in one family (Holm, 1979, doi:10.2307/4615733).

    Parameters
    ----------
    p_values : sequence of float
        Missing ones (``nan``) stay missing and do not count as tests.

    Returns
    -------
    list of float
        In the order given; at most 1.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted = [float("nan")] * len(p_values)
    tested = [place for place, p in enumerate(p_values) if not math.isnan(p)]
    running = 0.0
    for rank, place in enumerate(sorted(tested, key=lambda place: p_values[place])):
        running = max(running, min(1.0, (len(tested) - rank) * p_values[place]))
        adjusted[place] = running
    return adjusted
