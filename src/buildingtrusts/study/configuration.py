"""The configuration as typed objects: what to run, with which choices, on which waves.

``config/config.yaml`` holds the choices of a run, ``config/waves/<wave>.yaml`` declares one survey
wave each. Both are checked once, whole: every unknown key, missing key and impossible value is
reported with its file and line before anything runs.
"""

from __future__ import annotations

import datetime
import difflib
import math
import re
import types
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from buildingtrusts.output.contracts import UNKNOWN_LEVELS
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

WAVE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
RESERVED_NAMES = ("tables", "figures", "public", "register", "interviews", "paper")
MADE_UP = ("reconstruction", "illustration")
#: Names that the tidy tables use themselves.
RESERVED_ATTRIBUTES = ("mat_id", "trust_uid")
RESERVED_LEVELS = UNKNOWN_LEVELS
_MOST_NODES = 100_000
_FILE_WORD = re.compile(r"\w[\w .-]*")

#: What the official register tells of a trust.
RegisterAttribute = Literal[
    "phase_mix",
    "school_type_mix",
    "size_schools",
    "size_pupils",
    "geographical_spread",
    "trust_age",
    "rapid_growth",
]
REGISTER_ATTRIBUTES: tuple[RegisterAttribute, ...] = get_args(RegisterAttribute)
Role = Literal["ceo", "central_team", "school_leader"]
Provenance = Literal["original", "reconstruction", "illustration"]
# Strict, or a bare Yes would be the number 1.
NonNegative = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(ge=1, strict=True)]
CutOff = Annotated[float, Field(strict=True)]


def _some_and_distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("at least one entry is needed")
    return _distinct(values)


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    for number, value in enumerate(values):
        if value in values[:number]:
            raise ValueError(f"each entry stands once; '{value}' is repeated")
    return values


Partitions = Annotated[
    tuple[Annotated[int, Field(ge=2, strict=True)], ...], AfterValidator(_some_and_distinct)
]
Levels = Annotated[tuple[str, ...], AfterValidator(_some_and_distinct)]
Linkage = Literal["average", "complete", "single", "ward"]
Metric = Literal["euclidean", "manhattan", "correlation"]
Scaling = Literal["none", "zscore", "respondent_centred"]
Statistic = Literal["mean", "median"]
_T = TypeVar("_T")
#: A list with at least one entry, each once.
Words = Annotated[tuple[_T, ...], AfterValidator(_some_and_distinct)]


#: Widths of figures that have a name; a number is of millimetres.
FIGURE_WIDTHS = ("page", "one_column", "two_columns", "slide")


def _figure_width(value: object) -> object:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value in FIGURE_WIDTHS or (number and 60 <= float(str(value)) <= 400):
        return value
    names = ", ".join(FIGURE_WIDTHS)
    raise ValueError(f"found '{value}'; allowed here is {names}, or millimetres from 60 to 400")


#: A named width of figures, or millimetres.
FigureWidth = Annotated[int | float | str, BeforeValidator(_figure_width)]


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
    own_family: tuple[str, ...] = ("performance_flags",)


class ProfileChoices(_Strict):
    """Bootstrap of the cluster profiles."""

    draws: Positive = 1_000


class StandardisationChoices(_Strict):
    """The balanced sample: so many answers from each clustered trust, so many times."""

    answers_per_mat: Positive = 4
    draws: Positive = 1_000


class OperatingModelChoices(_Strict):
    """Cut-offs on the mean over operating areas (0 devolved, 10 central)."""

    hybrid_from: CutOff = 4.0
    centralised_from: CutOff = 6.0

    @model_validator(mode="after")
    def _in_order(self) -> OperatingModelChoices:
        if not 0 <= self.hybrid_from <= self.centralised_from <= 10:
            raise ValueError("cut-offs run 0 <= hybrid_from <= centralised_from <= 10")
        return self


class EvidenceEffort(_Strict):
    """Draws of the evidence that all waves share, and over how many jobs draws are split."""

    parts: Positive = 2
    merge_draws: Positive = 2_000
    index_draws: Positive = 500
    continuum_draws: Positive = 2_000


