# Internal indices, the gap statistic and prediction strength: fpc's cluster.stats,
# cluster::clusGap and fpc::prediction.strength, and Davies and Bouldin's index by its formula.
# Reads data/{attitude,swiss,bh1996_group_means}.csv, which trees.R writes. Writes indices_*.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
suppressPackageStartupMessages({
  library(cluster)
  library(fpc)
})
folder <- own_folder()

prepared <- list(none = function(x) x, zscore = function(x) scale(x))
distances_by <- list(
  euclidean = function(x) dist(x, "euclidean"),
  manhattan = function(x) dist(x, "manhattan"),
  correlation = function(x) as.dist(1 - cor(t(x)))
)
methods <- c(average = "average", complete = "complete", single = "single", ward = "ward.D2")
scores_of <- function(case) {
  frame <- read.csv(file.path(folder, "data", paste0(case$data, ".csv")))
  x <- prepared[[case$scaling]](as.matrix(frame[names(frame) != "label"]))
  dimnames(x) <- NULL
  x[, , drop = FALSE]
}

# --- indices of one partition -------------------------------------------------------------------
# q = 2 and p = 2: root mean squared distances to centroids, Euclidean distances between them.
davies_bouldin <- function(x, clusters) {
  centroids <- apply(x, 2, tapply, clusters, mean)
  spread <- sqrt(tapply(rowSums((x - centroids[clusters, ])^2), clusters, mean))
  overlap <- outer(spread, spread, `+`) / as.matrix(dist(centroids))
  diag(overlap) <- NA
  mean(apply(overlap, 1, max, na.rm = TRUE))
}

cases <- read.csv(text = "data,scaling,metric,linkage
attitude,zscore,euclidean,average
attitude,none,correlation,average
attitude,none,euclidean,single
swiss,none,euclidean,complete
swiss,zscore,manhattan,average
bh1996_group_means,zscore,euclidean,ward")

ks <- 2:8
indices <- NULL
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  x <- scores_of(case)
  d <- distances_by[[case$metric]](x)
  tree <- hclust(d, methods[[case$linkage]])
  for (k in ks) {
    clusters <- cutree(tree, k)
    # fpc's ch is of the distances; those of the pseudo-F are Euclidean whatever the metric
    found <- cluster.stats(d, clusters, G3 = TRUE)
    indices <- rbind(indices, data.frame(
      case, k = k, calinski_harabasz = cluster.stats(dist(x), clusters)$ch,
      davies_bouldin = davies_bouldin(x, clusters), dunn = found$dunn, c_index = found$g3
    ))
  }
}

