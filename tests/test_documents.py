"""The documents say what the code does: links, commands, keys, defaults, messages, versions."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import tomllib
import types
from argparse import ArgumentParser
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from buildingtrusts import __version__
from buildingtrusts.cli import COMMANDS, main
from buildingtrusts.register.cutoffs import Cutoffs
from buildingtrusts.study import codebook
from buildingtrusts.study.choices import Study
from buildingtrusts.study.plan import plan_study
from buildingtrusts.study.wave import Wave

ROOT = Path(__file__).resolve().parents[1]
#: Folders that a run or a tool makes.
MADE = ("results", "logs", "processed", "build", "dist")
MANUAL = "config/README.md"
#: Messages of other programs that docs/troubleshooting.md explains.
FOREIGN = (
    *("make: command not found", "snakemake: command not found"),
    *("buildingtrusts: command not found", "No module named 'buildingtrusts'"),
    *("THESE PACKAGES DO NOT MATCH THE HASHES", "Hash mismatch for"),
    *("cannot execute: required file not found", "bad interpreter"),
    *("Directory cannot be locked", "No Snakefile found", "Expecting Snakemake version"),
    *("MissingInputException", "Missing input files for rule", "No rule to produce"),
    *("Target rules may not contain wildcards", "Nothing to be done"),
    *("At least one job did not complete successfully", "Config file is not valid JSON or YAML"),
    *("associations.csv", "ledger.csv"),
)


def documents() -> list[str]:
    found = []
    for path in ROOT.rglob("*.md"):
        parts = path.relative_to(ROOT).parts
        if not any(part.startswith(".") or part in MADE for part in parts):
            found.append(path.relative_to(ROOT).as_posix())
    return sorted(found)


@cache
def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def without_fences(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", without_fences(text), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


# --- links and paths ------------------------------------------------------------------------


@pytest.mark.parametrize("document", documents())
def test_links_lead_somewhere(document: str) -> None:
    text = without_fences(text_of(document))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / document).parent / path if path else ROOT / document
        assert file.exists(), f"{document} links to {target}"
        if anchor and file.suffix == ".md":
            there = anchors(file.read_text(encoding="utf-8"))
            assert anchor in there, f"{document} links to {target}"


@pytest.mark.parametrize("document", [*documents(), "CITATION.cff"])
def test_documents_name_no_place_of_one_machine(document: str) -> None:
    places = r"(?<![\w.:/-])/(?:work|tmp|home|root|Users|mnt)/|\.\./shared|[A-Z]:\\"
    assert not re.findall(places, text_of(document))


@pytest.mark.parametrize(
    "document", ["ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE-DATA.md", "docs/troubleshooting.md"]
)
def test_files_that_a_document_names_exist(document: str) -> None:
    tops = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in MADE}
    package = ROOT / "src" / "buildingtrusts"
    tops |= {path.name for path in package.iterdir() if path.is_dir()}
    named = re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?)`", without_fences(text_of(document)))
    kept = [name for name in named if name.split("/")[0] in tops and "processed" not in name]
    assert kept or document == "docs/troubleshooting.md"
    for name in kept:
        assert (ROOT / name).exists() or (package / name).exists(), f"{document} names {name}"


def test_every_module_is_on_the_map() -> None:
    package = ROOT / "src" / "buildingtrusts"
    modules = {path.relative_to(package).as_posix() for path in package.rglob("*.py")}
    named = set(re.findall(r"`([\w/]+\.py)`", text_of("ARCHITECTURE.md")))
    assert {name for name in modules if not name.endswith("__init__.py")} <= named


# --- commands -------------------------------------------------------------------------------


def commands(document: str) -> Iterator[list[str]]:
    """Words of each command line in a document's fences, continued lines joined."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", text_of(document), re.MULTILINE | re.DOTALL)
    for language, fence in fences:
        for line in fence.replace("\\\n", " ").splitlines() if language in ("", "sh") else ():
            if re.match(
                r"(\.venv/bin/)?(make|snakemake|buildingtrusts|python3? -m build)\w* ?", line
            ):
                words = shlex.split(line, comments=True)
                words[0] = words[0].removeprefix(".venv/bin/")
                yield words[2:] if words[0].startswith("python") else words


