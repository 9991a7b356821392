"""A table for paper as a Word document, by the library python-docx.

Caption, table and notes, for pasting into a manuscript. The header row is marked as such and
repeats on every page, rules are those of a printed table, and no row is broken by a page's end.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.archives import without_times
from buildingtrusts.output.paper.table import PaperTable

if TYPE_CHECKING:
    from docx.document import Document

_FONT = "Arial"
#: Centimetres between the margins of a page, and of one that lies on its side.
_UPRIGHT, _ON_ITS_SIDE = 17.0, 25.7
#: Centimetres that a character takes, and the margins of a cell; characters before a text folds.
_CHARACTER, _MARGINS, _WIDEST = 0.2, 0.44, 34


def word(table: PaperTable, number: int, date: str) -> bytes:
    """Write a table as a Word document.

    Parameters
    ----------
    table : PaperTable
        Any.
    number : int
        Of its caption.
    date : str
        A day, ``2017-10-31``, which the file carries instead of that of its writing.

    Returns
    -------
    bytes
        A ``.docx`` file, the same for the same table and version of python-docx.

    Raises
    ------
    ImportError
        If python-docx is not installed.
    """
    printed = [tuple(column.title for column in table.columns), *table.printed()]
    upright = sum(_wanted(printed)) <= _UPRIGHT
    document = _document(table, date, upright)
    caption = document.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.add_run(f"Table {number}. ").bold = True
    caption.add_run(table.caption)
    _rows(document, table, printed, _widths(printed, _UPRIGHT if upright else _ON_ITS_SIDE))
    notes = document.add_paragraph()
    notes.paragraph_format.space_before = _pt(6)
    notes.add_run("Note. ").italic = True
    notes.add_run(" ".join(table.said))
    stream = io.BytesIO()
    document.save(stream)
    return without_times(stream.getvalue())


def _document(table: PaperTable, date: str, upright: bool) -> Document:
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm

    document: Document = docx.Document()
    page = document.sections[0]
    sides = [Cm(21.0), Cm(29.7)]
    if not upright:
        page.orientation = WD_ORIENT.LANDSCAPE
        sides.reverse()
    page.page_width, page.page_height = sides
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, _pt(9)
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        style.element.rPr.rFonts.set(qn(kind), _FONT)
    core = document.core_properties
    # The format allows no longer titles.
    core.title, core.subject, core.author = table.caption[:255], "", ""
    core.last_modified_by, core.comments, core.keywords = "", "", ""
    core.language, core.revision = "en-GB", 1
    core.created = core.modified = core.last_printed = datetime.datetime.fromisoformat(date)
    return document


def _rows(
    document: Document,
    table: PaperTable,
    printed: Sequence[Sequence[str]],
    centimetres: Sequence[float],
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    made = document.add_table(len(printed), len(table.columns))
    made.autofit = False
    widths = [Cm(one) for one in centimetres]
    # Word goes by the cells' widths, LibreOffice by the columns'.
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for place, (texts, row) in enumerate(zip(printed, list(made.rows), strict=True)):
        _whole(row, repeats=place == 0)
        # Cells are looked up once a row: each look-up walks the whole table.
        for text, column, cell, width in zip(texts, table.columns, row.cells, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = _pt(2)
            paragraph.add_run(text).bold = place == 0
            if column.kind != "text":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _rule(cell, top=place == 0, bottom=place in (0, len(printed) - 1))


def _wanted(printed: Sequence[Sequence[str]]) -> list[float]:
    """Centimetres that each column would take: its longest text, up to where texts fold."""
    return [
        max([*map(len, head.split()), *(min(len(one), _WIDEST) for one in cells)]) * _CHARACTER
        + _MARGINS
        for head, *cells in zip(*printed, strict=True)
    ]


def _widths(printed: Sequence[Sequence[str]], page: float) -> list[float]:
    """Share a page: no column below its longest word, what is left by how much text folds."""
    wanted = _wanted(printed)
    if sum(wanted) <= page:
        return wanted
    least = [
        min(want, max(len(word) for text in cells for word in text.split()) * _CHARACTER + _MARGINS)
        for want, *cells in zip(wanted, *printed, strict=True)
    ]
    spare = page - sum(least)
    if spare <= 0:
        return [page * one / sum(least) for one in least]
    folded = sum(wanted) - sum(least)
    return [low + spare * (want - low) / folded for low, want in zip(least, wanted, strict=True)]


def _whole(row: Any, *, repeats: bool) -> None:
    """Keep a row on one page, and repeat it on every page if it is a header."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if repeats:
        properties.append(OxmlElement("w:tblHeader"))


def _rule(cell: Any, *, top: bool, bottom: bool) -> None:
    """Rules above and below the header and below the last row."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if not (top or bottom):
        return
    borders = OxmlElement("w:tcBorders")
    for side, wanted in (("w:top", top), ("w:bottom", bottom)):
        if wanted:
            rule = OxmlElement(side)
            for name, value in (("w:val", "single"), ("w:sz", "8"), ("w:color", "auto")):
                rule.set(qn(name), value)
            borders.append(rule)
    cell._tc.get_or_add_tcPr().append(borders)


def _pt(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)
