"""The step ``track``, from the tables of waves to tables across them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.output.contracts import COMMON_TABLES, WAVE_TABLES
from buildingtrusts.output.tables import read_table, write_table
from buildingtrusts.steps import cluster_common, track, type_clusters
from buildingtrusts.study.codebook import COLUMNS
from buildingtrusts.study.flags import wave_folders
from buildingtrusts.study.problems import InputProblems

#: Tables of pairs of waves, and of waves one by one.
TABLES = (
    *("transitions", "wave_agreement", "changes", "types", "new_trusts", "common_items"),
    "common_agreement",
)


@dataclass(frozen=True)
class SmallWave:
    """A wave of trusts that all their staff rate alike, or of the answers given."""

    name: str
    #: Ratings of each trust, by item.
    ratings: Mapping[str, Sequence[float]]
    clusters: Mapping[str, int]
    #: Block, item, scale, status, previous items.
    items: Sequence[tuple[str, str, int, int, str, str]]
    ages: Mapping[str, str] = field(default_factory=dict)
    provenance: str = "illustration"
    #: Clusters of another k besides the two.
    three: Mapping[str, int] = field(default_factory=dict)

    def write(self, root: Path) -> str:
        """Write its tables; its flag."""
        folder = root / self.name
        columns = [f"{block}__{item}" for block, item, *_ in self.items]
        rows = [
            (f"illustration-{mat}-{person}", mat, role, *answers)
            for mat, answers in self.ratings.items()
            for person, role in enumerate(("ceo", "school_leader", "school_leader"))
        ]
        names = ["respondent_id", "mat_id", "role", *columns]
        write_table(folder / "responses.csv", pd.DataFrame(rows, columns=names), names)
        cuts = [(mat, 2, cluster) for mat, cluster in self.clusters.items()]
        cuts += [(mat, 3, cluster) for mat, cluster in self.three.items()]
        keys = ["mat_id", "k", "cluster"]
        write_table(folder / "cuts.csv", pd.DataFrame(cuts, columns=keys), keys)
        codebook = pd.DataFrame(self.codebook(), columns=COLUMNS)
        write_table(folder / "codebook.csv", codebook, COLUMNS)
        if self.ages:
            trusts = pd.DataFrame({"mat_id": list(self.ages), "trust_age": self.ages.values()})
            write_table(folder / "trusts.csv", trusts, list(trusts.columns))
            levels = pd.DataFrame({"attribute": "trust_age", "level": ["new", "old"]})
            write_table(folder / "attributes.csv", levels, list(levels.columns))
        return f"{self.name}={self.provenance}={folder}/tables={folder}"

    def codebook(self) -> list[tuple[object, ...]]:
        return [
            (self.name, block, item, item, item, low, high, 1, "", "", "", status, previous)
            for block, item, low, high, status, previous in self.items
        ]


FIRST = SmallWave(
    "2017-illustration",
    {"A": (2, 8, 3), "B": (3, 8, 4), "C": (8, 2, 5), "D": (9, 3, 9), "E": (8, 3, 1)},
    {"A": 1, "B": 1, "C": 2, "D": 2, "E": 2},
    [
        ("strategy", "vision", 1, 10, "kept", ""),
        ("strategy", "identity", 1, 10, "kept", ""),
        ("operations", "office", 1, 10, "kept", ""),
    ],
)
#: Clusters are numbered the other way round, A moves, F is new, B is gone; office became 0 to 4.
SECOND = SmallWave(
    "2024-illustration",
    {"A": (8, 3, 1), "C": (9, 2, 2), "D": (8, 2, 4), "E": (2, 9, 0), "F": (3, 8, 2)},
    {"A": 1, "C": 1, "D": 1, "E": 2, "F": 2},
    [
        ("strategy", "aim", 1, 10, "reworded", "vision"),
        ("strategy", "identity", 1, 10, "kept", ""),
        ("operations", "office", 0, 4, "kept", ""),
    ],
    {"A": "old", "C": "old", "D": "new", "E": "(missing)", "F": "new"},
)
THIRD = SmallWave(
    "2027-illustration",
    {"C": (2, 8, 4), "D": (9, 2, 4), "E": (8, 2, 2)},
    {"C": 1, "D": 2, "E": 2},
    [("strategy", "aim", 1, 10, "kept", ""), *SECOND.items[1:]],
)


def prepared(
    root: Path, *waves: SmallWave, flags: Sequence[str] = (), typed: bool = True
) -> argparse.Namespace:
    """Write some waves; the step's arguments."""
    codebook = pd.DataFrame([row for wave in waves for row in wave.codebook()], columns=COLUMNS)
    write_table(root / "codebook.csv", codebook, COLUMNS)
    parser = argparse.ArgumentParser()
    track.add_arguments(parser)
    words = [word for wave in waves for word in ("--wave", wave.write(root))]
    if typed:
        name_types(words)
    words += ["--codebook", str(root / "codebook.csv"), "--k", "2", "3", "--draws", "200"]
    words += ["--placement-draws", "20", "--seed", "1", "--out", str(root / "out"), *flags]
    return parser.parse_args(words)


