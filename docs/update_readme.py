"""Put the current run's pictures, counts, verdict and rule graph where the README shows them."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "docs" / "gallery"
PICTURES = (
    "2017-reconstruction/figures/dendrogram.png",
    "2017-reconstruction/figures/heatmap.png",
    "2017-reconstruction/figures/figure_2_strategy_profiles.png",
    "2017-reconstruction/figures/silhouettes.png",
    "2017-reconstruction/figures/multiverse.png",
    "2017-reconstruction/figures/noise.png",
    "figures/published_associations.png",
)
VERDICT = ROOT / "results/2017-reconstruction/tables/verdict.csv"


def main() -> None:
    """Copy the pictures and rewrite the three marked parts of the README."""
    GALLERY.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        shutil.copyfile(ROOT / "results" / picture, GALLERY / Path(picture).name)
    readme = ROOT / "README.md"
    text = replaced(readme.read_text(encoding="utf-8"), "ledger", ledger_counts())
    text = replaced(text, "rulegraph", f"```mermaid\n{rule_graph()}\n```")
    text = replaced(text, "verdict", f"> {verdict(VERDICT)}")
    readme.write_text(text, encoding="utf-8", newline="\n")


def replaced(text: str, mark: str, content: str) -> str:
    """Replace what stands between a pair of marks."""
    pattern = rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)"
    return re.sub(pattern, lambda found: f"{found[1]}{content}\n{found[2]}", text, flags=re.DOTALL)


def ledger_counts() -> str:
    """Counts of verdicts by basis, as the command prints them."""
    return printed("buildingtrusts", "count-ledger", "results/tables/ledger.csv")


def verdict(table: Path) -> str:
    """The sentence of a wave's verdict."""
    with table.open(encoding="utf-8", newline="") as stream:
        return next(csv.DictReader(stream))["sentence"]


def rule_graph() -> str:
    """The rules and what each needs, without styling and without what other arrows say."""
    lines = printed("snakemake", "--rulegraph", "mermaid-js").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("flowchart"))
    # A page's own colours suit its light and dark appearance; Snakemake's suit neither.
    drawn = [line.replace("\t", "    ") for line in lines[start:] if "style" not in line]
    # Snakemake gives arrows in any order; a sorted list changes only when the rules do.
    kept = without_detours(drawn)
    nodes = [line for line in kept if "-->" not in line]
    return "\n".join([*nodes, *sorted(line for line in kept if "-->" in line)])


def without_detours(lines: list[str]) -> list[str]:
    """Leave out an arrow where a longer way leads to the same rule, or to the rule itself.

    Examples
    --------
    >>> without_detours(["a --> b", "b --> c", "a --> c", "c --> c"])
    ['a --> b', 'b --> c']
    """
    arrows = [tuple(line.split(" --> ")) for line in map(str.strip, lines) if " --> " in line]
    after: dict[str, set[str]] = {}
    for start, end in arrows:
        if start != end:
            after.setdefault(start, set()).add(end)

    def reached(rule: str) -> set[str]:
        found: set[str] = set()
        waiting = [rule]
        while waiting:
            for end in after.get(waiting.pop(), set()) - found:
                found.add(end)
                waiting.append(end)
        return found

    def detour(start: str, end: str) -> bool:
        return start == end or any(end in reached(one) for one in after[start] - {end})

    return [
        line for line in lines if " --> " not in line or not detour(*line.strip().split(" --> "))
    ]


def printed(module: str, *words: str) -> str:
    """What a command of the environment prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=ROOT, text=True, check=True, capture_output=True
    )
    return done.stdout.strip()


if __name__ == "__main__":
    main()
