"""A wave is added from an export in one command: whole, checked, or not at all."""

from __future__ import annotations

import hashlib
import random
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from buildingtrusts.cli import main
from buildingtrusts.study.codebook import load_codebook
from buildingtrusts.study.configuration import load_wave, load_waves

from ..survey.workbooks import ods, xlsx

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "survey" / "fixtures"
HEADER = (
    "wave,block,item,label,wording,min,max,step,low_anchor,high_anchor,aliases,status,"
    "previous_items\n"
)
CODEBOOK = HEADER + (
    "2017,strategy,vision,Vision,Sharing a vision,1,10,1,Low,High,,kept,\n"
    "2017,strategy,identity,Identity,Keeping an identity,1,10,1,Low,High,,kept,\n"
    "2017,operations,hiring,Hiring,Hiring staff,0,10,1,Devolved,Central,,kept,\n"
)
DECLARATION = """\
wave: 2017
title: The first survey
date: 2017-10-31
provenance: original
source: The survey.
licence: None given.
roles: {ceo: [Chief executive], central_team: [Central], school_leader: [Head]}
trusts: {file: trusts.csv}
attributes: {phase_mix: [Mixed, Primary]}
cluster: {min_responses: 2, k: [2], report_k: [2]}
evidence: {draws: 500}
"""
FORMS = [
    [
        *("ID", "Start time", "Completion time", "Email", "Name"),
        *("Which trust do you\nwork for?", "What is your role?\n"),
        *("Sharing a vision", "Keeping an identity", "Hiring staff"),
    ],
    [1, 47969.375, 47969.38, "ada@example.org", "Ada", "MAT 10", "Head", 10, 3, 0],
    [2, 47969.4, 47969.41, "b@example.org", "Ben", "MAT 2", "Chief executive", 1, 9, 10],
]
PLAIN: list[list[Any]] = [
    ["respondent_id", "mat_id", "role", "strategy__vision", "Keeping an identity", "Hiring staff"],
    ["a", "MAT 10", "Head", 10, 3, 0],
    ["b", "MAT 2", "Chief executive", 1, 9, 10],
]


def text(separator: str) -> bytes:
    return "\n".join(separator.join(map(str, row)) for row in PLAIN).encode() + b"\n"


