# Writes raw/univbct-time-<1, 2, 3>/{people,companies}.csv from the data set univbct of the R
# package multilevel (GPL >= 2). Run from the project's folder: Rscript examples/univbct/data.R
suppressPackageStartupMessages(library(multilevel))
flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
raw <- file.path(dirname(normalizePath(sub("^--file=", "", flag))), "raw")
data(univbct)

# The stacked form repeats each person three times, with the ratings of all times in each row.
people <- univbct[!duplicated(univbct$SUBNUM), ]
# Letters of companies repeat from battalion to battalion.
people$UNIT <- paste(people$BTN, people$COMPANY)
units <- unique(people[order(people$BTN, people$COMPANY), c("UNIT", "BTN", "COMPANY")])
names(units) <- c("mat_id", "battalion", "company")
for (time in 1:3) {
  folder <- file.path(raw, paste0("univbct-time-", time))
  dir.create(folder, recursive = TRUE, showWarnings = FALSE)
  ratings <- paste0(c("JOBSAT", "COMMIT", "READY"), time)
  write.csv(people[c("SUBNUM", "UNIT", ratings)], file.path(folder, "people.csv"),
            na = "", quote = FALSE, row.names = FALSE)
  write.csv(units, file.path(folder, "companies.csv"), quote = FALSE, row.names = FALSE)
}
