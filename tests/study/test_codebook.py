"""The codebook: what is asked, which answers a scale allows, and what is wrong with a row."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.study.codebook import (
    COLUMNS,
    Codebook,
    Item,
    codebook_lines,
    load_codebook,
    read_wave_codebook,
    wave_codebook_text,
)
from buildingtrusts.study.problems import InputProblems

ROOT = Path(__file__).resolve().parents[2]
HEADER = ",".join(COLUMNS)
SOUND = "2031,strategy,vision,Vision,Sharing a vision,1,10,1,Low,High,,kept,"


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    file = folder / "codebook.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def problems(file: Path, *waves: str) -> list[tuple[int | None, str | None, str | None]]:
    with pytest.raises(InputProblems) as refused:
        load_codebook(file, waves or ["2031"])
    return [(one.line, one.column, one.value) for one in refused.value.problems]


def test_a_row_is_an_item_with_its_scale(tmp_path: Path) -> None:
    row = SOUND.replace(",,kept,", ',"Q1; A vision, shared",split,old_vision; older')
    ((item,),) = (one.items for one in load_codebook(written(tmp_path, row), ["2031"]).values())
    assert item == Item(
        *("strategy", "vision", "Vision", "Sharing a vision", 1.0, 10.0, 1.0, "Low", "High"),
        aliases=("Q1", "A vision, shared"),
        status="split",
        previous_items=("old_vision", "older"),
    )
    assert item.column == "strategy__vision"


@pytest.mark.parametrize(
    ("scale", "options", "whole"),
    [
        ((1.0, 10.0, 1.0), 10, True),
        ((0.0, 10.0, 1.0), 11, True),
        ((1.0, 5.0, 0.5), 9, False),
        ((0.0, 1.0, 0.1), 11, False),
        ((0.5, 9.5, 1.0), 10, False),
        ((None, None, None), None, False),
    ],
)
def test_a_scale_has_so_many_answers(
    scale: tuple[float | None, float | None, float | None], options: int | None, whole: bool
) -> None:
    item = Item("s", "q", "", "", *scale)
    assert (item.n_options, item.whole_numbers) == (options, whole)


def test_blocks_and_items_keep_the_order_of_the_questionnaire(tmp_path: Path) -> None:
    rows = [SOUND.replace("strategy,vision", pair) for pair in ("b,z", "a,y", "b,x")]
    codebook = load_codebook(written(tmp_path, *rows), ["2031"])["2031"]
    assert codebook.blocks == ("b", "a")
    assert [item.item for item in codebook.block("b")] == ["z", "x"]
    assert codebook.columns == ["b__z", "a__y", "b__x"]
    assert codebook.block("c") == ()


def test_each_wave_gets_its_own_rows(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND, SOUND.replace("2031", "2032").replace("vision", "identity"))
    found = load_codebook(file, ["2031", "2032"])
    assert [item.item for item in found["2032"].items] == ["identity"]
    alone = load_codebook(file, ["2031"], others_allowed=True)
    assert [item.item for item in alone["2031"].items] == ["vision"]


def test_an_item_without_a_label_is_called_by_its_name(tmp_path: Path) -> None:
    codebook = load_codebook(written(tmp_path, SOUND.replace("Vision,Sh", ",Sh")), ["2031"])["2031"]
    assert codebook.items[0].label == "vision"


def test_the_waves_rows_read_back_as_they_were_written(tmp_path: Path) -> None:
    codebook = Codebook(
        (
            Item(
                "s",
                "q",
                'A "label"',
                "One,\ntwo",
                1.0,
                1_234_567.0,
                1.0,
                "Low",
                "High",
                ("Q1", "Q 2"),
            ),
            Item("s", "r", "R", "", 0.0, 1.0, 0.0625, status="new", previous_items=("q", "p")),
            Item("t", "q", "Q", "", None, None, None),
        )
    )
    file = tmp_path / "codebook.csv"
    file.write_text(wave_codebook_text("2031", codebook), encoding="utf-8", newline="")
    assert read_wave_codebook(file) == codebook
    assert load_codebook(file, ["2031"])["2031"] == codebook


def test_the_shipped_codebooks_are_sound() -> None:
    waves = ["2017-reconstruction", "2024-illustration"]
    book = load_codebook(ROOT / "config" / "codebook.csv", waves)
    wave = book["2017-reconstruction"]
    assert [len(wave.block(name)) for name in ("strategy", "operations")] == [10, 15]
    assert {item.n_options for item in wave.block("strategy")} == {10}
    assert {item.n_options for item in wave.block("operations")} == {11}
    later = book["2024-illustration"]
    assert [len(later.block(name)) for name in ("strategy", "operations")] == [13, 18]
    assert {item.status for item in later.items} == {"kept", "reworded", "split", "merged", "new"}
    load_codebook(ROOT / "examples" / "minimal" / "codebook.csv", ["2030-illustration"])


def test_all_that_is_wrong_with_rows_is_told_at_once(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        SOUND,
        SOUND.replace("2031", "2035").replace("vision", "identity"),
        SOUND.replace("vision", "Vision 2"),
        SOUND.replace("strategy", "stra__tegy"),
        SOUND.replace("vision", "other").replace("kept", "changed"),
        SOUND.replace("vision", "open").replace("1,10,1", "1,,1"),
        SOUND.replace("vision", "words").replace("1,10,1", "one,10,1"),
        SOUND.replace("vision", "upside").replace("1,10,1", "10,1,1"),
        SOUND.replace("vision", "uneven").replace("1,10,1", "1,10,2"),
        SOUND.replace("vision", "still").replace("1,10,1", "1,10,0"),
    )
    assert problems(file) == [
        (3, "wave", "2035"),
        (4, "item", "Vision 2"),
        (5, "block", "stra__tegy"),
        (6, "status", "changed"),
        (7, "max", ""),
        (8, "min", "one"),
        (9, "min", "10, 1, 1"),
        (10, "min", "1, 10, 2"),
        (11, "min", "1, 10, 0"),
    ]


def test_an_item_listed_twice_is_told_on_both_lines(tmp_path: Path) -> None:
    assert problems(written(tmp_path, SOUND, SOUND)) == [
        (2, "item", "vision"),
        (3, "item", "vision"),
    ]


def test_an_item_of_one_name_in_two_blocks_is_two_items(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND, SOUND.replace("strategy", "operations"))
    assert len(load_codebook(file, ["2031"])["2031"].items) == 2


def test_a_header_that_stands_for_two_items_is_told(tmp_path: Path) -> None:
    rows = [
        SOUND.replace(",,kept", ",Q1,kept"),
        SOUND.replace("vision", "identity").replace(",,kept", ",Q1; strategy__vision,kept"),
    ]
    assert problems(written(tmp_path, *rows)) == [
        (3, "aliases", "Q1"),
        (3, "aliases", "strategy__vision"),
    ]


def test_a_declared_wave_without_items_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputProblems, match="The wave '2032' is declared, so the codebook has its"):
        load_codebook(written(tmp_path, SOUND), ["2031", "2032"])


def test_a_row_with_a_comma_too_many_is_told_with_its_line(tmp_path: Path) -> None:
    long = SOUND.replace("Sharing a vision", "Sharing, a vision")
    assert problems(written(tmp_path, SOUND, "", long)) == [(4, None, None)]


def test_a_header_in_another_order_is_told(tmp_path: Path) -> None:
    header = HEADER.replace("wave,block", "block,wave")
    assert problems(written(tmp_path, SOUND, header=header)) == [
        (1, None, header.replace(",", ", "))
    ]


@pytest.mark.parametrize("content", [b"", b"wave,\xe9\n", b'wave,"block\n'])
def test_a_file_that_is_no_codebook_is_a_problem_and_no_crash(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "codebook.csv").write_bytes(content)
    assert len(problems(tmp_path / "codebook.csv")) == 1


def test_a_codebook_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert len(load_codebook(file, ["2031"])["2031"].items) == 1


def test_the_clustered_block_is_one_that_the_wave_has() -> None:
    codebook = Codebook((Item("s", "q", "", "", 1.0, 10.0, 1.0),))
    assert codebook.clustered_block("s", "codebook.csv") == codebook.items
    with pytest.raises(InputProblems, match="The block that is clustered is one of: s"):
        codebook.clustered_block("t", "codebook.csv")


def test_a_dropped_item_is_kept_apart_and_written_back(tmp_path: Path) -> None:
    dropped = SOUND.replace("vision", "office").replace(SOUND.split(",")[11], "dropped")
    file = written(tmp_path, SOUND, dropped)
    book = load_codebook(file, ["2031"])["2031"]
    assert [one.item for one in book.items] == ["vision"]
    assert [one.item for one in book.dropped] == ["office"]
    assert book.columns == ["strategy__vision"]
    assert len(book.rows()) == 2
    again = tmp_path / "again.csv"
    again.write_text(wave_codebook_text("2031", book), encoding="utf-8")
    assert read_wave_codebook(again) == book
    assert codebook_lines(file)["2031", "strategy", "office"] == 3


def test_a_wave_that_drops_everything_asks_nothing(tmp_path: Path) -> None:
    dropped = SOUND.replace(SOUND.split(",")[11], "dropped")
    with pytest.raises(InputProblems, match="so the codebook has its items"):
        load_codebook(written(tmp_path, dropped), ["2031"])
