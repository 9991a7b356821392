"""What the survey's claims are recomputed from: one function a kind of statement.

Each function takes the :class:`.Evidence` of a wave and the arguments written in ``claims.csv``,
and returns a number, a word, several words joined by ``"; "``, or a :class:`.Tie`; it raises
:class:`.NotComputable` where a table, a trust or an item is absent. None of them can see a printed
figure. Unless a function says otherwise it looks at the clustered MATs; ratings of strategy run
from 1 to 10, of operations from 0 (devolved) to 10 (central), of effectiveness from 1 to 10, of
desired standardisation from 1 to 5 with 3 for about the same.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from buildingtrusts.published.comparisons import (
    contrast,
    count_within,
    leading,
    placed,
    rank_correlation,
)
from buildingtrusts.published.evidence import Evidence, NotComputable, Tie, select

if TYPE_CHECKING:
    import pandas as pd

ROLES = ("ceo", "central_team", "school_leader")

#: The row of a table that averages a trust's items.
EVERY_ITEM = "(all)"


# --- the sample -----------------------------------------------------------------------------


def count_responses(evidence: Evidence) -> float:
    """Responses to the survey, of all MATs."""
    return float(len(select(evidence.responses, "responses.csv")))


def count_mats(evidence: Evidence) -> float:
    """MATs with at least one response."""
    return float(select(evidence.responses, "responses.csv")["mat_id"].nunique())


def count_clustered_mats(evidence: Evidence) -> float:
    """MATs with responses enough to be clustered."""
    return float(len(_clustered(evidence)))


def responses_of_mat(evidence: Evidence, clustered: str, end: str) -> float:
    """Most or fewest responses of a MAT, among those clustered (``yes``) or not (``no``)."""
    counts = select(evidence.responses, "responses.csv")["mat_id"].value_counts()
    inside = counts.index.isin(_clustered(evidence))
    return _end(counts[inside if clustered == "yes" else ~inside], end)


def count_items(evidence: Evidence, block: str) -> float:
    """Items of a block that anybody answered."""
    return float(_answers(evidence, block).notna().any().sum())


def count_blocks(evidence: Evidence) -> float:
    """Blocks of questions that anybody answered."""
    responses = select(evidence.responses, "responses.csv")
    answered = [name for name in responses if "__" in name and responses[name].notna().any()]
    return float(len({name.split("__")[0] for name in answered}))


def extreme_answer(evidence: Evidence, block: str, end: str) -> float:
    """Highest or lowest answer given in a block, by any respondent."""
    return _end(_answers(evidence, block).stack(), end)


def roles_present(evidence: Evidence) -> str:
    """Roles among the respondents."""
    return _listed(select(evidence.responses, "responses.csv")["role"])


def roles_answering(evidence: Evidence, block: str) -> str:
    """Roles of those who answered anything in a block."""
    answering = _answers(evidence, block).notna().any(axis=1)
    return _listed(select(evidence.responses, "responses.csv")["role"][answering])


# --- the clusters ---------------------------------------------------------------------------


def mean_silhouette(evidence: Evidence, k: int) -> float:
    """Mean silhouette width over the MATs, of k clusters."""
    return float(select(evidence.partitions, "partitions.csv", k=k)["mean_silhouette"].iloc[0])


def best_k_by_silhouette(evidence: Evidence) -> float | Tie:
    """Number of clusters with the highest mean silhouette, of those examined."""
    widths = select(evidence.partitions, "partitions.csv").set_index("k")["mean_silhouette"]
    best = leading(widths, "highest")
    return best if isinstance(best, Tie) else float(best)


def cluster_size(evidence: Evidence, k: int, cluster: int) -> float:
    """MATs in one of k clusters."""
    members = select(evidence.clusters, "clusters.csv", k=k)
    return float((members["cluster"] == cluster).sum())


def cluster_of(evidence: Evidence, k: int, mat: str) -> float:
    """Cluster of one MAT among k."""
    return float(select(evidence.clusters, "clusters.csv", k=k, mat_id=mat)["cluster"].iloc[0])


def parts_of_largest(evidence: Evidence, k: int, into: int) -> float | Tie:
    """Clusters, of ``into``, over which the largest of k clusters is spread."""
    before = select(evidence.clusters, "clusters.csv", k=k)
    largest = leading(before["cluster"].value_counts(), "highest")
    if isinstance(largest, Tie):
        return largest
    members = before["mat_id"][before["cluster"] == int(largest)]
    after = select(evidence.clusters, "clusters.csv", k=into)
    return float(after["cluster"][after["mat_id"].isin(members)].nunique())


def best_linkage(evidence: Evidence, block: str = "strategy") -> str | Tie:
    """Linkage with the highest cophenetic correlation, on mean ratings and Euclidean distance."""
    import pandas as pd

    from buildingtrusts.statistics.linkage import LINKAGES, build_tree, cophenetic_correlation

    means = _scores(evidence, block).dropna(axis=0)
    if len(means) < 3:
        raise NotComputable(f"Linkages are compared on 3 MATs or more, found {len(means)}.")
    labels = [str(name) for name in means.index]
    trees = {name: build_tree(means.to_numpy(), labels, linkage=name) for name in LINKAGES}
    fits = {name: cophenetic_correlation(tree) for name, tree in trees.items()}
    return leading(pd.Series(fits), "highest")


def scaled_mean(evidence: Evidence, k: int, cluster: int, block: str, item: str) -> float:
    """Mean of a cluster's responses less that of all, in standard deviations of all."""
    values = _scaled(evidence, k, cluster, block)
    if item not in values.index:
        raise NotComputable(f"profiles.csv has no {item} for cluster {cluster} of {k}.")
    return float(values[item])


