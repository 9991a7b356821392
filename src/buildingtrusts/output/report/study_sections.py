"""Sections that span waves: population, change, the ledger, methods, citation, provenance."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.figures.words import attribute_title, decimal, join, plain
from buildingtrusts.output.report import words
from buildingtrusts.output.report.change_section import change_blocks
from buildingtrusts.output.report.content import (
    Block,
    Bullets,
    Cell,
    Code,
    Column,
    Fold,
    Paragraph,
    Row,
    Section,
    Table,
)
from buildingtrusts.output.report.interviews_section import interview_blocks
from buildingtrusts.output.report.listing import (
    number_cell,
    p_cell,
    text_cell,
    whole,
)
from buildingtrusts.output.report.material import StudyMaterial
from buildingtrusts.output.report.wave_sections import after, behind_titles, pictures, tests_table

if TYPE_CHECKING:
    import pandas as pd

#: Attributes and levels that the register alone has, in words.
_REGISTER = {"schools_band": "Number of schools", "at_least": "Schools, at least"}
_LEVELS = {"(missing)": "not known"}
_SAMPLE_FIGURES = ("sample_phase_mix", "sample_school_type_mix", "sample_size_schools")


def study_sections(study: StudyMaterial, keys: Mapping[str, str]) -> tuple[Section, ...]:
    """The sections that span waves; those without their tables are left out.

    Parameters
    ----------
    study : StudyMaterial
        Tables, figures and what the page says of itself.
    keys : dict of str to str
        Key of each trust on the page.

    Returns
    -------
    tuple of Section
    """
    makers: dict[str, Callable[[StudyMaterial], Iterator[Block]]] = {
        "population": _population,
        "change": partial(change_blocks, keys=keys),
        "interviews": interview_blocks,
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


def _population(study: StudyMaterial) -> Iterator[Block]:
    population = study.tables["population"]
    if study.has("population_tests"):
        yield Paragraph(_odd(study.tables["population_tests"]), "finding")
    yield from _sample_figures(study)
    of_all = population[population["attribute"] == "all"]
    n_all = "".join(f" ({int(n):,})" for n in of_all["n_population"])
    n_sample = "".join(f" ({int(n):,})" for n in of_all["n_sample"])
    rows = [
        Row(
            (
                text_cell(_REGISTER.get(str(row["attribute"]), attribute_title(row["attribute"]))),
                text_cell(_LEVELS.get(str(row["level"]), row["level"])),
                whole(row["n_population"]),
                whole(row["n_sample"]),
            )
        )
        for _, row in population[population["attribute"] != "all"].iterrows()
    ]
    names = tuple(dict.fromkeys(row.cells[0].text for row in rows))
    yield Table(
        "population-table",
        "population",
        f"All {words.GROUPS} of the official register beside those of the sample",
        (
            *(Column("Attribute", choices=names), Column("Level")),
            *(Column(f"Register{n_all}", True), Column(f"Sample{n_sample}", True)),
        ),
        tuple(rows),
        noun="levels",
        stamp=study.stamp,
    )
    if study.has("population_tests"):
        yield _population_tests(study)


def _sample_figures(study: StudyMaterial) -> Iterator[Block]:
    """Attributes in which the sample is unlike the population are shown, others opened."""
    unlike = [f"sample_{one}" for one in _unlike(study.tables.get("population_tests"))]
    shown = [one for one in _SAMPLE_FIGURES if one in unlike] or _SAMPLE_FIGURES[:1]
    others = [one for one in _SAMPLE_FIGURES if one not in shown]
    yield from pictures(study.figures, shown, "study", study.stamp)
    yield from behind_titles(pictures(study.figures, others, "study", study.stamp))


def _unlike(tests: pd.DataFrame | None, frame: str = "all") -> list[str]:
    """Attributes in which the sample is unlike the population, or a part of it."""
    if tests is None:
        return []
    of_all = tests[(tests["frame"] == frame) & tests["p_adjusted"].notna()]
    return list(of_all[of_all["p_adjusted"].astype(float) <= 0.05]["attribute"].astype(str))


def _odd(tests: pd.DataFrame) -> str:
    """In what the sample is unlike a random draw, from all and from each part of the register."""
    frames = dict.fromkeys(tests[tests["p_adjusted"].notna()]["frame"].astype(str))
    said = []
    for frame in frames:
        unlike = [attribute_title(one).lower() for one in _unlike(tests, frame)]
        whom = f"all {words.GROUPS}" if frame == "all" else f"those with {_frame(frame)}"
        said.append(f"of {whom} in {join(unlike) if unlike else 'no attribute tested'}")
    if not said:
        return "Nothing could be tested."
    return (
        f"The sample differs from a random draw {'; '.join(said)} (exact tests, adjusted, 0.05). "
        "That no difference shows does not make it a random draw."
    )


def _population_tests(study: StudyMaterial) -> Table:
    tests = study.tables["population_tests"]
    done = tests["p_value"].notna()
    rows = tuple(
        Row(
            (
                text_cell(attribute_title(str(row["attribute"]))),
                text_cell(_frame(str(row["frame"]))),
                whole(row["n_population"]),
                whole(row["n_sample"]),
                p_cell(row["p_value"]),
                p_cell(row["p_adjusted"]),
                *[number_cell(row[one]) for one in ("dissimilarity", "null_mean", "null_q95")],
            )
        )
        for _, row in tests[done].iterrows()
    )
    titles = ("Register", "Sample", "p", "p, adjusted", "Dissimilarity", "By chance", "95% point")
    # Why an attribute was not tested is the same out of all and out of some.
    why: dict[str, list[str]] = {}
    for attribute, note in tests[~done][["attribute", "note"]].drop_duplicates().to_numpy():
        why.setdefault(str(note).rstrip("."), []).append(attribute_title(str(attribute)).lower())
    left = join([f"{join(names)} ({_small(text)})" for text, names in why.items()])
    note = f" Not tested: {left}." if left else ""
    return Table(
        "population-tests-table",
        "population_tests",
        "Could the sample be a random draw?",
        (
            Column("Attribute"),
            Column("Out of", choices=tuple(dict.fromkeys(row.cells[1].text for row in rows))),
            *[Column(title, True) for title in titles],
        ),
        rows,
        note="Dissimilarity: the share of the sample that would have to have another level, "
        f"beside its mean and 95% point by chance.{note}",
        noun="tests",
        stamp=study.stamp,
        fold="aside",
    )


def _frame(frame: str) -> str:
    """Which trusts of the register the sample is set beside."""
    at_least = re.fullmatch(r"(\d+)\+", frame)
    if at_least:
        return f"{at_least[1]} schools or more"
    return f"all {words.GROUPS}" if frame == "all" else plain(frame)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _published(study: StudyMaterial) -> Iterator[Block]:
    tests = study.tables["published_associations"]
    yield Paragraph(
        "These rest on the counts that the report prints and on no answers at all.",
        "note",
    )
    tables = []
    for k in sorted({int(one) for one in tests["k"]}):
        found = tests[tests["k"] == k]
        table = tests_table(found, f"published-k{k}", f"published_associations_k{k}", "")
        tables.append(replace(table, caption=f"{table.caption}, {k} clusters"))
        usable = found["p_value"].astype(float)
        yield Paragraph(
            f"With {k} clusters the smallest exact p is {decimal(usable.min(), 3)}; "
            f"{int((found['p_adjusted'].astype(float) <= 0.05).sum()) or 'none'} is at 0.05 or "
            "below after Holm's adjustment."
        )
    shown = [*pictures(study.figures, ("published_associations",), "study", "")]
    yield from shown
    yield from (replace(table, fold=after(shown)) for table in tables)


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
    yield from behind_titles(pictures(study.figures, ("ledger",), "study", study.stamp))


def _claims(study: StudyMaterial, ledger: pd.DataFrame, bases: Sequence[str]) -> Table:
    verdicts = [one for one in words.VERDICTS if one in set(ledger["verdict"])]
    surveys = list(dict.fromkeys(survey for survey, _ in study.claims))
    several = len(surveys) > 1
    rows = []
    for _, row in ledger.iterrows():
        verdict = str(row["verdict"])
        rows.append(
            Row(
                (
                    text_cell(row["statement"]),
                    text_cell(row["section"]),
                    _worth(row["published"]),
                    _worth(row["computed"]),
                    text_cell(row["unit"]),
                    text_cell(row["tolerance"]),
                    *([text_cell(_survey_of(str(row["wave"]), surveys))] if several else []),
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
            *([Column("Claims on", choices=tuple(surveys))] if several else []),
            Column("Basis", choices=tuple(bases)),
            Column("Verdict", choices=tuple(verdicts)),
            Column("Note", wide=True),
        ),
        tuple(rows),
        search="Find a claim",
        # Claims on other surveys, or with another basis, are never counted together.
        counted_by=(6, 7) if several else (6,),
        noun="claims",
        stamp=study.stamp,
    )


def _survey_of(wave: str, surveys: Sequence[str]) -> str:
    """The survey that a claim is on: the wave's, without the words for answers not its own."""
    return max((one for one in surveys if wave.startswith(one)), key=len, default=wave)


