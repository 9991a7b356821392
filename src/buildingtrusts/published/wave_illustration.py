"""An invented second wave in the layout of a Qualtrics export, to show how waves are compared.

Neither the questionnaire nor the responses of the 2024 survey are published. What is publicly said
of it gives directions only: :data:`DIRECTIONS` lists each with what was made of it. A trust that
was in the earlier wave starts from its mean answers there, drawn towards the average of all trusts
by how few they rest on; a new trust starts from one of those at random. Levels of new items and
sizes of shifts are ours, and so is everything else. Nothing is fitted: people's answers are drawn
around their trust's position, and what comes out of them comes out.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.provenance import ID_PREFIX, statement

PREFIX = ID_PREFIX["illustration"]
RESPONSES, TRUSTS, README = "responses.csv", "trusts.csv", "README.md"
#: Trusts of the earlier wave that answer again, new ones, and all finished responses.
RETURNING, NEW, FINISHED = 14, 8, 300
PREVIEWS, UNFINISHED = 3, 9
#: Named in the 2018 report; they answer again, so that every cluster of 2017 is followed.
NAMED = ("MAT 2", "MAT 9", "MAT 10", "MAT 13", "MAT 16")
#: A trust that now answers as another did: one change of cluster that was put in.
MOVED = {"MAT 10": "MAT 9"}
AGES = ("Under 3 years", "3 to 5 years", "6 to 9 years", "10 years or more")
SIZES = ("Starter trust", "Established trust", "National trust", "System leader trust")
CEO, CENTRAL = "Chief executive", "Member of the central team"
SCHOOL = ("Headteacher or principal", "Other senior leader in a school")
BACK_OFFICE = ("finance", "hr", "it", "estates", "procurement")

#: What is publicly said of 2024, and what was made of it, in points of the scale.
DIRECTIONS = (
    ("Developing people is at the top", "`workforce_development` stands highest: level 9.2"),
    ("Inclusion and social justice count for more", "`social_justice` and `send_provision`: 7.9"),
    ("A civic role beyond the trust", "`civic_duty`: 7.3; `community_strength` 0.3 up"),
    ("Standardisation worked out together goes on rising", "`collaborative_convergence` 0.4 up"),
    ("Most trusts run finance, HR and IT centrally", "levels 8.0, 7.2 and 7.5 of 10"),
    ("Procurement is becoming more central", "level 6.6 of 10"),
    ("Estates and safeguarding are local in most trusts", "levels 3.6 and 3.2"),
    (
        "Back office efficiency matters more as trusts get older",
        "`back_office_savings` 0.5 higher a band of age",
    ),
    (
        "The centre believes more than school leaders that efficiency is achieved",
        "`back_office_savings`, and effectiveness of finance, HR, IT, estates and procurement: "
        "chief executives and central staff 0.5 up, school leaders 0.5 down",
    ),
)
#: Level of items that have no past, or whose past does not say where they stand.
_LEVELS = {
    ("strategy", "workforce_development"): 9.2,
    ("strategy", "social_justice"): 7.9,
    ("strategy", "civic_duty"): 7.3,
    ("strategy", "send_provision"): 7.9,
    ("operations", "finance"): 8.0,
    ("operations", "hr"): 7.2,
    ("operations", "it"): 7.5,
    ("operations", "procurement"): 6.6,
    ("operations", "estates"): 3.6,
    ("operations", "safeguarding"): 3.2,
}
_SHIFTS = {
    ("strategy", "community_strength"): 0.3,
    ("strategy", "collaborative_convergence"): 0.4,
}
_AGE_STEP, _ROLE_GAP = 0.5, 0.5
#: Answers that a trust's mean is drawn to the average by, and how far trusts change by chance.
_TOWARDS_AVERAGE, _CHANGED_SD, _NEW_SD = 2.0, 0.3, 0.5
#: How far trusts differ on items without a past of their own, by block.
_LEVEL_SD = {"strategy": 0.4, "operations": 1.6}
#: Spread of people within a trust: how high they rate everything, and each item.
_PERSON_SD, _ANSWER_SD, _MISSING = 0.7, 1.5, 0.02
_STEMS = {
    "strategy": "How far does each statement describe your trust?",
    "operations": "Who decides in each area?",
    "effectiveness": "How effective is your trust in each area?",
}
#: Columns of Qualtrics' own: name, what stands in the second header row, ImportId.
_OWN = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
    ("Q1", "Which trust do you work for?", "QID1"),
    ("Q2", "What is your role?", "QID2"),
)
_FIRST_DAY = datetime.datetime(2024, 6, 10, 8, 0)


@dataclass(frozen=True)
class WaveIllustration:
    """The invented wave.

    Attributes
    ----------
    responses : str
        The export, as Qualtrics writes it: CSV with three header rows.
    trusts : DataFrame
        ``mat_id, trust_age, phase_mix, size_schools``.
    returning, gone : tuple of str
        Trusts of the earlier wave that answer again, and those that do not.
    n_items : int
        Items asked.
    """

    responses: str
    trusts: pd.DataFrame
    returning: tuple[str, ...]
    gone: tuple[str, ...]
    n_items: int


def illustrate_wave(
    earlier: pd.DataFrame, trusts: pd.DataFrame, codebook: Codebook, rng: np.random.Generator
) -> WaveIllustration:
    """Invent a second wave.

    Parameters
    ----------
    earlier : DataFrame
        The earlier wave's answers: ``mat_id`` and ``<block>__<item>``.
    trusts : DataFrame
        The earlier wave's trusts: ``mat_id, phase_mix, size_schools``; empty text where nothing is
        known.
    codebook : Codebook
        The items of the new wave; their first alias is their column in the export.
    rng : numpy.random.Generator
        Decides everything.

    Returns
    -------
    WaveIllustration

    Raises
    ------
    ValueError
        If the earlier wave lacks the named trusts or an item that the codebook says an item came
        from, or has too few trusts.
    """
    known = earlier["mat_id"].value_counts()
    again = _returning(known, rng)
    new = [f"MAT {len(known) + place}" for place in range(1, NEW + 1)]
    attributes = _attributes(trusts, again, new, rng)
    positions = _positions(earlier, codebook, again, new, rng)
    age = attributes["trust_age"].map({name: place for place, name in enumerate(AGES)})
    savings = codebook.columns.index("strategy__back_office_savings")
    positions[:, savings] += _AGE_STEP * (age.to_numpy(dtype=float) - 1.5)
    answers = _answers(positions, codebook, rng)
    mats = [*again, *new]
    lines = _lines(answers, mats, codebook, rng)
    gone = tuple(sorted(set(known.index) - set(again), key=natural_key))
    return WaveIllustration(
        _export(codebook, lines),
        attributes.sort_values("mat_id", key=lambda of: of.map(natural_key), ignore_index=True),
        tuple(again),
        gone,
        len(codebook.items),
    )


def _returning(known: pd.Series, rng: np.random.Generator) -> list[str]:
    """The named trusts and others with nine responses or more, in natural order."""
    absent = [mat for mat in NAMED if mat not in known.index]
    others = sorted((set(known.index[known >= 9]) - set(NAMED)), key=natural_key)
    if absent or len(others) < RETURNING - len(NAMED):
        raise ValueError(
            f"The earlier wave has {', '.join(NAMED)} and {RETURNING - len(NAMED)} other trusts "
            f"with 9 responses or more; found {len(others)} others and no {', '.join(absent)}."
        )
    drawn = rng.choice(others, RETURNING - len(NAMED), replace=False).tolist()
    return sorted([*NAMED, *drawn], key=natural_key)


def _attributes(
    trusts: pd.DataFrame, again: Sequence[str], new: Sequence[str], rng: np.random.Generator
) -> pd.DataFrame:
    before = trusts.set_index("mat_id")
    rows = []
    for mat in again:
        size = SIZES.index(str(before.loc[mat, "size_schools"]))
        grown = min(size + int(rng.random() < 0.3), len(SIZES) - 1)
        age = AGES[2 + int(rng.random() < 0.5)]
        rows.append((mat, age, str(before.loc[mat, "phase_mix"]), SIZES[grown]))
    phases = [str(before.loc[mat, "phase_mix"]) for mat in again]
    for mat in new:
        age = str(rng.choice(AGES, p=[0.4, 0.4, 0.1, 0.1]))
        first = int(rng.choice(3, p=[0.4, 0.4, 0.2]))
        rows.append((mat, age, str(rng.choice(phases)), SIZES[first]))
    return pd.DataFrame(rows, columns=["mat_id", "trust_age", "phase_mix", "size_schools"])


def _positions(
    earlier: pd.DataFrame,
    codebook: Codebook,
    again: Sequence[str],
    new: Sequence[str],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Where each trust stands on each item: one row a trust, the returning ones first."""
    columns = [_past(item, earlier) for item in codebook.items]
    asked = list(dict.fromkeys(name for names in columns for name in names))
    of_trust = earlier.groupby("mat_id")[asked].agg(["mean", "count"])
    mean, n = (of_trust.xs(name, axis=1, level=1) for name in ("mean", "count"))
    # The average trust, not the average person: towards that one, the largest trusts would pull.
    average = mean.loc[list(again)].mean()
    off = (mean - average) * n / (n + _TOWARDS_AVERAGE)
    # A new trust is like one that answered before; a moved one is like another.
    like = [MOVED.get(mat, mat) for mat in again] + rng.choice(list(again), len(new)).tolist()
    own_sd = np.repeat([_CHANGED_SD, _NEW_SD], [len(again), len(new)])
    found = np.empty((len(like), len(columns)))
    for place, (item, names) in enumerate(zip(codebook.items, columns, strict=True)):
        key = (item.block, item.item)
        if names:
            level = _LEVELS.get(key, float(average[names].mean()) + _SHIFTS.get(key, 0.0))
            # An area that was part of a wider one shares half of what was said of that one.
            share = 0.5 if item.status == "split" else 1.0
            found[:, place] = level + share * off.loc[like, names].mean(axis=1).to_numpy()
            found[:, place] += rng.normal(0, _spread(key, own_sd), len(like))
        else:
            found[:, place] = _LEVELS[key] + rng.normal(0, _LEVEL_SD[item.block], len(like))
    return found


