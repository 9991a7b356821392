"""The study's statistics: arrays and tables in, frozen results out; no files, no other wing.

============================  ====================================================
:mod:`.aggregation`           from responses to trust scores, and who is clustered
:mod:`.agreement`             ICC(1), ICC(2) and within-group agreement
:mod:`.linkage`               the tree, its cuts and its quality
:mod:`.validity`              silhouettes
:mod:`.partitions`            a tree cut into several numbers of clusters, as tables
:mod:`.crosstabs`             exact tests and effect sizes for sparse tables
:mod:`.profiles`              what clusters are like
:mod:`.operating_model`       where trusts stand between devolved and central
:mod:`.effectiveness`         how effective trusts think they are
:mod:`.standardisation`       where people want more or less of it, and for whom they speak
:mod:`.ordination`            trusts in two dimensions
:mod:`.batch`                 many small trees at once
:mod:`.nulls`                 data without clusters, and how the study stands against them
:mod:`.permanova`             whether trusts differ at all
:mod:`.stability`             whether clusters come back
:mod:`.verdict`               one rule, one sentence
:mod:`.examination`           all that the rule looks at, of one study among hundreds
:mod:`.merge_tests`           each merge of the tree tested, as exploration
:mod:`.tree_significance`     one Gaussian against two groups
:mod:`.selective_inference`   two groups compared in the data that they were found in
:mod:`.indices`               how compact and how separate clusters are
:mod:`.k_choice`              how many clusters each index picks
:mod:`.medoids`               another view: k-medoids
:mod:`.continuum`             clusters, or slices of a line
:mod:`.multiverse`            the same data under other choices
:mod:`.assignment`            new trusts among finished clusters
:mod:`.tracking`              clusters, trusts and answers from wave to wave
:mod:`.sampling`              whether a sample could be drawn from a population at random
:mod:`.interviews`            coded interviews beside clusters
============================  ====================================================
"""
