"""The command line: what people call, and what the workflow's rules call.

Each command is a module of :mod:`buildingtrusts.steps` with two functions, ``add_arguments`` and
``run``, which may return an exit code; a command is imported only when it is called, so that
``--help`` and small steps start fast. Bad input ends with one report on standard error and exit
code 1, never with a traceback.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from buildingtrusts import __version__

COMMANDS: dict[str, str] = {
    "questionnaire": "write a wave's questionnaire for Word and Qualtrics, from the codebook",
    "add-wave": "add a survey wave from the file that a survey tool exported",
    "check": "report all that is wrong or remarkable in a wave's files, before a run",
    "ingest": "read a wave's raw survey files and check them against the codebook",
    "describe": "say who answered, how answers are distributed, and what is missing",
    "aggregate": "average the ratings by trust, with the evidence for doing so",
    "cluster": "build the tree, cut it, and measure the silhouettes",
    "type-clusters": "say which type each cluster is, by the waves before",
    "draw-null": "draw studies without clusters under one null",
    "test-noise": "hold the clusters against studies without any",
    "resample-respondents": "resample respondents within their trusts and cluster each draw",
    "resample-null-studies": "resample studies without clusters in the same way",
    "measure-stability": "say which clusters come back, beside studies without clusters",
    "test-merges": "test each merge of the tree, as exploration",
    "count-clusters": "ask indices how many clusters there are, and k-medoids for another view",
    "compare-continuum": "ask whether the clusters are more than slices of a line",
    "run-multiverse": "cluster a wave under other choices, each beside its own null",
    "gather-multiverse": "put the parts of the multiverse together",
    "judge": "give the verdict by the rule that was fixed beforehand",
    "assign": "place new trusts in the clusters of a finished wave",
    "feedback": "write a page for each trust that took part, to hand back to it",
    "crosstabulate": "tabulate clusters against attributes, with exact tests",
    "profile": "describe what each cluster is like and how its trusts run",
    "interviews": "join coded interviews to clusters and attributes of the trusts",
    "gather-interviews": "put the tables of all sets of interviews together",
    "draw-interviews": "draw what coded interviews say of centralisation and break points",
    "illustrate-interviews": "make invented interviews, which say of themselves that they are",
    "illustrate-wave": "make an invented second wave, in the layout of a Qualtrics export",
    "register": "read an extract of the official register of schools and trusts",
    "compare-population": "set the sample's trusts beside the register's population",
    "cluster-common": "cluster a wave on the items that all waves asked",
    "track": "follow clusters, trusts and answers from wave to wave",
    "ledger": "hold every recomputed number against the published one",
    "draw": "draw a wave's figures",
    "draw-evidence": "draw the figures of the evidence for a wave's clusters",
    "draw-tracking": "draw the figures of two waves or more",
    "draw-study": "draw the figures that span waves",
    "list-figures": "write the page of all figures, small, for choosing",
    "report": "put the tables and figures of a run on one page",
    "paper-tables": "write a wave's tables for paper: Markdown, LaTeX, CSV, Word",
    "paper-workbook": "write the tables across waves for paper, and all tables as one workbook",
    "describe-tables": "write the README that opens each folder of tables",
    "write-methods": "write the methods and results as paragraphs for a paper, with references",
    "describe-run": "write the RO-Crate of a run: inputs, outputs, choices and versions",
    "publish": "write results for publication, with small numbers withheld",
    "reconstruct": "make responses that satisfy the published statistics",
    "examine-reconstruction": "make one reconstruction of an ensemble and judge it",
    "gather-ensemble": "put the reconstructions of an ensemble together",
    "count-ledger": "count the ledger's verdicts by basis; fail on a difference that matters",
}

#: Commands that people call, in the order in which they are needed; the others are steps of a run.
BY_HAND = (
    *("questionnaire", "add-wave", "check", "describe", "register", "count-ledger", "feedback"),
    *("assign", "reconstruct", "illustrate-wave", "illustrate-interviews"),
)


# Linear algebra on one thread: threads start slowly for matrices of this size, and how many share
# a sum decides its last bit.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        The command and its flags; by default those the program was called with.

    Returns
    -------
    int
        0 when the command did its work, 1 when its input was at fault (the report is on
        standard error), 2 when the flags were wrong.

    Examples
    --------
    >>> main(["--version"])  # doctest: +SKIP
    buildingtrusts 0.1.0
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help"):
        print(_overview())
        return 0
    if words[0] == "--version":
        print(f"buildingtrusts {__version__}")
        return 0
    if words[0] not in COMMANDS:
        print(_not_a_command(words[0]), file=sys.stderr)
        return 2
    return _run(words[0], words[1:])


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = {name: f"  {name:<{width}}  {told}" for name, told in COMMANDS.items()}
    return "\n".join(
        [
            "usage: buildingtrusts COMMAND [--help] [flags]",
            "",
            "The whole study is run by `snakemake --cores 2`. Before and after a run, people call:",
            *(lines[name] for name in BY_HAND),
            "",
            "The steps of a run, which the workflow calls one by one:",
            *(line for name, line in lines.items() if name not in BY_HAND),
        ]
    )


def _not_a_command(word: str) -> str:
    import difflib

    near = difflib.get_close_matches(word, COMMANDS, n=1)
    meant = f" Did you mean '{near[0]}'?" if near else ""
    return f"'{word}' is not a command.{meant} `buildingtrusts --help` lists those there are."


class _Help(argparse.HelpFormatter):
    """Tell defaults that say something, and which flags are needed."""

    def _get_help_string(self, action: argparse.Action) -> str:
        told = action.help or ""
        if action.required and action.option_strings:
            return f"{told} (needed)"
        if action.default in (None, False, "", [], (), argparse.SUPPRESS):
            return told
        if isinstance(action.default, list | tuple):
            return f"{told} (default: {' '.join(map(str, action.default))})"
        return f"{told} (default: %(default)s)"


def _run(command: str, flags: Sequence[str]) -> int:
    step = importlib.import_module(f"buildingtrusts.steps.{command.replace('-', '_')}")
    parser = argparse.ArgumentParser(
        prog=f"buildingtrusts {command}",
        description=COMMANDS[command],
        formatter_class=_Help,
    )
    step.add_arguments(parser)
    arguments = parser.parse_args(flags)
    from buildingtrusts.study.problems import InputProblems, Problem

    try:
        code = step.run(arguments) or 0
    except InputProblems as problems:
        print(problems.report(), file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        missing = Problem(str(error.filename), "There is no such file.", "Check the flag's path.")
        print(InputProblems([missing]).report(), file=sys.stderr)
        return 1
    return int(code)
