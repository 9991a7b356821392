# The study of this example through R alone: means, ICC(1), ICC(2), rwg, tree, partitions,
# silhouettes, exact tests, and what changed between the times. It reads the package's own data and
# not the files in raw/. Writes r/{means,agreement,tree,partitions,tests,changes,transitions}.csv
# and r/versions.txt. Run from the project's folder: Rscript examples/univbct/oracle.R
suppressPackageStartupMessages({
  library(cluster)
  library(multilevel)
})
flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
here <- dirname(normalizePath(sub("^--file=", "", flag)))
source(file.path(here, "..", "..", "tests", "oracles", "common.R"))
folder <- file.path(here, "r")
dir.create(folder, showWarnings = FALSE)

data(univbct)
people <- univbct[univbct$TIME == 0, ]
stopifnot(!anyDuplicated(people$SUBNUM), nrow(people) == 495)
people$company <- paste(people$BTN, people$COMPANY)
in_order <- unique(people$company[order(people$BTN, as.character(people$COMPANY))])
items <- c(job_satisfaction = "JOBSAT", commitment = "COMMIT", readiness = "READY")
# Readiness runs from 1 to 5 in steps of 0.25. Spread evenly, such values have this variance.
evenly <- mean((seq(1, 5, 0.25) - 3)^2)

means <- agreement <- trees <- partitions <- tests <- NULL
tables <- cuts_of <- list()
for (time in 1:3) {
  wave <- paste0("univbct-time-", time)
  ratings <- people[paste0(items, time)]
  names(ratings) <- names(items)
  n <- sapply(ratings, function(x) tapply(!is.na(x), people$company, sum)[in_order])
  mean_of <- sapply(ratings, function(x) tapply(x, people$company, mean, na.rm = TRUE)[in_order])
  mean_of[n == 0] <- NA
  tables[[time]] <- mean_of
  means <- rbind(means, data.frame(wave, mat_id = rep(in_order, 3),
                                   item = rep(names(items), each = length(in_order)),
                                   n = c(n), mean = c(mean_of)))
  # Five people or more, and three answers or more to each item.
  anyone <- rowSums(!is.na(ratings)) > 0
  respondents <- tapply(anyone, people$company, sum)[in_order]
  clustered <- in_order[respondents >= 5 & apply(n, 1, min) >= 3]
  for (item in names(items)) {
    one <- na.omit(data.frame(company = people$company, rating = ratings[[item]]))
    model <- aov(rating ~ factor(company), one)
    within <- rwg(one$rating, one$company, ranvar = evenly)$rwg
    agreement <- rbind(agreement, data.frame(
      wave, item, n_groups = length(unique(one$company)), n_responses = nrow(one),
      icc1 = ICC1(model), icc2 = ICC2(model),
      rwg_mean = if (item == "readiness") mean(within, na.rm = TRUE) else NA
    ))
  }
  distances <- dist(mean_of[clustered, ])
  tree <- hclust(distances, "average")
  trees <- rbind(trees, data.frame(wave, step = seq_along(tree$height), height = tree$height))
  cuts_of[[time]] <- cutree(tree, 2:6)
  for (k in 2:6) {
    cut <- cuts_of[[time]][, as.character(k)]
    found <- silhouette(cut, distances)
    partitions <- rbind(partitions, data.frame(
      wave, k, mat_id = clustered, cluster = cut, width = found[, "sil_width"]))
    # With as many levels as battalions, fisher.test of R 4.2.2 is not to be relied on.
    if (k <= 3) {
      company <- people$COMPANY[match(clustered, people$company)]
      tests <- rbind(tests, data.frame(
        wave, k, attribute = "company", n = length(clustered),
        p_value = fisher.test(table(droplevels(company), cut), workspace = 2e7)$p.value))
    }
  }
}

changes <- transitions <- NULL
for (time in 1:2) {
  from <- paste0("univbct-time-", time)
  to <- paste0("univbct-time-", time + 1)
  apart <- tables[[time + 1]] - tables[[time]]
  changes <- rbind(changes, data.frame(from_wave = from, to_wave = to, item = names(items),
                                       n_mats = colSums(!is.na(apart)),
                                       change = colMeans(apart, na.rm = TRUE)))
  both <- intersect(rownames(cuts_of[[time]]), rownames(cuts_of[[time + 1]]))
  for (k in 2:3) {
    moved <- table(cuts_of[[time]][both, as.character(k)], cuts_of[[time + 1]][both, as.character(k)])
    transitions <- rbind(transitions, data.frame(
      from_wave = from, to_wave = to, k, from_cluster = rep(seq_len(k), k),
      to_cluster = rep(seq_len(k), each = k), n = c(moved)))
  }
}

save_as <- function(frame, name) write_values(frame, file.path(folder, paste0(name, ".csv")))
save_as(means, "means")
save_as(agreement, "agreement")
save_as(trees, "tree")
save_as(partitions, "partitions")
save_as(tests, "tests")
save_as(changes, "changes")
save_as(transitions, "transitions")
write_stamp("oracle.R", c("stats", "cluster", "multilevel"),
            "univbct: multilevel, GPL (>= 2)", file.path(folder, "versions.txt"))