class MultiverseChoices(_Strict):
    """The choices that are crossed, and the draws of each combination's own null."""

    linkage: Words[Linkage] = ("average", "complete", "single", "ward")
    metric: Words[Metric] = ("euclidean", "manhattan", "correlation")
    scaling: Words[Scaling] = ("none", "zscore", "respondent_centred")
    statistic: Words[Statistic] = ("mean", "median")
    min_responses: Words[Positive] = (3, 4, 5, 6, 7, 8, 9, 10)
    roles: Words[Literal["all", "without_ceo", "role_standardised"]] = (
        "all",
        "without_ceo",
        "role_standardised",
    )
    answers: Words[Literal["available", "complete"]] = ("available", "complete")
    k: Partitions = (2, 3, 4, 5, 6)
    draws: Positive = 200


class EnsembleChoices(_Strict):
    """The grid of reconstructions over which a reconstruction's evidence is repeated."""

    first_seed: NonNegative = 2017
    seeds: Positive = 12
    within_sd: Words[Annotated[float, Field(ge=1, le=3, strict=True)]] = (1.5, 2.0, 2.5)
    count_skew: Words[Annotated[float, Field(ge=0, le=1.5, strict=True)]] = (0.4, 0.8, 1.2)
    draws: Positive = 2_000
    null_studies: Positive = 200
    null_draws: Positive = 100


class TrackingChoices(_Strict):
    """Bootstrap draws of what is followed from wave to wave."""

    draws: Positive = 1_000


class RegisterChoices(_Strict):
    """Which extract of the official register the study is compared with."""

    extract: str = "2017-01-19"


class InterviewSet(_Strict):
    """A set of coded interviews: its folder, the wave it is joined to, codes and attributes."""

    folder: str
    wave: str
    codes: str = "interview_codes.csv"
    by: tuple[str, ...] = ()

    @field_validator("folder")
    @classmethod
    def _usable_folder(cls, folder: str) -> str:
        if not WAVE_NAME.fullmatch(folder):
            raise ValueError(
                "a set of interviews has a folder whose name starts with a letter or digit and "
                "goes on with letters, digits, _ and -"
            )
        return folder

    @field_validator("by")
    @classmethod
    def _usable_attributes(cls, by: tuple[str, ...]) -> tuple[str, ...]:
        for number, name in enumerate(by):
            if name in by[:number]:
                raise ValueError(f"each attribute stands once; '{name}' is repeated")
            # Names of figures are made of it, and 'all' is what the table calls all trusts.
            if not _FILE_WORD.fullmatch(name) or name == "all":
                raise ValueError(
                    "an attribute that figures are named after consists of letters, digits, "
                    f"spaces, _, - and points, and is not called 'all'; found '{name}'"
                )
        return by


class StudyWords(_Strict):
    """What figures and texts say for the groups that are clustered, and for their people."""

    trust: str = "trust"
    trusts: str = "trusts"
    staff: str = "staff"


class FigureChoices(_Strict):
    """Formats in which every figure is written, how large it is, and its font."""

    formats: tuple[Literal["pdf", "svg", "png"], ...] = ("pdf", "svg", "png")
    dpi: Positive = 300
    width: FigureWidth = "page"
    font: str = "DejaVu Sans"


class TableChoices(_Strict):
    """Formats in which every table for paper is written."""

    formats: Words[Literal["csv", "md", "tex", "docx"]] = ("csv", "md", "tex")


class PublishChoices(_Strict):
    """A second set of results: from where numbers are small, rounding, trusts left out."""

    suppress_below: Annotated[int, Field(ge=2, strict=True)] = 5
    round_to: Positive = 1
    drop_mats: Annotated[tuple[str, ...], AfterValidator(_distinct)] = ()


