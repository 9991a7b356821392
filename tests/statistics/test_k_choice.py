"""How many clusters: planted numbers are found, noise gives one, and edges give no answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.statistics.k_choice import (
    Criterion,
    KIndices,
    choose_best,
    choose_k,
    compare_dispersions,
    gap_statistic,
    log_dispersions,
    prediction_strength,
    reference_box,
    reference_samples,
    split_strengths,
)
from buildingtrusts.statistics.linkage import build_tree, scale
from buildingtrusts.statistics.partitions import Partitions, partition_tree

SEVEN = {
    *("silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "c_index"),
    *("prediction_strength", "gap"),
}


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def planted(sizes: tuple[int, ...] = (6, 6, 5), seed: int = 3) -> NDArray[np.float64]:
    """Scores around as many far-away profiles as there are sizes."""
    profiles = np.array([[9, 2, 5, 1], [2, 9, 1, 6], [1, 1, 9, 9], [9, 9, 9, 1]], dtype=float)
    own = np.repeat(np.arange(len(sizes)), sizes)
    return profiles[own] + rng(seed).normal(scale=0.4, size=(len(own), 4))


def parts_of(
    scores: NDArray[np.float64], k: list[int], linkage: str = "average", metric: str = "euclidean"
) -> Partitions:
    names = [f"MAT {n}" for n in range(len(scores))]
    return partition_tree(build_tree(scores, names, linkage, metric), k, scores)


def indices_of(
    scores: NDArray[np.float64], k: list[int], draws: int = 60, metric: str = "euclidean"
) -> KIndices:
    return choose_k(parts_of(scores, k, metric=metric), scores, metric, draws, lambda _: rng())


def chosen(found: KIndices) -> dict[tuple[str, str | None], int | None]:
    return {(one.index, one.null): one.chosen for one in found.criteria}


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "correlation"])
def test_every_index_finds_two_planted_clusters(metric: str) -> None:
    found = indices_of(planted((9, 8)), [2, 3, 4, 5, 6], metric=metric)
    assert {one.index for one in found.criteria} == SEVEN
    assert set(chosen(found).values()) == {2}
    assert found.vote().values.tolist() == [0, 7, 0, 0, 0, 0]


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "correlation"])
@pytest.mark.parametrize("sizes", [(6, 6, 5), (5, 5, 5, 5)])
def test_most_indices_find_more_planted_clusters(sizes: tuple[int, ...], metric: str) -> None:
    vote = indices_of(planted(sizes), [2, 3, 4, 5, 6], metric=metric).vote()
    assert vote.chosen == len(sizes)
    assert vote.values.max() >= 5.5


def test_the_gap_stops_at_one_cluster_where_two_of_three_are_no_better_than_chance() -> None:
    found = gap_statistic(planted(), "scaled_pca", 5, 200, rng())
    assert found.chosen == 1
    assert found.values.argmax() + 1 == 3


def test_only_the_gap_and_prediction_strength_see_that_there_are_no_clusters() -> None:
    picks = chosen(indices_of(rng(5).normal(size=(40, 6)), [2, 3, 4, 5]))
    alone = {index for (index, _), k in picks.items() if k == 1}
    assert alone == {"gap", "prediction_strength"}
    assert picks["gap", "original"] == 1


def test_correlated_items_without_clusters_fool_the_null_along_the_items_only() -> None:
    """Evenly spread over a box that is much larger than the oblong cloud of the objects."""
    scores = np.outer(np.linspace(0, 10, 40), np.ones(4)) + rng(2).normal(size=(40, 4))
    picks = [
        gap_statistic(scores, null, 5, 99, rng(), "ward").chosen
        for null in ("scaled_pca", "original")
    ]
    assert picks[0] == 1
    assert picks[1] != 1


def test_the_table_has_its_columns_its_order_and_its_draws() -> None:
    table = indices_of(planted(), [2, 3, 4, 5]).table()
    assert tuple(table.columns) == EVIDENCE_TABLES["k_indices"].columns
    assert table["index"].drop_duplicates().tolist()[-3:] == ["prediction_strength", "gap", "vote"]
    by_index = table.groupby("index")
    assert by_index["draws"].unique().map(list).to_dict() == {
        **{name: [0] for name in SEVEN},
        **{name: [60] for name in ("gap", "prediction_strength", "vote")},
    }
    ks = by_index["k"].unique().map(list)
    assert ks["silhouette"] == ks["c_index"] == [2, 3, 4, 5]
    assert ks["gap"] == ks["prediction_strength"] == ks["vote"] == [1, 2, 3, 4, 5]
    assert table["null"].notna().sum() == 10
    with_errors = table.loc[table["se"].notna(), "index"]
    assert set(with_errors) == {"gap", "prediction_strength"}
    assert (table.groupby(["index", "null"], dropna=False)["chosen"].sum() == 1).all()


def test_values_are_those_of_the_partitions() -> None:
    scores = planted()
    parts = parts_of(scores, [2, 3, 4])
    table = choose_k(parts, scores, "euclidean", 5, lambda _: rng()).table().set_index("index")
    told = parts.tables()["partitions"]
    assert table.loc["silhouette", "value"].tolist() == told["mean_silhouette"].tolist()
    for name in ("calinski_harabasz", "davies_bouldin", "dunn", "c_index"):
        assert table.loc[name, "value"].tolist() == told[name].tolist()


def test_large_values_are_best_or_small_ones_as_the_index_has_it() -> None:
    k, rising = (2, 3, 4), np.array([0.1, 0.2, 0.3])
    picks = {
        name: choose_best(name, k, rising).chosen
        for name in ("silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "c_index")
    }
    assert picks == {
        **{"silhouette": 4, "calinski_harabasz": 4, "dunn": 4},
        **{"davies_bouldin": 2, "c_index": 2},
    }


@pytest.mark.parametrize(
    ("values", "pick"),
    [
        ([0.3, 0.3 + 1e-15, 0.1], 2),
        ([0.1, np.inf, np.inf], 3),
        ([np.nan, 0.1, 0.2], 4),
        ([np.nan, np.nan, np.nan], None),
    ],
)
def test_ties_go_to_the_smaller_k_and_missing_values_are_passed_over(
    values: list[float], pick: int | None
) -> None:
    assert choose_best("dunn", (2, 3, 4), np.array(values)).chosen == pick


def test_the_gap_takes_the_first_k_within_one_standard_error_of_the_next() -> None:
    spread = np.array([[-0.1], [0.1]])  # standard error 0.1 x sqrt(2) x sqrt(1.5) = 0.173

    def pick(*gaps: float) -> int | None:
        return compare_dispersions("original", -np.array(gaps), np.tile(spread, len(gaps))).chosen

    assert pick(0.0, 0.1, 0.2) == 1
    assert pick(0.0, 0.5, 0.6) == 2
    assert pick(0.0, 0.5, 1.0) == 3
    assert pick(0.5, 0.0, 1.0) == 1


def test_the_standard_error_that_counts_is_that_of_the_next_k() -> None:
    drawn = np.array([[-0.1, -1.0, 0], [0.1, 1.0, 0]])
    assert compare_dispersions("original", np.array([0, -0.5, -9]), drawn).chosen == 1
    assert compare_dispersions("original", np.array([0, -0.5, -9]), drawn[:, [1, 0, 2]]).chosen == 3


def test_each_null_of_the_gap_has_half_a_vote() -> None:
    def says(index: str, k: int | None, null: str | None = None) -> Criterion:
        return Criterion(index, (2, 3), np.zeros(2), k, null=null)

    votes = KIndices(
        (
            *(says("silhouette", 3), says("dunn", 2), says("c_index", None)),
            *(says("gap", 3, "scaled_pca"), says("gap", 2, "original")),
        ),
        draws=9,
    ).vote()
    assert votes.values.tolist() == [1.5, 1.5]
    assert votes.chosen == 2
    assert KIndices((says("dunn", None),), draws=9).vote().chosen is None


def test_samples_fill_the_box_of_the_scores_and_nothing_else() -> None:
    scores = np.array([[1.0, 5], [3, 5], [2, 9]])
    drawn = np.concatenate(list(reference_samples(scores, "original", 600, rng())))
    assert drawn.shape == (600, 3, 2)
    np.testing.assert_allclose(drawn.min(axis=(0, 1)), [1, 5], atol=0.05)
    np.testing.assert_allclose(drawn.max(axis=(0, 1)), [3, 9], atol=0.05)
    np.testing.assert_allclose(drawn.mean(axis=(0, 1)), [2, 7], atol=0.1)
    assert (drawn.min(axis=(0, 1)) >= [1, 5]).all()
    assert (drawn.max(axis=(0, 1)) <= [3, 9]).all()


def test_along_the_principal_axes_samples_keep_to_the_line_of_the_scores() -> None:
    line = np.outer([0.0, 1, 4, 5], [1, 2]) + [3, 1]
    drawn = np.concatenate(list(reference_samples(line, "scaled_pca", 50, rng())))
    np.testing.assert_allclose(drawn[:, :, 1] - 1, 2 * (drawn[:, :, 0] - 3), atol=1e-9)
    assert drawn[:, :, 0].min() >= 3 - 1e-9
    assert drawn[:, :, 0].max() <= 8 + 1e-9


def test_dispersions_are_sums_of_squares_within_clusters() -> None:
    points = np.array([[0.0], [2], [10], [14]])
    logs = log_dispersions(points[None], 3, "average", "euclidean")[0]
    # Around 6.5; around 1 and 12; around 1, with 10 and 14 alone.
    assert np.exp(logs) == pytest.approx([131, 2 + 8, 2])


def test_random_streams_do_not_depend_on_the_other_nulls() -> None:
    scores = planted()
    asked: list[str] = []

    def stream(task: str) -> np.random.Generator:
        asked.append(task)
        return rng(len(task))

    found = choose_k(parts_of(scores, [2, 3]), scores, "euclidean", 20, stream)
    assert sorted(asked) == ["gap original", "gap scaled_pca", "prediction strength"]
    alone = gap_statistic(scores, "original", 3, 20, rng(len("gap original")))
    assert found.criteria[-1].values.tolist() == alone.values.tolist()


def test_halves_that_fall_into_the_same_clusters_predict_each_other() -> None:
    scores = planted((8, 8))
    apart = build_tree(scores, [str(n) for n in range(16)]).distances
    found = prediction_strength(scores, apart, [2, 3, 4], 100, rng())
    assert found.values[:2].tolist() == [1, 1]
    assert found.chosen == 2
    assert found.errors is not None
    assert found.errors[0] == found.errors[1] == 0 < found.errors[2]


def test_the_error_of_the_strength_shrinks_with_the_root_of_the_splits() -> None:
    scores = planted()
    apart = build_tree(scores, [str(n) for n in range(17)]).distances
    few, many = (
        prediction_strength(scores, apart, [2], draws, rng()).errors for draws in (100, 1600)
    )
    assert few is not None
    assert many is not None
    assert few[1] / many[1] == pytest.approx(4, rel=0.15)


@pytest.mark.parametrize(
    ("other", "strength"),
    [
        # 0.5 and 4 | 9 and 9.5, alone and as the first half's clusters have it.
        ([0.5, 4, 9, 9.5], 1),
        # 0.5, 3 and 6.5 | 20 alone; the first half's clusters keep one of those three pairs. Seen
        # from the other half, all of the first is nearest to one cluster and no pair is lost.
        ([0.5, 3, 6.5, 20], (1 / 3 + 1) / 2),
    ],
)
def test_the_share_of_pairs_is_as_counted_by_hand(other: list[float], strength: float) -> None:
    points = np.array([0.0, 1, 10, 11, *other])[:, None]
    order = np.arange(8)[None]
    found = split_strengths(points, abs(points - points.T), order, [2], "average", "euclidean")
    assert found[0, 0] == pytest.approx(strength)


def test_a_number_of_clusters_that_halves_cannot_hold_is_not_examined() -> None:
    scores = planted()
    apart = build_tree(scores, [str(n) for n in range(17)]).distances
    found = prediction_strength(scores, apart, [2, 3, 4, 5, 8], 20, rng())
    assert np.isnan(found.values).tolist() == [False] * 4 + [True] * 2
    assert found.chosen == 3


def test_with_few_objects_prediction_strength_does_not_vote() -> None:
    scores = planted((4, 3))
    found = indices_of(scores, [2, 3])
    assert chosen(found)["prediction_strength", None] is None
    assert found.vote().values.sum() == 6


def test_three_trusts_in_two_clusters_have_their_indices() -> None:
    table = indices_of(np.array([[1.0, 2], [1, 3], [9, 9]]), [2]).table()
    assert table.loc[table["index"] == "silhouette", "value"].notna().all()
    assert table.loc[table["index"] == "gap", "value"].notna().all()


def test_one_item_is_enough() -> None:
    picks = chosen(indices_of(np.array([[1.0], [1.5], [2], [8], [8.5], [9.1], [1.2], [9]]), [2, 3]))
    assert set(picks.values()) == {2}


def test_objects_that_coincide_in_places_make_the_gap_infinite_there() -> None:
    scores = np.repeat([[0.1, 0.7], [0.3, 0.2], [0.9, 0.9]], 4, axis=0)
    found = gap_statistic(scores, "original", 4, 20, rng())
    assert np.isfinite(found.values).tolist() == [True, True, False, False]
    assert found.chosen == 3


def test_objects_that_all_coincide_have_no_number_of_clusters() -> None:
    found = indices_of(np.full((9, 3), 0.1), [2, 3])
    picks = chosen(found)
    assert picks["gap", "original"] is picks["gap", "scaled_pca"] is None
    assert picks["calinski_harabasz", None] is picks["dunn", None] is None


def test_no_partition_gives_a_table_of_no_rows() -> None:
    scores = planted()
    found = choose_k(parts_of(scores, []), scores, "euclidean", 9, lambda _: rng())
    assert tuple(found.table().columns) == EVIDENCE_TABLES["k_indices"].columns
    assert not len(found.table())


def test_scaled_scores_are_not_scaled_anew_in_samples_and_halves() -> None:
    """An item that hardly varies in the study must not come to count in the draws."""
    scores = scale(planted(), "zscore") * [1, 1, 1, 1e-9]
    without = scores[:, :3]
    both = [
        prediction_strength(one, parts_of(one, [2]).tree.distances, [2, 3], 30, rng()).values
        for one in (scores, without)
    ]
    assert both[0].tolist() == both[1].tolist()


@pytest.mark.parametrize("draws", [0, 1])
def test_one_draw_has_no_standard_error(draws: int) -> None:
    scores = planted()
    with pytest.raises(ValueError, match=f"draws is {draws}; a standard error needs 2"):
        gap_statistic(scores, "original", 3, draws, rng())
    with pytest.raises(ValueError, match=f"draws is {draws}; a standard error needs 2"):
        prediction_strength(scores, parts_of(scores, [2]).tree.distances, [2], draws, rng())


def test_an_unknown_null_and_too_many_clusters_are_refused() -> None:
    with pytest.raises(ValueError, match="null is 'uniform'; allowed are scaled_pca, original"):
        reference_box(planted(), "uniform")
    with pytest.raises(ValueError, match="k_max is 17; with 17 objects it can be from 1 to 16"):
        gap_statistic(planted(), "original", 17, 5, rng())


def test_many_more_items_than_trusts_are_no_trouble() -> None:
    wide = np.hstack([planted((4, 4)), rng().normal(scale=0.1, size=(8, 30))])
    found: pd.DataFrame = indices_of(wide, [2, 3]).table()
    assert found.query("index == 'vote' and chosen == 1")["k"].item() == 2
