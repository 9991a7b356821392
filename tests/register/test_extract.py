"""An extract is read as it was published, and whatever is wrong with it is told at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.register.extract import Extract, is_part_of_extract, tidy_extract
from buildingtrusts.study.problems import InputProblems, Problem

Files = Callable[[str], dict[str, bytes]]
LINKS = "grouplinks_edubaseallacademiesandfree.csv"
SCHOOLS = "edubasealldata.csv"


def problems_of(files: dict[str, bytes], folder: str = "2017-01-19", **more: str) -> list[Problem]:
    with pytest.raises(InputProblems) as raised:
        tidy_extract(folder, files, **more)
    return list(raised.value.problems)


def the_problem(files: dict[str, bytes], folder: str = "2017-01-19", **more: str) -> Problem:
    (only,) = problems_of(files, folder, **more)
    return only


def test_only_open_multi_academy_trusts_are_kept(files: Files) -> None:
    links = tidy_extract("2017-01-19", files("2017-01-19")).links
    assert set(links["trust_uid"]) == {"9002", "90003", "90004", "90010"}


def test_a_school_in_three_groups_is_counted_once(files: Files) -> None:
    links = tidy_extract("2017-01-19", files("2017-01-19")).links
    assert (links["urn"] == "900001").sum() == 1


def test_names_are_read_from_cp1252_and_from_utf_8_alike(files: Files) -> None:
    published = files("2017-01-19")
    saved = {
        name: b"\xef\xbb\xbf" + raw.decode("cp1252").encode("utf-8")
        for name, raw in published.items()
    }
    for version in (published, saved):
        links = tidy_extract("2017-01-19", version).links
        assert "Invented Café Trust" in set(links["trust_name"])


def test_line_ends_labels_and_headers_of_another_year_change_nothing(files: Files) -> None:
    extract = tidy_extract("2021-12", files("2021-12"))
    assert len(extract.links) == 8
    assert extract.schools["phase_code"].tolist()[-2:] == ["7", "4"]


def test_headers_that_drift_in_case_and_spaces_are_recognised(files: Files) -> None:
    drifted = files("2017-01-19")
    drifted[LINKS] = drifted[LINKS].replace(b'"Linked UID"', b'" Linked_uid "')
    assert len(tidy_extract("2017-01-19", drifted).links) == 14


def test_codes_written_with_a_leading_zero_are_the_same_codes(files: Files) -> None:
    drifted = files("2017-01-19")
    drifted[SCHOOLS] = drifted[SCHOOLS].replace(b'"2","Primary"', b'"02","Primary"')
    drifted[SCHOOLS] = drifted[SCHOOLS].replace(b'"0","Not applicable"', b'"00","Not applicable"')
    schools = tidy_extract("2017-01-19", drifted).schools
    assert set(schools["phase_code"]) == {"0", "2", "3", "4", "6", "7"}


def test_an_empty_roll_is_missing_and_a_roll_of_zero_is_zero(files: Files) -> None:
    pupils = tidy_extract("2017-01-19", files("2017-01-19")).schools.set_index("urn")["pupils"]
    assert pupils["900021"] == 0
    assert pupils.isna()["900003"]


def test_a_place_at_the_origin_of_the_grid_is_no_place(files: Files) -> None:
    schools = tidy_extract("2017-01-19", files("2017-01-19")).schools.set_index("urn")
    assert schools.loc[["900011", "900012"], ["easting", "northing"]].isna().all(axis=None)


def test_schools_of_no_open_trust_are_not_looked_into(files: Files) -> None:
    # 900051 belongs to a single-academy trust and its numbers are words
    assert "900051" not in set(tidy_extract("2017-01-19", files("2017-01-19")).schools["urn"])


def test_what_is_odd_but_not_wrong_is_told(files: Files) -> None:
    notes = tidy_extract("2017-01-19", files("2017-01-19")).notes
    assert "1 row repeated" in notes[0]
    assert "1 school in the group links but not in the establishment file" in notes[1]
    assert "900037" in notes[1]
    assert "2 schools without a joined date" in notes[2]


def test_joining_after_the_extract_is_told(files: Files) -> None:
    assert "1 school joined after" in tidy_extract("2021-12", files("2021-12")).notes[-1]


def test_a_school_in_two_open_trusts_is_counted_in_each_and_told(files: Files) -> None:
    shared = files("2017-01-19")
    shared[LINKS] += shared[LINKS].splitlines(keepends=True)[1].replace(b"90010", b"90004")
    extract = tidy_extract("2017-01-19", shared)
    assert (extract.links["urn"] == "900001").sum() == 2
    assert any("more than one open trust" in note and "900001" in note for note in extract.notes)


@pytest.mark.parametrize(
    ("folder", "given", "expected"),
    [
        ("register/2017-01-19", None, date(2017, 1, 19)),
        ("register/2017-01-19/", None, date(2017, 1, 19)),
        ("register/20170119", None, date(2017, 1, 19)),
        ("register/2021-12", None, date(2021, 12, 1)),
        ("register/2021-12", "2021-12-31", date(2021, 12, 31)),
    ],
)
def test_the_date_is_the_folders_or_the_one_given(
    files: Files, folder: str, given: str | None, expected: date
) -> None:
    assert tidy_extract(folder, files("2017-01-19"), date_given=given).date == expected


def test_the_date_in_the_file_names_serves_when_the_folder_has_none(files: Files) -> None:
    assert tidy_extract("extract", files("2021-12")).date == date(2021, 12, 1)


@pytest.mark.parametrize(
    "folder", ["mine", "2017", "201701", "2017-13-01", "2017-02-30", "0001-01-01"]
)
def test_a_folder_that_names_no_date_is_a_problem(files: Files, folder: str) -> None:
    problem = the_problem(files("2017-01-19"), folder)
    assert problem.value == folder
    assert "--extract-date" in problem.advice


def test_a_date_that_is_none_is_a_problem(files: Files) -> None:
    assert the_problem(files("2017-01-19"), date_given="last year").value == "last year"


def test_dated_names_belong_to_an_extract_and_others_do_not() -> None:
    assert is_part_of_extract("grouplinks_edubaseallacademiesandfree20170119.csv")
    assert is_part_of_extract("EdubaseAllData20170119.csv")
    assert not is_part_of_extract("links_edubasealldata.csv")
    assert not is_part_of_extract("edubasealldata.csv.zip")


def test_a_missing_file_is_told_with_what_the_folder_holds(files: Files) -> None:
    one = files("2017-01-19")
    del one[SCHOOLS]
    problem = the_problem(one, others=["results.zip"])
    assert problem.value == f"{LINKS}, results.zip"
    assert "edubasealldata.csv" in problem.rule


def test_an_empty_folder_lacks_both_files_and_a_date() -> None:
    assert len(problems_of({}, "somewhere")) == 3


def test_two_days_in_one_folder_are_a_problem(files: Files) -> None:
    two = files("2017-01-19")
    two["edubasealldata20211201.csv"] = two[SCHOOLS]
    assert the_problem(two).value == "edubasealldata.csv, edubasealldata20211201.csv"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b" \r\n\r\n", "an empty file"),
        (b"\r\n<!DOCTYPE html><html><title>404</title>", "a web page: <!DOCTYPE html>"),
        (b"\xef\xbb\xbf<html>", "a web page: <html>"),
        (b"PK\x03\x04rest", "a ZIP archive or a workbook"),
        ("URN,x\n".encode("utf-16"), "text in UTF-16"),
    ],
)
@pytest.mark.parametrize("name", [LINKS, SCHOOLS])
def test_a_file_that_is_something_else_is_named_for_what_it_is(
    files: Files, name: str, content: bytes, found: str
) -> None:
    spoilt = files("2017-01-19") | {name: content}
    problem = the_problem(spoilt)
    assert problem.file == f"2017-01-19/{name}"
    assert problem.value is not None
    assert problem.value.startswith(found)


def test_an_encoding_that_is_neither_is_told_with_its_line(files: Files) -> None:
    spoilt = files("2017-01-19")
    spoilt[LINKS] = spoilt[LINKS].replace(b"\xe9", b"\x8d\xe9", 1)
    problem = the_problem(spoilt)
    assert (problem.line, problem.value) == (2, "byte 0x8d")


def test_a_missing_column_is_told_with_those_there_are(files: Files) -> None:
    spoilt = files("2017-01-19")
    spoilt[SCHOOLS] = spoilt[SCHOOLS].replace(b"NumberOfPupils", b"Pupils")
    problem = the_problem(spoilt)
    assert (problem.line, problem.column) == (1, "NumberOfPupils")
    assert problem.value is not None
    assert "EstablishmentName" in problem.value


def test_a_column_that_is_there_twice_is_a_problem(files: Files) -> None:
    spoilt = files("2017-01-19")
    spoilt[SCHOOLS] = spoilt[SCHOOLS].replace(b"EstablishmentName", b"Easting")
    assert the_problem(spoilt).column == "Easting"


def test_one_row_with_an_extra_comma_shifts_nothing_and_is_told(files: Files) -> None:
    spoilt = files("2017-01-19")
    spoilt[SCHOOLS] = spoilt[SCHOOLS].replace(b"Invented School 900003", b'Invented","School')
    problem = the_problem(spoilt)
    assert (problem.line, problem.value) == (4, "11 fields")


def test_rows_that_are_all_too_wide_are_one_problem(files: Files) -> None:
    spoilt = files("2017-01-19")
    head, *rows = spoilt[SCHOOLS].splitlines()
    spoilt[SCHOOLS] = b"\n".join([head, *(row + b"," for row in rows)])
    assert the_problem(spoilt).value == "11 fields in 14 rows"


def test_rows_that_all_lack_a_needed_column_are_one_problem(files: Files) -> None:
    spoilt = files("2017-01-19")
    head, *rows = spoilt[SCHOOLS].splitlines()
    spoilt[SCHOOLS] = b"\n".join([head, *(row.rpartition(b",")[0] for row in rows)])
    assert the_problem(spoilt).value == "9 fields in 14 rows"


def test_a_lost_quotation_mark_is_told_with_its_line(files: Files) -> None:
    spoilt = files("2017-01-19")
    spoilt[SCHOOLS] = spoilt[SCHOOLS].replace(b'School 900004"', b"School 900004")
    problem = the_problem(spoilt)
    assert (problem.line, problem.value) == (5, "9 fields")


def test_a_quotation_mark_that_swallows_the_file_is_a_problem(files: Files) -> None:
    spoilt = files("2017-01-19")
    spoilt[SCHOOLS] += b'"' + b"swallowed\n" * 20_000
    assert "broke off" in the_problem(spoilt).advice


@pytest.mark.parametrize(
    ("name", "before", "after", "line", "column"),
    [
        (LINKS, b"01-01-2017", b"2017", 7, "Joined date"),
        (LINKS, b"01-01-2017", b"31-02-2016", 7, "Joined date"),
        (LINKS, b"01-01-2017", b"01-01-0217", 7, "Joined date"),
        (LINKS, b'"900004","90010"', b'"900004",""', 7, "Linked UID"),
        (LINKS, b'"900004"', b'"URN 4"', 7, "URN"),
        (SCHOOLS, b'"500"', b'"five hundred"', 5, "NumberOfPupils"),
        (SCHOOLS, b'"500"', b'"-5"', 5, "NumberOfPupils"),
        (SCHOOLS, b'"500"', b'"5.5"', 5, "NumberOfPupils"),
        (SCHOOLS, b'"420000"', b'"-1.25"', 4, "Easting"),
        (SCHOOLS, b'"420000"', b'"900000"', 4, "Easting"),
        (SCHOOLS, b'"28","Academy Sponsor Led"', b'"C","Academy Sponsor Led"', 4, "TypeOf"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(
    files: Files, name: str, before: bytes, after: bytes, line: int, column: str
) -> None:
    spoilt = files("2017-01-19")
    spoilt[name] = spoilt[name].replace(before, after, 1)
    first = problems_of(spoilt)[0]
    assert (first.file, first.line) == (f"2017-01-19/{name}", line)
    assert first.column is not None
    assert first.column.startswith(column)
    assert first.value is not None


def test_a_school_with_two_rows_is_a_problem(files: Files) -> None:
    spoilt = files("2017-01-19")
    spoilt[SCHOOLS] += spoilt[SCHOOLS].splitlines(keepends=True)[1]
    problem = the_problem(spoilt)
    assert (problem.line, problem.value) == (16, "900001")


def test_links_without_a_multi_academy_trust_are_a_problem(files: Files) -> None:
    spoilt = files("2017-01-19")
    spoilt[LINKS] = spoilt[LINKS].replace(b"Multi-academy trust", b"Federation")
    problem = the_problem(spoilt)
    assert problem.value == "Federation, School sponsor, Single-academy trust, Umbrella trust"


def test_files_of_two_different_days_are_no_pair(files: Files) -> None:
    mixed = files("2017-01-19") | {SCHOOLS: files("2021-12")["edubasealldata20211201.csv"]}
    problem = the_problem(mixed)
    assert "lacks 14" in problem.rule


def test_the_problems_of_both_files_come_in_one_report(files: Files) -> None:
    spoilt = files("2017-01-19")
    spoilt[LINKS] = spoilt[LINKS].replace(b"01-01-2017", b"2017")
    spoilt[SCHOOLS] = b"<html>"
    assert [problem.file for problem in problems_of(spoilt, "nowhere")] == [
        "nowhere",
        f"nowhere/{LINKS}",
        f"nowhere/{SCHOOLS}",
    ]


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    where=st.integers(0, 10_000),
    cut=st.integers(0, 60),
    put=st.one_of(st.binary(max_size=8), st.sampled_from([b'"', b",", b"\n", b"\r", b'","'])),
    which=st.sampled_from([LINKS, SCHOOLS]),
)
def test_a_damaged_file_ends_in_a_report_or_an_extract(
    where: int, cut: int, put: bytes, which: str
) -> None:
    folder = Path(__file__).parent / "fixtures" / "2017-01-19"
    spoilt = {name: (folder / name).read_bytes() for name in (LINKS, SCHOOLS)}
    where %= len(spoilt[which])
    spoilt[which] = spoilt[which][:where] + put + spoilt[which][where + cut :]
    try:
        told = tidy_extract("2017-01-19", spoilt)
    except InputProblems as problems:
        told = problems
    assert isinstance(told, Extract) or told.problems
