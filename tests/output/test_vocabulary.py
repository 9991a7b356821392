"""A study's own words are put in, and names from its data are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import nothing_to_draw, save_drawing
from buildingtrusts.output.vocabulary import Vocabulary, speaking, spoken

WORDS = {"trust": "company", "trusts": "companies", "staff": "people"}


def test_words_keep_their_number_and_their_capital() -> None:
    said = Vocabulary(WORDS).say("Trusts differ. A trust's staff, trusts' staff; entrusted.")
    assert said == "Companies differ. A company's people, companies' people; entrusted."


def test_without_words_of_its_own_a_study_says_what_the_package_says() -> None:
    assert spoken("each trust") == "each trust"
    with speaking({"trust": "trust"}):
        assert spoken("each trust") == "each trust"


@pytest.mark.parametrize(
    "text",
    ["Trust in leaders", "Trust in\nleaders", "Trust in lea…", "Rated: “Trust in leaders”."],
    ids=["whole", "folded", "cut short", "quoted"],
)
def test_a_name_from_the_data_stays_as_it_is(text: str) -> None:
    assert Vocabulary(WORDS, frozenset({"Trust in leaders"})).say(text) == text


def test_the_words_end_with_the_block_also_after_an_error() -> None:
    with pytest.raises(RuntimeError), speaking(WORDS):
        raise RuntimeError
    assert spoken("trust") == "trust"


def test_a_figure_is_measured_drawn_and_described_in_the_words_of_the_study(
    tmp_path: Path,
) -> None:
    with speaking(WORDS):
        drawing = nothing_to_draw("sample", "Responses by trust", "No trust answered.")
        assert style.text_width("trusts", 7) == style.text_width("companies", 7)
        save_drawing(tmp_path, drawing, ["svg"])
    for ending in ("svg", "csv", "txt"):
        text = (tmp_path / f"sample.{ending}").read_text("utf-8")
        assert "company answered" in text
        assert "trust" not in text.lower().replace("buildingtrusts", "")
