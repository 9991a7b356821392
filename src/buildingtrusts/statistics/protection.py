"""What of a wave's counts and means is withheld, with every number that is linked to it.

Counts of trusts: cross-tabulations of all partitions with all attributes, sizes of clusters, the
sample beside the register. They are sums of the same counts, because partitions of one tree are
nested and every attribute divides the same trusts; a small cell is protected against all of them
together. Counts of responses: by role, clustered or not. Means: every published mean, times its
number of answers, is a sum over parts of the answers; the mean of all answers counts as published
wherever a scaled mean is. One person and one trust are groups below any limit, so that a mean over
enough people is withheld too where it tells what they answered: at an end of the scale, or where
one trust gave nearly all of the answers. Rules on dominant contributors are for amounts without
bounds, of which the largest is nearly the sum (Hundepool, A. et al., 2012,
doi:10.1002/9781118348239, chapter 4); no rating can be. Standard deviations and medians are sums
over how many gave each answer, and audited as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.disclosure import Linked, Unprotectable, exposed, protect

#: How far the possible values of a mean over few stretch at least, as a share of its scale; and
#: those of one that is withheld for the others' sake.
MEAN_WIDTH, OTHER_MEAN_WIDTH = 0.2, 0.01
#: Fewest answers whose standard deviation and median are published: with the mean they leave few
#: sets of fewer answers, often one.
SPREAD_ANSWERS = 10
ROLES = ("ceo", "central_team", "school_leader")
NO_ROLE = "(missing)"
UNKNOWN_LEVELS = ("(missing)", "(not covered)")
Key = tuple[object, ...]


@dataclass(frozen=True)
class Protected:
    """Numbers with what of them is withheld.

    Attributes
    ----------
    linked : Linked
        The numbers, for an audit.
    keys : tuple
        What each number is.
    hidden : ndarray of bool
        Which are withheld; nothing is published if they cannot be protected.
    """

    linked: Linked
    keys: tuple[Key, ...]
    hidden: NDArray[np.bool_]

    @property
    def published(self) -> dict[Key, float]:
        """The numbers that are published, by what they are."""
        found = zip(self.keys, self.linked.values.tolist(), self.hidden.tolist(), strict=True)
        return {key: value for key, value, hidden in found if not hidden}


def _protected(linked: Linked, keys: Sequence[Key], sensitive: NDArray[np.bool_]) -> Protected:
    try:
        hidden = protect(linked, sensitive)
    except Unprotectable:
        hidden = np.ones(len(keys), dtype=bool)
    return Protected(linked, tuple(keys), hidden)


class _Counts:
    """Collects unknown counts and the numbers that add them up."""

    def __init__(self) -> None:
        self.unknowns: dict[Key, float] = {}
        self.cells: list[tuple[Key, list[Key], float]] = []
        self.absent: set[Key] = set()
        self.known: list[dict[Key, float]] = []
        #: What everybody knows to add up to so many at least.
        self.least: list[tuple[Sequence[Key], int]] = []

    def cell(self, key: Key, parts: Sequence[Key], cost: float) -> None:
        self.cells.append((key, list(parts), cost))

    def row(self, weights: Mapping[Key, float]) -> NDArray[np.float64]:
        place = {key: number for number, key in enumerate(self.unknowns)}
        row = np.zeros(len(place))
        for key, weight in weights.items():
            row[place[key]] = weight
        return row

    def linked(self, below: int) -> Linked:
        values = np.array(list(self.unknowns.values()))
        rows = [self.row(dict.fromkeys(parts, 1.0)) for _, parts, _ in self.cells]
        known = [self.row(weights) for weights in self.known]
        least = [self.row(dict.fromkeys(parts, -1.0)) for parts, _ in self.least]
        top = float(max((rows[i] @ values for i in range(len(rows))), default=0.0))
        return Linked(
            sums=np.array(rows).reshape(len(rows), len(values)),
            unknowns=values,
            lower=np.zeros(len(values)),
            upper=np.array([0.0 if key in self.absent else top for key in self.unknowns]),
            equations=np.array(known).reshape(len(known), len(values)),
            # What is withheld for others' sake need not be small, but must not be given away.
            widths=np.where(np.array(rows) @ values < below, float(below), 1.0),
            costs=np.array([cost for *_, cost in self.cells]),
            limits=np.array(least) if least else None,
            most=-np.array([n for _, n in self.least], dtype=float),
        )


def protect_trust_counts(
    partitions: Mapping[int, Mapping[str, int]],
    attributes: Mapping[str, Mapping[str, str]],
    levels: Mapping[str, Sequence[str]],
    others: Sequence[str],
    below: int,
) -> Protected:
    """Choose which counts of trusts are withheld.

    Parameters
    ----------
    partitions : mapping of int to mapping of str to int
        Cluster of each clustered trust for each reported k; coarser ones are unions of clusters
        of finer ones.
    attributes : mapping of str to mapping of str to str
        Level of each trust, clustered or not, for each attribute.
    levels : mapping of str to sequence of str
        Levels of each attribute that tables have, empty ones too.
    others : sequence of str
        Trusts of the sample that are not clustered.
    below : int
        Counts of fewer trusts, none included, are withheld; and the greatest that one of them
        could be is at least this many more than the least.

    Returns
    -------
    Protected
        Keys ``(cell, k, attribute, level, cluster)``, ``(size, k, cluster)``,
        ``(sample, attribute, level)`` and ``(trusts, which)``.
    """
    counts = _Counts()
    finest = partitions[max(partitions)]
    final = sorted(set(finest.values()))
    for cluster in final:
        size = sum(one == cluster for one in finest.values())
        counts.unknowns["size", cluster] = float(size)
        counts.least.append(([("size", cluster)], 1))
    counts.unknowns["others",] = float(len(others))
    members = {
        (k, cluster): sorted({finest[mat] for mat, one in clusters.items() if one == cluster})
        for k, clusters in partitions.items()
        for cluster in sorted(set(clusters.values()))
    }
    for attribute, of in attributes.items():
        _add_attribute(counts, attribute, levels[attribute], of, finest, final, others, members)
    for (k, cluster), parts in members.items():
        counts.cell(("size", k, cluster), [("size", one) for one in parts], 20.0)
    sizes: list[Key] = [("size", one) for one in final]
    counts.cell(("trusts", "clustered"), sizes, np.inf)
    counts.cell(("trusts", "others"), [("others",)], 5.0)
    counts.cell(("trusts", "all"), [*sizes, ("others",)], 6.0)
    linked = counts.linked(below)
    keys = [key for key, *_ in counts.cells]
    implied = np.array([key[0] == "other" for key in keys])
    few = linked.values < below
    # Trusts that are not clustered are in no table, but the sample less the clusters gives them.
    # That none of them is known at some level says nothing of any.
    widths = np.where(implied & ~(few & (linked.values > 0)), 0.0, linked.widths)
    return _protected(replace(linked, widths=widths), keys, few | implied)


def _add_attribute(
    counts: _Counts,
    attribute: str,
    levels: Sequence[str],
    of: Mapping[str, str],
    finest: Mapping[str, int],
    final: Sequence[int],
    others: Sequence[str],
    members: Mapping[tuple[int, int], Sequence[int]],
) -> None:
    for level in levels:
        # Tables have no rows for trusts of which nothing is known, where there are none.
        tabulated = level not in UNKNOWN_LEVELS or any(of[mat] == level for mat in finest)
        for cluster in final:
            n = sum(of[mat] == level for mat, one in finest.items() if one == cluster)
            counts.unknowns["cell", attribute, level, cluster] = float(n)
            if not tabulated:
                counts.absent.add(("cell", attribute, level, cluster))
        if tabulated and level in UNKNOWN_LEVELS:
            counts.least.append(([("cell", attribute, level, one) for one in final], 1))
        counts.unknowns["other", attribute, level] = float(sum(of[mat] == level for mat in others))
        counts.cell(("other", attribute, level), [("other", attribute, level)], 0.0)
        for (k, cluster), parts in members.items() if tabulated else ():
            cells: list[Key] = [("cell", attribute, level, one) for one in parts]
            counts.cell(("cell", k, attribute, level, cluster), cells, 1.0)
        row: list[Key] = [("cell", attribute, level, one) for one in final]
        counts.cell(("sample", attribute, level), [*row, ("other", attribute, level)], 3.0)
    for cluster in final:
        whole: dict[Key, float] = {("cell", attribute, one, cluster): 1.0 for one in levels}
        counts.known.append({**whole, ("size", cluster): -1.0})
    rest: dict[Key, float] = {("other", attribute, one): 1.0 for one in levels}
    counts.known.append({**rest, ("others",): -1.0})


def protect_response_counts(
    counts_of: Mapping[tuple[str, int], int],
    below: int,
    answers: Mapping[tuple[str, tuple[int, ...]], int] | None = None,
) -> Protected:
    """Choose which counts of responses, by role and by whether a trust is clustered, are withheld.

    Parameters
    ----------
    counts_of : mapping of (str, int) to int
        Responses of each role, ``(missing)`` included, of the trusts of each cluster of the
        finest partition, and of those that are not clustered (0).
    below : int
        Counts of fewer responses are withheld.
    answers : mapping of (str, tuple of int) to int, optional
        Most answers that a published mean of a role, or ``all``, in these clusters is of. Means
        with decimals tell how many they are of, so that no fewer people responded.

    Returns
    -------
    Protected
        Keys ``(role, clustered)`` with role ``all`` and clustered ``all`` for the margins; and
        ``("implied", role, cluster)`` for small counts that no table has, always withheld.

    Examples
    --------
    Two chief executives cannot be hidden alone: the margins would give them back.

    >>> counts = {("ceo", 1): 2, ("ceo", 0): 6, ("school_leader", 1): 30,
    ...           ("school_leader", 0): 12}
    >>> found = protect_response_counts(counts, 5)
    >>> [key for key, hidden in zip(found.keys, found.hidden) if hidden and len(key) == 2]
    [('ceo', True), ('ceo', False), ('school_leader', True), ('school_leader', False)]
    """
    counts = _Counts()
    for key, n in counts_of.items():
        counts.unknowns[key] = float(n)
    roles = list(dict.fromkeys(role for role, _ in counts_of))
    for role in (*roles, "all"):
        inside = roles if role == "all" else [role]
        for clustered in (True, False, "all"):
            parts: list[Key] = [
                (one, cluster)
                for one, cluster in counts_of
                if one in inside and clustered in ("all", cluster > 0)
            ]
            # The number of all responses is the last to go.
            cost = 50.0 if role == clustered == "all" else float(len(inside))
            counts.cell((role, clustered), parts, cost * (2 if clustered == "all" else 1))
    # No table has the responses of a role of a cluster, but the sample less other clusters gives
    # them. That there are none says nothing of anybody.
    for key, n in counts_of.items():
        if key[1] and 0 < n < below:
            counts.cell(("implied", *key), [key], 0.0)
    for (role, clusters), n in (answers or {}).items():
        inside = roles if role == "all" else [role]
        counts.least.append(
            ([key for key in counts_of if key[0] in inside and key[1] in clusters], n)
        )
    linked = counts.linked(below)
    return _protected(linked, [key for key, *_ in counts.cells], linked.values < below)


@dataclass(frozen=True)
class Answers:
    """The answers to one item, with who gave them.

    Attributes
    ----------
    values : ndarray of shape (n,)
        Missing ones left out.
    mats, roles : ndarray of shape (n,)
        Trust and role of each; role ``(missing)`` where there is none.
    low, high : float
        Ends of the scale.
    step : float, optional
        Between possible answers; none where any number is one.
    """

    values: NDArray[np.float64]
    mats: NDArray[np.object_]
    roles: NDArray[np.object_]
    low: float
    high: float
    step: float | None = None


def protect_means(
    answers: Answers,
    partitions: Mapping[int, Mapping[str, int]],
    dropped: Sequence[str],
    below: int,
    samples: Sequence[str] = ("all",),
) -> Protected:
    """Choose which means of one item are withheld.

    Parameters
    ----------
    answers : Answers
        Of all trusts, clustered or not.
    partitions : mapping of int to mapping of str to int
        Cluster of each clustered trust for each reported k, nested.
    dropped : sequence of str
        Trusts that no mean may include.
    below : int
        Means over fewer answers, or over answers of fewer trusts, are withheld.
    samples : sequence of {"all", "central", "local"}
        Whose means are published besides those of clusters.

    Returns
    -------
    Protected
        Keys ``(k, cluster, role)``, and ``(sample, which)`` for all, central and local answers.
        Numbers are sums of answers: everybody is taken to know how many answers a mean is of.
    """
    out = np.isin(answers.mats, list(dropped))
    groups = _groups(answers, partitions, samples) | _single_groups(answers, partitions, out)
    inside = _parts(groups, out)
    numbers = inside.sum(axis=1)
    n = np.array([group.sum() for group in groups.values()])
    few = np.array(
        [len(set(answers.mats[group])) < below or group.sum() < below for group in groups.values()]
    )
    with_dropped = np.array([bool((group & out).any()) for group in groups.values()])
    implied = np.array([key[0] == "implied" for key in groups])
    unprotected = with_dropped | (implied & ~few)
    linked = Linked(
        sums=_taken(groups, inside),
        unknowns=inside @ answers.values,
        lower=answers.low * numbers,
        upper=answers.high * numbers,
        equations=np.zeros((0, len(inside))),
        # Dropped trusts are in no published mean, so that nothing gives theirs back.
        widths=np.where(
            unprotected,
            0.0,
            np.where(few, MEAN_WIDTH, OTHER_MEAN_WIDTH) * (answers.high - answers.low) * n,
        ),
        costs=np.array([_mean_cost(key) for key in groups]),
    )
    return _protected(linked, list(groups), few | with_dropped | implied)


def spreads_told(
    answers: Answers,
    partitions: Mapping[int, Mapping[str, int]],
    dropped: Sequence[str],
    protected: Protected,
    samples: Sequence[str] = ("all",),
) -> frozenset[Key]:
    """Of which published means the standard deviation and the median are published too.

    Parameters
    ----------
    answers, partitions, dropped, samples
        As for :func:`protect_means`.
    protected : Protected
        What that function found.

    Returns
    -------
    frozenset of tuple
        All published means of enough answers, if an attacker who has these too still finds every
        withheld mean as wide as it has to be; else those over all roles; else that of all
        answers, which scaled means tell; else none. None where any number is a possible answer,
        because the attack counts how many gave each.
    """
    out = np.isin(answers.mats, list(dropped))
    groups = _groups(answers, partitions, samples) | _single_groups(answers, partitions, out)
    known = [key for key in protected.published if int(groups[key].sum()) >= SPREAD_ANSWERS]
    if answers.step is None or not known:
        return frozenset()
    possible = np.arange(answers.low, answers.high + answers.step / 2, answers.step)
    inside = _parts(groups, out)
    roleless = [key for key in known if key[-1] == "all"]
    sample = [key for key in roleless if key[0] == "sample"]
    for told in filter(None, (known, roleless, sample)):
        linked = _of_each_answer(answers, groups, inside, possible, told, protected.linked)
        if not exposed(linked, protected.hidden):
            return frozenset(told)
    return frozenset()


def _of_each_answer(
    answers: Answers,
    groups: Mapping[Key, NDArray[np.bool_]],
    inside: NDArray[np.bool_],
    possible: NDArray[np.float64],
    told: Sequence[Key],
    means: Linked,
) -> Linked:
    """Sums of answers as sums over how many of each part gave each answer."""
    taken = dict(zip(groups, _taken(groups, inside), strict=True))

    def over(key: Key, weights: NDArray[Any]) -> NDArray[np.float64]:
        return np.outer(taken[key], weights).ravel()

    n_parts, n_possible = len(inside), len(possible)
    counts = inside.astype(float) @ np.isclose(answers.values[:, None], possible)
    sizes = np.kron(np.eye(n_parts), np.ones(n_possible))
    limits, most = [], []
    for key in told:
        middle, half = float(np.median(answers.values[groups[key]])), int(groups[key].sum()) // 2
        limits += [over(key, possible < middle), over(key, possible > middle)]
        most += [half, half]
    numbers = np.repeat(inside.sum(axis=1).astype(float), n_possible)
    return Linked(
        sums=np.array([over(key, possible) for key in groups]),
        unknowns=counts.ravel(),
        lower=np.zeros(n_parts * n_possible),
        upper=numbers,
        equations=np.vstack([sizes, *[over(key, possible**2) for key in told]]),
        widths=means.widths,
        costs=means.costs,
        whole=False,
        limits=np.array(limits),
        most=np.array(most, dtype=float),
    )


def _parts(groups: Mapping[Key, NDArray[np.bool_]], out: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The parts of the answers that every group is a union of, by answer."""
    member = np.array([*groups.values(), out])
    place = np.unique(member, axis=1, return_inverse=True)[1].ravel()
    return np.asarray(place == np.arange(place.max(initial=-1) + 1)[:, None])


