"""Write the page of all figures, small, for choosing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import FORMATS
from buildingtrusts.study.flags import figure_width

if TYPE_CHECKING:
    from buildingtrusts.output.figure_page import Shown

_IN_WORDS = {
    "page": "as wide as a page (183 mm)",
    "one_column": "as wide as one column (88 mm)",
    "two_columns": "as wide as two columns (180 mm)",
    "slide": "as large as fits on a slide (254 × 143 mm)",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--results", type=Path, required=True, help="folder of all results")
    parser.add_argument(
        "--figures", nargs="*", type=Path, default=[], help="figures, by their text files"
    )
    parser.add_argument("--waves", nargs="+", required=True, help="the waves, in order of date")
    parser.add_argument("--provenance", nargs="+", required=True, help="provenance of each wave")
    parser.add_argument("--interviews", nargs="*", default=[], help="sets of interviews")
    parser.add_argument(
        "--formats", nargs="+", choices=FORMATS, default=list(FORMATS), help="pictures there are"
    )
    parser.add_argument("--width", type=figure_width, default="page", help="width asked for")
    parser.add_argument("--out", type=Path, required=True, help="file for the page (.html)")


def run(arguments: argparse.Namespace) -> None:
    """Write the page, with links relative to its own folder."""
    from buildingtrusts.output.figure_page import Purpose, as_page, group_figures
    from buildingtrusts.output.figures import paper
    from buildingtrusts.output.files import write_text
    from buildingtrusts.study.provenance import statement
    from buildingtrusts.survey.interviews import interview_statement

    groups = []
    for key in (*arguments.waves, ""):
        folder = Path(arguments.results, key, "figures")
        shown = [
            _shown(file, arguments.out.parent, arguments.formats)
            for file in arguments.figures
            if file.parent == folder
        ]
        if shown:
            title = f"Wave {key}" if key else "Across waves"
            groups.append(group_figures(key or "across-waves", title, shown))
    said = [statement(arguments.provenance), interview_statement(arguments.interviews)]
    paragraphs = [text.replace("**", "") for one in said for text in one.split("\n\n") if text]
    asked = _IN_WORDS.get(arguments.width, f"{arguments.width} mm wide")
    slide = arguments.width == "slide"
    wide, high = paper.millimetres(arguments.width), paper.highest(arguments.width)
    purpose = Purpose(asked, wide, high, paper.LEAST_ON_SLIDE if slide else 0.0, slide)
    page = as_page(groups, paragraphs, purpose)
    write_text(arguments.out, page)
    print(f"{sum(len(one.figures) for one in groups)} figures", file=sys.stderr)


def _shown(file: Path, beside: Path, formats: list[str]) -> Shown:
    """Read what a figure's files say of it; the first paragraph of its text is its finding."""
    from buildingtrusts.output.figure_page import Shown
    from buildingtrusts.output.pictures import describe_picture

    told = file.read_text(encoding="utf-8").split("\n\n")[0]
    read = next(kind for kind in ("svg", "png", "pdf") if kind in formats)
    picture = describe_picture(read, file.with_suffix(f".{read}").read_bytes())
    words = file.stem.replace("_", " ")
    return Shown(
        name=file.stem,
        folder=file.parent.relative_to(beside).as_posix(),
        title=picture.title or f"{words[:1].upper()}{words[1:]}",
        alt_text=" ".join(told.split()),
        formats=tuple(formats),
        width=picture.width,
        height=picture.height,
        words=picture.words,
    )