class Study(_Strict):
    """One run: folders, seed and choices shared by all waves (``config/config.yaml``)."""

    paths: Paths = Paths()
    seed: NonNegative = 2017
    crosstabs: CrosstabChoices = CrosstabChoices()
    profiles: ProfileChoices = ProfileChoices()
    standardisation: StandardisationChoices = StandardisationChoices()
    operating_model: OperatingModelChoices = OperatingModelChoices()
    evidence: EvidenceEffort = EvidenceEffort()
    multiverse: MultiverseChoices = MultiverseChoices()
    ensemble: EnsembleChoices = EnsembleChoices()
    tracking: TrackingChoices = TrackingChoices()
    register_: RegisterChoices = Field(default=RegisterChoices(), alias="register")
    interviews: tuple[InterviewSet, ...] = ()
    words: StudyWords = StudyWords()
    figures: FigureChoices = FigureChoices()
    tables: TableChoices = TableChoices()
    publish: PublishChoices | None = None

    @field_validator("interviews", mode="before")
    @classmethod
    def _none_or_some(cls, sets: object) -> object:
        # A key without a value is what is left when its entries are deleted.
        return () if sets is None else sets

    @field_validator("interviews")
    @classmethod
    def _each_set_once(cls, sets: tuple[InterviewSet, ...]) -> tuple[InterviewSet, ...]:
        names = [one.folder for one in sets]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise ValueError(f"each set of interviews stands once; '{name}' is repeated")
        return sets


class KeyColumns(_Strict):
    """Names, in the wave's file, of the columns that identify a response."""

    respondent_id: str = "respondent_id"
    mat_id: str = "mat_id"
    role: str | None = "role"


class ResponsesFile(_Strict):
    """The wave's responses: file in its raw folder, how to read it, what stays at the door."""

    file: str = "responses.csv"
    importer: Literal[
        "csv",
        "tsv",
        "qualtrics",
        "surveymonkey",
        "microsoft_forms",
        "google_forms",
        "jisc",
        "excel",
        "ods",
        "spss",
        "stata",
        "detect",
    ] = "csv"
    columns: KeyColumns = KeyColumns()
    encoding: Literal["utf-8", "cp1252", "utf-16"] = "utf-8"
    sheet: str | None = None
    missing: tuple[str, ...] = ()
    reversed: tuple[str, ...] = ()
    keep_unfinished: Annotated[bool, Field(strict=True)] = False
    keep_personal: tuple[str, ...] = ()


