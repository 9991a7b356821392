# ICC(1), ICC(2) and rwg from the package multilevel, on small parts of two of its data sets.
# Writes data/{bh1996,lq2002}_respondents.csv and agreement_{icc,rwg}.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
suppressPackageStartupMessages(library(multilevel))
folder <- own_folder()
data(bh1996)
data(lq2002)

# The smallest groups give the most groups for the fewest rows.
smallest <- function(frame, group, n_groups) {
  sizes <- sort(table(frame[[group]]))
  frame[frame[[group]] %in% names(sizes)[seq_len(n_groups)], ]
}

bh1996_part <- smallest(bh1996, "GRP", 12)[c("GRP", "COHES", "LEAD", "HRS")]

lq2002_part <- smallest(lq2002, "COMPID", 12)[c("COMPID", "LEAD01", "LEAD07", "TSIG01")]
# Unequal sizes down to groups of one and two: the first 1, 1, 2, 3, 5, 8, ... of each company.
place <- ave(seq_len(nrow(lq2002_part)), lq2002_part$COMPID, FUN = seq_along)
quota <- setNames(c(1, 1, 2, 3, 5, 8, rep(99, 6)), unique(lq2002_part$COMPID))
lq2002_part$UNEQUAL <- ifelse(place <= quota[as.character(lq2002_part$COMPID)],
                              lq2002_part$COMPID, NA)
# Answers dealt out like cards in order of LEAD01: groups more alike than chance, ICC(1) < 0.
lq2002_part$DEALT <- (order(order(lq2002_part$LEAD01)) - 1) %% 12 + 1
# Every seventh answer missing.
lq2002_part$LEAD07_GAPS <- replace(lq2002_part$LEAD07, seq(7, nrow(lq2002_part), 7), NA)

parts <- list(bh1996_respondents = bh1996_part, lq2002_respondents = lq2002_part)
for (name in names(parts)) {
  write_values(parts[[name]], file.path(folder, "data", paste0(name, ".csv")))
}

# Options of the answer scale. COHES and LEAD of bh1996 are averages on 1-5; HRS has no scale.
cases <- read.csv(text = "data,group,item,options
bh1996_respondents,GRP,COHES,5
bh1996_respondents,GRP,LEAD,5
bh1996_respondents,GRP,HRS,
lq2002_respondents,COMPID,LEAD01,5
lq2002_respondents,COMPID,LEAD07,5
lq2002_respondents,COMPID,TSIG01,5
lq2002_respondents,COMPID,LEAD07_GAPS,5
lq2002_respondents,UNEQUAL,LEAD01,5
lq2002_respondents,UNEQUAL,TSIG01,5
lq2002_respondents,UNEQUAL,LEAD07_GAPS,5
lq2002_respondents,DEALT,LEAD01,5")

# The variance of answers spread evenly over the scale, written out.
even_spread <- function(options) mean((seq_len(options) - mean(seq_len(options)))^2)

icc <- agreement <- NULL
for (i in seq_len(nrow(cases))) {
  case <- cases[i, ]
  part <- parts[[case$data]]
  answers <- na.omit(data.frame(group = part[[case$group]], value = part[[case$item]]))
  model <- aov(value ~ factor(group), answers)
  squares <- summary(model)[[1]][["Mean Sq"]]
  sizes <- as.vector(table(answers$group))
  n <- sum(sizes)
  n0 <- (n - sum(sizes^2) / n) / (length(sizes) - 1)
  icc <- rbind(icc, cbind(
    case, icc1 = ICC1(model), icc2 = ICC2(model),
    icc1_n0 = (squares[1] - squares[2]) / (squares[1] + (n0 - 1) * squares[2]),
    n_groups = length(sizes), n_responses = n, msb = squares[1], msw = squares[2]
  ))
  if (is.na(case$options)) next
  null <- even_spread(case$options)
  found <- rwg(part[[case$item]], part[[case$group]], ranvar = null)
  agreement <- rbind(agreement, cbind(
    case, null_variance = null,
    setNames(found[c("grpid", "gsize", "rwg")], c("name", "n", "rwg")),
    row.names = NULL
  ))
}
stopifnot(any(icc$icc1 < 0), any(agreement$n == 1), any(agreement$rwg == 0, na.rm = TRUE))
write_values(icc, file.path(folder, "agreement_icc.csv"))
write_values(agreement, file.path(folder, "agreement_rwg.csv"))
write_stamp(
  "agreement.R", c("multilevel", "stats"),
  c("bh1996_respondents (12 of 99 groups): multilevel, GPL (>= 2)",
    "lq2002_respondents (12 of 49 companies): multilevel, GPL (>= 2)"),
  file.path(folder, "agreement.txt")
)
