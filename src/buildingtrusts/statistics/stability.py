"""Would the clusters come back, had other staff answered, or one trust or item been left out?

Trusts' means already carry sampling error, and resampling adds it again, so that no fixed mark
tells a stable cluster from a chance one; every Jaccard of :mod:`.resampling` stands beside the same
procedure run on studies without clusters, drawn from the model of :mod:`.two_level_model`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.cluster_matching import (
    cluster_overlaps,
    jaccard_coefficients,
    placed_labels,
)
from buildingtrusts.statistics.monte_carlo import CHUNK_ANSWERS, WHOLE, share_of
from buildingtrusts.statistics.ratings import Ratings, Specification, mat_scores
from buildingtrusts.statistics.resampling import (
    SOURCES,
    Comparison,
    Resampling,
    check_k,
    cluster_scores,
    resampled_scores,
    scores_left,
)
from buildingtrusts.statistics.two_level_model import two_level_answers

STABILITY_COLUMNS = (
    *("source", "k", "cluster", "jaccard_mean", "jaccard_q05", "jaccard_q95"),
    *("null_q50", "null_q95", "draws", "null_studies", "null_draws"),
)
CO_CLUSTERING_COLUMNS = ("source", "k", "mat_id", "other_id", "probability", "draws")
ASSIGNMENT_COLUMNS = ("k", "mat_id", "kind", "cluster", "probability", "draws")
K_VOTES_COLUMNS = ("source", "k", "share", "draws")
#: One row a cluster of a study drawn from the null: how large it is and how well it comes back.
NULL_STABILITY_COLUMNS = ("source", "study", "k", "size", "jaccard", "draws")


@dataclass(frozen=True)
class Stability:
    """The tables ``stability.csv``, ``co_clustering.csv``, ``assignment.csv``, ``k_votes.csv``."""

    stability: pd.DataFrame
    co_clustering: pd.DataFrame
    assignment: pd.DataFrame
    k_votes: pd.DataFrame


def null_stability(
    ratings: Ratings,
    specification: Specification,
    k: Sequence[int],
    studies: int,
    draws: int,
    rng: np.random.Generator,
    part: tuple[int, int] = WHOLE,
    sources: Sequence[str] = SOURCES,
) -> pd.DataFrame:
    """Resample studies without clusters as the study itself is resampled.

    Each study is a full set of answers from the two-level null, compared with its own clusters.

    Parameters
    ----------
    ratings, specification, k
        As for :func:`resample_respondents`.
    studies : int
        In all parts together.
    draws : int
        Bootstrap draws of each study.
    rng : numpy.random.Generator
        Of this task alone.
    part : (int, int)
        Which of how many parts to resample, from 0; :func:`join_studies` puts parts together.
    sources : sequence of str
        Some of :data:`SOURCES`; those left out change nothing in the others.

    Returns
    -------
    DataFrame
        ``source, study, k, size, jaccard, draws``: one row a cluster, with its number of trusts
        and its mean Jaccard over the draws in which any of its members takes part. Studies are
        numbered from 1, over all parts.

    Raises
    ------
    ValueError
        If a k, the number of studies or of draws, the part or a source is out of range.
    """
    check_k(k, k, ratings)
    unknown = [one for one in sources if one not in SOURCES]
    if studies < 1 or unknown:
        raise ValueError(
            f"{studies} studies are asked for, and sources {list(sources)}; needed are one study "
            f"or more and sources among {', '.join(SOURCES)}."
        )
    mine = share_of(studies, part)
    # A study has a stream for its answers' chunk and one of its own for its bootstrap.
    drawn_by, *resampled_by = rng.spawn(1 + studies)
    n, n_items = len(ratings.starts), ratings.answers.shape[1]
    at_once = max(1, CHUNK_ANSWERS // (max(draws, n) * n * n_items))
    tables: list[pd.DataFrame] = []
    done = 0
    # Every part draws all studies, which is quick, and resamples its own.
    for answers in two_level_answers(ratings, studies, drawn_by):
        stop = min(mine.stop, done + len(answers))
        for first in range(max(mine.start, done), stop, at_once):
            last = min(first + at_once, stop)
            group, streams = answers[first - done : last - done], resampled_by[first:last]
            tables += _null_group(
                ratings, group, specification, k, draws, streams, 1 + first, sources
            )
        done += len(answers)
    return _sorted_studies(pd.concat(tables, ignore_index=True))


def join_studies(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put parts of the null studies together, as if they had been resampled at once.

    Examples
    --------
    >>> row = {"source": "respondents", "k": 2, "size": 3, "jaccard": 0.5, "draws": 9}
    >>> parts = [pd.DataFrame([{**row, "study": study}]) for study in (1, 2)]
    >>> join_studies(parts)["study"].tolist()
    [1, 2]
    """
    return _sorted_studies(pd.concat(parts, ignore_index=True))


