"""Who moved and what changed, drawn: what stands in the data, the words and their places."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Text

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.alluvial import draw_transitions
from buildingtrusts.output.figures.changes import draw_changes
from buildingtrusts.output.figures.drawing import Drawing
from buildingtrusts.output.figures.paper import drawn_to_fit

from .test_figures import boxes_of, covered, words_of

CHANGE_COLUMNS = [
    *("from_wave", "to_wave", "block", "item", "stratum", "n_mats", "change", "ci_low", "ci_high"),
    "draws",
]
NO_TRANSITIONS = pd.DataFrame(
    columns=["from_wave", "to_wave", "k", "from_cluster", "to_cluster", "n"]
)
NO_AGREEMENT = pd.DataFrame(columns=["from_wave", "to_wave", "k", "n_mats", "adjusted_rand"])
#: Of two waves: counts, and the clusters of the second, which are numbered the other way round.
COUNTS = [[1, 5], [4, 0]]


def typed(waves: Sequence[str], types: Sequence[Sequence[int]], sizes: Sequence[Sequence[int]]):
    before = [None, *waves[:-1]]
    return pd.DataFrame(
        [
            (wave, len(of_wave), place + 1, type_id, of_size[place], matched)
            for wave, matched, of_wave, of_size in zip(waves, before, types, sizes, strict=True)
            for place, type_id in enumerate(of_wave)
        ],
        columns=["wave", "k", "cluster", "type_id", "n_mats", "matched_wave"],
    )


def moved(pairs: Sequence[tuple[str, str]], counts: Sequence[Sequence[Sequence[int]]]):
    rows = [
        (*pair, len(table), start + 1, end + 1, n)
        for pair, table in zip(pairs, counts, strict=True)
        for start, row in enumerate(table)
        for end, n in enumerate(row)
    ]
    agreed = [
        (*pair, len(table), int(np.sum(table)), 0.25)
        for pair, table in zip(pairs, counts, strict=True)
    ]
    return (
        pd.DataFrame(rows, columns=NO_TRANSITIONS.columns),
        pd.DataFrame(agreed, columns=NO_AGREEMENT.columns),
    )


def two_waves() -> Drawing:
    """Eight trusts and twelve; type 1 loses two, gains three; one trust changes its type."""
    transitions, agreement = moved([("2017", "2024")], [COUNTS])
    types = typed(["2017", "2024"], [[1, 2], [2, 1]], [[8, 4], [5, 8]])
    return draw_transitions(transitions, agreement, types, 2)


def test_types_that_share_numbers_and_no_matching_are_told() -> None:
    transitions, agreement = moved([("2017-illustration", "2024")], [COUNTS])
    types = typed(["2017-illustration", "2024"], [[1, 2], [1, 2]], [[8, 4], [5, 8]])
    alone = draw_transitions(transitions, agreement, types.assign(matched_wave=None), 2)
    assert "The types of 2024 are not those of 2017-illustration" in alone.caption
    matched = draw_transitions(transitions, agreement, types, 2)
    assert "are not those of" not in matched.caption


def many_waves(n_waves: int, k: int = 3, each: int = 6, seed: int = 2) -> Drawing:
    draw = np.random.default_rng(seed)
    waves = [f"{2017 + 3 * place}-illustration" for place in range(n_waves)]
    counts = [draw.integers(0, each, (k, k)).tolist() for _ in waves[1:]]
    sizes = [
        [
            max(
                sum(counts[place][one]) if place < n_waves - 1 else 0,
                sum(row[one] for row in counts[place - 1]) if place else 0,
            )
            + 1
            for one in range(k)
        ]
        for place in range(n_waves)
    ]
    types = [draw.permutation(k) + 1 for _ in waves]
    pairs = list(pairwise(waves))
    return draw_transitions(*moved(pairs, counts), typed(waves, types, sizes), k)


def changed(
    n_waves: int = 2, n_items: int = 6, ages: Sequence[str] = ("Under 5 years", "5 or more")
) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    waves = [f"{2017 + 3 * place}-illustration" for place in range(n_waves)]
    strata = ["all", "ceo", "central_team", "school_leader", *(f"trust_age: {one}" for one in ages)]
    rows = []
    for earlier, later in pairwise(waves):
        for number in range(n_items):
            block = "strategy" if number < n_items / 2 else "operations"
            for stratum in strata:
                middle, half = draw.normal(0, 1), draw.uniform(0.2, 1)
                rows.append(
                    (earlier, later, block, f"item_{number}", stratum, 9)
                    + (middle, middle - half, middle + half, 200)
                )
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS)


DRAWINGS = {
    "two waves": two_waves,
    "three waves": lambda: many_waves(3),
    "five waves": lambda: many_waves(5),
    "ten waves": lambda: many_waves(10),
    "many trusts in eight clusters": lambda: many_waves(3, k=8, each=40),
    "change of two waves": lambda: draw_changes(changed(), {}),
    "change of five waves": lambda: draw_changes(changed(5, 24), {}),
    "change of ten waves": lambda: draw_changes(changed(10, 25), {}),
    "change of all items of a long survey": lambda: draw_changes(changed(2, 55), {}),
    "change of one item": lambda: draw_changes(changed(2, 1, ()), {}),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_words_lie_inside_the_figure_and_apart(name: str) -> None:
    drawing = DRAWINGS[name]()
    boxes = boxes_of(drawing)
    width, height = drawing.figure.get_size_inches()
    assert height <= 15.5
    for words, (left, low, right, high) in boxes.items():
        assert left >= -0.01, words
        assert low >= style.stamp_height(width) - 0.02, words
        assert right <= width + 0.01, words
        assert high <= height, words
    names = list(boxes)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            assert covered(boxes[one], boxes[other]) < 0.12, f"{one} and {other}"


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_alternative_text_is_a_few_sentences(name: str) -> None:
    text = DRAWINGS[name]().alt_text
    assert text.endswith(".")
    assert "nan" not in text.split()
    assert text.count(". ") <= 3


@pytest.mark.parametrize(
    "drawing",
    [
        lambda: draw_transitions(
            NO_TRANSITIONS, NO_AGREEMENT, typed(["2017"], [[1, 2]], [[8, 4]]), 2
        ),
        lambda: draw_changes(pd.DataFrame(columns=CHANGE_COLUMNS), {}),
        lambda: draw_changes(changed().assign(n_mats=0, change=np.nan), {}),
    ],
)
def test_with_one_wave_there_is_nothing_to_draw(drawing) -> None:
    found = drawing()
    assert found.alt_text.startswith("Nothing is drawn.")
    assert list(found.data.columns) == ["missing"]


def test_ribbons_stubs_and_bars_are_the_tables_numbers() -> None:
    data = two_waves().data
    ribbons = data[data["mark"] == "ribbon"]
    assert ribbons[
        ["from_cluster", "from_type", "to_cluster", "to_type", "n"]
    ].to_numpy().tolist() == [
        [1, 1, 1, 2, 1],
        [1, 1, 2, 1, 5],
        [2, 2, 1, 2, 4],
    ]
    leaves = data[data["mark"] == "leaves"]
    assert leaves[["from_type", "n"]].to_numpy().tolist() == [[1, 2]]
    enters = data[data["mark"] == "enters"]
    assert enters[["to_type", "n"]].to_numpy().tolist() == [[1, 3]]


def test_what_is_drawn_is_labelled_with_its_count() -> None:
    words = words_of(two_waves())
    for text in ("Type 1: 8", "Type 2: 4", "−2", "+3", "1", "5", "4", "10 in both\nadj. Rand 0.25"):
        assert text in words
    # Where a wave numbers its cluster otherwise than its type, the bar says so.
    assert "Type 1: 8\n(cluster 2)" in words


def test_heights_are_numbers_of_trusts_and_colours_are_types() -> None:
    (axes,) = two_waves().figure.axes
    bars = [
        patch
        for patch in axes.patches
        if isinstance(patch, Rectangle) and to_hex(patch.get_facecolor()) != style.RULE.lower()
    ]
    seen = sorted((to_hex(bar.get_facecolor()).upper(), round(bar.get_height(), 6)) for bar in bars)
    unit = bars[0].get_height() / 8
    first, second = style.colour_of(1), style.colour_of(2)
    assert seen == sorted(
        (colour, round(n * unit, 6))
        for colour, n in ((first, 8), (second, 4), (second, 5), (first, 8))
    )
    ribbons = [patch for patch in axes.patches if isinstance(patch, PathPatch)]
    assert len(ribbons) == 3


def test_the_types_of_a_wave_stand_in_their_order() -> None:
    (axes,) = two_waves().figure.axes
    places = {
        text.get_text().split("\n")[0]: text.get_position()[1]
        for text in axes.texts
        if text.get_text().startswith("Type")
    }
    assert places["Type 1: 8"] > places["Type 2: 5"]


def test_the_nearest_number_of_clusters_is_drawn() -> None:
    transitions, agreement = moved([("2017", "2024")], [COUNTS])
    types = typed(["2017", "2024"], [[1, 2], [2, 1]], [[8, 4], [5, 8]])
    assert "2 clusters" in draw_transitions(transitions, agreement, types, 3).title


def test_names_of_waves_that_are_read_as_numbers_are_names() -> None:
    transitions, agreement = moved([(2017, 2024)], [COUNTS])
    types = typed([2017, 2024], [[1, 2], [2, 1]], [[8, 4], [5, 8]])
    assert set(draw_transitions(transitions, agreement, types, 2).data["from_wave"]) == {
        "2017",
        "2024",
    }


def test_trusts_in_one_wave_alone_leave_no_agreement_to_tell() -> None:
    transitions, agreement = moved([("2017", "2024")], [[[0, 0], [0, 0]]])
    types = typed(["2017", "2024"], [[1, 2], [2, 1]], [[8, 4], [5, 8]])
    agreement["adjusted_rand"] = np.nan
    found = draw_transitions(transitions, agreement, types, 2)
    assert "0 in both" in words_of(found)
    assert "Rand" not in found.alt_text


def test_ten_waves_go_on_in_further_rows() -> None:
    found = many_waves(10)
    assert len(found.figure.axes) == 3
    words = [text.split("\n")[0] for text in words_of(found)]
    # The last wave of a row begins the next.
    assert words.count("2029-illustration") == 2
    assert words.count("2026-illustration") == 1


def test_the_alternative_text_tells_who_stayed_and_who_moved() -> None:
    assert two_waves().alt_text == (
        "From 2017 to 2024, with 2 clusters, 9 of 10 trusts clustered in both stayed in a cluster "
        "of the same type (adjusted Rand index 0.25); 1 from type 1 to type 2 moved."
    )


def test_changes_are_drawn_with_a_filled_dot_where_the_interval_leaves_out_zero() -> None:
    table = changed(2, 1, ()).iloc[[0] * 3].reset_index(drop=True)
    table["item"] = ["up", "flat", "alone"]
    table["change"], table["n_mats"] = [1.0, 0.1, 2.0], [9, 9, 1]
    table["ci_low"], table["ci_high"] = [0.5, -0.2, np.nan], [1.5, 0.4, np.nan]
    found = draw_changes(table, {("strategy", "up"): "Going up"})
    (axes,) = found.figure.axes
    dots = {
        line.get_markerfacecolor(): line.get_xdata().tolist()
        for line in axes.lines
        if line.get_marker() == "o"
    }
    assert dots == {style.PALETTE[0]: [1.0], style.PAPER: [0.1, 2.0]}
    assert "Going up" in words_of(found)
    assert found.data["label"].tolist() == ["Going up", "Flat", "Alone"]
    assert "above 0 for 1 and below 0 for 0" in found.alt_text
    assert "1 to 9 trusts" in " ".join(words_of(found))


def test_strata_without_trusts_are_left_out() -> None:
    table = changed(2, 4, ())
    table.loc[table["stratum"] == "ceo", ["n_mats", "draws"]] = 0
    found = draw_changes(table, {})
    assert set(found.data["stratum"]) == {"all", "central_team", "school_leader"}
    assert len(found.figure.axes) == 3


def test_panels_that_find_no_room_are_named() -> None:
    ages = [f"{5 * n} to {5 * n + 4} years" for n in range(5)]
    found = draw_changes(changed(2, 55, ages), {})
    roles = {"all", "ceo", "central_team", "school_leader"}
    assert set(found.data["stratum"]) == {*roles, *(f"trust_age: {one}" for one in ages[:2])}
    assert "Left out for want of room: Trust age: 10 to 14 years" in found.caption


def test_roles_and_ages_are_those_of_the_last_two_waves() -> None:
    data = draw_changes(changed(3), {}).data
    assert set(data.loc[data["stratum"] != "all", "to_wave"]) == {"2023-illustration"}
    assert set(data.loc[data["stratum"] == "all", "to_wave"]) == {
        "2020-illustration",
        "2023-illustration",
    }


def test_two_waves_are_named_once_and_every_stratum_finds_room() -> None:
    drawing = draw_changes(changed(2, 29), {})
    words = [text.get_text() for text in drawing.figure.findobj(Text)]
    assert words.count("2017-illustration \N{RIGHTWARDS ARROW} 2020-illustration") == 1
    assert drawing.data["stratum"].nunique() == 6
    assert "Left out" not in drawing.caption
    # Six panels stand in one row, on a page.
    assert len({round(axes.get_position().x0, 3) for axes in drawing.figure.axes}) == 6
    assert drawing.figure.get_size_inches()[1] < 10


def test_a_slide_shows_the_largest_changes_of_everybody() -> None:
    table = changed(3, 29)
    found = drawn_to_fit(partial(draw_changes, table, {}), "slide")
    everybody = table[(table["stratum"] == "all") & (table["to_wave"] == "2023-illustration")]
    largest = everybody["change"].abs().nlargest(10).index
    assert set(found.data["item"]) == set(everybody.loc[largest, "item"])
    assert found.title.endswith("10 largest of 29 changes")
    assert found.data["change"].is_monotonic_decreasing
    assert found.scale > 1
