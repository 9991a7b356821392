# Trees, partitions and silhouettes from stats::hclust and the package cluster, on three data
# sets that R ships. Writes data/{attitude,swiss,bh1996_group_means}.csv and trees_*.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
suppressPackageStartupMessages({
  library(cluster)
  library(multilevel)
})
folder <- own_folder()

data(bh1996)
scales <- c("COHES", "LEAD", "HRS", "WBEING")
bh1996_means <- aggregate(bh1996[scales], list(group = bh1996$GRP), mean)

inputs <- list(
  attitude = as.matrix(datasets::attitude),
  swiss = as.matrix(datasets::swiss),
  bh1996_group_means = as.matrix(bh1996_means[scales])
)
names_of_rows <- list(
  attitude = sprintf("department %d", seq_len(nrow(inputs$attitude))),
  swiss = rownames(datasets::swiss),
  bh1996_group_means = sprintf("company %d", bh1996_means$group)
)
for (name in names(inputs)) {
  frame <- data.frame(label = names_of_rows[[name]], inputs[[name]], check.names = FALSE)
  typed <- name != "bh1996_group_means"
  write_values(frame, file.path(folder, "data", paste0(name, ".csv")), if (typed) 15L else 17L)
}

prepared <- list(
  none = function(x) x,
  zscore = function(x) scale(x)
)
distances_by <- list(
  euclidean = function(x) dist(x, "euclidean"),
  manhattan = function(x) dist(x, "manhattan"),
  correlation = function(x) as.dist(1 - cor(t(x)))
)
methods <- c(average = "average", complete = "complete", single = "single", ward = "ward.D2")
cases <- read.csv(text = "data,scaling,metric
attitude,none,euclidean
attitude,zscore,euclidean
attitude,none,correlation
attitude,none,manhattan
swiss,none,euclidean
swiss,zscore,euclidean
swiss,zscore,manhattan
bh1996_group_means,none,euclidean
bh1996_group_means,none,manhattan
bh1996_group_means,zscore,euclidean")

# Whole numbers and city blocks make tied distances: `hclust` and `agnes` then build different
# trees, both right. What ties leave determined is the heights of single linkage.
is_tied <- function(case) case$data == "attitude" && case$metric == "manhattan"

ks <- 2:8
heights <- objects <- trees <- means <- widths <- NULL
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  x <- prepared[[case$scaling]](inputs[[case$data]])
  rownames(x) <- NULL
  d <- distances_by[[case$metric]](x)
  for (linkage in names(methods)) {
    # Ward's criterion is a sum of squares: it has a meaning for Euclidean distances only
    if (linkage == "ward" && case$metric != "euclidean") next
    if (is_tied(case) && linkage != "single") next
    key <- data.frame(case, linkage = linkage, row.names = NULL)
    tree <- hclust(d, methods[[linkage]])
    cuts <- cutree(tree, ks)
    heights <- rbind(heights, cbind(key, step = seq_along(tree$height), height = tree$height))
    coefficient <- coef.hclust(tree)
    # the same number from the program it was defined for
    stopifnot(all.equal(coefficient, agnes(d, method = linkage)$ac, tolerance = 1e-12))
    trees <- rbind(trees, cbind(
      key,
      cophenetic_correlation = cor(d, cophenetic(tree)),
      agglomerative_coefficient = coefficient
    ))
    if (is_tied(case)) next
    colnames(cuts) <- paste0("k", ks)
    objects <- rbind(objects, cbind(key, row = seq_len(nrow(x)), position = order(tree$order), cuts))
    for (k in ks) {
      found <- silhouette(cuts[, paste0("k", k)], d)
      means <- rbind(means, cbind(
        key, k = k, sizes = paste(table(found[, "cluster"]), collapse = ";"),
        mean_silhouette = mean(found[, "sil_width"]),
        macro_silhouette = mean(summary(found)$clus.avg.widths)
      ))
      if (linkage == "average") {
        widths <- rbind(widths, cbind(key, k = k, row = seq_len(nrow(x)),
                                      cluster = found[, "cluster"],
                                      neighbour = found[, "neighbor"],
                                      width = found[, "sil_width"]))
      }
    }
  }
}
write_values(trees, file.path(folder, "trees_coefficients.csv"))
write_values(heights, file.path(folder, "trees_heights.csv"))
write_values(objects, file.path(folder, "trees_objects.csv"))
write_values(means, file.path(folder, "trees_silhouette_means.csv"))
write_values(widths, file.path(folder, "trees_silhouettes.csv"))
write_stamp(
  "trees.R", c("stats", "cluster", "datasets", "multilevel"),
  c("attitude, swiss: datasets, part of R, GPL-2 | GPL-3",
    "bh1996_group_means: multilevel, GPL (>= 2)"),
  file.path(folder, "trees.txt")
)
