"""The page of all figures shows each with its files, and whatever it quotes is harmless."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.figure_page import Purpose, Shown, as_page, group_figures
from buildingtrusts.output.figures import (
    EVIDENCE_FIGURES,
    STUDY_FIGURES,
    TRACKING_FIGURES,
    WAVE_FIGURES,
)
from buildingtrusts.output.figures.drawing import nothing_to_draw, save_drawing
from buildingtrusts.output.pictures import Picture, describe_picture

EVIL = '<script>alert("MAT 1")</script> & "quoted"'


def shown(name: str, **more: object) -> Shown:
    fields = {"folder": "2017/figures", "title": "Means", "alt_text": "Means run from 1 to 2."}
    return Shown(name, **{**fields, "formats": ("pdf", "png"), **more})  # type: ignore[arg-type]


COLUMN = Purpose("as wide as one column", 88.0, 254.0)
SLIDE = Purpose("as large as fits on a slide", 254.0, 142.875, 12.0, slide=True)


def page_of(*figures: Shown, statements: tuple[str, ...] = (), purpose: Purpose = COLUMN) -> str:
    group = group_figures("2017", "Wave 2017", figures)
    return as_page([group], statements, purpose)


def test_every_figure_has_its_picture_words_and_files() -> None:
    page = page_of(shown("heatmap"))
    assert 'src="2017/figures/heatmap.png" alt="Means run from 1 to 2."' in page
    for ending in ("pdf", "png", "csv", "txt"):
        assert f'href="2017/figures/heatmap.{ending}"' in page


def test_what_data_say_is_escaped() -> None:
    page = page_of(shown("heatmap", title=EVIL, alt_text=EVIL, folder='a b%"/figures'))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'alt="&lt;script&gt;alert(&#34;MAT 1&#34;)' in page
    assert 'src="a%20b%25%22/figures/heatmap.png"' in page
    assert "default-src 'none'" in page


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", page).split())


def test_figures_that_need_more_room_are_named_with_what_they_need() -> None:
    page = page_of(
        shown("heatmap", width=180.0, height=99.6, words=6.5),
        shown("changes", width=180.0, height=300.0),
        shown("sample", width=88.2, height=120.0),
    )
    said = words_of(page)
    assert "1 of them need more room and are wider than asked: heatmap (Wave 2017)." in said
    assert "are wider than asked and higher than a page: changes (Wave 2017)." in said
    assert "180 × 100 mm, words from 6.5 pt: wider than asked" in said
    assert "88 × 120 mm: fits" in said
    assert '<a href="#2017-heatmap">' in page
    assert '<li id="2017-heatmap">' in page
    assert "need more room" not in page_of(shown("sample", width=88.0, height=120.0))


@pytest.mark.parametrize(
    ("width", "height", "words"), [(183.0, 128.0, 6.5), (254.0, 160.0, 14.0), (260.0, 143.0, 14.0)]
)
def test_a_figure_that_no_room_could_read_is_not_made_for_slides(
    width: float, height: float, words: float
) -> None:
    large = shown("sample", width=254.0, height=142.9, words=12.0)
    said = words_of(
        page_of(large, shown("ledger", width=width, height=height, words=words), purpose=SLIDE)
    )
    assert "1 of them hold more than can be read from a slide" in said
    assert "drawn as for a page: ledger (Wave 2017)." in said
    assert "254 × 143 mm, words from 12 pt: fits" in said
    assert "with words of 12 points or more: 16 on the slides" in said


def test_an_empty_figure_says_that_there_is_nothing_to_choose() -> None:
    empty = shown("sample", alt_text="Nothing is drawn. No responses.")
    assert "sample, nothing to draw" in words_of(page_of(empty))
    assert "nothing to draw" not in words_of(page_of(shown("sample")))


def test_made_up_answers_are_said_first_and_original_ones_not() -> None:
    said = "These are not the survey's responses."
    assert page_of(shown("sample"), statements=(said,)).index("These are not") < page_of(
        shown("sample"), statements=(said,)
    ).index("figures, as wide")
    assert 'class="stamp"' not in page_of(shown("sample"))


def test_known_figures_have_a_kind_and_others_are_the_reports() -> None:
    known = [
        *(one for one in WAVE_FIGURES if not one.startswith("figure_")),
        *(*EVIDENCE_FIGURES, *STUDY_FIGURES, *TRACKING_FIGURES),
    ]
    kinds = dict(group_figures("all", "All", [shown(one) for one in known]).kinds)
    assert "As in the report" not in kinds
    other = group_figures("x", "X", [shown("figure_3_x"), shown("interviews_2017_centralisation")])
    assert [kind for kind, _ in other.kinds] == ["As in the report", "Interviews"]


def test_a_figure_that_browsers_cannot_show_is_told_in_words() -> None:
    page = page_of(shown("heatmap", formats=("pdf",)))
    assert "<img" not in page
    assert "Means run from 1 to 2." in page


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_picture_says_its_title_and_size(kind: str, tmp_path: Path) -> None:
    drawing = nothing_to_draw("sample", "Clusters – “1” <b>", "No responses.")
    save_drawing(tmp_path, drawing, [kind], 200)
    found = describe_picture(kind, (tmp_path / f"sample.{kind}").read_bytes())
    assert found.title == ("" if kind == "pdf" else "Clusters – “1” <b>")
    assert found.width == pytest.approx(182.88, abs=0.1)
    assert found.words == 6.5
    assert describe_picture(kind, b"something else") == Picture()


def test_the_step_links_files_that_are_there(tmp_path: Path) -> None:
    results = tmp_path / "results"
    for folder in ("2017-reconstruction/figures", "figures"):
        drawing = nothing_to_draw("ledger", "Claims", f"Nothing of {EVIL}.")
        save_drawing(results / folder, drawing, ["svg"])
    files = [str(file) for file in results.rglob("*.txt")]
    flags = ["--results", str(results), "--figures", *files, "--waves", "2017-reconstruction"]
    flags += ["--provenance", "reconstruction", "--formats", "svg", "--width", "one_column"]
    page = results / "figures.html"
    assert main(["list-figures", *flags, "--out", str(page)]) == 0
    text = page.read_text("utf-8")
    assert "<script" not in text
    assert text.index("These are not the survey") < text.index("2 figures")
    assert "2 of them need more room and are wider than asked" in text
    links = re.findall(r'(?:href|src)="([^"#]+)"', text)
    assert len(links) == 10
    for link in links:
        assert (results / unquote(link)).is_file(), link
    assert main(["list-figures", *flags, "--out", str(page)]) == 0
    assert page.read_text("utf-8") == text
