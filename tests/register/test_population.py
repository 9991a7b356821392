"""The population is counted at every level, zeros included, and set beside a sample."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.register.cutoffs import Cutoffs
from buildingtrusts.register.extract import tidy_extract
from buildingtrusts.register.population import (
    COMPARED_COLUMNS,
    TEST_COLUMNS,
    band_labels,
    compare_tests,
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


def test_a_trust_that_is_not_covered_is_of_unknown_level(population: pd.DataFrame) -> None:
    trusts = pd.DataFrame({"mat_id": ["MAT 1"], "phase_mix": ["(not covered)"]})
    compared = compare_with_sample("2017-01-19", population, trusts)
    known = compared[(compared["attribute"] == "phase_mix") & compared["n_population"].notna()]
    assert known["n_sample"].tolist() == [0, 0, 0, 0]
    assert counts(compared, "phase_mix", "n_sample")["(not covered)"] == 1


# --- tests of the sample against the register --------------------------------------------------


def table_of_tests(
    population: pd.DataFrame, register: pd.DataFrame, **sample: list[str]
) -> pd.DataFrame:
    n = len(next(iter(sample.values())))
    trusts = pd.DataFrame({"mat_id": [f"MAT {i}" for i in range(n)], **sample})
    found = compare_tests(
        "2017-01-19", population, trusts, register, lambda task: np.random.default_rng(1)
    )
    assert tuple(found.columns) == TEST_COLUMNS
    return found.set_index(["frame", "attribute"])


@pytest.fixture
def small() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts and trusts of an invented register: large trusts are mixed, small ones are not."""
    register = pd.DataFrame(
        {
            "n_schools": [1] * 6 + [8] * 4,
            "phase_mix": ["Primary"] * 6 + ["Mixed"] * 3 + [MISSING],
        }
    )
    rows = [("all", "all", 10), ("phase_mix", "Primary", 6), ("phase_mix", "Mixed", 3)]
    rows += [("phase_mix", MISSING, 1), ("schools_band", "1", 6), ("at_least", "7+", 4)]
    return pd.DataFrame(rows, columns=["attribute", "level", "n"]), register


def test_the_sample_is_tested_against_all_trusts_and_against_the_larger_ones(
    small: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    found = table_of_tests(*small, phase_mix=["Mixed", "Mixed", MISSING])
    # Two of the three mixed trusts among nine: 3 of 36 pairs are both mixed.
    of_all = found.loc[("all", "phase_mix")]
    assert of_all["p_value"] == pytest.approx(3 / 36)
    assert (of_all["n_population"], of_all["n_sample"], of_all["draws"]) == (9, 2, 0)
    assert of_all["dissimilarity"] == pytest.approx(2 / 3)
    # Among trusts of seven schools or more all known ones are mixed: nothing is unusual.
    larger = found.loc[("7+", "phase_mix")]
    assert (larger["n_population"], larger["p_value"]) == (3, 1)


def test_p_is_adjusted_over_the_attributes_of_a_frame(
    small: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    population, register = small
    twice = population[population["attribute"] == "phase_mix"].assign(attribute="again")
    found = table_of_tests(
        pd.concat([population, twice]),
        register.assign(again=register["phase_mix"]),
        phase_mix=["Mixed", "Mixed"],
        again=["Mixed", "Mixed"],
    )
    assert found.loc[("all", "again"), "p_adjusted"] == pytest.approx(6 / 36)


@pytest.mark.parametrize(
    ("sample", "note"),
    [
        ({"colour": ["red"]}, "The sample does not have this attribute."),
        ({"phase_mix": [MISSING, "(not covered)"]}, "Nothing is known of the sample's trusts."),
        ({"phase_mix": ["Mostly primary"]}, "The sample is classified otherwise."),
        ({"phase_mix": ["Mixed"] * 4}, "The sample has more trusts than these of the register at"),
    ],
)
def test_where_there_is_no_test_a_note_says_why(
    small: tuple[pd.DataFrame, pd.DataFrame], sample: dict[str, list[str]], note: str
) -> None:
    row = table_of_tests(*small, **sample).loc[("all", "phase_mix")]
    assert row["note"].startswith(note)
    assert row[["p_value", "p_adjusted", "dissimilarity", "draws"]].isna().all()
    assert row["test"] == ""


def test_an_attribute_that_the_register_lacks_is_listed_once(
    small: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    found = table_of_tests(*small, trust_uid=["7", "8"], rapid_growth=["Yes", MISSING])
    row = found.loc[("all", "rapid_growth")]
    assert row["note"] == "The register does not have this attribute."
    assert row["n_sample"] == 1
    assert pd.isna(row["n_population"])
    assert "trust_uid" not in found.index.get_level_values("attribute")
    assert ("7+", "rapid_growth") not in found.index


def test_many_possible_samples_are_drawn_and_the_test_says_so(
    small: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    population, register = small
    trusts = pd.DataFrame({"mat_id": ["A", "B"], "phase_mix": ["Mixed", "Primary"]})
    found = compare_tests(
        *("2017-01-19", population, trusts, register),
        lambda task: np.random.default_rng(1),
        max_samples=1,
        draws=500,
    )
    assert found.loc[0, "test"] == "hypergeometric_monte_carlo"
    assert found.loc[0, "draws"] == 500
