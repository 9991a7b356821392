"""Trees whose shape is known, whatever order the trusts come in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.statistics.linkage import (
    LINKAGES,
    METRICS,
    Tree,
    agglomerative_coefficient,
    build_tree,
    cophenetic_correlation,
    cut_tree,
    leaf_order,
    number_by_first_member,
    scale,
    tied_merges,
)

#: The same examples on every run, however slow the machine.
REPEATED = settings(derandomize=True, deadline=None)

#: Points on a line with five different gaps: 1, 3, 2, 20, 4 lie between them.
LINE = np.array([[0.0], [1.0], [4.0], [6.0], [26.0], [30.0]])


def tree_of(scores: np.ndarray, linkage: str = "average", **choices: str) -> Tree:
    return build_tree(scores, [f"T{n}" for n in range(1, len(scores) + 1)], linkage, **choices)


def groups(tree: Tree, k: int) -> set[frozenset[str]]:
    cut = cut_tree(tree, k)
    return {
        frozenset(label for label, number in zip(tree.labels, cut, strict=True) if number == one)
        for one in set(cut.tolist())
    }


@pytest.mark.parametrize(
    ("linkage", "heights"),
    [
        # Pairs at 1, 2 and 4; the two pairs on the left; all.
        ("average", [1, 2, 4, (4 + 6 + 3 + 5) / 4, (26 * 4 - 11 + 30 * 4 - 11) / 8]),
        ("complete", [1, 2, 4, 6, 30]),
        ("single", [1, 2, 3, 4, 20]),
        # Sums of squares: 2 * n1 n2 / (n1 + n2) times the squared distance of the centres.
        ("ward", [1, 2, 4, np.sqrt(2 * 4.5**2), np.sqrt(2 * 4 * 2 / 6 * (28 - 2.75) ** 2)]),
    ],
)
def test_merges_have_the_heights_that_the_linkage_defines(
    linkage: str, heights: list[float]
) -> None:
    np.testing.assert_allclose(tree_of(LINE, linkage).merge_heights, heights)


def test_distances_are_those_of_the_metric() -> None:
    scores = np.array([[1.0, 2.0], [4.0, 6.0]])
    assert tree_of(scores).distances[0, 1] == 5.0
    assert tree_of(scores, metric="manhattan").distances[0, 1] == 7.0
    opposite = np.array([[1.0, 2.0, 3.0], [9.0, 5.0, 1.0]])
    assert tree_of(opposite, metric="correlation").distances[0, 1] == pytest.approx(2.0)


def test_z_scores_give_items_the_same_weight() -> None:
    scores = np.array([[0.0, 0.0], [1.0, 100.0], [2.0, 50.0]])
    found = scale(scores, "zscore")
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(found.std(axis=0, ddof=1), 1)
    assert scale(scores, "none") is scores


@pytest.mark.parametrize("score", [5.0, 0.1, 14 / 3])
def test_an_item_on_which_all_trusts_agree_adds_nothing(score: float) -> None:
    scores = np.column_stack([LINE, np.full(len(LINE), score)])
    assert not scale(scores, "zscore")[:, 1].any()
    np.testing.assert_allclose(
        tree_of(scores, scaling="zscore").merges, tree_of(LINE, scaling="zscore").merges
    )


@pytest.mark.parametrize("linkage", LINKAGES)
@REPEATED
@given(order=st.permutations(range(6)), k=st.integers(2, 5))
def test_clusters_do_not_hang_on_the_order_of_trusts(
    linkage: str, order: list[int], k: int
) -> None:
    scores = np.column_stack([LINE[:, 0], LINE[::-1, 0] ** 2 / 30])
    labels = [f"T{n}" for n in range(6)]
    straight = build_tree(scores, labels, linkage)
    mixed = build_tree(scores[order], [labels[place] for place in order], linkage)
    np.testing.assert_allclose(mixed.merge_heights, straight.merge_heights)
    assert groups(mixed, k) == groups(straight, k)


def test_clusters_are_numbered_by_first_member() -> None:
    tree = tree_of(np.array([[9.0], [0.0], [20.0], [9.5], [0.5]]))
    assert cut_tree(tree, 3).tolist() == [1, 2, 3, 1, 2]
    assert cut_tree(tree, 1).tolist() == [1] * 5
    assert cut_tree(tree, 5).tolist() == [1, 2, 3, 4, 5]


@REPEATED
@given(st.lists(st.integers(-3, 9), min_size=1, max_size=12))
def test_numbers_follow_first_appearance_and_keep_the_groups(numbers: list[int]) -> None:
    found = number_by_first_member(np.array(numbers)).tolist()
    firsts = list(dict.fromkeys(found))
    assert firsts == list(range(1, len(firsts) + 1))
    assert [numbers.index(one) for one in numbers] == [found.index(one) for one in found]


@pytest.mark.parametrize("k", [0, 7, -1])
def test_there_are_at_least_one_cluster_and_at_most_one_a_trust(k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}; with 6 objects it can be from 1 to 6"):
        cut_tree(tree_of(LINE), k)


def test_leaves_stand_so_that_no_branches_cross() -> None:
    tree = tree_of(LINE[[5, 0, 2, 4, 1, 3]])
    drawn = [tree.labels[place] for place in leaf_order(tree)]
    for k in range(1, 6):
        for group in groups(tree, k):
            places = sorted(drawn.index(label) for label in group)
            assert places == list(range(places[0], places[0] + len(group)))


def test_a_tree_of_ultrametric_distances_keeps_them_all() -> None:
    # Two near points, and one that is as far from either.
    points = np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, 7.0]])
    assert cophenetic_correlation(tree_of(points)) == pytest.approx(1)
    assert cophenetic_correlation(tree_of(LINE)) < 0.999
    assert np.isnan(cophenetic_correlation(tree_of(np.eye(3))))


def test_the_agglomerative_coefficient_by_hand() -> None:
    # First merges at 1, 1, 2, 2, 4, 4; the last at 25.25.
    assert agglomerative_coefficient(tree_of(LINE)) == pytest.approx(1 - (14 / 6) / 25.25)
    assert agglomerative_coefficient(tree_of(np.array([[0.0], [1.0]]))) == 0.0
    assert np.isnan(agglomerative_coefficient(tree_of(np.zeros((3, 2)))))


@pytest.mark.parametrize("linkage", LINKAGES)
def test_ties_are_counted(linkage: str) -> None:
    assert tied_merges(tree_of(LINE, linkage)) == 0
    # Four corners of a square: any side may be first, either side left may be second.
    square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert tied_merges(tree_of(square, linkage)) >= 1
    assert tied_merges(tree_of(np.zeros((3, 2)), linkage)) == 1


def test_ties_are_found_among_groups_and_up_to_rounding() -> None:
    # A pair at 0 and 2 has its mean as far from -3 as from 5: 4 on average, both of them.
    assert tied_merges(tree_of(np.array([[0.0], [2.0], [-3.0], [5.0]]))) == 1
    # Three at 0, 3 and 9 have their mean at 4, as far from -14 as that is from -32.
    assert tied_merges(tree_of(np.array([[0.0], [3.0], [9.0], [-14.0], [-32.0]]))) == 1
    # Tenths are no binary fractions: 0.3 - 0.2 is not 0.2 - 0.1.
    assert tied_merges(tree_of(np.array([[0.1], [0.2], [0.3]]))) == 1
    assert tied_merges(tree_of(np.array([[0.1], [0.2], [0.3001]]))) == 0


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"linkage": "centroid"}, "linkage is 'centroid'; allowed are average, complete, single"),
        ({"metric": "cosine"}, "metric is 'cosine'; allowed are euclidean, manhattan"),
        ({"scaling": "log"}, "scaling is 'log'; allowed are none, zscore, respondent_centred"),
        ({"linkage": "ward", "metric": "manhattan"}, "'ward' is defined for Euclidean distances"),
    ],
)
def test_a_choice_that_is_not_offered_is_refused(choices: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tree_of(LINE, **choices)


def test_missing_scores_are_refused_with_the_trusts_they_are_of() -> None:
    scores = np.array([[1.0, np.nan], [2.0, 3.0], [np.nan, np.inf]])
    with pytest.raises(ValueError, match="3 scores are missing, of T1, T3; leave these objects"):
        tree_of(scores)


def test_a_tree_needs_two_trusts_of_different_names() -> None:
    with pytest.raises(ValueError, match="at least two objects, found 1"):
        tree_of(LINE[:1])
    with pytest.raises(ValueError, match="3 objects need as many different labels"):
        build_tree(LINE[:3], ["A", "B", "A"])


@pytest.mark.parametrize("scaling", ["none", "zscore"])
def test_a_trust_that_rates_all_alike_has_no_correlation(scaling: str) -> None:
    scores = np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0], [3.0, 1.0, 2.0]])
    if scaling == "none":
        with pytest.raises(ValueError, match="those of T2 do not"):
            tree_of(scores, metric="correlation")
    else:
        assert len(tree_of(scores, metric="correlation", scaling=scaling).merges) == 2


@pytest.mark.parametrize("metric", METRICS)
def test_distances_are_symmetric_with_nothing_on_the_diagonal(metric: str) -> None:
    scores = np.random.default_rng(2).normal(size=(5, 4))
    distances = tree_of(scores, metric=metric).distances
    assert (distances == distances.T).all()
    assert not distances.diagonal().any()
