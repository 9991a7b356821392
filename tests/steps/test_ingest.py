"""What the ingest accepts and notes, and what it refuses with which words."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from .conftest import EXAMPLE, RESPONSES, ROOT, TRUSTS, SmallWave, ingest_example

WHOLE_1_TO_10 = "An answer is a whole number from 1 to 10, or empty."
LEAVE_EMPTY_OR_LIST = (
    "If this means no answer, leave the field empty, or list the word under 'responses: missing' "
    "in the wave's file."
)
AS_THE_HEADER = "Each line has 7 fields as the header has; this one has {}."
NOT_ON_THE_SCALE = (
    "Correct the answer from the survey tool, leave it empty, or correct the scale of "
    "strategy__vision in the codebook."
)


# What a sound wave becomes.


def test_answers_are_tidy_in_natural_order_with_roles_translated(wave: SmallWave) -> None:
    wave.accepted()
    assert wave.tidy("responses.csv") == (
        "respondent_id,mat_id,role,strategy__vision,strategy__identity,operations__hiring,"
        "workload__hours\n"
        "p3,MAT 2,ceo,2,9,0,\n"
        "p4,MAT 2,school_leader,3,8,1,41.0\n"
        "p1,MAT 10,school_leader,7,3,10,38.5\n"
        "p2,MAT 10,central_team,8,,9,40.0\n"
    )
    assert (
        wave.tidy("trusts.csv") == "mat_id,phase_mix\nMAT 2,Predominantly Primary\nMAT 10,Mixed\n"
    )
    assert wave.tidy("attributes.csv") == (
        "attribute,level\nphase_mix,Mixed\nphase_mix,Predominantly Primary\n"
    )


def test_missing_answers_are_counted_by_item_and_reported(wave: SmallWave) -> None:
    log = wave.accepted()
    assert wave.tidy("missing.csv") == (
        "block,item,n_respondents,n_missing\n"
        "strategy,vision,4,0\nstrategy,identity,4,1\noperations,hiring,4,0\nworkload,hours,4,1\n"
    )
    assert "raw/2031/responses.csv: 2 of 16 answers are missing (12.5%)\n" in log


def test_zero_is_an_answer_and_empty_is_none(wave: SmallWave) -> None:
    wave.answer("p3", "p3,MAT 2,Chief executive,2,9,,0")
    wave.accepted()
    assert "p3,MAT 2,ceo,2,9,,0.0\n" in wave.tidy("responses.csv")


def test_the_codebook_beside_the_tidy_answers_is_the_waves_own(wave: SmallWave) -> None:
    rows = Path(wave.codebook).read_text(encoding="utf-8")
    wave.write(wave.codebook, rows + "1999,strategy,other,Other,,1,5,1,,,,new,\n")
    wave.accepted()
    assert wave.tidy("codebook.csv") == rows


def test_personal_columns_are_left_out_and_named_in_the_log(wave: SmallWave) -> None:
    lines = RESPONSES.splitlines()
    names = ["Name,Email", "Ada,ada@example.org", "Ben,b@example.org", "Cy,c@x", "Di,d@x"]
    wave.write(wave.responses, "".join(f"{a},{b}\n" for a, b in zip(lines, names, strict=True)))
    log = wave.accepted()
    dropped = "Name (a name), Email (an e-mail address)"
    assert f"2 personal columns were dropped at the door: {dropped}\n" in log
    assert "Ada" not in log
    for file in Path("tidy").iterdir():
        assert "Ada" not in file.read_text(encoding="utf-8")
        assert "Email" not in file.read_text(encoding="utf-8")


def test_a_trust_without_any_response_is_named(wave: SmallWave) -> None:
    wave.write(wave.trusts, TRUSTS + "MAT 3,Mixed\n")
    assert "trusts without any response: MAT 3\n" in wave.accepted()
    assert "MAT 3,Mixed\n" in wave.tidy("trusts.csv")


def test_a_missing_attribute_is_a_level_and_drops_no_trust(wave: SmallWave) -> None:
    wave.edit(wave.trusts, "MAT 10,Mixed", "MAT 10,")
    wave.accepted()
    assert "MAT 10,(missing)\n" in wave.tidy("trusts.csv")


def test_a_missing_role_is_kept_and_counted(wave: SmallWave) -> None:
    wave.answer("p1", "p1,MAT 10,,7,3,10,38.5")
    assert "1 responses have no role\n" in wave.accepted()
    assert "p1,MAT 10,,7,3,10,38.5\n" in wave.tidy("responses.csv")


def test_an_item_is_found_under_an_alias_of_the_codebook(wave: SmallWave) -> None:
    wave.edit(wave.responses, "strategy__vision", "Q1")
    wave.accepted()
    assert "p1,MAT 10,school_leader,7,3,10,38.5\n" in wave.tidy("responses.csv")


def test_keys_are_found_under_the_names_that_the_wave_declares(wave: SmallWave) -> None:
    wave.edit(wave.responses, "respondent_id,mat_id,role", "Id,Trust,Job")
    wave.edit(
        wave.declaration,
        "trusts:",
        "responses: {columns: {respondent_id: Id, mat_id: Trust, role: Job}}\ntrusts:",
    )
    wave.accepted()
    assert wave.tidy("responses.csv").startswith("respondent_id,mat_id,role,strategy__vision")


# Files as survey tools and spreadsheets write them.


def test_a_comma_at_the_end_of_every_line_is_accepted_and_noted(wave: SmallWave) -> None:
    wave.accepted()
    tidy = wave.tidy("responses.csv")
    wave.write(wave.responses, RESPONSES.replace("\n", ",\n"))
    log = wave.accepted()
    assert "responses.csv: every line ends with a comma; the empty column was left out\n" in log
    assert wave.tidy("responses.csv") == tidy


def test_a_comma_at_the_end_of_some_lines_is_a_problem_of_these_lines(wave: SmallWave) -> None:
    wave.answer("p2", "p2,MAT 10,Central,8,,9,40,")
    assert wave.refused() == [
        wave.in_responses(
            line=3,
            rule=AS_THE_HEADER.format(8),
            advice="Look for an unquoted comma in a text, or a comma at the end of the line.",
        )
    ]


def test_a_short_line_among_lines_with_a_comma_at_the_end_is_still_too_short(
    wave: SmallWave,
) -> None:
    # Taking the last comma for the trailing one would move no answer and lose the last one.
    wave.write(wave.responses, RESPONSES.replace("\n", ",\n").replace("9,40,\n", "9,\n"))
    assert wave.refused() == [
        wave.in_responses(
            line=3,
            rule=AS_THE_HEADER.format(6),
            advice="Look for a missing comma or a line broken in two.",
        )
    ]


def test_a_byte_order_mark_is_accepted_and_noted(wave: SmallWave) -> None:
    wave.write(wave.responses, b"\xef\xbb\xbf" + RESPONSES.encode())
    log = wave.accepted()
    assert "responses.csv: the file starts with a byte order mark; it was left out\n" in log
    assert wave.tidy("responses.csv").startswith("respondent_id,")


def test_bytes_of_cp1252_are_refused_with_what_they_would_spell(wave: SmallWave) -> None:
    wave.write(wave.trusts, TRUSTS.replace("MAT 2", "MAT Zoë").encode("cp1252"))
    wave.write(wave.responses, RESPONSES.replace("MAT 2", "MAT Zoë").encode("cp1252"))
    advice = (
        "Save it as 'CSV UTF-8', or, if {}, declare 'encoding: cp1252' for it in the wave's file."
    )
    rule = "The file is text in utf-8; byte 0xeb is not."
    # What stands around a byte of the responses may be somebody's name.
    assert wave.refused() == [
        wave.in_trusts(
            line=3,
            value="10,Mixed MAT Zoë,Predominantly",
            rule=rule,
            advice=advice.format("the text shown here reads rightly"),
        ),
        wave.in_responses(
            line=4,
            value="ë",
            rule=rule,
            advice=advice.format("this should be the letter shown"),
        ),
    ]


def test_bytes_of_cp1252_are_read_where_the_wave_declares_them(wave: SmallWave) -> None:
    wave.write(wave.trusts, TRUSTS.replace("MAT 2", "MAT Zoë").encode("cp1252"))
    wave.write(wave.responses, RESPONSES.replace("MAT 2", "MAT Zoë").encode("cp1252"))
    wave.edit(
        wave.declaration,
        "trusts: {file: trusts.csv}",
        "responses: {encoding: cp1252}\ntrusts: {file: trusts.csv, encoding: cp1252}",
    )
    wave.accepted()
    assert "MAT Zoë,Predominantly Primary\n" in wave.tidy("trusts.csv")


def test_text_in_utf16_is_known_by_its_mark(wave: SmallWave) -> None:
    wave.write(wave.responses, RESPONSES.encode("utf-16"))
    note = "the file starts with the mark of utf-16; read as such, not as utf-8\n"
    assert note in wave.accepted()


def test_text_in_utf16_without_a_mark_is_refused_and_read_where_it_is_declared(
    wave: SmallWave,
) -> None:
    wave.write(wave.responses, RESPONSES.encode("utf-16-le"))
    assert wave.refused() == [
        wave.in_responses(
            rule="The file is text in utf-8; text holds no NUL, which this file does.",
            advice=(
                "If a survey tool wrote it as Unicode text, declare 'encoding: utf-16' for it in "
                "the wave's file; otherwise export it again."
            ),
        )
    ]
    wave.edit(wave.declaration, "trusts:", "responses: {encoding: utf-16}\ntrusts:")
    wave.accepted()


def test_an_empty_file_has_no_header(wave: SmallWave) -> None:
    wave.write(wave.responses, "")
    assert wave.refused() == [
        wave.in_responses(
            rule="A file has a header and at least one row; this one has nothing.",
            advice="Export it again, and check that the download was complete.",
        )
    ]


def test_a_header_alone_is_no_answer(wave: SmallWave) -> None:
    wave.write(wave.responses, RESPONSES.splitlines()[0] + "\n")
    assert wave.refused() == [
        wave.in_responses(
            rule="A file has a header and at least one row; this one has only a header.",
            advice="Export it again, and check that the download was complete.",
        )
    ]


def test_a_file_that_is_not_there_is_a_problem_and_no_crash(wave: SmallWave) -> None:
    Path(wave.responses).unlink()
    assert wave.refused() == [
        wave.in_responses(
            rule="This file is needed: No such file or directory.",
            advice="Put the file there, or correct its name.",
        )
    ]


def test_a_row_too_long_is_told_without_what_it_holds(wave: SmallWave) -> None:
    wave.answer("p4", "p4,MAT 2,Deputy head,3,8,1,41,5,Ada")
    assert wave.refused() == [
        wave.in_responses(
            line=5,
            rule=AS_THE_HEADER.format(9),
            advice="Look for an unquoted comma in a text, or a comma at the end of the line.",
        )
    ]


def test_a_row_too_short_is_told_without_what_it_holds(wave: SmallWave) -> None:
    wave.answer("p4", "p4,MAT 2,Deputy head,3,8")
    assert wave.refused() == [
        wave.in_responses(
            line=5,
            rule=AS_THE_HEADER.format(5),
            advice="Look for a missing comma or a line broken in two.",
        )
    ]


def test_a_stray_quotation_mark_is_told_with_the_row_it_stands_in(wave: SmallWave) -> None:
    wave.answer("p2", 'p2,MAT 10,"Central,8,,9,40')
    assert wave.refused() == [
        wave.in_responses(
            line=3,
            rule=(
                "The file is comma-separated text, which this row is not: unexpected end of data."
            ),
            advice="Look for a stray quotation mark in the row that starts on this line.",
        )
    ]


def test_a_comment_of_several_lines_keeps_the_numbers_of_the_lines_after_it(
    wave: SmallWave,
) -> None:
    lines = RESPONSES.replace("p4,MAT 2,Deputy head,3", "p4,MAT 2,Deputy head,11").splitlines()
    comments = ["comment", '"One\n\nthree"', "", "", '"Four\nlines"']
    wave.write(wave.responses, "".join(f"{a},{b}\n" for a, b in zip(lines, comments, strict=True)))
    assert wave.refused() == [
        wave.in_responses(
            line=7,
            column="strategy__vision",
            value="11",
            rule=WHOLE_1_TO_10,
            advice=NOT_ON_THE_SCALE,
        )
    ]


def test_semicolons_between_fields_are_told_as_such(wave: SmallWave) -> None:
    wave.write(wave.responses, RESPONSES.replace(",", ";"))
    assert wave.refused() == [
        wave.in_responses(
            line=1,
            rule=(
                "Fields are separated by commas; in this header they are separated by semicolons."
            ),
            advice="Export or save the file as comma-separated values, with decimal points.",
        )
    ]


# Answers.


@pytest.mark.parametrize("word", ["NA", "n/a", "-", "don't know", "None", "?"])
def test_a_word_for_no_answer_is_refused_until_it_is_declared(wave: SmallWave, word: str) -> None:
    wave.answer("p1", f"p1,MAT 10,Head,{word},3,10,38.5")
    assert wave.refused() == [
        wave.in_responses(
            line=2,
            column="strategy__vision",
            value=word,
            rule=WHOLE_1_TO_10,
            advice=LEAVE_EMPTY_OR_LIST,
        )
    ]
    wave.edit(wave.declaration, "trusts:", f'responses: {{missing: ["{word}"]}}\ntrusts:')
    wave.accepted()
    assert "p1,MAT 10,school_leader,,3,10,38.5\n" in wave.tidy("responses.csv")
    assert "strategy,vision,4,1\n" in wave.tidy("missing.csv")


def test_a_code_for_no_answer_may_be_a_number(wave: SmallWave) -> None:
    wave.answer("p1", "p1,MAT 10,Head,99,3,10,38.5")
    wave.edit(wave.declaration, "trusts:", "responses: {missing: [99]}\ntrusts:")
    wave.accepted()
    assert "p1,MAT 10,school_leader,,3,10,38.5\n" in wave.tidy("responses.csv")


def test_a_decimal_comma_is_refused(wave: SmallWave) -> None:
    wave.answer("p1", 'p1,MAT 10,Head,"7,5",3,10,38.5')
    assert wave.refused() == [
        wave.in_responses(
            line=2,
            column="strategy__vision",
            value="7,5",
            rule=WHOLE_1_TO_10,
            advice=(
                "Write decimals with a point; if the scale has no decimals, see the questionnaire."
            ),
        )
    ]


@pytest.mark.parametrize("answer", ["11", "8.5", "0", "-3"])
def test_an_answer_outside_its_scale_is_refused(wave: SmallWave, answer: str) -> None:
    wave.answer("p1", f"p1,MAT 10,Head,{answer},3,10,38.5")
    assert wave.refused() == [
        wave.in_responses(
            line=2,
            column="strategy__vision",
            value=answer,
            rule=WHOLE_1_TO_10,
            advice=NOT_ON_THE_SCALE,
        )
    ]


def test_an_answer_in_words_is_refused(wave: SmallWave) -> None:
    wave.answer("p1", "p1,MAT 10,Head,seven,3,10,38.5")
    assert wave.refused() == [
        wave.in_responses(
            line=2,
            column="strategy__vision",
            value="seven",
            rule=WHOLE_1_TO_10,
            advice=(
                "Export answers as numbers, not as words; or correct this one from the survey tool."
            ),
        )
    ]


def test_an_item_without_a_scale_takes_any_decimal_and_nothing_else(wave: SmallWave) -> None:
    wave.answer("p1", "p1,MAT 10,Head,7,3,10,-1000.25")
    wave.answer("p2", "p2,MAT 10,Central,8,,9,1e3")
    (problem,) = wave.refused()
    assert problem == wave.in_responses(
        line=3,
        column="workload__hours",
        value="1e3",
        rule="An answer is a number with a decimal point, or empty.",
        advice="Export answers as numbers, not as words; or correct this one from the survey tool.",
    )


# Keys and columns.


def test_an_unknown_trust_is_refused_with_the_one_it_may_be(wave: SmallWave) -> None:
    wave.answer("p1", "p1,MAT10,Head,7,3,10,38.5")
    assert wave.refused() == [
        wave.in_responses(
            line=2,
            column="mat_id",
            value="MAT10",
            rule="A response is from one of the 2 trusts of the trusts file.",
            advice=(
                "Correct the name (did you mean 'MAT 10'?), or add the trust to the trusts file."
            ),
        )
    ]


def test_a_respondent_who_answers_twice_is_refused_with_both_lines(wave: SmallWave) -> None:
    wave.answer("p4", "p1,MAT 2,Deputy head,3,8,1,41")
    assert wave.refused() == [
        wave.in_responses(
            line=5,
            column="respondent_id",
            value="p1",
            rule="Each respondent answers once; this one is on line 2.",
            advice="Delete the repeated response, or give it an identifier of its own.",
        )
    ]


def test_a_response_without_respondent_or_trust_is_refused(wave: SmallWave) -> None:
    wave.answer("p1", ",MAT 10,Head,7,3,10,38.5")
    wave.answer("p2", "p2,,Central,8,,9,40")
    rule, advice = "Each response has a respondent and a trust.", "Fill in the identifier."
    assert wave.refused() == [
        wave.in_responses(line=2, column="respondent_id", value="", rule=rule, advice=advice),
        wave.in_responses(line=3, column="mat_id", value="", rule=rule, advice=advice),
    ]


def test_a_missing_column_is_refused(wave: SmallWave) -> None:
    rows = [line.split(",") for line in RESPONSES.splitlines()]
    wave.write(wave.responses, "".join(",".join(row[:3] + row[4:]) + "\n" for row in rows))
    assert wave.refused() == [
        wave.in_responses(
            line=1,
            column="strategy__vision",
            rule="The file has this column; it is missing.",
            advice="Export the file with this column, or take the item out of the codebook.",
        )
    ]


def test_a_renamed_column_is_refused_with_the_one_it_may_be(wave: SmallWave) -> None:
    wave.edit(wave.responses, "strategy__vision", "strategy_vision")
    assert wave.refused() == [
        wave.in_responses(
            line=1,
            column="strategy__vision",
            rule="The file has this column; it is missing.",
            advice=(
                "If 'strategy_vision' is this column, rename it, or add 'strategy_vision' to the "
                "item's aliases in the codebook (for a key column: to 'columns' in the wave's "
                "file)."
            ),
        )
    ]


def test_an_item_in_two_columns_is_refused(wave: SmallWave) -> None:
    lines = RESPONSES.splitlines()
    again = ["Q1", "7", "8", "2", "3"]
    wave.write(wave.responses, "".join(f"{a},{b}\n" for a, b in zip(lines, again, strict=True)))
    assert wave.refused() == [
        wave.in_responses(
            line=1,
            value="strategy__vision, Q1",
            rule="The item strategy__vision is in one column; found 2.",
            advice="Delete all but one, or correct the aliases in the codebook.",
        )
    ]


def test_an_undeclared_role_is_refused(wave: SmallWave) -> None:
    wave.answer("p1", "p1,MAT 10,Governor,7,3,10,38.5")
    assert wave.refused() == [
        wave.in_responses(
            line=2,
            column="role",
            value="Governor",
            rule=(
                "A role is one of: Chief executive, ceo, Central, central_team, Head, "
                "Deputy head, school_leader."
            ),
            advice=(
                "Correct it, leave it empty, or list the label under 'roles' in the wave's file."
            ),
        )
    ]


# Trusts.


def test_an_undeclared_level_of_an_attribute_is_refused(wave: SmallWave) -> None:
    wave.edit(wave.trusts, "MAT 10,Mixed", "MAT 10,All-through")
    assert wave.refused() == [
        wave.in_trusts(
            line=2,
            column="phase_mix",
            value="All-through",
            rule="Levels are: Mixed, Predominantly Primary.",
            advice="Correct it, leave it empty, or add the level to the wave's file.",
        )
    ]


def test_a_trust_with_two_rows_is_refused_with_both_lines(wave: SmallWave) -> None:
    wave.write(wave.trusts, TRUSTS + "MAT 10,Mixed\n")
    assert wave.refused() == [
        wave.in_trusts(
            line=4,
            column="mat_id",
            value="MAT 10",
            rule="Each trust has one row; this one is on line 2 already.",
            advice="Delete one of the two.",
        )
    ]


def test_an_attribute_without_its_column_is_refused(wave: SmallWave) -> None:
    wave.edit(wave.trusts, "phase_mix", "phase")
    assert wave.refused() == [
        wave.in_trusts(
            line=1,
            column="phase_mix",
            rule="The file has this column; it is missing.",
            advice="Add it, or take the attribute out of the wave's file.",
        )
    ]


# All of it at once.


def test_all_problems_of_both_files_come_in_one_report(wave: SmallWave) -> None:
    wave.answer("p1", 'p1,MAT 99,Governor,NA,"7,5",11,many')
    wave.answer("p2", "p1,MAT 2,Central,8.5,,9,40")
    wave.edit(wave.trusts, "MAT 10,Mixed", "MAT 10,All-through")
    found = [one.split(". ")[0].split(": found ") for one in wave.refused()]
    line_2, line_3 = "raw/2031/responses.csv, line 2, ", "raw/2031/responses.csv, line 3, "
    assert sorted(found) == sorted(
        [
            [line_2 + "column 'mat_id'", "'MAT 99'"],
            [line_2 + "column 'role'", "'Governor'"],
            [line_2 + "column 'strategy__vision'", "'NA'"],
            [line_2 + "column 'strategy__identity'", "'7,5'"],
            [line_2 + "column 'operations__hiring'", "'11'"],
            [line_2 + "column 'workload__hours'", "'many'"],
            [line_3 + "column 'respondent_id'", "'p1'"],
            [line_3 + "column 'strategy__vision'", "'8.5'"],
            ["raw/2031/trusts.csv, line 2, column 'phase_mix'", "'All-through'"],
        ]
    )


def test_tidy_files_of_an_earlier_run_survive_a_refusal(wave: SmallWave) -> None:
    wave.accepted()
    before = {file.name: file.read_bytes() for file in Path("tidy").iterdir()}
    wave.answer("p1", "p1,MAT 10,Head,11,3,10,38.5")
    assert wave.ingest()[0] == 1
    assert {file.name: file.read_bytes() for file in Path("tidy").iterdir()} == before


def test_a_codebook_that_is_not_there_is_a_problem_and_no_crash(wave: SmallWave) -> None:
    Path(wave.codebook).unlink()
    (problem,) = wave.refused()
    assert problem.startswith("codebook.csv: The codebook is comma-separated UTF-8 text: No such")


def test_a_declaration_that_is_not_there_is_a_problem_and_no_crash(wave: SmallWave) -> None:
    Path(wave.declaration).unlink()
    (problem,) = wave.refused()
    assert problem.startswith("2031.yaml: The file can be read: No such file or directory.")


# Where answers come from.

MADE_UP = "reconstructed-1,MAT 10,Head,7,3,10,38.5"


def test_an_original_wave_refuses_reconstructed_respondents(wave: SmallWave) -> None:
    wave.answer("p1", MADE_UP)
    assert wave.refused() == [
        wave.in_responses(
            line=2,
            column="respondent_id",
            value="reconstructed-1",
            rule=(
                "In a wave of provenance 'original' respondent identifiers do not start with "
                "'reconstructed-'."
            ),
            advice=(
                "Correct the identifiers, or declare what the file is: original, reconstruction "
                "or illustration."
            ),
        )
    ]


def test_an_illustration_refuses_respondents_who_are_not_said_to_be_invented(
    wave: SmallWave,
) -> None:
    declaration = Path(wave.declaration).read_text(encoding="utf-8")
    wave.write(
        "2031-illustration.yaml",
        declaration.replace('"2031"', "2031-illustration").replace("original", "illustration"),
    )
    wave.write(
        wave.codebook,
        Path(wave.codebook).read_text(encoding="utf-8").replace("\n2031,", "\n2031-illustration,"),
    )
    wave.declaration = "2031-illustration.yaml"
    problems = wave.refused()
    assert len(problems) == 4
    assert "respondent identifiers start with 'illustration-'." in problems[0]
    wave.write(wave.responses, RESPONSES.replace("\np", "\nillustration-p"))
    wave.accepted()


@pytest.mark.parametrize("name", ["responses", "trusts"])
def test_a_file_that_this_project_made_is_refused_as_original(wave: SmallWave, name: str) -> None:
    file = {"responses": wave.responses, "trusts": wave.trusts}[name]
    digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    wave.write("made.csv", f"sha256,file\n{'0' * 64},other.csv\n{digest},{name}.csv\n")
    (problem,) = wave.refused("--known", "made.csv")
    assert problem == (
        f"{file}: found '{digest}'. An original wave holds what the survey itself found; this "
        "file is a reconstruction that this project made (SHA-256 listed in made.csv).\n"
        "    Put the real file there, or declare provenance: reconstruction."
    )


def test_files_of_unknown_hash_are_accepted_as_original(wave: SmallWave) -> None:
    wave.write("made.csv", f"sha256,file\n{'0' * 64},responses.csv\n")
    wave.accepted("--known", "made.csv")


def test_an_original_wave_is_refused_while_the_table_of_made_up_files_is_lost(
    wave: SmallWave,
) -> None:
    (problem,) = wave.refused("--known", "lost.csv")
    assert problem.startswith("lost.csv: This file is needed: No such file or directory.")


def test_the_shipped_reconstruction_is_refused_as_original(wave: SmallWave) -> None:
    shipped = ROOT / "data" / "raw" / "2017-reconstruction" / "responses.csv"
    wave.write(wave.responses, shipped.read_bytes())
    (problem,) = wave.refused("--known", str(ROOT / "data" / "published" / "reconstructions.csv"))
    assert hashlib.sha256(shipped.read_bytes()).hexdigest() in problem
    assert "this file is a reconstruction that this project made" in problem


# Waves with less.


def test_a_wave_without_roles_leaves_roles_empty(wave: SmallWave) -> None:
    text = Path(wave.declaration).read_text(encoding="utf-8")
    start, end = text.index("roles:"), text.index("attributes:")
    wave.write(wave.declaration, text[:start] + text[end:])
    log = wave.accepted()
    assert "4 responses have no role\n" in log
    assert "1 columns are not in the codebook and were left out: role\n" in log
    assert "p1,MAT 10,,7,3,10,38.5\n" in wave.tidy("responses.csv")


def test_a_wave_without_trusts_takes_them_from_its_responses(wave: SmallWave) -> None:
    text = (
        Path(wave.declaration)
        .read_text(encoding="utf-8")
        .replace("trusts: {file: trusts.csv}\n", "")
    )
    start, end = text.index("attributes:"), text.index("cluster:")
    wave.write(wave.declaration, text[:start] + text[end:])
    Path(wave.trusts).unlink()
    assert "the wave has no trusts file\n" in wave.accepted()
    assert wave.tidy("trusts.csv") == "mat_id\nMAT 2\nMAT 10\n"
    assert wave.tidy("attributes.csv") == "attribute,level\n"


def test_a_wave_without_attributes_lists_its_trusts(wave: SmallWave) -> None:
    text = Path(wave.declaration).read_text(encoding="utf-8")
    start, end = text.index("attributes:"), text.index("cluster:")
    wave.write(wave.declaration, text[:start] + text[end:])
    assert "columns that are not declared were left out: ['phase_mix']\n" in wave.accepted()
    assert wave.tidy("trusts.csv") == "mat_id\nMAT 2\nMAT 10\n"


def test_the_minimal_example_is_accepted_with_its_gaps_counted(tmp_path: Path) -> None:
    tidy = ingest_example(tmp_path, EXAMPLE)
    with (tidy / "missing.csv").open(encoding="utf-8") as stream:
        missing = {row["item"]: int(row["n_missing"]) for row in csv.DictReader(stream)}
    assert missing == {
        **dict.fromkeys(["shared_aims", "local_voice", "school_character"], 0),
        **{"one_model": 1, "hiring": 0, "curriculum": 1, "finance": 0},
    }


# Exports of survey tools.

QUALTRICS = """\
ResponseId,Status,Finished,RecipientEmail,Q1,Q2,Q3,Q4_1,Q5
Response ID,Response Type,Finished,Recipient Email,Trust,Role,Sharing a vision,\
Us - Keeping an identity,Hiring staff
"{""ImportId"":""_recordId""}",,,,,,,,
R_1,IP Address,True,ada@example.org,MAT 10,Head,10 - High,3,10 - Central
R_2,Survey Preview,True,,MAT 2,Head,1 - Low,3,
R_3,IP Address,False,ben@example.org,MAT 2,Central,2,,
R_4,IP Address,True,cy@example.org,MAT 2,Chief executive,1 - Low,9,
"""
COLUMNS = "columns: {respondent_id: ResponseId, mat_id: Q1, role: Q2}"


def test_a_qualtrics_export_is_tidied_as_it_came(wave: SmallWave) -> None:
    rows = Path(wave.codebook).read_text(encoding="utf-8").splitlines(keepends=True)
    wave.write(wave.codebook, "".join(rows[:-1]))
    wave.write(wave.responses, QUALTRICS.replace("\n", "\r\n"))
    wave.edit(wave.declaration, "trusts:", f"responses: {{importer: detect, {COLUMNS}}}\ntrusts:")
    log = wave.accepted()
    assert wave.tidy("responses.csv") == (
        "respondent_id,mat_id,role,strategy__vision,strategy__identity,operations__hiring\n"
        "R_4,MAT 2,ceo,1,9,\n"
        "R_1,MAT 10,school_leader,10,3,10\n"
    )
    assert wave.tidy("codebook.csv") == "".join(rows[:-1])
    for note in (
        "detected: importer qualtrics",
        "1 preview or test rows were left out",
        "1 unfinished responses were left out",
        "1 personal columns were dropped at the door: RecipientEmail (an e-mail address)",
        "3 items were found by their wording: strategy__vision is 'Q3', ",
        "the names of end points of 2 of 3 items agree with the codebook's anchors",
    ):
        assert f"raw/2031/responses.csv: {note}" in log
    assert "@example.org" not in log


def test_items_that_are_declared_reversed_are_turned(wave: SmallWave) -> None:
    wave.edit(wave.declaration, "trusts:", "responses: {reversed: [strategy__vision]}\ntrusts:")
    assert "1 items were turned round, as the wave declares" in wave.accepted()
    assert "p1,MAT 10,school_leader,4,3,10,38.5\n" in wave.tidy("responses.csv")


def test_respondents_without_an_identifier_are_known_by_their_line(wave: SmallWave) -> None:
    wave.edit(
        wave.declaration,
        "trusts:",
        'responses: {columns: {respondent_id: "(row)"}}\ntrusts:',
    )
    assert "respondents are identified by the line of their response" in wave.accepted()
    assert "\nrow-2,MAT 10,school_leader,7,3,10,38.5\n" in wave.tidy("responses.csv")


def dropped(wave: SmallWave) -> None:
    """An earlier wave asked hours; the small wave dropped it."""
    wave.edit(wave.codebook, "Hours a week,,,,,,,new,", "Hours a week,,,,,,,dropped,")


def test_a_dropped_item_needs_no_column_and_gets_none(wave: SmallWave) -> None:
    dropped(wave)
    lines = [line.rsplit(",", 1)[0] for line in RESPONSES.splitlines()]
    wave.write(wave.responses, "\n".join(lines) + "\n")
    wave.accepted()
    assert "hours" not in wave.tidy("responses.csv") + wave.tidy("missing.csv")
    assert "2031,workload,hours" in wave.tidy("codebook.csv")


def test_an_empty_column_of_a_dropped_item_is_left_out_and_noted(wave: SmallWave) -> None:
    dropped(wave)
    lines = [line.rsplit(",", 1)[0] + "," for line in RESPONSES.splitlines()[1:]]
    wave.write(wave.responses, "\n".join([RESPONSES.splitlines()[0], *lines]) + "\n")
    assert "not in the codebook and were left out: workload__hours" in wave.accepted()


def test_answers_to_a_dropped_item_are_one_problem(wave: SmallWave) -> None:
    dropped(wave)
    assert wave.refused() == [
        wave.in_responses(
            "The codebook says that this wave dropped workload__hours; the file has 3 answers to "
            "it.",
            "Give the item another status in the codebook if it was asked ('kept'), or delete the "
            "column.",
            1,
            "workload__hours",
        )
    ]
