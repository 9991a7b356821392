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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

EXACT = "fisher_exact"
MONTE_CARLO = "fisher_monte_carlo"
MAX_STEPS = 300_000
MAX_TABLES = 20_000
DRAWS = 100_000
NAN = float("nan")
CROSSTAB_COLUMNS = ("k", "attribute", "level", "cluster", "n")
ASSOCIATION_COLUMNS = (
    *("k", "attribute", "n", "test", "p_value", "p_adjusted", "p_min_attainable"),
    *("cramers_v", "cramers_v_corrected", "cramers_v_null_mean", "cramers_v_null_q95", "draws"),
)
#: Levels that are counted and not tested: nothing is known, or the source does not list the trust.
UNKNOWN_LEVELS = ("(missing)", "(not covered)")


@dataclass(frozen=True)
class ExactTest:
    """Association of two attributes in one table of counts.

    Attributes
    ----------
    test : str
        ``fisher_exact``, or ``fisher_monte_carlo`` where the margins need too many steps.
    p_value : float
        Probability, under the margins, of a table no more probable than the observed one.
    p_min_attainable : float
        The smallest p any table with these margins could give; ``nan`` under Monte Carlo.
    cramers_v, cramers_v_corrected : float
        Effect size 0-1 and its bias-corrected form; ``nan`` if one margin has a single level.
    cramers_v_null_mean, cramers_v_null_q95 : float
        Mean and 95% point of V under the margins.
    draws : int
        Monte Carlo draws; 0 where everything is exact. With ``fisher_exact`` only the null
        distribution of V rests on them.
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
    max_steps: int = MAX_STEPS,
    max_tables: int = MAX_TABLES,
    draws: int = DRAWS,
    rng: np.random.Generator | None = None,
) -> ExactTest:
    """Test a table of counts for association, exactly where the margins allow.

    Parameters
    ----------
    table : ndarray of shape (r, c)
        Non-negative counts. Empty rows and columns carry no information and are left out.
    max_steps : int
        The exact p is summed column by column, in up to this many steps; beyond them the test
        is Monte Carlo.
    max_tables : int
        The null distribution of Cramér's V is exact up to this many tables, drawn beyond it.
    draws : int
        Monte Carlo draws; a drawn p is (1 + exceedances) / (1 + draws).
    rng : numpy.random.Generator, optional
        Needed only where something has to be drawn.

    Returns
    -------
    ExactTest
        With one level left in either margin no table differs: p is 1 and V is ``nan``.

    Raises
    ------
    ValueError
        If a count is negative, the table is empty, or draws are needed without ``rng``.

    Examples
    --------
    >>> exact_test(np.array([[3, 0], [0, 3]])).p_value
    0.1
    """
    if (table < 0).any() or table.sum() == 0:
        raise ValueError(f"a table of counts has counts of 0 or more, and some; found {table}.")
    used = _without_empty(table)
    if min(used.shape) < 2:
        return ExactTest(EXACT, 1.0, 1.0, NAN, NAN, NAN, NAN, draws=0)
    rows, columns = used.sum(axis=1).tolist(), used.sum(axis=0).tolist()
    weights = _weight_distribution(rows, columns, max_steps)
    tables = _all_tables(rows, columns, max_tables) if weights is not None else None
    drawn = 0
    if tables is None:
        drawn = draws
        tables = _random_tables(rows, columns, draws, rng)
        probabilities = np.full(draws, 1 / draws)
    else:
        probabilities = _probabilities(tables, rows)
    p_value, smallest = _drawn_p(used, tables) if weights is None else _exact_p(used, weights, rows)
    values = cramers_v_of(tables)
    return ExactTest(
        test=MONTE_CARLO if weights is None else EXACT,
        p_value=p_value,
        p_min_attainable=smallest,
        cramers_v=cramers_v(used),
        cramers_v_corrected=cramers_v_corrected(used),
        cramers_v_null_mean=float(probabilities @ values),
        cramers_v_null_q95=_weighted_quantile(values, probabilities, 0.95),
        draws=drawn,
    )


def _without_empty(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """The table without rows and columns that nobody is in."""
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]


def _weight_distribution(
    rows: Sequence[int], columns: Sequence[int], max_steps: int
) -> dict[int, int] | None:
    """Count the tables of each weight, or None where that takes more than ``max_steps``.

    A table's weight is the product over its columns of their multinomial coefficients, a whole
    number, so that equally probable tables compare equal whatever the order of the factors.
    """
    # What can still follow depends on what the rows have left, in any order, and on nothing else:
    # partial tables that agree in that, and in weight, are one state with a multiplicity.
    states: dict[tuple[tuple[int, ...], int], int] = {(tuple(sorted(rows)), 1): 1}
    steps = 0
    for total in columns[:-1]:
        grown: dict[tuple[tuple[int, ...], int], int] = {}
        for (left, weight), times in states.items():
            for column in _compositions(total, left):
                steps += 1
                if steps > max_steps:
                    return None
                rest = tuple(sorted(have - cell for have, cell in zip(left, column, strict=True)))
                state = (rest, weight * _multinomial(column))
                grown[state] = grown.get(state, 0) + times
        states = grown
    distribution: dict[int, int] = {}
    for (left, weight), times in states.items():
        full = weight * _multinomial(left)
        distribution[full] = distribution.get(full, 0) + times
    return distribution


@cache
def _multinomial(cells: tuple[int, ...]) -> int:
    return math.factorial(sum(cells)) // math.prod(map(math.factorial, cells))


def _weight(table: NDArray[np.int64]) -> int:
    return math.prod(_multinomial(tuple(column)) for column in table.T.tolist())


def _exact_p(
    observed: NDArray[np.int64], weights: Mapping[int, int], rows: Sequence[int]
) -> tuple[float, float]:
    """The p of the observed table, and the smallest that any table with its margins has."""
    total = _multinomial(tuple(rows))
    own, least = _weight(observed), min(weights)
    as_rare = sum(weight * times for weight, times in weights.items() if weight <= own)
    return as_rare / total, least * weights[least] / total


def _all_tables(
    rows: Sequence[int], columns: Sequence[int], max_tables: int
) -> NDArray[np.int64] | None:
    """List every table with the margins, or None if there are more than ``max_tables``."""
    if _number_of_tables(tuple(sorted(rows)), tuple(columns)) > max_tables:
        return None
    tables = list(_fillings(tuple(rows), tuple(columns)))
    return np.array(tables, dtype=np.int64).transpose(0, 2, 1)


def _number_of_tables(left: tuple[int, ...], columns: tuple[int, ...]) -> int:
    """Count tables without listing them; rows that have as much left are interchangeable."""

    @cache
    def count(left: tuple[int, ...], place: int) -> int:
        if place == len(columns) - 1:
            return 1
        return sum(
            count(
                tuple(sorted(have - cell for have, cell in zip(left, column, strict=True))),
                place + 1,
            )
            for column in _compositions(columns[place], left)
        )

    return count(left, 0)


def _fillings(
    left: tuple[int, ...], columns: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], ...]]:
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


def _probabilities(tables: NDArray[np.int64], rows: Sequence[int]) -> NDArray[np.float64]:
    total = _multinomial(tuple(rows))
    return np.array([_weight(table) / total for table in tables])


def _random_tables(
    rows: Sequence[int], columns: Sequence[int], draws: int, rng: np.random.Generator | None
) -> NDArray[np.int64]:
    if rng is None:
        raise ValueError(
            f"the margins {list(rows)} and {list(columns)} allow too many tables to list; pass a "
            "random generator to draw some, or raise max_steps and max_tables."
        )
    # Shuffling the objects' columns against their rows gives tables their null probabilities.
    row_of = np.repeat(np.arange(len(rows)), rows)
    column_of = np.repeat(np.arange(len(columns)), columns)
    cells = row_of * len(columns) + rng.permuted(np.tile(column_of, (draws, 1)), axis=1)
    offsets = np.arange(draws)[:, None] * (len(rows) * len(columns))
    counts = np.bincount((cells + offsets).ravel(), minlength=draws * len(rows) * len(columns))
    return counts.reshape(draws, len(rows), len(columns))


def _drawn_p(observed: NDArray[np.int64], tables: NDArray[np.int64]) -> tuple[float, float]:
    """Monte Carlo p; the smallest attainable one stays unknown."""
    n = int(observed.sum())
    log_factorials = np.array([math.lgamma(number + 1) for number in range(n + 1)])
    log_weights = -log_factorials[tables].sum(axis=(1, 2))
    own = -float(log_factorials[observed].sum())
    # Logarithms of equal products differ in their last bits.
    exceeding = int((log_weights <= own + 1e-9).sum())
    return (1 + exceeding) / (1 + len(tables)), NAN


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
    used = _without_empty(table)
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
    used = _without_empty(table)
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


@dataclass(frozen=True)
class Crosstabs:
    """Clusters against attributes.

    Attributes
    ----------
    counts : DataFrame
        ``k, attribute, level, cluster, n``, zero cells included.
    associations : DataFrame
        One exact test a partition and attribute.
    """

    counts: pd.DataFrame
    associations: pd.DataFrame


def crosstabulate(
    clusters: pd.DataFrame,
    trusts: pd.DataFrame,
    levels: Mapping[str, Sequence[str]],
    k_values: Sequence[int],
    *,
    stream: Callable[[str], np.random.Generator],
    own_family: Sequence[str] = (),
    max_steps: int = MAX_STEPS,
    max_tables: int = MAX_TABLES,
    draws: int = DRAWS,
) -> Crosstabs:
    """Tabulate and test every attribute against every partition.

    Parameters
    ----------
    clusters : DataFrame
        ``mat_id, k, cluster``.
    trusts : DataFrame
        ``mat_id`` and the attributes; each clustered trust has a row.
    levels : mapping of str to sequence of str
        Levels of each attribute, in order. Trusts at ``(missing)`` and ``(not covered)`` get last
        levels of these names, are counted, and are left out of the test, whose n says so; an
        attribute that no trust has is counted and not tested.
    k_values : sequence of int
        Partitions to tabulate; those that ``clusters`` does not have are left out.
    stream : callable
        Gives the random generator of a task by its name; used only by Monte Carlo tests.
    own_family : sequence of str
        Attributes that are adjusted by themselves rather than with the others.
    max_steps, max_tables, draws : int
        See :func:`exact_test`.

    Returns
    -------
    Crosstabs

    Examples
    --------
    >>> clusters = pd.DataFrame({"mat_id": list("ABCD"), "k": 2, "cluster": [1, 1, 2, 2]})
    >>> trusts = pd.DataFrame({"mat_id": list("ABCD"), "growth": ["No", "No", "Yes", "Yes"]})
    >>> levels, stream = {"growth": ["No", "Yes"]}, lambda task: np.random.default_rng(1)
    >>> found = crosstabulate(clusters, trusts, levels, [2], stream=stream)
    >>> found.counts["n"].tolist(), round(float(found.associations["p_value"][0]), 3)
    ([2, 0, 0, 2], 0.333)
    """
    counted: list[tuple[object, ...]] = []
    tested: list[tuple[object, ...]] = []
    attribute_of = trusts.set_index("mat_id")
    for k in (k for k in k_values if (clusters["k"] == k).any()):
        of_k = clusters[clusters["k"] == k]
        numbers = sorted(of_k["cluster"].unique().tolist())
        tests: dict[str, tuple[int, ExactTest]] = {}
        for attribute, declared in levels.items():
            found = attribute_of.loc[of_k["mat_id"], attribute].tolist()
            shown = [*declared, *(level for level in UNKNOWN_LEVELS if level in found)]
            table = count_table(found, of_k["cluster"].tolist(), shown, numbers)
            counted += [
                (k, attribute, level, cluster, int(table[row, column]))
                for row, level in enumerate(shown)
                for column, cluster in enumerate(numbers)
            ]
            known = table[: len(declared)]
            if known.sum():
                rng = stream(f"{k} {attribute}")
                tests[attribute] = (
                    int(known.sum()),
                    exact_test(known, max_steps, max_tables, draws, rng),
                )
        tested += _association_rows(k, tests, own_family)
    return Crosstabs(
        pd.DataFrame(counted, columns=list(CROSSTAB_COLUMNS)),
        pd.DataFrame(tested, columns=list(ASSOCIATION_COLUMNS)),
    )


def _association_rows(
    k: int, tests: Mapping[str, tuple[int, ExactTest]], own_family: Sequence[str]
) -> list[tuple[object, ...]]:
    families = [[name for name in tests if name not in own_family]]
    families += [[name] for name in tests if name in own_family]
    adjusted = {
        name: p
        for family in families
        for name, p in zip(family, holm([tests[name][1].p_value for name in family]), strict=True)
    }
    return [
        (k, name, n, one.test, one.p_value, adjusted[name], one.p_min_attainable)
        + (one.cramers_v, one.cramers_v_corrected, one.cramers_v_null_mean)
        + (one.cramers_v_null_q95, one.draws)
        for name, (n, one) in tests.items()
    ]
