# Clusters around medoids from cluster::pam, on the distances of three data sets that trees.R
# writes. Reads data/{attitude,swiss,bh1996_group_means}.csv; writes medoids_*.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
suppressPackageStartupMessages(library(cluster))
folder <- own_folder()

distances_by <- list(
  euclidean = function(x) dist(x, "euclidean"),
  manhattan = function(x) dist(x, "manhattan"),
  correlation = function(x) as.dist(1 - cor(t(x)))
)
# attitude by manhattan: distances between whole numbers, many of them tied
cases <- read.csv(text = "data,metric
attitude,euclidean
attitude,manhattan
attitude,correlation
swiss,euclidean
bh1996_group_means,manhattan")

objects <- partitions <- NULL
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  frame <- read.csv(file.path(folder, "data", paste0(case$data, ".csv")))
  d <- distances_by[[case$metric]](unname(as.matrix(frame[names(frame) != "label"])))
  for (k in c(1, 2, 3, 5, 8)) {
    found <- pam(d, k)
    n <- length(found$clustering)
    widths <- if (k > 1) silhouette(found$clustering, d)[, "sil_width"] else rep(NA, n)
    objects <- rbind(objects, data.frame(
      case, k = k, row = seq_len(n), cluster = found$clustering,
      medoid = as.integer(seq_len(n) %in% found$id.med), width = widths, row.names = NULL
    ))
    partitions <- rbind(partitions, data.frame(
      case, k = k, medoids = paste(found$id.med, collapse = ";"),
      build = found$objective[["build"]], objective = found$objective[["swap"]]
    ))
  }
}
# SWAP has to have had something to do
stopifnot(any(partitions$objective < partitions$build))
write_values(objects, file.path(folder, "medoids_objects.csv"))
write_values(partitions, file.path(folder, "medoids_partitions.csv"))
write_stamp(
  "medoids.R", c("stats", "cluster"),
  c("attitude, swiss: datasets, part of R, GPL-2 | GPL-3",
    "bh1996_group_means: multilevel, GPL (>= 2)"),
  file.path(folder, "medoids.txt")
)
