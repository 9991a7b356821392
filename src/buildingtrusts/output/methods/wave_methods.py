"""How a wave was analysed: its choices as sentences, without a number from its answers."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.figures.questions import uncapitalised
from buildingtrusts.output.figures.words import count, join
from buildingtrusts.output.methods.manuscript import Paragraph, escape
from buildingtrusts.output.methods.material import RunMaterial, WaveMaterial
from buildingtrusts.output.methods.prose import attribute, counted

if TYPE_CHECKING:
    import pandas as pd

_METRICS = {
    "euclidean": "Euclidean distances",
    "manhattan": "Manhattan distances",
    "correlation": "correlation distances (1 minus Pearson's r over items)",
}
_LINKAGES = {
    "average": "average linkage (UPGMA)",
    "complete": "complete linkage",
    "single": "single linkage",
    "ward": "Ward's method on unsquared distances (ward.D2) [@murtagh2014]",
}
_SCALINGS = {
    "none": "Items were not rescaled",
    "zscore": "Items were standardised over the clustered trusts (mean 0, standard deviation 1)",
    "respondent_centred": "Each respondent's own mean rating was subtracted from the answers first",
}


#: What a paragraph is about, where another wave's stands for it.
TOPICS = {
    "inclusion": "inclusion and scores of trusts",
    "aggregation": "agreement within trusts",
    "clustering": "clustering",
    "noise": "the evidence for clusters",
    "explored": "exploration",
    "crosstabs": "cross-tabulation",
    "profiling": "profiles",
    "areas": "operating models, effectiveness and standardisation",
}
_WHOSE = {
    "original": "The data are the responses to",
    "reconstruction": "The data are a reconstruction and not the survey's responses:",
    "illustration": "The data are invented to illustrate the analysis:",
}


_NOT_JUDGED = (
    "Whether the clusters are more than noise, and how stable they are, was not examined; the "
    "partitions are description alone."
)
_UNTABULATED = "Clusters were not set beside attributes of the trusts: there are none on file."


def wave_methods(run: RunMaterial, wave: WaveMaterial) -> Iterator[Paragraph]:
    """The paragraphs of a wave's methods; what was not examined is said too."""
    judged = wave.table("nulls") is not None
    yield Paragraph("data", "method", _data(wave), wave.stamp)
    yield Paragraph("inclusion", "method", _inclusion(wave))
    yield Paragraph("aggregation", "method", _agreement())
    yield Paragraph("clustering", "method", _clustering(wave))
    yield Paragraph("noise", "method", _evidence(wave) if judged else _NOT_JUDGED)
    if judged:
        yield Paragraph("explored", "method", _exploration(run, wave))
    tabulated = wave.table("associations") is not None
    yield Paragraph("crosstabs", "method", _associations(run, wave) if tabulated else _UNTABULATED)
    yield Paragraph("profiling", "method", _profiles(run))
    if areas := _areas(run, wave):
        yield Paragraph("areas", "method", areas)
    if wave.table("ensemble") is not None:
        yield Paragraph("ensemble", "method", _ensemble(wave.tables["ensemble"]), wave.stamp)


def as_before(shared: Sequence[Paragraph], told: Mapping[str, str]) -> Iterator[Paragraph]:
    """One sentence on methods that an earlier wave's paragraphs tell in the same words.

    Parameters
    ----------
    shared : sequence of Paragraph
        Of a wave.
    told : mapping of str to str
        What paragraphs say, and the wave in whose section they stand.
    """
    topics: dict[str, list[str]] = {}
    for one in shared:
        topics.setdefault(told[one.said], []).append(TOPICS[one.key])
    said = [f"{join(named)} were as in {escape(wave)}" for wave, named in topics.items()]
    if said:
        text = "; ".join(said)
        yield Paragraph("shared", "method", f"{text[0].upper()}{text[1:]}.")


def items_of(wave: WaveMaterial, block: str) -> pd.DataFrame:
    """The codebook's rows of a block, dropped items left out."""
    book = wave.tables["codebook"]
    return book[(book["block"] == block) & (book["status"] != "dropped")]


def _data(wave: WaveMaterial) -> str:
    declared = wave.declared
    items = items_of(wave, declared["cluster"]["block"])
    day = datetime.date.fromisoformat(str(declared["date"]))
    labels = join(
        [
            f"“{escape(label)}”{own}"
            for label, own in zip(items["label"], _own_scales(items), strict=True)
        ]
    )
    return (
        f"{_WHOSE[declared['provenance']]} “{escape(declared['title'])}” "
        f"({day.day} {day:%B %Y}). Source: {escape(declared['source']).rstrip('.')}. Licence: "
        f"{escape(declared['licence']).rstrip('.')}. Trusts were clustered on the block "
        f"*{escape(declared['cluster']['block'])}*, {counted(len(items), 'item')} rated "
        f"{_scale(items)}: {labels}."
    )


