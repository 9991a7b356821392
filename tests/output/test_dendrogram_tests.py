"""The tests of merges on the dendrogram: what is written, where, and what is said of them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, render
from buildingtrusts.output.figures.trees import (
    COLUMNS,
    TEST_COLUMNS,
    draw_dendrogram,
    group_by_merge,
)
from buildingtrusts.output.figures.typology import drawn_typology
from buildingtrusts.output.figures.words import p_text
from buildingtrusts.output.tables import read_table, write_result
from buildingtrusts.statistics.linkage import Tree, build_tree
from buildingtrusts.statistics.partitions import partition_tree


def tree_of(n: int, linkage: str = "average") -> dict[str, pd.DataFrame]:
    draw = np.random.default_rng(n)
    scores = draw.standard_normal((n, 6)) + 2 * draw.integers(0, 2, (n, 1))
    names = [f"MAT {number}" for number in range(1, n + 1)]
    return cut(build_tree(scores, names, linkage), [2, 3])


def cut(tree: Tree, k: list[int]) -> dict[str, pd.DataFrame]:
    """The tables of a tree's cuts, each cluster being a type of its own."""
    tables = partition_tree(tree, k).tables()
    return {**tables, "clusters": tables["cuts"].assign(type_id=tables["cuts"]["cluster"])}


def invented_tests(linkage: pd.DataFrame) -> pd.DataFrame:
    """Tests of every merge, with the p of SHC where ten trusts or more are joined."""
    draw = np.random.default_rng(1)
    rows: list[tuple[object, ...]] = []
    for step, size in linkage[["step", "size"]].itertuples(index=False):
        p = draw.random() if size >= 10 else np.nan
        rows.append((step, "shc", p, 0 if np.isnan(p) else 99, 0.05 if size == len(linkage) else 0))
        rows.append((step, "selective", draw.random() ** 3, 99, np.nan))
    return pd.DataFrame(rows, columns=["step", "method", "p_value", "draws", "level"])


def drawn(n: int, linkage: str = "average", k: int = 3) -> tuple[Drawing, pd.DataFrame]:
    tables = tree_of(n, linkage)
    tests = invented_tests(tables["linkage"])
    typology = drawn_typology(tables["clusters"], k)
    return (
        draw_dendrogram(tables["linkage"], tables["leaf_order"], typology, "Method", tests),
        tests,
    )


def p_words(drawing: Drawing) -> list[Text]:
    return [
        text for text in drawing.figure.findobj(Text) if text.get_text().startswith(("G: ", "S: "))
    ]


def boxes_of(drawing: Drawing) -> np.ndarray:
    """Extents of the p, in inches."""
    drawing.figure.set_dpi(150)
    canvas = FigureCanvasAgg(drawing.figure)
    with style.settings():
        canvas.draw()
        found = [one.get_window_extent(canvas.get_renderer()) for one in p_words(drawing)]
    return np.array([box.extents for box in found]) / 150


def lines_of(drawing: Drawing) -> list[np.ndarray]:
    """Straight pieces of the branches and the cut, in inches: left, low, right, high."""
    axes = drawing.figure.axes[0]
    pieces = []
    for line in axes.get_lines():
        points = line.get_transform().transform(line.get_xydata()) / drawing.figure.dpi
        for start, end in pairwise(points):
            pieces.append(np.concatenate([np.minimum(start, end), np.maximum(start, end)]))
    return pieces


def cross(one: np.ndarray, other: np.ndarray, slack: float = 0.01) -> bool:
    apart = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    return bool((apart > slack).all())


def test_without_tests_the_figure_is_what_it_was() -> None:
    tables = tree_of(17)
    typology = drawn_typology(tables["clusters"], 3)
    before = draw_dendrogram(tables["linkage"], tables["leaf_order"], typology, "Method")
    empty = draw_dendrogram(
        *(tables["linkage"], tables["leaf_order"], typology, "Method"),
        invented_tests(tables["linkage"]).iloc[:0],
    )
    assert tuple(before.data.columns) == COLUMNS
    assert not p_words(before)
    assert "exploratory" not in before.caption + before.alt_text
    assert render(before, ["svg"], 100) == render(empty, ["svg"], 100)


def test_the_data_have_every_p_beside_its_merge() -> None:
    drawing, tests = drawn(17)
    assert tuple(drawing.data.columns) == (*COLUMNS, *TEST_COLUMNS)
    merges = drawing.data[drawing.data["element"] == "merge"]
    for method, column in (("shc", "shc_p"), ("selective", "selective_p")):
        expected = tests[tests["method"] == method]["p_value"].to_numpy()
        np.testing.assert_array_equal(merges[column].to_numpy(), expected)
    others = drawing.data[drawing.data["element"] != "merge"]
    assert others[list(TEST_COLUMNS)].isna().all(axis=None)


