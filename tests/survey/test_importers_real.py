"""Real exports of survey tools are read as they came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.problems import InputProblems
from buildingtrusts.study.wave import ResponsesFile
from buildingtrusts.survey.importers import import_responses, read_export
from buildingtrusts.survey.raw_table import RawTable

from .test_importers_layouts import wave

RealData = Callable[..., Path]


@pytest.fixture
def export(real_data: RealData) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        return (real_data(f"exports/{name}") / "exports" / name).read_bytes()

    return read


def detected(data: bytes) -> RawTable:
    return read_export(data, "export", ResponsesFile(importer="detect"))


def test_qualtrics_with_three_header_rows_in_german(export: Callable[[str], bytes]) -> None:
    raw = detected(export("qualtRics_sample_3header_de.csv"))
    assert "detected: importer qualtrics" in raw.notes
    assert (len(raw.rows), raw.lines) == (1, (4,))
    assert raw.column("Q1") == ("2",)
    assert raw.wording("Q1") == "This is a multiple choice question."
    for name in ("IPAddress", "RecipientEmail", "RecipientLastName", "LocationLatitude", "Q2"):
        assert name not in raw.header


def test_legacy_qualtrics_with_a_comma_on_every_line(export: Callable[[str], bytes]) -> None:
    raw = detected(export("qualtRics_sample_legacy_2header.csv"))
    assert "read as a legacy Qualtrics export with two header rows" in raw.notes
    assert "every line ends with a comma; the empty column was left out" in raw.notes
    assert (raw.lines, raw.column("Finished"), raw.column("Q1")) == ((3,), ("1",), ("2",))
    for name in ("IPAddress", "EmailAddress", "Name", "Q2"):
        assert name not in raw.header


def test_jisc_as_spss_with_its_missing_values(export: Callable[[str], bytes]) -> None:
    raw = detected(export("bossier_example.sav"))
    assert len(raw.rows) == 13
    assert "27 values that the file declares missing are empty" in raw.notes
    assert raw.labels["Q14_1_a"]["1"] == "Very Likely"
    assert "Q6" not in raw.header  # stories that people told


def likely(low: str, high: str) -> Codebook:
    wording = "Write an R Package"
    return Codebook((Item("plans", "package", "P", wording, 1.0, 4.0, 1.0, low, high),))


def test_codes_that_run_opposite_to_their_meaning_are_told_and_turned_when_declared(
    export: Callable[[str], bytes],
) -> None:
    data = export("bossier_example.sav")
    columns = {"respondent_id": "URN", "mat_id": "Q2", "role": None}
    codebook = likely("Very Unlikely", "Very Likely")
    with pytest.raises(InputProblems) as raised:
        import_responses(data, "f", wave(importer="spss", columns=columns), codebook)
    (problem,) = raised.value.problems
    assert problem.column == "Q14_1_a"
    assert "List plans__package under 'responses: reversed'" in problem.advice
    as_coded = import_responses(
        data, "f", wave(importer="spss", columns=columns), likely("Very Likely", "Very Unlikely")
    )
    turned = import_responses(
        data, "f", wave(importer="spss", columns=columns, reversed=["plans__package"]), codebook
    )
    pairs = zip(as_coded.table.column("Q14_1_a"), turned.table.column("Q14_1_a"), strict=True)
    assert {a: b for a, b in pairs} == {"1": "4", "2": "3", "3": "2", "4": "1", "": ""}
    assert set(turned.table.column("Q2")) <= {"Dogs", "Cats", "Parrots", "Monkeys", "Whales", ""}
