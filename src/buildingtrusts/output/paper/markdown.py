"""A table for paper as Markdown, and as CSV for those who go on computing with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from buildingtrusts.output.paper.table import PaperTable
from buildingtrusts.output.paper.text import clean, markdown_text

#: A column with longer texts than this, in characters, folds them.
_WIDEST = 18
#: Characters that the margins of a cell take.
_MARGINS = 4


def markdown(table: PaperTable, number: int) -> str:
    """Write a table in the Markdown of GitHub and pandoc.

    Parameters
    ----------
    table : PaperTable
        Any.
    number : int
        Of its caption.

    Returns
    -------
    str
        Caption, table and notes. Text from data is escaped, so that it is shown as it is.
    """
    heads = [markdown_text(column.title) for column in table.columns]
    rows = [[markdown_text(cell) for cell in row] for row in table.printed()]
    rules = [
        # Pandoc makes the columns of a wide table as wide as these lines are long.
        "-" * _width(head, [row[place] for row in rows]) + ("" if column.kind == "text" else ":")
        for place, (head, column) in enumerate(zip(heads, table.columns, strict=True))
    ]
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, rules, *rows)]
    notes = " ".join(markdown_text(note) for note in table.said)
    parts = [f"**Table {number}.** {markdown_text(table.caption)}", "\n".join(lines)]
    return "\n\n".join([*parts, *([f"*Note.* {notes}"] if notes else [])]) + "\n"


def _width(head: str, cells: Sequence[str]) -> int:
    """What a column needs beside others: its longest word and, within bounds, its longest cell."""
    longest = max(map(len, cells), default=0)
    return max(*map(len, head.split()), min(_WIDEST, longest)) + _MARGINS


def csv_text(table: PaperTable) -> str:
    """Write the rows as CSV: headings as they are read, numbers at full precision."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.title for column in table.columns])
    for row in table.rows:
        writer.writerow([clean(cell) if isinstance(cell, str) else cell for cell in row])
    return stream.getvalue()