class TrustSource(_Strict):
    """Another file about trusts, by their number in the register; it need not list them all."""

    file: str
    importer: Literal["csv", "tsv", "excel", "ods", "detect"] = "csv"
    encoding: Literal["utf-8", "cp1252", "utf-16"] = "utf-8"
    sheet: str | None = None
    uid: str = "trust_uid"
    attributes: Words[str]

    @field_validator("attributes")
    @classmethod
    def _not_the_number(cls, attributes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("uid") in attributes:
            raise ValueError(
                f"'{info.data['uid']}' is the column with the trusts' numbers, and no attribute"
            )
        return attributes


class TrustsFile(_Strict):
    """The wave's trusts and their attributes: file in its raw folder, and what is joined to it."""

    file: str = "trusts.csv"
    importer: Literal["csv", "tsv", "excel", "ods", "detect"] = "csv"
    encoding: Literal["utf-8", "cp1252", "utf-16"] = "utf-8"
    sheet: str | None = None
    uid: str | None = None
    extract: str | None = None
    from_register: Annotated[tuple[RegisterAttribute, ...], AfterValidator(_distinct)] = (
        REGISTER_ATTRIBUTES
    )
    sources: tuple[TrustSource, ...] = ()
    staff: dict[Literal["all", "ceo", "central_team", "school_leader"], str] = {}

    @field_validator("extract", "from_register", "sources")
    @classmethod
    def _by_number(cls, value: Any, info: ValidationInfo) -> Any:
        if "uid" in info.data and info.data["uid"] is None and value:
            raise ValueError(
                f"'{info.field_name}' needs the trusts' numbers in the register: name the column "
                "of the trusts file that holds them under 'uid'"
            )
        return value

    @field_validator("sources")
    @classmethod
    def _one_source_an_attribute(cls, sources: tuple[TrustSource, ...]) -> tuple[TrustSource, ...]:
        owner: dict[str, str] = {}
        for source in sources:
            for name in source.attributes:
                if name in owner:
                    raise ValueError(
                        f"an attribute comes from one file; '{name}' is to come from "
                        f"{owner[name]} and from {source.file}"
                    )
                owner[name] = source.file
        return sources

    @property
    def joins_register(self) -> bool:
        """Whether trusts get attributes from the register."""
        return self.uid is not None and bool(self.from_register)


def _check_levels_of_sources(attributes: Mapping[str, object], trusts: TrustsFile) -> None:
    for source in trusts.sources:
        for name in source.attributes:
            if name not in (*attributes, *trusts.from_register):
                raise ValueError(
                    f"each attribute has its levels here; '{name}', which {source.file} gives, "
                    "has none"
                )


class ClusterChoices(_Strict):
    """What is clustered and how; the defaults are the 2018 report's."""

    block: str = "strategy"
    min_responses: Positive = 5
    linkage: Linkage = "average"
    metric: Metric = "euclidean"
    scaling: Scaling = "none"
    statistic: Statistic = "mean"
    k: Partitions = (2, 3, 4, 5, 6, 7, 8)
    report_k: Partitions = (2, 3)

    @model_validator(mode="after")
    def _consistent(self) -> ClusterChoices:
        if not set(self.report_k) <= set(self.k):
            raise ValueError(
                f"partitions that are reported are among those made; report_k is "
                f"{list(self.report_k)}, k is {list(self.k)}"
            )
        if self.linkage == "ward" and self.metric != "euclidean":
            raise ValueError("linkage ward needs metric euclidean")
        return self


class EvidenceChoices(_Strict):
    """Whether, and with how many draws, the evidence for the clusters is computed."""

    enabled: bool = True
    draws: Positive = 10_000
    null_studies: Positive = 200
    null_draws: Positive = 200


FigureName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ItemColumn = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*__[a-z][a-z0-9_]*$")]


class ReportFigure(_Strict):
    """A chart of what chief executives answered: to one item, or to several side by side."""

    title: str
    items: Words[ItemColumn]


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
    attributes: Annotated[dict[str, Levels], Field(validate_default=True)] = {}
    cluster: ClusterChoices = ClusterChoices()
    evidence: EvidenceChoices = EvidenceChoices()

    @property
    def files(self) -> list[str]:
        """Names of the wave's raw files: responses, trusts, and what is joined to them."""
        if self.trusts is None:
            return [self.responses.file]
        return [
            self.responses.file,
            self.trusts.file,
            *(one.file for one in self.trusts.sources),
        ]

    @property
    def attribute_names(self) -> list[str]:
        """The attributes that the wave's trusts have: declared, then from the register."""
        joined = self.trusts.from_register if self.trusts and self.trusts.joins_register else ()
        return list(dict.fromkeys((*self.attributes, *joined)))

    @field_validator("wave")
    @classmethod
    def _usable_name(cls, name: str) -> str:
        if not WAVE_NAME.fullmatch(name) or name in RESERVED_NAMES:
            raise ValueError(
                "a wave's name starts with a letter or digit, goes on with letters, digits, _ "
                f"and -, and is none of {', '.join(RESERVED_NAMES)}"
            )
        return name

    @field_validator("date", mode="before")
    @classmethod
    def _a_day(cls, date: object) -> object:
        if isinstance(date, int | float):
            raise ValueError("a date is a day, written like 2017-10-31")
        return date

    # These look at a field declared above them: one validator for the whole wave would have no
    # line to name, and would stay silent as long as anything else is wrong.
    @field_validator("provenance")
    @classmethod
    def _told_by_the_name(cls, provenance: str, info: ValidationInfo) -> str:
        name = info.data.get("wave")
        told = [word for word in MADE_UP if (name or "").endswith(f"-{word}")]
        if name is not None and told != ([] if provenance == "original" else [provenance]):
            raise ValueError(
                f"the wave '{name}' has provenance '{provenance}': a reconstruction is "
                "called <name>-reconstruction, an illustration <name>-illustration, and an "
                "original neither, so that every path says what it is"
            )
        return provenance

    @field_validator("roles")
    @classmethod
    def _one_role_a_label(cls, roles: dict[Role, tuple[str, ...]]) -> dict[Role, tuple[str, ...]]:
        owner: dict[str, str] = {role: role for role in roles}
        for role, labels in roles.items():
            for label in labels:
                if owner.setdefault(label, role) != role:
                    raise ValueError(
                        f"a label stands for one role; '{label}' stands for {owner[label]} "
                        f"and {role}"
                    )
        return roles

    @field_validator("attributes")
    @classmethod
    def _usable_attributes(
        cls, attributes: dict[str, tuple[str, ...]], info: ValidationInfo
    ) -> dict[str, tuple[str, ...]]:
        # Absent if something is wrong with it, which is told by itself.
        trusts: TrustsFile | None = info.data.get("trusts")
        if attributes and trusts is None and "trusts" in info.data:
            raise ValueError("attributes are declared without a trusts file to read them from")
        for name, levels in attributes.items():
            if name in RESERVED_ATTRIBUTES or set(levels) & set(RESERVED_LEVELS):
                raise ValueError(
                    f"no attribute is called {' or '.join(RESERVED_ATTRIBUTES)}, and no level "
                    f"{' or '.join(RESERVED_LEVELS)}, which a trust of unknown level gets by itself"
                )
        if trusts is not None and trusts.uid in attributes:
            raise ValueError(
                f"'{trusts.uid}' is the column with the trusts' numbers in the register, and no "
                "attribute"
            )
        if trusts is not None:
            _check_levels_of_sources(attributes, trusts)
        return attributes


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
        With every unknown key and impossible value at once; or with the keys that the file, if it
        is there, gives twice, of which ``values`` could hold only one.

    Examples
    --------
    >>> load_study({"seed": 7}).seed
    7
    """
    there = Path(file).is_file()
    if there:
        read_yaml(Path(file))
    try:
        return Study.model_validate(dict(values))
    except ValidationError as error:
        lines = _lines_of(Path(file)) if there else {}
        raise InputProblems(_explained(error, file, lines, Study)) from None


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
    lines = _lines_of(path)
    try:
        wave = Wave.model_validate(values)
    except ValidationError as error:
        raise InputProblems(_explained(error, str(path), lines, Wave)) from None
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
        lines = _lines_of(path)
        raise InputProblems(_explained(error, str(path), lines, _ReportFigures)) from None


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping; a repeated key is a problem, not a silent choice."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        raise_if_any(_endless(str(path), root))
        values = None if root is None else loader.construct_document(root)
    except OSError as error:
        raise InputProblems(
            [
                Problem(
                    str(path),
                    f"The file can be read: {error.strerror}.",
                    "Create it, or correct its name; config/README.md says what it holds.",
                )
            ]
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
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


def _endless(file: str, root: yaml.Node | None) -> Iterator[Problem]:
    """Anchors that hold themselves, or so many of each other that reading them would not end."""
    sizes: dict[int, float] = {}

    def size(node: Any) -> float:
        if id(node) not in sizes:
            sizes[id(node)] = math.inf  # as long as it is looked at, it can only hold itself
            parts = node.value if isinstance(node, yaml.CollectionNode) else ()
            inside = [one for part in parts for one in (part if type(part) is tuple else (part,))]
            sizes[id(node)] = 1 + sum(map(size, inside))
        return sizes[id(node)]

    if root is not None and size(root) > _MOST_NODES:
        yield Problem(
            file,
            f"A declaration has at most {_MOST_NODES} entries, repeated ones (*) counted in full.",
            "Take out anchors (&) and write out what they stand for.",
        )


class _Loader(yaml.SafeLoader):
    """Leaves a day that does not exist, such as 2017-13-01, as text for the checks to report."""


def _day_or_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day_or_text)


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
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _repeated_keys(file, entry)


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
    error: ValidationError,
    file: str,
    lines: Mapping[tuple[Hashable, ...], int],
    model: object,
) -> Iterator[Problem]:
    """Turn each of pydantic's errors into a problem with its line and what is allowed there."""
    for found in error.errors():
        # Pydantic marks an error in a key itself by a last part of "[key]".
        place = tuple(part for part in found["loc"] if part != "[key]")
        known = next((place[:n] for n in range(len(place), 0, -1) if place[:n] in lines), None)
        yield Problem(
            file=file,
            rule=_rule(found, model),
            advice=_advice(found, model),
            line=None if known is None else lines[known],
            column=".".join(map(str, place)) or None,
            value=_found(found),
        )


def _found(found: Mapping[str, Any]) -> str | None:
    """What stands there; rules about several values say themselves which."""
    value = found.get("input")
    if found["type"] in ("missing", "extra_forbidden") and not isinstance(value, str | int | float):
        return None
    if isinstance(value, Mapping | BaseModel | list | tuple):
        return None if found["type"] == "value_error" else _in_yaml(value)
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_yaml(value: object) -> str:
    written = yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True)
    return written.removesuffix("\n")


