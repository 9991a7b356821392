import json
import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

from buildingtrusts.output.contracts import (
    COMMON_TABLES,
    EVIDENCE_TABLES,
    STUDY_TABLES,
    WAVE_TABLES,
)
from buildingtrusts.output.figures import (
    EVIDENCE_FIGURES,
    STUDY_FIGURES,
    TRACKING_FIGURES,
)
from buildingtrusts.study.modules import modules_of, resources_of
from buildingtrusts.study.plan import plan_study
from buildingtrusts.study.plan.evidence import NULLS
from buildingtrusts.study.problems import InputProblems

# Relative, so that a study that is moved as a whole stays up to date.
CONFIG_FILE = os.path.relpath(workflow.configfiles[-1])
try:
    PLAN = plan_study(config, CONFIG_FILE, list(workflow.config_settings.config))
except InputProblems as problems:
    raise WorkflowError(problems.report()) from None
for warning in PLAN.warnings:
    logger.warning(warning)

# Rules ask for texts that people wrote by a function: in any other parameter Snakemake takes words
# in braces for wildcards.
STUDY = PLAN.study
CONFIG, RAW, PROCESSED = STUDY.paths.config, STUDY.paths.raw, STUDY.paths.processed
RESULTS, PUBLISHED, LOGS = STUDY.paths.results, STUDY.paths.published, STUDY.paths.logs


# Rules call the interpreter that runs Snakemake, also when its environment is not activated.
shell.prefix(f'export PATH="{os.path.dirname(sys.executable)}:$PATH"; ')


# The report says how to cite the software; a copy of the workflow may come without the file.
CITATION = [
    path
    for path in [os.path.relpath(os.path.join(workflow.basedir, "CITATION.cff"))]
    if os.path.isfile(path)
]


wildcard_constraints:
    wave="|".join(PLAN.wave_names),
    null="|".join(NULLS),
    # Of no set, if there is none.
    interviews="|".join(PLAN.interviews.sets) or "(?!)",
    extract="[^/]+",
    part=r"\d+",
    member=r"\d+",


def folder_of_output(wildcards, output):
    """Folder into which a rule's first output goes."""
    return os.path.dirname(output[0])


# What `snakemake --report` shows. Marks are no part of a rule's code: they rerun nothing.
CAPTIONS = "../report"
WHO_ANSWERED = ("sample", "agreement")
MAIN_TABLES = {**WAVE_TABLES, **EVIDENCE_TABLES, **STUDY_TABLES}


def caption_of(figure):
    """Caption of a figure: its own, or that of its kind."""
    kinds = ["report_figure"] if figure in PLAN.report_figures else []
    kinds += [
        kind
        for kind in ("interviews_break_points", "interviews_centralisation")
        if figure.startswith("interviews_") and kind.split("_", 1)[1] in figure
    ]
    folder = Path(workflow.basedir, "workflow", "report", "figures")
    own = [figure] if (folder / f"{figure}.rst").is_file() else []
    return f"{CAPTIONS}/figures/{[*kinds, *own, 'figure'][0]}.rst"


def shown_figures(folder, figures, stage, category="all waves"):
    """Files of figures, the picture and its words marked for the workflow's report."""
    formats = STUDY.figures.formats
    picture = next((one for one in ("svg", "png") if one in formats), formats[0])
    files = []
    for figure in figures:
        marks = dict(
            caption=caption_of(figure),
            category=category,
            subcategory="1 who answered" if figure in WHO_ANSWERED else stage,
        )
        for file in PLAN.figures.files(folder, [figure]):
            form = {picture: "picture", "txt": "words"}.get(file.rpartition(".")[2])
            labels = {"figure": figure.replace("_", " "), "shown as": form}
            files.append(report(file, labels=labels, **marks) if form else file)
    return files


def shown_table(file, category="all waves"):
    """A table, marked for the workflow's report."""
    name = Path(file).stem
    return report(
        file,
        caption=f"{CAPTIONS}/table.rst",
        category=category,
        subcategory="9 tables",
        labels={"table": name, "holds": MAIN_TABLES[name].holds},
    )
