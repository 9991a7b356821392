rule write_methods:
    """Write the methods and results as paragraphs for a paper, with their references."""
    input:
        tables=PLAN.paper.methods_inputs(),
        code=modules_of("write_methods"),
    output:
        text=f"{RESULTS}/methods.md",
        paragraphs=f"{RESULTS}/methods.json",
        references=f"{RESULTS}/references.bib",
    log:
        f"{LOGS}/write_methods.log",
    params:
        choices=lambda wildcards: PLAN.paper.methods_choices(),
        waves=PLAN.all_wave_flags(),
        tables=lambda wildcards, output: os.path.join(
            os.path.dirname(output.text), "tables"
        ),
        out=folder_of_output,
    message:
        "Writing methods and results for a paper"
    shell:
        "python -m buildingtrusts write-methods"
        " --choices {params.choices:q}"
        " {params.waves}"
        " --tables {params.tables}"
        " --out {params.out}"
        " > {log} 2>&1"


rule describe_run:
    """Describe the whole run as an RO-Crate, when everything else is made."""
    input:
        results=PLAN.described(),
        config_file=CONFIG_FILE,
        brought=[
            *PLAN.inputs_of_the_study(CONFIG_FILE),
            *[file for wave in PLAN.waves for file in PLAN.inputs_of_a_wave(wave)],
        ],
        code=modules_of("describe_run"),
    output:
        crate=PLAN.crate_file(),
    log:
        f"{LOGS}/describe_run.log",
    params:
        # The commit is no parameter: it is recorded when the crate is made, and a commit that
        # changes nothing the run depends on reruns nothing.
        configuration=lambda wildcards: json.dumps(config, sort_keys=True, default=str),
    message:
        "Describing the run as an RO-Crate"
    shell:
        "python -m buildingtrusts describe-run"
        " --configuration {params.configuration:q}"
        " --config-file {input.config_file:q}"
        " --out {output.crate}"
        " > {log} 2>&1"
