"""The declaration of one survey wave (``config/waves/<wave>.yaml``), as typed objects."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from buildingtrusts.output.contracts import UNKNOWN_LEVELS
from buildingtrusts.study.fields import (
    Levels,
    Linkage,
    Metric,
    Partitions,
    Positive,
    Scaling,
    Statistic,
    Strict,
    Words,
    distinct,
)

WAVE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
RESERVED_NAMES = ("tables", "figures", "public", "register", "interviews", "paper")
MADE_UP = ("reconstruction", "illustration")
#: Names that the tidy tables use themselves.
RESERVED_ATTRIBUTES = ("mat_id", "trust_uid")
RESERVED_LEVELS = UNKNOWN_LEVELS

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


class KeyColumns(Strict):
    """Names, in the wave's file, of the columns that identify a response."""

    respondent_id: str = "respondent_id"
    mat_id: str = "mat_id"
    role: str | None = "role"


class ResponsesFile(Strict):
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


class TrustSource(Strict):
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


class TrustsFile(Strict):
    """The wave's trusts and their attributes: file in its raw folder, and what is joined to it."""

    file: str = "trusts.csv"
    importer: Literal["csv", "tsv", "excel", "ods", "detect"] = "csv"
    encoding: Literal["utf-8", "cp1252", "utf-16"] = "utf-8"
    sheet: str | None = None
    uid: str | None = None
    extract: str | None = None
    from_register: Annotated[tuple[RegisterAttribute, ...], AfterValidator(distinct)] = (
        REGISTER_ATTRIBUTES
    )
    sources: tuple[TrustSource, ...] = ()
    staff: dict[Literal["all", "ceo", "central_team", "school_leader"], str] = Field(default={})

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


class ClusterChoices(Strict):
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


class EvidenceChoices(Strict):
    """Whether, and with how many draws, the evidence for the clusters is computed."""

    enabled: bool = True
    draws: Positive = 10_000
    null_studies: Positive = 200
    null_draws: Positive = 200


FigureName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ItemColumn = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*__[a-z][a-z0-9_]*$")]


class ReportFigure(Strict):
    """A chart of what chief executives answered: to one item, or to several side by side."""

    title: str
    items: Words[ItemColumn]


class Wave(Strict):
    """One survey wave (``config/waves/<wave>.yaml``)."""

    wave: str
    title: str
    date: datetime.date
    provenance: Provenance
    source: str
    licence: str
    responses: ResponsesFile = ResponsesFile()
    trusts: TrustsFile | None = None
    roles: dict[Role, tuple[str, ...]] = Field(default={})
    attributes: dict[str, Levels] = Field(default={}, validate_default=True)
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