def _taken(
    groups: Mapping[Key, NDArray[np.bool_]], inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    return np.array([inside[:, group].any(axis=1) for group in groups.values()], dtype=float)


def _mean_cost(key: Key) -> float:
    # Without the mean of all answers a table lacks scaled means, which is less than a mean.
    if key[0] in ("sample", "implied"):
        return 2.5 if key[1] == "all" else 10.0
    return 3.0 if key[2] == "all" else 1.0


def _groups(
    answers: Answers, partitions: Mapping[int, Mapping[str, int]], samples: Sequence[str]
) -> dict[Key, NDArray[np.bool_]]:
    """Whose answers each published mean is of, and those that are known by difference."""
    sides = {"central": ("ceo", "central_team"), "local": ("school_leader",)}
    groups: dict[Key, NDArray[np.bool_]] = {
        ("sample", sample): np.isin(answers.roles, sides[sample])
        if sample in sides
        else np.full(len(answers.values), True)
        for sample in samples
    }
    clustered = np.isin(answers.mats, list(next(iter(partitions.values()))))
    for role in ("all", *ROLES, NO_ROLE):
        whose = (answers.roles == role) | (role == "all")
        groups["implied", "others", role] = whose & ~clustered
        groups["implied", "everybody", role] = whose
    for k, clusters in partitions.items():
        numbers = np.array([clusters.get(mat, 0) for mat in answers.mats], dtype=int)
        for cluster in sorted(set(clusters.values())):
            for role in ("all", *ROLES, NO_ROLE):
                whose = (answers.roles == role) | (role == "all")
                kind = ("implied", k, cluster) if role == NO_ROLE else (k, cluster)
                groups[*kind, role] = (numbers == cluster) & whose
    return {key: group for key, group in groups.items() if key[0] != "implied" or group.any()}


def _single_groups(
    answers: Answers, partitions: Mapping[int, Mapping[str, int]], out: NDArray[np.bool_]
) -> dict[Key, NDArray[np.bool_]]:
    """One person of each role of each cluster, since means tell them not apart; large trusts."""
    finest = partitions[max(partitions)]
    final = np.array([finest.get(mat, 0) for mat in answers.mats], dtype=int)
    groups: dict[Key, NDArray[np.bool_]] = {}
    large: dict[str, None] = {}
    for cluster in dict.fromkeys(final.tolist()):
        for role in ("all", *ROLES, NO_ROLE):
            here = (final == cluster) & ((answers.roles == role) | (role == "all")) & ~out
            if not here.any():
                continue
            mats, n = np.unique(answers.mats[here].astype(str), return_counts=True)
            large[str(mats[n.argmax()])] = None
            if role != "all":
                first = np.arange(len(final)) == here.argmax()
                groups["implied", "person", cluster, role] = first
    for mat in large:
        for role in ("all", *ROLES):
            whose = (answers.mats == mat) & ((answers.roles == role) | (role == "all"))
            if whose.any():
                groups["implied", "trust", mat, role] = whose
    return groups


def withheld_safely(protected: Protected) -> bool:
    """Whether the audit finds nothing: every withheld number could be another one."""
    if protected.hidden.all():
        return True
    return not exposed(protected.linked, protected.hidden)


def answers_of(
    responses: pd.DataFrame,
    column: str,
    low: float | None,
    high: float | None,
    step: float | None = None,
) -> Answers:
    """The answers to one item.

    Parameters
    ----------
    responses : DataFrame
        ``mat_id, role`` and the item's column.
    column : str
        The item's column.
    low, high : float or None
        Ends of its scale; None for numbers without bounds.
    step : float, optional
        Between possible answers.
    """
    there = responses[column].notna().to_numpy()
    values = responses.loc[there, column].to_numpy(dtype=float)
    if low is None or high is None:
        # Nobody knows more than that answers are of the size that they are.
        least, most = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        low, high, step = least - (most - least), most + (most - least), None
    return Answers(
        values,
        responses.loc[there, "mat_id"].to_numpy(dtype=object),
        responses.loc[there, "role"].fillna(NO_ROLE).to_numpy(dtype=object),
        low,
        high,
        step,
    )
