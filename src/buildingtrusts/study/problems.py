"""How input errors are told: every problem at once, each with its place, its rule and its cure.

A check never stops at its first finding. It collects :class:`Problem` objects and hands them to
:func:`raise_if_any`; the command line prints one report, exits with code 1 and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LISTED_AT_MOST = 100
_SHOWN_AT_MOST = 80


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input.

    Attributes
    ----------
    file : str
        The file as the user named it.
    rule : str
        What is allowed, as a sentence.
    advice : str
        What to do next, as a sentence.
    line : int, optional
        Line of the file, counted from 1, the header included.
    column : str, optional
        Name of the column, as in the file's header.
    value : str, optional
        What was found there; a long one is shown cut short.
    """

    file: str
    rule: str
    advice: str
    line: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        """Return the problem in two lines: where and what, then what to do."""
        place = [self.file]
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.column is not None:
            place.append(f"column '{self.column}'")
        found = "" if self.value is None else f" found {_shortened(self.value)!r}."
        return f"{', '.join(place)}:{found} {self.rule}\n    {self.advice}"


def _shortened(value: str) -> str:
    return value if len(value) <= _SHOWN_AT_MOST else value[: _SHOWN_AT_MOST - 3] + "..."


class InputProblems(Exception):
    """The input cannot be used; carries every problem found.

    Parameters
    ----------
    problems : iterable of Problem
        At least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.report())

    def report(self) -> str:
        """Return one report for a person to read, at most 100 problems long."""
        count = len(self.problems)
        head = "1 problem" if count == 1 else f"{count} problems"
        lines = [f"{head} in the input; nothing was written."]
        lines += [f"\n{number}. {one}" for number, one in enumerate(self.problems, start=1)][
            :LISTED_AT_MOST
        ]
        if count > LISTED_AT_MOST:
            lines.append(f"\n... and {count - LISTED_AT_MOST} more, not listed.")
        return "\n".join(lines)


def raise_if_any(problems: Iterable[Problem]) -> None:
    """Raise :class:`InputProblems` if there is at least one problem.

    Examples
    --------
    >>> raise_if_any([])
    """
    found = tuple(problems)
    if found:
        raise InputProblems(found)
