"""The step reads an extract's folder and writes two tables, or tells what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from buildingtrusts.cli import main

PROJECT = Path(__file__).parents[2]
EXTRACT = PROJECT / "tests" / "register" / "fixtures" / "2017-01-19"
CUTOFFS = ["--cutoffs", str(PROJECT / "config" / "register.yaml")]


def test_the_tables_are_those_of_the_contract(tmp_path: Path) -> None:
    assert main(["register", str(EXTRACT), "--out", str(tmp_path), *CUTOFFS]) == 0
    trusts = (tmp_path / "register_trusts.csv").read_text(encoding="utf-8").splitlines()
    assert trusts[0] == (
        "trust_uid,trust_name,n_schools,pupils,pupils_missing,phase_mix,school_type_mix,"
        "size_schools,size_pupils,geographical_spread,oldest_joined,joined_last_5_years,"
        "trust_age,rapid_growth"
    )
    assert trusts[1] == (
        "9002,Invented Special Trust,2,,2,(missing),Mixed,Starter trust,(missing),(missing),,,"
        "(missing),(missing)"
    )
    assert trusts[4] == (
        "90010,Invented Café Trust,4,1000,1,Predominantly Primary,Mixed,Starter trust,"
        "Starter trust,All schools within 1 hour (our distance proxy),2011-09-01,2,3 to 5 years,No"
    )
    population = (tmp_path / "population.csv").read_text(encoding="utf-8").splitlines()
    assert population[:2] == ["attribute,level,n", "all,all,4"]
    assert population[-2:] == ["at_least,4+,2", "at_least,7+,1"]


def test_the_counts_the_notes_and_the_licence_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["register", str(EXTRACT), "--out", str(tmp_path), *CUTOFFS])
    printed = capsys.readouterr().out
    assert "2017-01-19: 4 open multi-academy trusts with 14 schools" in printed
    assert "900037" in printed
    assert "Open Government Licence v3.0" in printed


def test_the_folder_may_be_the_one_we_are_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXTRACT)
    assert main(["register", ".", "--out", str(tmp_path), *CUTOFFS]) == 0


def test_a_date_can_be_given_for_a_folder_without_one(tmp_path: Path) -> None:
    folder = shutil.copytree(EXTRACT, tmp_path / "mine")
    command = ["register", str(folder), "--out", str(tmp_path / "out"), *CUTOFFS]
    assert main(command) == 1
    assert main([*command, "--extract-date", "2017-01-19"]) == 0


def test_bad_input_is_one_report_and_no_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "2017-01-19"
    folder.mkdir()
    (folder / "edubasealldata.csv").write_text("<html>404</html>")
    out = tmp_path / "out"
    assert main(["register", str(folder), "--out", str(out), *CUTOFFS]) == 1
    report = capsys.readouterr().err
    assert report.startswith("2 problems in the input; nothing was written.")
    assert "a web page" in report
    assert "get-information-schools.service.gov.uk" in report
    assert not out.exists()


@pytest.mark.parametrize("spoilt", ["extract", "cutoffs"])
def test_what_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoilt: str
) -> None:
    nowhere = str(tmp_path / "nowhere" / "2017-01-19")
    folder, flags = (
        (nowhere, CUTOFFS) if spoilt == "extract" else (str(EXTRACT), ["--cutoffs", nowhere])
    )
    assert main(["register", folder, "--out", str(tmp_path / "out"), *flags]) == 1
    assert nowhere in capsys.readouterr().err


def test_the_tables_repeat_byte_for_byte(tmp_path: Path) -> None:
    for name in ("once", "again"):
        main(["register", str(EXTRACT), "--out", str(tmp_path / name), *CUTOFFS])
    for table in ("register_trusts.csv", "population.csv"):
        assert (tmp_path / "once" / table).read_bytes() == (tmp_path / "again" / table).read_bytes()