@dataclass
class Folder:
    """A study with one wave, in the current folder."""

    path: Path
    capsys: pytest.CaptureFixture[str]

    def write(self, name: str, data: bytes | str) -> str:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        return str(file)

    def run(self, *words: str) -> tuple[int, str]:
        code = main(list(words))
        printed = self.capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out + printed.err

    def add(self, name: str, file: str, *flags: str) -> str:
        """Add a wave; it must work, and be read by the ingest step."""
        code, printed = self.run("add-wave", name, file, "--yes", *flags)
        assert code == 0, printed
        self.ingest(name)
        return printed

    def ingest(self, name: str) -> None:
        code, printed = self.run(
            *("ingest", "--wave-file", f"config/waves/{name}.yaml"),
            *("--codebook", "config/codebook.csv", "--raw", f"data/raw/{name}"),
            *("--out", f"data/processed/{name}"),
        )
        assert code == 0, printed

    def refused(self, name: str, file: str, *flags: str) -> str:
        before = self.files()
        code, printed = self.run("add-wave", name, file, *flags)
        assert code == 1, printed
        assert self.files() == before
        return printed

    def files(self) -> dict[str, bytes]:
        return {
            str(file.relative_to(self.path)): file.read_bytes()
            for file in sorted(self.path.rglob("*"))
            if file.is_file()
        }

    def items(self, name: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
        waves = load_waves(self.path / "config" / "waves")
        book = load_codebook(self.path / "config" / "codebook.csv", waves)[name]
        return {one.column: (one.status, one.wording, one.aliases) for one in book.items}

    def tidy(self, name: str) -> str:
        return (self.path / f"data/processed/{name}/responses.csv").read_text(encoding="utf-8")


@pytest.fixture
def study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Folder:
    monkeypatch.chdir(tmp_path)
    folder = Folder(tmp_path, capsys)
    folder.write("config/waves/2017.yaml", DECLARATION)
    folder.write("config/codebook.csv", CODEBOOK)
    return folder


# Every layout.


@pytest.mark.parametrize(
    ("file", "importer"),
    [
        ("qualtrics_choice_text.csv", "qualtrics"),
        ("qualtrics_numeric.csv", "qualtrics"),
        ("qualtrics_legacy.csv", "qualtrics"),
        ("surveymonkey.csv", "surveymonkey"),
        ("google_forms.csv", "google_forms"),
        ("jisc.csv", "jisc"),
    ],
)
def test_each_survey_tools_text_becomes_a_wave_with_the_items_of_the_first(
    study: Folder, file: str, importer: str
) -> None:
    study.add("2031", str(FIXTURES / file))
    assert load_wave(study.path / "config/waves/2031.yaml").responses.importer == importer
    items = study.items("2031")
    assert set(items) == {"strategy__vision", "strategy__identity", "operations__hiring"}
    assert {status for status, _, _ in items.values()} == {"kept"}
    answers = [row.split(",")[-3:] for row in study.tidy("2031").splitlines()[1:]]
    assert sorted(answers) == [["1", "9", "10"], ["10", "3", "0"]]


@pytest.mark.parametrize(
    ("name", "data", "importer"),
    [
        ("forms.xlsx", xlsx({"Form1": FORMS}), "microsoft_forms"),
        ("plain.xlsx", xlsx({"Data": PLAIN}), "excel"),
        ("plain.ods", ods(PLAIN), "ods"),
        ("plain.csv", text(","), "csv"),
        ("plain.tsv", text("\t"), "tsv"),
        ("bom.csv", b"\xef\xbb\xbf" + text(","), "csv"),
        ("unicode.csv", text(",").decode().encode("utf-16"), "csv"),
        ("old.csv", text(",").replace(b"MAT 2", b"Caf\xe9 Trust"), "csv"),
    ],
)
def test_each_kind_of_file_becomes_a_wave(
    study: Folder, name: str, data: bytes, importer: str
) -> None:
    study.add("2031", study.write(f"in/{name}", data))
    wave = load_wave(study.path / "config/waves/2031.yaml")
    assert wave.responses.importer == importer
    assert (study.path / "data/raw/2031" / name).read_bytes() == data
    assert [row.split(",")[-3:] for row in study.tidy("2031").splitlines()[1:]].count(
        ["10", "3", "0"]
    ) == 1
    assert ("Café Trust" in study.tidy("2031")) == (name == "old.csv")


@pytest.mark.parametrize("kind", ["spss", "stata"])
def test_codes_with_labels_become_a_wave_and_what_runs_backwards_is_turned(
    study: Folder, kind: str
) -> None:
    import pandas as pd
    import pyreadstat

    columns = {
        **{"respondent_id": ["a", "b"], "mat_id": [1.0, 2.0], "role": [3.0, 1.0]},
        **{"q1": [1.0, 10.0], "q2": [3.0, 9.0], "q3": [0.0, 10.0]},
    }
    labels = {
        **{"mat_id": {1: "MAT 10", 2: "MAT 2"}, "role": {1: "Chief executive", 3: "Head"}},
        **{"q1": {1: "High", 10: "Low"}},
    }
    wordings = {"q1": "Sharing a vision", "q2": "Keeping an identity", "q3": "Hiring staff"}
    file = study.path / "file"
    write = pyreadstat.write_sav if kind == "spss" else pyreadstat.write_dta
    write(pd.DataFrame(columns), str(file), column_labels=wordings, variable_value_labels=labels)
    printed = study.add("2031", str(file))
    assert "its scale runs backwards in this file; it will be turned round" in printed
    wave = load_wave(study.path / "config/waves/2031.yaml")
    assert wave.responses.reversed == ("strategy__vision",)
    assert "MAT 10,school_leader,10,3,0" in study.tidy("2031")


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("qualtRics_sample_3header_de.csv", ["--mat-id", "DistributionChannel"]),
        ("qualtRics_sample_legacy_2header.csv", ["--mat-id", "ResponseSet"]),
        ("bossier_example.sav", ["--mat-id", "Q2"]),
    ],
)
def test_each_real_export_becomes_a_wave(
    study: Folder, real_data: Callable[..., Path], name: str, flags: list[str]
) -> None:
    file = real_data(f"exports/{name}") / "exports" / name
    assert "Name the column with --mat-id." in study.refused("2031", str(file), "--yes")
    study.add("2031", str(file), *flags)
    assert study.items("2031")


