"""Sum up judged studies: shares with their intervals."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from buildingtrusts.statistics.examination import Effort
from buildingtrusts.statistics.verdict import LEVEL, RULE_VERSION, SMALLEST_CLUSTER, SUPPORTED, WEAK
from calibration_coverage import DRAWS
from calibration_judging import STABLE, STRUCTURE
from calibration_studies import N_PLANTED, Design


def interval(hits: int, n: int) -> tuple[float, float]:
    """95% interval of a share, by Clopper and Pearson (doi:10.1093/biomet/26.4.404)."""
    from scipy.special import betaincinv

    low = float(betaincinv(hits, n - hits + 1, 0.025)) if hits else 0.0
    high = float(betaincinv(hits + 1, n - hits, 0.975)) if hits < n else 1.0
    return low, high


def share(name: str, hits: pd.Series) -> dict[str, float]:
    """A share of studies, with its interval."""
    low, high = interval(int(hits.sum()), len(hits))
    return {name: float(hits.mean()), f"{name}_low": low, f"{name}_high": high}


def summarise_null(
    design: Design, rows: pd.DataFrame, weak_studies: int, effort: Effort
) -> dict[str, object]:
    """One row of ``null.csv``; ``weak`` is of the studies that were fully judged."""
    full = rows["study"] < weak_studies
    differ = rows["permanova_p"] <= LEVEL
    apart = rows["silhouette_p"] <= LEVEL
    back = rows["jaccard_holds"].astype(str) == "True"
    large = rows["smallest"] >= SMALLEST_CLUSTER
    return {
        "cell": design.name,
        "icc": design.icc,
        "items": design.items,
        "respondents": design.respondents,
        "n_mats": len(design.sizes),
        "n_responses": sum(design.sizes),
        "studies": len(rows),
        **share("supported", rows["verdict"] == SUPPORTED),
        "weak_studies": int(full.sum()),
        **share("weak", rows.loc[full, "verdict"] == WEAK),
        "trusts_differ": differ.mean(),
        "apart": apart.mean(),
        "differ_and_apart": (differ & apart).mean(),
        "return": (differ & back)[full].mean(),
        "apart_and_return": (differ & apart & back)[full].mean(),
        "large_enough": large.mean(),
        "rule_1_apart": (differ & (rows["rule_1_p"] <= LEVEL)).mean(),
        "raw_maximum_apart": (differ & (rows["best_p"] <= LEVEL)).mean(),
        "rule_version": RULE_VERSION,
        **share("clusterboot", rows["clusterboot_min"] >= STABLE),
        **share("silhouette_above", rows["best_silhouette"] > STRUCTURE),
        **asdict(effort),
        "processor_minutes": round(rows["seconds"].sum() / 60, 1),
    }


def summarise_power(design: Design, rows: pd.DataFrame, effort: Effort) -> dict[str, object]:
    """One row of ``power.csv`` or ``sizes.csv``."""
    differ = rows["permanova_p"] <= LEVEL
    apart = differ & (rows["silhouette_p"] <= LEVEL)
    back = differ & (rows["jaccard_holds"].astype(str) == "True")
    full = rows["full"]
    return {
        "cell": design.name,
        "distance": design.distance,
        "icc": design.icc,
        "respondents": design.respondents,
        "n_mats": len(design.sizes),
        "n_responses": sum(design.sizes),
        "studies": len(rows),
        "silhouette_3": rows["silhouette_3"].mean(),
        **share("supported", rows["verdict"] == SUPPORTED),
        **share("apart", apart),
        "weak_studies": int(full.sum()),
        "weak": (rows["verdict"] == WEAK)[full].mean(),
        "return": back[full].mean(),
        "apart_and_return": (apart & back)[full].mean(),
        "three_chosen": (rows["k"] == N_PLANTED).mean(),
        "large_enough": (rows["smallest"] >= SMALLEST_CLUSTER).mean(),
        "rule_1_apart": (differ & (rows["rule_1_p"] <= LEVEL)).mean(),
        "raw_maximum_apart": (differ & (rows["best_p"] <= LEVEL)).mean(),
        "rule_version": RULE_VERSION,
        **share("clusterboot", rows["clusterboot_min"] >= STABLE),
        **share("silhouette_above", rows["best_silhouette"] > STRUCTURE),
        **asdict(effort),
        "processor_minutes": round(rows["seconds"].sum() / 60, 1),
    }


def summarise_coverage(design: Design, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``coverage.csv``: clusters planted and found, both weightings.

    Intervals of one study hang together, so that the margin is from the spread between studies.
    """
    kinds = rows.groupby(["clusters", "weighting"], sort=False)
    return pd.DataFrame(
        [
            {
                "cell": design.name,
                "respondents": design.name.split("-", 1)[1],
                "n_mats": len(design.sizes),
                "clusters": clusters,
                "weighting": weighting,
                **_coverage(part),
            }
            for (clusters, weighting), part in kinds
        ]
    )


def _coverage(rows: pd.DataFrame) -> dict[str, float]:
    counts = rows.groupby("study")[["intervals", "covered", "below", "above"]].sum()
    total = counts["intervals"].sum()
    shares = counts["covered"] / counts["intervals"]
    middle = float(counts["covered"].sum() / total)
    margin = 1.96 * float(shares.std(ddof=1)) / len(shares) ** 0.5 if len(shares) > 1 else 0.0
    few = rows[rows["n_mats"] == 1]
    return {
        "studies": len(counts),
        "intervals": int(total),
        "covered": middle,
        "covered_low": middle - margin,
        "covered_high": middle + margin,
        "truth_above": float(counts["below"].sum() / total),
        "truth_below": float(counts["above"].sum() / total),
        "intervals_of_one_mat": int(few["intervals"].sum()),
        "covered_of_one_mat": float(few["covered"].sum() / few["intervals"].sum())
        if len(few)
        else float("nan"),
        "draws": DRAWS,
    }
