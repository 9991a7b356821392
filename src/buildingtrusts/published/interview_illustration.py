"""Invented interviews in the numbers of the 2018 report, to show what coded interviews are for.

The report rests on 34 interviews beside a survey of 22 trusts, 47 trusts in all: nine were both
interviewed and surveyed, MAT 2, 9, 10 and 13 among them. These counts, and the names of areas and
break points, are all that is taken from it. Which codes an excerpt has is drawn at random, with
differences between areas and between trusts drawn too, so that tables and figures have something
to show. Nothing was fitted to any finding about interviews.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from buildingtrusts.study.provenance import ID_PREFIX, statement

SURVEYED, INTERVIEWED, IN_BOTH = 22, 34, 9
NAMED = (2, 9, 10, 13)
PREFIX = ID_PREFIX["illustration"]
#: Excerpts of an interview, at least and at most; how often one has a weight, and a break point.
_EXCERPTS, _WEIGHED, _TAGGED = (9, 15), 0.85, 0.25
#: Spread of the latent centralisation between areas, trusts and excerpts, and its two cut-offs.
_AREA_SD, _TRUST_SD, _EXCERPT_SD, _CUTS = 0.8, 0.6, 0.7, (-0.5, 0.5)


@dataclass(frozen=True)
class InterviewIllustration:
    """The invented interviews.

    Attributes
    ----------
    excerpts : DataFrame
        ``interview_id, mat_id, area, weight, break_point, excerpt_id``.
    trusts : DataFrame
        ``mat_id`` and attributes of the interviewed trusts that are not in the survey.
    """

    excerpts: pd.DataFrame
    trusts: pd.DataFrame


def illustrate_interviews(
    areas: Sequence[str],
    break_points: Sequence[str],
    levels: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
) -> InterviewIllustration:
    """Draw 34 interviews, nine of them in trusts of the survey.

    Parameters
    ----------
    areas, break_points : sequence of str
        Codes.
    levels : mapping of str to sequence of str
        Attributes of the trusts that are not in the survey, each with its levels, of which the
        first are drawn more often.
    rng : numpy.random.Generator
        Decides everything.

    Returns
    -------
    InterviewIllustration

    Examples
    --------
    >>> made = illustrate_interviews(["a"], ["b"], {}, np.random.default_rng(1))
    >>> made.excerpts["interview_id"].nunique(), len(made.trusts)
    (34, 25)
    """
    others = [n for n in range(1, SURVEYED + 1) if n not in NAMED]
    drawn = rng.choice(others, IN_BOTH - len(NAMED), replace=False).tolist()
    in_both = [f"MAT {n}" for n in sorted([*NAMED, *drawn])]
    alone = [f"{PREFIX}trust-{n:02d}" for n in range(1, INTERVIEWED - IN_BOTH + 1)]
    mats = [[*in_both, *alone][place] for place in rng.permutation(INTERVIEWED)]
    area_means = rng.normal(0, _AREA_SD, len(areas))
    tag_shares = rng.dirichlet(np.full(len(break_points), 3.0))
    rows: list[tuple[object, ...]] = []
    for number, mat in enumerate(mats, start=1):
        trust_mean = rng.normal(0, _TRUST_SD)
        for excerpt in range(1, int(rng.integers(_EXCERPTS[0], _EXCERPTS[1] + 1)) + 1):
            area = int(rng.integers(len(areas)))
            latent = area_means[area] + trust_mean + rng.normal(0, _EXCERPT_SD)
            weight = 1 + int(np.searchsorted(_CUTS, latent))
            tag = str(rng.choice(break_points, p=tag_shares))
            rows.append(
                (
                    *(f"{PREFIX}interview-{number:02d}", mat, areas[area]),
                    weight if rng.random() < _WEIGHED else None,
                    tag if rng.random() < _TAGGED else "",
                    f"{PREFIX}excerpt-{number:02d}-{excerpt:02d}",
                )
            )
    columns = ["interview_id", "mat_id", "area", "weight", "break_point", "excerpt_id"]
    return InterviewIllustration(
        pd.DataFrame(rows, columns=columns).astype({"weight": "Int64"}),
        _trusts(alone, levels, rng),
    )


def _trusts(
    mats: Sequence[str], levels: Mapping[str, Sequence[str]], rng: np.random.Generator
) -> pd.DataFrame:
    columns: dict[str, Sequence[str]] = {"mat_id": mats}
    for attribute, names in levels.items():
        shares = np.arange(len(names), 0, -1, dtype=float)
        columns[attribute] = [str(rng.choice(list(names), p=shares / shares.sum())) for _ in mats]
    return pd.DataFrame(columns)


def illustration_text(made: InterviewIllustration, command: str) -> str:
    """Compose the README that stands beside the files and says what they are.

    Parameters
    ----------
    made : InterviewIllustration
        The interviews.
    command : str
        Which makes them again.

    Returns
    -------
    str
        Markdown; the warning comes first.
    """
    excerpts = made.excerpts
    in_survey = [mat for mat in excerpts["mat_id"].unique() if not mat.startswith(PREFIX)]
    in_survey.sort(key=lambda mat: int(mat.removeprefix("MAT ")))
    return f"""\
# Not the interviews of 2017

{statement(["illustration"])}

**No interview was held for them, and nobody said any of it.** The {INTERVIEWED} interviews behind
*Building Trusts* (2018) were never published, nor were their codes.

They show what a table of coded excerpts is for: centralisation by operating area and cluster, and
break points by size and spread of a trust. Taken from the report are its counts
({INTERVIEWED} interviews, {IN_BOTH} of them in trusts of the survey, 47 trusts in all), that MAT 2,
9, 10 and 13 are among the {IN_BOTH}, the names of the twelve areas and, from the publisher's
announcement of the report, of the nine break points. All else was drawn at random: which trusts
were in both, what was talked about, every weight, every break point, and size and spread of the
trusts that are not in the survey. Differences between areas and between trusts were drawn as well.
So nothing here is evidence about 2017, in any direction.

## How they were made

```
{command}
```

The same seed gives the same bytes. Files that are not such an illustration are never replaced.

## What is in them

- `coded_excerpts.csv`: {len(excerpts)} excerpts of {INTERVIEWED} interviews, one a row:
  `interview_id, mat_id, area, weight, break_point, excerpt_id`. The weight is 1 (schools
  decide), 2 (shared) or 3 (central; the direction is ours), or empty. There are no texts.
- `trusts.csv`: the {len(made.trusts)} interviewed trusts that are not in the survey, with
  attributes at the wave's levels.
- Interviewed and in the survey: {", ".join(in_survey)}.

Every identifier but those of trusts in the survey starts with `{PREFIX}`.

## Your own interviews

Put them in a folder of their own, `data/raw/interviews/2017/`, in the same columns; the folder's
name says that they were held, and identifiers that say otherwise are refused. Columns beyond the
six, such as the excerpts' text, are left out when they are read.

## Licence

CC0-1.0: to the extent possible under law, all rights in these files are waived
(https://creativecommons.org/publicdomain/zero/1.0/).
"""
