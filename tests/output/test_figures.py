"""Every figure shows what its tables hold, says so in words, and keeps its words apart."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_hex
from matplotlib.text import Text

from buildingtrusts.output.figures import STUDY_FIGURES, style
from buildingtrusts.output.figures.drawing import Drawing
from buildingtrusts.output.figures.operating import Reference
from buildingtrusts.output.figures.study import StudyMaterial, draw_study_figure
from buildingtrusts.output.figures.trees import cut_height, lay_out
from buildingtrusts.output.figures.wave import WaveMaterial, draw_wave_figure

from .conftest import BLOCKS, EVERY_WAVE_FIGURE, codebook_of, read_wave, responses_of, write_wave

EVERY_FIGURE = [("wave", name) for name in EVERY_WAVE_FIGURE] + [
    ("study", n) for n in STUDY_FIGURES
]


def drawn(kind: str, name: str, wave: WaveMaterial, study: StudyMaterial) -> Drawing:
    return draw_wave_figure(name, wave) if kind == "wave" else draw_study_figure(name, study)


def words_of(drawing: Drawing) -> list[str]:
    return [text.get_text() for text in drawing.figure.findobj(Text)]


def boxes_of(drawing: Drawing) -> dict[str, np.ndarray]:
    """Extent of each text that is drawn, by its place and words, in inches."""
    boxes: dict[str, np.ndarray] = {}
    draw = Text.draw

    def watched(text: Text, renderer: RendererAgg) -> None:
        draw(text, renderer)
        if text.get_visible() and text.get_text().strip():
            extent = text.get_window_extent(renderer)
            boxes[f"{len(boxes)} {text.get_text()!r}"] = extent.extents / 150

    drawing.figure.set_dpi(150)
    with style.settings(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", watched)
        FigureCanvasAgg(drawing.figure).draw()
    return boxes


def covered(one: np.ndarray, other: np.ndarray) -> float:
    """Share of the smaller box that the other covers."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(across, 0) * max(up, 0) / smaller


@pytest.mark.parametrize(("kind", "name"), EVERY_FIGURE)
def test_every_figure_has_its_name_title_caption_and_data(
    kind: str, name: str, wave: WaveMaterial, study: StudyMaterial
) -> None:
    drawing = drawn(kind, name, wave, study)
    assert drawing.name == name
    assert drawing.title
    assert drawing.caption
    assert len(drawing.data)
    assert "missing" not in drawing.data.columns


@pytest.mark.parametrize(("kind", "name"), EVERY_FIGURE)
def test_the_alternative_text_tells_numbers_of_the_data(
    kind: str, name: str, wave: WaveMaterial, study: StudyMaterial
) -> None:
    drawing = drawn(kind, name, wave, study)
    told = re.findall(r"−?\d+(?:\.\d+)?", drawing.alt_text.replace(",", ""))
    numbers = drawing.data.select_dtypes("number").to_numpy(dtype=float).ravel()
    # Percentages are shares times a hundred.
    known = np.concatenate([numbers, 100 * numbers])
    written = {f"{value:.{places}f}" for value in known if value == value for places in (0, 1, 2)}
    assert {one.replace("−", "-") for one in told} & written, drawing.alt_text
    assert drawing.alt_text.endswith(".")
    assert not re.search(r"\bnan\b", drawing.alt_text)


@pytest.mark.parametrize(("kind", "name"), EVERY_FIGURE)
def test_words_lie_inside_the_figure_and_apart(
    kind: str, name: str, wave: WaveMaterial, study: StudyMaterial
) -> None:
    drawing = drawn(kind, name, wave, study)
    boxes = boxes_of(drawing)
    width, height = drawing.figure.get_size_inches()
    for words, (left, low, right, high) in boxes.items():
        assert left >= 0, words
        assert low >= style.stamp_height(width) - 0.02, f"{words} is where the stamp goes"
        assert right <= width, words
        assert high <= height, words
    strip = style.stamp_height(width) / height
    assert all(axes.get_position().y0 > strip for axes in drawing.figure.axes)
    names = list(boxes)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            # Numbers inside markers may meet where trusts or clusters do.
            if not re.fullmatch(r"\d+ '[0-9CS]'", one) and not re.fullmatch(
                r"\d+ '[0-9CS]'", other
            ):
                assert covered(boxes[one], boxes[other]) < 0.05, f"{one} and {other}"


