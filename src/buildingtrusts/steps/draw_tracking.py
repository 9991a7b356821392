"""Draw where trusts went and what changed between waves."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from buildingtrusts.output.figures import FORMATS
from buildingtrusts.study.flags import add_pictures


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--tables", required=True, help="folder of the tables that span waves")
    parser.add_argument("--codebook", required=True, help="the codebook of all waves")
    parser.add_argument("--waves", nargs="+", required=True, help="the waves, in order of date")
    parser.add_argument(
        "--provenance", nargs="+", required=True, help="provenance of each wave of the study"
    )
    parser.add_argument("--k", type=int, required=True, help="number of clusters to draw")
    add_pictures(parser, FORMATS)


def run(arguments: argparse.Namespace) -> None:
    """Write ``transitions`` and ``changes`` as pictures, data and alternative text."""
    from buildingtrusts.output.figures.alluvial import draw_transitions
    from buildingtrusts.output.figures.changes import draw_changes
    from buildingtrusts.output.figures.drawing import save_drawing, stamp_of
    from buildingtrusts.output.figures.paper import drawn_to_fit
    from buildingtrusts.output.figures.style import in_font
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.output.vocabulary import speaking
    from buildingtrusts.study.codebook import load_codebook
    from buildingtrusts.study.provenance import stamp

    read = ("transitions", "wave_agreement", "types", "changes")
    tables = {name: read_table(Path(arguments.tables, f"{name}.csv")) for name in read}
    # Items go by the later wave's name, and so do labels.
    labels = {
        (item.block, item.item): item.label
        for codebook in load_codebook(arguments.codebook, arguments.waves, True).values()
        for item in codebook.items
    }
    words = stamp(arguments.provenance)
    reconstructed = "reconstruction" in arguments.provenance
    names = [*arguments.waves, *labels.values()]
    moved = (tables["transitions"], tables["wave_agreement"], tables["types"], arguments.k)
    with in_font(arguments.font), speaking(dict(arguments.words), names):
        for draw in (
            partial(draw_transitions, *moved),
            partial(draw_changes, tables["changes"], labels),
        ):
            drawing = drawn_to_fit(draw, arguments.width)
            said = stamp_of(drawing, words, reconstructed)
            save_drawing(arguments.out, drawing, arguments.formats, arguments.dpi, said)
    print(f"2 figures as {', '.join(arguments.formats)}", file=sys.stderr)