def name_types(words: Sequence[str]) -> None:
    """Type the clusters of each wave after those of the waves before it."""
    for end in range(2, len(words) + 1, 2):
        parser = argparse.ArgumentParser()
        type_clusters.add_arguments(parser)
        folder = words[end - 1].split("=")[2]
        type_clusters.run(parser.parse_args([*words[:end], "--out", folder]))


def run(root: Path, *waves: SmallWave, flags: Sequence[str] = ()) -> dict[str, pd.DataFrame]:
    """Run the step on some waves; its tables."""
    track.run(prepared(root, *waves, flags=flags))
    return {name: read_table(root / "out" / f"{name}.csv") for name in TABLES}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    return run(tmp_path_factory.mktemp("two"), FIRST, SECOND)


def test_a_wave_alone_has_its_own_types_and_nothing_to_compare(tmp_path: Path) -> None:
    tables = run(tmp_path, FIRST)
    assert [len(tables[name]) for name in TABLES] == [0, 0, 0, 2, 0, 3, 0]
    assert tables["types"][["cluster", "type_id", "n_mats"]].to_numpy().tolist() == [
        [1, 1, 2],
        [2, 2, 3],
    ]
    headers = (tmp_path / "out" / "transitions.csv").read_text(encoding="utf-8")
    assert headers == "from_wave,to_wave,k,from_cluster,to_cluster,n\n"
    header = (tmp_path / "out" / "changes.csv").read_text(encoding="utf-8")
    assert header == ("from_wave,to_wave,block,item,stratum,n_mats,change,ci_low,ci_high,draws\n")


def test_clusters_numbered_otherwise_keep_their_type(two: dict[str, pd.DataFrame]) -> None:
    types = two["types"].set_index(["wave", "cluster"])
    assert types["type_id"].tolist() == [1, 2, 2, 1]
    assert types.loc[("2024-illustration", 1), "nearest_type"] == 2
    # Of C, D and E from (25/3, 8/3) to that of A, C and D, (25/3, 7/3).
    assert types.loc[("2024-illustration", 1), "distance"] == pytest.approx(1 / 3)


