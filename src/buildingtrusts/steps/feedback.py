"""Write a page for each trust that took part in a finished wave, to hand back to it."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.choices import Study
from buildingtrusts.study.codebook import Codebook, read_wave_codebook
from buildingtrusts.study.configuration import declaration_of, load_study, load_wave
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.provenance import statement
from buildingtrusts.study.wave import Wave
from buildingtrusts.study.yaml_files import read_yaml

if TYPE_CHECKING:
    import pandas as pd

    from buildingtrusts.output.feedback_text import Membership, Page, Section, Words
    from buildingtrusts.statistics.feedback import Limits

FEWEST = 5
TABLES = ("sample", "scores", "clusters", "silhouettes")
OF_THE_EVIDENCE = ("verdict", "assignment")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("wave", metavar="WAVE", help="name of a finished wave")
    parser.add_argument("--config", default="config/config.yaml", help="configuration of the study")
    parser.add_argument(
        "--at-least",
        type=int,
        default=FEWEST,
        metavar="N",
        help="answers that a page, and each number on it, rests on at least; never below 5",
    )
    parser.add_argument(
        "--out", metavar="FOLDER", help="folder for the pages; None is feedback/WAVE"
    )


def run(arguments: argparse.Namespace) -> None:
    """Write every page and the team's list, or nothing; pages of an earlier call are replaced."""
    from buildingtrusts.output.feedback_page import as_list, as_page, file_names, list_name
    from buildingtrusts.output.feedback_text import Entry, Words

    _check_threshold(arguments.at_least)
    study = load_study(read_yaml(Path(arguments.config)), arguments.config)
    wave = load_wave(declaration_of(arguments.wave, study.paths.config))
    out = Path(arguments.out or Path("feedback", wave.wave))
    finished = _finished(study, wave)
    _check_folder(out, wave.wave)
    words = Words(**study.words.model_dump())
    counts = _counts(finished)
    names = file_names(wave.wave, list(counts))
    pages, entries = {}, []
    for mat, n in counts.items():
        if n < arguments.at_least:
            reason = f"fewer than {arguments.at_least} responses."
            entries.append(Entry(mat, n, reason=reason))
            continue
        entries.append(Entry(mat, n, file=names[mat]))
        pages[names[mat]] = as_page(_page(mat, n, wave, finished, words, arguments.at_least))
    said = statement([wave.provenance]).replace("**", "")
    pages[list_name(wave.wave)] = as_list(
        entries, wave.wave, wave.title, said, words, arguments.at_least
    )
    _replace_folder(out, pages)
    print(_report(entries, out, list_name(wave.wave), words, said), file=sys.stderr)


@dataclass(frozen=True)
class _Finished:
    """The tables of a finished wave that pages are made from."""

    codebook: Codebook
    responses: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    k: int | None


def _check_threshold(at_least: int) -> None:
    if at_least < FEWEST:
        raise InputProblems(
            [
                Problem(
                    "--at-least",
                    f"A page rests on {FEWEST} answers or more: of fewer, someone who answered can "
                    "work out nearly what each of the others said.",
                    f"Leave the flag away, or ask for more than {FEWEST}.",
                    value=str(at_least),
                )
            ]
        )


def _finished(study: Study, wave: Wave) -> _Finished:
    from buildingtrusts.output.tables import read_table

    tidy = Path(study.paths.processed, wave.wave)
    results = Path(study.paths.results, wave.wave, "tables")
    names = (*TABLES, *(OF_THE_EVIDENCE if wave.evidence.enabled else ()))
    files = {
        **{name: results / f"{name}.csv" for name in names},
        **{name: tidy / f"{name}.csv" for name in ("responses", "codebook")},
    }
    raise_if_any(
        Problem(
            str(file),
            "A finished wave has this file; it does not exist.",
            "Run the study first, by: snakemake --cores 2",
        )
        for file in files.values()
        if not file.is_file()
    )
    tables = {name: read_table(files[name]) for name in names}
    made = set(tables["clusters"]["k"])
    reported = [k for k in wave.cluster.report_k if k in made]
    return _Finished(
        read_wave_codebook(files["codebook"]),
        read_table(files["responses"]),
        tables,
        reported[-1] if reported else None,
    )