def _scale(items: pd.DataFrame) -> str:
    """What items were rated on; the names of a scale's ends where they are those of all items."""
    limits = items[["min", "max"]].drop_duplicates()
    if len(limits) > 1:
        return "on scales of their own"
    low, high = limits.iloc[0]
    if low != low or high != high:
        return "as unbounded numbers"
    ends = []
    for name, value in (("low_anchor", low), ("high_anchor", high)):
        said = set(items[name].dropna())
        anchor = f" ({escape(uncapitalised(said.pop()))})" if len(said) == 1 else ""
        ends.append(f"{value:g}{anchor}")
    return f"on a scale from {ends[0]} to {ends[1]}"


def _own_scales(items: pd.DataFrame) -> list[str]:
    """Of each item the scale in brackets, where items differ in it."""
    limits = list(zip(items["min"], items["max"], strict=True))
    if len(items[["min", "max"]].drop_duplicates()) == 1:
        return [""] * len(limits)
    return [
        f" ({low:g} to {high:g})" if low == low and high == high else " (unbounded)"
        for low, high in limits
    ]


def _inclusion(wave: WaveMaterial) -> str:
    choices = wave.declared["cluster"]
    needed, fewest = choices["min_responses"], min(3, choices["min_responses"])
    return (
        f"A trust was clustered if at least {counted(needed, 'respondent')} answered any item of "
        f"the block and none of its items rested on fewer than {counted(fewest, 'answer')}; none "
        f"was left out as an outlier. Each trust's score on an item is the {choices['statistic']} "
        "of the answers there are. Missing answers were left out item by item; nothing was imputed."
    )


def _agreement() -> str:
    return (
        "Whether staff of one trust agree enough for a score to stand for the trust was examined "
        "by ICC(1) and ICC(2) from one-way random-effects analyses of variance "
        "[@shrout1979; @bliese2000], with the mean number of answers a trust, and by within-group "
        "agreement against the variance of answers spread evenly over the scale [@james1984]; "
        "negative ICCs were kept, and negative within-group agreement was set to 0."
    )


def _clustering(wave: WaveMaterial) -> str:
    choices = wave.declared["cluster"]
    every, reported = sorted(choices["k"]), sorted(choices["report_k"])
    scales = items_of(wave, choices["block"])[["min", "max"]].drop_duplicates()
    shared = choices["scaling"] == "none" and len(scales) == 1
    scaled = _SCALINGS[choices["scaling"]] + (", as all share one scale" if shared else "")
    return (
        f"Trusts were clustered hierarchically by {_LINKAGES[choices['linkage']]} on "
        f"{_METRICS[choices['metric']]} between their scores [@kaufman1990]. "
        f"{scaled}, and all count the same. The tree was cut into k = {_ks(every)} clusters; "
        f"the partitions reported, set before the run, are those at k = {_ks(reported)}. Clusters "
        "are numbered by their first member. Partitions are described by the silhouette width, "
        "averaged over trusts and over clusters, a cluster of one counting as 0 [@rousseeuw1987], "
        "and the tree by its cophenetic correlation [@sokal1962] and agglomerative coefficient "
        "[@kaufman1990]. Merges at tied heights were counted, because there the partition hangs "
        "on the order of trusts."
    )


def _evidence(wave: WaveMaterial) -> str:
    nulls, stability = wave.tables["nulls"], wave.tables["stability"]
    decisive = nulls[nulls["null"] == "two_level"].iloc[0]
    resampled = stability[stability["source"] == "respondents"].iloc[0]
    studies = count(int(resampled["null_studies"]), "simulated study", "simulated studies")
    version = escape(wave.tables["verdict"]["rule_version"].iloc[0])
    return (
        "Whether the clusters are more than noise was judged by a rule fixed before results were "
        f"seen (rule version {version}). First, a permutation test asked whether trusts differ at "
        "all on the clustered items (PERMANOVA on Euclidean distances, respondents dealt out over "
        "trusts at random) [@anderson2001]. Second, the mean silhouette of every k was held "
        "against studies simulated without clusters: trust effects from one multivariate Gaussian "
        "with the estimated between-trust covariance, staff drawn from the observed within-trust "
        "residuals, the observed numbers of answers and gaps kept, answers rounded and clipped to "
        f"the scale ({count(int(decisive['draws']), 'draw')}) [@hope1968]. Each k was standardised "
        "by its own null, adjusted for the effective number of dimensions [@box1954], and the "
        "largest of these chose k, so that its p needs no correction for the choice. Third, "
        "respondents were resampled within trusts "
        f"({count(int(resampled['draws']), 'bootstrap draw')}) and each cluster's Jaccard "
        "coefficient with its best match [@hennig2007] was held against the 95% point of the same "
        f"for the weakest cluster of {studies} "
        f"without clusters ({count(int(resampled['null_draws']), 'draw')} each). The verdict is "
        "*supported* if trusts differ, the silhouette exceeds its null (both p at most 0.05), "
        "every cluster exceeds its null and none has fewer than three trusts; *weak* if trusts "
        "differ and exactly one of the conditions on silhouette and stability holds, or only the "
        "size fails; otherwise *not distinguishable from noise*. Monte Carlo p-values are "
        "(1 + exceedances) / (1 + draws). How often the rule errs on simulated studies is "
        "documented with the software."
    )


