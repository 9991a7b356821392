"""Do the clusters hang on our choices? Every defensible way to make them, side by side.

A specification says whose answers count (threshold, roles, complete cases), how they are averaged,
and how trusts are clustered; all options are crossed, and combinations that make no sense are
listed with the reason. Each specification has the p of its mean silhouette under the two-level
null of its own data (:mod:`.nulls`) and its agreement with the study's own partition: silhouettes
of different metrics or scalings cannot be compared, their p can. References: Steegen, S. et al.
(2016), doi:10.1177/1745691616658637; Simonsohn, U. et al. (2020), doi:10.1038/s41562-020-0912-z.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.aggregation import select_trusts
from buildingtrusts.statistics.batch import cluster_batch
from buildingtrusts.statistics.linkage import LINKAGES, METRICS, SCALINGS, scale
from buildingtrusts.statistics.monte_carlo import TOLERANCE, exceedance
from buildingtrusts.statistics.ratings import (
    Ratings,
    Specification,
    gather_ratings,
    mat_scores,
    observed_scores,
)
from buildingtrusts.statistics.two_level_model import two_level_answers
from buildingtrusts.statistics.validity import adjusted_rand

ROLES = ("all", "without_ceo", "role_standardised")
ANSWERS = ("available", "complete")
#: Axes of the multiverse in their order, which is that of the rows; words in declared order,
#: numbers ascending.
WORDS: Mapping[str, tuple[str, ...]] = {
    "linkage": LINKAGES,
    "metric": METRICS,
    "scaling": SCALINGS,
    "statistic": ("mean", "median"),
    "roles": ROLES,
    "answers": ANSWERS,
}
AXES = (*("linkage", "metric", "scaling", "statistic", "min_responses", "roles", "answers", "k"),)

MULTIVERSE_COLUMNS = (
    *("linkage", "metric", "scaling", "statistic", "min_responses", "roles", "k", "n_mats"),
    *("sizes", "mean_silhouette", "adjusted_rand", "p_value", "draws", "is_report", "answers"),
)
EXCLUDED_COLUMNS = (*MULTIVERSE_COLUMNS, "reason")

#: Fewest trusts that can be clustered, and that a comparison of two partitions rests on.
MIN_MATS = 3
#: A correlation over two items is 1 or -1 whatever was answered.
MIN_CORRELATED_ITEMS = 3


@dataclass(frozen=True)
class Cell:
    """One specification.

    Attributes
    ----------
    linkage, metric, scaling, statistic : str
        As for :class:`.ratings.Specification`.
    min_responses : int
        Threshold of :func:`.aggregation.select_trusts`, applied to the respondents chosen.
    roles : {"all", "without_ceo", "role_standardised"}
        Whose answers count; see :func:`choose_respondents` and :func:`role_weights`.
    answers : {"available", "complete"}
        Everybody who answered an item of the block, or those who answered all of them.
    k : int
        Number of clusters.
    """

    linkage: str
    metric: str
    scaling: str
    statistic: str
    min_responses: int
    roles: str
    answers: str
    k: int

    @property
    def how(self) -> Specification:
        """How the answers are aggregated and clustered."""
        return Specification(self.linkage, self.metric, self.scaling, self.statistic)


@dataclass(frozen=True)
class Report:
    """The study's own choices: all roles, available answers, and these.

    Attributes
    ----------
    how : Specification
    min_responses : int
    k : tuple of int
        The numbers of clusters reported; the last is what other k are compared with.
    """

    how: Specification
    min_responses: int
    k: tuple[int, ...]

    def made(self, cell: Cell) -> bool:
        """Whether a specification is the study's own."""
        own = (self.how, self.min_responses, ROLES[0], ANSWERS[0])
        return own == (cell.how, cell.min_responses, cell.roles, cell.answers) and cell.k in self.k


