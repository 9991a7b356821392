"""The specification curve shows p in order, agreement and choices, and where the report stands."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.figures import FORMATS, style
from buildingtrusts.output.figures.drawing import Drawing, render, save_drawing
from buildingtrusts.output.figures.multiverse import BINS, COLUMNS, draw_multiverse

from .test_figures import boxes_of, covered, words_of

REPORTED = {
    **{"linkage": "average", "metric": "euclidean", "scaling": "none", "statistic": "mean"},
    **{"min_responses": 5, "roles": "all", "answers": "available"},
}
LINKAGES = ("average", "complete", "single", "ward")


def multiverse_of(
    k: tuple[int, ...] = (2, 3, 4), report_k: tuple[int, ...] = (2, 3)
) -> pd.DataFrame:
    """A made-up multiverse in which single linkage has the lowest p."""
    rng = np.random.default_rng(5)
    options = product(
        LINKAGES,
        ("euclidean", "manhattan"),
        ("none", "respondent_centred"),
        ("mean", "median"),
        (3, 5, 10),
        ("all", "role_standardised"),
        ("available", "complete"),
        k,
    )
    axes = (*REPORTED, "k")
    frame = pd.DataFrame(options, columns=[*axes])
    low = frame["linkage"] == "single"
    chance = rng.random(len(frame))
    frame["p_value"] = np.ceil(np.where(low, 0.3 * chance, 0.3 + 0.7 * chance) * 100) / 100
    frame["adjusted_rand"] = rng.uniform(-0.1, 1, len(frame))
    frame["mean_silhouette"] = rng.uniform(0.1, 0.4, len(frame))
    own = (frame[list(REPORTED)] == list(REPORTED.values())).all(axis=1) & frame["k"].isin(report_k)
    frame["is_report"] = own.astype(int)
    frame.loc[own, "adjusted_rand"] = 1.0
    frame = frame.assign(n_mats=17, sizes="9;8", draws=99)
    return frame[list(EVIDENCE_TABLES["multiverse"].columns)]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return multiverse_of()


@pytest.fixture(scope="module")
def drawing(table: pd.DataFrame) -> Drawing:
    return draw_multiverse(table)


def panels(drawing: Drawing, k: int) -> list:
    """Curve, agreement and choices of one number of clusters."""
    columns = sorted(drawing.data["k"].unique())
    first = 3 * columns.index(k)
    return drawing.figure.axes[first : first + 3]


def test_the_figure_has_its_name_and_data(drawing: Drawing) -> None:
    assert drawing.name == "multiverse"
    assert tuple(drawing.data.columns) == COLUMNS
    assert set(drawing.data["panel"]) == {"p_value", "adjusted_rand", "choice", "share", "reported"}
    assert drawing.from_answers


@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_curve_is_the_share_of_specifications_up_to_each_p(
    drawing: Drawing, table: pd.DataFrame, k: int
) -> None:
    of_k = table.loc[table["k"] == k, "p_value"]
    curve = drawing.data.query("panel == 'p_value' and k == @k")
    for place, p in curve[["place", "value"]].itertuples(index=False):
        assert place == pytest.approx(100 * (of_k <= p).mean())
    assert curve["n"].sum() == len(of_k)
    (line,) = [
        one for one in panels(drawing, k)[0].get_lines()
        if one.get_linestyle() == "-" and len(one.get_xdata()) > 2
    ]  # fmt: skip
    assert sorted(set(line.get_ydata())) == curve["value"].tolist()
    assert set(line.get_xdata()) == {0.0, *curve["place"]}


def test_the_share_at_five_percent_is_told_for_each_k(
    drawing: Drawing, table: pd.DataFrame
) -> None:
    for k, of_k in table.groupby("k"):
        share = f"{100 * (of_k['p_value'] <= 0.05).mean():.1f}%"
        assert any(words.startswith(share) for words in words_of(drawing))
        assert f"{share} with {k} clusters" in drawing.alt_text


def test_shades_say_how_often_a_choice_is_made_there(drawing: Drawing, table: pd.DataFrame) -> None:
    choices = drawing.data.query("panel == 'choice' and k == 3")
    of_k = table[table["k"] == 3]
    for option in LINKAGES:
        found = choices[choices["option"] == option]["value"].to_numpy()
        # Whole steps of p, so that no tie is divided: a half of all on each side.
        half = of_k.sort_values("p_value")["linkage"].eq(option).to_numpy()
        assert found.mean() == pytest.approx(1)
        assert found[: BINS // 2].mean() == pytest.approx(
            4 * half[: len(half) // 2].mean(), abs=0.1
        )
    images = [image.get_array()[0].tolist() for image in panels(drawing, 3)[2].get_images()]
    drawn = choices.groupby(["axis", "option"], sort=False)["value"].apply(list).tolist()
    assert images == [pytest.approx(row) for row in drawn]
    # Single linkage was made to have the lowest p: dark on the left, white on the right.
    single = choices[choices["option"] == "single"]["value"].to_numpy()
    assert (single[:5] > 3.9).all()
    assert (single[-5:] == 0).all()


def test_every_choice_is_made_as_often_as_expected_over_the_whole_column(drawing: Drawing) -> None:
    choices = drawing.data[drawing.data["panel"] == "choice"]
    for _, of_option in choices.groupby(["k", "axis", "option"]):
        assert of_option["value"].mean() == pytest.approx(1)


def test_specifications_of_one_p_have_no_order(table: pd.DataFrame) -> None:
    """Neither the order of the table nor anything else shows where all p are the same."""
    level = draw_multiverse(table.assign(p_value=0.01)).data
    assert level.loc[level["panel"] == "choice", "value"].to_numpy() == pytest.approx(1)
    for k, rand in level[level["panel"] == "adjusted_rand"].groupby("k"):
        assert rand[["value", "low", "high"]].nunique().tolist() == [1, 1, 1]
        middle = table.loc[table["k"] == k, "adjusted_rand"].median()
        assert rand["value"].iloc[0] == pytest.approx(middle, abs=0.02)
    assert (level.loc[level["panel"] == "reported", "place"] == 50).all()
    turned = draw_multiverse(table.iloc[::-1]).data
    pd.testing.assert_frame_equal(
        *(
            one.sort_values(list(COLUMNS), ignore_index=True)
            for one in (turned, draw_multiverse(table).data)
        )
    )


def test_agreement_is_summarised_over_the_specifications_of_a_bin() -> None:
    """Sixty specifications of different p: two a bin, in order of p."""
    table = multiverse_of((2,), ()).iloc[:60]
    table = table.assign(p_value=np.arange(60, 0, -1) / 60)
    rand = draw_multiverse(table).data.query("panel == 'adjusted_rand'")
    pairs = table["adjusted_rand"].to_numpy()[::-1].reshape(30, 2)
    assert rand["value"].tolist() == rand["low"].tolist() == pairs.min(axis=1).tolist()
    assert rand["high"].tolist() == pairs.max(axis=1).tolist()


@pytest.mark.parametrize("k", [2, 3])
def test_the_reported_specification_is_named_and_marked_in_every_panel(
    drawing: Drawing, table: pd.DataFrame, k: int
) -> None:
    own = table[(table["is_report"] == 1) & (table["k"] == k)].iloc[0]
    curve, rand, choices = panels(drawing, k)
    marks = [
        [line for line in axes.get_lines() if line.get_marker() == "D"]
        for axes in (curve, rand, choices)
    ]
    (place,) = {x for lines in marks for line in lines for x in line.get_xdata()}
    of_k = table[table["k"] == k]["p_value"]
    assert 100 * (of_k < own["p_value"]).mean() < place < 100 * (of_k <= own["p_value"]).mean()
    assert [list(line.get_ydata()) for line in marks[0]] == [[own["p_value"]]]
    assert [list(line.get_ydata()) for line in marks[1]] == [[1.0]]
    assert len(marks[2][0].get_ydata()) == len(REPORTED)
    (arrow,) = [text for text in curve.texts if text.arrow_patch is not None]
    assert arrow.xy == (place, own["p_value"])
    told = [words for words in words_of(drawing) if words.startswith("Reported: p")]
    assert len(told) == 2
    assert f"{own['mean_silhouette']:.2f}" in drawing.alt_text
    middle = table.loc[table["k"] == k, "adjusted_rand"].median()
    assert f"the median adjusted Rand index of its column is {middle:.2f}." in drawing.alt_text


def test_diamonds_stand_in_the_rows_of_the_reported_options(drawing: Drawing) -> None:
    choices = panels(drawing, 2)[2]
    rows = [np.mean(image.get_extent()[2:]) for image in choices.get_images()]
    order = drawing.data.query("panel == 'choice' and k == 2")[["axis", "option"]]
    names = list(order.drop_duplicates().itertuples(index=False, name=None))
    (marks,) = [line for line in choices.get_lines() if line.get_marker() == "D"]
    marked = {names[int(np.argmin(np.abs(np.array(rows) - y)))] for y in marks.get_ydata()}
    assert marked == {(axis, str(option)) for axis, option in REPORTED.items()}


def test_a_number_of_clusters_that_is_not_reported_has_no_mark(drawing: Drawing) -> None:
    for axes in panels(drawing, 4):
        assert not [line for line in axes.get_lines() if line.get_marker() == "D"]
        assert style.PALETTE[3] not in {
            to_hex(line.get_color()).upper() for line in axes.get_lines()
        }


def test_a_report_that_is_not_among_them_is_told() -> None:
    drawing = draw_multiverse(multiverse_of(report_k=()))
    assert "The reported specification is not among them." in drawing.caption
    assert "reported specification" not in drawing.alt_text


@pytest.mark.parametrize(
    ("k", "report_k"), [((2, 3, 4), (2, 3)), ((2,), ()), ((2, 3, 4, 5, 6, 7, 8), (2, 3, 8))]
)
def test_words_lie_inside_the_figure_and_apart(
    k: tuple[int, ...], report_k: tuple[int, ...]
) -> None:
    drawing = draw_multiverse(multiverse_of(k, report_k))
    boxes = boxes_of(drawing)
    width, height = drawing.figure.get_size_inches()
    for words, (left, low, right, high) in boxes.items():
        assert left >= 0, words
        assert low >= style.stamp_height(width) - 0.02, words
        assert right <= width, words
        assert high <= height, words
    names = list(boxes)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            assert covered(boxes[one], boxes[other]) < 0.05, f"{one} and {other}"


def test_one_specification_is_drawn(table: pd.DataFrame) -> None:
    alone = table[table["is_report"] == 1].iloc[:1].assign(adjusted_rand=np.nan)
    drawing = draw_multiverse(alone)
    assert "Of 1 specification," in drawing.alt_text
    assert "nan" not in drawing.alt_text
    assert render(drawing, ["svg"], 60)


def test_no_specification_at_all_is_told(table: pd.DataFrame) -> None:
    drawing = draw_multiverse(table.iloc[:0])
    assert drawing.alt_text == "Nothing is drawn. No specification of this wave makes sense."


def test_size_hardly_depends_on_the_number_of_specifications(table: pd.DataFrame) -> None:
    many = pd.concat([table] * 10, ignore_index=True).assign(is_report=0)
    few_svg, many_svg = (
        len(render(draw_multiverse(one), ["svg"], 60)["svg"])
        for one in (table.assign(is_report=0), many)
    )
    assert many_svg < 1.05 * few_svg < 300_000


def test_two_runs_give_the_same_bytes(table: pd.DataFrame, tmp_path) -> None:
    first = render(draw_multiverse(table), FORMATS, 60, "Stamp")
    assert render(draw_multiverse(table), FORMATS, 60, "Stamp") == first
    save_drawing(tmp_path, draw_multiverse(table), ["svg"], stamp="Stamp")
    assert (tmp_path / "multiverse.txt").read_text("utf-8").endswith("Stamp.\n")
