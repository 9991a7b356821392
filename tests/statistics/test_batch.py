"""Thousands of clusterings at once are those that one at a time gives."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import calinski_harabasz_score

from buildingtrusts.statistics import batch
from buildingtrusts.statistics.batch import (
    Clusterings,
    batch_distances,
    batch_trees,
    cluster_batch,
    scale_batch,
)
from buildingtrusts.statistics.linkage import Tree, build_tree, cut_tree
from buildingtrusts.statistics.validity import silhouette

CHOICES = [
    *(("ward", "euclidean", scaling) for scaling in ("none", "zscore")),
    *(
        (linkage, metric, scaling)
        for linkage in ("average", "complete", "single")
        for metric in ("euclidean", "manhattan", "correlation")
        for scaling in ("none", "zscore")
    ),
]
every_choice = pytest.mark.parametrize("choice", CHOICES, ids="-".join)
every_linkage = pytest.mark.parametrize("linkage", ["average", "complete", "single", "ward"])


def means(n_draws: int, n: int, n_items: int = 10, seed: int = 1) -> NDArray[np.float64]:
    """Trust means on a scale of 1-10, with so many decimals that nothing is tied."""
    return np.random.default_rng(seed).normal(6, 1.2, size=(n_draws, n, n_items))


def tied(n_draws: int, n: int, n_items: int = 4) -> NDArray[np.float64]:
    """Medians of few answers: whole and half numbers, with many equal distances."""
    return np.random.default_rng(2).integers(4, 11, size=(n_draws, n, n_items)) / 2


def one_tree(scores: NDArray[np.float64], choice: tuple[str, str, str]) -> Tree:
    return build_tree(scores, [str(row) for row in range(len(scores))], *choice)


def hold_against_one_at_a_time(
    drawn: NDArray[np.float64], found: Clusterings, choice: tuple[str, str, str]
) -> None:
    assert found.widths is not None
    for number, scores in enumerate(drawn):
        tree = one_tree(scores, choice)
        for place, k in enumerate(found.k):
            labels = cut_tree(tree, k)
            np.testing.assert_array_equal(found.labels[number, place], labels)
            alone = silhouette(tree.distances, labels)
            np.testing.assert_allclose(found.widths[number, place], alone.widths, atol=1e-12)
            assert found.silhouettes[number, place] == pytest.approx(alone.mean_width, abs=1e-12)


@every_choice
@pytest.mark.parametrize(("n_draws", "n"), [(12, 17), (6, 30), (6, 9), (3, 3)])
def test_a_batch_clusters_each_draw_as_if_it_were_alone(
    choice: tuple[str, str, str], n_draws: int, n: int
) -> None:
    drawn = means(n_draws, n)
    k = [number for number in range(2, 9) if number <= n]
    hold_against_one_at_a_time(drawn, cluster_batch(drawn, k, *choice, keep_widths=True), choice)


@every_choice
def test_where_distances_are_tied_a_batch_still_merges_what_one_at_a_time_merges(
    choice: tuple[str, str, str],
) -> None:
    # A trust with the same median on every item has no correlation; build_tree refuses it.
    drawn = tied(40, 17)
    drawn = drawn[(np.ptp(drawn, axis=2) > 0).all(axis=1)]
    assert len(drawn) > 20
    k = range(2, 9)
    hold_against_one_at_a_time(drawn, cluster_batch(drawn, k, *choice, keep_widths=True), choice)


@every_choice
def test_merges_are_at_the_heights_of_one_tree_at_a_time(choice: tuple[str, str, str]) -> None:
    drawn = np.concatenate([means(10, 17, 4), tied(10, 17)])
    drawn = drawn[(np.ptp(drawn, axis=2) > 0).all(axis=1)]
    apart = batch_distances(scale_batch(drawn, choice[2]), choice[1])
    trees = batch_trees(apart, choice[0])
    for number, scores in enumerate(drawn):
        alone = one_tree(scores, choice)
        np.testing.assert_allclose(apart[number], alone.distances, atol=1e-12)
        np.testing.assert_allclose(trees.heights[number], alone.merge_heights, atol=1e-12)


@every_linkage
def test_a_pair_of_a_merge_holds_one_member_of_each_side(linkage: str) -> None:
    drawn = means(8, 12)
    trees = batch_trees(batch_distances(drawn, "euclidean"), linkage)
    for number, scores in enumerate(drawn):
        alone = one_tree(scores, (linkage, "euclidean", "none"))
        for step, pair in enumerate(trees.pairs[number]):
            before, after = (cut_tree(alone, len(scores) - made) for made in (step, step + 1))
            assert before[pair[0]] != before[pair[1]]
            assert after[pair[0]] == after[pair[1]]


@pytest.mark.parametrize("scaling", ["none", "zscore"])
def test_pseudo_f_is_that_of_calinski_and_harabasz(scaling: str) -> None:
    drawn = means(20, 17)
    found = cluster_batch(drawn, range(2, 9), "average", "manhattan", scaling)
    for number, scores in enumerate(scale_batch(drawn, scaling)):
        for place in range(7):
            expected = calinski_harabasz_score(scores, found.labels[number, place])
            assert found.pseudo_f[number, place] == pytest.approx(expected, rel=1e-10)


def test_nothing_depends_on_how_draws_are_split_into_chunks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = means(50, 17)
    together = cluster_batch(drawn, range(2, 9), keep_widths=True)
    monkeypatch.setattr(batch, "CHUNK_DISTANCES", 7 * 17**2)
    apart = cluster_batch(drawn, range(2, 9), keep_widths=True)
    for name in ("labels", "silhouettes", "pseudo_f", "widths"):
        np.testing.assert_array_equal(getattr(together, name), getattr(apart, name))


def test_a_draw_larger_than_a_chunk_is_a_chunk_of_its_own() -> None:
    n = 300
    assert n**2 > batch.CHUNK_DISTANCES
    drawn = means(2, n, n_items=3)
    found = cluster_batch(drawn, [2, 40], keep_widths=True)
    hold_against_one_at_a_time(drawn, found, ("average", "euclidean", "none"))


def test_results_come_in_the_order_of_the_k_asked_for() -> None:
    drawn = means(5, 10)
    upwards, downwards = cluster_batch(drawn, [2, 3, 5]), cluster_batch(drawn, [5, 3, 2])
    assert downwards.k == (5, 3, 2)
    np.testing.assert_array_equal(upwards.labels, downwards.labels[:, ::-1])
    np.testing.assert_array_equal(upwards.silhouettes, downwards.silhouettes[:, ::-1])


def test_trusts_that_are_clusters_of_their_own_have_no_silhouette_and_no_pseudo_f() -> None:
    found = cluster_batch(means(3, 6), [6], keep_widths=True)
    assert found.widths is not None
    assert not found.widths.any()
    assert np.isnan(found.pseudo_f).all()


def test_trusts_that_all_agree_are_no_clusters() -> None:
    found = cluster_batch(np.full((2, 6, 3), 7.0), [2, 3])
    assert not found.silhouettes.any()
    assert np.isnan(found.pseudo_f).all()


def test_a_trust_that_rates_everything_alike_correlates_with_nobody() -> None:
    drawn = means(1, 5, n_items=3)
    # The mean of three times 0.1 is not 0.1 to the last bit.
    drawn[0, 2] = 0.1
    assert batch_distances(drawn, "correlation")[0, 2].tolist() == [1, 1, 0, 1, 1]


def test_widths_are_kept_only_if_asked_for() -> None:
    assert cluster_batch(means(2, 5), [2]).widths is None


@pytest.mark.parametrize("k", [1, 6])
def test_an_impossible_number_of_clusters_is_refused_with_the_possible_ones(k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}; with 5 objects it can be from 2 to 5"):
        cluster_batch(means(2, 5), [2, k])


def test_a_missing_score_is_refused() -> None:
    drawn = means(2, 5)
    drawn[1, 2, 3] = np.nan
    with pytest.raises(ValueError, match="1 scores of the draws are missing"):
        cluster_batch(drawn, [2])


def test_one_study_without_its_axis_of_draws_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(5, 10\); needed are draws x objects x items"):
        cluster_batch(means(1, 5)[0], [2])


def test_ward_needs_euclidean_distances() -> None:
    with pytest.raises(ValueError, match="linkage 'ward' is defined for Euclidean"):
        cluster_batch(means(2, 5), [2], "ward", "manhattan")
