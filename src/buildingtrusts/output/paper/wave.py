"""The tables of one wave that a paper prints, put together from the wave's contract tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.figures.questions import Questions, anchor_note, scale_limits
from buildingtrusts.output.figures.words import attribute_title, count, join, plain, role_title
from buildingtrusts.output.paper.table import Cell, Column, PaperTable, cell_of, shown, whole

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class WaveTables:
    """What the tables of a wave are put together from.

    Attributes
    ----------
    wave : str
        Its name, which captions give.
    tables : mapping of str to DataFrame
        Contract tables by name, as :mod:`buildingtrusts.output.paper` lists them.
    questions : Questions
        What was asked.
    block : str
        The block that is clustered.
    method : str
        How the tree was built, for notes; may be empty.
    cutoffs : tuple of float
        Centralisation from which a trust is a hybrid, and from which it is centralised.
    own_family : tuple of str
        Attributes whose tests were adjusted apart from the others'.
    """

    wave: str
    tables: Mapping[str, pd.DataFrame]
    questions: Questions
    block: str
    method: str = ""
    cutoffs: tuple[float, float] = (4.0, 6.0)
    own_family: tuple[str, ...] = ()

    def label(self, block: str, item: str) -> str:
        """What an item is called for readers."""
        found = self.questions.find(block, item)
        return found.label if found else plain(item)


def compose_wave_table(name: str, of: WaveTables) -> PaperTable:
    """Put one table of a wave together.

    Parameters
    ----------
    name : str
        One of :func:`buildingtrusts.output.paper.wave_paper_tables`.
    of : WaveTables
        Any wave. Where a partition or a block is not there, the table has no rows.

    Returns
    -------
    PaperTable
        Without a stamp.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    if name in _SINGLE:
        return _SINGLE[name](of)
    family, _, rest = name.partition("_k")
    k, _, block = rest.partition("_")
    if family == "profiles" and k.isdigit() and block:
        return _profiles(of, int(k), block)
    if family == "crosstabs" and k.isdigit() and not block:
        return _crosstabs(of, int(k))
    raise ValueError(f"no table for paper is called {name!r}.")


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame by column."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _sample(of: WaveTables) -> PaperTable:
    sample = of.tables["sample"]
    roles = [role for role in dict.fromkeys(sample["role"]) if role != "all"]
    order = [role for role in ("ceo", "central_team", "school_leader") if role in roles]
    order += [role for role in roles if role not in order]
    answered: dict[str, dict[str, int]] = {}
    clustered: dict[str, str] = {}
    for row in rows_of(sample):
        answered.setdefault(row["mat_id"], {})[row["role"]] = int(row["n_responses"])
        why = cell_of(row["reason"])
        clustered[row["mat_id"]] = "yes" if row["clustered"] else f"no: {why or 'not clustered'}"
    shown_roles = [*order, "all"]
    rows: list[tuple[Cell, ...]] = [
        (mat, *(given.get(role, 0) for role in shown_roles), clustered[mat])
        for mat, given in answered.items()
    ]
    n = sum(said == "yes" for said in clustered.values())
    sums = [sum(given.get(role, 0) for given in answered.values()) for role in shown_roles]
    if rows:
        rows.append(("All trusts", *sums, f"{n} of {len(rows)}"))
    return PaperTable(
        "sample",
        f"Responses by trust and role, {of.wave}",
        (
            Column("Trust"),
            *(Column(role_title(role), "count") for role in shown_roles),
            Column("Clustered"),
        ),
        tuple(rows),
        (
            f"{count(sums[-1], 'response')} of {count(len(answered), 'trust')}; {n} are clustered.",
            "0 means that nobody of the role answered.",
        ),
    )


