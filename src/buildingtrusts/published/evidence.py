"""What a claim may be recomputed from: a wave's tables, printed numbers, or the register.

The three kinds are different types, and a quantity takes exactly one of them. A quantity of the
survey takes :class:`Evidence`, which holds tables made from answers and nothing printed: it
cannot see the figure it will be held against. What cannot be computed is raised as
:class:`NotComputable` with its reason, and an order that the data leave open is a :class:`Tie`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


class NotComputable(Exception):
    """A quantity has nothing to be computed from; the message says what is missing."""


@dataclass(frozen=True)
class Tie:
    """An ordered statement that the data neither support nor contradict.

    Attributes
    ----------
    text : str
        What is tied: a number where it is a difference, names where it is a list.
    """

    text: str


#: What a quantity returns: a number, a word, a list of words joined by ``"; "``, or a tie.
Value = float | str | Tie


@dataclass(frozen=True)
class Evidence:
    """The tables of one wave, as the workflow's steps wrote them.

    Attributes
    ----------
    responses, trusts : DataFrame or None
        ``data/processed/<wave>/``: the checked answers and the trusts' attributes.
    scores, alignment, clusters, partitions, profiles, crosstabs, associations, ceo, \
effectiveness, standardisation, operating_model : DataFrame or None
        ``results/<wave>/tables/``. None where the wave has no such table: what needs it is then
        not computable.
    """

    responses: pd.DataFrame | None = None
    trusts: pd.DataFrame | None = None
    scores: pd.DataFrame | None = None
    alignment: pd.DataFrame | None = None
    clusters: pd.DataFrame | None = None
    partitions: pd.DataFrame | None = None
    profiles: pd.DataFrame | None = None
    crosstabs: pd.DataFrame | None = None
    associations: pd.DataFrame | None = None
    ceo: pd.DataFrame | None = None
    effectiveness: pd.DataFrame | None = None
    standardisation: pd.DataFrame | None = None
    operating_model: pd.DataFrame | None = None


@dataclass(frozen=True)
class Printed:
    """The numbers that the report prints for one survey.

    Attributes
    ----------
    numbers : mapping of str to float
        The printed number of each claim that has one.
    crosstabs : DataFrame
        Printed counts: ``attribute, level, cluster, n``.
    associations : DataFrame
        Exact tests of those counts, with the columns of ``associations.csv``.
    """

    numbers: Mapping[str, float]
    crosstabs: pd.DataFrame
    associations: pd.DataFrame


@dataclass(frozen=True)
class Register:
    """The two tables made from one extract of the register of schools and trusts.

    Attributes
    ----------
    trusts : DataFrame or None
        ``register_trusts.csv``: one row an open multi-academy trust.
    population : DataFrame or None
        ``population.csv``: ``attribute, level, n``.
    year : str
        Year of the extract; claims of another year's survey are not held against it. Empty: any.
    """

    trusts: pd.DataFrame | None = None
    population: pd.DataFrame | None = None
    year: str = ""


def select(table: pd.DataFrame | None, name: str, **values: object) -> pd.DataFrame:
    """Return the rows of a table that have the given values, at least one.

    Parameters
    ----------
    table : DataFrame or None
        The table, or None where the wave has none.
    name : str
        What the table is called, for the reason given when nothing is found.
    **values
        Wanted value by column.

    Returns
    -------
    DataFrame

    Raises
    ------
    NotComputable
        If the table is absent, a column is absent or no row fits.

    Examples
    --------
    >>> import pandas as pd
    >>> len(select(pd.DataFrame({"k": [2, 3]}), "partitions.csv", k=3))
    1
    """
    if table is None:
        raise NotComputable(f"There is no {name}.")
    fits = np.full(len(table), True)
    for column, value in values.items():
        if column not in table.columns:
            raise NotComputable(f"{name} has no column {column}.")
        fits &= np.asarray(table[column] == value)
    rows = table[fits]
    if rows.empty:
        wanted = ", ".join(f"{column} {value}" for column, value in values.items())
        raise NotComputable(f"{name} has no row for {wanted or 'anything'}.")
    return rows
