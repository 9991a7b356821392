"""Time the evidence of the shipped wave, and its bootstrap beside the peers'.

The bootstrap: respondents of a made-up study (17 trusts, ten items, 5 to 60 answers each) are
resampled, trusts clustered by average linkage and compared with the reference at k = 2 to 8, with
silhouettes. Beside it, with as many draws: the same in a loop over SciPy; R's
``fpc::clusterboot`` and ``pvclust``, which resample trusts and items and not respondents, at one k
and one scale (where R and the packages are installed). Processor time, medians over the runs;
loops are timed on a part of the draws and scaled up.

The evidence of the wave: wall-clock time on two cores and the largest process, by the workflow,
of the nulls and the bootstrap, and of the null studies and the multiverse, at the default draws.

    python benchmarks/evidence.py --draws 10000
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.ratings import (
    Ratings,
    Specification,
    gather_ratings,
    observed_scores,
)
from buildingtrusts.statistics.resampling import resample_respondents

ROOT = Path(__file__).resolve().parents[1]
WAVE = "2017-reconstruction"
SIZES = (5, 6, 7, 8, 9, 11, 12, 14, 16, 18, 20, 23, 27, 32, 38, 47, 60)
K = range(2, 9)
#: Loops are run on one draw in so many.
PART = 20
R_PEERS = """
file <- commandArgs(TRUE)
scores <- matrix(scan(file[1], quiet = TRUE), nrow = 17, byrow = TRUE)
draws <- as.integer(file[2])
timed <- function(package, run) {
  if (!requireNamespace(package, quietly = TRUE)) return(NA)
  set.seed(1)
  start <- proc.time()
  invisible(capture.output(run()))
  sum((proc.time() - start)[1:2])
}
cat(timed("fpc", function() fpc::clusterboot(dist(scores), B = draws, distances = TRUE,
      clustermethod = fpc::disthclustCBI, method = "average", k = 3, count = FALSE)),
    timed("pvclust", function() pvclust::pvclust(t(scores), method.hclust = "average",
      method.dist = "euclidean", nboot = draws, r = 1, quiet = TRUE)), "\\n")
"""


def main() -> None:
    """Measure and print a Markdown table a question."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=10_000, help="bootstraps")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each")
    parser.add_argument("--skip-wave", action="store_true", help="leave the wave's own times out")
    arguments = parser.parse_args()
    report_bootstrap(arguments.draws, arguments.runs)
    if not arguments.skip_wave:
        report_wave()


def made_up_study() -> Ratings:
    """Seventeen trusts that differ, without clusters."""
    rng = np.random.default_rng(1)
    mats = np.repeat(np.arange(len(SIZES)), SIZES)
    effects = rng.normal(0, 0.8, (len(SIZES), 10))
    answers = np.clip(np.rint(7 + effects[mats] + rng.normal(0, 2, (len(mats), 10))), 1, 10)
    return gather_ratings(answers, mats, [(1, 10, 1)] * 10)


