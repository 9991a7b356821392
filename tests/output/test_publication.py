"""Every table has a rule on how it is published, and what is written is harmless."""

from __future__ import annotations

import pandas as pd
import pytest

from buildingtrusts.output.contracts import EVIDENCE_TABLES, STUDY_TABLES, WAVE_TABLES
from buildingtrusts.output.figures.public import PublicTypology, draw_counts
from buildingtrusts.output.public_tables import (
    PublicItem,
    public_agreement,
    public_associations,
    public_changes,
    public_crosstabs,
    public_interviews,
    public_multiverse,
    public_partitions,
    public_profiles,
    public_stability,
    public_table,
)
from buildingtrusts.output.publication import (
    STUDY_RULES,
    SYMBOLS,
    WAVE_RULES,
    PublicRule,
    harmless,
    is_published,
    public_guide,
    rule_of,
    shown,
    shown_count,
)


def test_every_contract_has_a_rule_and_every_rule_a_contract() -> None:
    assert set(WAVE_RULES) == {*WAVE_TABLES, *EVIDENCE_TABLES}
    assert set(STUDY_RULES) == set(STUDY_TABLES)


def test_a_table_without_a_rule_is_withheld() -> None:
    assert not is_published("a table that somebody adds")


@pytest.mark.parametrize("name", [*WAVE_RULES, *STUDY_RULES])
def test_rules_give_a_reason_and_name_columns_that_there_are(name: str) -> None:
    columns = {**WAVE_TABLES, **EVIDENCE_TABLES, **STUDY_TABLES}[name].columns
    rule = rule_of(name)
    assert rule.why.endswith(".")
    assert {*rule.hidden, *rule.inapplicable} <= set(columns)


def test_no_published_table_names_trusts_or_people_but_sample_which_is_added_up() -> None:
    for name, contract in {**WAVE_TABLES, **EVIDENCE_TABLES, **STUDY_TABLES}.items():
        if {"mat_id", "other_id", "respondent_id", "left", "right"} & set(contract.columns):
            assert name == "sample" or not is_published(name), name


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n="])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert harmless(f"{start}cmd|' /C calc'!A0").startswith("'")
    table = public_table(
        pd.DataFrame({"level": [f"{start}1"], "n": [-1.5]}), PublicRule("whole", "")
    )
    assert table["level"][0].startswith("'")
    assert table["n"][0] == "-1.5", "a number stays one"


def test_symbols_say_why_there_is_no_number() -> None:
    assert [shown(None), shown(0.004), shown(0.0), shown(0.006)] == ["[x]", "[low]", "0", "0.01"]
    assert [shown_count(n, 5) for n in (0, 2, 3, 7, 8)] == ["0", "[low]", "5", "5", "10"]
    assert set(SYMBOLS) == {"[c]", "[x]", "[z]", "[low]"}


CELLS = pd.DataFrame(
    {
        "k": [2, 2, 2, 2],
        "attribute": ["a"] * 4,
        "level": ["x", "x", "y", "y"],
        "cluster": [1, 2, 1, 2],
        "n": [9, 1, 8, 7],
    }
)
PUBLISHED = {("cell", 2, "a", "x", 1): 9.0, ("cell", 2, "a", "y", 2): 7.0, ("size", 2, 1): 17.0}


def test_cells_that_are_not_published_are_marked() -> None:
    table = public_crosstabs(CELLS, rule_of("crosstabs"), PUBLISHED, 1)
    assert table["n"].tolist() == ["9", "[c]", "[c]", "7"]
    assert public_crosstabs(CELLS, rule_of("crosstabs"), PUBLISHED, 5)["n"][0] == "10"


def test_a_test_is_published_where_its_whole_table_is() -> None:
    tests = pd.DataFrame({name: [0.12345] for name in WAVE_TABLES["associations"].columns})
    tests = tests.assign(k=2, attribute="a", test="fisher_exact", draws=0)
    rule = rule_of("associations")
    assert public_associations(tests, rule, CELLS, PUBLISHED)["p_value"][0] == "[c]"
    whole = {("cell", *key): 1.0 for key in CELLS.drop(columns="n").itertuples(index=False)}
    assert public_associations(tests, rule, CELLS, whole)["p_value"][0] == "0.12"


