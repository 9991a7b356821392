"""Draw the figures that span waves."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import FORMATS, STUDY_FIGURES
from buildingtrusts.study.flags import add_pictures

if TYPE_CHECKING:
    import pandas as pd


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--population", help="all trusts beside the sample; left out without the register"
    )
    parser.add_argument(
        "--sample", help="folder of the sampled wave's tidy files, used without --population"
    )
    parser.add_argument(
        "--published-associations", required=True, help="tests of the printed tables"
    )
    parser.add_argument("--ledger", required=True, help="the ledger")
    parser.add_argument(
        "--provenance", nargs="+", required=True, help="provenance of each wave of the study"
    )
    add_pictures(parser, FORMATS)


def run(arguments: argparse.Namespace) -> None:
    """Write ``<name>.{pdf,svg,png,csv,txt}`` for each figure."""
    from buildingtrusts.output.figures.drawing import save_drawing, stamp_of
    from buildingtrusts.output.figures.paper import drawn_to_fit
    from buildingtrusts.output.figures.study import StudyMaterial, draw_study_figure
    from buildingtrusts.output.figures.style import in_font
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.output.vocabulary import speaking
    from buildingtrusts.published.ledger import with_surveys
    from buildingtrusts.study.provenance import stamp

    material = StudyMaterial(
        population=_population(arguments.population, arguments.sample),
        published_associations=read_table(arguments.published_associations),
        ledger=with_surveys(read_table(arguments.ledger)),
    )
    words = stamp(arguments.provenance)
    published = "reconstruction" in arguments.provenance
    with in_font(arguments.font), speaking(dict(arguments.words)):
        for name in STUDY_FIGURES:
            drawing = drawn_to_fit(partial(draw_study_figure, name, material), arguments.width)
            said = stamp_of(drawing, words, published)
            save_drawing(arguments.out, drawing, arguments.formats, arguments.dpi, said)
    print(f"{len(STUDY_FIGURES)} figures as {', '.join(arguments.formats)}", file=sys.stderr)


def _population(population: str | None, sample: str | None) -> pd.DataFrame:
    """Read the population beside the sample; without an extract, count the sample alone."""
    import pandas as pd

    from buildingtrusts.output.contracts import STUDY_TABLES, UNKNOWN_LEVELS
    from buildingtrusts.output.tables import read_table

    if population is not None:
        return read_table(population)
    rows: list[tuple[object, ...]] = []
    if sample is not None:
        trusts = read_table(Path(sample, "trusts.csv"), text=True)
        attributes = read_table(Path(sample, "attributes.csv"), text=True)
        for attribute, declared in attributes.groupby("attribute", sort=False)["level"]:
            counted = trusts[attribute].value_counts()
            unknown = [level for level in UNKNOWN_LEVELS if level in counted]
            rows += [
                ("", attribute, level, None, int(counted.get(level, 0)))
                for level in (*declared, *unknown)
            ]
    frame = pd.DataFrame(rows, columns=list(STUDY_TABLES["population"].columns))
    return frame.astype({"n_population": "Int64", "n_sample": "Int64"})
