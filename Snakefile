"""Rerun Building Trusts: survey files in; tables, figures and a ledger of claims out."""

from snakemake.utils import min_version

min_version("9.10")


# Used only with --software-deployment-method apptainer, after building it from the .def beside it.
container: "workflow/buildingtrusts.sif"


# A --configfile replaces the study's configuration rather than being merged into it.
if "paths" not in config:

    configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/survey.smk"
include: "workflow/rules/statistics.smk"
include: "workflow/rules/evidence.smk"
include: "workflow/rules/tracking.smk"
include: "workflow/rules/interviews.smk"
include: "workflow/rules/register.smk"
include: "workflow/rules/published.smk"
include: "workflow/rules/ensemble.smk"
include: "workflow/rules/output.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/methods.smk"
include: "workflow/rules/publish.smk"


rule all:
    default_target: True
    input:
        everything=PLAN.wanted(),
    localrule: True
    message:
        "The study is complete: open {RESULTS}/report.html; tables and figures are beside it."


rule ensemble:
    """Judge many reconstructions of each reconstructed wave; no part of the default run."""
    input:
        ensembles=[
            f"{PROCESSED}/{wave}/ensemble.csv"
            for wave in PLAN.evidence.reconstructed_waves()
        ],
    localrule: True
    message:
        "The ensemble is complete: {input.ensembles}"