def extreme_scaled_mean(evidence: Evidence, k: int, cluster: int, block: str, end: str) -> float:
    """Highest or lowest of a cluster's scaled means."""
    return _end(_scaled(evidence, k, cluster, block), end)


def lowest_scaled_mean(
    evidence: Evidence, k: int, clusters: tuple[int, ...], block: str, item: str
) -> float:
    """Lowest scaled mean of one item among several clusters."""
    return min(scaled_mean(evidence, k, cluster, block, item) for cluster in clusters)


def scaled_items(
    evidence: Evidence, k: int, cluster: int, block: str, end: str, n: int
) -> str | Tie:
    """The n items with a cluster's highest or lowest scaled means."""
    return leading(_scaled(evidence, k, cluster, block), end, n)


def cluster_contrast(
    evidence: Evidence, k: int, block: str, item: str, first: int, second: int
) -> float | Tie:
    """Scaled mean of one cluster less that of another."""
    left = scaled_mean(evidence, k, first, block, item)
    return contrast(left - scaled_mean(evidence, k, second, block, item))


def lowest_cluster_contrast(
    evidence: Evidence, k: int, block: str, item: str, first: tuple[int, ...], second: int
) -> float | Tie:
    """Smallest lead of several clusters' scaled means over that of another."""
    left = lowest_scaled_mean(evidence, k, first, block, item)
    return contrast(left - scaled_mean(evidence, k, second, block, item))


def separation_rank(
    evidence: Evidence, k: int, block: str, item: str, first: int, second: int
) -> float | Tie:
    """Place of an item when items are ordered by how far apart two clusters' scaled means are."""
    apart = _scaled(evidence, k, first, block) - _scaled(evidence, k, second, block)
    return placed(apart.abs(), item)


def crosstab_cell(evidence: Evidence, k: int, attribute: str, level: str, cluster: int) -> float:
    """MATs of one of k clusters that have a level of an attribute."""
    cells = select(evidence.crosstabs, "crosstabs.csv", k=k, attribute=attribute, level=level)
    return float(cells["n"][cells["cluster"].astype(int) == cluster].sum())


