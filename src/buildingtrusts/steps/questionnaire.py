"""Write the questionnaire of a wave, so that it can be fielded; the wave needs no data."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.problems import InputProblems, Problem

if TYPE_CHECKING:
    from buildingtrusts.survey.questionnaire import Questionnaire

FORMATS = ("word", "qualtrics")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("wave", help="name of the wave, as in config/waves/<wave>.yaml")
    parser.add_argument("--config", default="config", help="folder with waves/ and codebook.csv")
    parser.add_argument(
        "--format",
        nargs="+",
        choices=FORMATS,
        default=list(FORMATS),
        help="a Word document, text that Qualtrics imports, or both",
    )
    parser.add_argument(
        "--trusts",
        help="CSV with a column mat_id: names to choose from; without it the name is written",
    )
    parser.add_argument("--out", default="questionnaires", help="folder for the files")


def run(arguments: argparse.Namespace) -> None:
    """Write ``<wave>.docx`` and ``<wave>-qualtrics.txt``, as far as they are asked for."""
    from buildingtrusts.output.files import write_bytes, write_text
    from buildingtrusts.study.codebook import load_codebook
    from buildingtrusts.study.configuration import load_wave
    from buildingtrusts.survey.questionnaire import compose
    from buildingtrusts.survey.questionnaire.qualtrics import qualtrics_text
    from buildingtrusts.survey.questionnaire.word import word_document

    config = Path(arguments.config)
    wave = load_wave(_declaration(config, arguments.wave))
    codebook = load_codebook(config / "codebook.csv", [wave.wave], others_allowed=True)
    names = _trust_names(Path(arguments.trusts)) if arguments.trusts else []
    asked = compose(wave, codebook[wave.wave], names)
    out = Path(arguments.out)
    # Everything is made before anything is written.
    document = word_document(asked) if "word" in arguments.format else b""
    if document:
        write_bytes(out / f"{wave.wave}.docx", document)
    if "qualtrics" in arguments.format:
        write_text(out / f"{wave.wave}-qualtrics.txt", qualtrics_text(asked))
    print("\n".join(_report(asked, out, arguments.format)), file=sys.stderr)


def _declaration(config: Path, wave: str) -> Path:
    declared = sorted(path.stem for path in (config / "waves").glob("*.yaml"))
    if wave not in declared:
        raise InputProblems(
            [
                Problem(
                    str(config / "waves"),
                    "A questionnaire is that of a declared wave, which are: "
                    f"{', '.join(declared) or 'none'}.",
                    f"Correct the name, or write {config}/waves/{wave}.yaml and the wave's rows "
                    f"of {config}/codebook.csv first; config/README.md says how.",
                    value=wave,
                )
            ]
        )
    return config / "waves" / f"{wave}.yaml"


def _trust_names(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputProblems(
            [Problem(str(file), "The list of trusts is UTF-8 text.", "Save it as CSV UTF-8.")]
        ) from None
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    names = [(row.get("mat_id") or "").strip() for row in rows]
    if not any(names):
        raise InputProblems(
            [
                Problem(
                    str(file),
                    "The list of trusts has a column mat_id with at least one name.",
                    "Give the wave's trusts file, or a CSV with that header.",
                    1,
                )
            ]
        )
    return list(dict.fromkeys(filter(None, names)))


def _report(asked: Questionnaire, out: Path, formats: list[str]) -> list[str]:
    from buildingtrusts.survey.questionnaire.qualtrics import key_names

    items = sum(len(run) for section in asked.sections for run in section.runs)
    lines = [f"{items} items in {len(asked.sections)} blocks of {asked.wave}"]
    if "word" in formats:
        lines.append(f"Word: {out / asked.wave}.docx")
    lines.append("The paragraph on consent is a placeholder: the team has to write it.")
    if "qualtrics" in formats:
        trust, role = key_names(asked)
        lines += [
            f"Qualtrics: {out / asked.wave}-qualtrics.txt",
            "  Import it under Tools, Import/Export, Import Survey. Then look at the survey flow, "
            "and let",
            "  people leave any question out. The export can be read as it is if the wave's file "
            "says:",
            "    responses:",
            "      importer: qualtrics",
            "      columns:",
            "        respondent_id: ResponseId",
            f"        mat_id: {trust}",
            *([f"        role: {role}"] if asked.role_name else []),
        ]
    if not asked.trusts:
        lines.append(
            "People write the name of their trust. With --trusts FILE they choose it, and no name "
            "is misspelt."
        )
    return lines
