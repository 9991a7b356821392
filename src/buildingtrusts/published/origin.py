"""The README that lies beside a reconstruction: what it is not, how it was made, what was invented.

Written by the command that makes the files, so that seed, settings and hashes are those of the
files beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from buildingtrusts.published.claims import ClaimSet
from buildingtrusts.published.model import ACQUIESCENCE, HEAPED_SHARE, ROLE_SPREAD
from buildingtrusts.published.reconstruction import ATTEMPTS, Reconstruction
from buildingtrusts.published.respondents import (
    BREAK_OFF_SHARE,
    CENTRAL_SHARE,
    FLAG_CHANCE,
    GAP_SHARE,
    MAX_FLAGS,
)
from buildingtrusts.study.provenance import statement

_TEMPLATE = """\
# Not the responses of the survey

{statement}

What the published numbers leave open was drawn at random, and another seed draws it differently.
So nothing here is evidence about 2017 that the report did not print, and a figure made from these
files is not to be cited as a finding about trusts.

## How they were made

```
python -m buildingtrusts reconstruct --out data/raw/{wave} \\
    --seed {seed} --within-sd {within_sd} --count-skew {count_skew}
```

The command reads the claims in `data/published/`, draws people and trusts from a model, and moves
the trusts' positions on the ten statements of strategy until every claim listed in
`data/published/targets.csv` holds at once. People's answers follow from the positions by rounding;
no single answer was edited to make a sum come out, except CEOs' answers that the report quotes or
counts one by one. The same seed and settings give the same bytes.

| | |
|---|---|
| seed | {seed} |
| spread of ratings within a trust, before rounding (`--within-sd`) | {within_sd} points of ten |
| skew of the response counts (`--count-skew`) | {count_skew} on the log scale |
| draws of people and trusts that were needed | {attempts} of at most {max_attempts} |
| steps of the search | {steps} |
{hashes}

The command adds the hashes of the files it writes to `data/published/reconstructions.csv`, and
replaces a file only if its hash is listed there.

## What is in them

- `responses.csv`: {n_responses} respondents in {n_mats} trusts; `respondent_id`, `mat_id`, `role`,
  then one column `<block>__<item>` for each item of `config/codebook.csv`. Whole numbers; an
  empty field is a missing answer ({missing:.1%} of all).
- `trusts.csv`: `mat_id`, the attributes that the report cross-tabulates, and
  `performance_flags`. Empty for the {n_unclustered} trusts with too few responses to be
  clustered.

## What was fitted

{n_targets} claims, by what they are about:

{reasons}

All other claims of the report were left alone, and so were those in which it contradicts itself.
Where a claim is in words, the cut-off that makes it checkable is this project's and stands in
`data/published/claims.csv`.

## What was invented

Everything else. In particular:

- **How far people within a trust differ**: a setting. {acquiescence:.0%} of the variance is how
  high a person rates everything. (Only the spread of effectiveness is published, as average
  interquartile ranges, and was fitted.)
- **How many people of each trust answered**, beyond five or more and fewer than five: a setting
  and the draw.
- **Which trusts are in which cluster**, apart from those that the report names, and which of the
  {n_mats} are the {n_unclustered} with few responses.
- **The answers of those {n_unclustered} trusts**: drawn around the average.
- **Who is in which role**: {central:.0%} of respondents other than CEOs were taken to be central
  staff. Roles differ on each item by random shifts of {role_spread:.0%} of the spread within
  trusts.
- **CEOs against their staff**: CEOs were placed apart from their trusts by as much as it took for
  their favourites to come out as published. In points:
  {gaps}.
  Answers of single CEOs that the report quotes or counts were set as printed.
- **Levels of statements and operating areas** of which nothing is published, and how trusts differ
  on them.
- **How clusters rate statements that the appendix does not list** for them, and how far beyond the
  cut-off they rate those that it does.
- **Which trusts rate their effectiveness lower, and where people disagree more**: only the numbers
  of such trusts are published.
- **Wording and scale of effectiveness (1-10) and of desired standardisation (1-5, 3 for about the
  same)**.
- **Combinations of attributes**: each cross-tabulation was dealt out within clusters
  independently of the others, so a trust may combine sizes that no real trust would.
- **Performance flags**: drawn independently of everything (0 to {flags}, each with a chance of
  {flag_chance}).
- **Missing answers** ({gap_share:.1%} of single answers, {break_off:.1%} of people stopping
  early) and **heaping** ({heaped:.0%} of ratings rounded to 3, 5, 8 or an end of the scale).

## Licence

CC0-1.0: to the extent possible under law, all rights in these files are waived
(https://creativecommons.org/publicdomain/zero/1.0/). The published figures that they satisfy are
those of Baars, S. et al. (2018), *Building Trusts*, London: Ambition School Leadership.
"""


def origin_text(
    wave: str, claims: ClaimSet, reconstruction: Reconstruction, hashes: Mapping[str, str]
) -> str:
    """Write the README of a reconstruction.

    Parameters
    ----------
    wave : str
        Name of the wave, and of its folder.
    claims : ClaimSet
        What it was fitted to.
    reconstruction : Reconstruction
        The answers with their settings.
    hashes : mapping of str to str
        SHA-256 of each file beside the README.

    Returns
    -------
    str
        Markdown that opens with what the files are not.
    """
    made = reconstruction
    answers = made.responses.iloc[:, 3:]
    gaps = [f"{item.replace('_', ' ')} {gap:+.1f}" for item, gap in made.ceo_gaps.items()]
    reasons = Counter(claims.targets.values())
    return _TEMPLATE.format(
        statement=statement(["reconstruction"]),
        wave=wave,
        seed=made.seed,
        within_sd=made.within_sd,
        count_skew=made.count_skew,
        attempts=made.attempts,
        max_attempts=ATTEMPTS,
        steps=made.steps,
        hashes="\n".join(f"| SHA-256 of `{file}` | `{hashes[file]}` |" for file in hashes),
        n_responses=len(answers),
        n_mats=len(made.trusts),
        n_unclustered=int(made.trusts.iloc[:, 1:].isna().all(axis=1).sum()),
        missing=float(answers.isna().to_numpy().mean()),
        n_targets=len(claims.targets),
        reasons="\n".join(f"- {reason}: {n}" for reason, n in reasons.items()),
        gaps=", ".join(gaps) or "none",
        acquiescence=ACQUIESCENCE,
        central=CENTRAL_SHARE,
        role_spread=ROLE_SPREAD,
        flags=MAX_FLAGS,
        flag_chance=FLAG_CHANCE,
        gap_share=GAP_SHARE,
        break_off=BREAK_OFF_SHARE,
        heaped=HEAPED_SHARE,
    )
