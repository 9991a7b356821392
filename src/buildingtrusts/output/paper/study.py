"""The tables across waves that a paper prints, put together from the study's contract tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.figures.words import attribute_title, plain, rounded_half_up
from buildingtrusts.output.paper.table import (
    Cell,
    Column,
    PaperTable,
    cell_of,
    shown,
    whole,
)
from buildingtrusts.output.paper.wave import rows_of

if TYPE_CHECKING:
    import pandas as pd

#: Computed from printed counts alone, so that nobody's answers are in it.
FROM_PRINT = ("published_associations",)
#: Of coded interviews, which have a provenance of their own.
FROM_INTERVIEWS = ("interviews", "break_points")
_NUMBER = re.compile(r"-?\d*\.?\d+(e-?\d+)?")


@dataclass(frozen=True)
class StudyTables:
    """What the tables across waves are put together from.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        Contract tables across waves, by name; ``verdict`` holds the rows of all waves.
    counts : mapping
        Number of claims by survey and basis, then by verdict, in order.
    labels : mapping
        What readers are told of a code of interviews, by its set, its kind and the code.
    """

    tables: Mapping[str, pd.DataFrame]
    counts: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    labels: Mapping[tuple[str, str, str], str] = field(default_factory=dict)

    def label_of(self, kind: str, row: Mapping[str, Any]) -> str:
        """What a row's code is called; the code in plain words where nobody said."""
        return self.labels.get((row["interviews"], kind, row["code"]), plain(row["code"]))


def compose_study_table(name: str, of: StudyTables) -> PaperTable:
    """Put one table across waves together.

    Parameters
    ----------
    name : str
        One of :func:`buildingtrusts.output.paper.study_paper_tables`.
    of : StudyTables
        With the contract tables that it needs.

    Returns
    -------
    PaperTable
        Without a stamp.
    """
    return _TABLES[name](of)


def _verdicts(of: StudyTables) -> PaperTable:
    return PaperTable(
        "verdicts",
        "Verdict on the clusters of each wave",
        (Column("Wave"), Column("Verdict"), Column("k", "count"), Column("p", "p"), Column("Why")),
        tuple(
            (
                row["wave"],
                row["verdict"],
                whole(row["k"]),
                cell_of(row["p_value"]),
                cell_of(row["sentence"]),
            )
            for row in rows_of(of.tables["verdict"])
        ),
        (
            "By a rule that was fixed beforehand. k: number of clusters that the rule looked at; "
            "p: of the largest standardised silhouette beside studies without clusters.",
        ),
    )


def _ledger_counts(of: StudyTables) -> PaperTable:
    verdicts = list(next(iter(of.counts.values()), {}))
    return PaperTable(
        "ledger_counts",
        "Published claims beside their recomputation, by what they rest on",
        (
            *(Column("Claims on", once=True), Column("Basis")),
            *(Column(plain(one), "count") for one in verdicts),
        ),
        tuple((*group, *row.values()) for group, row in of.counts.items()),
        (
            "Numbers of claims. The rows mean different things and are not to be added up. "
            "Calibrated: the answers were fitted to it or made to show it; emergent: it was not "
            "fitted and can be checked; derived: it rests on what is printed alone; register: "
            "counted in the official register; data: computed from the survey's own answers.",
        ),
    )


def _ledger(of: StudyTables) -> PaperTable:
    order = list(dict.fromkeys(basis for _, basis in of.counts))
    rows = rows_of(of.tables["ledger"])
    waves = list(dict.fromkeys(row["wave"] for row in rows))
    # Claims of one basis together, and of one wave in the order of the report.
    claims = sorted(
        rows,
        key=lambda row: (
            order.index(row["basis"]) if row["basis"] in order else len(order),
            waves.index(row["wave"]),
        ),
    )
    names = ("statement", "published", "computed", "unit", "verdict")
    return PaperTable(
        "ledger",
        "Every published claim beside its recomputation",
        (
            *(Column("Basis", once=True), Column("Wave", once=True)),
            *(Column(plain(name)) for name in names),
        ),
        tuple(
            (
                *(_text(row[name]) for name in ("basis", "wave", "statement")),
                _value(row["published"]),
                _value(row["computed"], row["unit"], row["published"]),
                *(_text(row[name]) for name in ("unit", "verdict")),
            )
            for row in claims
        ),
        (
            "What a basis means is said with the counts of claims; sections of the report are in "
            "results/tables/ledger.csv. Published as the report gives "
            "it; computed numbers are rounded to two decimals or the report's, p to three.",
        ),
    )


def _text(value: object) -> str | None:
    cell = cell_of(value)
    return None if cell is None else str(cell)