def test_types_across_waves_are_those_of_each_waves_clusters(
    two: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    run(tmp_path, FIRST, SECOND)
    for wave in (FIRST, SECOND):
        clusters = read_table(tmp_path / wave.name / "tables" / "clusters.csv")
        of_wave = two["types"].query("wave == @wave.name").set_index("cluster")["type_id"]
        assert clusters["type_id"].tolist() == clusters["cluster"].map(of_wave).tolist()


def test_original_clusters_are_never_named_after_made_up_ones(tmp_path: Path) -> None:
    true = replace(SECOND, name="2024", provenance="original")
    later = replace(THIRD, provenance="original", name="2027")
    types = run(tmp_path, FIRST, true, later)["types"].set_index("wave")
    assert types.loc["2024", "type_id"].tolist() == [1, 2]
    assert types.loc["2024", "matched_wave"].isna().all()
    # The wave after it is matched to it, and not to the first.
    assert types.loc["2027", "type_id"].tolist() == [2, 1]
    assert set(types.loc["2027", "matched_wave"]) == {"2024"}


def test_made_up_clusters_may_be_named_after_original_ones(tmp_path: Path) -> None:
    true = replace(FIRST, name="2017", provenance="original")
    types = run(tmp_path, true, SECOND)["types"].set_index("wave")
    assert set(types.loc[SECOND.name, "matched_wave"]) == {"2017"}
    assert types.loc[SECOND.name, "type_id"].tolist() == [2, 1]


def test_a_wave_without_such_a_partition_is_passed_over(tmp_path: Path) -> None:
    three = {"A": 1, "B": 1, "C": 2, "D": 3, "E": 2}
    again = {"C": 1, "D": 2, "E": 3}
    types = run(tmp_path, replace(FIRST, three=three), SECOND, replace(THIRD, three=again))[
        "types"
    ].query("k == 3")
    assert set(types["wave"]) == {FIRST.name, THIRD.name}
    last = types[types["wave"] == THIRD.name]
    assert set(last["matched_wave"]) == {FIRST.name}
    assert last["type_id"].tolist() == [1, 3, 2]


def test_each_pair_of_waves_goes_by_its_own_choices(
    two: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    flags = [
        *("--specification", FIRST.name, "strategy", "average", "manhattan", "none", "mean"),
        *("--specification", SECOND.name, "strategy", "single", "euclidean", "zscore", "median"),
    ]
    placed = run(tmp_path, FIRST, SECOND, flags=flags)["new_trusts"]
    assert placed["average_distance"].tolist() != two["new_trusts"]["average_distance"].tolist()
    other = ["--specification", SECOND.name, "strategy", "single", "manhattan", "none", "mean"]
    # New trusts are placed as the earlier wave was clustered.
    late = run(tmp_path / "late", FIRST, SECOND, flags=other)["new_trusts"]
    pd.testing.assert_frame_equal(late, two["new_trusts"])


def test_a_specification_of_no_given_wave_is_refused(tmp_path: Path) -> None:
    flags = ["--specification", "2019", "strategy", "average", "euclidean", "none", "mean"]
    with pytest.raises(InputProblems, match="is of one of the waves given"):
        run(tmp_path, FIRST, SECOND, flags=flags)


def test_items_over_time_are_listed_with_what_was_dropped(tmp_path: Path) -> None:
    dropping = replace(
        SECOND, items=[*SECOND.items[:2], ("operations", "office", 1, 10, "dropped", "")]
    )
    items = run(tmp_path, FIRST, dropping)["common_items"].set_index(["wave", "item"])
    aim = items.loc[(SECOND.name, "aim")]
    assert (aim["status"], aim["previous_item"], aim["n_waves"]) == (
        *("reworded", "strategy__vision", 2),
    )
    office = items.loc[(SECOND.name, "office")]
    assert (office["status"], office["previous_item"]) == ("dropped", "operations__office")
    assert pd.isna(office["n_waves"])
    assert items.loc[(FIRST.name, "office"), "n_waves"] == 1
    assert not items["in_common_clustering"].any()


def clustered_on_common_items(root: Path, *waves: SmallWave) -> None:
    """Cluster waves on vision and identity, as the workflow asks for it."""
    words: list[str] = []
    for wave in waves:
        words += ["--wave", wave.write(root)]
        vision = wave.items[0][1]
        parser = argparse.ArgumentParser()
        cluster_common.add_arguments(parser)
        cluster_common.run(
            parser.parse_args(
                [
                    *words,
                    *("--item", f"strategy__{vision}", "strategy__vision", "1", "10"),
                    *("--item", "strategy__identity", "strategy__identity", "1", "10"),
                    *("--min-responses", "3", "--k", "2", "9"),
                    *("--answers", str(root / wave.name / "common_answers.csv")),
                    *("--out", str(root / wave.name / "common" / "tables")),
                ]
            )
        )


def test_waves_are_clustered_on_common_items_and_compared(tmp_path: Path) -> None:
    clustered_on_common_items(tmp_path, FIRST, SECOND, THIRD)
    folder = tmp_path / SECOND.name / "common" / "tables"
    for name in COMMON_TABLES:
        assert tuple(read_table(folder / f"{name}.csv").columns) == WAVE_TABLES[name].columns
    clusters = read_table(folder / "clusters.csv")
    # A, C and D rate vision high; in the first wave that is what the second cluster does.
    assert dict(zip(clusters["mat_id"], clusters["cluster"], strict=True)) == SECOND.clusters
    assert clusters["type_id"].tolist() == [2, 2, 2, 1, 1]
    agreement = run(tmp_path, FIRST, SECOND, THIRD, flags=["--common"])["common_agreement"]
    assert agreement["clustered_on"].tolist() == ["own"] * 3 + ["common"] * 2
    assert agreement["n_mats"].tolist() == [5, 5, 3, 4, 3]
    assert agreement["adjusted_rand"].tolist()[:3] == [1, 1, 1]


def test_answers_to_common_items_are_on_the_first_waves_scale(tmp_path: Path) -> None:
    halved = {mat: (a / 2 - 0.5, *rest) for mat, (a, *rest) in SECOND.ratings.items()}
    other = replace(
        SECOND,
        ratings=halved,
        items=[("strategy", "aim", 0, 4.5, "reworded", "vision"), *SECOND.items[1:]],
    )
    clustered_on_common_items(tmp_path, FIRST, other)
    answers = read_table(tmp_path / SECOND.name / "common_answers.csv")
    assert answers.groupby("mat_id")["strategy__vision"].first().to_dict() == {
        mat: ratings[0] for mat, ratings in SECOND.ratings.items()
    }


def test_trusts_that_cannot_be_clustered_on_common_items_give_empty_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = replace(FIRST, ratings={"A": (2, 8, 3), "B": (3, 8, 4)})
    clustered_on_common_items(tmp_path, small, SECOND)
    assert "too few for 2 clusters, so none are made" in capsys.readouterr().err
    folder = tmp_path / FIRST.name / "common" / "tables"
    assert (
        len(read_table(folder / "clusters.csv")) == len(read_table(folder / "partitions.csv")) == 0
    )
    assert read_table(folder / "sample.csv")["clustered"].all()
    # The next wave is then the first of the typology.
    types = read_table(tmp_path / SECOND.name / "common" / "tables" / "cluster_types.csv")
    assert types["type_id"].tolist() == [1, 2]
    run(tmp_path, replace(small, clusters={"A": 1, "B": 2}), SECOND, flags=["--common"])


def test_transitions_are_of_trusts_in_both_waves_with_zero_cells(
    two: dict[str, pd.DataFrame],
) -> None:
    counts = two["transitions"][["from_cluster", "to_cluster", "n"]].to_numpy().tolist()
    assert counts == [[1, 1, 1], [1, 2, 0], [2, 1, 2], [2, 2, 1]]
    agreement = two["wave_agreement"].iloc[0]
    assert agreement["n_mats"] == 4
    # By pairs: two and three together, one of them in both.
    assert agreement["adjusted_rand"] == pytest.approx((1 - 3 * 3 / 6) / (3 - 3 * 3 / 6))
    assert set(two["transitions"]["k"]) == {2}


def changed(tables: dict[str, pd.DataFrame], item: str, stratum: str) -> pd.Series:
    table = tables["changes"]
    (found,) = table[(table["item"] == item) & (table["stratum"] == stratum)].itertuples()
    return found


def test_changes_go_by_the_later_name_and_the_earlier_scale(two: dict[str, pd.DataFrame]) -> None:
    aim = changed(two, "aim", "all")
    assert (aim.block, aim.n_mats, aim.draws) == ("strategy", 4, 200)
    assert aim.change == pytest.approx((6 + 1 - 1 - 6) / 4)
    assert aim.ci_low < aim.change < aim.ci_high
    # On 1 to 10 the later answers are 3.25, 5.5, 10 and 1.
    assert changed(two, "office", "all").change == pytest.approx((0.25 + 0.5 + 1 + 0) / 4)


def test_changes_are_told_by_role_and_by_the_later_waves_age(two: dict[str, pd.DataFrame]) -> None:
    assert list(dict.fromkeys(two["changes"]["stratum"])) == [
        *("all", "ceo", "central_team", "school_leader"),
        *("trust_age: new", "trust_age: old", "trust_age: (missing)"),
    ]
    assert changed(two, "aim", "ceo").n_mats == 4
    nobody = changed(two, "aim", "central_team")
    assert (nobody.n_mats, nobody.draws) == (0, 0)
    old = changed(two, "aim", "trust_age: old")
    assert (old.n_mats, old.change) == (2, 3.5)
    alone = changed(two, "aim", "trust_age: new")
    assert (alone.n_mats, alone.change, alone.draws) == (1, -1.0, 0)
    assert pd.isna(alone.ci_low)


def test_a_new_trust_is_placed_among_the_earlier_clusters(two: dict[str, pd.DataFrame]) -> None:
    placed = two["new_trusts"]
    assert set(placed["mat_id"]) == {"F"}
    assert set(placed["kind"]) == {"new"}
    likeliest = placed.loc[placed["probability"].idxmax()]
    assert likeliest["cluster"] == 1
    # F at (3, 8) is where B is, and 1 from A.
    assert likeliest["average_distance"] == pytest.approx(0.5)
    assert placed["probability"].sum() == pytest.approx(1)


def test_a_third_wave_leaves_the_rows_of_the_first_two_as_they_were(
    two: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    three = run(tmp_path, FIRST, SECOND, THIRD)
    for name in TABLES:
        of_two = two[name]
        if name == "common_items":
            # In how many waves an item was asked is the one thing that a later wave changes.
            of_two = of_two.drop(columns="n_waves")
        found = three[name].iloc[: len(of_two)][list(of_two.columns)]
        pd.testing.assert_frame_equal(found, of_two, check_dtype=False)
        assert len(three[name]) > len(of_two) or name in ("new_trusts", "common_agreement")
    assert three["types"]["type_id"].tolist() == [1, 2, 2, 1, 1, 2]
    # The third wave has no ages; the second says them.
    last = three["changes"][three["changes"]["to_wave"] == "2027-illustration"]
    assert "trust_age: old" in set(last["stratum"])


def test_the_tables_repeat_byte_for_byte(tmp_path: Path) -> None:
    for name in ("one", "other"):
        run(tmp_path / name, FIRST, SECOND)
    for name in TABLES:
        one, other = (
            (tmp_path / run_ / "out" / f"{name}.csv").read_bytes() for run_ in ("one", "other")
        )
        assert one == other


def test_waves_without_a_common_item_share_trusts_and_no_types(tmp_path: Path) -> None:
    other = SmallWave(
        "2024-illustration",
        {mat: (answers[0],) for mat, answers in SECOND.ratings.items()},
        SECOND.clusters,
        [("strategy", "inclusion", 1, 10, "new", "")],
    )
    tables = run(tmp_path, FIRST, other)
    assert tables["types"]["type_id"].tolist() == [1, 2, 3, 4]
    assert tables["types"]["distance"].isna().all()
    assert tables["transitions"]["n"].sum() == 4
    assert len(tables["changes"]) == len(tables["new_trusts"]) == 0


def test_a_codebook_that_contradicts_itself_is_told_with_its_line(tmp_path: Path) -> None:
    wrong = SmallWave(
        "2024-illustration",
        {mat: (answers[0],) for mat, answers in SECOND.ratings.items()},
        SECOND.clusters,
        [("strategy", "aim", 1, 10, "kept", "purpose")],
    )
    with pytest.raises(InputProblems) as found:
        track.run(prepared(tmp_path, FIRST, wrong, typed=False))
    (problem,) = found.value.problems
    assert (problem.line, problem.column, problem.value) == (5, "previous_items", "purpose")
    assert not (tmp_path / "out").exists()


def test_an_item_that_the_answers_lack_is_told(tmp_path: Path) -> None:
    arguments = prepared(tmp_path, FIRST, SECOND)
    responses = tmp_path / SECOND.name / "responses.csv"
    table = read_table(responses).drop(columns="operations__office")
    write_table(responses, table, list(table.columns))
    with pytest.raises(InputProblems) as found:
        track.run(arguments)
    (problem,) = found.value.problems
    assert problem.file == str(responses)
    assert "'operations__office' has none" in problem.rule


@pytest.mark.parametrize("flag", ["--draws", "--placement-draws"])
def test_draws_are_counted_from_one(tmp_path: Path, flag: str) -> None:
    with pytest.raises(InputProblems, match="Draws are counted from 1"):
        run(tmp_path, FIRST, SECOND, flags=(flag, "0"))


def test_a_wave_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputProblems, match="Each wave is given once"):
        run(tmp_path, FIRST, SECOND, flags=("--wave", FIRST.write(tmp_path)))


def test_a_wave_flag_that_is_not_four_parts_is_refused() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="NAME=PROVENANCE=TABLES_FOLDER"):
        wave_folders("2017=original=results")
