"""Raw fields to answers: what the codebook's scales let through."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.problems import InputProblems
from buildingtrusts.study.wave import Wave
from buildingtrusts.survey.raw_table import RawTable, parse_csv
from buildingtrusts.survey.responses import Responses, tidy_responses


def wave(**settings: Any) -> Wave:
    return Wave(
        **{
            "wave": "2031",
            "title": "A survey",
            "date": datetime.date(2031, 5, 1),
            "provenance": "original",
            "source": "The survey.",
            "licence": "None.",
            **settings,
        }
    )


def item(name: str = "q", scale: tuple[float, float, float] | None = (1, 10, 1)) -> Item:
    low, high, step = (None, None, None) if scale is None else map(float, scale)
    return Item("s", name, name, name, low, high, step)


def raw(text: str) -> RawTable:
    return parse_csv(text.encode("utf-8"), "survey.csv")


def answered(*fields: str, scale: tuple[float, float, float] | None) -> Responses:
    """Answers of as many respondents to one item."""
    rows = "".join(f'p{number},A,"{field}"\n' for number, field in enumerate(fields))
    return tidy_responses(
        raw(f"respondent_id,mat_id,s__q\n{rows}"), Codebook((item(scale=scale),)), wave()
    )


@pytest.mark.parametrize(
    ("scale", "field", "answer"),
    [
        ((1, 10, 1), "1", 1),
        ((1, 10, 1), "10", 10),
        ((1, 10, 1), "7.0", 7),
        ((1, 10, 1), "+7", 7),
        ((0, 10, 1), "0", 0),
        ((-3, 3, 1), "-3", -3),
        ((1, 5, 0.5), "2.5", 2.5),
        ((0, 1, 0.1), "0.3", 0.3),
        ((0, 10, 2), "4", 4),
        (None, "-0.125", -0.125),
    ],
)
def test_an_answer_on_the_scale_is_that_number(
    scale: tuple[float, float, float] | None, field: str, answer: float
) -> None:
    assert answered(field, scale=scale).table["s__q"].tolist() == [answer]


@pytest.mark.parametrize(
    ("scale", "field", "rule"),
    [
        ((1, 10, 1), "10.0001", "An answer is a whole number from 1 to 10, or empty."),
        ((1, 10, 1), "1e1", "An answer is a whole number from 1 to 10, or empty."),
        ((1, 10, 1), "７", "An answer is a whole number from 1 to 10, or empty."),
        ((1, 10, 1), "7.", "An answer is a whole number from 1 to 10, or empty."),
        ((1, 10, 1), "inf", "An answer is a whole number from 1 to 10, or empty."),
        ((1, 5, 0.5), "2.25", "An answer is from 1 to 5 in steps of 0.5, or empty."),
        ((0, 10, 2), "3", "An answer is from 0 to 10 in steps of 2, or empty."),
        (None, "nan", "An answer is a number with a decimal point, or empty."),
        (None, "1,000", "An answer is a number with a decimal point, or empty."),
    ],
)
def test_an_answer_off_the_scale_is_told_the_scale(
    scale: tuple[float, float, float] | None, field: str, rule: str
) -> None:
    with pytest.raises(InputProblems) as refused:
        answered(field, scale=scale)
    assert [one.rule for one in refused.value.problems] == [rule]


def test_whole_numbers_with_gaps_stay_whole_numbers() -> None:
    column = answered("7", "", "10", scale=(1, 10, 1)).table["s__q"]
    assert str(column.dtype) == "Int64"
    assert column.isna().tolist() == [False, True, False]


def test_rows_come_by_trust_and_respondent_as_a_person_counts() -> None:
    table = tidy_responses(
        raw("respondent_id,mat_id,s__q\np10,MAT 2,1\np9,MAT 10,2\np9a,MAT 2,3\np2,MAT 2,4\n"),
        Codebook((item(),)),
        wave(),
    ).table
    assert table["respondent_id"].tolist() == ["p2", "p9a", "p10", "p9"]


def test_identifiers_keep_leading_zeros_and_words_for_missing() -> None:
    table = tidy_responses(
        raw("respondent_id,mat_id,s__q\n007,NA,1\n08,1e3,2\n"), Codebook((item(),)), wave()
    ).table
    assert table[["respondent_id", "mat_id"]].values.tolist() == [["08", "1e3"], ["007", "NA"]]


def test_columns_come_in_the_order_of_the_questionnaire_not_of_the_file() -> None:
    table = tidy_responses(
        raw("s__b,s__a,mat_id,respondent_id\n1,2,A,p\n"), Codebook((item("a"), item("b"))), wave()
    ).table
    assert table.columns.tolist() == ["respondent_id", "mat_id", "role", "s__a", "s__b"]
    assert table[["s__a", "s__b"]].values.tolist() == [[2, 1]]


def test_words_for_no_answer_count_in_any_case() -> None:
    found = tidy_responses(
        raw("respondent_id,mat_id,s__q\np1,A,na\np2,A,NA\np3,A,3\n"),
        Codebook((item(),)),
        wave(responses={"missing": ["Na"]}),
    )
    assert found.missing.values.tolist() == [["s", "q", 3, 2]]


def test_a_role_may_be_written_as_the_study_calls_it() -> None:
    found = tidy_responses(
        raw("respondent_id,mat_id,role,s__q\np1,A,ceo,1\np2,A,Boss,1\np3,A,,1\n"),
        Codebook((item(),)),
        wave(roles={"ceo": ["Boss"]}),
    )
    assert found.table["role"].tolist()[:2] == ["ceo", "ceo"]
    assert found.table["role"].isna().tolist() == [False, False, True]


def test_without_a_trusts_file_no_trust_is_unknown() -> None:
    table = "respondent_id,mat_id,s__q\np1,Anything,1\n"
    codebook = Codebook((item(),))
    assert len(tidy_responses(raw(table), codebook, wave()).table) == 1
    with pytest.raises(InputProblems):
        tidy_responses(raw(table), codebook, wave(), mats=["Something"])


@pytest.mark.parametrize(
    ("provenance", "respondent", "accepted"),
    [
        ("original", "p1", True),
        ("original", "reconstructed-1", False),
        ("original", "illustration-1", False),
        ("reconstruction", "reconstructed-1", True),
        ("reconstruction", "illustration-1", False),
        ("reconstruction", "1", False),
        ("illustration", "illustration-1", True),
        ("illustration", "reconstructed-1", False),
    ],
)
def test_identifiers_tell_what_the_answers_are(
    provenance: str, respondent: str, accepted: bool
) -> None:
    name = "2031" if provenance == "original" else f"2031-{provenance}"
    table = raw(f"respondent_id,mat_id,s__q\n{respondent},A,1\n")
    declared = wave(wave=name, provenance=provenance)
    if accepted:
        tidy_responses(table, Codebook((item(),)), declared)
    else:
        with pytest.raises(InputProblems, match="respondent identifiers"):
            tidy_responses(table, Codebook((item(),)), declared)


def test_a_misspelt_header_is_suggested_only_where_it_is_close_and_unused() -> None:
    with pytest.raises(InputProblems) as refused:
        tidy_responses(
            raw("respondent_id,mat_id,strategy__visions,strategy__other\np,A,1,2\n"),
            Codebook(
                (
                    Item("strategy", "vision", "", "", 1.0, 10.0, 1.0),
                    Item("strategy", "other", "", "", 1.0, 10.0, 1.0),
                    Item("strategy", "leadership", "", "", 1.0, 10.0, 1.0),
                )
            ),
            wave(),
        )
    near, far = refused.value.problems
    assert (near.column, "'strategy__visions'" in near.advice) == ("strategy__vision", True)
    assert (far.column, "'" in far.advice) == ("strategy__leadership", False)
