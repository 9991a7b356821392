rule paper_tables:
    """Write a wave's tables for paper, with captions and notes, and keep them for the workbook."""
    input:
        tables=lambda wildcards: PLAN.paper.sources(wildcards.wave),
        codebook=rules.ingest.output.codebook,
        code=modules_of("paper_tables"),
    output:
        # Which tables there are depends on the wave.
        folder=directory(f"{RESULTS}/{{wave}}/paper"),
        kept=f"{PROCESSED}/{{wave}}/paper_tables.json",
    log:
        f"{LOGS}/{{wave}}/paper_tables.log",
    params:
        wave=lambda wildcards: PLAN.paper.flags(wildcards.wave),
        tables=lambda wildcards, input: os.path.dirname(input.tables[0]),
        processed=lambda wildcards, input: os.path.dirname(input.codebook),
    message:
        "Writing the tables of {wildcards.wave} for paper"
    shell:
        "python -m buildingtrusts paper-tables"
        " --tables {params.tables}"
        " --processed {params.processed}"
        " {params.wave}"
        " --kept {output.kept}"
        " --out {output.folder}"
        " > {log} 2>&1"


rule paper_workbook:
    """Write the tables across waves for paper, and all tables of the study as one workbook."""
    input:
        **PLAN.paper.study_inputs(),
        code=modules_of("paper_workbook"),
    output:
        tables=PLAN.paper.study_files(),
        workbook=f"{RESULTS}/tables.xlsx",
    log:
        f"{LOGS}/paper_workbook.log",
    params:
        study=lambda wildcards: PLAN.paper.study_flags(),
        tables=lambda wildcards, input: os.path.dirname(input.tables[0]),
        out=folder_of_output,
    message:
        "Writing the workbook of all tables"
    shell:
        "python -m buildingtrusts paper-workbook"
        " --tables {params.tables}"
        " --verdicts {input.verdicts}"
        " --kept {input.kept}"
        " {params.study}"
        " --workbook {output.workbook}"
        " --out {params.out}"
        " > {log} 2>&1"
