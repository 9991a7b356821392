"""Put a run's tables and figures on one page."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.contracts import EVIDENCE_TABLES, WAVE_TABLES
from buildingtrusts.output.figures import EVIDENCE_FIGURES, WAVE_FIGURES
from buildingtrusts.study.flags import add_words

if TYPE_CHECKING:
    import pandas as pd

    from buildingtrusts.output.figures.questions import Questions
    from buildingtrusts.output.report.material import Saved, StudyMaterial, WaveMaterial
    from buildingtrusts.study.wave import Wave

#: Media type of a picture on the page, by the ending of its file.
MEDIA = {"svg": "image/svg+xml", "png": "image/png"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--wave-files", nargs="+", required=True, help="declarations of the waves, in order of date"
    )
    parser.add_argument("--results", required=True, help="folder of the run's results")
    parser.add_argument("--processed", required=True, help="folder of the tidy files")
    parser.add_argument(
        "--tables",
        nargs="*",
        default=[],
        metavar="TABLE",
        help="tables across waves that the run made; others are left out",
    )
    parser.add_argument(
        "--figures",
        nargs="*",
        default=[],
        metavar="FIGURE",
        help="figures across waves that the run made; others are left out",
    )
    parser.add_argument(
        "--picture",
        choices=("svg", "png", "none"),
        default="svg",
        help="format in which saved figures are put on the page",
    )
    parser.add_argument(
        "--common",
        action="store_true",
        help="the waves were also clustered on the items that all of them asked",
    )
    parser.add_argument(
        "--interview-codes",
        nargs=2,
        action="append",
        default=[],
        metavar=("SET", "FILE"),
        help="a set of interviews and its file of codes; once for each set",
    )
    parser.add_argument("--report-figures", help="charts of single items that a report drew")
    parser.add_argument("--citation", help="a citation file, CITATION.cff")
    parser.add_argument("--methods", help="the methods, methods.json")
    parser.add_argument("--seed", type=int, required=True, help="the study's seed")
    parser.add_argument(
        "--own-family",
        nargs="*",
        default=[],
        help="attributes whose tests were adjusted apart from the others'",
    )
    add_words(parser)
    parser.add_argument("--out", required=True, help="the page to write")


def run(arguments: argparse.Namespace) -> None:
    """Write the page."""
    from buildingtrusts.output.files import write_text
    from buildingtrusts.output.report.compose import compose_report
    from buildingtrusts.output.report.page import render_page
    from buildingtrusts.output.vocabulary import Vocabulary

    study = read_material(arguments)
    said = Vocabulary(dict(arguments.words), _names(study))
    page = render_page(compose_report(study), said)
    write_text(arguments.out, page)
    print(f"{arguments.out}: {len(page.encode('utf-8')) / 1e6:.1f} MB", file=sys.stderr)


def _names(study: StudyMaterial) -> frozenset[str]:
    """Texts from data, which stay as they are whatever a study calls its groups."""
    names: set[str] = set()
    for wave in study.waves:
        asked = wave.questions.all
        names |= {wave.name, wave.title, wave.source, wave.licence}
        names |= set(wave.tables["sample"]["mat_id"]) | set(wave.tables["crosstabs"]["level"])
        names |= {text for one in asked for text in (one.label, one.low_anchor, one.high_anchor)}
        names |= {saved.title for saved in wave.figures.values()}
    names |= {label for codes in study.codes.values() for label in codes.values()}
    for table in ("population", "interviews"):
        if study.has(table):
            names |= set(study.tables[table]["level"])
    if study.has("ledger"):
        ledger = study.tables["ledger"]
        names |= {str(text) for name in ("statement", "note") for text in ledger[name].dropna()}
    # The methods speak the study's words already; titles of references are nobody's but theirs.
    if study.methods:
        names |= {one["plain"] for one in study.methods["paragraphs"]}
        names |= {one["text"] for one in study.methods["references"]}
    return frozenset(map(str, names)) - {""}


def read_material(arguments: argparse.Namespace) -> StudyMaterial:
    """Read what the page is made from."""
    from buildingtrusts.output.report.material import StudyMaterial
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.published.ledger import count_verdicts
    from buildingtrusts.study.configuration import load_wave
    from buildingtrusts.study.provenance import stamp
    from buildingtrusts.study.yaml_files import read_yaml

    results = Path(arguments.results)
    declared = [load_wave(file) for file in arguments.wave_files]
    citation = read_yaml(Path(arguments.citation)) if arguments.citation else {}
    methods = json.loads(Path(arguments.methods).read_bytes()) if arguments.methods else {}
    tables = {name: read_table(results / "tables" / f"{name}.csv") for name in arguments.tables}
    return StudyMaterial(
        waves=tuple(_wave(one, arguments) for one in declared),
        tables=tables,
        figures=_figures(
            results / "figures", dict.fromkeys(arguments.figures, ""), arguments.picture
        ),
        stamp=stamp([one.provenance for one in declared]),
        seed=arguments.seed,
        versions=_versions(citation),
        citation=citation,
        methods=methods,
        claims=count_verdicts(tables["ledger"]) if "ledger" in tables else {},
        interview_stamp=_interview_stamp(tables, declared),
        codes={name: _codes(Path(file)) for name, file in arguments.interview_codes},
    )


def _codes(file: Path) -> dict[str, str]:
    """Labels of areas and break points, in the order of the file."""
    from buildingtrusts.study.contents import content_of
    from buildingtrusts.survey.interviews import AREA, BREAK_POINT, tidy_codes
    from buildingtrusts.survey.raw_table import parse_csv

    codes = tidy_codes(parse_csv(content_of(file), str(file)))
    return {f"{AREA}:{one.code}": one.label for one in codes.areas} | {
        f"{BREAK_POINT}:{one.code}": one.label for one in codes.break_points
    }


def _interview_stamp(tables: Mapping[str, pd.DataFrame], declared: Sequence[Wave]) -> str:
    """What the interviews have to say of themselves, and of the waves they are joined to."""
    from buildingtrusts.survey.interviews import stamp_of_sets

    if "interviews" not in tables:
        return ""
    pairs = tables["interviews"][["interviews", "wave"]].drop_duplicates()
    kinds = {one.wave: one.provenance for one in declared}
    return stamp_of_sets(pairs.itertuples(index=False, name=None), kinds)


def _wave(declared: Wave, arguments: argparse.Namespace) -> WaveMaterial:
    from buildingtrusts.output.report.material import WaveMaterial
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.study.configuration import load_report_figures
    from buildingtrusts.study.provenance import stamp, statement

    folder = Path(arguments.results, declared.wave)
    evidence = declared.evidence.enabled
    names = [*WAVE_TABLES, *(EVIDENCE_TABLES if evidence else ())]
    tables = {name: read_table(folder / "tables" / f"{name}.csv") for name in names}
    if arguments.common:
        common = folder / "common" / "tables" / "partitions.csv"
        tables["common_partitions"] = read_table(common)
    figures = dict.fromkeys([*WAVE_FIGURES, *(EVIDENCE_FIGURES if evidence else ())], "")
    if arguments.report_figures:
        drawn = load_report_figures(arguments.report_figures)
        figures |= {name: one.title for name, one in drawn.items()}
    tidy = Path(arguments.processed, declared.wave)
    questions = _questions(tidy / "codebook.csv")
    cluster = declared.cluster
    items = [one.item for one in questions.block(cluster.block)]
    axes, shares = _axes(tables, cluster.block, items)
    return WaveMaterial(
        name=declared.wave,
        title=declared.title,
        year=declared.date.year,
        provenance=declared.provenance,
        stamp=stamp([declared.provenance]),
        statement=statement([declared.provenance]).replace("**", ""),
        source=declared.source.strip(),
        licence=declared.licence.strip(),
        block=cluster.block,
        min_responses=cluster.min_responses,
        own_family=tuple(arguments.own_family),
        linkage=cluster.linkage,
        metric=cluster.metric,
        scaling=cluster.scaling,
        statistic=cluster.statistic,
        report_k=cluster.report_k,
        evidence=evidence,
        tables=tables,
        reference=_reference(read_table(tidy / "responses.csv"), cluster.block, items),
        questions=questions,
        figures=_figures(folder / "figures", figures, arguments.picture),
        axes=axes,
        shares=shares,
    )


def _questions(codebook: Path) -> Questions:
    from buildingtrusts.output.figures.questions import Question, Questions
    from buildingtrusts.study.codebook import read_wave_codebook

    return Questions.of(
        Question(
            *(one.block, one.item, one.label, one.minimum, one.maximum, one.step),
            *(one.low_anchor, one.high_anchor),
        )
        for one in read_wave_codebook(codebook).items
    )


def _figures(folder: Path, names: Mapping[str, str], picture: str) -> dict[str, Saved]:
    """Read saved figures with their data and alternative texts; names come with own titles."""
    from buildingtrusts.output.report.material import Saved

    return {
        name: Saved(
            picture=b"" if picture == "none" else (folder / f"{name}.{picture}").read_bytes(),
            media=MEDIA.get(picture, ""),
            data=(folder / f"{name}.csv").read_text(encoding="utf-8"),
            alt=(folder / f"{name}.txt").read_text(encoding="utf-8").strip(),
            title=title,
        )
        for name, title in names.items()
    }


def _reference(responses: pd.DataFrame, block: str, items: Sequence[str]) -> pd.DataFrame:
    """Mean and standard deviation of all responses, which scaled means are held against."""
    import pandas as pd

    values = responses[[f"{block}__{item}" for item in items]].astype(float)
    spread = values.std(ddof=1).where(lambda one: one > 0)
    return pd.DataFrame(
        {"item": list(items), "centre": values.mean().to_numpy(), "spread": spread.to_numpy()}
    )


def _axes(
    tables: dict[str, pd.DataFrame], block: str, items: Sequence[str]
) -> tuple[pd.DataFrame, tuple[float, float]]:
    """Place the clustered trusts by the clustered items that all of them have a score on."""
    import numpy as np
    import pandas as pd

    from buildingtrusts.statistics.ordination import ordinate

    scores = tables["scores"]
    mats = list(dict.fromkeys(tables["clusters"]["mat_id"]))
    of_block = scores[(scores["block"] == block) & scores["mat_id"].isin(mats)]
    grid = of_block.pivot(index="mat_id", columns="item", values="mean")
    grid = grid.reindex(index=mats, columns=list(items)).dropna(axis=1)
    found = ordinate(grid.to_numpy(dtype=float))
    # A single axis, of two trusts or one item, leaves the second at zero.
    places = np.zeros((len(mats), 2))
    shares = np.zeros(2)
    n_axes = min(2, found.coordinates.shape[1])
    places[:, :n_axes], shares[:n_axes] = found.coordinates[:, :n_axes], found.shares[:n_axes]
    frame = pd.DataFrame({"mat_id": mats, "axis_1": places[:, 0], "axis_2": places[:, 1]})
    return frame, (float(shares[0]), float(shares[1]))


def _versions(citation: Mapping[str, object]) -> dict[str, str]:
    import matplotlib
    import numpy
    import pandas
    import scipy

    return {
        **({"buildingtrusts": str(citation["version"])} if "version" in citation else {}),
        "Python": platform.python_version(),
        "NumPy": numpy.__version__,
        "SciPy": scipy.__version__,
        "pandas": pandas.__version__,
        "Matplotlib": matplotlib.__version__,
    }
