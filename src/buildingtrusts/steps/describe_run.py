"""Write the RO-Crate of a run: what went in, what came out, with what and by which choices."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildingtrusts.output.crate import CrateWave, FileFacts, Run
    from buildingtrusts.study.plan import Plan

PACKAGE = "buildingtrusts"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--configuration", required=True, help="the run's configuration as JSON, as it was read"
    )
    parser.add_argument("--config-file", required=True, help="the file that it was read from")
    parser.add_argument("--out", required=True, help="the ro-crate-metadata.json to write")


def run(arguments: argparse.Namespace) -> None:
    """Write the crate of a run that is complete."""
    from buildingtrusts.output.crate import crate
    from buildingtrusts.output.files import write_text
    from buildingtrusts.study.plan import plan_study

    plan = plan_study(json.loads(arguments.configuration), arguments.config_file)
    described = _describe(plan, arguments.config_file, Path(arguments.out).parent)
    write_text(arguments.out, crate(described))
    print(f"{len(described.outputs)} files that the run made, with their SHA-256", file=sys.stderr)


def _describe(plan: Plan, config_file: str, folder: Path) -> Run:
    from buildingtrusts import __version__
    from buildingtrusts.output.crate import Run
    from buildingtrusts.study.provenance import statement
    from buildingtrusts.survey.interviews import interview_statement

    commit, day, dirty = _commit()
    newest = max(wave.date for wave in plan.waves.values()).isoformat()
    said = (statement(plan.provenances), interview_statement(plan.interviews.sets))
    choices = plan.study.model_dump(mode="json", by_alias=True, exclude={"paths": True})
    return Run(
        date=_epoch() or day or newest,
        statement=_plain(" ".join(filter(None, said))),
        software=__version__,
        commit=commit,
        dirty=dirty,
        requirements={"Python": platform.python_version(), **_libraries()},
        configuration=dict(_leaves(choices)),
        waves=tuple(_wave(plan, name) for name in plan.waves),
        inputs=tuple(_inputs(plan, config_file)),
        outputs=tuple(_facts(file, folder) for file in _files(plan.described())),
    )


def _inputs(plan: Plan, config_file: str) -> Iterator[FileFacts]:
    from buildingtrusts.register import ATTRIBUTION, LICENCE

    of_register = set(plan.register.files())
    for file in plan.inputs_of_the_study(config_file):
        facts = _facts(Path(file))
        known = file in of_register
        yield replace(facts, licence=LICENCE, credit=ATTRIBUTION) if known else facts


def _wave(plan: Plan, name: str) -> CrateWave:
    from buildingtrusts.output.crate import CrateWave
    from buildingtrusts.study.provenance import statement

    declared = plan.waves[name]
    return CrateWave(
        name=name,
        title=declared.title,
        date=declared.date.isoformat(),
        provenance=declared.provenance,
        source=declared.source.strip(),
        licence=declared.licence.strip(),
        said=_plain(statement([declared.provenance])),
        files=tuple(_facts(Path(file)) for file in plan.inputs_of_a_wave(name)),
    )


def _files(paths: Iterable[str]) -> Iterator[Path]:
    """The files of a run; those of a folder that a rule makes as a whole.

    Snakemake keeps a hidden file of its own in such a folder.
    """
    for path in map(Path, dict.fromkeys(paths)):
        inside = path.rglob("*") if path.is_dir() else (path,)
        yield from sorted(
            one for one in inside if not path.is_dir() or (one.is_file() and one.name[0] != ".")
        )


def _facts(file: Path, folder: Path | None = None) -> FileFacts:
    """Describe a file by its path in the crate, or in the study where there is no folder."""
    from buildingtrusts.output.crate import FileFacts
    from buildingtrusts.study.provenance import sha256

    return FileFacts(_place(file, folder or Path()), file.stat().st_size, sha256(file))


def _place(file: Path, folder: Path) -> str:
    """A path below a folder; of a file elsewhere the name alone, which tells of no machine."""
    whole, base = file.resolve(), folder.resolve()
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else file.name


def _leaves(values: Mapping[str, object], place: str = "") -> Iterator[tuple[str, object]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{place}{key}.")
        else:
            yield f"{place}{key}", value


def _plain(markdown: str) -> str:
    return markdown.replace("**", "")


def _libraries() -> dict[str, str]:
    """Versions of the libraries that the package declares and that are installed."""
    from importlib.metadata import PackageNotFoundError, requires, version

    found = {}
    try:
        declared = requires(PACKAGE) or []
    except PackageNotFoundError:
        declared = []
    for line in declared:
        # What only tests and tools need is no part of a run.
        if re.search(r"extra == .(?:browser|dev|test|tests|docs)\b", line):
            continue
        name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return dict(sorted(found.items(), key=lambda one: one[0].lower()))


def _epoch() -> str:
    """The day that SOURCE_DATE_EPOCH names, as programs that build things twice alike read it."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not seconds.isdigit():
        return ""
    return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC).date().isoformat()


def _commit() -> tuple[str, str, bool]:
    """Commit of the repository that this package is in, its day, and whether files differ from it.

    Empty where the package is installed and not checked out: a repository around the place it is
    installed in is not its own.
    """
    here = Path(__file__).resolve()
    if not _git(here.parent, "ls-files", "--error-unmatch", here.name):
        return "", "", False
    commit = _git(here.parent, "rev-parse", "HEAD")
    day = _git(here.parent, "log", "-1", "--format=%cs")
    return commit, day, bool(_git(here.parent, "status", "--porcelain", "--untracked-files=no"))


def _git(folder: Path, *words: str) -> str:
    """What git answers; nothing where it is not installed or there is no repository."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            ["git", *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
