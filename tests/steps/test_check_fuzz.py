"""Whatever files a wave consists of, ``check`` ends with a report: thousands of mutated waves."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from buildingtrusts.cli import main

from ..survey.test_importers_door import BYTES, FORMS, PLAIN, fixture, ods, xlsx
from .conftest import CODEBOOK, DECLARATION, EXAMPLE, RESPONSES, TRUSTS

#: How many waves are mutated in all, over the layouts; files of SPSS and Stata take a process each.
CASES, SLOW_CASES = 3000, 8
WAVE = "2031"
NASTY = (
    *("", " ", "0", "-1", "11", "7.5", "7,5", "1e400", "9" * 400, "NaN", "inf", "NULL", "N/A"),
    *("1 - Low", "10 - Low", "High", "(row)", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "'", '"'),
    *(
        "<script>alert(1)</script>",
        "&lt;",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "\u202edecnahne",
        "\x1b[31m",
    ),
    *("Ünïcödé", "\u00a0", "\ufeff", "\U0001f600", "x" * 200_000, "a\nb", "a,b", "a\tb", "\0"),
)
YAML = (
    *("[", "{", "}", ":", "- ", "  ", "\t", "#", "&a [*a]", "*a", "!!python/object:os.system x"),
    *("!!binary x", "? [a]\n: b", "<<: 1", "[" * 500, "{a: " * 500, "null", "yes", "1.5", "[]"),
    *("{}", "2031-13-01", '"\\0"', '"\\ud800"', "../../etc/passwd", ".", "/", "~", "%YAML 1.1"),
    *("a: &b [1]\nc: *b", "wave: 2031", "responses:\n  file: [x]", "roles: {ceo: x}", "---\n"),
    "a: &a [1]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\nattributes: {x: *d}",
)


def in_text(rng: random.Random, data: bytes) -> bytes:
    """One change of the bytes that a slip, a spreadsheet or a bad line might make."""
    at = rng.randrange(len(data) + 1)
    token = rng.choice(BYTES.elements)  # the tokens that damage exports elsewhere
    return rng.choice(
        [
            lambda: data[:at],
            lambda: data[at:],
            lambda: data[:at] + token + data[at + 1 :],
            lambda: data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :],
            lambda: data[:at] + data[at : at + 40] * 2 + data[at + 40 :],
            lambda: data[:at] + data[at + rng.randrange(1, 60) :],
            lambda: b"\xef\xbb\xbf" + data,
            lambda: data.decode("utf-8", "replace").encode("utf-16"),
            lambda: data.decode("utf-8", "replace").encode("cp1252", "replace"),
            lambda: data.replace(b"\n", rng.choice([b"\r", b"\r\n", b"\n\r", b"\n\n", b""])),
            lambda: data.replace(b",", rng.choice([b";", b"\t", b",,", b" , ", b'","'])),
            lambda: data.replace(b'"', b""),
            lambda: b"",
        ]
    )()


def in_cells(rng: random.Random, data: bytes) -> bytes:
    """One change of a cell, a column or a row."""
    lines = [line.split(",") for line in data.decode("utf-8", "replace").split("\n")]
    row = rng.choice(lines)
    place = rng.randrange(len(row))
    header = lines[0]
    column = rng.randrange(len(header))
    kind = rng.randrange(7)
    if kind <= 1:
        row[place] = rng.choice(NASTY)
    elif kind == 2:
        header[column] = rng.choice((*NASTY, *header))
    elif kind == 3:
        for line in lines:
            line.append(line[min(column, len(line) - 1)])
    elif kind == 4:
        for line in lines:
            del line[min(column, len(line) - 1)]
    elif kind == 5:
        lines.append(list(row))
    else:
        value = rng.choice(NASTY)
        for line in lines[1:]:
            line[min(column, len(line) - 1)] = value
    return "\n".join(",".join(line) for line in lines).encode("utf-8", "replace")


def in_yaml(rng: random.Random, data: bytes) -> bytes:
    """One change of a line, a key or a value."""
    lines = data.decode("utf-8", "replace").split("\n")
    place = rng.randrange(len(lines))
    kind = rng.randrange(6)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        lines.insert(place, rng.choice((*lines, *YAML)))
    elif kind == 2:
        key, colon, _ = lines[place].partition(":")
        lines[place] = f"{key}{colon} {rng.choice((*YAML, *NASTY[:24]))}"
    elif kind == 3:
        lines[place] = " " * rng.randrange(4) + lines[place]
    elif kind == 4:
        _, colon, value = lines[place].partition(":")
        lines[place] = f"{rng.choice((*YAML, 'clster', 'resposes', 'wave'))}{colon}{value}"
    else:
        return in_text(rng, data)
    return "\n".join(lines).encode("utf-8", "replace")


Columns = dict[str, str]
Files = tuple[bytes, bytes, bytes, bytes]
OF_FORMS = {"mat_id": "Which trust do you work for?", "role": "What is your role?"}
OF_QUALTRICS = {"respondent_id": "ResponseId", "mat_id": "Q1", "role": "Q2"}
OF_JISC = {
    "respondent_id": "Unique Response Number",
    "mat_id": "1. Which trust do you work for?",
    "role": "2. What is your role?",
}


def small(importer: str, columns: Columns) -> bytes:
    keys = ", ".join(f'{key}: "{name}"' for key, name in columns.items())
    chosen = f"responses: {{importer: {importer}, columns: {{{keys}}}}}\n"
    return (DECLARATION + chosen).encode()


def trusts_of(layout: str) -> bytes:
    collectors = TRUSTS.replace("MAT 10", "4401").replace("MAT 2", "4402")
    return (collectors if layout == "surveymonkey" else TRUSTS).encode()


def layouts() -> dict[str, Files]:
    """By layout: declaration, codebook, responses, trusts."""
    legacy = {**OF_QUALTRICS, "respondent_id": "ResponseID"}
    row = {**OF_FORMS, "respondent_id": "(row)"}
    monkey = {
        "respondent_id": "Respondent ID",
        "mat_id": "Collector ID",
        "role": "What is your role?",
    }
    codebook = CODEBOOK.rpartition("2031,workload")[0].encode()
    forms = [line[:-1] for line in FORMS]  # without the question that stands twice
    exports = {
        "qualtrics_choice_text": ("qualtrics", OF_QUALTRICS, fixture("qualtrics_choice_text.csv")),
        "qualtrics_numeric": ("qualtrics", OF_QUALTRICS, fixture("qualtrics_numeric.csv")),
        "qualtrics_legacy": ("qualtrics", legacy, fixture("qualtrics_legacy.csv")),
        "surveymonkey": ("surveymonkey", monkey, fixture("surveymonkey.csv")),
        "google_forms": ("google_forms", row, fixture("google_forms.csv")),
        "jisc": ("jisc", OF_JISC, fixture("jisc.csv")),
        "detect": ("detect", OF_JISC, fixture("jisc.csv")),
        "microsoft_forms": ("microsoft_forms", row, xlsx({"Sheet1": forms})),
        "excel": ("excel", {}, xlsx({"Sheet1": PLAIN})),
        "ods": ("ods", {}, ods(PLAIN)),
    }
    found = {
        name: (small(importer, columns), codebook, data, trusts_of(name))
        for name, (importer, columns, data) in exports.items()
    }
    declaration = (EXAMPLE / "waves" / "2030-illustration.yaml").read_text(encoding="utf-8")
    declaration = declaration.replace("2030-illustration", WAVE).replace("illustration", "original")
    items = (EXAMPLE / "codebook.csv").read_text(encoding="utf-8")
    raw = EXAMPLE / "raw" / "2030-illustration"
    plain = (raw / "responses.csv").read_bytes().replace(b"illustration-", b"p")
    whole = (
        items.replace("2030-illustration", WAVE).encode(),
        plain,
        (raw / "trusts.csv").read_bytes(),
    )
    tabs = plain.replace(b",", b"\t")
    found["csv"] = (declaration.encode(), *whole)
    found["tsv"] = (
        (declaration + "responses: {importer: tsv}\n").encode(),
        whole[0],
        tabs,
        whole[2],
    )
    return found


LAYOUTS = layouts()
PLACES = (
    "config/waves/2031.yaml",
    "config/codebook.csv",
    "raw/2031/responses.csv",
    "raw/2031/trusts.csv",
)
MUTATORS: tuple[tuple[Callable[[random.Random, bytes], bytes], ...], ...] = (
    (in_yaml,),
    (in_text, in_cells, in_cells),
    (in_text, in_text, in_cells),
    (in_text, in_cells),
)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_before_anything_is_mutated_a_wave_is_sound_but_for_its_size(
    layout: str, folder: Path
) -> None:
    assert check(folder, list(LAYOUTS[layout])) == (0 if layout in ("csv", "tsv") else 1)
    told = (folder / "page.html").read_text(encoding="utf-8")
    assert ("2 clusters need more than 2 trusts" in told) == (layout not in ("csv", "tsv"))
    assert "1 problem in this file" in told or layout in ("csv", "tsv")


def mutated(layout: str, seed: int, sound: Files | None = None) -> list[bytes]:
    """One to four changes in one to two of the wave's files."""
    rng = random.Random(f"{layout} {seed}")
    files = list(sound or LAYOUTS[layout])
    for place in rng.choices(range(4), weights=(2, 2, 5, 1), k=rng.choice((1, 1, 2))):
        for _ in range(rng.choice((1, 1, 2))):
            files[place] = rng.choice(MUTATORS[place])(rng, files[place])
    return files


