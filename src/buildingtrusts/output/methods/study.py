"""The whole text of a run: software, each wave, what spans waves, and the limits of all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from buildingtrusts.output.figures.words import join
from buildingtrusts.output.methods import across_waves
from buildingtrusts.output.methods.manuscript import Manuscript, Paragraph, Section, escape
from buildingtrusts.output.methods.material import RunMaterial
from buildingtrusts.output.methods.wave_methods import TOPICS, as_before, wave_methods
from buildingtrusts.output.methods.wave_results import wave_results
from buildingtrusts.output.vocabulary import Vocabulary

#: What may be said of made-up answers, and what may not.
_SCOPE = {
    "reconstruction": (
        "What can be said from a reconstruction: whether the published statistics agree with one "
        "another, what they leave open, and that the analysis computes what it says. What cannot "
        "be said: anything about a trust, its staff or the sector that the publication does not "
        "say itself. No result below that speaks of the reconstruction may be printed as a finding "
        "of the survey."
    ),
    "illustration": (
        "What can be said from an illustration: that the analysis runs, and how its results look. "
        "What cannot be said: anything about any trust, its staff or the sector. No result below "
        "that speaks of the invented data may be printed as a finding."
    ),
}


def compose(run: RunMaterial) -> Manuscript:
    """Write the methods and results of a run.

    Parameters
    ----------
    run : RunMaterial

    Returns
    -------
    Manuscript
        Sections that the run has nothing for are left out, and methods that a wave shares with an
        earlier one are told once. A paragraph of results on answers that are made up says so in
        its first words; a run whose answers are all original has none.
    """
    sections = [
        Section("software", "Software", (_software(run), _randomness(run))),
        *_waves(run),
        Section("change", "Change between waves", tuple(across_waves.change(run))),
        Section("register", "The sample and the register", tuple(across_waves.register(run))),
        Section("interviews", "Interviews", tuple(across_waves.interviews(run))),
        Section("report", "Published statements, recomputed", tuple(across_waves.report(run))),
        Section("limits", "Limits", tuple(_limits(run))),
        Section("authors", "For the authors to add", tuple(_for_the_authors(run))),
    ]
    words = Vocabulary(run.choices.get("words", {}), frozenset(_names(run)))
    return Manuscript(
        words.say(_opening(run)), tuple(_said(words, one) for one in sections if one.paragraphs)
    )


def _waves(run: RunMaterial) -> Iterator[Section]:
    told: dict[str, str] = {}
    for wave in run.waves:
        methods = list(wave_methods(run, wave))
        shared = [one for one in methods if one.said in told]
        own = [one for one in methods if one not in shared]
        told |= {one.said: wave.name for one in own if one.key in TOPICS}
        heading = f"{escape(wave.declared['title'])} ({escape(wave.name)})"
        # What is shared follows the data, which every wave has for itself.
        paragraphs = (own[0], *as_before(shared, told), *own[1:], *wave_results(run, wave))
        yield Section(f"wave {wave.name}", heading, paragraphs)


def _said(words: Vocabulary, section: Section) -> Section:
    """A section in the words of the study; names and titles stay as they are."""
    said = [replace(one, said=words.say(one.said)) for one in section.paragraphs]
    return replace(section, heading=words.say(section.heading), paragraphs=tuple(said))


def _names(run: RunMaterial) -> Iterator[str]:
    yield "Building Trusts"
    for wave in run.waves:
        yield from (escape(wave.declared[key]) for key in ("title", "source", "licence"))
        yield from map(escape, wave.tables["codebook"]["label"])
        sample = wave.table("sample")
        if sample is not None:
            yield from map(escape, sample["mat_id"].unique())


def _opening(run: RunMaterial) -> str:
    """The statement, and what can and cannot be said of each kind of made-up wave."""
    scopes = {
        one.declared["provenance"]: _SCOPE[one.declared["provenance"]]
        for one in run.waves
        if one.made_up
    }
    names = [f"{escape(wave.name)} ({wave.stamp})" for wave in run.waves if wave.made_up]
    waves = "wave" if len(names) == 1 else "waves"
    which = f"This holds for the {waves} {join(names)}." if names else ""
    parts = [run.statement, which, *scopes.values(), run.interview_statement]
    return "\n\n".join(filter(None, parts))


def _software(run: RunMaterial) -> Paragraph:
    known = run.versions
    return Paragraph(
        "software",
        "method",
        f"All analyses were run with buildingtrusts {known['buildingtrusts']} [@buildingtrusts], "
        f"a workflow for Snakemake {known['snakemake']} [@molder2021], on Python "
        f"{known['python']} with NumPy {known['numpy']} [@harris2020], SciPy {known['scipy']} "
        f"[@virtanen2020], pandas {known['pandas']} [@mckinney2010] and, for figures, Matplotlib "
        f"{known['matplotlib']} [@hunter2007].",
    )


def _randomness(run: RunMaterial) -> Paragraph:
    return Paragraph(
        "randomness",
        "method",
        f"All random draws follow from the seed {run.choices['seed']}, each task with a stream of "
        "its own, so that a run repeats byte for byte on the same versions, whatever the number of "
        "processors. Numbers of draws are given with each method.",
    )


def _limits(run: RunMaterial) -> Iterator[Paragraph]:
    yield Paragraph(
        "design",
        "limit",
        "Unless trusts were drawn at random, results are about those that took part; a comparison "
        "with a register covers the listed attributes alone. Scores of trusts with few "
        "respondents carry more error than those of trusts with many. Hierarchical clustering "
        "finds clusters in any data, so that a partition means no more than the evidence for it. "
        "Profiles describe clusters by the items that formed them and are no test of their "
        "differences.",
    )
    explored = any(wave.table("nulls") is not None for wave in run.waves)
    yield Paragraph(
        "tests",
        "limit",
        "Tests on few trusts have little power, and with their margins some cannot reach small "
        "p-values at all; a large p is no evidence of no association. Adjustment for multiplicity "
        "is within the families named, not over the whole study."
        + (
            " Tests of merges, indices, continuum and multiverse are exploration and not adjusted."
            if explored
            else ""
        ),
    )
    for provenance in ("reconstruction", "illustration"):
        waves = [one for one in run.waves if one.declared["provenance"] == provenance]
        if waves:
            names = join([escape(one.name) for one in waves])
            yield Paragraph(provenance, "limit", _MADE_UP[provenance].format(names=names))


_MADE_UP = {
    "reconstruction": (
        "In {names}, agreement within trusts, stability, p-values and the verdict on one "
        "reconstruction are settings of its generator. Only a range over many reconstructions says "
        "what the published figures allow. None of its numbers is new evidence about the survey."
    ),
    "illustration": (
        "In {names}, every number follows from invented answers and is evidence of nothing."
    ),
}


def _for_the_authors(run: RunMaterial) -> Iterator[Paragraph]:
    if all(wave.made_up for wave in run.waves):
        return
    yield Paragraph(
        "unknown",
        "note",
        "Reviewers also ask for what a run cannot know: how trusts and their staff were chosen and "
        "approached, between which dates, and how many declined; what they consented to, and who "
        "approved the study; how the items were developed and piloted; why these items were "
        "clustered and these numbers of clusters set; and where the responses can be had.",
    )
