"""MAT 2 before MAT 10, whatever people call their trusts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.study.order import natural_key

#: The same examples on every run, however slow the machine.
REPEATED = settings(derandomize=True, deadline=None)


def test_trusts_are_listed_as_a_person_counts() -> None:
    names = [f"MAT {number}" for number in range(1, 23)]
    assert sorted(sorted(names), key=natural_key) == names


def test_numbers_inside_names_count_too() -> None:
    assert sorted(["T2b10", "T2b9", "T10a", "T2", "T"], key=natural_key) == [
        *("T", "T2", "T2b9", "T2b10", "T10a")
    ]


def test_digits_come_before_letters_and_nothing_before_both() -> None:
    assert sorted(["A", "1", ""], key=natural_key) == ["", "1", "A"]


@REPEATED
@given(st.lists(st.text(max_size=8), max_size=6))
def test_any_names_have_an_order_that_does_not_hang_on_how_they_came(names: list[str]) -> None:
    # Superscripts are digits that no number can be read from.
    names = [*names, "MAT 1²", "²"]
    assert sorted(names, key=natural_key) == sorted(reversed(names), key=natural_key)
