"""Draw what coded interviews say of centralisation and of break points."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import FORMATS
from buildingtrusts.study.contents import content_of
from buildingtrusts.study.flags import add_pictures
from buildingtrusts.study.problems import Problem, raise_if_any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from buildingtrusts.output.figures.drawing import Drawing


@dataclass(frozen=True)
class DrawnSet:
    """A set of interviews: ``--set NAME=PROVENANCE_OF_THE_WAVE=CLUSTERS=CODES``."""

    name: str
    provenance: str
    clusters: Path
    codes: Path


def drawn_set(text: str) -> DrawnSet:
    """Read one ``--set`` flag."""
    parts = text.split("=", 3)
    if len(parts) != 4 or not all(parts):
        raise argparse.ArgumentTypeError(f"found {text!r}; write NAME=PROVENANCE=CLUSTERS=CODES")
    return DrawnSet(parts[0], parts[1], Path(parts[2]), Path(parts[3]))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--interviews", required=True, help="table of interviews")
    parser.add_argument("--tests", required=True, help="table of tests of break points")
    parser.add_argument(
        "--set",
        dest="sets",
        type=drawn_set,
        action="append",
        required=True,
        metavar="NAME=PROVENANCE=CLUSTERS=CODES",
        help="a set of interviews: its name, provenance of the wave it is joined to, that wave's "
        "table of clusters, and its file of codes; once for each set",
    )
    add_pictures(parser, FORMATS)


def run(arguments: argparse.Namespace) -> None:
    """Write the figures of each set as pictures, data and alternative text."""
    from buildingtrusts.output.figures.drawing import save_drawing
    from buildingtrusts.output.figures.paper import drawn_to_fit
    from buildingtrusts.output.figures.style import in_font
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.output.vocabulary import speaking
    from buildingtrusts.survey.interviews import interview_stamp, provenance_of

    table, tests = read_table(arguments.interviews), read_table(arguments.tests)
    found = sorted(set(table["interviews"]))
    raise_if_any(
        Problem(
            arguments.interviews,
            f"Sets of interviews in this table are: {', '.join(found)}.",
            "Correct --set.",
            column="interviews",
            value=one.name,
        )
        for one in arguments.sets
        if one.name not in found
    )
    n_figures = 0
    for one in arguments.sets:
        said = interview_stamp(provenance_of(one.name), one.provenance)
        own, own_tests = (
            frame[frame["interviews"] == one.name].reset_index(drop=True)
            for frame in (table, tests)
        )
        # Texts from data stay as they are.
        names = [one.name, *map(str, {*own["level"], *own["code"]})]
        with in_font(arguments.font), speaking(dict(arguments.words), names):
            for draw in _drawings(one, own, own_tests):
                drawing = drawn_to_fit(draw, arguments.width)
                save_drawing(arguments.out, drawing, arguments.formats, arguments.dpi, said)
                n_figures += 1
    print(f"{n_figures} figures as {', '.join(arguments.formats)}", file=sys.stderr)


def _drawings(
    one: DrawnSet, table: pd.DataFrame, tests: pd.DataFrame
) -> Iterator[Callable[[], Drawing]]:
    """Centralisation, and break points by each attribute that the table counts them by."""
    from buildingtrusts.output.figures.interviews import draw_break_points, draw_centralisation
    from buildingtrusts.output.figures.typology import drawn_typology
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.survey.interviews import tidy_codes
    from buildingtrusts.survey.raw_table import parse_csv

    codes = tidy_codes(parse_csv(content_of(one.codes), str(one.codes)))
    areas = {code.code: code.label for code in codes.areas}
    tags = {code.code: (code.label, code.group) for code in codes.break_points}
    wave = str(table["wave"].iloc[0])
    joined = table["k"].dropna()
    clusters = read_table(one.clusters)
    # The last partition that was joined is the last that is reported, as in all other figures.
    k = int(joined.iloc[-1]) if len(joined) else int(clusters["k"].max())
    typology = drawn_typology(clusters, k)
    yield partial(draw_centralisation, table, areas, typology, one.name, wave)
    counted = table.loc[table["measure"] == "break_point", "group"]
    for attribute in dict.fromkeys(counted):
        if attribute != "all":
            yield partial(draw_break_points, table, tests, tags, attribute, one.name, wave)
