# New objects beside finished clusters: nearest centroid, mean distance to the members, and how far
# members are from the others of their own cluster. Reads data/*.csv written by trees.R; writes
# assignment_distances.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
folder <- own_folder()
read <- function(name) {
  as.matrix(read.csv(file.path(folder, "data", paste0(name, ".csv")), check.names = FALSE)[-1])
}

# The first n rows are clustered; the others are new.
cases <- read.csv(text = "data,n,scaling,metric,k
attitude,20,none,euclidean,3
attitude,20,zscore,euclidean,4
attitude,20,none,correlation,3
attitude,20,zscore,manhattan,2
swiss,35,zscore,euclidean,3
swiss,35,none,manhattan,4
bh1996_group_means,80,zscore,euclidean,5")

# Rows against rows, by the same function that the tree is built from.
apart <- function(x, metric) {
  as.matrix(if (metric == "correlation") as.dist(1 - cor(t(x))) else dist(x, metric))
}

distances <- NULL
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  x <- read(case$data)
  rownames(x) <- NULL
  old <- seq_len(case$n)
  if (case$scaling == "zscore") {
    x <- scale(x, colMeans(x[old, ]), apply(x[old, ], 2, sd))
  }
  labels <- cutree(hclust(as.dist(apart(x[old, ], case$metric)), "average"), case$k)
  for (cluster in seq_len(case$k)) {
    members <- which(labels == cluster)
    inside <- apart(x[members, , drop = FALSE], case$metric)
    limit <- if (length(members) > 1) max(rowSums(inside) / (length(members) - 1)) else NA
    centroid <- colMeans(x[members, , drop = FALSE])
    for (object in (case$n + 1):nrow(x)) {
      to_members <- apart(x[c(object, members), ], case$metric)[1, -1]
      to_centroid <- apart(rbind(x[object, ], centroid), case$metric)[1, 2]
      distances <- rbind(distances, data.frame(
        case, object, cluster, n_members = length(members), centroid_distance = to_centroid,
        average_distance = mean(to_members), member_limit = limit, row.names = NULL
      ))
    }
  }
}
# Some cluster has to be a single object, which has no limit of its own.
stopifnot(any(is.na(distances$member_limit)), !is.na(distances$average_distance))
write_values(distances, file.path(folder, "assignment_distances.csv"))
write_stamp(
  "assignment.R", "stats", "as trees.R", file.path(folder, "assignment.txt")
)
