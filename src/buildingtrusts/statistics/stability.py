"""Would the clusters come back, had other staff answered, or one trust or item been left out?

Respondents are resampled within their trusts, trusts are aggregated and clustered anew, and each
draw is compared with the reference, the clusters of the study itself: by the Jaccard coefficient of
each reference cluster with the cluster of the draw that is most like it (Hennig, C., 2007,
doi:10.1016/j.csda.2006.11.025), and by the clusters that trusts are in once the clusters of the
draw have been matched one to one to those of the reference. Leaving out each trust or each item in
turn does the same without chance. Trusts' means already carry sampling error, and resampling adds
it again, so that no fixed mark tells a stable cluster from a chance one; every Jaccard stands
beside the same procedure run on studies without clusters, drawn from the two-level null of
:mod:`.nulls`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import starmap

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.batch import Clusterings, cluster_batch
from buildingtrusts.statistics.nulls import (
    CHUNK_ANSWERS,
    WHOLE,
    Ratings,
    Specification,
    chunks,
    mat_scores,
    share_of,
    two_level_answers,
)

SOURCES = ("respondents", "leave_one_mat", "leave_one_item")
STABILITY_COLUMNS = (
    *("source", "k", "cluster", "jaccard_mean", "jaccard_q05", "jaccard_q95"),
    *("null_q50", "null_q95", "draws", "null_studies", "null_draws"),
)
CO_CLUSTERING_COLUMNS = ("source", "k", "mat_id", "other_id", "probability", "draws")
ASSIGNMENT_COLUMNS = ("k", "mat_id", "kind", "cluster", "probability", "draws")
K_VOTES_COLUMNS = ("source", "k", "share", "draws")
#: One row a cluster of a study drawn from the null: how large it is and how well it comes back.
NULL_STABILITY_COLUMNS = ("source", "study", "k", "size", "jaccard", "draws")

#: What of a comparison is kept between two steps.
_KEPT = ("reference", "jaccards", "members", "together", "both")

#: A trust in which a draw leaves an item without any answer is drawn again, so many times at most.
ATTEMPTS = 100


@dataclass(frozen=True)
class Comparison:
    """Draws of one kind compared with the reference partition into k clusters of n trusts.

    Attributes
    ----------
    source : {"respondents", "leave_one_mat", "leave_one_item"}
    k : int
    reference : ndarray of shape (n,)
        Cluster of each trust in the study itself, 1..k.
    jaccards : ndarray of shape (B, k)
        Best match of each reference cluster in each draw, above 0 to 1; ``nan`` where all its
        members are left out.
    members : ndarray of shape (n, k)
        In how many draws each trust is in the cluster matched to each reference cluster.
    together : ndarray of shape (n, n)
        In how many draws two trusts are in one cluster.
    both : ndarray of shape (n, n)
        In how many draws both take part.
    """

    source: str
    k: int
    reference: NDArray[np.int64]
    jaccards: NDArray[np.float64]
    members: NDArray[np.int64]
    together: NDArray[np.int64]
    both: NDArray[np.int64]


@dataclass(frozen=True)
class Resampling:
    """All draws of one kind: compared at some k, and the best of several k counted.

    Attributes
    ----------
    source : {"respondents", "leave_one_mat", "leave_one_item"}
    comparisons : dict of int to Comparison
        By k.
    votes : dict of int to int
        In how many draws each k has the largest mean silhouette, the smaller k where two are equal.
    """

    source: str
    comparisons: dict[int, Comparison]
    votes: dict[int, int]


@dataclass(frozen=True)
class Stability:
    """The tables ``stability.csv``, ``co_clustering.csv``, ``assignment.csv``, ``k_votes.csv``."""

    stability: pd.DataFrame
    co_clustering: pd.DataFrame
    assignment: pd.DataFrame
    k_votes: pd.DataFrame


def resample_respondents(
    ratings: Ratings,
    specification: Specification,
    k: Sequence[int],
    vote_k: Sequence[int],
    draws: int,
    rng: np.random.Generator,
    part: tuple[int, int] = WHOLE,
) -> Resampling:
    """Bootstrap respondents within their trusts and cluster each draw as the study was.

    Parameters
    ----------
    ratings : Ratings
        The study: N respondents of n trusts on p items.
    specification : Specification
        How it is aggregated and clustered.
    k : sequence of int
        Numbers of clusters to compare with the reference, each from 2 to n - 1. The effort of
        matching grows as 2 to the power of k.
    vote_k : sequence of int
        Numbers of clusters that compete for the largest mean silhouette.
    draws : int
        In all parts together.
    rng : numpy.random.Generator
        Of this task alone.
    part : (int, int)
        Which of how many parts to draw, from 0; :func:`join` puts parts together.

    Returns
    -------
    Resampling
        A trust with one respondent is the same in every draw. A trust of which a draw leaves an
        item without an answer is drawn again, and after 100 attempts keeps its own respondents:
        nothing is imputed.

    Raises
    ------
    ValueError
        If a k or the number of draws is out of range, or a median has unequal weights.
    """
    _check_k(k, vote_k, ratings)
    everybody = np.arange(len(ratings.starts))[None]
    batches = (
        (np.repeat(everybody, len(scores), axis=0), scores)
        for scores in resampled_scores(ratings, ratings.answers, specification, draws, rng, part)
    )
    return _compare("respondents", ratings, specification, batches, k, vote_k)


def leave_one_out(
    ratings: Ratings,
    specification: Specification,
    k: Sequence[int],
    vote_k: Sequence[int],
) -> list[Resampling]:
    """Leave out each trust in turn, and then each item, and cluster what is left.

    Parameters
    ----------
    ratings, specification, k, vote_k
        As for :func:`resample_respondents`.

    Returns
    -------
    list of Resampling
        ``leave_one_mat``, with as many draws as trusts, and ``leave_one_item``, with as many as
        items; a study of one item has no second.

    Raises
    ------
    ValueError
        If a k is out of range.
    """
    _check_k(k, vote_k, ratings)
    answers = ratings.answers[None]
    return [
        _compare(source, ratings, specification, [(objects, scores[0])], k, vote_k)
        for source, objects, scores in _reduced(ratings, answers, specification)
    ]


def resampling_arrays(resampling: Resampling) -> dict[str, NDArray[np.generic]]:
    """A resampling as named arrays, to be kept; :func:`resampling_from` reads them back."""
    arrays: dict[str, NDArray[np.generic]] = {
        "source": np.array(resampling.source),
        "k": np.array(list(resampling.comparisons)),
        "votes": np.array(list(resampling.votes.items())),
    }
    for k, one in resampling.comparisons.items():
        arrays |= {f"{name}_{k}": getattr(one, name) for name in _KEPT}
    return arrays


def resampling_from(arrays: Mapping[str, NDArray[np.generic]]) -> Resampling:
    """A resampling from the arrays of :func:`resampling_arrays`.

    Examples
    --------
    >>> kept = resampling_arrays(Resampling("respondents", {}, {2: 7, 3: 1}))
    >>> resampling_from(kept)
    Resampling(source='respondents', comparisons={}, votes={2: 7, 3: 1})
    """
    source = str(arrays["source"])
    comparisons = {
        k: Comparison(source, k, *(arrays[f"{name}_{k}"] for name in _KEPT))  # type: ignore[arg-type]
        for k in arrays["k"].astype(int).tolist()
    }
    votes = arrays["votes"].astype(int).reshape(-1, 2).tolist()
    return Resampling(source, comparisons, {k: count for k, count in votes})


def join(parts: Sequence[Resampling]) -> Resampling:
    """Put draws of one kind together, in the order given.

    Raises
    ------
    ValueError
        If there are none, or they are of different kinds or at different k.
    """
    kinds = {(part.source, tuple(part.comparisons), tuple(part.votes)) for part in parts}
    if len(kinds) != 1:
        raise ValueError(f"{len(parts)} parts are of {len(kinds)} kinds; needed is one.")
    comparisons = {
        k: Comparison(
            parts[0].source,
            k,
            parts[0].comparisons[k].reference,
            np.concatenate([part.comparisons[k].jaccards for part in parts]),
            *(
                np.sum([getattr(part.comparisons[k], name) for part in parts], axis=0)
                for name in ("members", "together", "both")
            ),
        )
        for k in parts[0].comparisons
    }
    votes = {k: sum(part.votes[k] for part in parts) for k in parts[0].votes}
    return Resampling(parts[0].source, comparisons, votes)


def _check_k(k: Sequence[int], vote_k: Sequence[int], ratings: Ratings) -> None:
    n = len(ratings.starts)
    wrong = [one for one in (*k, *vote_k) if not 2 <= one < n]
    if wrong or not k or not vote_k:
        raise ValueError(
            f"k is {list(k)} and vote_k {list(vote_k)}; with {n} trusts needed are numbers from "
            f"2 to {n - 1}."
        )


def resampled_scores(
    ratings: Ratings,
    answers: NDArray[np.float64],
    specification: Specification,
    draws: int,
    rng: np.random.Generator,
    part: tuple[int, int] = WHOLE,
) -> Iterator[NDArray[np.float64]]:
    """Scores (b, n, p) of studies whose respondents are drawn with replacement within trusts."""
    answered = ~np.isnan(answers)
    for size, child in chunks(draws, answers.size, rng, part):
        times = _times_drawn(ratings, answered, size, child)
        if specification.statistic == "mean":
            yield _resampled_means(ratings, answers, specification, times)
        else:
            rows = np.tile(np.arange(len(answers)), size)
            chosen = np.repeat(rows, times.ravel()).reshape(size, -1)
            yield mat_scores(ratings, answers[chosen], specification)


def _times_drawn(
    ratings: Ratings, answered: NDArray[np.bool_], draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """How often each respondent is in each draw, (draws, N); every item keeps an answer."""
    times = _one_round(ratings, draws, rng)
    for _ in range(ATTEMPTS):
        empty = _lacking(ratings, answered, times)
        short = np.flatnonzero(empty.any(axis=1))
        if not len(short):
            return times
        again = _one_round(ratings, len(short), rng)
        times[short] = np.where(np.repeat(empty[short], ratings.sizes, axis=1), again, times[short])
    times[np.repeat(_lacking(ratings, answered, times), ratings.sizes, axis=1)] = 1
    return times


def _one_round(ratings: Ratings, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    sizes, n = ratings.sizes, len(ratings.answers)
    first = np.repeat(ratings.starts, sizes)
    chosen = first + (rng.random((draws, n)) * np.repeat(sizes, sizes)).astype(np.int64)
    chosen += n * np.arange(draws)[:, None]
    return np.bincount(chosen.ravel(), minlength=draws * n).reshape(draws, n)


def _lacking(
    ratings: Ratings, answered: NDArray[np.bool_], times: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Trusts, (draws, n), of which a draw leaves some item without an answer."""
    lacking = np.zeros((len(times), len(ratings.starts)), dtype=bool)
    for mat, (start, size) in enumerate(zip(ratings.starts, ratings.sizes, strict=True)):
        here = answered[start : start + size]
        if not here.all():
            counts = np.einsum("bn,np->bp", times[:, start : start + size], here.astype(np.int64))
            lacking[:, mat] = (counts == 0).any(axis=1)
    return lacking


