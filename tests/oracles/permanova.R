# PERMANOVA of respondents by group: vegan's adonis2 on Euclidean distances, its exact p where all
# deals can be listed, and sums of one-way analyses of variance where answers are missing.
# Reads data/{bh1996,lq2002}_respondents.csv, which agreement.R writes. Writes permanova_tests.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
suppressPackageStartupMessages(library(vegan))
folder <- own_folder()

# n: how many of the first respondents of each of the first two groups, where p is exact.
cases <- read.csv(text = "data,group,items,n
bh1996_respondents,GRP,COHES;LEAD;HRS,
bh1996_respondents,GRP,COHES,
lq2002_respondents,COMPID,LEAD01;LEAD07;TSIG01,
lq2002_respondents,UNEQUAL,LEAD01;LEAD07;TSIG01,
lq2002_respondents,DEALT,LEAD01,
lq2002_respondents,COMPID,LEAD01;LEAD07;TSIG01,4
bh1996_respondents,GRP,COHES;LEAD;HRS,6
lq2002_respondents,COMPID,LEAD01;LEAD07_GAPS,
lq2002_respondents,UNEQUAL,LEAD01;LEAD07_GAPS;TSIG01,")

# Every way of choosing who is in the first of two groups of n, as orders of the 2n respondents.
all_deals <- function(n) {
  t(combn(2 * n, n, function(first) c(first, setdiff(seq_len(2 * n), first))))
}

by_adonis <- function(answers, group, n) {
  deals <- if (is.na(n)) 0 else all_deals(n)
  found <- adonis2(answers ~ group, data.frame(group), permutations = deals,
                   method = "euclidean")
  # The deals as listed include the observed one, so p is a plain share of them.
  drawn <- attr(found, "F.perm")
  p_exact <- if (is.na(n)) NA else mean(drawn >= found$F[1] * (1 - 1e-12))
  data.frame(source = "adonis2", ss_between = found$SumOfSqs[1], ss_within = found$SumOfSqs[2],
             pseudo_f = found$F[1], r_squared = found$R2[1], p_exact = p_exact)
}

by_aov <- function(answers, group) {
  tables <- lapply(answers, function(value) summary(aov(value ~ group, na.action = na.omit))[[1]])
  total <- Reduce(`+`, lapply(tables, function(one) one[c("Df", "Sum Sq")]))
  squares <- total[["Sum Sq"]]
  data.frame(source = "aov", ss_between = squares[1], ss_within = squares[2],
             pseudo_f = (squares[1] / total$Df[1]) / (squares[2] / total$Df[2]),
             r_squared = squares[1] / sum(squares), p_exact = NA)
}

tests <- NULL
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  part <- read.csv(file.path(folder, "data", paste0(case$data, ".csv")))
  part <- part[!is.na(part[[case$group]]), ]
  if (!is.na(case$n)) {
    part <- part[part[[case$group]] %in% unique(part[[case$group]])[1:2], ]
    part <- part[ave(seq_len(nrow(part)), part[[case$group]], FUN = seq_along) <= case$n, ]
    part <- part[order(part[[case$group]]), ]
  }
  answers <- part[strsplit(case$items, ";")[[1]]]
  group <- factor(part[[case$group]])
  found <- if (anyNA(answers)) by_aov(answers, group) else by_adonis(answers, group, case$n)
  tests <- rbind(tests, cbind(case, n_groups = nlevels(group), n_responses = nrow(part), found))
}
stopifnot(sum(tests$source == "aov") == 2, any(tests$pseudo_f < 1), sum(!is.na(tests$p_exact)) == 2)
write_values(tests, file.path(folder, "permanova_tests.csv"))
write_stamp(
  "permanova.R", c("vegan", "stats"),
  c("bh1996_respondents (12 of 99 groups): multilevel, GPL (>= 2)",
    "lq2002_respondents (12 of 49 companies): multilevel, GPL (>= 2)"),
  file.path(folder, "permanova.txt")
)
