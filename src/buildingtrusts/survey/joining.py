"""A wave's trusts find their attributes in the register, by the trust's own number there.

The register numbers trusts (``Linked UID`` in the group links, ``trust_uid`` here) and the numbers
keep their meaning from year to year, which names do not. A trust that is not found keeps its place
with every attribute ``(missing)`` and is listed; one that a second source, such as a file of
performance measures, does not list is ``(not covered)`` there and never zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from buildingtrusts.output.contracts import MISSING, NOT_COVERED, UNKNOWN_LEVELS
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.problems import Problem, raise_if_any

#: The column of tidy tables that holds the register's number.
UID = "trust_uid"
#: Columns of the lists of trusts that were found, and that were not.
MATCHED_COLUMNS = ("mat_id", "trust_uid")
UNMATCHED_COLUMNS = ("mat_id", "trust_uid", "reason")
NO_NUMBER = "no number given"
NOT_FOUND = "not an open multi-academy trust in this extract"


@dataclass(frozen=True)
class NumberedTrusts:
    """A wave's trusts with their numbers in the register, as a file gives them.

    Attributes
    ----------
    file : str
        Where they stand, for reports.
    lines : tuple of int
        Line of each trust.
    mats, uids : tuple of str
        Name in the wave, and number in the register; ``""`` where it is not known.
    column : str
        Header of the file's column with the numbers, for reports.
    """

    file: str
    lines: tuple[int, ...]
    mats: tuple[str, ...]
    uids: tuple[str, ...]
    column: str = UID


@dataclass(frozen=True)
class SourceColumn:
    """One attribute of trusts as another file gives it, by their numbers in the register.

    Attributes
    ----------
    file : str
        Where it stands, for reports.
    lines : tuple of int
        Line of each row.
    uids, values : tuple of str
        Number of the row's trust, and what the file says of it; ``""`` where it is empty.
    column, attribute : str
        Headers of the two columns.
    """

    file: str
    lines: tuple[int, ...]
    uids: tuple[str, ...]
    values: tuple[str, ...]
    column: str
    attribute: str


@dataclass(frozen=True)
class Joined:
    """Attributes of a wave's trusts by the register.

    Attributes
    ----------
    table : DataFrame
        ``mat_id, trust_uid`` and the attributes; one row a trust, in natural order.
    levels : dict of str to tuple of str
        Levels of each attribute, in the order in which tables list them.
    unmatched : DataFrame
        :data:`UNMATCHED_COLUMNS`: the trusts that were not found, and why.
    """

    table: pd.DataFrame
    levels: dict[str, tuple[str, ...]]
    unmatched: pd.DataFrame

    @property
    def matched(self) -> pd.DataFrame:
        """:data:`MATCHED_COLUMNS`: the trusts that were found."""
        lost = self.table["mat_id"].isin(self.unmatched["mat_id"])
        return self.table.loc[~lost, list(MATCHED_COLUMNS)].reset_index(drop=True)

    def notes(self) -> list[str]:
        """What a reader must know, one sentence each."""
        found = len(self.table) - len(self.unmatched)
        notes = [f"{found:,} of {len(self.table):,} trusts have their attributes by the register."]
        notes += [
            f"{mat} is not in the register: {reason}" + (f" ({uid})." if uid else ".")
            for mat, uid, reason in self.unmatched.itertuples(index=False, name=None)
        ]
        return notes


def join_register(
    trusts: NumberedTrusts,
    register: pd.DataFrame,
    levels: Mapping[str, Sequence[str]],
) -> Joined:
    """Give a wave's trusts the attributes that the register has of them.

    Parameters
    ----------
    trusts : NumberedTrusts
        The wave's trusts.
    register : DataFrame
        The table of :class:`buildingtrusts.register.trusts.RegisterTrusts`; ``trust_uid`` is text.
    levels : mapping of str to sequence of str
        The attributes wanted and their levels, from
        :func:`buildingtrusts.register.population.attribute_levels`.

    Returns
    -------
    Joined

    Raises
    ------
    InputProblems
        With every number that is none, and every number that two trusts share.

    Examples
    --------
    >>> register = pd.DataFrame({"trust_uid": ["7"], "phase_mix": ["Mixed"]})
    >>> trusts = NumberedTrusts("trusts.csv", (2, 3), ("MAT 1", "MAT 2"), ("7", "8"))
    >>> joined = join_register(trusts, register, {"phase_mix": ["Mixed"]})
    >>> joined.table["phase_mix"].tolist(), joined.unmatched["mat_id"].tolist()
    (['Mixed', '(missing)'], ['MAT 2'])
    """
    known = register.set_index(UID)
    rows, unmatched = [], []
    for mat, uid in _numbered(trusts):
        if uid in known.index:
            rows.append((mat, uid, *(known.at[uid, attribute] for attribute in levels)))
        else:
            rows.append((mat, uid, *[MISSING] * len(levels)))
            unmatched.append((mat, uid, NOT_FOUND if uid else NO_NUMBER))
    return Joined(
        pd.DataFrame(rows, columns=["mat_id", UID, *levels], dtype="str"),
        {name: tuple(named) for name, named in levels.items()},
        pd.DataFrame(unmatched, columns=list(UNMATCHED_COLUMNS), dtype="str"),
    )


def number_trusts(trusts: NumberedTrusts) -> Joined:
    """Give a wave's trusts their numbers and no attributes, where only other files are joined.

    Raises
    ------
    InputProblems
        As :func:`join_register` does.
    """
    return Joined(
        pd.DataFrame(_numbered(trusts), columns=list(MATCHED_COLUMNS), dtype="str"),
        {},
        pd.DataFrame(columns=list(UNMATCHED_COLUMNS), dtype="str"),
    )


def register_levels(
    register: pd.DataFrame, population: pd.DataFrame, attributes: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The levels of some of the register's attributes, in order, as they were counted.

    Parameters
    ----------
    register : DataFrame
        The table of :class:`buildingtrusts.register.trusts.RegisterTrusts`.
    population : DataFrame
        ``attribute, level, n``, made with the same cut-offs.
    attributes : sequence of str
        Those wanted.

    Returns
    -------
    dict of str to tuple of str
        Without ``(missing)``. Attributes that the register does not have are left out.

    Examples
    --------
    >>> population = pd.DataFrame({"attribute": ["size"] * 2, "level": ["big", "(missing)"]})
    >>> register_levels(pd.DataFrame({"size": ["big"]}), population, ["size", "age"])
    {'size': ('big',)}
    """
    return {
        name: tuple(
            level
            for level in population.loc[population["attribute"] == name, "level"]
            if level not in UNKNOWN_LEVELS
        )
        for name in attributes
        if name in register
    }


