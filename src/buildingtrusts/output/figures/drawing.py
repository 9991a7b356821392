"""A finished figure with its data and its alternative text, and the one writer of figures."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import FORMATS, style
from buildingtrusts.output.figures.marks import outlines_drawn
from buildingtrusts.output.files import write_bytes, write_text
from buildingtrusts.output.tables import write_table
from buildingtrusts.output.vocabulary import spoken

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

#: Added to the stamp of a chart that stands for one of the report's own.
UNPUBLISHED = "Illustrative: values not published"
_MAKER = "buildingtrusts"
_SVG_SIZE = re.compile(r'\b(width|height)="([\d.]+)pt"')


@dataclass(frozen=True)
class Drawing:
    """A figure ready to be saved.

    Attributes
    ----------
    name : str
        Stem of its files.
    title : str
        As drawn.
    caption : str
        What is shown and how to read it, as drawn below and under the title.
    figure : matplotlib.figure.Figure
        Without a stamp.
    data : DataFrame
        The values drawn, one mark a row.
    alt_text : str
        The finding in one to three sentences, with its numbers.
    unpublished : bool
        Whether it stands for a chart of the report, whose values were never published.
    from_answers : bool
        Whether it rests on a wave's answers, and so on where those come from.
    scale : float
        By how much it is enlarged when it is written, type and all.
    note : str
        What is left out of the picture to be said beside it; a paragraph of its text file.
    """

    name: str
    title: str
    caption: str
    figure: Figure
    data: pd.DataFrame
    alt_text: str
    unpublished: bool = False
    from_answers: bool = True
    scale: float = 1.0
    note: str = ""


def stamp_of(drawing: Drawing, provenance: str, reconstructed: bool) -> str:
    """What has to be written on a drawing.

    Parameters
    ----------
    drawing : Drawing
        Any.
    provenance : str
        The words for where the answers come from; empty if they are the survey's own.
    reconstructed : bool
        Whether the answers stand for those of the report.

    Returns
    -------
    str
        Empty if there is nothing to say.
    """
    if not provenance or not drawing.from_answers:
        return ""
    return f"{provenance} · {UNPUBLISHED}" if drawing.unpublished and reconstructed else provenance


def smallest_words(drawing: Drawing) -> float:
    """Points of the smallest words as written; numbers inside markers are no words."""
    from matplotlib.text import Text

    sizes = [
        float(text.get_fontsize())
        for text in drawing.figure.findobj(Text)
        if not re.fullmatch(r"[0-9CS]?", text.get_text().strip())
    ]
    return drawing.scale * min([*sizes, style.NOTE])


@style.styled
def nothing_to_draw(name: str, title: str, reason: str) -> Drawing:
    """A figure that says plainly why it is empty.

    Examples
    --------
    >>> nothing_to_draw("sample", "Responses", "No responses.").alt_text
    'Nothing is drawn. No responses.'
    """
    import pandas as pd

    page = style.new_page(title, "", "", 1.0)
    page.text(
        page.width / 2,
        0.5,
        style.fold(reason, style.SUBTITLE, page.width - 1),
        size=style.SUBTITLE,
        color=style.GREY,
        ha="center",
        va="center",
    )
    data = pd.DataFrame({"missing": [spoken(reason)]})
    return Drawing(name, title, reason, page.figure, data, f"Nothing is drawn. {reason}")


def save_drawing(
    folder: str | Path,
    drawing: Drawing,
    formats: Sequence[str] = FORMATS,
    dpi: int = 300,
    stamp: str = "",
) -> None:
    """Write a figure, its data and its alternative text.

    Parameters
    ----------
    folder : str or Path
        Gets ``<name>.pdf``, ``.svg``, ``.png`` as asked, ``.csv`` and ``.txt``.
    drawing : Drawing
        Left as it was.
    formats : sequence of {"pdf", "svg", "png"}
        Which pictures to write.
    dpi : int
        Pixels an inch of the PNG.
    stamp : str
        What a figure of made-up answers has to say, on the picture, in its metadata and at the
        end of its alternative text. Empty for original answers: there is then no stamp at all.

    Raises
    ------
    ValueError
        If a format is not known.
    """
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise ValueError(f"found the formats {unknown}; allowed are {list(FORMATS)}.")
    target = Path(folder)
    drawing = _in_words_of_the_study(drawing)
    said = f"{drawing.alt_text} {stamp}.".strip() if stamp else drawing.alt_text
    for kind, content in render(drawing, formats, dpi, stamp).items():
        write_bytes(target / f"{drawing.name}.{kind}", content)
    write_table(target / f"{drawing.name}.csv", drawing.data, list(drawing.data.columns))
    paragraphs = [said, *filter(None, [drawing.note])]
    write_text(target / f"{drawing.name}.txt", "\n\n".join(paragraphs) + "\n")


def _in_words_of_the_study(drawing: Drawing) -> Drawing:
    """What was not measured before it was drawn still has the package's words."""
    from matplotlib.text import Text

    for words in drawing.figure.findobj(Text):
        words.set_text(spoken(words.get_text()))
    return replace(
        drawing,
        title=spoken(drawing.title),
        caption=spoken(drawing.caption),
        note=spoken(drawing.note),
        alt_text=spoken(drawing.alt_text),
    )


