"""Labels give numbers, and the ends they name are held against the codebook."""

from __future__ import annotations

from typing import Any

import pytest

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.problems import InputProblems
from buildingtrusts.survey.importers.matching import match_wordings, normal
from buildingtrusts.survey.importers.scales import labelled_number, to_codebook_scales
from buildingtrusts.survey.raw_table import RawTable


def item(low: str = "Not at all like us", high: str = "Exactly like us", name: str = "q") -> Item:
    return Item("s", name, name, name, 1.0, 10.0, 1.0, low, high)


def raw(*fields: str, labels: dict[str, str] | None = None, header: str = "s__q") -> RawTable:
    rows = tuple((field,) for field in fields)
    lines = tuple(range(2, len(fields) + 2))
    return RawTable("f", (header,), rows, lines, labels={header: labels} if labels else {})


def scaled(table: RawTable, one: Item | None = None, **choices: Any) -> list[str]:
    done = to_codebook_scales(table, Codebook((one or item(),)), **choices)
    return list(done.column(done.header[0]))


def refused(table: RawTable, one: Item | None = None, **choices: Any) -> str:
    with pytest.raises(InputProblems) as raised:
        scaled(table, one, **choices)
    return str(raised.value)


# Labels in cells.


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("10 - Exactly like us", ("10", "Exactly like us")),
        ("10 – Exactly like us", ("10", "Exactly like us")),
        ("10: Exactly like us", ("10", "Exactly like us")),
        ("10 = Exactly like us", ("10", "Exactly like us")),
        ("10\nExactly like us", ("10", "Exactly like us")),
        ("10) Exactly like us", ("10", "Exactly like us")),
        ("(10) Exactly like us", ("10", "Exactly like us")),
        ("10 (Exactly like us)", ("10", "Exactly like us")),
        ("Exactly like us (10)", ("10", "Exactly like us")),
        ("Exactly like us - 10", ("10", "Exactly like us")),
        ("0.5 - Half", ("0.5", "Half")),
    ],
)
def test_a_field_may_hold_a_number_and_its_name(field: str, found: tuple[str, str]) -> None:
    assert labelled_number(field) == found


@pytest.mark.parametrize(
    "field",
    ["7", "7-8", "7 - 8", "7,5", "2031-05-01", "7 or 8", "7 out of 10", "seven", "", "7 -", "- 7"],
)
def test_what_is_no_named_number_is_left_for_the_codebook_to_refuse(field: str) -> None:
    assert labelled_number(field) is None
    assert scaled(raw(field)) == [field]


def test_labels_at_the_ends_give_the_number() -> None:
    table = raw("10 - Exactly like us", "7", "", "1 - Not at all like us")
    assert scaled(table) == ["10", "7", "", "1"]


def test_an_end_may_be_called_by_its_anchor_alone() -> None:
    assert scaled(raw("exactly like us.", "Not at all like us", "4")) == ["10", "1", "4"]


def test_case_blanks_and_quotation_marks_of_an_anchor_do_not_matter() -> None:
    one = item(high="It\u2019s  exactly like us")
    assert scaled(raw("10 - it's exactly like US."), one) == ["10"]


def test_an_end_of_another_name_is_a_problem() -> None:
    told = refused(raw("10 - Strongly agree", "3"))
    assert "column 's__q': found 'strongly agree'. In the codebook s__q runs from" in told
    assert "1 'Not at all like us' to 10 'Exactly like us'; this file calls 10 something" in told


def test_an_anchor_in_the_middle_of_the_scale_is_a_problem() -> None:
    assert "calls 5 something else" in refused(raw("5 - Exactly like us"))


def test_a_name_in_the_middle_of_the_scale_is_nobodys_business() -> None:
    assert scaled(raw("5 - Neither", "10")) == ["5", "10"]


def test_a_number_that_is_named_in_some_rows_only_was_typed_by_people() -> None:
    told = refused(raw("7 - but only in primaries", "7"))
    assert "7 is called differently in some" in told
    assert "primaries" not in told


def test_ends_without_an_anchor_in_the_codebook_are_not_checked_and_not_counted() -> None:
    done = to_codebook_scales(raw("10 - Anything"), Codebook((item("", ""),)))
    assert done.rows == (("10",),)
    assert not [note for note in done.notes if "agree" in note]


# Scales that run backwards.

BACKWARDS = {"1": "Exactly like us", "10": "Not at all like us"}


@pytest.mark.parametrize(
    "table",
    [
        raw("1", "4", labels=BACKWARDS),
        raw("1 - Exactly like us", "4"),
        raw("10 - Not at all like us", "4"),
    ],
)
def test_a_scale_that_runs_backwards_is_a_problem_until_it_is_declared(table: RawTable) -> None:
    told = refused(table)
    assert told.startswith("1 problem")
    assert "in this file it runs the other way" in told
    assert "List s__q under 'responses: reversed'" in told
    turned = scaled(table, reversed_items=["s__q"])
    assert turned[1] == "7"
    assert turned[0] in ("10", "1")


def test_a_declared_scale_is_counted_from_the_other_end() -> None:
    table = raw("1", "10", "3", "", "11", "x")
    assert scaled(table, reversed_items=["s__q"]) == ["10", "1", "8", "", "11", "x"]


def test_a_declaration_that_the_labels_contradict_is_a_problem() -> None:
    told = refused(raw("10 - Exactly like us", "3"), reversed_items=["s__q"])
    assert "The wave declares s__q as reversed; in this file it runs as in the codebook" in told