@pytest.mark.parametrize("name", EVERY_WAVE_FIGURE)
def test_a_wave_with_long_words_and_many_trusts_is_drawn(
    name: str, crowded_wave: WaveMaterial
) -> None:
    drawing = draw_wave_figure(name, crowded_wave)
    width, height = drawing.figure.get_size_inches()
    assert height <= 14
    for words, (left, low, right, high) in boxes_of(drawing).items():
        assert left >= -0.01, words
        assert low >= -0.01, words
        assert right <= width + 0.01, words
        assert high <= height + 0.01, words


@pytest.fixture(scope="module")
def crowded_wave(tmp_path_factory: pytest.TempPathFactory) -> WaveMaterial:
    """Forty-five trusts, and labels as long as questions."""
    codebook = codebook_of(BLOCKS)
    long = type(codebook)(
        tuple(
            replace(item, label=f"{item.label} with $money$ and a good many more words_to read")
            for item in codebook.items
        )
    )
    folder = tmp_path_factory.mktemp("crowded")
    return read_wave(write_wave(folder, long, responses_of(long, [0, 1, 1, 2, 0] * 9)), k=4)


def branch_colours(drawing: Drawing) -> dict[tuple[float, float], str]:
    """Colour of each drawn line that starts at a leaf, by the leaf's place."""
    lines = drawing.figure.axes[0].get_lines()
    colours = {}
    for line in lines:
        heights, places = line.get_xdata(), line.get_ydata()
        for height, place in ((heights[0], places[0]), (heights[-1], places[-1])):
            # Lines drawn later lie on top.
            if height == 0 and len(set(places)) >= 1:
                colours[float(place)] = to_hex(line.get_color()).upper()
    return colours


@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_dendrogram_agrees_with_the_table_of_clusters(wave: WaveMaterial, k: int) -> None:
    of_k = wave.tables["clusters"].query("k == @k").set_index("mat_id")
    drawing = draw_wave_figure("dendrogram", replace(wave, k=k))
    leaves = drawing.data[drawing.data["element"] == "leaf"].set_index("name")
    assert leaves["cluster"].to_dict() == of_k["cluster"].to_dict()
    colours = branch_colours(drawing)
    for mat, position in leaves["position"].items():
        assert colours[position] == style.colour_of(int(of_k.at[mat, "type_id"])), mat
    assert {f"Cluster {number}" for number in of_k["cluster"]} <= set(words_of(drawing))


@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_cut_line_crosses_one_branch_of_each_cluster(wave: WaveMaterial, k: int) -> None:
    typology = replace(wave, k=k).typology
    cut = cut_height(wave.tables["linkage"], k)
    branches = lay_out(wave.tables["linkage"], wave.tables["leaf_order"], typology)
    crossed = [
        cluster
        for branch in branches
        for (_, height), cluster in zip(branch.ends, branch.end_clusters, strict=True)
        if height < cut < branch.height
    ]
    assert sorted(crossed) == typology.clusters


def test_colours_follow_the_type_and_not_the_number_of_a_cluster(wave: WaveMaterial) -> None:
    other = wave.tables["clusters"].assign(type_id=lambda table: table["cluster"] % 3 + 4)
    turned = replace(wave, tables={**wave.tables, "clusters": other})
    leaves = draw_wave_figure("dendrogram", turned).data.query("element == 'leaf'")
    colours = branch_colours(draw_wave_figure("dendrogram", turned))
    for cluster, position in zip(leaves["cluster"], leaves["position"], strict=True):
        assert colours[position] == style.PALETTE[(int(cluster) % 3 + 3) % 6]


def test_a_legend_names_the_type_where_it_goes_by_another_number(wave: WaveMaterial) -> None:
    assert wave.typology.title(1).startswith("Cluster 1 (")
    other = wave.tables["clusters"].assign(type_id=lambda table: 4 - table["cluster"])
    turned = replace(wave, k=3, tables={**wave.tables, "clusters": other}).typology
    assert [turned.title(one).split(" (")[0] for one in turned.clusters] == [
        *("Cluster 1, type 3", "Cluster 2, type 2", "Cluster 3, type 1")
    ]


