"""How often the intervals of cluster profiles cover what they are intervals of.

The interval of a cluster's mean is for the mean rating that all staff of these trusts would give,
trusts and clusters fixed. In a made-up study that mean is known. Clusters are taken as planted,
fixed before anybody answers, and as found by clustering the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.profiles import profile_clusters
from buildingtrusts.study.randomness import task_generator
from calibration_judging import reference
from calibration_studies import (
    EQUAL,
    MIDDLE,
    N_ITEMS,
    PLANTED_ICC,
    UNEQUAL,
    Design,
    MadeStudy,
    expected_ratings,
    make_study,
)

DRAWS = 999
ITEMS = [("strategy", f"item{number}") for number in range(N_ITEMS)]
PATTERNS = {"5": (5,) * 17, "10": (10,) * 17, "20": EQUAL, "5-60": UNEQUAL}


def coverage_designs() -> list[Design]:
    """Planted clusters, by numbers of respondents."""
    return [
        Design(f"coverage-{name}", PLANTED_ICC, "correlated", sizes, MIDDLE)
        for name, sizes in PATTERNS.items()
    ]


def cover_batch(task: tuple[Design, range], seed: int) -> pd.DataFrame:
    """For some studies the share of intervals, over items, that cover; one row a cluster."""
    design, numbers = task
    rows = []
    for number in numbers:
        stream = partial(task_generator, seed, "calibration", design.name, str(number))
        study = make_study(design, stream("study"))
        found = reference(study.ratings, len(set(study.groups)))
        for kind, groups in (("planted", study.groups), ("found", found)):
            head = {"study": number, "full": True, "clusters": kind}
            rows += [{**head, **row} for row in covered(study, groups, stream(kind))]
    return pd.DataFrame(rows)


def covered(
    study: MadeStudy, groups: NDArray[np.int64], rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    """How many of each cluster's intervals cover the truth, by weighting."""
    ratings, truth = study.ratings, expected_ratings(study)
    names = np.array([f"MAT {number + 1}" for number in range(len(ratings.sizes))])
    responses = pd.DataFrame(ratings.answers, columns=[f"{block}__{item}" for block, item in ITEMS])
    responses.insert(0, "role", None)
    responses.insert(0, "mat_id", np.repeat(names, ratings.sizes))
    partition = dict(zip(names.tolist(), groups.tolist(), strict=True))
    table = profile_clusters(responses, ITEMS, {int(groups.max()): partition}, DRAWS, rng)
    everybody = table[(table["role"] == "all") & table["ci_low"].notna()]
    for (cluster, weighting), part in everybody.groupby(["cluster", "weighting"]):
        inside = groups == cluster
        weights = inside * (ratings.sizes if weighting == "responses" else 1.0)
        right = weights @ truth / weights.sum()
        hits = (part["ci_low"].to_numpy() <= right) & (right <= part["ci_high"].to_numpy())
        yield {
            "weighting": weighting,
            "n_mats": int(inside.sum()),
            "intervals": len(hits),
            "below": int((right > part["ci_high"].to_numpy()).sum()),
            "above": int((right < part["ci_low"].to_numpy()).sum()),
            "covered": int(hits.sum()),
        }
