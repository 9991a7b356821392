"""A new wave's files as text: declaration, codebook rows, its trusts to fill in, where it is from.

Everything is composed from an accepted proposal before anything is written. What a person should
look at stands in the declaration as comments that begin with ``check:``.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from buildingtrusts.study.codebook import COLUMNS, Codebook, wave_codebook_text
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.provenance import statement
from buildingtrusts.study.wave import ClusterChoices, EvidenceChoices, ResponsesFile
from buildingtrusts.survey.importers import ROW
from buildingtrusts.survey.proposals import Proposal
from buildingtrusts.survey.raw_table import RawTable

_TIME = re.compile(r"timestamp|.*\b(date|time)|recorded ?date|end ?date|start ?date", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})[-/](\d\d?)[-/](\d\d?)(\D.*)?", re.DOTALL)
#: More levels than this make a column of the trusts file no attribute.
MOST_LEVELS = 12
#: How survey tools and kinds of files are called.
LAYOUTS = {
    "csv": "comma-separated text with one header row",
    "tsv": "tab-separated text with one header row",
    "qualtrics": "Qualtrics",
    "surveymonkey": "SurveyMonkey",
    "microsoft_forms": "Microsoft Forms",
    "google_forms": "Google Forms",
    "jisc": "Jisc Online Surveys",
    "excel": "an Excel workbook with one header row",
    "ods": "an OpenDocument spreadsheet with one header row",
    "spss": "SPSS",
    "stata": "Stata",
}


@dataclass(frozen=True)
class About:
    """What a wave is, in words that the export does not hold.

    Attributes
    ----------
    wave, title, date, provenance, source, licence : str
        As in the wave's file.
    guessed : mapping of str to str
        Of these, what nobody said, with where it is from.
    """

    wave: str
    title: str
    date: str
    provenance: str
    source: str
    licence: str
    guessed: Mapping[str, str]


@dataclass(frozen=True)
class TrustsTable:
    """The trusts file that goes with the wave.

    Attributes
    ----------
    file : str
        Its name.
    attributes : mapping of str to tuple of str
        Levels of each attribute, in order of first appearance.
    left : mapping of str to str
        Columns that are no attributes, with why.
    to_fill_in : tuple of str
        Columns that are still empty.
    encoding : str
        Of the file.
    """

    file: str
    attributes: Mapping[str, tuple[str, ...]]
    left: Mapping[str, str]
    to_fill_in: tuple[str, ...] = ()
    encoding: str = "utf-8"


def codebook_of(proposal: Proposal) -> Codebook:
    """The wave's items, in the order of the file."""
    return Codebook(tuple(match.item for match in proposal.matches))


def codebook_with(existing: bytes, wave: str, codebook: Codebook) -> bytes:
    r"""The codebook's bytes with the wave's rows behind them; not one of the others is changed.

    Parameters
    ----------
    existing : bytes
        Empty if there is no codebook yet.
    wave : str
        The new wave.
    codebook : Codebook
        Its items.

    Examples
    --------
    >>> codebook_with(b"wave\r\nx", "2031", Codebook(()))
    b'wave\r\nx\r\n'
    """
    rows = wave_codebook_text(wave, codebook)
    header = ",".join(COLUMNS) + "\n"
    end = "\r\n" if b"\r\n" in existing else "\n"
    before = existing or header.encode("utf-8")
    if not before.endswith((b"\n", b"\r")):
        before += end.encode("ascii")
    return before + rows.removeprefix(header).replace("\n", end).encode("utf-8")


