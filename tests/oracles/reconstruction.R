# The reconstruction of the 2017 survey through R: tree, partitions, silhouettes, agreement and
# exact tests. Writes reconstruction_{trees,objects,silhouettes,icc,rwg,associations}.csv.
#
# Usage: Rscript tests/oracles/reconstruction.R [DATA_FOLDER [OUT_FOLDER]]
# DATA_FOLDER holds responses.csv and trusts.csv; by default data/raw/2017-reconstruction.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
suppressPackageStartupMessages({
  library(cluster)
  library(multilevel)
})
given <- commandArgs(TRUE)
here <- own_folder()
source_folder <- if (length(given) > 0) given[1] else
  file.path(dirname(dirname(here)), "data", "raw", "2017-reconstruction")
folder <- if (length(given) > 1) given[2] else here

# An empty cell is a missing answer or attribute, and nothing else is.
read <- function(name) {
  read.csv(file.path(source_folder, name), na.strings = "", check.names = FALSE)
}
responses <- read("responses.csv")
trusts <- read("trusts.csv")
strategy <- grep("^strategy__", names(responses), value = TRUE)
most_options <- 10 # strategy statements are rated 1-10

# MATs with five or more respondents to the block and no item on fewer than three answers.
answered <- !is.na(responses[strategy])
respondents <- tapply(rowSums(answered) > 0, responses$mat_id, sum)
fewest <- apply(apply(answered, 2, tapply, responses$mat_id, sum), 1, min)
clustered <- names(respondents)[respondents >= 5 & fewest[names(respondents)] >= 3]
clustered <- clustered[order(as.integer(sub("\\D+", "", clustered)))]
means <- sapply(strategy, function(item) {
  tapply(responses[[item]], responses$mat_id, mean, na.rm = TRUE)[clustered]
})

ks <- 2:8
d <- dist(unname(means))
tree <- hclust(d, "average")
cuts <- cutree(tree, ks)
colnames(cuts) <- paste0("k", ks)
silhouettes <- do.call(rbind, lapply(ks, function(k) {
  found <- silhouette(cuts[, paste0("k", k)], d)
  data.frame(k = k, mat_id = clustered, cluster = found[, "cluster"],
             neighbour = found[, "neighbor"], width = found[, "sil_width"])
}))

agreement_of <- function(mats, among) {
  part <- responses[responses$mat_id %in% among, ]
  icc <- spread <- NULL
  for (item in strategy) {
    answers <- na.omit(data.frame(group = part$mat_id, value = part[[item]]))
    model <- aov(value ~ factor(group), answers)
    squares <- summary(model)[[1]][["Mean Sq"]]
    icc <- rbind(icc, data.frame(
      mats = mats, item = item, n_groups = length(unique(answers$group)),
      n_responses = nrow(answers), icc1 = ICC1(model), icc2 = ICC2(model),
      msb = squares[1], msw = squares[2]
    ))
    found <- rwg(part[[item]], part$mat_id, ranvar = (most_options^2 - 1) / 12)
    spread <- rbind(spread, data.frame(
      mats = mats, item = item, mat_id = found$grpid, n = found$gsize, rwg = found$rwg
    ))
  }
  list(icc = icc, rwg = spread)
}
agreement <- list(agreement_of("all", unique(responses$mat_id)),
                  agreement_of("clustered", clustered))

attributes <- trusts[match(clustered, trusts$mat_id), setdiff(names(trusts), "mat_id")]
attributes[is.na(attributes)] <- "(missing)"
associations <- do.call(rbind, lapply(2:3, function(k) {
  do.call(rbind, lapply(names(attributes), function(name) {
    counts <- table(attributes[[name]], cuts[, paste0("k", k)])
    data.frame(k = k, attribute = name, n = sum(counts), levels = nrow(counts),
               p_value = if (nrow(counts) > 1) fisher.test(counts, workspace = 2e7)$p.value else 1)
  }))
}))

save_as <- function(frame, name) {
  write_values(frame, file.path(folder, sprintf("reconstruction_%s.csv", name)))
}
save_as(data.frame(step = seq_along(tree$height), height = tree$height,
                   cophenetic_correlation = cor(d, cophenetic(tree)),
                   agglomerative_coefficient = coef.hclust(tree)), "tree")
save_as(data.frame(mat_id = clustered, position = order(tree$order), cuts), "objects")
save_as(silhouettes, "silhouettes")
save_as(do.call(rbind, lapply(agreement, `[[`, "icc")), "icc")
save_as(do.call(rbind, lapply(agreement, `[[`, "rwg")), "rwg")
save_as(associations, "associations")
write_stamp(
  "reconstruction.R", c("stats", "cluster", "multilevel"),
  sprintf("%s: %s (MD5)", c("responses.csv", "trusts.csv"),
          tools::md5sum(file.path(source_folder, c("responses.csv", "trusts.csv")))),
  file.path(folder, "reconstruction.txt")
)
