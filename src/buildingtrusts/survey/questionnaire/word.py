"""A questionnaire as a Word document, by the library python-docx.

A page for the introduction, then one or more for each block: items as the rows of a table, answers
as its columns, anchors above the ends of the scale. Header rows are marked as such and repeat on
every page, and no row is broken by a page's end. The same questionnaire gives the same bytes: the
document carries the wave's day and no time of writing.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.archives import without_times
from buildingtrusts.study.problems import InputProblems, Problem
from buildingtrusts.survey.questionnaire import CONSENT, Question, Questionnaire, common_stem

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

BOX = "☐"
_FONT = "Arial"
_PAGE, _MARGIN = (21.0, 29.7), 2.0
_NUMBER_WIDTH, _BOX_WIDTH, _LINE_WIDTH, _BOX_SIZE = 0.9, 0.72, 4.0, 12
_SHADE, _CONSENT_SHADE = "EDEDED", "FDE7DA"


def word_document(asked: Questionnaire) -> bytes:
    """Write a questionnaire as a Word document.

    Parameters
    ----------
    asked : Questionnaire
        Any.

    Returns
    -------
    bytes
        A ``.docx`` file, the same for the same questionnaire and version of python-docx.

    Raises
    ------
    InputProblems
        If the library is not installed.
    """
    document = _new_document(asked)
    _introduction(document, asked)
    for section in asked.sections:
        heading = document.add_heading(section.title, level=1)
        heading.paragraph_format.page_break_before = True
        for run in section.runs:
            _items(document, run)
    document.add_paragraph("Thank you for taking part.").paragraph_format.space_before = _pt(18)
    stream = io.BytesIO()
    document.save(stream)
    return without_times(stream.getvalue())


def _docx() -> Any:
    try:
        import docx
    except ImportError:
        raise InputProblems(
            [
                Problem(
                    "--format word",
                    "Word documents are written by the library python-docx, which is not "
                    "installed.",
                    'Install it with `pip install "buildingtrusts[word]"`, or ask for '
                    "`--format qualtrics` alone.",
                )
            ]
        ) from None
    return docx


def _new_document(asked: Questionnaire) -> Document:
    from_template: Document = _docx().Document()
    from docx.oxml.ns import qn

    page = from_template.sections[0]
    page.page_width, page.page_height = map(_cm, _PAGE)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = _cm(_MARGIN)
    for name, size in (("Normal", 10), ("Title", 20), ("Heading 1", 14)):
        style: Any = from_template.styles[name]
        style.font.name, style.font.size = _FONT, _pt(size)
        fonts = style.element.rPr.rFonts
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(kind), _FONT)
        # The template's headings take their font from a theme, which would win.
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)
    core = from_template.core_properties
    core.title, core.subject, core.author = asked.title, f"Questionnaire, wave {asked.wave}", ""
    core.last_modified_by, core.comments, core.keywords = "", "", ""
    core.language, core.revision = "en-GB", 1
    day = datetime.datetime.fromisoformat(asked.date)
    core.created = core.modified = core.last_printed = day
    _footer(page.footer.paragraphs[0], asked.title)
    return from_template


def _introduction(document: Document, asked: Questionnaire) -> None:
    document.add_heading(asked.title, level=0)
    document.add_paragraph(_day(asked.date))
    if asked.warning:
        document.add_paragraph().add_run(asked.warning).bold = True
    box = document.add_table(1, 1, "Table Grid").cell(0, 0)
    _write(box, CONSENT, bold=True)
    _shade(box, _CONSENT_SHADE)
    document.add_heading("About you", level=1)
    _choose(document, "Which trust do you work for?", asked.trusts)
    if asked.role_name:
        _choose(document, "Which of these is your role? Please tick one.", asked.roles)


def _choose(document: Document, question: str, choices: Sequence[str]) -> None:
    asked = document.add_paragraph()
    asked.paragraph_format.space_before = _pt(12)
    asked.paragraph_format.keep_with_next = True
    asked.add_run(question).bold = True
    for choice in choices:
        line = document.add_paragraph(f"{BOX}  {choice}")
        line.paragraph_format.space_after = _pt(2)
    if not choices:
        document.add_paragraph("_" * 50)


def _items(document: Document, run: Sequence[Question]) -> None:
    """Items that share a scale, with what they ask in common above them."""
    wordings = [question.wording for question in run]
    stem = common_stem(wordings)
    above = document.add_paragraph()
    above.paragraph_format.keep_with_next = True
    if stem:
        above.add_run(f"{stem} ").bold = True
    above.add_run(_instruction(run[0]))
    _table(document, run, [word[len(stem) :].strip() for word in wordings])
    document.add_paragraph().paragraph_format.space_after = _pt(4)


def _instruction(question: Question) -> str:
    if not question.options:
        return f"Please write {question.allowed} on each line."
    low, high = question.options[0], question.options[-1]
    ends = (
        f" ({question.low_anchor})" if question.low_anchor else "",
        f" ({question.high_anchor})" if question.high_anchor else "",
    )
    return f"Please tick one box on each line, from {low}{ends[0]} to {high}{ends[1]}."


def _table(document: Document, run: Sequence[Question], wordings: Sequence[str]) -> None:
    options = run[0].options
    anchored = bool(options and (run[0].low_anchor or run[0].high_anchor))
    heads = 2 if anchored else 1
    answers = [_BOX_WIDTH] * len(options) if options else [_LINE_WIDTH]
    room = _PAGE[0] - 2 * _MARGIN - _NUMBER_WIDTH - sum(answers)
    widths = [_NUMBER_WIDTH, room, *answers]
    table = document.add_table(heads + len(run), len(widths), "Table Grid")
    table.autofit = False
    _narrow_gaps(table)
    for place, width in enumerate(widths):
        table.columns[place].width = _cm(width)
    _head(table, run[0], heads)
    # Cells are looked up once a row: each look-up walks the whole table.
    rows = zip(run, wordings, list(table.rows)[heads:], strict=True)
    for place, (question, wording, row) in enumerate(rows):
        _whole(row)
        cells = row.cells
        _write(cells[0], f"{question.number}", centred=True)
        _write(cells[1], wording)
        for cell in cells[2:]:
            _write(cell, BOX if options else "", centred=True, size=_BOX_SIZE)
        for cell, width in zip(cells, widths, strict=True):
            cell.width = _cm(width)
            if place % 2 == 0:
                _shade(cell, _SHADE)


def _head(table: Table, question: Question, heads: int) -> None:
    """Anchors above the two halves of the scale, numbers below them."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    rows = list(table.rows)[:heads]
    numbers = rows[-1].cells
    _write(numbers[0], "No.", centred=True, bold=True)
    _write(numbers[1], "Item", bold=True)
    answers = [f"{option}" for option in question.options] or ["Answer"]
    for cell, answer in zip(numbers[2:], answers, strict=True):
        _write(cell, answer, centred=True, bold=True)
    if heads == 2:
        top = rows[0].cells
        half = 2 + (len(question.options) + 1) // 2
        low, high = top[2].merge(top[half - 1]), top[half].merge(top[-1])
        _write(low, question.low_anchor, bold=True)
        _write(high, question.high_anchor, bold=True)
        high.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for row in rows:
        _whole(row, repeats=True)