def association_p_value(evidence: Evidence, k: int, attribute: str) -> float:
    """Exact p of the association between k clusters and an attribute, unadjusted."""
    row = select(evidence.associations, "associations.csv", k=k, attribute=attribute)
    return float(row["p_value"].iloc[0])


# --- all clustered MATs ---------------------------------------------------------------------


def median_rating(evidence: Evidence, mat: str, block: str, item: str) -> float:
    """Median answer of one MAT's respondents."""
    rows = select(evidence.scores, "scores.csv", mat_id=mat, block=block, item=item)
    return float(rows["median"].iloc[0])


def mats_with_median(evidence: Evidence, block: str, item: str, at_least: float) -> float:
    """MATs whose median answer is at least so high."""
    return count_within(_scores(evidence, block, "median", item)[item], at_least=at_least)


def mats_with_mean(
    evidence: Evidence,
    block: str,
    item: str,
    above: float | None = None,
    below: float | None = None,
) -> float:
    """MATs whose mean answer is above or below a mark."""
    return count_within(_scores(evidence, block, "mean", item)[item], above=above, below=below)


def share_with_mean(
    evidence: Evidence,
    block: str,
    item: str,
    above: float | None = None,
    below: float | None = None,
) -> float:
    """Share of the MATs whose mean answer is above or below a mark."""
    means = _scores(evidence, block, "mean", item)[item].dropna()
    return count_within(means, above=above, below=below) / len(means) if len(means) else math.nan


def items_of_mats(evidence: Evidence, block: str, end: str, n: int) -> str | Tie:
    """The n items that MATs rate highest or lowest, by the average of their means."""
    return leading(_scores(evidence, block).mean(), end, n)


def role_contrast(
    evidence: Evidence,
    block: str,
    items: tuple[str, ...],
    first: tuple[str, ...],
    second: tuple[str, ...],
) -> float | Tie:
    """Mean of some roles less that of others within each MAT, averaged over MATs.

    Over the items that both sides of a MAT answered, and the MATs in which there are any.
    """
    responses = select(evidence.responses, "responses.csv")
    columns = [f"{block}__{item}" for item in items]
    _having(responses, tuple(columns), "responses.csv")
    inside = responses[responses["mat_id"].isin(_clustered(evidence))]
    sides = [
        inside[inside["role"].isin(roles)].groupby("mat_id")[columns].mean()
        for roles in (first, second)
    ]
    return contrast(float((sides[0] - sides[1]).mean(axis=1).mean()))


def mean_over_mats(
    evidence: Evidence, block: str, item: str, k: int = 0, clusters: tuple[int, ...] = ()
) -> float:
    """Average of the MATs' means; of the MATs of some of k clusters, if they are named."""
    means = _scores(evidence, block, "mean", item)[item]
    if clusters:
        means = means[means.index.isin(_members(evidence, k, clusters))]
    return float(means.mean())


def divergent_item(evidence: Evidence, block: str, rank: int) -> str | Tie:
    """Item on which the MATs' means diverge most, or next to most: by their standard deviation."""
    spread = _scores(evidence, block).std()
    further = leading(spread, "highest", rank)
    nearer = leading(spread, "highest", rank - 1) if rank > 1 else ""
    for found in (further, nearer):
        if isinstance(found, Tie):
            return found
    (item,) = set(str(further).split("; ")) - set(str(nearer).split("; "))
    return item


def range_of_medians(evidence: Evidence, block: str, item: str) -> float:
    """Highest of the MATs' median answers less the lowest."""
    medians = _scores(evidence, block, "median", item)[item]
    return float(medians.max() - medians.min())


def alignment_item(evidence: Evidence, block: str, end: str) -> str | Tie:
    """Item whose answers within a MAT span most or least, on average over MATs."""
    rows = select(evidence.alignment, "alignment.csv", block=block)
    rows = rows[rows["mat_id"].isin(_clustered(evidence)) & (rows["item"] != EVERY_ITEM)]
    return leading(rows.groupby("item")["range"].mean(), end)


