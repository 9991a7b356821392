rule register:
    """Derive what each trust of the official register is made of, and count the population."""
    input:
        extract=PLAN.extract_files(),
        cutoffs=f"{CONFIG}/register.yaml",
        code=modules_of("register"),
    output:
        trusts=f"{PROCESSED}/register/{STUDY.register_.extract}/register_trusts.csv",
        population=f"{PROCESSED}/register/{STUDY.register_.extract}/population.csv",
    log:
        f"{LOGS}/register.log",
    params:
        folder=lambda wildcards, input: os.path.dirname(input.extract[0]),
        out=folder_of_output,
    message:
        "Reading the register's extract of {STUDY.register_.extract}"
    shell:
        "python -m buildingtrusts register {params.folder}"
        " --cutoffs {input.cutoffs}"
        " --out {params.out}"
        " > {log} 2>&1"


rule compare_population:
    """Set the sample's trusts beside all trusts of the register."""
    input:
        population=rules.register.output.population,
        trusts=f"{PROCESSED}/{PLAN.sampled_wave()}/trusts.csv",
        code=modules_of("compare_population"),
    output:
        population=f"{RESULTS}/tables/population.csv",
    log:
        f"{LOGS}/compare_population.log",
    params:
        extract=STUDY.register_.extract,
    message:
        "Setting the sample beside the register's population"
    shell:
        "python -m buildingtrusts compare-population"
        " --population {input.population}"
        " --trusts {input.trusts}"
        " --extract {params.extract}"
        " --out {output.population}"
        " > {log} 2>&1"
