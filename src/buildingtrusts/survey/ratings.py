"""The answers that a wave's clusters rest on: those of the clustered trusts to the clustered items.

What asks how sure the clusters are starts from respondents and not from trusts' means, because a
mean of five answers is noisier than a mean of sixty.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from buildingtrusts.output.tables import read_table
from buildingtrusts.statistics.ratings import Ratings, gather_ratings
from buildingtrusts.study.codebook import Item, read_wave_codebook


@dataclass(frozen=True)
class ClusteredRatings:
    """A wave's clustered trusts, their answers, and the numbers of clusters that were made.

    Attributes
    ----------
    mats : tuple of str
        In the order of the ratings' trusts.
    k : tuple of int
        Those wanted for which there is a partition.
    ratings : Ratings
    """

    mats: tuple[str, ...]
    k: tuple[int, ...]
    ratings: Ratings


def clustered_ratings(
    responses: pd.DataFrame, items: Sequence[Item], clusters: pd.DataFrame, k: Sequence[int]
) -> ClusteredRatings:
    """Gather the answers of the clustered trusts.

    Parameters
    ----------
    responses : DataFrame
        Tidy responses of the wave.
    items : sequence of Item
        Those of the clustered block, with their scales.
    clusters : DataFrame
        ``clusters.csv``: which trusts are clustered, and into how many clusters.
    k : sequence of int
        Numbers of clusters to look at; those not in ``clusters`` are left out.

    Returns
    -------
    ClusteredRatings

    Examples
    --------
    >>> item = Item("b", "q", "q", "How?", 1.0, 10.0, 1.0)
    >>> responses = pd.DataFrame({"mat_id": ["A", "B", "B", "C"], "b__q": [3.0, 4.0, 5.0, 9.0]})
    >>> clusters = pd.DataFrame({"mat_id": ["A", "B"], "k": 2, "cluster": [1, 2]})
    >>> found = clustered_ratings(responses, [item], clusters, [2, 3])
    >>> found.mats, found.k, found.ratings.answers[:, 0].tolist()
    (('A', 'B'), (2,), [3.0, 4.0, 5.0])
    """
    mats = tuple(dict.fromkeys(clusters["mat_id"]))
    made = set(clusters["k"])
    possible = tuple(one for one in k if one in made)
    return ClusteredRatings(mats, possible, ratings_of(responses, items, mats))


def read_clustered_ratings(arguments: argparse.Namespace) -> ClusteredRatings:
    """Read the files that :func:`.flags.add_clustered_answers` declares."""
    codebook = read_wave_codebook(arguments.codebook)
    return clustered_ratings(
        read_table(arguments.responses),
        codebook.clustered_block(arguments.block, arguments.codebook),
        read_table(arguments.clusters),
        arguments.k,
    )


def ratings_of(responses: pd.DataFrame, items: Sequence[Item], mats: Sequence[str]) -> Ratings:
    """Gather the answers of some trusts, in the order of these trusts."""
    chosen = responses[responses["mat_id"].isin(mats)]
    number = {mat: place for place, mat in enumerate(mats)}
    return gather_ratings(
        chosen[[item.column for item in items]].to_numpy(dtype=float, na_value=np.nan),
        chosen["mat_id"].map(number).to_numpy(dtype=np.int64),
        [scale_of(item) for item in items],
    )


def scale_of(item: Item) -> tuple[float, float, float] | None:
    """Minimum, maximum and step of an item; None for decimals without bounds."""
    if item.minimum is None or item.maximum is None or item.step is None:
        return None
    return item.minimum, item.maximum, item.step