@dataclass(frozen=True)
class Grid:
    """Options of each axis; all are crossed. They are put in declared order.

    Raises
    ------
    ValueError
        If an option is unknown, an axis has none, or a number is too small.

    Examples
    --------
    >>> Grid(k=(3, 2)).k, sum(1 for _ in Grid(k=(3, 2)).cells())
    ((2, 3), 6912)
    """

    linkage: tuple[str, ...] = LINKAGES
    metric: tuple[str, ...] = METRICS
    scaling: tuple[str, ...] = SCALINGS
    statistic: tuple[str, ...] = WORDS["statistic"]
    min_responses: tuple[int, ...] = tuple(range(3, 11))
    roles: tuple[str, ...] = ROLES
    answers: tuple[str, ...] = ANSWERS
    k: tuple[int, ...] = tuple(range(2, 7))

    def __post_init__(self) -> None:
        for axis in fields(self):
            object.__setattr__(self, axis.name, _in_order(axis.name, getattr(self, axis.name)))

    def cells(self) -> Iterator[Cell]:
        """Every combination, the last axis changing first."""
        return (Cell(*options) for options in product(*(getattr(self, axis) for axis in AXES)))

    def including(self, report: Report) -> Grid:
        """The grid with the study's own choices added where it lacks them."""
        how = report.how
        return Grid(
            (*self.linkage, how.linkage),
            (*self.metric, how.metric),
            (*self.scaling, how.scaling),
            (*self.statistic, how.statistic),
            (*self.min_responses, report.min_responses),
            (*self.roles, ROLES[0]),
            (*self.answers, ANSWERS[0]),
            (*self.k, *report.k),
        )


def _in_order(axis: str, options: Iterable[str | int]) -> tuple[str | int, ...]:
    found = set(options)
    if axis in WORDS:
        allowed = WORDS[axis]
        wrong = sorted(found - set(allowed), key=str)
        kept: tuple[str | int, ...] = tuple(word for word in allowed if word in found)
        told = ", ".join(allowed)
    else:
        lowest = 2 if axis == "k" else 1
        wrong = [one for one in found if not isinstance(one, int) or one < lowest]
        kept, told = tuple(sorted(found, key=int)), f"whole numbers from {lowest}"
    if wrong or not kept:
        raise ValueError(f"{axis} is {sorted(found, key=str)}; allowed are one or more of: {told}.")
    return kept


@dataclass(frozen=True)
class Study:
    """What is clustered in every way.

    Attributes
    ----------
    responses : DataFrame
        ``respondent_id, mat_id, role`` (empty where unknown) and the answers.
    columns : tuple of str
        Of the clustering block.
    scales : tuple of (minimum, maximum, step) or None
        Of each column; None for decimals without bounds.
    clusters : DataFrame
        ``mat_id, k, cluster``: the study's own partitions.
    report : Report
        How those were made.
    """

    responses: pd.DataFrame
    columns: tuple[str, ...]
    scales: tuple[tuple[float, float, float] | None, ...]
    clusters: pd.DataFrame
    report: Report

    @cached_property
    def answers(self) -> NDArray[np.float64]:
        """Answers to the block, (n_respondents, n_items); ``nan`` where skipped."""
        return self.responses[list(self.columns)].to_numpy(dtype=float, na_value=np.nan)

    @cached_property
    def mats(self) -> tuple[str, ...]:
        """Trusts, in the order of the responses."""
        return tuple(pd.unique(self.responses["mat_id"]))

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles known of those who answered anything of the block."""
        answered = ~np.isnan(self.answers).all(axis=1)
        return frozenset(self.responses.loc[answered, "role"].dropna())

    @cached_property
    def skipped(self) -> bool:
        """Whether somebody answered a part of the block only."""
        gaps = np.isnan(self.answers)
        return bool((gaps.any(axis=1) & ~gaps.all(axis=1)).any())

    def without_effect(self, cell: Cell) -> Iterator[str]:
        """Why options of a specification cannot do anything in this study, if so."""
        if cell.roles != "all" and not self.roles:
            yield "No respondent's role is known."
        if cell.roles == "without_ceo" and "ceo" not in self.roles:
            yield "No respondent is known to be a CEO: the same as all roles."
        if cell.roles == "role_standardised" and len(self.roles) == 1:
            yield "All respondents whose role is known have the same: there is no mix of roles."
        if cell.answers == "complete" and not self.skipped:
            yield "Nobody skipped an item: the same as all available answers."
        n_items = len(self.columns)
        if cell.metric == "correlation" and n_items < MIN_CORRELATED_ITEMS:
            yield f"A correlation needs {MIN_CORRELATED_ITEMS} items or more; there are {n_items}."
        if cell.scaling == "respondent_centred" and n_items == 1:
            yield "With one item, nothing is left of an answer less the respondent's mean."

    @cached_property
    def partitions(self) -> dict[int, dict[str, int]]:
        """Cluster of each clustered trust, for each reported k that there is a partition of."""
        made = set(self.clusters["k"])
        found = {}
        for k in self.report.k:
            if k in made:
                of_k = self.clusters[self.clusters["k"] == k]
                found[k] = dict(zip(of_k["mat_id"], of_k["cluster"].astype(int), strict=True))
        return found

    def partition(self, k: int) -> dict[str, int]:
        """The study's own clusters that k clusters are compared with; empty if it has none."""
        last = next(reversed(self.partitions.values()), {})
        return self.partitions.get(k, last)