@style.styled
def render(drawing: Drawing, formats: Sequence[str], dpi: int, stamp: str = "") -> dict[str, bytes]:
    """Draw a figure in each format; the same bytes for the same drawing.

    Canvases are called directly: saving through the figure would draw everything twice.
    """
    marks = _stamp(drawing.figure, stamp, drawing.scale > 1) if stamp else []
    make = {"pdf": _pdf, "svg": _svg, "png": _png}
    try:
        return {kind: make[kind](drawing, dpi, stamp) for kind in formats}
    finally:
        for mark in marks:
            mark.remove()


def _stamp(figure: Figure, stamp: str, slide: bool) -> list:
    from matplotlib.patches import Rectangle

    width, height = figure.get_size_inches()
    strip = style.stamp_height(width, slide)
    lines = style.fold(stamp, style.NOTE, width - 0.24)
    band = Rectangle(
        (0, 0), 1, strip / height, transform=figure.transFigure, color=style.STAMP_BAND, zorder=-1
    )
    words = figure.text(
        0.12 / width, strip / 2 / height, lines, size=style.NOTE, va="center", linespacing=1.2
    )
    return [figure.add_artist(band), words]


def _pdf(drawing: Drawing, dpi: int, stamp: str) -> bytes:
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    stream = io.BytesIO()
    metadata = {
        "Title": drawing.title,
        "Subject": _described(drawing, stamp),
        "Keywords": _words(drawing),
        "Creator": _MAKER,
        "Producer": None,
        "CreationDate": None,
    }
    if drawing.scale == 1:
        FigureCanvasPdf(drawing.figure).print_pdf(stream, metadata=metadata)
    else:
        _enlarged_pdf(drawing, stream, metadata)
    return stream.getvalue()


def _enlarged_pdf(drawing: Drawing, stream: io.BytesIO, metadata: dict[str, str | None]) -> None:
    """Draw all larger, type and lines too, which the canvas itself cannot."""
    from matplotlib.backends.backend_pdf import Op, PdfFile, RendererPdf

    figure, scale = drawing.figure, drawing.scale
    figure.set_dpi(72)
    width, height = figure.get_size_inches()
    file = PdfFile(stream, metadata=metadata)
    try:
        file.newPage(scale * width, scale * height)
        file.output(scale, 0, 0, scale, 0, 0, Op.concat_matrix)
        figure.draw(RendererPdf(file, 72, height, width))
        file.finalize()
    finally:
        file.close()


def _svg(drawing: Drawing, dpi: int, stamp: str) -> bytes:
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    stream = io.StringIO()
    metadata = {
        "Title": drawing.title,
        "Description": _described(drawing, stamp),
        "Keywords": [_words(drawing)],
        "Creator": _MAKER,
        "Date": None,
    }
    with outlines_drawn(drawing.figure):
        FigureCanvasSVG(drawing.figure).print_svg(stream, metadata=metadata)
    text = stream.getvalue()
    if drawing.scale != 1:
        # Coordinates stay as they are and are shown larger.
        text = _SVG_SIZE.sub(
            lambda found: f'{found[1]}="{float(found[2]) * drawing.scale:.6g}pt"', text, count=2
        )
    return text.encode("utf-8")


def _png(drawing: Drawing, dpi: int, stamp: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    drawing.figure.set_dpi(dpi * drawing.scale)
    stream = io.BytesIO()
    FigureCanvasAgg(drawing.figure).print_png(
        stream,
        metadata={
            "Title": drawing.title,
            "Description": _described(drawing, stamp),
            "Comment": _words(drawing),
            "Software": _MAKER,
        },
        # Flat drawings are hardly smaller at higher levels, which take three times as long.
        pil_kwargs={"compress_level": 2, "dpi": (dpi, dpi)},
    )
    return stream.getvalue()


def _words(drawing: Drawing) -> str:
    """How small words are, for whoever chooses among figures."""
    return f"Smallest words: {smallest_words(drawing):.1f} points"


def _described(drawing: Drawing, stamp: str) -> str:
    return f"{drawing.alt_text} {stamp}.".strip() if stamp else drawing.alt_text
