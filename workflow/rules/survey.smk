rule ingest:
    """Read the wave's raw files as text and check every field by the codebook."""
    input:
        raw=lambda wildcards: PLAN.raw_files(wildcards.wave),
        register=lambda wildcards: PLAN.register.joined_tables(wildcards.wave),
        code=modules_of("ingest"),
    output:
        responses=f"{PROCESSED}/{{wave}}/responses.csv",
        trusts=f"{PROCESSED}/{{wave}}/trusts.csv",
        attributes=f"{PROCESSED}/{{wave}}/attributes.csv",
        missing=f"{PROCESSED}/{{wave}}/missing.csv",
        codebook=f"{PROCESSED}/{{wave}}/codebook.csv",
        matched=f"{PROCESSED}/{{wave}}/matched_trusts.csv",
        unmatched=f"{PROCESSED}/{{wave}}/unmatched_trusts.csv",
    log:
        f"{LOGS}/{{wave}}/ingest.log",
    params:
        # The files of the configuration are named below but are no inputs: only what this wave
        # takes from them, listed here, makes the rule run again.
        settings=lambda wildcards: PLAN.ingest_settings(wildcards.wave),
        config=CONFIG,
        known=f"{PUBLISHED}/reconstructions.csv",
        raw=lambda wildcards: f"{RAW}/{wildcards.wave}",
        register=lambda wildcards: PLAN.register.join_flags(wildcards.wave),
        out=folder_of_output,
    message:
        "Reading and checking the responses of {wildcards.wave}"
    shell:
        "python -m buildingtrusts ingest"
        " --wave-file {params.config}/waves/{wildcards.wave}.yaml"
        " --codebook {params.config}/codebook.csv"
        " --raw {params.raw}"
        " --known {params.known}"
        " {params.register}"
        " --out {params.out}"
        " > {log} 2>&1"
