"""The claims as data: the shipped files say what the report says, and bad files are told whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from buildingtrusts.published.claims import (
    COLUMNS,
    CROSSTAB_COLUMNS,
    TARGET_COLUMNS,
    ClaimSet,
    read_claims,
)
from buildingtrusts.published.quantities import check_quantities
from buildingtrusts.study.problems import InputProblems

PUBLISHED = Path(__file__).resolve().parents[2] / "data" / "published"

#: Pairs in which the report contradicts itself, or the press release issued with it.
CONTRADICTIONS = [
    ("back_office_most_centralised", "back_office_after_principals"),
    ("back_office_most_centralised", "principals_most_centralised"),
    ("parent_engagement_clusters_1_3", "parent_engagement_left_to_schools"),
    ("parent_engagement_clusters_1_3", "parent_engagement_devolved"),
    ("back_office_sets_mats_apart", "back_office_rated_highly"),
    ("two_question_sets", "four_question_sets"),
    ("strategy_asked_of_central_staff", "strategy_asked_of_school_leaders"),
    ("clusters_1_and_3_share_community", "cluster_1_without_community"),
    ("ceos_over_forty", "ceo_interviews"),
    ("central_teams_cohesive", "central_teams_divided"),
    ("cluster_2_high_statements_listed", "cluster_2_high_statements_distinct"),
    ("statement_wordings_methodology", "statement_wordings_report"),
    ("break_points_report", "break_points_press_release"),
    ("coherence_of_best", "coherence_untested"),
]

#: Checkable claims chosen beforehand to which nothing is fitted.
NOT_FITTED = [
    "second_divergence",
    "performance_not_associated",
    "sponsor_mix_curriculum",
    "sponsor_mix_core_curriculum",
    "sponsor_mix_pedagogy",
    "tried_model_with_pedagogy",
    "pupil_policies_vary",
    "ceo_enrichment_varies_more",
    "identity_against_pedagogy",
    "autonomy_against_pedagogy",
    "identity_separates_clusters_1_2",
    "autonomy_separates_clusters_1_2",
    "average_linkage_best",
    "balanced_sample_consistent",
    "balanced_sample_keener",
    "central_keener_curriculum_general",
    "local_keener_develop_senior_staff",
    "central_and_local_agree",
    "standardisation_range_within_mats",
]

ROW = {
    "claim": "mats",
    "survey": "2017",
    "section": "2",
    "statement": "MATs surveyed",
    "published": "22",
    "unit": "MATs",
    "at_least": "",
    "at_most": "",
    "tolerance": "0",
    "source": "survey",
    "quantity": "count_mats",
    "arguments": "",
    "conflicts_with": "",
    "note": "",
}


def csv_of(columns: tuple[str, ...], *rows: dict[str, str]) -> str:
    lines = [",".join(columns), *(",".join(row[column] for column in columns) for row in rows)]
    return "\n".join(lines) + "\n"


def read(*rows: dict[str, str], cells: str = "", targets: str = "") -> ClaimSet:
    return read_claims(
        csv_of(COLUMNS, *rows),
        ",".join(CROSSTAB_COLUMNS) + "\n" + cells,
        ",".join(TARGET_COLUMNS) + "\n" + targets,
    )


@pytest.fixture(scope="module")
def shipped() -> ClaimSet:
    texts = [
        (PUBLISHED / f"{name}.csv").read_text(encoding="utf-8")
        for name in ("claims", "crosstabs", "targets")
    ]
    return read_claims(*texts)


def test_every_shipped_claim_can_be_tried(shipped):
    assert check_quantities(shipped.claims) == []
    assert len(shipped.claims) > 300


def test_the_report_prints_fifty_one_cells_and_each_is_a_claim(shipped):
    assert len(shipped.cells) == 51
    cell = {claim.claim: claim for claim in shipped.claims}["crosstab_phase_mix_mixed_2"]
    assert (cell.published, cell.tolerance, cell.quantity) == ("6", 0.0, "crosstab_cell")
    assert dict(cell.arguments) == {
        "k": "3",
        "attribute": "phase_mix",
        "level": "Mixed",
        "cluster": "2",
    }


def test_each_printed_table_holds_six_nine_and_two_trusts(shipped):
    totals: Counter[tuple[str, int]] = Counter()
    for cell in shipped.cells:
        totals[cell.attribute, cell.cluster] += cell.n
    attributes = {attribute for attribute, _ in totals}
    assert len(attributes) == 6
    for attribute in attributes:
        assert [totals[attribute, cluster] for cluster in (1, 2, 3)] == [6, 9, 2]


@pytest.mark.parametrize(("one", "other"), CONTRADICTIONS)
def test_where_the_report_contradicts_itself_both_sides_are_claims(shipped, one, other):
    claims = {claim.claim: claim for claim in shipped.claims}
    assert other in claims[one].conflicts_with
    assert one in claims[other].conflicts_with


def test_no_other_claims_are_said_to_conflict(shipped):
    known = {name for pair in CONTRADICTIONS for name in pair}
    assert {claim.claim for claim in shipped.claims if claim.conflicts_with} == known


def test_the_claims_chosen_beforehand_stay_unfitted(shipped):
    claims = {claim.claim: claim for claim in shipped.claims}
    for name in NOT_FITTED:
        assert claims[name].source == "survey"
        assert claims[name].published
        assert name not in shipped.targets


def test_every_fitted_claim_says_why(shipped):
    assert all(shipped.targets.values())


def test_statements_about_high_and_low_use_the_cutoffs_fixed_beforehand(shipped):
    bounds = {"high": (0.2, None), "low": (None, -0.2), "slightly low": (-0.2, -0.05)}
    found = [claim for claim in shipped.claims if claim.published in bounds]
    assert len(found) == 19
    for claim in found:
        assert (claim.at_least, claim.at_most) == bounds[claim.published]


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"claim": "Mats surveyed"}, "claim", "snake_case"),
        ({"survey": ""}, "survey", "has a survey"),
        ({"statement": ""}, "statement", "has a statement"),
        ({"at_least": "low", "tolerance": ""}, "at_least", "a number or empty"),
        ({"tolerance": "-1"}, "tolerance", "0 or more"),
        ({"tolerance": ""}, "tolerance", "has a tolerance"),
        ({"published": "most"}, "tolerance", "Only a printed number"),
        ({"at_least": "9"}, "tolerance", "Bounds replace"),
        ({"at_least": "9", "at_most": "8", "tolerance": ""}, "at_least", "no more than"),
        ({"at_least": "9", "published": "", "tolerance": ""}, "published", "what was printed"),
        ({"source": "memory"}, "source", "survey, printed, register"),
        ({"quantity": ""}, "quantity", "names the quantity"),
        ({"source": "printed", "quantity": ""}, "note", "says why"),
        ({"arguments": "k:3"}, "arguments", "key=value"),
        ({"conflicts_with": "mats"}, "conflicts_with", "another claim"),
        ({"conflicts_with": "no_such_claim"}, "conflicts_with", "another claim"),
    ],
)
def test_a_bad_row_is_told_with_its_column_and_rule(change, column, rule):
    with pytest.raises(InputProblems) as raised:
        read({**ROW, **change})
    assert any(p.column == column and rule in p.rule for p in raised.value.problems)
    assert all(problem.advice for problem in raised.value.problems)


def test_all_problems_of_all_three_files_are_told_at_once():
    with pytest.raises(InputProblems) as raised:
        read(
            {**ROW, "survey": ""},
            {**ROW, "claim": "other", "tolerance": ""},
            cells="growth,Yes,1,some\n",
            targets="nowhere,why\n",
        )
    found = {(problem.file, problem.line) for problem in raised.value.problems}
    assert found == {("claims.csv", 2), ("claims.csv", 3), ("crosstabs.csv", 2), ("targets.csv", 2)}


def test_a_wrong_header_is_told_with_the_one_that_is_right():
    with pytest.raises(InputProblems, match="claim,survey,section"):
        read_claims("claim,survey\n", "attribute,level,cluster,n\n", "claim,reason\n")


def test_a_row_with_a_comma_too_many_is_not_shifted():
    with pytest.raises(InputProblems, match="15 fields"):
        read({**ROW, "statement": "surveyed, all"})


def test_an_identifier_is_used_once_cells_included():
    cell = {**ROW, "claim": "crosstab_growth_yes_1"}
    with pytest.raises(InputProblems, match="names one claim"):
        read(cell, cells="growth,Yes,1,3\n")


def test_a_table_without_its_zero_cell_is_refused():
    with pytest.raises(InputProblems, match="cell for every cluster"):
        read(ROW, cells="growth,Yes,1,3\ngrowth,No,1,3\ngrowth,No,2,9\n")


@pytest.mark.parametrize(
    ("change", "targets", "rule"),
    [
        ({}, "nowhere,why\n", "one of the claims"),
        ({"published": "", "tolerance": ""}, "mats,why\n", "a printed figure"),
        ({"source": "register"}, "mats,why\n", "a printed figure"),
        ({}, "mats,why\nmats,why\n", "listed once"),
    ],
)
def test_only_what_can_be_fitted_is_a_target(change, targets, rule):
    with pytest.raises(InputProblems, match=rule):
        read({**ROW, **change}, targets=targets)


def test_a_claim_the_report_contradicts_is_never_a_target():
    one = {**ROW, "conflicts_with": "other"}
    other = {**ROW, "claim": "other", "conflicts_with": "mats"}
    with pytest.raises(InputProblems, match="not contradicted"):
        read(one, other, targets="mats,why\n")
    assert len(read(one, other).claims) == 2
