"""A table for paper in each format that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from buildingtrusts.output.paper.latex import latex
from buildingtrusts.output.paper.markdown import csv_text, markdown
from buildingtrusts.output.paper.table import PaperTable


def written(
    tables: Sequence[PaperTable], formats: Sequence[str], folder: str, date: str, first: int = 1
) -> Iterator[tuple[str, bytes]]:
    """Write tables in several formats, numbered in order.

    Parameters
    ----------
    tables : sequence of PaperTable
        In the order of a paper.
    formats : sequence of str
        Some of :data:`buildingtrusts.output.paper.PAPER_FORMATS`.
    folder : str
        Part of the labels in LaTeX.
    date : str
        A day, ``2017-10-31``, for Word documents.
    first : int
        Number of the first of them: the tables of a study are numbered through, wave by wave.

    Yields
    ------
    tuple of (str, bytes)
        Name of the file and its content.
    """
    for number, table in enumerate(tables, start=first):
        for kind in formats:
            yield f"{table.name}.{kind}", _bytes(table, kind, number, folder, date)


def _bytes(table: PaperTable, kind: str, number: int, folder: str, date: str) -> bytes:
    if kind == "docx":
        from buildingtrusts.output.paper.word import word

        return word(table, number, date)
    texts = {
        "csv": csv_text,
        "md": lambda one: markdown(one, number),
        "tex": lambda one: latex(one, folder),
    }
    return texts[kind](table).encode("utf-8")
