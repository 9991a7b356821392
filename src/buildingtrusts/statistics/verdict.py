"""The verdict: is a cluster solution more than noise, in one word and one sentence.

The rule was written down, with its version, before any result was looked at. Four conditions enter
it and nothing else does: trusts differ at all (permutation test of their mean answers); the largest
standardised silhouette over the numbers of clusters exceeds what studies without clusters give
whose trusts scatter in as many directions (two-level null), which also chooses the number of
clusters; there, every cluster comes back under
resampled staff more often than 95% of such studies' clusters do; and no cluster is smaller than
three trusts. Because the number of clusters is chosen inside the procedure, its p needs no further
correction.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

#: Goes up whenever the rule below changes in any way. Version 1 held silhouettes against the null
#: as it is; on made-up studies (docs/calibration.md) that hardly ever rejected and found little.
RULE_VERSION = "2"

SUPPORTED = "supported"
WEAK = "weak"
NOISE = "not distinguishable from noise"
VERDICTS = (SUPPORTED, WEAK, NOISE)
#: Said of a reconstruction where others that satisfy the same figures have another verdict.
UNDETERMINED = "not determined"

#: A p at most this large speaks against chance.
LEVEL = 0.05
#: A cluster of fewer trusts than this is no type.
SMALLEST_CLUSTER = 3
#: A Jaccard has to be above its null's point by more than the last bits of a mean.
TOLERANCE = 1e-12

VERDICT_COLUMNS = ("wave", "verdict", "k", "p_value", "rule_version", "sentence")

#: What precedes the finding of a wave that does not hold the survey's answers.
_PREAMBLES = {
    "original": "",
    "reconstruction": (
        "One reconstruction cannot answer for the survey, because its verdict is a setting of its "
        "generator (how far staff of one trust differ, and how many answered): here, "
    ),
    "illustration": "These answers are invented and say nothing about any trust: here, ",
}


@dataclass(frozen=True)
class Evidence:
    """What the rule looks at, for the number of clusters that the procedure chose.

    Attributes
    ----------
    permanova_p : float
        p of the permutation test that trusts' mean answers do not differ; ``nan`` if it could not
        be made, as with one respondent a trust, which counts as not differing.
    k : int
        Where the standardised silhouette is largest.
    silhouette_p : float
        Two-level p of that largest standardised silhouette.
    jaccards : tuple of float, length k
        How well each cluster comes back under resampled staff, 0 to 1.
    null_points : tuple of float, length k
        For each cluster the 95% point of the same in studies without clusters.
    sizes : tuple of int, length k
        Trusts in each cluster.

    Raises
    ------
    ValueError
        If a p is not from 0 to 1, or there is not one Jaccard, null point and size a cluster.
    """

    permanova_p: float
    k: int
    silhouette_p: float
    jaccards: tuple[float, ...]
    null_points: tuple[float, ...]
    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        tested = 0 <= self.permanova_p <= 1 or math.isnan(self.permanova_p)
        if not (tested and 0 <= self.silhouette_p <= 1):
            raise ValueError(
                f"p-values are from 0 to 1, not {self.permanova_p} (PERMANOVA) and "
                f"{self.silhouette_p} (silhouettes)."
            )
        lengths = [len(one) for one in (self.jaccards, self.null_points, self.sizes)]
        if self.k < 2 or lengths != [self.k] * 3:
            raise ValueError(
                f"{self.k} clusters come with {lengths[0]} Jaccards, {lengths[1]} null points and "
                f"{lengths[2]} sizes; needed are two clusters or more, and one of each a cluster."
            )

    @property
    def trusts_differ(self) -> bool:
        """Trusts' mean answers differ by more than their staff's would by chance."""
        return self.permanova_p <= LEVEL

    @property
    def clusters_stand_apart(self) -> bool:
        """The largest standardised silhouette exceeds that of studies without clusters."""
        return self.silhouette_p <= LEVEL

    @property
    def clusters_return(self) -> bool:
        """Every cluster's Jaccard is above the 95% point of its null."""
        pairs = zip(self.jaccards, self.null_points, strict=True)
        return all(jaccard > point + TOLERANCE for jaccard, point in pairs)

    @property
    def clusters_large_enough(self) -> bool:
        """No cluster has fewer than three trusts."""
        return min(self.sizes) >= SMALLEST_CLUSTER


