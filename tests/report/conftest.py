"""Runs of the report step on the minimal example: one wave, two, original, hostile names."""

from __future__ import annotations

import csv
import html
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.output.contracts import EVIDENCE_TABLES, STUDY_TABLES
from buildingtrusts.output.figures import (
    EVIDENCE_FIGURES,
    STUDY_FIGURES,
    TRACKING_FIGURES,
    WAVE_FIGURES,
    interview_figure,
)
from buildingtrusts.output.tables import read_table, write_table

from ..output.evidence_tables import made_up
from ..steps.conftest import EXAMPLE, analyse, ingest_example, run

ROOT = Path(__file__).resolve().parents[2]
STAMP = "Illustration: invented responses"
#: A set of interviews of the study of two waves, and its figures.
INTERVIEWS = "2030-illustration"
INTERVIEW_FIGURES = (interview_figure(INTERVIEWS), interview_figure(INTERVIEWS, "size_schools"))
CODES = """\
kind,code,label,group
area,pupil_policies,Pupil policies and pastoral system,
break_point,ceo_role,The role of the CEO,scale
"""
#: As hostile as a name can be: markup, both quotes, the end of a script, a template, a formula.
EVIL = """=1+1,</script><script>window.hit=1</script><img src=x onerror='window.hit=1'>"&{{7*7}}"""
VERDICTS = (
    *(("calibrated", "reproduced", 3), ("emergent", "reproduced", 2), ("emergent", "differs", 1)),
    *(("derived", "report inconsistent", 1), ("derived", "computed only", 2)),
    ("register", "not computable", 1),
)


def some_ledger(statement: str = "Trusts that answered") -> pd.DataFrame:
    rows = []
    for basis, verdict, n in VERDICTS:
        for _ in range(n):
            place = len(rows) + 1
            rows.append(
                (
                    *(f"claim_{place}", "2030-illustration", f"{place}.1"),
                    *(f"{statement} {place}", str(place), f"{place}.123456", "trusts", "0"),
                    *(basis, verdict, "A note.", ""),
                )
            )
    ledger = pd.DataFrame(rows, columns=list(STUDY_TABLES["ledger"].columns))
    # Names of items, and a number that nobody wants to read in full.
    ledger.loc[1, ["published", "computed"]] = ["one_model; local_voice", "1.0283833813245577e-05"]
    return ledger


def add_evidence(tables: Path, wave: str) -> None:
    """Made-up evidence on a wave's trusts, and a verdict."""
    mats = list(dict.fromkeys(read_table(tables / "clusters.csv")["mat_id"]))
    found = dict(made_up(mats).tables)
    found["permanova"] = pd.DataFrame(
        [(8, 40, 4.5, 0.19, 0.01, 0.0, 0.02, 99)],
        columns=list(EVIDENCE_TABLES["permanova"].columns),
    )
    sentence = "Weak: the clusters come back and are no tighter than noise (k = 3, p = 0.40)."
    found["verdict"] = pd.DataFrame(
        [(wave, "weak", 3, 0.4, 2, sentence)], columns=list(EVIDENCE_TABLES["verdict"].columns)
    )
    for name, contract in EVIDENCE_TABLES.items():
        columns = list(contract.columns)
        frame = found.get(name, pd.DataFrame(columns=columns))
        if not (tables / f"{name}.csv").exists():
            write_table(tables / f"{name}.csv", frame.reindex(columns=columns), columns)


@dataclass(frozen=True)
class Run:
    """Results of a study in a folder of its own, of which pages are made."""

    folder: Path
    waves: tuple[str, ...]

    def declare(self, wave: str, old: str = "", new: str = "") -> Path:
        text = (EXAMPLE / "waves" / "2030-illustration.yaml").read_text("utf-8")
        path = self.folder / "waves" / f"{wave}.yaml"
        path.parent.mkdir(exist_ok=True)
        provenance = wave.split("-")[1] if "-" in wave else "original"
        text = text.replace("wave: 2030-illustration", f'wave: "{wave}"')
        text = text.replace("provenance: illustration", f"provenance: {provenance}")
        text = text.replace("2030-01-01", f"{wave[:4]}-01-01").replace(old or "\0", new)
        path.write_text(text, "utf-8")
        return path

    def page(self, *flags: object, name: str = "report.html") -> Path:
        out = self.folder / name
        files = [self.folder / "waves" / f"{wave}.yaml" for wave in self.waves]
        there = sorted(path.stem for path in (self.folder / "results" / "tables").glob("*.csv"))
        names = ("ledger", "published_associations", *TRACKING_FIGURES, *INTERVIEW_FIGURES)
        drawn = self.folder / "results" / "figures"
        figures = [one for one in names if (drawn / f"{one}.txt").exists()]
        if len(self.waves) > 1:
            flags = (*flags, "--common", "--interview-codes", INTERVIEWS, self.folder / "codes.csv")
        run(
            *("report", "--wave-files", *files, "--results", self.folder / "results"),
            *("--processed", self.folder / "processed", "--seed", 1, "--out", out),
            *("--tables", *there, "--figures", *figures),
            *("--citation", ROOT / "CITATION.cff", *flags),
        )
        return out