def average_iqr(evidence: Evidence, block: str) -> float:
    """Interquartile range of the answers within a MAT, averaged over items and MATs."""
    return float(_scores(evidence, block, "iqr").stack().mean())


def correlation_of_means(evidence: Evidence, first: str, second: str) -> float | Tie:
    """Rank correlation over MATs of two items' means, named ``<block>__<item>``."""
    sides = []
    for name in (first, second):
        block, _, item = name.partition("__")
        sides.append(_scores(evidence, block, "mean", item)[item])
    return contrast(rank_correlation(*sides))


def correlation_with_centralisation(evidence: Evidence, block: str, item: str) -> float | Tie:
    """Rank correlation over MATs of an item's mean with average centralisation."""
    means = _scores(evidence, block, "mean", item)[item]
    return contrast(rank_correlation(means, _centralisation(evidence)))


def correlation_with_level(
    evidence: Evidence, attribute: str, levels: tuple[str, ...], block: str, item: str
) -> float:
    """Rank correlation over MATs of an ordered attribute with an item's mean."""
    trusts = select(evidence.trusts, "trusts.csv").set_index("mat_id")
    if attribute not in trusts.columns:
        raise NotComputable(f"trusts.csv has no column {attribute}.")
    order = {level: place for place, level in enumerate(levels)}
    means = _scores(evidence, block, "mean", item)[item]
    return rank_correlation(trusts[attribute].astype("str").map(order), means)


# --- the CEOs -------------------------------------------------------------------------------


def ceo_count(evidence: Evidence, block: str, items: tuple[str, ...] = ()) -> float:
    """CEOs with at least one answer in a block, or to some of its items."""
    rows = _ceo(evidence, block).dropna(how="all")
    if items:
        rows = rows.reindex(columns=list(items)).dropna(how="all")
    return float(len(rows))


def ceo_answers(
    evidence: Evidence,
    block: str,
    item: str,
    above: float | None = None,
    below: float | None = None,
    at: float | None = None,
) -> float:
    """CEOs whose answer is above, below or at a mark."""
    return count_within(_ceo(evidence, block, item)[item], above=above, below=below, at=at)


def ceo_items(evidence: Evidence, block: str, end: str, n: int) -> str | Tie:
    """The n items that CEOs rate highest or lowest, by mean."""
    return leading(_ceo(evidence, block).mean(), end, n)


def ceo_rank(evidence: Evidence, block: str, item: str) -> float | Tie:
    """Place of an item among the CEOs' means, from the highest."""
    return placed(_ceo(evidence, block, item).mean(), item)


def ceo_gap(
    evidence: Evidence, block: str, first: tuple[str, ...], second: tuple[str, ...]
) -> float | Tie:
    """CEOs' means of some items, averaged, less those of others."""
    means = _ceo(evidence, block, *first, *second).mean()
    return contrast(means[list(first)].mean() - means[list(second)].mean())


def ceo_spread_contrast(
    evidence: Evidence, block: str, first: tuple[str, ...], second: tuple[str, ...] = ()
) -> float | Tie:
    """Standard deviations (n-1) of CEOs' answers, averaged, less those of others (or the rest)."""
    spread = _ceo(evidence, block, *first, *second).std()
    others = list(second) or [item for item in spread.index if item not in first]
    return contrast(spread[list(first)].mean() - spread[others].mean())


def ceo_range(evidence: Evidence, block: str, item: str) -> float:
    """Highest answer of a CEO less the lowest."""
    answers = _ceo(evidence, block, item)[item]
    return float(answers.max() - answers.min())


def ceo_correlation(evidence: Evidence, block: str, first: str, second: str) -> float | Tie:
    """Rank correlation of the CEOs' answers to two items."""
    answers = _ceo(evidence, block, first, second)
    return contrast(rank_correlation(answers[first], answers[second]))