# The proposal.

REWORDED = b"""\
id,trust,How well does this fit? - Sharing one vision,How well does this fit? - Social justice,\
How well does this fit? - Keeping the identity,Where? - Hiring staff,Years in post,Notes
r1,North,7,8,9,0,12,Call me please
r2,South,6,N/A,10,10,3,I have a long story to tell
r3,North,5,7,1,4,30,
"""


def test_wordings_are_compared_and_new_ratings_become_items(study: Folder) -> None:
    printed = study.add("2031", study.write("export.csv", REWORDED))
    assert (
        study.items("2031")
        == {
            "strategy__vision": (
                *("reworded", "Sharing one vision"),
                ("How well does this fit? - Sharing one vision",),
            ),
            "strategy__social_justice": (
                *("new", "Social justice"),
                ("How well does this fit? - Social justice",),
            ),
            "strategy__identity": (
                *("kept", "Keeping an identity"),
                ("How well does this fit? - Keeping the identity",),
            ),
            "operations__hiring": ("kept", "Hiring staff", ("Where? - Hiring staff",)),
        }
        or study.items("2031")["strategy__identity"][0] == "reworded"
    )
    assert "like wording  0.80" in printed
    assert "Years in post" in printed.split("Columns left out: ")[1].splitlines()[0]
    assert "Notes (free text)" in printed
    assert "long story" not in printed
    wave = load_wave(study.path / "config/waves/2031.yaml")
    assert wave.responses.missing == ("n/a",)
    assert wave.cluster.min_responses == 2
    assert wave.evidence.draws == 500


def test_without_a_terminal_and_without_yes_nothing_is_written(study: Folder) -> None:
    printed = study.refused("2031", study.write("export.csv", REWORDED))
    assert "Items (4)" in printed
    assert "run the command again with --yes" in printed


def test_a_dry_run_shows_and_checks_and_writes_nothing(study: Folder) -> None:
    file = study.write("export.csv", REWORDED)
    before = study.files()
    code, printed = study.run("add-wave", "2031", file, "--dry-run")
    assert code == 0
    assert "3 responses from 2 trusts" in printed
    assert "this was a dry run" in printed
    assert study.files() == before


def test_what_a_person_says_overrules_every_guess(study: Folder) -> None:
    file = study.write("export.csv", REWORDED)
    study.add("2031", file, "--item", "4=workload__justice", "--skip", "3", "--mat-id", "trust")
    items = study.items("2031")
    assert "workload__justice" in items
    assert "strategy__vision" not in items
    study.add("2032", file, "--item", "4=strategy__vision", "--respondent-id", "(row)")
    assert study.items("2032")["strategy__vision"][:2] == ("reworded", "Social justice")
    assert "\nrow-2,North," in study.tidy("2032")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--item", "Q99=strategy__x"], ["found 'Q99'", "from 1 to 8"]),
        (["--item", "3=Vision"], ["found 'Vision'", "<block>__<item>"]),
        (["--item", "nothing"], ["found 'nothing'", "COLUMN=BLOCK__ITEM"]),
        (["--item", "3=strategy__a", "--item", "4=strategy__a"], ["given to 2"]),
        (["--skip", "Q99"], ["found 'Q99'"]),
        (["--mat-id", "Q99"], ["found 'Q99'"]),
        (["--role-of", "Boss=chief"], ["found 'chief'", "ceo, central_team, school_leader"]),
        (["--like", "1999"], ["found '1999'", "2017"]),
        (["--date", "yesterday"], ["found 'yesterday'", "a day, written like"]),
        (["--trusts", "nowhere.csv"], ["nowhere.csv", "No such file"]),
        (["--importer", "qualtrics"], ["A Qualtrics export has three header rows"]),
        (["--importer", "spss"], ["the file is separated text", "Add --importer csv"]),
    ],
)
def test_a_wrong_flag_is_told_with_what_is_allowed(
    study: Folder, flags: list[str], words: list[str]
) -> None:
    printed = study.refused("2031", study.write("export.csv", REWORDED), "--yes", *flags)
    for word in words:
        assert word in printed


