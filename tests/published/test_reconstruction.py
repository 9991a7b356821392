"""The reconstruction of the 2017 survey: what it must satisfy, and what it must not look like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.published.claims import ClaimSet, read_claims
from buildingtrusts.published.fitting import (
    SCALED_MARGIN,
    column_quantiles,
    order_shortfall,
    round_ratings,
    tree_violation,
)
from buildingtrusts.published.reconstruction import Reconstruction, reconstruct
from buildingtrusts.published.strategy_answers import PROFILE_START, with_extremes
from buildingtrusts.published.targets import ReconstructionError, fitted_targets
from buildingtrusts.statistics.agreement import icc
from buildingtrusts.statistics.linkage import build_tree, cut_tree
from buildingtrusts.statistics.validity import silhouette
from buildingtrusts.study.codebook import Codebook, load_codebook

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "data" / "published"
WAVE = "2017-reconstruction"


def claims_without(*left_out: str) -> ClaimSet:
    texts = [(PUBLISHED / f"{name}.csv").read_text("utf-8") for name in ("claims", "crosstabs")]
    targets = (PUBLISHED / "targets.csv").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in targets if line.split(",")[0] not in left_out]
    return read_claims(*texts, "".join(kept))


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    file = ROOT / "config" / "codebook.csv"
    return load_codebook(file, pd.read_csv(file)["wave"].unique())[WAVE]


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    return pd.read_csv(ROOT / "data" / "raw" / WAVE / "responses.csv")


@pytest.fixture(scope="module")
def trusts() -> pd.DataFrame:
    return pd.read_csv(ROOT / "data" / "raw" / WAVE / "trusts.csv", index_col="mat_id")


@pytest.fixture(scope="module")
def another(codebook: Codebook) -> Reconstruction:
    return reconstruct(claims_without(), codebook, seed=8, within_sd=1.8, count_skew=1.0)


def natural(mats: pd.Index) -> list[str]:
    return sorted(mats, key=lambda mat: int(mat.split()[1]))


def strategy_means(responses: pd.DataFrame) -> pd.DataFrame:
    """Mean ratings of the trusts with five or more responses, in the order of their numbers."""
    counts = responses["mat_id"].value_counts()
    names = [name for name in responses if name.startswith("strategy__")]
    means = responses.groupby("mat_id")[names].mean()
    return means.loc[natural(counts.index[counts >= 5])]


def clusters(responses: pd.DataFrame, k: int) -> pd.Series:
    means = strategy_means(responses)
    return pd.Series(cut_tree(build_tree(means.to_numpy(), list(means.index)), k), means.index)


def mean_silhouette(responses: pd.DataFrame, k: int) -> float:
    means = strategy_means(responses)
    tree = build_tree(means.to_numpy(), list(means.index))
    return silhouette(tree.distances, cut_tree(tree, k)).mean_width


def scaled_mean(responses: pd.DataFrame, cluster: int, item: str) -> float:
    members = clusters(responses, 3).pipe(lambda c: c.index[c == cluster])
    answers = responses[f"strategy__{item}"]
    of_cluster = answers[responses["mat_id"].isin(members)]
    return float((of_cluster.mean() - answers.mean()) / answers.std())


# --- what was published -----------------------------------------------------------------------


@pytest.mark.parametrize(("k", "sizes", "coefficient"), [(2, [15, 2], 0.19), (3, [6, 9, 2], 0.25)])
def test_the_tree_has_the_published_clusters_and_silhouettes(
    shipped: pd.DataFrame, k: int, sizes: list[int], coefficient: float
) -> None:
    assert clusters(shipped, k).value_counts().sort_index().tolist() == sizes
    assert mean_silhouette(shipped, k) == pytest.approx(coefficient, abs=0.005)


def test_no_two_merges_of_the_tree_are_tied(shipped: pd.DataFrame) -> None:
    means = strategy_means(shipped)
    heights = build_tree(means.to_numpy(), list(means.index)).merge_heights
    assert np.diff(np.sort(heights)).min() > 1e-6


def test_named_mats_are_in_the_clusters_that_the_report_gives_them(shipped: pd.DataFrame) -> None:
    found = clusters(shipped, 3)
    assert found[["MAT 2", "MAT 10", "MAT 9", "MAT 13"]].tolist() == [1, 1, 2, 3]


@pytest.mark.parametrize(
    ("cluster", "high", "low"),
    [
        (
            1,
            ["common_vision", "local_leadership", "enrichment_focus", "individual_identity"],
            ["freeing_schools", "back_office_savings", "consistent_pedagogy"],
        ),
        (
            2,
            ["consistent_pedagogy", "scaling_model", "freeing_schools", "back_office_savings"],
            ["enrichment_focus", "individual_identity"],
        ),
        (
            3,
            [],
            ["scaling_model", "freeing_schools", "back_office_savings", "consistent_pedagogy"],
        ),
    ],
)
def test_clusters_rate_high_and_low_what_the_appendix_says(
    shipped: pd.DataFrame, cluster: int, high: list[str], low: list[str]
) -> None:
    assert all(scaled_mean(shipped, cluster, item) >= 0.2 for item in high)
    assert all(scaled_mean(shipped, cluster, item) <= -0.2 for item in low)


def extremes_of_cluster_3(responses: pd.DataFrame) -> tuple[set[str], set[str]]:
    """The two items that cluster 3 rates highest and the four it rates lowest."""
    items = [name.split("__")[1] for name in responses if name.startswith("strategy__")]
    rated = pd.Series({item: scaled_mean(responses, 3, item) for item in items}).sort_values()
    return set(rated.index[-2:]), set(rated.index[:4])


def test_identity_and_community_matter_most_to_cluster_3(shipped: pd.DataFrame) -> None:
    highest, lowest = extremes_of_cluster_3(shipped)
    assert highest == {"individual_identity", "community_strength"}
    assert lowest == {
        *("scaling_model", "freeing_schools", "back_office_savings", "consistent_pedagogy")
    }


def test_cluster_2_rates_autonomy_slightly_lower(shipped: pd.DataFrame) -> None:
    for item in ("local_leadership", "common_vision"):
        assert -0.2 <= scaled_mean(shipped, 2, item) <= -0.05


def test_mats_diverge_most_on_pedagogy_from_a_median_of_3_to_9(shipped: pd.DataFrame) -> None:
    assert strategy_means(shipped).std().idxmax() == "strategy__consistent_pedagogy"
    medians = shipped.groupby("mat_id")["strategy__consistent_pedagogy"].median()
    assert (medians["MAT 7"], medians["MAT 20"]) == (3, 9)


def test_ceos_answer_as_they_were_counted_and_quoted(shipped: pd.DataFrame) -> None:
    ceos = shipped[shipped["role"] == "ceo"].set_index("mat_id")
    improvement = ceos["operations__school_improvement"].dropna()
    assert (len(ceos), len(improvement)) == (14, 12)
    assert [(improvement > 5).sum(), (improvement == 5).sum(), (improvement < 5).sum()] == [6, 4, 2]
    assert ceos.loc["MAT 4", "strategy__collaborative_convergence"] == 10
    assert ceos.loc["MAT 4", "strategy__scaling_model"] == 5
    means = ceos[[name for name in ceos if name.startswith("strategy__")]].mean().sort_values()
    assert set(means.index[-2:]) == {"strategy__back_office_savings", "strategy__freeing_schools"}
    assert set(means.index[:2]) == {"strategy__local_leadership", "strategy__enrichment_focus"}


def test_effectiveness_averages_six_or_seven_in_fifteen_mats(shipped: pd.DataFrame) -> None:
    mats = strategy_means(shipped).index
    areas = [name for name in shipped if name.startswith("effectiveness__")]
    by_mat = shipped[shipped["mat_id"].isin(mats)].groupby("mat_id")[areas]
    medians = by_mat.median()
    level = medians.mean(axis=1)
    spread = (by_mat.quantile(0.75) - by_mat.quantile(0.25)).mean(axis=1)
    assert (((level >= 5.5) & (level <= 7)).sum(), (level <= 5).sum()) == (15, 2)
    assert ((spread >= 4.5) & (spread < 5.5)).sum() == 1
    assert 3 <= ((spread >= 3.5) & (spread < 4.5)).sum() <= 7
    assert ((spread >= 2.5) & (spread < 3.5)).sum() >= 9
    assert medians.mean().idxmin() == "effectiveness__parent_community"


def test_staff_want_more_standardisation_in_three_areas_and_less_in_none(
    shipped: pd.DataFrame,
) -> None:
    medians = shipped[[n for n in shipped if n.startswith("standardisation__")]].median()
    more = {name.split("__")[1] for name in medians.index[medians > 3]}
    assert more == {"information_management", "back_office", "develop_senior_staff"}
    assert (medians >= 3).all()


def test_cross_tabulations_are_those_of_the_appendix_cell_by_cell(
    shipped: pd.DataFrame, trusts: pd.DataFrame
) -> None:
    cells = pd.read_csv(PUBLISHED / "crosstabs.csv")
    found = clusters(shipped, 3)
    for cell in cells.itertuples():
        has_level = trusts.loc[found.index, cell.attribute] == cell.level
        assert (has_level & (found == cell.cluster)).sum() == cell.n, cell


# --- what it has to look like -----------------------------------------------------------------


def test_answers_are_whole_numbers_of_their_scales(
    shipped: pd.DataFrame, codebook: Codebook
) -> None:
    assert list(shipped.columns) == ["respondent_id", "mat_id", "role", *codebook.columns]
    for item in codebook.items:
        answers = shipped[item.column].dropna()
        assert (answers % 1 == 0).all()
        assert answers.between(item.minimum, item.maximum).all()


def test_respondents_say_that_they_are_reconstructed(shipped: pd.DataFrame) -> None:
    assert shipped["respondent_id"].iloc[0] == "reconstructed-001"
    assert shipped["respondent_id"].is_unique
    assert shipped["respondent_id"].str.fullmatch(r"reconstructed-\d{3}").all()
    assert shipped["respondent_id"].is_monotonic_increasing


def test_22_mats_answer_unequally_and_five_of_them_hardly(shipped: pd.DataFrame) -> None:
    counts = shipped["mat_id"].value_counts()
    assert (len(shipped), len(counts)) == (346, 22)
    assert sorted(counts)[:5][-1] <= 4
    assert sorted(counts)[5] >= 5
    assert counts.max() >= 3 * counts[counts >= 5].min()


def test_few_answers_are_missing_and_none_from_a_ceo_quoted(shipped: pd.DataFrame) -> None:
    missing = shipped.iloc[:, 3:].isna()
    assert 0.01 < missing.to_numpy().mean() < 0.05
    assert missing.any(axis=1).mean() > 0.2
    per_item = shipped.groupby("mat_id").count().loc[strategy_means(shipped).index]
    assert per_item.filter(like="strategy__").to_numpy().min() >= 3


def test_people_of_one_mat_disagree_as_people_do(shipped: pd.DataFrame) -> None:
    groups = shipped["mat_id"].tolist()
    shares = [
        icc(shipped[name].to_numpy(float), groups).icc1
        for name in shipped
        if name.startswith("strategy__")
    ]
    assert 0.05 < np.median(shares) < 0.3
    assert max(shares) < 0.5


def test_nobody_ticks_one_number_throughout(shipped: pd.DataFrame) -> None:
    for block in ("strategy", "operations", "effectiveness"):
        answers = shipped[[name for name in shipped if name.startswith(block)]]
        whole = answers[answers.notna().sum(axis=1) == answers.shape[1]]
        assert (whole.nunique(axis=1) > 1).mean() > 0.99


def test_every_point_of_the_scale_but_the_rarest_is_ticked(shipped: pd.DataFrame) -> None:
    for name in [name for name in shipped if name.startswith("strategy__")]:
        ticked = shipped[name].value_counts().reindex(range(4, 11), fill_value=0)
        assert (ticked > 0).all(), name


def test_unclustered_mats_have_no_attributes(shipped: pd.DataFrame, trusts: pd.DataFrame) -> None:
    known = strategy_means(shipped).index
    assert trusts.loc[known].notna().all(axis=None)
    assert trusts.drop(index=known).isna().all(axis=None)
    assert len(trusts) == 22


# --- other seeds and settings -----------------------------------------------------------------


def test_another_seed_satisfies_the_same_claims_with_other_answers(
    another: Reconstruction, shipped: pd.DataFrame
) -> None:
    responses = another.responses.astype(
        {name: float for name in another.responses if "__" in name}
    )
    assert clusters(responses, 3).value_counts().sort_index().tolist() == [6, 9, 2]
    assert mean_silhouette(responses, 2) == pytest.approx(0.19, abs=0.005)
    assert mean_silhouette(responses, 3) == pytest.approx(0.25, abs=0.005)
    assert scaled_mean(responses, 1, "individual_identity") >= 0.2
    assert extremes_of_cluster_3(responses)[0] == {"individual_identity", "community_strength"}
    assert not responses["mat_id"].equals(shipped["mat_id"])


def test_the_same_seed_gives_the_same_answers(another: Reconstruction, codebook: Codebook) -> None:
    again = reconstruct(claims_without(), codebook, seed=8, within_sd=1.8, count_skew=1.0)
    pd.testing.assert_frame_equal(again.responses, another.responses)
    pd.testing.assert_frame_equal(again.trusts, another.trusts)


def test_answers_follow_the_claims_and_not_constants_of_the_code(codebook: Codebook) -> None:
    claims = claims_without()
    moved = tuple(
        replace(claim, published="0.3") if claim.claim == "silhouette_k3" else claim
        for claim in claims.claims
    )
    made = reconstruct(replace(claims, claims=moved), codebook, seed=8)
    responses = made.responses.astype({name: float for name in made.responses if "__" in name})
    assert mean_silhouette(responses, 3) == pytest.approx(0.3, abs=0.005)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"within_sd": 9.0}, "within_sd is 9.0; it can be from 1.0 to 3.0"),
        ({"count_skew": -1.0}, "count_skew is -1.0"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_settings_out_of_range_are_refused(
    codebook: Codebook, settings: dict[str, float], message: str
) -> None:
    with pytest.raises(ReconstructionError, match=message):
        reconstruct(claims_without(), codebook, **settings)


def test_claims_that_cannot_hold_at_once_are_named(
    codebook: Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("buildingtrusts.published.reconstruction.ATTEMPTS", 1)
    monkeypatch.setattr("buildingtrusts.published.strategy_answers.STEPS", 20)
    claims = claims_without()
    moved = tuple(
        replace(claim, published="0.9") if claim.claim == "silhouette_k3" else claim
        for claim in claims.claims
    )
    with pytest.raises(ReconstructionError, match=r"silhouettes .*Try another seed"):
        reconstruct(replace(claims, claims=moved), codebook)


def test_a_target_of_an_unknown_kind_is_refused() -> None:
    claims = claims_without()
    targets = {**claims.targets, "ceo_far_less_popular": "CEO statements"}
    with pytest.raises(ReconstructionError, match="ceo_far_less_popular"):
        fitted_targets(replace(claims, targets=targets))


def test_a_cross_tabulation_that_does_not_add_up_is_refused(codebook: Codebook) -> None:
    claims = claims_without("crosstab_rapid_growth_no_1")
    with pytest.raises(ReconstructionError, match="rapid_growth has 3 trusts in cluster 1"):
        reconstruct(claims, codebook)


# --- the search's parts -----------------------------------------------------------------------


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_items_named_as_a_clusters_extremes_start_beyond_all_its_others(sign: float) -> None:
    # The third item was drawn further out than the first two are moved.
    profile = sign * np.array([0.0, -0.2, 0.6, 0.1])
    moved = with_extremes(profile, [0, 1], sign)
    assert (sign * moved[:2]).min() == pytest.approx(0.6 + PROFILE_START)
    assert moved[2:].tolist() == profile[2:].tolist()
    assert moved[0] - moved[1] == pytest.approx(profile[0] - profile[1])


@pytest.mark.parametrize(
    ("scaled", "shortfall"),
    [
        ([0.30, 0.25, 0.20], 0.0),
        ([0.30, 0.205, 0.20], SCALED_MARGIN - 0.005),
        ([0.30, 0.10, 0.20], 0.1 + SCALED_MARGIN),
        ([0.00, 0.10, 0.20], 0.2 + 0.1 + 2 * SCALED_MARGIN),
    ],
)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_items_named_as_extremes_fall_short_by_what_they_lack_and_a_margin(
    scaled: list[float], shortfall: float, sign: float
) -> None:
    rated = sign * np.array(scaled)
    assert order_shortfall(rated, [0, 1], sign) == pytest.approx(shortfall)


def test_the_violation_is_zero_exactly_where_average_linkage_passes_the_partition() -> None:
    rng = np.random.default_rng(1)
    passed = 0
    for _ in range(300):
        points = rng.normal(size=(7, 2)) + 3 * (np.arange(7) >= 4)[:, None]
        tree = build_tree(points, [str(place) for place in range(7)])
        wanted = [np.array([1, 1, 2, 2, 3, 3, 3]), np.array([1, 1, 1, 1, 2, 2, 2])]
        follows = all(
            cut_tree(tree, k).tolist() == labels.tolist()
            for k, labels in ((3, wanted[0]), (2, wanted[1]))
        )
        assert (tree_violation(tree.distances, wanted) == 0) == follows
        passed += follows
    assert 0 < passed < 300


def test_quantiles_leave_out_missing_answers_and_follow_numpy() -> None:
    rng = np.random.default_rng(2)
    answers = rng.integers(1, 11, size=(9, 40)).astype(float)
    answers[rng.random(answers.shape) < 0.3] = np.nan
    for p in (0.25, 0.5, 0.75):
        expected = [np.quantile(column[~np.isnan(column)], p) for column in answers.T]
        np.testing.assert_allclose(column_quantiles(answers, p), expected)


def test_ratings_beyond_the_scale_are_ticked_at_its_end() -> None:
    assert round_ratings(np.array([-3.0, 0.4, 4.6, 12.0]), 0, 10).tolist() == [0, 0, 5, 10]
