"""Report all that is wrong or remarkable in a wave's files, before anything is run."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.configuration import declaration_of
from buildingtrusts.study.flags import add_register

if TYPE_CHECKING:
    from buildingtrusts.output.problem_page import Report, Row
    from buildingtrusts.study.problems import Problem
    from buildingtrusts.survey.findings import Finding, Prospect
    from buildingtrusts.survey.intake import Intake

_KNOWN = "data/published/reconstructions.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("wave", help="name of the wave, such as 2027")
    parser.add_argument("--config", default="config", help="folder with waves/ and codebook.csv")
    parser.add_argument("--raw", default="data/raw", help="folder of the waves' raw files")
    add_register(parser)
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--html", help="the page to write, if not logs/<wave>/check.html")
    place.add_argument("--out", help="folder for the page check.html")
    parser.add_argument(
        "--known",
        default=_KNOWN,
        help="table of the SHA-256 of made-up responses, refused as original; may be absent",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the report and write it as a page; 1 if there are problems, else 0."""
    from buildingtrusts.output.files import write_text
    from buildingtrusts.output.problem_page import as_page, as_text
    from buildingtrusts.output.terminal import say

    report = _report(arguments)
    page = _page(arguments)
    write_text(page, as_page(report))
    say(f"{as_text(report)}\nThe same as a page for the browser: {page}")
    return 1 if report.n_problems else 0


def _page(arguments: argparse.Namespace) -> Path:
    if arguments.html:
        return Path(arguments.html)
    return Path(arguments.out or Path("logs", arguments.wave)) / "check.html"


def _report(arguments: argparse.Namespace) -> Report:
    import datetime

    from buildingtrusts.survey.findings import find_remarkable, other_files, prospect
    from buildingtrusts.survey.intake import examine_wave

    declaration = declaration_of(arguments.wave, arguments.config)
    raw = Path(arguments.raw, arguments.wave)
    known = arguments.known if Path(arguments.known).is_file() else None
    found = examine_wave(
        *(declaration, Path(arguments.config, "codebook.csv"), raw, known),
        *(arguments.extracts, arguments.extract),
    )
    findings: list[Finding] = []
    outlook = None
    if found.complete and found.wave and found.codebook and found.responses:
        table = found.responses.table
        outlook = prospect(found.wave, found.codebook, table, str(declaration))
        if found.trusts and found.export:
            findings = find_remarkable(
                found.wave,
                found.codebook,
                found.responses,
                found.trusts,
                found.export,
                datetime.date.today(),
            )
    notes = _notes(found)
    if found.wave and raw.is_dir():
        others = other_files((one.name for one in raw.iterdir() if one.is_file()), found.wave)
        notes += [f"{raw}: no key of the wave's file names {', '.join(others)}"] if others else []
    return _composed(arguments.wave, found, outlook, findings, notes)


def _notes(found: Intake) -> list[str]:
    """What the readers noted; of a file with problems, what the importer did."""
    notes: list[str] = []
    if found.responses:
        notes += found.responses.notes
    elif found.export:
        notes += [f"{found.export.file}: {note}" for note in found.export.notes]
    return notes + list(found.trusts.notes if found.trusts else ())


def _composed(
    wave: str,
    found: Intake,
    outlook: Prospect | None,
    findings: Iterable[Finding],
    notes: list[str],
) -> Report:
    from buildingtrusts.output.problem_page import Report
    from buildingtrusts.study.provenance import statement

    problems = [*found.problems, *(outlook.problems if outlook else ())]
    files = _by_file(problems)
    declared = found.wave
    return Report(
        wave=wave,
        title=declared.title if declared else "",
        statement=statement([declared.provenance]).replace("**", "") if declared else "",
        answer=_answer(wave, len(problems), len(files), outlook),
        problems=files,
        findings=[(one.subject, one.text, one.advice) for one in findings],
        notes=notes,
        facts=_facts(found, outlook) if outlook else (),
    )


def _by_file(problems: Iterable[Problem]) -> list[tuple[str, list[Row]]]:
    from buildingtrusts.output.problem_page import Row

    files: dict[str, list[Row]] = {}
    for one in problems:
        row = Row(one.line, one.column, one.value, one.rule, one.advice)
        files.setdefault(one.file, []).append(row)
    return list(files.items())


def _answer(wave: str, n_problems: int, n_files: int, outlook: Prospect | None) -> str:
    if n_problems or outlook is None:
        problems = "1 problem" if n_problems == 1 else f"{n_problems} problems"
        files = "1 file" if n_files == 1 else f"{n_files} files"
        return f"{problems} in {files}: the wave {wave} cannot be run yet."
    n_mats = len(outlook.trusts) + len(outlook.reasons)
    return (
        f"Ready: the wave {wave} can be run. {len(outlook.trusts)} of {n_mats} trusts will be "
        f"clustered on {len(outlook.items)} items."
    )


def _facts(found: Intake, outlook: Prospect) -> list[tuple[str, str]]:
    from buildingtrusts.survey.findings import listed

    if not (found.wave and found.responses):
        return []
    choices, total = found.wave.cluster, len(found.responses.table)
    made = ", ".join(map(str, outlook.k)) or "none"
    left_out = sorted(set(choices.k) - set(outlook.k))
    more = f"; {listed(left_out)} left out, there are not enough trusts" if left_out else ""
    return [
        ("Trusts", f"{len(outlook.trusts)}: {listed(outlook.trusts) or 'none'}"),
        ("Respondents", f"{outlook.n_respondents} of {total}"),
        ("Items", f"{len(outlook.items)} of block '{choices.block}': {listed(outlook.items)}"),
        (
            "How",
            f"{choices.linkage} linkage, {choices.metric} distance, scaling {choices.scaling}, "
            f"each trust's {choices.statistic}",
        ),
        ("Clusters", f"{made}{more}"),
    ]
