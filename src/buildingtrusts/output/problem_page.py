"""The report on a wave's files, as text for the terminal and as one page for a browser.

Both say the same in the same order: the answer in a line, problems by file, what deserves a look,
what was read and left out, and what will be clustered. The page is one file without scripts;
whatever it quotes from files is escaped by Jinja2's autoescaping, and a policy in its head keeps
browsers from running or fetching anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from buildingtrusts.output.markup import markup_environment
from buildingtrusts.output.terminal import visible, wrapped

if TYPE_CHECKING:
    import jinja2

PROBLEMS_IN_TEXT = 100
PROBLEMS_ON_PAGE = 1000
_VALUE_AT_MOST = 200


@dataclass(frozen=True)
class Row:
    """One problem; ``line``, ``column`` and ``value`` are None where there is none."""

    line: int | None
    column: str | None
    value: str | None
    rule: str
    advice: str


@dataclass(frozen=True)
class Report:
    """All that is said about a wave's files.

    Attributes
    ----------
    wave : str
        Its name.
    title : str
        Its title; may be empty.
    statement : str
        What a wave says that holds nobody's answers; else empty.
    answer : str
        Whether it is ready, in a sentence.
    problems : sequence of (str, sequence of Row)
        By file.
    findings : sequence of (str, str, str)
        Subject, what was found, what it may mean.
    notes : sequence of str
        What was read and left out.
    facts : sequence of (str, str)
        What will be clustered.
    """

    wave: str
    title: str
    statement: str
    answer: str
    problems: Sequence[tuple[str, Sequence[Row]]] = ()
    findings: Sequence[tuple[str, str, str]] = ()
    notes: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()

    @property
    def n_problems(self) -> int:
        """Problems in all files."""
        return sum(len(rows) for _, rows in self.problems)


def as_text(report: Report) -> str:
    """The report for a terminal; problems beyond a hundred are counted and not listed."""
    parts = [wrapped(text) for text in (report.answer, report.statement) if text]
    number = 0
    for file, rows in report.problems:
        word = "key" if file.endswith(".yaml") else "column"
        if number < PROBLEMS_IN_TEXT:
            parts.append(f"{visible(file)}\n{'-' * min(len(visible(file)), 100)}")
        for row in rows[: PROBLEMS_IN_TEXT - number]:
            number += 1
            parts.append(_problem_in_text(number, row, word))
    if report.n_problems > number:
        parts.append(f"... and {report.n_problems - number} more problems, not listed.")
    if report.findings:
        parts.append("To look at\n----------")
        parts += [
            f"{wrapped(f'{subject}: {text}', '  ', '- ')}\n{wrapped(advice, '  ')}"
            for subject, text, advice in report.findings
        ]
    if report.notes:
        lines = [wrapped(note, "  ", "- ") for note in report.notes]
        parts.append("\n".join(["What was read, and what was left out\n" + "-" * 36, *lines]))
    if report.facts:
        width = max(len(name) for name, _ in report.facts) + 2
        lines = [wrapped(text, " " * width, name.ljust(width)) for name, text in report.facts]
        parts.append("\n".join(["What will be clustered\n" + "-" * 22, *lines]))
    return "\n\n".join(parts) + "\n"


def _problem_in_text(number: int, row: Row, word: str) -> str:
    place = [] if row.line is None else [f"line {row.line}"]
    place += [] if row.column is None else [f"{word} '{_short(row.column)}'"]
    found = [] if row.value is None else [f"found '{_short(row.value)}'"]
    where = ", ".join([*place, *found])
    text = f"{where}. {row.rule}" if where else row.rule
    first = f"{number}. "
    return f"{wrapped(text, ' ' * len(first), first)}\n{wrapped(row.advice, ' ' * len(first))}"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def as_page(report: Report) -> str:
    """The report as one HTML file; problems beyond a thousand are counted and not listed."""
    left, files = PROBLEMS_ON_PAGE, []
    for file, rows in report.problems:
        if left > 0:
            files.append((file, len(rows), rows[:left]))
        left -= len(rows)
    return _template().render(report=report, files=files, left_out=max(0, -left))


@cache
def _template() -> jinja2.Template:
    environment = markup_environment()
    environment.filters["visible"] = visible
    environment.filters["quoted"] = _quoted
    return environment.get_template("problem_page.html")


def _quoted(value: str) -> str:
    text = visible(value.replace("\n", "\\n"))
    return text if len(text) <= _VALUE_AT_MOST else text[: _VALUE_AT_MOST - 3] + "..."