def make_run(
    folder: Path, waves: tuple[str, ...], evil: bool = False, example: Path = EXAMPLE
) -> Run:
    """Analyse the minimal example once for each wave, with made-up evidence and a ledger."""
    study = Run(folder, waves)
    tidy = ingest_example(folder / "raw", example)
    tables = folder / "raw" / "tables"
    analyse(tidy, tables)
    add_evidence(tables, waves[0])
    if evil:
        for path in [*tables.glob("*.csv"), *tidy.glob("*.csv")]:
            rename(path, {"T1": EVIL, "Shared aims": EVIL, "Mixed": EVIL, "Fisher": EVIL})
    for wave in waves:
        study.declare(wave)
        results = folder / "results" / wave
        shutil.copytree(tables, results / "tables")
        shutil.copytree(tidy, folder / "processed" / wave)
        names = (*WAVE_FIGURES, *EVIDENCE_FIGURES)
        draw_all(results / "figures", names, stamp_of(wave), evil)
    across = folder / "results" / "tables"
    columns = STUDY_TABLES["ledger"].columns
    ledger = some_ledger(EVIL if evil else "Trusts")
    # The last claim is on the survey of the last wave.
    ledger.loc[len(ledger) - 1, "wave"] = waves[-1]
    write_table(across / "ledger.csv", ledger, columns)
    shutil.copy(tables / "associations.csv", across / "published_associations.csv")
    if len(waves) > 1:
        clusters = read_table(tables / "clusters.csv")
        found = {"changes": some_changes(waves), **some_tracking(waves, clusters)}
        for name, frame in {**found, **some_interviews(waves[0])}.items():
            write_table(across / f"{name}.csv", frame, STUDY_TABLES[name].columns)
        for wave in waves:
            common = folder / "results" / wave / "common" / "tables"
            common.mkdir(parents=True)
            shutil.copy(tables / "partitions.csv", common)
        (folder / "codes.csv").write_text(CODES, "utf-8")
        names = (*TRACKING_FIGURES, *INTERVIEW_FIGURES)
        draw_all(folder / "results" / "figures", names, STAMP, evil)
    stamped = STAMP if any(map(stamp_of, waves)) else ""
    draw_all(folder / "results" / "figures", STUDY_FIGURES, stamped, evil)
    return study


def stamp_of(wave: str) -> str:
    return STAMP if wave.endswith("-illustration") else ""


def some_changes(waves: tuple[str, ...]) -> pd.DataFrame:
    rows = [
        (waves[0], waves[1], "strategy", item, stratum, 8, change, change - 1, change + 1, 99)
        for item, change in (("shared_aims", 0.2), ("one_model", 2.0))
        for stratum in ("all", "ceo", "trust_age: Under 3 years")
    ]
    return pd.DataFrame(rows, columns=list(STUDY_TABLES["changes"].columns))


