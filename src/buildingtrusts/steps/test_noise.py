"""Hold the clusters against studies without any, and test whether trusts differ at all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.flags import add_clustered_answers, add_random_stream

if TYPE_CHECKING:
    import pandas as pd

    from buildingtrusts.statistics.nulls import Evaluation
    from buildingtrusts.survey.ratings import ClusteredRatings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    add_clustered_answers(parser)
    parser.add_argument(
        "--drawn", nargs="+", required=True, help="files of draws, each named <null>-<part>.npz"
    )
    parser.add_argument("--draws", type=int, default=10_000, help="random deals of respondents")
    add_random_stream(parser)
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``nulls.csv`` and ``permanova.csv``."""
    from buildingtrusts.output.tables import write_result
    from buildingtrusts.statistics.nulls import evaluate, null_table
    from buildingtrusts.statistics.ratings import Specification, observed_scores
    from buildingtrusts.survey.ratings import read_clustered_ratings

    study = read_clustered_ratings(arguments)
    how = Specification(arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic)
    observed = evaluate(observed_scores(study.ratings, how)[None], study.k, how)
    out = Path(arguments.out)
    write_result(out / "permanova.csv", _differences(arguments, study))
    write_result(out / "nulls.csv", null_table(observed, _drawn(arguments.drawn), len(study.mats)))


def _differences(arguments: argparse.Namespace, study: ClusteredRatings) -> pd.DataFrame:
    """Test whether trusts differ; no row, and the reason told, where that cannot be tested."""
    import numpy as np
    import pandas as pd

    from buildingtrusts.statistics.permanova import PERMANOVA_COLUMNS, permanova
    from buildingtrusts.study.randomness import task_generator

    try:
        found = permanova(
            study.ratings.answers,
            np.repeat(np.arange(len(study.mats)), study.ratings.sizes),
            arguments.draws,
            task_generator(arguments.seed, arguments.wave, "evidence", "permanova"),
        )
    except ValueError as error:
        print(f"Whether trusts differ cannot be tested: {error}", file=sys.stderr)
        return pd.DataFrame(columns=list(PERMANOVA_COLUMNS))
    print(f"PERMANOVA p = {found.chance.p_value:.4g}", file=sys.stderr)
    return found.table()


def _drawn(files: list[str]) -> dict[str, Evaluation]:
    """The draws of each null, its parts put together in their order."""
    from buildingtrusts.output.arrays import read_arrays
    from buildingtrusts.statistics.nulls import NULLS, evaluation_from, join

    parts: dict[str, dict[int, Evaluation]] = {name: {} for name in NULLS}
    for file in files:
        null, _, part = Path(file).stem.rpartition("-")
        parts[null][int(part)] = evaluation_from(read_arrays(file))
    return {
        null: join([found[part] for part in sorted(found)])
        for null, found in parts.items()
        if found
    }
