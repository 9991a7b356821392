"""The README that opens a folder of tables: what they are made from, then what they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.contracts import STUDY_TABLES, WAVE_TABLES

from .conftest import run


def guide(folder: Path, *provenances: str, **facts: str) -> str:
    run(
        *("describe-tables", "--title", "A survey", "--provenance", *provenances),
        *(word for name, text in facts.items() for word in (f"--{name}", text)),
        *("--tables", "clusters", "partitions", "--out", folder / "README.md"),
    )
    return (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("provenances", "opening"),
    [
        (["reconstruction"], "**These are not the survey's responses.**"),
        (["illustration"], "**These are invented responses.**"),
        (["original", "reconstruction"], "**These are not the survey's responses.**"),
        (["original"], "# Tables: A survey\n"),
    ],
)
def test_a_folder_opens_with_what_its_answers_are_not(
    tmp_path: Path, provenances: list[str], opening: str
) -> None:
    text = guide(tmp_path, *provenances)
    assert text.startswith(opening)
    assert text.count("# Tables: A survey\n") == 1


def test_tables_of_an_original_wave_carry_no_stamp(tmp_path: Path) -> None:
    text = guide(tmp_path, "original").casefold()
    assert not any(word in text for word in ("reconstruct", "illustrat", "invented"))


def test_source_and_licence_are_told_where_they_are_known(tmp_path: Path) -> None:
    text = guide(tmp_path, "original", source="The survey.", licence="CC0-1.0")
    assert "\nSource: The survey.\n" in text
    assert "\nLicence of the responses: CC0-1.0\n" in text
    assert "Source" not in guide(tmp_path, "original")


def test_every_table_is_named_with_its_columns(tmp_path: Path) -> None:
    lines = guide(tmp_path, "original").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert len(rows) == 2
    assert rows[0].startswith("| `clusters.csv` | Cluster of each trust")
    assert rows[0].endswith("| `mat_id`, `k`, `cluster`, `type_id` |")


def test_every_table_there_is_can_be_described(tmp_path: Path) -> None:
    run(
        *("describe-tables", "--title", "All", "--provenance", "original", "--tables"),
        *(*WAVE_TABLES, *STUDY_TABLES, "--out", tmp_path / "README.md"),
    )
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    for name in (*WAVE_TABLES, *STUDY_TABLES):
        assert f"| `{name}.csv` |" in text
    # A bar inside a cell would break the table.
    assert {line.count("|") for line in text.splitlines() if line.startswith("|")} == {4}


@pytest.mark.parametrize(
    "wrong", [["--tables", "clutsers"], ["--provenance", "reconstructed", "--tables", "clusters"]]
)
def test_words_that_are_not_known_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    words = ["--provenance", "original", "--title", "T", "--out", str(tmp_path / "README.md")]
    with pytest.raises(SystemExit) as refused:
        main(["describe-tables", *words, *wrong])
    assert refused.value.code == 2
    assert "invalid choice" in capsys.readouterr().err
    assert not (tmp_path / "README.md").exists()


def test_tables_of_the_register_give_it_the_credit_that_its_licence_wants(tmp_path: Path) -> None:
    assert "Open Government Licence" not in guide(tmp_path, "original")
    out = tmp_path / "README.md"
    flags = ("--title", "All", "--provenance", "original", "--tables", "population", "--out")
    run("describe-tables", *flags, out)
    assert "public sector information" in out.read_text(encoding="utf-8")