def check(folder: Path, files: list[bytes]) -> int:
    """Check a wave of these files: it ends in a report, and the page is all that it writes."""
    for place, data in zip(PLACES, files, strict=True):
        (folder / place).write_bytes(data)
    page = folder / "page.html"
    page.unlink(missing_ok=True)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(
            [
                *("check", WAVE, "--config", str(folder / "config"), "--raw", str(folder / "raw")),
                *("--html", str(page), "--known", "none"),
            ]
        )
    assert err.getvalue() == ""
    assert ("Ready:" in out.getvalue(), "cannot be run yet" in out.getvalue()) == (
        not code,
        bool(code),
    )
    told = page.read_text(encoding="utf-8")
    assert told.endswith("</html>\n")
    assert "<script" not in told.casefold()
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == {*PLACES, "page.html"}
    return code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place in PLACES:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    return tmp_path


def survive(layout: str, cases: int, folder: Path, sound: Files | None = None) -> set[int]:
    """Exit codes of so many mutated waves; a failure names the case, so that it can be repeated."""
    codes = set()
    for seed in range(cases):
        files = mutated(layout, seed, sound)
        try:
            codes.add(check(folder, files))
        except BaseException as error:
            raise AssertionError(f"layout {layout}, seed {seed}: {error!r}") from error
    return codes


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_mutated_wave_ends_in_a_report(layout: str, folder: Path) -> None:
    codes = survive(layout, CASES // len(LAYOUTS), folder)
    assert codes == ({0, 1} if layout in ("csv", "tsv") else {1})


@pytest.mark.parametrize("kind", ["spss", "stata"])
def test_every_mutated_file_of_a_statistics_program_ends_in_a_report(
    kind: str, folder: Path
) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    header, *rows = (line.split(",") for line in RESPONSES.strip().splitlines())
    names = [
        name if name in ("respondent_id", "mat_id", "role") else f"Q{n}"
        for n, name in enumerate(header)
    ]
    frame = pd.DataFrame(rows, columns=names)
    for name in names[3:]:
        frame[name] = pd.to_numeric(frame[name])
    file = folder / "file"
    (pyreadstat.write_sav if kind == "spss" else pyreadstat.write_dta)(frame, str(file))
    codebook = CODEBOOK.replace("Sharing a vision; Q1,", "Q3,")
    for place, wording in enumerate(
        ("Keeping an identity", "Hiring staff", "Hours a week"), start=4
    ):
        codebook = codebook.replace(f",{wording},", f",Q{place},", 1)
    sound = (small(kind, {}), codebook.encode(), file.read_bytes(), TRUSTS.encode())
    file.unlink()
    check(folder, list(sound))
    assert "2 clusters need more than 2 trusts" in (folder / "page.html").read_text("utf-8")
    assert survive(kind, SLOW_CASES, folder, sound) == {1}
