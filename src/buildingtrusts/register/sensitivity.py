"""How many trusts change level when a cut-off is another.

The 2018 report prints none of its rules, so most cut-offs are choices. Each is therefore tried at a
few declared alternatives (``config/register_alternatives.yaml``), one at a time with the others as
they are, and the trusts that it moves are counted. A finding about an attribute that a slightly
different cut-off would turn over is a finding about the cut-off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml
from pydantic import ValidationError

from buildingtrusts.register.cutoffs import Cutoffs
from buildingtrusts.register.extract import Extract
from buildingtrusts.register.population import attribute_levels
from buildingtrusts.register.trusts import describe_trusts
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

#: Columns of ``register_alternatives.csv``: every trust's level under each value.
LEVEL_COLUMNS = ("attribute", "cutoff", "value", "is_ours", "trust_uid", "level")
#: Columns of ``attribute_sensitivity.csv``.
COLUMNS = (
    *("extract", "attribute", "cutoff", "value", "is_ours", "level", "n_population"),
    *("n_population_moved", "n_sample", "n_sample_moved"),
)
#: The level under which a value's trusts are added up.
ALL_LEVELS = "(all)"


@dataclass(frozen=True)
class Alternative:
    """Another value of one cut-off.

    Attributes
    ----------
    attribute, cutoff : str
        Which; a level of size goes by its name.
    value : float
        In the cut-off's unit: a share, a number of schools or of pupils, kilometres.
    """

    attribute: str
    cutoff: str
    value: float


def parse_alternatives(text: str, file: str, cutoffs: Cutoffs) -> tuple[Alternative, ...]:
    """Check the alternatives written in a YAML file.

    Parameters
    ----------
    text : str
        Content of the file: ``attribute: {cutoff: [values]}``.
    file : str
        Its name, for the report.
    cutoffs : Cutoffs
        Those that are used, under which each value must be allowed.

    Returns
    -------
    tuple of Alternative
        In the file's order.

    Raises
    ------
    InputProblems
        With every unknown attribute and cut-off, and each value that is no number, is the one
        that is used, or is not allowed beside the other cut-offs.

    Examples
    --------
    >>> try:
    ...     parse_alternatives("[0.6, 0.9]", "other.yaml", Cutoffs.model_construct())
    ... except InputProblems as wrong:
    ...     print(wrong.problems[0].file)
    other.yaml
    """
    written = _mapping(text, file)
    problems: list[Problem] = []
    found: list[Alternative] = []
    known = _known_cutoffs(cutoffs)
    for attribute, ranges in written.items():
        if attribute not in known or not isinstance(ranges, dict):
            problems.append(_unknown_attribute(file, attribute, ranges, known))
            continue
        for cutoff, values in ranges.items():
            if cutoff not in known[attribute] or not isinstance(values, list) or not values:
                problems.append(_unknown_cutoff(file, attribute, cutoff, values, known))
                continue
            for value in values:
                wrong = _wrong_value(cutoffs, attribute, cutoff, value, values)
                if wrong:
                    problems.append(_told(file, attribute, cutoff, value, wrong))
                else:
                    found.append(Alternative(attribute, cutoff, float(value)))
    raise_if_any(problems)
    return tuple(found)


def cutoffs_with(cutoffs: Cutoffs, changes: Sequence[Alternative]) -> Cutoffs:
    """Return the cut-offs with some of them changed.

    Raises
    ------
    pydantic.ValidationError
        If the changed cut-offs are not allowed, such as levels of size out of order.
    """
    written = cutoffs.model_dump(mode="json", by_alias=True)
    for one in changes:
        part = written[one.attribute]
        if isinstance(part, list):
            band = next(band for band in part if band["level"] == one.cutoff)
            band["from"] = one.value
        else:
            part[one.cutoff] = one.value
    return Cutoffs.model_validate(written)


def value_of(cutoffs: Cutoffs, attribute: str, cutoff: str) -> float:
    """The value of a cut-off that is used."""
    part = getattr(cutoffs, attribute)
    if isinstance(part, tuple):
        return float(next(band.start for band in part if band.level == cutoff))
    return float(getattr(part, cutoff))


def levels_under_alternatives(
    extract: Extract, cutoffs: Cutoffs, alternatives: Sequence[Alternative]
) -> pd.DataFrame:
    """Classify every trust under each alternative value, one cut-off at a time.

    Parameters
    ----------
    extract : Extract
        The trusts and their schools.
    cutoffs : Cutoffs
        Those that are used.
    alternatives : sequence of Alternative
        Values to try.

    Returns
    -------
    DataFrame
        :data:`LEVEL_COLUMNS`. Of each cut-off first the value that is used, then the others, in
        rising order; trusts in the order of ``trust_uid``.
    """
    used = describe_trusts(extract, cutoffs).table
    levels = {one: used[one.attribute] for one in _used(cutoffs, alternatives)}
    for round_ in _rounds(alternatives):
        table = describe_trusts(extract, cutoffs_with(cutoffs, round_)).table
        levels |= {one: table[one.attribute] for one in round_}
    ours = set(_used(cutoffs, alternatives))
    frames = [
        pd.DataFrame(
            {
                "attribute": one.attribute,
                "cutoff": one.cutoff,
                "value": one.value,
                "is_ours": one in ours,
                "trust_uid": used["trust_uid"],
                "level": levels[one],
            }
        )
        for one in _in_order(alternatives, ours)
    ]
    if not frames:
        return pd.DataFrame(columns=list(LEVEL_COLUMNS))
    return pd.concat(frames, ignore_index=True)[list(LEVEL_COLUMNS)]


def attribute_sensitivity(
    extract: str,
    levels: pd.DataFrame,
    population: pd.DataFrame,
    sample: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Count the trusts at each level under each value of each cut-off, and those that it moves.

    Parameters
    ----------
    extract : str
        Name of the extract, such as ``2017-01-19``.
    levels : DataFrame
        From :func:`levels_under_alternatives`.
    population : DataFrame
        ``attribute, level, n``, whose levels and order are kept.
    sample : sequence of str, optional
        ``trust_uid`` of the sample's trusts; those that are not in the register are left out.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`. ``n_population`` trusts are at the level under this value;
        ``n_population_moved`` of them are at another under the value that is used. At the level
        ``(all)`` both are added up: how many trusts the other value moves. The sample's counts
        are empty if its trusts are not identified.

    Examples
    --------
    >>> rows = [(9.0, True, "1", "big"), (9.0, True, "2", "big")]
    >>> rows += [(12.0, False, "1", "small"), (12.0, False, "2", "big")]
    >>> rows = [("size", "big", *row) for row in rows]
    >>> levels = pd.DataFrame(rows, columns=list(LEVEL_COLUMNS))
    >>> population = pd.DataFrame({"attribute": "size", "level": ["small", "big"], "n": [0, 2]})
    >>> found = attribute_sensitivity("2017-01-19", levels, population)
    >>> found[found["value"] == 12.0]["n_population_moved"].tolist()
    [1, 0, 1]
    """
    order = population.groupby("attribute", sort=False)["level"].apply(list).to_dict()
    chosen = None if sample is None else set(sample)
    rows: list[tuple[Any, ...]] = []
    for (attribute, cutoff), tried in levels.groupby(["attribute", "cutoff"], sort=False):
        ours = tried[tried["is_ours"]].set_index("trust_uid")["level"]
        for value, one in tried.groupby("value", sort=False):
            moved = one["level"].to_numpy() != ours[one["trust_uid"]].to_numpy()
            inside = one["trust_uid"].isin(chosen) if chosen is not None else None
            is_ours = bool(one["is_ours"].iloc[0])
            for level in [*order[attribute], ALL_LEVELS]:
                here = (one["level"] == level) | (level == ALL_LEVELS)
                counts: list[int | None] = [int(here.sum()), int((here & moved).sum())]
                if inside is None:
                    counts += [None, None]
                else:
                    counts += [int((here & inside).sum()), int((here & moved & inside).sum())]
                rows.append((extract, attribute, cutoff, value, is_ours, level, *counts))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({name: "Int64" for name in COLUMNS if name.startswith("n_")})


