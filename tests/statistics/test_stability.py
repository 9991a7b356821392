"""Stability: what comes back when staff are resampled, and when a trust or an item is left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics import stability
from buildingtrusts.statistics.ratings import Ratings
from buildingtrusts.statistics.resampling import (
    leave_one_out,
    resample_respondents,
)
from buildingtrusts.statistics.stability import (
    ASSIGNMENT_COLUMNS,
    CO_CLUSTERING_COLUMNS,
    K_VOTES_COLUMNS,
    STABILITY_COLUMNS,
    join_studies,
    null_stability,
    stability_tables,
)

from .answered_studies import USUAL, planted, points, without_clusters


def tables_of(
    ratings: Ratings, k: Sequence[int] = (2, 3), draws: int = 300, studies: int = 40
) -> stability.Stability:
    rng = np.random.default_rng(5)
    vote_k = range(2, min(6, len(ratings.starts)))
    resamplings = [
        resample_respondents(ratings, USUAL, k, vote_k, draws, rng),
        *leave_one_out(ratings, USUAL, k, vote_k),
    ]
    null = null_stability(ratings, USUAL, k, studies, 30, rng)
    return stability_tables(resamplings, null, names(ratings))


def names(ratings: Ratings) -> list[str]:
    return [f"MAT {number}" for number in range(1, len(ratings.starts) + 1)]


@pytest.fixture(scope="module")
def of_planted() -> stability.Stability:
    return tables_of(planted())


# --- known answers ------------------------------------------------------------------------------


def test_planted_clusters_come_back_and_do_so_better_than_chance(
    of_planted: stability.Stability,
) -> None:
    three = of_planted.stability.query("source == 'respondents' and k == 3")
    assert (three["jaccard_mean"] > 0.98).all()
    assert (three["jaccard_mean"] > three["null_q95"]).all()
    assert (three["jaccard_q05"] == 1).all()


def test_every_trust_is_surely_in_its_planted_cluster(of_planted: stability.Stability) -> None:
    three = of_planted.assignment.query("k == 3")
    likely = three.loc[three.groupby("mat_id", sort=False)["probability"].idxmax()]
    # By turns in cluster 1, 2 and 3.
    assert likely["cluster"].tolist() == [1, 2, 3] * 4
    assert (likely["probability"] > 0.98).all()


def test_the_planted_number_of_clusters_gets_the_votes(of_planted: stability.Stability) -> None:
    votes = of_planted.k_votes.query("source == 'respondents'").set_index("k")["share"]
    assert votes.idxmax() == 3
    assert votes[3] > 0.95


def test_without_clusters_nothing_is_above_chance() -> None:
    found = tables_of(without_clusters()).stability.query("source == 'respondents'")
    above = found["jaccard_mean"] > found["null_q95"]
    assert not above.groupby(found["k"]).all().any()


# --- tables -------------------------------------------------------------------------------------


def test_tables_have_the_columns_of_their_contracts(of_planted: stability.Stability) -> None:
    assert of_planted.stability.columns.tolist() == list(STABILITY_COLUMNS)
    assert of_planted.co_clustering.columns.tolist() == list(CO_CLUSTERING_COLUMNS)
    assert of_planted.assignment.columns.tolist() == list(ASSIGNMENT_COLUMNS)
    assert of_planted.k_votes.columns.tolist() == list(K_VOTES_COLUMNS)


def test_probabilities_of_a_trust_add_up_to_one(of_planted: stability.Stability) -> None:
    sums = of_planted.assignment.groupby(["k", "mat_id"])["probability"].sum()
    assert len(sums) == 2 * 12
    assert sums.to_numpy() == pytest.approx(np.ones(24))
    votes = of_planted.k_votes.groupby("source")["share"].sum()
    assert votes.to_numpy() == pytest.approx(np.ones(3))
    assert set(of_planted.assignment["kind"]) == {"member"}


def test_each_pair_of_trusts_is_there_once_and_in_order(of_planted: stability.Stability) -> None:
    mats = names(planted())
    pairs = [(one, other) for place, one in enumerate(mats) for other in mats[place + 1 :]]
    of_each = of_planted.co_clustering.groupby(["source", "k"])
    assert len(of_each) == 3 * 2
    for _, part in of_each:
        assert list(zip(part["mat_id"], part["other_id"], strict=True)) == pairs
    assert of_planted.co_clustering["probability"].between(0, 1).all()


def test_draws_are_counted_where_they_have_a_say() -> None:
    # A cluster of one has no draw without its member; a pair none without either.
    tables = tables_of(points(1, 2, 3, 20), k=[2], draws=70, studies=3)
    counted = tables.stability.set_index(["source", "cluster"])[["draws", "null_draws"]]
    assert counted.loc[("respondents", 1)].tolist() == [70, 30]
    assert counted.loc[("leave_one_mat", 1)].tolist() == [4, 4]
    assert counted.loc[("leave_one_mat", 2)].tolist() == [3, 4]
    assert (tables.stability["null_studies"] == 3).all()
    pairs = tables.co_clustering.groupby("source")["draws"].unique()
    assert {source: one.tolist() for source, one in pairs.items()} == {
        "respondents": [70],
        "leave_one_mat": [2],
    }


def null_of(*weakest: float) -> pd.DataFrame:
    """Null studies of two clusters: the weaker one as given, and one that always comes back."""
    rows = [
        ("respondents", study, 2, size, jaccard, 30)
        for study, one in enumerate(weakest, start=1)
        for size, jaccard in ((3, 1.0), (1, one))
    ]
    return pd.DataFrame(rows, columns=["source", "study", "k", "size", "jaccard", "draws"])


def test_every_cluster_is_held_against_the_weakest_of_each_null_study() -> None:
    drawn = resample_respondents(points(1, 2, 3, 20), USUAL, [2], [2], 10, np.random.default_rng(1))
    weakest = np.arange(0, 1.01, 0.05)
    found = stability_tables([drawn], null_of(*weakest), list("ABCD")).stability
    assert found["null_q50"].tolist() == pytest.approx([0.5, 0.5])
    assert found["null_q95"].tolist() == pytest.approx([0.95, 0.95])
    assert found["null_studies"].tolist() == [21, 21]


def test_a_null_that_lacks_a_source_is_refused() -> None:
    (left_out,) = leave_one_out(points(1, 2, 3, 20), USUAL, [2], [2])
    with pytest.raises(ValueError, match="no studies for leave_one_mat at k = 2"):
        stability_tables([left_out], null_of(0.5), list("ABCD"))


def test_every_trust_needs_a_name() -> None:
    (left_out,) = leave_one_out(points(1, 2, 3, 20), USUAL, [2], [2])
    with pytest.raises(ValueError, match="come with 2 names"):
        stability_tables([left_out], null_of(0.5), ["A", "B"])


# --- null studies -------------------------------------------------------------------------------


def test_null_studies_have_the_shape_of_the_study() -> None:
    null = null_stability(without_clusters(), USUAL, [3, 2], 4, 20, np.random.default_rng(1))
    assert null.groupby(["source", "study", "k"])["size"].sum().eq(12).all()
    assert null["jaccard"].between(0, 1).all()
    assert null.groupby("source")["draws"].unique().map(list).to_dict() == {
        "leave_one_item": [6],
        "leave_one_mat": [12],
        "respondents": [20],
    }
    assert null.query("source == 'respondents' and study == 1")["k"].tolist() == [2, 2, 3, 3, 3]


def test_null_studies_differ_from_each_other() -> None:
    null = null_stability(without_clusters(), USUAL, [2], 12, 20, np.random.default_rng(1))
    weakest = null.query("source == 'respondents'").groupby("study")["jaccard"].min()
    assert len(set(weakest)) == 12


# --- the same wherever it runs ------------------------------------------------------------------


def test_the_first_draws_are_the_same_however_many_follow() -> None:
    few, many = (
        resample_respondents(planted(), USUAL, [2], [2], draws, np.random.default_rng(8))
        for draws in (250, 600)
    )
    np.testing.assert_array_equal(few.comparisons[2].jaccards, many.comparisons[2].jaccards[:250])


def test_null_studies_do_not_depend_on_how_many_are_held_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def drawn() -> pd.DataFrame:
        return null_stability(planted(), USUAL, [2, 3], 5, 20, np.random.default_rng(8))

    together = drawn()
    monkeypatch.setattr(stability, "CHUNK_ANSWERS", 1)
    pd.testing.assert_frame_equal(drawn(), together, check_exact=True)


def test_null_studies_resampled_in_parts_are_those_resampled_at_once() -> None:
    def drawn(part: tuple[int, int] = (0, 1)) -> pd.DataFrame:
        rng = np.random.default_rng(8)
        return null_stability(planted(), USUAL, [2, 3], 7, 20, rng, part=part)

    parts = [drawn((place, 3)) for place in range(3)]
    assert [sorted(part["study"].unique()) for part in parts] == [[1, 2], [3, 4], [5, 6, 7]]
    pd.testing.assert_frame_equal(join_studies(parts), drawn(), check_exact=True)


def test_a_kind_of_null_study_by_itself_is_what_it_is_among_others() -> None:
    def drawn(**chosen: tuple[str, ...]) -> pd.DataFrame:
        return null_stability(planted(), USUAL, [3], 5, 20, np.random.default_rng(8), **chosen)

    every, one = drawn(), drawn(sources=("respondents",))
    of_kind = every[every["source"] == "respondents"].reset_index(drop=True)
    pd.testing.assert_frame_equal(one, of_kind, check_exact=True)
    with pytest.raises(ValueError, match="sources"):
        drawn(sources=("weather",))


@pytest.mark.parametrize(("k", "vote_k"), [([12], [2]), ([2], [1]), ([], [2]), ([2], [])])
def test_numbers_of_clusters_out_of_range_are_refused(k: list[int], vote_k: list[int]) -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="with 12 trusts needed are numbers from 2 to 11"):
        resample_respondents(planted(), USUAL, k, vote_k, 10, rng)
    with pytest.raises(ValueError, match="needed are numbers from 2 to 11"):
        leave_one_out(planted(), USUAL, k, vote_k)


def test_there_has_to_be_something_to_draw() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="draws is 0"):
        resample_respondents(planted(), USUAL, [2], [2], 0, rng)
    with pytest.raises(ValueError, match="0 studies are asked for"):
        null_stability(planted(), USUAL, [2], 0, 10, rng)
    with pytest.raises(ValueError, match="draws is 0"):
        null_stability(planted(), USUAL, [2], 10, 0, rng)
