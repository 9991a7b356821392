"""Internal indices against R, scikit-learn and hand; at the edges, formulas divide by 0."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from buildingtrusts.statistics.batch import cluster_batch
from buildingtrusts.statistics.indices import (
    c_index,
    calinski_harabasz,
    davies_bouldin,
    dunn,
    internal_indices,
)
from buildingtrusts.statistics.linkage import build_tree, cut_tree, scale

ORACLES = Path(__file__).parents[1] / "oracles"
VALUES = pd.read_csv(ORACLES / "indices_values.csv")
EXACT = 1e-10
INDICES = ("calinski_harabasz", "davies_bouldin", "dunn", "c_index")


def partition(case: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray]:
    frame = pd.read_csv(ORACLES / "data" / f"{case['data']}.csv")
    scores = scale(frame.drop(columns="label").to_numpy(float), case["scaling"])
    tree = build_tree(scores, frame["label"].tolist(), case["linkage"], case["metric"])
    return scores, tree.distances, cut_tree(tree, case["k"])


def apart(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sqrt(np.square(points[:, None] - points).sum(axis=2))


def line(*points: float) -> NDArray[np.float64]:
    return np.array(points)[:, None]


def test_the_oracle_covers_every_linkage_and_metric() -> None:
    assert set(VALUES["linkage"]) == {"average", "complete", "single", "ward"}
    assert set(VALUES["metric"]) == {"euclidean", "manhattan", "correlation"}


@pytest.mark.parametrize("row", VALUES.index)
def test_all_four_indices_are_those_of_r(row: int) -> None:
    case = VALUES.loc[row]
    found = internal_indices(*partition(case))
    for name in INDICES:
        assert getattr(found, name) == pytest.approx(case[name], rel=EXACT), name


@pytest.mark.parametrize("row", VALUES.index[:14])
def test_the_pseudo_f_is_that_of_scikit_learn_and_of_the_draws(row: int) -> None:
    case = VALUES.loc[row]
    scores, _, labels = partition(case)
    found = calinski_harabasz(scores, labels)
    assert found == pytest.approx(calinski_harabasz_score(scores, labels), rel=EXACT)
    batch = cluster_batch(scores[None], [int(case["k"])], case["linkage"], case["metric"])
    assert found == pytest.approx(batch.pseudo_f[0, 0], rel=EXACT)


def test_davies_bouldin_is_scikit_learns_where_both_members_are_equally_far_from_the_middle() -> (
    None
):
    """scikit-learn takes mean distances and not their root mean square: the same for pairs."""
    pairs = np.array([[0, 0], [2, 1], [9, 1], [8, 3], [4, 12], [5, 9.0]])
    labels = np.array([1, 1, 2, 2, 3, 3])
    assert davies_bouldin(pairs, labels) == pytest.approx(davies_bouldin_score(pairs, labels))
    uneven = np.vstack([pairs, [[0, 5]]])
    labels = np.append(labels, 1)
    assert davies_bouldin(uneven, labels) > davies_bouldin_score(uneven, labels)


def test_indices_of_two_pairs_are_as_worked_by_hand() -> None:
    # Members 0 and 2, 10 and 14: centroids 1 and 12, squares within 2 + 8, between 4 x 5.5 x 5.5.
    points, labels = line(0, 2, 10, 14), np.array([1, 1, 2, 2])
    found = internal_indices(points, apart(points), labels)
    assert found.calinski_harabasz == pytest.approx((121 / 1) / (10 / 2))
    assert found.davies_bouldin == pytest.approx((1 + 2) / 11)
    assert found.dunn == pytest.approx(8 / 4)
    # Distances are 2, 4, 8, 10, 12 and 14; the two smallest are those within clusters.
    assert found.c_index == 0
    # With 0 and 10, 2 and 14 instead: (10 + 12 - 6) / (26 - 6).
    assert c_index(apart(points), np.array([1, 2, 1, 2])) == pytest.approx(16 / 20)


def test_a_cluster_of_one_has_no_spread_and_no_diameter() -> None:
    points, labels = line(0, 2, 10), np.array([1, 1, 2])
    found = internal_indices(points, apart(points), labels)
    assert found.davies_bouldin == pytest.approx(1 / 9)
    assert found.dunn == 4
    assert found.calinski_harabasz == pytest.approx(2 / 3 * 81 / (2 / 1))


@pytest.mark.parametrize("name", INDICES)
def test_objects_all_on_their_own_have_no_index(name: str) -> None:
    points = line(0, 2, 10)
    assert np.isnan(getattr(internal_indices(points, apart(points), np.array([1, 2, 3])), name))


def test_members_that_coincide_are_perfect_clusters() -> None:
    # Three times 0.1 is not 0.3 in floating point: the mean is not exactly where the members are.
    points, labels = line(*[0.1] * 3, *[0.7] * 3), np.array([1, 1, 1, 2, 2, 2])
    found = internal_indices(points, apart(points), labels)
    assert found.calinski_harabasz == found.dunn == np.inf
    assert found.davies_bouldin == found.c_index == 0


def test_objects_that_all_coincide_have_only_the_worst_davies_bouldin() -> None:
    points, labels = line(*[0.1] * 6), np.array([1, 1, 1, 2, 2, 2])
    found = internal_indices(points, apart(points), labels)
    assert np.isnan([found.calinski_harabasz, found.dunn, found.c_index]).all()
    assert found.davies_bouldin == np.inf


def test_clusters_around_one_centre_are_the_worst_for_davies_and_bouldin() -> None:
    points, labels = line(-1, 1, -5, 5), np.array([1, 1, 2, 2])
    assert davies_bouldin(points, labels) == np.inf
    assert dunn(apart(points), labels) == pytest.approx(4 / 10)


def test_without_scores_only_the_indices_of_distances_are_known() -> None:
    points, labels = line(0, 2, 10, 14), np.array([1, 1, 2, 2])
    found = internal_indices(None, apart(points), labels)
    assert np.isnan([found.calinski_harabasz, found.davies_bouldin]).all()
    assert (found.dunn, found.c_index) == (2, 0)


@pytest.mark.parametrize("labels", [[1, 1, 1], [1, 1, 3], [0, 0, 1]])
def test_one_cluster_or_a_gap_in_the_numbers_is_refused(labels: list[int]) -> None:
    points = line(0, 2, 10)
    with pytest.raises(ValueError, match=r"numbered .*; needed are two clusters or more"):
        internal_indices(points, apart(points), np.array(labels))
