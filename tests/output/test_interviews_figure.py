"""Figures of interviews show their tables, keep words apart, and say when there is nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing
from buildingtrusts.output.figures.interviews import draw_break_points, draw_centralisation
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.statistics.interviews import (
    Grouping,
    compare_break_points,
    summarise_interviews,
)

from .test_figures import boxes_of, covered, words_of

AREAS = {"governance": "Governance", "workforce": "Workforce planning and development",
         "parents": "Parents and community"}  # fmt: skip
TAGS = {"alignment": ("Alignment", "scale"), "hub": ("Central operations", "geography")}
MATS = [f"MAT {number}" for number in range(1, 9)]
TYPOLOGY = Typology(2, dict(zip(MATS[:6], [1, 1, 1, 2, 2, 2], strict=True)), {1: 1, 2: 2})
CLUSTERS = Grouping(
    "cluster",
    dict(zip(MATS, ["1", "1", "1", "2", "2", "2", "(not clustered)", "(not clustered)"],
             strict=True)),
    ("1", "2", "(not clustered)", "(not in the survey)"),
    2,
)  # fmt: skip
LEVELS = ("All schools within 1 hour of at least one school", "Some isolation", "(missing)")
SPREAD = Grouping("geographical_spread", {mat: LEVELS[n % 2] for n, mat in enumerate(MATS)}, LEVELS)


@pytest.fixture(scope="module")
def excerpts() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = [
        (
            f"I{mat}",
            mat,
            area,
            int(rng.integers(1, 4)),
            str(rng.choice(["", *TAGS])),
            f"{mat}{area}",
        )
        for mat in MATS
        for area in AREAS
    ]
    columns = ["interview_id", "mat_id", "area", "weight", "break_point", "excerpt_id"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture(scope="module")
def summary(excerpts: pd.DataFrame) -> pd.DataFrame:
    return summarise_interviews(excerpts, list(AREAS), list(TAGS), [CLUSTERS], [SPREAD])


@pytest.fixture(scope="module")
def tests(excerpts: pd.DataFrame) -> pd.DataFrame:
    return compare_break_points(
        excerpts, list(TAGS), [SPREAD], stream=lambda task: np.random.default_rng(1)
    )


@pytest.fixture(params=["centralisation", "break_points"])
def drawing(request: pytest.FixtureRequest, summary: pd.DataFrame, tests: pd.DataFrame) -> Drawing:
    if request.param == "centralisation":
        return draw_centralisation(summary, AREAS, TYPOLOGY)
    return draw_break_points(summary, tests, TAGS, "geographical_spread")


def test_words_lie_inside_the_figure_and_apart(drawing: Drawing) -> None:
    boxes = boxes_of(drawing)
    width, height = drawing.figure.get_size_inches()
    for words, (left, low, right, high) in boxes.items():
        assert left >= 0, words
        assert right <= width, words
        assert low >= style.stamp_height(width) - 0.02, words
        assert high <= height, words
    names = list(boxes)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            assert covered(boxes[one], boxes[other]) < 0.05, f"{one} and {other}"


def test_the_data_are_those_of_the_table(summary: pd.DataFrame, tests: pd.DataFrame) -> None:
    data = draw_centralisation(summary, AREAS, TYPOLOGY).data
    of = summary[(summary["measure"] == "centralisation") & (summary["level"] == "2")]
    assert data[data["group"] == "2"]["mean_weight"].tolist() == of["mean_weight"].tolist()
    assert len(data) == len(AREAS) * 3
    tags = draw_break_points(summary, tests, TAGS, "geographical_spread").data
    # Nobody's spread is missing, so that level has no panel.
    assert tags["level"].nunique() == 2
    assert (tags["percent"] == 100 * tags["n_coded"] / tags["n_mats"]).all()
    assert tags["p_value"].notna().all()


def test_the_words_tell_the_ends_and_how_many_trusts(drawing: Drawing) -> None:
    assert "8 trusts" in drawing.alt_text
    assert drawing.alt_text.endswith(".")
    assert " nan" not in drawing.alt_text
    assert "(nan" not in drawing.alt_text


def test_clusters_without_an_interviewed_trust_are_left_out(summary: pd.DataFrame) -> None:
    three = Typology(2, TYPOLOGY.cluster_of, {1: 1, 2: 2, 3: 3})
    drawn = draw_centralisation(summary, AREAS, three)
    assert not [words for words in words_of(drawn) if words.startswith("Cluster 3")]


def test_a_typology_that_was_not_joined_leaves_all_trusts(summary: pd.DataFrame) -> None:
    drawn = draw_centralisation(summary, AREAS, Typology(5, {}, {1: 1}))
    assert set(drawn.data["group"]) == {"(all)"}


def test_nothing_coded_is_said_plainly(summary: pd.DataFrame, tests: pd.DataFrame) -> None:
    none = summary.assign(n_mats=0, mean_weight=np.nan)
    assert "Nothing is drawn" in draw_centralisation(none, AREAS, TYPOLOGY).alt_text
    empty = draw_break_points(none, tests, TAGS, "geographical_spread")
    assert "Nothing is drawn" in empty.alt_text
