"""Clusters or slices of a line: against R, on lines, on clouds and on planted clusters."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from buildingtrusts.statistics.continuum import (
    CONTINUUM_COLUMNS,
    Continuum,
    compare_with_continuum,
    measure,
    one_factor,
)
from buildingtrusts.statistics.linkage import build_tree, cut_tree, scale
from buildingtrusts.statistics.ratings import Ratings, Specification, gather_ratings
from buildingtrusts.statistics.two_level_model import TwoLevelModel, fit_two_level
from buildingtrusts.statistics.validity import silhouette

ORACLES = Path(__file__).parents[1] / "oracles"
MEASURES = pd.read_csv(ORACLES / "continuum_measures.csv")
CASES = {
    "-".join(key): part for key, part in MEASURES.groupby(["data", "scaling", "metric"], sort=False)
}
ONE_FACTOR = pd.read_csv(ORACLES / "continuum_one_factor.csv")
EXACT = 1e-10
USUAL = Specification()


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def staffed(means: NDArray[np.float64], spread: float = 1.5, seed: int = 2) -> Ratings:
    """Twelve staff of each trust, answering in whole numbers from 1 to 10."""
    centre = np.repeat(means, 12, axis=0)
    answers = centre + np.random.default_rng(seed).normal(0, spread, centre.shape)
    scales = [(1.0, 10.0, 1.0)] * means.shape[1]
    return gather_ratings(
        np.clip(np.rint(answers), 1, 10), np.repeat(np.arange(len(means)), 12), scales
    )


def corners() -> Ratings:
    """Three groups of five trusts, at the corners of a triangle."""
    base = np.array([[3.0, 3, 3, 5], [8, 3, 3, 5], [5.5, 7.5, 3, 5]])
    jitter = np.random.default_rng(3).normal(0, 0.3, (15, 4))
    return staffed(np.repeat(base, 5, axis=0) + jitter)


def line() -> Ratings:
    """Fifteen trusts evenly along a line: the more of one thing, the more of all."""
    return staffed(np.linspace(3, 8, 15)[:, None] * np.ones(4))


def lumps() -> Ratings:
    """Fifteen trusts on a line, in two lumps at its ends."""
    return staffed(np.repeat([3.0, 8.0], [8, 7])[:, None] * np.ones(4))


def compared(ratings: Ratings, *k: int, draws: int = 199) -> Continuum:
    return compare_with_continuum(ratings, USUAL, k, draws, rng())


def p_value(found: Continuum, name: str, model: str, k: int | None = None) -> float:
    table = found.table()
    chosen = table[(table["measure"] == name) & (table["model"] == model)]
    if k is not None:
        chosen = chosen[chosen["k"] == k]
    return float(chosen["p_value"].item())


@pytest.mark.parametrize("case", CASES)
def test_measures_are_those_of_r(case: str) -> None:
    expected = CASES[case]
    data, scaling, metric = case.split("-")
    frame = pd.read_csv(ORACLES / "data" / f"{data}.csv").drop(columns="label")
    k = expected["k"].tolist()
    how = Specification(metric=metric, scaling=scaling)
    found = measure(frame.to_numpy(float)[None], k, how)
    for name in (
        *("cluster_share", "mean_silhouette", "axis_eta_squared", "silhouette_without_axis"),
    ):
        np.testing.assert_allclose(getattr(found, name)[0], expected[name], atol=EXACT)
    share = expected["first_axis_share"].iloc[0]
    assert found.first_axis_share[0] == pytest.approx(share, abs=EXACT)
    np.testing.assert_allclose(
        found.share_beyond_axis[0], expected["cluster_share"] - share, atol=EXACT
    )


@pytest.mark.parametrize("data", ["attitude", "swiss"])
def test_the_line_through_a_covariance_is_that_of_r(data: str) -> None:
    cells = ONE_FACTOR[ONE_FACTOR["data"] == data]
    size = int(cells["row"].max())
    covariance, expected = (
        cells[name].to_numpy(float).reshape(size, size) for name in ("covariance", "one_factor")
    )
    model = TwoLevelModel(np.zeros(size), covariance, np.zeros((0, size)))
    np.testing.assert_allclose(one_factor(model).between, expected, rtol=EXACT)


def test_on_the_line_trusts_differ_as_much_and_staff_as_before() -> None:
    cloud = fit_two_level(corners())
    on_line = one_factor(cloud)
    assert np.trace(on_line.between) == pytest.approx(np.trace(cloud.between))
    assert np.linalg.matrix_rank(cloud.between) > 1
    assert np.linalg.matrix_rank(on_line.between) == 1
    assert on_line.residuals is cloud.residuals
    assert on_line.centre is cloud.centre


def test_clusters_at_corners_are_more_than_a_line_and_more_than_a_cloud() -> None:
    found = compared(corners(), 3)
    for name in ("share_beyond_axis", "mean_silhouette", "silhouette_without_axis"):
        for model in ("two_level", "one_factor"):
            assert p_value(found, name, model, 3) <= 0.05, (name, model)
    assert found.observed.share_beyond_axis[0, 0] > 0.2


def test_slices_of_a_line_are_no_more_than_a_line() -> None:
    found = compared(line(), 3)
    assert found.observed.first_axis_share[0, 0] > 0.9
    assert found.observed.axis_eta_squared[0, 0] > 0.8
    assert found.observed.silhouette_without_axis[0, 0] < 0.1
    for name in ("share_beyond_axis", "mean_silhouette", "silhouette_without_axis"):
        assert p_value(found, name, "one_factor", 3) > 0.05, name
    assert p_value(found, "first_axis_share", "one_factor") > 0.05


def test_lumps_on_a_line_are_clusters_that_the_line_alone_separates() -> None:
    found = compared(lumps(), 2)
    assert p_value(found, "mean_silhouette", "one_factor", 2) <= 0.05
    assert found.observed.axis_eta_squared[0, 0] > 0.95
    assert p_value(found, "silhouette_without_axis", "one_factor", 2) > 0.05


def test_a_cloud_exceeds_a_line_without_any_clusters() -> None:
    """Why both models have to be exceeded."""
    means = np.random.default_rng(8).normal(5.5, 1.3, (15, 4))
    found = compared(staffed(means), 5)
    assert p_value(found, "share_beyond_axis", "one_factor", 5) <= 0.05
    assert p_value(found, "share_beyond_axis", "two_level", 5) > 0.05
    assert p_value(found, "first_axis_share", "one_factor") > 0.95


def test_p_rarely_falls_below_a_level_on_studies_from_the_line() -> None:
    """Twenty studies of trusts on a line: at 5% one is expected, and five would be 1 in 400."""
    low = 0
    for seed in range(20):
        draw = np.random.default_rng(seed)
        means = 5.5 + draw.normal(0, 1.2, 15)[:, None] * np.ones(4)
        found = compared(staffed(means, seed=seed), 3, draws=59)
        low += p_value(found, "share_beyond_axis", "one_factor", 3) <= 0.05
    assert low < 5


def test_the_table_has_every_measure_model_and_number_of_clusters() -> None:
    table = compared(corners(), 2, 3, draws=20).table()
    assert tuple(table.columns) == CONTINUUM_COLUMNS
    counts = table.groupby("measure", sort=False).size()
    assert counts.to_dict() == {
        "first_axis_share": 2,
        "cluster_share": 4,
        "share_beyond_axis": 4,
        "mean_silhouette": 4,
        "standardised_silhouette": 2,
        "axis_eta_squared": 4,
        "silhouette_without_axis": 4,
    }
    assert set(table["model"]) == {"two_level", "one_factor"}
    assert table.loc[table["measure"] == "first_axis_share", "k"].isna().all()
    assert table.loc[table["measure"] != "first_axis_share", "k"].isin([2, 3]).all()
    assert set(table["draws"]) == {20}
    assert set(table["n_mats"]) == {15}
    assert table["p_value"].between(1 / 21, 1).all()


def test_quantiles_and_p_are_those_of_the_draws() -> None:
    found = compared(corners(), 2, 3, draws=50)
    drawn = found.drawn["two_level"].axis_eta_squared[:, 1]
    observed = found.observed.axis_eta_squared[0, 1]
    row = found.table().query("measure == 'axis_eta_squared' and model == 'two_level' and k == 3")
    assert row["observed"].item() == observed
    assert row["null_q50"].item() == np.quantile(drawn, 0.5)
    assert row["null_q95"].item() == np.quantile(drawn, 0.95)
    assert row["p_value"].item() == (1 + (drawn >= observed).sum()) / 51


def test_the_standardised_silhouette_is_the_largest_over_k_in_the_study_and_in_each_draw() -> None:
    found = compared(corners(), 2, 3, draws=50)
    drawn = found.drawn["one_factor"].mean_silhouette
    centre, spread = drawn.mean(axis=0), drawn.std(axis=0, ddof=1)
    ours = (found.observed.mean_silhouette[0] - centre) / spread
    theirs = ((drawn - centre) / spread).max(axis=1)
    table = found.table()
    row = table[(table["measure"] == "standardised_silhouette") & (table["model"] == "one_factor")]
    assert row["k"].item() == 3 == [2, 3][int(ours.argmax())]
    assert row["observed"].item() == pytest.approx(ours.max())
    assert row["null_q95"].item() == pytest.approx(np.quantile(theirs, 0.95))
    assert row["p_value"].item() == pytest.approx((1 + (theirs >= ours.max()).sum()) / 51)


def test_draws_follow_from_the_seed_and_not_from_the_numbers_of_clusters() -> None:
    first, again = (compared(corners(), 2, 3, draws=20).table() for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    alone = compared(corners(), 3, draws=20).table()
    kept = first[(first["k"] == 3) & (first["measure"] != "standardised_silhouette")]
    others = alone[(alone["k"] == 3) & (alone["measure"] != "standardised_silhouette")]
    pd.testing.assert_frame_equal(kept.reset_index(drop=True), others.reset_index(drop=True))


def test_items_are_scaled_as_they_were_for_clustering() -> None:
    scores = np.random.default_rng(4).normal(size=(1, 9, 3)) * np.array([1.0, 5.0, 50.0])
    scaled = measure(scores, [2, 3], Specification(scaling="zscore"))
    by_hand = measure(scale(scores[0], "zscore")[None], [2, 3], USUAL)
    raw = measure(scores, [2, 3], USUAL)
    for name in ("first_axis_share", "cluster_share", "silhouette_without_axis"):
        np.testing.assert_allclose(getattr(scaled, name), getattr(by_hand, name))
    assert raw.first_axis_share[0, 0] > scaled.first_axis_share[0, 0] + 0.2


def test_correlations_keep_the_items_means_when_the_axis_is_taken_away() -> None:
    """Profiles are compared as they are, and not around the mean profile."""
    scores = np.random.default_rng(5).normal(size=(9, 4)) + np.array([0.0, 2.0, 4.0, 1.0])
    how = Specification(metric="correlation")
    centred = scores - scores.mean(axis=0)
    axis = np.linalg.svd(centred)[2][0]
    rest = scores - np.outer(centred @ axis, axis)
    labels = cut_tree(build_tree(scores, [str(one) for one in range(9)], metric="correlation"), 2)
    expected = silhouette(1 - np.corrcoef(rest), labels).mean_width
    found = measure(scores[None], [2], how)
    assert found.silhouette_without_axis[0, 0] == pytest.approx(expected)


@pytest.mark.parametrize("n_items", [1, 2])
def test_nothing_is_left_of_a_line_without_its_axis(n_items: int) -> None:
    values = np.array([0.1, 0.2, 0.4, 0.8, 0.9])
    found = measure((values[:, None] * np.arange(1.0, 1 + n_items))[None], [2, 3], USUAL)
    assert found.silhouette_without_axis.tolist() == [[0.0, 0.0]]
    np.testing.assert_allclose(found.first_axis_share, 1)
    np.testing.assert_allclose(found.axis_eta_squared, found.cluster_share)


def test_trusts_that_coincide_have_shares_of_zero() -> None:
    found = measure(np.full((1, 4, 2), 0.1), [2], USUAL)
    for name in ("first_axis_share", "cluster_share", "axis_eta_squared"):
        assert getattr(found, name).tolist() == [[0.0]], name


@pytest.mark.parametrize(
    ("answers", "k"),
    [
        (np.array([[1.0], [5.0], [9.0]]), (2,)),
        (np.array([[1.0], [9.0]]), ()),
        (np.array([[3.0, 4.0], [3.0, 4.0], [3.0, 4.0]]), (2,)),
        (np.array([[1.0, 2.0], [np.nan, 2.0], [4.0, 5.0], [6.0, np.nan], [4.0, 1.0]]), (2,)),
    ],
)
def test_tiny_studies_are_measured(answers: NDArray[np.float64], k: tuple[int, ...]) -> None:
    """One respondent a trust, one item, two trusts, trusts that agree, gaps, no bounds."""
    mats = np.arange(len(answers)) if len(answers) < 4 else np.array([0, 0, 1, 1, 2])
    scales: list[tuple[float, float, float] | None] = [None] * answers.shape[1]
    found = compare_with_continuum(gather_ratings(answers, mats, scales), USUAL, k, 9, rng())
    table = found.table()
    assert tuple(table.columns) == CONTINUUM_COLUMNS
    assert len(table) == (14 if k else 2)
    assert table.drop(columns="k").notna().all(axis=None)


@pytest.mark.parametrize(("k", "draws"), [([1], 9), ([15], 9), ([2], 1)])
def test_what_cannot_be_compared_is_told(k: list[int], draws: int) -> None:
    with pytest.raises(ValueError, match="from 2 to 14, and two draws or more"):
        compare_with_continuum(line(), USUAL, k, draws, rng())
