"""Every example in a docstring runs and gives what it says."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "buildingtrusts"
MODULES = sorted(
    ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
    for file in PACKAGE.rglob("*.py")
    if file.name not in ("__init__.py", "__main__.py")
)
#: Examples that are shown and not run: what the program prints, and a search that takes long.
SHOWN_ONLY = {
    "buildingtrusts.cli.main": 1,
    "buildingtrusts.published.reconstruction.reconstruct": 1,
}


def examples(module: str) -> list[doctest.DocTest]:
    return doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(module))


def shown_only(test: doctest.DocTest) -> int:
    return sum(example.options.get(doctest.SKIP, False) for example in test.examples)


@pytest.mark.parametrize("module", MODULES)
def test_examples_give_what_they_say(module: str) -> None:
    runner = doctest.DocTestRunner()
    report: list[str] = []
    for test in examples(module):
        runner.run(test, out=report.append)
    assert runner.failures == 0, "".join(report)


def test_no_example_is_left_out_silently() -> None:
    tests = [test for module in MODULES for test in examples(module)]
    assert {test.name: shown_only(test) for test in tests if shown_only(test)} == SHOWN_ONLY
    assert sum(len(test.examples) for test in tests) > 50


@pytest.mark.parametrize("module", [name for name in MODULES if ".statistics." in name])
def test_every_module_of_statistics_has_an_example(module: str) -> None:
    assert any(test.examples for test in examples(module))
