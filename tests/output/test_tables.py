"""Tables keep to their contracts, lose no digit, and read back as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.output.contracts import (
    EVIDENCE_TABLES,
    PROCESSED_TABLES,
    STUDY_TABLES,
    WAVE_TABLES,
)
from buildingtrusts.output.tables import read_table, write_result, write_table
from buildingtrusts.statistics import (
    aggregation,
    agreement,
    crosstabs,
    effectiveness,
    interviews,
    operating_model,
    profiles,
    standardisation,
)

COUNTS = pd.DataFrame(
    [[2, "phase_mix", "Mixed", 1, 0]], columns=["k", "attribute", "level", "cluster", "n"]
)


def test_contracts_are_those_of_the_modules_that_make_the_tables() -> None:
    made = {
        "sample": aggregation.SAMPLE_COLUMNS,
        "scores": aggregation.SCORE_COLUMNS,
        "agreement": agreement.AGREEMENT_COLUMNS,
        "profiles": profiles.PROFILE_COLUMNS,
        "crosstabs": crosstabs.CROSSTAB_COLUMNS,
        "associations": crosstabs.ASSOCIATION_COLUMNS,
        "ceo": operating_model.CEO_COLUMNS,
        "effectiveness": effectiveness.EFFECTIVENESS_COLUMNS,
        "standardisation": standardisation.STANDARDISATION_COLUMNS,
        "operating_model": operating_model.OPERATING_MODEL_COLUMNS,
    }
    for name, columns in made.items():
        assert WAVE_TABLES[name].columns == tuple(columns), name
    named = ("interviews", "wave")
    assert STUDY_TABLES["interviews"].columns == (*named, *interviews.SUMMARY_COLUMNS)
    assert STUDY_TABLES["interview_tests"].columns == (*named, *interviews.TEST_COLUMNS)


#: The public interface: other people's scripts read these columns. A change here breaks them.
PUBLIC = {
    "sample": "mat_id, role, n_responses, clustered, reason",
    "scores": "mat_id, block, item, n, mean, median, sd, iqr, min, max",
    "agreement": (
        "mats, block, item, n_groups, n_responses, icc1, icc2, icc1_n0, rwg_mean, rwg_median"
    ),
    "alignment": "mat_id, block, item, range, iqr",
    "linkage": "step, left, right, height, size",
    "leaf_order": "position, mat_id",
    "clusters": "mat_id, k, cluster, type_id",
    "cluster_types": "k, cluster, type_id, n_mats, distance, nearest_type, matched_wave",
    "silhouettes": "k, mat_id, cluster, neighbour, width",
    "partitions": (
        "k, sizes, mean_silhouette, macro_silhouette, cophenetic_correlation, "
        "agglomerative_coefficient, ties, calinski_harabasz, davies_bouldin, dunn, c_index"
    ),
    "profiles": (
        "k, cluster, role, weighting, block, item, n_mats, n_responses, mean, median, sd, "
        "scaled_mean, ci_low, ci_high, draws"
    ),
    "crosstabs": "k, attribute, level, cluster, n",
    "associations": (
        "k, attribute, n, test, p_value, p_adjusted, p_min_attainable, cramers_v, "
        "cramers_v_corrected, cramers_v_null_mean, cramers_v_null_q95, draws"
    ),
    "ceo": "respondent_id, mat_id, block, item, value",
    "effectiveness": "mat_id, item, n, median, iqr",
    "standardisation": "sample, item, n, mean, median, mean_q05, mean_q95, draws",
    "operating_model": "mat_id, role, n, centralisation, spread, place",
    "ledger": (
        "claim, wave, section, statement, published, computed, unit, tolerance, basis, verdict, "
        "note, conflicts_with"
    ),
    "published_associations": (
        "k, attribute, n, test, p_value, p_adjusted, p_min_attainable, cramers_v, "
        "cramers_v_corrected, cramers_v_null_mean, cramers_v_null_q95, draws"
    ),
    "population": "extract, attribute, level, n_population, n_sample",
    "transitions": "from_wave, to_wave, k, from_cluster, to_cluster, n",
    "wave_agreement": "from_wave, to_wave, k, n_mats, adjusted_rand",
    "common_items": (
        "wave, block, item, label, status, previous_item, n_waves, in_common_clustering"
    ),
    "common_agreement": (
        "wave, clustered_on, other_wave, other_clustered_on, k, n_mats, adjusted_rand"
    ),
    "changes": ("from_wave, to_wave, block, item, stratum, n_mats, change, ci_low, ci_high, draws"),
    "population_tests": (
        "extract, frame, attribute, n_population, n_sample, test, p_value, p_adjusted, "
        "p_min_attainable, dissimilarity, null_mean, null_q95, draws, note"
    ),
    "attribute_sensitivity": (
        "extract, attribute, cutoff, value, is_ours, level, n_population, n_population_moved, "
        "n_sample, n_sample_moved"
    ),
    "interviews": (
        "interviews, wave, measure, code, group, k, level, n_mats, n_coded, share, n_interviews, "
        "n_excerpts, mean_weight, sd_weight"
    ),
    "interview_tests": (
        "interviews, wave, code, group, n, test, p_value, p_adjusted, p_min_attainable, "
        "cramers_v, cramers_v_null_mean, cramers_v_null_q95, draws"
    ),
    "nulls": (
        "null, statistic, scope, k, n_mats, observed, null_mean, null_q50, null_q95, p_value, "
        "p_low, p_high, draws"
    ),
    "stability": (
        "source, k, cluster, jaccard_mean, jaccard_q05, jaccard_q95, null_q50, null_q95, draws, "
        "null_studies, null_draws"
    ),
    "co_clustering": "source, k, mat_id, other_id, probability, draws",
    "assignment": "k, mat_id, kind, cluster, probability, draws",
    "k_votes": "source, k, share, draws",
    "merge_tests": "step, method, p_value, draws, level",
    "multiverse": (
        "linkage, metric, scaling, statistic, min_responses, roles, k, n_mats, sizes, "
        "mean_silhouette, adjusted_rand, p_value, draws, is_report, answers"
    ),
    "verdict": "wave, verdict, k, p_value, rule_version, sentence",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_tables_have_the_columns_that_others_read(name: str) -> None:
    assert (
        ", ".join({**WAVE_TABLES, **EVIDENCE_TABLES, **STUDY_TABLES}[name].columns) == PUBLIC[name]
    )


def test_no_name_stands_for_two_tables() -> None:
    names = [*WAVE_TABLES, *EVIDENCE_TABLES, *STUDY_TABLES, *PROCESSED_TABLES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (["k", "attribute", "level", "n"], "missing ['cluster'], extra []"),
        (["k", "attribute", "level", "cluster", "n", "share"], "missing [], extra ['share']"),
        (["attribute", "k", "level", "cluster", "n"], "missing [], extra []"),
    ],
)
def test_other_columns_than_the_contracts_are_refused_and_nothing_is_written(
    tmp_path: Path, columns: list[str], told: str
) -> None:
    with pytest.raises(ValueError, match="where the contract says") as refused:
        write_result(tmp_path / "crosstabs.csv", COUNTS.reindex(columns=columns))
    assert told in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_table_without_a_contract_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no table is called 'crosstab'; known are"):
        write_result(tmp_path / "crosstab.csv", COUNTS)


def test_a_table_is_lines_of_utf8_with_empty_for_missing_and_zero_for_zero(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"mat_id": ["Zoë", 'A, "B"'], "n": pd.array([0, None], "Int64"), "mean": [np.nan, -0.5]}
    )
    write_table(tmp_path / "t.csv", frame, ["mat_id", "n", "mean"])
    assert (tmp_path / "t.csv").read_bytes() == (
        'mat_id,n,mean\nZoë,0,\n"A, ""B""",,-0.5\n'.encode()
    )


