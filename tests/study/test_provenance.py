"""The words that keep a reconstruction from passing for the survey."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from buildingtrusts.study.provenance import ID_PREFIX, sha256, stamp, statement


@pytest.mark.parametrize(
    ("provenances", "words"),
    [
        (["original"], ""),
        ([], ""),
        (["original", "original"], ""),
        (["reconstruction"], "Reconstruction: not the survey's responses"),
        (["illustration"], "Illustration: invented responses"),
        (["original", "illustration"], "Illustration: invented responses"),
        (
            ["illustration", "reconstruction"],
            "Reconstruction: not the survey's responses · Illustration: invented responses",
        ),
    ],
)
def test_figures_carry_the_stamp_of_any_wave_that_is_not_original(
    provenances: list[str], words: str
) -> None:
    assert stamp(provenances) == words


def test_documents_open_with_what_the_answers_are_not() -> None:
    assert statement(["reconstruction"]).startswith("**These are not the survey's responses.**")
    assert statement(["illustration", "original"]).startswith("**These are invented responses.**")
    assert statement(["original"]) == ""


def test_only_original_waves_have_respondents_without_a_prefix() -> None:
    assert ID_PREFIX == {"reconstruction": "reconstructed-", "illustration": "illustration-"}


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"id\r\n1\r\n")
    assert sha256(tmp_path / "a.csv") == hashlib.sha256(b"id\r\n1\r\n").hexdigest()