@pytest.mark.parametrize("linkage", ["average", "single", "ward"])
@pytest.mark.parametrize("n", [4, 17, 60])
def test_no_p_covers_another_or_a_line_or_leaves_the_figure(n: int, linkage: str) -> None:
    drawing, _ = drawn(n, linkage)
    boxes = boxes_of(drawing)
    assert len(boxes)
    width, height = drawing.figure.get_size_inches()
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2:] <= (width, height)).all()
    for place, one in enumerate(boxes):
        assert not any(cross(one, other) for other in boxes[place + 1 :])
        # A line has no height, so it crosses a box if it runs through its inside.
        inside = one + np.array([0.01, 0.015, -0.01, -0.015])
        assert not any(cross(inside, piece, -1e-9) for piece in lines_of(drawing))


@pytest.mark.parametrize("linkage", ["average", "complete", "ward"])
def test_seventeen_trusts_have_nearly_every_p_and_the_last_merge_always(linkage: str) -> None:
    drawing, tests = drawn(17, linkage)
    written = [one.get_text() for one in p_words(drawing)]
    assert len(written) >= 0.85 * tests["p_value"].count()
    last = tests[tests["step"] == tests["step"].iloc[-1]].set_index("method")["p_value"]
    assert f"S: {p_text(last['selective'])}" in written


def test_where_room_is_short_the_highest_merges_have_it() -> None:
    """Thirty trusts in a row, each a little further from the last: heights hardly differ."""
    scores = np.cumsum(1 + 0.1 * np.arange(30))[:, None]
    names = [f"MAT {number}" for number in range(1, 31)]
    tables = cut(build_tree(scores, names, "single"), [2])
    tests = invented_tests(tables["linkage"])
    tests["p_value"] = (tests["step"] / 100).where(tests["p_value"].notna())
    drawing = draw_dendrogram(
        *(tables["linkage"], tables["leaf_order"], drawn_typology(tables["clusters"], 2), ""),
        tests,
    )
    written = [one.get_text() for one in p_words(drawing)]
    # Every other merge has room, so that who is served first decides which ones those are.
    shown = [f"S: {p_text(step / 100)}" in written for step in range(29, 0, -1)]
    assert shown[0]
    assert shown[5:13] == [True, False] * 4


def test_a_p_stands_at_its_own_merge() -> None:
    drawing, _ = drawn(17)
    axes = drawing.figure.axes[0]
    merges = drawing.data[drawing.data["element"] == "merge"]
    boxes = boxes_of(drawing)
    for words, box in zip(p_words(drawing), boxes, strict=True):
        if words.get_text().startswith("S: "):
            of_merge = merges[merges["selective_p"].map(p_text) == words.get_text()[3:]]
            bars = axes.transData.transform(of_merge[["height", "position"]].to_numpy()) / 150
            across = np.minimum(abs(bars[:, 0] - box[0]), abs(bars[:, 0] - box[2]))
            assert across.min() < 0.06, words.get_text()


def test_a_star_marks_what_may_be_claimed_and_the_letters_tell_the_tests_apart() -> None:
    tables = tree_of(17)
    tests = invented_tests(tables["linkage"])
    last = tests["step"] == tests["step"].iloc[-1]
    tests.loc[last & (tests["method"] == "shc"), ["p_value", "level"]] = (0.04, 0.05)
    tests.loc[~last & tests["p_value"].notna() & (tests["method"] == "shc"), "p_value"] = 0.001
    typology = drawn_typology(tables["clusters"], 3)
    drawing = draw_dendrogram(tables["linkage"], tables["leaf_order"], typology, "", tests)
    written = [one.get_text() for one in p_words(drawing)]
    assert [one for one in written if one.endswith("*")] == ["G: p = 0.040*"]
    assert "1 merge would be claimed" in drawing.alt_text
    assert "p = 0.040" in drawing.alt_text


def test_the_caption_says_that_tests_are_exploratory_and_enter_no_verdict() -> None:
    drawing, _ = drawn(17)
    assert "exploratory" in drawing.caption
    assert "never enter the verdict" in drawing.caption
    few, _ = drawn(4)
    assert "G: " not in few.caption
    assert "S: " in few.caption
    assert "Gaussian" not in few.alt_text


def test_a_table_that_was_read_from_its_file_is_grouped_alike(tmp_path: Path) -> None:
    _, tests = drawn(17)
    write_result(tmp_path / "merge_tests.csv", tests)
    found = group_by_merge(read_table(tmp_path / "merge_tests.csv"))
    # As text, because nothing equals a missing number.
    assert str(found) == str(group_by_merge(tests))
    assert len(found) == 16
