"""How often the rule finds clusters where there are none, and how often where there are.

Studies of the 2017 survey's shape are made up without clusters, and with three, and judged by the
rule of this study (``statistics/verdict.py``) and by two rules of thumb. Each study has random
numbers of its own, named by its cell and number, so that results depend neither on ``--jobs`` nor
on what ran before; judged studies are kept in ``--work``, and a run that was stopped goes on.
Remove that folder when the rule or a number below has changed.

    python benchmarks/calibration.py --part fpc null power sizes coverage
    python benchmarks/calibration.py --document
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

# Before NumPy is loaded: each process has one thread.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd

from buildingtrusts.statistics.batch import cluster_batch
from buildingtrusts.statistics.examination import Effort
from buildingtrusts.statistics.ratings import observed_scores
from buildingtrusts.study.randomness import task_generator
from calibration_coverage import cover_batch, coverage_designs
from calibration_document import write_document
from calibration_fpc import compare_with_fpc
from calibration_judging import USUAL, clusterboot, judge
from calibration_studies import (
    Design,
    make_study,
    null_designs,
    power_designs,
    sizes_designs,
)
from calibration_summaries import summarise_coverage, summarise_null, summarise_power

K = range(2, 9)
#: Smaller than the workflow's 10,000, 10,000, 200 and 200, to judge studies by the thousand.
EFFORT = Effort(draws=199, bootstraps=199, null_studies=99, null_draws=50)
#: Bootstraps of clusterboot, as many as fpc makes by default.
BOOT = 100
#: Studies that one process judges at a time.
BATCH = 20
ROOT = Path(__file__).resolve().parents[1]

Work = Callable[[tuple[Design, range]], pd.DataFrame]


def main() -> None:
    """Run some parts, or write their tables into the document."""
    arguments = parse(sys.argv[1:])
    if arguments.document:
        write_document(ROOT / "docs" / "calibration.md", arguments.out)
        return
    arguments.work.mkdir(parents=True, exist_ok=True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.part:
        start = time.monotonic()
        if name == "fpc":
            run_fpc(arguments)
        else:
            run_part(name, arguments)
        say(f"{name}: {(time.monotonic() - start) / 60:.1f} minutes")


def parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--part",
        nargs="+",
        choices=("fpc", *PARTS),
        default=["fpc", *PARTS],
        help="which parts to run",
    )
    parser.add_argument("--studies", type=int, help="studies a cell; by default the part's own")
    parser.add_argument(
        "--weak-studies", type=int, help="of them, those judged down to 'weak', from the first on"
    )
    parser.add_argument("--cells", nargs="+", default=[""], help="those whose names hold a word")
    parser.add_argument("--jobs", type=int, default=2, help="processes; changes nothing but time")
    parser.add_argument("--seed", type=int, default=2018, help="of all random numbers")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "docs" / "calibration", help="folder of the tables"
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=ROOT / "build" / "calibration",
        help="folder of judged studies",
    )
    parser.add_argument(
        "--document", action="store_true", help="write the tables into docs/calibration.md"
    )
    return parser.parse_args(words)


def run_part(name: str, arguments: argparse.Namespace) -> None:
    """Make a part's table; it is written anew whenever a cell is done."""
    designs, usual, weak_studies = PARTS[name]
    weak_studies = weak_studies if arguments.weak_studies is None else arguments.weak_studies
    chosen = [one for one in designs if any(word in one.name for word in arguments.cells)]
    if name == "coverage":
        work: Work = partial(cover_batch, seed=arguments.seed)
    else:
        work = partial(judge_batch, seed=arguments.seed, weak_studies=weak_studies)
    tables = []
    with multiprocessing.Pool(arguments.jobs) as pool:
        for place, design in enumerate(chosen, 1):
            start = time.monotonic()
            file = arguments.work / f"{design.name}.csv"
            studies = arguments.studies or usual(design)
            rows = finish_cell(design, file, studies, weak_studies, partial(pool.imap, work))
            tables.append(summarise(name, design, rows, weak_studies))
            table = pd.concat(tables, ignore_index=True)
            table.to_csv(arguments.out / f"{name}.csv", index=False, lineterminator="\n")
            taken = time.monotonic() - start
            say(f"{name} {place}/{len(chosen)} {design.name}: {studies} studies, {taken:.0f} s")


