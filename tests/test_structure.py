"""The house has four floors: who may import whom, who may touch files, what a start may load."""

from __future__ import annotations

import ast
import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "buildingtrusts"
FILES = sorted(PACKAGE.rglob("*.py"))
WINGS = ("steps", "survey", "register", "published", "statistics", "output", "study")

#: Which other wings a wing may import.
ALLOWED = {
    "steps": {"survey", "register", "published", "statistics", "output", "study"},
    "survey": {"statistics", "output", "study"},
    "register": {"statistics", "output", "study"},
    "published": {"statistics", "output", "study"},
    "statistics": set(),
    "output": set(),
    # The plan of a run lists the tables and figures that there are.
    "study": {"output"},
}
#: Modules beside the steps that read or write files: the one writer, the one reader of tables,
#: the drawer, the readers of what clusters rest on and of what trusts are joined with, the loaders
#: of what the study is, and the one that tells of a file which people were to bring and is not
#: there.
TOUCH_FILES = {
    *("output/files.py", "output/tables.py", "output/arrays.py", "output/figures/drawing.py"),
    *("survey/ratings.py", "survey/joined_trusts.py"),
    *("study/yaml_files.py", "study/codebook.py", "study/modules.py"),
    "study/provenance.py",
    "study/contents.py",
}
FILE_CALLS = {
    *("open", "read_text", "read_bytes", "write_text", "write_bytes", "read_csv", "to_csv"),
    *("read_table", "write_table", "write_result", "savefig", "unlink", "mkdir", "rename"),
    *("loadtxt", "savetxt", "read_excel", "to_excel", "NamedTemporaryFile"),
}


