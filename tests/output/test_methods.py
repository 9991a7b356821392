"""Methods and results for a paper: what a run says of itself, with which references."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.figures.wave import WaveMaterial as Drawn
from buildingtrusts.output.methods.manuscript import Manuscript, citations, escape
from buildingtrusts.output.methods.material import RunMaterial, WaveMaterial
from buildingtrusts.output.methods.references import (
    _LITERATURE,
    SOFTWARE_AUTHOR,
    SOFTWARE_TITLE,
    references_for,
)
from buildingtrusts.output.methods.study import compose
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
    book = [(one.block, one.item, one.label, "kept", 1.0, 10.0) for one in asked]
    items = [(one.block, one.item, 80, place) for place, one in enumerate(asked)]
    mats = list(drawn.tables["clusters"]["mat_id"].unique())
    found = evidence(mats)
    if provenance != "reconstruction":
        found["ensemble"] = found["ensemble"].iloc[:0]
    codebook = pd.DataFrame(book, columns=["block", "item", "label", "status", "min", "max"])
    missing = pd.DataFrame(items, columns=["block", "item", "n_respondents", "n_missing"])
    return WaveMaterial(
        declared.model_dump(mode="json"),
        stamp([provenance]),
        {**drawn.tables, **found, "codebook": codebook, "missing": missing},
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
    )


@pytest.fixture(scope="module")
def reconstruction(wave: Drawn) -> RunMaterial:
    return run_of(wave_of(wave, "reconstruction", "2031-reconstruction"))


@pytest.fixture(scope="module")
def original(wave: Drawn) -> RunMaterial:
    return run_of(wave_of(wave, "original", "2031"))


def said(manuscript: Manuscript, section: str, key: str) -> str:
    return next(
        str(row["text"])
        for row in manuscript.rows()
        if (row["section"], row["paragraph"]) == (section, key)
    )


# --- whose answers ----------------------------------------------------------------------------


def test_a_reconstruction_is_told_first_and_in_every_paragraph_of_results(
    reconstruction: RunMaterial,
) -> None:
    text = compose(reconstruction)
    assert text.markdown("x.bib").startswith("**These are not the survey's responses.**")
    results = [row for row in text.rows() if row["kind"] == "result"]
    assert len(results) >= 10
    for row in results:
        assert str(row["text"]).startswith("**Reconstruction: not the survey's responses.**"), row


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
    for row in text.rows():
        if row["kind"] == "result":
            stamps.setdefault(row["section"], set()).add(row["stamp"])
    assert stamps == {
        "wave 2031": {""},
        "wave 2032-illustration": {"Illustration: invented responses"},
        "change": {"Illustration: invented responses"},
    }
    assert "“Common vision” (strategy) 0.50 (0.10 to 0.90, 9 trusts)" in said(
        text, "change", "items"
    )


def test_what_is_computed_from_print_alone_is_real_and_not_stamped(
    reconstruction: RunMaterial,
) -> None:
    ledger = pd.DataFrame(
        [("calibrated", "reproduced"), ("derived", "tie"), ("derived", "reproduced")],
        columns=["basis", "verdict"],
    )
    text = compose(replace(reconstruction, tables={"ledger": ledger}))
    assert said(text, "report", "calibrated").startswith("**Reconstruction")
    derived = said(text, "report", "derived")
    assert derived.startswith("Of 2 statements computed from printed numbers alone")
    assert "*reproduced* 1 and *tie* 1" in derived


def test_each_paragraph_can_be_found_by_its_section_and_name(wave: Drawn) -> None:
    rows = compose(
        run_of(wave_of(wave, "original", "software"), wave_of(wave, "original", "limits"))
    ).rows()
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
    left_out = whole[~whole["clustered"].astype(bool)]
    for mat, reason in zip(left_out["mat_id"], left_out["reason"], strict=True):
        assert f"{mat} ({reason})" in said(text, "wave 2031", "sample")
    # Strategy's four items have 0, 1, 2 and 3 answers missing of 80.
    missing = said(text, "wave 2031", "missing")
    assert "Of 320 answers to the clustered items 6 are missing (1.9%), at most 3 of 80" in missing


def test_tests_stand_beside_their_adjustment_their_chance_and_their_limit(
    original: RunMaterial,
) -> None:
    table = original.waves[0].tables["associations"]
    text = said(compose(original), "wave 2031", "associations")
    assert text.count("Holm-adjusted") == table["p_value"].notna().sum()
    assert text.count("by chance") == table["p_value"].notna().sum()
    assert "(exact, smallest p possible" in text


def test_a_monte_carlo_test_is_told_with_its_draws(original: RunMaterial) -> None:
    wave = original.waves[0]
    drawn = wave.tables["associations"].assign(
        test="fisher_monte_carlo", draws=12_345, p_min_attainable=float("nan")
    )
    changed = replace(wave, tables={**wave.tables, "associations": drawn})
    text = said(compose(replace(original, waves=(changed,))), "wave 2031", "associations")
    assert "(12,345 draws)" in text
    assert "exact" not in text


def test_merges_are_counted_by_the_level_that_each_is_held_against(original: RunMaterial) -> None:
    text = said(compose(original), "wave 2031", "exploration")
    assert "Of the merges that SHC reached, 1 of 1 is significant" in text
    assert "by selective inference 1 of 2 have p at most 0.05" in text
    assert "In 2 combinations of choices 1 have p at most 0.05" in text


def test_a_wave_without_evidence_attributes_or_roles_says_nothing_of_them(
    wave: Drawn, bare_wave: Drawn
) -> None:
    full = wave_of(wave, "original", "2031")
    kept = {name: one for name, one in full.tables.items() if name not in EVIDENCE_TABLES}
    bare = replace(full, tables={**kept, **bare_wave.tables})
    rows = compose(run_of(bare)).rows()
    keys = {row["paragraph"] for row in rows}
    assert not keys & {"noise", "nulls", "stability", "verdict", "associations", "crosstabs"}
    assert "partitions" in keys
    assert "chief executive" not in " ".join(str(row["text"]) for row in rows)


def test_a_study_of_another_field_is_told_in_its_words(original: RunMaterial) -> None:
    words = {"trust": "company", "trusts": "companies", "staff": "employees"}
    ledger = pd.DataFrame([("data", "reproduced")], columns=["basis", "verdict"])
    text = compose(
        replace(original, choices={**original.choices, "words": words}, tables={"ledger": ledger})
    ).markdown("x.bib")
    assert "responses from 11 companies" in text
    assert not re.search(r"\b[Tt]rusts?\b", text.replace("Building Trusts", ""))
    assert "*Building Trusts*" in text


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("<script>alert(1)</script>", "[@holm1979]", "# heading", "**bold**", "`code`"),
        *("$x^2$", "\\input{x}", "![x](y)", "a\n\n# b", "<!-- x", "x | y", "[a](b)", "&lt;"),
    ],
)
def test_a_name_is_shown_and_does_nothing(original: RunMaterial, name: str) -> None:
    wave = original.waves[0]
    clusters = wave.tables["clusters"].replace("MAT 1", name)
    declared = {**wave.declared, "title": name, "source": name}
    changed = replace(wave, declared=declared, tables={**wave.tables, "clusters": clusters})
    text = compose(replace(original, waves=(changed,)))
    assert escape(name) in said(text, "wave 2031", "members")
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
    ledger = pd.DataFrame([("data", "tie")], columns=["basis", "verdict"])
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


def test_a_key_without_a_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody2000"):
        references_for(["nobody2000"], "1")
