"""One seed, and for each task draws that nothing else can disturb."""

from __future__ import annotations

import itertools

import numpy as np

from buildingtrusts.study.randomness import task_generator

TASKS = [("2017", "profiles"), ("2024", "profiles"), ("2017", "crosstabulate", "3 phase_mix")]


def test_the_same_seed_and_task_give_the_same_draws_in_any_order() -> None:
    first = {task: task_generator(7, *task).random(5).tolist() for task in TASKS}
    again = {task: task_generator(7, *task).random(5).tolist() for task in reversed(TASKS)}
    assert first == again


def test_waves_tasks_and_seeds_have_streams_of_their_own() -> None:
    draws = [task_generator(seed, *task).random(5) for seed in (7, 8) for task in TASKS]
    for one, other in itertools.combinations(draws, 2):
        assert not np.isclose(one, other).any()


def test_a_task_named_in_two_words_is_not_the_task_named_in_one() -> None:
    assert task_generator(7, "a", "b").random() != task_generator(7, "ab").random()


def test_draws_do_not_change_from_one_release_to_the_next() -> None:
    # Results of a study must repeat: a new way of spawning streams would change every interval.
    drawn = task_generator(2017, "2017-reconstruction", "profiles").integers(1_000_000, size=3)
    assert drawn.tolist() == [330124, 309175, 66867]
