"""Sections that span waves: population, change, the ledger, methods, citation, provenance."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.figures import TRACKING_FIGURES
from buildingtrusts.output.figures.words import attribute_title, count, decimal, join, plain
from buildingtrusts.output.report import words
from buildingtrusts.output.report.content import (
    Block,
    Bullets,
    Code,
    Column,
    Paragraph,
    Row,
    Section,
    Table,
)
from buildingtrusts.output.report.listing import (
    frame_table,
    number_cell,
    p_cell,
    text_cell,
    whole,
)
from buildingtrusts.output.report.material import StudyMaterial
from buildingtrusts.output.report.wave_sections import pictures, tests_table

if TYPE_CHECKING:
    import pandas as pd

_SAMPLE_FIGURES = ("sample_phase_mix", "sample_school_type_mix", "sample_size_schools")


def study_sections(study: StudyMaterial) -> tuple[Section, ...]:
    """The sections that span waves; those without their tables are left out.

    Parameters
    ----------
    study : StudyMaterial
        Tables, figures and what the page says of itself.

    Returns
    -------
    tuple of Section
    """
    makers: dict[str, Callable[[StudyMaterial], Iterator[Block]]] = {
        "population": _population,
        "change": _change,
        "interviews": _interviews,
        "published": _published,
        "ledger": _ledger,
        "methods": _methods,
        "cite": _cite,
        "provenance": _provenance,
    }
    there = {
        "population": study.has("population"),
        "change": len(study.waves) > 1 and study.has("changes"),
        "interviews": study.has("interviews"),
        "published": study.has("published_associations"),
        "ledger": study.has("ledger"),
        "methods": bool(study.methods),
        "cite": bool(study.citation),
    }
    stamps = {
        # The printed tables rest on no answers, and interviews may be made up by themselves.
        "published": "",
        "interviews": study.interview_stamp,
    }
    return tuple(
        Section(name, words.SECTIONS[name], tuple(make(study)), stamps.get(name, study.stamp))
        for name, make in makers.items()
        if there.get(name, True)
    )


def _pictures(study: StudyMaterial, *names: str) -> Iterator[Block]:
    yield from pictures(study.figures, names, "study", study.stamp)


def _population(study: StudyMaterial) -> Iterator[Block]:
    population = study.tables["population"]
    if study.has("population_tests"):
        yield Paragraph(_odd(study.tables["population_tests"]), "finding")
    rows = []
    for _, row in population[population["attribute"] != "all"].iterrows():
        rows.append(
            Row(
                (
                    text_cell(attribute_title(str(row["attribute"]))),
                    text_cell(row["level"]),
                    whole(row["n_population"]),
                    whole(row["n_sample"]),
                )
            )
        )
    yield Table(
        "population-table",
        "population",
        f"All {words.GROUPS} of the official register beside those of the sample",
        (Column("Attribute"), Column("Level"), Column("Register", True), Column("Sample", True)),
        tuple(rows),
        stamp=study.stamp,
    )
    if study.has("population_tests"):
        yield _population_tests(study)
    yield from _pictures(study, *_SAMPLE_FIGURES)


def _odd(tests: pd.DataFrame) -> str:
    of_all = tests[(tests["frame"] == "all") & tests["p_adjusted"].notna()]
    unlike = of_all[of_all["p_adjusted"].astype(float) <= 0.05]["attribute"]
    if unlike.empty:
        return f"The sample could have been drawn at random from all {words.GROUPS}."
    named = join([attribute_title(str(one)).lower() for one in unlike])
    return (
        f"The sample is unlike a random draw from all {words.GROUPS} in {named} "
        "(exact tests, adjusted, .05)."
    )


def _population_tests(study: StudyMaterial) -> Table:
    tests = study.tables["population_tests"]
    rows = tuple(
        Row(
            (
                text_cell(attribute_title(str(row["attribute"]))),
                text_cell(plain(str(row["frame"]))),
                whole(row["n_population"]),
                whole(row["n_sample"]),
                p_cell(row["p_value"]),
                p_cell(row["p_adjusted"]),
                *[number_cell(row[one]) for one in ("dissimilarity", "null_mean", "null_q95")],
            )
        )
        for _, row in tests.iterrows()
    )
    titles = ("Population", "Sample", "p", "p, adjusted", "Dissimilarity", "By chance", "95% point")
    return Table(
        "population-tests-table",
        "population_tests",
        "Could the sample be a random draw?",
        (Column("Attribute"), Column("Out of"), *[Column(title, True) for title in titles]),
        rows,
        stamp=study.stamp,
    )


def _change(study: StudyMaterial) -> Iterator[Block]:
    changes = study.tables["changes"]
    of_all = changes[changes["stratum"] == changes["stratum"].iloc[0]]
    clear = of_all[(of_all["ci_low"] > 0) | (of_all["ci_high"] < 0)]
    waves = join([wave.name for wave in study.waves])
    yield Paragraph(
        f"Between {waves}, {count(len(clear), 'statement')} of {len(of_all)} changed by more than "
        "their 95% interval leaves open.",
        "finding",
    )
    yield from _pictures(study, *TRACKING_FIGURES)
    labels = {
        (one.block, one.item): one.label for wave in study.waves for one in wave.questions.all
    }
    named = changes.assign(
        item=[
            labels.get(pair, pair[1])
            for pair in zip(changes["block"], changes["item"], strict=True)
        ]
    )
    shown = [
        "item",
        "block",
        "from_wave",
        "to_wave",
        "stratum",
        "n_mats",
        "change",
        "ci_low",
        "ci_high",
    ]
    yield frame_table(
        named[shown],
        "changes-table",
        "changes",
        f"Mean change of each statement over {words.GROUPS} that answered in both waves",
        {
            "item": "Statement",
            "n_mats": words.GROUPS.capitalize(),
            "ci_low": "95%: low",
            "ci_high": "95%: high",
        },
        search="Find a statement",
        noun="changes",
        stamp=study.stamp,
    )
    for name, caption in (
        ("transitions", f"{words.GROUPS.capitalize()} by their cluster in each wave"),
        ("wave_agreement", f"How far two waves put the same {words.GROUPS} together"),
    ):
        if study.has(name):
            table = study.tables[name]
            yield frame_table(table, f"{name}-table", name, caption, stamp=study.stamp)


def _interviews(study: StudyMaterial) -> Iterator[Block]:
    yield Paragraph(
        "Coded interviews beside the clusters: how centralised each area is said to be (1: schools "
        f"decide, 3: central), and which {words.GROUPS} mention each break point."
    )
    names = [name for name in study.figures if name.startswith("interviews_")]
    yield from pictures(study.figures, names, "study", study.interview_stamp)
    for name, caption in (
        ("interviews", "What was coded, beside clusters and attributes"),
        ("interview_tests", "Exact tests of each break point"),
    ):
        if study.has(name):
            yield frame_table(
                study.tables[name],
                f"{name.replace('_', '-')}-table",
                name,
                caption,
                {"n_mats": words.GROUPS.capitalize(), "n_coded": "Coded", "k": "Clusters"},
                search="Find a code",
                stamp=study.interview_stamp,
            )


def _published(study: StudyMaterial) -> Iterator[Block]:
    tests = study.tables["published_associations"]
    yield Paragraph(
        "These rest on the counts that the report prints and on no answers at all.",
        "note",
    )
    for k in sorted({int(one) for one in tests["k"]}):
        found = tests[tests["k"] == k]
        table = tests_table(found, f"published-k{k}", f"published_associations_k{k}", "")
        usable = found["p_value"].astype(float)
        yield Paragraph(
            f"With {k} clusters the smallest exact p is {decimal(usable.min(), 3)}; "
            f"{int((found['p_adjusted'].astype(float) <= 0.05).sum()) or 'none'} is at .05 or "
            "below after Holm's adjustment."
        )
        yield table
    yield from pictures(study.figures, ("published_associations",), "study", "")


def _ledger(study: StudyMaterial) -> Iterator[Block]:
    ledger = study.tables["ledger"]
    bases = [one for one in words.BASES if one in {basis for _, basis in study.claims}]
    yield Paragraph(
        "Every published claim beside its recomputation. What a match is worth "
        "depends on what it rests on, so rows of different bases are not to be added up."
    )
    yield Bullets(tuple(f"{basis}: {words.BASES[basis]}" for basis in bases))
    yield Table(
        "ledger-counts",
        "ledger_counts",
        "Claims by what they rest on and what came of them",
        (
            *(Column("Claims on"), Column("Basis")),
            *[Column(one.capitalize(), True) for one in words.VERDICTS],
        ),
        tuple(
            Row((text_cell(survey), text_cell(basis), *[whole(n) for n in verdicts.values()]))
            for (survey, basis), verdicts in study.claims.items()
        ),
        noun="bases",
        stamp=study.stamp,
    )
    yield _claims(study, ledger, bases)
    yield from _pictures(study, "ledger")


def _claims(study: StudyMaterial, ledger: pd.DataFrame, bases: Sequence[str]) -> Table:
    verdicts = [one for one in words.VERDICTS if one in set(ledger["verdict"])]
    rows = []
    for _, row in ledger.iterrows():
        verdict = str(row["verdict"])
        rows.append(
            Row(
                (
                    text_cell(row["statement"]),
                    text_cell(row["section"]),
                    text_cell(row["published"]),
                    _computed(row["computed"]),
                    text_cell(row["unit"]),
                    text_cell(row["tolerance"]),
                    text_cell(row["basis"]),
                    text_cell(verdict, verdict.replace(" ", "-")),
                    text_cell(row["note"]),
                )
            )
        )
    titles = ("Where", "Published", "Computed", "Unit", "Tolerance")
    return Table(
        "ledger-table",
        "ledger",
        "Every claim",
        (
            Column("Claim", wide=True),
            *[Column(title) for title in titles],
            Column("Basis", choices=tuple(bases)),
            Column("Verdict", choices=tuple(verdicts)),
            Column("Note", wide=True),
        ),
        tuple(rows),
        search="Find a claim",
        counted_by=6,
        noun="claims",
        stamp=study.stamp,
    )


def _computed(value: object) -> Any:
    """A computed value is a number, or words; a long number is cut for reading."""
    cell = text_cell(value)
    if re.fullmatch(r"-?\d+\.\d+", cell.text):
        return number_cell(float(cell.text), 3)
    if ";" in cell.text:
        return text_cell(cell.text.replace("_", " "))
    return cell


def _methods(study: StudyMaterial) -> Iterator[Block]:
    """How it was done and with what limits; the results are told by the sections above."""
    yield Paragraph(
        "The same paragraphs, and the results as paragraphs for a paper, are in methods.md beside "
        "this page, with their references in references.bib."
    )
    told = [one for one in study.methods["paragraphs"] if one["kind"] in ("method", "limit")]
    heading = ""
    for one in told:
        if one["plain_heading"] != heading:
            heading = one["plain_heading"]
            yield Paragraph(heading, "subheading")
        yield Paragraph(one["plain"])
    cited = {key for one in told for key in one["cites"]}
    yield Paragraph("References", "subheading")
    yield Bullets(tuple(one["text"] for one in study.methods["references"] if one["key"] in cited))


def _cite(study: StudyMaterial) -> Iterator[Block]:
    if study.stamp:
        yield Paragraph(
            f"{study.stamp}. Cite the report for its findings, and this software for the "
            "recomputation; do not cite numbers of this page as findings.",
        )
    yield Code("The software", reference(study.citation))
    for one in _listed(study.citation.get("references")):
        yield Code("The report", reference(one))


def reference(citation: Mapping[str, Any]) -> str:
    """Write a reference from an entry of a citation file.

    Examples
    --------
    >>> reference({"title": "A report", "authors": [{"name": "Us"}], "year": 2018})
    'Us (2018). A report.'
    """
    people = [_author(one) for one in _listed(citation.get("authors"))]
    year = f" ({citation['year']})" if "year" in citation else ""
    version = f" Version {citation['version']}." if "version" in citation else ""
    institution = citation.get("institution")
    place = ""
    if isinstance(institution, Mapping):
        place = ": ".join(str(institution[one]) for one in ("city", "name") if one in institution)
    parts = (f"{join(people)}{year}. {citation.get('title', '')}.{version}", place and f"{place}.")
    return " ".join(filter(None, parts))


def _author(one: Mapping[str, Any]) -> str:
    if "name" in one:
        return str(one["name"])
    given = "".join(f"{name[:1]}." for name in str(one.get("given-names", "")).split())
    return ", ".join(filter(None, (str(one.get("family-names", "")), given)))


def _listed(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _provenance(study: StudyMaterial) -> Iterator[Block]:
    yield Table(
        "waves-table",
        "waves",
        "The waves of this study",
        (
            *(Column("Wave"), Column("Title", wide=True), Column("Provenance")),
            *(Column("Source", wide=True), Column("Licence of the responses")),
        ),
        tuple(
            Row(
                tuple(
                    text_cell(one)
                    for one in (wave.name, wave.title, wave.provenance, wave.source, wave.licence)
                )
            )
            for wave in study.waves
        ),
        stamp=study.stamp,
    )
    yield Paragraph(
        f"All random draws follow from the seed {study.seed}; the same data, configuration and "
        "seed give the same page, byte for byte."
    )
    yield Table(
        "draws-table",
        "draws",
        "Random draws behind the numbers",
        (Column("Wave"), Column("Table"), Column("Draws", True)),
        tuple(_draws(study)),
        stamp=study.stamp,
    )
    yield Table(
        "versions-table",
        "versions",
        "Software",
        (Column("Name"), Column("Version")),
        tuple(Row((text_cell(name), text_cell(one))) for name, one in study.versions.items()),
        stamp=study.stamp,
    )


def _draws(study: StudyMaterial) -> Iterator[Row]:
    """The most draws behind any row of a table; tables without draws are left out."""
    owners = [(wave.name, wave.tables) for wave in study.waves] + [("all waves", study.tables)]
    for owner, tables in owners:
        for name, table in tables.items():
            most = table["draws"].max() if "draws" in table and len(table) else 0
            if most > 0:
                yield Row((text_cell(owner), text_cell(f"{name}.csv"), whole(most)))