def _rule(found: Mapping[str, Any], model: object) -> str:
    if found["type"] == "extra_forbidden":
        return "There is no such key."
    if found["type"] == "missing":
        return f"This key is required: {_allowed_at(model, found['loc'])}."
    if found["type"] == "value_error":
        message = str(found["msg"]).removeprefix("Value error, ")
        return message[:1].upper() + message[1:].rstrip(".") + "."
    if "[key]" in found["loc"]:
        annotation = _annotation_at(model, found["loc"][:-2])
        return f"A key here is {_in_words(get_args(annotation)[0])}."
    return f"Allowed here is {_allowed_at(model, found['loc'])}."


def _advice(found: Mapping[str, Any], model: object) -> str:
    if found["type"] == "extra_forbidden":
        there = _annotation_at(model, found["loc"][:-1])
        return f"Check its spelling and indentation. Allowed here are {_in_words(there)}."
    if found["type"] == "missing":
        return "Add it; config/README.md says what it means."
    if found["type"] == "string_type" and isinstance(found.get("input"), bool):
        return 'YAML reads a bare Yes or No as true or false: put it in quotes, "Yes".'
    if found["type"] == "string_type" and isinstance(found.get("input"), datetime.date):
        return 'YAML reads a bare date as a date: put it in quotes, "2017-01-19".'
    return "Correct it; config/README.md explains every key."


