"""Sizes and fonts of figures are checked before anything is drawn."""

from __future__ import annotations

import pytest

from buildingtrusts.output.figures.paper import WIDTHS
from buildingtrusts.study.configuration import load_study
from buildingtrusts.study.fields import FIGURE_WIDTHS
from buildingtrusts.study.plan import plan_study
from buildingtrusts.study.problems import InputProblems


@pytest.mark.parametrize("width", [*FIGURE_WIDTHS, 60, 120.5, 400])
def test_a_width_is_a_name_or_millimetres(width: object) -> None:
    assert load_study({"figures": {"width": width}}).figures.width == width


@pytest.mark.parametrize("width", ["narrow", 59, 401, True, None, "120", float("nan")])
def test_another_width_is_refused_with_what_is_allowed(width: object) -> None:
    with pytest.raises(InputProblems, match="allowed here is page, one_column, two_columns, slide"):
        load_study({"figures": {"width": width}})


def test_named_widths_have_a_size() -> None:
    assert {*WIDTHS, "slide"} == {*FIGURE_WIDTHS}


def test_an_unknown_font_is_refused_with_those_of_this_machine() -> None:
    with pytest.raises(InputProblems) as refused:
        plan_study({"figures": {"font": "Comic Neue"}})
    (problem,) = refused.value.problems
    assert problem.column == "figures.font"
    assert problem.value == "Comic Neue"
    assert "DejaVu Sans" in problem.rule
    assert "DejaVu Serif" in problem.rule


def test_every_step_that_draws_gets_the_same_choices() -> None:
    plan = plan_study({"figures": {"width": "one_column", "font": "DejaVu Serif", "dpi": 150}})
    assert plan.figures.picture_flags() == (
        "--formats pdf svg png --dpi 150 --width one_column --font 'DejaVu Serif'"
    )
    assert f"{plan.study.paths.results}/figures.html" in plan.wanted()
    listed = [f"{figure}.txt" for figure in plan.figures.everything()]
    assert {file for file in plan.wanted() if file.endswith(".txt")} == set(listed)
