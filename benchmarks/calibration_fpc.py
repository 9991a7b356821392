"""Hold this re-implementation of ``clusterboot`` against R's fpc, on the same bootstrap samples."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from buildingtrusts.statistics.ratings import observed_scores
from buildingtrusts.study.randomness import task_generator
from calibration_judging import USUAL, clusterboot_of
from calibration_studies import Design, make_study

# Nothing but the sampling of objects takes random numbers, so that the seed gives the samples.
IN_R = """
suppressPackageStartupMessages(library(fpc))
words <- commandArgs(TRUE)
scores <- as.matrix(read.csv(words[1], header = FALSE))
k <- as.integer(words[2]); boot <- as.integer(words[3]); n <- nrow(scores)
found <- clusterboot(scores, B = boot, clustermethod = hclustCBI, method = "average", k = k,
                     scaling = FALSE, seed = 7, count = FALSE)
set.seed(7)
samples <- t(replicate(boot, sample(n, n, replace = TRUE)))
write.table(samples, words[4], sep = ",", row.names = FALSE, col.names = FALSE)
cat(format(found$bootmean, digits = 17), sep = "\\n")
"""


def compare_with_fpc(
    designs: Sequence[Design], seed: int, boot: int, k: Sequence[int] = (2, 3, 4)
) -> pd.DataFrame | None:
    """Mean Jaccard of each cluster of one study a design by both; None without R or fpc."""
    if not shutil.which("Rscript") or _r("-e", "library(fpc)").returncode:
        return None
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for design in designs:
            made = make_study(design, task_generator(seed, "calibration", "fpc", design.name))
            scores = observed_scores(made.ratings, USUAL)
            for one in k:
                by_fpc, samples = _by_fpc(scores, one, boot, Path(folder))
                ours = clusterboot_of(scores[None], [one], [samples])[0]
                rows += [
                    {
                        "cell": design.name,
                        "k": one,
                        "cluster": cluster,
                        "fpc": theirs,
                        "ours": mine,
                        "draws": boot,
                    }
                    for cluster, (theirs, mine) in enumerate(zip(by_fpc, ours, strict=True), 1)
                ]
    return pd.DataFrame(rows)


def _by_fpc(scores: np.ndarray, k: int, boot: int, folder: Path) -> tuple[list[float], np.ndarray]:
    script, table, samples = (folder / name for name in ("boot.R", "scores.csv", "samples.csv"))
    script.write_text(IN_R, encoding="utf-8")
    np.savetxt(table, scores, delimiter=",", fmt="%.17g")
    done = _r(str(script), str(table), str(k), str(boot), str(samples))
    if done.returncode:
        raise RuntimeError(f"R stopped: {done.stderr}")
    means = [float(line) for line in done.stdout.split()]
    return means, np.loadtxt(samples, delimiter=",", dtype=np.int64, ndmin=2) - 1


def _r(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["Rscript", *words], text=True, capture_output=True, check=False)
