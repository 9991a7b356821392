"""Write the tables across waves for paper, and all tables of the study as one workbook."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.contents import content_of
from buildingtrusts.study.flags import add_paper, add_words, refuse_word_without_its_library

if TYPE_CHECKING:
    from buildingtrusts.output.paper.study import StudyTables
    from buildingtrusts.output.paper.table import PaperTable

#: Contract tables that each table for paper is made from, if they are not of its own name.
_SOURCES = {
    "ledger_counts": ("ledger",),
    "population": ("population", "population_tests"),
    "transitions": ("transitions", "wave_agreement"),
    "changes": ("changes", "common_items"),
    "verdicts": (),
    "break_points": ("interviews", "interview_tests"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--title", default="Tables of the study", help="of the workbook")
    parser.add_argument(
        "--provenance", nargs="+", required=True, help="provenance of each wave of the study"
    )
    parser.add_argument("--tables", required=True, help="folder of the tables across waves")
    parser.add_argument("--verdicts", nargs="*", default=[], help="tables with waves' verdicts")
    parser.add_argument(
        "--kept", nargs="+", required=True, help="tables of each wave, as paper-tables kept them"
    )
    parser.add_argument(
        "--waves", nargs="+", required=True, help="names of these waves, in the same order"
    )
    parser.add_argument(
        "--codes",
        nargs="*",
        default=[],
        metavar="SET=FILE",
        help="codes of each set of interviews, for their labels",
    )
    parser.add_argument("--workbook", required=True, help="the workbook to write")
    parser.add_argument("--first", type=int, default=1, help="number of the first table")
    add_words(parser)
    add_paper(parser)


def run(arguments: argparse.Namespace) -> None:
    """Write ``<name>.<format>`` for each table across waves, and the workbook."""
    from buildingtrusts.output.files import write_bytes
    from buildingtrusts.output.paper.workbook import Book, workbook
    from buildingtrusts.output.paper.writing import written

    refuse_word_without_its_library(arguments.formats)
    tables = _tables(arguments)
    named = ("study", arguments.date, arguments.first)
    for name, content in written(tables, arguments.formats, *named):
        write_bytes(Path(arguments.out, name), content)
    book = Book(
        title=arguments.title,
        about=_about(arguments),
        date=arguments.date,
        tables=(*_of_waves(arguments), *[("paper", table) for table in tables]),
    )
    write_bytes(arguments.workbook, workbook(book))
    filled = sum(bool(table.rows) for _, table in book.tables)
    print(f"{filled} tables in {arguments.workbook}", file=sys.stderr)


def _tables(arguments: argparse.Namespace) -> list[PaperTable]:
    from buildingtrusts.output.paper.study import compose_study_table
    from buildingtrusts.output.paper.table import in_words, stamped
    from buildingtrusts.output.vocabulary import Vocabulary

    of = _material(arguments)
    said = Vocabulary(dict(arguments.words), _names(arguments.waves, of))
    made = []
    for name in arguments.only:
        made += stamped(
            [in_words(compose_study_table(name, of), said)], _stamp(name, of, arguments)
        )
    return made


def _stamp(name: str, of: StudyTables, arguments: argparse.Namespace) -> str:
    from buildingtrusts.output.paper.study import FROM_INTERVIEWS, FROM_PRINT
    from buildingtrusts.study.provenance import stamp
    from buildingtrusts.survey.interviews import stamp_of_sets

    # Of printed counts alone it would be wrong to say that they are not the survey's.
    if name in FROM_PRINT:
        return ""
    if name not in FROM_INTERVIEWS:
        return stamp(arguments.provenance)
    sets = of.tables["interviews"][["interviews", "wave"]].drop_duplicates()
    kinds = dict(zip(arguments.waves, arguments.provenance, strict=True))
    return stamp_of_sets(sets.itertuples(index=False, name=None), kinds)


def _names(waves: list[str], of: StudyTables) -> frozenset[str]:
    """Texts from data, which stay as they are whatever a study calls its groups."""
    told = of.tables["ledger"]["statement"].dropna() if "ledger" in of.tables else ()
    return frozenset([*waves, *map(str, told), *of.labels.values()])


def _material(arguments: argparse.Namespace) -> StudyTables:
    import pandas as pd

    from buildingtrusts.output.paper.study import StudyTables
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.published.ledger import count_verdicts

    sources = {source for name in arguments.only for source in _SOURCES.get(name, (name,))}
    tables = {name: read_table(Path(arguments.tables, f"{name}.csv")) for name in sorted(sources)}
    if arguments.verdicts:
        tables["verdict"] = pd.concat([read_table(one) for one in arguments.verdicts])
    counts = count_verdicts(tables["ledger"]) if "ledger" in tables else {}
    return StudyTables(tables, counts, _labels(arguments.codes))


def _labels(given: list[str]) -> dict[tuple[str, str, str], str]:
    from buildingtrusts.survey.interviews import AREA, BREAK_POINT, tidy_codes
    from buildingtrusts.survey.raw_table import parse_csv

    found = {}
    for name, _, file in (one.partition("=") for one in given):
        codes = tidy_codes(parse_csv(content_of(Path(file)), file))
        for kind, of_kind in ((AREA, codes.areas), (BREAK_POINT, codes.break_points)):
            found.update({(name, kind, one.code): one.label for one in of_kind})
    return found


def _of_waves(arguments: argparse.Namespace) -> list[tuple[str, PaperTable]]:
    from buildingtrusts.output.paper.table import tables_from_json

    return [
        (f"{wave}/paper", table)
        for wave, file in zip(arguments.waves, arguments.kept, strict=True)
        for table in tables_from_json(Path(file).read_text(encoding="utf-8"))
    ]


def _about(arguments: argparse.Namespace) -> tuple[str, ...]:
    from buildingtrusts.output.vocabulary import Vocabulary
    from buildingtrusts.study.provenance import statement

    warning = statement(arguments.provenance).replace("**", "")
    return (
        *map(Vocabulary(dict(arguments.words)).say, filter(None, warning.split("\n\n"))),
        f"Waves of the survey: {', '.join(arguments.waves)}.",
        "The worksheet Contents lists the tables, the worksheet Notes says what their signs mean; "
        "then follows one table on each worksheet.",
        "Numbers are shown rounded, and unrounded in the cells. The folders that the contents name "
        "hold the same tables for documents; the folders called tables hold the results from "
        "which they were put together, with a guide to their columns.",
        "Made by the open software buildingtrusts, which makes the same workbook again from the "
        "same files.",
    )