def summary(levels: pd.DataFrame) -> list[str]:
    """Say of each cut-off how many trusts its alternatives move."""
    said = []
    for (attribute, cutoff), tried in levels.groupby(["attribute", "cutoff"], sort=False):
        ours = tried[tried["is_ours"]].set_index("trust_uid")["level"]
        others = tried[~tried["is_ours"]]
        moved = {
            float(value): int((one["level"].to_numpy() != ours[one["trust_uid"]].to_numpy()).sum())
            for value, one in others.groupby("value", sort=False)
        }
        each = ", ".join(f"{n:,} at {value:g}" for value, n in moved.items())
        own = float(tried.loc[tried["is_ours"], "value"].iloc[0])
        said.append(
            f"{attribute}, {cutoff} {own:g}: of {len(ours):,} trusts another value moves {each}."
        )
    return said


# --- checks ------------------------------------------------------------------------------------


def _mapping(text: str, file: str) -> dict[str, Any]:
    line = None
    try:
        written = yaml.safe_load(text)
        if isinstance(written, dict):
            return written
        found = f"found {type(written).__name__}"
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        found, line = str(getattr(error, "problem", None) or error), mark and mark.line + 1
    raise InputProblems(
        [
            Problem(
                file,
                f"The file is YAML, with an attribute and its cut-offs in each part: {found}.",
                "Look at the indentation, colons and brackets there.",
                line=line,
            )
        ]
    ) from None