def _spread(key: tuple[str, str], own: NDArray[np.float64]) -> NDArray[np.float64] | float:
    """How far trusts are drawn apart on an item beyond what its past says."""
    return _LEVEL_SD[key[0]] if key in _LEVELS else own


def _past(item: Item, earlier: pd.DataFrame) -> list[str]:
    """Columns of the earlier wave that an item came from; none if it is new."""
    if item.status == "new":
        return []
    names = [f"{item.block}__{one}" for one in item.previous_items or (item.item,)]
    absent = [name for name in names if name not in earlier.columns]
    if absent:
        raise ValueError(f"{item.column} came from {', '.join(absent)}, which was not asked.")
    return names


@dataclass(frozen=True)
class _Answers:
    """People in the order of trusts: their trust's place, their role, and their answers."""

    trusts: NDArray[np.int64]
    roles: list[str]
    values: NDArray[np.float64]


def _answers(
    positions: NDArray[np.float64], codebook: Codebook, rng: np.random.Generator
) -> _Answers:
    people = FINISHED + PREVIEWS + UNFINISHED
    # Seven at least of each trust, but three of the last: too few to be clustered.
    weights = rng.lognormal(0, 0.6, len(positions))
    counts = 7 + rng.multinomial(people - 7 * len(positions), weights / weights.sum())
    moved = counts[-1] - 3
    counts[-1] = 3
    counts[int(np.argmax(counts))] += moved
    trusts = np.repeat(np.arange(len(positions)), counts)
    first = np.diff(trusts, prepend=-1) > 0
    roles = [CEO if is_first and rng.random() < 0.7 else _role(rng) for is_first in first]
    central = np.array([role in (CEO, CENTRAL) for role in roles])
    shifts = _ROLE_GAP * np.where(central, 1.0, -1.0)
    values = positions[trusts] + rng.normal(0, _PERSON_SD, (people, 1))
    values = values + rng.normal(0, _ANSWER_SD, values.shape)
    for place, item in enumerate(codebook.items):
        of_efficiency = item.column == "strategy__back_office_savings" or (
            item.block == "effectiveness" and item.item in BACK_OFFICE
        )
        if of_efficiency:
            values[:, place] += shifts
        values[:, place] = np.clip(np.rint(values[:, place]), item.minimum, item.maximum)
    values[rng.random(values.shape) < _MISSING] = np.nan
    return _Answers(trusts, roles, values)