def test_a_declaration_of_no_item_or_of_one_without_a_scale_is_a_problem() -> None:
    bare = Item("s", "hours", "h", "h", None, None, None)
    with pytest.raises(InputProblems) as raised:
        to_codebook_scales(raw("1"), Codebook((item(), bare)), (), ["s__Q", "s__hours"])
    assert [problem.value for problem in raised.value.problems] == ["s__Q", "s__hours"]


def test_turning_is_told_in_the_notes() -> None:
    done = to_codebook_scales(raw("1"), Codebook((item(),)), (), ["s__q"])
    assert done.notes == ("1 items were turned round, as the wave declares: s__q",)


# Labels of codes.


def test_labels_that_hold_the_numbers_people_saw_overrule_codes() -> None:
    labels = {str(code): str(code - 1) for code in range(2, 11)}
    labels |= {"1": "0 - Devolved", "11": "10 - Central"}
    one = Item("s", "q", "q", "q", 0.0, 10.0, 1.0, "Devolved", "Central")
    assert scaled(raw("1", "8", "11", labels=labels), one) == ["0", "7", "10"]


def test_codes_that_are_shifted_and_not_all_labelled_are_a_problem() -> None:
    labels = {"1": "0 - Devolved", "11": "10 - Central"}
    one = Item("s", "q", "q", "q", 0.0, 10.0, 1.0, "Devolved", "Central")
    told = refused(raw("1", "8", "11", labels=labels), one)
    assert "the code 1 is called 0" in told


def test_a_label_that_means_no_answer_is_neither_an_end_nor_an_answer() -> None:
    labels = {"1": "Not at all like us", "10": "Exactly like us", "99": "Don't know"}
    assert scaled(raw("99", "10", labels=labels), missing=["DON'T KNOW"]) == ["", "10"]


def test_sentences_under_an_item_are_told_once_and_never_shown() -> None:
    told = refused(raw("Mrs Lovelace says that we do", "and so do I, I think", "4"))
    assert told.startswith("1 problem")
    assert "2 of this column are sentences, which are not shown" in told
    assert "Lovelace" not in told


def test_every_item_that_disagrees_is_named_in_one_report() -> None:
    items = tuple(item(name=name) for name in ("a", "b", "c"))
    table = RawTable(
        "f",
        ("s__a", "s__b", "s__c"),
        (("1 - Exactly like us", "10 - Exactly like us", "10 - Often"),),
        (2,),
    )
    with pytest.raises(InputProblems) as raised:
        to_codebook_scales(table, Codebook(items))
    assert [problem.column for problem in raised.value.problems] == ["s__a", "s__c"]


# Wordings.


def worded(header: tuple[str, ...], wordings: tuple[str, ...] = ()) -> RawTable:
    return RawTable("f", header, (("1",) * len(header),), (2,), wordings=wordings)


def places(table: RawTable, *items: Item, keys: tuple[str, ...] = ()) -> dict[str, str]:
    return match_wordings(table, Codebook(items), keys)[1]


VISION = Item("s", "vision", "V", "Sharing a vision", 1.0, 10.0, 1.0, aliases=("One vision",))


@pytest.mark.parametrize(
    "wording",
    [
        "Sharing a vision",
        "sharing  a <b>vision</b>.",
        "How well? - Sharing a vision",
        "How well? [Sharing a vision]",
        "Q3. Sharing a vision",
        "14.1.a. Sharing a vision",
        "How well? – One vision",
    ],
)
def test_an_item_is_found_by_what_stands_above_its_column(wording: str) -> None:
    assert places(worded(("id", "Q3"), ("ID", wording)), VISION) == {"s__vision": "Q3"}


@pytest.mark.parametrize("wording", ["Sharing visions", "Sharing a vision with others", "a vision"])
def test_a_wording_that_differs_is_another_item(wording: str) -> None:
    assert places(worded(("id", "Q3"), ("ID", wording)), VISION) == {}


def test_a_header_goes_before_a_wording() -> None:
    table = worded(("One vision", "Q3"), ("x", "Sharing a vision"))
    assert places(table, VISION) == {}
    codebook, _ = match_wordings(table, Codebook((VISION,)))
    assert codebook.items[0].aliases == ("One vision",)


def test_a_whole_wording_goes_before_its_last_part() -> None:
    table = worded(("Q3", "Q4"), ("How well? - Sharing a vision", "Sharing a vision"))
    assert places(table, VISION) == {"s__vision": "Q4"}


def test_a_key_column_is_no_item() -> None:
    assert places(worded(("Q3",), ("Sharing a vision",)), VISION, keys=("Q3",)) == {}


def test_a_wording_above_two_columns_is_a_problem() -> None:
    table = worded(("Q3", "Q4"), ("How well? - Sharing a vision", "How much? - Sharing a vision"))
    with pytest.raises(InputProblems) as raised:
        places(table, VISION)
    (problem,) = raised.value.problems
    assert problem.value == "Q3, Q4"
    assert problem.rule == "The item s__vision is in one column; its wording stands above 2."


def test_a_wording_of_two_items_is_a_problem() -> None:
    other = Item("t", "vision", "V", "Sharing a vision", 1.0, 10.0, 1.0)
    with pytest.raises(InputProblems) as raised:
        places(worded(("Q3",), ("Sharing a vision",)), VISION, other)
    (problem,) = raised.value.problems
    assert problem.rule.endswith("is that of 2: s__vision, t__vision.")


def test_text_is_alike_whatever_survey_tools_do_to_it() -> None:
    assert normal("\u201cEach  School\u2019s&nbsp;<i>identity</i>\u201d ?") == normal(
        "each school's identity"
    )
