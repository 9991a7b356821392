"""Add a survey wave from the file that a survey tool exported: a proposal, a check, then files."""

from __future__ import annotations

import argparse
import codecs
import csv
import datetime
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from buildingtrusts.output.files import write_bytes
from buildingtrusts.study.codebook import Codebook, load_codebook
from buildingtrusts.study.configuration import load_waves
from buildingtrusts.study.contents import content_of
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.provenance import ID_PREFIX, sha256
from buildingtrusts.study.wave import (
    MADE_UP,
    RESERVED_NAMES,
    WAVE_NAME,
    ClusterChoices,
    EvidenceChoices,
    KeyColumns,
    Provenance,
    ResponsesFile,
    Wave,
)
from buildingtrusts.survey.declaration import (
    LAYOUTS,
    About,
    TrustsTable,
    attributes_of,
    codebook_of,
    codebook_with,
    last_day,
    origin_text,
    row_key,
    trusts_to_fill_in,
    wave_text,
)
from buildingtrusts.survey.importers import (
    ROW,
    detect_importer,
    read_with_personal_columns,
)
from buildingtrusts.survey.importers.grids import kind_of
from buildingtrusts.survey.key_columns import ROLES
from buildingtrusts.survey.proposal_screen import proposal_lines, to_check
from buildingtrusts.survey.proposals import (
    Earlier,
    Proposal,
    earlier_items,
    open_questions,
    propose,
)
from buildingtrusts.survey.raw_table import RawTable, parse_csv
from buildingtrusts.survey.wishes import Flags, Wishes, changed, wishes_of

if TYPE_CHECKING:
    from buildingtrusts.survey.responses import Responses