def test_sizes_of_partitions_that_are_not_reported_are_withheld() -> None:
    frame = pd.DataFrame({"k": [2, 3], "sizes": ["17;8", "9;8;8"], "mean_silhouette": [0.2, 0.312]})
    table = public_partitions(frame, rule_of("partitions"), PUBLISHED, [2], 1)
    assert table["sizes"].tolist() == ["17;[c]", "[c]"]
    assert table["mean_silhouette"].tolist() == ["0.20", "0.31"]


def test_stability_of_a_cluster_is_published_with_its_size() -> None:
    frame = pd.DataFrame(
        {
            "source": ["respondents", "respondents", "leave_one_mat"],
            "k": 2,
            "cluster": [1, 2, 1],
            "jaccard_mean": 0.5,
            "draws": [1000, 1000, 17],
            "null_draws": [200, 200, 17],
        }
    )
    table = public_stability(frame, rule_of("stability"), PUBLISHED)
    assert table["jaccard_mean"].tolist() == ["0.50", "[c]", "[c]"]


def test_draws_with_one_trust_left_out_do_not_tell_which_clusters_are_of_one() -> None:
    frame = pd.DataFrame(
        {
            "source": "leave_one_mat",
            "k": 2,
            "cluster": [1, 2],
            "jaccard_mean": 0.5,
            "draws": [17, 16],
            "null_draws": 17,
        }
    )
    table = public_stability(frame, rule_of("stability"), PUBLISHED)
    assert set(table["draws"]) == set(table["null_draws"]) == {"[c]"}


def test_changes_of_parts_of_the_trusts_are_withheld() -> None:
    frame = pd.DataFrame(
        {
            "stratum": ["all", "ceo", "all"],
            "n_mats": [9, 9, 4],
            "change": 0.5,
            "ci_low": 0.1,
            "ci_high": 1.0,
            "draws": [1000, 0, 1000],
        }
    )
    rule = rule_of("changes")
    assert public_changes(frame, rule, 5, False)["draws"].tolist() == ["1000", "[c]", "[c]"]
    assert public_changes(frame, rule, 5, False)["change"].tolist() == ["0.50", "[c]", "[c]"]
    assert set(public_changes(frame, rule, 5, True)["change"]) == {"[c]"}


def test_the_guide_opens_with_the_warning_and_explains_every_symbol() -> None:
    text = public_guide("**Invented.**", 5, 10, 1, {"a/b.csv": (3, 2)}, ["scores", "crosstabs"])
    assert text.startswith("**Invented.**\n\n# Results for publication")
    assert all(f"`{symbol}`" in text for symbol in SYMBOLS)
    assert "multiples of 10" in text
    assert text.index("`crosstabs.csv`") < text.index("## What is withheld") < text.index("`scores")


KEY, SAMPLE = (2, 1, "all"), ("sample", "all")


def profile(role: str = "all", weighting: str = "responses") -> pd.DataFrame:
    numbers = {name: [0.5] for name in WAVE_TABLES["profiles"].columns}
    names = {"k": 2, "cluster": 1, "role": role, "weighting": weighting, "block": "s", "item": "q"}
    return pd.DataFrame(numbers).assign(**names)


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (PublicItem({}, (), True), set()),
        (PublicItem({KEY: 1.0}, (), True), {"mean"}),
        (PublicItem({KEY: 1.0}, {SAMPLE}, True), {"mean", "scaled_mean"}),
        (PublicItem({KEY: 1.0}, {KEY}, False), {"mean", "sd", "median"}),
        (PublicItem({KEY: 1.0}, {KEY}, True), {"mean", "sd", "median", "ci_low", "ci_high"}),
    ],
)
def test_spreads_and_intervals_are_published_less_often_than_means(
    item: PublicItem, told: set[str]
) -> None:
    row = public_profiles(profile(), rule_of("profiles"), {("s", "q"): item}).iloc[0]
    numbers = ("mean", "sd", "median", "scaled_mean", "ci_low", "ci_high")
    assert {name for name in numbers if row[name] != "[c]"} == told


