"""Time thousands of small clusterings at once against one at a time, in Python and in R.

The same trees (17 trusts, ten items, average linkage) with silhouettes at k = 2 to 8:

- all draws at once, as the nulls and the bootstrap of this study cluster them;
- a loop over SciPy's ``linkage`` and ``cut_tree`` with silhouettes by matrix products;
- a loop over this package's functions for one study;
- a loop over R's ``hclust``, ``cutree`` and ``cluster::silhouette`` (where R is installed).

Loops are timed on a part of the draws and scaled up; their silhouettes have to agree. Then the
four nulls and PERMANOVA on a made-up study of 17 trusts with 5 to 60 respondents. Processor time,
medians over the runs.

    python benchmarks/batch.py --draws 10000
"""

from __future__ import annotations

import argparse
import os
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

from buildingtrusts.statistics.batch import batch_distances, batch_trees, cluster_batch
from buildingtrusts.statistics.linkage import build_tree, cut_tree
from buildingtrusts.statistics.nulls import NULLS, draw_null
from buildingtrusts.statistics.permanova import permanova
from buildingtrusts.statistics.ratings import Specification, gather_ratings
from buildingtrusts.statistics.validity import silhouette

N_MATS, N_ITEMS = 17, 10
K = range(2, 9)
#: Loops are run on one draw in so many.
PART = 20
R_LOOP = """
suppressPackageStartupMessages(library(cluster))
file <- commandArgs(TRUE)
scores <- array(scan(file[1], quiet = TRUE), c(10, 17, as.integer(file[2])))
start <- proc.time()
widths <- apply(scores, 3, function(one) {
  apart <- dist(t(one))
  tree <- hclust(apart, "average")
  sapply(2:8, function(k) mean(silhouette(cutree(tree, k), apart)[, "sil_width"]))
})
cat(sum((proc.time() - start)[1:2]), mean(widths), "\\n")
"""


def main() -> None:
    """Measure and print a Markdown table a question."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=10_000, help="clusterings, and draws of nulls")
    parser.add_argument("--runs", type=int, default=3, help="runs of each measurement")
    arguments = parser.parse_args()
    print(f"{arguments.draws} draws, {os.cpu_count()} cores, NumPy {np.__version__}, ", end="")
    print(f"Python {sys.version.split()[0]}; processor seconds, medians of {arguments.runs}\n")
    report_clusterings(arguments.draws, arguments.runs)
    report_tests(arguments.draws, arguments.runs)


def seconds(work: Callable[[], object], runs: int) -> float:
    """Processor time of one piece of work, the median over the runs."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def report_clusterings(draws: int, runs: int) -> None:
    """All at once, and one at a time."""
    scores = np.random.default_rng(1).normal(6, 1, size=(draws, N_MATS, N_ITEMS))
    part = scores[: max(1, draws // PART)]
    factor = len(scores) / len(part)
    once = cluster_batch(part, K).silhouettes
    for loop in (scipy_loop, package_loop):
        np.testing.assert_allclose(loop(part), once, atol=1e-12)
    rows = [
        ("trees, all at once", seconds(lambda: trees_at_once(scores), runs)),
        ("trees and silhouettes, all at once", seconds(lambda: cluster_batch(scores, K), runs)),
        ("trees, SciPy one at a time", factor * seconds(lambda: scipy_trees(part), runs)),
        ("trees and silhouettes, SciPy", factor * seconds(lambda: scipy_loop(part), runs)),
        ("the same by build_tree", factor * seconds(lambda: package_loop(part), runs)),
    ]
    if shutil.which("Rscript"):
        in_r = statistics.median(r_loop(part, float(once.mean())) for _ in range(runs))
        rows.append(("the same in R, hclust and silhouette", factor * in_r))
    else:
        print("R is not installed: its loop is left out.\n")
    fastest = rows[1][1]
    print("| clusterings | seconds | of the batch |\n|---|---|---|")
    for name, taken in rows:
        print(f"| {name} | {taken:.2f} | {taken / fastest:.1f} |")
    print()


def trees_at_once(scores: NDArray[np.float64], at_once: int = 250) -> None:
    """Distances and trees alone, by chunks as ``cluster_batch`` takes them."""
    for start in range(0, len(scores), at_once):
        batch_trees(batch_distances(scores[start : start + at_once], "euclidean"), "average")


def scipy_trees(scores: NDArray[np.float64]) -> None:
    """A loop over SciPy's trees."""
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import pdist

    for one in scores:
        linkage(pdist(one), "average")


def scipy_loop(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """A loop over SciPy's trees and cuts; silhouettes of each cut by a matrix product."""
    from scipy.cluster.hierarchy import cut_tree as cut
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import pdist, squareform

    widths = np.empty((len(scores), len(K)))
    for number, one in enumerate(scores):
        condensed = pdist(one)
        apart = squareform(condensed)
        labels = cut(linkage(condensed, "average"), list(K)).T + 1
        widths[number] = [silhouette(apart, each).mean_width for each in labels]
    return widths


def package_loop(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """A loop over what the study itself is clustered with."""
    names = [str(number) for number in range(N_MATS)]
    widths = np.empty((len(scores), len(K)))
    for number, one in enumerate(scores):
        tree = build_tree(one, names)
        widths[number] = [silhouette(tree.distances, cut_tree(tree, k)).mean_width for k in K]
    return widths


def r_loop(scores: NDArray[np.float64], mean_width: float) -> float:
    """Processor seconds of R's loop, without starting R or reading the scores."""
    with tempfile.TemporaryDirectory() as folder:
        script, data = Path(folder) / "loop.R", Path(folder) / "scores.txt"
        script.write_text(R_LOOP, encoding="utf-8")
        np.savetxt(data, scores.reshape(-1, N_ITEMS), fmt="%.17g")
        done = subprocess.run(
            ["Rscript", str(script), str(data), str(len(scores))],
            check=True,
            capture_output=True,
            text=True,
        )
    taken, found = map(float, done.stdout.split())
    np.testing.assert_allclose(found, mean_width, rtol=1e-6)
    return taken


def report_tests(draws: int, runs: int) -> None:
    """The four nulls with their clusterings, and PERMANOVA."""
    rng = np.random.default_rng(2)
    sizes = np.rint(np.geomspace(5, 60, N_MATS)).astype(int)
    mats = np.repeat(np.arange(N_MATS), sizes)
    effects = rng.normal(0, 0.8, size=(N_MATS, N_ITEMS))
    answers = np.clip(np.rint(6 + effects[mats] + rng.normal(0, 2, (len(mats), N_ITEMS))), 1, 10)
    answers[rng.random(answers.shape) < 0.01] = np.nan
    ratings = gather_ratings(answers, mats, [(1, 10, 1)] * N_ITEMS)
    print(f"| test of {len(mats)} respondents | seconds |\n|---|---|")
    for null in NULLS:

        def work(null: str = null) -> object:
            return draw_null(null, ratings, Specification(), K, draws, np.random.default_rng(3))

        print(f"| {null} | {seconds(work, runs):.2f} |")
    taken = seconds(lambda: permanova(answers, mats, draws, np.random.default_rng(4)), runs)
    print(f"| PERMANOVA | {taken:.2f} |")


if __name__ == "__main__":
    main()
