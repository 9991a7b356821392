"""The rule of the verdict, case by case, and what its sentences say."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.nulls import draw_null, evaluate, null_table
from buildingtrusts.statistics.permanova import permanova
from buildingtrusts.statistics.ratings import Specification, gather_ratings, observed_scores
from buildingtrusts.statistics.resampling import resample_respondents
from buildingtrusts.statistics.stability import null_stability, stability_tables
from buildingtrusts.statistics.verdict import (
    RULE_VERSION,
    VERDICT_COLUMNS,
    Evidence,
    Verdict,
    apply_rule,
    gather_evidence,
    judge,
    summarise_ensemble,
)

NOISE = "not distinguishable from noise"


def evidence(differ: bool, apart: bool, come_back: bool, large: bool) -> Evidence:
    return Evidence(
        permanova_p=0.002 if differ else 0.31,
        k=3,
        silhouette_p=0.012 if apart else 0.44,
        jaccards=(0.91, 0.88, 0.79 if come_back else 0.61),
        null_points=(0.7, 0.7, 0.7),
        sizes=(6, 8, 3) if large else (6, 9, 2),
    )


ALL_HOLD = evidence(True, True, True, True)

#: Trusts differ, clusters stand apart, clusters come back, clusters are large enough: the verdict.
TRUTH_TABLE = {
    (True, True, True, True): "supported",
    (True, True, True, False): "weak",
    (True, True, False, True): "weak",
    (True, True, False, False): "weak",
    (True, False, True, True): "weak",
    (True, False, True, False): "weak",
    (True, False, False, True): NOISE,
    (True, False, False, False): NOISE,
    (False, True, True, True): NOISE,
    (False, True, True, False): NOISE,
    (False, True, False, True): NOISE,
    (False, True, False, False): NOISE,
    (False, False, True, True): NOISE,
    (False, False, True, False): NOISE,
    (False, False, False, True): NOISE,
    (False, False, False, False): NOISE,
}


def test_the_truth_table_has_every_case() -> None:
    assert set(TRUTH_TABLE) == set(itertools.product([True, False], repeat=4))


@pytest.mark.parametrize(("conditions", "verdict"), TRUTH_TABLE.items())
def test_the_rule_case_by_case(conditions: tuple[bool, bool, bool, bool], verdict: str) -> None:
    found = evidence(*conditions)
    assert apply_rule(found) == verdict
    assert judge(found, "2017").verdict == verdict


def test_a_p_of_five_per_cent_counts_and_more_does_not() -> None:
    for name in ("permanova_p", "silhouette_p"):
        assert apply_rule(replace(ALL_HOLD, **{name: 0.05})) == "supported"
        assert apply_rule(replace(ALL_HOLD, **{name: 0.0501})) != "supported"


def test_a_jaccard_has_to_be_above_its_null_and_not_just_equal() -> None:
    equal = replace(ALL_HOLD, jaccards=(0.91, 0.88, 0.7))
    assert not equal.clusters_return
    assert not replace(ALL_HOLD, jaccards=(0.91, 0.88, 0.7 + 1e-15)).clusters_return
    assert replace(ALL_HOLD, jaccards=(0.91, 0.88, 0.701)).clusters_return


def test_each_cluster_is_held_against_its_own_null() -> None:
    own = replace(ALL_HOLD, jaccards=(0.9, 0.5, 0.5), null_points=(0.8, 0.4, 0.4))
    assert own.clusters_return
    assert not replace(own, null_points=(0.4, 0.4, 0.8)).clusters_return


def test_three_trusts_are_a_cluster_and_two_are_not() -> None:
    assert replace(ALL_HOLD, sizes=(11, 3, 3)).clusters_large_enough
    assert not replace(ALL_HOLD, sizes=(12, 3, 2)).clusters_large_enough


def test_where_differences_cannot_be_tested_nothing_is_supported() -> None:
    untested = replace(ALL_HOLD, permanova_p=float("nan"))
    assert apply_rule(untested) == NOISE
    assert "whether trusts differ at all could not be tested" in judge(untested, "w").sentence


@pytest.mark.parametrize(
    "wrong",
    [
        {"permanova_p": 1.2},
        {"silhouette_p": -0.1},
        {"silhouette_p": float("nan")},
        {"jaccards": (0.9, 0.8)},
        {"sizes": (6, 11)},
        {"k": 1, "jaccards": (1.0,), "null_points": (1.0,), "sizes": (17,)},
    ],
)
def test_impossible_evidence_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"p-values are|needed are two clusters"):
        replace(ALL_HOLD, **wrong)  # type: ignore[arg-type]


def test_a_verdict_carries_the_numbers_of_its_wave() -> None:
    verdict = judge(ALL_HOLD, "2017")
    assert verdict.table().columns.tolist() == list(VERDICT_COLUMNS)
    assert verdict.table().iloc[0].tolist() == [
        *("2017", "supported", 3, 0.012, RULE_VERSION, verdict.sentence)
    ]


def test_the_sentence_of_a_supported_solution() -> None:
    assert judge(ALL_HOLD, "2017").sentence == (
        "The three clusters among these 17 trusts are supported: trusts differ by more than their "
        "staff do by chance (p = 0.002), the clusters stand further apart than clusters found in "
        "noise (p = 0.012) and every cluster comes back under resampled staff better than clusters "
        "found in noise (Jaccard 0.91, 0.88 and 0.79; 95% point in noise 0.70)."
    )


def test_the_sentence_says_what_holds_before_what_does_not() -> None:
    sentence = judge(evidence(True, False, True, True), "2017").sentence
    assert sentence.startswith("The evidence for three clusters among these 17 trusts is weak: ")
    held, failed = sentence.split(", but ")
    assert "trusts differ by more" in held
    assert "every cluster comes back" in held
    assert failed == (
        "the clusters stand no further apart than clusters found in noise (p = 0.440)."
    )


def test_if_trusts_do_not_differ_the_sentence_says_only_that() -> None:
    assert judge(evidence(False, True, True, True), "2017").sentence == (
        "The three clusters among these 17 trusts are not distinguishable from noise: trusts do "
        "not differ by more than their staff do by chance (p = 0.310)."
    )


@pytest.mark.parametrize("conditions", [case for case in TRUTH_TABLE if not case[3]])
def test_a_cluster_of_two_is_always_named(conditions: tuple[bool, bool, bool, bool]) -> None:
    sentence = judge(evidence(*conditions), "2017").sentence
    alone = conditions[:3] == (True, True, True)
    assert ("only a cluster of two keeps the solution from being supported" in sentence) == alone
    remark = "; with a cluster of two it could not be fully supported in any case."
    assert sentence.endswith(remark) != alone


@pytest.mark.parametrize("conditions", [case for case in TRUTH_TABLE if case[3]])
def test_large_clusters_need_no_remark(conditions: tuple[bool, bool, bool, bool]) -> None:
    assert "cluster of" not in judge(evidence(*conditions), "2017").sentence


def test_rounding_never_hides_on_which_side_a_number_lies() -> None:
    close = replace(ALL_HOLD, permanova_p=0.00001, silhouette_p=0.05004)
    assert "(p = 0.05004)" in judge(close, "2017").sentence
    assert "(p < 0.001)" in judge(close, "2017").sentence
    above = replace(ALL_HOLD, jaccards=(0.91, 0.88, 0.7004))
    assert "Jaccard 0.9100, 0.8800 and 0.7004; 95% point in noise 0.7000" in (
        judge(above, "2017").sentence
    )


def test_different_null_points_are_all_given() -> None:
    own = replace(ALL_HOLD, null_points=(0.7, 0.6, 0.5))
    assert "95% points in noise 0.70, 0.60 and 0.50" in judge(own, "2017").sentence


@pytest.mark.parametrize("conditions", TRUTH_TABLE)
def test_one_reconstruction_never_answers_for_the_survey(
    conditions: tuple[bool, bool, bool, bool],
) -> None:
    found = evidence(*conditions)
    made, original = judge(found, "2017-reconstruction", "reconstruction"), judge(found, "2017")
    assert made.verdict == original.verdict
    assert made.sentence.startswith("One reconstruction cannot answer for the survey, because its ")
    assert "setting of its generator" in made.sentence
    # What follows is the same finding, now in the middle of the sentence.
    assert made.sentence.endswith(original.sentence[1:])


def test_an_illustration_says_that_it_is_invented() -> None:
    sentence = judge(ALL_HOLD, "2024-illustration", "illustration").sentence
    assert sentence.startswith("These answers are invented and say nothing about any trust: here, ")


def test_an_unknown_provenance_is_refused() -> None:
    with pytest.raises(ValueError, match="'survey'; allowed are illustration, original, recon"):
        judge(ALL_HOLD, "2017", "survey")


# --- evidence from the tables -------------------------------------------------------------------


def null_rows() -> pd.DataFrame:
    """The decisive row among others that must not be taken for it."""
    return pd.DataFrame(
        [
            ("two_level", "standardised_silhouette", "max", 3, 0.02),
            ("two_level", "standardised_silhouette", "k", 2, 0.9),
            ("two_level", "mean_silhouette", "max", 2, 0.8),
            ("gaussian", "standardised_silhouette", "max", 4, 0.7),
        ],
        columns=["null", "statistic", "scope", "k", "p_value"],
    )


def stability_rows() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("respondents", 3, 2, 0.8, 0.6),
            ("respondents", 3, 1, 0.9, 0.6),
            ("respondents", 3, 3, 0.7, 0.6),
            ("respondents", 2, 1, 0.1, 0.6),
            ("leave_one_mat", 3, 1, 0.2, 0.6),
        ],
        columns=["source", "k", "cluster", "jaccard_mean", "null_q95"],
    )


def cluster_rows() -> pd.DataFrame:
    rows = [(mat, 3, 1 + mat % 3) for mat in range(10)] + [
        (mat, 2, 1 + mat % 2) for mat in range(8)
    ]
    return pd.DataFrame(rows, columns=["mat_id", "k", "cluster"])


def test_evidence_is_taken_at_the_k_that_the_procedure_chose() -> None:
    assert gather_evidence(null_rows(), stability_rows(), cluster_rows(), 0.04) == Evidence(
        permanova_p=0.04,
        k=3,
        silhouette_p=0.02,
        jaccards=(0.9, 0.8, 0.7),
        null_points=(0.6, 0.6, 0.6),
        sizes=(4, 3, 3),
    )


def test_stability_at_another_k_is_no_evidence() -> None:
    stability = stability_rows().query("k == 2")
    with pytest.raises(ValueError, match="chose k = 3, where stability covers"):
        gather_evidence(null_rows(), stability, cluster_rows(), 0.04)


def test_the_decisive_null_has_to_be_there() -> None:
    nulls = null_rows().query("null != 'two_level'")
    with pytest.raises(ValueError, match="have 0 rows"):
        gather_evidence(nulls, stability_rows(), cluster_rows(), 0.04)


# --- from answers to a verdict ------------------------------------------------------------------


def verdict_on(centres: np.ndarray) -> Verdict:
    """The whole procedure on twenty respondents a trust, around their trust's centre."""
    n_mats, n_items = centres.shape
    mats = np.repeat(np.arange(n_mats), 20)
    noise = np.random.default_rng(3).standard_normal((len(mats), n_items))
    answers = np.clip(np.rint(centres[mats] + 1.8 * noise), 1, 10)
    ratings = gather_ratings(answers, mats, [(1.0, 10.0, 1.0)] * n_items)
    usual, k, rng = Specification(), [2, 3, 4, 5], np.random.default_rng(4)
    observed = evaluate(observed_scores(ratings, usual)[None], k, usual)
    drawn = {"two_level": draw_null("two_level", ratings, usual, k, 199, rng)}
    resampled = resample_respondents(ratings, usual, k, k, 200, rng)
    chance = null_stability(ratings, usual, k, 60, 30, rng)
    names = [f"MAT {number}" for number in range(1, n_mats + 1)]
    clusters = [
        (mat, one, cluster)
        for one, comparison in resampled.comparisons.items()
        for mat, cluster in zip(names, comparison.reference.tolist(), strict=True)
    ]
    return judge(
        gather_evidence(
            null_table(observed, drawn, n_mats),
            stability_tables([resampled], chance, names).stability,
            pd.DataFrame(clusters, columns=["mat_id", "k", "cluster"]),
            permanova(answers, mats, 199, rng).chance.p_value,
        ),
        "hand-made",
    )