def test_a_type_after_the_last_colour_takes_the_first_again(wave: WaveMaterial) -> None:
    other = wave.tables["clusters"].assign(type_id=lambda table: table["cluster"] + 9)
    turned = replace(wave, k=2, tables={**wave.tables, "clusters": other})
    for name in EVERY_WAVE_FIGURE:
        draw_wave_figure(name, turned)


def test_types_are_told_apart_without_colour() -> None:
    looks = {(style.marker_of(one), style.hatch_of(one)) for one in range(1, 7)}
    assert len(looks) == 6


def test_the_bars_of_the_silhouette_plot_are_the_data(wave: WaveMaterial) -> None:
    drawing = draw_wave_figure("silhouettes", wave)
    bars = [patch.get_width() for patch in drawing.figure.axes[0].patches]
    expected = drawing.data.query("panel == 'trusts'")["width"].to_list()
    assert bars == pytest.approx(expected)
    of_k = wave.tables["silhouettes"].query("k == 3").set_index("mat_id")["width"]
    assert drawing.data.query("panel == 'trusts'").set_index("mat_id")["width"].to_dict() == (
        of_k.to_dict()
    )


def test_the_shades_of_the_heatmap_are_the_scores(wave: WaveMaterial) -> None:
    drawing = draw_wave_figure("heatmap", wave)
    grids = [mesh for axes in drawing.figure.axes for mesh in axes.collections]
    shown = next(np.asarray(one.get_array()) for one in grids if one.get_array() is not None)
    assert shown.ravel() == pytest.approx(drawing.data["mean"].to_numpy())
    scores = wave.tables["scores"].set_index(["mat_id", "block", "item"])["mean"]
    for row in drawing.data.itertuples():
        assert row.mean == scores[row.mat_id, row.block, row.item]
    assert drawing.data["mat_id"].drop_duplicates().tolist() == (
        wave.tables["leaf_order"]["mat_id"].tolist()
    )


def test_the_markers_of_the_profiles_are_the_scaled_means(wave: WaveMaterial) -> None:
    drawing = draw_wave_figure("figure_2_strategy_profiles", wave)
    axes = drawing.figure.axes[0]
    shown = [
        value
        for line in axes.get_lines()
        if line.get_marker() != "None"
        for value in line.get_xdata()
    ]
    data = drawing.data.sort_values("cluster", kind="stable")
    assert shown == pytest.approx(data["value"].to_list())
    profiles = wave.tables["profiles"].query(
        "k == 3 and role == 'all' and weighting == 'responses' and block == 'strategy'"
    )
    expected = profiles.set_index(["item", "cluster"])["scaled_mean"].to_dict()
    found = drawing.data.set_index(["item", "cluster"])["value"].to_dict()
    assert found == expected


def test_intervals_of_the_profiles_are_on_the_scale_of_the_means(wave: WaveMaterial) -> None:
    """The interval of a mean, scaled, holds the scaled mean at the same place within it."""
    data = draw_wave_figure("figure_2_strategy_profiles", wave).data
    profiles = wave.tables["profiles"].query(
        "k == 3 and role == 'all' and weighting == 'responses' and block == 'strategy'"
    )
    both = data.merge(profiles, on=["item", "cluster"])
    there = (both["value"] - both["low"]) / (both["high"] - both["low"])
    here = (both["mean"] - both["ci_low"]) / (both["ci_high"] - both["ci_low"])
    assert there.to_numpy() == pytest.approx(here.to_numpy())


def test_the_distribution_counts_every_answer_of_the_scale(wave: WaveMaterial) -> None:
    drawing = draw_wave_figure("figure_3_pupil_policies", wave)
    assert drawing.data["value"].tolist() == list(range(11))
    given = wave.tables["ceo"].query("item == 'pupil_policies'")["value"]
    assert drawing.data["n"].sum() == len(given)
    for value, n in drawing.data.itertuples(index=False):
        assert n == (given == value).sum()