def _write(
    cell: _Cell, text: str, centred: bool = False, bold: bool = False, size: float | None = None
) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = cell.paragraphs[0]
    written = paragraph.add_run(text)
    written.bold = bold
    if size:
        written.font.size = _pt(size)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = _pt(3)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _whole(row: Any, repeats: bool = False) -> None:
    """Keep a row on one page, and repeat it on every page if it is a header."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if repeats:
        properties.append(OxmlElement("w:tblHeader"))


def _narrow_gaps(table: Table) -> None:
    """Leave a millimetre beside the text of cells, or two digits would break into two lines."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    gaps = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        gap = OxmlElement(side)
        gap.set(qn("w:w"), "57")
        gap.set(qn("w:type"), "dxa")
        gaps.append(gap)
    properties = table._tbl.tblPr
    # The schema wants gaps after the layout and before the look.
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(gaps)
    else:
        look.addprevious(gaps)


def _shade(cell: _Cell, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shade.set(qn(name), value)
    properties = cell._tc.get_or_add_tcPr()
    # The schema wants shading before vertical alignment.
    aligned = properties.find(qn("w:vAlign"))
    if aligned is None:
        properties.append(shade)
    else:
        aligned.addprevious(shade)


def _footer(paragraph: Any, title: str) -> None:
    """Title and the number of the page, which Word fills in."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.add_run(f"{title}  ·  page ").font.size = _pt(8)
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    paragraph._p.append(number)


def _day(date: str) -> str:
    """A day as it is read, whatever the machine's language."""
    day = datetime.date.fromisoformat(date)
    months = (
        *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
        *("October", "November", "December"),
    )
    return f"{day.day} {months[day.month - 1]} {day.year}"


def _cm(length: float) -> Any:
    from docx.shared import Cm

    return Cm(length)


def _pt(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)
