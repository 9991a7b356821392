"""A wave of eleven invented trusts in three planted clusters, as tables, and a study around it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.output.figures import WAVE_FIGURES
from buildingtrusts.output.figures.study import StudyMaterial
from buildingtrusts.output.figures.wave import WaveMaterial
from buildingtrusts.output.tables import write_result
from buildingtrusts.statistics.aggregation import aggregate_scores, sample_table, select_trusts
from buildingtrusts.statistics.agreement import agreement_table
from buildingtrusts.statistics.crosstabs import crosstabulate
from buildingtrusts.statistics.effectiveness import summarise_effectiveness
from buildingtrusts.statistics.linkage import build_tree
from buildingtrusts.statistics.operating_model import ceo_answers, place_trusts
from buildingtrusts.statistics.partitions import partition_tree
from buildingtrusts.statistics.profiles import profile_clusters
from buildingtrusts.statistics.standardisation import summarise_standardisation
from buildingtrusts.study.codebook import Codebook, Item, wave_codebook_text
from buildingtrusts.study.configuration import load_report_figures

AREAS = ("pupil_policies", "school_improvement", "back_office")
#: Block: its items, the scale's ends and their names.
BLOCKS: Mapping[str, tuple[tuple[str, ...], int, int, str, str]] = {
    "strategy": (
        ("scaling_model", "collaborative_convergence", "consistent_pedagogy", "common_vision"),
        *(1, 10, "Not at all like us", "Exactly like us"),
    ),
    "operations": (AREAS, 0, 10, "Entirely devolved", "Entirely central"),
    "effectiveness": (AREAS, 1, 10, "Not at all effective", "Extremely effective"),
    "standardisation": (AREAS, 1, 5, "Much less", "Much more"),
}
#: Mean answer of each planted cluster to the strategy items; the third has two trusts.
PLANTED = np.array([[2.5, 8, 3, 8], [8, 4, 8, 6], [3, 2.5, 8.5, 2.5]])
MEMBERS = [0, 1, 0, 1, 1, 0, 1, 2, 2, 0, 1]
ATTRIBUTES = {
    "phase_mix": ["Mixed", "Predominantly Primary"],
    "size_schools": ["Established trust", "National trust"],
    "geographical_spread": ["All schools within 1 hour of at least one school", "Some isolation"],
    "performance_flags": ["0", "1", "2"],
}


def codebook_of(blocks: Mapping[str, tuple[tuple[str, ...], int, int, str, str]]) -> Codebook:
    return Codebook(
        tuple(
            Item(
                *(block, item, item.replace("_", " ").capitalize(), item),
                *(float(low), float(high), 1.0, low_anchor, high_anchor),
            )
            for block, (items, low, high, low_anchor, high_anchor) in blocks.items()
            for item in items
        )
    )


def responses_of(codebook: Codebook, members: list[int], seed: int = 8) -> pd.DataFrame:
    """Whole answers of six to nine people a trust; the last trust has two."""
    rng = np.random.default_rng(seed)
    rows = []
    for number, cluster in enumerate(members, start=1):
        n = 2 if number == len(members) else 6 + number % 4
        for person in range(n):
            role = "ceo" if person == 0 else ("central_team", "school_leader")[person % 2]
            row: dict[str, object] = {"mat_id": f"MAT {number}", "role": role}
            for place, item in enumerate(codebook.items):
                middle = (item.minimum + item.maximum) / 2 + cluster - 1
                if item.block == "strategy":
                    middle = PLANTED[cluster, place % PLANTED.shape[1]]
                answer = np.clip(np.round(rng.normal(middle, 1.1)), item.minimum, item.maximum)
                row[item.column] = np.nan if rng.random() < 0.02 else answer
            rows.append(row)
    frame = pd.DataFrame(rows)
    frame.insert(0, "respondent_id", [f"reconstructed-{place}" for place in range(len(frame))])
    return frame


def tables_of(codebook: Codebook, responses: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Every table that figures are drawn from."""
    items = [(item.block, item.item) for item in codebook.items]
    strategy = [item.column for item in codebook.block("strategy")]
    chosen = select_trusts(responses, strategy)
    mats = list(chosen.clustered)
    scores = aggregate_scores(responses, items)
    means = responses.groupby("mat_id")[strategy].mean().loc[mats].to_numpy()
    parts = partition_tree(build_tree(means, mats), [2, 3, 4])
    tables = parts.tables()
    cuts = tables.pop("cuts")
    tables["clusters"] = cuts.assign(type_id=cuts["cluster"])
    rng = np.random.default_rng(3)
    trusts = pd.DataFrame({"mat_id": mats})
    for attribute, levels in ATTRIBUTES.items():
        trusts[attribute] = rng.choice(levels, len(mats))
    crosstabs = crosstabulate(
        *(tables["clusters"], trusts, ATTRIBUTES, [2, 3]),
        stream=lambda _: np.random.default_rng(1),
        own_family=["performance_flags"],
    )
    clusters = {
        k: dict(zip(of_k["mat_id"], of_k["cluster"].tolist(), strict=True))
        for k, of_k in tables["clusters"].groupby("k")
    }
    options = [item.n_options for item in codebook.items]
    areas = [pair for pair in items if pair[0] == "standardisation"]
    return {
        **tables,
        "sample": sample_table(responses, chosen),
        "scores": scores,
        "agreement": agreement_table(responses, items, options, mats),
        "profiles": profile_clusters(responses, items, clusters, 60, rng),
        "crosstabs": crosstabs.counts,
        "associations": crosstabs.associations,
        "ceo": ceo_answers(
            responses, [pair for pair in items if pair[0] in ("strategy", "operations")]
        ),
        "effectiveness": summarise_effectiveness(scores, mats),
        "standardisation": summarise_standardisation(responses, areas, mats, 4, 20, rng),
        "operating_model": place_trusts(
            responses, [item.column for item in codebook.block("operations")], 4.0, 6.0
        ),
    }


