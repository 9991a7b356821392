"""Resampled staff, and a trust or an item left out: which clusters are found again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from buildingtrusts.statistics import resampling
from buildingtrusts.statistics.linkage import build_tree, cut_tree
from buildingtrusts.statistics.ratings import Ratings, Specification
from buildingtrusts.statistics.resampling import (
    Resampling,
    join,
    leave_one_out,
    resample_respondents,
)

from .answered_studies import NAN, USUAL, planted, points, study, without_clusters


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


def resampled_scores(
    ratings: Ratings, specification: Specification, monkeypatch: pytest.MonkeyPatch
) -> list[NDArray[np.float64]]:
    """The scores that are clustered, as they reach the clustering."""
    seen = []
    original = resampling.cluster_batch

    def spy(scores: NDArray[np.float64], *others: object) -> object:
        seen.append(scores)
        return original(scores, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(resampling, "cluster_batch", spy)
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
