"""Trusts with a number in the register get attributes by it; what is not known is never a zero."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from buildingtrusts.cli import main
from buildingtrusts.study.problems import Problem

from ..survey.workbooks import ods, xlsx
from .conftest import ROOT, SmallWave

EXTRACT = ROOT / "tests" / "register" / "fixtures" / "2017-01-19"
FOLDER = "register/2017-01-19"
REGISTER = ("--register", FOLDER)
#: 90010 and 9002 are trusts of the invented extract, 404 is none.
NUMBERED = "mat_id,UID\nMAT 10,90010\nMAT 2,404\nMAT 3,\n"
PERFORMANCE = "raw/2031/performance.csv"
COVERED = "uid,name,flags\n90010,Café,0\n7,Another,many\n,Nobody,2\n"
SOURCE = "sources: [{file: performance.csv, uid: uid, attributes: [flags]}]"


@pytest.fixture
def numbered(wave: SmallWave) -> SmallWave:
    """The small wave with numbers in place of attributes, and the register beside it."""
    command = ["register", str(EXTRACT), "--out", FOLDER]
    assert main([*command, "--cutoffs", str(ROOT / "config" / "register.yaml")]) == 0
    wave.capsys.readouterr()
    wave.write(wave.trusts, NUMBERED)
    declare(wave, "uid: UID", attributes="")
    return wave


def declare(wave: SmallWave, trusts: str, attributes: str = "flags: ['0', '1', '2']") -> None:
    """What the wave says of its trusts, beside the file's name."""
    text = Path(wave.declaration).read_text(encoding="utf-8")
    start, roles = text.index("trusts:"), text.index("roles:")
    end, cluster = text.index("attributes:"), text.index("cluster:")
    wave.write(
        wave.declaration,
        f"{text[:start]}trusts: {{file: trusts.csv, {trusts}}}\n{text[roles:end]}"
        f"attributes: {{{attributes}}}\n{text[cluster:]}",
    )


def tidy_trusts(wave: SmallWave) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(wave.tidy("trusts.csv").splitlines())
    return {row.pop("mat_id"): row for row in rows}


def levels(wave: SmallWave) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(wave.tidy("attributes.csv").splitlines()):
        found.setdefault(row["attribute"], []).append(row["level"])
    return found


def in_performance(rule: str, advice: str, line: int, column: str, value: str | None) -> str:
    return str(Problem(PERFORMANCE, rule, advice, line, column, value))


# The register.


def test_numbered_trusts_have_every_attribute_of_the_register(numbered: SmallWave) -> None:
    numbered.accepted(*REGISTER)
    found = tidy_trusts(numbered)
    assert found["MAT 10"] == {
        "phase_mix": "Predominantly Primary",
        "school_type_mix": "Mixed",
        "size_schools": "Starter trust",
        "size_pupils": "Starter trust",
        "geographical_spread": "All schools within 1 hour (our distance proxy)",
        "trust_age": "3 to 5 years",
        "rapid_growth": "No",
    }
    assert set(found["MAT 2"].values()) == set(found["MAT 3"].values()) == {"(missing)"}
    assert list(found) == ["MAT 2", "MAT 3", "MAT 10"]
    assert list(levels(numbered)) == list(found["MAT 10"])
    assert levels(numbered)["rapid_growth"] == ["No", "Yes"]


def test_trusts_that_are_not_found_are_listed_and_told(numbered: SmallWave) -> None:
    log = numbered.accepted(*REGISTER)
    reason = "not an open multi-academy trust in this extract"
    assert numbered.tidy("unmatched_trusts.csv") == (
        f"mat_id,trust_uid,reason\nMAT 2,404,{reason}\nMAT 3,,no number given\n"
    )
    assert numbered.tidy("matched_trusts.csv") == "mat_id,trust_uid\nMAT 10,90010\n"
    assert "1 of 3 trusts have their attributes by the register.\n" in log
    assert f"MAT 2 is not in the register: {reason} (404).\n" in log


def test_the_log_says_of_which_days_register_and_wave_are(numbered: SmallWave) -> None:
    log = numbered.accepted(*REGISTER)
    assert "attributes from the register's extract 2017-01-19: phase_mix, school_type_mix," in log
    assert "the wave is of 2031-05-01, and what changed between the two is not seen\n" in log


def test_numbers_go_no_further_than_the_two_lists(numbered: SmallWave) -> None:
    numbered.accepted(*REGISTER)
    lists = {"matched_trusts.csv", "unmatched_trusts.csv"}
    assert lists <= {path.name for path in Path("tidy").iterdir()}
    for path in Path("tidy").iterdir():
        assert (path.name in lists) == ("trust_uid" in path.read_text(encoding="utf-8")), path
        assert path.name in lists or "90010" not in path.read_text(encoding="utf-8")


