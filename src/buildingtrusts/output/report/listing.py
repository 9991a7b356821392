"""Tables of the page, made from data frames."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from buildingtrusts.output.figures.words import decimal, plain
from buildingtrusts.output.report.content import Cell, Column, Row, Table

if TYPE_CHECKING:
    import pandas as pd

#: Columns of whole numbers, besides those called n_something.
_COUNTS = ("n", "k", "draws")
#: A name as tables have it, which is shown as words.
_KEY = re.compile(r"[a-z]+(_[a-z]+)+")


def text_cell(text: object, tag: str = "") -> Cell:
    """A cell of words; a missing value is empty."""
    missing = text is None or (isinstance(text, float) and math.isnan(text))
    return Cell("" if missing else str(text), tag=tag)


def number_cell(value: float, places: int = 2) -> Cell:
    """A cell of a number, rounded as shown and whole as kept; a missing value is a dash.

    Examples
    --------
    >>> number_cell(0.12345).text, number_cell(0.12345).value, number_cell(float("nan")).text
    ('0.12', '0.12345', '–')
    """
    number = float(value) if value is not None else math.nan
    if math.isnan(number):
        return Cell("–", "")
    return Cell(decimal(number, places), f"{number:.12g}")


def p_cell(value: float) -> Cell:
    """A cell of a p: three decimals, and never zero.

    Examples
    --------
    >>> p_cell(0.0494).text, p_cell(0.00001).text
    ('0.049', '< 0.001')
    """
    cell = number_cell(value, 3)
    return Cell("< 0.001", cell.value) if cell.value and float(value) < 0.001 else cell


def whole(value: float) -> Cell:
    """A cell of a count.

    Examples
    --------
    >>> whole(1178).text
    '1,178'
    """
    cell = number_cell(value, 0)
    return Cell(f"{round(float(value)):,}", cell.value) if cell.value else cell


def frame_table(
    frame: pd.DataFrame,
    ident: str,
    name: str,
    caption: str,
    titles: Mapping[str, str] | None = None,
    places: Mapping[str, int] | None = None,
    keys: Mapping[str, str] | None = None,
    **more: object,
) -> Table:
    """List a data frame as it is.

    Parameters
    ----------
    frame : DataFrame
        Its first column heads the rows.
    ident, name, caption : str
        As in :class:`~buildingtrusts.output.report.content.Table`.
    titles : dict of str to str
        Headings by column; by default the column's name as words.
    places : dict of str to int
        Decimals by column; a column called ``p...`` is written as a p, others have two.
    keys : dict of str to str
        Key of each trust; a column ``mat_id`` then makes a row a trust's.
    **more
        Further fields of the table.

    Returns
    -------
    Table
    """
    named, digits = dict(titles or {}), dict(places or {})
    numeric = {name: _numeric(frame[name]) for name in frame.columns}
    columns = tuple(Column(named.get(one, plain(one)), numeric[one]) for one in frame.columns)
    rows = []
    for values in frame.itertuples(index=False, name=None):
        cells = tuple(
            _cell(one, value, numeric[one], digits)
            for one, value in zip(frame.columns, values, strict=True)
        )
        mat = dict(zip(frame.columns, values, strict=True)).get("mat_id", "")
        rows.append(Row(cells, (keys or {}).get(mat, "")))
    return Table(ident, name, caption, columns, tuple(rows), **more)  # type: ignore[arg-type]


def _numeric(column: Sequence[object]) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_numeric_dtype(column) and not is_bool_dtype(column)


def _cell(name: str, value: object, numeric: bool, places: Mapping[str, int]) -> Cell:
    if not numeric:
        cell = text_cell(value)
        return Cell(plain(cell.text), cell.text) if _KEY.fullmatch(cell.text) else cell
    number = float(value)  # type: ignore[arg-type]
    if name.startswith("p_") and name not in places:
        return p_cell(number)
    counted = name in _COUNTS or name.startswith("n_") or name.endswith("cluster")
    return number_cell(number, places.get(name, 0 if counted else 2))
