rule report:
    """Put tables and figures of all waves on one page that needs nothing else."""
    input:
        everything=PLAN.page.files(),
        citation=CITATION,
        templates=resources_of("output/report"),
        code=modules_of("report"),
    output:
        page=f"{RESULTS}/report.html",
    log:
        f"{LOGS}/report.log",
    params:
        # As for ingest: of the waves' declarations only what the page says makes it run again.
        settings=lambda wildcards: PLAN.page.settings(),
        flags=lambda wildcards: PLAN.page.flags(),
        citation=lambda wildcards, input: (
            f"--citation {input.citation}" if input.citation else ""
        ),
    message:
        "Putting tables and figures on one page"
    shell:
        "python -m buildingtrusts report"
        " {params.flags}"
        " {params.citation}"
        " --out {output.page}"
        " > {log} 2>&1"