def _agreement(of: WaveTables) -> PaperTable:
    found = of.tables["agreement"]
    clustered = found[found["mats"] == "clustered"]
    chosen, whose = (found, "all trusts") if clustered.empty else (clustered, "clustered trusts")
    rows = tuple(
        (
            plain(row["block"]),
            of.label(row["block"], row["item"]),
            *(whole(row[name]) for name in ("n_groups", "n_responses")),
            *(cell_of(row[name]) for name in ("icc1", "icc2", "rwg_mean", "rwg_median")),
        )
        for row in rows_of(chosen)
    )
    return PaperTable(
        "agreement",
        f"Agreement within trusts by item, {of.wave}",
        (
            Column("Block", once=True),
            Column("Item"),
            *(Column("Trusts", "count"), Column("Responses", "count")),
            *(Column("ICC(1)", "decimal"), Column("ICC(2)", "decimal")),
            *(Column("Mean rwg", "decimal"), Column("Median rwg", "decimal")),
        ),
        rows,
        (
            f"Over {whose}, each item with the answers there are.",
            "ICC(1): share of variance that lies between trusts; ICC(2): reliability of trusts' "
            "means; both by one-way random effects with the mean group size, negative values kept. "
            "rwg: within-group agreement against answers spread evenly over the scale, over "
            "trusts with two answers or more; none for scales without bounds.",
        ),
    )


def _partitions(of: WaveTables) -> PaperTable:
    found = of.tables["partitions"]
    indices = ("calinski_harabasz", "davies_bouldin", "dunn", "c_index")
    rows = tuple(
        (
            whole(row["k"]),
            str(row["sizes"]).replace(";", ", "),
            *(cell_of(row[name]) for name in ("mean_silhouette", "macro_silhouette", *indices)),
        )
        for row in rows_of(found)
    )
    return PaperTable(
        "partitions",
        f"Partitions of the tree and their silhouettes, {of.wave}",
        (
            *(Column("k", "count"), Column("Sizes")),
            *(Column("Silhouette", "decimal"), Column("Macro silhouette", "decimal")),
            *(Column("Calinski-Harabasz", "decimal"), Column("Davies-Bouldin", "decimal")),
            *(Column("Dunn", "decimal"), Column("C index", "decimal")),
        ),
        rows,
        tuple(
            filter(
                None,
                (
                    _clustered_sentence(of),
                    "k: number of clusters. Silhouette: mean over trusts; macro: mean over "
                    "clusters; a cluster of one has 0. Large values speak for a partition, but "
                    "for Davies-Bouldin and the C index, where small ones do.",
                    _tree_sentence(rows_of(found)),
                ),
            )
        ),
    )


def _clustered_sentence(of: WaveTables) -> str:
    n = of.tables["clusters"]["mat_id"].nunique()
    how = f" ({of.method})" if of.method else ""
    return f"{count(n, 'trust')}, clustered on the block {plain(of.block).lower()}{how}."


def _tree_sentence(partitions: list[dict[str, Any]]) -> str:
    if not partitions:
        return ""
    first = partitions[0]
    cophenetic = shown(cell_of(first["cophenetic_correlation"]), "decimal")
    agglomerative = shown(cell_of(first["agglomerative_coefficient"]), "decimal")
    return (
        f"Cophenetic correlation of the tree {cophenetic}, agglomerative coefficient "
        f"{agglomerative}, {count(int(first['ties']), 'tied merge')}."
    )


def _clusters(of: WaveTables) -> PaperTable:
    clusters, profiled = of.tables["clusters"], of.tables["profiles"]
    every_k = sorted({int(k) for k in profiled["k"]})
    by_trust: dict[str, dict[int, tuple[Cell, ...]]] = {
        mat: {} for mat in dict.fromkeys(clusters["mat_id"])
    }
    for row in rows_of(of.tables["silhouettes"]):
        values = (whole(row["cluster"]), whole(row["neighbour"]), cell_of(row["width"]))
        by_trust[row["mat_id"]][int(row["k"])] = values
    return PaperTable(
        "clusters",
        f"Cluster and silhouette width of each trust, {of.wave}",
        (
            Column("Trust"),
            *(
                column
                for k in every_k
                for column in (
                    Column(f"Cluster (k={k})", "count"),
                    Column(f"Nearest other (k={k})", "count"),
                    Column(f"Width (k={k})", "decimal"),
                )
            ),
        ),
        tuple(
            (mat, *(cell for k in every_k for cell in found.get(k, (None, None, None))))
            for mat, found in by_trust.items()
        ),
        (
            _clustered_sentence(of),
            "Width: silhouette width, at most 1; below 0 a trust is nearer to the other cluster "
            "than to its own.",
        ),
    )