@dataclass(frozen=True)
class Verdict:
    """The verdict on one wave: a row of ``verdict.csv``.

    Attributes
    ----------
    wave : str
    verdict : {"supported", "weak", "not distinguishable from noise"}
    k : int
        The number of clusters that the procedure chose.
    p_value : float
        Two-level p of the largest standardised silhouette.
    rule_version : str
    sentence : str
        The verdict with its numbers, to be printed.
    """

    wave: str
    verdict: str
    k: int
    p_value: float
    rule_version: str
    sentence: str

    def table(self) -> pd.DataFrame:
        """The verdict as ``verdict.csv``, one row."""
        row = [getattr(self, column) for column in VERDICT_COLUMNS]
        return pd.DataFrame([row], columns=list(VERDICT_COLUMNS))


def gather_evidence(
    nulls: pd.DataFrame, stability: pd.DataFrame, clusters: pd.DataFrame, permanova_p: float
) -> Evidence:
    """Take from the tables of a wave what the rule looks at, and nothing else.

    Parameters
    ----------
    nulls : DataFrame
        As ``nulls.csv``: the two-level null of the largest standardised silhouette.
    stability : DataFrame
        As ``stability.csv``: resampled respondents, at the k of that silhouette.
    clusters : DataFrame
        As ``clusters.csv``: sizes at that k.
    permanova_p : float
        p of the permutation test that trusts do not differ.

    Returns
    -------
    Evidence

    Raises
    ------
    ValueError
        If a table lacks the row, or the k, that the rule needs.
    """
    decisive = nulls[
        (nulls["null"] == "two_level")
        & (nulls["statistic"] == "standardised_silhouette")
        & (nulls["scope"] == "max")
    ]
    if len(decisive) != 1:
        raise ValueError(
            f"nulls have {len(decisive)} rows for the largest standardised silhouette under the "
            "two-level null; the rule needs one."
        )
    k = int(decisive["k"].iloc[0])
    returned = stability[(stability["source"] == "respondents") & (stability["k"] == k)]
    returned = returned.sort_values("cluster")
    sizes = clusters.loc[clusters["k"] == k, "cluster"].value_counts().sort_index()
    if not len(returned) or returned["cluster"].tolist() != sizes.index.tolist():
        raise ValueError(
            f"the procedure chose k = {k}, where stability covers the clusters "
            f"{returned['cluster'].tolist()} of {sizes.index.tolist()}; measure the stability of "
            "every cluster at that k."
        )
    return Evidence(
        permanova_p=float(permanova_p),
        k=k,
        silhouette_p=float(decisive["p_value"].iloc[0]),
        jaccards=tuple(returned["jaccard_mean"].astype(float)),
        null_points=tuple(returned["null_q95"].astype(float)),
        sizes=tuple(int(size) for size in sizes),
    )


def apply_rule(evidence: Evidence) -> str:
    """Rule 2.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    str
        ``supported`` if all four conditions hold; ``weak`` if trusts differ and exactly one of
        the conditions on silhouettes and on Jaccards holds, or if only the size fails; else
        ``not distinguishable from noise``.

    Examples
    --------
    >>> apply_rule(Evidence(0.001, 2, 0.01, (0.9, 0.9), (0.7, 0.7), (8, 9)))
    'supported'
    >>> apply_rule(Evidence(0.001, 2, 0.01, (0.9, 0.9), (0.7, 0.7), (15, 2)))
    'weak'
    >>> apply_rule(Evidence(0.2, 2, 0.01, (0.9, 0.9), (0.7, 0.7), (8, 9)))
    'not distinguishable from noise'
    """
    if not evidence.trusts_differ:
        return NOISE
    holding = evidence.clusters_stand_apart + evidence.clusters_return
    if holding == 2:
        return SUPPORTED if evidence.clusters_large_enough else WEAK
    return WEAK if holding == 1 else NOISE