def used(program: str) -> list[tuple[str, list[str]]]:
    return [
        (document, words[1:])
        for document in documents()
        for words in commands(document)
        if words[0] == program
    ]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))


def test_make_has_the_targets_that_documents_use() -> None:
    inline = [
        (document, words.split()[1:])
        for document in documents()
        for words in re.findall(r"`(make [^`]+)`", without_fences(text_of(document)))
    ]
    assert used("make")
    for document, words in [*used("make"), *inline]:
        targets = {word for word in words if "=" not in word}
        assert targets <= make_targets(), f"{document}: make {' '.join(words)}"


def test_snakemake_can_make_what_documents_ask_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    plan = plan_study(yaml.safe_load(text_of("config/config.yaml")))
    rules = {
        name
        for file in [ROOT / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]
        for name in re.findall(r"^rule (\w+):", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    known = {*plan.wanted(), *rules}
    flags = ("-n", "--force", "--unlock", "--cores", "--configfile", "--config", "--quiet")
    assert used("snakemake")
    for document, words in used("snakemake"):
        for before, word in zip(["", *words], words, strict=False):
            said = f"{document}: snakemake {' '.join(words)}"
            if before == "--configfile":
                copied = f" {Path(word).parent}" in text_of(document) and "cp " in text_of(document)
                assert (ROOT / word).is_file() or copied, said
            elif before not in ("--cores", "--config", "--quiet"):
                assert word in (flags if word.startswith("-") else known), said


def test_steps_take_the_flags_that_documents_give_them() -> None:
    assert used("buildingtrusts")
    for document, words in used("buildingtrusts"):
        said = f"{document}: buildingtrusts {' '.join(words)}"
        if words in (["--help"], ["--version"], []):
            continue
        assert words[0] in COMMANDS, said
        parser = ArgumentParser(allow_abbrev=False)
        step = importlib.import_module(f"buildingtrusts.steps.{words[0].replace('-', '_')}")
        step.add_arguments(parser)
        if words[1:] != ["--help"]:
            try:
                parser.parse_args(words[1:])
            except SystemExit:
                pytest.fail(said)


# --- the manual: keys, columns, defaults ----------------------------------------------------


def section(document: str, title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text_of(document), re.M | re.S)
    assert found is not None, f"{document} has no section '{title}'"
    return found[1]


def table_rows(document: str, title: str) -> dict[str, list[str]]:
    """Cells after the first, by each name in backticks in the first, of a section's tables."""
    rows = {}
    for line in section(document, title).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `"):
            rows.update({name: cells[1:] for name in re.findall(r"`([^`]+)`", cells[0])})
    return rows


def models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def keys_of(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every key of a model by its path; a part that may be left out is a key itself."""
    for name, field in model.model_fields.items():
        path = above + (field.alias or name)
        inside = models_in(field.annotation)
        optional = get_origin(field.annotation) in (Union, types.UnionType)
        # A list of parts that may be left out is a key with a default of its own.
        several = get_origin(field.annotation) is tuple and not field.is_required()
        if not inside or optional or several:
            yield path, field
        for part in inside:
            yield from keys_of(part, f"{path}.")


def words_in(annotation: object) -> set[str]:
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {word for part in get_args(annotation) for word in words_in(part)}


def as_yaml(value: Any) -> str:
    if value is None or value == {}:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value)


@pytest.mark.parametrize(
    ("model", "title"),
    [
        (Study, "Every key of config.yaml"),
        (Wave, "Every key of a wave's file"),
        (Cutoffs, "Every key of register.yaml"),
    ],
)
def test_the_manual_explains_every_key_and_no_other(model: type[BaseModel], title: str) -> None:
    assert set(table_rows(MANUAL, title)) == {name for name, _ in keys_of(model)}


@pytest.mark.parametrize(
    ("model", "title"),
    [(Study, "Every key of config.yaml"), (Wave, "Every key of a wave's file")],
)
def test_the_manual_gives_defaults_and_allowed_words(model: type[BaseModel], title: str) -> None:
    rows = table_rows(MANUAL, title)
    for name, field in keys_of(model):
        default, allowed, *_ = rows[name]
        expected = "required" if field.is_required() else as_yaml(field.default)
        assert default.strip("`") == expected, name
        for word in words_in(field.annotation):
            assert word in default + allowed, f"{name}: {word}"


def test_the_configuration_that_is_shipped_holds_the_defaults() -> None:
    shipped = Study.model_validate(yaml.safe_load(text_of("config/config.yaml")))
    # Interviews are of one study, and no default of others.
    assert shipped.model_copy(update={"interviews": ()}) == Study()


def test_the_manual_shows_the_cut_offs_that_are_shipped() -> None:
    shipped = yaml.safe_load(text_of("config/register.yaml"))
    shown = table_rows(MANUAL, "Every key of register.yaml")
    for name, (value, *_) in shown.items():
        if value.startswith("`"):
            block, key = name.split(".")
            assert yaml.safe_load(value.strip("`")) == shipped[block][key], name


def test_the_manual_explains_every_column_of_the_codebook() -> None:
    rows = table_rows(MANUAL, "Every column of codebook.csv")
    assert tuple(rows) == codebook.COLUMNS
    assert all(status in rows["status"][0] for status in codebook.STATUSES)


# --- the manual: its example runs, and its report is real ------------------------------------


def shown_files(document: str) -> list[tuple[str, str]]:
    """Each file that a document shows: its path in a line of its own, then a fence."""
    return re.findall(
        r"^`([\w./-]+)`:\n\n```\w*\n(.*?)^```$", text_of(document), re.MULTILINE | re.DOTALL
    )


def ingest_2027() -> int:
    return main(
        [
            *("ingest", "--wave-file", "config/waves/2027.yaml"),
            *("--codebook", "config/codebook.csv", "--raw", "data/raw/2027"),
            *("--out", "data/processed/2027"),
        ]
    )


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The manual's example as files, as it is before its responses go wrong."""
    for file, content in shown_files(MANUAL)[:-1]:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_wave_that_the_manual_adds_is_read(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest_2027() == 0
    assert "4 responses from 2 trusts" in capsys.readouterr().err
    tidy = (example / "data/processed/2027/responses.csv").read_text(encoding="utf-8")
    assert tidy.splitlines()[3] == "r3,River Trust,central_team,6,,5"


def test_the_wave_that_the_manual_adds_is_sound_but_small(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "2027"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("1 problem in 1 file")
    assert "2 clusters need more than 2 trusts; 0 have enough responses." in told
    assert main(["describe", "2027"]) == 0
    assert "Northern Star 2 " in " ".join(capsys.readouterr().out.split())


def test_the_report_that_the_manual_shows_is_the_one_people_get(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, wrong = shown_files(MANUAL)[-1]
    (example / file).write_text(wrong, encoding="utf-8")
    assert ingest_2027() == 1
    shown = re.search(r"^```text\n(.*?)^```$", text_of(MANUAL), re.MULTILINE | re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == capsys.readouterr().err.strip()


# --- troubleshooting ------------------------------------------------------------------------


@cache
def own_messages() -> list[str]:
    """Every piece of text in the package's source, and the Makefile."""
    pieces = [text_of("Makefile")]
    for path in (ROOT / "src").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        pieces += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
    return pieces


def test_troubleshooting_is_keyed_by_messages_that_exist() -> None:
    headings = re.findall(r"^### (.+)$", text_of("docs/troubleshooting.md"), re.MULTILINE)
    fragments = [words for heading in headings for words in re.findall(r"`([^`]+)`", heading)]
    assert len(fragments) > 40
    unknown = [
        words
        for words in fragments
        if words not in FOREIGN and not any(words in piece for piece in own_messages())
    ]
    assert unknown == []


# --- versions and citation ------------------------------------------------------------------


def test_one_version_everywhere() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    assert project["version"] == __version__
    assert yaml.safe_load(text_of("CITATION.cff"))["version"] == __version__


def test_the_citation_names_the_software_and_the_report() -> None:
    citation = yaml.safe_load(text_of("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors", "type", "license"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["authors"] == [{"name": "The buildingtrusts developers"}]
    (report,) = citation["references"]
    assert {"type", "title", "authors", "year", "institution"} <= set(report)
    assert report["year"] == 2018
    names = [author["family-names"] for author in report["authors"]]
    assert names == ["Baars", "Menzies", "Bowen-Viner", "Bernardes", "Kirk", "Theobald"]