def report_bootstrap(draws: int, runs: int) -> None:
    """The bootstrap beside the peers'."""
    study = made_up_study()
    ours = median_time(
        lambda: resample_respondents(
            study, Specification(), list(K), list(K), draws, np.random.default_rng(1)
        ),
        runs,
    )
    few = max(1, draws // PART)
    loop = median_time(lambda: scipy_loop(study, few), runs) * draws / few
    print(f"Bootstrap, {draws} draws: medians of {runs} runs, processor time\n")
    print("| | seconds | over ours |\n|---|---|---|")
    print(f"| respondents resampled, k = 2 to 8, all at once (ours) | {ours:.2f} | 1 |")
    print(f"| the same, a loop over SciPy | {loop:.1f} | {loop / ours:.1f} |")
    for name, seconds in peers_in_r(observed_scores(study, Specification()), draws, runs).items():
        print(f"| {name} | {seconds:.1f} | {seconds / ours:.1f} |")
    print()


def scipy_loop(study: Ratings, draws: int) -> None:
    """Resample, aggregate, cluster, cut, and measure silhouettes and Jaccards one by one."""
    from scipy.cluster.hierarchy import cut_tree, linkage
    from scipy.spatial.distance import pdist, squareform

    rng = np.random.default_rng(1)
    parts = np.split(study.answers, study.starts[1:])

    def clusters(scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        apart = pdist(scores)
        return squareform(apart), cut_tree(linkage(apart, "average"), K)

    _, reference = clusters(observed_scores(study, Specification()))
    for _ in range(draws):
        drawn = [part[rng.integers(len(part), size=len(part))].mean(axis=0) for part in parts]
        apart, labels = clusters(np.array(drawn))
        for place, k in enumerate(K):
            members = np.eye(k)[labels[:, place]]
            totals, sizes = apart @ members, members.sum(axis=0)
            own = members.astype(bool)
            a = totals[own] / np.maximum(sizes[labels[:, place]] - 1, 1)
            b = np.where(own, np.inf, totals / sizes).min(axis=1)
            np.mean((b - a) / np.maximum(a, b))
            shared = np.eye(k)[reference[:, place]].T @ members
            either = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0) - shared
            (shared / either).max(axis=1)


def peers_in_r(scores: NDArray[np.float64], draws: int, runs: int) -> dict[str, float]:
    """Seconds of the peers in R; none where R is not installed."""
    if shutil.which("Rscript") is None:
        print("R is not installed; clusterboot and pvclust are left out.\n")
        return {}
    few = max(1, draws // PART)
    with tempfile.TemporaryDirectory() as folder:
        script, file = Path(folder, "peers.R"), Path(folder, "scores.txt")
        script.write_text(R_PEERS, encoding="utf-8")
        np.savetxt(file, scores)
        command = ["Rscript", "--vanilla", str(script), str(file), str(few)]
        measured = [
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            for _ in range(runs)
        ]
    found = {}
    for place, name in enumerate(("R fpc::clusterboot, k = 3", "R pvclust, one scale")):
        if "NA" in {one[place] for one in measured}:
            print(f"{name.split(',')[0]} is not installed and left out.\n")
        else:
            seconds = statistics.median(float(one[place]) for one in measured)
            found[name] = seconds * draws / few
    return found


def median_time(run: Callable[[], object], runs: int) -> float:
    """Median processor time of some runs, after one that is not counted."""
    run()
    times = []
    for _ in range(runs):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return statistics.median(times)


def report_wave() -> None:
    """The evidence of the shipped wave at its default draws, by the workflow on two cores."""
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study"
        for part in ("config", "data/published", f"data/raw/{WAVE}", "workflow", "profiles", "src"):
            ignored = shutil.ignore_patterns("*.pyc")
            shutil.copytree(ROOT / part, study / part, ignore=ignored)
        shutil.copy(ROOT / "Snakefile", study / "Snakefile")
        tables = f"results/{WAVE}/tables"
        workflow(study, f"{tables}/clusters.csv")
        print("Evidence of the shipped wave at its default draws, two cores\n")
        print("| | seconds | largest process so far, MB |\n|---|---|---|")
        drawn = f"data/processed/{WAVE}/evidence"
        for name, targets in (
            (
                "nulls and bootstrap",
                (f"{tables}/nulls.csv", f"{drawn}/respondents-1.npz", f"{drawn}/respondents-2.npz"),
            ),
            (
                "null studies of the bootstrap, multiverse",
                (f"{tables}/stability.csv", f"{tables}/multiverse.csv"),
            ),
            ("all other evidence, without figures", (f"{tables}/verdict.csv", *others(tables))),
        ):
            start = time.perf_counter()
            workflow(study, *targets)
            seconds = time.perf_counter() - start
            largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"| {name} | {seconds:.1f} | {largest:.0f} |")


def others(tables: str) -> list[str]:
    """Tables of the evidence that stand by themselves."""
    names = ("merge_tests", "k_indices", "continuum")
    return [f"{tables}/{name}.csv" for name in names]


def workflow(study: Path, *targets: str) -> None:
    """Make some files of the study."""
    command = [sys.executable, "-m", "snakemake", *targets, "--cores", "2", "--quiet", "all"]
    subprocess.run(command, cwd=study, check=True, capture_output=True)


if __name__ == "__main__":
    main()
