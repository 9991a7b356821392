# Fisher's exact test on r x c tables, Cramér's V and its null, Holm's adjustment.
# Writes crosstabs_{tables,nulls,holm}.csv; a table's cells stand row by row, `1;6;0;5;2;2`.
#
# `fisher.test` is an oracle up to nine levels only: on wider tables R 4.2.2 can be wrong without
# a word. Where the tables are few they are listed here one by one as well, and must agree.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
folder <- own_folder()
set.seed(20180620, "Mersenne-Twister", "Inversion", "Rejection")

by_row <- function(cells, columns) matrix(cells, ncol = columns, byrow = TRUE)

# Building Trusts (2018), appendix: six attributes by clusters 1, 2, 3 (n = 6, 9, 2).
printed <- list(
  phase_mix = by_row(c(1, 6, 0, 5, 2, 2, 0, 1, 0), 3),
  school_type_mix = by_row(c(4, 4, 1, 0, 2, 0, 2, 3, 1), 3),
  size_pupils = by_row(c(4, 2, 2, 1, 5, 0, 1, 2, 0), 3),
  size_schools = by_row(c(3, 5, 2, 2, 1, 0, 1, 3, 0), 3),
  geographical_spread = by_row(c(0, 3, 1, 5, 6, 1, 1, 0, 0), 3),
  rapid_growth = by_row(c(3, 9, 2, 3, 0, 0), 3)
)
stopifnot(vapply(printed, function(x) all(colSums(x) == c(6, 9, 2)), TRUE))
# The same at k = 2, if clusters 1 and 2 are the fifteen that were split.
merged <- lapply(printed, function(x) cbind(x[, 1] + x[, 2], x[, 3]))

# Worked examples of R's help page of `fisher.test`, with the p-values printed there.
textbook <- list(
  # Agresti, A. (2002), Categorical Data Analysis, p. 57; Fisher (1970), like-sex twins;
  # Mehta, C. R. and Patel, N. R. (1983), doi:10.1080/01621459.1983.10477989, example 6
  agresti_job_satisfaction = matrix(c(1, 2, 1, 0, 3, 3, 6, 1, 10, 10, 14, 9, 6, 7, 12, 11), 4),
  fisher_convictions = matrix(c(2, 10, 15, 3), 2),
  mehta_patel_6 = rbind(c(1, 2, 2, 1, 1, 0, 1), c(2, 0, 0, 2, 3, 0, 0), c(0, 1, 1, 1, 2, 7, 3),
                        c(1, 1, 2, 0, 0, 0, 1), c(0, 1, 1, 1, 1, 0, 0))
)

