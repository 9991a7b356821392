rule register:
    """Derive what each trust of the official register is made of, and count the population."""
    input:
        extract=lambda wildcards: PLAN.register.extract_files(wildcards.extract),
        cutoffs=f"{CONFIG}/register.yaml",
        alternatives=f"{CONFIG}/register_alternatives.yaml",
        code=modules_of("register"),
    output:
        trusts=f"{PROCESSED}/register/{{extract}}/register_trusts.csv",
        population=f"{PROCESSED}/register/{{extract}}/population.csv",
        alternatives=f"{PROCESSED}/register/{{extract}}/register_alternatives.csv",
    log:
        f"{LOGS}/register-{{extract}}.log",
    params:
        folder=lambda wildcards, input: os.path.dirname(input.extract[0]),
        out=folder_of_output,
    message:
        "Reading the register's extract of {wildcards.extract}"
    shell:
        "python -m buildingtrusts register {params.folder}"
        " --cutoffs {input.cutoffs}"
        " --alternatives {input.alternatives}"
        " --out {params.out}"
        " > {log} 2>&1"


rule compare_population:
    """Set the sample beside the register, with tests and the cut-offs' sensitivity."""
    input:
        population=f"{PLAN.register.folder()}/population.csv",
        register=f"{PLAN.register.folder()}/register_trusts.csv",
        alternatives=f"{PLAN.register.folder()}/register_alternatives.csv",
        trusts=f"{PROCESSED}/{PLAN.sampled_wave()}/trusts.csv",
        matched=f"{PROCESSED}/{PLAN.sampled_wave()}/matched_trusts.csv",
        code=modules_of("compare_population"),
    output:
        population=shown_table(f"{RESULTS}/tables/population.csv"),
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
        " --matched {input.matched}"
        " --register {input.register}"
        " --alternatives {input.alternatives}"
        " --extract {params.extract}"
        " --wave {params.wave}"
        " --seed {params.seed}"
        " --out {output.population}"
        " --tests {output.tests}"
        " --sensitivity {output.sensitivity}"
        " > {log} 2>&1"
