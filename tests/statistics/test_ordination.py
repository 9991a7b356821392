"""Trusts in two dimensions: a map that keeps distances, and the same map on every system."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from buildingtrusts.statistics.ordination import ordinate

#: The same examples on every run, however slow the machine.
REPEATED = settings(derandomize=True, deadline=None)

SCORES = np.random.default_rng(4).normal(5, 2, size=(17, 10))


@pytest.mark.parametrize("shape", [(17, 10), (4, 10), (2, 3), (6, 1)])
def test_distances_on_all_axes_are_the_distances_between_the_scores(
    shape: tuple[int, int],
) -> None:
    scores = SCORES[: shape[0], : shape[1]]
    found = ordinate(scores)
    m = min(shape[0] - 1, shape[1])
    assert (found.coordinates.shape, found.loadings.shape) == ((shape[0], m), (shape[1], m))
    np.testing.assert_allclose(pdist(found.coordinates), pdist(scores))


def test_axes_carry_falling_shares_of_all_that_separates_trusts() -> None:
    found = ordinate(SCORES)
    assert (np.diff(found.shares) <= 0).all()
    assert found.shares.sum() == pytest.approx(1)
    variances = found.coordinates.var(axis=0)
    np.testing.assert_allclose(found.shares, variances / variances.sum())


def test_a_continuum_lies_on_one_axis() -> None:
    direction, places = np.array([1.0, -2.0, 0.5]), np.linspace(0, 6, 9)
    found = ordinate(4 + np.outer(places, direction))
    assert found.shares[0] == pytest.approx(1)
    np.testing.assert_allclose(
        np.abs(found.coordinates[:, 0]),
        np.abs(places - places.mean()) * np.linalg.norm(direction),
        atol=1e-12,
    )


def test_the_largest_loading_of_each_axis_is_positive() -> None:
    loadings = ordinate(SCORES).loadings
    largest = np.abs(loadings).argmax(axis=0)
    assert (loadings[largest, np.arange(loadings.shape[1])] > 0).all()
    np.testing.assert_allclose(np.linalg.norm(loadings, axis=0), 1)


@REPEATED
@given(st.permutations(range(17)))
def test_the_order_of_trusts_moves_no_trust(order: list[int]) -> None:
    mixed = ordinate(SCORES[order])
    np.testing.assert_allclose(mixed.coordinates, ordinate(SCORES).coordinates[order], atol=1e-9)


@pytest.mark.parametrize("score", [5.0, 0.1, 14 / 3])
def test_trusts_that_coincide_have_one_place_and_no_shares(score: float) -> None:
    found = ordinate(np.full((3, 2), score))
    assert not found.coordinates.any()
    assert found.shares.tolist() == [0.0, 0.0]
