"""Made-up tables of evidence for any number of trusts, and the material that figures take."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
import pandas as pd

from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.figures.continuum import Line
from buildingtrusts.output.figures.evidence import TABLES, EvidenceMaterial
from buildingtrusts.statistics.linkage import build_tree
from buildingtrusts.statistics.ordination import ordinate
from buildingtrusts.statistics.partitions import partition_tree

INDICES = (
    *(("silhouette", ""), ("gap", "scaled_pca"), ("gap", "original"), ("calinski_harabasz", "")),
    *(("davies_bouldin", ""), ("dunn", ""), ("c_index", ""), ("prediction_strength", "")),
)
AXIS_MEASURES = ("axis_eta_squared", "silhouette_without_axis")
NULLS = ("two_level", "gaussian", "respondents_shuffled", "items_permuted")
STATISTICS = ("mean_silhouette", "standardised_silhouette", "pseudo_f")
SOURCES = ("respondents", "leave_one_mat", "leave_one_item")
VERDICTS = ("supported", "weak", "not distinguishable from noise")
WORDS = ("The", "Learning", "Partnership", "of", "Northern", "Counties", "Academies", "Trust")


def table(name: str, rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(EVIDENCE_TABLES[name].columns))


def short_names(n: int) -> list[str]:
    return [f"MAT {number}" for number in range(1, n + 1)]


def long_names(n: int) -> list[str]:
    return [f"{number} {' '.join(WORDS[number % 3 :])}" for number in range(1, n + 1)]


def made_up(mats: Sequence[str], k: int = 3, seed: int = 5) -> EvidenceMaterial:
    """Tables of random numbers around a tree of these trusts; the test chooses k + 1 clusters."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(len(mats), 4)) + rng.integers(0, 3, size=(len(mats), 1)) * 2
    numbers = list(range(2, min(8, len(mats) - 1) + 1))
    tree = partition_tree(build_tree(scores, mats), numbers).tables()
    order = [mat for mat in tree["leaf_order"]["mat_id"]]
    chosen = min(k + 1, numbers[-1])
    clusters = tree["cuts"].assign(type_id=tree["cuts"]["cluster"])
    members = {
        one: dict(zip(part["mat_id"], part["cluster"], strict=True))
        for one, part in clusters.groupby("k")
    }
    tables = {
        "clusters": clusters,
        "leaf_order": tree["leaf_order"],
        "scores": pd.DataFrame(columns=["mat_id", "block", "item", "mean"]),
        "nulls": made_up_nulls(rng, numbers, chosen, len(mats)),
        "stability": table(
            "stability",
            [
                (source, one, cluster, mean, mean - 0.3, min(1, mean + 0.3), 0.5, 0.66, 99, 20, 30)
                for source, one in product(SOURCES, numbers)
                for cluster in range(1, one + 1)
                for mean in [float(rng.uniform(0.35, 1))]
            ],
        ),
        "co_clustering": table(
            "co_clustering",
            [
                ("respondents", one, first, second, float(rng.random()), 99)
                for one in numbers
                for first, second in combinations(mats, 2)
            ],
        ),
        "assignment": table(
            "assignment",
            [
                (one, mat, "member", cluster, share, 99)
                for one in numbers
                for mat in mats
                for cluster, share in shares(rng, one, members[one][mat])
            ],
        ),
        "k_votes": table(
            "k_votes",
            [
                (
                    source,
                    one,
                    1.0 if len(numbers) == 1 else share / sum(range(len(numbers) + 1)),
                    99,
                )
                for source in SOURCES
                for share, one in enumerate(numbers, start=1)
            ],
        ),
        "k_indices": made_up_indices(rng, numbers),
        "continuum": made_up_continuum(rng, numbers, len(mats)),
        "permanova": table("permanova", [(len(mats), 99, 2.31, 0.2, 0.004, 0.001, 0.01, 999)]),
        "multiverse": table("multiverse", []),
        "ensemble": made_up_ensemble(rng, 12),
        "verdict": table("verdict", [("w", "weak", chosen, 0.03, "1", "The evidence is weak.")]),
    }
    assert set(tables) == set(TABLES)
    found = ordinate(scores)
    line = Line(tuple(mats), found.coordinates[:, 0], float(found.shares[0]))
    assert set(order) == set(mats)
    return EvidenceMaterial(tables, k, line)


