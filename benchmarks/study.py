"""Time the study against its floor, its steps against their imports, and both against R.

Everything is measured as whole processes in one run, alternating, and reported as ratios of
medians, because absolute times say more about the machine than about the study:

- the whole study, on two cores with every figure in three formats, over its floor: a Snakemake
  call that finds nothing to do plus one process that imports everything the steps use;
- a rerun that finds nothing to do, over the same call on a Snakefile of one rule without anything,
  and on one of a rule with one parameter, for the sake of which Snakemake imports pandas;
- each step without figures, over the import of the modules that it loads;
- the steps up to the cross-tabulations, over an R script of the same work (where R is installed).

Run it with ``make benchmark``; it needs the reconstruction and no network.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WAVE = "2017-reconstruction"
STEPS = ("ingest", "aggregate", "cluster", "type-clusters", "crosstabulate", "profile", "ledger")
UP_TO_CROSSTABS = STEPS[:4]
BARE = """\
rule all:
    output:
        "done.txt",
    shell:
        "touch {output}"
"""
BARE_WITH_PARAMETER = BARE.replace("    shell:", "    params:\n        seed=1,\n    shell:")
#: Prints the third-party modules a step has loaded when it ends, in the order of loading.
LOADED = """
import atexit, sys
before = set(sys.modules)
atexit.register(lambda: print("LOADED", *[name for name in sys.modules
    if name not in before and not name.startswith(("_", "buildingtrusts"))
    and getattr(sys.modules[name], "__file__", None)
    and "site-packages" in sys.modules[name].__file__]))
from buildingtrusts.cli import main
main(sys.argv[1:])
"""


def main() -> None:
    """Measure and print a Markdown table a question."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each command")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        study = lay_out(Path(folder) / "study")
        call(snakemake("--cores", "2"), study)
        bare, parameter = Path(folder) / "bare", Path(folder) / "parameter"
        for empty, text in ((bare, BARE), (parameter, BARE_WITH_PARAMETER)):
            empty.mkdir()
            (empty / "Snakefile").write_text(text, encoding="utf-8")
            call(snakemake("--cores", "2"), empty)
        flags = step_flags(study)
        print(f"Medians of {runs} runs, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
        report_study(study, (bare, parameter), flags, runs)
        report_steps(study, flags, runs)
        report_r(study, flags, runs)


def lay_out(folder: Path) -> Path:
    """Copy what a run reads into a folder, so that no run of the user's is touched."""
    for part in ("config", "data/published", f"data/raw/{WAVE}", "workflow", "profiles", "src"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "Snakefile", folder / "Snakefile")
    return folder


def snakemake(*flags: str) -> list[str]:
    """A quiet Snakemake call."""
    return [sys.executable, "-m", "snakemake", "--quiet", "all", *flags]


def call(command: Sequence[str], folder: Path) -> str:
    """Run a command to its end; show what it printed if it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command[:6])} ... failed:\n{done.stdout[-3000:]}")
    return done.stdout


def medians(commands: dict[str, Callable[[], None]], runs: int) -> dict[str, float]:
    """Median seconds of each command, taken in turn so that they share the machine's moods."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, run in commands.items():
            start = time.perf_counter()
            run()
            # The first round warms caches and is not counted.
            if number:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in seconds.items()}


def loaded_by(flags: Sequence[str], folder: Path) -> list[str]:
    """Third-party modules that a step loads."""
    printed = call([sys.executable, "-c", LOADED, *flags], folder)
    line = next(line for line in printed.splitlines() if line.startswith("LOADED"))
    return line.split()[1:]


def importing(modules: Sequence[str]) -> list[str]:
    """A process that imports modules and ends."""
    lines = "\n".join(f"try:\n    import {name}\nexcept ImportError:\n    pass" for name in modules)
    return [sys.executable, "-c", lines or "pass"]