def judge(evidence: Evidence, wave: str, provenance: str = "original") -> Verdict:
    """Give the verdict on a wave.

    Parameters
    ----------
    evidence : Evidence
    wave : str
        Its name.
    provenance : {"original", "reconstruction", "illustration"}
        The sentence about a wave that does not hold the survey's answers begins by saying that it
        cannot speak for the survey.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If ``provenance`` is another word.

    Examples
    --------
    >>> evidence = Evidence(0.001, 2, 0.012, (0.91, 0.64), (0.72, 0.72), (9, 8))
    >>> print(judge(evidence, "2017").sentence)  # doctest: +NORMALIZE_WHITESPACE
    The evidence for two clusters among these 17 trusts is weak: trusts differ by more than their
    staff do by chance (p = 0.001) and the clusters stand further apart than clusters found in
    noise (p = 0.012), but not every cluster comes back under resampled staff better than clusters
    found in noise (Jaccard 0.91 and 0.64; 95% point in noise 0.72).
    """
    if provenance not in _PREAMBLES:
        raise ValueError(
            f"provenance is {provenance!r}; allowed are {', '.join(sorted(_PREAMBLES))}."
        )
    verdict = apply_rule(evidence)
    finding = _finding(evidence, verdict)
    preamble = _PREAMBLES[provenance]
    if not preamble:
        finding = finding[0].upper() + finding[1:]
    return Verdict(
        wave, verdict, evidence.k, evidence.silhouette_p, RULE_VERSION, preamble + finding
    )


def _finding(evidence: Evidence, verdict: str) -> str:
    trusts = f"{_number(evidence.k)} clusters among these {sum(evidence.sizes)} trusts"
    opening = {
        SUPPORTED: f"the {trusts} are supported",
        WEAK: f"the evidence for {trusts} is weak",
        NOISE: f"the {trusts} are not distinguishable from noise",
    }[verdict]
    return f"{opening}: {_reasons(evidence)}{_size_remark(evidence, verdict)}."


def _reasons(evidence: Evidence) -> str:
    """What holds, then what does not; if trusts do not differ nothing else matters."""
    parts = [(evidence.trusts_differ, _on_trusts(evidence))]
    if evidence.trusts_differ:
        parts += [
            (evidence.clusters_stand_apart, _on_silhouettes(evidence)),
            (evidence.clusters_return, _on_jaccards(evidence)),
        ]
    held = _listed([text for holds, text in parts if holds])
    failed = _listed([text for holds, text in parts if not holds])
    return ", but ".join(filter(None, (held, failed)))


def _on_trusts(evidence: Evidence) -> str:
    if math.isnan(evidence.permanova_p):
        return "whether trusts differ at all could not be tested"
    p = _p_text(evidence.permanova_p)
    if evidence.trusts_differ:
        return f"trusts differ by more than their staff do by chance ({p})"
    return f"trusts do not differ by more than their staff do by chance ({p})"


def _on_silhouettes(evidence: Evidence) -> str:
    how = "further" if evidence.clusters_stand_apart else "no further"
    p = _p_text(evidence.silhouette_p)
    return f"the clusters stand {how} apart than clusters found in noise ({p})"


def _on_jaccards(evidence: Evidence) -> str:
    who = "every cluster comes" if evidence.clusters_return else "not every cluster comes"
    observed, points = _beside(evidence.jaccards, evidence.null_points)
    shown = f"95% point in noise {points[0]}"
    if len(set(points)) > 1:
        shown = f"95% points in noise {_listed(points)}"
    return (
        f"{who} back under resampled staff better than clusters found in noise "
        f"(Jaccard {_listed(observed)}; {shown})"
    )


def _size_remark(evidence: Evidence, verdict: str) -> str:
    """Say that a small cluster keeps the solution from being supported, whatever else holds."""
    if evidence.clusters_large_enough:
        return ""
    smallest = f"a cluster of {_number(min(evidence.sizes))}"
    if verdict == WEAK and evidence.clusters_stand_apart and evidence.clusters_return:
        return f", and only {smallest} keeps the solution from being supported"
    return f"; with {smallest} it could not be fully supported in any case"


@dataclass(frozen=True)
class EnsembleVerdict:
    """The verdicts on many reconstructions of one survey, as a range.

    Attributes
    ----------
    counts : dict of str to int
        How many reconstructions have each verdict, strongest first; zeros are there.
    determined : bool
        Whether all agree.
    k : (int, int)
        Smallest and largest number of clusters chosen.
    p_value : (float, float)
        Smallest and largest p.
    rule_version : str
    sentence : str
        The range, to be printed.
    """

    counts: dict[str, int]
    determined: bool
    k: tuple[int, int]
    p_value: tuple[float, float]
    rule_version: str
    sentence: str

    def table(self, wave: str) -> pd.DataFrame:
        """The range as ``verdict.csv``, one row; k and p are empty where they differ."""
        agreed = [word for word in VERDICTS if self.counts[word] and self.determined]
        row = (
            *(wave, agreed[0] if agreed else UNDETERMINED),
            *(one[0] if one[0] == one[1] else None for one in (self.k, self.p_value)),
            *(self.rule_version, self.sentence),
        )
        table = pd.DataFrame([row], columns=list(VERDICT_COLUMNS))
        return table.astype({"k": "Int64"})


