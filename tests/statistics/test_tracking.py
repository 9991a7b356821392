"""Types, transitions and changes over time: against R, by hand, and at their edges."""

from __future__ import annotations

from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.linkage import build_tree, cut_tree
from buildingtrusts.statistics.tracking import (
    Matching,
    Stratum,
    Types,
    centroids,
    change_table,
    compare_waves,
    in_common_units,
    match_clusters,
    mean_change,
    own_types,
    rescaled,
    type_clusters,
)

ORACLES = Path(__file__).parents[1] / "oracles"
MATCHES = pd.read_csv(ORACLES / "tracking_matches.csv")
CASES = {
    "-".join(map(str, key)): part
    for key, part in MATCHES.groupby(["data", "n", "k_earlier", "k_later"], sort=False)
}
TRANSITIONS = pd.read_csv(ORACLES / "tracking_transitions.csv")
CHANGES = pd.read_csv(ORACLES / "tracking_changes.csv")
EXACT = 1e-10


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def labels_of(scores: np.ndarray, linkage: str, k: int) -> np.ndarray:
    return cut_tree(build_tree(scores, [str(row) for row in range(len(scores))], linkage), k)


@pytest.mark.parametrize("case", CASES)
def test_matches_are_the_best_of_all_that_r_tries(case: str) -> None:
    expected = CASES[case]
    data, n, k_earlier, k_later = expected.iloc[0][["data", "n", "k_earlier", "k_later"]]
    x = pd.read_csv(ORACLES / "data" / f"{data}.csv").iloc[:, 1:].to_numpy(float)
    x = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    middles = [
        centroids(part, labels_of(part, "average", int(k)))
        for part, k in ((x[:n], k_earlier), (x[n:], k_later))
    ]
    found = match_clusters(*middles)
    partners = [None if np.isnan(one) else int(one) for one in expected["partner"]]
    assert list(found.partners) == partners
    assert list(found.nearest) == expected["nearest"].tolist()
    np.testing.assert_allclose(found.distances, expected["distance"], rtol=EXACT)


@pytest.mark.parametrize("seed", range(20))
def test_no_other_assignment_has_a_smaller_sum(seed: int) -> None:
    draw = rng(seed)
    earlier, later = draw.normal(size=(4, 3)), draw.normal(size=(4, 3))
    apart = np.linalg.norm(later[:, None] - earlier[None], axis=2)
    least = min(sum(apart[row, one[row]] for row in range(4)) for one in permutations(range(4)))
    found = match_clusters(earlier, later)
    assert sorted(found.partners) == [1, 2, 3, 4]
    assert np.isclose(found.distances.sum(), least, rtol=EXACT)


def test_a_cluster_can_be_matched_with_one_that_is_not_the_nearest() -> None:
    """Both later clusters are nearest to the first; only one can have it."""
    found = match_clusters(np.array([[0.0], [10.0]]), np.array([[1.0], [2.0]]))
    assert (found.partners, found.nearest) == ((1, 2), (1, 1))
    assert found.distances.tolist() == [1.0, 8.0]


def test_without_common_items_no_cluster_is_matched() -> None:
    found = match_clusters(np.zeros((2, 0)), np.zeros((3, 0)))
    assert found.partners == found.nearest == (None, None, None)
    assert np.isnan(found.distances).all()


@pytest.mark.parametrize(
    ("earlier", "later"),
    [(np.zeros((2, 1)), np.zeros((2, 2))), (np.array([[np.nan]]), np.array([[1.0]]))],
)
def test_centroids_that_cannot_be_compared_are_refused(
    earlier: np.ndarray, later: np.ndarray
) -> None:
    with pytest.raises(ValueError, match="needed are finite values on the same items"):
        match_clusters(earlier, later)


def matched(*partners: int | None) -> Matching:
    return Matching(partners, np.zeros(len(partners)), partners)


def chained(first_k: int, matchings: list[Matching]) -> list[Types]:
    """The types of a first wave and of waves that are each matched to the one before."""
    found = [own_types(first_k)]
    for matching in matchings:
        before = dict(enumerate(found[-1].type_ids, start=1))
        used = max(max(one.type_ids) for one in found)
        found.append(type_clusters(matching, before, used))
    return found


def test_one_wave_is_its_own_typology() -> None:
    (only,) = chained(3, [])
    assert only.type_ids == (1, 2, 3)
    assert np.isnan(only.distances).all()