def test_chief_executives_are_ordered_by_the_scaling_statement(wave: WaveMaterial) -> None:
    data = draw_wave_figure("figure_5_improvement_approaches", wave).data
    first = data[data["item"] == "scaling_model"]
    assert first["value"].dropna().is_monotonic_increasing
    assert set(data["item"]) == {
        *("scaling_model", "collaborative_convergence", "consistent_pedagogy")
    }


def test_the_segments_of_the_cross_tabulation_add_up(wave: WaveMaterial) -> None:
    drawing = draw_wave_figure("crosstabs", wave)
    assert "performance_flags" not in set(drawing.data["attribute"])
    drawn_bars = sum(patch.get_width() for axes in drawing.figure.axes for patch in axes.patches)
    assert drawn_bars == pytest.approx(drawing.data["n"].sum())
    by_attribute = drawing.data.groupby("attribute")["n"].sum()
    assert (by_attribute == len(wave.typology.cluster_of)).all()


def test_segments_of_a_bar_lie_side_by_side(wave: WaveMaterial) -> None:
    for axes in draw_wave_figure("crosstabs", wave).figure.axes:
        rows: dict[float, list[tuple[float, float]]] = {}
        for bar in axes.patches:
            rows.setdefault(bar.get_y(), []).append((bar.get_x(), bar.get_x() + bar.get_width()))
        for segments in rows.values():
            assert segments[0][0] == 0
            ends = [end for _, end in segments]
            assert [start for start, _ in segments[1:]] == ends[:-1]


@pytest.mark.parametrize("statement", ["central by their own account", "central " * 30])
def test_a_published_share_stands_beside_this_waves_and_is_no_finding_of_it(
    wave: WaveMaterial, statement: str
) -> None:
    references = [
        Reference(statement, 61.0, "2024", "A report"),
        Reference("so", 55.0, "2023", "B"),
    ]
    alone = draw_wave_figure("operating_model", wave)
    drawing = draw_wave_figure("operating_model", replace(wave, references=references))
    shares = drawing.data.dropna(subset="percent")
    of_all = alone.data
    central = (of_all["place"] == "centralised").sum()
    assert shares["percent"].tolist() == [100 * central / len(of_all), 61.0, 55.0]
    assert f"This wave: {central} of {len(of_all)} trusts" in words_of(drawing)
    assert any(words.startswith("Published benchmark, 2024") for words in words_of(drawing))
    caption = drawing.caption
    assert "definitions differ" in caption
    assert "A report and B" in caption
    assert "61% (published benchmark, 2024" in drawing.alt_text
    assert not any("benchmark" in words for words in words_of(alone))
    width, _ = drawing.figure.get_size_inches()
    for words, (left, low, right, _) in boxes_of(drawing).items():
        assert left >= -0.01, words
        assert right <= width + 0.01, words
        assert low >= style.stamp_height(width) - 0.02, words


def test_places_found_with_other_cut_offs_are_refused(wave: WaveMaterial) -> None:
    with pytest.raises(ValueError, match=r"Draw with the cut-offs"):
        draw_wave_figure("operating_model", replace(wave, cutoffs=(0.5, 1.0)))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("figure_3_pupil_policies", "not asked"),
        ("figure_4_school_improvement", "not asked"),
        ("figure_5_improvement_approaches", "No chief executive"),
        ("figure_6_standardisation", "not asked"),
        ("operating_model", "not asked"),
        ("operations_profiles", "not asked"),
        ("crosstabs", "no attributes"),
        ("associations", "no attributes"),
        ("effectiveness", "not asked"),
        ("performance_by_cluster", "not recorded"),
    ],
)
def test_what_a_wave_did_not_ask_is_said_in_its_figure(
    name: str, reason: str, bare_wave: WaveMaterial
) -> None:
    drawing = draw_wave_figure(name, bare_wave)
    assert reason in drawing.alt_text
    assert any(reason in words for words in words_of(drawing))


