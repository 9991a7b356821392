"""The RO-Crate of a run: what it says of inputs, outputs, choices and versions."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from buildingtrusts.output.crate import PROFILE, CrateWave, FileFacts, Run, crate

SHA = hashlib.sha256(b"x").hexdigest()
OTHER = hashlib.sha256(b"y").hexdigest()
WAVE = CrateWave(
    *("2031-illustration", "A survey", "2031-05-01", "illustration", "Invented.", "CC0-1.0"),
    *("These are invented responses.", (FileFacts("data/raw/2031/responses.csv", 1, SHA),)),
)
RUN = Run(
    date="2031-05-01",
    statement="These are invented responses.",
    software="7.8.9",
    commit="",
    dirty=False,
    requirements={"Python": "3.99", "numpy": "2.9"},
    configuration={"seed": 4711, "crosstabs.draws": 10, "multiverse.k": [2, 3]},
    waves=(WAVE,),
    inputs=(FileFacts("config/codebook.csv", 1, OTHER),),
    outputs=(FileFacts("tables/ledger.csv", 1, SHA), FileFacts("figures/a b.svg", 1, OTHER)),
)


def graph_of(run: Run) -> dict[str, dict[str, Any]]:
    entities = json.loads(crate(run))["@graph"]
    found = {one["@id"]: one for one in entities}
    assert len(found) == len(entities), "each entity is described once"
    return found


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["@id"]} if set(value) == {"@id"} else set()
        return own.union(*map(references, value.values())) if set(value) != {"@id"} else own
    if isinstance(value, list):
        return set().union(*map(references, value))
    return set()


def test_it_is_a_process_run_crate() -> None:
    graph = graph_of(RUN)
    descriptor = graph["ro-crate-metadata.json"]
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert descriptor["about"] == {"@id": "./"}
    assert graph["./"]["conformsTo"] == {"@id": PROFILE}
    assert graph["#run"]["instrument"] == {"@id": "#buildingtrusts"}


def test_whatever_is_referred_to_is_described() -> None:
    graph = graph_of(replace(RUN, commit="abc", dirty=True))
    known = {*graph, "https://w3id.org/ro/crate/1.1"}
    assert set().union(*map(references, graph.values())) <= known


def test_outputs_are_files_of_the_crate_by_their_sha256() -> None:
    graph = graph_of(RUN)
    for path, sha in (("tables/ledger.csv", SHA), ("figures/a%20b.svg", OTHER)):
        assert graph[path]["@type"] == "File"
        assert graph[path]["sha256"] == sha
        assert {"@id": path} in graph["./"]["hasPart"]
        assert {"@id": path} in graph["#run"]["result"]
    assert graph["figures/a%20b.svg"]["name"] == "figures/a b.svg"


def test_inputs_are_named_by_their_bytes_and_lie_nowhere() -> None:
    graph = graph_of(RUN)
    (raw,) = [one for one in graph.values() if one.get("name") == "data/raw/2031/responses.csv"]
    assert raw["@id"].startswith("ni:///sha-256;")
    assert (raw["@type"], raw["sha256"]) == ("CreativeWork", SHA)
    assert {"@id": raw["@id"]} in graph["#run"]["object"]
    assert {"@id": raw["@id"]} not in graph["./"]["hasPart"]


def test_two_inputs_of_the_same_bytes_are_one_entity_with_both_names() -> None:
    graph = graph_of(replace(RUN, inputs=(FileFacts("a.csv", 1, SHA), FileFacts("b.csv", 1, SHA))))
    (same,) = [one for one in graph.values() if one["@id"].startswith("ni:")]
    assert same["name"] == "a.csv"
    assert same["alternateName"] == ["b.csv", "data/raw/2031/responses.csv"]


def test_choices_seed_and_versions_are_there() -> None:
    graph = graph_of(RUN)
    assert graph["#choice-seed"]["value"] == 4711
    assert graph["#choice-multiverse.k"]["value"] == "[2, 3]"
    assert {"@id": "#choice-seed"} in graph["#run"]["object"]
    assert graph["#buildingtrusts"]["version"] == "7.8.9"
    versions = [
        (graph[one["@id"]]["name"], graph[one["@id"]]["version"])
        for one in graph["#buildingtrusts"]["softwareRequirements"]
    ]
    assert versions == [("Python", "3.99"), ("numpy", "2.9")]


def test_whose_answers_they_are_comes_first() -> None:
    graph = graph_of(RUN)
    for place in ("./", "#run", "#wave-2031-illustration"):
        assert graph[place]["description"].startswith("These are invented responses.")
    assert graph["#wave-2031-illustration"]["creativeWorkStatus"] == "illustration"


@pytest.mark.parametrize(
    ("licence", "identifier"),
    [
        ("CC0-1.0", "https://spdx.org/licenses/CC0-1.0"),
        ("Not for publication.", "#licence-Not%20for%20publication."),
    ],
)
def test_a_licence_is_known_by_its_name_or_told_in_its_words(licence: str, identifier: str) -> None:
    graph = graph_of(replace(RUN, waves=(replace(WAVE, licence=licence),)))
    assert graph["./"]["license"] == {"@id": identifier}
    assert graph[identifier]["name"] == licence


def test_software_has_the_authors_and_licence_of_its_citation() -> None:
    graph = graph_of(RUN)
    citation = yaml.safe_load(Path("CITATION.cff").read_text(encoding="utf-8"))
    own = graph["#buildingtrusts"]
    assert graph[own["author"]["@id"]]["name"] == citation["authors"][0]["name"]
    assert graph[own["license"]["@id"]]["name"] == citation["license"]


def test_a_file_of_another_publisher_has_its_licence_and_its_credit() -> None:
    register = FileFacts("register.csv", 1, OTHER, "OGL-UK-3.0", "Contains public information.")
    graph = graph_of(replace(RUN, inputs=(register,)))
    assert graph[register.uri]["license"] == {"@id": "https://spdx.org/licenses/OGL-UK-3.0"}
    assert graph[register.uri]["description"] == "Contains public information."
    assert graph["./"]["license"] == {"@id": "https://spdx.org/licenses/CC0-1.0"}


def test_a_commit_is_told_with_whether_files_differ_from_it() -> None:
    assert "#commit" not in graph_of(RUN)
    graph = graph_of(replace(RUN, commit="abc123", dirty=True))
    assert graph["#commit"]["value"] == "abc123"
    assert graph["#changes-not-committed"]["value"] is True
    assert "with changes not committed" in graph["#buildingtrusts"]["description"]