def _resampled_means(
    ratings: Ratings,
    answers: NDArray[np.float64],
    specification: Specification,
    times: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Weighted means by trust, (b, n, p), from how often each respondent is drawn."""
    answered = ~np.isnan(answers)
    if specification.scaling == "respondent_centred":
        with np.errstate(invalid="ignore"):
            own = np.nansum(answers, axis=1) / answered.sum(axis=1)
        answers = answers - own[:, None]
    filled, counted = np.where(answered, answers, 0.0), answered.astype(float)
    weights = times * ratings.weights
    means = np.empty((len(times), len(ratings.starts), answers.shape[1]))
    for mat, (start, size) in enumerate(zip(ratings.starts, ratings.sizes, strict=True)):
        rows = slice(start, start + size)
        # einsum adds in one order whatever the number of threads; matmul need not.
        totals = np.einsum("bn,np->bp", weights[:, rows], filled[rows])
        if answered[rows].all():
            means[:, mat] = totals / weights[:, rows].sum(axis=1, keepdims=True)
        else:
            means[:, mat] = totals / np.einsum("bn,np->bp", weights[:, rows], counted[rows])
    return means


def _reduced(
    ratings: Ratings, answers: NDArray[np.float64], specification: Specification
) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.float64]]]:
    """Studies without one trust, and without one item.

    Takes answers (S, N, p) of S studies; yields the source, the trusts that each of its D draws
    keeps (D, m), and their scores (S, D, m, q).
    """
    n, n_items = len(ratings.starts), answers.shape[2]
    kept = np.array([np.delete(np.arange(n), mat) for mat in range(n)])
    yield "leave_one_mat", kept, mat_scores(ratings, answers, specification)[:, kept]
    if n_items > 1:
        # Aggregated anew, because respondents may be centred over the items that are left.
        scores = [
            mat_scores(ratings, np.delete(answers, item, axis=2), specification)
            for item in range(n_items)
        ]
        yield "leave_one_item", np.tile(np.arange(n), (n_items, 1)), np.stack(scores, axis=1)


def _compare(
    source: str,
    ratings: Ratings,
    specification: Specification,
    batches: Iterable[tuple[NDArray[np.int64], NDArray[np.float64]]],
    k: Sequence[int],
    vote_k: Sequence[int],
) -> Resampling:
    """Cluster draws and hold them to the reference.

    A batch holds the trusts that take part in each of its draws, (b, m), and their scores,
    (b, m, q).
    """
    n = len(ratings.starts)
    observed = mat_scores(ratings, ratings.answers[None], specification)
    references = _cluster(observed, k, specification).labels[0].astype(np.int64)
    every_k = sorted({*k, *vote_k})
    votable = [every_k.index(one) for one in sorted(vote_k)]

    def compared(objects: NDArray[np.int64], scores: NDArray[np.float64]) -> Resampling:
        found = _cluster(scores, every_k, specification)
        best = found.silhouettes[:, votable].argmax(axis=1)
        counts = np.bincount(best, minlength=len(votable)).tolist()
        comparisons = {
            one: _comparison(
                source, one, reference, _placed(found.labels[:, every_k.index(one)], objects, n)
            )
            for one, reference in zip(k, references, strict=True)
        }
        return Resampling(source, comparisons, dict(zip(sorted(vote_k), counts, strict=True)))

    # Joined one by one, because the pairs of a large study fill a lot of memory.
    return reduce(lambda done, part: join([done, part]), starmap(compared, batches))


def _cluster(
    scores: NDArray[np.float64], k: Sequence[int], specification: Specification
) -> Clusterings:
    return cluster_batch(
        scores, k, specification.linkage, specification.metric, specification.scaling
    )


def _placed(labels: NDArray[np.int16], objects: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Cluster of each of n trusts in each draw, (b, n); 0 for a trust that takes no part."""
    placed = np.zeros((len(labels), n), dtype=np.int64)
    np.put_along_axis(placed, objects, labels.astype(np.int64), axis=1)
    return placed


def _comparison(
    source: str, k: int, reference: NDArray[np.int64], labels: NDArray[np.int64]
) -> Comparison:
    """Compare draws, labelled (b, n) with 0 for absent, with one reference partition."""
    overlaps = _overlaps(np.broadcast_to(reference, labels.shape), labels, k)
    jaccards = _jaccards(overlaps)
    # Of equally large overlaps the one whose clusters are more alike.
    gains = overlaps + np.nan_to_num(jaccards) / (k + 1)
    names = np.concatenate(
        [np.zeros((len(labels), 1), dtype=np.int64), _matched(gains) + 1], axis=1
    )
    matched = np.take_along_axis(names, labels, axis=1)
    inside = (matched[:, :, None] == np.arange(1, k + 1)).astype(float)
    present = (labels > 0).astype(float)
    return Comparison(
        source,
        k,
        reference,
        jaccards.max(axis=2),
        inside.sum(axis=0).astype(np.int64),
        # Sums of ones are exact in any order.
        np.tensordot(inside, inside, axes=([0, 2], [0, 2])).astype(np.int64),
        (present.T @ present).astype(np.int64),
    )


def best_jaccards(reference: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """How well each cluster of a partition is found again in others.

    Parameters
    ----------
    reference : ndarray of shape (n,)
        Cluster of each object, 1..k.
    labels : ndarray of shape (B, n)
        Clusters of the other partitions, numbered from 1; 0 for an object that takes no part.

    Returns
    -------
    ndarray of shape (B, k)
        The largest Jaccard coefficient of each cluster with one of the other partition, among
        objects that take part; ``nan`` where none of its members does.

    Examples
    --------
    >>> best_jaccards(np.array([1, 1, 2, 2]), np.array([[1, 2, 2, 2]])).round(3).tolist()
    [[0.5, 0.667]]
    """
    k = int(reference.max())
    overlaps = _overlaps(
        np.broadcast_to(reference, labels.shape), labels, max(k, int(labels.max()))
    )
    best: NDArray[np.float64] = _jaccards(overlaps).max(axis=2)[:, :k]
    return best


def _overlaps(reference: NDArray[np.int64], labels: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Trusts in each reference cluster and each cluster of the draw, (b, k, k)."""
    n_draws = len(labels)
    cells = (np.arange(n_draws)[:, None] * k + reference - 1) * (k + 1) + labels
    counts = np.bincount(cells.ravel(), minlength=n_draws * k * (k + 1))
    return counts.reshape(n_draws, k, k + 1)[:, :, 1:]


def _jaccards(overlaps: NDArray[np.int64]) -> NDArray[np.float64]:
    """Trusts in both clusters over trusts in either; ``nan`` for a cluster left out wholly."""
    ours, theirs = overlaps.sum(axis=2, keepdims=True), overlaps.sum(axis=1, keepdims=True)
    either = np.where(ours > 0, ours + theirs - overlaps, 1)
    return np.where(ours > 0, overlaps / either, np.nan)


def _matched(gains: NDArray[np.float64]) -> NDArray[np.int64]:
    """Reference cluster, 0..k - 1, of each cluster of the draw: one to one, with the most gain.

    ``gains`` are (b, k, k), reference clusters in rows. The best way to hand a set of reference
    clusters to the first clusters of the draw extends the best way for the set without one of
    them; sets are bits of a number.
    """
    n_draws, k, _ = gains.shape
    total = np.full((1 << k, n_draws), -np.inf)
    total[0] = 0
    last = np.zeros((1 << k, n_draws), dtype=np.int64)
    for handed in range(1, 1 << k):
        theirs = handed.bit_count() - 1
        for ours in range(k):
            if handed >> ours & 1:
                gained = total[handed ^ 1 << ours] + gains[:, ours, theirs]
                better = gained > total[handed]
                total[handed, better], last[handed, better] = gained[better], ours
    matched = np.empty((n_draws, k), dtype=np.int64)
    left = np.full(n_draws, (1 << k) - 1)
    for theirs in range(k - 1, -1, -1):
        matched[:, theirs] = last[left, np.arange(n_draws)]
        left ^= 1 << matched[:, theirs]
    return matched


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
    _check_k(k, k, ratings)
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
    references = _cluster(scores, k, specification).labels.astype(np.int64)
    if SOURCES[0] in sources:
        resampled = [
            np.concatenate(list(resampled_scores(ratings, one, specification, draws, stream)))
            for one, stream in zip(answers, streams, strict=True)
        ]
        everybody = np.tile(np.arange(len(ratings.starts)), (draws, 1))
        yield from _null_clusters(
            SOURCES[0], references, everybody, np.stack(resampled), k, specification, first
        )
    for source, objects, reduced in _reduced(ratings, answers, specification):
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
    found = _cluster(scores.reshape(-1, *scores.shape[2:]), k, specification)
    everywhere = np.tile(objects, (n_studies, 1))
    for place, one in enumerate(k):
        reference = references[:, place]
        labels = _placed(found.labels[:, place], everywhere, reference.shape[1])
        overlaps = _overlaps(np.repeat(reference, n_draws, axis=0), labels, one)
        jaccards = _jaccards(overlaps).max(axis=2).reshape(n_studies, n_draws, one)
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
        From :func:`resample_respondents` and :func:`leave_one_out`, one of each kind.
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
    >>> from buildingtrusts.statistics.nulls import gather_ratings
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
