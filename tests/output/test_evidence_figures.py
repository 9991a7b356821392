"""Every figure of the evidence shows what its tables hold, for few trusts and for many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.output.figures import EVIDENCE_FIGURES, style
from buildingtrusts.output.figures.continuum import Line
from buildingtrusts.output.figures.drawing import Drawing, render
from buildingtrusts.output.figures.evidence import EvidenceMaterial, draw_evidence_figure

from .evidence_tables import (
    NULLS,
    SOURCES,
    STATISTICS,
    long_names,
    made_up,
    made_up_ensemble,
    short_names,
)
from .test_figures import boxes_of, covered, words_of

DRAWN = [name for name in EVIDENCE_FIGURES if name != "multiverse"]
#: Few trusts, as many as in 2017, and many with long names.
WAVES = ("few", "usual", "many")


@cache
def wave_of(wave: str) -> EvidenceMaterial:
    if wave == "few":
        return made_up(short_names(3), 2)
    return made_up(short_names(17), 3) if wave == "usual" else made_up(long_names(60), 7)


@cache
def drawn(name: str, wave: str) -> Drawing:
    return draw_evidence_figure(name, wave_of(wave))


@pytest.fixture
def usual() -> EvidenceMaterial:
    """Seventeen trusts, in three clusters; the test chose four."""
    return wave_of("usual")


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_has_its_name_title_caption_and_data(name: str, wave: str) -> None:
    drawing = drawn(name, wave)
    assert drawing.name == name
    assert drawing.title
    assert drawing.caption
    assert len(drawing.data)
    assert "missing" not in drawing.data.columns


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("name", DRAWN)
def test_the_alternative_text_tells_numbers_of_the_data(name: str, wave: str) -> None:
    drawing = drawn(name, wave)
    told = re.findall(r"−?\d+(?:\.\d+)?", drawing.alt_text.replace(",", ""))
    numbers = drawing.data.select_dtypes("number").to_numpy(dtype=float, na_value=np.nan).ravel()
    known = np.concatenate([numbers, 100 * numbers])
    written = {f"{value:.{places}f}" for value in known if value == value for places in (0, 1, 2)}
    assert {one.replace("−", "-") for one in told} & written, drawing.alt_text
    assert drawing.alt_text.endswith(".")
    assert not re.search(r"\bnan\b|missing", drawing.alt_text)


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("name", DRAWN)
def test_words_lie_inside_the_figure_and_apart(name: str, wave: str) -> None:
    check_words(drawn(name, wave))


def check_words(drawing: Drawing) -> None:
    boxes = boxes_of(drawing)
    width, height = drawing.figure.get_size_inches()
    assert height <= 14
    for words, (left, low, right, high) in boxes.items():
        assert left >= 0, words
        assert low >= style.stamp_height(width) - 0.02, f"{words} is where the stamp goes"
        assert right <= width, words
        assert high <= height, words
    strip = style.stamp_height(width) / height
    assert all(axes.get_position().y0 > strip for axes in drawing.figure.axes)
    # Numbers inside markers may meet where trusts or clusters do.
    names = [one for one in boxes if not re.fullmatch(r"\d+ '\d'", one)]
    for one, other in combinations(names, 2):
        assert covered(boxes[one], boxes[other]) < 0.05, f"{one} and {other}"


@pytest.mark.parametrize("name", EVIDENCE_FIGURES)
def test_a_table_without_rows_is_told_and_not_drawn(name: str, usual: EvidenceMaterial) -> None:
    kept = ("clusters", "leaf_order", "scores")
    tables = {one: frame if one in kept else frame.iloc[:0] for one, frame in usual.tables.items()}
    drawing = draw_evidence_figure(name, replace(usual, tables=tables))
    assert "missing" in drawing.data.columns
    assert drawing.alt_text.startswith("Nothing is drawn.")


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_tables_give_the_same_bytes(name: str, usual: EvidenceMaterial) -> None:
    again = draw_evidence_figure(name, usual)
    first, second = (render(one, ("svg",), 60, "Stamp") for one in (drawn(name, "usual"), again))
    assert first == second


def test_the_null_that_decides_is_drawn_with_every_statistic(usual: EvidenceMaterial) -> None:
    data = drawn("noise", "usual").data
    two_level = data[(data["null"] == "two_level") & (data["scope"] == "k")]
    assert set(two_level["statistic"]) == set(STATISTICS)
    others = data[(data["null"] != "two_level") & (data["scope"] == "k")]
    assert set(others["statistic"]) == {"mean_silhouette"}
    assert set(others["null"]) == set(NULLS) - {"two_level"}


def circles(drawing: Drawing, axes: int, filled: bool) -> list[tuple[float, float]]:
    fill = style.INK if filled else style.PAPER
    return [
        (float(x), float(y))
        for line in drawing.figure.axes[axes].get_lines()
        if line.get_marker() == "o" and line.get_markerfacecolor() == fill
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


def test_filled_circles_are_above_the_95_percent_point_of_their_null(
    usual: EvidenceMaterial,
) -> None:
    drawing = drawn("noise", "usual")
    rows = usual.tables["nulls"].query(
        "null == 'two_level' and statistic == 'mean_silhouette' and scope == 'k'"
    )
    above = rows["observed"] > rows["null_q95"]
    assert above.any()
    assert not above.all()
    for filled, part in ((True, rows[above]), (False, rows[~above])):
        expected = list(zip(part["k"].astype(float), part["observed"], strict=True))
        assert circles(drawing, 0, filled) == expected


@pytest.mark.parametrize(("observed", "word"), [(2.55, "not above"), (2.75, "above")])
def test_the_largest_standardised_silhouette_is_told_with_its_p(
    observed: float, word: str, usual: EvidenceMaterial
) -> None:
    nulls = usual.tables["nulls"].copy()
    best = (nulls["statistic"] == "standardised_silhouette") & (nulls["scope"] == "max")
    nulls.loc[best, "observed"] = observed
    drawing = draw_evidence_figure("noise", replace(usual, tables={**usual.tables, "nulls": nulls}))
    assert f"is {observed}, for 4 clusters, {word} the 95% point" in drawing.alt_text
    assert "p = 0.061" in drawing.alt_text
    assert any("p = 0.061" in words and "at 4" in words for words in words_of(drawing))


def test_the_verdict_and_whether_trusts_differ_stand_above_the_noise(
    usual: EvidenceMaterial,
) -> None:
    said = words_of(drawn("noise", "usual"))
    assert "Verdict of the rule: weak." in " ".join(said)
    assert "pseudo-F 2.31, p = 0.004" in " ".join(said)


def test_stability_shows_the_partition_drawn_and_the_one_that_the_test_chose(
    usual: EvidenceMaterial,
) -> None:
    data = drawn("stability", "usual").data
    assert data["k"].unique().tolist() == [3, 4]
    assert len(data) == len(SOURCES) * (3 + 4)
    same = replace(usual, k=4)
    drawing = draw_evidence_figure("stability", same)
    assert drawing.data["k"].unique().tolist() == [4]
    assert "4 clusters, as drawn, chosen by the test" in words_of(drawing)


def test_the_chosen_number_is_that_of_the_tables_though_reconstructions_disagree(
    usual: EvidenceMaterial,
) -> None:
    undetermined = usual.tables["verdict"].assign(k=np.nan, verdict="not determined")
    of = replace(usual, tables={**usual.tables, "verdict": undetermined})
    assert of.chosen == usual.chosen == 4


def test_a_jaccard_is_told_as_above_its_null_only_if_it_is(usual: EvidenceMaterial) -> None:
    stability = usual.tables["stability"].copy()
    chosen = (stability["k"] == 3) & (stability["source"] == "respondents")
    stability.loc[chosen, "jaccard_mean"] = [0.7, 0.66, 0.5]
    tables = {**usual.tables, "stability": stability}
    drawing = draw_evidence_figure("stability", replace(usual, tables=tables))
    said = set(words_of(drawing))
    assert {"0.70 > 0.66", "0.66 ≤ 0.66", "0.50 ≤ 0.66"} <= said
    assert "cluster 1 lies above the 95% point" in drawing.alt_text


def test_bars_of_the_assignment_add_up_and_start_with_the_own_cluster(
    usual: EvidenceMaterial,
) -> None:
    drawing = drawn("assignment", "usual")
    bars = drawing.figure.axes[0].patches
    assert sum(bar.get_width() for bar in bars) == pytest.approx(17)
    first = drawing.data.drop_duplicates("mat_id")
    assert (first["cluster"] == first["own_cluster"]).all()
    assert first["mat_id"].tolist() == usual.tables["leaf_order"]["mat_id"].tolist()
    own = first.set_index("mat_id")["cluster"].to_dict()
    assert own == usual.typology.cluster_of
    starts = sorted(bar.get_y() for bar in bars if bar.get_x() == 0)
    assert len(starts) == 17


def test_the_grid_of_pairs_is_symmetric_in_the_order_of_the_dendrogram(
    usual: EvidenceMaterial,
) -> None:
    drawing = drawn("co_clustering", "usual")
    mesh = next(one for one in drawing.figure.axes[0].collections if one.get_array() is not None)
    grid = np.ma.filled(np.asarray(mesh.get_array(), dtype=float).reshape(17, 17), np.nan)
    order = usual.tables["leaf_order"]["mat_id"].tolist()
    table = usual.tables["co_clustering"].query("k == 3")
    for one, other, probability in table[["mat_id", "other_id", "probability"]].itertuples(
        index=False
    ):
        row, column = order.index(one), order.index(other)
        assert grid[row, column] == grid[column, row] == probability
    pairs = drawing.data
    assert len(pairs) == 17 * 16 / 2
    assert (pairs["position"] < pairs["other_position"]).all()


def test_outlines_of_the_grid_hold_the_clusters(usual: EvidenceMaterial) -> None:
    outlines = drawn("co_clustering", "usual").figure.axes[0].patches
    order = usual.tables["leaf_order"]["mat_id"].tolist()
    held = {
        frozenset(order[round(box.get_y() + 0.5) : round(box.get_y() + 0.5 + box.get_height())])
        for box in outlines
    }
    typology = usual.typology
    assert held == {frozenset(typology.members(one)) for one in typology.clusters}


def test_each_index_marks_the_number_that_the_table_says_it_chose(
    usual: EvidenceMaterial,
) -> None:
    drawing = drawn("k_choice", "usual")
    diamonds = [
        float(line.get_xdata()[0])
        for axes in drawing.figure.axes
        for line in axes.get_lines()
        if line.get_marker() == "D"
    ]
    table = usual.tables["k_indices"]
    chosen = table[(table["index"] != "vote") & (table["chosen"] == 1)]
    assert diamonds == chosen["k"].tolist()


def test_an_index_without_a_choice_or_without_bound_is_drawn(usual: EvidenceMaterial) -> None:
    table = usual.tables["k_indices"].copy()
    table.loc[table["index"] == "dunn", ["value", "chosen"]] = [np.nan, 0]
    gap = (table["index"] == "gap") & (table["k"] >= 6)
    table.loc[gap, ["value", "se"]] = [np.inf, np.nan]
    tables = {**usual.tables, "k_indices": table}
    drawing = draw_evidence_figure("k_choice", replace(usual, tables=tables))
    assert "not defined" in words_of(drawing)
    assert "without bound" in drawing.caption
    check_words(drawing)


def test_half_votes_are_printed_as_halves(usual: EvidenceMaterial) -> None:
    table = usual.tables["k_indices"].copy()
    table.loc[(table["index"] == "vote") & (table["k"] == 1), "value"] = 0.5
    tables = {**usual.tables, "k_indices": table}
    assert "0.5" in words_of(draw_evidence_figure("k_choice", replace(usual, tables=tables)))


def test_the_line_shows_every_trust_where_it_is(usual: EvidenceMaterial) -> None:
    drawing = drawn("continuum", "usual")
    shown = drawing.data[drawing.data["panel"] == "line"].set_index("mat_id")["position"]
    assert shown.to_dict() == dict(zip(usual.line.mats, usual.line.positions.tolist(), strict=True))
    marks = [
        float(x)
        for line in drawing.figure.axes[0].get_lines()
        if line.get_marker() != "None"
        for x in line.get_xdata()
    ]
    assert sorted(marks) == pytest.approx(sorted(usual.line.positions))


def test_clusters_that_slice_a_line_do_not_overlap_along_it(usual: EvidenceMaterial) -> None:
    clusters = usual.tables["clusters"].query("k == 3")
    place = dict(zip(clusters["mat_id"], clusters["cluster"].astype(float), strict=True))
    sliced = Line(usual.line.mats, np.array([place[mat] for mat in usual.line.mats]), 1.0)
    told = draw_evidence_figure("continuum", replace(usual, line=sliced)).alt_text
    assert "0 of 2 pairs of neighbouring clusters overlap" in told
    crossed = np.tile([-1.0, 1.0], 9)[:17]
    other = Line(usual.line.mats, crossed, 0.5)
    told = draw_evidence_figure("continuum", replace(usual, line=other)).alt_text
    assert "2 of 2 pairs" in told


def test_only_what_exceeds_both_models_is_told_to_speak_for_clusters(
    usual: EvidenceMaterial,
) -> None:
    table = usual.tables["continuum"].copy()
    is_k = table["measure"] != "standardised_silhouette"
    table.loc[is_k, "observed"] = 0.0
    silhouette = table["measure"] == "mean_silhouette"
    table.loc[silhouette & (table["k"] == 5), "observed"] = 0.9
    one = silhouette & (table["k"] == 6) & (table["model"] == "one_factor")
    table.loc[one, "observed"] = 0.9
    # What speaks for a line is no evidence for clusters, however large.
    table.loc[table["measure"] == "axis_eta_squared", "observed"] = 0.99
    tables = {**usual.tables, "continuum": table}
    told = draw_evidence_figure("continuum", replace(usual, tables=tables)).alt_text
    assert told.endswith("Above the 95% points of all models: mean silhouette with 5 clusters.")


def test_every_reconstruction_is_a_marker_of_its_verdict(usual: EvidenceMaterial) -> None:
    drawing = drawn("ensemble", "usual")
    table = usual.tables["ensemble"]
    panels = [
        [line for line in axes.get_lines() if line.get_marker() in "osD"]
        for axes in drawing.figure.axes
    ]
    assert sum(map(len, panels)) == len(table) == len(drawing.data)
    by_shape = {"o": "supported", "s": "weak", "D": "not distinguishable from noise"}
    found = [by_shape[line.get_marker()] for panel in panels for line in panel]
    assert pd.Series(found).value_counts().to_dict() == table["verdict"].value_counts().to_dict()
    first = table[(table["within_sd"] == 1.5) & (table["count_skew"] == 0.4)]
    shown = [float(line.get_xdata()[0]) ** 2 for line in panels[0]]
    assert shown == pytest.approx(first["p_value"].tolist())


def test_reconstructions_that_disagree_leave_the_verdict_undetermined(
    usual: EvidenceMaterial,
) -> None:
    assert "do not determine the verdict" in drawn("ensemble", "usual").alt_text
    table = usual.tables["ensemble"].assign(verdict="weak")
    agreed = draw_evidence_figure(
        "ensemble", replace(usual, tables={**usual.tables, "ensemble": table})
    )
    assert "All agree." in agreed.alt_text
    assert agreed.alt_text.endswith("With 3 clusters, as reported, p is 0.30.")
    assert "“weak” for 108" in agreed.alt_text


@pytest.mark.parametrize(
    ("seeds", "spreads", "skews"),
    [
        (1, (2.0,), (0.8,)),
        (40, (1.5, 2.0, 2.5), (0.4, 0.8, 1.2)),
        (12, (1.0, 1.5, 2.0, 2.5, 3.0), (0.2, 0.4, 0.6, 0.8, 1.0)),
    ],
)
def test_ensembles_of_other_sizes_are_drawn(
    seeds: int, spreads: Sequence[float], skews: Sequence[float], usual: EvidenceMaterial
) -> None:
    table = made_up_ensemble(np.random.default_rng(2), seeds, spreads, skews)
    check_words(
        draw_evidence_figure("ensemble", replace(usual, tables={**usual.tables, "ensemble": table}))
    )