def _value(value: object, unit: object = "", beside: object = None) -> str | None:
    """A value of the ledger, which is text, for readers: numbers rounded, names as words."""
    text = _text(value)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        # Several names of items, or words for readers, which have neither sign.
        return text.replace("_", " ").replace("; ", ", ")
    if "." not in text or beside is None:
        return text.replace("-", "\u2212")
    if unit == "p":
        return shown(float(text), "p")
    stated = _text(beside) or ""
    places = len(stated.partition(".")[2]) if _NUMBER.fullmatch(stated) else 0
    return f"{rounded_half_up(float(text), max(2, places))}".replace("-", "\u2212")


def _published_associations(of: StudyTables) -> PaperTable:
    names = (
        *("p_value", "p_adjusted", "p_min_attainable", "cramers_v", "cramers_v_corrected"),
        *("cramers_v_null_mean", "cramers_v_null_q95"),
    )
    return PaperTable(
        "published_associations",
        "Exact tests of the cross-tabulations as printed",
        (
            *(Column("k", "count", once=True), Column("Attribute"), Column("Trusts", "count")),
            *(Column("p", "p"), Column("p (Holm)", "p"), Column("Smallest p", "p")),
            *(Column("V", "decimal"), Column("V (corrected)", "decimal")),
            *(Column("V by chance: mean", "decimal"), Column("V by chance: 95%", "decimal")),
        ),
        tuple(
            (
                int(row["k"]),
                attribute_title(row["attribute"]),
                whole(row["n"]),
                *(cell_of(row[name]) for name in names),
            )
            for row in rows_of(of.tables["published_associations"])
        ),
        (
            "From the counts that the report prints, without any responses. p: exact test of "
            "Fisher, Freeman and Halton; Holm: adjusted for the attributes tested at one k; "
            "smallest p: the smallest that the margins allow. V: Cramér's V; corrected: for bias; "
            "by chance: mean and 95% point over tables with the same margins.",
        ),
    )


def _population(of: StudyTables) -> PaperTable:
    tests = of.tables["population_tests"]
    tested = {row["attribute"]: row for row in rows_of(tests[tests["frame"] == "all"])}
    extracts = ", ".join(dict.fromkeys(map(str, of.tables["population"]["extract"])))
    names = ("p_value", "p_adjusted", "dissimilarity")
    return PaperTable(
        "population",
        "The sample's trusts beside those of the official register",
        (
            *(Column("Attribute", once=True), Column("Level")),
            *(Column("Register", "count"), Column("Sample", "count")),
            *(Column("p", "p", once=True), Column("p (Holm)", "p", once=True)),
            Column("Dissimilarity", "decimal", once=True),
        ),
        tuple(
            (
                attribute_title(row["attribute"]),
                "All" if row["level"] == "all" else row["level"],
                whole(row["n_population"]),
                whole(row["n_sample"]),
                *(cell_of(tested.get(row["attribute"], {}).get(name)) for name in names),
            )
            for row in rows_of(of.tables["population"])
        ),
        (
            f"Numbers of trusts; the register of {extracts}. p: exact test of whether the sample "
            "could be drawn at random from the register's trusts whose level is known; Holm: "
            "adjusted for the attributes. Dissimilarity: share of the sample that would have to "
            "have another level.",
        ),
    )


def _transitions(of: StudyTables) -> PaperTable:
    agreed = {
        (row["from_wave"], row["to_wave"], int(row["k"])): row
        for row in rows_of(of.tables["wave_agreement"])
    }

    def cells(row: dict[str, Any]) -> tuple[Cell, ...]:
        key = (row["from_wave"], row["to_wave"], int(row["k"]))
        beside = agreed.get(key, {})
        return (*key, whole(beside.get("n_mats")), cell_of(beside.get("adjusted_rand")))

    return PaperTable(
        "transitions",
        "Trusts clustered in two successive waves, by cluster",
        (
            *(Column("From wave", once=True), Column("To wave", once=True)),
            *(Column("k", "count", once=True), Column("Trusts in both", "count", once=True)),
            Column("Adjusted Rand", "decimal", once=True),
            *(Column("From cluster", "count"), Column("To cluster", "count")),
            Column("Trusts", "count"),
        ),
        tuple(
            (
                *cells(row),
                *(whole(row[name]) for name in ("from_cluster", "to_cluster", "n")),
            )
            for row in rows_of(of.tables["transitions"])
        ),
        (
            "k: number of clusters. Adjusted Rand: agreement of the two partitions over the "
            "trusts in both, 1 for the same and 0 as by chance.",
        ),
    )


