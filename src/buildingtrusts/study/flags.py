"""Flags that several steps share: what is clustered, how, and where draws come from."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from buildingtrusts.study.choices import RegisterChoices
from buildingtrusts.study.fields import FIGURE_WIDTHS
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any


def add_specification(parser: argparse.ArgumentParser) -> None:
    """Declare how trusts are aggregated and clustered; the defaults are the 2018 report's."""
    parser.add_argument("--block", default="strategy", help="block that is clustered")
    parser.add_argument(
        "--linkage",
        default="average",
        choices=("average", "complete", "single", "ward"),
        help="how the distance between groups is taken",
    )
    parser.add_argument(
        "--metric",
        default="euclidean",
        choices=("euclidean", "manhattan", "correlation"),
        help="distance between two trusts",
    )
    parser.add_argument(
        "--scaling",
        default="none",
        choices=("none", "zscore", "respondent_centred"),
        help="of items over trusts, or of answers within respondents",
    )
    parser.add_argument(
        "--statistic", default="mean", choices=("mean", "median"), help="of a trust's answers"
    )


def add_clustered_answers(parser: argparse.ArgumentParser) -> None:
    """Declare the files with the clusters and the answers that they rest on."""
    parser.add_argument("--responses", required=True, help="tidy responses")
    parser.add_argument("--codebook", required=True, help="the wave's codebook")
    parser.add_argument("--clusters", required=True, help="table of clusters")
    add_specification(parser)
    parser.add_argument(
        "--k",
        type=int,
        nargs="+",
        required=True,
        help="numbers of clusters; those not in the table of clusters are left out",
    )


def add_register(parser: argparse.ArgumentParser) -> None:
    """Declare where the register's tables are, for trusts that have numbers there."""
    parser.add_argument(
        "--extracts",
        type=Path,
        default=Path("data/processed/register"),
        help="folder of the register's tables; looked at only by waves with 'trusts: uid'",
    )
    parser.add_argument(
        "--extract",
        default=RegisterChoices().extract,
        help="the study's extract, for waves that name none",
    )


def add_random_stream(parser: argparse.ArgumentParser) -> None:
    """Declare what random draws follow from."""
    parser.add_argument("--seed", type=int, required=True, help="the study's seed")
    parser.add_argument("--wave", required=True, help="name of the wave, for its random streams")


def add_words(parser: argparse.ArgumentParser) -> None:
    """Declare what the study says for trust, trusts and staff."""
    parser.add_argument(
        "--words",
        nargs="*",
        type=_word_pair,
        default=[],
        metavar="WORD=SAID",
        help="what texts say for trust, trusts and staff, such as trust=company",
    )


def figure_width(text: str) -> str | float:
    """Read a width of figures: a name, or millimetres."""
    if text in FIGURE_WIDTHS:
        return text
    try:
        return float(text)
    except ValueError:
        names = ", ".join(FIGURE_WIDTHS)
        raise argparse.ArgumentTypeError(f"found '{text}'; allowed is {names}, or mm") from None


def _word_pair(text: str) -> tuple[str, str]:
    word, equals, said = text.partition("=")
    if not (word and equals and said.strip()):
        raise argparse.ArgumentTypeError(f"'{text}' is not like trust=company")
    return word, said.strip()


def add_part(parser: argparse.ArgumentParser) -> None:
    """Declare which part of the draws to make; the parts together do not depend on how many."""
    parser.add_argument("--part", type=int, default=1, help="which part to do, from 1")
    parser.add_argument("--parts", type=int, default=1, help="how many parts there are")


def add_wave_drawing(
    parser: argparse.ArgumentParser, formats: Sequence[str], figures: Sequence[str] | None = None
) -> None:
    """Declare what the figures of one wave are drawn from, which, and how they are written.

    Without ``figures``, which there are is known to the step alone.
    """
    parser.add_argument("--tables", required=True, help="folder of the wave's tables")
    parser.add_argument("--processed", required=True, help="folder of the wave's tidy files")
    parser.add_argument(
        "--provenance", required=True, help="original, reconstruction or illustration"
    )
    parser.add_argument("--k", type=int, required=True, help="number of clusters to draw")
    parser.add_argument("--block", default="strategy", help="block that is clustered")
    every = None if figures is None else list(figures)
    parser.add_argument(
        "--only", nargs="+", choices=figures, default=every, help="which figures; by default all"
    )
    add_pictures(parser, formats)