def _sorted_studies(table: pd.DataFrame) -> pd.DataFrame:
    source = table["source"].map(SOURCES.index)
    order = np.lexsort((table["k"], table["study"], source))
    return table.loc[order, list(NULL_STABILITY_COLUMNS)].reset_index(drop=True)


def _null_group(
    ratings: Ratings,
    answers: NDArray[np.float64],
    specification: Specification,
    k: Sequence[int],
    draws: int,
    streams: Sequence[np.random.Generator],
    first: int,
    sources: Sequence[str],
) -> Iterator[pd.DataFrame]:
    """Clusters of some studies at once, (S, N, p), of which the first has the number ``first``."""
    scores = mat_scores(ratings, answers, specification)
    references = cluster_scores(scores, k, specification).labels.astype(np.int64)
    if SOURCES[0] in sources:
        resampled = [
            np.concatenate(list(resampled_scores(ratings, one, specification, draws, stream)))
            for one, stream in zip(answers, streams, strict=True)
        ]
        everybody = np.tile(np.arange(len(ratings.starts)), (draws, 1))
        yield from _null_clusters(
            SOURCES[0], references, everybody, np.stack(resampled), k, specification, first
        )
    for source, objects, reduced in scores_left(ratings, answers, specification):
        if source in sources:
            yield from _null_clusters(source, references, objects, reduced, k, specification, first)


def _null_clusters(
    source: str,
    references: NDArray[np.int64],
    objects: NDArray[np.int64],
    scores: NDArray[np.float64],
    k: Sequence[int],
    specification: Specification,
    first: int,
) -> Iterator[pd.DataFrame]:
    """Hold the draws of S studies, with scores (S, D, m, q), to the studies' own partitions."""
    n_studies, n_draws = scores.shape[:2]
    found = cluster_scores(scores.reshape(-1, *scores.shape[2:]), k, specification)
    everywhere = np.tile(objects, (n_studies, 1))
    for place, one in enumerate(k):
        reference = references[:, place]
        labels = placed_labels(found.labels[:, place], everywhere, reference.shape[1])
        overlaps = cluster_overlaps(np.repeat(reference, n_draws, axis=0), labels, one)
        jaccards = jaccard_coefficients(overlaps).max(axis=2).reshape(n_studies, n_draws, one)
        yield pd.DataFrame(
            {
                "source": source,
                "study": np.repeat(np.arange(first, first + n_studies), one),
                "k": one,
                "size": (reference[:, :, None] == np.arange(1, one + 1)).sum(axis=1).ravel(),
                "jaccard": np.nanmean(jaccards, axis=1).ravel(),
                "draws": n_draws,
            }
        )


