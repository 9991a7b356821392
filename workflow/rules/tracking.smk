rule cluster_common:
    """Cluster a wave on the items that all waves asked, beside its own clustering."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        earlier=lambda wildcards: PLAN.tracking.common_typing_files(wildcards.wave),
        code=modules_of("cluster_common"),
    output:
        tables=[
            f"{RESULTS}/{{wave}}/common/tables/{name}.csv" for name in COMMON_TABLES
        ],
        answers=f"{PROCESSED}/{{wave}}/common_answers.csv",
    log:
        f"{LOGS}/{{wave}}/cluster_common.log",
    params:
        choices=lambda wildcards: PLAN.tracking.common_flags(wildcards.wave),
        out=folder_of_output,
    message:
        "Clustering {wildcards.wave} on the items that all waves asked"
    shell:
        "python -m buildingtrusts cluster-common"
        " {params.choices}"
        " --answers {output.answers}"
        " --out {params.out}"
        " > {log} 2>&1"


rule track:
    """Match clusters across waves; follow trusts and answers; place new trusts."""
    input:
        tables=PLAN.wave_tables("clusters", "cluster_types"),
        common=PLAN.tracking.common_files("clusters.csv"),
        processed=PLAN.wave_processed("responses", "trusts", "attributes"),
        codebook=f"{CONFIG}/codebook.csv",
        code=modules_of("track"),
    output:
        transitions=shown_table(f"{RESULTS}/tables/transitions.csv"),
        agreement=f"{RESULTS}/tables/wave_agreement.csv",
        changes=shown_table(f"{RESULTS}/tables/changes.csv"),
        types=f"{RESULTS}/tables/types.csv",
        new_trusts=f"{RESULTS}/tables/new_trusts.csv",
        common_items=f"{RESULTS}/tables/common_items.csv",
        common_agreement=f"{RESULTS}/tables/common_agreement.csv",
    log:
        f"{LOGS}/track.log",
    params:
        waves=PLAN.tracking.flags(),
        seed=STUDY.seed,
        out=folder_of_output,
    message:
        "Following clusters and trusts from wave to wave"
    shell:
        "python -m buildingtrusts track"
        " {params.waves}"
        " --codebook {input.codebook}"
        " --seed {params.seed}"
        " --out {params.out}"
        " > {log} 2>&1"


rule draw_tracking:
    """Draw where trusts went and what changed between waves."""
    input:
        transitions=rules.track.output.transitions,
        agreement=rules.track.output.agreement,
        changes=rules.track.output.changes,
        types=rules.track.output.types,
        codebook=f"{CONFIG}/codebook.csv",
        code=modules_of("draw_tracking"),
    output:
        figures=shown_figures(
            f"{RESULTS}/figures", TRACKING_FIGURES, "5 change between waves"
        ),
    log:
        f"{LOGS}/draw_tracking.log",
    params:
        provenance=PLAN.provenances,
        waves=PLAN.wave_names,
        k=PLAN.drawn_k(PLAN.wave_names[0]),
        words=lambda wildcards: PLAN.word_flags(),
        pictures=PLAN.figures.picture_flags(),
        tables=lambda wildcards, input: os.path.dirname(input.transitions),
        out=folder_of_output,
    message:
        "Drawing what changed between waves"
    shell:
        "python -m buildingtrusts draw-tracking"
        " --tables {params.tables}"
        " --codebook {input.codebook}"
        " --waves {params.waves}"
        " --provenance {params.provenance}"
        " --k {params.k}"
        " {params.words}"
        " {params.pictures}"
        " --out {params.out}"
        " > {log} 2>&1"
