"""Many reconstructions of one survey, so that no single one answers for it.

The published figures leave open how far staff of one trust differ and how many of each trust
answered, and within that which answers were given. An ensemble makes a reconstruction for every
combination of a grid: seeds by spread within trusts by skew of the response counts. All satisfy
every fitted claim; what they disagree on is what the report does not determine.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Member:
    """One reconstruction of an ensemble.

    Attributes
    ----------
    member : int
        Its number, from 1.
    seed : int
    within_sd, count_skew : float
        Settings, as in :func:`.reconstruction.reconstruct`.
    """

    member: int
    seed: int
    within_sd: float
    count_skew: float


def ensemble_members(
    first_seed: int, seeds: int, within_sd: Sequence[float], count_skew: Sequence[float]
) -> list[Member]:
    """List the reconstructions of an ensemble.

    Parameters
    ----------
    first_seed : int
        The first of so many consecutive seeds.
    seeds : int
        How many reconstructions there are of each pair of settings.
    within_sd, count_skew : sequence of float
        The grid.

    Returns
    -------
    list of Member
        Numbered from 1: by spread, then skew, then seed.

    Examples
    --------
    >>> [one.seed for one in ensemble_members(7, 2, [2.0], [0.8])]
    [7, 8]
    >>> len(ensemble_members(1, 12, [1.5, 2.0, 2.5], [0.4, 0.8, 1.2]))
    108
    """
    combinations = product(within_sd, count_skew, range(first_seed, first_seed + seeds))
    return [
        Member(number, seed, spread, skew)
        for number, (spread, skew, seed) in enumerate(combinations, start=1)
    ]


def claims_of_survey(claims: str, survey: str) -> str:
    r"""Header and rows of one survey in the text of ``claims.csv``, letter for letter.

    An ensemble is made from the claims of its own survey: another survey's change nothing in it.

    Examples
    --------
    >>> claims_of_survey('claim,survey\na,2017\nb,2024\nc,2017\n', "2017")
    'claim,survey\na,2017\nc,2017\n'
    """
    lines = io.StringIO(claims).readlines()
    reader = csv.reader(lines)
    header = next(reader, [])
    column, start = header.index("survey"), reader.line_num
    kept = lines[:start]
    for fields in reader:
        if fields[column].strip() == survey:
            kept += lines[start : reader.line_num]
        start = reader.line_num
    return "".join(kept)


def fingerprint(*texts: str) -> str:
    """First twelve digits of the SHA-256 of what an ensemble is made from.

    Examples
    --------
    >>> fingerprint("claims", "targets") == fingerprint("claims", "other targets")
    False
    """
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.encode("utf-8")).digest())
    return digest.hexdigest()[:12]
