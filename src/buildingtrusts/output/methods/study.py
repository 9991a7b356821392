"""The whole text of a run: software, each wave, what spans waves, and the limits of all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from buildingtrusts.output.figures.words import attribute_title, count, decimal, join, p_text
from buildingtrusts.output.methods.manuscript import Manuscript, Paragraph, Section, escape
from buildingtrusts.output.methods.material import RunMaterial, WaveMaterial
from buildingtrusts.output.methods.wave_methods import wave_methods
from buildingtrusts.output.methods.wave_results import wave_results
from buildingtrusts.output.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd

#: What may be said of made-up answers, and what may not.
_SCOPE = {
    "reconstruction": (
        "What can be said from a reconstruction: whether the published statistics agree with one "
        "another, what they leave open, and that the analysis computes what it says. What cannot "
        "be said: anything about a trust, its staff or the sector that the publication does not "
        "say itself. No paragraph below that opens with the words “{stamp}” may be printed as a "
        "finding of the survey."
    ),
    "illustration": (
        "What can be said from an illustration: that the analysis runs, and how its results look. "
        "What cannot be said: anything about any trust, its staff or the sector. No paragraph "
        "below that opens with the words “{stamp}” may be printed as a finding."
    ),
}
#: The ledger's bases whose claims are computed from the answers of a wave.
_OF_ANSWERS = ("calibrated", "emergent", "data")
_BASES = {
    "calibrated": "statements to which the answers were fitted or which they were made to show",
    "emergent": "statements that can be checked and to which the answers were not fitted",
    "data": "statements computed from the survey's responses",
    "derived": "statements computed from printed numbers alone",
    "register": "statements computed from the official register",
}


def compose(run: RunMaterial) -> Manuscript:
    """Write the methods and results of a run.

    Parameters
    ----------
    run : RunMaterial

    Returns
    -------
    Manuscript
        Sections that the run has nothing for are left out. A paragraph on answers that are made
        up opens with words that say so; a run whose answers are all original has none.
    """
    sections = [Section("software", "Software", (_software(run), _randomness(run)))]
    for wave in run.waves:
        paragraphs = (*wave_methods(run, wave), *_ensemble(run, wave), *wave_results(wave))
        heading = f"{escape(wave.declared['title'])} ({escape(wave.name)})"
        sections.append(Section(f"wave {wave.name}", heading, paragraphs))
    sections += [
        Section("change", "Change between waves", tuple(_change(run))),
        Section("register", "The sample and the register", tuple(_register(run))),
        Section("interviews", "Interviews", tuple(_interviews(run))),
        Section("report", "Published statements, recomputed", tuple(_report(run))),
        Section("limits", "Limits", tuple(_limits(run))),
    ]
    words = Vocabulary(run.choices.get("words", {}), frozenset(_names(run)))
    return Manuscript(
        words.say(_opening(run)), tuple(_said(words, one) for one in sections if one.paragraphs)
    )


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
        wave.declared["provenance"]: _SCOPE[wave.declared["provenance"]].format(stamp=wave.stamp)
        for wave in run.waves
        if wave.made_up
    }
    names = [f"{escape(wave.name)} ({wave.stamp})" for wave in run.waves if wave.made_up]
    which = f"This holds for the waves: {join(names)}." if names else ""
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


def _ensemble(run: RunMaterial, wave: WaveMaterial) -> Iterator[Paragraph]:
    table = wave.table("ensemble")
    if table is None:
        return
    grid = [
        f"{name} {_interval(table[column])}"
        for name, column in (
            ("standard deviations within trusts of", "within_sd"),
            ("skews of the numbers of answers of", "count_skew"),
        )
    ]
    yield Paragraph(
        "ensemble",
        "method",
        "Because spread within trusts and numbers of answers are published nowhere, the evidence "
        f"was repeated over {count(len(table), 'reconstruction')} that satisfy the same published "
        f"statistics ({join(grid)}; {count(int(table['draws'].max()), 'draw')}, "
        f"{count(int(table['null_studies'].max()), 'simulated study', 'simulated studies')} of "
        f"{count(int(table['null_draws'].max()), 'draw')} each), and the verdict is theirs.",
    )


def _change(run: RunMaterial) -> Iterator[Paragraph]:
    if len(run.waves) < 2:
        return
    draws = run.choices["tracking"]["draws"]
    yield Paragraph(
        "change",
        "method",
        "Clusters of a wave were matched to those of the latest earlier wave with as many by the "
        "smallest sum of distances between centroids on the items that both asked [@kuhn1955]. "
        "Agreement of partitions over the trusts that both waves have is the adjusted Rand index "
        "[@hubert1985]. Change of an item is the mean over trusts of their own change, in points "
        f"of the earlier wave's scale, with a paired 95% percentile bootstrap over trusts "
        f"[@efron1993] ({draws:,} draws). These intervals are not adjusted for the number of "
        "items.",
    )
    for key, said in (
        ("agreement", _agreement(run.table("wave_agreement"))),
        ("common", _common(run)),
        ("items", _items(run)),
        ("new", _new(run.table("new_trusts"))),
    ):
        if said:
            yield Paragraph(key, "result", said, run.stamp)


def _agreement(table: pd.DataFrame | None) -> str:
    if table is None:
        return ""
    said = [
        f"{escape(row.from_wave)} and {escape(row.to_wave)} at k = {int(row.k)} agree by "
        f"{decimal(row.adjusted_rand)} (adjusted Rand, "
        f"{count(int(row.n_mats), 'trust')} clustered in both)"
        for row in table.itertuples()
    ]
    return f"{'; '.join(said)}."


def _common(run: RunMaterial) -> str:
    items, agreement = run.table("common_items"), run.table("common_agreement")
    reported = {k for wave in run.waves for k in wave.declared["cluster"]["report_k"]}
    if items is None:
        return ""
    used = items[items["in_common_clustering"].astype(bool)]
    if not len(used):
        return ""
    first = used["wave"].iloc[0]
    text = (
        f"All waves asked {count(int((used['wave'] == first).sum()), 'item')} of their clustered "
        "block, on which each wave was clustered again"
    )
    if agreement is None:
        return f"{text}."
    said = [
        f"{escape(row.wave)} ({row.clustered_on} items) beside {escape(row.other_wave)} "
        f"({row.other_clustered_on} items) at k = {int(row.k)}: {decimal(row.adjusted_rand)}"
        for row in agreement.itertuples()
        if row.adjusted_rand == row.adjusted_rand and row.k in reported
    ]
    return f"{text}. Adjusted Rand indices: {'; '.join(said)}." if said else f"{text}."


def _items(run: RunMaterial) -> str:
    table = run.table("changes")
    if table is None:
        return ""
    whole = table[(table["stratum"] == "all") & table["change"].notna()]
    said = []
    for (before, after), rows in whole.groupby(["from_wave", "to_wave"], sort=False):
        clear = rows[(rows["ci_low"] > 0) | (rows["ci_high"] < 0)]
        text = (
            f"From {escape(before)} to {escape(after)} the interval excludes 0 for "
            f"{len(clear)} of {count(len(rows), 'item')}"
        )
        named = [
            f"{_label(run, str(after), row.block, row.item)} {decimal(row.change)} "
            f"({_end(row.ci_low)} to {_end(row.ci_high)}, {count(int(row.n_mats), 'trust')})"
            for row in clear.itertuples()
        ]
        said.append(f"{text}: {'; '.join(named)}." if named else f"{text}.")
    return " ".join(said)


def _label(run: RunMaterial, wave: str, block: str, item: str) -> str:
    # Changes go by the item's name in the earlier wave, which the later one may not know.
    for one in sorted(run.waves, key=lambda one: one.name != wave):
        book = one.tables["codebook"]
        found = book[(book["block"] == block) & (book["item"] == item)]
        if len(found):
            return f"“{escape(found['label'].iloc[0])}” ({escape(block)})"
    return f"“{escape(item)}” ({escape(block)})"


def _new(table: pd.DataFrame | None) -> str:
    if table is None:
        return ""
    pairs = table[["from_wave", "to_wave", "mat_id"]].drop_duplicates()
    said = [
        f"{count(len(rows), 'trust')} clustered in {escape(after)} and not in {escape(before)}"
        for (before, after), rows in pairs.groupby(["from_wave", "to_wave"], sort=False)
    ]
    text = join(said)
    return f"{text} were placed among the earlier clusters by average distance."


def _register(run: RunMaterial) -> Iterator[Paragraph]:
    tests = run.table("population_tests")
    if tests is None:
        return
    extract = escape(tests["extract"].iloc[0])
    yield Paragraph(
        "register",
        "method",
        f"The clustered trusts of {escape(run.waves[0].name)} were set beside all trusts of the "
        f"official register (Get Information About Schools, extract {extract}). Whether they could "
        "be a simple random sample is tested attribute by attribute by the exact test "
        "[@freeman1951] on the hypergeometric distribution, Holm-adjusted [@holm1979] within each "
        "frame; the effect size is the index of dissimilarity [@duncan1955] beside its mean and "
        "95% point under random drawing.",
    )
    said = []
    for frame, rows in tests[tests["p_value"].notna()].groupby("frame", sort=False):
        parts = [
            f"{escape(attribute_title(row.attribute))} {p_text(row.p_value)}, adjusted "
            f"{p_text(row.p_adjusted)}, dissimilarity {decimal(row.dissimilarity)} (by chance "
            f"{decimal(row.null_mean)}, 95% point {decimal(row.null_q95)}; "
            f"{int(row.n_sample)} of {int(row.n_population):,} trusts"
            f"{'' if not row.draws else f'; {int(row.draws):,} draws'})"
            for row in rows.itertuples()
        ]
        said.append(f"Frame *{escape(frame)}*: {'; '.join(parts)}.")
    if said:
        yield Paragraph("sample", "result", " ".join(said), run.waves[0].stamp)


def _interviews(run: RunMaterial) -> Iterator[Paragraph]:
    table, tests = run.table("interviews"), run.table("interview_tests")
    if table is None:
        return
    draws = run.choices["crosstabs"]["draws"]
    yield Paragraph(
        "interviews",
        "method",
        "Coded excerpts of interviews count once a trust: a trust's weight on an area is the mean "
        "over its excerpts, and a break point is met if any excerpt carries it. Break points were "
        "tested against attributes of the trusts by the exact test [@freeman1951] (Monte Carlo "
        f"with {draws:,} draws where tables are too many), Holm-adjusted [@holm1979] within each "
        "attribute. Clusters were not tested: too few trusts were surveyed and interviewed.",
    )
    for name, rows in table.groupby("interviews", sort=False):
        whole = rows[(rows["measure"] == "break_point") & (rows["level"] == "(all)")]
        met = whole.sort_values("share", ascending=False, kind="stable").head(3)
        said = [f"{escape(_plain(row.code))} ({int(row.n_coded)})" for row in met.itertuples()]
        text = (
            f"The set {escape(name)} covers {count(int(rows['n_mats'].max()), 'trust')}; the break "
            f"points that most of them mention are {join(said)}."
        )
        own = None if tests is None else tests[tests["interviews"] == name]
        if own is not None and own["p_value"].notna().any():
            text += (
                f" Of {count(int(own['p_value'].notna().sum()), 'test')} "
                f"{int((own['p_adjusted'] <= 0.05).sum())} have an adjusted p of at most 0.05; the "
                f"smallest unadjusted one is {p_text(own['p_value'].min())}."
            )
        yield Paragraph(f"set {name}", "result", text, run.interviews.get(str(name), run.stamp))


def _report(run: RunMaterial) -> Iterator[Paragraph]:
    ledger = run.table("ledger")
    if ledger is None:
        return
    yield Paragraph(
        "ledger",
        "method",
        "Published statements, those of the report *Building Trusts* [@baars2018] among them, were "
        "written down as data with their tolerances before anything was compared, and recomputed. "
        "They are counted by what each computation rests on, and never added up over these bases.",
    )
    for basis, what in _BASES.items():
        rows = ledger[ledger["basis"] == basis]
        if len(rows):
            counts = rows["verdict"].value_counts(sort=False).sort_index()
            said = [f"*{escape(word)}* {int(n):,}" for word, n in counts.items()]
            text = f"Of {len(rows):,} {what} (basis *{basis}*): {join(said)}."
            yield Paragraph(basis, "result", text, run.stamp if basis in _OF_ANSWERS else "")


def _limits(run: RunMaterial) -> Iterator[Paragraph]:
    yield Paragraph(
        "design",
        "limit",
        "Unless trusts were drawn at random, results are about those that took part; a comparison "
        "with the register covers the listed attributes alone. Scores of trusts with few "
        "respondents carry more error than those of trusts with many. Hierarchical clustering "
        "finds clusters in any data: partitions are to be read with their null and their "
        "stability. Profiles describe clusters by the items that formed them and are no test of "
        "their differences.",
    )
    yield Paragraph(
        "tests",
        "limit",
        "Tests on few trusts have little power, and with their margins some cannot reach small "
        "p-values at all; a large p is no evidence of no association. Adjustment for multiplicity "
        "is within the families named, not over the whole study. Tests of merges, indices, "
        "continuum and multiverse are exploration and not adjusted.",
    )
    for provenance in ("reconstruction", "illustration"):
        waves = [one for one in run.waves if one.declared["provenance"] == provenance]
        if waves:
            names = join([escape(one.name) for one in waves])
            yield Paragraph(provenance, "limit", _MADE_UP[provenance].format(names=names))


_MADE_UP = {
    "reconstruction": (
        "{names}: agreement within trusts, stability, p-values and verdict of one reconstruction "
        "are settings of its generator. Only a range over many reconstructions says what the "
        "published figures allow. None of its numbers is new evidence about the survey."
    ),
    "illustration": (
        "{names}: every number follows from invented answers and is evidence of nothing."
    ),
}


def _interval(values: pd.Series) -> str:
    return join([f"{one:g}" for one in sorted(values.unique())])


def _end(value: float) -> str:
    """An end of an interval, with as many decimals as show that it is not 0."""
    return decimal(value, next((n for n in (2, 3, 4) if round(value, n) != 0), 2))


def _plain(code: str) -> str:
    return str(code).replace("_", " ")
