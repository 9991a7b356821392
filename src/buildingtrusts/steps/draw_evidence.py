"""Draw the figures of a wave's evidence."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import EVIDENCE_FIGURES, FORMATS
from buildingtrusts.study.flags import add_wave_drawing

if TYPE_CHECKING:
    import pandas as pd

    from buildingtrusts.output.figures.continuum import Line
    from buildingtrusts.output.figures.evidence import EvidenceMaterial

#: Figures are drawn by two processes, whatever the machine has.
WORKERS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    add_wave_drawing(parser, FORMATS, EVIDENCE_FIGURES)


def run(arguments: argparse.Namespace) -> None:
    """Write ``<name>.{pdf,svg,png,csv,txt}`` for each figure."""
    from buildingtrusts.output.figures.drawing import save_drawing, stamp_of
    from buildingtrusts.output.figures.evidence import draw_evidence_figure
    from buildingtrusts.output.figures.paper import drawn_to_fit
    from buildingtrusts.output.figures.parallel import share_out
    from buildingtrusts.output.figures.style import in_font
    from buildingtrusts.output.vocabulary import speaking
    from buildingtrusts.study.codebook import read_wave_codebook
    from buildingtrusts.study.provenance import stamp

    material = read_material(arguments)
    codebook = Path(arguments.processed, "codebook.csv")
    words = stamp([arguments.provenance])
    reconstructed = arguments.provenance == "reconstruction"

    def draw(name: str) -> None:
        drawing = drawn_to_fit(lambda: draw_evidence_figure(name, material), arguments.width)
        said = stamp_of(drawing, words, reconstructed)
        save_drawing(arguments.out, drawing, arguments.formats, arguments.dpi, said)

    labels = [one.label for one in read_wave_codebook(codebook).items]
    names = [*material.tables["clusters"]["mat_id"], *labels]
    with in_font(arguments.font), speaking(dict(arguments.words), names):
        share_out(draw, arguments.only, WORKERS)
    print(f"{len(arguments.only)} figures as {', '.join(arguments.formats)}", file=sys.stderr)


def read_material(arguments: argparse.Namespace) -> EvidenceMaterial:
    """Read what the figures are drawn from, and line up the clustered trusts."""
    from buildingtrusts.output.figures.evidence import TABLES, EvidenceMaterial
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.study.codebook import read_wave_codebook

    tables = {name: read_table(Path(arguments.tables, f"{name}.csv")) for name in TABLES}
    codebook = read_wave_codebook(Path(arguments.processed, "codebook.csv"))
    items = [one.item for one in codebook.items if one.block == arguments.block]
    line = _line(tables["clusters"], tables["scores"], arguments.block, items)
    return EvidenceMaterial(tables, arguments.k, line)


def _line(clusters: pd.DataFrame, scores: pd.DataFrame, block: str, items: list[str]) -> Line:
    """Place the clustered trusts by the clustered items that all of them have a score on."""
    import numpy as np

    from buildingtrusts.output.figures.continuum import Line
    from buildingtrusts.statistics.ordination import ordinate

    mats = list(dict.fromkeys(clusters["mat_id"]))
    of_block = scores[(scores["block"] == block) & scores["mat_id"].isin(mats)]
    grid = of_block.pivot(index="mat_id", columns="item", values="mean")
    grid = grid.reindex(index=mats, columns=items).dropna(axis=1)
    found = ordinate(grid.to_numpy(dtype=float))
    if not len(found.shares):
        # No item has a score of every trust, so there is nothing to line them up by.
        return Line(tuple(mats), np.zeros(len(mats)), 0.0)
    return Line(tuple(mats), found.coordinates[:, 0], float(found.shares[0]))