def _allowed_at(model: object, place: Sequence[object]) -> str:
    return _in_words(_annotation_at(model, place))


def _annotation_at(model: object, place: Sequence[object]) -> object:
    """The type that is declared where an error was found, with its bounds."""
    here: object = model
    for part in place:
        if isinstance(here, type) and issubclass(here, BaseModel):
            fields = {field.alias or name: field for name, field in here.model_fields.items()}
            field = fields.get(str(part))
            if field is None:
                return here
            here = field.annotation
            if field.metadata:
                here = Annotated[here, *field.metadata]
        else:
            inner = _inside(here)
            here = inner[-1] if inner else here
        here = _without_none(here)
    return here


def _inside(annotation: object) -> tuple[object, ...]:
    """Types of the entries of a list, or of the keys and values of a mapping."""
    if get_origin(annotation) is Annotated:
        return _inside(get_args(annotation)[0])
    return tuple(part for part in get_args(annotation) if part is not ...)


def _without_none(annotation: object) -> object:
    if get_origin(annotation) in (Union, types.UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _in_words(annotation: object, low: object = None, high: object = None) -> str:
    """What a type allows, as people say it."""
    annotation = _without_none(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        for one in more:
            for bound in getattr(one, "metadata", (one,)):
                low, high = getattr(bound, "ge", low), getattr(bound, "le", high)
        return _in_words(inner, low, high)
    if origin is Literal:
        return f"one of: {', '.join(map(str, get_args(annotation)))}"
    if origin is tuple:
        return f"a list in square brackets, each entry {_in_words(get_args(annotation)[0])}"
    if origin is dict:
        key, value = get_args(annotation)
        return f"keys with values, each key {_in_words(key)}, each value {_in_words(value)}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        return f"the keys {', '.join(field.alias or name for name, field in fields)}"
    return _KINDS.get(annotation, "text") + _bounds(low, high)


def _bounds(low: object, high: object) -> str:
    return "".join(
        f" {word} {bound}" for word, bound in (("from", low), ("to", high)) if bound is not None
    )


_KINDS: dict[object, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    datetime.date: "a day, written like 2017-10-31",
}
