"""Tests of the merges of one tree, by the two methods that the literature offers.

Each merge is tested for being more than one Gaussian cut in two (:mod:`.tree_significance`), and
its two groups for equal means given that they were found in the same data
(:mod:`.selective_inference`). Both modules say what trusts' means of unequal precision do to their
assumptions. The tests are exploration: they enter no verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.ratings import Specification
from buildingtrusts.statistics.selective_inference import selective_difference
from buildingtrusts.statistics.tree_significance import (
    FEWEST_OBJECTS,
    sequential_levels,
    split_significance,
)

MERGE_TESTS_COLUMNS = ("step", "method", "p_value", "draws", "level")
METHODS = ("shc", "selective")
#: Merges that are tested, counted from the root: nobody reads a typology of more than thirty
#: types, and the effort grows with the cube of the number of objects as it is.
MOST_MERGES = 30


@dataclass(frozen=True)
class Merge:
    """Two groups that a tree joins.

    Attributes
    ----------
    left, right : ndarray of int
        Their objects, by row, in ascending order.
    parent : int or None
        Place of the merge that joins them to others; None for the root.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    parent: int | None

    @property
    def size(self) -> int:
        """Objects that it joins."""
        return len(self.left) + len(self.right)


def merges_of(linkage: pd.DataFrame, mats: Sequence[str]) -> list[Merge]:
    """Find out who is joined at each merge of a tree.

    Parameters
    ----------
    linkage : DataFrame
        ``step, left, right, height, size``: a leaf by its name, a merge as ``#step``.
    mats : sequence of str
        The leaves, in the order of the rows of their scores.

    Returns
    -------
    list of Merge
        In the order of the merges, which is that of their heights.

    Raises
    ------
    ValueError
        If the table joins somebody who is not among the leaves, or a merge not made yet.

    Examples
    --------
    >>> table = pd.DataFrame({"step": ["1", "2"], "left": ["B", "A"], "right": ["C", "#1"]})
    >>> [(one.left.tolist(), one.right.tolist(), one.parent) for one in merges_of(table, "ABC")]
    [([1], [2], 1), ([0], [1, 2], None)]
    """
    members = {mat: np.array([row]) for row, mat in enumerate(mats)}
    joined_by: dict[str, int] = {}
    pairs = []
    for place, (step, left, right) in enumerate(
        linkage[["step", "left", "right"]].itertuples(index=False, name=None)
    ):
        unknown = [side for side in (left, right) if side not in members]
        if unknown:
            raise ValueError(
                f"step {step} of the tree joins {unknown[0]!r}, which is neither an earlier step "
                f"nor one of {', '.join(mats)}; take the tree of the same trusts."
            )
        joined_by[left] = joined_by[right] = place
        pairs.append((f"#{step}", members[left], members[right]))
        members[f"#{step}"] = np.sort(np.concatenate([members[left], members[right]]))
    return [Merge(left, right, joined_by.get(name)) for name, left, right in pairs]


def merge_tests(
    scores: NDArray[np.float64],
    merges: Sequence[Merge],
    specification: Specification,
    draws: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Test every merge of a tree by both methods.

    Parameters
    ----------
    scores : ndarray of shape (n_objects, n_items)
        As aggregated: on the items' own scale (1-10 for strategy statements). Nothing missing.
    merges : sequence of Merge
        All merges of the tree of these scores.
    specification : Specification
        How it was built.
    draws : int
        Of each test.
    rng : numpy.random.Generator
        Each merge and method has a stream of its own.

    Returns
    -------
    DataFrame
        ``step, method, p_value, draws, level``, two rows a merge. ``shc`` needs ten objects
        (:data:`.tree_significance.FEWEST_OBJECTS`), and both methods leave out all but the last
        thirty merges (:data:`MOST_MERGES`); p is then missing and draws are 0. ``level`` is what
        the p of ``shc`` may not exceed for a family-wise error of 5%: 0 below a merge that is not
        significant, because testing from the root down stops there
        (:func:`.tree_significance.sequential_levels`). It is missing for ``selective``, whose p
        are each by themselves.

    Examples
    --------
    >>> scores = np.arange(12.0)[:, None] ** 2
    >>> from buildingtrusts.statistics.linkage import build_tree
    >>> from buildingtrusts.statistics.partitions import partition_tree
    >>> tree = build_tree(scores, "ABCDEFGHIJKL")
    >>> merges = merges_of(partition_tree(tree, [2]).tables()["linkage"], tree.labels)
    >>> table = merge_tests(scores, merges, Specification(), 99, np.random.default_rng(1))
    >>> table["draws"].tolist()[-4:]
    [0, 99, 99, 99]
    """
    streams = rng.spawn(2 * len(merges))
    p_values = np.full((len(merges), 2), np.nan)
    for place in range(max(0, len(merges) - MOST_MERGES), len(merges)):
        one = merges[place]
        for_shc, for_selective = streams[2 * place : 2 * place + 2]
        if one.size >= FEWEST_OBJECTS:
            p_values[place, 0] = split_significance(
                scores, one.left, one.right, specification, draws, for_shc
            ).p_value
        p_values[place, 1] = selective_difference(
            scores, one.left, one.right, place, specification, draws, for_selective
        ).p_value
    levels = sequential_levels(
        [one.size for one in merges], [one.parent for one in merges], p_values[:, 0].tolist()
    )
    tested = ~np.isnan(p_values.ravel())
    return pd.DataFrame(
        {
            "step": np.repeat(np.arange(1, len(merges) + 1), 2),
            "method": list(METHODS) * len(merges),
            "p_value": p_values.ravel(),
            "draws": np.where(tested, draws, 0),
            "level": np.column_stack([levels, np.full(len(merges), np.nan)]).ravel(),
        }
    )
