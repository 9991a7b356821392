rule register:
    """Derive what each trust of the official register is made of, and count the population."""
    input:
        extract=PLAN.extract_files(),
        cutoffs=f"{CONFIG}/register.yaml",
        alternatives=f"{CONFIG}/register_alternatives.yaml",
        code=modules_of("register"),
    output:
        trusts=f"{PROCESSED}/register/{STUDY.register_.extract}/register_trusts.csv",
        population=f"{PROCESSED}/register/{STUDY.register_.extract}/population.csv",
        alternatives=f"{PROCESSED}/register/{STUDY.register_.extract}/register_alternatives.csv",
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
        " --alternatives {input.alternatives}"
        " --out {params.out}"
        " > {log} 2>&1"


rule compare_population:
    """Set the sample beside the register, with tests and the cut-offs' sensitivity."""
    input:
        population=rules.register.output.population,
        register=rules.register.output.trusts,
        alternatives=rules.register.output.alternatives,
        trusts=f"{PROCESSED}/{PLAN.sampled_wave()}/trusts.csv",
        code=modules_of("compare_population"),
    output:
        population=f"{RESULTS}/tables/population.csv",
        tests=f"{RESULTS}/tables/population_tests.csv",
        sensitivity=f"{RESULTS}/tables/attribute_sensitivity.csv",
    log:
        f"{LOGS}/compare_population.log",
    params:
        extract=STUDY.register_.extract,
        wave=PLAN.sampled_wave(),
        seed=STUDY.seed,
    message:
        "Setting the sample beside the register's population"
    shell:
        "python -m buildingtrusts compare-population"
        " --population {input.population}"
        " --trusts {input.trusts}"
        " --register {input.register}"
        " --alternatives {input.alternatives}"
        " --extract {params.extract}"
        " --wave {params.wave}"
        " --seed {params.seed}"
        " --out {output.population}"
        " --tests {output.tests}"
        " --sensitivity {output.sensitivity}"
        " > {log} 2>&1"
