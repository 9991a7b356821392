"""What the README shows is what the current run makes."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from .conftest import ROOT, Project

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def update() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update_readme", ROOT / "docs/update_readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shown(mark: str) -> list[str]:
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", README, re.DOTALL)
    assert found is not None
    return found[1].strip().splitlines()


def test_the_gallery_shows_the_current_run(study: Project, update: ModuleType) -> None:
    from matplotlib.image import imread

    for picture in update.PICTURES:
        kept = imread(ROOT / "docs" / "gallery" / Path(picture).name)
        now = imread(study.folder / "results" / picture)
        assert kept.shape == now.shape, picture
        # Renderers of other systems may differ in the shade of an edge, not in what is drawn.
        assert np.sqrt(((kept - now) ** 2).mean()) < 0.01, picture


def test_the_readme_shows_every_picture_of_the_gallery(update: ModuleType) -> None:
    names = {Path(picture).name for picture in update.PICTURES}
    assert names == {path.name for path in (ROOT / "docs" / "gallery").glob("*.png")}
    assert names == set(re.findall(r"docs/gallery/(\S+\.png)", README))


def test_the_readme_counts_the_ledger_as_it_is(
    study: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    from buildingtrusts.cli import main

    assert main(["count-ledger", str(study.folder / "results/tables/ledger.csv")]) == 0
    counted = capsys.readouterr().out.strip().splitlines()
    extract = (study.folder / "data/raw/register/2017-01-19/edubasealldata.csv").is_file()
    for line in counted:
        if extract or "| register |" not in line:
            assert line in shown("ledger")
    assert len(shown("ledger")) == len(counted)


def test_the_readme_quotes_the_verdict_of_the_current_run(
    study: Project, update: ModuleType
) -> None:
    table = study.folder / "results/2017-reconstruction/tables/verdict.csv"
    assert shown("verdict") == [f"> {update.verdict(table)}"]


def test_the_readme_shows_the_rules_that_there_are() -> None:
    graph = "\n".join(shown("rulegraph"))
    rules = {
        name
        for file in (ROOT / "workflow" / "rules").glob("*.smk")
        for name in re.findall(r"^rule (\w+):", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    drawn = set(re.findall(r"\[(\w+)\]", graph)) - {"all"}
    # Rules that only a downloaded register, an ensemble or a publication sets to work.
    occasional = {
        *("register", "compare_population"),
        *("examine_reconstruction", "gather_ensemble", "ensemble", "publish"),
    }
    assert rules - occasional <= drawn <= rules
