rule track:
    """Match clusters across waves; follow trusts and answers; place new trusts."""
    input:
        tables=PLAN.wave_tables("clusters"),
        processed=PLAN.wave_processed("responses", "trusts", "attributes"),
        codebook=f"{CONFIG}/codebook.csv",
        code=modules_of("track"),
    output:
        transitions=f"{RESULTS}/tables/transitions.csv",
        agreement=f"{RESULTS}/tables/wave_agreement.csv",
        changes=f"{RESULTS}/tables/changes.csv",
        types=f"{RESULTS}/tables/types.csv",
        new_trusts=f"{RESULTS}/tables/new_trusts.csv",
    log:
        f"{LOGS}/track.log",
    params:
        waves=PLAN.tracking_flags(),
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
        figures=PLAN.figure_files(f"{RESULTS}/figures", TRACKING_FIGURES),
    log:
        f"{LOGS}/draw_tracking.log",
    params:
        provenance=PLAN.provenances,
        waves=PLAN.wave_names,
        k=PLAN.drawn_k(PLAN.wave_names[0]),
        formats=STUDY.figures.formats,
        dpi=STUDY.figures.dpi,
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
        " --formats {params.formats}"
        " --dpi {params.dpi}"
        " --out {params.out}"
        " > {log} 2>&1"