def measures_of(
    source: SourceColumn, joined: Joined, levels: Sequence[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """What a file says of the wave's trusts, by their numbers; the file may list others too.

    Parameters
    ----------
    source : SourceColumn
        The file's column. Rows without a number, or of trusts of no interest, may hold anything.
    joined : Joined
        The wave's trusts.
    levels : sequence of str
        The attribute's levels.

    Returns
    -------
    dict of str to str
        Value by number; ``""`` where the file lists a trust without one.
    tuple of str
        What a reader must know, one sentence each.

    Raises
    ------
    InputProblems
        With every trust of the wave that stands twice, and every value of one that is no level.
    """
    wanted = set(joined.table[UID]) - {""}
    problems: list[Problem] = []
    found: dict[str, str] = {}
    first: dict[str, int] = {}
    for line, uid, value in zip(source.lines, map(_plain, source.uids), source.values, strict=True):
        if uid not in wanted:
            continue
        if uid in first:
            rule = f"Each trust has one row; this one is on line {first[uid]} already."
            problems.append(
                Problem(source.file, rule, "Delete one of the two.", line, source.column, uid)
            )
        elif value and value not in levels:
            rule = f"Levels are: {', '.join(levels)}."
            advice = "Correct it, leave it empty, or add the level to the wave's file."
            problems.append(Problem(source.file, rule, advice, line, source.attribute, value))
        first.setdefault(uid, line)
        found.setdefault(uid, value)
    raise_if_any(problems)
    note = (
        f"{source.attribute}: {source.file} lists {len(found):,} of the {len(joined.table):,} "
        f"trusts; the others are {NOT_COVERED}, or {MISSING} if their number is not known"
    )
    if not found:
        note += (
            f". It lists none: check that its column '{source.column}' holds numbers of the "
            "register"
        )
    return found, (note,)


def cover(
    joined: Joined, attribute: str, measures: Mapping[str, str], levels: Sequence[str]
) -> Joined:
    """Add an attribute from a source that covers some trusts only, such as performance measures.

    Parameters
    ----------
    joined : Joined
        The wave's trusts.
    attribute : str
        What the new column is called.
    measures : mapping of str to str
        The measure of each trust that the source lists, by ``trust_uid``; ``""`` where it lists
        the trust without a measure.
    levels : sequence of str
        The measure's levels, in order.

    Returns
    -------
    Joined
        A trust that the source does not list is ``(not covered)``; one that it lists without a
        measure, and one whose number is not known, is ``(missing)``. None of them is a zero.

    Raises
    ------
    ValueError
        If the attribute is there already, or a measure is not among the levels.

    Examples
    --------
    >>> register = pd.DataFrame({"trust_uid": ["7", "8"]})
    >>> trusts = NumberedTrusts("trusts.csv", (2, 3), ("MAT 1", "MAT 2"), ("7", "8"))
    >>> joined = join_register(trusts, register, {})
    >>> cover(joined, "performance_flags", {"7": "0"}, ["0", "1"]).table.values.tolist()
    [['MAT 1', '7', '0'], ['MAT 2', '8', '(not covered)']]
    """
    if attribute in joined.table.columns:
        raise ValueError(
            f"the trusts have a column {attribute!r} already; allowed is a new name. Rename one."
        )
    wrong = sorted({value for value in measures.values() if value} - set(levels))
    if wrong:
        raise ValueError(
            f"found the levels {wrong} of {attribute!r}; allowed are {list(levels)}. List every "
            "level."
        )
    listed = {_plain(uid): value for uid, value in measures.items()}
    column = [
        (listed[uid] or MISSING) if uid in listed else (NOT_COVERED if uid else MISSING)
        for uid in joined.table[UID]
    ]
    return Joined(
        joined.table.assign(**{attribute: column}),
        {**joined.levels, attribute: tuple(levels)},
        joined.unmatched,
    )


def _plain(uid: str) -> str:
    """A number as the register writes it; spreadsheets put zeros before, or .0 behind."""
    return uid.strip().removesuffix(".0").lstrip("0")


def _numbered(trusts: NumberedTrusts) -> list[tuple[str, str]]:
    """Name and number of each trust in natural order, once the numbers are in order."""
    raise_if_any(_number_problems(trusts))
    pairs = zip(trusts.mats, map(_plain, trusts.uids), strict=True)
    return sorted(pairs, key=lambda pair: natural_key(pair[0]))


def _number_problems(trusts: NumberedTrusts) -> Iterator[Problem]:
    times = Counter(uid for uid in map(_plain, trusts.uids) if uid)
    for line, mat, uid in zip(trusts.lines, trusts.mats, trusts.uids, strict=True):
        plain = _plain(uid)
        if uid.strip() and not (plain.isascii() and plain.isdecimal()):
            yield Problem(
                trusts.file,
                "A trust's number in the register is its UID there, a whole number such as 2053; "
                "it is not the TR number.",
                "Look the trust up at https://get-information-schools.service.gov.uk, or leave the "
                "field empty.",
                line,
                trusts.column,
                uid,
            )
        elif times[plain] > 1:
            same = [
                name
                for name, other in zip(trusts.mats, trusts.uids, strict=True)
                if _plain(other) == plain and name != mat
            ]
            yield Problem(
                trusts.file,
                f"Each number stands for one trust of the wave; this one is also that of "
                f"{', '.join(same) or mat}.",
                "Correct one of them.",
                line,
                trusts.column,
                uid,
            )
