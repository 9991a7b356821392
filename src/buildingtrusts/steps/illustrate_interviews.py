"""Make invented interviews, which say of themselves that they are."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.contents import content_of
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIX = "-illustration"
_FOLDER = Path("data/raw/interviews/2017-illustration")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--codes", type=Path, default=Path("config/interview_codes.csv"), help="codes of excerpts"
    )
    parser.add_argument(
        "--wave-file",
        type=Path,
        default=Path("config/waves/2017-reconstruction.yaml"),
        help="the wave that declares the levels of attributes",
    )
    parser.add_argument(
        "--by",
        nargs="+",
        default=["size_schools", "geographical_spread"],
        help="attributes of the trusts that are not in the survey",
    )
    parser.add_argument("--seed", type=int, default=2017, help="decides every draw")
    parser.add_argument("--out", type=Path, default=_FOLDER, help=f"a folder named *{SUFFIX}")


def run(arguments: argparse.Namespace) -> None:
    """Write ``coded_excerpts.csv, trusts.csv, README.md``; replace only such an illustration."""
    from buildingtrusts.output.files import write_text
    from buildingtrusts.published.interview_illustration import (
        illustrate_interviews,
        illustration_text,
    )
    from buildingtrusts.study.configuration import load_wave
    from buildingtrusts.study.randomness import task_generator
    from buildingtrusts.survey.interviews import tidy_codes
    from buildingtrusts.survey.raw_table import parse_csv

    out = arguments.out
    raise_if_any([*_name_problems(out), *_held_problems(out)])
    codes = tidy_codes(parse_csv(content_of(arguments.codes), str(arguments.codes)))
    declared = load_wave(arguments.wave_file).attributes
    _check_attributes(arguments, list(declared))
    made = illustrate_interviews(
        [one.code for one in codes.areas],
        [one.code for one in codes.break_points],
        {name: declared[name] for name in arguments.by},
        task_generator(arguments.seed, "illustrate_interviews"),
    )
    command = f"buildingtrusts illustrate-interviews --seed {arguments.seed} --out {out}"
    texts = {
        "coded_excerpts.csv": made.excerpts.to_csv(index=False, lineterminator="\n"),
        "trusts.csv": made.trusts.to_csv(index=False, lineterminator="\n"),
        "README.md": illustration_text(made, command),
    }
    for name, text in texts.items():
        write_text(out / name, text)
    print(f"Wrote {', '.join(texts)} to {out}.", file=sys.stderr)


def _name_problems(out: Path) -> Iterator[Problem]:
    name = out.resolve().name
    if not name.endswith(SUFFIX) or name == SUFFIX:
        yield Problem(
            str(out),
            f"Invented interviews say so in their folder's name, which ends in '{SUFFIX}'.",
            f"Give a folder such as {_FOLDER}.",
            value=name,
        )


def _held_problems(out: Path) -> Iterator[Problem]:
    """Files that may be somebody's interviews: a row that does not say it is an illustration."""
    for name in ("coded_excerpts.csv", "trusts.csv"):
        path = out / name
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", errors="replace", newline="") as stream:
            rows = list(csv.reader(stream))[1:]
        for line, row in enumerate(rows, start=2):
            if row and not row[0].startswith("illustration-"):
                yield Problem(
                    str(path),
                    "Only an illustration is replaced, and this row does not say that it is one.",
                    "Move the file to a folder of its own.",
                    line,
                )
                break


def _check_attributes(arguments: argparse.Namespace, declared: list[str]) -> None:
    unknown = [name for name in arguments.by if name not in declared]
    if unknown:
        raise InputProblems(
            [
                Problem(
                    str(arguments.wave_file),
                    f"Attributes that the wave declares are: {', '.join(declared)}.",
                    "Correct --by.",
                    value=", ".join(unknown),
                )
            ]
        )