def ceo_answer(evidence: Evidence, mat: str, block: str, item: str) -> float:
    """Answer of one MAT's CEO."""
    rows = select(evidence.ceo, "ceo.csv", mat_id=mat, block=block, item=item).dropna()
    if len(rows) != 1:
        raise NotComputable(f"{mat} has {len(rows)} answers of a CEO to {item}.")
    return float(rows["value"].iloc[0])


# --- operations, effectiveness, standardisation ---------------------------------------------


def centralisation_contrast(evidence: Evidence, k: int, cluster: int) -> float | Tie:
    """Average centralisation of one of k clusters less that of the other MATs."""
    inside, outside = _split(evidence, _centralisation(evidence), k, cluster)
    return contrast(float(inside.mean() - outside.mean()))


def share_centralised(evidence: Evidence) -> float:
    """Share of all MATs that the operating model places among the centralised."""
    rows = select(evidence.operating_model, "operating_model.csv", role="all")
    return float((rows["place"] == "centralised").mean())


def areas_more_central(evidence: Evidence, k: int, cluster: int) -> float:
    """Operating areas that one of k clusters runs more centrally than the other MATs."""
    inside, outside = _split(evidence, _scores(evidence, "operations"), k, cluster)
    return count_within(inside.mean() - outside.mean(), above=0.0)


