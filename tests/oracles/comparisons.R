# How alike two partitions and two clusters are: the adjusted Rand index by fpc's cluster.stats and by
# mclust, Jaccard coefficients by fpc's clujaccard, of trees of three data sets cut at several k. Reads
# data/*.csv, which trees.R writes. Writes comparisons_partitions.csv and comparisons_clusters.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
suppressPackageStartupMessages(library(fpc))
folder <- own_folder()

# Partitions of the same rows: made here, so that the script stands alone.
labels_of <- function(name, linkage, k) {
  frame <- read.csv(file.path(folder, "data", paste0(name, ".csv")))
  cutree(hclust(dist(frame[names(frame) != "label"]), linkage), k)
}
pairs <- read.csv(text = "data,one,one_k,other,other_k
attitude,average,3,complete,3
attitude,average,2,single,5
attitude,ward.D2,4,average,8
swiss,average,3,ward.D2,3
swiss,complete,6,single,2
swiss,single,4,single,4
bh1996_group_means,average,5,ward.D2,5
bh1996_group_means,complete,2,average,9
swiss,single,2,average,9")

partitions <- clusters <- NULL
for (i in seq_len(nrow(pairs))) {
  pair <- pairs[i, ]
  one <- labels_of(pair$data, pair$one, pair$one_k)
  other <- labels_of(pair$data, pair$other, pair$other_k)
  by_fpc <- cluster.stats(dist(seq_along(one)), one, other, compareonly = TRUE)$corrected.rand
  by_mclust <- mclust::adjustedRandIndex(one, other)
  stopifnot(abs(by_fpc - by_mclust) < 1e-12)
  partitions <- rbind(partitions, data.frame(
    pair, first = paste(one, collapse = ";"), second = paste(other, collapse = ";"),
    adjusted_rand = by_fpc
  ))
  for (a in seq_len(pair$one_k)) {
    best <- max(sapply(seq_len(pair$other_k), function(b) clujaccard(one == a, other == b)))
    clusters <- rbind(clusters, data.frame(pair, cluster = a, best_jaccard = best))
  }
}
write_values(partitions, file.path(folder, "comparisons_partitions.csv"))
write_values(clusters, file.path(folder, "comparisons_clusters.csv"))
write_stamp(
  "comparisons.R", c("stats", "fpc", "mclust"),
  c("attitude, swiss: datasets, part of R, GPL-2 | GPL-3",
    "bh1996_group_means: multilevel, GPL (>= 2)"),
  file.path(folder, "comparisons.txt")
)
