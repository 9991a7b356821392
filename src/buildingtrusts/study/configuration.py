"""The configuration as typed objects: what to run, with which choices, on which waves.

``config/config.yaml`` holds the choices of a run, ``config/waves/<wave>.yaml`` declares one survey
wave each. Both are checked once, whole: every unknown key, missing key and impossible value is
reported with its file and line before anything runs.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from buildingtrusts.study.order import natural_key
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

WAVE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
RESERVED_NAMES = ("tables", "figures", "public", "register")
MADE_UP = ("reconstruction", "illustration")

Role = Literal["ceo", "central_team", "school_leader"]
Provenance = Literal["original", "reconstruction", "illustration"]
NonNegative = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class _Strict(BaseModel):
    # Numbers become text where text is meant: a wave called 2017 needs no quotes.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Paths(_Strict):
    """Folders of a run, relative to where it is started."""

    config: str = "config"
    raw: str = "data/raw"
    processed: str = "data/processed"
    results: str = "results"
    published: str = "data/published"
    logs: str = "logs"


class CrosstabChoices(_Strict):
    """How far exact tests go before Monte Carlo, and which attributes are adjusted apart."""

    max_steps: Positive = 300_000
    max_tables: Positive = 20_000
    draws: Positive = 100_000
    own_family: tuple[str, ...] = ()


class ProfileChoices(_Strict):
    """Bootstrap of the cluster profiles."""

    draws: Positive = 2_000


class StandardisationChoices(_Strict):
    """The balanced sample: so many answers from each clustered trust, so many times."""

    answers_per_mat: Positive = 4
    draws: Positive = 1_000


class OperatingModelChoices(_Strict):
    """Cut-offs on the mean over operating areas (0 devolved, 10 central)."""

    hybrid_from: float = 4.0
    centralised_from: float = 6.0

    @model_validator(mode="after")
    def _in_order(self) -> OperatingModelChoices:
        if not 0 <= self.hybrid_from <= self.centralised_from <= 10:
            raise ValueError("cut-offs run 0 <= hybrid_from <= centralised_from <= 10")
        return self


class RegisterChoices(_Strict):
    """Which extract of the official register the study is compared with."""

    extract: str = "2017-01-19"


class FigureChoices(_Strict):
    """Formats in which every figure is written."""

    formats: tuple[Literal["pdf", "svg", "png"], ...] = ("pdf", "svg", "png")
    dpi: Positive = 300


class Study(_Strict):
    """One run: folders, seed and choices shared by all waves (``config/config.yaml``)."""

    paths: Paths = Paths()
    seed: NonNegative = 2017
    crosstabs: CrosstabChoices = CrosstabChoices()
    profiles: ProfileChoices = ProfileChoices()
    standardisation: StandardisationChoices = StandardisationChoices()
    operating_model: OperatingModelChoices = OperatingModelChoices()
    register_: RegisterChoices = Field(default=RegisterChoices(), alias="register")
    figures: FigureChoices = FigureChoices()


class KeyColumns(_Strict):
    """Names, in the wave's file, of the columns that identify a response."""

    respondent_id: str = "respondent_id"
    mat_id: str = "mat_id"
    role: str | None = "role"


class ResponsesFile(_Strict):
    """The wave's responses: file in its raw folder, how to read it, words for no answer."""

    file: str = "responses.csv"
    importer: Literal["csv"] = "csv"
    columns: KeyColumns = KeyColumns()
    encoding: Literal["utf-8", "cp1252", "utf-16"] = "utf-8"
    missing: tuple[str, ...] = ()


class TrustsFile(_Strict):
    """The wave's trusts and their attributes: file in its raw folder."""

    file: str = "trusts.csv"
    encoding: Literal["utf-8", "cp1252", "utf-16"] = "utf-8"


class ClusterChoices(_Strict):
    """What is clustered and how; the defaults are the 2018 report's."""

    block: str = "strategy"
    min_responses: Positive = 5
    linkage: Literal["average", "complete", "single", "ward"] = "average"
    metric: Literal["euclidean", "manhattan", "correlation"] = "euclidean"
    scaling: Literal["none", "zscore", "respondent_centred"] = "none"
    statistic: Literal["mean", "median"] = "mean"
    k: tuple[Annotated[int, Field(ge=2)], ...] = (2, 3, 4, 5, 6, 7, 8)
    report_k: tuple[Annotated[int, Field(ge=2)], ...] = (2, 3)

    @model_validator(mode="after")
    def _consistent(self) -> ClusterChoices:
        if not set(self.report_k) <= set(self.k):
            raise ValueError(f"report_k {list(self.report_k)} must be among k {list(self.k)}")
        if self.linkage == "ward" and self.metric != "euclidean":
            raise ValueError("linkage ward needs metric euclidean")
        return self


class EvidenceChoices(_Strict):
    """Whether, and with how many draws, the evidence for the clusters is computed."""

    enabled: bool = False
    draws: Positive = 10_000