def made_up_nulls(
    rng: np.random.Generator, numbers: Sequence[int], chosen: int, n_mats: int
) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for null, statistic in product(NULLS, STATISTICS):
        scale = {"mean_silhouette": 0.2, "standardised_silhouette": 1.5, "pseudo_f": 6.0}[statistic]
        values = {k: scale * float(rng.uniform(-0.2, 1.6)) for k in numbers}
        values[chosen] = 1.7 * scale
        for k in numbers:
            points = (0.5 * scale, 0.5 * scale, 1.2 * scale)
            rows.append((null, statistic, "k", k, n_mats, values[k], *points, 0.2, 0.1, 0.3, 999))
        best = (1.7 * scale, 0.8 * scale, 0.8 * scale, 1.8 * scale, 0.061, 0.05, 0.07, 999)
        rows.append((null, statistic, "max", chosen, n_mats, *best))
    return table("nulls", rows)


def shares(rng: np.random.Generator, k: int, own: int) -> list[tuple[int, float]]:
    weights = rng.random(k)
    weights[own - 1] += 2
    return list(zip(range(1, k + 1), (weights / weights.sum()).tolist(), strict=True))


def made_up_indices(rng: np.random.Generator, numbers: Sequence[int]) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for place, (index, null) in enumerate(INDICES):
        tried = [1, *numbers] if index == "gap" else list(numbers)
        pick = tried[place % len(tried)]
        scale = 40.0 if index == "calinski_harabasz" else 1.0
        for k in tried:
            se = 0.05 if index == "gap" else np.nan
            draws = 100 if index in ("gap", "prediction_strength") else np.nan
            value = scale * float(rng.random())
            rows.append((index, null, k, value, se, int(k == pick), draws))
    for place, k in enumerate([1, *numbers]):
        rows.append(("vote", "", k, 3 if place == 1 else 1, np.nan, int(place == 1), np.nan))
    return table("k_indices", rows)


def made_up_continuum(
    rng: np.random.Generator, numbers: Sequence[int], n_mats: int
) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for model in ("two_level", "one_factor"):
        rows.append(("first_axis_share", model, None, n_mats, 0.44, 0.31, 0.52, 0.21, 999))
    for name in ("cluster_share", "share_beyond_axis", "mean_silhouette", *AXIS_MEASURES):
        seen = {k: float(rng.uniform(-0.1, 0.5)) for k in numbers}
        for model, k in product(("two_level", "one_factor"), numbers):
            points = (0.1, 0.2) if model == "one_factor" else (0.2, 0.35)
            rows.append((name, model, k, n_mats, seen[k], *points, 0.051, 999))
        if name == "mean_silhouette":
            for model, k in (("two_level", numbers[0]), ("one_factor", numbers[-1])):
                head = ("standardised_silhouette", model, k, n_mats)
                rows.append((*head, 2.51, 0.9, 2.4, 0.032, 999))
    return table("continuum", rows).astype({"k": "Int64"})


def made_up_ensemble(
    rng: np.random.Generator,
    seeds: int,
    spreads: Sequence[float] = (1.5, 2.0, 2.5),
    skews: Sequence[float] = (0.4, 0.8, 1.2),
) -> pd.DataFrame:
    rows = []
    for member, (spread, skew, seed) in enumerate(
        product(spreads, skews, range(101, 101 + seeds)), start=1
    ):
        p = float(rng.beta(0.5, 1.5))
        verdict = VERDICTS[2 if p > 0.1 else 1 if p > 0.05 or skew > 1 else 0]
        evidence = (0.001, int(rng.integers(2, 9)), p, 0.5, 0.6, 2, verdict, "1", 999, 50, 50)
        report = (3, 0.3, 0.5, 0.6, "0123456789ab")
        rows.append(("w", member, seed, spread, skew, 17, 0.1, *evidence, *report))
    return table("ensemble", rows)
