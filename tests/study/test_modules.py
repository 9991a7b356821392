"""The modules that a step is said to use are those that it loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from buildingtrusts.cli import COMMANDS
from buildingtrusts.study.modules import modules_of

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "buildingtrusts"
#: What the command line loads by itself, to find a step and to report problems.
OF_THE_COMMAND_LINE = {"__init__.py", "cli.py", "study/__init__.py", "study/problems.py"}
STEPS = [command.replace("-", "_") for command in COMMANDS]

#: Loads a step, then runs every import of the package that stands anywhere in what is loaded,
#: inside functions too, until nothing new comes; prints the files loaded, for each step.
LOAD_EVERYTHING = """
import ast, importlib, json, sys
from pathlib import Path

def loaded():
    return {name: module for name, module in sys.modules.items()
            if name.split(".")[0] == "buildingtrusts"}

found = {}
for step in sys.argv[1:]:
    for name in loaded():
        del sys.modules[name]
    importlib.import_module(f"buildingtrusts.steps.{step}")
    done = set()
    while set(loaded()) - done:
        name = (set(loaded()) - done).pop()
        done.add(name)
        for node in ast.walk(ast.parse(Path(sys.modules[name].__file__).read_text("utf-8"))):
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            if "buildingtrusts" in ast.unparse(node):
                exec(ast.unparse(node), {})
    found[step] = sorted(module.__file__ for module in loaded().values())
print(json.dumps(found))
"""

#: Runs steps for good, on the minimal example, and prints the files that each had loaded.
RUN_EVERYTHING = """
import json, sys
from pathlib import Path

example, out = Path(sys.argv[1]), Path(sys.argv[2])
wave = "2030-illustration"
answers = ["--responses", out / "responses.csv", "--codebook", out / "codebook.csv"]
calls = {
    "ingest": ["--wave-file", example / "waves" / f"{wave}.yaml", "--codebook",
               example / "codebook.csv", "--raw", example / "raw" / wave, "--out", out],
    "aggregate": [*answers, "--out", out],
    "cluster": [*answers, "--sample", out / "sample.csv", "--k", 2, 3,
                "--cuts", out / "cuts.csv", "--out", out],
    "type_clusters": ["--wave", f"{wave}=illustration={out}={out}", "--out", out],
    "crosstabulate": ["--clusters", out / "clusters.csv", "--trusts", out / "trusts.csv",
                      "--attributes", out / "attributes.csv", "--k", 2, "--seed", 1,
                      "--wave", wave, "--out", out],
    "profile": [*answers, "--clusters", out / "clusters.csv", "--scores", out / "scores.csv",
                "--k", 2, "--draws", 10, "--balanced-draws", 2, "--seed", 1, "--wave", wave,
                "--out", out],
    "describe_tables": ["--title", "T", "--provenance", "illustration", "--tables", "clusters",
                        "--out", out / "README.md"],
}

def loaded():
    return {name: module for name, module in sys.modules.items()
            if name.split(".")[0] == "buildingtrusts"}

found = {}
for step, words in calls.items():
    for name in loaded():
        del sys.modules[name]
    from buildingtrusts.cli import main
    assert main([step.replace("_", "-"), *map(str, words)]) == 0, step
    found[step] = sorted(module.__file__ for module in loaded().values())
print(json.dumps(found))
"""


def printed(script: str, *words: object) -> dict[str, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {
        step: {str(Path(file).relative_to(SOURCE)) for file in files}
        for step, files in found.items()
    }


@cache
def loaded() -> dict[str, set[str]]:
    return printed(LOAD_EVERYTHING, *STEPS)


def listed(step: str) -> set[str]:
    return {str(Path(file).resolve().relative_to(SOURCE)) for file in modules_of(step)}


@pytest.mark.parametrize("step", STEPS)
def test_a_steps_modules_are_all_that_its_imports_load(step: str) -> None:
    # The package's own __init__ holds its version and is loaded by every step alike.
    assert listed(step) == loaded()[step] - {"__init__.py"}


def test_a_step_that_runs_loads_nothing_that_is_not_listed(tmp_path: Path) -> None:
    ran = printed(RUN_EVERYTHING, ROOT / "examples" / "minimal", tmp_path)
    assert len(ran) == 7
    for step, files in ran.items():
        assert files - OF_THE_COMMAND_LINE <= listed(step), step
        assert f"steps/{step}.py" in files


def test_imports_inside_functions_and_the_packages_of_modules_count() -> None:
    assert {
        *("steps/cluster.py", "steps/__init__.py"),
        *("statistics/linkage.py", "statistics/__init__.py", "output/tables.py"),
    } <= listed("cluster")
    assert "output/figures/__init__.py" in listed("describe_tables") | listed("draw")


def test_steps_do_not_depend_on_what_they_do_not_use() -> None:
    assert "statistics/linkage.py" not in listed("ingest")
    assert "survey/responses.py" not in listed("cluster")
    assert not {file for file in listed("cluster") if file.startswith("output/figures")}


def test_modules_are_named_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in modules_of("aggregate"):
        assert not Path(file).is_absolute()
        assert Path(file).is_file()
    assert modules_of("aggregate") == sorted(set(modules_of("aggregate")))


def test_a_step_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="there is no step 'clusters'"):
        modules_of("clusters")
