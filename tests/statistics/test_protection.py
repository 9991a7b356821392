"""Counts and means of a wave: what is small is withheld, and so is what would give it back."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.disclosure import exposed
from buildingtrusts.statistics.protection import (
    Answers,
    Protected,
    answers_of,
    protect_means,
    protect_response_counts,
    protect_trust_counts,
    spreads_told,
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


def test_that_no_cluster_is_empty_makes_no_small_count_known_more_closely() -> None:
    """A table of a cluster says that there is one, so that its size is one at least."""
    finest = dict(zip(TRUSTS, [1] * 9 + [2] * 6 + [3] * 2, strict=False))
    phase = {mat: "a" if n < 6 or n == 9 else "b" for n, mat in enumerate(TRUSTS)}
    found = protect_trust_counts(
        {3: finest}, {"phase": phase}, {"phase": ["a", "b"]}, TRUSTS[17:], 3
    )
    sizes = [n for n, key in enumerate(found.keys) if key[0] == "size"]
    known = replace(found.linked, limits=-found.linked.sums[sizes], most=-np.ones(3))
    assert found.published
    assert exposed(known, found.hidden) == []


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


def test_a_mean_that_tells_how_many_it_is_of_does_not_give_a_small_role_back() -> None:
    """Eleven chief executives are in a mean of one cluster; of fourteen, three are elsewhere."""
    numbers = {
        ("ceo", 1): 11,
        ("ceo", 2): 2,
        ("ceo", 0): 1,
        ("central_team", 1): 120,
        ("central_team", 2): 13,
        ("central_team", 0): 6,
        ("school_leader", 1): 170,
        ("school_leader", 2): 18,
        ("school_leader", 0): 5,
    }
    answers = {("ceo", (1,)): 11}
    told, closed = (protect_response_counts(numbers, 5, one) for one in (None, answers))
    assert {("ceo", False), ("implied", "ceo", 2)}.isdisjoint(closed.published)
    assert withheld_safely(closed)
    assert exposed(closed.linked, told.hidden)


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


def item(values: list[float], mats: list[str], roles: list[str] | str = "ceo") -> Answers:
    given = [roles] * len(values) if isinstance(roles, str) else roles
    return Answers(
        np.array(values, dtype=float),
        np.array(mats, dtype=object),
        np.array(given, dtype=object),
        1.0,
        10.0,
        1.0,
    )


ONE_CLUSTER = {1: dict.fromkeys(TRUSTS[:6], 1)}


def test_a_mean_at_the_end_of_the_scale_tells_every_answer_and_is_withheld() -> None:
    mats = [mat for mat in TRUSTS[:6] for _ in range(4)]
    low = [3.0, 5.0, 8.0, 6.0] * 6
    assert (1, 1, "all") in protect_means(item(low, mats), ONE_CLUSTER, [], 3).published
    assert protect_means(item([10.0] * 24, mats), ONE_CLUSTER, [], 3).published == {}


def test_a_mean_near_the_end_is_withheld_where_one_answer_could_hardly_differ() -> None:
    # By hand: of six answers that add up to 59 each is 9 or 10, a ninth of the scale.
    mats = TRUSTS[:6]
    assert protect_means(item([10, 10, 10, 10, 10, 9], mats), ONE_CLUSTER, [], 3).published == {}
    # Of six that add up to 56 one may be 6, and so lies anywhere over four ninths.
    assert (1, 1, "all") in protect_means(
        item([10, 10, 9, 9, 9, 9], mats), ONE_CLUSTER, [], 3
    ).published


@pytest.mark.parametrize(("of_one", "told"), [(20, True), (60, False)])
def test_a_mean_is_withheld_where_one_trust_gave_nearly_all_answers(
    of_one: int, told: bool
) -> None:
    # The five others can move the first trust's mean by 5 / 60 of the scale at most, or by 5 / 20.
    mats = [TRUSTS[0]] * of_one + TRUSTS[1:6]
    values = [4.0, 6.0] * (of_one // 2) + [3.0, 5.0, 6.0, 7.0, 8.0]
    found = protect_means(item(values, mats), ONE_CLUSTER, [], 3)
    assert ((1, 1, "all") in found.published) == told


def recoverable(found: Protected, key: tuple) -> bool:
    """Whether published means, times their numbers of answers, add up to another sum exactly."""
    told = found.linked.sums[[one in found.published for one in found.keys]]
    target = found.linked.sums[found.keys.index(key)]
    both = np.vstack([told, target])
    return bool(np.linalg.matrix_rank(both) == np.linalg.matrix_rank(told))


def test_the_mean_of_all_less_those_of_the_other_roles_does_not_give_one_person() -> None:
    mats = [mat for mat in TRUSTS[:18] for _ in range(4)]
    roles = ["central_team", "central_team", "school_leader", "school_leader"] * 18
    roles[0] = "ceo"
    values = np.random.default_rng(7).integers(3, 9, size=72).astype(float).tolist()
    found = protect_means(item(values, mats, roles), {1: dict.fromkeys(TRUSTS[:18], 1)}, [], 3)
    assert (1, 1, "ceo") not in found.published
    assert not recoverable(found, (1, 1, "ceo"))
    naive = replace(found, hidden=np.array([key == (1, 1, "ceo") for key in found.keys]))
    assert recoverable(naive, (1, 1, "ceo")), "the attack works where it is let"


def spreads(of: Answers, below: int = 3) -> tuple[Protected, frozenset]:
    found = protect_means(of, PARTITIONS, [], below)
    return found, spreads_told(of, PARTITIONS, [], found)


def test_spreads_are_told_where_they_tell_nothing_of_small_groups() -> None:
    of = answers(np.random.default_rng(4), TRUSTS)
    found, told = spreads(replace(of, step=1.0))
    assert told == set(found.published)
    assert spreads(of)[1] == frozenset(), "any number may be an answer, which nobody can count"


def test_a_standard_deviation_that_pins_a_small_cluster_down_is_withheld() -> None:
    # Everybody answered 5 but for a few: with the standard deviation of all, nobody can be far off.
    mats = [mat for mat in TRUSTS for _ in range(6)]
    values = [5.0 + (n % 40 == 0) for n in range(120)]
    found, told = spreads(item(values, mats))
    assert found.published, "the means alone leave room"
    assert told == frozenset()


def test_three_answers_are_given_back_by_their_mean_spread_and_median() -> None:
    """Why no standard deviation of few answers is published."""

    def published(three: tuple[int, ...]) -> tuple[float, ...]:
        return round(np.mean(three), 2), round(np.std(three, ddof=1), 2), np.median(three)

    every = list(itertools.combinations_with_replacement(range(1, 11), 3))
    assert [one for one in every if published(one) == published((3, 4, 8))] == [(3, 4, 8)]
    # Nine answers, three trusts, a limit of 3: the mean is published, its spread is not.
    mats = [mat for mat in TRUSTS[:6] for _ in range(3)]
    values = np.random.default_rng(5).integers(3, 9, size=18).astype(float).tolist()
    of = item(values, mats)
    halves = {2: {mat: 1 + (n > 2) for n, mat in enumerate(TRUSTS[:6])}}
    found = protect_means(of, halves, [], 3)
    told = spreads_told(of, halves, [], found)
    assert (2, 1, "all") in found.published
    assert (2, 1, "all") not in told
