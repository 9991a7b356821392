"""Figures are saved whole, alike every time, stamped when they must be and never otherwise."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from buildingtrusts.output.figures import FORMATS, STUDY_FIGURES, WAVE_FIGURES, study, wave
from buildingtrusts.output.figures.drawing import (
    UNPUBLISHED,
    nothing_to_draw,
    render,
    save_drawing,
    stamp_of,
)
from buildingtrusts.output.figures.labels import convex_hull, place_labels
from buildingtrusts.output.figures.parallel import share_out, shares
from buildingtrusts.output.figures.study import StudyMaterial, draw_study_figure
from buildingtrusts.output.figures.style import stamp_height
from buildingtrusts.output.figures.wave import WaveMaterial, draw_wave_figure

from .conftest import EVERY_WAVE_FIGURE

WORDS = "Reconstruction: not the survey's responses"
#: The report's own figures, whose values were never published.
OF_THE_REPORT = {
    *(name for name in EVERY_WAVE_FIGURE if name.startswith("figure_")),
    "performance_by_cluster",
}


def pixels(picture: bytes) -> np.ndarray:
    return imread(io.BytesIO(picture), format="png")


@pytest.mark.parametrize("name", ["figure_1_clusters", "heatmap", "crosstabs"])
def test_two_runs_give_the_same_bytes(name: str, wave: WaveMaterial) -> None:
    first = render(draw_wave_figure(name, wave), FORMATS, 100, WORDS)
    assert set(first) == set(FORMATS)
    assert render(draw_wave_figure(name, wave), FORMATS, 100, WORDS) == first


def test_a_format_does_not_change_the_next(wave: WaveMaterial) -> None:
    drawing = draw_wave_figure("dendrogram", wave)
    one_by_one = {kind: render(drawing, [kind], 100)[kind] for kind in reversed(FORMATS)}
    assert one_by_one == render(draw_wave_figure("dendrogram", wave), FORMATS, 100)


@pytest.mark.parametrize("name", EVERY_WAVE_FIGURE)
def test_data_are_written_as_they_were_drawn(name: str, wave: WaveMaterial, tmp_path: Path) -> None:
    drawing = draw_wave_figure(name, wave)
    save_drawing(tmp_path, drawing, [])
    written = pd.read_csv(tmp_path / f"{name}.csv", dtype="str", keep_default_na=False)
    assert list(written.columns) == list(drawing.data.columns)
    assert len(written) == len(drawing.data)
    for column in drawing.data.select_dtypes("number"):
        again = pd.to_numeric(written[column]).to_numpy(dtype=float)
        assert again.tolist() == pytest.approx(
            drawing.data[column].to_numpy(dtype=float, na_value=np.nan).tolist(),
            rel=0,
            abs=0,
            nan_ok=True,
        )
    assert (tmp_path / f"{name}.txt").read_text("utf-8") == f"{drawing.alt_text}\n"


@pytest.mark.parametrize("name", EVERY_WAVE_FIGURE)
def test_a_stamp_is_on_the_picture_in_its_metadata_and_in_its_text(
    name: str, wave: WaveMaterial, tmp_path: Path
) -> None:
    drawing = draw_wave_figure(name, wave)
    said = stamp_of(drawing, WORDS, reconstructed=True)
    assert said.startswith(WORDS)
    assert (UNPUBLISHED in said) == (name in OF_THE_REPORT)
    save_drawing(tmp_path, drawing, ["svg"], 100, said)
    drawn = (tmp_path / f"{name}.svg").read_text("utf-8")
    assert len(re.findall(re.escape(WORDS), drawn)) == 2, "once drawn, once described"
    assert (tmp_path / f"{name}.txt").read_text("utf-8").endswith(f" {said}.\n")


def test_every_format_describes_the_stamp(wave: WaveMaterial) -> None:
    files = render(draw_wave_figure("sample", wave), FORMATS, 50, WORDS)
    assert WORDS.encode() in files["png"]
    assert WORDS.encode("utf-16-be") in files["pdf"] or b"not the survey" in files["pdf"]


@pytest.mark.parametrize("name", ["figure_3_pupil_policies", "sample"])
def test_the_stamp_stands_in_the_strip_that_is_kept_for_it(name: str, wave: WaveMaterial) -> None:
    """With the stamp and without it a picture is the same but for its lowest strip."""
    drawing = draw_wave_figure(name, wave)
    said = stamp_of(drawing, WORDS, reconstructed=True)
    without, stamped = (pixels(render(drawing, ["png"], 100, words)["png"]) for words in ("", said))
    strip = round(100 * stamp_height(drawing.figure.get_size_inches()[0]))
    # The upper edge of the band may fall inside a row of pixels.
    assert (stamped[: -strip - 1] == without[: -strip - 1]).all()
    assert (stamped[-strip + 1 :, :, 2] < without[-strip + 1 :, :, 2]).mean() > 0.9


def test_original_answers_leave_no_stamp_anywhere(wave: WaveMaterial, tmp_path: Path) -> None:
    for name in EVERY_WAVE_FIGURE:
        drawing = draw_wave_figure(name, wave)
        assert stamp_of(drawing, "", reconstructed=False) == ""
        save_drawing(tmp_path, drawing, ["svg"])
        for ending in ("svg", "txt"):
            written = (tmp_path / f"{name}.{ending}").read_text("utf-8").lower()
            assert "reconstruction" not in written
            assert "illustrative" not in written


def test_invented_answers_stand_for_no_figure_of_the_report(wave: WaveMaterial) -> None:
    drawing = draw_wave_figure("figure_1_clusters", wave)
    assert stamp_of(drawing, "Illustration", reconstructed=False) == "Illustration"


def test_what_rests_on_printed_numbers_alone_needs_no_stamp(study: StudyMaterial) -> None:
    for name in STUDY_FIGURES:
        said = stamp_of(draw_study_figure(name, study), WORDS, reconstructed=True)
        assert bool(said) == (name != "published_associations")


def test_text_stays_text_and_fonts_are_embedded(wave: WaveMaterial) -> None:
    drawing = draw_wave_figure("dendrogram", wave)
    files = render(drawing, ["svg", "pdf"], 100)
    assert re.search(rb"<text [^>]*>MAT 10</text>", files["svg"])
    assert b"sans-serif" in files["svg"]
    assert b"/FontFile2" in files["pdf"]
    assert b"/Type3" not in files["pdf"]


def test_characters_beyond_the_reduced_font_are_drawn(wave: WaveMaterial) -> None:
    name = "Ωμέγα Trust"
    tables = {
        key: table.replace({"MAT 1": name}) if "mat_id" in table or key == "linkage" else table
        for key, table in wave.tables.items()
    }
    plane = replace(
        wave.plane, mats=tuple(name if mat == "MAT 1" else mat for mat in wave.plane.mats)
    )
    renamed = replace(wave, tables=tables, plane=plane)
    for figure in ("dendrogram", "figure_1_clusters"):
        files = render(draw_wave_figure(figure, renamed), FORMATS, 60)
        assert name in files["svg"].decode("utf-8")


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    drawing = nothing_to_draw("sample", "Responses", "No responses.")
    with pytest.raises(ValueError, match=r"found the formats \['gif'\]; allowed are"):
        save_drawing(tmp_path, drawing, ["gif", "png"])
    assert not any(tmp_path.iterdir())


def test_a_png_holds_its_size_and_words() -> None:
    drawing = nothing_to_draw("sample", "Clusters – “1”", "No responses.")
    from PIL import Image

    with Image.open(io.BytesIO(render(drawing, ["png"], 300, WORDS)["png"])) as read:
        assert read.info["dpi"] == pytest.approx((300, 300), abs=0.01)
        assert read.text["Title"] == "Clusters – “1”"
        assert WORDS in read.text["Description"]


def test_the_list_of_figures_is_what_is_drawn() -> None:
    assert tuple(wave.DRAW) == WAVE_FIGURES
    assert tuple(study.DRAW) == STUDY_FIGURES


def test_listing_figures_loads_no_library() -> None:
    script = (
        "import sys; from buildingtrusts.output.figures import WAVE_FIGURES\n"
        "print([name for name in ('numpy', 'pandas', 'matplotlib') if name in sys.modules])"
    )
    source = Path(__file__).resolve().parents[2] / "src"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(source)},
        text=True,
        capture_output=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_work_is_shared_the_same_way_every_time(tmp_path: Path) -> None:
    names = [f"work {number}" for number in range(7)]
    dealt = shares(names, 3)
    assert sorted(name for share in dealt for name in share) == names
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1
    for workers in (1, 3):
        folder = tmp_path / str(workers)
        folder.mkdir()
        share_out(lambda name, folder=folder: (folder / name).touch(), names, workers)
        assert sorted(path.name for path in folder.iterdir()) == names


def test_a_failure_in_any_process_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    def fail(name: str) -> None:
        if name == "b":
            raise ArithmeticError(f"cannot draw {name}")

    with pytest.raises((RuntimeError, ArithmeticError)):
        share_out(fail, ["a", "b"], 2)
    if sys.platform == "linux":
        assert "cannot draw b" in capfd.readouterr().err


def test_names_keep_clear_of_markers_and_each_other() -> None:
    taken = [(0.9, 0.9, 1.1, 1.1)]
    options = [[(1.0, 1.0), (1.2, 1.0), (1.4, 1.5)]] * 2
    assert place_labels(options, [0.4, 0.4], 0.1, taken, (2.0, 2.0)) == [(1.2, 1.0), (1.4, 1.5)]


def test_names_stay_inside_even_at_the_price_of_touching() -> None:
    options = [[(1.9, 1.0), (1.0, 1.0)]]
    assert place_labels(options, [0.4], 0.1, [(1.0, 1.0, 1.1, 1.1)], (2.0, 2.0)) == [(1.0, 1.0)]


def test_an_outline_holds_every_point() -> None:
    points = np.random.default_rng(4).normal(size=(30, 2))
    corners = convex_hull(points)
    following = np.roll(corners, -1, axis=0)
    edges = following - corners
    for point in points:
        towards = point - corners
        assert (edges[:, 0] * towards[:, 1] - edges[:, 1] * towards[:, 0] >= -1e-12).all()
    assert convex_hull(points[:1]).tolist() == points[:1].tolist()


def test_stamping_leaves_the_drawing_as_it_was(wave: WaveMaterial) -> None:
    drawing = draw_wave_figure("sample", wave)
    before = render(drawing, FORMATS, 50)
    render(drawing, ["png"], 50, WORDS)
    assert render(drawing, FORMATS, 50) == before
