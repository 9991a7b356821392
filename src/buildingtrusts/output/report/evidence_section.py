"""The evidence for a wave's clusters: the verdict first, then what it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import EVIDENCE_FIGURES
from buildingtrusts.output.figures.words import count, decimal, join, p_text
from buildingtrusts.output.report import words
from buildingtrusts.output.report.content import (
    Block,
    Column,
    Paragraph,
    Picture,
    Row,
    Section,
    Table,
)
from buildingtrusts.output.report.listing import number_cell, p_cell, text_cell, whole
from buildingtrusts.output.report.material import WaveMaterial
from buildingtrusts.output.report.wave_sections import after, behind_titles, pictures

if TYPE_CHECKING:
    import pandas as pd

#: Numbers behind a clause of the verdict, which its first reader does without.
_IN_BRACKETS = re.compile(r" \((?:p|k|Jaccard)\b[^()]*\)")


def evidence_section(wave: WaveMaterial, keys: Mapping[str, str]) -> Section:
    """The section on how sure the clusters are; it says so where that was not asked.

    Parameters
    ----------
    wave : WaveMaterial
        Tables and figures.
    keys : dict of str to str
        Key of each trust on the page.

    Returns
    -------
    Section
    """
    blocks = tuple(_evidence(wave)) if wave.evidence else (Paragraph(words.NOT_JUDGED, "finding"),)
    title = words.SECTIONS["evidence"]
    return Section(f"{wave.key}-evidence", title, blocks, wave.stamp)


def verdict_of(wave: WaveMaterial) -> str:
    """The verdict's sentence, or that there is none."""
    if not wave.evidence or not wave.has("verdict"):
        return words.NOT_JUDGED
    return str(wave.tables["verdict"]["sentence"].iloc[0])


def plain_verdict(wave: WaveMaterial) -> str:
    """The verdict's sentence without the numbers in brackets; for many reconstructions in words."""
    if _is_open(wave):
        found = wave.tables["ensemble"]["verdict"].astype(str).value_counts().to_dict()
        each = [text.format(n=found.get(word) or "none") for word, text in words.ENSEMBLE.items()]
        return words.NOT_SETTLED.format(n=sum(found.values()), each=join(each))
    return _IN_BRACKETS.sub("", verdict_of(wave))


def _is_open(wave: WaveMaterial) -> bool:
    """Whether reconstructions of one survey come to different verdicts."""
    there = wave.has("ensemble") and wave.has("verdict")
    return there and str(wave.tables["verdict"]["verdict"].iloc[0]) == words.UNDETERMINED


def _evidence(wave: WaveMaterial) -> Iterator[Block]:
    if _is_open(wave):
        yield Paragraph(plain_verdict(wave), "finding")
        yield _ranges(wave.tables["ensemble"])
    else:
        yield Paragraph(verdict_of(wave), "finding")
    yield Paragraph(
        "Clustering finds clusters in anything. A rule that was fixed beforehand asks three "
        f"things: whether {words.GROUPS} differ at all; whether the clusters are tighter than "
        "those found in data without clusters; and whether they come back when other staff "
        "answer, more than clusters found in noise do."
    )
    if wave.has("permanova"):
        yield _differ(wave)
    # What the rule looks at is shown; what else there is stands behind its title.
    yield from _figures(wave, "ensemble")
    for name, table in (("nulls", _null_table), ("stability", _stability_table)):
        shown = [*_figures(wave, {"nulls": "noise"}.get(name, name))]
        yield from shown
        if wave.has(name):
            yield replace(table(wave), fold=after(shown))
    ruled = ("ensemble", "noise", "stability")
    yield from behind_titles(_figures(wave, *(one for one in EVIDENCE_FIGURES if one not in ruled)))


def _figures(wave: WaveMaterial, *names: str) -> Iterator[Picture]:
    return pictures(wave.figures, names, wave.key, wave.stamp)


def _ranges(ensemble: pd.DataFrame) -> Paragraph:
    """What the sentence on many reconstructions has in brackets, in words."""
    k, p = ensemble["k"].astype(int), ensemble["p_value"].astype(float)
    return Paragraph(
        "Over these reconstructions the number of clusters that stand furthest apart is "
        f"{_range(k.min(), k.max(), 0)}; the chance that data without any clusters would look as "
        f"clear (p) is {_range(p.min(), p.max(), 3)}."
    )


def _range(low: float, high: float, places: int) -> str:
    ends = [decimal(one, places) for one in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"between {ends[0]} and {ends[1]}"


def _differ(wave: WaveMaterial) -> Paragraph:
    row = wave.tables["permanova"].iloc[0]
    share = float(row["r_squared"])
    return Paragraph(
        f"Whether {words.GROUPS} differ at all, over all statements together: "
        f"{p_text(float(row['p_value']))} by permutation, with {share:.0%} of the variation "
        f"between {words.GROUPS}."
    )


def _null_table(wave: WaveMaterial) -> Table:
    nulls = wave.tables["nulls"]
    found = nulls[(nulls["null"] == "two_level") & (nulls["statistic"] == "mean_silhouette")]
    found = found[found["scope"] == "k"]
    rows = tuple(
        Row(
            (
                whole(row["k"]),
                *[number_cell(row[one]) for one in ("observed", "null_q50", "null_q95")],
                p_cell(row["p_value"]),
                whole(row["draws"]),
            )
        )
        for _, row in found.iterrows()
    )
    titles = ("Mean silhouette", "Without clusters: median", "95% point", "p", "Draws")
    best = nulls[
        (nulls["null"] == "two_level")
        & (nulls["statistic"] == "standardised_silhouette")
        & (nulls["scope"] == "max")
    ]
    note = "".join(
        f"Over all numbers of clusters together the largest standardised silhouette is "
        f"{decimal(float(row['observed']))}, at {int(row['k'])} clusters "
        f"({p_text(float(row['p_value']))})."
        for _, row in best.iterrows()
    )
    return Table(
        f"{wave.key}-nulls",
        "nulls",
        "Silhouettes beside those of data without clusters (two-level null)",
        (Column("Clusters", True), *[Column(title, True) for title in titles]),
        rows,
        note=note,
        noun="partitions",
        stamp=wave.stamp,
    )


def _stability_table(wave: WaveMaterial) -> Table:
    stability = wave.tables["stability"]
    reported = {one.k for one in wave.partitions}
    found = stability[(stability["source"] == "respondents") & stability["k"].isin(reported)]
    measures = ("jaccard_mean", "jaccard_q05", "jaccard_q95", "null_q50", "null_q95")
    rows = tuple(
        Row(
            (
                whole(row["k"]),
                whole(row["cluster"]),
                *[number_cell(row[one]) for one in measures],
                text_cell("yes" if row["jaccard_mean"] > row["null_q95"] else "no"),
            )
        )
        for _, row in found.iterrows()
    )
    titles = ("Mean Jaccard", "5% point", "95% point", "In noise: median", "In noise: 95% point")
    above = sum(row.cells[-1].text == "yes" for row in rows)
    return Table(
        f"{wave.key}-stability",
        "stability",
        "Which clusters come back when staff are resampled",
        (
            Column("Clusters", True),
            Column("Cluster", True),
            *[Column(title, True) for title in titles],
            Column("Above noise"),
        ),
        rows,
        note=f"Above the 95% point of clusters found in noise: {above or 'none'} of "
        f"{count(len(rows), 'cluster')}. A Jaccard of 1 means that the same {words.GROUPS} come "
        "back every time.",
        noun="clusters",
        stamp=wave.stamp,
    )
