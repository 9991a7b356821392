"""What a person says about an export in place of guesses, as flags or in answer to questions.

A column is named by its header or by its number in the proposal; an item as ``<block>__<item>``;
a role by its name, or ``none`` for a label that stands for no role. Everything that names nothing
there is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from buildingtrusts.study.problems import Problem, raise_if_any
from buildingtrusts.survey.importers import ROW
from buildingtrusts.survey.key_columns import ROLES
from buildingtrusts.survey.raw_table import RawTable

ITEM = re.compile(r"[a-z][a-z0-9_]*?__[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Wishes:
    """What a person has said about the file, in place of guesses.

    Attributes
    ----------
    respondent_id, mat_id, role : str or None
        Headers of the key columns. A role of "" says that there is none.
    items : mapping of str to str
        ``<block>__<item>`` by header.
    skipped : collection of str
        Headers of columns that are no items.
    roles : mapping of str to str
        Role, or ``none``, by label.
    missing : collection of str
        Words that mean no answer, besides the usual ones.
    """

    respondent_id: str | None = None
    mat_id: str | None = None
    role: str | None = None
    items: Mapping[str, str] = field(default_factory=dict)
    skipped: Collection[str] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    missing: Collection[str] = ()


@dataclass(frozen=True)
class Flags:
    """The flags as typed.

    Attributes
    ----------
    respondent_id, mat_id, role : str or None
        Columns.
    items : sequence of str
        Each ``COLUMN=BLOCK__ITEM``.
    skipped : sequence of str
        Columns.
    roles : sequence of str
        Each ``LABEL=ROLE``.
    missing : sequence of str
        Words.
    """

    respondent_id: str | None = None
    mat_id: str | None = None
    role: str | None = None
    items: Sequence[str] = ()
    skipped: Sequence[str] = ()
    roles: Sequence[str] = ()
    missing: Sequence[str] = ()


def wishes_of(flags: Flags, raw: RawTable) -> Wishes:
    """Check the flags against the file.

    Raises
    ------
    InputProblems
        With every flag that names no column, item or role.

    Examples
    --------
    >>> raw = RawTable("s.csv", ("id", "Q1"), (("a", "7"),), (2,))
    >>> wishes_of(Flags(items=["2=strategy__vision"]), raw).items
    {'Q1': 'strategy__vision'}
    """
    problems: list[Problem] = []

    def header(flag: str, said: str | None, *words: str) -> str | None:
        if said is None or said in words:
            return said
        if (name := header_of(raw, said)) is None:
            problems.append(_no_column(flag, said, raw))
        return name

    items = {}
    for column, item in _parted("--item", flags.items, problems):
        if not ITEM.fullmatch(item):
            problems.append(_no_item(item))
        if name := header("--item", column):
            items[name] = item
    roles = dict(_parted("--role-of", flags.roles, problems))
    problems += [_no_role(role) for role in roles.values() if role not in (*ROLES, "none")]
    problems += _said_twice(items)
    wishes = Wishes(
        header("--respondent-id", flags.respondent_id, ROW),
        header("--mat-id", flags.mat_id),
        "" if flags.role == "none" else header("--role", flags.role),
        items,
        [name for one in flags.skipped if (name := header("--skip", one))],
        roles,
        flags.missing,
    )
    raise_if_any(problems)
    return wishes


def _parted(flag: str, said: Sequence[str], problems: list[Problem]) -> Iterator[tuple[str, str]]:
    for one in said:
        left, _, right = one.rpartition("=")
        if left and right:
            yield left, right
        else:
            form = "COLUMN=BLOCK__ITEM" if flag == "--item" else "LABEL=ROLE"
            problems.append(
                Problem(flag, f"This flag takes {form}.", "Write both, with = between.", value=one)
            )


def changed(wishes: Wishes, said: Sequence[str], raw: RawTable) -> Wishes | str:
    """The wishes after one answer, ``12 strategy__vision`` or ``12 skip``; or what is wrong."""
    name = header_of(raw, said[0])
    if name is None:
        return f"There is no column {said[0]}; there are {len(raw.header)}."
    items = {one: item for one, item in wishes.items.items() if one != name}
    if len(said) == 1 or said[1] == "skip":
        return replace(wishes, items=items, skipped=(*wishes.skipped, name))
    if not ITEM.fullmatch(said[1]):
        return _no_item(said[1]).rule
    items = {one: item for one, item in items.items() if item != said[1]}
    skipped = tuple(one for one in wishes.skipped if one != name)
    return replace(wishes, items={**items, name: said[1]}, skipped=skipped)


def header_of(raw: RawTable, said: str) -> str | None:
    """A column by its header, or by its number in the proposal."""
    if said in raw.header:
        return said
    if said.isdecimal() and 1 <= int(said) <= len(raw.header):
        return raw.header[int(said) - 1]
    return None


def _no_column(flag: str, said: str, raw: RawTable) -> Problem:
    return Problem(
        flag,
        f"A column is named by its header or its number from 1 to {len(raw.header)}. Headers are: "
        f"{', '.join(raw.header)}.",
        "Copy the header from the proposal.",
        value=said,
    )


def _no_item(said: str) -> Problem:
    return Problem(
        "--item",
        "An item is written <block>__<item>, both in lower-case letters, digits and single "
        "underscores, with two underscores between.",
        "Write it like strategy__common_vision.",
        value=said,
    )


def _no_role(said: str) -> Problem:
    return Problem(
        "--role-of",
        f"A role is one of: {', '.join(ROLES)}; or none, if the label stands for no role.",
        "Correct it.",
        value=said,
    )


def _said_twice(items: Mapping[str, str]) -> Iterator[Problem]:
    for item in sorted({one for one in items.values() if list(items.values()).count(one) > 1}):
        columns = [name for name, one in items.items() if one == item]
        yield Problem(
            "--item",
            f"An item is one column's; {item} is given to {len(columns)}: {', '.join(columns)}.",
            "Name another item for all but one.",
            value=item,
        )
