"""Stability: what comes back when staff are resampled, and when a trust or an item is left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from buildingtrusts.statistics import stability
from buildingtrusts.statistics.linkage import build_tree, cut_tree
from buildingtrusts.statistics.nulls import Ratings, Specification, gather_ratings
from buildingtrusts.statistics.stability import (
    ASSIGNMENT_COLUMNS,
    CO_CLUSTERING_COLUMNS,
    K_VOTES_COLUMNS,
    STABILITY_COLUMNS,
    Resampling,
    join,
    join_studies,
    leave_one_out,
    null_stability,
    resample_respondents,
    stability_tables,
)

NAN = float("nan")
USUAL = Specification()


def study(*trusts: Sequence[Sequence[float]], weights: list[float] | None = None) -> Ratings:
    """A study from the answers of each trust: one row a respondent; decimals without bounds."""
    answers = np.array([row for trust in trusts for row in trust], dtype=float)
    mats = np.repeat(np.arange(len(trusts)), [len(trust) for trust in trusts])
    return gather_ratings(
        answers, mats, [None] * answers.shape[1], None if weights is None else np.array(weights)
    )


def points(*scores: float) -> Ratings:
    """Trusts of one respondent each who answered one item."""
    return study(*[[[score]] for score in scores])


def drawn_study(
    centres: NDArray[np.float64], n: int, rng: np.random.Generator, spread: float = 1.5
) -> Ratings:
    """Whole numbers from 1 to 10 of n respondents a trust around the trusts' centres."""
    n_mats, n_items = centres.shape
    mats = np.repeat(np.arange(n_mats), n)
    answers = centres[mats] + spread * rng.standard_normal((len(mats), n_items))
    scales = [(1.0, 10.0, 1.0)] * n_items
    return gather_ratings(np.clip(np.rint(answers), 1, 10), mats, scales)


def planted() -> Ratings:
    """Twelve trusts, by turns in three clusters three points apart on some of six items."""
    centres = np.array([[3, 3, 3, 6, 6, 6], [6, 6, 6, 3, 3, 3], [8, 8, 8, 8, 8, 8]], dtype=float)
    return drawn_study(centres[np.arange(12) % 3], 15, np.random.default_rng(11))


def without_clusters() -> Ratings:
    """Twelve trusts that differ by a Gaussian alone."""
    rng = np.random.default_rng(12)
    return drawn_study(5.5 + 0.7 * rng.standard_normal((12, 6)), 15, rng)


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


def test_single_answers_cannot_be_resampled_into_anything_else() -> None:
    drawn = resample_respondents(
        points(1, 2, 6, 7, 20), USUAL, [3], [2, 3, 4], 300, np.random.default_rng(1)
    )
    assert (drawn.comparisons[3].jaccards == 1).all()
    assert drawn.comparisons[3].members.tolist() == [
        *([300, 0, 0], [300, 0, 0], [0, 300, 0], [0, 300, 0], [0, 0, 300])
    ]
    assert drawn.votes == {2: 0, 3: 300, 4: 0}


def test_resampled_shares_are_those_of_the_coin_that_decides() -> None:
    # The middle trust's two respondents say 0 and 10: a quarter of the draws are (0, 0), a quarter
    # (10, 10), and with (0, 10) its mean, 5.2, is nearer to the trusts above.
    ratings = study([[0.0]], [[0.2]], [[0.4], [10.0]], [[10.2]], [[10.0]])
    drawn = resample_respondents(ratings, USUAL, [2], [2], 4000, np.random.default_rng(2))
    shares = drawn.comparisons[2].members / 4000
    assert shares[[0, 1]].tolist() == [[1, 0], [1, 0]]
    assert shares[2] == pytest.approx([0.25, 0.75], abs=0.03)
    # With (0, 0) cluster 1 has three trusts instead of two, and cluster 2 two instead of three.
    assert drawn.comparisons[2].jaccards.mean(axis=0) == pytest.approx(
        [0.75 + 0.25 * 2 / 3, 0.75 + 0.25 * 2 / 3], abs=0.02
    )


# --- leaving out --------------------------------------------------------------------------------