@settings(derandomize=True, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_numbers_read_back_to_the_last_bit(tmp_path_factory, numbers: list[float]) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path_factory.mktemp("numbers") / "t.csv"
    write_table(file, pd.DataFrame({"mean": numbers}), ["mean"])
    assert read_table(file)["mean"].tolist() == numbers


def test_keys_stay_words_whatever_they_look_like(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "respondent_id,mat_id,role,level,n,mean\n007,NA,,1.0,3,0.1\n1e3,None,ceo,No,,\n"
    )
    table = read_table(tmp_path / "t.csv")
    assert table["respondent_id"].tolist() == ["007", "1e3"]
    assert table["mat_id"].tolist() == ["NA", "None"]
    assert table["level"].tolist() == ["1.0", "No"]
    assert table["role"].isna().tolist() == [True, False]
    assert table["mean"].iloc[0] == 0.1
    assert table["n"].isna().tolist() == [False, True]


def test_names_of_interviews_codes_and_groups_stay_words(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("interviews,code,group,frame,k\n2017,01,1,4,2\n")
    (row,) = read_table(tmp_path / "t.csv").to_dict("records")
    assert row == {"interviews": "2017", "code": "01", "group": "1", "frame": "4", "k": 2}


def test_every_column_is_text_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "trusts.csv").write_text("mat_id,flags\n1,0\n2,\n3,NA\n")
    table = read_table(tmp_path / "trusts.csv", text=True)
    assert table["flags"].tolist()[::2] == ["0", "NA"]
    assert table["flags"].isna().tolist() == [False, True, False]


def test_true_and_false_read_back_as_such(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        [["A", "all", 5, True, None], ["B", "all", 2, False, "2 of at least 5 responses"]],
        columns=WAVE_TABLES["sample"].columns,
    )
    write_result(tmp_path / "sample.csv", frame)
    table = read_table(tmp_path / "sample.csv")
    assert table["clustered"].tolist() == [True, False]
    assert table["reason"].isna().tolist() == [True, False]


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    columns = WAVE_TABLES["ceo"].columns
    write_result(tmp_path / "ceo.csv", pd.DataFrame(columns=columns))
    table = read_table(tmp_path / "ceo.csv")
    assert (len(table), tuple(table.columns)) == (0, columns)
