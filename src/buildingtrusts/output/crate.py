"""A run as an RO-Crate: what went in, what came out, with what and under which choices.

The crate is of RO-Crate 1.1 and the Process Run Crate profile 0.5 (https://w3id.org/ro/wfrun/process):
one action by one piece of software. The profile for workflows would need the workflow file inside
the crate; results are the crate here, and the workflow lies outside them. For the same reason what
went in is no data entity, whose place would have to be below the crate's: each input is described
by the URI of its bytes (RFC 6920, ``ni:///sha-256;...``), which names the same file in every crate
and tells nothing of the machine. Reference: Leo, S. et al. (2024),
doi:10.1371/journal.pone.0309210.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

Entity = dict[str, Any]

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_FORMATS = {
    "bib": "application/x-bibtex",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "json": "application/json",
    "md": "text/markdown",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "tex": "application/x-tex",
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml",
}
#: Licences that have a name everybody knows them by.
_DEVELOPERS, _LICENCE = "The buildingtrusts developers", "MIT"
_SPDX = ("CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "MIT", "OGL-UK-3.0", "ODbL-1.0")


@dataclass(frozen=True)
class FileFacts:
    """A file: its path with ``/``, relative to the crate or to the study, size and SHA-256.

    A file of another publisher has its licence and what its licence wants to be said.
    """

    path: str
    size: int
    sha256: str
    licence: str = ""
    credit: str = ""

    @property
    def uri(self) -> str:
        """The name of the file's bytes, by RFC 6920.

        Examples
        --------
        >>> FileFacts("a.csv", 0, "e3b0c442" + "00" * 28).uri
        'ni:///sha-256;47DEQgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
        """
        digest = base64.urlsafe_b64encode(bytes.fromhex(self.sha256)).decode("ascii")
        return f"ni:///sha-256;{digest.rstrip('=')}"

    @property
    def facts(self) -> Entity:
        """What both kinds of entity say of a file."""
        ending = PurePosixPath(self.path).suffix.removeprefix(".").lower()
        return {
            "contentSize": str(self.size),
            "encodingFormat": _FORMATS.get(ending, "application/octet-stream"),
            "sha256": self.sha256,
        }


@dataclass(frozen=True)
class CrateWave:
    """A wave as the crate tells of it; ``said`` is the statement of one that is not original."""

    name: str
    title: str
    date: str
    provenance: str
    source: str
    licence: str
    said: str
    files: tuple[FileFacts, ...]


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes
    ----------
    date : str
        ``YYYY-MM-DD``; of no clock, so that the same run gives the same crate.
    statement : str
        What opens the description where a wave is made up; else empty.
    software : str
        Version of the package.
    commit : str
        Of the package's repository; empty if it is in none.
    dirty : bool
        Whether tracked files differed from that commit.
    requirements : mapping of str to str
        Versions of Python and the libraries.
    configuration : mapping of str to object
        Every choice by its key, such as ``crosstabs.draws``; the seed is one of them.
    waves : tuple of CrateWave
    inputs : tuple of FileFacts
        Other files that went in, paths relative to the study.
    outputs : tuple of FileFacts
        Paths relative to the crate.
    """

    date: str
    statement: str
    software: str
    commit: str
    dirty: bool
    requirements: Mapping[str, str]
    configuration: Mapping[str, object]
    waves: tuple[CrateWave, ...]
    inputs: tuple[FileFacts, ...]
    outputs: tuple[FileFacts, ...]


def crate(run: Run) -> str:
    """The text of ``ro-crate-metadata.json``.

    Parameters
    ----------
    run : Run

    Returns
    -------
    str
        JSON-LD; entities in a fixed order, inputs of the same bytes as one.
    """
    files = [*run.inputs, *(file for wave in run.waves for file in wave.files)]
    inputs, choices, software = _inputs(files), _choices(run.configuration), _software(run)
    outputs = [_output(file) for file in run.outputs]
    waves = [_wave(wave) for wave in run.waves]
    said = [_LICENCE, *(wave.licence for wave in run.waves), *(file.licence for file in files)]
    licences = _licences(filter(None, said))
    graph = [
        _descriptor(),
        _root(run, outputs, [*waves, *inputs]),
        _named(PROFILE, "CreativeWork", "Process Run Crate", version="0.5"),
        _action(run, [*inputs, *choices], outputs),
        *software,
        *waves,
        *licences,
        *inputs,
        *choices,
        *outputs,
    ]
    context = [
        "https://w3id.org/ro/crate/1.1/context",
        "https://w3id.org/ro/terms/workflow-run/context",
    ]
    return json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _descriptor() -> Entity:
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }


