"""Desired standardisation: whom the averages speak for, and the balanced sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.standardisation import (
    STANDARDISATION_COLUMNS,
    summarise_standardisation,
)

NAN = float("nan")
Q = [("w", "q")]


def wave(sizes: dict[str, int], seed: int = 1) -> pd.DataFrame:
    """Whole-number answers from 1 to 5; nobody skips a question."""
    rng = np.random.default_rng(seed)
    mats = [mat for mat, size in sizes.items() for _ in range(size)]
    roles = rng.choice(["ceo", "central_team", "school_leader"], size=len(mats))
    answers = rng.integers(1, 6, size=len(mats)).astype(float)
    return pd.DataFrame({"mat_id": mats, "role": roles, "w__q": answers})


def summarised(
    frame: pd.DataFrame, mats: list[str], n: int = 4, draws: int = 100, seed: int = 1
) -> pd.DataFrame:
    table = summarise_standardisation(frame, Q, mats, n, draws, np.random.default_rng(seed))
    return table.set_index("sample")


def test_the_balanced_sample_has_four_answers_from_each_clustered_trust() -> None:
    sizes = {f"MAT {n}": 5 + 3 * n for n in range(1, 18)}
    found = summarised(wave({**sizes, "outside": 4}), list(sizes))
    assert found.loc["balanced", "n"] == found.loc["balanced_once", "n"] == 68
    assert found.loc["all", "n"] == sum(sizes.values()) + 4


def test_a_trust_with_fewer_people_gives_them_all() -> None:
    found = summarised(wave({"A": 10, "B": 3}), ["A", "B"])
    assert found.loc["balanced_once", "n"] == 4 + 3


def test_nobody_is_drawn_twice() -> None:
    frame = pd.DataFrame({"mat_id": "A", "role": "ceo", "w__q": [1.0, 2.0, 3.0, 4.0]})
    found = summarised(frame, ["A"])
    assert found.loc["balanced", ["mean", "median", "mean_q05", "mean_q95"]].tolist() == [2.5] * 4


def test_a_large_trust_outweighs_others_in_all_responses_and_not_in_the_balanced_sample() -> None:
    frame = pd.DataFrame(
        {"mat_id": ["A"] * 90 + ["B"] * 10, "role": "ceo", "w__q": [5.0] * 90 + [3.0] * 10}
    )
    found = summarised(frame, ["A", "B"])
    assert found["mean"][["all", "balanced", "balanced_once"]].tolist() == [4.8, 4.0, 4.0]


def test_over_many_draws_the_mean_is_that_of_the_trusts_means() -> None:
    frame = wave({"A": 40, "B": 12, "C": 7})
    found = summarised(frame, ["A", "B", "C"], draws=4000)
    expected = frame.groupby("mat_id")["w__q"].mean().mean()
    spread = found.loc["balanced", "mean_q95"] - found.loc["balanced", "mean_q05"]
    assert found.loc["balanced", "mean"] == pytest.approx(expected, abs=0.05 * spread)
    assert found.loc["balanced", "mean_q05"] < expected < found.loc["balanced", "mean_q95"]


def test_one_draw_is_the_balanced_sample_drawn_once() -> None:
    found = summarised(wave({"A": 40, "B": 12}), ["A", "B"], draws=1)
    assert found.loc["balanced", "mean"] == found.loc["balanced_once", "mean"]
    assert found.loc["balanced", "median"] == found.loc["balanced_once", "median"]


def test_draws_are_counted() -> None:
    found = summarised(wave({"A": 9}), ["A"], draws=7)
    assert found["draws"].to_dict() == {
        **{"all": 0, "central": 0, "local": 0},
        **{"balanced_once": 1, "balanced": 7},
    }


def test_central_staff_are_chief_executives_and_central_teams() -> None:
    frame = pd.DataFrame(
        {
            "mat_id": "A",
            "role": ["ceo", "central_team", "school_leader", None],
            "w__q": [5.0, 4.0, 1.0, 2.0],
        }
    )
    found = summarised(frame, ["A"])
    assert found["mean"][["all", "central", "local"]].tolist() == [3.0, 4.5, 1.0]
    assert found["n"][["all", "central", "local"]].tolist() == [4, 2, 1]


def test_missing_answers_make_samples_smaller_and_an_unanswered_question_is_missing() -> None:
    frame = wave({"A": 8, "B": 8}).assign(w__r=NAN)
    frame.loc[:3, "w__q"] = NAN
    table = summarise_standardisation(
        frame, [*Q, ("w", "r")], ["A", "B"], 4, 50, np.random.default_rng(1)
    ).set_index(["sample", "item"])
    # Four of A's eight answered, so that two of the four drawn are expected to have.
    assert table.loc[("balanced", "q"), "n"] == pytest.approx(6, abs=0.5)
    assert (table.xs("r", level="item")["n"] == 0).all()
    assert table.xs("r", level="item")["mean"].isna().all()


def test_rows_come_by_sample_and_area() -> None:
    table = summarise_standardisation(
        wave({"A": 8}).assign(w__a=3.0), [*Q, ("w", "a")], ["A"], 4, 5, np.random.default_rng(1)
    )
    assert tuple(table.columns) == STANDARDISATION_COLUMNS
    samples = ["all", "central", "local", "balanced_once", "balanced"]
    assert list(zip(table["sample"], table["item"], strict=True)) == [
        (sample, item) for sample in samples for item in ("q", "a")
    ]


def test_the_same_seed_gives_the_same_sample_and_another_another() -> None:
    frame = wave({"A": 40, "B": 30})
    one, same, other = (summarised(frame, ["A", "B"], seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert one.loc["balanced", "mean"] != other.loc["balanced", "mean"]


def test_a_wave_that_did_not_ask_has_an_empty_table() -> None:
    table = summarise_standardisation(wave({"A": 8}), [], ["A"], 4, 5, np.random.default_rng(1))
    assert (len(table), tuple(table.columns)) == (0, STANDARDISATION_COLUMNS)
