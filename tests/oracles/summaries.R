# Spread, quartiles (type 7) and the share of the first axes of a principal components analysis.
# Reads data/*.csv written by trees.R and agreement.R; writes
# summaries_{groups,centred,axes}.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
folder <- own_folder()
read <- function(name) read.csv(file.path(folder, "data", paste0(name, ".csv")))

# Groups of 1, 2, 3, 5, 8, ... whole-number answers, some missing.
answers <- read("lq2002_respondents")
groups <- NULL
items <- c("LEAD01", "TSIG01", "LEAD07_GAPS")
for (item in items) {
  for (name in sort(unique(na.omit(answers$UNEQUAL)))) {
    value <- na.omit(answers[[item]][which(answers$UNEQUAL == name)])
    if (length(value) == 0) next
    quartile <- quantile(value, c(0.25, 0.75), type = 7, names = FALSE)
    groups <- rbind(groups, data.frame(
      group = name, item = item, n = length(value), mean = mean(value), median = median(value),
      sd = sd(value), q25 = quartile[1], q75 = quartile[2], iqr = IQR(value, type = 7),
      min = min(value), max = max(value)
    ))
  }
}

# Means by company after each respondent's own mean is taken out.
own_mean <- rowMeans(answers[items], na.rm = TRUE)
centred <- aggregate(answers[items] - own_mean, list(group = answers$COMPID), mean, na.rm = TRUE)

axes <- NULL
for (case in list(c("attitude", "none"), c("swiss", "zscore"), c("bh1996_group_means", "none"),
                  c("bh1996_group_means", "zscore"))) {
  found <- prcomp(read(case[1])[-1], scale. = case[2] == "zscore")
  share <- found$sdev^2 / sum(found$sdev^2)
  axes <- rbind(axes, data.frame(
    data = case[1], scaling = case[2], axis = seq_along(share), sd = found$sdev, share = share
  ))
}
write_values(groups, file.path(folder, "summaries_groups.csv"))
write_values(centred, file.path(folder, "summaries_centred.csv"))
write_values(axes, file.path(folder, "summaries_axes.csv"))
write_stamp(
  "summaries.R", "stats",
  "as trees.R and agreement.R",
  file.path(folder, "summaries.txt")
)