def test_types_follow_matches_from_wave_to_wave() -> None:
    found = chained(3, [matched(3, 1, 2), matched(2, 3, 1)])
    assert [one.type_ids for one in found] == [(1, 2, 3), (3, 1, 2), (1, 2, 3)]


def test_a_cluster_left_over_is_a_type_that_no_wave_had_before() -> None:
    """The third type pauses in the second wave; its number is not given to another."""
    found = chained(3, [matched(1, 2), matched(1, None, 2), matched(3, 2, 1)])
    assert [one.type_ids for one in found[1:]] == [(1, 2), (1, 4, 2), (2, 4, 1)]


def test_two_clusters_left_over_are_two_types() -> None:
    assert chained(1, [matched(None, 1, None), matched(None, 1, 2, 3)])[2].type_ids == (
        4,
        2,
        1,
        3,
    )


def test_a_later_wave_does_not_change_the_types_of_earlier_ones() -> None:
    matchings = [matched(2, 1), matched(None, 1), matched(1, 2)]
    whole = [one.type_ids for one in chained(2, matchings)]
    for waves in range(4):
        assert [one.type_ids for one in chained(2, matchings[:waves])] == whole[: waves + 1]


def test_ten_waves_of_one_planted_typology_keep_their_types() -> None:
    """Clusters are numbered anew in each wave; types are not."""
    draw = rng(4)
    planted = np.array([[2.0, 8.0], [8.0, 3.0], [5.0, 5.0]])
    orders = [np.arange(3), *(draw.permutation(3) for _ in range(9))]
    waves = [planted[order] + draw.normal(0, 0.3, (3, 2)) for order in orders]
    matchings = [match_clusters(*pair) for pair in pairwise(waves)]
    for order, types in zip(orders, chained(3, matchings), strict=True):
        assert types.type_ids == tuple(order + 1)
        assert types.nearest in ((None,) * 3, types.type_ids)


def test_a_match_with_a_cluster_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the earlier wave has \[1, 2\]"):
        chained(2, [matched(1, 3)])


def test_a_centroid_counts_each_trust_alike_and_leaves_out_missing_scores() -> None:
    scores = np.array([[1.0, np.nan], [3.0, 4.0], [9.0, np.nan]])
    found = centroids(scores, np.array([1, 1, 2]))
    np.testing.assert_array_equal(found, [[2.0, 4.0], [9.0, np.nan]])


def test_scales_are_carried_end_to_end() -> None:
    assert rescaled(np.array([1.0, 3.0, 5.0]), (1, 5), (0, 10)).tolist() == [0.0, 5.0, 10.0]
    hours = np.array([38.5, np.nan])
    assert rescaled(hours, None, None) is hours
    with pytest.raises(ValueError, match="cannot be carried"):
        rescaled(hours, None, (1, 10))


def test_items_of_one_scale_keep_their_points() -> None:
    earlier, later = np.array([[1.0, 9.0]]), np.array([[10.0, 2.0]])
    assert in_common_units(earlier, later, [(1, 10), (1, 10)]) == (earlier, later)


def test_items_of_several_scales_go_from_0_to_1() -> None:
    earlier, later = np.array([[1.0, 5.0, 40.0, 7.0]]), np.array([[10.0, 10.0, 30.0, 7.0]])
    one, other = in_common_units(earlier, later, [(1, 10), (0, 10), None, None])
    assert one.tolist() == [[0.0, 0.5, 1.0, 0.0]]
    assert other.tolist() == [[1.0, 1.0, 0.0, 0.0]]


@pytest.mark.parametrize("data", ["swiss", "attitude"])
def test_transitions_are_rs_cross_tabulation(data: str) -> None:
    expected = TRANSITIONS[TRANSITIONS["data"] == data]
    x = pd.read_csv(ORACLES / "data" / f"{data}.csv").iloc[:, 1:].to_numpy(float)
    left_out = int(expected["left_out"].iloc[0])
    first = dict(enumerate(labels_of(x, "average", 3).tolist()))
    second = dict(enumerate(labels_of(x, "complete", 4).tolist()))
    earlier = {f"T{row}": cluster for row, cluster in first.items()}
    later = {f"T{row}": cluster for row, cluster in second.items() if row >= left_out}
    found = compare_waves(earlier, later)
    counts = expected.pivot(index="from", columns="to", values="Freq").to_numpy()
    np.testing.assert_array_equal(found.counts, counts)
    assert found.n_mats == len(x) - left_out