def attributes_of(raw: RawTable) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Columns of a trusts file that sort the trusts into levels, and those that do not.

    Parameters
    ----------
    raw : RawTable
        With a column ``mat_id``.

    Returns
    -------
    dict of str to tuple of str
        Levels in order of first appearance.
    dict of str to str
        Why a column is no attribute.

    Examples
    --------
    >>> rows = (("A", "Mixed", "A Trust"), ("B", "", "B Trust"), ("C", "Mixed", "C Trust"),
    ...         ("D", "Primary", "D Trust"))
    >>> attributes_of(RawTable("t.csv", ("mat_id", "phase", "name"), rows, (2, 3, 4, 5)))
    ({'phase': ('Mixed', 'Primary')}, {'name': 'every trust has its own'})
    """
    attributes, left = {}, {}
    for name in raw.header:
        if name == "mat_id":
            continue
        fields = [field for field in raw.column(name) if field]
        levels = tuple(dict.fromkeys(fields))
        if not levels:
            left[name] = "it is empty"
        elif len(levels) > MOST_LEVELS:
            left[name] = f"it has {len(levels)} levels, more than {MOST_LEVELS}"
        elif len(levels) == len(fields) > 3:
            left[name] = "every trust has its own"
        else:
            attributes[name] = levels
    return attributes, left


def trusts_to_fill_in(mats: Sequence[str], attributes: Sequence[str]) -> bytes:
    """A trusts file with the trusts that answered, and attributes that somebody has to fill in."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["mat_id", *attributes])
    writer.writerows([mat, *[""] * len(attributes)] for mat in sorted(mats, key=natural_key))
    return stream.getvalue().encode("utf-8")


