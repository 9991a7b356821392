import json
import os
import sys

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

from buildingtrusts.output.contracts import COMMON_TABLES, EVIDENCE_TABLES, WAVE_TABLES
from buildingtrusts.output.figures import (
    EVIDENCE_FIGURES,
    STUDY_FIGURES,
    TRACKING_FIGURES,
)
from buildingtrusts.study.modules import modules_of, resources_of
from buildingtrusts.study.plan import NULLS, plan_study
from buildingtrusts.study.problems import InputProblems

CONFIG_FILE = str(workflow.configfiles[-1])
try:
    PLAN = plan_study(config, CONFIG_FILE)
except InputProblems as problems:
    raise WorkflowError(problems.report()) from None
for warning in PLAN.warnings:
    logger.warning(warning)

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
    interviews="|".join(PLAN.interview_sets) or "(?!)",
    extract="[^/]+",
    part=r"\d+",
    member=r"\d+",


def folder_of_output(wildcards, output):
    """Folder into which a rule's first output goes."""
    return os.path.dirname(output[0])
