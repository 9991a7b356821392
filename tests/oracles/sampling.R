# Samples without replacement from a population that is known whole: exact p by `fisher.test` of
# drawn against not drawn, and the index of dissimilarity under random drawing, all samples listed.
# Writes sampling_values.csv; counts stand level by level, `7;9;1`.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
folder <- own_folder()
set.seed(20170119, "Mersenne-Twister", "Inversion", "Rejection")

cases <- list(
  # The sample of the 2018 report's cross-tabulations beside the register of January 2017; the
  # counts of the register can be made by anyone with `buildingtrusts register`.
  phase_mix = list(c(7, 9, 1), c(283, 578, 245)),
  school_type_mix = list(c(9, 2, 6), c(396, 636, 117)),
  size_schools = list(c(0, 10, 3, 4), c(972, 176, 18, 12)),
  size_pupils = list(c(0, 8, 6, 3), c(553, 560, 48, 14)),
  ties = list(c(2, 0, 2), c(5, 5, 5)),
  two_levels = list(c(3, 1), c(4, 40)),
  census = list(c(3, 4), c(3, 4)),
  one_level = list(3, 9),
  one_trust = list(c(0, 1), c(90, 10))
)
for (i in 1:12) {
  levels <- sample(2:5, 1)
  population <- sample(2:40, levels, replace = TRUE)
  size <- sample(3:min(12, sum(population)), 1)
  drawn <- tabulate(sample(rep(seq_len(levels), population), size,
                           prob = rep(rexp(levels) + 0.1, population)), levels)
  cases[[sprintf("random_%02d", i)]] <- list(drawn, population)
}

all_samples <- function(size, population) {
  if (length(population) == 1) return(matrix(size, 1))
  rest <- sum(population[-1])
  do.call(rbind, lapply(max(0, size - rest):min(size, population[1]), function(first) {
    cbind(first, all_samples(size - first, population[-1]), deparse.level = 0)
  }))
}
apart <- function(drawn, population) {
  sum(abs(drawn / sum(drawn) - population / sum(population))) / 2
}

values <- do.call(rbind, lapply(names(cases), function(name) {
  drawn <- cases[[name]][[1]]
  population <- cases[[name]][[2]]
  samples <- all_samples(sum(drawn), population)
  log_weight <- function(x) sum(lchoose(population, x))
  logs <- apply(samples, 1, log_weight)
  probability <- exp(logs - lchoose(sum(population), sum(drawn)))
  stopifnot(abs(sum(probability) - 1) < 1e-9)
  p <- sum(probability[logs <= log_weight(drawn) + 1e-9])
  rest <- population - drawn
  if (length(drawn) > 1 && sum(rest) > 0) {
    table <- cbind(drawn, rest)
    fisher <- fisher.test(table[rowSums(table) > 0, ], workspace = 2e7)$p.value
    stopifnot(abs(fisher - p) < 1e-6)
  }
  d <- apply(samples, 1, apart, population)
  rising <- order(d)
  data.frame(
    case = name, sample = paste(drawn, collapse = ";"),
    population = paste(population, collapse = ";"), n_samples = nrow(samples), p_value = p,
    p_min_attainable = sum(probability[logs <= min(logs) + 1e-9]),
    dissimilarity = apart(drawn, population), null_mean = sum(probability * d),
    null_q95 = d[rising][which(cumsum(probability[rising]) >= 0.95 - 1e-12)[1]]
  )
}))
write_values(values, file.path(folder, "sampling_values.csv"))
write_stamp(
  "sampling.R", "stats",
  c("phase_mix, school_type_mix, size_schools, size_pupils: counts printed in Building Trusts (2018)",
    "beside counts of the register of 19 January 2017, Open Government Licence v3.0",
    "others: made here"),
  file.path(folder, "sampling.txt")
)
