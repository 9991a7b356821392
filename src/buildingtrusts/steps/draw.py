"""Draw a wave's figures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import FORMATS, WAVE_FIGURES
from buildingtrusts.study.flags import add_wave_drawing
from buildingtrusts.study.problems import Problem, raise_if_any

if TYPE_CHECKING:
    from buildingtrusts.output.figures.operating import Reference
    from buildingtrusts.output.figures.ordination import Plane
    from buildingtrusts.output.figures.questions import Questions
    from buildingtrusts.output.figures.wave import ItemChart, WaveMaterial

#: Figures are drawn by two processes, whatever the machine has.
WORKERS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    add_wave_drawing(parser, FORMATS)
    parser.add_argument("--merge-tests", help="table of tests, for the dendrogram to show")
    parser.add_argument("--benchmarks", type=Path, help="published figures to set the wave beside")
    parser.add_argument("--survey", default="", help="the survey whose benchmarks are shown")
    parser.add_argument("--report-figures", help="charts of single items that a report drew")
    parser.add_argument("--title", default="", help="title of the wave, for the dendrogram")
    parser.add_argument("--linkage", default="", help="how the tree was built, for a caption")
    parser.add_argument("--metric", default="", help="its distance, for a caption")
    parser.add_argument(
        "--hybrid-from", type=float, default=4.0, help="centralisation from which a hybrid"
    )
    parser.add_argument(
        "--centralised-from", type=float, default=6.0, help="centralisation from which centralised"
    )


def run(arguments: argparse.Namespace) -> None:
    """Write ``<name>.{pdf,svg,png,csv,txt}`` for each figure."""
    from buildingtrusts.output.figures.drawing import save_drawing, stamp_of
    from buildingtrusts.output.figures.paper import drawn_to_fit
    from buildingtrusts.output.figures.parallel import share_out
    from buildingtrusts.output.figures.style import in_font
    from buildingtrusts.output.figures.wave import draw_wave_figure
    from buildingtrusts.output.vocabulary import speaking
    from buildingtrusts.study.provenance import stamp

    material = read_material(arguments)
    wanted = _wanted(arguments.only, [*WAVE_FIGURES, *material.report_figures])
    words = stamp([arguments.provenance])
    published = arguments.provenance == "reconstruction"

    def draw(name: str) -> None:
        drawing = drawn_to_fit(lambda: draw_wave_figure(name, material), arguments.width)
        said = stamp_of(drawing, words, published)
        save_drawing(arguments.out, drawing, arguments.formats, arguments.dpi, said)

    said_as_it_is = _names(material, arguments.title)
    with in_font(arguments.font), speaking(dict(arguments.words), said_as_it_is):
        share_out(draw, wanted, WORKERS)
    print(f"{len(wanted)} figures as {', '.join(arguments.formats)}", file=sys.stderr)


def _names(material: WaveMaterial, title: str) -> list[str]:
    """Texts from data, which stay as they are: groups, questions, attributes and their levels."""
    from buildingtrusts.output.figures.words import attribute_title

    crosstabs = material.tables["crosstabs"]
    asked = material.questions.all
    return [
        *(title, *material.tables["sample"]["mat_id"], *crosstabs["level"]),
        *map(attribute_title, crosstabs["attribute"].unique()),
        *(text for one in asked for text in (one.label, one.low_anchor, one.high_anchor)),
        *(chart.title for chart in material.report_figures.values()),
    ]


def _wanted(only: list[str] | None, every: list[str]) -> list[str]:
    unknown = [name for name in only or () if name not in every]
    raise_if_any(
        Problem("--only", f"Figures are: {', '.join(every)}.", "Correct the name.", value=name)
        for name in unknown
    )
    return only or every


def read_material(arguments: argparse.Namespace) -> WaveMaterial:
    """Read what the figures are drawn from, and ordinate the clustered trusts."""
    from buildingtrusts.output.figures.wave import TABLES, WaveMaterial
    from buildingtrusts.output.tables import read_table

    questions = _questions(Path(arguments.processed, "codebook.csv"))
    tables = {name: read_table(Path(arguments.tables, f"{name}.csv")) for name in TABLES}
    block = [(one.item, one.label) for one in questions.block(arguments.block)]
    return WaveMaterial(
        tables=tables,
        questions=questions,
        block=arguments.block,
        k=arguments.k,
        plane=_plane(tables, arguments.block, dict(block)),
        cutoffs=(arguments.hybrid_from, arguments.centralised_from),
        method=_method(arguments.title, arguments.linkage, arguments.metric),
        merge_tests=read_table(arguments.merge_tests) if arguments.merge_tests else None,
        references=_references(arguments.benchmarks, arguments.survey),
        report_figures=_report_figures(arguments.report_figures),
    )


def _references(benchmarks: Path | None, survey: str) -> list[Reference]:
    """The benchmarks of a survey, if there are any."""
    from buildingtrusts.output.figures.operating import Reference
    from buildingtrusts.published.benchmarks import read_benchmarks

    if benchmarks is None:
        return []
    found = read_benchmarks(benchmarks.read_text(encoding="utf-8"), str(benchmarks))
    return [
        Reference(one.statement, one.percent, one.year, one.source)
        for one in found
        if one.survey == survey
    ]


def _report_figures(file: str | None) -> dict[str, ItemChart]:
    from buildingtrusts.output.figures.wave import ItemChart
    from buildingtrusts.study.configuration import load_report_figures

    drawn = load_report_figures(file) if file else {}
    return {
        name: ItemChart(
            one.title, tuple((b, i) for b, _, i in (c.partition("__") for c in one.items))
        )
        for name, one in drawn.items()
    }


def _method(title: str, linkage: str, metric: str) -> str:
    """Say what the tree is of and how it was built, as far as the flags tell."""
    joined = f"{'Ward' if linkage == 'ward' else linkage} linkage" if linkage else ""
    apart = f"{metric if metric == 'correlation' else metric.capitalize()} distance"
    return "; ".join(filter(None, (title, joined, apart if metric else "")))


def _questions(codebook: Path) -> Questions:
    from buildingtrusts.output.figures.questions import Question, Questions
    from buildingtrusts.study.codebook import read_wave_codebook

    return Questions.of(
        Question(
            one.block,
            one.item,
            one.label,
            one.minimum,
            one.maximum,
            one.step,
            one.low_anchor,
            one.high_anchor,
        )
        for one in read_wave_codebook(codebook).items
    )


def _plane(tables: dict, block: str, labels: dict[str, str]) -> Plane:
    """Ordinate the clustered trusts by the clustered items that all of them have a score on."""
    import numpy as np

    from buildingtrusts.output.figures.ordination import Plane
    from buildingtrusts.statistics.ordination import ordinate

    clusters, scores = tables["clusters"], tables["scores"]
    mats = list(dict.fromkeys(clusters["mat_id"]))
    of_block = scores[(scores["block"] == block) & scores["mat_id"].isin(mats)]
    grid = of_block.pivot(index="mat_id", columns="item", values="mean")
    grid = grid.reindex(index=mats, columns=list(labels)).dropna(axis=1)
    found = ordinate(grid.to_numpy(dtype=float))
    # A single axis, of two trusts or one item, leaves the second at zero.
    spare = max(0, 2 - found.coordinates.shape[1])
    return Plane(
        mats=tuple(mats),
        positions=np.pad(found.coordinates, ((0, 0), (0, spare)))[:, :2],
        labels=tuple(labels[item] for item in grid.columns),
        loadings=np.pad(found.loadings, ((0, 0), (0, spare)))[:, :2],
        shares=found.shares,
    )
