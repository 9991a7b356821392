"""The population is counted at every level, zeros included, and set beside a sample."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from buildingtrusts.register.cutoffs import Cutoffs
from buildingtrusts.register.extract import tidy_extract
from buildingtrusts.register.population import (
    COMPARED_COLUMNS,
    band_labels,
    compare_with_sample,
    count_population,
)
from buildingtrusts.register.trusts import MISSING, SPREAD_LEVELS, describe_trusts


@pytest.fixture
def population(files: Callable[[str], dict[str, bytes]], cutoffs: Cutoffs) -> pd.DataFrame:
    extract = tidy_extract("2017-01-19", files("2017-01-19"))
    return count_population(describe_trusts(extract, cutoffs).table, cutoffs)


def counts(table: pd.DataFrame, attribute: str, column: str = "n") -> dict[str, int]:
    rows = table[table["attribute"] == attribute]
    return dict(zip(rows["level"], rows[column], strict=True))


def test_the_population_is_counted_by_size(population: pd.DataFrame) -> None:
    assert counts(population, "all") == {"all": 4}
    assert counts(population, "schools_band") == {
        "1": 1,
        "2-5": 2,
        "6-15": 1,
        "16-29": 0,
        "30+": 0,
    }
    assert counts(population, "at_least") == {"4+": 2, "7+": 1}


def test_levels_are_in_declared_order_with_zeros_and_missing_last(
    population: pd.DataFrame,
) -> None:
    assert list(counts(population, "phase_mix").items()) == [
        ("Mixed", 1),
        ("Predominantly Primary", 1),
        ("Predominantly Secondary", 1),
        (MISSING, 1),
    ]
    assert list(counts(population, "geographical_spread")) == [*SPREAD_LEVELS, MISSING]


def test_the_levels_of_an_attribute_add_up_to_all_trusts(population: pd.DataFrame) -> None:
    totals = population.groupby("attribute")["n"].sum().drop("at_least")
    assert set(totals) == {4}


def test_a_band_of_one_size_is_named_by_it() -> None:
    assert band_labels((1, 2, 6, 16, 30)) == ["1", "2-5", "6-15", "16-29", "30+"]


def test_a_sample_is_set_beside_the_population(population: pd.DataFrame) -> None:
    trusts = pd.DataFrame(
        {
            "mat_id": ["MAT 1", "MAT 2", "MAT 3"],
            "phase_mix": ["Mixed", "Mixed", MISSING],
            "size_schools": ["Established trust", "National trust", None],
        }
    )
    compared = compare_with_sample("2017-01-19", population, trusts)
    assert tuple(compared.columns) == COMPARED_COLUMNS
    assert counts(compared, "all", "n_sample") == {"all": 3}
    assert counts(compared, "phase_mix", "n_sample") == {
        "Mixed": 2,
        "Predominantly Primary": 0,
        "Predominantly Secondary": 0,
        MISSING: 1,
    }
    assert counts(compared, "size_schools", "n_sample")[MISSING] == 1
    assert counts(compared, "phase_mix", "n_population") == counts(population, "phase_mix")


def test_an_attribute_the_sample_lacks_is_empty_and_not_zero(population: pd.DataFrame) -> None:
    compared = compare_with_sample("2017-01-19", population, pd.DataFrame({"mat_id": ["MAT 1"]}))
    rest = compared[compared["attribute"] != "all"]
    assert rest["n_sample"].isna().all()
    assert rest["n_population"].tolist() == population["n"].tolist()[1:]


def test_a_sample_that_is_classified_otherwise_is_listed_and_not_called_zero(
    population: pd.DataFrame,
) -> None:
    trusts = pd.DataFrame(
        {
            "mat_id": ["MAT 1", "MAT 2"],
            "geographical_spread": ["All schools within 1 hour", MISSING],
        }
    )
    compared = compare_with_sample("2017-01-19", population, trusts)
    rows = compared[compared["attribute"] == "geographical_spread"].set_index("level")
    assert rows.loc[list(SPREAD_LEVELS), "n_sample"].isna().all()
    assert rows.at[MISSING, "n_sample"] == 1
    assert rows.at["All schools within 1 hour", "n_sample"] == 1
    assert rows["n_population"].isna()["All schools within 1 hour"]
    assert not rows.index.has_duplicates


def test_a_sample_of_which_nothing_is_known_has_no_trust_at_any_level(
    population: pd.DataFrame,
) -> None:
    trusts = pd.DataFrame({"mat_id": ["MAT 1"], "phase_mix": [MISSING]})
    compared = compare_with_sample("2017-01-19", population, trusts)
    assert sum(counts(compared, "phase_mix", "n_sample").values()) == 1
