"""Clusters, or slices of a continuum? The study beside trusts that lie in a cloud, or on a line.

Any algorithm cuts a line of trusts into groups when it is asked for groups. So what speaks for
clusters is measured on studies without any: under the two-level model of :mod:`.nulls` trusts are
one Gaussian cloud, and under its one-factor version they lie on one line, the cloud's first axis,
as far apart as they are in the cloud; staff differ from their trust alike in both. Clusters show in
what exceeds *both*: a cloud of several dimensions exceeds the line without any clusters. Reference:
the comparison of categories and dimensions of De Boeck, P., Wilson, M. and Acton, G. S. (2005),
doi:10.1037/0033-295X.112.1.129; principal components as in :mod:`.ordination`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.batch import batch_distances, cluster_batch, scale_batch
from buildingtrusts.statistics.monte_carlo import TOLERANCE, exceedance
from buildingtrusts.statistics.nulls import Evaluation, null_table
from buildingtrusts.statistics.ordination import ordinate
from buildingtrusts.statistics.ratings import Ratings, Specification, mat_scores, observed_scores
from buildingtrusts.statistics.two_level_model import (
    TwoLevelModel,
    fit_two_level,
    two_level_answers,
)
from buildingtrusts.statistics.validity import silhouette

MODELS = ("two_level", "one_factor")
CONTINUUM_COLUMNS = (
    *("measure", "model", "k", "n_mats", "observed", "null_q50", "null_q95", "p_value", "draws"),
)


@dataclass(frozen=True)
class Measures:
    """How B sets of scores of n trusts lie along their first axis and in K partitions.

    Scores are scaled as they were for clustering; the first axis is their first principal
    component, whatever the metric.

    Attributes
    ----------
    first_axis_share : ndarray of shape (B, 1)
        Share of the variance between trusts that lies along the first axis, 0 to 1: near 1 if
        trusts differ in one thing only. 0 if all trusts coincide.
    cluster_share : ndarray of shape (B, K)
        Share of the variance between trusts that lies between clusters, 0 to 1: what naming a
        trust's cluster tells of its scores.
    share_beyond_axis : ndarray of shape (B, K)
        The one minus the other, -1 to 1: positive where naming the cluster tells more than the
        place on the first axis does, which a partition of a line never does.
    mean_silhouette : ndarray of shape (B, K)
        As in ``nulls.csv``.
    axis_eta_squared : ndarray of shape (B, K)
        Share of the variance along the first axis that lies between clusters, 0 to 1: near 1 if
        clusters are slices of the axis, or if what separates them happens to be the first axis.
    silhouette_without_axis : ndarray of shape (B, K)
        Mean silhouette of the same clusters in what is left of the scores without the first axis,
        -1 to 1: near 0 or below if the first axis was all that separated them, and 0 if nothing is
        left.
    pseudo_f : ndarray of shape (B, K)
        Not in the table; needed where the draws are held against the study.
    """

    first_axis_share: NDArray[np.float64]
    cluster_share: NDArray[np.float64]
    share_beyond_axis: NDArray[np.float64]
    mean_silhouette: NDArray[np.float64]
    axis_eta_squared: NDArray[np.float64]
    silhouette_without_axis: NDArray[np.float64]
    pseudo_f: NDArray[np.float64]


@dataclass(frozen=True)
class Continuum:
    """A study beside two kinds of studies without clusters.

    Attributes
    ----------
    k : tuple of int
        The K numbers of clusters.
    n_mats : int
    observed : Measures
        Of the study, B = 1.
    drawn : mapping of str to Measures
        Of the draws of each model in :data:`MODELS`.
    """

    k: tuple[int, ...]
    n_mats: int
    observed: Measures
    drawn: Mapping[str, Measures]

    def table(self) -> pd.DataFrame:
        """Hold the study against each model.

        Returns
        -------
        DataFrame
            Columns of ``continuum.csv``: ``measure, model, k, n_mats, observed, null_q50,
            null_q95, p_value, draws``. Measures are those of :class:`Measures` and, after
            ``mean_silhouette``, ``standardised_silhouette``: the largest over k of the mean
            silhouette minus its mean under the model at that k, over its standard deviation there
            (and not, as in ``nulls.csv``, for as many effective dimensions, because the models
            differ in those), held against the largest in each draw, where ``k`` is the one at
            which the study has it. ``k`` is empty for ``first_axis_share``. ``p_value`` is the
            share of draws that reach the observed value or more, the study counted among them, for
            every measure: for ``first_axis_share`` and ``axis_eta_squared`` a small p says that a
            line accounts for more than the model does, for all the others that clusters do.
        """
        names = [field.name for field in fields(Measures) if field.name != "pseudo_f"]
        rows: list[tuple[object, ...]] = []
        for name in names:
            rows += self._rows(name)
            if name == "mean_silhouette" and self.k:
                rows += self._standardised()
        table = pd.DataFrame(rows, columns=list(CONTINUUM_COLUMNS))
        return table.astype({"k": "Int64"})

    def _rows(self, name: str) -> Iterator[tuple[object, ...]]:
        observed = getattr(self.observed, name)[0]
        k = (None,) if name == "first_axis_share" else self.k
        for model, measures in self.drawn.items():
            for place, one in enumerate(k):
                drawn = getattr(measures, name)[:, place]
                p_value = exceedance(drawn, float(observed[place])).p_value
                points = np.quantile(drawn, (0.5, 0.95)).tolist()
                head = (name, model, one, self.n_mats)
                yield (*head, float(observed[place]), *points, p_value, len(drawn))

    def _standardised(self) -> Iterator[tuple[object, ...]]:
        found = null_table(
            _evaluation(self.observed, self.k),
            {model: _evaluation(measures, self.k) for model, measures in self.drawn.items()},
            self.n_mats,
        )
        best = found.query("statistic == 'standardised_silhouette' and scope == 'max'")
        # The names of nulls.csv, in the order of this table's columns.
        columns = ["statistic", "null", *CONTINUUM_COLUMNS[2:]]
        yield from best[columns].itertuples(index=False, name=None)


def _evaluation(measures: Measures, k: tuple[int, ...]) -> Evaluation:
    # The two models differ in how many directions trusts scatter, which is not to be taken out.
    alike = np.ones(len(measures.pseudo_f))
    return Evaluation(k, measures.mean_silhouette, measures.pseudo_f, alike)


def compare_with_continuum(
    ratings: Ratings,
    specification: Specification,
    k: Sequence[int],
    draws: int,
    rng: np.random.Generator,
) -> Continuum:
    """Measure a study, and studies drawn from a cloud and from a line, alike.

    Parameters
    ----------
    ratings : Ratings
        The study: answers of the staff of n trusts on p items.
    specification : Specification
        How it is aggregated and clustered.
    k : sequence of int
        Numbers of clusters, each from 2 to n - 1. With none, which is all that two trusts allow,
        only the first axis is looked at.
    draws : int
        Of each model, 2 or more.
    rng : numpy.random.Generator
        Of this task alone.

    Returns
    -------
    Continuum

    Raises
    ------
    ValueError
        If a k or the number of draws is out of range.

    Examples
    --------
    >>> from buildingtrusts.statistics.ratings import gather_ratings
    >>> answers = np.array([[1.0, 2], [2, 1], [1, 2], [8, 9], [9, 8], [9, 9], [5, 5], [5, 6]])
    >>> study = gather_ratings(answers, np.repeat(np.arange(4), 2), [(1, 10, 1)] * 2)
    >>> rng = np.random.default_rng(1)
    >>> compared = compare_with_continuum(study, Specification(), [2], 99, rng)
    >>> compared.observed.first_axis_share.round(2).tolist()
    [[0.99]]
    >>> table = compared.table()
    >>> table.query("measure == 'first_axis_share'")["model"].tolist()
    ['two_level', 'one_factor']
    """
    n_mats = len(ratings.starts)
    wrong = [one for one in k if not 2 <= one < n_mats]
    if wrong or draws < 2:
        raise ValueError(
            f"k is {list(k)} and draws is {draws}; with {n_mats} trusts needed are numbers of "
            f"clusters from 2 to {n_mats - 1}, and two draws or more."
        )
    cloud = fit_two_level(ratings)
    drawn = {
        name: _drawn(ratings, specification, k, draws, child, model)
        for name, model, child in zip(
            MODELS, (cloud, one_factor(cloud)), rng.spawn(len(MODELS)), strict=True
        )
    }
    observed = measure(observed_scores(ratings, specification)[None], k, specification)
    return Continuum(tuple(k), n_mats, observed, drawn)


def one_factor(model: TwoLevelModel) -> TwoLevelModel:
    """Put trusts on one line: their covariance becomes its first axis, with all its trace.

    Of all lines it is the one that keeps most of how far trusts differ; the trace, how far they
    differ in all, stays.

    Examples
    --------
    >>> flat = TwoLevelModel(np.zeros(2), np.diag([3.0, 1.0]), np.zeros((0, 2)))
    >>> one_factor(flat).between.round(6).tolist()
    [[4.0, 0.0], [0.0, 0.0]]
    """
    values, vectors = np.linalg.eigh(model.between)
    first = vectors[:, -1]
    return replace(model, between=values.sum() * np.outer(first, first))


def _drawn(
    ratings: Ratings,
    specification: Specification,
    k: Sequence[int],
    draws: int,
    rng: np.random.Generator,
    model: TwoLevelModel,
) -> Measures:
    parts = [
        measure(mat_scores(ratings, answers, specification), k, specification)
        for answers in two_level_answers(ratings, draws, rng, model=model)
    ]
    return Measures(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Measures)
        }
    )


def measure(
    scores: NDArray[np.float64], k: Sequence[int], specification: Specification
) -> Measures:
    """Measure sets of scores, shape (B, n, p), at K numbers of clusters from 2 to n - 1.

    Examples
    --------
    >>> line = np.array([[[1.0, 2.0], [2.0, 4.0], [8.0, 16.0], [9.0, 18.0]]])
    >>> found = measure(line, [2], Specification())
    >>> found.first_axis_share.round(3).tolist(), found.cluster_share.round(3).tolist()
    ([[1.0]], [[0.98]])
    >>> found.silhouette_without_axis.tolist()
    [[0.0]]
    """
    how = specification
    scaled = scale_batch(scores, how.scaling)
    axes = [_first_axis(one) for one in scaled]
    share = np.array([[one.share] for one in axes])
    if not k:
        return Measures(share, *(np.empty((len(scores), 0)) for _ in range(6)))
    found = cluster_batch(scaled, k, how.linkage, how.metric)
    labels = found.labels.astype(np.int64)
    along = np.array([one.coordinates for one in axes])[:, :, None]
    clusters = _share_between(scaled, labels, k)
    return Measures(
        first_axis_share=share,
        cluster_share=clusters,
        share_beyond_axis=clusters - share,
        mean_silhouette=found.silhouettes,
        axis_eta_squared=_share_between(along, labels, k),
        silhouette_without_axis=np.array(
            [
                _silhouettes(one.rest, of_draw, how.metric)
                for one, of_draw in zip(axes, labels, strict=True)
            ]
        ),
        pseudo_f=found.pseudo_f,
    )


@dataclass(frozen=True)
class _FirstAxis:
    """Share and places (n,) of the first axis, and the scores (n, p) without it."""

    share: float
    coordinates: NDArray[np.float64]
    rest: NDArray[np.float64]


def _first_axis(scores: NDArray[np.float64]) -> _FirstAxis:
    found = ordinate(scores)
    # Axes that hold nothing but rounding error would have silhouettes of rounding error.
    others = np.flatnonzero(found.shares > TOLERANCE)
    others = others[others > 0]
    # einsum adds in one order whatever the number of threads; matmul need not.
    rest = np.einsum("nm,pm->np", found.coordinates[:, others], found.loadings[:, others])
    # The items' means matter to correlations, and to no other distance.
    return _FirstAxis(float(found.shares[0]), found.coordinates[:, 0], scores.mean(axis=0) + rest)


def _share_between(
    values: NDArray[np.float64], labels: NDArray[np.int64], k: Sequence[int]
) -> NDArray[np.float64]:
    """Share of the sum of squares that lies between clusters, (B, K); 0 where there is none.

    Takes values (B, n, q) and labels (B, K, n).
    """
    centred = values - values.mean(axis=1, keepdims=True)
    total = np.square(centred).sum(axis=(1, 2))
    shares = np.zeros((len(values), len(k)))
    for place, one in enumerate(k):
        inside = (labels[:, place, :, None] == np.arange(1, one + 1)).astype(float)
        sums = np.einsum("bnk,bnq->bkq", inside, centred)
        between = (np.square(sums).sum(axis=2) / inside.sum(axis=1)).sum(axis=1)
        np.divide(between, total, out=shares[:, place], where=total > TOLERANCE)
    return shares


def _silhouettes(
    scores: NDArray[np.float64], labels: NDArray[np.int64], metric: str
) -> list[float]:
    """Mean silhouettes of several partitions, labels (K, n), on one set of scores (n, p)."""
    apart = batch_distances(scores[None], metric)[0]
    return [silhouette(apart, one).mean_width for one in labels]
