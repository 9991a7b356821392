"""Tables for paper through the steps: what is written, its stamp, and names that mean mischief."""

from __future__ import annotations

import builtins
import io
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.paper import study_paper_tables, wave_paper_tables

from .conftest import Finished, run

NAMES = wave_paper_tables([2, 3], ["strategy"], ["phase_mix"], False)
EVIL = "=cmd|'/c calc'!A1 <b> \\input{x} [a](b)"


def write(
    done: Finished,
    out: Path,
    *,
    provenance: str = "illustration",
    formats: str = "",
    more: str = "",
) -> Path:
    run(
        *("paper-tables", "--wave", "2030", "--provenance", provenance),
        *("--tables", done.tables, "--processed", done.tidy, "--only", *NAMES),
        *("--formats", *(formats or "csv md tex").split(), "--kept", out / "kept.json"),
        *("--date", "2030-05-01", "--out", out / "paper", *more.split()),
    )
    return out


def gather(out: Path, *, provenance: str = "illustration") -> Path:
    """The workbook of a study with one wave and no claims."""
    tables = out / "study"
    tables.mkdir(exist_ok=True)
    from buildingtrusts.output.contracts import STUDY_TABLES

    for name in ("ledger", "published_associations"):
        header = ",".join(STUDY_TABLES[name].columns)
        (tables / f"{name}.csv").write_text(f"{header}\n", encoding="utf-8")
    run(
        *("paper-workbook", "--provenance", provenance, "--tables", tables, "--waves", "2030"),
        *("--kept", out / "kept.json", "--workbook", out / "tables.xlsx"),
        *("--only", *study_paper_tables([], 1, False), "--date", "2030-05-01"),
        *("--formats", "csv", "md", "tex", "--out", out / "study_paper"),
    )
    return out / "tables.xlsx"


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


def workbook_text(file: Path) -> str:
    with zipfile.ZipFile(file) as opened:
        return "".join(
            opened.read(name).decode() for name in opened.namelist() if name.endswith(".xml")
        )


def test_every_table_is_written_in_every_format_and_numbered(
    finished: Finished, tmp_path: Path
) -> None:
    found = texts(write(finished, tmp_path) / "paper")
    assert set(found) == {f"{name}.{kind}" for name in NAMES for kind in ("csv", "md", "tex")}
    for number, name in enumerate(NAMES, start=1):
        assert found[f"{name}.md"].startswith(f"**Table {number}.** ")
    assert "| Trust |" in found["sample.md"]
    assert "17 of" not in found["sample.md"]


def test_a_table_says_which_attributes_were_tested_apart(
    finished: Finished, tmp_path: Path
) -> None:
    apart = texts(write(finished, tmp_path, more="--own-family phase_mix") / "paper")
    assert "at k = 2 (phase mix tested apart)." in apart["crosstabs_k2.md"]
    together = texts(write(finished, tmp_path) / "paper")
    assert "apart" not in together["crosstabs_k2.md"]


def test_numbers_in_paper_are_those_of_the_tables(finished: Finished, tmp_path: Path) -> None:
    from buildingtrusts.output.tables import read_table

    found = texts(write(finished, tmp_path) / "paper")
    partitions = read_table(finished.tables / "partitions.csv")
    for row in partitions.itertuples():
        read = f"| {row.k} | {row.sizes.replace(';', ', ')} |"
        assert read in found["partitions.md"]
        assert repr(float(row.mean_silhouette)) in found["partitions.csv"]
    counted = read_table(finished.tables / "crosstabs.csv")
    table = found["crosstabs_k2.csv"].splitlines()[1:]
    assert sum(int(line.split(",")[-6]) for line in table) == counted[counted["k"] == 2]["n"].sum()


@pytest.mark.parametrize(
    ("provenance", "stamp"),
    [
        ("illustration", "invented responses"),
        ("reconstruction", "not the survey's responses"),
    ],
)
def test_every_table_of_made_up_answers_carries_the_stamp(
    finished: Finished, tmp_path: Path, provenance: str, stamp: str
) -> None:
    out = write(finished, tmp_path, provenance=provenance)
    for name, text in texts(out / "paper").items():
        assert name.endswith(".csv") or stamp in text, name
    book = workbook_text(gather(out, provenance=provenance)).replace("&apos;", "'")
    assert stamp in book


