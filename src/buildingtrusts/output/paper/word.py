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
#: More columns than this, and the page lies on its side.
_UPRIGHT = 7


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
    document = _document(table, date)
    caption = document.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.add_run(f"Table {number}. ").bold = True
    caption.add_run(table.caption)
    _rows(document, table)
    notes = document.add_paragraph()
    notes.paragraph_format.space_before = _pt(6)
    notes.add_run("Note. ").italic = True
    notes.add_run(" ".join(table.said))
    stream = io.BytesIO()
    document.save(stream)
    return without_times(stream.getvalue())


def _document(table: PaperTable, date: str) -> Document:
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm

    document: Document = docx.Document()
    page = document.sections[0]
    sides = [Cm(21.0), Cm(29.7)]
    if len(table.columns) > _UPRIGHT:
        page.orientation = WD_ORIENT.LANDSCAPE
        sides.reverse()
    page.page_width, page.page_height = sides
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, _pt(9)
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        style.element.rPr.rFonts.set(qn(kind), _FONT)
    core = document.core_properties
    core.title, core.subject, core.author = table.caption, "", ""
    core.last_modified_by, core.comments, core.keywords = "", "", ""
    core.language, core.revision = "en-GB", 1
    core.created = core.modified = core.last_printed = datetime.datetime.fromisoformat(date)
    return document


def _rows(document: Document, table: PaperTable) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    printed = [tuple(column.title for column in table.columns), *table.printed()]
    made = document.add_table(len(printed), len(table.columns))
    made.autofit = False
    widths = _widths(table, printed)
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


def _widths(table: PaperTable, printed: Sequence[Sequence[str]]) -> list[Any]:
    """Share the page by what each column holds; long texts fold."""
    from docx.shared import Cm

    wanted = [
        max(max(map(len, column.title.split())), min(max(len(row[place]) for row in printed), 34))
        + 2
        for place, column in enumerate(table.columns)
    ]
    page = 25.7 if len(table.columns) > _UPRIGHT else 17.0
    # Characters are about two millimetres wide; a narrow table does not fill the page.
    room = min(page, 0.22 * sum(wanted))
    return [Cm(room * one / sum(wanted)) for one in wanted]


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