def test_only_the_attributes_that_are_asked_for_are_joined(numbered: SmallWave) -> None:
    declare(numbered, "uid: UID, from_register: [rapid_growth, phase_mix]", "")
    numbered.accepted(*REGISTER)
    assert list(levels(numbered)) == ["rapid_growth", "phase_mix"]


def test_the_files_own_column_wins_and_the_log_says_where_the_register_differs(
    numbered: SmallWave,
) -> None:
    own = "mat_id,UID,phase_mix,rapid_growth\nMAT 10,90010,Mixed,No\nMAT 2,9002,,Yes\n"
    numbered.write(numbered.trusts, own)
    declare(numbered, "uid: UID, from_register: [phase_mix, rapid_growth, trust_age]", "")
    log = numbered.accepted(*REGISTER)
    assert numbered.tidy("trusts.csv").splitlines()[1:] == [
        "MAT 2,(missing),Yes,(missing)",
        "MAT 10,Mixed,No,3 to 5 years",
    ]
    assert (
        "phase_mix is the trusts file's own; the register says otherwise of 1 trusts: MAT 10\n"
    ) in log
    assert "rapid_growth is the trusts file's own; the register says otherwise of 1 trust" in log
    assert "register's extract 2017-01-19: trust_age; the wave" in log


def test_levels_of_an_own_column_are_the_registers_unless_the_wave_declares_some(
    numbered: SmallWave,
) -> None:
    numbered.write(numbered.trusts, "mat_id,UID,phase_mix\nMAT 10,90010,Primary\nMAT 2,9002,\n")
    rule = "Levels are: Mixed, Predominantly Primary, Predominantly Secondary."
    assert numbered.refused(*REGISTER) == [
        numbered.in_trusts(
            line=2,
            column="phase_mix",
            value="Primary",
            rule=rule,
            advice="Correct it, leave it empty, or add the level to the wave's file.",
        )
    ]
    declare(numbered, "uid: UID", "phase_mix: [Primary, Secondary]")
    numbered.accepted(*REGISTER)
    assert levels(numbered)["phase_mix"] == ["Primary", "Secondary"]


def test_declared_levels_give_a_joined_attribute_its_order(numbered: SmallWave) -> None:
    declare(numbered, "uid: UID", "rapid_growth: ['Yes', 'No']")
    numbered.accepted(*REGISTER)
    assert levels(numbered)["rapid_growth"] == ["Yes", "No"]
    assert next(iter(levels(numbered))) == "rapid_growth"


def test_a_level_of_the_register_that_the_wave_does_not_declare_is_told(
    numbered: SmallWave,
) -> None:
    declare(numbered, "uid: UID", "rapid_growth: ['Nein', 'Ja']")
    (problem,) = numbered.refused(*REGISTER)
    assert problem == str(
        Problem(
            numbered.declaration,
            "The wave's levels of it are: Nein, Ja; the register's are: No, Yes. It says this of "
            "MAT 10.",
            "Declare the register's levels, or take the attribute out of 'attributes': they then "
            "count by themselves.",
            column="attributes.rapid_growth",
            value="No",
        )
    )


@pytest.mark.parametrize("flags", [(), ("--register", "nowhere")])
def test_without_the_registers_tables_nothing_is_silently_missing(
    numbered: SmallWave, flags: tuple[str, ...]
) -> None:
    (problem,) = numbered.refused(*flags)
    assert "column 'trusts.uid': found 'UID'" in problem
    assert "data/raw/register/README.md says how to get an extract" in problem
    assert "--register" in problem


def test_a_number_that_is_none_is_told_under_the_files_own_header(numbered: SmallWave) -> None:
    numbered.edit(numbered.trusts, "404", "TR00404")
    numbered.edit(numbered.trusts, "MAT 3,", "MAT 3,090010")
    found = [one.split(". ")[0] for one in numbered.refused(*REGISTER)]
    assert found == [
        "raw/2031/trusts.csv, line 2, column 'UID': found '90010'",
        "raw/2031/trusts.csv, line 3, column 'UID': found 'TR00404'",
        "raw/2031/trusts.csv, line 4, column 'UID': found '090010'",
    ]


def test_a_column_of_numbers_that_is_not_there_is_told(numbered: SmallWave) -> None:
    numbered.edit(numbered.trusts, "UID", "Nummer")
    assert numbered.refused(*REGISTER) == [
        numbered.in_trusts(
            line=1,
            column="UID",
            rule="The file has this column; it is missing.",
            advice="Add it, with each trust's number in the register, or correct 'trusts: uid'.",
        )
    ]


