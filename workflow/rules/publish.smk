rule publish:
    """Write a second set of results for publication, with small numbers withheld."""
    input:
        tables=PLAN.published_inputs(),
        code=modules_of("publish"),
    output:
        guide=f"{RESULTS}/public/README.md",
        files=PLAN.public_files(),
    log:
        f"{LOGS}/publish.log",
    params:
        choices=PLAN.publish_flags(),
        words=PLAN.word_flags(),
        pictures=PLAN.picture_flags(),
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
