"""A table for paper as Markdown, and as CSV for those who go on computing with it."""

from __future__ import annotations

import csv
import io

from buildingtrusts.output.paper.table import PaperTable
from buildingtrusts.output.paper.text import clean, markdown_text


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
    rules = ["---" if column.kind == "text" else "---:" for column in table.columns]
    rows = [[markdown_text(cell) for cell in row] for row in table.printed()]
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, rules, *rows)]
    notes = " ".join(markdown_text(note) for note in table.said)
    parts = [f"**Table {number}.** {markdown_text(table.caption)}", "\n".join(lines)]
    return "\n\n".join([*parts, *([f"*Note.* {notes}"] if notes else [])]) + "\n"


def csv_text(table: PaperTable) -> str:
    """Write the rows as CSV: headings as they are read, numbers at full precision."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.title for column in table.columns])
    for row in table.rows:
        writer.writerow([clean(cell) if isinstance(cell, str) else cell for cell in row])
    return stream.getvalue()