def _exploration(run: RunMaterial, wave: WaveMaterial) -> str:
    effort, multiverse = run.choices["evidence"], wave.table("multiverse")
    parts = [
        "Seven indices of the number of clusters were read as description: silhouette "
        "[@rousseeuw1987], Caliński–Harabasz [@calinski1974], Davies–Bouldin [@davies1979], Dunn "
        "[@dunn1974], the C-index [@hubert1976], the gap statistic [@tibshirani2001] and "
        f"prediction strength [@tibshirani2005] ({count(effort['index_draws'], 'draw')} where they "
        "draw at random). Merges of the tree were tested against one Gaussian (SHC) [@kimes2017], "
        "with the family-wise error shared out along the tree [@meinshausen2008], and by "
        f"selective inference [@gao2024] ({count(effort['merge_draws'], 'draw')} each); both "
        "assume more than survey means give. Clusters were compared with a continuum "
        "[@deboeck2005] by studies simulated from one Gaussian and from one factor "
        f"({count(effort['continuum_draws'], 'draw')} each), and with k-medoids "
        "[@kaufman1990]."
    ]
    if multiverse is not None:
        parts.append(
            "A multiverse [@steegen2016; @simonsohn2020] crossed linkage, distance, scaling, "
            "statistic, inclusion threshold, roles, handling of incomplete answers and k; each "
            "combination has the p of its silhouette under its own null "
            f"({count(int(multiverse['draws'].max()), 'draw')}) and its adjusted Rand index "
            "[@hubert1985] with the reported partition. None of this enters the verdict."
        )
    return " ".join(parts)


def _associations(run: RunMaterial, wave: WaveMaterial) -> str:
    choices, table = run.choices["crosstabs"], wave.tables["associations"]
    apart = [name for name in choices["own_family"] if name in set(table["attribute"])]
    family = "Holm's method [@holm1979] adjusted p over the attributes within each k"
    if apart:
        names = join([attribute(name) for name in apart])
        family += f", with {names} as a family apart"
    return (
        "Clusters were cross-tabulated with attributes of the trusts, trusts of unknown level left "
        "out. Tables were tested by the exact test of Freeman and Halton [@freeman1951], summed "
        "over all tables with the observed margins; where that sum would take more than "
        f"{choices['max_steps']:,} steps, by Monte Carlo with {choices['draws']:,} draws. "
        f"{family}. Cramér's V [@cramer1946] and its bias-corrected form [@bergsma2013] stand "
        "beside the mean and 95% point of V over tables with the same margins, because "
        "in small samples chance alone makes V large, and beside the smallest p that the margins "
        "allow."
    )


def _profiles(run: RunMaterial) -> str:
    draws = run.choices["profiles"]["draws"]
    return (
        "Clusters are described by scaled means: the mean of the cluster's responses minus that of "
        "all responses, over the standard deviation of all responses (n − 1). Intervals are 95% "
        f"bootstrap intervals ({draws:,} draws; respondents resampled within trusts, deviations "
        "rescaled by the root of n / (n − 1) [@rao1988]) with trusts and clusters fixed. They "
        "describe, and are too narrow as far as the clusters were formed on the same items."
    )


def _areas(run: RunMaterial, wave: WaveMaterial) -> str:
    """How the blocks on areas of operation were summed up, of which a wave may have none."""
    cuts = run.choices["operating_model"]
    parts = []
    if wave.table("operating_model") is not None:
        parts.append(
            "A trust's centralisation is the mean over the operating areas of its staff's mean "
            f"ratings (0 devolved, 10 central); from {cuts['hybrid_from']:g} it was called hybrid "
            f"and from {cuts['centralised_from']:g} centralised."
        )
    if wave.table("effectiveness") is not None:
        parts.append(
            "Self-assessed effectiveness of a clustered trust is the average over areas of the "
            f"median of its staff's ratings {_scale(items_of(wave, 'effectiveness'))}."
        )
    if wave.table("standardisation") is not None:
        parts.append(
            "Desired standardisation of an area is the mean of all responses "
            f"{_scale(items_of(wave, 'standardisation'))}, beside that of balanced samples with as "
            "many answers from each clustered trust."
        )
    return " ".join(parts)


def _ensemble(table: pd.DataFrame) -> str:
    spreads, skews = (
        join([f"{one:g}" for one in sorted(table[name].unique())])
        for name in ("within_sd", "count_skew")
    )
    studies = count(int(table["null_studies"].max()), "simulated study", "simulated studies")
    return (
        "Because spread within trusts and numbers of answers are published nowhere, the evidence "
        f"was repeated over {count(len(table), 'reconstruction')} that satisfy the same published "
        f"statistics (standard deviations within trusts of {spreads} and skews of the numbers of "
        f"answers of {skews}; {count(int(table['draws'].max()), 'draw')}, {studies} of "
        f"{count(int(table['null_draws'].max()), 'draw')} each), and the verdict is theirs."
    )


def _ks(numbers: list[Any]) -> str:
    """Numbers of clusters, runs shortened: ``2 to 8``."""
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]}"
    return join([str(one) for one in numbers])
