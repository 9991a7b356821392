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
#: The set of interviews, and the wave that it is joined to.
NAMED = ("2017-illustration", "2017-reconstruction")
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


def many_levels(excerpts: pd.DataFrame) -> Drawing:
    """Break points by an attribute of which each trust has a level of its own."""
    levels = tuple(f"Level {number}" for number in range(1, 7))
    flags = Grouping("flags", {mat: levels[n % 6] for n, mat in enumerate(MATS)}, levels)
    made = summarise_interviews(excerpts, list(AREAS), list(TAGS), [], [flags])
    tests = compare_break_points(
        excerpts, list(TAGS), [flags], stream=lambda task: np.random.default_rng(1)
    )
    return draw_break_points(made, tests, TAGS, "flags", *NAMED)


@pytest.fixture(params=["centralisation", "break_points", "many_levels"])
def drawing(
    request: pytest.FixtureRequest,
    excerpts: pd.DataFrame,
    summary: pd.DataFrame,
    tests: pd.DataFrame,
) -> Drawing:
    if request.param == "centralisation":
        return draw_centralisation(summary, AREAS, TYPOLOGY, *NAMED)
    if request.param == "many_levels":
        return many_levels(excerpts)
    return draw_break_points(summary, tests, TAGS, "geographical_spread", *NAMED)


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
    data = draw_centralisation(summary, AREAS, TYPOLOGY, *NAMED).data
    of = summary[(summary["measure"] == "centralisation") & (summary["level"] == "2")]
    assert data[data["group"] == "2"]["mean_weight"].tolist() == of["mean_weight"].tolist()
    assert len(data) == len(AREAS) * 3
    tags = draw_break_points(summary, tests, TAGS, "geographical_spread", *NAMED).data
    # Nobody's spread is missing, so that level has no panel.
    assert tags["level"].nunique() == 2
    assert (tags["percent"] == 100 * tags["n_coded"] / tags["n_mats"]).all()
    assert tags["p_value"].notna().all()


def test_the_words_tell_the_ends_and_how_many_trusts(drawing: Drawing) -> None:
    assert "8 trusts" in drawing.alt_text
    assert drawing.alt_text.endswith(".")
    assert " nan" not in drawing.alt_text
    assert "(nan" not in drawing.alt_text


def test_the_figure_says_of_how_many_trusts_each_number_is(
    summary: pd.DataFrame, tests: pd.DataFrame
) -> None:
    silent = (summary["code"] == "governance") & (summary["level"] == "1")
    fewer = summary.assign(n_coded=summary["n_coded"].mask(silent, 1))
    areas = draw_centralisation(fewer, AREAS, TYPOLOGY, *NAMED)
    assert words_of(areas).count("n\u00a0=\u00a08 (1, 3)") == 1
    assert words_of(areas).count("n\u00a0=\u00a08 (3, 3)") == len(AREAS) - 1
    assert "Cluster 1 (n\u00a0=\u00a03)" in words_of(areas)
    assert "3 interviewed trusts in cluster 1" in areas.alt_text
    assert "too few to compare" in areas.alt_text
    tags = draw_break_points(summary, tests, TAGS, "geographical_spread", *NAMED)
    assert "smallest level (4 trusts) one trust moves the share by about 25 points" in tags.caption
    first = tags.data.iloc[0]
    assert f"{first['n_coded']} ({first['percent']:.0f}%)" in words_of(tags)


def test_the_figure_names_its_interviews_and_its_wave(drawing: Drawing) -> None:
    assert drawing.name.startswith("interviews_2017-illustration_")
    assert any("Interviews 2017-illustration, wave 2017-reconstruction." in words
               for words in words_of(drawing))  # fmt: skip


def test_the_words_tell_where_levels_differ_most(
    summary: pd.DataFrame, tests: pd.DataFrame
) -> None:
    told = draw_break_points(summary, tests, TAGS, "geographical_spread", *NAMED).alt_text
    least = tests.loc[tests["p_value"].idxmin(), "code"]
    rows = summary[(summary["code"] == least) & (summary["group"] == "geographical_spread")]
    assert f"Levels differ most in {TAGS[least][0]}: " in told
    for level, n, of in rows[["level", "n_coded", "n_mats"]].itertuples(index=False):
        assert (f"{level} {n} of {of}" in told) == (of > 0)


def test_clusters_without_an_interviewed_trust_are_left_out(summary: pd.DataFrame) -> None:
    three = Typology(2, TYPOLOGY.cluster_of, {1: 1, 2: 2, 3: 3})
    drawn = draw_centralisation(summary, AREAS, three, *NAMED)
    assert not [words for words in words_of(drawn) if words.startswith("Cluster 3")]


def test_a_typology_that_was_not_joined_leaves_all_trusts(summary: pd.DataFrame) -> None:
    drawn = draw_centralisation(summary, AREAS, Typology(5, {}, {1: 1}), *NAMED)
    assert set(drawn.data["group"]) == {"(all)"}


def test_nothing_coded_is_said_plainly(summary: pd.DataFrame, tests: pd.DataFrame) -> None:
    none = summary.assign(n_mats=0, mean_weight=np.nan)
    assert "Nothing is drawn" in draw_centralisation(none, AREAS, TYPOLOGY, *NAMED).alt_text
    empty = draw_break_points(none, tests, TAGS, "geographical_spread", *NAMED)
    assert "Nothing is drawn" in empty.alt_text
