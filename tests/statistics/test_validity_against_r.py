"""Silhouettes against R's package ``cluster``, scikit-learn and Rousseeuw's own example."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import silhouette_samples

from buildingtrusts.statistics.linkage import Tree, build_tree, cut_tree
from buildingtrusts.statistics.validity import silhouette

ORACLES = Path(__file__).parents[1] / "oracles"
CASE = ["data", "scaling", "metric", "linkage"]
EXACT = 1e-10


def values(name: str) -> pd.DataFrame:
    return pd.read_csv(ORACLES / f"{name}.csv")


def by_case(name: str, keys: list[str]) -> dict[str, pd.DataFrame]:
    groups = values(name).groupby(keys, sort=False)
    return {"-".join(map(str, key)): part for key, part in groups}


WIDTHS = by_case("trees_silhouettes", [*CASE, "k"])
MEANS = by_case("trees_silhouette_means", [*CASE, "k"])
COUNTRIES = by_case("silhouettes_countries", ["partition"])


def tree_of(row: pd.Series) -> Tree:
    frame = values(f"data/{row['data']}")
    scores = frame.drop(columns="label").to_numpy(float)
    choices = row["linkage"], row["metric"], row["scaling"]
    return build_tree(scores, frame["label"].tolist(), *choices)


@pytest.mark.parametrize("case", WIDTHS)
def test_widths_and_neighbours_are_those_of_cluster(case: str) -> None:
    expected = WIDTHS[case]
    found = silhouette(tree_of(expected.iloc[0]).distances, expected["cluster"].to_numpy())
    np.testing.assert_allclose(found.widths, expected["width"], atol=EXACT)
    assert found.neighbours.tolist() == expected["neighbour"].tolist()


@pytest.mark.parametrize("case", MEANS)
def test_mean_widths_over_objects_and_over_clusters_are_those_of_cluster(case: str) -> None:
    expected = MEANS[case].iloc[0]
    tree = tree_of(expected)
    found = silhouette(tree.distances, cut_tree(tree, expected["k"]))
    assert ";".join(map(str, np.bincount(found.labels)[1:])) == str(expected["sizes"])
    assert found.mean_width == pytest.approx(expected["mean_silhouette"], abs=EXACT)
    assert found.macro_width == pytest.approx(expected["macro_silhouette"], abs=EXACT)


def test_the_oracle_has_clusters_of_one_and_badly_placed_objects() -> None:
    every = pd.concat(WIDTHS.values())
    sizes = every.groupby([*CASE, "k", "cluster"])["width"].transform("size")
    assert (every.loc[sizes == 1, "width"] == 0).all()
    assert (sizes == 1).sum() > 20
    assert (every["width"] < 0).sum() > 20


@pytest.mark.parametrize("case", WIDTHS)
def test_scikit_learn_gives_the_same_widths(case: str) -> None:
    expected = WIDTHS[case]
    distances, labels = tree_of(expected.iloc[0]).distances, expected["cluster"].to_numpy()
    np.testing.assert_allclose(
        silhouette(distances, labels).widths,
        silhouette_samples(distances, labels, metric="precomputed"),
        atol=EXACT,
    )


@pytest.mark.parametrize(("partition", "printed_mean"), [("two", 0.28), ("three", 0.33)])
def test_rousseeuws_twelve_countries_have_the_printed_silhouettes(
    partition: str, printed_mean: float
) -> None:
    # Rousseeuw (1987), table 1 and figures 2 and 3, doi:10.1016/0377-0427(87)90125-7
    distances = values("data/rousseeuw_countries").drop(columns="country").to_numpy(float)
    printed = values("data/rousseeuw_published")
    labels = printed[f"{partition}_clusters"].to_numpy()
    found = silhouette(distances, labels)
    half_a_digit = 0.005 + 1e-12
    np.testing.assert_allclose(found.widths, printed[f"{partition}_widths"], atol=half_a_digit)
    assert found.mean_width == pytest.approx(printed_mean, abs=half_a_digit)
    np.testing.assert_allclose(found.widths, COUNTRIES[partition]["width"], atol=EXACT)
    assert found.neighbours.tolist() == COUNTRIES[partition]["neighbour"].tolist()
