# One wave of the study in plain R: the work of the pipeline's steps up to the cross-tabulations,
# without figures, for a comparison of speed.
#
# Usage: Rscript --vanilla benchmarks/study.R RESPONSES.csv TRUSTS.csv OUT_FOLDER
# Needs R and the package `cluster` (one of R's recommended packages).

given <- commandArgs(TRUE)
if (length(given) != 3) stop("give three paths: RESPONSES.csv TRUSTS.csv OUT_FOLDER")
responses <- read.csv(given[1], na.strings = "", check.names = FALSE)
trusts <- read.csv(given[2], na.strings = "", check.names = FALSE)
folder <- given[3]
dir.create(folder, showWarnings = FALSE, recursive = TRUE)

save_as <- function(frame, name) {
  write.csv(frame, file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "")
}
items <- grep("__", names(responses), value = TRUE)
strategy <- grep("^strategy__", items, value = TRUE)
number <- as.integer(sub("\\D+", "", responses$mat_id))
mat <- factor(responses$mat_id, unique(responses$mat_id[order(number)]))
by_mat <- split(seq_along(mat), mat)

# Scores of every MAT and item.
scores <- do.call(rbind, lapply(items, function(item) {
  values <- lapply(by_mat, function(rows) {
    x <- responses[[item]][rows]
    x <- x[!is.na(x)]
    if (length(x) == 0) return(c(0, rep(NA, 6)))
    c(length(x), mean(x), median(x), sd(x), IQR(x), min(x), max(x))
  })
  values <- do.call(rbind, values)
  colnames(values) <- c("n", "mean", "median", "sd", "iqr", "min", "max")
  data.frame(mat_id = levels(mat), item = item, values)
}))
save_as(scores, "scores")

# ICC(1), ICC(2) by one-way analysis of variance; rwg against the uniform null of ten options.
agreement <- do.call(rbind, lapply(strategy, function(item) {
  answered <- !is.na(responses[[item]])
  x <- responses[[item]][answered]
  group <- droplevels(mat[answered])
  squares <- anova(lm(x ~ group))[["Mean Sq"]]
  size <- length(x) / nlevels(group)
  rwg <- pmax(0, 1 - tapply(x, group, var) / 8.25)
  data.frame(item = item, n_groups = nlevels(group), n_responses = length(x),
             icc1 = (squares[1] - squares[2]) / (squares[1] + (size - 1) * squares[2]),
             icc2 = (squares[1] - squares[2]) / squares[1],
             rwg_mean = mean(rwg, na.rm = TRUE), rwg_median = median(rwg, na.rm = TRUE))
}))
save_as(agreement, "agreement")

# MATs with five or more respondents to the strategy block, no item on fewer than three answers.
answered <- !is.na(as.matrix(responses[strategy]))
respondents <- vapply(by_mat, function(rows) sum(rowSums(answered[rows, , drop = FALSE]) > 0), 0)
fewest <- vapply(by_mat, function(rows) min(colSums(answered[rows, , drop = FALSE])), 0)
clustered <- levels(mat)[respondents >= 5 & fewest >= 3]
means <- matrix(scores$mean[scores$item %in% strategy], ncol = length(strategy),
                dimnames = list(levels(mat), strategy))[clustered, ]

distances <- dist(means)
tree <- hclust(distances, "average")
cuts <- cutree(tree, 2:8)
colnames(cuts) <- paste0("k", 2:8)
save_as(data.frame(step = seq_along(tree$height), left = tree$merge[, 1], right = tree$merge[, 2],
                   height = tree$height), "linkage")
save_as(data.frame(mat_id = clustered[tree$order], position = seq_along(clustered)), "leaf_order")
save_as(data.frame(mat_id = clustered, cuts), "clusters")
silhouettes <- do.call(rbind, lapply(2:8, function(k) {
  found <- cluster::silhouette(cuts[, k - 1], distances)
  data.frame(k = k, mat_id = clustered, cluster = found[, "cluster"],
             neighbour = found[, "neighbor"], width = found[, "sil_width"])
}))
save_as(silhouettes, "silhouettes")
save_as(data.frame(
  k = 2:8,
  sizes = apply(cuts, 2, function(labels) paste(tabulate(labels), collapse = ";")),
  mean_silhouette = tapply(silhouettes$width, silhouettes$k, mean),
  cophenetic_correlation = cor(distances, cophenetic(tree)),
  agglomerative_coefficient = coef(tree)
), "partitions")

# Every attribute against the clusters at k = 2 and 3, Holm within one k; the performance flags
# are a family of tests of their own.
attributes <- trusts[match(clustered, trusts$mat_id), setdiff(names(trusts), "mat_id")]
attributes[is.na(attributes)] <- "(missing)"
tables <- lapply(2:3, function(k) lapply(attributes, table, cuts[, k - 1]))
save_as(do.call(rbind, lapply(2:3, function(k) {
  do.call(rbind, lapply(names(attributes), function(name) {
    counts <- as.data.frame(tables[[k - 1]][[name]])
    data.frame(k = k, attribute = name, level = counts[[1]], cluster = counts[[2]],
               n = counts$Freq)
  }))
})), "crosstabs")
save_as(do.call(rbind, lapply(2:3, function(k) {
  p <- vapply(tables[[k - 1]], function(x) if (nrow(x) > 1) fisher.test(x)$p.value else 1, 0)
  v <- vapply(tables[[k - 1]], function(x) {
    if (nrow(x) < 2) return(NA_real_)
    chi_squared <- suppressWarnings(chisq.test(x, correct = FALSE))$statistic
    sqrt(unname(chi_squared) / sum(x) / (min(dim(x)) - 1))
  }, 0)
  family <- names(attributes) == "performance_flags"
  data.frame(k = k, attribute = names(attributes), p_value = p,
             p_adjusted = ave(p, family, FUN = function(p) p.adjust(p, "holm")), cramers_v = v)
})), "associations")