def _profiles(of: WaveTables, k: int, block: str) -> PaperTable:
    found = of.tables["profiles"]
    chosen = found[
        (found["k"] == k)
        & (found["role"] == "all")
        & (found["weighting"] == "responses")
        & (found["block"] == block)
    ]
    asked = [one.item for one in of.questions.block(block)]
    rows = sorted(
        rows_of(chosen),
        key=lambda row: (asked.index(row["item"]) if row["item"] in asked else -1, row["cluster"]),
    )
    draws = int(chosen["draws"].max()) if len(chosen) else 0
    return PaperTable(
        f"profiles_k{k}_{block}",
        f"What {k} clusters answered: {plain(block).lower()}, {of.wave}",
        (
            *(Column("Item", once=True), Column("Cluster", "count")),
            Column("Responses", "count"),
            *(Column("Mean", "decimal"), Column("SD", "decimal")),
            Column("Scaled mean", "decimal"),
            *(Column("95% from", "decimal"), Column("95% to", "decimal")),
        ),
        tuple(
            (
                of.label(block, row["item"]),
                *(whole(row[name]) for name in ("cluster", "n_responses")),
                *(cell_of(row[name]) for name in ("mean", "sd", "scaled_mean")),
                *(cell_of(row[name]) for name in ("ci_low", "ci_high")),
            )
            for row in rows
        ),
        tuple(
            filter(
                None,
                (
                    _sizes_sentence(of, k),
                    _scale_sentence(of, block),
                    "Mean and SD (standard deviation) over responses. Scaled mean: the cluster's "
                    "mean less the mean of all responses, over their standard deviation.",
                    f"95% from, to: interval of the mean, respondents resampled within trusts "
                    f"{draws:,} times; it describes, and is too narrow as far as the clusters "
                    "were found in the same answers."
                    if draws
                    else "",
                ),
            )
        ),
    )


def _sizes_sentence(of: WaveTables, k: int) -> str:
    clusters = of.tables["clusters"]
    numbers = clusters.loc[clusters["k"] == k, "cluster"].tolist()
    sizes = [f"{one}: {numbers.count(one)}" for one in sorted(set(numbers))]
    return f"Trusts in cluster {', '.join(sizes)}." if sizes else ""


def _scale_sentence(of: WaveTables, block: str) -> str:
    questions = of.questions.block(block)
    limits = scale_limits(questions)
    if limits is None:
        return ""
    said = {anchor_note(one) for one in questions}
    ends = f" ({said.pop()})" if len(said) == 1 and said != {""} else ""
    return f"Answers from {limits[0]:g} to {limits[1]:g}{ends}."


def _crosstabs(of: WaveTables, k: int) -> PaperTable:
    counts, tests = of.tables["crosstabs"], of.tables["associations"]
    of_k = counts[counts["k"] == k]
    clusters = sorted({int(one) for one in of_k["cluster"]})
    cells: dict[tuple[str, str], dict[int, int]] = {}
    for row in rows_of(of_k):
        key = (row["attribute"], row["level"])
        cells.setdefault(key, {})[int(row["cluster"])] = int(row["n"])
    tested = {row["attribute"]: row for row in rows_of(tests[tests["k"] == k])}
    stated = ("p_value", "p_adjusted", "cramers_v", "cramers_v_null_mean", "cramers_v_null_q95")
    return PaperTable(
        f"crosstabs_k{k}",
        f"Trusts in {k} clusters by attribute, {of.wave}",
        (
            *(Column("Attribute", once=True), Column("Level")),
            *(Column(f"Cluster {one}", "count") for one in clusters),
            Column("All", "count"),
            *(Column("p", "p", once=True), Column("p (Holm)", "p", once=True)),
            Column("V", "decimal", once=True),
            Column("V by chance: mean", "decimal", once=True),
            Column("V by chance: 95%", "decimal", once=True),
        ),
        tuple(
            (
                attribute_title(attribute),
                level,
                *(found.get(one, 0) for one in clusters),
                sum(found.values()),
                *(cell_of(tested.get(attribute, {}).get(name)) for name in stated),
            )
            for (attribute, level), found in cells.items()
        ),
        (
            f"Numbers of trusts. p: {_how_tested(tested.values())}; Holm: adjusted for the "
            f"attributes tested together at k = {k}{_apart(of, tested)}. V: Cramér's V; by "
            "chance: its mean and 95% point over tables with the same margins. Trusts with an "
            "unknown level are counted and not tested.",
        ),
    )


