"""Join coded interviews to clusters and attributes of the trusts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.contents import content_of
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from buildingtrusts.statistics.interviews import Grouping
    from buildingtrusts.survey.interviews import Codes, Interviews

NOT_CLUSTERED, NOT_SURVEYED = "(not clustered)", "(not in the survey)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--interviews",
        type=Path,
        required=True,
        help="folder with coded_excerpts.csv and, for trusts that are not in the wave, trusts.csv; "
        "its name says whether they were held (2017) or invented (2017-illustration)",
    )
    parser.add_argument("--codes", type=Path, required=True, help="areas and break points")
    parser.add_argument("--wave", required=True, help="name of the wave they are joined to")
    parser.add_argument("--clusters", required=True, help="table of the wave's clusters")
    parser.add_argument("--trusts", required=True, help="the wave's tidy trusts")
    parser.add_argument("--attributes", required=True, help="declared levels of its attributes")
    parser.add_argument("--k", type=int, nargs="+", required=True, help="partitions to join")
    parser.add_argument(
        "--by",
        nargs="*",
        default=["size_schools", "geographical_spread"],
        help="attributes by which break points are counted and tested",
    )
    parser.add_argument("--draws", type=int, default=100_000, help="of Monte Carlo tests")
    parser.add_argument("--seed", type=int, required=True, help="the study's seed")
    parser.add_argument("--out", type=Path, required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``interviews.csv, interview_tests.csv``.

    Everything is checked before anything is written.
    """
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.statistics.interviews import compare_break_points, summarise_interviews
    from buildingtrusts.study.randomness import task_generator
    from buildingtrusts.survey.interviews import provenance_of

    name = arguments.interviews.resolve().name
    trusts = read_table(arguments.trusts, text=True)
    levels = _levels(arguments)
    codes, interviews, others = _checked(arguments, provenance_of(name), levels, trusts)
    excerpts = interviews.table
    attributes = _attribute_groups(excerpts, trusts, others, levels)
    table = summarise_interviews(
        excerpts,
        [one.code for one in codes.areas],
        [one.code for one in codes.break_points],
        _cluster_groups(excerpts, read_table(arguments.clusters), trusts, arguments.k),
        attributes,
    )
    tests = compare_break_points(
        excerpts,
        [one.code for one in codes.break_points],
        attributes,
        stream=lambda task: task_generator(arguments.seed, name, "interviews", task),
        draws=arguments.draws,
    )
    for stem, frame in (("interviews", table), ("interview_tests", tests)):
        frame.insert(0, "interviews", name)
        frame.insert(1, "wave", arguments.wave)
        write_result(arguments.out / f"{stem}.csv", frame)
    for note in interviews.notes:
        print(note, file=sys.stderr)


def _checked(
    arguments: argparse.Namespace,
    provenance: str,
    levels: Mapping[str, Sequence[str]],
    trusts: pd.DataFrame,
) -> tuple[Codes, Interviews, pd.DataFrame]:
    """Read the folder's files and the codes; raise with the problems of all."""
    from buildingtrusts.survey.interviews import tidy_codes, tidy_excerpts, tidy_interviewed
    from buildingtrusts.survey.raw_table import parse_csv

    codes = tidy_codes(parse_csv(content_of(arguments.codes), str(arguments.codes)))
    problems: list[Problem] = []
    file = arguments.interviews / "coded_excerpts.csv"
    others = trusts.iloc[:0][["mat_id", *levels]]
    try:
        interviews = tidy_excerpts(parse_csv(content_of(file), str(file)), codes, provenance)
    except InputProblems as found:
        problems += found.problems
    file = arguments.interviews / "trusts.csv"
    if file.is_file():
        try:
            raw = parse_csv(content_of(file), str(file))
            others = tidy_interviewed(raw, levels, set(trusts["mat_id"]))
        except InputProblems as found:
            problems += found.problems
    raise_if_any(problems)
    return codes, interviews, others


def _levels(arguments: argparse.Namespace) -> dict[str, list[str]]:
    """Levels of the attributes that break points are counted by."""
    from buildingtrusts.output.tables import read_table

    declared = read_table(arguments.attributes, text=True)
    found = declared.groupby("attribute", sort=False)["level"].apply(list).to_dict()
    raise_if_any(
        Problem(
            str(arguments.attributes),
            f"Attributes of the wave {arguments.wave} are: {', '.join(found) or 'none'}.",
            "Correct --by, or declare the attribute in the wave's file.",
            value=name,
        )
        for name in arguments.by
        if name not in found
    )
    return {name: found[name] for name in arguments.by}


def _attribute_groups(
    excerpts: pd.DataFrame,
    trusts: pd.DataFrame,
    others: pd.DataFrame,
    levels: Mapping[str, Sequence[str]],
) -> list[Grouping]:
    import pandas as pd

    from buildingtrusts.statistics.interviews import UNKNOWN_LEVELS, Grouping

    known = pd.concat([trusts[["mat_id", *levels]], others]).set_index("mat_id")
    groups = []
    for name, declared in levels.items():
        level_of = {
            mat: str(known.at[mat, name]) if mat in known.index else UNKNOWN_LEVELS[0]
            for mat in excerpts["mat_id"].unique()
        }
        unknown = [level for level in UNKNOWN_LEVELS if level in level_of.values()]
        groups.append(Grouping(name, level_of, (*declared, *unknown)))
    return groups


def _cluster_groups(
    excerpts: pd.DataFrame, clusters: pd.DataFrame, trusts: pd.DataFrame, k_values: Sequence[int]
) -> list[Grouping]:
    from buildingtrusts.statistics.interviews import Grouping

    surveyed = set(trusts["mat_id"])
    groups = []
    for k in (k for k in k_values if (clusters["k"] == k).any()):
        of_k = clusters[clusters["k"] == k]
        cluster_of = dict(zip(of_k["mat_id"], of_k["cluster"], strict=True))
        level_of = {
            mat: str(cluster_of[mat])
            if mat in cluster_of
            else (NOT_CLUSTERED if mat in surveyed else NOT_SURVEYED)
            for mat in excerpts["mat_id"].unique()
        }
        numbers = [str(number) for number in sorted(of_k["cluster"].unique())]
        groups.append(Grouping("cluster", level_of, (*numbers, NOT_CLUSTERED, NOT_SURVEYED), k))
    return groups
