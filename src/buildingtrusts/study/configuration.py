"""The configuration, read and checked once, whole.

``config/config.yaml`` holds the choices of a run, ``config/waves/<wave>.yaml`` declares one survey
wave each. Every unknown key, missing key and impossible value is reported with its file and line
before anything runs.
"""

from __future__ import annotations

import copy
import datetime
import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from buildingtrusts.study.choices import Study
from buildingtrusts.study.explanations import explained
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.wave import (
    MADE_UP,
    RESERVED_NAMES,
    WAVE_NAME,
    FigureName,
    ReportFigure,
    Wave,
)
from buildingtrusts.study.yaml_files import lines_of, read_yaml


def load_study(
    values: Mapping[str, Any], file: str = "config/config.yaml", typed: Collection[str] = ()
) -> Study:
    """Check the run's configuration.

    Parameters
    ----------
    values : mapping
        As read from YAML; keys that are missing take their default.
    file : str
        Name used in problem reports.
    typed : collection of str
        Keys that were given on the command line. Snakemake reads what stands inside them as text,
        numbers too: text that may not stand there is read as YAML.

    Returns
    -------
    Study

    Raises
    ------
    InputProblems
        With every unknown key and impossible value at once; or with the keys that the file, if it
        is there, gives twice, of which ``values`` could hold only one.

    Examples
    --------
    >>> load_study({"seed": 7}).seed
    7
    >>> load_study({"publish": {"suppress_below": "3"}}, typed=["publish"]).publish.suppress_below
    3
    """
    there = Path(file).is_file()
    if there:
        read_yaml(Path(file))
    try:
        return Study.model_validate(dict(values))
    except ValidationError as error:
        again = _read_again(values, error, typed)
    try:
        return Study.model_validate(again)
    except ValidationError as error:
        wrong = error
    lines = lines_of(Path(file)) if there else {}
    problems = [
        replace(one, file="--config", line=None) if str(one.column).split(".")[0] in typed else one
        for one in explained(wrong, file, lines, Study)
    ]
    raise InputProblems(problems) from None


def _read_again(
    values: Mapping[str, Any], error: ValidationError, typed: Collection[str]
) -> dict[str, Any]:
    """The values, with refused text of the command line read as YAML."""
    again = copy.deepcopy(dict(values))
    for found in error.errors():
        place, text = found["loc"], found["input"]
        if not place or place[0] not in typed or not isinstance(text, str):
            continue
        inside: Any = again
        try:
            for part in place[:-1]:
                inside = inside[part]
            if inside[place[-1]] == text:
                inside[place[-1]] = yaml.safe_load(text)
        # A day that does not exist, such as 2017-13-01, is a ValueError.
        except (LookupError, TypeError, ValueError, yaml.YAMLError):
            continue
    return again


def load_waves(folder: str | Path) -> dict[str, Wave]:
    """Read every declaration in a folder of waves.

    Parameters
    ----------
    folder : str or Path
        Holds one ``<wave>.yaml`` a wave.

    Returns
    -------
    dict of str to Wave
        In order of date, then name.

    Raises
    ------
    InputProblems
        With all that is wrong in any of the files.
    """
    waves: list[Wave] = []
    problems: list[Problem] = []
    files = sorted(Path(folder).glob("*.yaml"), key=lambda path: natural_key(path.stem))
    problems += [
        Problem(str(file), "Waves are declared in files that end in .yaml.", "Rename the file.")
        for file in sorted(Path(folder).glob("*.yml"))
    ]
    for file in files:
        try:
            waves.append(load_wave(file))
        except InputProblems as found:
            problems.extend(found.problems)
    if not files:
        problems.append(
            Problem(str(folder), "A study needs at least one wave.", "Add a <wave>.yaml here.")
        )
    raise_if_any(problems)
    return {wave.wave: wave for wave in sorted(waves, key=lambda wave: (wave.date, wave.wave))}