def _apart(of: WaveTables, tested: Iterable[str]) -> str:
    named = [attribute_title(one).lower() for one in tested if one in of.own_family]
    return f" ({join(named)} tested apart)" if named else ""


def _how_tested(tests: Iterable[Mapping[str, Any]]) -> str:
    drawn = sorted({int(row["draws"]) for row in tests if row["test"] == "fisher_monte_carlo"})
    exact = "exact test of Fisher, Freeman and Halton"
    return f"{exact}, where too large by {drawn[-1]:,} random tables" if drawn else exact


def _evidence(of: WaveTables) -> PaperTable:
    nulls = of.tables["nulls"]
    two_level = nulls[nulls["null"] == "two_level"]
    rows: list[tuple[Cell, ...]] = [
        (
            "Trusts differ (pseudo-F)",
            None,
            cell_of(row["pseudo_f"]),
            None,
            None,
            cell_of(row["p_value"]),
        )
        for row in rows_of(of.tables["permanova"])
    ]
    for title, statistic, scope in (
        ("Mean silhouette", "mean_silhouette", "k"),
        ("Largest standardised silhouette", "standardised_silhouette", "max"),
    ):
        chosen = (two_level["statistic"] == statistic) & (two_level["scope"] == scope)
        rows += [
            (
                title,
                whole(row["k"]),
                *(cell_of(row[name]) for name in ("observed", "null_mean", "null_q95", "p_value")),
            )
            for row in rows_of(two_level[chosen])
        ]
    verdict = rows_of(of.tables["verdict"])
    return PaperTable(
        "evidence",
        f"Clusters beside studies without clusters, {of.wave}",
        (
            *(Column("Measure", once=True), Column("k", "count"), Column("Observed", "decimal")),
            *(Column("By chance: mean", "decimal"), Column("By chance: 95%", "decimal")),
            Column("p", "p"),
        ),
        tuple(rows),
        tuple(
            filter(
                None,
                (
                    "Trusts differ: permutation test of all clustered items together. By chance: "
                    "mean and 95% point over studies with the same trusts, staff and missing "
                    "answers and no clusters (two-level null"
                    + (f", {int(two_level['draws'].max()):,} draws). " if len(two_level) else "). ")
                    + "Standardised: less its mean by chance, over its standard deviation by "
                    "chance; the largest is compared with the largest of each draw.",
                    f"Verdict: {verdict[0]['sentence']}" if verdict else "",
                ),
            )
        ),
    )


def _stability(of: WaveTables) -> PaperTable:
    found, profiled = of.tables["stability"], of.tables["profiles"]
    every_k = set(profiled["k"])
    chosen = found[(found["source"] == "respondents") & found["k"].isin(every_k)]
    sizes = of.tables["clusters"].groupby(["k", "cluster"]).size()
    names = ("jaccard_mean", "jaccard_q05", "jaccard_q95", "null_q50", "null_q95")
    draws = rows_of(chosen)[:1]
    return PaperTable(
        "stability",
        f"How well clusters come back when other staff answer, {of.wave}",
        (
            *(Column("k", "count", once=True), Column("Cluster", "count")),
            *(Column("Trusts", "count"), Column("Jaccard", "decimal")),
            *(Column("5%", "decimal"), Column("95%", "decimal")),
            *(Column("By chance: 50%", "decimal"), Column("By chance: 95%", "decimal")),
        ),
        tuple(
            (
                int(row["k"]),
                int(row["cluster"]),
                int(sizes.get((row["k"], row["cluster"]), 0)),
                *(cell_of(row[name]) for name in names),
            )
            for row in rows_of(chosen)
        ),
        tuple(
            f"Jaccard: mean likeness (0 to 1) of a cluster and its best match when respondents are "
            f"resampled within trusts, {int(row['draws']):,} draws, with their 5% and 95% points. "
            f"By chance: the weakest cluster of {int(row['null_studies']):,} studies without "
            "clusters, resampled in the same way."
            for row in draws
        ),
    )


