"""Make responses that satisfy the published statistics.

The only step that writes under the raw data. It replaces nothing that it did not make: the SHA-256
of every file it ever wrote is in a registry, and a file that is not listed there is left alone.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.files import write_text
from buildingtrusts.published.claims import ClaimSet, read_claims
from buildingtrusts.published.origin import origin_text
from buildingtrusts.published.reconstruction import (
    DEFAULT_COUNT_SKEW,
    DEFAULT_SEED,
    DEFAULT_WITHIN_SD,
    Reconstruction,
    reconstruct,
)
from buildingtrusts.published.targets import ReconstructionError
from buildingtrusts.study.codebook import Codebook, load_codebook
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.provenance import sha256
from buildingtrusts.study.wave import WAVE_NAME

if TYPE_CHECKING:
    import pandas as pd

REGISTRY_COLUMNS = ("sha256", "file", "seed", "within_sd", "count_skew")
SUFFIX = "-reconstruction"
RESPONSES, TRUSTS, README = "responses.csv", "trusts.csv", "README.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    published = Path("data/published")
    for flag, default, words in (
        ("--claims", published / "claims.csv", "the report's claims"),
        ("--crosstabs", published / "crosstabs.csv", "the printed cross-tabulations"),
        ("--targets", published / "targets.csv", "the claims to be fitted"),
        ("--codebook", Path("config/codebook.csv"), "items and scales of the wave"),
        ("--known", published / "reconstructions.csv", "hashes of all files this step made"),
        ("--out", Path("data/raw/2017-reconstruction"), f"raw folder of a wave named *{SUFFIX}"),
    ):
        parser.add_argument(flag, type=Path, default=default, help=words)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="decides every draw")
    parser.add_argument(
        "--within-sd",
        type=float,
        default=DEFAULT_WITHIN_SD,
        help="spread of ratings within a trust before rounding, in points of a ten-point scale",
    )
    parser.add_argument(
        "--count-skew",
        type=float,
        default=DEFAULT_COUNT_SKEW,
        help="spread of the trusts' propensities to respond, on the log scale; 0 is all alike",
    )


def run(arguments: argparse.Namespace) -> None:
    """Reconstruct the responses and write them with their trusts, README and hashes."""
    wave = arguments.out.resolve().name
    files = [arguments.out / name for name in (RESPONSES, TRUSTS, README)]
    known = _read_known(arguments.known)
    raise_if_any([*_name_problems(arguments.out, wave), *_unknown_files(files, known, arguments)])
    claims = _read_claims(arguments)
    codebook = _read_codebook(arguments.codebook, wave)
    _tell(f"Looking for answers that satisfy {len(claims.targets)} claims at once (seconds).")
    try:
        made = reconstruct(
            claims, codebook, arguments.seed, arguments.within_sd, arguments.count_skew
        )
    except ReconstructionError as error:
        raise InputProblems(
            [Problem(str(arguments.targets), str(error), "Nothing that was there has changed.")]
        ) from None
    texts = _texts(wave, claims, made)
    # Hashes first: whatever stops this command in between, it knows its own files again.
    write_text(arguments.known, _registry(known, texts, made))
    for name, text in texts.items():
        write_text(arguments.out / name, text)
    _tell(f"Wrote {', '.join(texts)} to {arguments.out} after {made.steps} steps.")


def _tell(words: str) -> None:
    print(words, file=sys.stderr)


def _name_problems(out: Path, wave: str) -> list[Problem]:
    if WAVE_NAME.fullmatch(wave) and wave.endswith(SUFFIX) and wave != SUFFIX:
        return []
    return [
        Problem(
            str(out),
            f"A reconstruction says so in its wave's name: the folder's name ends in '{SUFFIX}'.",
            f"Give a folder such as data/raw/2017{SUFFIX}.",
            value=wave,
        )
    ]


def _read_known(path: Path) -> list[list[str]]:
    """Rows of the registry; none if there is no registry yet."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream) if path.stat().st_size else [list(REGISTRY_COLUMNS)]
    if header != list(REGISTRY_COLUMNS) or any(len(row) != len(header) for row in rows):
        raise InputProblems(
            [
                Problem(
                    str(path),
                    f"Each row has the fields {', '.join(REGISTRY_COLUMNS)}.",
                    "Restore the file; without it nothing is known to be replaceable.",
                    line=1,
                    value=",".join(header),
                )
            ]
        )
    return rows


def _unknown_files(
    files: list[Path], known: list[list[str]], arguments: argparse.Namespace
) -> list[Problem]:
    hashes = {row[0] for row in known}
    return [
        Problem(
            str(file),
            "Only files that this command made are replaced, and the SHA-256 of this one is not "
            f"in {arguments.known}.",
            "If it holds the survey's responses, move it to a wave of its own (original waves are "
            "named without '-reconstruction'); otherwise move it away.",
            value=sha256(file),
        )
        for file in files
        if file.exists() and sha256(file) not in hashes
    ]


def _read_claims(arguments: argparse.Namespace) -> ClaimSet:
    paths = (arguments.claims, arguments.crosstabs, arguments.targets)
    texts, problems = [], []
    for path in paths:
        try:
            texts.append(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(
                Problem(
                    str(path),
                    "The claims are files of CSV in UTF-8.",
                    "Run from the project's folder, or name the file with its flag.",
                    value=str(error),
                )
            )
    raise_if_any(problems)
    claims, crosstabs, targets = texts
    names = (str(paths[0]), str(paths[1]), str(paths[2]))
    return read_claims(claims, crosstabs, targets, names)


def _read_codebook(path: Path, wave: str) -> Codebook:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            waves = [row.get("wave") or "" for row in csv.DictReader(stream)]
    except (OSError, UnicodeDecodeError) as error:
        raise InputProblems(
            [
                Problem(
                    str(path),
                    "The codebook is a file of CSV in UTF-8.",
                    "Run from the project's folder, or name the file with --codebook.",
                    value=str(error),
                )
            ]
        ) from None
    return load_codebook(path, dict.fromkeys([*waves, wave]))[wave]


def _texts(wave: str, claims: ClaimSet, made: Reconstruction) -> dict[str, str]:
    texts = {RESPONSES: _csv(made.responses), TRUSTS: _csv(made.trusts)}
    hashes = {name: _hash(text) for name, text in texts.items()}
    return {**texts, README: origin_text(wave, claims, made, hashes)}


def _csv(frame: pd.DataFrame) -> str:
    text: str = frame.to_csv(index=False, lineterminator="\n")
    return text


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _registry(known: list[list[str]], texts: dict[str, str], made: Reconstruction) -> str:
    """The registry with the new files' hashes at its end; rows are never deleted."""
    settings = (made.seed, made.within_sd, made.count_skew)
    rows = [list(REGISTRY_COLUMNS), *known]
    for name, text in texts.items():
        row = [_hash(text), name, *map(str, settings)]
        if row not in rows:
            rows.append(row)
    return "".join(f"{','.join(row)}\n" for row in rows)
