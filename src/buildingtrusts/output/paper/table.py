"""A table for paper, whatever it is written as: what its columns are, its rows and its notes.

Rows hold numbers at full precision; they are rounded only where they are shown, by one rule.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from buildingtrusts.output.figures.words import rounded_half_up
from buildingtrusts.output.paper.text import clean
from buildingtrusts.output.vocabulary import Vocabulary

Cell = str | int | float | None
Kind = Literal["text", "count", "decimal", "p"]
#: Decimals that are shown of each kind of number.
PLACES: Mapping[str, int] = {"count": 0, "decimal": 2, "p": 3}
#: What stands in print where there is no number.
DASH = "–"
ROUNDING = (
    "Numbers are rounded for reading, halves away from zero: p to three decimals, all other "
    "decimals to two."
)


@dataclass(frozen=True)
class Column:
    """A column: its heading and what it holds.

    Attributes
    ----------
    title : str
        Heading; no two columns of a table share one.
    kind : {"text", "count", "decimal", "p"}
        What its cells are, which decides how they are shown.
    once : bool
        Whether print says a value once for the rows that share all such columns, as the name of
        a group. A spreadsheet repeats it, so that rows can be sorted.
    """

    title: str
    kind: Kind = "text"
    once: bool = False


@dataclass(frozen=True)
class PaperTable:
    """A table for paper.

    Attributes
    ----------
    name : str
        Of its files.
    title : str
        Its caption, without a full stop.
    columns : tuple of Column
    rows : tuple of tuple of str, int, float or None
        Text, numbers at full precision, None where there is none.
    notes : tuple of str
        Sentences below the table: what it is, of how many, abbreviations.
    stamp : str
        What the answers are not; empty if they are the survey's own.

    Raises
    ------
    ValueError
        If headings repeat, or a row is of another length.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    stamp: str = ""

    def __post_init__(self) -> None:
        """Check headings and lengths."""
        titles = [column.title for column in self.columns]
        if len(set(titles)) != len(titles):
            raise ValueError(f"{self.name}: each heading stands once; found {titles}.")
        if any(len(row) != len(titles) for row in self.rows):
            raise ValueError(f"{self.name}: every row has {len(titles)} cells.")

    @property
    def caption(self) -> str:
        """Title and stamp, which so goes wherever the table goes."""
        return ". ".join(filter(None, (clean(self.title), self.stamp))) + "."

    @property
    def said(self) -> tuple[str, ...]:
        """All notes, with those on signs and rounding that the table needs."""
        kinds = {column.kind for column in self.columns}
        holes = any(cell is None for row in self.rows for cell in row)
        return (
            *(("No rows: there is nothing to tabulate.",) if not self.rows else ()),
            *map(clean, self.notes),
            *((f"{DASH}: does not apply, or could not be computed.",) if holes else ()),
            *((ROUNDING,) if self.rows and kinds & {"decimal", "p"} else ()),
        )

    def printed(self) -> Iterator[tuple[str, ...]]:
        """Rows as print shows them: rounded, and what a group shares said once."""
        before: tuple[Cell, ...] | None = None
        for row in self.rows:
            group = tuple(c for c, one in zip(row, self.columns, strict=True) if one.once)
            yield tuple(
                "" if one.once and group == before else shown(cell, one.kind)
                for cell, one in zip(row, self.columns, strict=True)
            )
            before = group

    def group_starts(self) -> list[bool]:
        """Of each row, whether it begins another group than the row above."""
        once = [place for place, column in enumerate(self.columns) if column.once]
        groups = [tuple(row[place] for place in once) for row in self.rows]
        return [
            bool(once) and place > 0 and group != groups[place - 1]
            for place, group in enumerate(groups)
        ]


def shown(cell: Cell, kind: str) -> str:
    """Round a value and write it for readers.

    Halves go away from zero, of the number as it is written out in decimals: so do spreadsheets,
    and 0.125 is the same in all of them.

    Examples
    --------
    >>> shown(0.125, "decimal"), shown(-0.001, "decimal"), shown(0.0004, "p"), shown(1234, "count")
    ('0.13', '0.00', '<0.001', '1,234')
    """
    if cell is None:
        return DASH
    if isinstance(cell, str):
        return clean(cell)
    if kind == "text":
        return str(cell)
    if kind == "p" and cell < 0.001:
        return "<0.001"
    rounded = rounded_half_up(cell, PLACES[kind])
    return f"{rounded:,.{PLACES[kind]}f}".replace("-", "\u2212")


def cell_of(value: object) -> Cell:
    """A value of a data frame as a cell: its own kind of number, None if it is missing.

    Raises
    ------
    TypeError
        If it is neither text nor a number.
    """
    plain = value.item() if hasattr(value, "item") else value
    if plain is None or isinstance(plain, str):
        return plain
    if isinstance(plain, float):
        return None if math.isnan(plain) else plain
    if isinstance(plain, int):
        return int(plain)
    # What stands for missing in columns of whole numbers equals nothing.
    if type(plain).__name__ in ("NAType", "NaTType"):
        return None
    raise TypeError(f"a cell is text or a number; found {plain!r}.")


def whole(value: object) -> Cell:
    """A whole number of a column that holds missing values, and so decimals."""
    cell = cell_of(value)
    return int(cell) if isinstance(cell, float) else cell


def tables_to_json(tables: Iterable[PaperTable]) -> str:
    """Keep tables as text, for the step that makes the workbook."""
    return json.dumps([asdict(one) for one in tables], ensure_ascii=True, indent=1) + "\n"


def tables_from_json(text: str) -> list[PaperTable]:
    """Tables that :func:`tables_to_json` kept."""
    return [
        PaperTable(
            name=one["name"],
            title=one["title"],
            columns=tuple(Column(**column) for column in one["columns"]),
            rows=tuple(tuple(row) for row in one["rows"]),
            notes=tuple(one["notes"]),
            stamp=one["stamp"],
        )
        for one in json.loads(text)
    ]


def in_words(table: PaperTable, words: Vocabulary) -> PaperTable:
    """The same table in a study's own words; names from data stay as they are."""
    return replace(
        table,
        title=words.say(table.title),
        columns=tuple(replace(one, title=words.say(one.title)) for one in table.columns),
        rows=tuple(
            tuple(words.say(cell) if isinstance(cell, str) else cell for cell in row)
            for row in table.rows
        ),
        notes=tuple(map(words.say, table.notes)),
    )


def stamped(tables: Iterable[PaperTable], stamp: str) -> list[PaperTable]:
    """The same tables with a stamp."""
    return [replace(one, stamp=stamp) for one in tables]
