"""A survey file as text: nothing is converted, shifted or padded on the way in."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.study.problems import InputProblems
from buildingtrusts.survey.raw_table import RawTable, parse_csv

#: The same examples on every run, however slow the machine.
REPEATED = settings(derandomize=True, deadline=None)


def parsed(text: str) -> RawTable:
    return parse_csv(text.encode("utf-8"), "survey.csv")


def problems(text: str) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(InputProblems) as refused:
        parsed(text)
    return [(one.line, one.value, one.rule) for one in refused.value.problems]


FIELDS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp"]), min_size=1, max_size=6
)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.tuples(
        st.lists(FIELDS, min_size=width, max_size=width, unique=True),
        st.lists(
            st.lists(FIELDS | st.just("") | st.just('a "b",\nc'), min_size=width, max_size=width),
            min_size=1,
            max_size=5,
        ).filter(lambda rows: any(row[-1] for row in rows)),
    )
)


@REPEATED
@given(TABLES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_field_comes_back_as_it_was_written(
    table: tuple[list[str], list[list[str]]], line_end: str
) -> None:
    header, rows = table
    stream = io.StringIO()
    csv.writer(stream, lineterminator=line_end).writerows([header, *rows])
    found = parsed(stream.getvalue())
    assert found.header == tuple(header)
    assert found.rows == tuple(map(tuple, rows))


def test_words_that_readers_take_for_missing_stay_words() -> None:
    assert parsed("id,q\nNA,null\nNone,n/a\n").rows == (("NA", "null"), ("None", "n/a"))


def test_numbers_stay_as_they_were_typed() -> None:
    assert parsed('id,q\n007,"7,50"\n').rows == (("007", "7,50"),)


def test_blanks_around_fields_are_taken_off() -> None:
    assert parsed(" id , q\nA\u00a0, 7 \n") == RawTable(
        "survey.csv", ("id", "q"), (("A", "7"),), (2,)
    )


def test_empty_lines_are_left_out_and_counted_as_lines() -> None:
    found = parsed("id,q\n\nA,7\n\n\nB,8\n\n")
    assert found.lines == (3, 6)


def test_a_row_is_known_by_the_line_it_starts_on() -> None:
    assert parsed('id,q\nA,"two\nlines"\nB,8\n').lines == (2, 4)


def test_one_column_is_a_table() -> None:
    assert parsed("id\nA\n").rows == (("A",),)


def test_empty_last_answers_under_a_named_column_are_no_trailing_comma() -> None:
    found = parsed("id,q\nA,\nB,\n")
    assert found.rows == (("A", ""), ("B", ""))
    assert found.notes == ()


def test_a_comma_that_ends_the_header_alone_is_told() -> None:
    assert problems("id,q,\nA,7\n") == [
        (1, None, "Each column has a name; 1 of 3 have none."),
        (2, "A,7", "Each line has 3 fields as the header has; this one has 2."),
    ]


def test_two_columns_of_one_name_are_told_once() -> None:
    assert problems("id,q,q,q\nA,1,2,3\n") == [
        (1, None, "Each column has a name of its own; this one stands 3 times.")
    ]


def test_all_rows_of_a_wrong_width_are_told() -> None:
    assert [line for line, _, _ in problems("id,q\nA\nB,1\nC,1,2\nD,,,\n")] == [2, 4, 5]


def test_a_quotation_mark_that_nothing_closes_does_not_swallow_the_rest() -> None:
    ((line, _, rule),) = problems('id,q\nA,1\nB,"2\nC,3\nD,4\n')
    assert line == 3
    assert rule.endswith("which this row is not: unexpected end of data.")


def test_text_after_a_closing_quotation_mark_is_told() -> None:
    ((line, _, _),) = problems('id,q\nA,1\nB,"2"3\n')
    assert line == 3


def test_a_quotation_mark_inside_a_word_is_part_of_it() -> None:
    assert parsed('id,q\nA,5" pipe\n').rows == (("A", '5" pipe'),)


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_a_file_of_nothing_has_nothing(text: str) -> None:
    assert problems(text) == [
        (None, None, "A file has a header and at least one row; this one has nothing.")
    ]


def test_tabs_between_fields_are_told_as_such() -> None:
    ((line, _, rule),) = problems("id\tq\nA\t7\n")
    assert (line, rule) == (
        1,
        "Fields are separated by commas; in this header they are separated by tabs.",
    )


def test_a_wrong_byte_is_told_with_its_line() -> None:
    with pytest.raises(InputProblems) as refused:
        parse_csv(b"id,q\nA,1\nB,caf\xe9\n", "survey.csv")
    (problem,) = refused.value.problems
    assert (problem.line, problem.value) == (3, "id,q A,1 B,café")


def test_a_byte_order_mark_of_utf16_is_no_part_of_the_header() -> None:
    found = parse_csv("id,q\nA,é\n".encode("utf-16"), "survey.csv", "utf-16")
    assert found.header == ("id", "q")
    assert found.rows == (("A", "é"),)