def test_trusts_may_be_named_by_their_numbers(numbered: SmallWave) -> None:
    for file in (numbered.responses, numbered.trusts):
        text = Path(file).read_text(encoding="utf-8")
        numbered.write(file, text.replace("MAT 10", "90010").replace("MAT 2", "9002"))
    declare(numbered, "uid: mat_id", "")
    numbered.edit(numbered.trusts, "MAT 3,\n", "")
    numbered.accepted(*REGISTER)
    assert tidy_trusts(numbered)["90010"]["phase_mix"] == "Predominantly Primary"


def test_without_numbers_nothing_is_joined_and_the_lists_are_headers(wave: SmallWave) -> None:
    wave.accepted()
    assert wave.tidy("unmatched_trusts.csv") == "mat_id,trust_uid,reason\n"
    assert wave.tidy("matched_trusts.csv") == "mat_id,trust_uid\n"


# Files that cover some trusts.


def test_a_trust_that_a_source_does_not_list_is_not_covered_and_never_zero(
    numbered: SmallWave,
) -> None:
    numbered.edit(numbered.trusts, "MAT 3,\n", "MAT 3,\nMAT 4,9002\n")
    numbered.write(PERFORMANCE, COVERED + "09002.0,Special,\n")
    declare(numbered, f"uid: UID, {SOURCE}")
    log = numbered.accepted(*REGISTER)
    flags = {mat: row["flags"] for mat, row in tidy_trusts(numbered).items()}
    assert flags == {
        "MAT 10": "0",
        "MAT 2": "(not covered)",
        "MAT 3": "(missing)",
        "MAT 4": "(missing)",
    }
    assert levels(numbered)["flags"] == ["0", "1", "2"]
    assert next(iter(levels(numbered))) == "flags"
    assert f"flags: {PERFORMANCE} lists 2 of the 4 trusts; the others are (not covered)" in log


def test_a_source_needs_no_register(numbered: SmallWave) -> None:
    numbered.write(PERFORMANCE, COVERED)
    declare(numbered, f"uid: UID, from_register: [], {SOURCE}")
    numbered.accepted()
    assert numbered.tidy("trusts.csv") == (
        "mat_id,flags\nMAT 2,(not covered)\nMAT 3,(missing)\nMAT 10,0\n"
    )
    assert numbered.tidy("unmatched_trusts.csv") == "mat_id,trust_uid,reason\n"


def test_a_source_goes_before_the_register(numbered: SmallWave) -> None:
    numbered.write(PERFORMANCE, "uid,phase_mix\n90010,Mixed\n")
    source = "sources: [{file: performance.csv, uid: uid, attributes: [phase_mix]}]"
    declare(numbered, f"uid: UID, {source}", "")
    numbered.accepted(*REGISTER)
    assert [row["phase_mix"] for row in tidy_trusts(numbered).values()] == [
        *("(not covered)", "(missing)", "Mixed")
    ]


def test_a_source_that_lists_no_trust_is_said_to(numbered: SmallWave) -> None:
    numbered.write(PERFORMANCE, "uid,flags\nTR1,0\n")
    declare(numbered, f"uid: UID, {SOURCE}")
    log = numbered.accepted(*REGISTER)
    assert "It lists none: check that its column 'uid' holds numbers of the register\n" in log


def test_wrong_rows_of_a_source_are_told_where_they_are_of_the_waves_trusts(
    numbered: SmallWave,
) -> None:
    numbered.write(PERFORMANCE, "uid,flags\n90010,many\n404,0\n0404,1\n5,x\n5,y\n")
    declare(numbered, f"uid: UID, {SOURCE}")
    assert numbered.refused(*REGISTER) == [
        in_performance(
            line=2,
            column="flags",
            value="many",
            rule="Levels are: 0, 1, 2.",
            advice="Correct it, leave it empty, or add the level to the wave's file.",
        ),
        in_performance(
            line=4,
            column="uid",
            value="404",
            rule="Each trust has one row; this one is on line 3 already.",
            advice="Delete one of the two.",
        ),
    ]


def test_columns_that_a_source_lacks_are_told_with_the_other_files_problems(
    numbered: SmallWave,
) -> None:
    numbered.write(PERFORMANCE, "number,flag\n90010,1\n")
    numbered.edit(numbered.trusts, "404", "x")
    declare(numbered, f"uid: UID, {SOURCE}")
    found = [one.split(": ")[0] for one in numbered.refused(*REGISTER)]
    assert found == [
        "raw/2031/trusts.csv, line 3, column 'UID'",
        f"{PERFORMANCE}, line 1, column 'uid'",
        f"{PERFORMANCE}, line 1, column 'flags'",
    ]