@pytest.mark.parametrize(
    "name",
    [
        *("figure_1_clusters", "figure_2_strategy_profiles", "dendrogram", "heatmap"),
        *("silhouettes", "agreement", "ordination", "sample"),
    ],
)
def test_what_a_bare_wave_has_is_drawn(name: str, bare_wave: WaveMaterial) -> None:
    assert "missing" not in draw_wave_figure(name, bare_wave).data.columns


def test_a_partition_too_fine_for_the_trusts_gives_way_to_the_nearest(wave: WaveMaterial) -> None:
    assert replace(wave, k=9).typology.k == 4


def test_without_the_register_the_sample_stands_alone_and_says_how_to_get_it(
    study: StudyMaterial,
) -> None:
    alone = replace(study, population=study.population.assign(extract="", n_population=np.nan))
    drawing = draw_study_figure("sample_phase_mix", alone)
    assert set(drawing.data["group"]) == {"Sample"}
    assert "data/raw/register/README.md" in drawing.caption
    nothing = draw_study_figure(
        "sample_phase_mix",
        replace(study, population=pd.DataFrame(columns=study.population.columns)),
    )
    assert "data/raw/register/README.md" in nothing.alt_text


def test_trusts_of_unknown_level_are_left_out_of_shares_and_counted(study: StudyMaterial) -> None:
    drawing = draw_study_figure("sample_phase_mix", study)
    assert drawing.data.groupby("group")["percent"].sum().to_list() == pytest.approx([100, 100])
    assert "72 of all trusts and 1 of the sample" in drawing.caption


def test_trusts_that_a_source_does_not_list_are_left_out_of_shares_and_counted_apart(
    study: StudyMaterial,
) -> None:
    shares = draw_study_figure("sample_phase_mix", study).data
    row = ("2017-01-19", "phase_mix", "(not covered)", None, 4)
    more = pd.DataFrame([row], columns=study.population.columns)
    table = pd.concat([study.population, more], ignore_index=True)
    drawing = draw_study_figure("sample_phase_mix", replace(study, population=table))
    assert drawing.data.equals(shares)
    assert "because the source does not list them: 4 of the sample." in drawing.caption


def test_performance_that_is_not_covered_is_shown_and_not_averaged(wave: WaveMaterial) -> None:
    drawing = draw_wave_figure("performance_by_cluster", wave)
    table = wave.tables["crosstabs"]
    flags = table[(table["attribute"] == "performance_flags") & (table["k"] == wave.typology.k)]
    more = flags.drop_duplicates("cluster").assign(level="(not covered)", n=2)
    tables = {**wave.tables, "crosstabs": pd.concat([table, more], ignore_index=True)}
    covered = draw_wave_figure("performance_by_cluster", replace(wave, tables=tables))
    assert "(not covered)" in set(covered.data["level"])
    assert any("(not covered)" in words for words in words_of(covered))
    assert covered.caption.endswith(" Trusts at (not covered) are left out of tests.")
    assert "left out of tests" not in drawing.caption
    assert covered.alt_text.startswith(drawing.alt_text)
    assert covered.alt_text.endswith(f" Of {2 * len(more)} trusts they are not known.")


def test_claims_of_two_surveys_are_drawn_apart(study: StudyMaterial) -> None:
    later = study.ledger[study.ledger["basis"] == "emergent"].assign(survey="2024")
    both = replace(study, ledger=pd.concat([study.ledger, later]))
    drawing = draw_study_figure("ledger", both)
    counts = drawing.data.set_index(["survey", "basis", "verdict"])["n"]
    assert counts["2017", "emergent", "differs"] == counts["2024", "emergent", "differs"] == 1
    assert "calibrated" not in counts["2024"]
    assert {"2017", "2024"} <= set(words_of(drawing))
    assert "2 claims of 2024 emergent: 1 “reproduced” and 1 “differs”" in drawing.alt_text


def test_the_ledger_counts_by_basis_and_gives_no_total(study: StudyMaterial) -> None:
    drawing = draw_study_figure("ledger", study)
    counts = drawing.data.set_index(["survey", "basis", "verdict"])["n"]["2017"]
    assert counts["calibrated", "reproduced"] == 2
    assert counts["emergent", "differs"] == 1
    total = str(len(study.ledger))
    assert all(total not in words for words in words_of(drawing))
    assert total not in drawing.alt_text