def test_three_planted_clusters_are_supported() -> None:
    kinds = [[4, 4, 4, 7, 7, 7, 5, 5], [7, 7, 7, 4, 4, 4, 5, 5], [6, 6, 6, 6, 6, 6, 9, 2]]
    verdict = verdict_on(np.array(kinds, dtype=float)[np.arange(15) % 3])
    assert (verdict.verdict, verdict.k) == ("supported", 3)


def test_trusts_that_differ_without_clusters_are_not_supported() -> None:
    differences = np.random.default_rng(8).standard_normal((15, 8))
    verdict = verdict_on(5.5 + 0.8 * differences)
    assert "trusts differ by more" in verdict.sentence
    assert verdict.verdict == NOISE


def test_trusts_that_do_not_differ_are_noise() -> None:
    assert verdict_on(np.full((15, 8), 5.5)).verdict == NOISE


# --- ensembles ----------------------------------------------------------------------------------


def given(verdict: str, k: int = 3, p_value: float = 0.02, version: str = "1") -> Verdict:
    return Verdict("2017-reconstruction", verdict, k, p_value, version, "")


def test_disagreeing_reconstructions_leave_it_undetermined() -> None:
    summary = summarise_ensemble(
        [given("weak"), given(NOISE, k=2, p_value=0.6), given("weak", k=5, p_value=0.0004)]
    )
    assert not summary.determined
    assert summary.counts == {"supported": 0, "weak": 2, NOISE: 1}
    assert (summary.k, summary.p_value) == ((2, 5), (0.0004, 0.6))
    assert summary.sentence == (
        "The published figures do not determine whether the clusters are more than noise: of 3 "
        "reconstructions that satisfy them the verdict is 'supported' for 0, 'weak' for 2 and "
        "'not distinguishable from noise' for 1 (k from 2 to 5, p from 0.0004 to 0.600)."
    )


def test_agreeing_reconstructions_speak_for_the_settings_tried() -> None:
    summary = summarise_ensemble([given(NOISE, p_value=0.2), given(NOISE, p_value=0.2)])
    assert summary.determined
    assert summary.sentence == (
        "In all 2 reconstructions that satisfy the published figures the verdict is 'not "
        "distinguishable from noise' (k = 3, p = 0.200), for the settings of the generator that "
        "were tried."
    )


def test_an_ensemble_is_of_one_rule_and_not_empty() -> None:
    with pytest.raises(ValueError, match="0 verdicts come from 0 versions"):
        summarise_ensemble([])
    with pytest.raises(ValueError, match="2 versions"):
        summarise_ensemble([given("weak"), given("weak", version="2")])