def stability_tables(
    resamplings: Sequence[Resampling], null: pd.DataFrame, mat_ids: Sequence[str]
) -> Stability:
    """Hold the resampled study against resampled studies without clusters.

    Parameters
    ----------
    resamplings : sequence of Resampling
        From :func:`.resampling.resample_respondents` and :func:`.resampling.leave_one_out`, one of
        each kind.
    null : DataFrame
        From :func:`null_stability`, for the same kinds and k.
    mat_ids : sequence of str, length n
        The trusts, in the order of the ratings.

    Returns
    -------
    Stability
        In ``stability`` the null's median and 95% point are, alike for every cluster of one k,
        those of the *weakest* cluster of a null study, the one that comes back least. So "every
        cluster is above the 95% point" is one test at one level: the weakest cluster of the study
        comes back better than the weakest of 95% of studies without clusters. A cluster above
        the point while another is below says little.

        Holding the largest cluster against the largest of null studies, the second against the
        second and so on would be k tests at once, and unfair to even clusters: average linkage
        finds one cluster of nearly all trusts in most null studies, and such a cluster overlaps
        with the large one of any draw.

        Quantiles are over draws. ``draws`` counts those that a row rests on: a pair has a say
        only where neither is left out, and a cluster of one cannot come back without its only
        member. ``assignment`` is of resampled respondents; its probabilities add up to 1 for each
        k and trust.

    Raises
    ------
    ValueError
        If the null lacks a kind or a k, or there is not one name a trust.

    Examples
    --------
    >>> from buildingtrusts.statistics.ratings import gather_ratings
    >>> from buildingtrusts.statistics.resampling import resample_respondents
    >>> answers = np.array([[1.0], [2.0], [1.0], [2.0], [8.0], [9.0], [9.0], [9.0]])
    >>> study = gather_ratings(answers, np.repeat(np.arange(4), 2), [(1, 10, 1)])
    >>> rng = np.random.default_rng(1)
    >>> usual = Specification()
    >>> resampled = resample_respondents(study, usual, [2], [2, 3], 100, rng)
    >>> null = null_stability(study, usual, [2], 20, 50, rng)
    >>> tables = stability_tables([resampled], null, ["A", "B", "C", "D"])
    >>> tables.stability["jaccard_mean"].tolist()
    [1.0, 1.0]
    """
    chosen = sorted(resamplings, key=lambda one: SOURCES.index(one.source))
    comparisons = [one.comparisons[k] for one in chosen for k in sorted(one.comparisons)]
    n_mats = {len(one.reference) for one in comparisons}
    if n_mats != {len(mat_ids)}:
        raise ValueError(f"{sorted(n_mats)} trusts come with {len(mat_ids)} names.")
    return Stability(
        pd.DataFrame(
            [row for one in comparisons for row in _stability_rows(one, null)],
            columns=list(STABILITY_COLUMNS),
        ),
        pd.concat([_pairs(one, mat_ids) for one in comparisons], ignore_index=True),
        pd.concat(
            [_members(one, mat_ids) for one in comparisons if one.source == "respondents"],
            ignore_index=True,
        ),
        pd.DataFrame(
            [row for one in chosen for row in _vote_rows(one)], columns=list(K_VOTES_COLUMNS)
        ),
    )


def _stability_rows(one: Comparison, null: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    chance = null[(null["source"] == one.source) & (null["k"] == one.k)]
    if not len(chance):
        raise ValueError(
            f"the null has no studies for {one.source} at k = {one.k}; draw them for the same "
            "sources and k as the study."
        )
    weakest = chance.groupby("study")["jaccard"].min()
    points = tuple(np.quantile(weakest, (0.5, 0.95)).tolist())
    for cluster in range(1, one.k + 1):
        values = one.jaccards[:, cluster - 1]
        values = values[~np.isnan(values)]
        spread = np.quantile(values, (0.05, 0.95)).tolist()
        yield (
            *(one.source, one.k, cluster, float(values.mean()), *spread, *points),
            *(len(values), len(weakest), int(chance["draws"].iloc[0])),
        )


def _pairs(one: Comparison, mat_ids: Sequence[str]) -> pd.DataFrame:
    """Each unordered pair of trusts once, in their order; without those never in one draw."""
    first, second = np.triu_indices(len(mat_ids), k=1)
    draws = one.both[first, second]
    met = draws > 0
    first, second, draws = first[met], second[met], draws[met]
    names = np.asarray(mat_ids, dtype=object)
    return pd.DataFrame(
        {
            "source": one.source,
            "k": one.k,
            "mat_id": names[first],
            "other_id": names[second],
            "probability": one.together[first, second] / draws,
            "draws": draws,
        },
        columns=list(CO_CLUSTERING_COLUMNS),
    )


def _members(one: Comparison, mat_ids: Sequence[str]) -> pd.DataFrame:
    """Probability of each cluster for each trust of the study."""
    draws = np.repeat(np.diag(one.both), one.k)
    return pd.DataFrame(
        {
            "k": one.k,
            "mat_id": np.repeat(np.asarray(mat_ids, dtype=object), one.k),
            "kind": "member",
            "cluster": np.tile(np.arange(1, one.k + 1), len(mat_ids)),
            "probability": one.members.ravel() / draws,
            "draws": draws,
        },
        columns=list(ASSIGNMENT_COLUMNS),
    )


def _vote_rows(one: Resampling) -> Iterator[tuple[str, int, float, int]]:
    draws = sum(one.votes.values())
    for k, votes in one.votes.items():
        yield one.source, k, votes / draws, draws