KNOWN = "data/published/reconstructions.csv"
_IMPORTERS = get_args(ResponsesFile.model_fields["importer"].annotation)
_ENCODINGS = get_args(ResponsesFile.model_fields["encoding"].annotation)
Encoding = Literal["utf-8", "cp1252", "utf-16"]
#: Advice that names the wave's file, which is not there yet, and what to do instead.
_INSTEAD = (
    (r"Write its name under 'responses: sheet' in the wave's file", "Name it with --sheet"),
    (
        r"Write the right one under 'responses: importer' in the wave's file",
        "Name the right one with --importer",
    ),
    (
        r"list the word under 'responses: missing' in the wave's file",
        "name the word with --missing",
    ),
    (
        r"[Dd]eclare '(encoding|importer): ([\w-]+)'(?: or 'importer: detect')?"
        r"(?: for it in the wave's file)?",
        r"add --\1 \2",
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("name", metavar="NAME", help="of the wave, such as 2024")
    parser.add_argument("file", metavar="FILE", help="the survey tool's export, as it came")
    parser.add_argument("--trusts", help="CSV of the trusts with a column mat_id and attributes")
    parser.add_argument("--like", help="earlier wave to compare with; all of them if not given")
    parser.add_argument("--title", help="of the wave")
    parser.add_argument("--date", help="day of the survey, such as 2024-06-30")
    parser.add_argument("--provenance", choices=get_args(Provenance), help="whose answers they are")
    parser.add_argument("--source", help="where the responses come from")
    parser.add_argument("--licence", help="under which the responses may be used")
    parser.add_argument("--importer", choices=_IMPORTERS, default="detect", help="of the file")
    parser.add_argument("--sheet", help="of a workbook with several")
    parser.add_argument("--encoding", choices=_ENCODINGS, help="of text; found out if not given")
    parser.add_argument("--respondent-id", metavar="COLUMN", help=f"who answered, or {ROW}")
    parser.add_argument("--mat-id", metavar="COLUMN", help="the trust")
    parser.add_argument("--role", metavar="COLUMN", help="the role, or none")
    parser.add_argument(
        "--item",
        action="append",
        default=[],
        metavar="COLUMN=BLOCK__ITEM",
        help="say which item a column is, by its header or number; may be repeated",
    )
    parser.add_argument(
        "--skip",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column that is no item, by its header or number; may be repeated",
    )
    parser.add_argument(
        "--role-of",
        action="append",
        default=[],
        metavar="LABEL=ROLE",
        help=f"say which role a label is: {', '.join(ROLES)} or none; may be repeated",
    )
    parser.add_argument(
        "--missing",
        action="append",
        default=[],
        metavar="WORD",
        help="a word that means no answer, besides the usual ones; may be repeated",
    )
    parser.add_argument("--config", default="config", help="folder of waves and codebook")
    parser.add_argument("--raw", default="data/raw", help="folder of raw files")
    parser.add_argument("--known", default=KNOWN, help="SHA-256 of files that are no originals")
    parser.add_argument("--yes", action="store_true", help="accept the proposal without asking")
    parser.add_argument("--dry-run", action="store_true", help="show and check, write nothing")


@dataclass(frozen=True)
class _Study:
    """What there is before the wave is added."""

    waves: dict[str, Wave]
    codebooks: dict[str, Codebook]
    codebook: bytes
    like: tuple[str, ...]

    @property
    def model(self) -> Wave | None:
        """The earlier wave whose choices the new one takes over."""
        return self.waves[self.like[-1]] if self.like else None


@dataclass(frozen=True)
class _Export:
    """The file, and how it is read."""

    data: bytes
    responses: ResponsesFile
    raw: RawTable


@dataclass(frozen=True)
class _Files:
    """What is going to be written: everything or nothing."""

    declaration: Path
    wave: bytes
    codebook: Path
    rows: bytes
    folder: Path
    raw: dict[str, bytes]


def run(arguments: argparse.Namespace) -> None:
    """Propose, ask, check as the ingest step does, and write the wave's files."""
    try:
        _add(arguments)
    except InputProblems as found:
        raise InputProblems(map(_with_flags, found.problems)) from None
    except UnicodeDecodeError as error:
        raise InputProblems([_not_text(arguments, error)]) from None


def _with_flags(problem: Problem) -> Problem:
    advice = problem.advice
    for pattern, words in _INSTEAD:
        advice = re.sub(pattern, words, advice)
    return replace(problem, advice=advice[:1].upper() + advice[1:])


def _add(arguments: argparse.Namespace) -> None:
    study = _study(arguments)
    export = _export(arguments)
    table, trusts_data = _trusts_file(arguments)
    mats = list(table.column("mat_id")) if table else []
    earlier = _earlier(study)
    provenance = _provenance(arguments)
    wishes = wishes_of(
        Flags(
            arguments.respondent_id,
            arguments.mat_id,
            arguments.role,
            arguments.item,
            arguments.skip,
            arguments.role_of,
            arguments.missing,
        ),
        export.raw,
    )

    def proposed(said: Wishes) -> Proposal:
        return propose(export.raw, earlier, said, mats, ID_PREFIX.get(provenance, ""))

    proposal = proposed(wishes)
    layout = LAYOUTS[export.responses.importer]
    _show(proposal, export.raw, layout)
    if _can_ask() and not arguments.yes and not arguments.dry_run:
        try:
            proposal = _agreed(proposed, wishes, export.raw, layout)
        except EOFError:
            raise InputProblems([_stopped(export.raw.file)]) from None
    raise_if_any(open_questions(proposal, export.raw))
    about = _about(arguments, export, provenance)
    trusts, trusts_data = _trusts(arguments, study, proposal, table, trusts_data)
    files = _composed(arguments, study, export, proposal, about, trusts, trusts_data)
    _refuse_known(arguments, provenance, export.data, trusts_data)
    responses = _rehearsed(arguments, files, trusts)
    _told(responses)
    if arguments.dry_run:
        print("Nothing was written: this was a dry run. It would be:")
        print("\n".join(f"  {path}" for path in _paths(files)))
        return
    if not arguments.yes and not _can_ask():
        raise InputProblems([_unconfirmed(export.raw.file)])
    _write(files)
    _what_next(arguments, files, proposal, about, trusts, study.model)


# What there is.


def _study(arguments: argparse.Namespace) -> _Study:
    """Declared waves and their items; the new name must be free and usable."""
    config, name = Path(arguments.config), arguments.name
    raise_if_any(_name_problems(config, name))
    declared = config / "waves"
    has_waves = any(declared.glob("*.y*ml"))
    waves = load_waves(declared) if has_waves else {}
    file = config / "codebook.csv"
    codebook = file.read_bytes() if file.is_file() else b""
    codebooks = load_codebook(file, waves) if waves else {}
    if arguments.like is not None and arguments.like not in waves:
        raise InputProblems(
            [
                Problem(
                    "--like",
                    f"An earlier wave is one of: {', '.join(waves) or 'none is declared'}.",
                    "Name one of these, or leave --like out to compare with all.",
                    value=arguments.like,
                )
            ]
        )
    like = (arguments.like,) if arguments.like else tuple(waves)
    return _Study(waves, codebooks, codebook, like)


def _name_problems(config: Path, name: str) -> Iterator[Problem]:
    if not WAVE_NAME.fullmatch(name) or name in RESERVED_NAMES:
        yield Problem(
            "NAME",
            "A wave's name starts with a letter or digit, goes on with letters, digits, _ and -, "
            f"and is none of {', '.join(RESERVED_NAMES)}.",
            "Choose another, such as the year of the survey.",
            value=name,
        )
        return
    for file in sorted((config / "waves").glob("*.y*ml")):
        if file.stem.casefold() == name.casefold():
            yield Problem(
                str(file),
                f"A wave is added once; {file.stem} is declared here already.",
                "Choose another name; or delete this file, the wave's rows in the codebook and "
                "its folder of raw data first.",
                value=name,
            )


def _earlier(study: _Study) -> Earlier:
    earlier = earlier_items({wave: study.codebooks[wave].items for wave in study.like})
    labels = {
        label: role
        for wave in study.like
        for role, names in study.waves[wave].roles.items()
        for label in names
    }
    block = study.model.cluster.block if study.model else ClusterChoices().block
    return replace(earlier, roles=labels, block=block)


def _provenance(arguments: argparse.Namespace) -> str:
    told = next((word for word in MADE_UP if arguments.name.endswith(f"-{word}")), "original")
    return str(arguments.provenance or told)


# The export.


def _export(arguments: argparse.Namespace) -> _Export:
    path = Path(arguments.file)
    data = content_of(path, "Name the file that the survey tool exported.")
    encoding: Encoding = arguments.encoding or _encoding(data)
    importer = arguments.importer
    if importer == "detect":
        importer = detect_importer(data, str(path), encoding, arguments.sheet)
    responses = ResponsesFile(
        file=path.name, importer=importer, encoding=encoding, sheet=arguments.sheet
    )
    return _Export(data, responses, read_with_personal_columns(data, str(path), responses))


def _encoding(data: bytes) -> Encoding:
    """Of text: what its bytes allow; the table's notes say when it is not UTF-8."""
    if kind_of(data) != "text" or data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:400]:
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _not_text(arguments: argparse.Namespace, error: UnicodeDecodeError) -> Problem:
    return Problem(
        arguments.file,
        f"The file is text in {error.encoding}; it is not.",
        "Name its encoding with --encoding, or export it again as CSV UTF-8.",
    )


def _trusts_file(arguments: argparse.Namespace) -> tuple[RawTable | None, bytes]:
    if arguments.trusts is None:
        return None, b""
    path = Path(arguments.trusts)
    data = content_of(path, "Correct --trusts, or leave it out: a file to fill in is then written.")
    table = parse_csv(data, str(path), _encoding(data))
    if "mat_id" not in table.header:
        raise InputProblems(
            [
                Problem(
                    str(path),
                    "A trusts file has a column mat_id, with the trusts as the export names them; "
                    f"this one has: {', '.join(table.header)}.",
                    "Rename the column that names the trust to mat_id.",
                    1,
                )
            ]
        )
    return table, data


# What a person says.


def _can_ask() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _show(proposal: Proposal, raw: RawTable, layout: str) -> None:
    print("\n".join([*proposal_lines(proposal, raw, layout), ""]), flush=True)


def _agreed(
    proposed: Callable[[Wishes], Proposal], wishes: Wishes, raw: RawTable, layout: str
) -> Proposal:
    """Ask until the person accepts; each answer changes the wishes and the proposal."""
    while True:
        proposal = proposed(wishes)
        for label in proposal.unknown_roles:
            wishes = replace(wishes, roles={**wishes.roles, label: _asked_role(label)})
        if proposal.unknown_roles:
            continue
        print(
            "Press Enter to accept. To change an item, type its number with another item "
            "(12 strategy__workforce)\nor without to leave the column out (12 skip); q stops."
        )
        said = input("> ").split()
        if not said:
            return proposal
        if said[0] in ("q", "quit"):
            raise InputProblems([_stopped(raw.file)])
        after = changed(wishes, said, raw)
        if isinstance(after, str):
            print(after)
            continue
        wishes = after
        _show(proposed(wishes), raw, layout)


def _asked_role(label: str) -> str:
    while True:
        said = input(f"Which role is '{label}': {', '.join(ROLES)} or none? ").strip()
        if said in (*ROLES, "none"):
            return said


def _stopped(file: str) -> Problem:
    return Problem(file, "The proposal was not accepted.", "Run the command again when you like.")


def _unconfirmed(file: str) -> Problem:
    return Problem(
        file,
        "A wave is added once somebody has accepted the proposal; here is no terminal to ask.",
        "Look at the proposal above. If it is right, run the command again with --yes; change it "
        "with --item, --skip, --mat-id, --role, --role-of.",
    )


# What is written.


def _about(arguments: argparse.Namespace, export: _Export, provenance: str) -> About:
    guessed = {}
    date = arguments.date
    if date is None:
        date = last_day(export.raw)
        guessed["date"] = "the day of the last response; it puts waves in order"
    if date is None:
        changed_at = Path(arguments.file).stat().st_mtime
        date = str(datetime.datetime.fromtimestamp(changed_at, tz=datetime.UTC).date())
        guessed["date"] = "the day of the file, as the export has none; it puts waves in order"
    title, source, licence = arguments.title, arguments.source, arguments.licence
    if title is None:
        title = f"Survey {arguments.name}"
        guessed["title"] = "it stands above tables and in figures"
    if source is None:
        source = f"Export {export.responses.file}, {LAYOUTS[export.responses.importer]}."
        guessed["source"] = "say who was asked, by whom and when"
    if licence is None:
        licence = "Not for publication."
        guessed["licence"] = "under which the responses may be used"
    return About(arguments.name, title, date, provenance, source, licence, guessed)


def _trusts(
    arguments: argparse.Namespace,
    study: _Study,
    proposal: Proposal,
    table: RawTable | None,
    data: bytes,
) -> tuple[TrustsTable, bytes]:
    """The trusts file that was given, or one to fill in."""
    if table is not None:
        attributes, left = attributes_of(table)
        name = Path(arguments.trusts).name
        if name in (Path(arguments.file).name, "README.md"):
            name = "trusts.csv"
        return TrustsTable(name, attributes, left, encoding=_encoding(data)), data
    wanted = tuple(study.model.attributes) if study.model else ()
    name = "trusts.csv" if Path(arguments.file).name != "trusts.csv" else "list-of-trusts.csv"
    return TrustsTable(name, {}, {}, wanted), trusts_to_fill_in(proposal.trusts, wanted)


def _composed(
    arguments: argparse.Namespace,
    study: _Study,
    export: _Export,
    proposal: Proposal,
    about: About,
    trusts: TrustsTable,
    trusts_data: bytes,
) -> _Files:
    """Every file of the wave, as bytes."""
    model, config = study.model, Path(arguments.config)
    codebook = codebook_of(proposal)
    cluster = model.cluster if model else ClusterChoices()
    if cluster.block not in codebook.blocks and codebook.blocks:
        cluster = cluster.model_copy(update={"block": codebook.blocks[0]})
    responses = export.responses.model_copy(
        update={
            "columns": KeyColumns(
                respondent_id=row_key(proposal),
                mat_id=proposal.mat_id.column if proposal.mat_id else "",
                role=proposal.role.column if proposal.role and proposal.roles else None,
            ),
            "missing": proposal.missing,
            "reversed": tuple(m.item.column for m in proposal.matches if m.reversed),
        }
    )
    evidence = model.evidence if model else EvidenceChoices()
    text = wave_text(
        about, responses, proposal, trusts, cluster, evidence, model.wave if model else None
    )
    raw = {responses.file: export.data, trusts.file: trusts_data}
    made = () if arguments.trusts else (trusts.file,)
    layout = LAYOUTS[responses.importer]
    raw["README.md"] = origin_text(about, layout, raw, made).encode("utf-8")
    return _Files(
        config / "waves" / f"{arguments.name}.yaml",
        text.encode("utf-8"),
        config / "codebook.csv",
        codebook_with(study.codebook, arguments.name, codebook),
        Path(arguments.raw) / arguments.name,
        raw,
    )


def _refuse_known(
    arguments: argparse.Namespace, provenance: str, export: bytes, trusts: bytes
) -> None:
    """Refuse files of a shipped reconstruction that are said to be the original."""
    if provenance != "original":
        return
    known = Path(arguments.known)
    if arguments.known == KNOWN and not known.is_file():
        return
    text = content_of(known, "Correct --known.").decode("utf-8")
    made_up = {row["sha256"] for row in csv.DictReader(io.StringIO(text, newline=""))}
    raise_if_any(
        Problem(
            file,
            "An original wave holds what the survey itself found; this file is a reconstruction "
            f"that this project made (SHA-256 listed in {known}).",
            "Name the real file, or add it as <name>-reconstruction.",
            value=sha256(file),
        )
        for file, data in ((arguments.file, export), (arguments.trusts, trusts))
        if file and sha256(file) in made_up
    )


def _rehearsed(arguments: argparse.Namespace, files: _Files, trusts: TrustsTable) -> Responses:
    """Read the wave as the ingest step will, in a folder that goes away again."""
    raise_if_any(_folder_problems(arguments, files))
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        # What the user named, for reports; the copies are nobody's.
        own = {
            str(stage / "raw" / trusts.file): arguments.trusts or str(files.folder / trusts.file),
            str(stage / "raw" / Path(arguments.file).name): arguments.file,
            str(stage / "raw"): str(files.folder),
            str(stage): str(arguments.config),
        }
        try:
            return _staged(arguments, files, stage)
        except InputProblems as found:
            raise InputProblems(
                replace(one, file=_at(one.file, own)) for one in found.problems
            ) from None


def _staged(arguments: argparse.Namespace, files: _Files, stage: Path) -> Responses:
    from buildingtrusts.survey.intake import read_wave_files
    from buildingtrusts.survey.joined_trusts import Places

    for other in Path(arguments.config, "waves").glob("*.yaml"):
        write_bytes(stage / "waves" / other.name, other.read_bytes())
    write_bytes(stage / "waves" / files.declaration.name, files.wave)
    write_bytes(stage / "codebook.csv", files.rows)
    for name, data in files.raw.items():
        write_bytes(stage / "raw" / name, data)
    waves = load_waves(stage / "waves")
    wave = waves[arguments.name]
    codebook = load_codebook(stage / "codebook.csv", waves)[arguments.name]
    codebook.clustered_block(wave.cluster.block, str(files.codebook))
    places = Places(stage / "raw", str(files.declaration))
    responses, _ = read_wave_files(places, wave, codebook)
    return responses


def _at(file: str, own: dict[str, str]) -> str:
    for copy, place in own.items():
        file = file.replace(copy, place)
    return file


def _folder_problems(arguments: argparse.Namespace, files: _Files) -> Iterator[Problem]:
    """The wave's folder holds nothing yet, or only the files that are given."""
    if files.folder.exists() and not files.folder.is_dir():
        yield Problem(str(files.folder), "This is a folder.", "Rename the file that is there.")
        return
    given = {Path(one).resolve() for one in (arguments.file, arguments.trusts) if one}
    there = sorted(files.folder.iterdir()) if files.folder.is_dir() else []
    others = [path.name for path in there if path.resolve() not in given]
    if others:
        yield Problem(
            str(files.folder),
            "The wave's folder of raw files holds nothing yet, or only the export itself.",
            "Move these files away, or choose another name for the wave.",
            value=", ".join(others),
        )


def _write(files: _Files) -> None:
    """Write everything; if anything fails, leave things as they were."""
    before = files.codebook.read_bytes() if files.codebook.is_file() else None
    new_folder = not files.folder.exists()
    written: list[Path] = []
    try:
        for name, data in files.raw.items():
            path = files.folder / name
            if not path.exists():
                written.append(path)
                write_bytes(path, data)
        write_bytes(files.codebook, files.rows)
        written.append(files.declaration)
        write_bytes(files.declaration, files.wave)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        if before is None:
            files.codebook.unlink(missing_ok=True)
        elif files.codebook.read_bytes() != before:
            write_bytes(files.codebook, before)
        if new_folder:
            shutil.rmtree(files.folder, ignore_errors=True)
        raise


# What is said.


def _told(responses: Responses) -> None:
    print("Read as it would be in a run:")
    notes = [f"  {note.partition(': ')[2]}" for note in responses.notes]
    print("\n".join([*notes, ""]), flush=True)


def _paths(files: _Files) -> list[Path]:
    return [files.declaration, files.codebook, *(files.folder / name for name in files.raw)]


def _what_next(
    arguments: argparse.Namespace,
    files: _Files,
    proposal: Proposal,
    about: About,
    trusts: TrustsTable,
    model: Wave | None,
) -> None:
    name = arguments.name
    print(f"The wave {name} is added:")
    print(f"  {files.declaration}  the declaration")
    print(f"  {files.codebook}  {len(proposal.matches)} rows more")
    print(f"  {files.folder}/  {', '.join(files.raw)}")
    print("\nCheck, with an editor or a spreadsheet:")
    enough = model.cluster.min_responses if model else ClusterChoices().min_responses
    for line in to_check(proposal, about, trusts, enough):
        print(f"  - {line}")
    print("\nThen:")
    check = f"buildingtrusts check {name}"
    print(f"  {check}  is everything in order?")
    print(f"  {'snakemake --cores 2':<{len(check)}}  run the study")
    if about.provenance == "original":
        print(
            f"If the responses may not be published, keep them out of git: add the line "
            f"{files.folder}/ to .git/info/exclude"
        )