# --- the gap statistic --------------------------------------------------------------------------
gap_cases <- read.csv(text = "data,scaling,metric,linkage
attitude,none,euclidean,average
attitude,zscore,manhattan,complete")
nulls <- c(scaled_pca = "scaledPCA", original = "original")
K <- 6L
B <- 5L
gaps <- samples <- boxes <- NULL
for (i in seq_len(nrow(gap_cases))) {
  case <- gap_cases[i, ]
  x <- scores_of(case)
  n <- nrow(x)
  drawn <- new.env()
  cut_into <- function(x, k) {
    # clusGap hands every sample over; the study itself comes first
    if (k == 2) drawn$samples <- c(drawn$samples, list(x))
    list(cluster = cutree(hclust(distances_by[[case$metric]](x), methods[[case$linkage]]), k))
  }
  for (null in names(nulls)) {
    drawn$samples <- list()
    set.seed(17)
    found <- clusGap(x, cut_into, K.max = K, B = B, d.power = 2, spaceH0 = nulls[[null]],
                     verbose = FALSE)
    stopifnot(length(drawn$samples) == B + 1, identical(drawn$samples[[1]], x))
    key <- data.frame(case, null = null, row.names = NULL)
    tab <- as.data.frame(found$Tab)
    chosen <- maxSE(tab$gap, tab$SE.sim, method = "Tibs2001SEmax")
    gaps <- rbind(gaps, cbind(key, k = seq_len(K), log_w = tab$logW, gap = tab$gap,
                              se = tab$SE.sim, chosen = as.integer(seq_len(K) == chosen)))
    for (b in seq_len(B)) {
      samples <- rbind(samples, cbind(key, draw = b, object = seq_len(n),
                                      as.data.frame(drawn$samples[[b + 1]])))
    }
    centred <- scale(x, scale = FALSE)
    if (null == "scaled_pca") centred <- centred %*% svd(centred, nu = 0)$v
    edges <- apply(centred, 2, range)
    boxes <- rbind(boxes, cbind(key, axis = seq_len(ncol(x)), low = edges[1, ], high = edges[2, ]))
  }
}

# --- prediction strength ------------------------------------------------------------------------
# How fpc places the other half's objects: as the linkage takes distances to clusters.
places <- c(average = "averagedist", complete = "fn", single = "knn", ward = "centroid")
# fpc 2.2-10 takes the mean over items for the centroid of a cluster of one (`data[one, ]` drops to
# a vector), which is not where the object is. Here the object is its own centroid.
to_centroids <- function(data, clustering, ...) {
  known <- clustering > 0
  centroids <- rowsum(data[known, ], clustering[known]) / c(table(clustering[known]))
  apart <- as.matrix(dist(rbind(centroids, data)))[-seq_len(nrow(centroids)), ]
  nearest <- apply(apart[, seq_len(nrow(centroids))], 1, which.min)
  ifelse(known, clustering, nearest)
}
M <- 6L
splits <- strengths <- NULL
for (linkage in names(places)) {
  case <- data.frame(data = "attitude", scaling = "zscore", metric = "euclidean",
                     linkage = linkage)
  x <- scores_of(case)
  orders <- new.env()
  orders$drawn <- list()
  # prediction.strength draws its halves by `sample`; the same function, writing them down
  noted <- prediction.strength
  environment(noted) <- list2env(list(classifnp = to_centroids, sample = function(n, size) {
    order <- base::sample(n, size)
    orders$drawn <- c(orders$drawn, list(order))
    order
  }), parent = environment(prediction.strength))
  set.seed(17)
  found <- if (linkage == "ward") {
    noted(x, Gmin = 2, Gmax = 6, M = M, clustermethod = hclustCBI, classification = "centroid",
          method = methods[[linkage]], scaling = FALSE)
  } else {
    noted(dist(x), Gmin = 2, Gmax = 6, M = M, clustermethod = disthclustCBI,
          classification = places[[linkage]], distances = TRUE, method = methods[[linkage]])
  }
  stopifnot(length(orders$drawn) == 5 * M)
  key <- expand.grid(split = seq_len(M), k = 2:6)[, c("k", "split")]
  values <- unlist(found$predcorr[2:6])
  strengths <- rbind(strengths, cbind(case, key, strength = values,
                                      mean = rep(found$mean.pred[2:6], each = M)))
  drawn <- do.call(rbind, orders$drawn)
  if (is.null(splits)) splits <- drawn
  # One seed, and nothing else draws: every linkage sees the same halves.
  stopifnot(identical(splits, drawn))
}
colnames(splits) <- sprintf("place_%d", seq_len(ncol(splits)))

write_values(indices, file.path(folder, "indices_values.csv"))
write_values(gaps, file.path(folder, "indices_gaps.csv"))
write_values(samples, file.path(folder, "indices_gap_samples.csv"))
write_values(boxes, file.path(folder, "indices_gap_boxes.csv"))
write_values(strengths, file.path(folder, "indices_strengths.csv"))
write_values(cbind(key, splits), file.path(folder, "indices_splits.csv"))
write_stamp(
  "indices.R", c("stats", "cluster", "fpc"),
  c("attitude, swiss: datasets, part of R, GPL-2 | GPL-3",
    "bh1996_group_means: multilevel, GPL (>= 2)"),
  file.path(folder, "indices.txt")
)
