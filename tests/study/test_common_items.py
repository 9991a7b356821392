"""Which items are the same over time, by what the codebook says of each."""

from __future__ import annotations

import pytest

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.common_items import common_block, common_items, trace_items
from buildingtrusts.study.problems import InputProblems


def item(
    name: str,
    status: str = "kept",
    *previous: str,
    block: str = "strategy",
    scale: tuple[float, float, float] | tuple[None, None, None] = (1.0, 10.0, 1.0),
) -> Item:
    return Item(block, name, name, "", *scale, status=status, previous_items=previous)


def waves(*codebooks: tuple[Item, ...]) -> dict[str, Codebook]:
    return {f"w{number}": Codebook(items) for number, items in enumerate(codebooks, start=1)}


def shared(*codebooks: tuple[Item, ...], of: tuple[str, ...] | None = None) -> list[list[str]]:
    """Columns of the items common to the waves, as each wave calls them."""
    given = waves(*codebooks)
    names = of or tuple(given)
    found = common_items(trace_items(given, "codebook.csv"), names)
    return [[one.asked[wave].column for wave in names] for one in found]


def refused(*codebooks: tuple[Item, ...], lines: dict | None = None) -> list[str]:
    with pytest.raises(InputProblems) as found:
        trace_items(waves(*codebooks), "codebook.csv", lines)
    return [str(problem) for problem in found.value.problems]


@pytest.mark.parametrize("status", ["kept", "reworded"])
def test_an_item_that_is_kept_or_reworded_is_the_same_item(status: str) -> None:
    assert shared((item("vision"),), (item("vision", status),)) == [
        ["strategy__vision", "strategy__vision"]
    ]


def test_a_kept_item_may_have_another_name() -> None:
    assert shared((item("vision"),), (item("aim", "reworded", "vision"),)) == [
        ["strategy__vision", "strategy__aim"]
    ]


def test_an_item_may_move_to_another_block() -> None:
    moved = item("office", "kept", "operations__back_office", block="finance")
    assert shared((item("back_office", block="operations"),), (moved,)) == [
        ["operations__back_office", "finance__office"]
    ]


def test_items_of_one_name_in_two_blocks_are_two_items() -> None:
    first = (item("office"), item("office", block="operations"))
    assert shared(first, (item("office", block="operations"),)) == [
        ["operations__office", "operations__office"]
    ]


@pytest.mark.parametrize(
    "later",
    [
        (item("finance", "split", "office"), item("estates", "split", "office")),
        (item("both", "merged", "office", "vision"),),
        (item("office", "new"),),
        (item("office", "dropped"),),
        (),
    ],
)
def test_split_merged_new_dropped_and_absent_items_are_not_common(later: tuple[Item, ...]) -> None:
    assert shared((item("office"), item("vision")), later) == []


def test_the_first_waves_statuses_do_not_matter() -> None:
    assert shared((item("vision", "kept"), item("office", "split")), (item("office"),)) == [
        ["strategy__office", "strategy__office"]
    ]


def test_an_item_of_three_waves_is_followed_through_its_names() -> None:
    three = ((item("a"),), (item("b", "reworded", "a"),), (item("c", "kept", "b"),))
    assert shared(*three) == [["strategy__a", "strategy__b", "strategy__c"]]


def test_an_item_left_out_of_a_wave_and_taken_up_again_is_the_same() -> None:
    three = ((item("a"), item("b")), (item("b"), item("a", "dropped")), (item("a"), item("b")))
    assert shared(*three, of=("w1", "w3")) == [["strategy__a"] * 2, ["strategy__b"] * 2]
    assert shared(*three) == [["strategy__b"] * 3]


def test_a_new_item_that_takes_an_old_name_is_another_item() -> None:
    three = ((item("a"),), (item("a", "new"),), (item("a"),))
    assert shared(*three, of=("w1", "w2")) == []
    assert shared(*three, of=("w2", "w3")) == [["strategy__a"] * 2]
    assert shared(*three, of=("w1", "w3")) == []


def test_common_items_come_in_the_order_of_the_last_questionnaire() -> None:
    assert shared((item("a"), item("b")), (item("b"), item("a"))) == [
        ["strategy__b"] * 2,
        ["strategy__a"] * 2,
    ]


def test_one_wave_shares_all_its_items_with_itself() -> None:
    assert shared((item("a"), item("b", "new"))) == [["strategy__a"], ["strategy__b"]]


def test_each_wave_has_its_own_scale() -> None:
    hours = item("a", scale=(None, None, None))
    traced = trace_items(waves((item("a"),), (item("a", scale=(0.0, 4.0, 1.0)),)))
    assert [traced[0].scale(wave) for wave in ("w1", "w2")] == [(1.0, 10.0), (0.0, 4.0)]
    assert trace_items(waves((hours,), (hours,)))[0].scale("w2") is None


def test_an_item_kept_from_nowhere_is_told_with_its_line() -> None:
    lines = {("w2", "strategy", "aim"): 7}
    assert refused((item("vision"),), (item("aim"),), lines=lines) == [
        "codebook.csv, line 7, column 'previous_items': found ''. strategy__aim is kept, so an "
        "earlier wave asked strategy__aim; none did.\n"
        "    Correct the name, or use the status 'new'."
    ]


def test_everything_wrong_is_told_at_once() -> None:
    first = (item("a"), item("b"), item("c"))
    second = (
        item("x", "kept", "a", "b"),
        item("y", "kept", "c"),
        item("z", "reworded", "c"),
        item("s", "split", "nothing"),
        item("b", "kept", scale=(None, None, None)),
    )
    told = refused(first, second)
    assert len(told) == 4
    for problem, words in zip(
        told,
        (
            "strategy__x came from 2.",
            "strategy__y and strategy__z are both the same item as strategy__c",
            "strategy__s is split, so an earlier wave asked strategy__nothing",
            "strategy__b is kept, so it has a scale in every wave or in none",
        ),
        strict=True,
    ):
        assert words in problem


def test_only_what_an_earlier_wave_asked_can_be_dropped() -> None:
    (told,) = refused(
        (item("a"),),
        (item("a"), item("b", "dropped")),
        lines={("w2", "strategy", "b"): 7},
    )
    assert "line 7" in told
    assert "strategy__b is dropped, so an earlier wave asked strategy__b; none did." in told
    (first,) = refused((item("a"), item("b", "dropped")))
    assert "only what an earlier wave asked is dropped" in first


def test_an_item_cannot_be_dropped_and_asked_under_another_name() -> None:
    (told,) = refused((item("a"),), (item("b", "reworded", "a"), item("a", "dropped")))
    assert "strategy__a is dropped, but strategy__b is the same item and is asked." in told


def test_the_common_block_is_what_every_wave_clusters() -> None:
    books = waves(
        (item("a"), item("b"), item("c", block="operations")),
        (item("b"), item("a"), item("c", block="operations")),
    )
    traced = trace_items(books)
    found = common_block(traced, {"w1": "strategy", "w2": "strategy"})
    assert [one.asked["w2"].item for one in found] == ["b", "a"]
    assert common_block(traced, {"w1": "strategy", "w2": "operations"}) == ()
