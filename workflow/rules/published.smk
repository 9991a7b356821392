rule ledger:
    """Recompute every claim of the report and set it beside the published figure."""
    input:
        claims=f"{PUBLISHED}/claims.csv",
        crosstabs=f"{PUBLISHED}/crosstabs.csv",
        targets=f"{PUBLISHED}/targets.csv",
        illustrated=PLAN.illustrated_file(),
        tables=PLAN.wave_tables(*WAVE_TABLES),
        processed=PLAN.wave_processed("responses", "trusts"),
        register=PLAN.register.tables(),
        code=modules_of("ledger"),
    output:
        ledger=shown_table(f"{RESULTS}/tables/ledger.csv"),
        associations=f"{RESULTS}/tables/published_associations.csv",
    log:
        f"{LOGS}/ledger.log",
    params:
        evidence=PLAN.ledger_flags(),
    message:
        "Holding every recomputed number against the published one"
    shell:
        "python -m buildingtrusts ledger"
        " --claims {input.claims}"
        " --crosstabs {input.crosstabs}"
        " --targets {input.targets}"
        " {params.evidence}"
        " --out {output.ledger}"
        " --published-associations {output.associations}"
        " > {log} 2>&1"
