"""Clusters found again: respondents resampled within trusts, or a trust or an item left out.

Each draw is aggregated and clustered anew and compared with the reference, the clusters of the
study itself: by the Jaccard coefficient of each reference cluster with the cluster of the draw that
is most like it, and by the clusters that trusts are in once those of the draw have been matched to
those of the reference (:mod:`.cluster_matching`). Leaving out each trust or each item in turn does
the same without chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import starmap

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.batch import Clusterings, cluster_batch
from buildingtrusts.statistics.cluster_matching import (
    cluster_overlaps,
    jaccard_coefficients,
    matched_clusters,
    placed_labels,
)
from buildingtrusts.statistics.monte_carlo import WHOLE, chunks
from buildingtrusts.statistics.ratings import Ratings, Specification, mat_scores

SOURCES = ("respondents", "leave_one_mat", "leave_one_item")
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
    check_k(k, vote_k, ratings)
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
    check_k(k, vote_k, ratings)
    answers = ratings.answers[None]
    return [
        _compare(source, ratings, specification, [(objects, scores[0])], k, vote_k)
        for source, objects, scores in scores_left(ratings, answers, specification)
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


def check_k(k: Sequence[int], vote_k: Sequence[int], ratings: Ratings) -> None:
    """Refuse numbers of clusters that these trusts cannot be clustered into."""
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


def scores_left(
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
    references = cluster_scores(observed, k, specification).labels[0].astype(np.int64)
    every_k = sorted({*k, *vote_k})
    votable = [every_k.index(one) for one in sorted(vote_k)]

    def compared(objects: NDArray[np.int64], scores: NDArray[np.float64]) -> Resampling:
        found = cluster_scores(scores, every_k, specification)
        best = found.silhouettes[:, votable].argmax(axis=1)
        counts = np.bincount(best, minlength=len(votable)).tolist()
        comparisons = {
            one: _comparison(
                source,
                one,
                reference,
                placed_labels(found.labels[:, every_k.index(one)], objects, n),
            )
            for one, reference in zip(k, references, strict=True)
        }
        return Resampling(source, comparisons, dict(zip(sorted(vote_k), counts, strict=True)))

    # Joined one by one, because the pairs of a large study fill a lot of memory.
    return reduce(lambda done, part: join([done, part]), starmap(compared, batches))


def cluster_scores(
    scores: NDArray[np.float64], k: Sequence[int], specification: Specification
) -> Clusterings:
    """Cluster many studies' scores, (b, n, p), as is specified."""
    return cluster_batch(
        scores, k, specification.linkage, specification.metric, specification.scaling
    )


def _comparison(
    source: str, k: int, reference: NDArray[np.int64], labels: NDArray[np.int64]
) -> Comparison:
    """Compare draws, labelled (b, n) with 0 for absent, with one reference partition."""
    overlaps = cluster_overlaps(np.broadcast_to(reference, labels.shape), labels, k)
    jaccards = jaccard_coefficients(overlaps)
    # Of equally large overlaps the one whose clusters are more alike.
    gains = overlaps + np.nan_to_num(jaccards) / (k + 1)
    names = np.concatenate(
        [np.zeros((len(labels), 1), dtype=np.int64), matched_clusters(gains) + 1], axis=1
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
