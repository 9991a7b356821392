"""Write the README that opens a folder of tables: what they are made from, and what they hold."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace

from buildingtrusts.output.contracts import EVIDENCE_TABLES, STUDY_TABLES, WAVE_TABLES, Contract
from buildingtrusts.output.files import write_text
from buildingtrusts.output.vocabulary import Vocabulary
from buildingtrusts.study.flags import add_words
from buildingtrusts.study.provenance import statement


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--title", required=True, help="of the wave, or of the study")
    parser.add_argument(
        "--provenance",
        nargs="+",
        required=True,
        choices=("original", "reconstruction", "illustration"),
        help="of the wave, or of each wave of the study",
    )
    parser.add_argument("--source", default="", help="where the responses come from")
    parser.add_argument("--licence", default="", help="of the responses")
    parser.add_argument("--note", default="", help="a sentence on the tables")
    parser.add_argument(
        "--tables",
        nargs="+",
        required=True,
        choices=(*WAVE_TABLES, *EVIDENCE_TABLES, *STUDY_TABLES),
        metavar="TABLE",
        help="tables in the folder",
    )
    parser.add_argument(
        "--interviews", nargs="*", default=[], help="names of the sets of interviews in the tables"
    )
    add_words(parser)
    parser.add_argument("--out", required=True, help="the README to write")


def run(arguments: argparse.Namespace) -> None:
    """Write the README."""
    from buildingtrusts.register import ATTRIBUTION
    from buildingtrusts.survey.interviews import interview_statement

    of_register = "population" in arguments.tables
    warnings = (statement(arguments.provenance), interview_statement(arguments.interviews))
    contracts = {**WAVE_TABLES, **EVIDENCE_TABLES, **STUDY_TABLES}
    words = Vocabulary(dict(arguments.words))
    tables = {name: contracts[name] for name in arguments.tables}
    write_text(
        arguments.out,
        table_guide(
            arguments.title,
            words.say("\n\n".join(filter(None, warnings))),
            {
                "Source": arguments.source,
                "Licence of the responses": arguments.licence,
                "These tables": words.say(arguments.note),
                "The register": ATTRIBUTION if of_register else "",
            },
            {name: replace(one, holds=words.say(one.holds)) for name, one in tables.items()},
        ),
    )


def table_guide(
    title: str, warning: str, facts: Mapping[str, str], tables: Mapping[str, Contract]
) -> str:
    """Compose the guide to a folder of tables; a warning, if there is one, comes first."""
    parts: Sequence[str] = [
        *([warning] if warning else []),
        f"# Tables: {title}",
        *[f"{name}: {text.strip()}" for name, text in facts.items() if text.strip()],
        "UTF-8 CSV, one observation a row. Empty means missing, 0 means zero.",
        "\n".join(
            [
                "| table | holds | columns |",
                "|---|---|---|",
                *[
                    f"| `{name}.csv` | {one.holds} | {', '.join(f'`{c}`' for c in one.columns)} |"
                    for name, one in tables.items()
                ],
            ]
        ),
    ]
    return "\n\n".join(parts) + "\n"
