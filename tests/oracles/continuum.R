# How far clusters are slices of the first principal component: shares of variance by prcomp and lm,
# silhouettes of what is left without it by the package cluster, and a covariance of rank one.
# Reads data/*.csv written by trees.R; writes continuum_measures.csv and continuum_one_factor.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
suppressPackageStartupMessages(library(cluster))
folder <- own_folder()
read <- function(name) {
  as.matrix(read.csv(file.path(folder, "data", paste0(name, ".csv")), check.names = FALSE)[-1])
}

cases <- read.csv(text = "data,scaling,metric
attitude,none,euclidean
attitude,zscore,euclidean
swiss,zscore,euclidean
swiss,zscore,manhattan
bh1996_group_means,none,euclidean")

# Sum of squares of fitted values over that of the centred ones, over all columns together.
explained <- function(values, groups) {
  model <- lm(values ~ factor(groups))
  1 - sum(residuals(model)^2) / sum(scale(values, scale = FALSE)^2)
}

measures <- NULL
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  x <- read(case$data)
  rownames(x) <- NULL
  if (case$scaling == "zscore") x <- scale(x)
  tree <- hclust(dist(x, case$metric), "average")
  axes <- prcomp(x)
  share <- axes$sdev[1]^2 / sum(axes$sdev^2)
  first <- axes$x[, 1]
  rest <- x - outer(first, axes$rotation[, 1])
  for (k in 2:5) {
    labels <- cutree(tree, k)
    # The share along one axis is R squared of an analysis of variance.
    eta <- summary(lm(first ~ factor(labels)))$r.squared
    stopifnot(all.equal(eta, explained(as.matrix(first), labels), tolerance = 1e-12))
    measures <- rbind(measures, data.frame(
      case, k, first_axis_share = share, cluster_share = explained(x, labels),
      axis_eta_squared = eta,
      mean_silhouette = mean(silhouette(labels, dist(x, case$metric))[, "sil_width"]),
      silhouette_without_axis = mean(silhouette(labels, dist(rest, case$metric))[, "sil_width"]),
      row.names = NULL
    ))
  }
}
write_values(measures, file.path(folder, "continuum_measures.csv"))

# Of a covariance its first axis alone, with all of the trace.
line <- NULL
for (name in c("attitude", "swiss")) {
  covariance <- cov(read(name))
  axes <- eigen(covariance, symmetric = TRUE)
  whole <- sum(diag(covariance)) * tcrossprod(axes$vectors[, 1])
  cells <- expand.grid(row = seq_len(nrow(whole)), column = seq_len(ncol(whole)))
  line <- rbind(line, data.frame(data = name, cells, covariance = c(covariance),
                                 one_factor = c(whole)))
}
write_values(line, file.path(folder, "continuum_one_factor.csv"))
write_stamp(
  "continuum.R", c("stats", "cluster"), "as trees.R", file.path(folder, "continuum.txt")
)
