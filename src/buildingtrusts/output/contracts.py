"""The tables of a run: their columns, which other people's scripts read, and what they hold.

Each table has one observation a row. Empty means missing and 0 means zero; numbers have full
precision; levels and items come in declared order and trusts in natural order.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Contract:
    """Columns of a table, and one sentence on what it holds."""

    columns: tuple[str, ...]
    holds: str


#: Levels of an attribute that nobody declares: nothing is known of the trust; or the file that the
#: attribute comes from does not list it, which is neither missing nor a zero. Both are counted and
#: shown, and left out of tests and shares.
MISSING, NOT_COVERED = "(missing)", "(not covered)"
UNKNOWN_LEVELS = (MISSING, NOT_COVERED)

_ASSOCIATIONS = (
    *("k", "attribute", "n", "test", "p_value", "p_adjusted", "p_min_attainable"),
    *("cramers_v", "cramers_v_corrected", "cramers_v_null_mean", "cramers_v_null_q95", "draws"),
)

_TYPES = ("k", "cluster", "type_id", "n_mats", "distance", "nearest_type", "matched_wave")

#: The settings of a combination of choices, and what came of it.
MULTIVERSE = (
    *("linkage", "metric", "scaling", "statistic", "min_responses", "roles", "k", "n_mats"),
    *("sizes", "mean_silhouette", "adjusted_rand", "p_value", "draws", "is_report", "answers"),
)
#: One row a reconstruction: its settings, and what the rule looks at.
ENSEMBLE = (
    *("wave", "member", "seed", "within_sd", "count_skew", "n_mats", "icc1_median"),
    *("permanova_p", "k", "p_value", "jaccard_min", "jaccard_null_q95", "smallest_cluster"),
    *("verdict", "rule_version", "draws", "null_studies", "null_draws"),
    *("report_k", "report_p_value", "report_jaccard_min", "report_jaccard_null_q95", "made_from"),
)

#: Tables of one wave, in ``results/<wave>/tables/``.
WAVE_TABLES: dict[str, Contract] = {
    "sample": Contract(
        ("mat_id", "role", "n_responses", "clustered", "reason"),
        "Responses by trust and role, whether the trust is clustered, and why not.",
    ),
    "scores": Contract(
        ("mat_id", "block", "item", "n", "mean", "median", "sd", "iqr", "min", "max"),
        "Each trust's answers to each item, on the item's scale; sd divides by n - 1, iqr is R's "
        "type 7.",
    ),
    "agreement": Contract(
        (
            *("mats", "block", "item", "n_groups", "n_responses", "icc1", "icc2", "icc1_n0"),
            *("rwg_mean", "rwg_median"),
        ),
        "Evidence for averaging by trust: ICC(1) and ICC(2) with the mean group size, ICC(1) with "
        "n0, and within-group agreement against uniform answers; over all trusts and over the "
        "clustered ones.",
    ),
    "alignment": Contract(
        ("mat_id", "block", "item", "range", "iqr"),
        "How far apart people of one trust are; item (all) is the average over the block.",
    ),
    "linkage": Contract(
        ("step", "left", "right", "height", "size"),
        "The tree: what each merge joined (a trust, or #step of an earlier merge) and how high.",
    ),
    "leaf_order": Contract(
        ("position", "mat_id"), "Trusts along the foot of the dendrogram, from 1."
    ),
    "clusters": Contract(
        ("mat_id", "k", "cluster", "type_id"),
        "Cluster of each trust for each number of clusters, numbered by first member; type_id is "
        "the type that the cluster is matched to across waves (cluster_types.csv), and fixes its "
        "colour.",
    ),
    "cluster_types": Contract(
        _TYPES,
        "The type of each cluster: that of the cluster of matched_wave to which it is matched by "
        "its centroid on the common items (distance), beside the type of the nearest; a wave "
        "without an earlier one to match is its own typology.",
    ),
    "silhouettes": Contract(
        ("k", "mat_id", "cluster", "neighbour", "width"),
        "Silhouette width of each trust and the nearest other cluster.",
    ),
    "partitions": Contract(
        (
            *("k", "sizes", "mean_silhouette", "macro_silhouette", "cophenetic_correlation"),
            *("agglomerative_coefficient", "ties", "calinski_harabasz", "davies_bouldin", "dunn"),
            "c_index",
        ),
        "Each partition: sizes, silhouette over trusts and over clusters; the tree's cophenetic "
        "correlation, agglomerative coefficient and number of tied merges; four indices of the "
        "number of clusters (large is good, but for davies_bouldin and c_index).",
    ),
    "profiles": Contract(
        (
            *("k", "cluster", "role", "weighting", "block", "item", "n_mats", "n_responses"),
            *("mean", "median", "sd", "scaled_mean", "ci_low", "ci_high", "draws"),
        ),
        "What clusters are like; scaled_mean is the cluster's mean less the mean of all responses, "
        "over their standard deviation; the interval is for the mean, respondents resampled "
        "within trusts, and too narrow as far as clusters were found in the same answers.",
    ),
    "crosstabs": Contract(
        ("k", "attribute", "level", "cluster", "n"),
        "Trusts by cluster and attribute, zero cells included.",
    ),
    "associations": Contract(
        _ASSOCIATIONS,
        "Exact test of each cross-tabulation, Holm's adjustment within one k, the smallest p the "
        "margins allow, and Cramér's V beside what chance gives under the same margins.",
    ),
    "ceo": Contract(
        ("respondent_id", "mat_id", "block", "item", "value"), "The CEOs' answers, one a row."
    ),
    "effectiveness": Contract(
        ("mat_id", "item", "n", "median", "iqr"),
        "Self-assessed effectiveness of the clustered trusts; item (all) holds the averages of "
        "medians and interquartile ranges.",
    ),
    "standardisation": Contract(
        ("sample", "item", "n", "mean", "median", "mean_q05", "mean_q95", "draws"),
        "Desired standardisation: all, central and local respondents, and the balanced sample "
        "once and over many draws.",
    ),
    "operating_model": Contract(
        ("mat_id", "role", "n", "centralisation", "spread", "place"),
        "Mean and standard deviation over operating areas (0 devolved, 10 central) and the place "
        "on the spectrum.",
    ),
}

#: Those of them that there are too for the clustering on items common to all waves, in
#: ``results/<wave>/common/tables/``.
COMMON_TABLES = (
    *("sample", "linkage", "leaf_order", "clusters", "cluster_types", "silhouettes", "partitions"),
)

#: Tables of one wave whose evidence is asked for, in ``results/<wave>/tables/``.
EVIDENCE_TABLES: dict[str, Contract] = {
    "nulls": Contract(
        (
            *("null", "statistic", "scope", "k", "n_mats", "observed", "null_mean", "null_q50"),
            *("null_q95", "p_value", "p_low", "p_high", "draws"),
        ),
        "The clusters beside four kinds of data without any, for each k and for the best k; "
        "two_level decides, the others describe.",
    ),
    "stability": Contract(
        (
            *("source", "k", "cluster", "jaccard_mean", "jaccard_q05", "jaccard_q95"),
            *("null_q50", "null_q95", "draws", "null_studies", "null_draws"),
        ),
        "How well each cluster comes back when respondents are resampled within trusts, or a "
        "trust or an item is left out, beside the weakest cluster of studies without clusters.",
    ),
    "co_clustering": Contract(
        ("source", "k", "mat_id", "other_id", "probability", "draws"),
        "How often two trusts fall into one cluster; each pair once.",
    ),
    "assignment": Contract(
        ("k", "mat_id", "kind", "cluster", "probability", "draws"),
        "How often each trust falls into each cluster under resampled respondents.",
    ),
    "k_votes": Contract(
        ("source", "k", "share", "draws"),
        "How often each number of clusters has the largest mean silhouette.",
    ),
    "permanova": Contract(
        (
            *("n_mats", "n_responses", "pseudo_f", "r_squared", "p_value", "p_low", "p_high"),
            "draws",
        ),
        "Whether trusts differ at all: a permutation test on all clustered items together.",
    ),
    "merge_tests": Contract(
        ("step", "method", "p_value", "draws", "level"),
        "Two tests of each merge of the tree, as exploration: shc (one Gaussian against two "
        "groups; level is what its p is held against) and selective (equal means of the two "
        "groups, given that they were found in the same data); empty where too few trusts merge.",
    ),
    "k_indices": Contract(
        ("index", "null", "k", "value", "se", "chosen", "draws"),
        "Indices of the number of clusters, which k each chooses, and in the rows called vote how "
        "many choose each k; gap has a row for each of its two nulls and starts at k = 1.",
    ),
    "medoids": Contract(
        ("k", "mat_id", "cluster", "medoid", "width"),
        "Another view: k-medoids of the same distances, each trust with its medoid.",
    ),
    "medoid_partitions": Contract(
        ("k", "sizes", "mean_silhouette", "adjusted_rand"),
        "The partitions by k-medoids, and how far they agree with the tree's.",
    ),
    "continuum": Contract(
        (
            *("measure", "model", "k", "n_mats", "observed", "null_q50", "null_q95", "p_value"),
            "draws",
        ),
        "Clusters or slices of a line: shares of variance and silhouettes beside two models "
        "without clusters, one Gaussian (two_level) and one line (one_factor).",
    ),
    "multiverse": Contract(
        MULTIVERSE,
        "Every sensible combination of choices: silhouette, its p under the combination's own "
        "null, and the adjusted Rand index with the study's partition.",
    ),
    "multiverse_excluded": Contract(
        (*MULTIVERSE, "reason"), "Combinations of choices that were left out, and why."
    ),
    "ensemble": Contract(
        ENSEMBLE,
        "What the rule looks at, and the same at the reported k, over many sets of answers that "
        "were made to satisfy the same published statistics; no rows for any other answers. "
        "made_from is the start of the hash of the claims and the questionnaire.",
    ),
    "verdict": Contract(
        ("wave", "verdict", "k", "p_value", "rule_version", "sentence"),
        "The verdict on the wave by a rule that was fixed beforehand, and its sentence.",
    ),
}

#: Tables that span waves, in ``results/tables/``.
STUDY_TABLES: dict[str, Contract] = {
    "ledger": Contract(
        (
            *("claim", "wave", "section", "statement", "published", "computed", "unit"),
            *("tolerance", "basis", "verdict", "note", "conflicts_with"),
        ),
        "Every claim of the report beside its recomputation.",
    ),
    "published_associations": Contract(
        _ASSOCIATIONS, "Exact tests of the cross-tabulations as printed, from their counts alone."
    ),
    "transitions": Contract(
        ("from_wave", "to_wave", "k", "from_cluster", "to_cluster", "n"),
        "Trusts clustered in two successive waves, by their cluster in each; zeros included.",
    ),
    "wave_agreement": Contract(
        ("from_wave", "to_wave", "k", "n_mats", "adjusted_rand"),
        "How far two successive waves put the same trusts together.",
    ),
    "changes": Contract(
        (
            *("from_wave", "to_wave", "block", "item", "stratum", "n_mats", "change"),
            *("ci_low", "ci_high", "draws"),
        ),
        "Mean change of each common item over trusts that answered it in both waves, in the "
        "earlier wave's points; interval by resampling trusts.",
    ),
    "types": Contract(
        ("wave", *_TYPES),
        "The rows of cluster_types.csv of every wave. An original wave is matched to original "
        "waves alone; where there is none before it, its types are its own and share only their "
        "numbers with those of the others.",
    ),
    "common_items": Contract(
        (
            *("wave", "block", "item", "label", "status", "previous_item", "n_waves"),
            "in_common_clustering",
        ),
        "Each wave's items over time, dropped ones included: status by the codebook, the same item "
        "in the latest earlier wave, how many waves asked it, and whether the waves are clustered "
        "on it in results/<wave>/common/tables/.",
    ),
    "common_agreement": Contract(
        (
            "wave",
            "clustered_on",
            "other_wave",
            "other_clustered_on",
            "k",
            "n_mats",
            "adjusted_rand",
        ),
        "How far clusterings agree over the trusts that both have: a wave's own items beside the "
        "common ones (own, common), and successive waves on the common items (common, common).",
    ),
    "new_trusts": Contract(
        (
            *("from_wave", "to_wave", "k", "mat_id", "kind", "cluster", "probability", "draws"),
            *("centroid_distance", "average_distance", "member_limit"),
        ),
        "Trusts of the later wave alone, placed among the clusters of the earlier one.",
    ),
    "population": Contract(
        ("extract", "attribute", "level", "n_population", "n_sample"),
        "Trusts of the official register beside those of the sample.",
    ),
    "population_tests": Contract(
        (
            *("extract", "frame", "attribute", "n_population", "n_sample", "test", "p_value"),
            *("p_adjusted", "p_min_attainable", "dissimilarity", "null_mean", "null_q95"),
            *("draws", "note"),
        ),
        "Whether the sample's trusts could be drawn at random from the register's: from all, and "
        "from those with four or seven schools or more.",
    ),
    "attribute_sensitivity": Contract(
        (
            *("extract", "attribute", "cutoff", "value", "is_ours", "level", "n_population"),
            *("n_population_moved", "n_sample", "n_sample_moved"),
        ),
        "How many trusts change level when a cut-off is another; level (all) adds them up.",
    ),
    "interviews": Contract(
        (
            *("interviews", "wave", "measure", "code", "group", "k", "level", "n_mats", "n_coded"),
            *("share", "n_interviews", "n_excerpts", "mean_weight", "sd_weight"),
        ),
        "Coded interviews beside a wave: centralisation of each area (1 schools decide, 3 central; "
        "mean and standard deviation over trusts) by cluster, and trusts that mention each break "
        "point by attribute; n_coded of n_mats interviewed trusts.",
    ),
    "interview_tests": Contract(
        (
            *("interviews", "wave", "code", "group", "n", "test", "p_value", "p_adjusted"),
            *("p_min_attainable", "cramers_v", "cramers_v_null_mean", "cramers_v_null_q95"),
            "draws",
        ),
        "Exact test of each break point by the levels of an attribute, Holm's adjustment within "
        "the attribute, and Cramér's V beside what chance gives.",
    ),
}

#: Tables beside the tidy responses, in ``data/processed/<wave>/``.
PROCESSED_TABLES: dict[str, Contract] = {
    "missing": Contract(
        ("block", "item", "n_respondents", "n_missing"), "Missing answers by item."
    ),
    "attributes": Contract(("attribute", "level"), "Declared levels of each attribute, in order."),
    "matched_trusts": Contract(
        ("mat_id", "trust_uid"),
        "Trusts whose attributes come from the register, with their numbers there; no rows if the "
        "wave gives no numbers.",
    ),
    "unmatched_trusts": Contract(
        ("mat_id", "trust_uid", "reason"),
        "Trusts that were not found in the register, and why; no rows if none was looked for.",
    ),
    "cuts": Contract(
        ("mat_id", "k", "cluster"),
        "The clusters by their own numbers, before they are matched to types.",
    ),
}
