rule draw:
    """Draw all figures of a wave in every format, each with its data and alternative text."""
    input:
        tables=[f"{RESULTS}/{{wave}}/tables/{name}.csv" for name in WAVE_TABLES],
        codebook=rules.ingest.output.codebook,
        attributes=rules.ingest.output.attributes,
        tests=lambda wildcards: PLAN.evidence.merge_test_files(wildcards.wave),
        benchmarks=PLAN.figures.benchmark_files(),
        report=PLAN.figures.report_figures_file(),
        code=modules_of("draw"),
    output:
        figures=shown_figures(
            f"{RESULTS}/{{wave}}/figures",
            PLAN.figures.of_a_wave(),
            "2 clusters",
            category="{wave}",
        ),
    log:
        f"{LOGS}/{{wave}}/draw.log",
    params:
        wave=lambda wildcards: PLAN.figures.flags(wildcards.wave),
        pictures=PLAN.figures.picture_flags(),
        tables=lambda wildcards, input: os.path.dirname(input.tables[0]),
        processed=lambda wildcards, input: os.path.dirname(input.codebook),
        out=folder_of_output,
    message:
        "Drawing the figures of {wildcards.wave}"
    shell:
        "python -m buildingtrusts draw"
        " --tables {params.tables}"
        " --processed {params.processed}"
        " {params.wave}"
        " {params.pictures}"
        " --out {params.out}"
        " > {log} 2>&1"


rule draw_evidence:
    """Draw the figures of the evidence for a wave's clusters."""
    input:
        tables=[f"{RESULTS}/{{wave}}/tables/{name}.csv" for name in EVIDENCE_TABLES],
        clusters=rules.type_clusters.output.clusters,
        leaf_order=rules.cluster.output.leaf_order,
        scores=rules.aggregate.output.scores,
        codebook=rules.ingest.output.codebook,
        code=modules_of("draw_evidence"),
    output:
        figures=shown_figures(
            f"{RESULTS}/{{wave}}/figures",
            EVIDENCE_FIGURES,
            "3 evidence",
            category="{wave}",
        ),
    log:
        f"{LOGS}/{{wave}}/draw_evidence.log",
    params:
        provenance=lambda wildcards: PLAN.waves[wildcards.wave].provenance,
        block=lambda wildcards: PLAN.waves[wildcards.wave].cluster.block,
        k=lambda wildcards: PLAN.drawn_k(wildcards.wave),
        words=lambda wildcards: PLAN.word_flags(),
        pictures=PLAN.figures.picture_flags(),
        tables=lambda wildcards, input: os.path.dirname(input.tables[0]),
        processed=lambda wildcards, input: os.path.dirname(input.codebook),
        out=folder_of_output,
    message:
        "Drawing the evidence for the clusters of {wildcards.wave}"
    shell:
        "python -m buildingtrusts draw-evidence"
        " --tables {params.tables}"
        " --processed {params.processed}"
        " --provenance {params.provenance}"
        " --block {params.block}"
        " --k {params.k}"
        " {params.words}"
        " {params.pictures}"
        " --out {params.out}"
        " > {log} 2>&1"


rule draw_study:
    """Draw the figures that span waves: the sample beside the population, and the ledger."""
    input:
        tables=PLAN.figures.study_inputs(),
        code=modules_of("draw_study"),
    output:
        figures=shown_figures(
            f"{RESULTS}/figures", STUDY_FIGURES, "4 report and register"
        ),
    log:
        f"{LOGS}/draw_study.log",
    params:
        tables=lambda wildcards: PLAN.figures.study_flags(),
        provenance=PLAN.provenances,
        pictures=PLAN.figures.picture_flags(),
        out=folder_of_output,
    message:
        "Drawing the figures that span waves"
    shell:
        "python -m buildingtrusts draw-study"
        " {params.tables}"
        " --provenance {params.provenance}"
        " {params.pictures}"
        " --out {params.out}"
        " > {log} 2>&1"


rule list_figures:
    """Show all figures on one page, small, for choosing."""
    input:
        figures=[f"{figure}.txt" for figure in PLAN.figures.everything()],
        pictures=[
            f"{figure}.{kind}"
            for figure in PLAN.figures.everything()
            for kind in STUDY.figures.formats
        ],
        templates=resources_of("output/templates"),
        code=modules_of("list_figures"),
    output:
        page=f"{RESULTS}/figures.html",
    log:
        f"{LOGS}/list_figures.log",
    params:
        results=folder_of_output,
        waves=PLAN.wave_names,
        provenance=PLAN.provenances,
        interviews=PLAN.interviews.sets,
        formats=STUDY.figures.formats,
        width=STUDY.figures.width,
    message:
        "Listing all figures on one page"
    shell:
        "python -m buildingtrusts list-figures"
        " --results {params.results}"
        " --figures {input.figures}"
        " --waves {params.waves}"
        " --provenance {params.provenance}"
        " --interviews {params.interviews}"
        " --formats {params.formats}"
        " --width {params.width}"
        " --out {output.page}"
        " > {log} 2>&1"


rule describe_tables:
    """Open a wave's folder of tables with what they are made from and what they hold."""
    input:
        # A wave whose files cannot be read gets no guide to tables it does not have.
        codebook=rules.ingest.output.codebook,
        code=modules_of("describe_tables"),
    output:
        guide=f"{RESULTS}/{{wave}}/tables/README.md",
    log:
        f"{LOGS}/{{wave}}/describe_tables.log",
    params:
        wave=lambda wildcards: PLAN.guide_flags(wildcards.wave),
        tables=lambda wildcards: PLAN.table_names(wildcards.wave),
    message:
        "Describing the tables of {wildcards.wave}"
    shell:
        "python -m buildingtrusts describe-tables"
        " {params.wave}"
        " --tables {params.tables}"
        " --out {output.guide}"
        " > {log} 2>&1"


rule describe_common_tables:
    """Open a wave's folder of tables on common items with what they are made from."""
    input:
        codebook=rules.ingest.output.codebook,
        code=modules_of("describe_tables"),
    output:
        guide=f"{RESULTS}/{{wave}}/common/tables/README.md",
    log:
        f"{LOGS}/{{wave}}/describe_common_tables.log",
    params:
        wave=lambda wildcards: PLAN.guide_flags(wildcards.wave),
        note=lambda wildcards: PLAN.tracking.common_note(wildcards.wave),
        tables=COMMON_TABLES,
    message:
        "Describing the tables of {wildcards.wave} on common items"
    shell:
        "python -m buildingtrusts describe-tables"
        " {params.wave}"
        " --note {params.note:q}"
        " --tables {params.tables}"
        " --out {output.guide}"
        " > {log} 2>&1"


rule describe_study_tables:
    """Open the folder of tables that span waves with what they are made from."""
    input:
        code=modules_of("describe_tables"),
    output:
        guide=f"{RESULTS}/tables/README.md",
    log:
        f"{LOGS}/describe_study_tables.log",
    params:
        title="all waves",
        provenance=PLAN.provenances,
        tables=PLAN.study_tables(),
        interviews=PLAN.interviews.sets,
        words=lambda wildcards: PLAN.word_flags(),
    message:
        "Describing the tables that span waves"
    shell:
        "python -m buildingtrusts describe-tables"
        " --title {params.title:q}"
        " --provenance {params.provenance}"
        " {params.words}"
        " --tables {params.tables}"
        " --interviews {params.interviews}"
        " --out {output.guide}"
        " > {log} 2>&1"
