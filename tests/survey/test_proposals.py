"""Which column is which item: words in common, one-to-one pairs, keys, roles, scales."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.study.codebook import Item
from buildingtrusts.survey.key_columns import near_names, role_of, roles_of_labels, trust_column
from buildingtrusts.survey.proposals import Earlier, Proposal, earlier_items, propose
from buildingtrusts.survey.rating_columns import Scale, guessed_scale, may_be_ratings, read_answers
from buildingtrusts.survey.raw_table import RawTable
from buildingtrusts.survey.similarity import best_pairs, likeness
from buildingtrusts.survey.wishes import Wishes
from buildingtrusts.survey.wordings import item_name, taken_apart


def table(
    columns: dict[str, list[str]], labels: dict[str, dict[str, str]] | None = None
) -> RawTable:
    rows = tuple(zip(*columns.values(), strict=True))
    lines = tuple(range(2, len(rows) + 2))
    return RawTable("s.csv", tuple(columns), rows, lines, labels=labels or {})


def item(name: str, wording: str, block: str = "strategy", low: float = 1.0) -> Item:
    return Item(block, name, name, wording, low, 10.0, 1.0)


def proposed(columns: dict[str, list[str]], *items: Item, wishes: Wishes | None = None) -> Proposal:
    keys = {"id": ["a", "b"], "trust": ["T", "U"]}
    earlier: Earlier = earlier_items({"2017": items})
    return propose(table(keys | columns), earlier, wishes or Wishes())


def pairs(proposal: Proposal) -> dict[str, tuple[str, str]]:
    return {match.column: (match.item.column, match.how) for match in proposal.matches}


# Words.


def test_likeness_is_the_share_of_words_in_common() -> None:
    assert likeness("common vision", "common aim") == pytest.approx(2 * 1 / 4)
    assert likeness("The staff of schools", "A school's staff") == 1.0
    assert likeness("vision", "finance") == 0.0


@settings(deadline=None)
@given(st.text(), st.text())
def test_likeness_is_symmetric_and_a_share(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) == likeness(other, one) <= 1.0


@settings(deadline=None)
@given(
    st.lists(st.lists(st.sampled_from([0.0, 0.3, 0.7, 0.9]), min_size=3, max_size=3), max_size=3)
)
def test_pairs_are_one_to_one_and_their_sum_is_the_largest(scores: list[list[float]]) -> None:
    found = best_pairs(scores, 0.5)
    assert len({row for row, _ in found}) == len({place for _, place in found}) == len(found)
    kept = [[score if score >= 0.5 else 0.0 for score in row] for row in scores]
    best = max(
        sum(row[place] for row, place in zip(kept, places, strict=False))
        for places in itertools.permutations(range(3))
    )
    assert sum(scores[row][place] for row, place in found) == pytest.approx(best)


def test_a_question_is_told_from_its_statements() -> None:
    texts = [
        "How far? - Vision",
        "How far? - Well-being - staff",
        "Grid [One]",
        "Grid [Two]",
        "Age",
    ]
    assert [(part.stem, part.statement) for part in taken_apart(texts)] == [
        *(("How far?", "Vision"), ("How far?", "Well-being - staff")),
        *(("Grid", "One"), ("Grid", "Two"), ("", "Age")),
    ]


@settings(deadline=None)
@given(st.text(max_size=60), st.sets(st.sampled_from(["item", "item_2"])))
def test_names_of_new_items_are_names(statement: str, taken: set[str]) -> None:
    from buildingtrusts.survey.wishes import ITEM

    name = item_name(statement, taken)
    assert name not in taken
    assert ITEM.fullmatch(f"block__{name}")


# Items.


def test_the_surest_reason_wins_and_no_item_is_given_twice() -> None:
    columns = {"strategy__vision": ["1", "2"], "A vision": ["3", "4"], "A common aim": ["5", "6"]}
    found = proposed(columns, item("vision", "A vision"), item("aim", "One common aim"))
    assert pairs(found)["strategy__vision"] == ("strategy__vision", "identifier")
    assert pairs(found)["A common aim"] == ("strategy__aim", "alike")
    assert pairs(found)["A vision"] == ("strategy__vision_2", "new")


def test_the_sum_decides_and_not_the_first_come() -> None:
    items = (item("x", "one two three four"), item("y", "one two three five six"))
    found = proposed({"one two three": ["1", "2"], "one two three four seven": ["3", "4"]}, *items)
    assert pairs(found)["one two three four seven"][0] == "strategy__x"
    assert pairs(found)["one two three"][0] == "strategy__y"
    assert any("is about as near" in check for match in found.matches for check in match.checks)


def test_the_same_statement_under_another_question_goes_to_the_block_of_the_question() -> None:
    operations = item("hiring", "Where is it decided: Hiring", "operations", 0.0)
    effectiveness = item("hiring", "How effective is it: Hiring", "effectiveness")
    more = (item("pay", "Where is it decided: Pay", "operations", 0.0),)
    columns = {
        **{
            "How effective are you? - Hiring": ["1", "2"],
            "Where is it decided? - Hiring": ["3", "4"],
        }
    }
    found = proposed(columns, operations, effectiveness, *more)
    assert pairs(found) == {
        "How effective are you? - Hiring": ("effectiveness__hiring", "wording"),
        "Where is it decided? - Hiring": ("operations__hiring", "wording"),
    }


def test_answers_off_the_scale_change_it_and_are_marked() -> None:
    (match,) = proposed({"A vision": ["0", "10"]}, item("vision", "A vision")).matches
    assert (match.item.minimum, match.item.maximum) == (0.0, 10.0)
    assert "its scale was 1-10" in match.checks[0]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Progress", ["100", "20"]),
        ("How many schools?", ["3", "9"]),
        ("Ticked", ["1", ""]),
        ("Words", ["Agree", "Disagree"]),
        ("Decimals", ["3.14", "2.71"]),
        ("Year", ["2017", "2024"]),
    ],
)
def test_what_is_no_rating_becomes_no_item(name: str, fields: list[str]) -> None:
    assert pairs(proposed({name: fields, "A vision": ["7", "8"]})) == {
        "A vision": ("strategy__vision", "new")
    }


def test_scales_are_those_the_file_names_else_those_beside_else_usual_ones() -> None:
    raw = table({"a": ["1 - Low", "7 - High"], "b": ["2", "4"], "c": ["0", "6"]})
    a, b, c = (read_answers(raw, name) for name in "abc")
    assert guessed_scale([a]) == (Scale(1, 7), True)
    assert guessed_scale([b]) == (Scale(1, 5), False)
    assert guessed_scale([b], [Scale(1, 10)]) == (Scale(1, 10), False)
    assert guessed_scale([c], [Scale(1, 10)]) == (Scale(0, 10), False)


def test_labels_of_codes_make_a_rating_only_if_they_sound_like_one() -> None:
    fields = {"pet": ["1", "3"], "fit": ["1", "3"]}
    labels = {
        "pet": {"1": "Dog", "2": "Cat", "3": "Owl"},
        "fit": {"1": "Agree", "2": "Neither", "3": "Disagree"},
    }
    raw = table(fields, labels)
    assert not may_be_ratings("pet", "Pet", read_answers(raw, "pet"), 1)
    assert may_be_ratings("fit", "Fit", read_answers(raw, "fit"), 1)


# Keys and roles.


@pytest.mark.parametrize(
    ("label", "role"),
    [
        *(("CEO", "ceo"), ("Chief Executive Officer", "ceo"), ("ceo", "ceo")),
        *(("Central team", "central_team"), ("Head office", "central_team")),
        *(("Chief Operating Officer", "central_team"), ("central_team", "central_team")),
        *(("Headteacher", "school_leader"), ("Head of school", "school_leader")),
        *(("Principal", "school_leader"), ("Class teachers", "school_leader")),
        *(("Executive headteacher", None), ("PA to the CEO", None), ("Head of HR", None)),
        *(("Headteacher and CEO", None), ("Parent", None), ("Other", None)),
    ],
)
def test_a_role_is_told_by_words_that_speak_for_one_alone(label: str, role: str | None) -> None:
    assert role_of(label) == role


def test_earlier_labels_and_what_a_person_said_come_before_words() -> None:
    counts = {"Principal": 2, "Boss": 1, "Other": 1, "Who": 1}
    found = roles_of_labels(counts, {"Boss": "ceo"}, {"Principal": "central_team", "Other": "none"})
    assert found == ({"ceo": ("Boss",), "central_team": ("Principal",)}, ("Who",))


def test_the_trust_is_the_column_that_holds_the_trusts_of_the_file() -> None:
    raw = table({"trust": ["x", "y"], "Q9": ["North", "South"]})
    by_name, by_content = trust_column(raw), trust_column(raw, ["North", "South"])
    assert by_name is not None
    assert by_name.column == "trust"
    assert by_content is not None
    assert by_content.column == "Q9"


def test_one_trust_spelt_twice_is_noticed_and_numbers_are_not_spelling() -> None:
    assert near_names(["Northern Star", "Nothern Star", "MAT 1", "MAT 2"]) == [
        ("Northern Star", "Nothern Star")
    ]