def add_pictures(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """Declare how figures are written, and where to.

    The formats there are come from the caller: this module is read by steps that draw nothing,
    which are not to run again when a figure is added.
    """
    parser.add_argument(
        "--formats", nargs="+", choices=formats, default=list(formats), help="pictures to write"
    )
    parser.add_argument("--dpi", type=int, default=300, help="pixels an inch of PNG files")
    parser.add_argument(
        "--width",
        type=figure_width,
        default="page",
        help="of figures: page, one_column, two_columns, slide, or millimetres",
    )
    parser.add_argument("--font", default="DejaVu Sans", help="font family of figures")
    add_words(parser)
    parser.add_argument("--out", required=True, help="folder for the figures")


def add_paper(parser: argparse.ArgumentParser) -> None:
    """Declare which tables for paper are written, as what, and where to."""
    parser.add_argument("--only", nargs="+", required=True, help="which tables, in this order")
    parser.add_argument(
        "--formats",
        nargs="+",
        choices=("csv", "md", "tex", "docx"),
        default=["csv", "md", "tex"],
        help="files to write; Word documents (docx) need the library python-docx",
    )
    parser.add_argument("--date", default="2000-01-01", help="day that office files carry")
    parser.add_argument("--out", required=True, help="folder for the tables")


def refuse_word_without_its_library(formats: Sequence[str]) -> None:
    """Say what to install before anything is written, if Word documents cannot be made.

    Raises
    ------
    InputProblems
        If ``docx`` is asked for and python-docx is not installed.
    """
    if "docx" not in formats:
        return
    try:
        import docx  # noqa: F401
    except ImportError:
        rule = "Word documents are written by the library python-docx, which is not installed."
        advice = (
            'Install it with `pip install "buildingtrusts[word]"`, or leave docx out of '
            "'tables: formats' in config.yaml."
        )
        raise InputProblems([Problem("--formats", rule, advice, value="docx")]) from None


@dataclass(frozen=True)
class WaveFolders:
    """Where a wave's tables are: ``--wave NAME=PROVENANCE=TABLES_FOLDER=PROCESSED_FOLDER``."""

    name: str
    provenance: str
    tables: Path
    processed: Path

    @property
    def common(self) -> Path:
        """Folder of the tables of the clustering on items common to all waves."""
        return self.tables.parent / "common" / "tables"


def add_waves(parser: argparse.ArgumentParser, which: str) -> None:
    """Declare waves with their folders, and how each was clustered."""
    parser.add_argument(
        "--wave",
        action="append",
        required=True,
        type=wave_folders,
        metavar="NAME=PROVENANCE=TABLES=PROCESSED",
        help=f"{which}: its name, where its answers come from, and its two folders; repeat for "
        "each, in order of date",
    )
    parser.add_argument(
        "--specification",
        action="append",
        default=[],
        nargs=6,
        metavar=("WAVE", "BLOCK", "LINKAGE", "METRIC", "SCALING", "STATISTIC"),
        help="how a wave was clustered; repeat for each, by default as in the 2018 report",
    )


@dataclass(frozen=True)
class Choices:
    """What of a wave was clustered, and how; the defaults are the 2018 report's."""

    block: str = "strategy"
    linkage: str = "average"
    metric: str = "euclidean"
    scaling: str = "none"
    statistic: str = "mean"


def choices_of(arguments: argparse.Namespace) -> dict[str, Choices]:
    """How each wave given by ``--wave`` was clustered.

    Raises
    ------
    InputProblems
        If a wave is given twice, or a specification is of a wave that is not given.
    """
    names = [wave.name for wave in arguments.wave]
    problems = [
        Problem("--wave", "Each wave is given once.", "Delete the repeated flag.", value=name)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    problems += [
        Problem(
            "--specification",
            f"A specification is of one of the waves given: {', '.join(names)}.",
            "Correct the name, or give the wave.",
            value=words[0],
        )
        for words in arguments.specification
        if words[0] not in names
    ]
    raise_if_any(problems)
    given = {words[0]: Choices(*words[1:]) for words in arguments.specification}
    return {name: given.get(name, Choices()) for name in names}


def wave_folders(text: str) -> WaveFolders:
    """Read one ``--wave`` flag."""
    parts = text.split("=", 3)
    if len(parts) != 4 or not all(parts):
        raise argparse.ArgumentTypeError(
            f"found {text!r}; write NAME=PROVENANCE=TABLES_FOLDER=PROCESSED_FOLDER"
        )
    return WaveFolders(parts[0], parts[1], Path(parts[2]), Path(parts[3]))
