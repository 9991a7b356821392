"""Who answered: trusts, their clusters and attributes, respondents, roles, gaps in the answers.

Numbers that the report prints come from the targets. Everything else (how many people of each
trust answered, what they do, what they left out, which trust has which combination of attributes)
is published nowhere and is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.published.targets import ReconstructionError, Targets

CEO, CENTRAL_TEAM, SCHOOL_LEADER = "ceo", "central_team", "school_leader"

#: Share of central team members among respondents who are no CEOs.
CENTRAL_SHARE = 0.4
#: Share of single answers left out, and of people who stop before the end of the questionnaire.
GAP_SHARE, BREAK_OFF_SHARE = 0.012, 0.035
#: Only in trusts with this many responses do people stop early, so that none loses a whole block.
BREAK_OFF_FROM = 8
#: Performance flags of a trust: so many tries, each with this chance.
MAX_FLAGS, FLAG_CHANCE = 5, 0.4

_TRIES = 10_000


@dataclass(frozen=True)
class Respondents:
    """The people and their trusts, before anybody has answered anything.

    Attributes
    ----------
    mats : tuple of str
        All trusts, ``MAT 1`` and so on.
    clusters : ndarray of shape (n_mats,)
        Cluster of each trust, 1..k; 0 for a trust with too few responses.
    mat_of : ndarray of shape (n_respondents,)
        Trust of each respondent as a place in ``mats``, ascending.
    roles : ndarray of shape (n_respondents,)
        ``ceo``, ``central_team`` or ``school_leader``.
    answered : boolean ndarray of shape (n_respondents, n_items)
        Which items of the questionnaire each of them answered.
    """

    mats: tuple[str, ...]
    clusters: NDArray[np.int64]
    mat_of: NDArray[np.int64]
    roles: NDArray[np.str_]
    answered: NDArray[np.bool_]

    @property
    def clustered(self) -> NDArray[np.int64]:
        """Places of the clustered trusts."""
        return np.flatnonzero(self.clusters > 0)

    @property
    def ceos(self) -> NDArray[np.int64]:
        """Places of the CEOs among the respondents."""
        return np.flatnonzero(self.roles == CEO)

    def people_of(self, mat: int) -> slice:
        """Rows of one trust's respondents."""
        first, last = np.searchsorted(self.mat_of, [mat, mat + 1])
        return slice(int(first), int(last))


def finest_k(targets: Targets) -> int:
    """The largest number of clusters whose sizes are targets."""
    return max(int(target.arguments["k"]) for target in targets.of("cluster_size"))


def cluster_sizes(targets: Targets, k: int) -> tuple[int, ...]:
    """Published sizes of the k clusters, in the order of their numbers."""
    return tuple(
        targets.one("cluster_size", k=k, cluster=cluster).whole for cluster in range(1, k + 1)
    )


def draw_respondents(
    targets: Targets,
    blocks: Mapping[str, Sequence[str]],
    count_skew: float,
    rng: np.random.Generator,
) -> Respondents:
    """Draw the sample: which trusts are clustered and how, who answers in each, and what.

    Parameters
    ----------
    targets : Targets
        Sample counts, cluster sizes and named members among them.
    blocks : mapping of str to sequence of str
        Items of each block, in the order of the questionnaire.
    count_skew : float
        Standard deviation, on the log scale, of the trusts' propensities to respond.
    rng : numpy.random.Generator
        For all draws.

    Returns
    -------
    Respondents

    Raises
    ------
    ReconstructionError
        If the counts contradict each other.
    """
    mats = tuple(f"MAT {number}" for number in range(1, targets.one("count_mats").whole + 1))
    clusters = _draw_clusters(targets, mats, rng)
    counts = _draw_counts(targets, clusters, count_skew, rng)
    mat_of = np.repeat(np.arange(len(mats)), counts)
    roles = _draw_roles(targets, mats, mat_of, rng)
    answered = _draw_answered(targets, blocks, mat_of, roles, rng)
    return Respondents(mats, clusters, mat_of, roles, answered)