def run_fpc(arguments: argparse.Namespace) -> None:
    """Hold the bootstrap of MATs against R's."""
    table = compare_with_fpc([*null_designs()[3::8], *power_designs()[::4]], arguments.seed, BOOT)
    if table is None:
        say("R or its package fpc is not installed: the comparison is left out.")
    else:
        table.to_csv(arguments.out / "fpc.csv", index=False, lineterminator="\n")


def finish_cell(
    design: Design,
    file: Path,
    studies: int,
    weak_studies: int,
    in_batches: Callable[[Sequence[tuple[Design, range]]], object],
) -> pd.DataFrame:
    """Judge the studies of a cell that its file does not hold, and keep them there."""
    table = pd.read_csv(file) if file.exists() else pd.DataFrame({"study": [], "full": []})
    # Judged less far than is wanted now: to be judged again, with all that follow.
    lacking = table.loc[~(table["full"] | (table["study"] >= weak_studies)), "study"]
    known = table[table["study"] < lacking.min()] if len(lacking) else table
    first = int(known["study"].max()) + 1 if len(known) else 0
    if first < studies:
        tasks = [
            (design, range(start, min(start + BATCH, studies)))
            for start in range(first, studies, BATCH)
        ]
        parts = [*([known] if len(known) else []), *in_batches(tasks)]
        known = pd.concat(parts, ignore_index=True)
        unfinished = file.with_suffix(".part")
        known.to_csv(unfinished, index=False, lineterminator="\n")
        unfinished.rename(file)
    return known[known["study"] < studies]


def summarise(name: str, design: Design, rows: pd.DataFrame, weak_studies: int) -> pd.DataFrame:
    if name == "coverage":
        return summarise_coverage(design, rows)
    if name == "null":
        return pd.DataFrame([summarise_null(design, rows, weak_studies, EFFORT)])
    return pd.DataFrame([summarise_power(design, rows, EFFORT)])


def judge_batch(task: tuple[Design, range], seed: int, weak_studies: int) -> pd.DataFrame:
    """Judge some studies of a cell by every rule.

    Those numbered ``weak_studies`` or higher are judged only as far as to tell whether they are
    ``supported``, which takes a third of the time.
    """
    design, numbers = task
    rows, scores, streams = [], [], []
    for number in numbers:
        start = time.process_time()
        full = number < weak_studies
        stream = partial(task_generator, seed, "calibration", design.name, str(number))
        ratings = make_study(design, stream("study")).ratings
        found = vars(judge(ratings, K, EFFORT, stream, weak_matters=full))
        seconds = round(time.process_time() - start, 3)
        rows.append({"study": number, "full": full, **found, "seconds": seconds})
        scores.append(observed_scores(ratings, USUAL))
        streams.append(stream("clusterboot"))
    table = pd.DataFrame(rows)
    together = np.stack(scores)
    jaccards = clusterboot(together, table["best_k"].tolist(), BOOT, streams)
    table["clusterboot_min"] = [one.min() for one in jaccards]
    table["silhouette_3"] = cluster_batch(together, [3]).silhouettes[:, 0]
    return table


def say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


#: Studies of more trusts take longer to judge.
LARGER = {17: 100, 25: 100, 34: 60, 50: 40}
#: Designs, studies of each, and how many of them are judged down to "weak".
PARTS: dict[str, tuple[list[Design], Callable[[Design], int], int]] = {
    "null": (null_designs(), lambda _: 1000, 300),
    "power": (power_designs(), lambda _: 200, 200),
    "sizes": (sizes_designs(), lambda design: LARGER[len(design.sizes)], 0),
    "coverage": (coverage_designs(), lambda _: 1000, 0),
}

if __name__ == "__main__":
    main()
