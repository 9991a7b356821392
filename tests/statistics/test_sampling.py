"""A sample is held against every sample that could have been drawn from its population."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.crosstabs import exact_test
from buildingtrusts.statistics.sampling import EXACT, MONTE_CARLO, sampling_test

ORACLE = pd.read_csv(Path(__file__).parents[1] / "oracles" / "sampling_values.csv")
CASES = {str(row["case"]): row for _, row in ORACLE.iterrows()}


def counts(cells: object) -> list[int]:
    return [int(cell) for cell in str(cells).split(";")]


@pytest.mark.parametrize("case", CASES)
def test_p_and_dissimilarity_are_those_that_r_finds_in_all_samples(case: str) -> None:
    row = CASES[case]
    found = sampling_test(counts(row["sample"]), counts(row["population"]))
    assert (found.test, found.draws) == (EXACT, 0)
    for name in ("p_value", "p_min_attainable", "dissimilarity", "null_mean", "null_q95"):
        assert getattr(found, name) == pytest.approx(row[name], rel=1e-9, abs=1e-12), name


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.startswith(("random", "ties", "two"))]
)
def test_p_is_that_of_the_exact_test_of_drawn_against_not_drawn(case: str) -> None:
    drawn = np.array(counts(CASES[case]["sample"]))
    table = np.column_stack([drawn, np.array(counts(CASES[case]["population"])) - drawn])
    found = sampling_test(drawn.tolist(), counts(CASES[case]["population"]))
    expected = exact_test(table, draws=10, rng=np.random.default_rng(1))
    assert found.p_value == pytest.approx(expected.p_value, rel=1e-12)


@pytest.mark.parametrize("case", ["phase_mix", "random_07", "random_12"])
def test_a_drawn_p_surrounds_the_exact_one_and_says_that_it_is_drawn(case: str) -> None:
    row = CASES[case]
    found = sampling_test(
        counts(row["sample"]),
        counts(row["population"]),
        max_samples=1,
        draws=20_000,
        rng=np.random.default_rng(5),
    )
    assert (found.test, found.draws) == (MONTE_CARLO, 20_000)
    assert np.isnan(found.p_min_attainable)
    p = row["p_value"]
    assert found.p_value == pytest.approx(p, abs=5 * np.sqrt(p * (1 - p) / 20_000) + 5e-5)
    assert found.null_mean == pytest.approx(row["null_mean"], rel=0.02)
    assert found.dissimilarity == pytest.approx(row["dissimilarity"])


def test_random_samples_are_called_unusual_no_oftener_than_they_should_be() -> None:
    rng, population = np.random.default_rng(17), [60, 30, 10]
    p = [
        sampling_test(rng.multivariate_hypergeometric(population, 20).tolist(), population).p_value
        for _ in range(400)
    ]
    for level in (0.05, 0.2, 0.5):
        share = np.mean(np.array(p) <= level)
        assert share <= level + 3 * np.sqrt(level * (1 - level) / 400)
    assert np.mean(np.array(p) <= 0.5) > 0.35


def test_a_level_that_nobody_has_changes_nothing() -> None:
    assert sampling_test([2, 0, 0], [5, 0, 5]) == sampling_test([2, 0], [5, 5])


def test_the_order_of_the_levels_changes_nothing() -> None:
    one, other = (
        sampling_test([7, 9, 1], [283, 578, 245]),
        sampling_test([1, 7, 9], [245, 283, 578]),
    )
    assert one.p_value == other.p_value
    assert one.null_mean == pytest.approx(other.null_mean)


@pytest.mark.parametrize(
    ("sample", "population", "told"),
    [
        ([3], [2], "more of the sample than of the population"),
        ([0, 0], [2, 2], "found \\[0, 0\\]"),
        ([], [], "and some"),
        ([-1, 2], [2, 2], "0 or more"),
        ([1], [2, 2], "same levels"),
    ],
)
def test_counts_that_no_draw_could_give_are_refused(
    sample: list[int], population: list[int], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        sampling_test(sample, population)


def test_drawing_needs_a_generator() -> None:
    with pytest.raises(ValueError, match="pass a random generator"):
        sampling_test([50, 50, 50, 50], [99, 99, 99, 99])