def wing_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def name_of(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def imports(tree: ast.AST) -> Iterator[str]:
    """Modules imported anywhere in a file, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that a step's modules can be found"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def of_the_package(modules: Iterator[str]) -> Iterator[list[str]]:
    return (
        parts for parts in (name.split(".") for name in modules) if parts[0] == "buildingtrusts"
    )


def of_the_module_level(tree: ast.Module) -> Iterator[str]:
    """Modules imported when the file itself is, and not merely for type checks."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)


def test_every_file_is_in_a_wing_of_the_house() -> None:
    assert {wing_of(file) for file in FILES} == {"", *WINGS}
    assert {file.name for file in FILES if not wing_of(file)} == {
        *("__init__.py", "__main__.py", "cli.py")
    }


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_imports_only_wings_of_lower_floors(wing: str) -> None:
    seen = 0
    for file in FILES:
        if wing_of(file) != wing:
            continue
        for parts in of_the_package(imports(tree_of(file))):
            seen += 1
            if parts[1:] == ["__version__"]:
                continue
            assert parts[1] in WINGS, f"{name_of(file)} imports {'.'.join(parts)}"
            if parts[1] != wing:
                assert parts[1] in ALLOWED[wing], f"{name_of(file)} imports {'.'.join(parts)}"
    assert seen


def test_the_study_knows_of_results_only_which_there_are() -> None:
    for file in (PACKAGE / "study").rglob("*.py"):
        for parts in of_the_package(imports(tree_of(file))):
            if parts[1] == "output":
                assert ".".join(parts[2:]) in {
                    *(
                        "contracts.STUDY_TABLES",
                        "contracts.WAVE_TABLES",
                        "contracts.EVIDENCE_TABLES",
                        "contracts.UNKNOWN_LEVELS",
                        "contracts.COMMON_TABLES",
                    ),
                    *("figures.EVIDENCE_FIGURES", "figures.STUDY_FIGURES"),
                    *("figures.TRACKING_FIGURES", "figures.WAVE_FIGURES"),
                    "figures.interview_figure",
                    "figures.fonts.known_families",
                    *("paper.WAVE_SOURCES", "paper.EVIDENCE_SOURCES"),
                    *("paper.wave_paper_tables", "paper.study_paper_tables"),
                    *("publication.PUBLIC_FIGURES", "publication.is_published"),
                }


def test_no_step_imports_another() -> None:
    for file in (PACKAGE / "steps").glob("*.py"):
        for parts in of_the_package(imports(tree_of(file))):
            assert parts[1] != "steps", f"{file.name} imports {'.'.join(parts)}"


def test_the_command_line_imports_steps_only_when_they_are_called() -> None:
    found = list(of_the_package(of_the_module_level(tree_of(PACKAGE / "cli.py"))))
    assert found == [["buildingtrusts", "__version__"]]


def test_only_the_command_line_imports_by_name() -> None:
    for file in FILES:
        if file.name != "cli.py":
            found = imports(tree_of(file))
            # Versions of libraries are read from their metadata, which imports nothing.
            names = {
                name.split(".")[0] for name in found if not name.startswith("importlib.metadata.")
            }
            assert "importlib" not in names, name_of(file)
            assert "__import__" not in file.read_text(encoding="utf-8"), name_of(file)


def file_calls(file: Path) -> set[str]:
    calls = (node.func for node in ast.walk(tree_of(file)) if isinstance(node, ast.Call))
    names = {
        call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls
    }
    return names & FILE_CALLS


@pytest.mark.parametrize("wing", [wing for wing in WINGS if wing != "steps"])
def test_files_are_read_and_written_by_steps_alone(wing: str) -> None:
    touching = {name_of(file) for file in FILES if wing_of(file) == wing and file_calls(file)}
    assert touching <= TOUCH_FILES


def test_the_modules_that_may_touch_files_do() -> None:
    assert {name for name in TOUCH_FILES if file_calls(PACKAGE / name)} == TOUCH_FILES


def test_statistics_stand_alone() -> None:
    """A reader can lift the wing out: besides itself it needs numpy, scipy and pandas."""
    foreign = set()
    for file in (PACKAGE / "statistics").rglob("*.py"):
        names = {name.split(".")[0] for name in imports(tree_of(file))}
        foreign |= names - set(sys.stdlib_module_names) - {"buildingtrusts"}
    assert foreign <= {"numpy", "scipy", "pandas"}


def test_slow_libraries_are_not_used_or_imported_late() -> None:
    for file in FILES:
        tree = tree_of(file)
        for name in imports(tree):
            assert not name.startswith(("sklearn", "scipy.stats", "seaborn")), name_of(file)
        if wing_of(file) != "output":
            for name in of_the_module_level(tree):
                assert name.split(".")[0] not in ("scipy", "matplotlib"), name_of(file)


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        ("buildingtrusts.cli", "numpy pandas scipy matplotlib pydantic yaml buildingtrusts.steps"),
        ("buildingtrusts.study.plan", "numpy pandas scipy matplotlib"),
        ("buildingtrusts.steps.cluster", "scipy matplotlib pandas"),
        ("buildingtrusts.steps.draw", "matplotlib pandas"),
    ],
)
def test_a_start_loads_nothing_heavy(modules: str, unwanted: str) -> None:
    script = (
        "import importlib, sys\n"
        "importlib.import_module(sys.argv[1])\n"
        "print(*[name for name in sys.argv[2:] if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, modules, *unwanted.split()],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        text=True,
        capture_output=True,
        check=True,
    )
    assert done.stdout.split() == []


def test_every_command_has_its_step_and_every_step_its_command() -> None:
    from buildingtrusts.cli import COMMANDS

    steps = {file.stem for file in (PACKAGE / "steps").glob("*.py")} - {"__init__"}
    assert {command.replace("-", "_") for command in COMMANDS} == steps
    for step in steps:
        tree = tree_of(PACKAGE / "steps" / f"{step}.py")
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert {"add_arguments", "run"} <= functions, step


def test_every_module_and_public_function_says_what_it_is() -> None:
    for file in FILES:
        tree = tree_of(file)
        assert ast.get_docstring(tree), name_of(file)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{name_of(file)}: {node.name}"


def test_input_is_never_checked_by_an_assertion() -> None:
    for file in FILES:
        assert not [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.Assert)], file


def of_the_2017_codebook() -> set[str]:
    """Items of 2017 with a name that is no plain word."""
    with (ROOT / "config" / "codebook.csv").open(encoding="utf-8", newline="") as stream:
        return {row["item"] for row in csv.DictReader(stream) if row["wave"].startswith("2017")}


def test_outside_the_published_wing_nothing_knows_an_item_of_2017() -> None:
    items = of_the_2017_codebook()
    assert len(items) == 25
    known = re.compile(rf"(?<![a-z_])({'|'.join(sorted(items))})(?![a-z_])")
    files = [
        *(file for file in FILES if wing_of(file) != "published"),
        *(ROOT / "workflow").rglob("*.smk"),
        ROOT / "Snakefile",
    ]
    assert {file.name: found for file in files if (found := known.findall(file.read_text()))} == {}
