"""What deserves a look is told, each kind in a wave in which it is the only one."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.wave import ClusterChoices, Wave
from buildingtrusts.survey.findings import Finding, find_remarkable, listed, prospect
from buildingtrusts.survey.raw_table import RawTable
from buildingtrusts.survey.responses import Responses
from buildingtrusts.survey.trusts import Trusts

TODAY = datetime.date(2032, 1, 1)
ITEMS = tuple(Item("s", name, name, name, 1.0, 10.0, 1.0, "Low", "High") for name in "abcdef")
CODEBOOK = Codebook(ITEMS)
COLUMNS = CODEBOOK.columns
LEVELS = {"growth": ("No", "Yes")}
ROLES: dict[str, tuple[str, ...]] = {"ceo": (), "school_leader": ()}


def a_wave(**keys: Any) -> Wave:
    declared: dict[str, Any] = {
        "wave": "2031",
        "title": "A survey",
        "date": "2031-05-01",
        "provenance": "original",
        "source": "",
        "licence": "",
        "roles": ROLES,
        "trusts": {},
        "attributes": {"growth": ["No", "Yes"]},
        "cluster": {"block": "s", "min_responses": 3, "k": [2], "report_k": [2]},
    }
    return Wave.model_validate({**declared, **keys})


def sound() -> pd.DataFrame:
    """Twelve respondents of three trusts who answered everything, each in their own way."""
    table = pd.DataFrame(
        {
            "respondent_id": [f"p{n}" for n in range(1, 13)],
            "mat_id": np.repeat(["A", "B", "C"], 4),
            "role": ["ceo", "school_leader", "school_leader", "school_leader"] * 3,
        }
    )
    rng = np.random.default_rng(1)
    for column in COLUMNS:
        table[column] = pd.array(rng.permutation(12) % 10 + 1, dtype="Int64")
    return table


def trusts(growth: tuple[str, ...] = ("No", "Yes", "No"), **more: Any) -> Trusts:
    table = pd.DataFrame({"mat_id": ["A", "B", "C"], "growth": growth})
    return Trusts(table, LEVELS, (), **more)


def export(header: tuple[str, ...] = ("respondent_id",), *fields: str) -> RawTable:
    return RawTable("f", header, tuple((field,) for field in fields), tuple(range(len(fields))))


def found(
    table: pd.DataFrame | None = None,
    of_trusts: Trusts | None = None,
    codebook: Codebook = CODEBOOK,
    raw: RawTable | None = None,
    **keys: Any,
) -> list[Finding]:
    answers = Responses(sound() if table is None else table, pd.DataFrame(), ())
    return find_remarkable(
        a_wave(**keys), codebook, answers, of_trusts or trusts(), raw or export(), TODAY
    )


def the_only(*arguments: Any, **keys: Any) -> str:
    (one,) = found(*arguments, **keys)
    assert one.advice.endswith((".", "?"))
    return f"{one.subject}: {one.text}"


def test_nothing_is_told_of_a_sound_wave() -> None:
    assert found() == []


def test_trusts_without_responses_are_named() -> None:
    more = trusts(("No", "Yes", "No"))
    table = pd.concat([more.table, pd.DataFrame({"mat_id": ["D"], "growth": ["No"]})])
    more = Trusts(table, LEVELS, ())
    assert the_only(None, more) == "Trusts: 1 of 4 trusts have no response: D."


def test_trusts_that_are_not_clustered_are_named_with_the_reason() -> None:
    table = sound()[:-2]
    assert the_only(table) == (
        "Trusts: 1 of 3 trusts that answered are not clustered: C (2 of at least 3 responses)."
    )


def test_more_answers_than_people_are_told() -> None:
    staff = {("A", "all"): 4, ("B", "all"): 3, ("C", "ceo"): 1}
    assert the_only(None, trusts(staff=staff)) == (
        "Trusts: More people answered than were asked: B, all (4 of 3)."
    )


def test_respondents_without_any_answer_are_counted() -> None:
    table = sound()
    table.loc[2, COLUMNS] = pd.NA
    assert the_only(table) == "Respondents: 1 of 12 respondents answered no item: p3."


def test_one_number_throughout_a_block_is_told() -> None:
    table = sound()
    table.loc[4, COLUMNS] = 7
    told = "Respondents: 1 respondents gave one answer to every item of block 's'"
    assert the_only(table) == f"{told} (at least 5 answers): p5."


def test_one_number_in_four_answers_is_no_pattern() -> None:
    table = sound()
    table.loc[4, COLUMNS[:4]] = 7
    table.loc[4, COLUMNS[4:]] = pd.NA
    assert found(table) == []


def test_the_same_answers_twice_are_told_once_for_all_who_gave_them() -> None:
    table = sound()
    table.loc[[5, 9], COLUMNS] = table.loc[1, COLUMNS].to_numpy()
    told = "Respondents: 1 sets of respondents gave the same answers to every item: p2, p6, p10."
    assert the_only(table) == told


def test_answers_that_differ_in_one_gap_are_not_the_same() -> None:
    table = sound()
    table.loc[5, COLUMNS] = table.loc[1, COLUMNS].to_numpy()
    table.loc[5, COLUMNS[0]] = pd.NA
    assert found(table) == []


def test_a_role_that_nobody_has_is_told() -> None:
    told = "Roles: Nobody has the role central_team."
    assert the_only(roles={**ROLES, "central_team": ()}) == told


def test_respondents_without_a_role_are_counted() -> None:
    table = sound()
    table.loc[[1, 2], "role"] = None
    assert the_only(table) == "Roles: 2 of 12 respondents have no role."


def test_items_that_nobody_of_a_role_answered_are_told_blocks_as_such() -> None:
    table = sound()
    more = Codebook((*ITEMS, replace(ITEMS[0], block="o"), replace(ITEMS[1], block="o")))
    for column in ("o__a", "o__b", "s__f"):
        table[column] = table["s__f"].where(table["role"] != "ceo")
    told = "; ".join(one.text for one in found(table, codebook=more) if one.subject == "Roles")
    assert told == "No ceo answered s__f, block 'o'."


def test_an_item_with_many_gaps_is_told_with_their_share() -> None:
    table = sound()
    table.loc[[1, 5, 9], "s__b"] = pd.NA
    assert the_only(table) == "Items: 1 of 6 items lack more than 20% of answers: s__b (25%)."
    table.loc[9, "s__b"] = 4
    assert found(table) == []


def test_an_item_that_everybody_answered_alike_is_told() -> None:
    table = sound()
    table["s__c"] = pd.array([6] * 12, dtype="Int64")
    assert the_only(table) == "Items: Everybody gave the same answer to s__c (always 6)."


def test_ends_of_scales_without_a_name_are_told() -> None:
    codebook = Codebook((*ITEMS[:5], replace(ITEMS[5], high_anchor="")))
    told = "Items: 1 items have no name for an end of their scale: s__f."
    assert the_only(codebook=codebook) == told


def test_scales_that_differ_within_a_block_are_told() -> None:
    codebook = Codebook((*ITEMS[:5], replace(ITEMS[5], high_anchor="Very high")))
    told = "Items: Items of block 's' have 2 different scales or names of ends."
    assert the_only(codebook=codebook) == told


def test_a_half_of_the_scale_that_nobody_used_is_told() -> None:
    table = sound()
    table[COLUMNS] = (table[COLUMNS] + 1) // 2
    told = [one.text for one in found(table) if one.subject == "Items"]
    assert told == ["Nobody used the upper half of the scale in block 's'."]


def test_levels_that_no_trust_has_and_attributes_that_are_unknown_are_told() -> None:
    told = [one.text for one in found(None, trusts(("No", "(missing)", "No")))]
    assert told == [
        "No trust has growth 'Yes'.",
        "Unknown for some of the 3 trusts: growth (1).",
    ]


def test_a_wave_of_the_future_is_told_if_it_is_original() -> None:
    told = "Dates: The wave's date, 2033-01-01, is still to come."
    assert the_only(date="2033-01-01") == told
    made_up = {"wave": "x-illustration", "provenance": "illustration"}
    assert found(date="2033-01-01", **made_up) == []


@pytest.mark.parametrize("name", ["StartDate", "Timestamp", "Completion time", "Date Created"])
def test_responses_of_another_year_than_the_waves_are_told(name: str) -> None:
    raw = export((name,), "2027-03-05 10:00", "05/03/2028", "47969.3")
    told = "Dates: The responses are of 2027, 2028, the wave is dated 2031-05-01."
    assert the_only(raw=raw) == told
    assert found(raw=export((name,), "2030-12-31", "2031-01-02")) == []
    assert found(raw=export(("Q7",), "2027")) == []


def test_a_long_list_says_how_many_more_there_are() -> None:
    assert listed("abcdefghij") == "a, b, c, d, e, f, g, h, i, j"
    assert listed("abcdefghijkl").endswith("i, j and 2 more")


# What will be clustered.


def test_what_will_be_clustered_is_what_the_run_clusters() -> None:
    table = sound()
    table.loc[11, COLUMNS] = pd.NA
    one = prospect(a_wave(), CODEBOOK, table, "w.yaml")
    assert (one.trusts, one.reasons, one.n_respondents) == (("A", "B", "C"), {}, 11)
    assert (one.items, one.k, one.problems) == (tuple("abcdef"), (2,), ())


def test_too_few_trusts_are_a_problem_because_the_run_would_stop() -> None:
    one = prospect(a_wave(), CODEBOOK, sound()[:8], "w.yaml")
    assert [problem.rule for problem in one.problems] == [
        "2 clusters need more than 2 trusts; 2 have enough responses."
    ]


def test_a_block_that_is_not_there_is_a_problem() -> None:
    chosen = a_wave(cluster={"block": "strategy"})
    (problem,) = prospect(chosen, CODEBOOK, sound(), "w.yaml").problems
    assert (problem.column, problem.value) == ("cluster.block", "strategy")


def test_trusts_that_the_distance_cannot_tell_apart_are_a_problem() -> None:
    table = sound()
    table[COLUMNS] = 5
    chosen = a_wave(cluster=ClusterChoices(block="s", min_responses=3, metric="correlation"))
    (problem,) = prospect(chosen, CODEBOOK, table, "w.yaml").problems
    assert problem.rule.startswith("These answers cannot be clustered so: ")
