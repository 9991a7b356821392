rule draw_null:
    """Draw studies without clusters under one null and cluster them as the study was."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        clusters=rules.cluster.output.cuts,
        code=modules_of("draw_null"),
    output:
        drawn=f"{PROCESSED}/{{wave}}/evidence/{{null}}-1.npz",
    log:
        f"{LOGS}/{{wave}}/draw_null_{{null}}.log",
    params:
        choices=lambda wildcards: PLAN.cluster_flags(wildcards.wave),
        draws=lambda wildcards: PLAN.evidence.draws(wildcards.wave),
        seed=STUDY.seed,
    message:
        "Drawing studies of {wildcards.wave} without clusters: {wildcards.null}"
    shell:
        "python -m buildingtrusts draw-null"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --clusters {input.clusters}"
        " {params.choices}"
        " --null {wildcards.null}"
        " --draws {params.draws}"
        " --seed {params.seed}"
        " --wave {wildcards.wave}"
        " --out {output.drawn}"
        " > {log} 2>&1"


rule test_noise:
    """Hold the clusters against studies without any; test whether trusts differ at all."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        clusters=rules.cluster.output.cuts,
        drawn=lambda wildcards: PLAN.evidence.draw_files(wildcards.wave, "nulls"),
        code=modules_of("test_noise"),
    output:
        nulls=shown_table(f"{RESULTS}/{{wave}}/tables/nulls.csv", "{wave}"),
        permanova=f"{RESULTS}/{{wave}}/tables/permanova.csv",
    log:
        f"{LOGS}/{{wave}}/test_noise.log",
    params:
        choices=lambda wildcards: PLAN.cluster_flags(wildcards.wave),
        draws=lambda wildcards: PLAN.evidence.draws(wildcards.wave),
        seed=STUDY.seed,
        out=folder_of_output,
    message:
        "Asking whether the clusters of {wildcards.wave} could be noise"
    shell:
        "python -m buildingtrusts test-noise"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --clusters {input.clusters}"
        " {params.choices}"
        " --drawn {input.drawn}"
        " --draws {params.draws}"
        " --seed {params.seed}"
        " --wave {wildcards.wave}"
        " --out {params.out}"
        " > {log} 2>&1"


rule resample_respondents:
    """Resample respondents within their trusts and cluster each draw."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        clusters=rules.cluster.output.cuts,
        code=modules_of("resample_respondents"),
    output:
        drawn=f"{PROCESSED}/{{wave}}/evidence/respondents-{{part}}.npz",
    log:
        f"{LOGS}/{{wave}}/resample_respondents_{{part}}.log",
    params:
        choices=lambda wildcards: PLAN.cluster_flags(wildcards.wave),
        draws=lambda wildcards: PLAN.evidence.draws(wildcards.wave),
        parts=lambda wildcards: PLAN.evidence.parts(wildcards.wave, "respondents"),
        seed=STUDY.seed,
    message:
        "Resampling the respondents of {wildcards.wave}, part {wildcards.part}"
    shell:
        "python -m buildingtrusts resample-respondents"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --clusters {input.clusters}"
        " {params.choices}"
        " --draws {params.draws}"
        " --part {wildcards.part}"
        " --parts {params.parts}"
        " --seed {params.seed}"
        " --wave {wildcards.wave}"
        " --out {output.drawn}"
        " > {log} 2>&1"


rule resample_null_studies:
    """Resample studies without clusters as the study itself is resampled."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        clusters=rules.cluster.output.cuts,
        code=modules_of("resample_null_studies"),
    output:
        drawn=f"{PROCESSED}/{{wave}}/evidence/null_studies-{{part}}.csv",
    log:
        f"{LOGS}/{{wave}}/resample_null_studies_{{part}}.log",
    params:
        choices=lambda wildcards: PLAN.cluster_flags(wildcards.wave),
        studies=lambda wildcards: PLAN.evidence.null_study_flags(wildcards.wave),
        parts=lambda wildcards: PLAN.evidence.parts(wildcards.wave, "null_studies"),
        seed=STUDY.seed,
    message:
        "Resampling studies of {wildcards.wave} without clusters, part {wildcards.part}"
    shell:
        "python -m buildingtrusts resample-null-studies"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --clusters {input.clusters}"
        " {params.choices}"
        " {params.studies}"
        " --part {wildcards.part}"
        " --parts {params.parts}"
        " --seed {params.seed}"
        " --wave {wildcards.wave}"
        " --out {output.drawn}"
        " > {log} 2>&1"


