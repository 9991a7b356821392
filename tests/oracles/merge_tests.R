# Tests of the merges of a tree, written anew in base R: significance along the tree (Kimes et al.
# 2017, doi:10.1111/biom.12647) by loops over drawn samples, and selective inference (Gao, Bien and
# Witten, doi:10.1080/01621459.2022.2116331) without drawing, by finding the ends of the intervals
# of distances at which the same merge joins the same groups. Reads data/{attitude,swiss}.csv, which
# trees.R writes. Writes merge_tests_merges.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
folder <- own_folder()
set.seed(2017)

n_rows <- 20
n_draws <- 4000
fewest <- 10
methods <- c(average = "average", complete = "complete", single = "single", ward = "ward.D2")
cases <- read.csv(text = "data,scaling,metric,linkage
attitude,none,euclidean,average
attitude,none,euclidean,ward
swiss,zscore,euclidean,single
swiss,zscore,manhattan,complete")

prepare <- function(x, scaling) if (scaling == "zscore") scale(x) else x
grow <- function(x, case) hclust(dist(x, case$metric), methods[[case$linkage]])

# Members of the two groups that each merge of a tree joins.
groups_of <- function(tree) {
  members <- list()
  for (step in seq_len(nrow(tree$merge))) {
    sides <- lapply(tree$merge[step, ], function(one) {
      if (one < 0) -one else sort(unlist(members[[one]]))
    })
    members[[step]] <- sides
  }
  members
}

squares <- function(x) sum(sweep(x, 2, colMeans(x))^2)
index_of <- function(x, left, right) {
  (squares(x[left, , drop = FALSE]) + squares(x[right, , drop = FALSE])) /
    squares(x[c(left, right), , drop = FALSE])
}

# Draws as clear as the split itself, among samples from the Gaussian that fits its objects.
clearer_splits <- function(x, left, right, case) {
  own <- x[c(left, right), ]
  root <- chol(cov(own))
  observed <- index_of(x, left, right)
  at_root <- nrow(own) == nrow(x)
  reached <- 0
  for (draw in seq_len(n_draws)) {
    sample <- matrix(rnorm(length(own)), nrow(own)) %*% root
    if (at_root) sample <- prepare(sample, case$scaling)
    cut <- cutree(grow(sample, case), 2)
    reached <- reached + (index_of(sample, which(cut == 1), which(cut == 2)) <= observed + 1e-12)
  }
  reached
}

exact_selective <- function(x, left, right, step, case) {
  apart <- colMeans(x[left, , drop = FALSE]) - colMeans(x[right, , drop = FALSE])
  distance <- sqrt(sum(apart^2))
  sigma <- sqrt(squares(x) / ((nrow(x) - 1) * ncol(x)))
  unit <- sigma * sqrt(1 / length(left) + 1 / length(right))
  share <- length(right) / (length(left) + length(right))
  same <- function(phi) {
    moved <- x
    for (i in left) moved[i, ] <- x[i, ] + share * (phi - distance) * apart / distance
    for (i in right) moved[i, ] <- x[i, ] - (1 - share) * (phi - distance) * apart / distance
    found <- groups_of(grow(prepare(moved, case$scaling), case))[[step]]
    setequal(lapply(found, as.integer), list(as.integer(sort(left)), as.integer(sort(right))))
  }
  top <- max(distance, sqrt(ncol(x)) * unit) + 8 * unit
  near <- distance + c(-1, 1) %o% (unit * 2^-(0:12))
  grid <- sort(unique(c(seq(unit / 1000, top, length.out = 1000), near[near > 0], distance)))
  inside <- vapply(grid, same, NA)
  stopifnot(same(distance))
  ends <- vapply(which(diff(inside) != 0), function(i) {
    low <- grid[i]
    high <- grid[i + 1]
    for (halving in 1:40) {
      middle <- (low + high) / 2
      if (same(middle) == inside[i]) low <- middle else high <- middle
    }
    (low + high) / 2
  }, 0)
  if (inside[1]) ends <- c(0, ends)
  if (inside[length(inside)]) ends <- c(ends, Inf)
  starts <- ends[c(TRUE, FALSE)]
  stops <- ends[c(FALSE, TRUE)]
  mass <- function(from, to) {
    # the upper tail keeps its digits where the distribution function is 1
    upper <- function(phi) pchisq((phi / unit)^2, ncol(x), lower.tail = FALSE)
    sum(upper(from) - upper(to))
  }
  beyond <- stops > distance
  data.frame(distance = distance, sigma = sigma, intervals = length(starts),
             selective_p = mass(pmax(starts[beyond], distance), stops[beyond]) /
               mass(starts, stops))
}

merges <- NULL
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  x <- as.matrix(read.csv(file.path(folder, "data", paste0(case$data, ".csv")))[seq_len(n_rows), -1])
  scaled <- prepare(x, case$scaling)
  tree <- grow(scaled, case)
  stopifnot(!anyDuplicated(tree$height))
  members <- groups_of(tree)
  for (step in seq_along(members)) {
    left <- members[[step]][[1]]
    right <- members[[step]][[2]]
    size <- length(left) + length(right)
    large <- size >= fewest
    merges <- rbind(merges, data.frame(
      case, step = step, height = tree$height[step],
      left = paste(left, collapse = ";"), right = paste(right, collapse = ";"), size = size,
      level = 0.05 * (size - 1) / (n_rows - 1),
      cluster_index = if (large) index_of(scaled, left, right) else NA,
      shc_reached = if (large) clearer_splits(scaled, left, right, case) else NA,
      shc_draws = if (large) n_draws else NA,
      exact_selective(x, left, right, step, case), row.names = NULL
    ))
  }
}
write_values(merges, file.path(folder, "merge_tests_merges.csv"))
write_stamp(
  "merge_tests.R", c("stats", "datasets"),
  "attitude, swiss (20 rows each): datasets, part of R, GPL-2 | GPL-3",
  file.path(folder, "merge_tests.txt")
)
