"""Write the tables of a wave for paper."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures.questions import uncapitalised
from buildingtrusts.study.flags import add_paper, add_words, refuse_word_without_its_library

if TYPE_CHECKING:
    from buildingtrusts.output.figures.questions import Questions
    from buildingtrusts.output.paper.wave import WaveTables


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--wave", required=True, help="name of the wave")
    parser.add_argument(
        "--provenance", required=True, help="original, reconstruction or illustration"
    )
    parser.add_argument("--tables", required=True, help="folder of the wave's tables")
    parser.add_argument("--processed", required=True, help="folder of the wave's tidy files")
    parser.add_argument("--block", default="strategy", help="block that is clustered")
    parser.add_argument("--linkage", default="", help="how the tree was built, for a note")
    parser.add_argument("--metric", default="", help="its distance, for a note")
    parser.add_argument(
        "--hybrid-from", type=float, default=4.0, help="centralisation from which a hybrid"
    )
    parser.add_argument(
        "--centralised-from", type=float, default=6.0, help="centralisation from which centralised"
    )
    parser.add_argument(
        "--own-family",
        nargs="*",
        default=[],
        help="attributes whose tests were adjusted apart from the others'",
    )
    parser.add_argument("--kept", required=True, help="file that keeps the tables for the workbook")
    parser.add_argument("--first", type=int, default=1, help="number of the first table")
    add_words(parser)
    add_paper(parser)


def run(arguments: argparse.Namespace) -> None:
    """Write ``<name>.<format>`` for each table, and keep them all for the workbook."""
    from buildingtrusts.output.files import write_bytes, write_text
    from buildingtrusts.output.paper import EVIDENCE_SOURCES, WAVE_SOURCES
    from buildingtrusts.output.paper.table import in_words, stamped, tables_to_json
    from buildingtrusts.output.paper.wave import WaveTables, compose_wave_table
    from buildingtrusts.output.paper.writing import written
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.output.vocabulary import Vocabulary
    from buildingtrusts.study.provenance import stamp

    refuse_word_without_its_library(arguments.formats)
    evidence = EVIDENCE_SOURCES if "evidence" in arguments.only else ()
    of = WaveTables(
        wave=arguments.wave,
        tables={
            name: read_table(Path(arguments.tables, f"{name}.csv"))
            for name in (*WAVE_SOURCES, *evidence)
        },
        questions=_questions(Path(arguments.processed, "codebook.csv")),
        block=arguments.block,
        method=_method(arguments.linkage, arguments.metric),
        cutoffs=(arguments.hybrid_from, arguments.centralised_from),
        own_family=tuple(arguments.own_family),
    )
    words = Vocabulary(dict(arguments.words), _names(of))
    composed = [in_words(compose_wave_table(name, of), words) for name in arguments.only]
    tables = stamped(composed, stamp([arguments.provenance]))
    named = (arguments.wave, arguments.date, arguments.first)
    for name, content in written(tables, arguments.formats, *named):
        write_bytes(Path(arguments.out, name), content)
    write_text(arguments.kept, tables_to_json(tables))
    print(f"{len(tables)} tables as {', '.join(arguments.formats)}", file=sys.stderr)


def _names(of: WaveTables) -> frozenset[str]:
    """Texts from data that captions and notes hold, and that stay as they are."""
    asked = of.questions.all
    anchors = [text for one in asked for text in (one.low_anchor, one.high_anchor)]
    shown = [uncapitalised(text) for text in anchors if text]
    labels = [one.label for one in asked]
    data = {*of.tables["sample"]["mat_id"], *of.tables["crosstabs"]["level"]}
    return frozenset({of.wave, *anchors, *shown, *labels, *map(str, data)} - {""})


def _method(linkage: str, metric: str) -> str:
    joined = f"{'Ward' if linkage == 'ward' else linkage} linkage" if linkage else ""
    apart = f"{metric if metric == 'correlation' else metric.capitalize()} distance"
    return ", ".join(filter(None, (joined, apart if metric else "")))


def _questions(codebook: Path) -> Questions:
    from buildingtrusts.output.figures.questions import Question, Questions
    from buildingtrusts.study.codebook import read_wave_codebook

    return Questions.of(
        Question(
            *(one.block, one.item, one.label, one.minimum, one.maximum, one.step),
            *(one.low_anchor, one.high_anchor),
        )
        for one in read_wave_codebook(codebook).items
    )
