"""The ledger: basis follows from the targets and the provenance, and no verdict is arranged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.published.claims import COLUMNS as CLAIM_COLUMNS
from buildingtrusts.published.claims import Claim, ClaimSet, read_claims
from buildingtrusts.published.evidence import Evidence, Register, Tie
from buildingtrusts.published.ledger import (
    BASES,
    COLUMNS,
    MUST_REPRODUCE,
    VERDICTS,
    Wave,
    as_text,
    basis_of,
    compute_ledger,
    count_verdicts,
    differences_that_matter,
    verdict_of,
)

PUBLISHED = Path(__file__).resolve().parents[2] / "data" / "published"
ITEMS = ("individual_identity", "consistent_pedagogy")


@pytest.fixture(scope="module")
def shipped() -> ClaimSet:
    texts = [
        (PUBLISHED / f"{name}.csv").read_text(encoding="utf-8")
        for name in ("claims", "crosstabs", "targets")
    ]
    illustrated = (PUBLISHED / "illustrated.csv").read_text(encoding="utf-8")
    return read_claims(*texts, illustrated=illustrated)


def ratings(of_mat: dict[str, Sequence[tuple[int, int]]]) -> pd.DataFrame:
    """Answers to two statements, one tuple a respondent."""
    rows = [
        (f"{mat} {number}", mat, "school_leader" if number else "ceo", *answers)
        for mat, people in of_mat.items()
        for number, answers in enumerate(people)
    ]
    names = [f"strategy__{item}" for item in ITEMS]
    return pd.DataFrame(rows, columns=["respondent_id", "mat_id", "role", *names])


def evidence_of(responses: pd.DataFrame) -> Evidence:
    """The few tables that these tests need, made from answers."""
    long = responses.melt(["respondent_id", "mat_id", "role"], var_name="name", value_name="value")
    long[["block", "item"]] = long["name"].str.split("__", expand=True)
    scores = long.groupby(["mat_id", "block", "item"])["value"].agg(["mean", "median"])
    ceo = long[long["role"] == "ceo"][["respondent_id", "mat_id", "block", "item", "value"]]
    mats = responses["mat_id"].unique()
    return Evidence(
        responses=responses,
        scores=scores.reset_index(),
        ceo=ceo,
        clusters=pd.DataFrame({"mat_id": mats, "k": 2, "cluster": 1}),
    )


SMALL = {
    "MAT 7": [(9, 3), (8, 3), (9, 4)],
    "MAT 20": [(4, 9), (5, 9), (3, 8)],
    "MAT 4": [(6, 5), (7, 6), (6, 6)],
}
PEDAGOGY = "block=strategy; item=consistent_pedagogy"
TRADE_OFF = "first=strategy__individual_identity; second=strategy__consistent_pedagogy"
CLAIMS = f"""\
{",".join(CLAIM_COLUMNS)}
responses,2017,2,Responses,9,,,,0,survey,count_responses,,,
mat_7,2017,1,MAT 7,3,,,,0,survey,median_rating,mat=MAT 7; {PEDAGOGY},,
mat_20,2017,1,MAT 20,9,,,,0,survey,median_rating,mat=MAT 20; {PEDAGOGY},,
divergence,2017,1,Next,individual_identity,,,,,survey,divergent_item,block=strategy; rank=2,,
trade_off,2017,1,Trade-off,falls,,,0,,survey,correlation_of_means,{TRADE_OFF},,
mats,2017,2,MATs,3,MATs,,,0,survey,count_mats,,,
less_one,2017,2,MATs but one,2,,,,0,printed,total,plus=mats; minus=one,,
one,2017,2,One of something,1,,,,0,printed,,,,Counted in the text.
open_mats,2017,2,Open MATs,4,,,,0,register,trusts_with_schools,,,
"""
TARGETS = "claim,reason\nmat_7,medians\nmat_20,medians\nresponses,sample\n"


def small_claims(claims: str = CLAIMS) -> ClaimSet:
    return read_claims(claims, "attribute,level,cluster,n\n", TARGETS)


def wave(name: str, provenance: str, of_mat: dict[str, Sequence[tuple[int, int]]]) -> Wave:
    return Wave(name, provenance, evidence_of(ratings(of_mat)))


RECONSTRUCTION = wave("2017-reconstruction", "reconstruction", SMALL)
REGISTER = Register(trusts=pd.DataFrame({"n_schools": [1, 2, 4, 9]}))


def test_each_claim_is_held_against_what_the_answers_give():
    ledger = compute_ledger(small_claims(), [RECONSTRUCTION], REGISTER).set_index("claim")
    assert dict(ledger["computed"]) == {
        "responses": "9",
        "mat_7": "3",
        "mat_20": "9",
        "divergence": "individual_identity",
        "trade_off": "-1",
        "mats": "3",
        "less_one": "2",
        "one": "",
        "open_mats": "4",
    }
    assert set(ledger["verdict"].drop("one")) == {"reproduced"}
    assert ledger.loc["one", "verdict"] == "not computable"
    assert ledger.loc["trade_off", "tolerance"] == "0 or less"


def test_changing_ten_ratings_makes_claims_differ():
    changed = {
        "MAT 7": [(9, 8), (8, 8), (9, 9)],
        "MAT 20": [(4, 3), (5, 3), (3, 3)],
        "MAT 4": [(1, 1), (1, 1), (6, 6)],
    }
    before, after = (ratings(people).iloc[:, 3:] for people in (SMALL, changed))
    assert int((before != after).sum().sum()) == 10
    ledger = compute_ledger(
        small_claims(), [wave("2017-reconstruction", "reconstruction", changed)], REGISTER
    )
    different = set(ledger["claim"][ledger["verdict"] == "differs"])
    assert {"mat_7", "mat_20"} <= different
    assert set(differences_that_matter(ledger)["claim"]) == {"mat_7", "mat_20"}


def test_computing_never_reads_what_was_published(shipped):
    lies = ClaimSet(
        tuple(
            replace(claim, published="7777" if claim.number is not None else "nonsense")
            if claim.source != "printed"
            else claim
            for claim in shipped.claims
        ),
        shipped.cells,
        shipped.targets,
    )
    full = _full_evidence()
    waves = [Wave("2017-reconstruction", "reconstruction", full)]
    truth = compute_ledger(shipped, waves, REGISTER)
    told = compute_ledger(lies, waves, REGISTER)
    not_printed = truth["basis"] != "derived"
    assert (truth["computed"] != "")[not_printed].sum() > 30
    assert (truth["published"] != told["published"])[not_printed].all()
    assert truth["computed"][not_printed].equals(told["computed"][not_printed])


def _full_evidence() -> Evidence:
    # The shipped claims' own items, so that many of them can be computed.
    names = ("individual_identity", "consistent_pedagogy", "local_leadership", "scaling_model")
    rows = [
        (f"r{mat}{person}", f"MAT {mat}", "ceo" if person == 0 else "school_leader")
        + tuple(1 + (mat * (item + 2) + person * (item + 1)) % 10 for item in range(len(names)))
        for mat in range(1, 21)
        for person in range(5)
    ]
    columns = ["respondent_id", "mat_id", "role", *(f"strategy__{name}" for name in names)]
    evidence = evidence_of(pd.DataFrame(rows, columns=columns))
    mats = evidence.responses["mat_id"].unique()
    clusters = [(mat, k, 1 + n % k) for k in (2, 3) for n, mat in enumerate(mats)]
    cells = pd.DataFrame(
        [(3, "phase_mix", "Mixed", cluster, 4) for cluster in (1, 2, 3)],
        columns=["k", "attribute", "level", "cluster", "n"],
    )
    return replace(
        evidence,
        clusters=pd.DataFrame(clusters, columns=["mat_id", "k", "cluster"]),
        partitions=pd.DataFrame({"k": [2, 3], "mean_silhouette": [0.2, 0.3]}),
        crosstabs=cells,
    )


def test_the_calibrated_rows_are_exactly_the_targets(shipped):
    waves = [Wave("2017-reconstruction", "reconstruction", Evidence())]
    ledger = compute_ledger(shipped, waves, Register())
    calibrated = ledger["claim"][ledger["basis"] == "calibrated"]
    assert set(calibrated) == set(shipped.targets)
    emergent = set(ledger["claim"][ledger["basis"] == "emergent"])
    survey = {
        claim.claim
        for claim in shipped.claims
        if (claim.source, claim.survey) == ("survey", "2017")
    }
    assert emergent == survey - set(shipped.targets)


def test_the_reconstruction_is_fitted_to_nothing_that_is_said_of_2024(shipped):
    waves = [Wave("2024-illustration", "illustration", Evidence())]
    ledger = compute_ledger(shipped, waves, Register())
    of_wave = ledger[ledger["wave"] == "2024-illustration"]
    assert not set(of_wave["claim"]) & set(shipped.targets)
    assert len(of_wave) >= 10
    # What cannot be computed says why.
    rest = ledger[ledger["wave"] == "2024"]
    assert set(rest["verdict"]) == {"not computable"}
    assert not set(shipped.targets) & set(of_wave["claim"])


def test_original_answers_are_data_and_nothing_else(shipped):
    ledger = compute_ledger(shipped, [Wave("2017", "original", Evidence())], Register())
    assert set(ledger["basis"]) == {"data", "derived", "register"}
    assert set(ledger["wave"]) == {"2017", "2024"}


def test_an_illustration_was_fitted_to_nothing(shipped):
    waves = [Wave("2017-illustration", "illustration", Evidence())]
    ledger = compute_ledger(shipped, waves, Register())
    assert set(ledger["basis"]) == {"emergent", "derived", "register"}


def test_a_wave_of_another_survey_has_no_rows():
    waves = [RECONSTRUCTION, Wave("2024-illustration", "illustration", Evidence())]
    ledger = compute_ledger(small_claims(), waves, REGISTER)
    assert set(ledger["wave"]) == {"2017-reconstruction", "2017"}


def test_two_waves_of_one_survey_stand_side_by_side_and_the_rest_appears_once():
    waves = [RECONSTRUCTION, wave("2017", "original", SMALL)]
    ledger = compute_ledger(small_claims(), waves, REGISTER)
    assert list(ledger["wave"][:4]) == ["2017-reconstruction", "2017"] * 2
    assert list(ledger["basis"][:4]) == ["calibrated", "data"] * 2
    assert (ledger["claim"] == "less_one").sum() == 1
    assert not ledger.duplicated(["claim", "wave"]).any()


def test_only_the_words_of_the_contract_are_used(shipped):
    waves = [Wave("2017-reconstruction", "reconstruction", _full_evidence())]
    ledger = compute_ledger(shipped, waves, REGISTER)
    assert list(ledger.columns) == list(COLUMNS)
    assert set(ledger["basis"]) <= set(BASES)
    assert set(ledger["verdict"]) <= set(VERDICTS)


def test_what_cannot_be_computed_always_says_why(shipped):
    waves = [Wave("2017-reconstruction", "reconstruction", Evidence())]
    ledger = compute_ledger(shipped, waves, Register())
    silent = ledger[(ledger["verdict"] == "not computable") & (ledger["note"] == "")]
    assert silent.empty
    register = ledger[ledger["basis"] == "register"]
    assert set(register["verdict"]) == {"not computable"}
    assert register["note"].str.contains("data/raw/register/README.md").all()


def test_what_follows_from_printed_numbers_alone_holds(shipped):
    ledger = compute_ledger(shipped, [], Register()).set_index("claim")
    derived = ledger[ledger["basis"] == "derived"]
    assert "differs" not in set(derived["verdict"])
    assert derived.loc["overlap_of_samples", "computed"] == "9"
    assert derived.loc["balanced_sample_size", "computed"] == "68"
    assert derived.loc["silhouette_rises", "computed"] == "0.06"
    # In how many of the 680 ways three of 17 trusts could have grown it would be as rare: 35.
    assert float(derived.loc["printed_p_rapid_growth_k3", "computed"]) == pytest.approx(35 / 680)
    assert float(derived.loc["printed_p_phase_mix_k3", "computed"]) == pytest.approx(
        0.0677, abs=1e-4
    )


def test_both_sides_of_a_contradiction_are_computed_and_neither_is_judged(shipped):
    waves = [Wave("2017-reconstruction", "reconstruction", _full_evidence())]
    ledger = compute_ledger(shipped, waves, REGISTER).set_index("claim")
    for name in ("two_question_sets", "four_question_sets"):
        assert ledger.loc[name, "verdict"] == "report inconsistent"
        assert ledger.loc[name, "computed"] == "1"
    assert ledger.loc["two_question_sets", "conflicts_with"] == "four_question_sets"


BASE = Claim("c", "2017", "1", "s", "", "", None, None, None, "survey", "q", (), (), "")


@pytest.mark.parametrize(
    ("changes", "computed", "verdict"),
    [
        ({"published": "0.19", "tolerance": 0.005}, 0.195, "reproduced"),
        ({"published": "0.19", "tolerance": 0.005}, 0.1951, "differs"),
        ({"published": "17", "tolerance": 0.0}, 17.0, "reproduced"),
        ({"published": "17", "tolerance": 0.0}, 16.0, "differs"),
        ({"published": "high", "at_least": 0.2}, 0.2, "reproduced"),
        ({"published": "high", "at_least": 0.2}, 0.19, "differs"),
        ({"published": "slightly low", "at_least": -0.2, "at_most": -0.05}, -0.1, "reproduced"),
        ({"published": "slightly low", "at_least": -0.2, "at_most": -0.05}, -0.3, "differs"),
        ({"published": "slightly low", "at_least": -0.2, "at_most": -0.05}, 0.0, "differs"),
        ({"published": "a; b"}, "b; a", "reproduced"),
        ({"published": "a; b"}, "a; c", "differs"),
        ({"published": "average"}, "ward", "differs"),
        ({"published": "more", "at_least": 0.0}, Tie("0"), "tie"),
        ({}, 3.0, "computed only"),
        ({"published": "most", "at_least": 9.0}, None, "not computable"),
        (
            {"published": "2", "tolerance": 0.0, "conflicts_with": ("d",)},
            2.0,
            "report inconsistent",
        ),
    ],
)
def test_a_verdict_follows_from_what_was_printed_and_how_close_is_close(changes, computed, verdict):
    assert verdict_of(replace(BASE, **changes), computed) == verdict


def test_numbers_are_written_so_that_they_read_back_the_same():
    assert as_text(1 / 3) == "0.3333333333333333"
    assert float(as_text(0.1 + 0.2)) == 0.1 + 0.2
    assert as_text(-0.0) == "0"


def test_verdicts_are_counted_by_basis_and_never_added_up():
    counts = count_verdicts(compute_ledger(small_claims(), [RECONSTRUCTION], REGISTER))
    assert list(counts) == [
        ("2017", basis) for basis in ("calibrated", "emergent", "derived", "register")
    ]
    assert counts["2017", "calibrated"] == {**dict.fromkeys(VERDICTS, 0), "reproduced": 3}
    assert counts["2017", "derived"] == {
        **dict.fromkeys(VERDICTS, 0),
        "reproduced": 1,
        "not computable": 1,
    }


def test_a_difference_matters_unless_the_claim_was_left_free(shipped):
    rows = [
        dict.fromkeys(COLUMNS, "") | {"claim": basis, "basis": basis, "verdict": "differs"}
        for basis in BASES
    ]
    found = differences_that_matter(pd.DataFrame(rows))
    assert tuple(found["claim"]) == MUST_REPRODUCE == ("calibrated", "derived", "register")


def test_counts_of_one_year_are_not_held_against_the_register_of_another(shipped):
    later = Register(REGISTER.trusts, REGISTER.population, "2021")
    ledger = compute_ledger(shipped, [], later)
    assert set(ledger.loc[ledger["basis"] == "register", "verdict"]) == {"not computable"}


def test_what_an_illustration_was_made_to_show_is_calibrated_and_nothing_else_of_it(shipped):
    claims = {claim.claim: claim for claim in shipped.claims if claim.survey == "2024"}
    bases = {name: basis_of(claim, shipped, "illustration") for name, claim in claims.items()}
    assert bases["finance_central"] == "calibrated"
    assert bases["autonomy_many"] == "emergent"
    made = {name for name, basis in bases.items() if basis == "calibrated"}
    assert made == set(shipped.illustrated)
    assert basis_of(claims["finance_central"], shipped, "reconstruction") == "emergent"
    assert basis_of(claims["finance_central"], shipped, "original") == "data"
