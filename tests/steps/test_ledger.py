"""The steps ``ledger`` and ``count-ledger``, from files to files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.contracts import STUDY_TABLES
from buildingtrusts.output.tables import read_table, write_table

PUBLISHED = Path(__file__).resolve().parents[2] / "data" / "published"
COLUMNS = STUDY_TABLES["ledger"].columns


def flags(folder: Path, *more: str, published: Path = PUBLISHED) -> list[str]:
    return [
        "ledger",
        *("--claims", str(published / "claims.csv")),
        *("--crosstabs", str(published / "crosstabs.csv")),
        *("--targets", str(published / "targets.csv")),
        *("--illustrated", str(published / "illustrated.csv")),
        *("--out", str(folder / "ledger.csv")),
        *("--published-associations", str(folder / "published_associations.csv")),
        *more,
    ]


@pytest.fixture
def wave_flag(tmp_path) -> str:
    """A wave of three respondents whose other tables are absent."""
    processed, tables = tmp_path / "processed", tmp_path / "tables"
    columns = ["respondent_id", "mat_id", "role", "strategy__common_vision"]
    rows = [("r1", "MAT 2", "ceo", 7), ("r2", "MAT 2", "ceo", 9), ("r3", "MAT 9", "ceo", 4)]
    write_table(processed / "responses.csv", pd.DataFrame(rows, columns=columns), columns)
    partitions = pd.DataFrame({"k": [2, 3], "mean_silhouette": [0.1931, 0.7]})
    write_table(tables / "partitions.csv", partitions, list(partitions.columns))
    return f"2017-reconstruction=reconstruction={tables}={processed}"


def test_the_step_writes_the_ledger_and_the_tests_of_the_printed_tables(tmp_path, wave_flag):
    assert main(flags(tmp_path, "--wave", wave_flag)) == 0
    ledger = read_table(tmp_path / "ledger.csv").set_index("claim")
    assert (ledger.loc["silhouette_k2", "computed"], ledger.loc["silhouette_k2", "verdict"]) == (
        "0.1931",
        "reproduced",
    )
    assert ledger.loc["silhouette_k3", "verdict"] == "differs"
    assert ledger.loc["mats", "computed"] == "2"
    assert ledger.loc["cluster_1_size", "verdict"] == "not computable"
    assert "clusters.csv" in ledger.loc["cluster_1_size", "note"]
    associations = pd.read_csv(tmp_path / "published_associations.csv")
    assert tuple(associations.columns) == STUDY_TABLES["published_associations"].columns
    assert len(associations) == 12


def test_the_ledger_repeats_byte_for_byte(tmp_path, wave_flag):
    for name in ("first", "second"):
        assert main(flags(tmp_path / name, "--wave", wave_flag)) == 0
    for file in ("ledger.csv", "published_associations.csv"):
        first, second = ((tmp_path / name / file).read_bytes() for name in ("first", "second"))
        assert first == second


@pytest.mark.parametrize("more", [[], ["--register", "nowhere"]])
def test_without_a_register_its_claims_say_how_to_get_one(tmp_path, more):
    assert main(flags(tmp_path, *more)) == 0
    ledger = read_table(tmp_path / "ledger.csv")
    register = ledger[ledger["basis"] == "register"]
    assert set(register["verdict"]) == {"not computable"}
    assert register["note"].str.contains("data/raw/register/README.md").all()


def test_with_a_register_its_claims_are_computed(tmp_path):
    trusts = pd.DataFrame({"trust_uid": ["1", "2", "3"], "n_schools": [1, 4, 30]})
    write_table(tmp_path / "register_trusts.csv", trusts, list(trusts.columns))
    assert main(flags(tmp_path, "--register", str(tmp_path))) == 0
    ledger = read_table(tmp_path / "ledger.csv").set_index("claim")
    assert ledger.loc["open_mats", ["computed", "verdict"]].tolist() == ["3", "differs"]
    assert ledger.loc["mats_seven_or_more", ["computed", "verdict"]].tolist() == [
        "1",
        "computed only",
    ]


def test_the_registers_numbers_are_the_published_ones(tmp_path, real_data):
    root = real_data("gias/2017-01-19/grouplinks_edubaseallacademiesandfree.csv")
    extract = root / "gias" / "2017-01-19"
    assert main(["register", str(extract), "--out", str(tmp_path)]) == 0
    assert main(flags(tmp_path, "--register", str(tmp_path))) == 0
    ledger = read_table(tmp_path / "ledger.csv").set_index("claim")
    assert ledger.loc["open_mats", ["computed", "verdict"]].tolist() == ["1178", "reproduced"]
    assert ledger.loc["mats_four_or_more", "verdict"] == "reproduced"
    assert ledger.loc["mats_with_30_or_more_schools", "computed"] == "12"


def test_a_claim_with_an_unknown_quantity_is_told_before_anything_is_written(tmp_path, capsys):
    for file in PUBLISHED.glob("*.csv"):
        text = file.read_text(encoding="utf-8").replace("count_mats", "count_trusts")
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    assert main(flags(tmp_path, published=tmp_path)) == 1
    told = capsys.readouterr().err
    assert "'count_trusts'" in told
    assert "count_mats" in told
    assert not (tmp_path / "ledger.csv").exists()


def test_a_wave_flag_that_is_not_four_parts_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(flags(tmp_path, "--wave", "2017-reconstruction=results"))
    assert left.value.code == 2
    assert "NAME=PROVENANCE=TABLES_FOLDER=PROCESSED_FOLDER" in capsys.readouterr().err


def ledger_of(folder: Path, *rows: tuple[str, str]) -> str:
    frame = pd.DataFrame(
        [
            dict.fromkeys(COLUMNS, "")
            | {"claim": f"claim_{place}", "published": "7", "computed": "8", "statement": "said"}
            | {"basis": basis, "verdict": verdict, "wave": "2017"}
            for place, (basis, verdict) in enumerate(rows)
        ],
        columns=list(COLUMNS),
    )
    write_table(folder / "ledger.csv", frame, COLUMNS)
    return str(folder / "ledger.csv")


def test_verdicts_are_printed_by_basis_without_any_total(tmp_path, capsys):
    path = ledger_of(
        tmp_path, ("emergent", "differs"), ("emergent", "tie"), ("calibrated", "reproduced")
    )
    assert main(["count-ledger", path]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:] == [
        "| 2017 | calibrated | 1 | 0 | 0 | 0 | 0 | 0 |",
        "| 2017 | emergent | 0 | 1 | 1 | 0 | 0 | 0 |",
    ]
    assert "total" not in "".join(lines).lower()


@pytest.mark.parametrize(
    ("basis", "code"),
    [("calibrated", 1), ("derived", 1), ("register", 1), ("emergent", 0), ("data", 0)],
)
def test_the_count_fails_on_a_difference_only_where_it_matters(tmp_path, capsys, basis, code):
    path = ledger_of(tmp_path, (basis, "differs"), ("calibrated", "reproduced"))
    assert main(["count-ledger", path]) == 0
    assert main(["count-ledger", path, "--fail-on-differences"]) == code
    captured = capsys.readouterr()
    assert "| calibrated |" in captured.out
    assert ("claim_0" in captured.err) == bool(code)
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("content", [None, "a,b\n1,2\n"])
def test_a_file_that_is_no_ledger_is_told(tmp_path, capsys, content):
    path = tmp_path / "ledger.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main(["count-ledger", str(path)]) == 1
    assert "Run the study first" in capsys.readouterr().err
