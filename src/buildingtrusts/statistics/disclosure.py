"""Which numbers of linked tables to withhold, so that the others do not give them back.

Published numbers are sums of the same unknown ones: counts of trusts by level and cluster, answers
by role and cluster. Numbers over too few are withheld first (primary suppression). Then further
ones are, as cheaply as a mixed-integer programme finds, until each withheld number could as well be
another one by at least a stated width, given everything that is published (Fischetti, M. and
Salazar, J. J., 2001, doi:10.1287/mnsc.47.7.1008.9805). Numbers are protected one after the other,
as in Kelly, J. P., Golden, B. L. and Assad, A. A., 1992, doi:10.1002/net.3230220407, and those that
turn out not to be needed are published after all. The audit is the attack itself: the least and the
greatest value of each withheld number, over whole numbers where the unknown are counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Linked:
    """Numbers to publish, each a sum of unknown ones.

    Attributes
    ----------
    sums : ndarray of shape (n_cells, n_unknowns)
        What each number adds up; zeros and ones as a rule.
    unknowns : ndarray of shape (n_unknowns,)
        Their true values.
    lower, upper : ndarray of shape (n_unknowns,)
        What everybody knows of them.
    equations : ndarray of shape (n_equations, n_unknowns)
        Combinations of unknowns that everybody knows to be what they truly are.
    widths : ndarray of shape (n_cells,)
        How far the possible values of a withheld number have to stretch.
    costs : ndarray of shape (n_cells,)
        What is lost by withholding a number; infinite for one that is always published.
    whole : bool
        Whether the unknown are counts.
    limits : ndarray of shape (n_limits, n_unknowns), optional
        Combinations of unknowns that everybody knows to be no greater than ``most``.
    most : ndarray of shape (n_limits,)
        How great they are at most.
    """

    sums: NDArray[np.float64]
    unknowns: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    equations: NDArray[np.float64]
    widths: NDArray[np.float64]
    costs: NDArray[np.float64]
    whole: bool = True
    limits: NDArray[np.float64] | None = None
    most: NDArray[np.float64] | float = 0.0

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The numbers themselves."""
        return self.sums @ self.unknowns

    def known(self, hidden: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What an attacker knows: combinations of unknowns, and their values."""
        rows = np.unique(np.vstack([self.equations, self.sums[~hidden]]), axis=0)
        return rows, rows @ self.unknowns


class Unprotectable(ValueError):
    """Withholding all that may be withheld does not protect a number."""


def possible_range(linked: Linked, hidden: NDArray[np.bool_], cell: int) -> tuple[float, float]:
    """The least and the greatest value that a number can have, given what is published.

    Parameters
    ----------
    linked : Linked
        The numbers.
    hidden : ndarray of bool, shape (n_cells,)
        Which of them are withheld.
    cell : int
        The number asked about.

    Returns
    -------
    (float, float)
        Equal if the number is given away.

    Examples
    --------
    The example of Fischetti and Salazar: three activities by three regions, four numbers withheld.

    >>> inner = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
    >>> linked = table_with_margins(inner, 1)
    >>> hidden = np.zeros(len(linked.values), dtype=bool)
    >>> hidden[[3, 5, 6, 8]] = True
    >>> possible_range(linked, hidden, 5)
    (5.0, 30.0)
    """
    low, high = (found for found, _ in _extremes(linked, hidden, cell))
    return low, high


def _extremes(
    linked: Linked, hidden: NDArray[np.bool_], cell: int
) -> Iterator[tuple[float, NDArray[np.float64]]]:
    """The least and greatest value, each with unknowns that give it."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows, values = linked.known(hidden)
    slack = 0.0 if linked.whole else _TOLERANCE
    limits = [LinearConstraint(rows, values - slack, values + slack)] if len(rows) else []
    if linked.limits is not None:
        limits.append(LinearConstraint(linked.limits, -np.inf, linked.most))
    for sign in (1.0, -1.0):
        found = milp(
            sign * linked.sums[cell],
            integrality=np.full(len(linked.unknowns), int(linked.whole)),
            bounds=Bounds(linked.lower, linked.upper),
            constraints=limits,
        )
        if found.x is None:
            raise RuntimeError(f"the true numbers are not among the possible ones: {found.message}")
        unknowns = np.round(found.x) if linked.whole else found.x
        value = float(linked.sums[cell] @ unknowns)
        yield round(value, 9), unknowns


def exposed(linked: Linked, hidden: NDArray[np.bool_]) -> list[int]:
    """Withheld numbers whose possible values stretch less far than they have to.

    Parameters
    ----------
    linked : Linked
        The numbers.
    hidden : ndarray of bool, shape (n_cells,)
        Which of them are withheld.

    Returns
    -------
    list of int
        Empty if everything withheld is protected.
    """
    worlds = _Worlds(linked)
    return [cell for cell in np.flatnonzero(hidden).tolist() if not worlds.protect(hidden, cell)]


class _Worlds:
    """The least and greatest values seen in worlds that agree with what is published.

    The answer to one question is one possible world, and so bounds all other numbers too. Worlds
    stay possible when more is withheld.
    """

    def __init__(self, linked: Linked, seen: Sequence[NDArray[np.float64]] = ()) -> None:
        self.linked = linked
        self.seen = list(seen)
        every = np.vstack([linked.values, *self.seen])
        self.low, self.high = every.min(axis=0), every.max(axis=0)

    def add(self, unknowns: NDArray[np.float64]) -> None:
        world = self.linked.sums @ unknowns
        self.seen.append(world)
        self.low, self.high = np.minimum(self.low, world), np.maximum(self.high, world)

    def with_published(self, cell: int) -> _Worlds:
        """Those that are left once a number is published."""
        value = self.linked.values[cell]
        return _Worlds(self.linked, [one for one in self.seen if abs(one[cell] - value) < 1e-6])

    def _wide(self, cell: int) -> bool:
        width = self.linked.widths[cell] - _TOLERANCE
        return bool(self.high[cell] - self.low[cell] >= width)

    def protect(self, hidden: NDArray[np.bool_], cell: int) -> bool:
        """Whether a number can be another one by its width; looks for worlds until it is known."""
        if not self._wide(cell):
            for _, unknowns in _extremes(self.linked, hidden, cell):
                self.add(unknowns)
        return self._wide(cell)


def protect(linked: Linked, sensitive: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Choose what to withhold besides the sensitive numbers.

    Parameters
    ----------
    linked : Linked
        The numbers.
    sensitive : ndarray of bool, shape (n_cells,)
        Those that must not be published.

    Returns
    -------
    ndarray of bool, shape (n_cells,)
        The sensitive ones and others, after which :func:`exposed` finds nothing. The same
        numbers give the same choice.

    Raises
    ------
    Unprotectable
        If nothing that may be withheld protects some number, such as one of a group that is as
        small as what is always published.

    Examples
    --------
    >>> linked = table_with_margins(np.array([[1, 9, 9], [9, 9, 9], [9, 9, 9]]), 3)
    >>> hidden = protect(linked, linked.values < 3)
    >>> hidden[:9].reshape(3, 3).sum(), exposed(linked, hidden)
    (np.int64(4), [])
    """
    hidden = sensitive.copy()
    if (hidden & np.isinf(linked.costs)).any():
        raise Unprotectable("a number that is always published is sensitive.")
    worlds, waiting = _Worlds(linked), np.flatnonzero(hidden).tolist()
    while waiting:
        cell = waiting[0]
        if worlds.protect(hidden, cell):
            waiting.pop(0)
            continue
        chosen, unknowns = _complement(linked, hidden, cell, worlds)
        hidden = hidden | chosen
        waiting += np.flatnonzero(chosen).tolist()
        worlds.add(unknowns)
    # What protected one number may not be needed beside what protects a later one.
    spare = np.flatnonzero(hidden & ~sensitive).tolist()
    for cell in sorted(spare, key=lambda one: -linked.costs[one]):
        less, left = hidden.copy(), worlds.with_published(cell)
        less[cell] = False
        if all(left.protect(less, one) for one in np.flatnonzero(less).tolist()):
            hidden, worlds = less, left
    return hidden


def _complement(
    linked: Linked, hidden: NDArray[np.bool_], cell: int, worlds: _Worlds
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """The cheapest numbers to withhold so that a number can be large, or else small, enough."""
    targets = (
        (worlds.low[cell] + linked.widths[cell], np.inf),
        (-np.inf, worlds.high[cell] - linked.widths[cell]),
    )
    for target in targets:
        found = _cheapest(linked, hidden, cell, target)
        if found is not None:
            return found
    raise Unprotectable(f"nothing protects number {cell} ({linked.values[cell]}).")


def _cheapest(
    linked: Linked, hidden: NDArray[np.bool_], cell: int, target: tuple[float, float]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]] | None:
    """What to withhold, and the world that is possible then; None if there is none."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    open_, n = np.flatnonzero(~hidden), len(linked.unknowns)
    never = np.isinf(linked.costs[open_])
    reach = np.abs(linked.sums[open_]) @ (linked.upper - linked.lower)
    if linked.whole:
        # No count of objects has to move further than there are objects: tight, and so fast.
        reach = np.minimum(reach, linked.upper.max())
    none = np.zeros((len(linked.equations), len(open_)))
    known, values = linked.equations @ linked.unknowns, linked.values[open_]
    sums, switch = linked.sums[open_], np.diag(reach)
    limits = [
        LinearConstraint(np.hstack([sums, -switch]), -np.inf, values),
        LinearConstraint(np.hstack([sums, switch]), values, np.inf),
        LinearConstraint(np.concatenate([linked.sums[cell], np.zeros(len(open_))])[None], *target),
    ]
    if len(known):
        limits.append(LinearConstraint(np.hstack([linked.equations, none]), known, known))
    if linked.limits is not None:
        none = np.zeros((len(linked.limits), len(open_)))
        limits.append(LinearConstraint(np.hstack([linked.limits, none]), -np.inf, linked.most))
    # Equal costs would leave the choice to the solver: earlier numbers are a trifle dearer.
    costs = np.where(never, 0.0, linked.costs[open_]) * (1 + 1e-4 * np.linspace(1, 0, len(open_)))
    found = milp(
        np.concatenate([np.zeros(n), costs]),
        integrality=np.concatenate([np.full(n, int(linked.whole)), np.ones(len(open_))]),
        bounds=Bounds(
            np.concatenate([linked.lower, np.zeros(len(open_))]),
            np.concatenate([linked.upper, np.where(never, 0.0, 1.0)]),
        ),
        constraints=limits,
    )
    chosen = np.zeros_like(hidden)
    if found.x is None:
        return None
    chosen[open_[found.x[n:] > 0.5]] = True
    return (
        (chosen, np.round(found.x[:n]) if linked.whole else found.x[:n]) if chosen.any() else None
    )


def table_with_margins(inner: NDArray[np.int64], width: float) -> Linked:
    """A table of counts with both margins; its total is always published.

    Parameters
    ----------
    inner : ndarray of shape (r, c)
        Counts.
    width : float
        How far the possible values of a withheld number have to stretch.

    Returns
    -------
    Linked
        Cells row by row, then the row totals, the column totals and the total.
    """
    rows, columns = inner.shape
    one, across = np.eye(rows * columns), np.arange(rows * columns)
    by_row = (across // columns == np.arange(rows)[:, None]).astype(float)
    by_column = (across % columns == np.arange(columns)[:, None]).astype(float)
    sums = np.vstack([one, by_row, by_column, np.ones((1, rows * columns))])
    total = float(inner.sum())
    costs = np.concatenate([np.full(rows * columns, 1.0), np.full(rows + columns, 2.0), [np.inf]])
    return Linked(
        sums=sums,
        unknowns=inner.ravel().astype(float),
        lower=np.zeros(rows * columns),
        upper=np.full(rows * columns, total),
        equations=np.zeros((0, rows * columns)),
        widths=np.full(len(sums), float(width)),
        costs=costs,
    )


def tables_like(
    shape: tuple[int, int],
    total: int,
    agrees: Callable[[NDArray[np.int64]], bool],
    limit: int = 200_000,
) -> list[NDArray[np.int64]]:
    """Every table of counts that agrees with what is published: the attack by enumeration.

    Parameters
    ----------
    shape : (int, int)
        Of the table.
    total : int
        Its sum.
    agrees : callable
        Whether a table agrees with all that is published on it: counts, and statistics such as
        an exact p or Cramér's V with the digits that they are given with.
    limit : int
        Number of tables looked at.

    Returns
    -------
    list of ndarray

    Raises
    ------
    ValueError
        If there are more tables than ``limit``.

    Examples
    --------
    >>> [one.tolist() for one in tables_like((1, 2), 3, lambda table: table[0, 0] > 1)]
    [[[2, 1]], [[3, 0]]]
    """
    import math

    cells = shape[0] * shape[1]
    number = math.comb(total + cells - 1, cells - 1)
    if number > limit:
        raise ValueError(f"{number} tables of shape {shape} and total {total}; limit is {limit}.")
    tables = (np.array(one, dtype=np.int64).reshape(shape) for one in _splits(total, cells))
    return [table for table in tables if agrees(table)]


def _splits(total: int, cells: int) -> Iterator[Sequence[int]]:
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _splits(total - first, cells - 1):
            yield (first, *rest)