#: The report's charts of single items.
REPORT_FIGURES = Path(__file__).parents[2] / "data" / "published" / "figures.yaml"
EVERY_WAVE_FIGURE = (*WAVE_FIGURES, *load_report_figures(REPORT_FIGURES))


def write_wave(folder: Path, codebook: Codebook, responses: pd.DataFrame) -> Path:
    for name, table in tables_of(codebook, responses).items():
        write_result(folder / f"{name}.csv", table)
    text = wave_codebook_text("2017-reconstruction", codebook)
    (folder / "codebook.csv").write_text(text, encoding="utf-8")
    return folder


def read_wave(folder: Path, k: int = 3) -> WaveMaterial:
    from buildingtrusts.steps import draw

    parser = argparse.ArgumentParser()
    draw.add_arguments(parser)
    flags = f"--tables {folder} --processed {folder} --provenance original --k {k} --out {folder}"
    flags += f" --report-figures {REPORT_FIGURES}"
    return draw.read_material(parser.parse_args(flags.split()))


@pytest.fixture(scope="session")
def wave(tmp_path_factory: pytest.TempPathFactory) -> WaveMaterial:
    """The wave with all blocks, roles and attributes, in three clusters."""
    codebook = codebook_of(BLOCKS)
    folder = tmp_path_factory.mktemp("wave")
    return read_wave(write_wave(folder, codebook, responses_of(codebook, MEMBERS)))


@pytest.fixture(scope="session")
def bare_wave(wave: WaveMaterial) -> WaveMaterial:
    """The same wave as if only strategy had been asked, without roles or attributes."""
    kept = {name: table for name, table in wave.tables.items()}
    for name in ("effectiveness", "standardisation", "operating_model", "ceo"):
        kept[name] = kept[name].iloc[:0]
    for name in ("crosstabs", "associations"):
        kept[name] = kept[name].iloc[:0]
    kept["profiles"] = kept["profiles"][kept["profiles"]["block"] == "strategy"]
    kept["sample"] = kept["sample"][kept["sample"]["role"] == "all"]
    strategy = type(wave.questions)(wave.questions.block("strategy"))
    return replace(wave, tables=kept, questions=strategy)


@pytest.fixture(scope="session")
def study(wave: WaveMaterial) -> StudyMaterial:
    """A population, the tests of the wave's tables as if printed, and a ledger of six claims."""
    population = pd.DataFrame(
        [
            ("2017-01-19", "phase_mix", "Mixed", 283, 7),
            ("2017-01-19", "phase_mix", "Predominantly Primary", 578, 3),
            ("2017-01-19", "phase_mix", "(missing)", 72, 1),
            ("2017-01-19", "school_type_mix", "Mixed", 396, 11),
            ("2017-01-19", "size_schools", "Starter trust", 972, 0),
            ("2017-01-19", "size_schools", "Established trust", 176, 11),
        ],
        columns=["extract", "attribute", "level", "n_population", "n_sample"],
    )
    verdicts = [
        *(("calibrated", "reproduced"), ("calibrated", "reproduced"), ("emergent", "differs")),
        *(("emergent", "reproduced"), ("derived", "tie"), ("register", "not computable")),
    ]
    ledger = pd.DataFrame(verdicts, columns=["basis", "verdict"]).assign(survey="2017")
    return StudyMaterial(population, wave.tables["associations"], ledger)