ROLES = b"id,trust,role,Sharing a vision\n" + b"".join(
    f"r{n},T{n % 2},{label},7\n".encode()
    for n, label in enumerate(["CEO", "Executive head", "Head office", "Class teacher", "Parent"])
)


def test_roles_are_read_by_their_words_and_never_guessed(study: Folder) -> None:
    file = study.write("export.csv", ROLES)
    printed = study.refused("2031", file, "--yes")
    for label in ("Executive head", "Parent"):
        assert f"--role-of '{label}=central_team'" in printed
    said = ["--role-of", "Executive head=school_leader", "--role-of", "Parent=none"]
    study.add("2031", file, *said)
    wave = load_wave(study.path / "config/waves/2031.yaml")
    assert wave.roles == {
        "ceo": ("CEO",),
        "central_team": ("Head office",),
        "school_leader": ("Executive head", "Class teacher"),
    }
    assert "r4,T0,,7" in study.tidy("2031")


def test_a_person_at_a_terminal_is_asked(study: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["boss", "school_leader", "none", "9 skip", "4 nonsense", "4 strategy__aim", ""])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    monkeypatch.setattr("buildingtrusts.steps.add_wave._can_ask", lambda: True)
    code, printed = study.run("add-wave", "2031", study.write("export.csv", ROLES))
    assert code == 0, printed
    assert "There is no column 9; there are 4." in printed
    assert list(study.items("2031")) == ["strategy__aim"]
    study.ingest("2031")


def test_a_person_at_a_terminal_may_stop(study: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "q")
    monkeypatch.setattr("buildingtrusts.steps.add_wave._can_ask", lambda: True)
    assert "was not accepted" in study.refused("2031", study.write("export.csv", REWORDED))


