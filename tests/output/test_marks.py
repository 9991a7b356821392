"""A saved SVG says where each trust is; no other format is touched by that."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.patches import Patch

from buildingtrusts.output.figures.drawing import Drawing, render
from buildingtrusts.output.figures.evidence import draw_evidence_figure
from buildingtrusts.output.figures.marks import trust_id, trust_of
from buildingtrusts.output.figures.wave import WaveMaterial, draw_wave_figure

from .conftest import EVERY_WAVE_FIGURE
from .evidence_tables import made_up, short_names

#: Figures of single trusts, and how often each trust is in them.
OF_TRUSTS = {
    "figure_1_clusters": 2,
    "dendrogram": 1,
    "heatmap": 1,
    "silhouettes": 1,
    "ordination": 1,
    "operating_model": 1,
    "effectiveness": 1,
    "sample": 1,
}
ALL = {"sample", "operating_model"}


def identifiers(drawing: Drawing) -> list[str]:
    root = ElementTree.fromstring(render(drawing, ["svg"], 100)["svg"])
    return [one.get("id", "") for one in root.iter() if one.get("id")]


@given(st.text(min_size=1))
def test_any_name_makes_an_identifier_and_can_be_read_from_it(name: str) -> None:
    name = name.encode("utf-8", "replace").decode("utf-8")
    identifier = f"{trust_id(name)}-7"
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", identifier)
    assert trust_of(identifier) == name


@pytest.mark.parametrize("name", EVERY_WAVE_FIGURE)
def test_every_figure_of_trusts_marks_each_of_them(name: str, wave: WaveMaterial) -> None:
    found = identifiers(draw_wave_figure(name, wave))
    assert len(found) == len(set(found))
    mats = [trust_of(one) for one in found if trust_of(one)]
    if name == "figure_5_improvement_approaches":
        assert set(mats) == set(wave.tables["ceo"]["mat_id"])
        return
    sample = wave.tables["sample"]
    shown = sample if name in ALL else sample[sample["clustered"].astype(bool)]
    times = OF_TRUSTS.get(name, 0)
    assert sorted(mats) == sorted(times * list(dict.fromkeys(shown["mat_id"])))


@pytest.mark.parametrize(
    ("name", "times"), [("assignment", 1), ("co_clustering", 2), ("continuum", 1), ("stability", 0)]
)
def test_figures_of_evidence_mark_trusts_too(name: str, times: int) -> None:
    mats = short_names(5)
    found = identifiers(draw_evidence_figure(name, made_up(mats, 3)))
    assert sorted(filter(None, map(trust_of, found))) == sorted(times * mats)


@pytest.mark.parametrize("name", ["sample", "figure_1_clusters", "heatmap"])
def test_outlines_are_in_no_other_format(name: str, wave: WaveMaterial) -> None:
    marked, bare = draw_wave_figure(name, wave), draw_wave_figure(name, wave)
    marks = [one for one in bare.figure.findobj(Patch) if trust_of(one.get_gid() or "")]
    assert marks
    for one in marks:
        one.remove()
    assert render(marked, ["pdf", "png"], 100) == render(bare, ["pdf", "png"], 100)
    # Nor does drawing the SVG first leave any.
    render(marked, ["svg"], 100)
    assert render(marked, ["png"], 100) == render(bare, ["png"], 100)