def _role(rng: np.random.Generator) -> str:
    return str(rng.choice([CENTRAL, *SCHOOL], p=[0.4, 0.3, 0.3]))


def _lines(
    answers: _Answers, mats: Sequence[str], codebook: Codebook, rng: np.random.Generator
) -> Iterator[list[str]]:
    """Responses in the order in which they came in; some previews, some not finished."""
    people = len(answers.roles)
    order = rng.permutation(people)
    # Three in a trust are few enough: all of theirs are real and finished.
    few = answers.trusts == len(mats) - 1
    others = [person for person in order if not few[person] and answers.roles[person] != CEO]
    # The survey's makers look at it before anybody else does.
    preview = set(others[:PREVIEWS])
    unfinished = set(rng.choice(others[PREVIEWS:], UNFINISHED, replace=False).tolist())
    start = _FIRST_DAY
    for number, person in enumerate(order, start=1):
        start += datetime.timedelta(seconds=int(rng.integers(300, 16_000)))
        seconds = int(rng.integers(420, 1500))
        cells = [
            _cell(item, value)
            for item, value in zip(codebook.items, answers.values[person], strict=True)
        ]
        done = 100
        if person in unfinished:
            done = int(rng.integers(20, 80))
            left = len(cells) * done // 100
            cells[left:] = [""] * (len(cells) - left)
        end = start + datetime.timedelta(seconds=seconds)
        yield [
            *(str(start), str(end), "Survey Preview" if person in preview else "IP Address"),
            # An address that is set aside for documentation (RFC 5737).
            *(f"192.0.2.{int(rng.integers(1, 255))}", str(done), str(seconds)),
            *(str(done == 100), str(end), f"{PREFIX}{number:03d}", "", "", ""),
            *("preview" if person in preview else "anonymous", "EN"),
            *(mats[answers.trusts[person]], answers.roles[person], *cells),
        ]