random_table <- function(rows, columns, n, shared) {
  repeat {
    side <- sample(columns, n, replace = TRUE)
    # `shared`: how often the row follows the column, so that small p-values occur too
    level <- ifelse(runif(n) < shared, (side - 1) %% rows + 1, sample(rows, n, replace = TRUE))
    table <- table(factor(level, seq_len(rows)), factor(side, seq_len(columns)))
    if (all(rowSums(table) > 0) && all(colSums(table) > 0)) return(unclass(table))
  }
}
shapes <- read.csv(text = "rows,columns,n
2,2,17
2,2,40
3,2,17
3,2,40
5,2,17
7,2,30
9,2,17
9,2,40
2,3,17
3,3,17
3,3,25
4,3,17
5,3,17
6,3,17
9,3,17
9,3,40
3,9,30
4,4,17
4,4,40
5,5,25
9,4,40")
random <- unlist(lapply(seq_len(nrow(shapes)), function(i) {
  lapply(c(0, 0.5), function(shared) {
    random_table(shapes$rows[i], shapes$columns[i], shapes$n[i], shared)
  })
}), recursive = FALSE)
names(random) <- sprintf("random_%02d", seq_along(random))

# Tables with a level nobody has: the level says nothing and must change nothing.
empty <- list(
  empty_row = rbind(printed$phase_mix, 0),
  empty_column = cbind(printed$rapid_growth, 0)
)

cramers_v <- function(x) {
  x <- x[rowSums(x) > 0, colSums(x) > 0]
  chi_squared <- suppressWarnings(chisq.test(x, correct = FALSE))$statistic
  sqrt(unname(chi_squared) / sum(x) / (min(dim(x)) - 1))
}

# Bergsma, W. (2013), doi:10.1016/j.jkss.2012.10.002
bergsma_v <- function(x) {
  x <- x[rowSums(x) > 0, colSums(x) > 0]
  n <- sum(x)
  r <- nrow(x)
  c <- ncol(x)
  chi_squared <- unname(suppressWarnings(chisq.test(x, correct = FALSE))$statistic)
  phi <- max(0, chi_squared / n - (r - 1) * (c - 1) / (n - 1))
  sqrt(phi / (min(r - (r - 1)^2 / (n - 1), c - (c - 1)^2 / (n - 1)) - 1))
}

# Every table with the margins, one a row, cells column by column.
all_tables <- function(rows, columns) {
  if (length(columns) == 1) return(matrix(rows, 1))
  splits <- function(total, limits) {
    if (length(limits) == 1) return(matrix(total))
    fewest <- max(0, total - sum(limits[-1]))
    do.call(rbind, lapply(fewest:min(total, limits[1]), function(first) {
      cbind(first, splits(total - first, limits[-1]), deparse.level = 0)
    }))
  }
  first <- splits(columns[1], rows)
  do.call(rbind, lapply(seq_len(nrow(first)), function(i) {
    rest <- all_tables(rows - first[i, ], columns[-1])
    cbind(matrix(first[i, ], nrow(rest), length(rows), byrow = TRUE), rest)
  }))
}

null_of <- function(x) {
  x <- x[rowSums(x) > 0, colSums(x) > 0]
  tables <- all_tables(rowSums(x), colSums(x))
  log_weight <- -rowSums(lfactorial(tables))
  weight <- exp(log_weight - max(log_weight))
  probability <- weight / sum(weight)
  own <- -sum(lfactorial(x))
  v <- apply(tables, 1, function(cells) cramers_v(matrix(cells, nrow(x))))
  ascending <- order(v)
  data.frame(
    n_tables = nrow(tables),
    p_value = sum(probability[log_weight <= own + 1e-9]),
    p_min_attainable = sum(probability[log_weight <= min(log_weight) + 1e-9]),
    cramers_v_null_mean = sum(probability * v),
    cramers_v_null_q95 = v[ascending][which(cumsum(probability[ascending]) >= 0.95 - 1e-12)[1]]
  )
}

kinds <- list(printed = printed, merged = merged, textbook = textbook, random = random,
              empty = empty)
tables <- nulls <- NULL
for (kind in names(kinds)) {
  for (name in names(kinds[[kind]])) {
    x <- kinds[[kind]][[name]]
    key <- data.frame(kind = kind, table = name)
    p <- fisher.test(x, workspace = 2e7)$p.value
    tables <- rbind(tables, data.frame(
      key, rows = nrow(x), columns = ncol(x), n = sum(x), cells = paste(t(x), collapse = ";"),
      p_value = p, cramers_v = cramers_v(x), cramers_v_corrected = bergsma_v(x)
    ))
    if (kind %in% c("printed", "merged", "empty")) {
      null <- null_of(x)
      stopifnot(abs(null$p_value - p) < 1e-9)
      nulls <- rbind(nulls, data.frame(key, null))
    }
  }
}
p_of <- function(kind) tables$p_value[tables$kind == kind]
families <- list(
  printed = p_of("printed"), merged = p_of("merged"), random = p_of("random")[1:10],
  ties = c(0.01, 0.04, 0.03, 0.04, 0.01), large = c(0.9, 0.6, 0.7), one = 0.03,
  missing = c(0.02, NA, 0.01, 0.04)
)
holm <- do.call(rbind, lapply(names(families), function(name) {
  data.frame(family = name, p_value = families[[name]],
             holm = p.adjust(families[[name]], "holm"))
}))
write_values(tables, file.path(folder, "crosstabs_tables.csv"))
write_values(nulls, file.path(folder, "crosstabs_nulls.csv"))
write_values(holm, file.path(folder, "crosstabs_holm.csv"))
write_stamp(
  "crosstabs.R", "stats",
  c("printed, merged: counts printed in Building Trusts (2018)",
    "textbook: examples of the help page of stats::fisher.test, part of R, GPL-2 | GPL-3",
    "random, empty: made here"),
  file.path(folder, "crosstabs.txt")
)
