"""Placing a new trust among finished clusters: against R, by hand, and where it belongs to none."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from buildingtrusts.statistics.assignment import Placement, place_trust, placement_table
from buildingtrusts.statistics.linkage import build_tree, cut_tree
from buildingtrusts.statistics.ratings import Ratings, Specification, gather_ratings

ORACLES = Path(__file__).parents[1] / "oracles"
DISTANCES = pd.read_csv(ORACLES / "assignment_distances.csv")
CASES = {
    "-".join(map(str, key)): part
    for key, part in DISTANCES.groupby(["data", "n", "scaling", "metric", "k"], sort=False)
}
EXACT = 1e-10
USUAL = Specification()


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def trusts(*scores: list[float]) -> Ratings:
    """Trusts of one respondent each, whose answers are the scores."""
    answers = np.array(scores, dtype=float)
    return gather_ratings(answers, np.arange(len(answers)), [None] * answers.shape[1])


def staffed(means: list[list[float]], respondents: int, spread: float, seed: int) -> Ratings:
    """Trusts with staff around their means."""
    centre = np.repeat(np.array(means, dtype=float), respondents, axis=0)
    mats = np.repeat(np.arange(len(means)), respondents)
    noise = np.random.default_rng(seed).normal(0, spread, centre.shape)
    return gather_ratings(centre + noise, mats, [None] * centre.shape[1])


def row(*scores: float) -> NDArray[np.float64]:
    return np.array([scores])


TWO = np.array([1, 1, 2, 2])
LINE = trusts([0.0], [2.0], [10.0], [13.0])


def test_the_oracle_covers_scalings_metrics_and_clusters_of_one() -> None:
    assert set(DISTANCES["scaling"]) == {"none", "zscore"}
    assert set(DISTANCES["metric"]) == {"euclidean", "manhattan", "correlation"}
    assert set(DISTANCES.loc[DISTANCES["member_limit"].isna(), "n_members"]) == {1}
    assert (DISTANCES["n_members"] > 1).sum() > 100


@pytest.mark.parametrize("case", CASES)
def test_distances_and_limits_are_those_of_r(case: str) -> None:
    expected = CASES[case]
    first = expected.iloc[0]
    scores = pd.read_csv(ORACLES / "data" / f"{first['data']}.csv").drop(columns="label")
    values, n = scores.to_numpy(float), int(first["n"])
    names = [str(number) for number in range(n)]
    tree = build_tree(values[:n], names, "average", first["metric"], first["scaling"])
    labels = cut_tree(tree, int(first["k"]))
    how = Specification(metric=first["metric"], scaling=first["scaling"])
    for number, of_new in expected.groupby("object"):
        found = place_trust(trusts(*values[:n]), labels, values[[number - 1]], how, 1, rng())
        for name, there in (
            ("centroid_distance", found.centroid_distances),
            ("average_distance", found.average_distances),
        ):
            np.testing.assert_allclose(there, of_new[name], rtol=EXACT)
        limits = of_new["member_limit"].fillna(of_new["member_limit"].max())
        np.testing.assert_allclose(found.member_limits, limits, rtol=EXACT)


def test_a_trust_amid_a_cluster_goes_there() -> None:
    found = place_trust(LINE, TWO, row(11.0), USUAL, 9, rng())
    assert found.cluster == found.nearest == found.likeliest == 2
    assert found.average_distances.tolist() == [10.0, 1.5]
    assert found.centroid_distances.tolist() == [10.0, 0.5]
    assert found.member_limits.tolist() == [2.0, 3.0]
    assert found.shares.tolist() == [0.0, 1.0, 0.0]


def test_a_trust_farther_than_members_are_belongs_to_none() -> None:
    found = place_trust(LINE, TWO, row(6.0), USUAL, 9, rng())
    assert (found.nearest, found.cluster, found.likeliest) == (1, None, None)
    assert found.shares.tolist() == [0.0, 0.0, 1.0]


def test_as_far_as_a_member_is_near_enough() -> None:
    """From 3 to 0 and 2 it is 2 on average, which is the limit."""
    assert place_trust(LINE, TWO, row(3.0), USUAL, 1, rng()).cluster == 1
    assert place_trust(LINE, TWO, row(3.0 + 1e-6), USUAL, 1, rng()).cluster is None


def test_the_limit_leaves_the_member_itself_out() -> None:
    """The member at 4 is 4 and 3 from the others; the distance to itself is none."""
    three = trusts([0.0], [1.0], [4.0], [50.0], [51.0])
    found = place_trust(three, np.array([1, 1, 1, 2, 2]), row(2.0), USUAL, 1, rng())
    assert found.member_limits[0] == 3.5


def test_the_average_distance_decides_where_the_nearest_centroid_disagrees() -> None:
    """Members all around the new trust have their centroid on it and are far away all the same."""
    around = trusts([-6.0, 0.0], [6.0, 0.0], [0.0, -6.0], [0.0, 6.0], [4.0, 4.0], [4.0, 5.0])
    labels = np.array([1, 1, 1, 1, 2, 2])
    found = place_trust(around, labels, row(0.5, 0.5), USUAL, 1, rng())
    assert (found.nearest_centroid, found.nearest) == (1, 2)


def test_a_cluster_of_one_takes_the_largest_limit_of_the_others() -> None:
    alone = trusts([0.0], [1.0], [10.0], [13.0], [30.0])
    labels = np.array([1, 1, 2, 2, 3])
    near = place_trust(alone, labels, row(32.0), USUAL, 9, rng())
    assert near.member_limits.tolist() == [1.0, 3.0, 3.0]
    assert near.cluster == 3
    assert place_trust(alone, labels, row(34.0), USUAL, 9, rng()).cluster is None


def test_items_are_scaled_by_the_clustered_trusts_alone() -> None:
    """The second item, in hundreds, would rule unscaled; a far new trust must not rescale it."""
    reference = trusts([0.0, 0.0], [1.0, 300.0], [6.0, 100.0], [7.0, 200.0])
    how = Specification(scaling="zscore")
    found = place_trust(reference, TWO, row(6.5, 1_000.0), how, 1, rng())
    scores = reference.answers
    scaled = (row(6.5, 1_000.0) - scores.mean(axis=0)) / scores.std(axis=0, ddof=1)
    others = (scores - scores.mean(axis=0)) / scores.std(axis=0, ddof=1)
    expected = np.linalg.norm(others - scaled, axis=1).reshape(2, 2).mean(axis=1)
    np.testing.assert_allclose(found.average_distances, expected)


def test_an_item_on_which_clustered_trusts_agree_adds_nothing() -> None:
    reference = trusts([0.0, 5.0], [1.0, 5.0], [6.0, 5.0], [7.0, 5.0])
    how = Specification(scaling="zscore")
    same, other = (
        place_trust(reference, TWO, row(6.5, second), how, 1, rng()) for second in (5.0, 9.0)
    )
    assert same.average_distances.tolist() == other.average_distances.tolist()


def test_a_generous_respondent_is_centred_like_those_of_the_wave() -> None:
    reference = trusts([1.0, 3.0], [2.0, 4.0], [3.0, 1.0], [8.0, 6.0])
    how = Specification(scaling="respondent_centred")
    found = place_trust(reference, TWO, row(8.0, 10.0), how, 1, rng())
    assert found.average_distances[0] == 0
    assert found.cluster == 1


def test_medians_are_placed_by_their_median() -> None:
    answers = np.array([[0.0], [0.0], [99.0]])
    found = place_trust(LINE, TWO, answers, Specification(statistic="median"), 1, rng())
    assert found.average_distances.tolist() == [1.0, 11.5]


def test_skipped_answers_leave_the_mean_of_those_there_are() -> None:
    reference = trusts([0.0, 0.0], [2.0, 0.0], [10.0, 0.0], [13.0, 0.0])
    answers = np.array([[11.0, np.nan], [np.nan, 0.0], [11.0, 0.0]])
    found = place_trust(reference, TWO, answers, USUAL, 200, rng())
    assert found.average_distances.tolist() == [10.0, 1.5]
    assert found.shares.tolist() == [0.0, 1.0, 0.0]


def test_staff_who_disagree_leave_a_trust_uncertain() -> None:
    """Two of three are in cluster 1: among 27 equally likely draws 7 have two or three of the
    other, and 20 do not."""
    answers = np.array([[1.0], [1.0], [21.0]])
    reference = trusts([0.0], [10.0], [12.0], [22.0])
    found = place_trust(reference, TWO, answers, USUAL, 4_000, rng())
    assert found.shares[1] == pytest.approx(7 / 27, abs=0.03)
    assert found.shares[0] == pytest.approx(20 / 27, abs=0.03)


def test_averages_are_the_same_in_every_draw_and_clustered_trusts_are_not() -> None:
    reference = staffed([[0.0], [3.0], [10.0], [13.0]], 8, 2.0, seed=3)
    found = place_trust(reference, TWO, row(6.5), USUAL, 500, rng())
    assert 0 < found.shares[2] < 1
    assert place_trust(LINE, TWO, row(6.0), USUAL, 500, rng()).shares[2] == 1


def test_shares_of_a_trust_add_up_and_follow_from_the_seed() -> None:
    reference = staffed([[0.0, 1], [3.0, 1], [6.0, 2], [8.0, 2]], 6, 2.0, seed=4)
    answers = np.array([[4.0, 1.0], [5.0, 2.0], [5.0, np.nan]])
    first, again, other = (
        place_trust(reference, TWO, answers, USUAL, 600, rng(seed)) for seed in (1, 1, 2)
    )
    assert first.shares.sum() == pytest.approx(1)
    assert first.shares.tolist() == again.shares.tolist() != other.shares.tolist()
    assert first.draws == 600


def test_shares_do_not_depend_on_how_many_draws_are_held_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reference = staffed([[0.0], [3.0], [10.0], [13.0]], 8, 2.0, seed=3)
    together = place_trust(reference, TWO, row(6.5), USUAL, 300, rng())
    monkeypatch.setattr("buildingtrusts.statistics.assignment.CHUNK_DISTANCES", 500)
    in_parts = place_trust(reference, TWO, row(6.5), USUAL, 300, rng())
    assert in_parts.shares.tolist() == together.shares.tolist()


def test_more_of_the_members_own_kind_are_turned_away_beside_a_small_cluster() -> None:
    """What the docstring says of the limit: above 1 in m + 1, and falling with m."""
    draw = np.random.default_rng(6)
    turned_away = []
    for m in (3, 9):
        labels = np.append(np.ones(m, dtype=np.int64), [2, 2])
        away = 0
        for _ in range(300):
            kind = draw.normal(size=(m + 1, 10))
            far = np.array([[90.0] * 10, [91.0] * 10])
            reference = trusts(*kind[:m], *far)
            away += place_trust(reference, labels, kind[[m]], USUAL, 1, rng()).cluster is None
        turned_away.append(away / 300)
    assert turned_away[0] == pytest.approx(0.32, abs=0.08)
    assert turned_away[1] == pytest.approx(0.12, abs=0.06)


def test_the_table_has_a_row_for_each_cluster_and_one_for_none() -> None:
    found = place_trust(LINE, TWO, row(11.0), USUAL, 10, rng())
    table = placement_table({"MAT 9": found, "MAT 10": found})
    assert list(table.columns) == [
        *("k", "mat_id", "kind", "cluster", "probability", "draws"),
        *("centroid_distance", "average_distance", "member_limit"),
    ]
    assert table["mat_id"].tolist() == ["MAT 9"] * 3 + ["MAT 10"] * 3
    assert set(table["kind"]) == {"new"}
    assert set(table["k"]) == {2}
    assert set(table["draws"]) == {10}
    none = table[table["cluster"].isna()]
    assert len(none) == 2
    assert none[["centroid_distance", "average_distance", "member_limit"]].isna().all(axis=None)
    assert table.groupby("mat_id")["probability"].sum().tolist() == [1.0, 1.0]
    assert placement_table({}).columns.tolist() == table.columns.tolist()


@pytest.mark.parametrize(
    ("labels", "answers", "how", "draws", "words"),
    [
        ([1, 1, 2], [[1.0]], USUAL, 1, "one a trust"),
        ([1, 1, 3, 3], [[1.0]], USUAL, 1, "without gaps"),
        ([0, 0, 1, 1], [[1.0]], USUAL, 1, "numbered from 1"),
        ([1, 2, 3, 4], [[1.0]], USUAL, 1, "two trusts in at least one"),
        ([1, 1, 2, 2], [[1.0, 2.0]], USUAL, 1, r"needed is \(m, 1\)"),
        ([1, 1, 2, 2], [[np.nan]], USUAL, 1, "nobody of trust number 4"),
        ([1, 1, 2, 2], [[1.0]], USUAL, 0, "draws is 0"),
        ([1, 1, 2, 2], [[1.0]], Specification(metric="correlation"), 1, "differ between items"),
    ],
)
def test_what_cannot_be_placed_is_told(
    labels: list[int], answers: list[list[float]], how: Specification, draws: int, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        place_trust(LINE, np.array(labels), np.array(answers), how, draws, rng())


def test_of_two_equally_near_clusters_the_lower_number_is_taken() -> None:
    even = Placement(np.array([1.0, 1.0]), np.array([2.0, 2.0]), np.array([3.0, 3.0]), row(0), 1)
    assert (even.cluster, even.nearest, even.nearest_centroid) == (1, 1, 1)
