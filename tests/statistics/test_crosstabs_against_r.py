"""Exact tests, Cramér's V and Holm's adjustment against R's ``stats``.

``fisher.test`` is held to 1e-7 and not closer: its network algorithm (FEXACT, ACM 643) takes
paths through the table as equal when they agree to 3.5e-7. It is asked up to nine levels only,
because R 4.2.2 can be wrong on wider tables.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import contingency, fisher_exact

from buildingtrusts.statistics.crosstabs import (
    EXACT,
    MONTE_CARLO,
    cramers_v,
    cramers_v_corrected,
    exact_test,
    holm,
)

ORACLES = Path(__file__).parents[1] / "oracles"
CLOSE = 1e-10
FEXACT = 1e-7


def values(name: str) -> pd.DataFrame:
    return pd.read_csv(ORACLES / f"{name}.csv")


TABLES = {f"{row['kind']}-{row['table']}": row for _, row in values("crosstabs_tables").iterrows()}
NULLS = {f"{row['kind']}-{row['table']}": row for _, row in values("crosstabs_nulls").iterrows()}
HOLM = dict(iter(values("crosstabs_holm").groupby("family")))


def counts_of(case: str) -> np.ndarray:
    row = TABLES[case]
    return np.array([int(n) for n in row["cells"].split(";")]).reshape(row["rows"], row["columns"])


# Three and more rows and columns with n above 17 take R's network algorithm to be exact.
LARGE = [
    case
    for case, row in TABLES.items()
    if row["n"] > 17 and min(row["rows"], row["columns"]) > 2 and row["rows"] * row["columns"] > 9
]
LISTED = [case for case in TABLES if case not in LARGE]
DRAWS = 4_000


def result_of(case: str, **limits: int):
    return exact_test(counts_of(case), draws=DRAWS, rng=np.random.default_rng(2018), **limits)


def test_the_oracle_has_the_published_tables_and_nine_levels() -> None:
    published = [case for case in TABLES if case.startswith("printed")]
    assert len(published) == 6
    assert all(counts_of(case).sum(axis=0).tolist() == [6, 9, 2] for case in published)
    assert max(row["rows"] for row in TABLES.values()) == 9
    assert len(LISTED) > 35
    assert len(LARGE) == 12


@pytest.mark.parametrize("case", LISTED)
def test_exact_p_values_are_those_of_fisher_test(case: str) -> None:
    found = result_of(case)
    assert found.test == EXACT
    assert found.p_value == pytest.approx(TABLES[case]["p_value"], rel=FEXACT, abs=1e-12)


@pytest.mark.parametrize("case", LARGE)
def test_larger_tables_are_exact_or_say_that_they_are_not(case: str) -> None:
    found = result_of(case)
    if found.test == EXACT:
        assert found.p_value == pytest.approx(TABLES[case]["p_value"], rel=FEXACT, abs=1e-12)
    else:
        assert (found.test, found.draws) == (MONTE_CARLO, DRAWS)


@pytest.mark.parametrize("case", LARGE)
def test_monte_carlo_p_values_surround_those_of_fisher_test(case: str) -> None:
    found = result_of(case, max_steps=1)
    assert (found.test, found.draws) == (MONTE_CARLO, DRAWS)
    p = TABLES[case]["p_value"]
    # five standard errors, and the one that Monte Carlo counts for the observed table
    margin = 5 * np.sqrt(p * (1 - p) / DRAWS) + 1 / DRAWS
    assert found.p_value == pytest.approx(p, abs=margin)


@pytest.mark.parametrize(
    ("case", "printed"),
    [
        ("textbook-agresti_job_satisfaction", 0.7827),
        ("textbook-fisher_convictions", 0.0005367),
        ("textbook-mehta_patel_6", 0.03929),
    ],
)
def test_stored_p_values_are_those_printed_in_the_literature(case: str, printed: float) -> None:
    assert float(f"{TABLES[case]['p_value']:.4g}") == printed


@pytest.mark.parametrize("case", TABLES)
def test_cramers_v_and_its_corrected_form_are_those_of_r(case: str) -> None:
    counts, expected = counts_of(case), TABLES[case]
    assert cramers_v(counts) == pytest.approx(expected["cramers_v"], abs=CLOSE)
    assert cramers_v_corrected(counts) == pytest.approx(expected["cramers_v_corrected"], abs=CLOSE)


@pytest.mark.parametrize("case", NULLS)
def test_the_null_of_cramers_v_is_that_of_all_tables_listed_in_r(case: str) -> None:
    found, expected = result_of(case), NULLS[case]
    assert found.draws == 0
    assert found.p_value == pytest.approx(expected["p_value"], abs=CLOSE)
    for name in ("p_min_attainable", "cramers_v_null_mean", "cramers_v_null_q95"):
        assert getattr(found, name) == pytest.approx(expected[name], rel=CLOSE), name


@pytest.mark.parametrize("family", HOLM)
def test_holm_adjusts_as_p_adjust_does(family: str) -> None:
    found = holm(HOLM[family]["p_value"].tolist())
    np.testing.assert_allclose(found, HOLM[family]["holm"], atol=CLOSE)


@pytest.mark.parametrize("case", [case for case in LISTED if counts_of(case).shape == (2, 2)])
def test_scipy_gives_the_same_p_for_two_by_two_tables(case: str) -> None:
    assert result_of(case).p_value == pytest.approx(fisher_exact(counts_of(case)).pvalue, abs=CLOSE)


@pytest.mark.parametrize("case", [case for case in TABLES if not case.startswith("empty")])
def test_scipy_gives_the_same_cramers_v(case: str) -> None:
    expected = contingency.association(counts_of(case), method="cramer")
    assert cramers_v(counts_of(case)) == pytest.approx(expected, abs=CLOSE)
