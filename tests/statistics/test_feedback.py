"""What a trust is told: right by hand, and nothing about another trust or a person in it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.feedback import (
    Limits,
    compare,
    give_or_take,
    split_by_place,
)

NULL = {("s", "q"): 8.25}


def scores(means: dict[str, float], n: int = 6, sd: float = 1.0) -> pd.DataFrame:
    rows = [(mat, "s", "q", n, mean, sd) for mat, mean in means.items()]
    return pd.DataFrame(rows, columns=["mat_id", "block", "item", "n", "mean", "sd"])


def one_row(table: pd.DataFrame) -> pd.Series:
    assert len(table) == 1
    return table.iloc[0]


def test_means_of_others_leave_the_trust_itself_out() -> None:
    means = dict(zip("ABCDEFGH", [2.0, 4.0, 5.0, 6.0, 1.0, 3.0, 8.0, 9.0], strict=True))
    told = one_row(compare(scores(means), "A", list("ABCD"), NULL))
    assert told["own"] == 2.0
    assert told["cluster"] == pytest.approx((4 + 5 + 6) / 3)
    assert told["others"] == pytest.approx((4 + 5 + 6 + 1 + 3 + 8 + 9) / 7)
    assert told["agreement"] == pytest.approx(1 - 1 / 8.25)


def test_in_a_cluster_of_two_or_three_its_mean_is_not_told() -> None:
    means = dict(zip("ABCDEFGH", range(1, 9), strict=True))
    for cluster in ("AB", "ABC"):
        told = one_row(compare(scores(means), "A", list(cluster), NULL))
        assert np.isnan(told["cluster"])
        assert not np.isnan(told["others"])


def test_a_cluster_that_leaves_one_or_two_trusts_outside_is_not_told() -> None:
    means = dict(zip("ABCDEFGH", range(1, 9), strict=True))
    for outside in ("GH", "H"):
        cluster = [mat for mat in means if mat not in outside]
        assert np.isnan(one_row(compare(scores(means), "A", cluster, NULL))["cluster"])
    assert not np.isnan(one_row(compare(scores(means), "A", list(means), NULL))["cluster"])


def test_few_answers_are_told_to_nobody_and_count_nowhere() -> None:
    table = scores(dict(zip("ABCDE", [1.0, 2.0, 3.0, 4.0, 10.0], strict=True)))
    table.loc[table["mat_id"] == "E", "n"] = 4
    assert one_row(compare(table, "A", [], NULL))["others"] == pytest.approx(3.0)
    of_few = one_row(compare(table, "E", [], NULL))
    assert np.isnan(of_few["own"])
    assert np.isnan(of_few["agreement"])
    assert of_few["others"] == pytest.approx(2.5)


def test_whatever_the_clusters_no_difference_of_what_is_told_is_about_one_or_two_trusts() -> None:
    """An attack: every sum over trusts that follows from the page is over none, or three or more.

    The reader knows its own mean, the number of trusts and which are in its cluster.
    """
    rng = np.random.default_rng(5)
    attacked = 0
    for _ in range(300):
        names = [f"T{i}" for i in range(rng.integers(2, 14))]
        table = scores({name: float(rng.normal(5, 1)) for name in names})
        table["n"] = rng.integers(1, 9, len(names))
        cluster = [name for name in names if rng.random() < rng.choice([0.2, 0.5, 0.9])]
        told = one_row(compare(table, "T0", cluster, NULL))
        enough = set(table.loc[table["n"] >= 5, "mat_id"]) - {"T0"}
        sums = []
        if not np.isnan(told["others"]):
            sums.append(enough)
        if not np.isnan(told["cluster"]):
            sums.append(enough & set(cluster))
        for one in sums:
            for other in [set(), *sums]:
                attacked += 1
                assert len(one - other) not in (1, 2)
    assert attacked > 300


def people(ceo: int, central: int, local: int, unknown: int = 0) -> pd.DataFrame:
    roles = ["ceo"] * ceo + ["central_team"] * central + ["school_leader"] * local
    roles += [None] * unknown
    return pd.DataFrame({"mat_id": "A", "role": roles, "s__q": np.arange(len(roles)) % 10 + 1.0})


def test_the_chief_executive_is_told_with_the_central_team_and_never_alone() -> None:
    told = one_row(split_by_place(people(1, 5, 6), "A", [("s", "q")]))
    assert told["central"] == pytest.approx(np.mean([1, 2, 3, 4, 5, 6]))
    assert told["local"] == pytest.approx(np.mean([7, 8, 9, 10, 1, 2]))


@pytest.mark.parametrize(
    "counts", [(1, 3, 9, 0), (1, 9, 4, 0), (1, 6, 6, 1), (1, 6, 6, 4), (0, 4, 20, 0)]
)
def test_a_split_that_leaves_few_people_on_any_side_is_not_told(
    counts: tuple[int, int, int, int],
) -> None:
    assert split_by_place(people(*counts), "A", [("s", "q")]).empty


def test_a_higher_limit_holds_for_answers_and_for_people() -> None:
    table = scores(dict.fromkeys("ABCD", 5.0), n=6)
    assert np.isnan(one_row(compare(table, "A", [], NULL, Limits(7)))["own"])
    assert split_by_place(people(1, 5, 6), "A", [("s", "q")], Limits(7)).empty


def test_how_far_a_mean_is_off_is_pooled_over_trusts() -> None:
    table = pd.DataFrame({"n": [3, 5, 1], "sd": [1.0, 2.0, np.nan]})
    pooled = (2 * 1 + 4 * 4) / 6
    assert give_or_take(table, 9) == pytest.approx(2 * (pooled / 9) ** 0.5)
    assert np.isnan(give_or_take(table.iloc[2:], 9))