def wave_text(
    about: About,
    responses: ResponsesFile,
    proposal: Proposal,
    trusts: TrustsTable,
    cluster: ClusterChoices,
    evidence: EvidenceChoices,
    like: str | None,
) -> str:
    """The wave's declaration, with comments for what to check.

    Parameters
    ----------
    about : About
        What the wave is.
    responses : ResponsesFile
        How its file is read.
    proposal : Proposal
        Accepted.
    trusts : TrustsTable
        Its trusts.
    cluster, evidence : ClusterChoices, EvidenceChoices
        As of the earlier wave.
    like : str or None
        That wave.
    """
    parts = [
        "# Written by `buildingtrusts add-wave`. Lines with 'check:' are for you to look at;\n"
        "# delete each one when you have. config/README.md explains every key.",
        "\n".join(_about_lines(about)),
        "\n".join(_responses_lines(responses, proposal)),
        "\n".join(_trusts_lines(trusts)),
        "\n".join(_role_lines(proposal)),
        "\n".join(_attribute_lines(trusts)),
        "\n".join(_cluster_lines(cluster, like)),
        "\n".join(["evidence:", *_keys(evidence.model_dump(mode="json"))]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def origin_text(
    about: About, layout: str, files: Mapping[str, bytes], made: Sequence[str] = ()
) -> str:
    """The README beside the raw files: what they are, where they come from, their hashes."""
    warning = statement([about.provenance])
    rows = [
        f"| `{name}` | {len(data)} | `{hashlib.sha256(data).hexdigest()}` |"
        for name, data in files.items()
        if name not in made
    ]
    parts = [
        *([warning] if warning else []),
        f"# Raw data: {about.title}",
        f"Provenance: {about.provenance}. Date: {about.date}.",
        f"Source: {about.source}",
        f"Licence: {about.licence}",
        f"Layout of the export: {layout}. The file stands here as it came, byte for byte.",
        "\n".join(["| file | bytes | SHA-256 |", "|---|---|---|", *rows]),
        *(f"`{name}` is filled in by hand." for name in made),
    ]
    return "\n\n".join(parts) + "\n"


def yaml_value(value: Any) -> str:
    """A value as one line of YAML, quoted where it has to be.

    Examples
    --------
    >>> print(yaml_value("2024"), yaml_value("No"), yaml_value(["A, B", "C"]))
    '2024' 'No' ['A, B', C]
    """
    text = yaml.safe_dump(value, default_flow_style=True, width=10**9, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def _about_lines(about: About) -> list[str]:
    lines = []
    for name in ("wave", "title", "date", "provenance", "source", "licence"):
        if name in about.guessed:
            lines.append(f"# check: {_comment(about.guessed[name])}")
        value = getattr(about, name)
        lines.append(f"{name}: {value if name == 'date' else yaml_value(value)}")
    return lines


def _responses_lines(responses: ResponsesFile, proposal: Proposal) -> list[str]:
    columns = responses.columns
    how = [
        ("respondent_id", columns.respondent_id, proposal.respondent_id),
        ("mat_id", columns.mat_id, proposal.mat_id),
        ("role", columns.role, proposal.role),
    ]
    lines = [
        "responses:",
        f"  file: {yaml_value(responses.file)}",
        f"  importer: {responses.importer}",
        "  # Columns of the file that carry the three keys.",
        "  columns:",
    ]
    for name, column, key in how:
        lines.append(f"    # {_comment(key.how)}" if key else f"    # {_without(name)}")
        lines.append(f"    {name}: {yaml_value(column)}")
    if responses.encoding != "utf-8":
        lines += [
            "  # check: letters such as é and £ in the tables, if this is not how it was saved",
            f"  encoding: {responses.encoding}",
        ]
    if responses.sheet is not None:
        lines.append(f"  sheet: {yaml_value(responses.sheet)}")
    if responses.missing:
        lines += ["  # check: these words mean no answer", _key("missing", responses.missing)]
    if responses.reversed:
        lines += [
            "  # check: the file names the ends of these scales the other way round",
            _key("reversed", responses.reversed),
        ]
    if responses.keep_unfinished:
        lines.append("  keep_unfinished: true")
    return lines


def _without(name: str) -> str:
    if name == "respondent_id":
        return "No column identifies respondents; the line of the response does."
    return "No column was found."


def _key(name: str, values: Sequence[str]) -> str:
    return f"  {name}: {yaml_value(list(values))}"


def _trusts_lines(trusts: TrustsTable) -> list[str]:
    lines = ["trusts:", f"  file: {yaml_value(trusts.file)}"]
    if trusts.encoding != "utf-8":
        lines.append(f"  encoding: {trusts.encoding}")
    return lines


def _role_lines(proposal: Proposal) -> list[str]:
    if not proposal.roles:
        return []
    return [
        "# The labels that the file uses for each role.",
        "# check: that each label stands under its role",
        "roles:",
        *(f"  {role}: {yaml_value(list(labels))}" for role, labels in proposal.roles.items()),
    ]


def _attribute_lines(trusts: TrustsTable) -> list[str]:
    if trusts.to_fill_in:
        return [
            f"# {trusts.file} lists the trusts that answered. Fill in its columns, then declare",
            "# each with its levels, in the order in which tables are to list them:",
            "# attributes:",
            *(f"#   {yaml_value(name)}: [one level, another]" for name in trusts.to_fill_in),
        ]
    if not trusts.attributes:
        return []
    return [
        "# Attributes of a trust and their levels.",
        "# check: the order of the levels; it is that of their first appearance in the file",
        "attributes:",
        *(f"  {yaml_value(n)}: {yaml_value(list(ls))}" for n, ls in trusts.attributes.items()),
    ]


def _cluster_lines(cluster: ClusterChoices, like: str | None) -> list[str]:
    source = f"# As of the wave {like}." if like else "# The defaults."
    return [source, "cluster:", *_keys(cluster.model_dump(mode="json"))]


def _keys(values: Mapping[str, Any]) -> list[str]:
    return [f"  {name}: {yaml_value(value)}" for name, value in values.items()]


def _comment(text: str) -> str:
    return " ".join(text.split())


def row_key(proposal: Proposal) -> str:
    """Header of the column that identifies respondents, or the word for their lines."""
    return proposal.respondent_id.column if proposal.respondent_id else ROW


def last_day(raw: RawTable) -> str | None:
    """The last day that the export's times name; None if it has none in the order of ISO 8601."""
    days = []
    for name in raw.header:
        for text in raw.column(name) if _TIME.fullmatch(name) else ():
            if found := _DAY.fullmatch(text):
                # A day that does not exist is no day.
                with contextlib.suppress(ValueError):
                    days.append(datetime.date(int(found[1]), int(found[2]), int(found[3])))
    return str(max(days)) if days else None