class Wave(_Strict):
    """One survey wave (``config/waves/<wave>.yaml``)."""

    wave: str
    title: str
    date: datetime.date
    provenance: Provenance
    source: str
    licence: str
    responses: ResponsesFile = ResponsesFile()
    trusts: TrustsFile | None = None
    roles: dict[Role, tuple[str, ...]] = {}
    attributes: dict[str, tuple[str, ...]] = {}
    cluster: ClusterChoices = ClusterChoices()
    evidence: EvidenceChoices = EvidenceChoices()

    @field_validator("wave")
    @classmethod
    def _usable_name(cls, name: str) -> str:
        if not WAVE_NAME.fullmatch(name) or name in RESERVED_NAMES:
            raise ValueError(
                "a wave's name starts with a letter or digit, goes on with letters, digits, _ "
                f"and -, and is none of {', '.join(RESERVED_NAMES)}"
            )
        return name

    @model_validator(mode="after")
    def _name_tells_provenance(self) -> Wave:
        told = [word for word in MADE_UP if self.wave.endswith(f"-{word}")]
        if told != ([] if self.provenance == "original" else [self.provenance]):
            raise ValueError(
                f"the wave '{self.wave}' has provenance '{self.provenance}': a reconstruction is "
                "called <name>-reconstruction, an illustration <name>-illustration, and an "
                "original neither, so that every path says what it is"
            )
        return self

    @model_validator(mode="after")
    def _attributes_have_a_source(self) -> Wave:
        if self.attributes and self.trusts is None:
            raise ValueError("attributes are declared without a trusts file to read them from")
        return self


def load_study(values: Mapping[str, Any], file: str = "config/config.yaml") -> Study:
    """Check the run's configuration.

    Parameters
    ----------
    values : mapping
        As read from YAML; keys that are missing take their default.
    file : str
        Name used in problem reports.

    Returns
    -------
    Study

    Raises
    ------
    InputProblems
        With every unknown key and impossible value at once.

    Examples
    --------
    >>> load_study({"seed": 7}).seed
    7
    """
    try:
        return Study.model_validate(dict(values))
    except ValidationError as error:
        lines = _lines_of(Path(file)) if Path(file).is_file() else {}
        raise InputProblems(_explained(error, file, lines)) from None


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
    lines = _lines_of(path)
    try:
        wave = Wave.model_validate(values)
    except ValidationError as error:
        raise InputProblems(_explained(error, str(path), lines)) from None
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


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping; a repeated key is a problem, not a silent choice."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise InputProblems(
            [
                Problem(
                    str(path),
                    f"The file is not valid YAML: {getattr(error, 'problem', error)}.",
                    "Check indentation, quotes and colons near that line.",
                    None if mark is None else mark.line + 1,
                )
            ]
        ) from None
    if not isinstance(values, dict):
        raise InputProblems(
            [Problem(str(path), "The file holds keys and values.", "See config/README.md.")]
        )
    raise_if_any(_repeated_keys(str(path), root))
    return values


def _repeated_keys(file: str, node: yaml.Node | None) -> Iterator[Problem]:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                yield Problem(
                    file,
                    f"A key is given once; this one stands on line {seen[key.value]} already.",
                    "Delete one of the two.",
                    line,
                    key.value,
                )
            seen.setdefault(key.value, line)
            yield from _repeated_keys(file, value)


def _lines_of(path: Path) -> dict[tuple[Hashable, ...], int]:
    """Line of every key and list entry of a YAML file, by its path of keys."""
    lines: dict[tuple[Hashable, ...], int] = {}

    def visit(node: yaml.Node | None, place: tuple[Hashable, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                lines[(*place, key.value)] = key.start_mark.line + 1
                visit(value, (*place, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for number, entry in enumerate(node.value):
                lines[(*place, number)] = entry.start_mark.line + 1
                visit(entry, (*place, number))

    try:
        visit(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), ())
    except yaml.YAMLError:
        return {}
    return lines


def _explained(
    error: ValidationError, file: str, lines: Mapping[tuple[Hashable, ...], int]
) -> Iterator[Problem]:
    """Turn each of pydantic's errors into a problem with its line."""
    for found in error.errors():
        place = tuple(str(part) if isinstance(part, str) else part for part in found["loc"])
        known = next((place[:n] for n in range(len(place), 0, -1) if place[:n] in lines), None)
        yield Problem(
            file=file,
            rule=_rule(found),
            advice=_advice(found),
            line=None if known is None else lines[known],
            column=".".join(map(str, place)) or None,
            value=None
            if found["type"] in ("missing", "value_error")
            else _shown(found.get("input")),
        )


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _rule(found: Mapping[str, Any]) -> str:
    if found["type"] == "extra_forbidden":
        return "There is no such key."
    if found["type"] == "missing":
        return "This key is required."
    message = str(found["msg"]).removeprefix("Value error, ")
    return message[:1].upper() + message[1:].rstrip(".") + "."


def _advice(found: Mapping[str, Any]) -> str:
    if found["type"] == "extra_forbidden":
        return "Check its spelling and indentation against config/README.md."
    if found["type"] == "missing":
        return "Add it; config/README.md says what it means."
    if found["type"] == "string_type" and isinstance(found.get("input"), bool):
        return 'YAML reads a bare Yes or No as true or false: put it in quotes, "Yes".'
    return "config/README.md lists what is allowed."