def _changes(of: StudyTables) -> PaperTable:
    found = of.tables["changes"]
    chosen = found[found["stratum"] == "all"]
    labels = {
        (row["wave"], row["block"], row["item"]): row["label"]
        for row in rows_of(of.tables["common_items"])
    }
    draws = int(chosen["draws"].max()) if len(chosen) else 0
    return PaperTable(
        "changes",
        "Change of each common item from wave to wave",
        (
            *(Column("From wave", once=True), Column("To wave", once=True)),
            *(Column("Block", once=True), Column("Item"), Column("Trusts", "count")),
            Column("Change", "decimal"),
            *(Column("95% from", "decimal"), Column("95% to", "decimal")),
        ),
        tuple(
            (
                row["from_wave"],
                row["to_wave"],
                plain(row["block"]),
                _label(labels, row),
                whole(row["n_mats"]),
                *(cell_of(row[name]) for name in ("change", "ci_low", "ci_high")),
            )
            for row in rows_of(chosen)
        ),
        (
            "Mean change over the trusts that answered in both waves, in points of the earlier "
            f"wave's scale; interval by resampling trusts, {draws:,} draws, not adjusted for the "
            "number of items. A limit printed as 0.00 need not be 0.",
        ),
    )


def _new_trusts(of: StudyTables) -> PaperTable:
    found = rows_of(of.tables["new_trusts"])
    draws = max((int(row["draws"]) for row in found), default=0)
    return PaperTable(
        "new_trusts",
        "Trusts clustered in the later wave alone, among the clusters of the earlier one",
        (
            *(Column("Clusters of", once=True), Column("Trusts of", once=True)),
            *(Column("k", "count", once=True), Column("Trust", once=True)),
            *(Column("Cluster", "count"), Column("Share of draws", "decimal")),
            *(Column("Distance to centroid", "decimal"), Column("Limit of members", "decimal")),
        ),
        tuple(
            (
                *(row["from_wave"], row["to_wave"], int(row["k"]), row["mat_id"]),
                whole(row["cluster"]),
                *(
                    cell_of(row[name])
                    for name in ("probability", "centroid_distance", "member_limit")
                ),
            )
            for row in found
        ),
        (
            f"Placed by the items that both waves asked, the trust's staff resampled {draws:,} "
            "times; k: number of clusters. A trust beyond the limit of a cluster's members is "
            "further from its centroid than its own trusts are. The row without a cluster: none of "
            "them.",
        ),
    )


def _interviews(of: StudyTables) -> PaperTable:
    found = of.tables["interviews"]
    chosen = found[(found["measure"] == "centralisation") & (found["group"] == "all")]
    return PaperTable(
        "interviews",
        "How far trusts centralise each area, by their interviews",
        (
            *(Column("Interviews", once=True), Column("Area"), Column("Trusts", "count")),
            *(Column("With a weight", "count"), Column("Mean weight", "decimal")),
            *(Column("SD", "decimal"), Column("Excerpts", "count")),
        ),
        tuple(
            (
                row["interviews"],
                of.label_of("area", row),
                *(whole(row[name]) for name in ("n_mats", "n_coded")),
                *(cell_of(row[name]) for name in ("mean_weight", "sd_weight")),
                whole(row["n_excerpts"]),
            )
            for row in rows_of(chosen)
        ),
        (
            "Weights: 1 schools decide, 2 shared, 3 central; the mean is over the trusts of each "
            "trust's mean weight, SD with n - 1.",
        ),
    )


def _break_points(of: StudyTables) -> PaperTable:
    found = of.tables["interviews"]
    chosen = found[(found["measure"] == "break_point") & (found["group"] == "all")]
    tests = rows_of(of.tables["interview_tests"])
    groups = list(dict.fromkeys(row["group"] for row in tests))
    p = {(row["interviews"], row["code"], row["group"]): row["p_adjusted"] for row in tests}
    return PaperTable(
        "break_points",
        "Break points that trusts mention, and whether they go with what trusts are",
        (
            *(Column("Interviews", once=True), Column("Break point")),
            *(Column("Trusts", "count"), Column("Mention it", "count")),
            *(Column(f"p (Holm), {attribute_title(one).lower()}", "p") for one in groups),
        ),
        tuple(
            (
                row["interviews"],
                of.label_of("break_point", row),
                *(whole(row[name]) for name in ("n_mats", "n_coded")),
                *(cell_of(p.get((row["interviews"], row["code"], one))) for one in groups),
            )
            for row in rows_of(chosen)
        ),
        (
            "p: exact test of mention by the levels of the attribute, adjusted for the break "
            "points within it by Holm's method.",
        ),
    )


def _label(labels: Mapping[tuple[str, str, str], str], row: Mapping[str, Any]) -> str:
    for wave in (row["to_wave"], row["from_wave"]):
        found = labels.get((wave, row["block"], row["item"]))
        if found:
            return found
    return plain(row["item"])


_TABLES: Mapping[str, Callable[[StudyTables], PaperTable]] = {
    "verdicts": _verdicts,
    "ledger_counts": _ledger_counts,
    "ledger": _ledger,
    "published_associations": _published_associations,
    "population": _population,
    "transitions": _transitions,
    "changes": _changes,
    "new_trusts": _new_trusts,
    "interviews": _interviews,
    "break_points": _break_points,
}
