"""Hold every recomputed number against the published one.

Reads the claims, each wave's tables and, where there is one, the register's; writes the ledger
and the exact tests of the cross-tabulations that the report prints.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.tables import read_table, write_table
from buildingtrusts.published.claims import ClaimSet, read_claims
from buildingtrusts.published.evidence import Evidence, Register
from buildingtrusts.published.ledger import COLUMNS, Wave, compute_ledger
from buildingtrusts.published.printed_quantities import ASSOCIATION_COLUMNS, associate
from buildingtrusts.published.quantities import check_quantities
from buildingtrusts.study.flags import wave_folders
from buildingtrusts.study.problems import raise_if_any

if TYPE_CHECKING:
    import pandas as pd

PROCESSED = ("responses", "trusts")
TABLES = (
    "scores",
    "alignment",
    "clusters",
    "partitions",
    "profiles",
    "crosstabs",
    "associations",
    "ceo",
    "effectiveness",
    "standardisation",
    "operating_model",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--wave",
        action="append",
        default=[],
        type=wave_folders,
        metavar="NAME=PROVENANCE=TABLES=PROCESSED",
        help="a wave, where its answers come from, and its two folders; repeat for each wave",
    )
    parser.add_argument("--claims", required=True, type=Path, help="claims.csv")
    parser.add_argument("--crosstabs", required=True, type=Path, help="the printed tables' cells")
    parser.add_argument("--targets", required=True, type=Path, help="the fitted claims")
    parser.add_argument("--illustrated", type=Path, help="the claims that an illustration shows")
    parser.add_argument(
        "--register",
        type=Path,
        help="folder of register_trusts.csv and population.csv; without it, or while it is "
        "empty, the register's claims are not computable",
    )
    parser.add_argument(
        "--register-year",
        default="",
        help="year of the register's extract; only claims of that year's survey are held "
        "against it",
    )
    parser.add_argument("--out", required=True, type=Path, help="the ledger to write")
    parser.add_argument(
        "--published-associations",
        required=True,
        type=Path,
        help="the table of exact tests of the printed cross-tabulations to write",
    )


def run(arguments: argparse.Namespace) -> None:
    """Read claims and tables, compute, write."""
    claims = read_claims_of(
        arguments.claims, arguments.crosstabs, arguments.targets, arguments.illustrated
    )
    waves = [
        Wave(wave.name, wave.provenance, read_evidence(wave.tables, wave.processed))
        for wave in arguments.wave
    ]
    ledger = compute_ledger(
        claims, waves, read_register(arguments.register, arguments.register_year)
    )
    write_table(arguments.out, ledger, COLUMNS)
    write_table(arguments.published_associations, associate(claims.cells), ASSOCIATION_COLUMNS)


def read_claims_of(
    claims: Path, crosstabs: Path, targets: Path, illustrated: Path | None = None
) -> ClaimSet:
    """Read and check the files of claims, the quantities they name included."""
    files = (claims, crosstabs, targets)
    texts = [file.read_text(encoding="utf-8") for file in files]
    names = tuple(map(str, (*files, *([illustrated] if illustrated else []))))
    more = {"illustrated": illustrated.read_text(encoding="utf-8")} if illustrated else {}
    found = read_claims(texts[0], texts[1], texts[2], names, **more)
    raise_if_any(check_quantities(found.claims, str(claims)))
    return found


def read_evidence(tables: Path, processed: Path) -> Evidence:
    """Read the tables of a wave that are there."""
    found = {name: _table(processed / f"{name}.csv") for name in PROCESSED}
    found |= {name: _table(tables / f"{name}.csv") for name in TABLES}
    return Evidence(**found)


def read_register(folder: Path | None, year: str = "") -> Register:
    """Read the register's tables, if there are any."""
    if folder is None:
        return Register()
    return Register(_table(folder / "register_trusts.csv"), _table(folder / "population.csv"), year)


def _table(path: Path) -> pd.DataFrame | None:
    return read_table(path) if path.is_file() else None
