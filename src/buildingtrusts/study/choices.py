"""The choices of a run that all waves share (``config/config.yaml``), as typed objects."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from buildingtrusts.study.fields import (
    CutOff,
    FigureWidth,
    Linkage,
    Metric,
    NonNegative,
    Partitions,
    Positive,
    Scaling,
    Statistic,
    Strict,
    Words,
    distinct,
)
from buildingtrusts.study.wave import WAVE_NAME

_FILE_WORD = re.compile(r"\w[\w .-]*")


class Paths(Strict):
    """Folders of a run, relative to where it is started."""

    config: str = "config"
    raw: str = "data/raw"
    processed: str = "data/processed"
    results: str = "results"
    published: str = "data/published"
    logs: str = "logs"


class CrosstabChoices(Strict):
    """How far exact tests go before Monte Carlo, and which attributes are adjusted apart."""

    max_steps: Positive = 300_000
    max_tables: Positive = 20_000
    draws: Positive = 100_000
    own_family: tuple[str, ...] = ("performance_flags",)


class ProfileChoices(Strict):
    """Bootstrap of the cluster profiles."""

    draws: Positive = 1_000


class StandardisationChoices(Strict):
    """The balanced sample: so many answers from each clustered trust, so many times."""

    answers_per_mat: Positive = 4
    draws: Positive = 1_000


class OperatingModelChoices(Strict):
    """Cut-offs on the mean over operating areas (0 devolved, 10 central)."""

    hybrid_from: CutOff = 4.0
    centralised_from: CutOff = 6.0

    @model_validator(mode="after")
    def _in_order(self) -> OperatingModelChoices:
        if not 0 <= self.hybrid_from <= self.centralised_from <= 10:
            raise ValueError("cut-offs run 0 <= hybrid_from <= centralised_from <= 10")
        return self


class EvidenceEffort(Strict):
    """Draws of the evidence that all waves share, and over how many jobs draws are split."""

    parts: Positive = 2
    merge_draws: Positive = 2_000
    index_draws: Positive = 500
    continuum_draws: Positive = 2_000


class MultiverseChoices(Strict):
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


class EnsembleChoices(Strict):
    """The grid of reconstructions over which a reconstruction's evidence is repeated."""

    first_seed: NonNegative = 2017
    seeds: Positive = 12
    within_sd: Words[Annotated[float, Field(ge=1, le=3, strict=True)]] = (1.5, 2.0, 2.5)
    count_skew: Words[Annotated[float, Field(ge=0, le=1.5, strict=True)]] = (0.4, 0.8, 1.2)
    draws: Positive = 2_000
    null_studies: Positive = 200
    null_draws: Positive = 100


class TrackingChoices(Strict):
    """Bootstrap draws of what is followed from wave to wave."""

    draws: Positive = 1_000


class RegisterChoices(Strict):
    """Which extract of the official register the study is compared with."""

    extract: str = "2017-01-19"


class InterviewSet(Strict):
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


class StudyWords(Strict):
    """What figures and texts say for the groups that are clustered, and for their people."""

    trust: str = "trust"
    trusts: str = "trusts"
    staff: str = "staff"


class FigureChoices(Strict):
    """Formats in which every figure is written, how large it is, and its font."""

    formats: tuple[Literal["pdf", "svg", "png"], ...] = ("pdf", "svg", "png")
    dpi: Positive = 300
    width: FigureWidth = "page"
    font: str = "DejaVu Sans"


class TableChoices(Strict):
    """Formats in which every table for paper is written."""

    formats: Words[Literal["csv", "md", "tex", "docx"]] = ("csv", "md", "tex")


class PublishChoices(Strict):
    """A second set of results: from where numbers are small, rounding, trusts left out."""

    suppress_below: Annotated[int, Field(ge=2, strict=True)] = 5
    round_to: Positive = 1
    drop_mats: Annotated[tuple[str, ...], AfterValidator(distinct)] = ()


class Study(Strict):
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