def test_an_attribute_in_two_files_is_told(numbered: SmallWave) -> None:
    numbered.write(numbered.trusts, "mat_id,UID,flags\nMAT 10,90010,1\nMAT 2,404,0\n")
    numbered.write(PERFORMANCE, COVERED)
    declare(numbered, f"uid: UID, {SOURCE}")
    (problem,) = numbered.refused(*REGISTER)
    assert "raw/2031/trusts.csv, line 1, column 'flags': An attribute comes from one" in problem


def test_a_source_that_is_not_there_is_told(numbered: SmallWave) -> None:
    declare(numbered, f"uid: UID, {SOURCE}")
    (problem,) = numbered.refused(*REGISTER)
    assert problem.startswith(f"{PERFORMANCE}: This file is needed")


def test_a_source_that_this_project_made_is_refused_as_original(numbered: SmallWave) -> None:
    numbered.write(PERFORMANCE, COVERED)
    declare(numbered, f"uid: UID, {SOURCE}")
    digest = hashlib.sha256(COVERED.encode()).hexdigest()
    numbered.write("made.csv", f"sha256,file\n{digest},performance.csv\n")
    (problem,) = numbered.refused("--known", "made.csv", *REGISTER)
    assert problem.startswith(f"{PERFORMANCE}: found '{digest}'.")


# Kinds of files.

ROWS = [["mat_id", "UID"], ["MAT 10", 90010], ["MAT 2", 404], ["MAT 3", None]]


@pytest.mark.parametrize(
    ("content", "importer", "seen"),
    [
        (NUMBERED.replace(",", "\t").encode(), "tsv", "tsv"),
        (NUMBERED.replace(",", "\t").encode(), "detect", "tsv"),
        (NUMBERED.encode(), "detect", "csv"),
        (xlsx({"Notes": [], "Trusts": ROWS}), "excel", "excel"),
        (xlsx({"Trusts": ROWS}), "detect", "excel"),
        (ods(ROWS), "ods", "ods"),
        (ods(ROWS), "detect", "ods"),
    ],
)
def test_trusts_are_read_from_any_table(
    numbered: SmallWave, content: bytes, importer: str, seen: str
) -> None:
    numbered.accepted(*REGISTER)
    expected = numbered.tidy("trusts.csv")
    numbered.write(numbered.trusts, content)
    declare(numbered, f"uid: UID, importer: {importer}", "")
    log = numbered.accepted(*REGISTER)
    assert numbered.tidy("trusts.csv") == expected
    assert (f"detected: importer {seen}" in log) == (importer == "detect")


def test_a_workbook_that_is_declared_as_text_is_told(numbered: SmallWave) -> None:
    numbered.write(numbered.trusts, xlsx({"Trusts": ROWS}))
    (problem,) = numbered.refused(*REGISTER)
    assert "This importer reads separated text; the file is an Excel workbook." in problem
    assert "Declare 'importer: excel' or 'importer: detect'" in problem


def test_of_several_sheets_the_wave_names_one(numbered: SmallWave) -> None:
    numbered.write(numbered.trusts, xlsx({"Notes": [["x"]], "Trusts": ROWS}))
    declare(numbered, "uid: UID, importer: excel", "")
    (problem,) = numbered.refused(*REGISTER)
    assert "Write its name under 'sheet', beside 'file', in the wave's file." in problem
    declare(numbered, "uid: UID, importer: excel, sheet: Trusts", "")
    assert "sheet 'Trusts' was read\n" in numbered.accepted(*REGISTER)


# Before a run, when the register's tables may not be there.


def looked_at(wave: SmallWave, command: str, extracts: str) -> str:
    for name, file in (
        (f"config/waves/{wave.wave}.yaml", wave.declaration),
        ("config/codebook.csv", wave.codebook),
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        wave.write(name, Path(file).read_text(encoding="utf-8"))
    words = [command, wave.wave, "--raw", "raw", "--extracts", extracts]
    main(words)
    printed = wave.capsys.readouterr()
    assert printed.err == ""
    return " ".join(printed.out.split())


def test_a_check_looks_at_joined_attributes_where_the_register_is_there(
    numbered: SmallWave,
) -> None:
    told = looked_at(numbered, "check", "register")
    assert "1 of 3 trusts have their attributes by the register." in told
    assert "Unknown for some of the 3 trusts: phase_mix (2)" in told


def test_a_check_without_the_registers_tables_says_what_it_did_not_look_at(
    numbered: SmallWave,
) -> None:
    told = looked_at(numbered, "check", "nowhere")
    assert "attributes from the register were not looked at" in told
    assert "Unknown for some" not in told


def test_a_wave_is_described_before_the_register_is_read(numbered: SmallWave) -> None:
    assert "Who answered" in looked_at(numbered, "describe", "nowhere")