def choose_respondents(study: Study, roles: str, answers: str) -> NDArray[np.bool_]:
    """Whose answers count, before any trust is too small.

    Parameters
    ----------
    study : Study
    roles : {"all", "without_ceo", "role_standardised"}
        ``without_ceo`` leaves out the CEOs and keeps respondents whose role is unknown;
        ``role_standardised`` leaves out the latter, who belong to no part of a mix.
    answers : {"available", "complete"}

    Returns
    -------
    ndarray of bool, shape (n_respondents,)
        Never those who answered nothing of the block.
    """
    answered = ~np.isnan(study.answers)
    needed = answered.shape[1] if answers == "complete" else 1
    chosen: NDArray[np.bool_] = answered.sum(axis=1) >= needed
    if roles == "without_ceo":
        chosen &= (study.responses["role"] != "ceo").to_numpy()
    elif roles == "role_standardised":
        chosen &= study.responses["role"].notna().to_numpy()
    return chosen


def role_weights(mats: NDArray[np.int64], roles: NDArray[np.str_]) -> NDArray[np.float64]:
    """Weigh respondents so that every trust has the mix of roles of all of them together.

    Direct standardisation: the share of a role among all these respondents, over the number of the
    trust's respondents who have it. Where a trust lacks a role, the shares of those it has are
    raised in proportion. The rare voice of a trust counts for much, which its null shares.

    Parameters
    ----------
    mats : ndarray of shape (n,)
        Trust of each respondent, numbered from 0.
    roles : ndarray of shape (n,)
        Role of each.

    Returns
    -------
    ndarray of shape (n,)
        Above 0, on average 1 in each trust.

    Examples
    --------
    >>> role_weights(np.array([0, 0, 0, 1]), np.array(["ceo", "head", "head", "ceo"])).tolist()
    [1.5, 0.75, 0.75, 1.0]
    """
    place, of_role = np.unique(roles, return_inverse=True)
    counts = np.zeros((mats.max() + 1, len(place)))
    np.add.at(counts, (mats, of_role), 1)
    shares = np.where(counts > 0, counts.sum(axis=0) / len(mats), 0.0)
    wanted = shares / shares.sum(axis=1, keepdims=True) * counts.sum(axis=1, keepdims=True)
    weights: NDArray[np.float64] = wanted[mats, of_role] / counts[mats, of_role]
    return weights


#: Threshold, roles and answers, which together decide whose answers count.
_Choice = tuple[int, str, str]