def _counts(finished: _Finished) -> dict[str, int]:
    sample = finished.tables["sample"]
    of_all = sample[sample["role"] == "all"]
    return dict(zip(of_all["mat_id"], of_all["n_responses"].astype(int), strict=True))


def _page(mat: str, n: int, wave: Wave, finished: _Finished, words: Words, at_least: int) -> Page:
    from buildingtrusts.output.feedback_text import Page, cluster_text, month_of, splits_of
    from buildingtrusts.statistics.feedback import Limits, split_by_place

    limits = Limits(at_least)
    compared = _compared(mat, finished, limits)
    items = [(one.block, one.item) for one in finished.codebook.items]
    has_roles = "role" in finished.responses and bool(finished.responses["role"].notna().any())
    split = split_by_place(finished.responses, mat, items, limits) if has_roles else None
    member = _membership(mat, wave, finished, bool(compared["cluster"].notna().any()))
    reason = _why_not_clustered(mat, finished)
    return Page(
        mat_id=mat,
        wave=wave.wave,
        title=wave.title,
        when=month_of(wave.date),
        statement=statement([wave.provenance]).replace("**", ""),
        words=words,
        n_answers=n,
        sections=_sections(mat, compared, wave, finished, words),
        cluster=cluster_text(member, words)
        if member
        else (f"Your {words.trust} is in no cluster{reason}.",),
        splits=() if split is None else splits_of(split, _questions(finished.codebook)),
        at_least=at_least,
        fewest=limits.fewest,
        has_roles=has_roles,
    )


def _compared(mat: str, finished: _Finished, limits: Limits) -> pd.DataFrame:
    from buildingtrusts.statistics.agreement import uniform_null_variance
    from buildingtrusts.statistics.feedback import compare

    null = {
        (one.block, one.item): uniform_null_variance(one.n_options, one.step or 1.0)
        for one in finished.codebook.items
        if one.n_options
    }
    clusters = finished.tables["clusters"]
    at_k = clusters[clusters["k"] == finished.k]
    own = at_k.loc[at_k["mat_id"] == mat, "cluster"]
    together = at_k.loc[at_k["cluster"].isin(own), "mat_id"].tolist()
    return compare(finished.tables["scores"], mat, together, null, limits)


def _sections(
    mat: str, compared: pd.DataFrame, wave: Wave, finished: _Finished, words: Words
) -> tuple[Section, ...]:
    """Block by block, the clustered one first, with its wordings; those of others are longer."""
    from buildingtrusts.output.feedback_text import section_of, shared_question
    from buildingtrusts.output.figures.questions import scale_limits
    from buildingtrusts.statistics.feedback import give_or_take

    clustered, scores = wave.cluster.block, finished.tables["scores"]
    sections = []
    for block in sorted(finished.codebook.blocks, key=lambda name: name != clustered):
        asked = finished.codebook.block(block)
        rows, of_all = compared[compared["block"] == block], scores[scores["block"] == block]
        if rows.empty:
            continue
        questions = [one for one in _questions(finished.codebook) if one.block == block]
        one_scale = scale_limits(questions) is not None
        n = int(rows["n"].median())
        wordings = {one.item: one.wording for one in asked} if block == clustered else {}
        off_by = give_or_take(of_all, n) if one_scale else float("nan")
        shared = shared_question([one.wording for one in asked])
        sections.append(section_of(rows, questions, wordings, off_by, words, shared))
    return tuple(sections)