rule measure_stability:
    """Say which clusters come back, beside studies without clusters."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        clusters=rules.cluster.output.cuts,
        respondents=lambda wildcards: PLAN.evidence.draw_files(
            wildcards.wave, "respondents"
        ),
        null_studies=lambda wildcards: PLAN.evidence.draw_files(
            wildcards.wave, "null_studies"
        ),
        code=modules_of("measure_stability"),
    output:
        stability=shown_table(f"{RESULTS}/{{wave}}/tables/stability.csv", "{wave}"),
        co_clustering=f"{RESULTS}/{{wave}}/tables/co_clustering.csv",
        assignment=f"{RESULTS}/{{wave}}/tables/assignment.csv",
        k_votes=f"{RESULTS}/{{wave}}/tables/k_votes.csv",
    log:
        f"{LOGS}/{{wave}}/measure_stability.log",
    params:
        choices=lambda wildcards: PLAN.cluster_flags(wildcards.wave),
        out=folder_of_output,
    message:
        "Measuring how stable the clusters of {wildcards.wave} are"
    shell:
        "python -m buildingtrusts measure-stability"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --clusters {input.clusters}"
        " {params.choices}"
        " --resampled {input.respondents}"
        " --null-studies {input.null_studies}"
        " --out {params.out}"
        " > {log} 2>&1"


rule test_merges:
    """Test each merge of the tree by two methods of the literature, as exploration."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        clusters=rules.cluster.output.cuts,
        linkage=rules.cluster.output.linkage,
        code=modules_of("test_merges"),
    output:
        merge_tests=f"{RESULTS}/{{wave}}/tables/merge_tests.csv",
    log:
        f"{LOGS}/{{wave}}/test_merges.log",
    params:
        choices=lambda wildcards: PLAN.specification_flags(wildcards.wave),
        draws=STUDY.evidence.merge_draws,
        seed=STUDY.seed,
        out=folder_of_output,
    message:
        "Testing the merges of the tree of {wildcards.wave}"
    shell:
        "python -m buildingtrusts test-merges"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --clusters {input.clusters}"
        " {params.choices}"
        " --linkage-table {input.linkage}"
        " --draws {params.draws}"
        " --seed {params.seed}"
        " --wave {wildcards.wave}"
        " --out {params.out}"
        " > {log} 2>&1"


rule count_clusters:
    """Ask indices of the number of clusters, and k-medoids, for another view."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        clusters=rules.cluster.output.cuts,
        code=modules_of("count_clusters"),
    output:
        k_indices=f"{RESULTS}/{{wave}}/tables/k_indices.csv",
        medoids=f"{RESULTS}/{{wave}}/tables/medoids.csv",
        medoid_partitions=f"{RESULTS}/{{wave}}/tables/medoid_partitions.csv",
    log:
        f"{LOGS}/{{wave}}/count_clusters.log",
    params:
        choices=lambda wildcards: PLAN.cluster_flags(wildcards.wave),
        draws=STUDY.evidence.index_draws,
        seed=STUDY.seed,
        out=folder_of_output,
    message:
        "Asking how many clusters {wildcards.wave} has"
    shell:
        "python -m buildingtrusts count-clusters"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --clusters {input.clusters}"
        " {params.choices}"
        " --draws {params.draws}"
        " --seed {params.seed}"
        " --wave {wildcards.wave}"
        " --out {params.out}"
        " > {log} 2>&1"


rule compare_continuum:
    """Ask whether the clusters are more than slices of a line."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        clusters=rules.cluster.output.cuts,
        code=modules_of("compare_continuum"),
    output:
        continuum=f"{RESULTS}/{{wave}}/tables/continuum.csv",
    log:
        f"{LOGS}/{{wave}}/compare_continuum.log",
    params:
        choices=lambda wildcards: PLAN.cluster_flags(wildcards.wave),
        draws=STUDY.evidence.continuum_draws,
        seed=STUDY.seed,
        out=folder_of_output,
    message:
        "Comparing the clusters of {wildcards.wave} with a continuum"
    shell:
        "python -m buildingtrusts compare-continuum"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --clusters {input.clusters}"
        " {params.choices}"
        " --draws {params.draws}"
        " --seed {params.seed}"
        " --wave {wildcards.wave}"
        " --out {params.out}"
        " > {log} 2>&1"