@dataclass(frozen=True)
class _Sample:
    """Respondents who are left, and all the choices that leave just these.

    ``rows`` are those of the responses, in their order; ``mat_of_row`` counts trusts from 0.
    """

    mats: tuple[str, ...]
    rows: NDArray[np.int64]
    mat_of_row: NDArray[np.int64]
    choices: tuple[_Choice, ...]


def _samples(study: Study, grid: Grid) -> list[_Sample]:
    """The different samples that the grid's choices leave, in the order of the choices."""
    found: dict[bytes, _Sample] = {}
    for choice in product(grid.min_responses, grid.roles, grid.answers):
        sample = _sample(study, choice)
        same = found.get(sample.rows.tobytes())
        choices = (*same.choices, choice) if same else sample.choices
        found[sample.rows.tobytes()] = replace(sample, choices=choices)
    return list(found.values())


def _sample(study: Study, choice: _Choice) -> _Sample:
    min_responses, roles, answers = choice
    chosen = choose_respondents(study, roles, answers)
    large = select_trusts(study.responses[chosen], study.columns, min_responses).clustered
    # In the order of all responses, on which ties between trusts depend in the study too.
    mats = tuple(mat for mat in study.mats if mat in set(large))
    number = {mat: place for place, mat in enumerate(mats)}
    mat_of_row = study.responses["mat_id"].map(number).fillna(-1).to_numpy(dtype=np.int64)
    rows = np.flatnonzero(chosen & (mat_of_row >= 0))
    return _Sample(mats, rows, mat_of_row[rows], (choice,))