def some_tracking(waves: tuple[str, ...], clusters: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """A later wave in which the first cluster lost one of its three trusts to the second."""
    first, second = waves
    rows: dict[str, list[tuple[object, ...]]] = {
        "transitions": [
            (first, second, 2, one, other, n)
            for one, other, n in ((1, 1, 2), (1, 2, 1), (2, 1, 0), (2, 2, 4))
        ],
        "wave_agreement": [(first, second, 2, 7, 0.38)],
        "types": [
            *[(first, 2, one, one, n, None, None, None) for one, n in ((1, 3), (2, 4))],
            *[(second, 2, one, one, n, 0.5, one, first) for one, n in ((1, 2), (2, 5))],
        ],
        "common_agreement": [
            *[(one, "own", one, "common", 2, 7, 0.7) for one in waves],
            (first, "common", second, "common", 2, 7, 0.25),
        ],
        "new_trusts": [
            (first, second, 2, "T10", "new", cluster, share, 99, 1.0, 1.0, 2.0)
            for cluster, share in ((1, 0.1), (2, 0.7), (None, 0.2))
        ],
    }
    return {
        name: pd.DataFrame(values, columns=list(STUDY_TABLES[name].columns))
        for name, values in rows.items()
    }


def some_interviews(wave: str) -> dict[str, pd.DataFrame]:
    """One area by cluster, and one break point by size."""
    coded = [
        *(("centralisation", "pupil_policies", "all", None, "(all)", 5, 4, 0.8, 4, 6, 2.0, 0.5),),
        *(("centralisation", "pupil_policies", "cluster", 2, "1", 3, 2, 0.7, 2, 3, 1.5, 0.5),),
        *(("break_point", "ceo_role", "all", None, "(all)", 5, 3, 0.6, 3, 3, None, None),),
        *(("break_point", "ceo_role", "size_schools", None, "Large", 2, 2, 1, 2, 2, None, None),),
    ]
    tests = [("ceo_role", "size_schools", 5, "fisher_exact", 0.4, 0.4, 0.1, 0.6, 0.4, 0.8, 0)]
    return {
        name: pd.DataFrame(
            [(INTERVIEWS, wave, *row) for row in rows], columns=list(STUDY_TABLES[name].columns)
        )
        for name, rows in (("interviews", coded), ("interview_tests", tests))
    }


def many_trusts(folder: Path, n: int) -> Path:
    """The minimal example with so many trusts of five people each, in three planted clusters."""
    shutil.copytree(EXAMPLE, folder)
    raw = folder / "raw" / "2030-illustration"
    with (raw / "responses.csv").open(encoding="utf-8", newline="") as file:
        heading = next(csv.reader(file))
    draw = random.Random(1)
    answers = [heading]
    for place in range(n):
        for person in range(5):
            middle = (3, 6, 9)[place % 3]
            ratings = [min(10, max(1, middle + draw.randint(-2, 2))) for _ in heading[3:]]
            who = f"illustration-{place}-{person}"
            answers.append([who, f"T{place + 1}", "School", *map(str, ratings)])
    levels = ("Mixed", "Predominantly Primary")
    trusts = [["mat_id", "phase_mix"], *([f"T{one + 1}", levels[one % 2]] for one in range(n))]
    for name, rows in (("responses", answers), ("trusts", trusts)):
        with (raw / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    return folder


def rename(path: Path, names: Mapping[str, str]) -> None:
    """Replace whole fields of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([names.get(field, field) for field in row] for row in rows)


def draw_all(folder: Path, names: tuple[str, ...], stamp: str, evil: bool) -> None:
    """Stand-ins for the saved figures, which other tests draw."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        own = "" if name == "published_associations" else stamp
        word = html.escape(EVIL if evil else name)
        (folder / f"{name}.svg").write_text(
            f'<svg viewBox="0 0 518.4 200" width="518pt" height="200pt" '
            f'xmlns="http://www.w3.org/2000/svg"><text y="50">{word} {own}</text></svg>',
            "utf-8",
        )
        field = EVIL.replace('"', '""') if evil else name
        (folder / f"{name}.csv").write_text(f'name,value\n"{field}",0.5\n', "utf-8")
        said = f"The value of {EVIL if evil else name} is 0.5, as drawn. {own}".strip()
        (folder / f"{name}.txt").write_text(f"{said}\n", "utf-8")


@pytest.fixture(scope="session")
def one_wave(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A study of one illustration."""
    return make_run(tmp_path_factory.mktemp("one"), ("2030-illustration",))


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The study of one illustration, its hostile trust too, with figures as a run saves them."""
    study = make_run(tmp_path_factory.mktemp("drawn"), ("2030-illustration",), evil=True)
    wave = study.waves[0]
    results, tidy = study.folder / "results" / wave, study.folder / "processed" / wave
    for step in ("draw", "draw-evidence"):
        run(
            *(step, "--tables", results / "tables", "--processed", tidy, "--out"),
            *(results / "figures", "--provenance", "illustration", "--block", "strategy"),
            *("--k", 3, "--formats", "svg", "--dpi", 100),
        )
    return study


@pytest.fixture(scope="session")
def two_waves(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """An original wave and an illustration whose evidence is off."""
    study = make_run(tmp_path_factory.mktemp("two"), ("2030", "2032-illustration"))
    study.declare("2032-illustration", "evidence: {", "evidence: {enabled: false, ")
    return study


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A study of one wave of 150 trusts."""
    folder = tmp_path_factory.mktemp("crowd")
    return make_run(folder, ("2030-illustration",), example=many_trusts(folder / "study", 150))


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A study of one original wave."""
    return make_run(tmp_path_factory.mktemp("original"), ("2030",))


@pytest.fixture(scope="session")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A study whose trust, statement, level and claims are called as hostile as can be."""
    return make_run(tmp_path_factory.mktemp("evil"), ("2030-illustration",), evil=True)


class Element:
    """An element of a page with its attributes, children and text."""

    VOID = frozenset(("meta", "br", "img", "input", "hr", "link"))

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Element | str] = []

    def find(self, test: Callable[[Element], bool]) -> list[Element]:
        found = [self] if test(self) else []
        for child in self.children:
            if isinstance(child, Element):
                found += child.find(test)
        return found

    def tags(self, *names: str) -> list[Element]:
        return self.find(lambda one: one.tag in names)

    def classed(self, name: str) -> list[Element]:
        return self.find(lambda one: name in one.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return "".join(parts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in Element.VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"<{self.here.tag}> is closed by </{tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def read_page(path: Path) -> Element:
    """Parse a page; every element has to be closed by its own end tag."""
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    reader.close()
    assert reader.here is reader.root
    return reader.root