def load_wave(file: str | Path) -> Wave:
    """Read one wave's declaration; its name must be the file's.

    Raises
    ------
    InputProblems
        With every problem in the file, each with its line.
    """
    path = Path(file)
    values = read_yaml(path)
    lines = lines_of(path)
    try:
        wave = Wave.model_validate(values)
    except ValidationError as error:
        raise InputProblems(explained(error, str(path), lines, Wave)) from None
    if wave.wave != path.stem:
        raise InputProblems(
            [
                Problem(
                    str(path),
                    f"The file {path.name} declares the wave '{path.stem}'.",
                    "Rename the file or the wave so that they agree.",
                    lines.get(("wave",)),
                    "wave",
                    wave.wave,
                )
            ]
        )
    return wave


def declaration_of(wave: str, config: str | Path) -> Path:
    """The file that declares a wave.

    Parameters
    ----------
    wave : str
        Its name, as a person typed it.
    config : str or Path
        Folder of the configuration.

    Returns
    -------
    Path

    Raises
    ------
    InputProblems
        If no wave can be called so, or none is.
    """
    folder = Path(config, "waves")
    names = sorted((one.stem for one in folder.glob("*.yaml")), key=natural_key)
    if wave in names and WAVE_NAME.fullmatch(wave) and wave not in RESERVED_NAMES:
        return folder / f"{wave}.yaml"
    raise InputProblems(
        [
            Problem(
                str(folder),
                f"A wave is declared in a file of its name; here are: {', '.join(names) or 'none'}."
                if folder.is_dir()
                else "There is no such folder.",
                "Correct the wave's name, declare the wave (config/README.md says how), or name "
                "another folder with --config.",
                value=wave,
            )
        ]
    )


@dataclass(frozen=True)
class Declaration:
    """A wave's declaration as far as it can be read, for reports that look at all files at once.

    Attributes
    ----------
    wave : Wave or None
        Keys that are wrong are left out of it; None if the file holds no keys at all.
    unsure : frozenset of str
        Top-level keys that something is wrong with: what rests on them cannot be judged.
    problems : tuple of Problem
        All of the file.
    """

    wave: Wave | None
    unsure: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def examine_declaration(file: str | Path) -> Declaration:
    """Read one wave's declaration, and what can be read of a wrong one.

    Parameters
    ----------
    file : str or Path
        ``<wave>.yaml``.

    Returns
    -------
    Declaration
        With the problems that :func:`load_wave` would raise.
    """
    path = Path(file)
    try:
        return Declaration(load_wave(path))
    except InputProblems as found:
        problems = found.problems
    try:
        values = read_yaml(path)
    except InputProblems:
        return Declaration(None, problems=problems)
    told = [word for word in MADE_UP if path.stem.endswith(f"-{word}")]
    values |= {"wave": path.stem, "provenance": told[0] if told else "original"}
    unsure: set[str] = set()
    # Leaving out one key may show another to be wrong: attributes need a trusts file.
    for _ in Wave.model_fields:
        try:
            return Declaration(Wave.model_validate(values), frozenset(unsure), problems)
        except ValidationError as error:
            for name in {found["loc"][0] for found in error.errors() if found["loc"]}:
                unsure |= _leave_out(values, name)
    return Declaration(None, problems=problems)


def _leave_out(values: dict[str, Any], name: Any) -> set[str]:
    """Take out a wrong key, or put a stand-in where one is required; what it leaves unsure."""
    stand_ins = {"title": "", "source": "", "licence": "", "date": datetime.date(1, 1, 1)}
    values.pop(name, None)
    if name in stand_ins:
        values[name] = stand_ins[name]
    if name in Wave.model_fields:
        return {str(name)}
    return set(difflib.get_close_matches(str(name), list(Wave.model_fields), n=1, cutoff=0.6))


_ReportFigures = dict[FigureName, ReportFigure]


def load_report_figures(file: str | Path) -> dict[str, ReportFigure]:
    """Read which charts of single items a report drew, by the names of their files.

    Raises
    ------
    InputProblems
        With every problem in the file, each with its line.
    """
    path = Path(file)
    values = read_yaml(path)
    try:
        return TypeAdapter(_ReportFigures).validate_python(values)
    except ValidationError as error:
        lines = lines_of(path)
        raise InputProblems(explained(error, str(path), lines, _ReportFigures)) from None