rule run_multiverse:
    """Cluster the wave under other choices, each beside its own null."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        clusters=rules.cluster.output.cuts,
        code=modules_of("run_multiverse"),
    output:
        part=f"{PROCESSED}/{{wave}}/evidence/multiverse-{{part}}.csv",
    log:
        f"{LOGS}/{{wave}}/run_multiverse_{{part}}.log",
    params:
        choices=lambda wildcards: PLAN.evidence.multiverse_flags(wildcards.wave),
        parts=lambda wildcards: PLAN.evidence.parts(wildcards.wave, "multiverse"),
        seed=STUDY.seed,
    message:
        "Clustering {wildcards.wave} under other choices, part {wildcards.part}"
    shell:
        "python -m buildingtrusts run-multiverse"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --clusters {input.clusters}"
        " {params.choices}"
        " --part {wildcards.part}"
        " --parts {params.parts}"
        " --seed {params.seed}"
        " --wave {wildcards.wave}"
        " --out {output.part}"
        " > {log} 2>&1"


rule gather_multiverse:
    """Put the parts of the multiverse together."""
    input:
        parts=lambda wildcards: PLAN.evidence.draw_files(wildcards.wave, "multiverse"),
        code=modules_of("gather_multiverse"),
    output:
        multiverse=f"{RESULTS}/{{wave}}/tables/multiverse.csv",
        multiverse_excluded=f"{RESULTS}/{{wave}}/tables/multiverse_excluded.csv",
    log:
        f"{LOGS}/{{wave}}/gather_multiverse.log",
    params:
        out=folder_of_output,
    message:
        "Gathering the other choices for {wildcards.wave}"
    shell:
        "python -m buildingtrusts gather-multiverse"
        " --parts {input.parts}"
        " --out {params.out}"
        " > {log} 2>&1"


rule judge:
    """Give the verdict by the rule that was fixed beforehand."""
    input:
        nulls=rules.test_noise.output.nulls,
        permanova=rules.test_noise.output.permanova,
        stability=rules.measure_stability.output.stability,
        clusters=rules.type_clusters.output.clusters,
        ensemble=PLAN.evidence.ensemble_file(),
        code=modules_of("judge"),
    output:
        verdict=shown_table(f"{RESULTS}/{{wave}}/tables/verdict.csv", "{wave}"),
        ensemble=f"{RESULTS}/{{wave}}/tables/ensemble.csv",
    log:
        f"{LOGS}/{{wave}}/judge.log",
    params:
        provenance=lambda wildcards: PLAN.waves[wildcards.wave].provenance,
        words=lambda wildcards: PLAN.word_flags(),
        tables=folder_of_output,
    message:
        "Judging the clusters of {wildcards.wave}"
    shell:
        "python -m buildingtrusts judge"
        " --tables {params.tables}"
        " --wave {wildcards.wave}"
        " --provenance {params.provenance}"
        " {params.words}"
        " --ensemble {input.ensemble}"
        " --out {params.tables}"
        " > {log} 2>&1"