def _draw_clusters(
    targets: Targets, mats: Sequence[str], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Give each trust its cluster, so that clusters numbered by first member get their numbers."""
    k = finest_k(targets)
    seats = np.repeat(np.arange(1, k + 1), cluster_sizes(targets, k))
    n_clustered = targets.one("count_clustered_mats").whole
    named = _allowed_clusters(targets, k)
    if len(seats) != n_clustered or not set(named) <= set(mats):
        raise ReconstructionError(
            f"The {k} clusters hold {len(seats)} trusts where {n_clustered} are clustered, and "
            f"the trusts named in claims are {', '.join(named)}; correct the claims."
        )
    others = [mat for mat in mats if mat not in named]
    for _ in range(_TRIES):
        joined = rng.permutation(len(others))[: n_clustered - len(named)]
        members = [*named, *(others[place] for place in joined)]
        drawn = dict(zip(members, rng.permutation(seats).tolist(), strict=True))
        firsts = dict.fromkeys(drawn[mat] for mat in mats if mat in drawn)
        if list(firsts) == sorted(firsts) and all(drawn[mat] in named[mat] for mat in named):
            return np.array([drawn.get(mat, 0) for mat in mats])
    raise ReconstructionError(
        f"No assignment of trusts to clusters was found in {_TRIES} draws in which "
        f"{', '.join(named)} are where the claims say; correct the claims or try another seed."
    )


def _allowed_clusters(targets: Targets, k: int) -> dict[str, set[int]]:
    """The clusters in which each trust named by a claim may be.

    A trust whose median of an item is printed belongs to a cluster whose scaled mean of that item
    lies to the same side.
    """
    allowed = {target.arguments["mat"]: {target.whole} for target in targets.of("cluster_of", k=k)}
    for target in targets.of("median_rating"):
        item, mat = target.arguments["item"], target.arguments["mat"]
        medians = [other.centre for other in targets.of("median_rating", item=item)]
        high = target.centre >= np.mean(medians) if len(medians) > 1 else None
        same_side = {
            int(scaled.arguments["cluster"])
            for scaled in targets.of("scaled_mean", k=k, item=item)
            if high is None or (scaled.low > 0 if high else scaled.high < 0)
        }
        allowed[mat] = allowed.get(mat, set(range(1, k + 1))) & (same_side or set(range(1, k + 1)))
    return allowed


def _draw_counts(
    targets: Targets, clusters: NDArray[np.int64], count_skew: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw responses by trust; log-normal propensities make some trusts much keener than others."""
    clustered = clusters > 0
    at_least = int(targets.one("responses_of_mat", clustered="yes", end="lowest").low)
    at_most = int(targets.one("responses_of_mat", clustered="no", end="highest").high)
    counts = np.where(clustered, at_least, 0)
    counts[~clustered] = rng.integers(1, at_most + 1, size=int((~clustered).sum()))
    rest = targets.one("count_responses").whole - int(counts.sum())
    if rest < 0:
        raise ReconstructionError(
            f"The trusts need at least {counts.sum()} responses; the claims count fewer. Correct "
            "the claims."
        )
    propensities = np.exp(count_skew * rng.standard_normal(int(clustered.sum())))
    counts[clustered] += rng.multinomial(rest, propensities / propensities.sum())
    return counts


def _draw_roles(
    targets: Targets, mats: Sequence[str], mat_of: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.str_]:
    """Draw roles: at most one CEO a trust, and one in each trust whose CEO is quoted."""
    central = rng.random(len(mat_of)) < CENTRAL_SHARE
    roles = np.where(central, CENTRAL_TEAM, SCHOOL_LEADER)
    n_ceos = max((target.whole for target in targets.of("ceo_count")), default=0)
    quoted = {target.arguments["mat"] for target in targets.of("ceo_answer")}
    order = sorted(rng.permutation(len(mats)).tolist(), key=lambda mat: mats[mat] not in quoted)
    for mat in order[:n_ceos]:
        roles[np.searchsorted(mat_of, mat)] = CEO
    return roles


def _draw_answered(
    targets: Targets,
    blocks: Mapping[str, Sequence[str]],
    mat_of: NDArray[np.int64],
    roles: NDArray[np.str_],
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Draw what is missing: single answers anywhere, and the later blocks of those who stop."""
    starts = np.cumsum([0, *(len(items) for items in blocks.values())])
    n_items = int(starts[-1])
    gaps = rng.random((len(mat_of), n_items)) < GAP_SHARE
    sizes = np.bincount(mat_of)
    # A trust with few responses does not lose several answers to one item.
    for mat, size in enumerate(sizes):
        people = np.flatnonzero(mat_of == mat)
        gaps[people] &= np.cumsum(gaps[people], axis=0) <= size // 5
    ceo = roles == CEO
    gaps[ceo] = False
    stopped_before = np.full(len(mat_of), n_items)
    can_stop = ~ceo & (sizes[mat_of] >= BREAK_OFF_FROM)
    stops = can_stop & (rng.random(len(mat_of)) < BREAK_OFF_SHARE)
    stopped_before[stops] = rng.choice(starts[1:-1], size=int(stops.sum()))
    for person, block in _silent_ceos(targets, sizes[mat_of], ceo, rng):
        stopped_before[person] = min(stopped_before[person], starts[list(blocks).index(block)])
    return ~gaps & (np.arange(n_items) < stopped_before[:, None])


def _silent_ceos(
    targets: Targets, sizes: NDArray[np.int64], ceo: NDArray[np.bool_], rng: np.random.Generator
) -> list[tuple[int, str]]:
    """CEOs who stop before a block that fewer of them answered, preferably in large trusts."""
    n_ceos = int(ceo.sum())
    people = rng.permutation(np.flatnonzero(ceo))
    people = people[np.argsort(sizes[people] < BREAK_OFF_FROM, kind="stable")]
    return [
        (int(person), target.arguments["block"])
        for target in targets.of("ceo_count")
        for person in people[: n_ceos - target.whole]
    ]


def draw_trusts(
    targets: Targets, respondents: Respondents, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the trusts' attributes with the published cross-tabulations.

    Within a cluster the levels of each attribute are dealt out at random and independently of the
    other attributes. Performance flags are drawn independently of everything. Trusts that are not
    clustered have no attributes: nothing about them is published.

    Returns
    -------
    DataFrame
        ``mat_id``, the attributes in the order of the claims, and ``performance_flags``, as text.

    Raises
    ------
    ReconstructionError
        If a cross-tabulation does not add up to the clusters' sizes.
    """
    table: dict[str, list[str | None]] = {"mat_id": list(respondents.mats)}
    cells = targets.of("crosstab_cell", k=finest_k(targets))
    for attribute in dict.fromkeys(cell.arguments["attribute"] for cell in cells):
        column: list[str | None] = [None] * len(respondents.mats)
        for cluster in range(1, finest_k(targets) + 1):
            members = np.flatnonzero(respondents.clusters == cluster)
            levels = [
                cell.arguments["level"]
                for cell in targets.of("crosstab_cell", attribute=attribute, cluster=cluster)
                for _ in range(cell.whole)
            ]
            if len(levels) != len(members):
                raise ReconstructionError(
                    f"The cross-tabulation of {attribute} has {len(levels)} trusts in cluster "
                    f"{cluster}, which has {len(members)}; correct crosstabs.csv."
                )
            for member, level in zip(members, rng.permutation(len(levels)), strict=True):
                column[member] = levels[level]
        table[attribute] = column
    flags = rng.binomial(MAX_FLAGS, FLAG_CHANCE, size=len(respondents.mats))
    table["performance_flags"] = [
        str(flag) if cluster else None
        for flag, cluster in zip(flags, respondents.clusters, strict=True)
    ]
    return pd.DataFrame(table, dtype="object")