def _operating_model(of: WaveTables) -> PaperTable:
    found = of.tables["operating_model"]
    by_trust: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows_of(found):
        by_trust.setdefault(row["mat_id"], {})[row["role"]] = row
    present = set(found["role"])
    roles = [one for one in ("ceo", "central_team", "school_leader") if one in present]
    hybrid, centralised = of.cutoffs
    return PaperTable(
        "operating_model",
        f"Operating model of each trust, {of.wave}",
        (
            *(Column("Trust"), Column("Place"), Column("Responses", "count")),
            *(Column("Centralisation", "decimal"), Column("Spread", "decimal")),
            *(Column(f"By {role_title(one).lower()}", "decimal") for one in roles),
        ),
        tuple(
            (
                mat,
                cell_of(rows["all"]["place"]),
                whole(rows["all"]["n"]),
                cell_of(rows["all"]["centralisation"]),
                cell_of(rows["all"]["spread"]),
                *(cell_of(rows.get(one, {}).get("centralisation")) for one in roles),
            )
            for mat, rows in by_trust.items()
            if "all" in rows
        ),
        (
            "Centralisation and spread: mean and standard deviation of a trust's means over the "
            f"operating areas, 0 devolved to 10 central. Hybrid from {hybrid:g}, centralised from "
            f"{centralised:g}.",
        ),
    )


def _effectiveness(of: WaveTables) -> PaperTable:
    found = of.tables["effectiveness"]
    return PaperTable(
        "effectiveness",
        f"Self-assessed effectiveness of the clustered trusts, {of.wave}",
        (
            *(Column("Trust"), Column("Answers", "count")),
            *(Column("Average of medians", "decimal"), Column("Average IQR", "decimal")),
        ),
        tuple(
            (row["mat_id"], whole(row["n"]), cell_of(row["median"]), cell_of(row["iqr"]))
            for row in rows_of(found[found["item"] == "(all)"])
        ),
        tuple(
            filter(
                None,
                (
                    _scale_sentence(of, "effectiveness"),
                    "Averages over the operating areas of a trust's median and interquartile range "
                    "(IQR). Answers: ratings of all areas together.",
                ),
            )
        ),
    )


def _standardisation(of: WaveTables) -> PaperTable:
    found = of.tables["standardisation"]
    by_item: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows_of(found):
        by_item.setdefault(row["item"], {})[row["sample"]] = row
    parts = (("all", "All"), ("central", "Central"), ("local", "Local"), ("balanced", "Balanced"))

    def value(row: Mapping[str, Any], name: str) -> Cell:
        return cell_of(row.get(name))

    return PaperTable(
        "standardisation",
        f"Desired standardisation by area, {of.wave}",
        (
            *(Column("Area"), Column("Responses", "count")),
            *(Column(title, "decimal") for _, title in parts),
            *(Column("Balanced: 5%", "decimal"), Column("Balanced: 95%", "decimal")),
        ),
        tuple(
            (
                of.label("standardisation", item),
                whole(rows.get("all", {}).get("n")),
                *(value(rows.get(sample, {}), "mean") for sample, _ in parts),
                *(value(rows.get("balanced", {}), name) for name in ("mean_q05", "mean_q95")),
            )
            for item, rows in by_item.items()
        ),
        tuple(
            filter(
                None,
                (
                    _scale_sentence(of, "standardisation"),
                    "Means. Central: chief executives and central teams; local: school leaders; "
                    "balanced: the same number of answers from each clustered trust, mean and 5% "
                    "and 95% points over many draws.",
                ),
            )
        ),
    )


_SINGLE: Mapping[str, Callable[[WaveTables], PaperTable]] = {
    "sample": _sample,
    "agreement": _agreement,
    "partitions": _partitions,
    "clusters": _clusters,
    "evidence": _evidence,
    "stability": _stability,
    "operating_model": _operating_model,
    "effectiveness": _effectiveness,
    "standardisation": _standardisation,
}