def _questions(codebook: Codebook) -> list:
    from buildingtrusts.output.figures.questions import Question

    return [
        Question(
            *(one.block, one.item, one.label, one.minimum, one.maximum, one.step),
            *(one.low_anchor, one.high_anchor),
        )
        for one in codebook.items
    ]


def _membership(mat: str, wave: Wave, finished: _Finished, shown: bool) -> Membership | None:
    from buildingtrusts.output.feedback_text import Membership

    tables = {
        name: table[table["k"] == finished.k]
        for name, table in finished.tables.items()
        if name in ("clusters", "silhouettes", "assignment")
    }
    clusters = tables["clusters"]
    own = clusters.loc[clusters["mat_id"] == mat, "cluster"]
    if finished.k is None or own.empty:
        return None
    cluster = int(own.iloc[0])
    silhouettes = tables["silhouettes"]
    silhouette = silhouettes[silhouettes["mat_id"] == mat].iloc[0]
    neighbour = silhouette["neighbour"]
    verdict = finished.tables.get("verdict")
    return Membership(
        k=finished.k,
        cluster=cluster,
        size=int((clusters["cluster"] == cluster).sum()),
        n_clustered=len(clusters),
        width=float(silhouette["width"]),
        neighbour=None if neighbour != neighbour else int(neighbour),
        block=wave.cluster.block,
        least=wave.cluster.min_responses,
        returns=_returns(tables.get("assignment"), mat, cluster),
        verdict="" if verdict is None else str(verdict["verdict"].iloc[0]),
        sentence="" if verdict is None else str(verdict["sentence"].iloc[0]),
        shown=shown,
    )


def _returns(assignment: pd.DataFrame | None, mat: str, cluster: int) -> float:
    if assignment is None:
        return float("nan")
    own = assignment[(assignment["mat_id"] == mat) & (assignment["cluster"] == cluster)]
    return float(own["probability"].iloc[0]) if len(own) else float("nan")


def _why_not_clustered(mat: str, finished: _Finished) -> str:
    sample = finished.tables["sample"]
    own = sample[(sample["mat_id"] == mat) & (sample["role"] == "all")]
    reason = own["reason"].iloc[0]
    return f": {reason}" if isinstance(reason, str) and reason else ""


def _check_folder(out: Path, wave: str) -> None:
    """Refuse a folder that holds anything but pages of this wave: it is replaced whole."""
    from buildingtrusts.output.feedback_page import list_name

    if not out.exists():
        return
    inside = sorted(one.name for one in out.iterdir()) if out.is_dir() else [out.name]
    ours = list_name(wave) in inside and not out.is_symlink()
    foreign = [
        name
        for name in inside
        if not (ours and name.startswith((f"{wave}-", list_name(wave))) and name.endswith(".html"))
    ]
    if foreign:
        raise InputProblems(
            [
                Problem(
                    str(out),
                    f"Pages are written to a folder of their own, which is replaced whole; here "
                    f"is something else: {foreign[0]}.",
                    "Name another folder with --out, or move what is in it.",
                )
            ]
        )


def _replace_folder(out: Path, pages: dict[str, str]) -> None:
    """Write all pages beside the folder, then put them in its place."""
    from buildingtrusts.output.files import write_text

    new = out.with_name(f".{out.name}.{os.getpid()}.partial")
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    try:
        for name, text in pages.items():
            write_text(new / name, text)
        if out.exists():
            out.rename(old)
        new.rename(out)
    finally:
        if old.exists() and not out.exists():
            old.rename(out)
        for folder in (new, old):
            shutil.rmtree(folder, ignore_errors=True)


def _report(entries: list, out: Path, team: str, words: Words, said: str) -> str:
    given = sum(1 for one in entries if one.file)
    lines = [f"{given} of {len(entries)} {words.trusts} get a page: {out}"]
    lines.append(f"Who gets none, and why: {out / team}")
    if said:
        lines.append("Every page says in its first line that the answers are made up.")
    return "\n".join(lines)
