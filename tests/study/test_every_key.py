"""Every key of the configuration, and every column of the codebook, with a wrong value each.

A message names the key, what was found, and what is allowed in words that people use.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel

from buildingtrusts.study.choices import Study
from buildingtrusts.study.codebook import COLUMNS, STATUSES, load_codebook
from buildingtrusts.study.configuration import load_study, load_wave
from buildingtrusts.study.problems import InputProblems, Problem
from buildingtrusts.study.wave import Wave

WAVE = {
    "wave": "2031",
    "title": "A survey",
    "date": "2031-05-01",
    "provenance": "original",
    "source": "The survey.",
    "licence": "None.",
}
#: Values of which at least one is wrong for any key.
WRONG: tuple[Any, ...] = ("wrong!", ["wrong!"], -3, True, {"wrong!": 1}, None)
ROW = dict.fromkeys(COLUMNS, "") | {
    **{"wave": "2031", "block": "strategy", "item": "vision", "status": "kept"},
    **{"min": "1", "max": "10", "step": "1"},
}


def keys_of(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        place = (*above, field.alias or name)
        parts = [field.annotation, *get_args(field.annotation)]
        inside = [one for one in parts if isinstance(one, type) and issubclass(one, BaseModel)]
        if inside:
            yield from keys_of(inside[0], place)
        yield place


def nested(place: tuple[str, ...], value: Any) -> Any:
    for key in reversed(place):
        value = {key: value}
    return value


def problems_of(
    folder: Path, model: type[BaseModel], place: tuple[str, ...], value: Any
) -> tuple[Problem, ...]:
    values = nested(place, value)
    if model is Wave:
        values = WAVE | values
    file = folder / "2031.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    try:
        if model is Wave:
            load_wave(file)
        else:
            load_study(yaml.safe_load(file.read_text(encoding="utf-8")), str(file))
    except InputProblems as found:
        return found.problems
    return ()


@pytest.mark.parametrize(
    ("model", "place"), [(model, place) for model in (Study, Wave) for place in keys_of(model)]
)
def test_a_wrong_value_is_told_with_its_key_its_value_and_what_is_allowed(
    tmp_path: Path, model: type[BaseModel], place: tuple[str, ...]
) -> None:
    told = 0
    for value in WRONG:
        for problem in problems_of(tmp_path, model, place, value):
            told += 1
            key = problem.column or ""
            assert key.split(".")[0] == place[0], problem
            assert problem.line is not None, problem
            for word in ("Input should", "valid integer", "tuple", "[type="):
                assert word not in str(problem), problem
            assert problem.value or "'" in problem.rule or "<=" in problem.rule, problem
    assert told, "every value was accepted"


@pytest.mark.parametrize(
    ("model", "place", "value", "allowed"),
    [
        (Study, "seed", "seven", "a whole number from 0"),
        (Study, "seed", -3, "a whole number from 0"),
        (Study, "profiles.draws", 0, "a whole number from 1"),
        (Study, "operating_model.hybrid_from", "low", "a number"),
        (Study, "ensemble.within_sd", [9.0], "a number from 1 to 3"),
        (Study, "multiverse.k", [1], "a whole number from 2"),
        (Study, "multiverse.linkage", "ward", "each entry one of: average, complete"),
        (Study, "figures.formats", ["gif"], "one of: pdf, svg, png"),
        (Study, "paths.raw", ["a"], "text"),
        (Study, "register.extract", ["a"], "text"),
        (Study, "figures", "svg", "the keys formats, dpi, width, font"),
        (Wave, "date", "last year", "a day, written like 2017-10-31"),
        (Wave, "provenance", "real", "one of: original, reconstruction, illustration"),
        (Wave, "responses.importer", "lotus", "one of: csv, tsv, qualtrics, surveymonkey"),
        (Wave, "responses.encoding", "latin", "one of: utf-8, cp1252, utf-16"),
        (Wave, "responses.keep_unfinished", "perhaps", "true or false"),
        (Wave, "responses.missing", "n/a", "a list in square brackets, each entry text"),
        (Wave, "responses.columns", "id", "the keys respondent_id, mat_id, role"),
        (Wave, "roles", {"boss": ["x"]}, "one of: ceo, central_team, school_leader"),
        (Wave, "roles.ceo", "CEO", "a list in square brackets, each entry text"),
        (Wave, "attributes.growth", "Yes", "a list in square brackets, each entry text"),
        (Wave, "trusts", "trusts.csv", "the keys file, importer, encoding"),
        (Wave, "cluster.metric", "cosine", "one of: euclidean, manhattan, correlation"),
        (Wave, "cluster.k", [2, 1], "a whole number from 2"),
        (Wave, "evidence.draws", 0, "a whole number from 1"),
    ],
)
def test_what_is_allowed_is_said_in_words(
    tmp_path: Path, model: type[BaseModel], place: str, value: Any, allowed: str
) -> None:
    (problem, *_) = problems_of(tmp_path, model, tuple(place.split(".")), value)
    assert allowed in problem.rule
    assert (problem.column or "").startswith(place)


def test_a_misspelt_key_is_told_with_those_there_are(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, Wave, ("cluster", "linkige"), "ward")
    assert (problem.column, problem.value) == ("cluster.linkige", "ward")
    assert "block, min_responses, linkage" in problem.advice


def test_a_missing_key_is_told_with_what_it_takes(tmp_path: Path) -> None:
    file = tmp_path / "2031.yaml"
    file.write_text(yaml.safe_dump({k: v for k, v in WAVE.items() if k != "date"}))
    with pytest.raises(InputProblems) as refused:
        load_wave(file)
    (problem,) = refused.value.problems
    assert problem.column == "date"
    assert "a day, written like" in problem.rule


@pytest.mark.parametrize(
    ("column", "value", "allowed"),
    [
        ("wave", "2099", "2031"),
        ("block", "My block", "lower-case letters"),
        ("item", "a__b", "lower-case letters"),
        ("min", "one", "number"),
        ("max", "", "number"),
        ("step", "4", "whole steps"),
        ("status", "renamed", ", ".join(STATUSES)),
    ],
)
def test_a_wrong_value_in_the_codebook_is_told_with_what_is_allowed(
    tmp_path: Path, column: str, value: str, allowed: str
) -> None:
    file = tmp_path / "codebook.csv"
    good, bad = ROW | {"item": "other"}, ROW | {column: value}
    rows = [",".join(COLUMNS), *(",".join(row.values()) for row in (good, bad))]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InputProblems) as refused:
        load_codebook(file, ["2031"])
    (problem,) = refused.value.problems
    assert problem.line == 3
    assert allowed in f"{problem.rule} {problem.advice}"
    assert value in (problem.value or "")
    assert problem.column == ("min" if column == "step" else column)
