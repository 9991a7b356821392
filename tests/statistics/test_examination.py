"""One function gives the evidence that the workflow's tables come to."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from buildingtrusts.statistics.examination import Effort, chosen_k, examine, permanova_p
from buildingtrusts.statistics.linkage import build_tree, cut_tree
from buildingtrusts.statistics.nulls import NULLS, draw_null, evaluate, null_table
from buildingtrusts.statistics.permanova import permanova
from buildingtrusts.statistics.ratings import (
    Ratings,
    Specification,
    gather_ratings,
    observed_scores,
)
from buildingtrusts.statistics.resampling import leave_one_out, resample_respondents
from buildingtrusts.statistics.stability import null_stability, stability_tables
from buildingtrusts.statistics.verdict import (
    NOISE,
    SUPPORTED,
    Evidence,
    apply_rule,
    gather_evidence,
)

USUAL = Specification()
K = [2, 3, 4]
#: Different numbers, so that one taken for another is noticed.
FEW = Effort(draws=99, bootstraps=60, null_studies=20, null_draws=25)


def streams(task: str) -> np.random.Generator:
    return np.random.default_rng([7, zlib.crc32(task.encode())])


def study(centres: NDArray[np.float64], each: int = 6, spread: float = 0.8) -> Ratings:
    """Whole numbers from 1 to 10 of some respondents around each trust's centres."""
    rng = np.random.default_rng(3)
    mats = np.repeat(np.arange(len(centres)), each)
    answers = centres[mats] + spread * rng.standard_normal((len(mats), centres.shape[1]))
    answers = np.clip(np.rint(answers), 1, 10)
    # Somebody skipped an item, as somebody always does.
    answers[2, 1] = np.nan
    return gather_ratings(answers, mats, [(1, 10, 1)] * centres.shape[1])


def planted() -> Ratings:
    """Nine trusts in three clusters."""
    corners = np.array([[3, 3, 8, 8], [8, 3, 3, 8], [5, 8, 5, 3]], dtype=float)
    nudges = 0.3 * np.random.default_rng(5).standard_normal((9, 4))
    return study(np.repeat(corners, 3, axis=0) + nudges)


def without_clusters() -> Ratings:
    """Nine trusts that differ by a Gaussian alone."""
    return study(5.5 + np.random.default_rng(6).standard_normal((9, 4)))


def hardly_different() -> Ratings:
    """Nine trusts that may as well be one."""
    return study(np.full((9, 4), 5.5), each=4, spread=2.0)


def from_the_workflow(ratings: Ratings, how: Specification, effort: Effort) -> Evidence:
    """The evidence by way of all the tables, each drawn for every null, source and k."""
    n = len(ratings.sizes)
    scores = observed_scores(ratings, how)
    names = [f"MAT {number + 1}" for number in range(n)]
    tree = build_tree(scores, names, how.linkage, how.metric, how.scaling)
    clusters = pd.concat(
        pd.DataFrame({"mat_id": names, "k": k, "cluster": cut_tree(tree, k)}) for k in K
    )
    drawn = {name: draw_null(name, ratings, how, K, effort.draws, streams(name)) for name in NULLS}
    nulls = null_table(evaluate(scores[None], K, how), drawn, n)
    resampled = resample_respondents(ratings, how, K, K, effort.bootstraps, streams("respondents"))
    studies = null_stability(
        ratings, how, K, effort.null_studies, effort.null_draws, streams("null studies")
    )
    tables = stability_tables([resampled, *leave_one_out(ratings, how, K, K)], studies, names)
    mats = np.repeat(np.arange(n), ratings.sizes)
    differ = permanova(ratings.answers, mats, effort.draws, streams("permanova"))
    return gather_evidence(nulls, tables.stability, clusters, differ.chance.p_value)


@pytest.mark.parametrize("made", [planted, without_clusters, hardly_different])
@pytest.mark.parametrize("how", [USUAL, Specification("complete", "manhattan", "zscore", "median")])
def test_the_evidence_is_to_the_last_bit_what_the_tables_come_to(
    made: Callable[[], Ratings], how: Specification
) -> None:
    ratings = made()
    assert examine(ratings, how, K, FEW, streams) == from_the_workflow(ratings, how, FEW)


def test_planted_clusters_are_found_and_supported() -> None:
    evidence = examine(planted(), USUAL, K, FEW, streams)
    assert evidence.sizes == (3, 3, 3)
    assert apply_rule(evidence) == SUPPORTED


def test_each_number_of_draws_goes_where_it_is_said_to() -> None:
    """The smallest p there can be tells how many draws there were."""
    ratings = planted()
    assert permanova_p(ratings, 99, streams("permanova")) == 1 / 100
    evidence = examine(ratings, USUAL, K, FEW, streams)
    assert (evidence.permanova_p, evidence.silhouette_p) == (1 / 100, 1 / 100)
    others = [
        Effort(99, 61, 20, 25),
        Effort(99, 60, 21, 25),
        Effort(99, 60, 20, 26),
    ]
    noise = without_clusters()
    found = [examine(noise, USUAL, K, effort, streams) for effort in (FEW, *others)]
    assert found[1].jaccards != found[0].jaccards
    assert found[1].null_points == found[0].null_points
    assert all(one.null_points != found[0].null_points for one in found[2:])
    assert all(one.jaccards == found[0].jaccards for one in found[2:])


def test_one_respondent_a_trust_cannot_show_that_trusts_differ() -> None:
    rng = np.random.default_rng(1)
    ratings = gather_ratings(rng.integers(1, 11, (9, 4)).astype(float), np.arange(9), [None] * 4)
    evidence = examine(ratings, USUAL, K, FEW, streams)
    assert np.isnan(evidence.permanova_p)
    assert apply_rule(evidence) == NOISE


def test_the_number_of_clusters_is_where_the_standardised_silhouette_is_largest() -> None:
    rows = [
        ("two_level", "mean_silhouette", "max", 2),
        ("gaussian", "standardised_silhouette", "max", 3),
        ("two_level", "standardised_silhouette", "k", 5),
        ("two_level", "standardised_silhouette", "max", 4),
    ]
    assert chosen_k(pd.DataFrame(rows, columns=["null", "statistic", "scope", "k"])) == 4


def test_a_number_of_clusters_out_of_range_is_an_error() -> None:
    with pytest.raises(ValueError, match="with 9 trusts"):
        examine(planted(), USUAL, [2, 9], FEW, streams)
