"""Methods and results for a paper: what a run says of itself, with which references."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from buildingtrusts.output.contracts import EVIDENCE_TABLES, WAVE_TABLES
from buildingtrusts.output.figures.questions import Question, Questions
from buildingtrusts.output.figures.wave import WaveMaterial as Drawn
from buildingtrusts.output.methods.manuscript import Manuscript, citations, escape, plain
from buildingtrusts.output.methods.material import RunMaterial, WaveMaterial
from buildingtrusts.output.methods.references import (
    _LITERATURE,
    SOFTWARE_AUTHOR,
    SOFTWARE_TITLE,
    references_for,
)
from buildingtrusts.output.methods.study import compose
from buildingtrusts.output.paper import study_paper_tables, wave_paper_tables
from buildingtrusts.output.paper.wave import WaveTables, compose_wave_table
from buildingtrusts.study.choices import Study
from buildingtrusts.study.provenance import stamp, statement
from buildingtrusts.study.wave import Wave

from .conftest import BLOCKS, codebook_of
from .evidence_tables import made_up, table

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = {
    **{"buildingtrusts": "7.8.9", "python": "3.99", "snakemake": "9.9", "numpy": "2.9"},
    **{"scipy": "1.9", "pandas": "3.9", "matplotlib": "3.8"},
}
PAPER = wave_paper_tables([2, 3], list(BLOCKS), ["phase_mix"], True)
STAMPS = {one: stamp([one]) for one in ("reconstruction", "illustration")}
#: Words that nothing made from original answers alone may carry.
MADE_UP_WORDS = re.compile(r"illustrat|reconstruct|invented|made up", re.IGNORECASE)


def evidence(mats: list[str]) -> dict[str, pd.DataFrame]:
    found = dict(made_up(mats, k=2).tables)
    for name in ("clusters", "leaf_order", "scores"):
        del found[name]
    rows = [(15, "selective", 0.04, 500, None), (16, "selective", 0.2, 500, None)]
    found["merge_tests"] = table("merge_tests", [(16, "shc", 0.01, 500, "0.05"), *rows])
    choices = ("average", "euclidean", "none", "mean", 5, "all")
    found["multiverse"] = table(
        "multiverse",
        [
            (*choices, k, 10, "5;5", 0.2, rand, p, 200, 1, "available")
            for k, rand, p in ((2, 0.5, 0.03), (3, 0.7, 0.5))
        ],
    )
    found["multiverse_excluded"] = table("multiverse_excluded", [])
    return found


def wave_of(drawn: Drawn, provenance: str, name: str, **changes: Any) -> WaveMaterial:
    """The wave of the other tests as one of some provenance."""
    declared = Wave.model_validate(
        {
            **{"wave": name, "title": "A <b>survey</b>", "date": "2031-05-01"},
            **{"provenance": provenance, "source": "Staff.", "licence": "None.", **changes},
            "cluster": {"k": [2, 3, 4], "report_k": [2, 3]},
        }
    )
    asked = codebook_of(BLOCKS).items
    book = [
        (one.block, one.item, one.label, "kept", 1.0, 10.0, one.low_anchor, one.high_anchor)
        for one in asked
    ]
    items = [(one.block, one.item, 80, place) for place, one in enumerate(asked)]
    mats = list(drawn.tables["clusters"]["mat_id"].unique())
    found = evidence(mats)
    if provenance != "reconstruction":
        found["ensemble"] = found["ensemble"].iloc[:0]
    columns = ["block", "item", "label", "status", "min", "max", "low_anchor", "high_anchor"]
    codebook = pd.DataFrame(book, columns=columns)
    missing = pd.DataFrame(items, columns=["block", "item", "n_respondents", "n_missing"])
    return WaveMaterial(
        declared.model_dump(mode="json"),
        stamp([provenance]),
        {**drawn.tables, **found, "codebook": codebook, "missing": missing},
        {table: number for number, table in enumerate(PAPER, start=1)},
    )


def run_of(*waves: WaveMaterial, **tables: pd.DataFrame) -> RunMaterial:
    provenances = [one.declared["provenance"] for one in waves]
    return RunMaterial(
        choices=Study().model_dump(mode="json", by_alias=True),
        versions=VERSIONS,
        waves=waves,
        tables=tables,
        statement=statement(provenances),
        stamp=stamp(provenances),
        paper={
            table: number
            for number, table in enumerate(
                study_paper_tables([*tables, "population", "interviews"], len(waves), True),
                start=51,
            )
        },
    )


@pytest.fixture(scope="module")
def reconstruction(wave: Drawn) -> RunMaterial:
    return run_of(wave_of(wave, "reconstruction", "2031-reconstruction"))


@pytest.fixture(scope="module")
def original(wave: Drawn) -> RunMaterial:
    return run_of(wave_of(wave, "original", "2031"))


def rows_of(manuscript: Manuscript) -> list[dict[str, object]]:
    return manuscript.rows({key: key for key in manuscript.cited})


def said(manuscript: Manuscript, section: str, key: str) -> str:
    return next(
        str(row["text"])
        for row in rows_of(manuscript)
        if (row["section"], row["paragraph"]) == (section, key)
    )


# --- whose answers ----------------------------------------------------------------------------


def test_a_reconstruction_is_told_first_and_in_the_words_of_every_result(
    reconstruction: RunMaterial,
) -> None:
    text = compose(reconstruction)
    assert text.markdown("x.bib").startswith("**These are not the survey's responses.**")
    results = [row for row in rows_of(text) if row["kind"] == "result"]
    assert len(results) >= 9
    for row in results:
        # The name of the wave says it too, and does not count: an author may shorten it.
        own_words = str(row["text"]).replace("2031-reconstruction", "")
        assert own_words.startswith("In the reconstruction, "), row
        assert "**" not in own_words, "the stamp is a sentence of the section"


def test_a_section_on_made_up_answers_opens_with_its_stamp_and_has_it_once(
    reconstruction: RunMaterial, original: RunMaterial
) -> None:
    text = compose(reconstruction).markdown("x.bib")
    section = next(one for one in text.split("\n## ") if "(2031-reconstruction)" in one)
    assert section.split("\n\n")[1] == f"**{STAMPS['reconstruction']}.**"
    assert section.count(STAMPS["reconstruction"]) == 1
    assert "\n**" not in compose(original).markdown("x.bib")


@pytest.mark.parametrize("made_up_of", ["reconstruction", "illustration"])
def test_every_stamp_has_its_words_in_a_sentence(wave: Drawn, made_up_of: str) -> None:
    text = compose(run_of(wave_of(wave, made_up_of, f"2031-{made_up_of}")))
    first = said(text, f"wave 2031-{made_up_of}", "sample")
    words = {"reconstruction": "In the reconstruction", "illustration": "In the invented data"}
    assert first.startswith(f"{words[made_up_of]}, there were 77")


def test_what_can_and_cannot_be_said_comes_before_the_first_heading(
    reconstruction: RunMaterial,
) -> None:
    opening = compose(reconstruction).markdown("x.bib").split("\n# ")[0]
    assert "What can be said" in opening
    assert "What cannot be said" in opening
    assert "may be printed as a finding of the survey" in opening


def test_an_original_wave_has_no_word_of_answers_that_are_made_up(original: RunMaterial) -> None:
    text = compose(original).markdown("x.bib")
    assert text.startswith("# Methods and results")
    assert MADE_UP_WORDS.findall(text) == []


def test_beside_an_original_wave_only_the_other_and_what_spans_both_is_stamped(
    wave: Drawn,
) -> None:
    changes = pd.DataFrame(
        [("2031", "2032-illustration", "strategy", "common_vision", "all", 9, 0.5, 0.1, 0.9, 99)],
        columns=[
            *("from_wave", "to_wave", "block", "item", "stratum", "n_mats", "change"),
            *("ci_low", "ci_high", "draws"),
        ],
    )
    text = compose(
        run_of(
            wave_of(wave, "original", "2031"),
            wave_of(wave, "illustration", "2032-illustration"),
            changes=changes,
        )
    )
    stamps = {}
    for row in rows_of(text):
        if row["kind"] == "result":
            stamps.setdefault(row["section"], set()).add(row["stamp"])
    assert stamps == {
        "wave 2031": {""},
        "wave 2032-illustration": {"Illustration: invented responses"},
        "change": {"Illustration: invented responses"},
    }
    items = said(text, "change", "items")
    assert items.startswith("In the invented data, from 2031 to 2032-illustration the 95% interval")
    assert (
        "one of one item (Table 57), namely “Common vision” (strategy; 0.50, interval 0.10" in items
    )


def test_statements_on_two_surveys_are_never_added_up(wave: Drawn) -> None:
    waves = [
        wave_of(wave, "reconstruction", "2031-reconstruction"),
        wave_of(wave, "illustration", "2032-illustration"),
    ]
    ledger = pd.DataFrame(
        [
            ("2031", "2031-reconstruction", "calibrated", "reproduced"),
            ("2031", "2031-reconstruction", "calibrated", "reproduced"),
            ("2032", "2032-illustration", "calibrated", "reproduced"),
        ],
        columns=["survey", "wave", "basis", "verdict"],
    )
    text = compose(run_of(*waves, ledger=ledger))
    first, second = (said(text, "report", f"calibrated {year}") for year in (2031, 2032))
    assert first.startswith("In the reconstruction, of 2 statements on 2031 ")
    assert second.startswith("In the invented data, of 1 statement on 2032 ")
    assert "3 statements" not in text.markdown("x.bib")


def test_what_is_computed_from_print_alone_is_real_and_not_stamped(
    reconstruction: RunMaterial,
) -> None:
    ledger = pd.DataFrame(
        [
            ("2031", "2031-reconstruction", "calibrated", "reproduced"),
            ("2031", "2031", "derived", "tie"),
            ("2031", "2031", "derived", "reproduced"),
        ],
        columns=["survey", "wave", "basis", "verdict"],
    )
    text = compose(replace(reconstruction, tables={"ledger": ledger}))
    assert said(text, "report", "calibrated").startswith("In the reconstruction, of 1 statement")
    derived = said(text, "report", "derived")
    assert derived == (
        "Of 2 statements that rest on what is printed alone, 1 was reproduced and 1 was tied "
        "(Table 52)."
    )
    # Its section holds real findings too, and so has no stamp over all of them.
    section = text.markdown("x.bib").split("## Published statements")[1].split("\n## ")[0]
    assert "**" not in section


def test_each_paragraph_can_be_found_by_its_section_and_name(wave: Drawn) -> None:
    rows = rows_of(
        compose(run_of(wave_of(wave, "original", "software"), wave_of(wave, "original", "limits")))
    )
    places = [(row["section"], row["paragraph"]) for row in rows]
    assert len(places) == len(set(places))
    assert all("\n" not in str(row["text"]) for row in rows)


# --- numbers ----------------------------------------------------------------------------------


def test_versions_seed_and_choices_are_those_of_the_run(original: RunMaterial) -> None:
    wave = original.waves[0]
    other = {**wave.declared, "cluster": {**wave.declared["cluster"], "linkage": "single"}}
    changed = replace(
        original,
        choices={**original.choices, "seed": 4711},
        waves=(replace(wave, declared=other),),
    )
    text = compose(changed).markdown("x.bib")
    for version in VERSIONS.values():
        assert version in text
    assert "seed 4711" in text
    assert "single linkage" in text
    assert "average linkage" not in text


def test_counts_are_those_of_the_tables(original: RunMaterial) -> None:
    text = compose(original)
    sample = original.waves[0].tables["sample"]
    whole = sample[sample["role"] == "all"]
    assert f"{whole['n_responses'].sum()} responses from {len(whole)} trusts" in said(
        text, "wave 2031", "sample"
    )
    kept = whole[whole["clustered"].astype(bool)]
    assert f"Of these, {len(kept)} trusts with {kept['n_responses'].sum()} responses" in said(
        text, "wave 2031", "sample"
    )
    assert "the other was left out (Table 1 gives the reasons)" in said(text, "wave 2031", "sample")
    # Strategy's four items have 0, 1, 2 and 3 answers missing of 80.
    missing = said(text, "wave 2031", "sample")
    assert (
        "Of 320 answers to the clustered items, 6 (1.9%) were missing, at most 3 of 80" in missing
    )


@pytest.mark.parametrize("key", ["partitions", "profiles", "evidence", "associations", "running"])
def test_a_number_in_a_result_is_printed_in_the_tables_that_it_names(
    original: RunMaterial, key: str
) -> None:
    wave = original.waves[0]
    text = said(compose(original), "wave 2031", key)
    named = {int(one) for one in re.findall(r"Table (\d+)", text)}
    assert named
    of = WaveTables("2031", wave.tables, questions_of(wave), "strategy")
    tables = [compose_wave_table(PAPER[number - 1], of) for number in named]
    printed = {cell for one in tables for row in one.printed() for cell in row}
    notes = " ".join(note for one in tables for note in one.said)
    # R², shares of draws and the least p that margins allow are in the text alone.
    text = re.sub(r"R² = [\d.]+|The margins allow .*?\)\.", "", text)
    found = re.findall(r"−?\d+\.\d\d+(?!\d*%)", text)
    assert len(found) >= 3
    assert [one for one in found if one not in printed and one not in notes] == []


def questions_of(wave: WaveMaterial) -> Questions:
    book = wave.tables["codebook"]
    return Questions.of(
        Question(row.block, row.item, row.label, row.min, row.max, 1.0, "", "")
        for row in book.itertuples()
    )


def attribute_tests(*p_values: float, k: int = 2, apart: float | None = None) -> pd.DataFrame:
    """Tests of attributes called one, two, ..., and of performance flags apart."""
    names = [f"{word}_sort" for word in ("one", "two", "three")[: len(p_values)]]
    rows = [
        (k, name, 17, "fisher_exact", p, min(1, p * len(p_values)), 0.01, 0.5, 0.4, 0.3, 0.45, 0)
        for name, p in zip(names, p_values, strict=True)
    ]
    if apart is not None:
        rows.append((k, "performance_flags", 17, "fisher_exact", apart, apart, 0.01, *[0.1] * 4, 0))
    return pd.DataFrame(rows, columns=list(WAVE_TABLES["associations"].columns))


def associations_said(run: RunMaterial, table: pd.DataFrame) -> str:
    changed = replace(run.waves[0], tables={**run.waves[0].tables, "associations": table})
    return said(compose(replace(run, waves=(changed,))), "wave 2031", "associations")


def test_without_an_association_the_smallest_p_stands_for_all(original: RunMaterial) -> None:
    text = associations_said(original, attribute_tests(0.9, 0.0514, 0.3, apart=0.035))
    assert text == (
        "At k = 2 (Table 15), none of three attributes was associated with the clusters after "
        "Holm's adjustment; the smallest p was for two sort (p = 0.051, adjusted p = 0.154; V = "
        "0.50, 95% point by chance 0.45); tested apart, the association with performance flags had "
        "p = 0.035 (V = 0.10, 95% point by chance 0.10)."
    )


def test_each_association_that_there_is_is_named(original: RunMaterial) -> None:
    text = associations_said(original, attribute_tests(0.001, 0.9, 0.004))
    assert "two of three attributes were associated with the clusters after Holm's" in text
    assert "one sort (p = 0.001, adjusted p = 0.003; V" in text
    assert "three sort (p = 0.004, adjusted p = 0.012; V" in text
    assert "two sort" not in text
    assert "the association with one sort had p = 0.200" in associations_said(
        original, attribute_tests(0.2)
    )


def test_tests_that_could_show_nothing_or_could_not_be_made_are_told(
    original: RunMaterial,
) -> None:
    table = attribute_tests(0.5, 0.6, 0.7)
    table.loc[0, "p_min_attainable"] = 0.0515
    table.loc[2, "p_value"] = float("nan")
    text = associations_said(original, table)
    assert "none of two attributes" in text
    assert "The margins allow no p of 0.05 or less for one sort (smallest p = 0.052)." in text
    assert text.endswith("No test was possible for three sort.")


def test_a_monte_carlo_test_is_told_with_its_draws(original: RunMaterial) -> None:
    wave = original.waves[0]
    drawn = wave.tables["associations"].assign(
        test="fisher_monte_carlo", draws=12_345, p_min_attainable=float("nan")
    )
    changed = replace(wave, tables={**wave.tables, "associations": drawn})
    text = said(compose(replace(original, waves=(changed,))), "wave 2031", "associations")
    assert "by Monte Carlo for" in text
    assert "(12,345 draws)" in text
    assert "Monte Carlo" not in said(compose(original), "wave 2031", "associations")


def test_a_cluster_near_the_mean_is_said_to_stand_out_in_nothing(original: RunMaterial) -> None:
    wave = original.waves[0]
    profiles = wave.tables["profiles"].assign(scaled_mean=0.199)
    profiles.loc[profiles["cluster"] == 2, "scaled_mean"] = -0.2
    changed = replace(wave, tables={**wave.tables, "profiles": profiles})
    text = said(compose(replace(original, waves=(changed,))), "wave 2031", "profiles")
    assert text.startswith(
        "Cluster 1 (four trusts) lay within 0.2 of the mean of all responses on every item; "
        "cluster 2 (four trusts) lay below it on “"
    )
    assert text.count("(−0.20)") == 3


def test_merges_are_counted_by_the_level_that_each_is_held_against(original: RunMaterial) -> None:
    text = said(compose(original), "wave 2031", "exploration")
    assert "Of one merge that SHC reached, one was significant" in text
    assert "by selective inference one of two had an unadjusted p of at most 0.05" in text
    wave = original.waves[0]
    none = wave.tables["merge_tests"].assign(p_value=0.5).query("method == 'selective'")
    changed = replace(wave, tables={**wave.tables, "merge_tests": none})
    assert "SHC reached no merge; by selective inference none of two had" in said(
        compose(replace(original, waves=(changed,))), "wave 2031", "exploration"
    )
    assert "Of 2 combinations of choices 1 (50.0%) had an unadjusted p of at most 0.05" in text


def test_partitions_of_waves_that_share_no_trust_agree_in_no_number(wave: Drawn) -> None:
    waves = [wave_of(wave, "original", name) for name in ("2031", "2032", "2033")]
    pairs = [
        ("2031", "2032", 2, 0, None),
        ("2031", "2032", 3, 0, None),
        ("2032", "2033", 2, 9, 0.5),
    ]
    columns = ["from_wave", "to_wave", "k", "n_mats", "adjusted_rand"]
    found = pd.DataFrame(pairs, columns=columns).astype({"adjusted_rand": float})
    text = said(compose(run_of(*waves, wave_agreement=found)), "change", "agreement")
    assert "was 0.50 at k = 2 between 2032 and 2033 (9 trusts clustered in both)." in text
    assert text.endswith("No trust was clustered in both 2031 and 2032.")
    assert "–" not in text


def without(wave: WaveMaterial, *names: str) -> WaveMaterial:
    return replace(
        wave, tables={name: one for name, one in wave.tables.items() if name not in names}
    )


def test_a_wave_without_evidence_attributes_or_roles_has_no_result_of_them(
    wave: Drawn, bare_wave: Drawn
) -> None:
    full = without(wave_of(wave, "original", "2031"), *EVIDENCE_TABLES)
    bare = replace(full, tables={**full.tables, **bare_wave.tables})
    rows = rows_of(compose(run_of(bare)))
    results = {row["paragraph"] for row in rows if row["kind"] == "result"}
    assert not results & {"verdict", "evidence", "exploration", "associations"}
    assert "partitions" in results
    text = " ".join(str(row["text"]) for row in rows)
    assert "chief executive" not in text
    assert "Tests of merges" not in text


def test_methods_that_waves_share_are_told_once(wave: Drawn) -> None:
    first, second = (wave_of(wave, "original", name) for name in ("2031", "2032"))
    other = {**second.declared, "cluster": {**second.declared["cluster"], "metric": "manhattan"}}
    text = compose(run_of(first, replace(second, declared=other)))
    keys = [row["paragraph"] for row in rows_of(text) if row["section"] == "wave 2032"]
    assert keys[:3] == ["data", "shared", "clustering"]
    shared = said(text, "wave 2032", "shared")
    assert shared.startswith(
        "Inclusion and scores of trusts, agreement within trusts, the evidence"
    )
    assert shared.endswith("were as in 2031.")
    assert text.markdown("x.bib").count("ICC(1) and ICC(2) from one-way random-effects") == 1


def test_a_study_of_another_field_is_told_in_its_words(original: RunMaterial) -> None:
    words = {"trust": "company", "trusts": "companies", "staff": "employees"}
    ledger = pd.DataFrame(
        [("2031", "2031", "data", "reproduced")], columns=["survey", "wave", "basis", "verdict"]
    )
    text = compose(
        replace(original, choices={**original.choices, "words": words}, tables={"ledger": ledger})
    ).markdown("x.bib")
    assert "responses from 11 companies" in text
    assert not re.search(r"\b[Tt]rusts?\b", text.replace("Building Trusts", ""))
    assert "*Building Trusts*" in text


# --- what a reviewer asks ---------------------------------------------------------------------

#: Of each wave, after Clatworthy et al. (2005), doi:10.1348/135910705X25697, who ask for the
#: program, the similarity measure, the method, how the number of clusters was found, and evidence
#: that the clusters are valid; and what issues with small samples and many tests add to it.
ASKED = {
    "source and licence": r"Source: .+ Licence: ",
    "items and scale": r"four items rated on a scale from 1 \(not at all like us\) to 10",
    "who is in": r"clustered if at least five respondents answered",
    "outliers": r"none was left out as an outlier",
    "missing data": r"Missing answers were left out item by item; nothing was imputed",
    "aggregation": r"ICC\(1\) and ICC\(2\)",
    "linkage": r"hierarchically by average linkage",
    "distance": r"on Euclidean distances",
    "scaling": r"Items were not rescaled",
    "how k was chosen": r"cut into k = 2 to 4 clusters; .* reported, set before the run",
    "ties": r"Merges at tied heights were counted",
    "validity": r"held against studies simulated without clusters|was not examined",
    "stability": r"respondents were resampled within trusts|how stable they are, was not examined",
    "tests": r"exact test of Freeman and Halton|there are none on file",
    "multiplicity": r"Holm's method|there are none on file",
    "chance": r"95% point of V over tables with the same margins|there are none on file",
    "intervals": r"95% bootstrap intervals",
}
FOUND = {
    "numbers": r"responses from 11 trusts .* 10 trusts with \d+ responses",
    "missing answers": r"Of 320 answers to the clustered items, 6 \(1\.9%\) were missing",
    "sizes of clusters": r"at k = 2 two clusters of \d+ and \d+ trusts with a mean silhouette",
    "what clusters are": r"luster 1 \(\w+ trusts\) lay above the mean of all responses",
}
OF_THE_RUN = {
    "software": r"buildingtrusts 7\.8\.9 .* NumPy 2\.9",
    "seed": r"follow from the seed 2017",
    "limits": r"Unless trusts were drawn at random",
}


@pytest.mark.parametrize("kind", ["all", "no evidence", "no attributes"])
@pytest.mark.parametrize("provenance", ["original", "reconstruction", "illustration"])
def test_what_a_reviewer_of_a_cluster_analysis_asks_is_there(
    wave: Drawn, provenance: str, kind: str
) -> None:
    gone = {"all": (), "no evidence": tuple(EVIDENCE_TABLES), "no attributes": ("associations",)}
    name = "2031" if provenance == "original" else f"2031-{provenance}"
    one = without(wave_of(wave, provenance, name), *gone[kind])
    text = compose(run_of(one))
    of_wave = [str(row["text"]) for row in rows_of(text) if row["section"] == f"wave {name}"]
    whole = text.markdown("x.bib")
    assert [key for key, asked in {**ASKED, **FOUND}.items() if not any_of(asked, of_wave)] == []
    assert [key for key, asked in OF_THE_RUN.items() if not any_of(asked, [whole])] == []


def any_of(pattern: str, texts: list[str]) -> bool:
    return any(re.search(pattern, text) for text in texts)


def test_what_a_run_cannot_know_is_left_to_authors_of_original_answers(
    original: RunMaterial, reconstruction: RunMaterial
) -> None:
    assert "how many declined" in said(compose(original), "authors", "unknown")
    assert "authors" not in {row["section"] for row in rows_of(compose(reconstruction))}


# --- interviews -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "start"),
    [
        ("Illustration: invented interviews", "In the invented interviews, the set 2031-talks"),
        ("", "The set 2031-talks covers 12 trusts; the break points mentioned"),
    ],
)
def test_interviews_say_for_themselves_whether_they_were_held(
    original: RunMaterial, held: str, start: str
) -> None:
    columns = ["interviews", "measure", "code", "level", "n_mats", "n_coded", "share"]
    counts = [
        ("2031-talks", "break_point", code, "(all)", 12, n, n / 12)
        for code, n in (("ceo_role", 3), ("growth", 5), ("alignment", 0))
    ]
    tests = [("2031-talks", "growth", "size", 0.01, 0.02), ("2031-talks", "ceo_role", "size", 1, 1)]
    run = replace(
        original,
        tables={
            "interviews": pd.DataFrame(counts, columns=columns),
            "interview_tests": pd.DataFrame(
                tests, columns=["interviews", "code", "group", "p_value", "p_adjusted"]
            ),
        },
        interviews={"2031-talks": held},
    )
    text = said(compose(run), "interviews", "set 2031-talks")
    assert text.startswith(start)
    assert "the break points mentioned most often are “growth” (5) and “ceo role” (3)" in text
    assert "Of two tests one had an adjusted p of at most 0.05" in text
    if not held:
        assert MADE_UP_WORDS.findall(compose(run).markdown("x.bib")) == []


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("<script>alert(1)</script>", "[@holm1979]", "# heading", "**bold**", "`code`"),
        *(
            "$x^2$",
            "\\input{x}",
            "![x](y)",
            "a\n\n# b",
            "<!-- x",
            "{x} {0} %s",
            "x | y",
            "[a](b)",
            "&lt;",
        ),
    ],
)
def test_a_name_is_shown_and_does_nothing(original: RunMaterial, name: str) -> None:
    wave = original.waves[0]
    book = wave.tables["codebook"].assign(label=name)
    declared = {**wave.declared, "title": name, "source": name}
    changed = replace(wave, declared=declared, tables={**wave.tables, "codebook": book})
    text = compose(replace(original, waves=(changed,)))
    assert escape(name) in said(text, "wave 2031", "profiles")
    # What a page shows of it is the name itself.
    rows = {row["paragraph"]: str(row["plain"]) for row in rows_of(text)}
    assert " ".join(name.split()) in rows["profiles"]
    plain = compose(original).markdown("x.bib")
    found = text.markdown("x.bib")
    assert len(found.split("\n\n")) == len(plain.split("\n\n"))
    assert re.findall(r"(?<!\\)<(?!!-- pandoc)", found) == []
    assert text.cited == compose(original).cited


def test_every_special_character_is_escaped_and_no_other() -> None:
    assert escape("A & B_c [d]*") == r"A \& B\_c \[d\]\*"
    for one in r"\`*_[]<>{}@$~^|#&!":
        assert escape(f"a{one}b") == f"a\\{one}b"
    assert escape("Ark's Trust (2), No. 3 – ok") == "Ark's Trust (2), No. 3 – ok"


def test_plain_text_has_neither_marks_nor_escapes_nor_keys(reconstruction: RunMaterial) -> None:
    text = compose(reconstruction)
    known = {one.key: one.cited_as() for one in references_for(text.cited, "1")}
    shown = " ".join(str(row["plain"]) for row in text.rows(known))
    assert not re.search(r"[@*\\]", shown.replace("A <b>survey</b>", ""))
    assert "(Shrout and Fleiss, 1979; Bliese, 2000)" in shown
    assert "(Mölder et al., 2021)" in shown
    assert "(The buildingtrusts developers, n.d.)" in shown
    assert plain(r"\*a\* **b**", {}) == "*a* b"


# --- references -------------------------------------------------------------------------------


def test_text_and_references_agree_both_ways(reconstruction: RunMaterial) -> None:
    text = compose(reconstruction)
    references = references_for(text.cited, "1")
    assert {one.key for one in references} == set(citations(text.markdown("x.bib")))
    bib = "\n".join(one.bibtex() for one in references)
    assert set(re.findall(r"^@\w+\{(\w+),$", bib, re.MULTILINE)) == set(text.cited)


def test_every_reference_is_cited_by_some_run(wave: Drawn, reconstruction: RunMaterial) -> None:
    first = wave_of(wave, "original", "2031")
    ward = {**first.declared["cluster"], "linkage": "ward"}
    ledger = pd.DataFrame(
        [("2031", "2031", "data", "tie")], columns=["survey", "wave", "basis", "verdict"]
    )
    tests = pd.DataFrame(
        [("2031-01", "all", "size", 100, 9, "exact", 0.5, 0.9, 0.1, 0.2, 0.3, 0.4, 0, "")],
        columns=[
            *("extract", "frame", "attribute", "n_population", "n_sample", "test", "p_value"),
            *("p_adjusted", "p_min_attainable", "dissimilarity", "null_mean", "null_q95"),
            *("draws", "note"),
        ],
    )
    second = replace(first, declared={**first.declared, "wave": "2032", "cluster": ward})
    cited = compose(run_of(first, second, ledger=ledger, population_tests=tests)).cited
    assert {one.key for one in _LITERATURE} | {"buildingtrusts"} == set(cited)


def test_each_reference_is_whole() -> None:
    assert len({one.key for one in _LITERATURE}) == len(_LITERATURE)
    for one in _LITERATURE:
        assert one.title, one.key
        assert re.fullmatch(r"(18|19|20)\d\d", one.details["year"]), one.key
        assert one.details["year"] in one.key, one.key
        if one.kind == "article":
            assert {"journal", "volume", "pages", "doi"} <= set(one.details), one.key
            assert re.fullmatch(r"10\.\d{4,5}/\S+", one.details["doi"]), one.key
        assert one.bibtex().count("{") == one.bibtex().count("}"), one.key


def test_dois_are_those_that_the_code_names() -> None:
    """A reference that a docstring names too has the same DOI there."""
    sources = (ROOT / "src" / "buildingtrusts" / "statistics").glob("*.py")
    named = " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in sources)
    there = set(re.findall(r"doi:(10\.\d{4,5}/[\w./()-]*[\w)])", named))
    elsewhere = {
        *("harris2020", "virtanen2020", "mckinney2010", "hunter2007", "molder2021"),
        *("murtagh2014",),
    }
    for one in _LITERATURE:
        if "doi" in one.details and one.key not in elsewhere:
            assert any(doi.rstrip(")") in one.details["doi"] for doi in there), one.key


def test_the_software_is_cited_as_the_citation_file_says() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    (software,) = references_for(["buildingtrusts"], citation["version"])
    assert software.title == SOFTWARE_TITLE == citation["title"]
    assert [one["name"] for one in citation["authors"]] == [SOFTWARE_AUTHOR]
    assert "version = {0.1.0}" in re.sub(r" +", " ", software.bibtex())


def test_a_reference_reads_as_in_a_list_of_references() -> None:
    by_key = {one.key: one.text() for one in _LITERATURE}
    assert by_key["freeman1951"] == (
        "Freeman, G. H. and Halton, J. H. (1951). Note on an exact treatment of contingency, "
        "goodness of fit and other problems of significance. Biometrika, 38(1/2), 141–149. "
        "https://doi.org/10.1093/biomet/38.1-2.141"
    )
    assert by_key["baars2018"].endswith("strategy and operations. Ambition School Leadership.")
    assert by_key["harris2020"].startswith(
        "Harris, C. R., Millman, K. J., van der Walt, S. J. et al. (2020)"
    )
    assert all("--" not in text.split("https:")[0] for text in by_key.values())


def test_pandoc_finds_every_reference(reconstruction: RunMaterial, tmp_path: Path) -> None:
    if shutil.which("pandoc") is None:
        pytest.skip("pandoc is not installed")
    text = compose(reconstruction)
    bib = "\n\n".join(one.bibtex() for one in references_for(text.cited, "1"))
    (tmp_path / "references.bib").write_text(bib, encoding="utf-8")
    (tmp_path / "methods.md").write_text(text.markdown("references.bib"), encoding="utf-8")
    told = re.search(r"<!-- (pandoc .+) -->", text.markdown("references.bib"))
    assert told
    command = [*told[1].replace("methods.docx", "methods.txt").split(), "--to", "plain"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found = (tmp_path / "methods.txt").read_text(encoding="utf-8")
    assert "[@" not in found
    assert "(Anderson 2001)" in " ".join(found.split())
    references = found.split("\nReferences\n")[1]
    assert references.count("https://doi.org/") == bib.count("doi ")


def test_a_key_without_a_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody2000"):
        references_for(["nobody2000"], "1")
