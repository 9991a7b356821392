rule aggregate:
    """Average the ratings by trust; measure how far people of one trust agree."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        code=modules_of("aggregate"),
    output:
        sample=shown_table(f"{RESULTS}/{{wave}}/tables/sample.csv", "{wave}"),
        scores=f"{RESULTS}/{{wave}}/tables/scores.csv",
        agreement=f"{RESULTS}/{{wave}}/tables/agreement.csv",
        alignment=f"{RESULTS}/{{wave}}/tables/alignment.csv",
    log:
        f"{LOGS}/{{wave}}/aggregate.log",
    params:
        block=lambda wildcards: PLAN.waves[wildcards.wave].cluster.block,
        min_responses=lambda wildcards: PLAN.waves[wildcards.wave].cluster.min_responses,
        out=folder_of_output,
    message:
        "Averaging the ratings of {wildcards.wave} by trust"
    shell:
        "python -m buildingtrusts aggregate"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --block {params.block}"
        " --min-responses {params.min_responses}"
        " --out {params.out}"
        " > {log} 2>&1"


rule cluster:
    """Build the tree of trusts, cut it into k clusters and measure their silhouettes."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        sample=rules.aggregate.output.sample,
        code=modules_of("cluster"),
    output:
        linkage=f"{RESULTS}/{{wave}}/tables/linkage.csv",
        leaf_order=f"{RESULTS}/{{wave}}/tables/leaf_order.csv",
        cuts=f"{PROCESSED}/{{wave}}/cuts.csv",
        silhouettes=f"{RESULTS}/{{wave}}/tables/silhouettes.csv",
        partitions=shown_table(f"{RESULTS}/{{wave}}/tables/partitions.csv", "{wave}"),
    log:
        f"{LOGS}/{{wave}}/cluster.log",
    params:
        choices=lambda wildcards: PLAN.cluster_flags(wildcards.wave),
        out=folder_of_output,
    message:
        "Clustering the trusts of {wildcards.wave}"
    shell:
        "python -m buildingtrusts cluster"
        " --responses {input.responses}"
        " --sample {input.sample}"
        " --codebook {input.codebook}"
        " {params.choices}"
        " --cuts {output.cuts}"
        " --out {params.out}"
        " > {log} 2>&1"


# What is computed of a wave's clusters reads the cuts: earlier waves change their types alone.
rule type_clusters:
    """Match the clusters of a wave to those of the waves before, so that types keep their names."""
    input:
        cuts=rules.cluster.output.cuts,
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        earlier=lambda wildcards: PLAN.tracking.typing_files(wildcards.wave),
        code=modules_of("type_clusters"),
    output:
        clusters=shown_table(f"{RESULTS}/{{wave}}/tables/clusters.csv", "{wave}"),
        cluster_types=f"{RESULTS}/{{wave}}/tables/cluster_types.csv",
    log:
        f"{LOGS}/{{wave}}/type_clusters.log",
    params:
        waves=lambda wildcards: PLAN.tracking.typing_flags(wildcards.wave),
        out=folder_of_output,
    message:
        "Saying which types the clusters of {wildcards.wave} are"
    shell:
        "python -m buildingtrusts type-clusters"
        " {params.waves}"
        " --out {params.out}"
        " > {log} 2>&1"


rule crosstabulate:
    """Tabulate clusters against attributes of the trusts and test them exactly."""
    input:
        clusters=rules.cluster.output.cuts,
        trusts=rules.ingest.output.trusts,
        attributes=rules.ingest.output.attributes,
        code=modules_of("crosstabulate"),
    output:
        crosstabs=f"{RESULTS}/{{wave}}/tables/crosstabs.csv",
        associations=shown_table(
            f"{RESULTS}/{{wave}}/tables/associations.csv", "{wave}"
        ),
    log:
        f"{LOGS}/{{wave}}/crosstabulate.log",
    params:
        k=lambda wildcards: PLAN.waves[wildcards.wave].cluster.report_k,
        choices=PLAN.crosstab_flags(),
        seed=STUDY.seed,
        out=folder_of_output,
    message:
        "Tabulating clusters of {wildcards.wave} against attributes of the trusts"
    shell:
        "python -m buildingtrusts crosstabulate"
        " --clusters {input.clusters}"
        " --trusts {input.trusts}"
        " --attributes {input.attributes}"
        " --k {params.k}"
        " {params.choices}"
        " --seed {params.seed}"
        " --wave {wildcards.wave}"
        " --out {params.out}"
        " > {log} 2>&1"


rule profile:
    """Describe what each cluster is like, how its trusts run and what their CEOs say."""
    input:
        responses=rules.ingest.output.responses,
        codebook=rules.ingest.output.codebook,
        clusters=rules.cluster.output.cuts,
        scores=rules.aggregate.output.scores,
        code=modules_of("profile"),
    output:
        profiles=f"{RESULTS}/{{wave}}/tables/profiles.csv",
        ceo=f"{RESULTS}/{{wave}}/tables/ceo.csv",
        effectiveness=f"{RESULTS}/{{wave}}/tables/effectiveness.csv",
        standardisation=f"{RESULTS}/{{wave}}/tables/standardisation.csv",
        operating_model=f"{RESULTS}/{{wave}}/tables/operating_model.csv",
    log:
        f"{LOGS}/{{wave}}/profile.log",
    params:
        k=lambda wildcards: PLAN.waves[wildcards.wave].cluster.report_k,
        block=lambda wildcards: PLAN.waves[wildcards.wave].cluster.block,
        choices=PLAN.profile_flags(),
        seed=STUDY.seed,
        out=folder_of_output,
    message:
        "Profiling the clusters of {wildcards.wave}"
    shell:
        "python -m buildingtrusts profile"
        " --responses {input.responses}"
        " --codebook {input.codebook}"
        " --clusters {input.clusters}"
        " --scores {input.scores}"
        " --block {params.block}"
        " --k {params.k}"
        " {params.choices}"
        " --seed {params.seed}"
        " --wave {wildcards.wave}"
        " --out {params.out}"
        " > {log} 2>&1"
