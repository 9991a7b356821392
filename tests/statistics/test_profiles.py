"""What clusters are like: means, weights and intervals that can be worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.profiles import PROFILE_COLUMNS, profile_clusters

NAN = float("nan")
Q = [("s", "q")]


def people(**of: list[float]) -> pd.DataFrame:
    rows = [(mat, "school_leader", answer) for mat, answers in of.items() for answer in answers]
    return pd.DataFrame(rows, columns=["mat_id", "role", "s__q"])


def profiled(
    frame: pd.DataFrame, clusters: dict[str, int], draws: int = 200, seed: int = 1
) -> pd.DataFrame:
    return profile_clusters(frame, Q, {2: clusters}, draws, np.random.default_rng(seed))


def row(table: pd.DataFrame, cluster: int = 1, role: str = "all", **where: Any) -> pd.Series:
    chosen = (table["cluster"] == cluster) & (table["role"] == role)
    for name, value in {"weighting": "responses", **where}.items():
        chosen &= table[name] == value
    (found,) = (one for _, one in table[chosen].iterrows())
    return found


def test_responses_or_trusts_count_alike() -> None:
    table = profiled(people(A=[2, 4, 6, 8], B=[10], C=[1]), {"A": 1, "B": 1, "C": 2})
    by_responses, by_mats = row(table), row(table, weighting="mats")
    assert by_responses[["n_mats", "n_responses", "mean", "median"]].tolist() == [2, 5, 6, 6]
    assert by_responses["sd"] == pytest.approx(np.std([2, 4, 6, 8, 10], ddof=1))
    # The trusts' means are 5 and 10.
    assert by_mats[["n_mats", "n_responses", "mean", "median"]].tolist() == [2, 5, 7.5, 7.5]
    assert by_mats["sd"] == pytest.approx(np.std([5, 10], ddof=1))


def test_the_scaled_mean_is_held_against_all_responses_of_all_trusts() -> None:
    frame = people(A=[2, 4], B=[9, 9], outside=[1])
    table = profiled(frame, {"A": 1, "B": 2})
    centre, spread = np.mean([2, 4, 9, 9, 1]), np.std([2, 4, 9, 9, 1], ddof=1)
    assert row(table)["scaled_mean"] == pytest.approx((3 - centre) / spread)
    assert row(table, cluster=2)["scaled_mean"] == pytest.approx((9 - centre) / spread)
    assert set(table["cluster"]) == {1, 2}


def test_scaled_means_of_clusters_weighted_by_responses_average_to_nothing() -> None:
    rng = np.random.default_rng(5)
    frame = people(**{mat: rng.integers(1, 11, size=6 + n).tolist() for n, mat in enumerate("ABC")})
    table = profiled(frame, {"A": 1, "B": 2, "C": 2})
    rows = [row(table, cluster=cluster) for cluster in (1, 2)]
    assert sum(one["scaled_mean"] * one["n_responses"] for one in rows) == pytest.approx(0)


def test_a_question_all_answer_alike_has_no_scaled_mean() -> None:
    assert np.isnan(row(profiled(people(A=[5, 5], B=[5]), {"A": 1, "B": 2}))["scaled_mean"])


def test_two_answers_give_the_interval_of_a_rescaled_bootstrap() -> None:
    # Of 0 and 10 a resample has the mean 0 or 10 a quarter of the time each, so that both ends of
    # the interval are there; rescaled by the root of n / (n - 1), they are 5 times 1.414 away.
    found = row(profiled(people(A=[0, 10], B=[1]), {"A": 1, "B": 2}))
    np.testing.assert_allclose(
        found[["ci_low", "ci_high"]].astype(float), 5 + 50**0.5 * np.array([-1, 1])
    )


@pytest.mark.parametrize("n", [5, 12, 60])
def test_intervals_have_the_width_of_the_means_standard_error(n: int) -> None:
    answers = np.random.default_rng(n).normal(5, 2, size=n)
    found = row(profiled(people(A=answers.tolist(), B=[1]), {"A": 1, "B": 2}, draws=20_000))
    half_width = (found["ci_high"] - found["ci_low"]) / 2
    # Without the rescaling it would be 11% less for n = 5.
    assert half_width == pytest.approx(1.96 * answers.std(ddof=1) / n**0.5, rel=0.04)


def test_trusts_of_a_cluster_are_resampled_apart() -> None:
    # Trusts that differ and agree within leave nothing to resample.
    found = row(profiled(people(A=[2, 2, 2], B=[9, 9]), {"A": 1, "B": 1}))
    assert found[["ci_low", "ci_high"]].tolist() == pytest.approx([4.8, 4.8])


@pytest.mark.parametrize(("weighting", "weight"), [("responses", 1 / 3), ("mats", 1 / 2)])
def test_a_trusts_uncertainty_counts_by_its_weight(weighting: str, weight: float) -> None:
    table = profiled(people(A=[0, 10], B=[5, 5, 5, 5]), {"A": 1, "B": 1})
    found = row(table, weighting=weighting)
    assert found["mean"] == 5
    assert found["ci_high"] == pytest.approx(5 + weight * 50**0.5)


def test_a_single_answer_a_trust_gives_no_interval() -> None:
    found = row(profiled(people(A=[3], B=[8]), {"A": 1, "B": 1}))
    assert found["mean"] == 5.5
    assert np.isnan([found["ci_low"], found["ci_high"]]).all()


def test_missing_answers_leave_the_others_as_they_were() -> None:
    frame = people(A=[0, 10, NAN, NAN], B=[1])
    found = row(profiled(frame, {"A": 1, "B": 2}, draws=4000))
    assert found[["n_responses", "mean"]].tolist() == [2, 5]
    assert found["ci_high"] == pytest.approx(5 + 50**0.5)


def test_roles_have_their_own_rows_and_an_absent_one_is_counted_as_nobody() -> None:
    frame = people(A=[2, 4], B=[8])
    frame.loc[0, "role"] = "ceo"
    frame.loc[1, "role"] = None
    table = profiled(frame, {"A": 1, "B": 2})
    assert row(table, role="ceo")[["n_responses", "mean"]].tolist() == [1, 2]
    assert row(table)[["n_responses", "mean"]].tolist() == [2, 3]
    nobody = row(table, role="central_team")
    assert nobody[["n_mats", "n_responses"]].tolist() == [0, 0]
    assert nobody[["mean", "median", "sd", "scaled_mean", "ci_low", "ci_high"]].isna().all()


def test_rows_come_by_partition_cluster_role_weighting_and_item() -> None:
    frame = people(A=[2, 4], B=[8]).assign(t__q=1.0)
    partitions = {2: {"A": 1, "B": 2}, 3: {"A": 2, "B": 1}}
    table = profile_clusters(
        frame, [("t", "q"), ("s", "q")], partitions, 10, np.random.default_rng(1)
    )
    assert tuple(table.columns) == PROFILE_COLUMNS
    keys = list(
        zip(
            table["k"],
            table["cluster"],
            table["role"],
            table["weighting"],
            table["block"],
            strict=True,
        )
    )
    assert keys == [
        (k, cluster, role, weighting, block)
        for k in (2, 3)
        for cluster in (1, 2)
        for role in ("all", "ceo", "central_team", "school_leader")
        for weighting in ("responses", "mats")
        for block in ("t", "s")
    ]
    assert (table["draws"] == 10).all()


def test_the_same_seed_gives_the_same_intervals_and_another_others() -> None:
    frame = people(A=[1, 4, 5, 9, 10], B=[8, 3])
    clusters = {"A": 1, "B": 2}
    one, same, other = (profiled(frame, clusters, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert (one["mean"].dropna() == other["mean"].dropna()).all()
    assert row(one)["ci_low"] != row(other)["ci_low"]
