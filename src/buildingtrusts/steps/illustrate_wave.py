"""Make an invented second wave in the layout of a Qualtrics export."""

from __future__ import annotations

import argparse
import hashlib
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

SUFFIX = "-illustration"
_FOLDER = Path("data/raw/2024-illustration")
_EARLIER = Path("data/raw/2017-reconstruction")
_CODEBOOK = Path("config/codebook.csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--earlier", type=Path, default=_EARLIER, help="raw folder of the wave that it follows"
    )
    parser.add_argument(
        "--codebook", type=Path, default=_CODEBOOK, help="codebook with the items of both waves"
    )
    parser.add_argument("--seed", type=int, default=2024, help="decides every draw")
    parser.add_argument(
        "--out", type=Path, default=_FOLDER, help=f"raw folder of a wave named *{SUFFIX}"
    )


def run(arguments: argparse.Namespace) -> None:
    """Write ``responses.csv, trusts.csv, README.md``; replace only what this command made."""
    import pandas as pd

    from buildingtrusts.output.files import write_text
    from buildingtrusts.published.wave_illustration import (
        README,
        RESPONSES,
        TRUSTS,
        illustrate_wave,
        illustration_text,
    )
    from buildingtrusts.study.codebook import load_codebook
    from buildingtrusts.study.randomness import task_generator

    out = arguments.out
    wave = out.resolve().name
    raise_if_any([*_name_problems(out, wave), *_held_problems(out, (RESPONSES, TRUSTS), README)])
    codebook = load_codebook(arguments.codebook, [wave], others_allowed=True)[wave]
    try:
        made = illustrate_wave(
            pd.read_csv(arguments.earlier / RESPONSES),
            pd.read_csv(arguments.earlier / TRUSTS, dtype=str, keep_default_na=False),
            codebook,
            task_generator(arguments.seed, "illustrate_wave", wave),
        )
    except ValueError as error:
        raise InputProblems(
            [Problem(str(arguments.earlier), str(error), "Give another wave to --earlier.")]
        ) from None
    texts = {
        RESPONSES: made.responses,
        TRUSTS: made.trusts.to_csv(index=False, lineterminator="\n"),
    }
    hashes = {
        name: hashlib.sha256(text.encode("utf-8")).hexdigest() for name, text in texts.items()
    }
    # The README first: whatever stops this command in between, it knows its own files again.
    write_text(out / README, illustration_text(made, codebook, _command(arguments), hashes))
    for name, text in texts.items():
        write_text(out / name, text)
    print(f"Wrote {README}, {', '.join(texts)} to {out}.", file=sys.stderr)


def _command(arguments: argparse.Namespace) -> str:
    words = ["buildingtrusts", "illustrate-wave", "--seed", str(arguments.seed)]
    for flag, given, default in (
        ("--earlier", arguments.earlier, _EARLIER),
        ("--codebook", arguments.codebook, _CODEBOOK),
    ):
        words += [flag, str(given)] if given != default else []
    return shlex.join([*words, "--out", str(arguments.out)])


def _name_problems(out: Path, wave: str) -> Iterator[Problem]:
    if not wave.endswith(SUFFIX) or wave == SUFFIX:
        yield Problem(
            str(out),
            f"Invented responses say so in their folder's name, which ends in '{SUFFIX}'.",
            f"Give a folder such as {_FOLDER}.",
            value=wave,
        )


def _held_problems(out: Path, own: tuple[str, ...], readme: str) -> Iterator[Problem]:
    """Files that this command did not make: their hashes are not in the README beside them."""
    told = out / readme
    text = told.read_text(encoding="utf-8", errors="replace") if told.is_file() else ""
    held = sorted(out.iterdir()) if out.is_dir() else []
    for path in held:
        if path.name == readme and "every answer here is invented" in text.split("\n", 1)[0]:
            continue
        ours = path.name in own and path.is_file()
        if ours and f"`{hashlib.sha256(path.read_bytes()).hexdigest()}`" in text:
            continue
        yield Problem(
            str(path),
            "Only files that this command made are replaced, and this is not one of them as it "
            f"was made: {told} does not list its hash.",
            "Move it to a folder of its own, or give another folder to --out.",
        )