def ensemble_verdicts(ensemble: pd.DataFrame) -> list[Verdict]:
    """The verdict of each reconstruction of an ensemble, from its table ``ensemble.csv``."""
    return [
        Verdict(str(wave), str(word), int(k), float(p), str(version), "")
        for wave, word, k, p, version in ensemble[
            ["wave", "verdict", "k", "p_value", "rule_version"]
        ].itertuples(index=False, name=None)
    ]


def summarise_ensemble(verdicts: Sequence[Verdict]) -> EnsembleVerdict:
    """Say what an ensemble of reconstructions, which all satisfy the published figures, comes to.

    Parameters
    ----------
    verdicts : sequence of Verdict
        One a reconstruction. The design asks for a hundred or more.

    Returns
    -------
    EnsembleVerdict
        Where verdicts disagree the sentence is that the published figures do not determine it.

    Raises
    ------
    ValueError
        If there are none, or they were given by different versions of the rule.

    Examples
    --------
    >>> one = Verdict("2017-reconstruction", "weak", 2, 0.03, "1", "")
    >>> other = Verdict("2017-reconstruction", "supported", 3, 0.01, "1", "")
    >>> print(summarise_ensemble([one, other]).sentence)  # doctest: +NORMALIZE_WHITESPACE
    The published figures do not determine whether the clusters are more than noise: of 2
    reconstructions that satisfy them the verdict is 'supported' for 1, 'weak' for 1 and 'not
    distinguishable from noise' for 0 (k from 2 to 3, p from 0.010 to 0.030).
    """
    versions = sorted({one.rule_version for one in verdicts})
    if len(versions) != 1:
        raise ValueError(
            f"{len(verdicts)} verdicts come from {len(versions)} versions of the rule "
            f"({', '.join(versions)}); needed are one verdict or more, all of one version."
        )
    counts = {word: sum(one.verdict == word for one in verdicts) for word in VERDICTS}
    k = (min(one.k for one in verdicts), max(one.k for one in verdicts))
    p = (min(one.p_value for one in verdicts), max(one.p_value for one in verdicts))
    agreed = [word for word in VERDICTS if counts[word] == len(verdicts)]
    sentence = _ensemble_sentence(counts, agreed, f"({_range_of_k(k)}, {_range_of_p(p)})")
    return EnsembleVerdict(counts, bool(agreed), k, p, versions[0], sentence)


def _ensemble_sentence(counts: dict[str, int], agreed: list[str], ranges: str) -> str:
    n = sum(counts.values())
    if agreed:
        return (
            f"In all {n} reconstructions that satisfy the published figures the verdict is "
            f"'{agreed[0]}' {ranges}, for the settings of the generator that were tried."
        )
    shares = _listed([f"'{word}' for {count}" for word, count in counts.items()])
    return (
        "The published figures do not determine whether the clusters are more than noise: of "
        f"{n} reconstructions that satisfy them the verdict is {shares} {ranges}."
    )


def _range_of_k(k: tuple[int, int]) -> str:
    return f"k = {k[0]}" if k[0] == k[1] else f"k from {k[0]} to {k[1]}"


def _range_of_p(p: tuple[float, float]) -> str:
    low, high = (_p_number(one) for one in p)
    return f"p = {low}" if low == high else f"p from {low} to {high}"


def _p_text(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {_p_number(p)}"


def _p_number(p: float) -> str:
    """Three decimals, or as many as show that p is not 0, and its side of the level."""
    places = 3
    while places < 17 and (
        (round(p, places) <= LEVEL) != (p <= LEVEL) or (round(p, places) == 0) != (p == 0)
    ):
        places += 1
    return f"{p:.{places}f}"


def _beside(observed: Sequence[float], points: Sequence[float]) -> tuple[list[str], list[str]]:
    """Two decimals, or as many as show which of each pair is above the other."""
    pairs = list(zip(observed, points, strict=True))
    places = 2
    while places < 17 and any((round(a, places) > round(b, places)) != (a > b) for a, b in pairs):
        places += 1
    return [f"{a:.{places}f}" for a, _ in pairs], [f"{b:.{places}f}" for _, b in pairs]


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _number(n: int) -> str:
    words = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[n - 1] if 1 <= n <= len(words) else str(n)
