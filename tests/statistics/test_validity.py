"""Silhouettes by hand, and what must hold for any of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.statistics.validity import adjusted_rand, silhouette

#: The same examples on every run, however slow the machine.
REPEATED = settings(derandomize=True, deadline=None)


def on_a_line(*places: float) -> np.ndarray:
    points = np.array(places)
    return abs(points[:, None] - points)


def test_two_pairs_by_hand() -> None:
    found = silhouette(on_a_line(0, 2, 10, 14), np.array([1, 1, 2, 2]))
    # (b - a) / max(a, b): b is 12, 10, 9 and 13; a is 2, 2, 4 and 4.
    np.testing.assert_allclose(found.widths, [10 / 12, 8 / 10, 5 / 9, 9 / 13])
    assert found.neighbours.tolist() == [2, 2, 1, 1]


def test_the_only_member_of_a_cluster_has_width_nothing() -> None:
    found = silhouette(on_a_line(0, 1, 100), np.array([1, 1, 2]))
    assert found.widths[2] == 0
    assert found.neighbours.tolist() == [2, 2, 1]
    assert not silhouette(on_a_line(0, 1, 5), np.array([1, 2, 3])).widths.any()


def test_a_misplaced_trust_has_a_negative_width() -> None:
    found = silhouette(on_a_line(0, 1, 9, 10, 11), np.array([1, 1, 1, 2, 2]))
    assert found.widths[2] == pytest.approx((1.5 - 8.5) / 8.5)


def test_the_lower_number_is_the_neighbour_where_two_are_equally_near() -> None:
    found = silhouette(on_a_line(5, 5, 0, 10), np.array([3, 3, 2, 1]))
    assert found.neighbours[:2].tolist() == [1, 1]


def test_trusts_that_coincide_have_width_nothing() -> None:
    assert not silhouette(on_a_line(5, 5, 5, 5), np.array([1, 1, 2, 2])).widths.any()
    assert silhouette(on_a_line(5, 5, 9, 9), np.array([1, 1, 2, 2])).widths.tolist() == [1.0] * 4


def test_small_clusters_count_alike_in_the_mean_over_clusters() -> None:
    found = silhouette(on_a_line(0, 2, 10, 14, 99), np.array([1, 1, 2, 2, 3]))
    by_hand = [10 / 12, 8 / 10, 5 / 9, 9 / 13, 0]
    assert found.mean_width == pytest.approx(sum(by_hand) / 5)
    macro = ((10 / 12 + 8 / 10) / 2 + (5 / 9 + 9 / 13) / 2 + 0) / 3
    assert found.macro_width == pytest.approx(macro)


@pytest.mark.parametrize("labels", [[1, 1, 1], [0, 1, 1], [1, 3, 3], [2, 2, 3]])
def test_clusters_are_numbered_from_one_without_gaps(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="silhouettes need two clusters or more, numbered 1, 2"):
        silhouette(on_a_line(0, 1, 2), np.array(labels))


PLACES = st.lists(st.integers(0, 20), min_size=6, max_size=6)
LABELS = st.permutations([1, 1, 2, 2, 2, 3])


@REPEATED
@given(PLACES, LABELS, st.permutations(range(6)), st.floats(0.01, 100))
def test_widths_know_neither_the_order_of_trusts_nor_the_unit(
    places: list[int], labels: list[int], order: list[int], unit: float
) -> None:
    numbers, mixed = np.array(labels), np.array(order)
    straight = silhouette(on_a_line(*places), numbers)
    other = silhouette(on_a_line(*(np.array(places)[mixed] * unit)), numbers[mixed])
    assert ((straight.widths >= -1) & (straight.widths <= 1)).all()
    np.testing.assert_allclose(other.widths, straight.widths[mixed], atol=1e-9)


@REPEATED
@given(PLACES, LABELS)
def test_a_width_is_what_its_definition_says(places: list[int], labels: list[int]) -> None:
    distances, numbers = on_a_line(*places), np.array(labels)
    for i, width in enumerate(silhouette(distances, numbers).widths):
        others = [j for j in range(6) if j != i]
        own = [distances[i, j] for j in others if numbers[j] == numbers[i]]
        rest = [
            np.mean([distances[i, j] for j in others if numbers[j] == k])
            for k in {1, 2, 3} - {int(numbers[i])}
        ]
        a, b = (np.mean(own) if own else 0.0), min(rest)
        expected = (b - a) / max(a, b) if own and max(a, b) > 0 else 0.0
        assert width == pytest.approx(expected, abs=1e-12)


def test_the_worked_example_of_the_adjusted_rand_index() -> None:
    # Two partitions of six objects counted by pairs: 2 pairs together in both, 3 and 6 in each.
    # (2 - 3 * 6 / 15) / ((3 + 6) / 2 - 3 * 6 / 15)
    found = adjusted_rand(np.array([1, 1, 2, 2, 3, 3]), np.array([1, 1, 1, 2, 2, 2]))
    assert found == pytest.approx((2 - 1.2) / (4.5 - 1.2))


@REPEATED
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=30))
def test_the_adjusted_rand_index_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    from sklearn.metrics import adjusted_rand_score

    first, second = np.array(pairs).T
    assert adjusted_rand(first, second) == pytest.approx(adjusted_rand_score(first, second))
    assert adjusted_rand(first, second) == adjusted_rand(second, first)


def test_partitions_of_too_few_or_different_objects_are_not_compared() -> None:
    assert np.isnan(adjusted_rand(np.array([1]), np.array([1])))
    with pytest.raises(ValueError, match="2 and 3 objects"):
        adjusted_rand(np.array([1, 2]), np.array([1, 2, 3]))