@dataclass(frozen=True)
class _Material:
    """A sample with its ratings, and what cannot be done with them."""

    study: Study
    sample: _Sample
    #: What :meth:`_flat` has found.
    flat: dict[tuple[bool, str, str], int] = field(default_factory=dict)

    @cached_property
    def ratings(self) -> dict[bool, Ratings]:
        """With equal weights (False) and, if all roles are known, with standardised ones (True)."""
        mats, rows = self.sample.mat_of_row, self.sample.rows
        answers, scales = self.study.answers[rows], self.study.scales
        made = {False: gather_ratings(answers, mats, scales)}
        roles = self.study.responses["role"].iloc[rows]
        if roles.notna().all():
            weights = role_weights(mats, roles.to_numpy(dtype=str))
            made[True] = gather_ratings(answers, mats, scales, weights)
        return made

    @cached_property
    def complete(self) -> bool:
        """Whether nobody skipped an item."""
        return not np.isnan(self.study.answers[self.sample.rows]).any()

    def exclusion(self, cell: Cell) -> str:
        """Why a specification makes no sense here; empty if it does."""
        return next(self._exclusions(cell), "")

    def _exclusions(self, cell: Cell) -> Iterator[str]:
        yield from _by_definition(cell)
        yield from self.study.without_effect(cell)
        n_mats, needed = len(self.sample.mats), max(MIN_MATS, cell.k + 1)
        if n_mats < needed:
            yield (
                f"{cell.k} clusters need {needed} trusts or more; {n_mats} are left at a threshold "
                f"of {cell.min_responses} responses."
            )
        yield from self._by_scores(cell)

    def _by_scores(self, cell: Cell) -> Iterator[str]:
        """What correlations cannot tell apart."""
        if cell.metric != "correlation":
            return
        centred_means = (cell.scaling, cell.statistic) == ("respondent_centred", "mean")
        if centred_means and self.complete and self.study.report.how.scaling != cell.scaling:
            yield (
                "Nobody skipped an item, so that centring moves a trust's means by one number, "
                "which no correlation sees: the same as scaling none."
            )
        flat = self._flat(_weighted(cell), _aggregation(cell.how), cell.scaling)
        if flat:
            yield f"{flat} of the trusts have one score on all items, and so no correlation."

    def _flat(self, weighted: bool, how: Specification, scaling: str) -> int:
        """Number of trusts with the same score on every item, but for rounding."""
        key = (weighted, how.statistic, scaling)
        if key not in self.flat:
            scores = scale(self.scores(weighted, how), scaling)
            self.flat[key] = int((np.ptp(scores, axis=1) <= TOLERANCE).sum())
        return self.flat[key]

    def scores(
        self, weighted: bool, how: Specification, answers: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Scores of the sample, (n_mats, p), or of draws of it, (B, n_mats, p)."""
        ratings = self.ratings[weighted]
        if answers is None:
            return observed_scores(ratings, how)
        return mat_scores(ratings, answers, how)


def _by_definition(cell: Cell) -> Iterator[str]:
    if cell.linkage == "ward" and cell.metric != "euclidean":
        yield "Ward's linkage is defined for Euclidean distances only."
    if cell.statistic == "median" and _weighted(cell):
        yield "Standardised roles give answers unequal weights, with which no median is taken here."


def _weighted(cell: Cell) -> bool:
    return cell.roles == "role_standardised"


def _aggregation(how: Specification) -> Specification:
    """What a specification does to answers, leaving out what it does to scores."""
    centred = how.scaling == "respondent_centred"
    return Specification(scaling=how.scaling if centred else "none", statistic=how.statistic)


def explore(
    study: Study,
    grid: Grid,
    draws: int,
    stream: Callable[[str], np.random.Generator],
    part: int = 1,
    parts: int = 1,
) -> pd.DataFrame:
    """Cluster a study in every way, each beside studies without clusters.

    Parameters
    ----------
    study : Study
    grid : Grid
        The study's own choices are added where it lacks them.
    draws : int
        Of the two-level null, by sample of respondents: choices of threshold, roles and answers
        that leave the same respondents share them, and so do all ways to aggregate and cluster.
    stream : function of str to numpy.random.Generator
        Random numbers by the name of a sample, which is made of its respondents.
    part, parts : int
        Do every ``parts``-th sample, from the ``part``-th on; parts can be joined in any number.

    Returns
    -------
    DataFrame
        Columns of :data:`EXCLUDED_COLUMNS`, one specification a row: with results, or with a
        ``reason`` in words. ``adjusted_rand`` compares with the study's own partition of the same
        k, or of its last reported k if it does not report that, over the trusts that both have,
        and is missing for fewer than three. ``is_report`` is 1 for the study's own choices.

    Raises
    ------
    ValueError
        If the part is not one of the parts, or draws are below 1.
    """
    if not 1 <= part <= parts:
        raise ValueError(f"part is {part} of {parts}; it counts from 1 to the number of parts.")
    whole = grid.including(study.report)
    rows: list[tuple[object, ...]] = []
    for sample in _samples(study, whole)[part - 1 :: parts]:
        rows += _explore_sample(_Material(study, sample), whole, draws, stream)
    return pd.DataFrame(rows, columns=list(EXCLUDED_COLUMNS)).astype(
        {
            **{"n_mats": "Int64", "draws": "Int64", "sizes": "str", "reason": "str"},
            **dict.fromkeys(("mean_silhouette", "adjusted_rand", "p_value"), float),
        }
    )


def _explore_sample(
    material: _Material, grid: Grid, draws: int, stream: Callable[[str], np.random.Generator]
) -> list[tuple[object, ...]]:
    study, sample = material.study, material.sample
    cells = list(_cells_of(sample, grid))
    reasons = {cell: material.exclusion(cell) for cell in cells}
    wanted = {(_weighted(cell), cell.how): None for cell in cells if not reasons[cell]}
    k = [one for one in grid.k if one < len(sample.mats)]
    found: dict[_Key, tuple[object, ...]] = {}
    if wanted:
        ids = study.responses["respondent_id"].iloc[sample.rows]
        found = _results(material, list(wanted), k, draws, stream("\n".join(map(str, ids))))
    rows = []
    for cell, reason in reasons.items():
        head = (cell.linkage, cell.metric, cell.scaling, cell.statistic, cell.min_responses)
        results = (None,) * 6 if reason else found[_weighted(cell), cell.how, cell.k]
        told = (int(study.report.made(cell)), cell.answers, reason or None)
        rows.append((*head, cell.roles, cell.k, *results, *told))
    return rows


def _cells_of(sample: _Sample, grid: Grid) -> Iterator[Cell]:
    for least, roles, answers in sample.choices:
        yield from replace(grid, min_responses=(least,), roles=(roles,), answers=(answers,)).cells()


#: Whether roles are standardised, how trusts are clustered, and k.
_Key = tuple[bool, Specification, int]


def _results(
    material: _Material,
    wanted: Sequence[tuple[bool, Specification]],
    k: Sequence[int],
    draws: int,
    rng: np.random.Generator,
) -> dict[_Key, tuple[object, ...]]:
    """``n_mats, sizes, mean_silhouette, adjusted_rand, p_value, draws`` of each way to cluster."""
    averaged = {(weighted, _aggregation(how)): None for weighted, how in wanted}
    # The study itself is the first of its draws.
    parts = {one: [material.scores(*one)[None]] for one in averaged}
    # Weights and roles are no part of the model, so that all averages are of the same draws.
    for answers in two_level_answers(material.ratings[False], draws, rng):
        for one in averaged:
            parts[one].append(material.scores(*one, answers))
    scores = {one: np.concatenate(chunks) for one, chunks in parts.items()}
    found: dict[_Key, tuple[object, ...]] = {}
    for weighted, how in wanted:
        of_how = scores[weighted, _aggregation(how)]
        made = cluster_batch(of_how, k, how.linkage, how.metric, how.scaling)
        for place, clusters in enumerate(k):
            labels = made.labels[0, place].astype(np.int64)
            silhouettes = made.silhouettes[:, place]
            found[weighted, how, clusters] = (
                *(len(labels), ";".join(map(str, np.bincount(labels)[1:]))),
                *(float(silhouettes[0]), _agreement(material, clusters, labels)),
                *(exceedance(silhouettes[1:], float(silhouettes[0])).p_value, draws),
            )
    return found


def _agreement(material: _Material, k: int, labels: NDArray[np.int64]) -> float:
    """Adjusted Rand index with the study's own partition, over the trusts that both have."""
    own = material.study.partition(k)
    both = [place for place, mat in enumerate(material.sample.mats) if mat in own]
    if len(both) < MIN_MATS:
        return float("nan")
    theirs = np.array([own[material.sample.mats[place]] for place in both])
    return adjusted_rand(labels[both], theirs)


def join_parts(parts: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the parts of a multiverse together.

    Parameters
    ----------
    parts : sequence of DataFrame
        From :func:`explore`, in any order; numbers may be text, as in a file.

    Returns
    -------
    DataFrame, DataFrame
        Columns of :data:`MULTIVERSE_COLUMNS` for what was clustered, and of
        :data:`EXCLUDED_COLUMNS` for what makes no sense; sorted by the axes in their order.

    Raises
    ------
    ValueError
        If a specification is there twice, or some of the crossed options are missing: parts were
        made with different options, or one is not there.
    """
    rows = pd.concat(parts, ignore_index=True)
    places = pd.DataFrame({axis: _places(axis, rows[axis]) for axis in AXES})
    n_crossed = int(places.nunique().prod())
    if places.duplicated().any() or len(rows) != n_crossed:
        raise ValueError(
            f"{len(rows)} specifications, {int(places.duplicated().sum())} of them repeated, where "
            f"their options crossed give {n_crossed}; needed is each part once, made with the "
            "same options."
        )
    ordered = rows.loc[places.sort_values(list(AXES)).index]
    left_out = ordered["reason"].notna()
    return (
        ordered.loc[~left_out, list(MULTIVERSE_COLUMNS)].reset_index(drop=True),
        ordered.loc[left_out, list(EXCLUDED_COLUMNS)].reset_index(drop=True),
    )


def _places(axis: str, options: pd.Series) -> pd.Series:
    """Place of each option on its axis, as a number that sorts."""
    if axis not in WORDS:
        return options.astype(int)
    return options.map({word: place for place, word in enumerate(WORDS[axis])})