def test_intervals_of_one_role_and_means_over_trusts_are_withheld() -> None:
    key = (2, 1, "ceo")
    known = {("s", "q"): PublicItem({key: 1.0}, {key}, True)}
    of_role = public_profiles(profile("ceo"), rule_of("profiles"), known).iloc[0]
    assert (of_role["mean"], of_role["ci_low"]) == ("0.50", "[c]")
    over_trusts = public_profiles(profile("ceo", "mats"), rule_of("profiles"), known)
    assert over_trusts["mean"].item() == "[c]"


def test_agreement_of_all_trusts_is_withheld() -> None:
    frame = pd.DataFrame({name: [0.5, 0.5] for name in WAVE_TABLES["agreement"].columns})
    table = public_agreement(frame.assign(mats=["all", "clustered"]), rule_of("agreement"))
    assert table["icc1"].tolist() == table["rwg_mean"].tolist() == ["[c]", "0.50"]


def test_reasons_in_words_are_not_published_where_they_count_trusts() -> None:
    assert not is_published("multiverse_excluded")
    assert "sentence" in rule_of("verdict").hidden


def test_the_multiverse_is_published_over_the_same_answers_alone() -> None:
    columns = EVIDENCE_TABLES["multiverse"].columns
    frame = pd.DataFrame({name: [0.25] * 3 for name in columns}).assign(
        min_responses=[5, 5, 8], roles="all", answers="available", is_report=[1, 0, 0]
    )
    table = public_multiverse(frame, rule_of("multiverse"))
    assert len(table) == 2
    assert set(table["sizes"]) == set(table["n_mats"]) == {"[c]"}
    assert set(table["p_value"]) == {"0.25"}


def interviews(n_coded: int, mean: float = 2.0, sd: float = 0.5) -> pd.DataFrame:
    frame = pd.DataFrame({name: [1, 1] for name in STUDY_TABLES["interviews"].columns})
    return frame.assign(
        measure="centralisation",
        group=["all", "cluster"],
        n_mats=20,
        n_coded=n_coded,
        share=n_coded / 20,
        mean_weight=mean,
        sd_weight=sd,
    )


@pytest.mark.parametrize(("n_coded", "shown"), [(3, "[c]"), (5, "5"), (15, "15"), (17, "[c]")])
def test_codes_of_few_trusts_or_of_all_but_few_are_withheld(n_coded: int, shown: str) -> None:
    table = public_interviews(interviews(n_coded), rule_of("interviews"), 5, 1, False)
    assert table["n_coded"].tolist() == [shown], "and rows by cluster are left out"
    assert (table["share"].item() == "[c]") == (table["mean_weight"].item() == "[c]")
    assert (table["share"].item() == "[c]") == (shown == "[c]")
    assert table["n_excerpts"].item() == "[c]"


@pytest.mark.parametrize(("mean", "sd"), [(3.0, 0.0), (1.0, 0.0), (2.0, 0.05)])
def test_a_mean_weight_that_tells_that_of_every_trust_is_withheld(mean: float, sd: float) -> None:
    table = public_interviews(interviews(10, mean, sd), rule_of("interviews"), 5, 1, False)
    assert (table["n_coded"].item(), table["mean_weight"].item()) == ("10", "[c]")


def test_a_rounded_count_is_not_given_back_by_its_share() -> None:
    table = public_interviews(interviews(12), rule_of("interviews"), 5, 5, False)
    assert (table["n_coded"].item(), table["share"].item()) == ("10", "[c]")


def test_withheld_counts_are_marked_in_the_figure_and_move_no_other() -> None:
    cells = public_crosstabs(CELLS, rule_of("crosstabs"), PUBLISHED, 1)
    typology = PublicTypology(2, {}, {1: 1, 2: 2}, frozenset({1}))
    drawing = draw_counts(cells, typology, 5)
    assert drawing.data["n"].tolist() == ["9", "[c]", "[c]", "7"]
    drawn = [text.get_text() for axes in drawing.figure.axes for text in axes.texts]
    assert sorted(drawn) == ["7", "9", "[c]", "[c]", "x", "y"]
    assert "2 of 4 counts are published, 2 withheld" in drawing.alt_text
    assert "multiples of 5" in drawing.caption
    nothing = draw_counts(cells.assign(n="[c]"), typology, 1)
    assert "Too few counts" in nothing.caption
