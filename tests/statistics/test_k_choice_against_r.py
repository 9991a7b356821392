"""The gap statistic against ``cluster::clusGap``, prediction strength against ``fpc``."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from buildingtrusts.statistics.k_choice import (
    compare_dispersions,
    log_dispersions,
    reference_box,
    split_strengths,
)
from buildingtrusts.statistics.linkage import build_tree, scale

ORACLES = Path(__file__).parents[1] / "oracles"
EXACT = 1e-10
CASE = ["data", "scaling", "metric", "linkage", "null"]


def by_case(name: str) -> dict[tuple[str, ...], pd.DataFrame]:
    return dict(list(pd.read_csv(ORACLES / f"{name}.csv").groupby(CASE, sort=False)))


GAPS, SAMPLES, BOXES = map(by_case, ("indices_gaps", "indices_gap_samples", "indices_gap_boxes"))
SPLITS = pd.read_csv(ORACLES / "indices_splits.csv")
STRENGTHS = pd.read_csv(ORACLES / "indices_strengths.csv")
every_gap = pytest.mark.parametrize("case", GAPS, ids="-".join)


def scores_of(data: str, scaling: str) -> NDArray[np.float64]:
    frame = pd.read_csv(ORACLES / "data" / f"{data}.csv")
    return scale(frame.drop(columns="label").to_numpy(float), scaling)


def test_the_oracle_covers_both_nulls_and_chooses_more_than_one_k() -> None:
    assert {case[-1] for case in GAPS} == {"scaled_pca", "original"}
    assert {case[2] for case in GAPS} == {"euclidean", "manhattan"}
    chosen = {part.loc[part["chosen"] == 1, "k"].item() for part in GAPS.values()}
    assert len(chosen) > 1


@every_gap
def test_dispersions_of_the_study_are_those_of_clusgap(case: tuple[str, ...]) -> None:
    data, scaling, metric, linkage, _ = case
    expected = GAPS[case]
    logs = log_dispersions(scores_of(data, scaling)[None], len(expected), linkage, metric)[0]
    # R halves the sum of squares; the paper does not.
    np.testing.assert_allclose(logs, expected["log_w"] + np.log(2), rtol=0, atol=EXACT)


@every_gap
def test_gap_standard_error_and_choice_are_those_of_clusgap_on_its_own_samples(
    case: tuple[str, ...],
) -> None:
    data, scaling, metric, linkage, null = case
    expected = GAPS[case]
    scores = scores_of(data, scaling)
    columns = [name for name in SAMPLES[case] if name.startswith("V")]
    drawn = SAMPLES[case][columns].to_numpy().reshape(-1, *scores.shape)
    study, samples = (
        log_dispersions(one, len(expected), linkage, metric) for one in (scores[None], drawn)
    )
    found = compare_dispersions(null, study[0], samples)
    np.testing.assert_allclose(found.values, expected["gap"], rtol=0, atol=EXACT)
    np.testing.assert_allclose(found.errors, expected["se"], rtol=0, atol=EXACT)
    assert found.chosen == expected.loc[expected["chosen"] == 1, "k"].item()
    assert (found.draws, found.null) == (len(drawn), null)


@every_gap
def test_the_box_of_the_samples_is_that_of_clusgap(case: tuple[str, ...]) -> None:
    data, scaling, *_, null = case
    axes, low, high = reference_box(scores_of(data, scaling), null)
    np.testing.assert_allclose(axes.T @ axes, np.eye(len(low)), atol=EXACT)
    expected = BOXES[case][["low", "high"]].to_numpy()
    # An axis has no direction of its own: it may point either way.
    mirrored = np.abs(np.column_stack([low, high]) - expected).max(axis=1) > EXACT
    low, high = np.where(mirrored, -high, low), np.where(mirrored, -low, high)
    np.testing.assert_allclose(np.column_stack([low, high]), expected, rtol=0, atol=EXACT)
    if null == "original":
        assert not mirrored.any()


def test_the_strength_oracle_covers_every_linkage() -> None:
    assert set(STRENGTHS["linkage"]) == {"average", "complete", "single", "ward"}
    assert STRENGTHS["strength"].nunique() > 50


@pytest.mark.parametrize("linkage", ["average", "complete", "single", "ward"])
@pytest.mark.parametrize("k", [2, 3, 4, 5, 6])
def test_every_split_is_as_strong_as_in_fpc(linkage: str, k: int) -> None:
    expected = STRENGTHS.query("linkage == @linkage and k == @k")
    scores = scores_of("attitude", "zscore")
    tree = build_tree(scores, [str(place) for place in range(len(scores))])
    orders = SPLITS.query("k == @k").drop(columns=["k", "split"]).to_numpy() - 1
    found = split_strengths(scores, tree.distances, orders, [k], linkage, "euclidean")
    np.testing.assert_allclose(found[:, 0], expected["strength"], rtol=0, atol=EXACT)
    assert found.mean() == pytest.approx(expected["mean"].iloc[0], abs=EXACT)
