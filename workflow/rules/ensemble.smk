rule examine_reconstruction:
    """Make one reconstruction of an ensemble and judge it."""
    input:
        claims=f"{PUBLISHED}/claims.csv",
        crosstabs=f"{PUBLISHED}/crosstabs.csv",
        targets=f"{PUBLISHED}/targets.csv",
        codebook=rules.ingest.output.codebook,
        code=modules_of("examine_reconstruction"),
    output:
        member=f"{PROCESSED}/{{wave}}/ensemble/{{member}}.csv",
    log:
        f"{LOGS}/{{wave}}/examine_reconstruction_{{member}}.log",
    params:
        choices=lambda wildcards: PLAN.evidence.ensemble_flags(wildcards.wave),
    message:
        "Examining reconstruction {wildcards.member} of the ensemble of {wildcards.wave}"
    shell:
        "python -m buildingtrusts examine-reconstruction"
        " --claims {input.claims}"
        " --crosstabs {input.crosstabs}"
        " --targets {input.targets}"
        " --codebook {input.codebook}"
        " {params.choices}"
        " --member {wildcards.member}"
        " --wave {wildcards.wave}"
        " --out {output.member}"
        " > {log} 2>&1"


rule gather_ensemble:
    """Put the reconstructions of an ensemble together."""
    input:
        members=[
            f"{PROCESSED}/{{wave}}/ensemble/{one}.csv"
            for one in PLAN.evidence.ensemble_members()
        ],
        code=modules_of("gather_ensemble"),
    output:
        ensemble=f"{PROCESSED}/{{wave}}/ensemble.csv",
    log:
        f"{LOGS}/{{wave}}/gather_ensemble.log",
    params:
        folder=lambda wildcards, input: os.path.dirname(input.members[0]),
    message:
        "Gathering the ensemble of {wildcards.wave}"
    shell:
        "python -m buildingtrusts gather-ensemble"
        " --members {params.folder}"
        " --out {output.ensemble}"
        " > {log} 2>&1"