def test_leaving_out_each_trust_of_three_by_hand() -> None:
    # 0 and 4 are a cluster, 9 is another. Without 0 or 4 the other of them still stands for its
    # cluster; without 9 they are torn apart, and nothing is left of cluster 2.
    (trusts,) = leave_one_out(points(0, 4, 9), USUAL, [2], [2])
    found = trusts.comparisons[2]
    assert trusts.source == "leave_one_mat"
    np.testing.assert_array_equal(found.jaccards, [[1, 1], [1, 1], [0.5, NAN]])
    assert np.diag(found.both).tolist() == [2, 2, 2]
    assert found.both[0, 1] == found.both[1, 2] == 1
    assert found.together[0, 1] == found.together[0, 2] == 0


def test_clusters_are_matched_whatever_numbers_the_draw_gives_them() -> None:
    # Without the first trust the second begins the draw's cluster 1, though it is of cluster 2.
    (trusts,) = leave_one_out(points(0, 10, 11, 1, 2), USUAL, [2], [2])
    found = trusts.comparisons[2]
    assert found.reference.tolist() == [1, 2, 2, 1, 1]
    assert (found.jaccards == 1).all()
    assert found.members.tolist() == [[4, 0], [0, 4], [0, 4], [4, 0], [4, 0]]


def test_leaving_out_the_item_that_tells_clusters_apart_undoes_them() -> None:
    rows = [[0.0, 1.0], [0.0, 2.0], [9.0, 1.0], [9.0, 2.0]]
    trusts, items = leave_one_out(study(*[[row] for row in rows]), USUAL, [2], [2])
    assert (trusts.source, items.source) == ("leave_one_mat", "leave_one_item")
    # Without the first item 1 and 3 are together, and 2 and 4; without the second all is well.
    np.testing.assert_allclose(items.comparisons[2].jaccards, [[1 / 3, 1 / 3], [1, 1]])
    assert items.comparisons[2].together[0].tolist() == [2, 1, 1, 0]


def test_respondents_are_centred_over_the_items_that_are_left() -> None:
    rows = [[9.0, 6.0, 7.0], [9.0, 6.0, 7.0], [8.0, 3.0, 1.0], [3.0, 3.0, 8.0], [9.0, 1.0, 5.0]]
    centred = Specification(scaling="respondent_centred")
    _, items = leave_one_out(study(*[[row] for row in rows]), centred, [2], [2])
    for item in range(3):
        left = np.delete(np.array(rows), item, axis=1)
        tree = build_tree(left - left.mean(axis=1, keepdims=True), list("ABCDE"))
        expected = best_matches(items.comparisons[2].reference, cut_tree(tree, 2))
        assert items.comparisons[2].jaccards[item].tolist() == expected


def test_one_item_has_no_second_to_be_left() -> None:
    assert [one.source for one in leave_one_out(points(1, 2, 9), USUAL, [2], [2])] == [
        "leave_one_mat"
    ]


def best_matches(reference: NDArray[np.int64], labels: NDArray[np.int64]) -> list[float]:
    """Jaccard of each reference cluster with the most similar one, set by set."""

    def sets(of: NDArray[np.int64]) -> list[set[int]]:
        return [set(np.flatnonzero(of == one).tolist()) for one in range(1, of.max() + 1)]

    return [
        max(len(ours & theirs) / len(ours | theirs) for theirs in sets(labels))
        for ours in sets(reference)
    ]


@pytest.mark.parametrize("k", [2, 4, 6])
def test_draws_are_compared_as_one_at_a_time_would_be(k: int) -> None:
    scores = np.random.default_rng(k).normal(size=(11, 3))
    _, items = leave_one_out(study(*[[row] for row in scores.tolist()]), USUAL, [k], [k])
    found = items.comparisons[k]
    overlap = 0
    together = np.zeros((11, 11), dtype=int)
    for item in range(3):
        labels = cut_tree(build_tree(np.delete(scores, item, axis=1), range(11)), k)
        assert found.jaccards[item].tolist() == best_matches(found.reference, labels)
        table = pd.crosstab(found.reference, labels).to_numpy()
        overlap += table[linear_sum_assignment(table, maximize=True)].sum()
        together += labels[:, None] == labels
    # As many trusts keep their cluster as the best one-to-one matching lets keep it.
    assert found.members[np.arange(11), found.reference - 1].sum() == overlap
    assert (found.together == together).all()


# --- resampling ---------------------------------------------------------------------------------


