# Waves in time: clusters of two waves matched by trying every assignment (R's base has no solver of
# the assignment problem), who moved between them by table(), and the interval of a mean change from
# every resample there is. Reads data/*.csv, which trees.R writes. Writes tracking_matches.csv,
# tracking_transitions.csv and tracking_changes.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
folder <- own_folder()
read <- function(name) {
  as.matrix(read.csv(file.path(folder, "data", paste0(name, ".csv")), check.names = FALSE)[-1])
}

# Every way to give each of n later clusters one of m earlier ones, or none (0) if there are fewer.
assignments <- function(n, free) {
  if (n == 0) return(matrix(0, 1, 0))
  do.call(rbind, lapply(seq_along(free), function(i) {
    cbind(free[i], assignments(n - 1, free[-i]))
  }))
}

# The first n rows are the earlier wave, the others the later one.
cases <- read.csv(text = "data,n,k_earlier,k_later
swiss,24,3,3
swiss,24,5,5
swiss,20,2,4
swiss,30,4,2
attitude,15,3,3
attitude,15,6,6
bh1996_group_means,50,6,6
bh1996_group_means,50,4,6
bh1996_group_means,50,6,4")

middles <- function(x, k) {
  labels <- cutree(hclust(dist(x), "average"), k)
  t(sapply(seq_len(k), function(one) colMeans(x[labels == one, , drop = FALSE])))
}

matches <- NULL
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  x <- scale(read(case$data))
  earlier <- middles(x[seq_len(case$n), ], case$k_earlier)
  later <- middles(x[(case$n + 1):nrow(x), ], case$k_later)
  apart <- as.matrix(dist(rbind(later, earlier)))
  apart <- apart[seq_len(case$k_later), case$k_later + seq_len(case$k_earlier), drop = FALSE]
  spare <- max(case$k_later - case$k_earlier, 0)
  every <- unique(assignments(case$k_later, c(seq_len(case$k_earlier), rep(0, spare))))
  sums <- apply(every, 1, function(one) {
    sum(apart[cbind(which(one > 0), one[one > 0])])
  })
  # The best is well ahead, so that nothing hangs on a tie.
  stopifnot(diff(sort(sums)[1:2]) > 1e-6)
  best <- every[which.min(sums), ]
  distance <- ifelse(best > 0, apart[cbind(seq_along(best), pmax(best, 1))], NA)
  matches <- rbind(matches, data.frame(
    case, cluster = seq_along(best), partner = ifelse(best > 0, best, NA), distance,
    nearest = apply(apart, 1, which.min), row.names = NULL
  ))
}
stopifnot(any(is.na(matches$partner)), any(matches$partner != matches$nearest, na.rm = TRUE))
write_values(matches, file.path(folder, "tracking_matches.csv"))

# The same objects by two linkages, as if they were two waves that share some of their trusts.
moves <- NULL
for (data in c("swiss", "attitude")) {
  x <- read(data)
  first <- cutree(hclust(dist(x), "average"), 3)
  second <- cutree(hclust(dist(x), "complete"), 4)
  kept <- seq_len(nrow(x)) > 5
  counts <- as.data.frame(table(
    from = factor(first[kept], 1:3), to = factor(second[kept], 1:4)
  ))
  moves <- rbind(moves, data.frame(data, left_out = 5, counts))
}
write_values(moves, file.path(folder, "tracking_transitions.csv"))

# All n^n resamples of n differences, deviations from their mean scaled up by sqrt(n / (n - 1)). They
# are the whole distribution, so that its quantile is the inverse of its steps (type 1).
x <- read("attitude")
differences <- (x[, "complaints"] - x[, "learning"]) / 10
changes <- NULL
for (n in 2:6) {
  own <- differences[seq_len(n)]
  every <- as.matrix(expand.grid(rep(list(own), n)))
  spread <- mean(own) + sqrt(n / (n - 1)) * (rowMeans(every) - mean(own))
  ends <- quantile(spread, c(0.025, 0.975), names = FALSE, type = 1)
  changes <- rbind(changes, data.frame(n, change = mean(own), low = ends[1], high = ends[2]))
}
write_values(changes, file.path(folder, "tracking_changes.csv"))
write_stamp("tracking.R", "stats", "as trees.R", file.path(folder, "tracking.txt"))