def test_original_answers_carry_no_stamp_anywhere(finished: Finished, tmp_path: Path) -> None:
    out = write(finished, tmp_path, provenance="original")
    book = workbook_text(gather(out, provenance="original"))
    everything = " ".join([book, *texts(out / "paper").values()]).casefold()
    assert not re.findall("reconstruct|illustrat|invented", everything)


def test_a_manuscript_takes_in_every_table_as_it_is(finished: Finished, tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None and os.environ.get("BUILDINGTRUSTS_FORBID_SKIPPING") != "1":
        pytest.skip("needs pdflatex")
    out = write(finished, tmp_path)
    gather(out)
    files = sorted([*(out / "paper").glob("*.tex"), *(out / "study_paper").glob("*.tex")])
    inputs = "\n".join(rf"\input{{{file.relative_to(out)}}}" for file in files)
    (out / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage{booktabs,longtable}\\begin{document}\n"
        f"{inputs}\n\\end{{document}}\n",
        encoding="utf-8",
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=out, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode("latin-1")[-2000:]
    log = (out / "paper.log").read_text(encoding="latin-1")
    assert "Overfull" not in log, "a table leaves the margins"
    assert "multiply defined" not in log


def test_a_malicious_name_is_read_and_never_run(finished: Finished, tmp_path: Path) -> None:
    done = finished.copy(tmp_path / "copy")
    for file in (*done.tidy.glob("*.csv"), *done.tables.glob("*.csv")):
        text = file.read_text(encoding="utf-8")
        named = re.sub(r"(?m)(^|,)T1(?=,|$)", lambda found: f'{found[1]}"{EVIL}"', text)
        file.write_text(named, encoding="utf-8")
    out = write(done, tmp_path / "out")
    found = texts(out / "paper")
    assert "&lt;b&gt;" in found["sample.md"]
    assert "<b>" not in found["sample.md"]
    assert r"\textbackslash{}input\{x\}" in found["sample.tex"]
    assert r"\input{x}" not in found["sample.tex"]
    with zipfile.ZipFile(gather(out)) as opened:
        strings = opened.read("xl/sharedStrings.xml").decode()
        sheets = [
            opened.read(name).decode() for name in opened.namelist() if "sheets/sheet" in name
        ]
    assert "<t>'=cmd|" in strings
    assert "<t>=cmd" not in strings
    assert not any("<f>" in sheet for sheet in sheets)


def test_the_same_tables_give_the_same_bytes(finished: Finished, tmp_path: Path) -> None:
    first, second = write(finished, tmp_path / "a"), write(finished, tmp_path / "b")
    assert gather(first).read_bytes() == gather(second).read_bytes()
    assert texts(first / "paper") == texts(second / "paper")


def test_word_is_written_on_request(finished: Finished, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    out = write(finished, tmp_path, formats="docx")
    read = docx.Document(io.BytesIO((out / "paper" / "sample.docx").read_bytes()))
    assert read.paragraphs[0].text.startswith("Table 1. Responses by trust and role, 2030.")


def test_without_its_library_word_is_refused_before_anything_is_written(
    finished: Finished,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = builtins.__import__

    def without_docx(name: str, *rest: object, **more: object) -> object:
        if name == "docx":
            raise ImportError(name)
        return kept(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without_docx)
    words = ["paper-tables", "--wave", "w", "--provenance", "original", "--only", "sample"]
    words += ["--tables", str(finished.tables), "--processed", str(finished.tidy)]
    words += ["--formats", "docx", "--kept", str(tmp_path / "k"), "--out", str(tmp_path / "p")]
    assert main(words) == 1
    assert 'pip install "buildingtrusts[word]"' in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_captions_speak_the_words_of_the_study(finished: Finished, tmp_path: Path) -> None:
    run(
        *("paper-tables", "--wave", "trusts-2030", "--provenance", "original"),
        *("--tables", finished.tables, "--processed", finished.tidy, "--only", "sample"),
        *("--kept", tmp_path / "k.json", "--out", tmp_path / "p"),
        *("--words", "trust=company", "trusts=companies"),
    )
    text = (tmp_path / "p" / "sample.md").read_text(encoding="utf-8")
    assert text.startswith("**Table 1.** Responses by company and role, trusts-2030.")
    assert "| Company |" in text