def _root(run: Run, outputs: list[Entity], mentioned: list[Entity]) -> Entity:
    waves = "; ".join(f"{wave.title} ({wave.provenance})" for wave in run.waves)
    licences = _references(_licences(wave.licence for wave in run.waves))
    said = f"Tables, figures and texts made by buildingtrusts from: {waves}."
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": "Results of a run of buildingtrusts",
        "description": " ".join(filter(None, (run.statement, said))),
        "datePublished": run.date,
        "license": licences[0] if len(licences) == 1 else licences,
        "conformsTo": {"@id": PROFILE},
        "hasPart": _references(outputs),
        "mentions": [{"@id": "#run"}, *_references(mentioned)],
    }


def _action(run: Run, objects: list[Entity], results: list[Entity]) -> Entity:
    return {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "A run of the whole study",
        "description": " ".join(
            filter(
                None,
                (
                    run.statement,
                    "Everything listed as a result follows from what is listed as an object. When "
                    "and where it ran is not recorded, so that the same run gives the same crate.",
                ),
            )
        ),
        "actionStatus": "http://schema.org/CompletedActionStatus",
        "instrument": {"@id": "#buildingtrusts"},
        "object": _references(objects),
        "result": _references(results),
    }


def _software(run: Run) -> list[Entity]:
    required = [
        _named(
            _home(name, version),
            "SoftwareApplication",
            name,
            version=version,
            url=_home(name, version),
        )
        for name, version in run.requirements.items()
    ]
    own: Entity = {
        "@id": "#buildingtrusts",
        "@type": "SoftwareApplication",
        "name": "buildingtrusts",
        "version": run.software,
        "author": {"@id": "#developers"},
        "license": {"@id": _licence_id(_LICENCE)},
        "softwareRequirements": _references(required),
    }
    required.append(_named("#developers", "Organization", _DEVELOPERS))
    if not run.commit:
        return [own, *required]
    changed = "with changes not committed" if run.dirty else "without changes"
    own |= {
        "identifier": {"@id": "#commit"},
        "description": f"As of the commit {run.commit} of its repository, {changed}.",
    }
    kept = [
        _value("#commit", "commit", run.commit),
        _value("#changes-not-committed", "changes not committed", run.dirty),
    ]
    return [own | {"additionalProperty": {"@id": kept[1]["@id"]}}, *required, *kept]


def _home(name: str, version: str) -> str:
    if name == "Python":
        return "https://www.python.org/"
    return f"https://pypi.org/project/{quote(name)}/{quote(version)}/"


def _wave(wave: CrateWave) -> Entity:
    said = " ".join(filter(None, (wave.said, wave.source)))
    return {
        "@id": f"#wave-{quote(wave.name)}",
        "@type": "CreativeWork",
        "name": wave.title,
        "alternateName": wave.name,
        "description": said,
        "temporal": wave.date,
        "creativeWorkStatus": wave.provenance,
        "license": {"@id": _licence_id(wave.licence)},
        "hasPart": [{"@id": uri} for uri in dict.fromkeys(file.uri for file in wave.files)],
    }


def _licences(words: Iterable[str]) -> list[Entity]:
    return [_named(_licence_id(word), "CreativeWork", word) for word in dict.fromkeys(words)]


def _licence_id(word: str) -> str:
    if word in _SPDX:
        return f"https://spdx.org/licenses/{word}"
    return f"#licence-{quote(word, safe='')}"


def _inputs(files: Iterable[FileFacts]) -> list[Entity]:
    by_uri: dict[str, list[FileFacts]] = {}
    for file in files:
        by_uri.setdefault(file.uri, []).append(file)
    found = []
    for uri, same in by_uri.items():
        first, *others = dict.fromkeys(file.path for file in same)
        entity = _named(uri, "CreativeWork", first, **same[0].facts)
        if same[0].licence:
            entity |= {"license": {"@id": _licence_id(same[0].licence)}}
            entity |= {"description": same[0].credit}
        found.append(entity | ({"alternateName": others} if others else {}))
    return found


def _output(file: FileFacts) -> Entity:
    return _named(quote(file.path), "File", file.path, **file.facts)


def _choices(configuration: Mapping[str, object]) -> list[Entity]:
    return [_value(f"#choice-{quote(key)}", key, value) for key, value in configuration.items()]


def _value(identifier: str, name: str, value: object) -> Entity:
    plain = isinstance(value, bool | int | float | str)
    said = value if plain else json.dumps(value, ensure_ascii=False)
    return _named(identifier, "PropertyValue", name, value=said)


def _named(identifier: str, kind: str, name: str, **others: object) -> Entity:
    return {"@id": identifier, "@type": kind, "name": name, **others}


def _references(entities: Iterable[Entity]) -> list[Entity]:
    return [{"@id": one["@id"]} for one in entities]
