rule interviews:
    """Join a set of coded interviews to clusters and attributes of the trusts."""
    input:
        unpack(lambda wildcards: PLAN.interviews.inputs(wildcards.interviews)),
        code=modules_of("interviews"),
    output:
        interviews=f"{PROCESSED}/interviews/{{interviews}}/interviews.csv",
        tests=f"{PROCESSED}/interviews/{{interviews}}/interview_tests.csv",
    log:
        f"{LOGS}/interviews_{{interviews}}.log",
    params:
        folder=lambda wildcards: PLAN.interviews.folder(wildcards.interviews),
        choices=lambda wildcards: PLAN.interviews.flags(wildcards.interviews),
        seed=STUDY.seed,
        out=folder_of_output,
    message:
        "Joining the interviews of {wildcards.interviews} to clusters and attributes"
    shell:
        "python -m buildingtrusts interviews"
        " --interviews {params.folder}"
        " --codes {input.codes}"
        " --clusters {input.clusters}"
        " --trusts {input.trusts}"
        " --attributes {input.attributes}"
        " {params.choices}"
        " --seed {params.seed}"
        " --out {params.out}"
        " > {log} 2>&1"


rule gather_interviews:
    """Put the tables of all sets of interviews together."""
    input:
        interviews=PLAN.interviews.tables("interviews"),
        tests=PLAN.interviews.tables("interview_tests"),
        code=modules_of("gather_interviews"),
    output:
        interviews=shown_table(f"{RESULTS}/tables/interviews.csv"),
        tests=f"{RESULTS}/tables/interview_tests.csv",
    log:
        f"{LOGS}/gather_interviews.log",
    params:
        parts=lambda wildcards, input: [
            os.path.dirname(one) for one in input.interviews
        ],
        out=folder_of_output,
    message:
        "Gathering the interviews"
    shell:
        "python -m buildingtrusts gather-interviews"
        " --parts {params.parts}"
        " --out {params.out}"
        " > {log} 2>&1"


rule draw_interviews:
    """Draw centralisation by area and cluster, and break points by attributes of the trusts."""
    input:
        interviews=rules.gather_interviews.output.interviews,
        tests=rules.gather_interviews.output.tests,
        clusters=[
            PLAN.interviews.inputs(name)["clusters"] for name in PLAN.interviews.sets
        ],
        codes=[PLAN.interviews.codes(name) for name in PLAN.interviews.sets],
        code=modules_of("draw_interviews"),
    output:
        figures=shown_figures(
            f"{RESULTS}/figures", PLAN.interviews.figures(), "6 interviews"
        ),
    log:
        f"{LOGS}/draw_interviews.log",
    params:
        sets=PLAN.interviews.figure_flags(),
        words=lambda wildcards: PLAN.word_flags(),
        pictures=PLAN.figures.picture_flags(),
        out=folder_of_output,
    message:
        "Drawing the interviews"
    shell:
        "python -m buildingtrusts draw-interviews"
        " --interviews {input.interviews}"
        " --tests {input.tests}"
        " {params.sets}"
        " {params.words}"
        " {params.pictures}"
        " --out {params.out}"
        " > {log} 2>&1"