def _worth(value: object) -> Cell:
    """What is published or computed: a long number is cut for reading, names become words."""
    cell = text_cell(value)
    if re.fullmatch(r"-?\d+\.\d{4,}|\d\.?\d*e-\d+", cell.text):
        number = float(cell.text)
        return p_cell(number) if 0 < number < 0.001 else number_cell(number, 3)
    return Cell(cell.text.replace("_", " "), cell.text) if "_" in cell.text else cell


def _methods(study: StudyMaterial) -> Iterator[Block]:
    """How it was done and with what limits; the results are told by the sections above."""
    yield Paragraph(
        "The same paragraphs, and the results as paragraphs for a paper, are in methods.md beside "
        "this page, with their references in references.bib."
    )
    told = [one for one in study.methods["paragraphs"] if one["kind"] in ("method", "limit")]
    parts = groupby(told, key=lambda one: str(one["plain_heading"]))
    for place, (heading, paragraphs) in enumerate(parts):
        blocks = tuple(Paragraph(one["plain"]) for one in paragraphs)
        yield Fold(f"methods-{place}", heading, blocks)
    cited = {key for one in told for key in one["cites"]}
    listed = tuple(one["text"] for one in study.methods["references"] if one["key"] in cited)
    if listed:
        yield Fold("references", f"References ({len(listed)})", (Bullets(listed),))


def _cite(study: StudyMaterial) -> Iterator[Block]:
    if study.stamp:
        yield Paragraph(
            "Cite the report for its findings, and this software for the recomputation; do not "
            "cite as findings what rests on answers that are made up.",
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
        noun="waves",
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
        noun="tables",
        stamp=study.stamp,
        fold="aside",
    )
    yield Table(
        "versions-table",
        "versions",
        "Software",
        (Column("Name"), Column("Version")),
        tuple(Row((text_cell(name), text_cell(one))) for name, one in study.versions.items()),
        noun="names",
        stamp=study.stamp,
        fold="aside",
    )


def _draws(study: StudyMaterial) -> Iterator[Row]:
    """The most draws behind any row of a table; tables without draws are left out."""
    owners = [(wave.name, wave.tables) for wave in study.waves] + [("all waves", study.tables)]
    for owner, tables in owners:
        for name, table in tables.items():
            most = table["draws"].max() if "draws" in table and len(table) else 0
            if most > 0:
                yield Row((text_cell(owner), text_cell(f"{name}.csv"), whole(most)))
