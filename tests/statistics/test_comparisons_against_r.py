"""Adjusted Rand index and Jaccard coefficients: R's ``fpc`` and ``mclust``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from buildingtrusts.statistics.cluster_matching import best_jaccards
from buildingtrusts.statistics.validity import adjusted_rand

ORACLES = Path(__file__).parents[1] / "oracles"
PAIRS = pd.read_csv(ORACLES / "comparisons_partitions.csv")
CLUSTERS = pd.read_csv(ORACLES / "comparisons_clusters.csv")
PAIR = ["data", "one", "one_k", "other", "other_k"]
every_pair = pytest.mark.parametrize("number", PAIRS.index)


def labels(text: str) -> NDArray[np.int64]:
    return np.array(text.split(";"), dtype=np.int64)


@every_pair
def test_adjusted_rand_indices_are_rs(number: int) -> None:
    pair = PAIRS.loc[number]
    found = adjusted_rand(labels(pair["first"]), labels(pair["second"]))
    assert found == pytest.approx(pair["adjusted_rand"], abs=1e-10)


@every_pair
def test_best_jaccards_are_rs(number: int) -> None:
    pair = PAIRS.loc[number]
    same = (CLUSTERS[PAIR] == pair[PAIR]).all(axis=1)
    expected = CLUSTERS.loc[same, "best_jaccard"]
    found = best_jaccards(labels(pair["first"]), labels(pair["second"])[None])
    np.testing.assert_allclose(found[0], expected, rtol=0, atol=1e-10)


def test_the_pairs_range_from_the_same_partition_to_unlike_ones() -> None:
    assert PAIRS["adjusted_rand"].max() == 1
    assert PAIRS["adjusted_rand"].min() < 0.25