def _cell(item: Item, value: float) -> str:
    """An answer as Qualtrics exports choices: the ends of the scale with what they are called."""
    if np.isnan(value):
        return ""
    anchor = {item.minimum: item.low_anchor, item.maximum: item.high_anchor}.get(value, "")
    return f"{value:g} - {anchor}" if anchor else f"{value:g}"


def _export(codebook: Codebook, lines: Iterator[list[str]]) -> str:
    asked = [
        (item.aliases[0], f"{_STEMS[item.block]} - {_read(item)}", f"QID{item.aliases[0][1:]}")
        for item in codebook.items
    ]
    names, wordings, imports = zip(*_OWN, *asked, strict=True)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerow(wordings)
    writer.writerow([json.dumps({"ImportId": one}, separators=(",", ":")) for one in imports])
    writer.writerows(lines)
    return stream.getvalue()


def _read(item: Item) -> str:
    """What respondents read: the codebook's wording without the question it repeats."""
    return item.wording.rpartition(": ")[2] if item.block == "effectiveness" else item.wording


def illustration_text(
    made: WaveIllustration, codebook: Codebook, command: str, hashes: Mapping[str, str]
) -> str:
    """Compose the README that stands beside the files and says what they are.

    Parameters
    ----------
    made : WaveIllustration
        The wave.
    codebook : Codebook
        Its items.
    command : str
        Which makes it again.
    hashes : mapping of str to str
        SHA-256 by file name; by these the command knows its own files.

    Returns
    -------
    str
        Markdown; the warning comes first.
    """
    changed = "\n".join(
        f"| `{item.block}__{item.item}` | {item.status} | "
        f"{', '.join(f'`{one}`' for one in item.previous_items)} |"
        for item in codebook.items
        if item.status != "kept"
    )
    directions = "\n".join(f"| {said} | {done} |" for said, done in DIRECTIONS)
    sums = "\n".join(f"| SHA-256 of `{name}` | `{value}` |" for name, value in hashes.items())
    return f"""\
# Not the responses of 2024: every answer here is invented

{statement(["illustration"])}

**Nobody was asked.** A second *Building Trusts* survey was run in 2024. Its responses, its
questionnaire and its figures are not published. This wave shows how a second wave is brought in as
the survey tool exports it, and how waves are compared. Directions follow what is publicly said of
2024; that they come out again shows that the pipeline works and is no evidence for them.

## How it was made

```
{command}
```

The same seed, earlier wave and codebook give the same bytes.

| | |
|---|---|
{sums}

The command knows its own files by these hashes. It replaces no file that is not listed here, and
writes into no folder that holds other files.

## What is in it

- `responses.csv`: an export as Qualtrics writes it: three header rows, the ends of scales named
  inside cells (`10 - Exactly like us`), {PREVIEWS} previews and {UNFINISHED} unfinished responses,
  which are left out when it is read, and {FINISHED} finished ones to {made.n_items} items. Every
  `ResponseId` starts with `{PREFIX}`. `IPAddress` holds addresses that are set aside for
  documentation and belong to nobody; it is dropped at the door with the empty columns of names and
  e-mail addresses.
- `trusts.csv`: {len(made.trusts)} trusts with age, phase mix and size.

## Which directions follow what is publicly said

From a public article by CJK on its own survey, of late 2024 by the events it mentions: six themes
of what changed since 2018. The claims of the survey `2024` in `data/published/claims.csv` say in
our words what it states. It prints no figures of the survey: every number in the second column is
ours.

| said of 2024 | made of it |
|---|---|
{directions}

## What was invented

Everything else, and every number above. In particular:

- **The wordings of the questions.** Those of 2017 are repeated where an item is kept; all others,
  the question that stands above each block, and the list of areas are ours. So is which items the
  second questionnaire kept: that new statements and areas were added and areas split is publicly
  known, and no more. Items that are not kept:

  | item | status | came from |
  |---|---|---|
{_indented(changed)}

  `enrichment_focus`, `information_management` by itself and the block `standardisation` are left
  out, to show that a wave need not repeat everything.
- **That trusts of 2017 answered again, and which.** These {len(made.returning)} did here:
{_indented(textwrap.fill(", ".join(made.returning) + ".", 96))}
  The other {len(made.gone)} did not, and {NEW} trusts are new. A trust that answered again starts
  from its answers in `2017-reconstruction`, which are not real either.
- **Who changed.** {_moves()} was made to answer as the other did in
  2017, so that one trust at least changes cluster. All other change of a trust, on each item, is
  drawn at random.
- **Age, phase mix and size.** Phase mix is that of `2017-reconstruction`; some trusts grew by one
  level; a trust of 2017 is in one of the two older bands of age, by the toss of a coin.
- **How alike trusts stay.** How far they are drawn to the average and apart again was set so that
  most trusts of 2017 stay in a cluster of the same type and no cluster of three is a single trust.
- **How many of each trust answered, in which role, and how far they differ.** One new trust has
  three responses, too few to be clustered.
- **The days** on which responses came in, and the date of the wave.

## Licence

CC0-1.0: to the extent possible under law, all rights in these files are waived
(https://creativecommons.org/publicdomain/zero/1.0/).
"""


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _moves() -> str:
    return "; ".join(f"{mat} (now like {other})" for mat, other in MOVED.items())