def _known_cutoffs(cutoffs: Cutoffs) -> dict[str, list[str]]:
    """Cut-offs that are single numbers; the lowest level of size has none."""
    known: dict[str, list[str]] = {}
    for attribute in attribute_levels(cutoffs):
        part = getattr(cutoffs, attribute)
        if isinstance(part, tuple):
            known[attribute] = [band.level for band in part[1:]]
        else:
            numbers = part.model_dump().items()
            known[attribute] = [name for name, value in numbers if isinstance(value, int | float)]
    return known


def _wrong_value(
    cutoffs: Cutoffs, attribute: str, cutoff: str, value: object, values: Sequence[object]
) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "An alternative is a number"
    if values.count(value) > 1:
        return "Each alternative stands once"
    if float(value) == value_of(cutoffs, attribute, cutoff):
        return "An alternative is another value than the one in register.yaml"
    try:
        cutoffs_with(cutoffs, [Alternative(attribute, cutoff, float(value))])
    except ValidationError as error:
        return error.errors()[0]["msg"].removeprefix("Value error, ").capitalize()
    return None


def _unknown_attribute(
    file: str, attribute: object, found: object, known: Mapping[str, Sequence[str]]
) -> Problem:
    if attribute in known:
        rule = f"Cut-offs of {attribute} are: {', '.join(known[str(attribute)])}."
        return Problem(
            file, rule, "Write cutoff: [values].", column=str(attribute), value=str(found)
        )
    rule = f"Attributes with cut-offs are: {', '.join(known)}."
    return Problem(file, rule, "Correct the name.", column=str(attribute), value=str(attribute))


def _unknown_cutoff(
    file: str, attribute: str, cutoff: object, values: object, known: Mapping[str, Sequence[str]]
) -> Problem:
    place = f"{attribute}.{cutoff}"
    if cutoff in known[attribute]:
        return Problem(
            file,
            "Alternatives are a list of numbers.",
            "Write them in square brackets, such as [0.6, 0.9].",
            column=place,
            value=str(values),
        )
    rule = f"Cut-offs of {attribute} that can be tried are: {', '.join(known[attribute])}."
    return Problem(file, rule, "Correct the name.", column=place, value=str(cutoff))


def _told(file: str, attribute: str, cutoff: str, value: object, rule: str) -> Problem:
    return Problem(
        file,
        f"{rule.removesuffix('.')}.",
        "Correct the value or leave it out; register.yaml has the one that is used.",
        column=f"{attribute}.{cutoff}",
        value=str(value),
    )


# --- order -------------------------------------------------------------------------------------


def _used(cutoffs: Cutoffs, alternatives: Sequence[Alternative]) -> list[Alternative]:
    """Each cut-off that is tried, at the value that is used."""
    places = dict.fromkeys((one.attribute, one.cutoff) for one in alternatives)
    return [Alternative(*place, value_of(cutoffs, *place)) for place in places]


def _rounds(alternatives: Sequence[Alternative]) -> Iterator[list[Alternative]]:
    """Deal the alternatives into rounds with one of each attribute.

    No attribute looks at another's cut-offs, so that a round's alternatives can be tried at once:
    describing all trusts costs the same for one changed cut-off as for five.
    """
    queues: dict[str, list[Alternative]] = {}
    for one in alternatives:
        queues.setdefault(one.attribute, []).append(one)
    for number in range(max(map(len, queues.values()), default=0)):
        yield [queue[number] for queue in queues.values() if number < len(queue)]


def _in_order(alternatives: Sequence[Alternative], ours: set[Alternative]) -> Iterator[Alternative]:
    places = dict.fromkeys((one.attribute, one.cutoff) for one in alternatives)
    for place in places:
        mine = [one for one in ours if (one.attribute, one.cutoff) == place]
        others = [one for one in alternatives if (one.attribute, one.cutoff) == place]
        yield from mine
        yield from sorted(others, key=lambda one: one.value)
