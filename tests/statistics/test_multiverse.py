"""Every way to make the clusters is there once: clustered as it says, or left out with a reason."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from math import prod

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildingtrusts.statistics.aggregation import clustering_scores, select_trusts
from buildingtrusts.statistics.linkage import build_tree, cut_tree
from buildingtrusts.statistics.monte_carlo import exceedance
from buildingtrusts.statistics.multiverse import (
    AXES,
    EXCLUDED_COLUMNS,
    MULTIVERSE_COLUMNS,
    WORDS,
    Cell,
    Grid,
    Report,
    Study,
    explore,
    join_parts,
    role_weights,
)
from buildingtrusts.statistics.nulls import draw_null
from buildingtrusts.statistics.ratings import Specification, gather_ratings, mat_scores
from buildingtrusts.statistics.validity import adjusted_rand, silhouette

ITEMS = ("s__a", "s__b", "s__c", "s__d")
ONE_TO_TEN = (1.0, 10.0, 1.0)
SIZES = (3, 4, 5, 6, 7, 8, 9, 11, 12)
ROLES = ("ceo", "central_team", "school_leader", "school_leader")
REPORT = Report(Specification(), 5, (2, 3))
SMALL = Grid(
    linkage=("average", "ward"),
    metric=("euclidean", "correlation"),
    scaling=("none", "respondent_centred"),
    statistic=("mean",),
    min_responses=(3, 5, 9),
    k=(2, 3, 4),
)
DRAWS = 9


def stream(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def answers_of(
    sizes: tuple[int, ...], gaps: float, apart: float = 2.0, seed: int = 4
) -> pd.DataFrame:
    """Trusts alternate between two kinds of answers; a few respondents skip an item."""
    rng = np.random.default_rng(seed)
    mats = np.repeat(np.arange(len(sizes)), sizes)
    pattern = np.where(mats[:, None] % 2, apart, -apart) * np.array([1, -1, 1, 1])
    answers = np.clip(np.rint(5.5 + pattern + rng.normal(0, 1.5, size=(len(mats), 4))), 1, 10)
    answers[rng.random(answers.shape) < gaps] = np.nan
    frame = pd.DataFrame(answers, columns=list(ITEMS))
    places = np.concatenate([np.arange(size) for size in sizes])
    frame.insert(0, "role", [ROLES[place % 4] for place in places])
    frame.insert(0, "mat_id", [f"MAT {mat + 1}" for mat in mats])
    frame.insert(0, "respondent_id", [f"r{row}" for row in range(len(mats))])
    return frame


def study_of(responses: pd.DataFrame, report: Report = REPORT) -> Study:
    """A study with the partitions that its own choices give."""
    how = report.how
    mats = select_trusts(responses, ITEMS, report.min_responses).clustered
    scores = clustering_scores(responses, ITEMS, mats, how.statistic)
    tree = build_tree(scores, mats, how.linkage, how.metric, how.scaling)
    clusters = pd.concat(
        pd.DataFrame({"mat_id": mats, "k": k, "cluster": cut_tree(tree, k)}) for k in report.k
    )
    return Study(responses, ITEMS, (ONE_TO_TEN,) * 4, clusters, report)


def made(study: Study, grid: Grid = SMALL, draws: int = DRAWS) -> tuple[pd.DataFrame, pd.DataFrame]:
    return join_parts([explore(study, grid, draws, stream)])


def row_of(table: pd.DataFrame, **options: object) -> pd.Series:
    found = table
    for axis, option in options.items():
        found = found[found[axis] == option]
    assert len(found) == 1, f"{options} is there {len(found)} times"
    return found.iloc[0]


@pytest.fixture(scope="module")
def study() -> Study:
    return study_of(answers_of(SIZES, gaps=0.03))


@pytest.fixture(scope="module")
def tables(study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    return made(study)


OWN: dict[str, object] = {
    **{"linkage": "average", "metric": "euclidean", "scaling": "none", "statistic": "mean"},
    **{"min_responses": 5, "roles": "all", "answers": "available"},
}


# --- All combinations ------------------------------------------------------------------------


def test_what_is_clustered_and_what_is_left_out_make_the_full_cross(study: Study) -> None:
    found, excluded = made(study, Grid(min_responses=(6,), k=(2, 7)), draws=1)
    assert tuple(found.columns) == MULTIVERSE_COLUMNS
    assert tuple(excluded.columns) == EXCLUDED_COLUMNS
    rows = pd.concat([found, excluded])[list(AXES)]
    # The study's own threshold and its three clusters come on top.
    assert len(rows) == 4 * 3 * 3 * 2 * 2 * 3 * 2 * 3
    assert not rows.duplicated().any()
    assert excluded["reason"].str.endswith(".").all()
    results = ["n_mats", "sizes", "mean_silhouette", "adjusted_rand", "p_value", "draws"]
    assert excluded[results].isna().all(axis=None)
    assert found[["n_mats", "sizes", "mean_silhouette", "p_value", "draws"]].notna().all(axis=None)


def test_by_default_every_choice_of_the_design_is_crossed() -> None:
    assert sum(1 for _ in Grid().cells()) == 4 * 3 * 3 * 2 * 8 * 3 * 2 * 5


def test_rows_come_in_the_declared_order_of_the_axes(
    tables: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    for table in tables:
        places = [
            tuple(
                WORDS[axis].index(option) if axis in WORDS else option
                for axis, option in zip(AXES, options, strict=True)
            )
            for options in table[list(AXES)].itertuples(index=False, name=None)
        ]
        assert places == sorted(places)


def test_options_are_put_in_declared_order_and_once() -> None:
    grid = Grid(linkage=("ward", "average", "ward"), k=(4, 2))
    assert grid.linkage == ("average", "ward")
    assert grid.k == (2, 4)


@pytest.mark.parametrize(
    ("axis", "options"),
    [("linkage", ("median",)), ("k", (1, 2)), ("min_responses", (0,)), ("roles", ()), ("k", ())],
)
def test_unknown_options_and_empty_axes_are_refused(axis: str, options: tuple) -> None:
    with pytest.raises(ValueError, match=rf"^{axis} is .*; allowed are one or more of"):
        Grid(**{axis: options})


def test_the_own_choices_are_added_where_the_grid_lacks_them(study: Study) -> None:
    report = Report(Specification("complete", "manhattan"), 2, (2, 7))
    grid = Grid(
        linkage=("single",),
        metric=("euclidean",),
        min_responses=(3,),
        k=(3,),
        roles=("without_ceo",),
    ).including(report)
    assert grid.linkage == ("complete", "single")
    assert grid.metric == ("euclidean", "manhattan")
    assert grid.min_responses == (2, 3)
    assert grid.roles == ("all", "without_ceo")
    assert grid.k == (2, 3, 7)
    found, _ = made(study, replace(SMALL, min_responses=(9,)), draws=2)
    assert set(found["min_responses"]) == {5, 9}


# --- The rows say what was done --------------------------------------------------------------


def test_the_reported_specification_is_marked_and_agrees_with_itself(
    study: Study, tables: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    found, excluded = tables
    reported = found[found["is_report"] == 1]
    assert reported["k"].tolist() == [2, 3]
    for axis, option in OWN.items():
        assert set(reported[axis]) == {option}
    assert (reported["adjusted_rand"] == 1).all()
    assert not excluded["is_report"].any()
    mats = select_trusts(study.responses, ITEMS, 5).clustered
    tree = build_tree(clustering_scores(study.responses, ITEMS, mats), mats)
    for row in reported.itertuples():
        labels = cut_tree(tree, row.k)
        assert row.n_mats == len(mats) == 7
        assert row.sizes == ";".join(map(str, np.bincount(labels)[1:]))
        expected = silhouette(tree.distances, labels).mean_width
        assert row.mean_silhouette == pytest.approx(expected, abs=1e-12)


def by_hand(responses: pd.DataFrame, cell: Cell) -> tuple[int, float]:
    """Trusts and mean silhouette of one specification, one step after the other."""
    chosen = responses[responses[list(ITEMS)].notna().any(axis=1)]
    if cell.roles == "without_ceo":
        chosen = chosen[chosen["role"] != "ceo"]
    if cell.answers == "complete":
        chosen = chosen.dropna(subset=list(ITEMS))
    mats = select_trusts(chosen, ITEMS, cell.min_responses).clustered
    centred = cell.scaling == "respondent_centred"
    scores = clustering_scores(chosen, ITEMS, mats, cell.statistic, centred)
    tree = build_tree(scores, mats, cell.linkage, cell.metric, cell.scaling)
    return len(mats), silhouette(tree.distances, cut_tree(tree, cell.k)).mean_width


@pytest.mark.parametrize(
    "cell",
    [
        Cell("ward", "euclidean", "zscore", "mean", 3, "all", "available", 4),
        Cell("single", "manhattan", "respondent_centred", "median", 6, "all", "complete", 3),
        Cell("complete", "correlation", "none", "mean", 5, "without_ceo", "complete", 2),
        Cell("average", "manhattan", "zscore", "median", 6, "without_ceo", "available", 2),
        Cell("average", "correlation", "respondent_centred", "mean", 6, "all", "available", 3),
    ],
)
def test_a_specification_is_what_its_words_say(study: Study, cell: Cell) -> None:
    grid = Grid(**{axis: (getattr(cell, axis),) for axis in AXES})
    row = row_of(made(study, grid, draws=2)[0], **{axis: getattr(cell, axis) for axis in AXES})
    n_mats, mean_width = by_hand(study.responses, cell)
    assert row["n_mats"] == n_mats
    assert row["mean_silhouette"] == pytest.approx(mean_width, abs=1e-12)


def ratings_of(study: Study, least: int, weigh: Callable | None = None):
    """Ratings, and the name of their stream, of trusts with so many responses."""
    mats = select_trusts(study.responses, ITEMS, least).clustered
    chosen = study.responses[study.responses["mat_id"].isin(mats)]
    numbers = chosen["mat_id"].map({mat: place for place, mat in enumerate(mats)}).to_numpy()
    weights = weigh(numbers, chosen["role"].to_numpy(dtype=str)) if weigh else None
    answers = chosen[list(ITEMS)].to_numpy()
    name = "\n".join(chosen["respondent_id"])
    return gather_ratings(answers, numbers, [ONE_TO_TEN] * 4, weights), name


@pytest.mark.parametrize(("roles", "weigh"), [("all", None), ("role_standardised", role_weights)])
def test_p_is_held_against_the_two_level_null_of_the_same_data(
    roles: str, weigh: Callable | None
) -> None:
    study = study_of(answers_of((6, 7, 9, 10, 11, 6, 13), gaps=0.03, apart=0.2))
    how = Specification("complete", "manhattan", "zscore")
    grid = Grid(("complete",), ("manhattan",), ("zscore",), ("mean",), (6,), (roles,), k=(2, 4))
    found, _ = made(study, grid, draws=199)
    ratings, name = ratings_of(study, 6, weigh)
    k = [2, 3, 4]
    drawn = draw_null("two_level", ratings, how, k, 199, stream(name))
    options = {"linkage": "complete", "metric": "manhattan", "scaling": "zscore"}
    for place, one in enumerate(k):
        row = row_of(found, **options, min_responses=6, roles=roles, answers="available", k=one)
        expected = exceedance(drawn.silhouettes[:, place], row["mean_silhouette"]).p_value
        assert row["p_value"] == expected
        assert row["draws"] == 199
        assert 0.02 < expected < 0.98, "p at either end would not tell one null from another"


def test_planted_clusters_stand_out_and_noise_does_not() -> None:
    grid = replace(SMALL, k=(2,), roles=("all",))
    planted, _ = made(study_of(answers_of((8,) * 12, gaps=0.0, apart=2.5)), grid, draws=99)
    noise, _ = made(study_of(answers_of((8,) * 12, gaps=0.0, apart=0.0)), grid, draws=99)
    assert (planted.loc[planted["k"] == 2, "p_value"] == 1 / 100).all()
    assert (noise["p_value"] > 0.05).all()


# --- Agreement with the study's own partition ------------------------------------------------


def test_a_k_that_is_not_reported_is_compared_with_the_last_reported(study: Study) -> None:
    grid = replace(SMALL, linkage=("average",), scaling=("none",))
    mats = select_trusts(study.responses, ITEMS, 5).clustered
    tree = build_tree(clustering_scores(study.responses, ITEMS, mats), mats)
    for k in ((2, 3), (3, 2)):
        found, _ = made(replace(study, report=replace(REPORT, k=k)), grid, draws=1)
        expected = adjusted_rand(cut_tree(tree, 4), cut_tree(tree, k[-1]))
        assert row_of(found, **OWN, k=4)["adjusted_rand"] == expected
        assert row_of(found, **OWN, k=2)["adjusted_rand"] == 1


def test_agreement_is_over_the_trusts_that_both_have(study: Study) -> None:
    """At a threshold of 3 there are two trusts more; of 9, four fewer."""
    found, _ = made(study, replace(SMALL, linkage=("average",), scaling=("none",)), draws=2)
    shared = found[found["metric"] == "euclidean"]
    assert set(shared["n_mats"]) >= {9, 7, 3}
    assert shared["adjusted_rand"].notna().all()
    few = study.clusters[study.clusters["mat_id"].isin(["MAT 8", "MAT 9"])]
    lonely, _ = made(replace(study, clusters=few), SMALL, draws=2)
    assert lonely["adjusted_rand"].isna().all()


def test_without_any_reported_partition_agreement_is_empty(study: Study) -> None:
    found, _ = made(replace(study, clusters=study.clusters.iloc[:0]), SMALL, draws=2)
    assert found["adjusted_rand"].isna().all()


# --- The same data, the same results ---------------------------------------------------------


def results_of(table: pd.DataFrame, **options: object) -> pd.DataFrame:
    found = table
    for axis, option in options.items():
        found = found[found[axis] == option]
    assert len(found)
    return found.drop(columns=[*options, "is_report"]).reset_index(drop=True)


def test_leaving_ceos_out_is_the_study_without_their_rows(study: Study) -> None:
    """Even p is the same, since draws belong to the respondents and not to the options."""
    rest = replace(study, responses=study.responses[study.responses["role"] != "ceo"])
    whole = results_of(made(study)[0], roles="without_ceo")
    pd.testing.assert_frame_equal(whole, results_of(made(rest)[0], roles="all"))


def test_complete_cases_are_the_study_without_those_who_skipped(study: Study) -> None:
    rest = replace(study, responses=study.responses.dropna(subset=list(ITEMS)))
    whole = results_of(made(study)[0], answers="complete", roles="all")
    pd.testing.assert_frame_equal(
        whole, results_of(made(rest)[0], answers="available", roles="all")
    )


def test_thresholds_that_leave_the_same_trusts_share_their_draws(study: Study) -> None:
    called: list[str] = []

    def counted(name: str) -> np.random.Generator:
        called.append(name)
        return stream(name)

    grid = replace(SMALL, min_responses=(9, 10, 11, 12), answers=("available",), k=(2,))
    rows = explore(study, grid, DRAWS, counted)
    found, _ = join_parts([rows])
    # Only 9 leaves as many trusts as are needed.
    assert set(found["min_responses"]) == {5, 9}
    assert len(called) == len(set(called))
    # 5, and 9; 10 and 11 leave two trusts, 12 one. Standardised roles share the draws of all.
    assert len(called) == 2 + 1


def test_the_number_of_parts_changes_nothing(
    study: Study, tables: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    for n in (2, 20):
        parts = [explore(study, SMALL, DRAWS, stream, part, n) for part in range(n, 0, -1)]
        for one, other in zip(join_parts(parts), tables, strict=True):
            pd.testing.assert_frame_equal(one, other, check_dtype=False)


def test_parts_that_do_not_belong_together_are_refused(study: Study) -> None:
    parts = [explore(study, SMALL, 2, stream, part, 2) for part in (1, 2)]
    with pytest.raises(ValueError, match=r"each part once"):
        join_parts([parts[0], parts[0]])
    with pytest.raises(ValueError, match=r"each part once"):
        join_parts([parts[1]])
    other = explore(study, replace(SMALL, k=(2, 3)), 2, stream, 2, 2)
    with pytest.raises(ValueError, match=r"their options crossed give"):
        join_parts([parts[0], other])


@pytest.mark.parametrize(("part", "parts"), [(0, 2), (3, 2), (1, 0)])
def test_a_part_that_is_none_of_the_parts_is_refused(study: Study, part: int, parts: int) -> None:
    with pytest.raises(ValueError, match=r"counts from 1 to the number of parts"):
        explore(study, SMALL, 2, stream, part, parts)


# --- Roles -----------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(ROLES[:3])), min_size=12, max_size=40))
def test_weighted_trusts_with_every_role_have_the_mix_of_all(people: list) -> None:
    every = [(mat, role) for mat in range(4) for role in ROLES[:3]]
    mats, roles = (np.array(column) for column in zip(*(every + people), strict=True))
    weights = role_weights(mats, roles)
    assert (weights > 0).all()
    for mat in range(4):
        of_mat = weights[mats == mat]
        assert of_mat.mean() == pytest.approx(1)
        for role in ROLES[:3]:
            share = weights[(mats == mat) & (roles == role)].sum() / of_mat.sum()
            assert share == pytest.approx((roles == role).mean())


def test_a_trust_that_lacks_a_role_keeps_the_others_in_proportion() -> None:
    mats = np.array([0, 0, 0, 0, 0, 1, 1])
    roles = np.array([*("ceo", "central", "central", "head", "head"), "central", "head"])
    weights = role_weights(mats, roles)
    # Of all seven, 3 are central and 3 are heads.
    assert weights[5:] == pytest.approx([1, 1])
    assert weights[:5] == pytest.approx(5 * np.array([1 / 7, *[3 / 14] * 4]))


def test_standardised_roles_take_away_differences_that_are_only_of_mix() -> None:
    """Everywhere heads answer 2 and central teams 8; trusts differ in who answered."""
    mats = np.repeat([0, 1, 2], 6)
    central = np.concatenate([[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]])
    roles = np.where(central == 1, "central_team", "school_leader")
    answers = np.where(central == 1, 8.0, 2.0)[:, None]
    plain, weighted = (
        mat_scores(ratings, ratings.answers[None], Specification())[0, :, 0]
        for ratings in (
            gather_ratings(answers, mats, [ONE_TO_TEN]),
            gather_ratings(answers, mats, [ONE_TO_TEN], role_weights(mats, roles)),
        )
    )
    assert plain == pytest.approx([7, 5, 3])
    assert weighted == pytest.approx([5, 5, 5])


def test_respondents_of_unknown_role_count_unless_roles_are_standardised(study: Study) -> None:
    responses = study.responses.copy()
    responses.loc[responses["mat_id"] == "MAT 4", "role"] = None
    grid = replace(SMALL, min_responses=(5,), linkage=("average",), scaling=("none",), k=(2,))
    found, _ = made(replace(study, responses=responses), grid, draws=2)
    options = {**OWN, "k": 2}
    assert row_of(found, **options)["n_mats"] == 7
    assert row_of(found, **{**options, "roles": "role_standardised"})["n_mats"] == 6
    assert row_of(found, **{**options, "roles": "without_ceo"})["n_mats"] == 6


# --- What makes no sense ---------------------------------------------------------------------


def reason_of(excluded: pd.DataFrame, **options: object) -> set[str]:
    found = excluded
    for axis, option in options.items():
        found = found[found[axis] == option]
    return set(found["reason"])


def test_ward_needs_euclidean_distances_and_medians_equal_weights(study: Study) -> None:
    found, excluded = made(study, Grid(min_responses=(5,), k=(2,)), draws=2)
    for metric in ("manhattan", "correlation"):
        assert reason_of(excluded, linkage="ward", metric=metric) == {
            "Ward's linkage is defined for Euclidean distances only."
        }
    assert (found["linkage"] == "ward").any()
    euclidean = {"metric": "euclidean", "statistic": "median", "roles": "role_standardised"}
    (told,) = reason_of(excluded, **euclidean)
    assert told.startswith("Standardised roles give answers unequal weights")
    assert not ((found["statistic"] == "median") & (found["roles"] == "role_standardised")).any()


def test_too_few_trusts_for_k_are_told_with_their_number(study: Study) -> None:
    grid = replace(SMALL, min_responses=(5, 9, 10), k=(2, 3))
    found, excluded = made(study, grid, draws=2)
    assert found.query("min_responses == 9 and roles == 'all' and answers == 'available'")[
        "k"
    ].unique().tolist() == [2]
    told = reason_of(excluded, min_responses=9, k=3, metric="euclidean", roles="all",
                     answers="available")  # fmt: skip
    assert told == {"3 clusters need 4 trusts or more; 3 are left at a threshold of 9 responses."}
    assert reason_of(excluded, min_responses=10, k=2, metric="euclidean", roles="all",
                     answers="available") == {
        "2 clusters need 3 trusts or more; 2 are left at a threshold of 10 responses."
    }  # fmt: skip


def test_centring_that_no_correlation_sees_is_left_out(study: Study) -> None:
    found, excluded = made(
        study, Grid(metric=("correlation",), min_responses=(5,), k=(2,)), draws=2
    )
    centred = found.query("scaling == 'respondent_centred' and metric == 'correlation'")
    means = centred[centred["statistic"] == "mean"]
    assert set(means["answers"]) == {"available"}, "those who skipped were centred on fewer items"
    assert set(centred.loc[centred["statistic"] == "median", "answers"]) == {
        *("available", "complete")
    }
    told = reason_of(
        excluded,
        scaling="respondent_centred",
        statistic="mean",
        answers="complete",
        linkage="single",
        k=2,
    )
    assert len(told) == 1
    assert "the same as scaling none" in told.pop()


def test_centring_is_kept_if_it_is_the_studys_own() -> None:
    report = Report(Specification("average", "correlation", "respondent_centred"), 5, (2,))
    study = replace(study_of(answers_of(SIZES, gaps=0.0)), report=report)
    found, _ = made(study, Grid(min_responses=(5,), k=(2,)), draws=2)
    assert found["is_report"].sum() == 1


def test_a_trust_with_one_score_on_all_items_has_no_correlation(study: Study) -> None:
    responses = study.responses.copy()
    responses.loc[responses["mat_id"] == "MAT 6", list(ITEMS)] = 4.0
    found, excluded = made(replace(study, responses=responses), replace(SMALL, k=(2,)), draws=2)
    flat = {"metric": "correlation", "linkage": "average", "scaling": "none", "roles": "all"}
    assert reason_of(excluded, min_responses=5, k=2, **flat) == {
        "1 of the trusts have one score on all items, and so no correlation."
    }
    # MAT 6 has eight respondents and falls out where nine are needed.
    assert len(results_of(found, min_responses=9, **flat))


@pytest.mark.parametrize(
    ("roles", "option", "told"),
    [
        ([None] * 4, "without_ceo", "No respondent's role is known."),
        ([None] * 4, "role_standardised", "No respondent's role is known."),
        (
            ["central_team", "school_leader"] * 2,
            "without_ceo",
            "No respondent is known to be a CEO",
        ),
        (["school_leader", None] * 2, "role_standardised", "there is no mix of roles"),
    ],
)
def test_roles_that_a_wave_lacks_are_told(roles: list, option: str, told: str) -> None:
    responses = answers_of(SIZES, gaps=0.03)
    responses["role"] = pd.array([roles[place % 4] for place in range(len(responses))], dtype="str")
    found, excluded = made(study_of(responses), replace(SMALL, k=(2,)), draws=2)
    reasons = reason_of(excluded, roles=option, linkage="average")
    assert len(reasons) == 1
    assert told in reasons.pop()
    assert option not in set(found["roles"])
    assert "all" in set(found["roles"])


def test_complete_cases_are_no_choice_where_nobody_skipped() -> None:
    found, excluded = made(study_of(answers_of(SIZES, gaps=0.0)), SMALL, draws=2)
    assert set(found["answers"]) == {"available"}
    assert "Nobody skipped an item: the same as all available answers." in reason_of(
        excluded, answers="complete"
    )


def test_one_item_leaves_neither_correlation_nor_centring() -> None:
    responses = answers_of(SIZES, gaps=0.03)
    study = replace(study_of(responses), columns=ITEMS[:1], scales=(ONE_TO_TEN,))
    found, excluded = made(study, replace(SMALL, k=(2,)), draws=2)
    assert set(found["metric"]) == {"euclidean"}
    assert set(found["scaling"]) == {"none"}
    assert "A correlation needs 3 items or more; there are 1." in set(excluded["reason"])


def test_a_tiny_wave_has_all_its_rows() -> None:
    """Three trusts of one respondent each, without roles, on one item without bounds."""
    responses = pd.DataFrame(
        {
            "respondent_id": ["a", "b", "c"],
            "mat_id": ["A", "B", "C"],
            "role": [np.nan] * 3,
            "s__a": [1.5, 2.5, 9.0],
        }
    )
    clusters = pd.DataFrame({"mat_id": ["A", "B", "C"], "k": 2, "cluster": [1, 1, 2]})
    study = Study(responses, ("s__a",), (None,), clusters, Report(Specification(), 1, (2,)))
    found, excluded = made(study, Grid(), draws=5)
    assert len(found) + len(excluded) == prod((4, 3, 3, 2, 9, 3, 2, 5))
    assert set(found["min_responses"]) == {1}
    assert found["is_report"].sum() == 1
    nobody = replace(study, responses=responses.iloc[:0], clusters=clusters.iloc[:0])
    none, every = made(nobody, Grid(k=(2,)), draws=5)
    assert none.empty
    assert tuple(none.columns) == MULTIVERSE_COLUMNS
    assert len(every) == prod((4, 3, 3, 2, 9, 3, 2))
