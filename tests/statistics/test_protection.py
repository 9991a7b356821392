"""Counts and means of a wave: what is small is withheld, and so is what would give it back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buildingtrusts.statistics.protection import (
    Answers,
    Protected,
    answers_of,
    protect_means,
    protect_response_counts,
    protect_trust_counts,
    withheld_safely,
)

TRUSTS = [f"T{number}" for number in range(1, 21)]
#: Twelve trusts, six and two; the last two are one cluster of the coarser partition.
FINE = {mat: 1 if n < 10 else 2 if n < 16 else 3 for n, mat in enumerate(TRUSTS[:18])}
PARTITIONS = {2: {mat: min(one, 2) for mat, one in FINE.items()}, 3: FINE}
LEVELS = {mat: "a" if n % 2 else "b" for n, mat in enumerate(TRUSTS)}


def counts(below: int) -> Protected:
    return protect_trust_counts(
        PARTITIONS, {"phase": LEVELS}, {"phase": ["a", "b"]}, TRUSTS[18:], below
    )


def test_a_small_cluster_takes_another_size_with_it() -> None:
    found = counts(3)
    sizes = {key: value for key, value in found.published.items() if key[0] == "size"}
    assert ("size", 3, 3) not in sizes
    assert ("size", 3, 2) not in sizes, "8 in the coarser partition less 6 would give 2"
    assert sizes[("size", 2, 2)] == 8
    assert withheld_safely(found)


def test_trusts_that_are_not_clustered_are_not_given_by_difference() -> None:
    published = counts(3).published
    assert published[("trusts", "clustered")] == 18
    assert ("trusts", "all") not in published, "20 less 18 would give 2"


def test_cells_are_withheld_until_an_attack_on_everything_fails() -> None:
    found = counts(3)
    naive = found.linked.values < 3
    assert not withheld_safely(Protected(found.linked, found.keys, naive))
    assert found.hidden.sum() > naive.sum()
    assert [key for key in found.published if key[0] == "other"] == []


def test_a_sample_that_is_small_as_a_whole_publishes_nothing() -> None:
    assert counts(25).published == {}


def test_roles_of_few_people_take_others_with_them() -> None:
    numbers = {
        ("ceo", True): 3,
        ("ceo", False): 9,
        ("central_team", True): 40,
        ("central_team", False): 12,
        ("school_leader", True): 90,
        ("school_leader", False): 30,
    }
    found = protect_response_counts(numbers, 5)
    assert ("ceo", True) not in found.published
    assert not {("ceo", False), ("ceo", "all")} <= set(found.published)
    assert found.published["all", "all"] == 184
    assert withheld_safely(found)


def answers(rng: np.random.Generator, mats: list[str], role: str = "ceo") -> Answers:
    everybody = np.repeat(mats, 6).astype(object)
    values = rng.integers(3, 9, size=len(everybody)).astype(float)
    roles = np.full(len(everybody), role, dtype=object)
    return Answers(values, everybody, roles, 1.0, 10.0)


def test_the_mean_of_a_small_cluster_is_not_given_by_that_of_two_clusters_less_one() -> None:
    found = protect_means(answers(np.random.default_rng(1), TRUSTS), PARTITIONS, [], 3)
    assert (3, 3, "all") not in found.published
    assert not {(2, 2, "all"), (3, 2, "all")} <= set(found.published)
    assert withheld_safely(found)


def test_the_mean_of_all_less_the_clusters_does_not_give_the_rest() -> None:
    of_two = {2: {mat: 1 if n < 9 else 2 for n, mat in enumerate(TRUSTS[:18])}}
    found = protect_means(answers(np.random.default_rng(2), TRUSTS), of_two, [], 3)
    everything = {("sample", "all"), (2, 1, "all"), (2, 2, "all")}
    assert not everything <= set(found.published), "the two other trusts would be what is left"
    assert {(2, 1, "all"), (2, 2, "all")} <= set(found.published)


def test_a_dropped_trust_is_in_no_published_mean() -> None:
    found = protect_means(answers(np.random.default_rng(3), TRUSTS), PARTITIONS, ["T1"], 3)
    assert {key for key in found.published if key[0] == "sample"} == set()
    assert not {(2, 1, "all"), (3, 1, "all")} & set(found.published)
    assert (2, 2, "all") in found.published


def test_people_without_a_role_count_among_all() -> None:
    responses = pd.DataFrame(
        {"mat_id": ["A", "A", "B"], "role": ["ceo", None, "ceo"], "s__q": [1.0, 2.0, None]}
    )
    found = answers_of(responses, "s__q", 1, 10)
    assert found.values.tolist() == [1.0, 2.0]
    assert found.roles.tolist() == ["ceo", "(missing)"]


def test_nobody_answered_and_nothing_is_published() -> None:
    nobody = Answers(np.zeros(0), np.zeros(0, object), np.zeros(0, object), 1.0, 10.0)
    assert protect_means(nobody, PARTITIONS, [], 3).published == {}