def test_a_terminal_that_closes_stops(study: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", closed)
    monkeypatch.setattr("buildingtrusts.steps.add_wave._can_ask", lambda: True)
    assert "was not accepted" in study.refused("2031", study.write("export.csv", REWORDED))


# Trusts.


def test_a_trusts_file_becomes_attributes_in_the_order_of_the_file(study: Folder) -> None:
    trusts = "mat_id,growth,name,pupils\nSouth,Yes,S,1\nNorth,No,N,2\nEast,,E,3\nWest,No,W,4\n"
    file = study.write("export.csv", REWORDED)
    printed = study.add("2031", file, "--trusts", study.write("list.csv", trusts))
    wave = load_wave(study.path / "config/waves/2031.yaml")
    assert wave.attributes == {"growth": ("Yes", "No")}
    assert "the order of the levels of growth" in printed
    assert "the column name of the trusts file is no attribute: every trust has its own" in printed
    assert (study.path / "data/raw/2031/list.csv").read_text(encoding="utf-8") == trusts


def test_a_response_from_a_trust_that_is_not_listed_is_told(study: Folder) -> None:
    trusts = study.write("list.csv", "mat_id,growth\nSouth,Yes\nNorht,No\n")
    file = study.write("export.csv", REWORDED)
    assert "did you mean 'Norht'?" in study.refused("2031", file, "--yes", "--trusts", trusts)


def test_without_a_trusts_file_one_is_written_to_fill_in(study: Folder) -> None:
    study.add("2031", study.write("export.csv", REWORDED))
    written = (study.path / "data/raw/2031/trusts.csv").read_text(encoding="utf-8")
    assert written == "mat_id,phase_mix\nNorth,\nSouth,\n"
    assert load_wave(study.path / "config/waves/2031.yaml").attributes == {}


# What is written, and what never is.


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_of_other_waves_keep_every_byte(study: Folder, end: str) -> None:
    before = ("\ufeff" + CODEBOOK.rstrip("\n").replace("\n", end)).encode("utf-8")
    study.write("config/codebook.csv", before)
    study.add("2031", study.write("export.csv", REWORDED))
    after = (study.path / "config/codebook.csv").read_bytes()
    assert after.startswith(before + end.encode())
    assert after.count(b"\r\n") == (after.count(b"\n") if end == "\r\n" else 0)


def test_only_configuration_and_data_change(study: Folder) -> None:
    study.write("src/untouched.py", "x = 1\n")
    file = study.write("in/export.csv", REWORDED)
    before = study.files()
    study.run("add-wave", "2031", file, "--yes")
    changed = {name for name, data in study.files().items() if before.get(name) != data}
    assert changed == {
        *("config/waves/2031.yaml", "config/codebook.csv"),
        *(f"data/raw/2031/{name}" for name in ("export.csv", "trusts.csv", "README.md")),
    }


def test_the_readme_says_where_the_file_is_from(study: Folder) -> None:
    file = study.write("export.csv", REWORDED)
    study.add("2031-illustration", file, "--licence", "CC0-1.0", "--date", "2031-02-03")
    readme = (study.path / "data/raw/2031-illustration/README.md").read_text(encoding="utf-8")
    assert readme.startswith("**These are invented responses.**")
    for words in ("Date: 2031-02-03", "CC0-1.0", hashlib.sha256(REWORDED).hexdigest()):
        assert words in readme


@pytest.mark.parametrize("name", ["2017", "../2031", "tables", "a b", ""])
def test_a_name_that_is_taken_or_cannot_be_used_is_refused(study: Folder, name: str) -> None:
    study.refused(name, study.write("export.csv", REWORDED), "--yes")


def test_provenance_and_name_have_to_agree(study: Folder) -> None:
    file = study.write("export.csv", REWORDED)
    for name, provenance in (("2031", "illustration"), ("2031-illustration", "original")):
        printed = study.refused(name, file, "--yes", "--provenance", provenance)
        assert "an illustration <name>-illustration" in printed


def test_a_reconstruction_does_not_pass_for_the_original(study: Folder) -> None:
    raw = ROOT / "data" / "raw" / "2017-reconstruction" / "responses.csv"
    shutil.copytree(ROOT / "data" / "published", study.path / "data" / "published")
    printed = study.refused("2031", str(raw), "--yes")
    assert "this file is a reconstruction that this project made" in printed


def test_a_folder_with_other_files_is_left_alone(study: Folder) -> None:
    file = study.write("export.csv", REWORDED)
    study.write("data/raw/2031/notes.txt", "mine")
    assert "found 'notes.txt'" in study.refused("2031", file, "--yes")


def test_an_export_that_is_in_its_place_already_stays_there(study: Folder) -> None:
    study.add("2031", study.write("data/raw/2031/export.csv", REWORDED))
    assert (study.path / "data/raw/2031/export.csv").read_bytes() == REWORDED


@pytest.mark.parametrize("place", ["in/export.csv", "data/raw/2031/export.csv"])
@pytest.mark.parametrize("fails_at", range(4))
def test_a_failure_while_writing_leaves_nothing(
    study: Folder, monkeypatch: pytest.MonkeyPatch, fails_at: int, place: str
) -> None:
    from buildingtrusts.steps import add_wave

    file = study.write(place, REWORDED)
    before, real, count = study.files(), add_wave.write_bytes, [-1]

    def failing(path: Path, data: bytes) -> None:
        if study.path in Path(path).resolve().parents:
            count[0] += 1
            if count[0] == fails_at:
                raise KeyboardInterrupt
        real(path, data)

    monkeypatch.setattr(add_wave, "write_bytes", failing)
    with pytest.raises(KeyboardInterrupt):
        main(["add-wave", "2031", file, "--yes"])
    assert study.files() == before
    assert (study.path / "data/raw/2031").exists() == place.startswith("data")


def test_the_first_wave_of_a_study_needs_no_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Folder(tmp_path, capsys)
    folder.add("2031", folder.write("export.csv", REWORDED))
    assert {status for status, _, _ in folder.items("2031").values()} == {"new"}


# Fuzzing.


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The file with a few bytes changed, cut, doubled, swapped, or put in."""
    found = bytearray(data)
    if rng.random() < 0.5:
        for _ in range(rng.randint(1, 6)):
            found[rng.randrange(len(found))] = rng.choice(b"0123456789 abcxyz-.;")
        return bytes(found)
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(found) + 1)
        end = min(len(found), start + rng.choice([1, 1, 2, 8, 40, 200]))
        piece = bytes(found[start:end])
        spice = rng.choice([b'"', b",", b"\n", b"\0", b";", b"\xff", b"\t", b"=", b"-", b"9" * 30])
        found[start:end] = rng.choice([b"", piece * 2, piece[::-1], spice, spice + piece])
        if not found:
            found = bytearray(b"x")
    return bytes(found)


@pytest.mark.parametrize("seed", range(8))
def test_damaged_exports_end_in_a_wave_or_a_report(study: Folder, seed: int) -> None:
    sources = [
        *(file.read_bytes() for file in sorted(FIXTURES.glob("*.csv"))),
        *(xlsx({"Form1": FORMS}), ods(PLAIN), text(","), text("\t"), REWORDED),
    ]
    rng = random.Random(seed)
    ends = {0: 0, 1: 0}
    for number in range(25):
        file = study.write("in/export", mutated(rng.choice(sources), rng))
        before = study.files()
        code, printed = study.run("add-wave", f"w{number}", file, "--yes")
        ends[code] += 1
        if code == 1:
            assert study.files() == before
            assert "nothing was written" in printed
        else:
            study.ingest(f"w{number}")
            shutil.rmtree(study.path / "data")
            (study.path / f"config/waves/w{number}.yaml").unlink()
            study.write("config/codebook.csv", CODEBOOK)
    assert min(ends.values()) > 0


def test_the_declaration_holds_every_choice_and_what_to_check(study: Folder) -> None:
    study.add("2031", study.write("export.csv", ROLES), *("--role", "none", "--mat-id", "trust"))
    written = (study.path / "config/waves/2031.yaml").read_text(encoding="utf-8")
    values = yaml.safe_load(written)
    assert set(values) == {
        *("wave", "title", "date", "provenance", "source", "licence"),
        *("responses", "trusts", "cluster", "evidence"),
    }
    assert written.count("# check:") == 4


def test_a_word_for_no_answer_that_is_not_known_can_be_named(study: Folder) -> None:
    data = text(",").replace(b"10,3,0", b"refused,3,0")
    printed = study.refused("2031", study.write("export.csv", data), "--yes")
    assert "found 'refused'" in printed
    study.add("2031", study.write("export.csv", data), "--missing", "Refused")
    assert "MAT 10,school_leader,,3,0" in study.tidy("2031")


# The walk through it that the documents show.


def test_the_screens_of_the_walk_through_are_what_people_get(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(ROOT / "docs" / "add-a-wave", tmp_path / "docs" / "add-a-wave")
    shutil.copytree(ROOT / "data" / "published", tmp_path / "data" / "published")
    monkeypatch.chdir(tmp_path)
    walk = (ROOT / "docs" / "add-a-wave.md").read_text(encoding="utf-8")
    shown = re.findall(
        r"^```\nbuildingtrusts ([^\n]*)\n```\n\n```text\n(.*?)\n```$", walk, re.M | re.S
    )
    assert len(shown) == walk.count("\nbuildingtrusts ") == 6
    for command, screen in shown:
        main(shlex.split(command))
        printed = capsys.readouterr()
        assert (printed.out + printed.err).rstrip() == screen
    written = (tmp_path / "config/waves/2027-illustration.yaml").read_text(encoding="utf-8")
    assert f"```yaml\n{written}```\n" in walk
