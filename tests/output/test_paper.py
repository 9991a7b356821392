"""At every width a figure's words lie inside it and apart, in type that can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import combinations

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from buildingtrusts.output.figures import EVIDENCE_FIGURES, STUDY_FIGURES, style
from buildingtrusts.output.figures.drawing import Drawing, render, smallest_words
from buildingtrusts.output.figures.evidence import draw_evidence_figure
from buildingtrusts.output.figures.fonts import FULL_FAMILY, known_families, register_font
from buildingtrusts.output.figures.multiverse import draw_multiverse
from buildingtrusts.output.figures.paper import (
    LEAST_ON_SLIDE,
    SLIDE,
    WIDTHS,
    drawn_to_fit,
    words_have_room,
)
from buildingtrusts.output.figures.study import StudyMaterial, draw_study_figure
from buildingtrusts.output.figures.wave import WaveMaterial, draw_wave_figure
from buildingtrusts.output.pictures import describe_picture

from .conftest import EVERY_WAVE_FIGURE
from .evidence_tables import made_up, short_names
from .test_figures import boxes_of, covered
from .test_interviews_figure import (  # noqa: F401 (fixtures)
    AREAS,
    NAMED,
    TAGS,
    TYPOLOGY,
    draw_break_points,
    draw_centralisation,
    excerpts,
    many_levels,
    summary,
    tests,
)
from .test_multiverse_figure import multiverse_of
from .test_tracking_figures import many_waves, two_waves

NARROW = ("one_column", "two_columns", 120, "slide")
STAMP = (
    "Reconstruction: not the survey's responses · Illustration: invented responses · "
    "Illustrative: values not published"
)
INCH = 25.4
#: Figures whose message needs more than a slide holds; drawn as for a page.
NOT_FOR_SLIDES = {"ensemble", "multiverse", "interviews_2017-illustration_centralisation"}
#: Figures that are wider than a column even when a study is small; the guide tells of them.
NEVER_IN_A_COLUMN = {"heatmap", "stability", "continuum", "multiverse", "noise"}


def check(drawing: Drawing) -> None:
    """The words of a finished figure, whatever the package itself found when it drew it."""
    boxes = boxes_of(drawing)
    width, height = drawing.figure.get_size_inches()
    assert boxes
    strip = style.stamp_height(width, drawing.scale > 1) - 0.02
    for words, (left, low, right, high) in boxes.items():
        assert left >= -0.005, words
        assert low >= strip, f"{words} is where the stamp goes"
        assert right <= width + 0.005, words
        assert high <= height + 0.005, words
    upright = {text.get_text() for text in drawing.figure.findobj(Text) if not text.get_rotation()}
    names = [
        one
        for one in boxes
        # Numbers inside markers may meet where trusts or clusters do.
        if not re.fullmatch(r"\d+ '[0-9CS]'", one)
        and any(one.endswith(repr(text)) for text in upright)
    ]
    for one, other in combinations(names, 2):
        assert covered(boxes[one], boxes[other]) < 0.06, f"{one} and {other}"
    for text in drawing.figure.findobj(Text):
        if words := text.get_text().strip():
            # A digit in a marker is as large as the marker.
            least = 5.4 if len(words) == 1 else 6.49
            assert text.get_fontsize() * drawing.scale >= least, words


def at_width(draw: Callable[[], Drawing], width: str | float) -> Drawing:
    drawing = drawn_to_fit(draw, width)
    across, up = drawing.figure.get_size_inches() * drawing.scale
    check(drawing)
    if width == "slide":
        on_slide = drawing.scale > 1
        assert on_slide or drawing.name in NOT_FOR_SLIDES
        if on_slide:
            assert across <= SLIDE[0] + 0.01
            assert up <= SLIDE[1] + 0.01
            # All of the width or nearly all of the height is used.
            assert across > 0.85 * SLIDE[0]
            assert up > 0.6 * SLIDE[1]
            least = min(
                text.get_fontsize() * drawing.scale
                for text in drawing.figure.findobj(Text)
                if len(text.get_text().strip()) > 1
            )
            assert least >= LEAST_ON_SLIDE
        else:
            assert across <= style.DOUBLE + 0.01
    else:
        asked = WIDTHS.get(str(width)) or float(width)
        wide = max(asked, WIDTHS["two_columns"]) / INCH
        assert across <= max(wide, style.DOUBLE) + 0.01
        if drawing.name not in NEVER_IN_A_COLUMN and up < 9:
            assert across <= wide + 0.01
    return drawing


@pytest.mark.parametrize("width", NARROW)
@pytest.mark.parametrize("name", EVERY_WAVE_FIGURE)
def test_figures_of_a_wave(name: str, width: str | float, wave: WaveMaterial) -> None:
    at_width(partial(draw_wave_figure, name, wave), width)


@pytest.mark.parametrize("width", NARROW)
@pytest.mark.parametrize("name", [one for one in EVIDENCE_FIGURES if one != "multiverse"])
def test_figures_of_the_evidence(name: str, width: str | float) -> None:
    at_width(partial(draw_evidence_figure, name, made_up(short_names(17), 3)), width)


@pytest.mark.parametrize("width", NARROW)
@pytest.mark.parametrize("name", STUDY_FIGURES)
def test_figures_across_waves(name: str, width: str | float, study: StudyMaterial) -> None:
    at_width(partial(draw_study_figure, name, study), width)


@pytest.mark.parametrize("width", NARROW)
@pytest.mark.parametrize("draw", [two_waves, partial(many_waves, 3)])
def test_figures_of_change(draw: Callable[[], Drawing], width: str | float) -> None:
    at_width(draw, width)


@pytest.mark.parametrize("width", ["one_column", "slide"])
def test_the_multiverse(width: str) -> None:
    at_width(partial(draw_multiverse, multiverse_of()), width)


@pytest.mark.parametrize("width", NARROW)
@pytest.mark.parametrize("which", ["centralisation", "break_points", "many_levels"])
def test_figures_of_interviews(
    which: str, width: str | float, request: pytest.FixtureRequest
) -> None:
    found = {one: request.getfixturevalue(one) for one in ("excerpts", "summary", "tests")}
    draw = {
        "centralisation": partial(draw_centralisation, found["summary"], AREAS, TYPOLOGY, *NAMED),
        "break_points": partial(
            *(draw_break_points, found["summary"], found["tests"], TAGS),
            *("geographical_spread", *NAMED),
        ),
        "many_levels": partial(many_levels, found["excerpts"]),
    }[which]
    at_width(draw, width)


def test_most_figures_of_a_wave_fit_into_a_column(wave: WaveMaterial) -> None:
    """Breaking the layout of a figure would otherwise show as a wider one."""
    wider = {
        name
        for name in EVERY_WAVE_FIGURE
        if drawn_to_fit(
            partial(draw_wave_figure, name, wave), "one_column"
        ).figure.get_size_inches()[0]
        > 3.5
    }
    assert wider <= {"heatmap", "effectiveness"}


@pytest.mark.parametrize("width", NARROW)
def test_the_longest_stamp_stays_in_its_strip(width: str | float, wave: WaveMaterial) -> None:
    drawing = drawn_to_fit(partial(draw_wave_figure, "figure_1_clusters", wave), width)
    across, _ = drawing.figure.get_size_inches()
    with style.settings():
        lines = style.fold(STAMP, style.NOTE, across - 0.24).count("\n") + 1
    assert lines * 1.2 * style.NOTE / 72 <= style.stamp_height(across, drawing.scale > 1)


def test_words_that_meet_or_leave_the_figure_have_no_room() -> None:
    def figure(*texts: tuple[float, float, str]) -> Figure:
        made = Figure(figsize=(3, 2))
        for x, y, words in texts:
            made.text(x, y, words)
        return made

    assert words_have_room(figure((0.1, 0.5, "one"), (0.1, 0.8, "other")))
    assert not words_have_room(figure((0.1, 0.5, "one"), (0.12, 0.52, "other")))
    assert not words_have_room(figure((0.9, 0.5, "beyond the edge")))
    assert not words_have_room(figure((0.1, 0.02, "stamp")))


@pytest.mark.parametrize("width", ["one_column", "slide", 120])
def test_every_format_has_the_same_size_and_repeats(width: str | float, wave: WaveMaterial) -> None:
    draw = partial(draw_wave_figure, "figure_3_pupil_policies", wave)
    first, again = (
        render(drawn_to_fit(draw, width), ("pdf", "svg", "png"), 150, STAMP) for _ in range(2)
    )
    assert first == again
    sizes = [describe_picture(kind, content) for kind, content in first.items()]
    for one in sizes:
        assert one.width == pytest.approx(sizes[0].width, abs=0.4)
        assert one.height == pytest.approx(sizes[0].height, abs=0.4)
    assert b"/FontFile2" in first["pdf"]
    assert b"<text" in first["svg"]


@pytest.mark.parametrize("name", ["figure_1_clusters", "dendrogram", "crosstabs"])
@pytest.mark.parametrize("width", ["page", *NARROW])
def test_fonts_are_embedded_text_is_text_and_the_stamp_is_inside(
    width: str | float, name: str, wave: WaveMaterial
) -> None:
    drawing = drawn_to_fit(partial(draw_wave_figure, name, wave), width)
    files = render(drawing, ("pdf", "svg"), 100, STAMP)
    assert b"/FontFile2" in files["pdf"]
    assert b"/Type3" not in files["pdf"]
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", files["svg"].decode()))
    assert " ".join(drawing.title.split()) in words
    assert STAMP in words
    for kind, content in files.items():
        assert describe_picture(kind, content).words == pytest.approx(
            smallest_words(drawing), abs=0.051
        )


def test_a_figure_too_full_for_a_slide_is_drawn_as_for_a_page(wave: WaveMaterial) -> None:
    many = short_names(40)
    draw = partial(draw_evidence_figure, "assignment", made_up(many, 3))
    drawing = drawn_to_fit(draw, "slide")
    assert drawing.scale == 1
    assert render(drawing, ("svg",), 100) == render(drawn_to_fit(draw), ("svg",), 100)


def test_a_slide_is_filled(wave: WaveMaterial) -> None:
    """Rows are as high as the slide allows, so that few rows do not leave half of it empty."""
    drawing = drawn_to_fit(partial(draw_wave_figure, "figure_3_pupil_policies", wave), "slide")
    assert list(drawing.figure.get_size_inches() * drawing.scale) == pytest.approx(SLIDE, abs=0.1)
    assert smallest_words(drawing) >= 14


def test_a_slide_leaves_the_note_to_whoever_speaks(wave: WaveMaterial) -> None:
    drawing = drawn_to_fit(partial(draw_wave_figure, "silhouettes", wave), "slide")
    assert drawing.note == drawing.caption
    assert "Width: 1" not in " ".join(text.get_text() for text in drawing.figure.findobj(Text))


def test_a_page_is_drawn_as_if_no_width_had_been_named(wave: WaveMaterial) -> None:
    draw = partial(draw_wave_figure, "sample", wave)
    assert render(drawn_to_fit(draw), ("svg",), 100) == render(draw(), ("svg",), 100)


def test_another_font_is_measured_embedded_and_named(wave: WaveMaterial) -> None:
    assert FULL_FAMILY in known_families()
    other = "DejaVu Serif"
    with style.in_font(other):
        drawing = drawn_to_fit(partial(draw_wave_figure, "dendrogram", wave), "one_column")
        files = render(drawing, ("pdf", "svg"), 100)
        wide = style.text_width("Cluster", 7.0)
    assert wide != style.text_width("Cluster", 7.0)
    assert b"DejaVuSerifLatin" in files["pdf"]
    assert b"/Type3" not in files["pdf"]
    assert other.encode() in files["svg"]


def test_a_font_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"found the font 'Comic Neue'; allowed are .*DejaVu Sans"):
        register_font("Comic Neue")