def resampled_scores(
    ratings: Ratings, specification: Specification, monkeypatch: pytest.MonkeyPatch
) -> list[NDArray[np.float64]]:
    """The scores that are clustered, as they reach the clustering."""
    seen = []
    original = stability.cluster_batch

    def spy(scores: NDArray[np.float64], *others: object) -> object:
        seen.append(scores)
        return original(scores, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(stability, "cluster_batch", spy)
    resample_respondents(ratings, specification, [2], [2], 400, np.random.default_rng(3))
    return seen[1:]


def test_weights_and_skipped_answers_are_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = study(
        *([[1.0, 5.0], [9.0, NAN], [NAN, 7.0]], [[2.0, 2.0]], [[3.0, 3.0]]),
        weights=[1, 3, 1, 1, 1],
    )
    scores = np.concatenate(resampled_scores(ratings, USUAL, monkeypatch))
    assert scores.shape == (400, 3, 2)
    assert (scores[:, 1:] == [[2, 2], [3, 3]]).all()
    # Of the first trust's answers 1 weighs 1 and 9 weighs 3: all ways to draw three people.
    first = {(1 * a + 9 * 3 * b) / (a + 3 * b) for a in range(4) for b in range(4 - a) if a + b}
    assert set(scores[:, 0, 0].round(12)) <= {round(one, 12) for one in first}
    assert len(set(scores[:, 0, 0])) > 4
    assert set(scores[:, 0, 1]) == {5, 7, 6, 19 / 3, 17 / 3}


def test_medians_are_of_the_people_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = study([[1.0], [2.0], [8.0]], [[5.0]], [[6.0]])
    scores = resampled_scores(ratings, Specification(statistic="median"), monkeypatch)
    first = np.concatenate(scores)[:, 0, 0]
    assert set(first) == {1, 2, 8}
    # Two or three of three people are the first in 7 of 27 draws.
    assert (first == 1).mean() == pytest.approx(7 / 27, abs=0.07)


def test_centring_comes_before_resampling(monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = study([[1.0, 3.0], [5.0, 9.0]], [[2.0, 2.0]], [[3.0, 9.0]])
    centred = Specification(scaling="respondent_centred")
    scores = np.concatenate(resampled_scores(ratings, centred, monkeypatch))
    # Each person's answers are a distance of 2 or 4 apart.
    assert {tuple(one) for one in scores[:, 0]} == {(-1, 1), (-2, 2), (-1.5, 1.5)}


def test_no_draw_leaves_an_item_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = study([[1.0, NAN], [3.0, NAN], [NAN, 5.0]], [[2.0, 2.0]], [[9.0, 9.0]])
    scores = np.concatenate(resampled_scores(ratings, USUAL, monkeypatch))
    assert np.isfinite(scores).all()
    assert set(scores[:, 0, 0]) == {1, 2, 3}


def test_a_trust_that_can_hardly_be_resampled_keeps_its_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Only a draw of all twelve people, of 12 ** 12, has an answer to each of twelve items.
    alone = np.where(np.eye(12, dtype=bool), 5.0, NAN).tolist()
    ratings = study(alone, [[1.0] * 12], [[9.0] * 12])
    scores = np.concatenate(resampled_scores(ratings, USUAL, monkeypatch))
    assert (scores[:, 0] == 5).all()


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


def test_bootstraps_drawn_in_parts_are_those_drawn_at_once() -> None:
    def drawn(part: tuple[int, int] = (0, 1)) -> Resampling:
        rng = np.random.default_rng(8)
        return resample_respondents(planted(), USUAL, [2, 3], [2, 3], 600, rng, part)

    whole, joined = drawn(), join([drawn((0, 2)), drawn((1, 2))])
    for k in (2, 3):
        np.testing.assert_array_equal(joined.comparisons[k].jaccards, whole.comparisons[k].jaccards)
        np.testing.assert_array_equal(joined.comparisons[k].members, whole.comparisons[k].members)
    assert joined.votes == whole.votes


def test_joined_parts_are_all_their_draws() -> None:
    def part(seed: int) -> Resampling:
        return resample_respondents(
            without_clusters(), USUAL, [2, 3], [2, 3], 30, np.random.default_rng(seed)
        )

    one, other = part(1), part(2)
    both = join([one, other])
    assert both.comparisons[3].jaccards.shape == (60, 3)
    assert (both.comparisons[2].together[0] > one.comparisons[2].together[0]).any()
    assert np.diag(both.comparisons[2].both).tolist() == [60] * 12
    assert sum(both.votes.values()) == 60


def test_parts_of_different_kinds_are_not_joined() -> None:
    trusts, items = leave_one_out(without_clusters(), USUAL, [2], [2])
    with pytest.raises(ValueError, match="2 parts are of 2 kinds"):
        join([trusts, items])


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