def step_flags(study: Path) -> dict[str, list[str]]:
    """Flags of every step as the workflow passes them."""
    import yaml

    os.chdir(study)
    from buildingtrusts.study.plan import plan_study

    plan = plan_study(yaml.safe_load(Path("config/config.yaml").read_text(encoding="utf-8")))
    processed, tables = f"data/processed/{WAVE}", f"results/{WAVE}/tables"
    tidy = ["--responses", f"{processed}/responses.csv", "--codebook", f"{processed}/codebook.csv"]
    seed = ["--seed", str(plan.study.seed), "--wave", WAVE]
    out = ["--out", tables]
    k = [str(k) for k in plan.waves[WAVE].cluster.report_k]
    published = [
        f"--{name}=data/published/{name}.csv" for name in ("claims", "crosstabs", "targets")
    ]
    return {
        "ingest": [
            *("ingest", "--wave-file", f"config/waves/{WAVE}.yaml"),
            *("--codebook", "config/codebook.csv", "--raw", f"data/raw/{WAVE}"),
            *("--out", processed),
        ],
        "aggregate": ["aggregate", *tidy, *out],
        "cluster": [
            *("cluster", *tidy, "--sample", f"{tables}/sample.csv"),
            *plan.cluster_flags(WAVE).split(),
            *("--cuts", f"{processed}/cuts.csv", *out),
        ],
        "type-clusters": ["type-clusters", *plan.tracking.typing_flags(WAVE).split(), *out],
        "crosstabulate": [
            *("crosstabulate", "--clusters", f"{tables}/clusters.csv"),
            *("--trusts", f"{processed}/trusts.csv"),
            *("--attributes", f"{processed}/attributes.csv", "--k", *k),
            *(*plan.crosstab_flags().split(), *seed, *out),
        ],
        "profile": [
            *("profile", *tidy, "--clusters", f"{tables}/clusters.csv"),
            *("--scores", f"{tables}/scores.csv", "--k", *k),
            *(*plan.profile_flags().split(), *seed, *out),
        ],
        "ledger": [
            *("ledger", *published, *plan.ledger_flags().split()),
            *("--out", "results/tables/ledger.csv"),
            *("--published-associations", "results/tables/published_associations.csv"),
        ],
        "draw": [
            *("draw", "--tables", tables, "--processed", processed, "--title", "benchmark"),
            *("--provenance", "reconstruction", "--k", k[-1], "--formats", "pdf", "svg", "png"),
            *("--dpi", "50", "--out", "drawn"),
        ],
    }


def step(flags: Sequence[str]) -> list[str]:
    """A step as a process."""
    return [sys.executable, "-m", "buildingtrusts", *flags]


def report_study(
    study: Path, empty: tuple[Path, Path], flags: dict[str, list[str]], runs: int
) -> None:
    """The whole study and a rerun, over their floors."""
    everything = sorted({name for one in flags.values() for name in loaded_by(one, study)})
    times = medians(
        {
            "whole study": lambda: void(call(snakemake("--cores", "2", "--forceall"), study)),
            "nothing to do": lambda: void(call(snakemake("--cores", "2"), study)),
            "bare Snakemake": lambda: void(call(snakemake("--cores", "2"), empty[0])),
            "with a parameter": lambda: void(call(snakemake("--cores", "2"), empty[1])),
            "import of everything": lambda: void(call(importing(everything), study)),
        },
        runs,
    )
    floor = times["bare Snakemake"] + times["import of everything"]
    print("| what | seconds | over its floor | aim |\n|---|---:|---:|---:|")
    print(f"| whole study | {times['whole study']:.2f} | {times['whole study'] / floor:.2f} | 4 |")
    rerun = times["nothing to do"]
    print(f"| nothing to do | {rerun:.2f} | {rerun / times['bare Snakemake']:.2f} | 1.2 |")
    share = rerun / times["with a parameter"]
    print(f"| the same, over a rule with a parameter | {rerun:.2f} | {share:.2f} | 1.2 |")
    print(f"| floor: bare Snakemake | {times['bare Snakemake']:.2f} | | |")
    print(f"| floor: import of everything | {times['import of everything']:.2f} | | |\n")


def report_steps(study: Path, flags: dict[str, list[str]], runs: int) -> None:
    """Each step without figures, over the import of what it loads."""
    print("| step | seconds | import | ratio | aim |\n|---|---:|---:|---:|---:|")
    for name in STEPS:
        modules = loaded_by(flags[name], study)
        times = medians(
            {
                "step": lambda name=name: void(call(step(flags[name]), study)),
                "import": lambda modules=modules: void(call(importing(modules), study)),
            },
            runs,
        )
        ratio = times["step"] / times["import"]
        print(f"| {name} | {times['step']:.2f} | {times['import']:.2f} | {ratio:.2f} | 1.5 |")
    print()


def report_r(study: Path, flags: dict[str, list[str]], runs: int) -> None:
    """The steps up to the cross-tabulations, over R."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        print("R is not installed: the comparison with R was left out.")
        return
    raw = study / "data" / "raw" / WAVE
    script = [rscript, str(ROOT / "benchmarks" / "study.R")]
    times = medians(
        {
            "steps": lambda: void(*[call(step(flags[name]), study) for name in UP_TO_CROSSTABS]),
            "R": lambda: void(
                call([*script, str(raw / "responses.csv"), str(raw / "trusts.csv"), "r"], study)
            ),
        },
        runs,
    )
    print("| up to the cross-tabulations | seconds |\n|---|---:|")
    print(f"| {len(UP_TO_CROSSTABS)} steps, each a process | {times['steps']:.2f} |")
    print(f"| one R script | {times['R']:.2f} |")
    print(f"| ratio | {times['steps'] / times['R']:.1f} |")


def void(*_: object) -> None:
    """Take a result and return nothing."""


if __name__ == "__main__":
    main()
