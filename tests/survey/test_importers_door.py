"""What says who a person is stays outside, and no message shows it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.study.problems import InputProblems
from buildingtrusts.study.wave import ResponsesFile
from buildingtrusts.survey.importers import import_responses, read_export
from buildingtrusts.survey.importers.personal import drop_personal, personal_columns
from buildingtrusts.survey.raw_table import RawTable
from buildingtrusts.survey.responses import tidy_responses

from .test_importers_layouts import CODEBOOK, FORMS, PLAIN, QUALTRICS, fixture, wave
from .workbooks import ods, xlsx


def table(name: str, *fields: str, wording: str = "") -> RawTable:
    return RawTable(
        "f",
        (name,),
        tuple((field,) for field in fields),
        tuple(range(2, len(fields) + 2)),
        wordings=(wording,) if wording else (),
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("IPAddress", "an IP address"),
        ("IP Address", "an IP address"),
        ("RecipientEmail", "an e-mail address"),
        ("Your e-mail address, if you like", "an e-mail address"),
        ("RecipientFirstName", "a name"),
        ("First name", "a name"),
        ("Name", "a name"),
        ("What is your full name?", "a name"),
        ("LocationLatitude", "an address or place"),
        ("Home address", "an address or place"),
        ("Postcode", "an address or place"),
        ("Phone number", "a telephone number"),
        ("Q5_3_TEXT", "free text"),
        ("Why? - Open-Ended Response", "free text"),
        ("Any other comments?", "free text"),
    ],
)
def test_a_personal_column_is_known_by_its_name(name: str, kind: str) -> None:
    assert personal_columns(table(name, "")) == {name: kind}
    assert personal_columns(table("Q9", "", wording=name)) == {"Q9": kind}


@pytest.mark.parametrize(
    "name", ["Trust", "Trust name", "ResponseId", "Collector ID", "Role", "Finished", "Status"]
)
def test_a_column_that_is_none_stays(name: str) -> None:
    assert personal_columns(table(name, "1", "2")) == {}


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (["", "ada@example.org"], "an e-mail address"),
        (["write to ada@example.org please"], "an e-mail address"),
        (["192.0.2.7", ""], "an IP address"),
        (["2001:db8:0:0:0:0:0:1"], "an IP address"),
        (["SW1A 1AA"], "an address or place"),
        (["Ada Lovelace", "Ben Franklin"], "free text"),
        (["Lovelace", "Franklin", "Lovelace"], "free text"),
        (["We share a lot", "We do not", "7"], "free text"),
        (["we " * 100] * 9, "free text"),
    ],
)
def test_a_personal_column_is_known_by_what_it_holds(fields: list[str], kind: str) -> None:
    assert personal_columns(table("Q9", *fields)) == {"Q9": kind}


@pytest.mark.parametrize(
    "fields",
    [
        ["1", "2.5", "-3"],
        ["2031-05-01 09:00", "05/13/2031 10:30 PM"],
        ["R_1aB", "R_2cD"],
        ["10 - Exactly like us", "1 - Low"],
        ["Head", "Head", "Central", "Central"],
    ],
)
def test_numbers_days_identifiers_ratings_and_choices_are_not_free_text(fields: list[str]) -> None:
    assert personal_columns(table("Q9", *fields)) == {}


def test_ratings_in_words_stay_under_an_item_and_addresses_do_not() -> None:
    assert personal_columns(table("Q9", "Agree", "Disagree"), wanted=["Q9"]) == {}
    assert personal_columns(table("Q9", "a@b.org"), wanted=["Q9"]) == {"Q9": "an e-mail address"}


def test_the_drop_is_noted_without_what_it_dropped() -> None:
    done = drop_personal(table("Email", "ada@example.org"))
    assert done.header == ()
    assert done.notes == ("1 personal columns were dropped at the door: Email (an e-mail address)",)


def test_a_column_stays_where_the_wave_keeps_it() -> None:
    done = drop_personal(table("Email", "ada@example.org"), keep=["Email"])
    assert done.header == ("Email",)
    assert done.notes == ("personal columns kept, as the wave declares: Email",)


@pytest.mark.parametrize("key", ["RecipientEmail", "RecipientLastName", "IPAddress"])
def test_a_person_is_no_key_unless_the_wave_keeps_the_column(key: str) -> None:
    columns = {**QUALTRICS, "respondent_id": key}
    chosen = wave(importer="qualtrics", columns=columns)
    data = fixture("qualtrics_numeric.csv")
    with pytest.raises(InputProblems) as raised:
        import_responses(data, "f", chosen, CODEBOOK)
    (problem,) = raised.value.problems
    assert problem.column == key
    assert "keep_personal" in problem.advice
    assert "ada" not in str(problem).casefold().replace("data", "")
    kept = wave(importer="qualtrics", columns=columns, keep_personal=[key])
    assert key in import_responses(data, "f", kept, CODEBOOK).table.header


def read_whole(data: bytes, importer: str) -> None:
    chosen = wave(importer=importer, columns=QUALTRICS)
    export = import_responses(data, "f", chosen, CODEBOOK)
    tidy_responses(export.table, export.codebook, chosen)


SECRETS = ("Lovelace", "ada@example", "192.0.2.7", "share a lot", "Zoë")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Lovelace", "Zoë Lovelace"),  # cp1252 in a file of utf-8
        ("Lovelace", "Love,lace,Lovelace"),  # too many fields
        ("Lovelace,ada@example.org,", "Lovelace,"),  # too few
        ("Lovelace", '"Lovelace'),  # a quotation mark that nothing closes
        ("R_4", "R_1"),  # a repeated respondent
        ("MAT 10", ""),  # no trust
        (",9,", ",12,"),  # off the scale
    ],
)
def test_no_problem_shows_what_people_wrote(old: str, new: str) -> None:
    text = fixture("qualtrics_numeric.csv").decode().replace(old, new)
    with pytest.raises(InputProblems) as raised:
        read_whole(text.encode("cp1252"), "qualtrics")
    assert not [secret for secret in SECRETS if secret in str(raised.value)]


# Whatever comes in, out comes a table or a report.

EXPORTS = [
    *map(fixture, ("qualtrics_choice_text.csv", "qualtrics_legacy.csv", "surveymonkey.csv")),
    *map(fixture, ("google_forms.csv", "jisc.csv")),
    xlsx({"Sheet1": FORMS}),
    ods(PLAIN),
]
BYTES = st.sampled_from([b"", b",", b'"', b"\n", b"\t", b"\0", b"\xff", b"PK", b"1", b"@"])


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.sampled_from(EXPORTS), st.lists(st.tuples(st.integers(0, 3000), BYTES), max_size=4))
def test_a_damaged_export_is_read_or_reported(
    data: bytes, changes: list[tuple[int, bytes]]
) -> None:
    for place, new in changes:
        at = place % len(data)
        data = data[:at] + new + data[at + 1 :]
    with suppress(InputProblems):
        read_export(data, "f", ResponsesFile(importer="detect"))
    with suppress(InputProblems):
        read_whole(data, "detect")


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.sampled_from(EXPORTS), st.integers(0, 4000))
def test_an_export_that_was_cut_short_is_read_or_reported(data: bytes, length: int) -> None:
    with suppress(InputProblems):
        read_export(data[:length], "f", ResponsesFile(importer="detect"))
