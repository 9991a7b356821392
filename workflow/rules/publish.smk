rule publish:
    """Write a second set of results for publication, with small numbers withheld."""
    input:
        tables=PLAN.publication.inputs(),
        code=modules_of("publish"),
    output:
        guide=f"{RESULTS}/public/README.md",
        files=PLAN.publication.files(),
    log:
        f"{LOGS}/publish.log",
    params:
        choices=lambda wildcards: PLAN.publication.flags(),
        words=lambda wildcards: PLAN.word_flags(),
        pictures=PLAN.figures.picture_flags(),
        out=folder_of_output,
    message:
        "Writing results for publication, with small numbers withheld"
    shell:
        "python -m buildingtrusts publish"
        " {params.choices}"
        " {params.pictures}"
        " {params.words}"
        " --out {params.out}"
        " > {log} 2>&1"