def test_trusts_of_one_wave_alone_count_nowhere() -> None:
    found = compare_waves({"A": 1, "B": 2, "gone": 2}, {"new": 1, "B": 1, "A": 2})
    assert found.counts.tolist() == [[0, 1], [1, 0]]
    assert (found.n_mats, found.adjusted_rand) == (2, 1.0)


def test_without_two_trusts_in_both_waves_there_is_no_agreement() -> None:
    found = compare_waves({"A": 1, "B": 2}, {"C": 1, "D": 2})
    assert found.counts.tolist() == [[0, 0], [0, 0]]
    assert found.n_mats == 0
    assert np.isnan(found.adjusted_rand)


@pytest.mark.parametrize("n", CHANGES["n"])
def test_the_interval_is_that_of_all_resamples_in_r(n: int) -> None:
    data = pd.read_csv(ORACLES / "data" / "attitude.csv")
    differences = ((data["complaints"] - data["learning"]) / 10).to_numpy()[:n]
    expected = CHANGES.set_index("n").loc[n]
    found = mean_change(differences, 100_000, rng())
    assert np.isclose(found.change, expected["change"], rtol=EXACT)
    width = expected["high"] - expected["low"]
    assert abs(found.ci_low - expected["low"]) < 0.03 * width
    assert abs(found.ci_high - expected["high"]) < 0.03 * width


def test_draws_are_counted_and_repeat_with_the_seed() -> None:
    values = np.array([0.2, 1.4, -0.3, 0.9])
    one, same, other = (mean_change(values, 200, rng(seed)) for seed in (3, 3, 4))
    assert one == same
    assert one.draws == 200
    assert (one.ci_low, one.ci_high) != (other.ci_low, other.ci_high)


def test_fewer_than_two_trusts_have_no_interval() -> None:
    alone = mean_change(np.array([1.5]), 99, rng())
    assert (alone.n_mats, alone.change, alone.draws) == (1, 1.5, 0)
    assert np.isnan([alone.ci_low, alone.ci_high]).all()
    nobody = mean_change(np.array([]), 99, rng())
    assert (nobody.n_mats, nobody.draws) == (0, 0)
    assert np.isnan(nobody.change)


@pytest.mark.parametrize(("values", "draws"), [([1.0, np.nan], 9), ([1.0, 2.0], 0)])
def test_missing_differences_and_no_draws_are_refused(values: list[float], draws: int) -> None:
    with pytest.raises(ValueError, match="needed are one draw or more"):
        mean_change(np.array(values), draws, rng())


def answers(*rows: tuple[str, str | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["mat_id", "role", "s__q"])


BEFORE = answers(
    *(("A", "ceo", 2.0), ("A", "school_leader", 4.0), ("A", "school_leader", 6.0)),
    *(("B", "ceo", 5.0), ("C", "school_leader", 1.0), ("D", None, 9.0)),
)
AFTER = answers(
    *(("A", "ceo", 6.0), ("A", "school_leader", 6.0)),
    *(("B", "school_leader", 4.0), ("C", "school_leader", 3.0), ("E", "ceo", 1.0)),
    ("D", None, None),
)


def change(stratum: Stratum) -> tuple[float, float]:
    table = change_table(BEFORE, AFTER, [("s", "q")], [stratum], 99, lambda *_: rng())
    return tuple(table.loc[0, ["n_mats", "change"]])


def test_the_change_is_the_mean_over_trusts_of_their_own_change() -> None:
    """A from 4 to 6, B from 5 to 4, C from 1 to 3; D answered once, E is new."""
    assert change(Stratum("all")) == (3, 1.0)


def test_a_role_counts_where_a_trust_has_it_in_both_waves() -> None:
    assert change(Stratum("ceo", "ceo")) == (1, 4.0)
    assert change(Stratum("school_leader", "school_leader")) == (2, 1.5)
    assert change(Stratum("central_team", "central_team"))[0] == 0


def test_a_stratum_of_trusts_leaves_out_the_others() -> None:
    assert change(Stratum("trust_age: old", mats=("B", "C", "Z"))) == (2, 0.5)
    assert change(Stratum("trust_age: new", mats=()))[0] == 0


def test_each_item_and_stratum_has_a_stream_of_its_own() -> None:
    asked: list[tuple[str, ...]] = []

    def stream(*task: str) -> np.random.Generator:
        asked.append(task)
        return rng()

    change_table(BEFORE, AFTER, [("s", "q")], [Stratum("all"), Stratum("ceo", "ceo")], 9, stream)
    assert asked == [("s", "q", "all"), ("s", "q", "ceo")]
