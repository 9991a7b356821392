"""The answer in five lines: may it be cited, who answered, what clusters, how sure, what fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildingtrusts.output.figures.words import count, decimal, join
from buildingtrusts.output.report import words
from buildingtrusts.output.report.content import Answer, Told
from buildingtrusts.output.report.evidence_section import plain_verdict
from buildingtrusts.output.report.material import StudyMaterial, WaveMaterial

if TYPE_CHECKING:
    import pandas as pd


def answers(study: StudyMaterial) -> tuple[Answer, ...]:
    """Answer the five questions with which a reader comes.

    Parameters
    ----------
    study : StudyMaterial
        All waves.

    Returns
    -------
    tuple of Answer
        Four of them by wave, the last by basis of the claims and then by survey.
    """
    by_wave = (_may_be_cited, _asked, _found, plain_verdict)
    told = [
        Answer(
            question,
            tuple(Told(_called(study, wave), tell(wave)) for wave in study.waves),
        )
        for question, tell in zip(words.QUESTIONS, by_wave, strict=False)
    ]
    return (*told, Answer(words.QUESTIONS[-1], _matches(study)))


def _called(study: StudyMaterial, wave: WaveMaterial) -> str:
    """What an answer is of, with what kind of answers these are; nothing on a page of one wave."""
    if len(study.waves) == 1:
        return ""
    short = study.short[wave.name]
    kind = "" if wave.provenance == "original" else wave.provenance
    return f"{short}, {kind}" if kind and kind not in short else short


def _may_be_cited(wave: WaveMaterial) -> str:
    licence = wave.licence if wave.licence.endswith(".") else f"{wave.licence}."
    known = {"year": wave.year, "group": words.GROUP, "licence": licence}
    return words.MAY_BE_CITED[wave.provenance].format_map(known)


def _asked(wave: WaveMaterial) -> str:
    sample = wave.tables["sample"]
    of_all = sample[sample["role"] == "all"]
    n_clustered = int(of_all["clustered"].astype(bool).sum())
    asked = len(wave.questions.block(wave.block))
    others = len(wave.questions.all) - asked
    more = f" and answered {count(others, 'other question')}" if others else ""
    return (
        f"{int(of_all['n_responses'].sum()):,} people in {count(len(of_all), words.GROUP)} rated "
        f"{count(asked, 'statement')} on {wave.block.replace('_', ' ')}{more}. "
        f"{count(n_clustered, words.GROUP)} with answers from {wave.min_responses} or more people "
        f"{'is' if n_clustered == 1 else 'are'} clustered."
    )


def _found(wave: WaveMaterial) -> str:
    drawn = wave.drawn
    sizes = join([str(len(drawn.members(one))) for one in drawn.clusters])
    partitions = wave.tables["partitions"]
    silhouette = partitions[partitions["k"] == drawn.k]["mean_silhouette"].astype(float).iloc[0]
    apart = _apart(wave)
    return (
        f"{drawn.k} clusters of {sizes} {words.GROUPS}. {f'{apart} ' if apart else ''}"
        f"How well a {words.GROUP} fits its cluster is {decimal(silhouette)} on average, where 1 "
        "is perfect and 0 no better than the next cluster (the mean silhouette)."
    )


def _apart(wave: WaveMaterial) -> str:
    """Name the two statements on which the clusters differ most."""
    if not wave.has("profiles"):
        return ""
    profiles = wave.tables["profiles"]
    found = profiles[
        (profiles["k"] == wave.drawn.k)
        & (profiles["role"] == "all")
        & (profiles["weighting"] == "responses")
        & (profiles["block"] == wave.block)
    ]
    spans: pd.Series = found.groupby("item", sort=False)["scaled_mean"].agg(
        lambda values: values.max() - values.min()
    )
    labels = {one.item: one.label for one in wave.questions.block(wave.block)}
    most = spans.dropna().sort_values(ascending=False, kind="stable").index[:2]
    return f"They differ most on {join([f'“{labels[one]}”' for one in most])}." if len(most) else ""


def _matches(study: StudyMaterial) -> tuple[Told, ...]:
    """What a match is worth by basis, and below it the counts of each survey, which never mix."""
    if not study.has("ledger"):
        return (Told("", words.NO_CLAIMS),)
    several = len({survey for survey, _ in study.claims}) > 1
    told: dict[str, list[str]] = {}
    for (survey, basis), verdicts in study.claims.items():
        each = join([f"{n} {words.COUNTED[verdict]}" for verdict, n in verdicts.items() if n])
        told.setdefault(basis, []).append(f"{survey}: {each}" if several else each)
    return tuple(
        Told(basis.capitalize(), f"{words.BASES[basis]}.", tuple(told[basis]))
        for basis in words.BASES
        if basis in told
    )