def effectiveness_mats(
    evidence: Evidence,
    statistic: str,
    at_least: float | None = None,
    at_most: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> float:
    """MATs whose ``median`` or ``iqr`` of effectiveness, averaged over areas, is within bounds."""
    rows = select(evidence.effectiveness, "effectiveness.csv", item=EVERY_ITEM)
    if statistic not in rows.columns:
        raise NotComputable(f"effectiveness.csv has no column {statistic}.")
    return count_within(rows[statistic], at_least, at_most, above, below)


def effectiveness_area(evidence: Evidence, statistic: str, end: str) -> str | Tie:
    """Area at one end of the MATs' medians: of their average (``mean``) or spread (``sd``)."""
    medians = _effectiveness(evidence).drop(columns=EVERY_ITEM, errors="ignore")
    return leading(medians.std() if statistic == "sd" else medians.mean(), end)


def mats_above_own_average(evidence: Evidence, item: str) -> float:
    """MATs whose median for one area is above the average of their medians."""
    medians = _effectiveness(evidence)
    for name in (item, EVERY_ITEM):
        if name not in medians.columns:
            raise NotComputable(f"effectiveness.csv has no item {name}.")
    return count_within(medians[item] - medians[EVERY_ITEM], above=0.0)


def standardisation_median(evidence: Evidence, sample: str, item: str) -> float:
    """Median desired standardisation of one area in a sample."""
    rows = select(evidence.standardisation, "standardisation.csv", sample=sample, item=item)
    return float(rows["median"].iloc[0])


def standardisation_areas(
    evidence: Evidence, sample: str, below: float | None = None, at: float | None = None
) -> float:
    """Areas whose median desired standardisation is below or at a mark."""
    return count_within(_standardisation(evidence, sample, "median"), below=below, at=at)


def standardisation_extreme(evidence: Evidence, sample: str, end: str) -> float:
    """Highest or lowest mean desired standardisation of any area."""
    return _end(_standardisation(evidence, sample), end)


def standardisation_items(evidence: Evidence, sample: str, end: str, n: int) -> str | Tie:
    """The n areas with the highest or lowest mean desired standardisation."""
    return leading(_standardisation(evidence, sample), end, n)


def standardisation_contrast(evidence: Evidence, item: str, first: str, second: str) -> float | Tie:
    """Mean desired standardisation of an area in one sample less that in another."""
    apart = _standardisation(evidence, first) - _standardisation(evidence, second)
    if item not in apart.index:
        raise NotComputable(f"standardisation.csv has no item {item}.")
    return contrast(float(apart[item]))


def standardisation_largest_gap(evidence: Evidence, first: str, second: str) -> float:
    """Largest distance, over areas, between two samples' means."""
    apart = _standardisation(evidence, first) - _standardisation(evidence, second)
    return float(apart.abs().max())


def standardisation_shift(evidence: Evidence, first: str, second: str) -> float | Tie:
    """Mean of one sample less that of another, averaged over areas."""
    apart = _standardisation(evidence, first) - _standardisation(evidence, second)
    return contrast(float(apart.mean()))


# --- how the tables are read ----------------------------------------------------------------


def _clustered(evidence: Evidence) -> list[str]:
    return sorted(select(evidence.clusters, "clusters.csv")["mat_id"].unique())


def _members(evidence: Evidence, k: int, clusters: tuple[int, ...]) -> list[str]:
    rows = select(evidence.clusters, "clusters.csv", k=k)
    return list(rows["mat_id"][rows["cluster"].isin(clusters)])


def _split(
    evidence: Evidence, values: pd.DataFrame | pd.Series, k: int, cluster: int
) -> tuple[pd.DataFrame | pd.Series, pd.DataFrame | pd.Series]:
    inside = values.index.isin(_members(evidence, k, (cluster,)))
    if inside.all() or not inside.any():
        raise NotComputable(f"Cluster {cluster} of {k} has no MATs, or all of them.")
    return values[inside], values[~inside]


def _answers(evidence: Evidence, block: str) -> pd.DataFrame:
    responses = select(evidence.responses, "responses.csv")
    names = [name for name in responses if name.startswith(f"{block}__")]
    if not names:
        raise NotComputable(f"responses.csv has no items of the block {block}.")
    return responses[names]


def _scores(evidence: Evidence, block: str, column: str = "mean", *items: str) -> pd.DataFrame:
    # Clustered MATs down, items across; the items named must be there.
    rows = select(evidence.scores, "scores.csv", block=block)
    rows = rows[rows["mat_id"].isin(_clustered(evidence))]
    wide = rows.pivot(index="mat_id", columns="item", values=column)
    return _having(wide, items, "scores.csv")


def _ceo(evidence: Evidence, block: str, *items: str) -> pd.DataFrame:
    rows = select(evidence.ceo, "ceo.csv", block=block)
    wide = rows.pivot(index="respondent_id", columns="item", values="value")
    return _having(wide, items, "ceo.csv")


def _having(wide: pd.DataFrame, items: tuple[str, ...], file: str) -> pd.DataFrame:
    for item in items:
        if item not in wide.columns:
            raise NotComputable(f"{file} has no item {item}.")
    return wide


def _scaled(evidence: Evidence, k: int, cluster: int, block: str) -> pd.Series:
    rows = select(
        evidence.profiles,
        "profiles.csv",
        k=k,
        cluster=cluster,
        role="all",
        weighting="responses",
        block=block,
    )
    return rows.set_index("item")["scaled_mean"]


def _centralisation(evidence: Evidence) -> pd.Series:
    rows = select(evidence.operating_model, "operating_model.csv", role="all")
    rows = rows[rows["mat_id"].isin(_clustered(evidence))]
    return rows.set_index("mat_id")["centralisation"]


def _effectiveness(evidence: Evidence) -> pd.DataFrame:
    rows = select(evidence.effectiveness, "effectiveness.csv")
    return rows.pivot(index="mat_id", columns="item", values="median")


def _standardisation(evidence: Evidence, sample: str, column: str = "mean") -> pd.Series:
    rows = select(evidence.standardisation, "standardisation.csv", sample=sample)
    return rows.set_index("item")[column]


def _end(values: pd.Series, end: str) -> float:
    if values.dropna().empty:
        raise NotComputable("There are no values to take the highest or lowest of.")
    return float(values.max() if end == "highest" else values.min())


def _listed(roles: pd.Series) -> str:
    present = set(roles.dropna())
    known = [role for role in ROLES if role in present]
    return "; ".join([*known, *sorted(present - set(ROLES))])
