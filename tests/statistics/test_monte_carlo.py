"""Draws in chunks are the same whoever makes them, and p means what it says."""

import numpy as np
import pytest
from scipy.stats import binomtest

from buildingtrusts.statistics.monte_carlo import CHUNK_ANSWERS, chunks, exceedance


def rng(seed: int = 2017) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_part_without_work_is_an_error() -> None:
    with pytest.raises(ValueError, match="ask for 2 parts at most"):
        list(chunks(300, 10, rng(), part=(0, 3)))
    with pytest.raises(ValueError, match="part 2 of 2"):
        list(chunks(900, 10, rng(), part=(2, 2)))


def test_chunks_may_run_in_any_order() -> None:
    forwards = [child.random() for _, child in chunks(900, 10, rng())]
    children = [child for _, child in chunks(900, 10, rng())]
    assert [child.random() for child in reversed(children)] == forwards[::-1]
    assert len(set(forwards)) == 4


def test_a_chunk_never_holds_more_than_so_many_answers() -> None:
    sizes = [size for size, _ in chunks(1000, answers=CHUNK_ANSWERS // 3, rng=rng())]
    assert sizes == [3] * 333 + [1]
    assert [size for size, _ in chunks(2, 10 * CHUNK_ANSWERS, rng())] == [1, 1]


@pytest.mark.parametrize("reached", [0, 1, 17, 99])
def test_p_counts_the_study_among_the_draws_and_its_interval_is_that_of_clopper_pearson(
    reached: int,
) -> None:
    found = exceedance(np.repeat([1.0, 0.0], [reached, 99 - reached]), 0.5)
    expected = binomtest(reached, 99).proportion_ci(0.95, method="exact")
    assert found.p_value == (1 + reached) / 100
    assert found.p_low == pytest.approx(expected.low, abs=1e-12)
    assert found.p_high == pytest.approx(expected.high, abs=1e-12)
    assert found.p_low <= found.p_value <= found.p_high


def test_draws_equal_to_the_study_but_for_rounding_reach_it() -> None:
    assert exceedance(np.array([0.3 - 1e-13, 0.3 - 1e-11, 0.1]), 0.3).p_value == 2 / 4
    assert exceedance(np.array([3e5 - 1e-8, 3e5 - 1e-6]), 3e5).p_value == 2 / 3


def test_undefined_values_never_speak_against_the_null() -> None:
    assert exceedance(np.array([np.nan, 0.0]), 1.0).p_value == 2 / 3
    assert exceedance(np.zeros(9), float("nan")).p_value == 1
    assert exceedance(np.array([np.inf, 0.0]), float("inf")).p_value == 2 / 3
