"""Write the methods and results as paragraphs for a paper, with their references."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from buildingtrusts.output.methods.material import WaveMaterial
    from buildingtrusts.study.flags import WaveFolders

#: Tidy tables of a wave that the text reads besides its results.
PROCESSED = ("missing", "codebook")
LIBRARIES = ("snakemake", "numpy", "scipy", "pandas", "matplotlib")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    from buildingtrusts.study.flags import wave_folders

    parser.add_argument(
        "--choices",
        required=True,
        help="the run's choices as JSON: configuration, declarations of the waves, names of tables",
    )
    parser.add_argument(
        "--wave",
        action="append",
        required=True,
        type=wave_folders,
        metavar="NAME=PROVENANCE=TABLES=PROCESSED",
        help="a wave: its name, where its answers come from, and its two folders; repeat for each, "
        "in order of date",
    )
    parser.add_argument("--tables", required=True, help="folder of the tables that span waves")
    parser.add_argument(
        "--out", required=True, help="folder for methods.md, methods.json and references.bib"
    )


def run(arguments: argparse.Namespace) -> None:
    """Write ``methods.md``, ``methods.json`` and ``references.bib``."""
    from buildingtrusts import __version__
    from buildingtrusts.output.files import write_text
    from buildingtrusts.output.methods.material import RunMaterial
    from buildingtrusts.output.methods.references import Reference, references_for
    from buildingtrusts.output.methods.study import compose
    from buildingtrusts.published.ledger import with_surveys
    from buildingtrusts.study.provenance import stamp, statement
    from buildingtrusts.survey.interviews import (
        interview_stamp,
        interview_statement,
        provenance_of,
    )

    choices: dict[str, Any] = json.loads(arguments.choices)
    tables = _tables(Path(arguments.tables), choices["tables"])
    if "ledger" in tables:
        tables["ledger"] = with_surveys(tables["ledger"])
    provenances = {one.name: one.provenance for one in arguments.wave}
    sets = {one["folder"]: one["wave"] for one in choices["study"]["interviews"]}
    material = RunMaterial(
        choices=choices["study"],
        versions=_versions(),
        waves=tuple(_wave(one, choices["waves"][one.name]) for one in arguments.wave),
        tables=tables,
        statement=statement(provenances.values()),
        stamp=stamp(provenances.values()),
        interviews={
            name: interview_stamp(provenance_of(name), provenances[wave])
            for name, wave in sets.items()
        },
        interview_statement=interview_statement(sets),
        paper=choices["paper"],
    )
    manuscript = compose(material)
    references = references_for(manuscript.cited, __version__)
    out = Path(arguments.out)
    rows = {
        "statement": manuscript.statement,
        "paragraphs": manuscript.rows({one.key: one.cited_as() for one in references}),
        "references": [
            {"key": one.key, "text": one.text()} for one in sorted(references, key=Reference.text)
        ],
    }
    write_text(out / "references.bib", "\n\n".join(one.bibtex() for one in references) + "\n")
    write_text(out / "methods.json", json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    write_text(out / "methods.md", manuscript.markdown("references.bib"))
    print(f"{len(rows['paragraphs'])} paragraphs, {len(references)} references", file=sys.stderr)


def _wave(folders: WaveFolders, declared: dict[str, Any]) -> WaveMaterial:
    from buildingtrusts.output.methods.material import WaveMaterial
    from buildingtrusts.study.provenance import stamp

    tables = _tables(folders.tables, declared["tables"]) | _tables(folders.processed, PROCESSED)
    return WaveMaterial(
        declared["declared"], stamp([folders.provenance]), tables, declared["paper"]
    )


def _tables(folder: Path, names: list[str] | tuple[str, ...]) -> dict[str, pd.DataFrame]:
    from buildingtrusts.output.tables import read_table

    return {name: read_table(folder / f"{name}.csv") for name in names}


def _versions() -> dict[str, str]:
    """Versions of what computes, as installed at the moment of writing."""
    from importlib.metadata import version

    from buildingtrusts import __version__

    known = {name: version(name) for name in LIBRARIES}
    return {"buildingtrusts": __version__, "python": platform.python_version(), **known}
