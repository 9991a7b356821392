# Silhouettes of Rousseeuw's twelve countries from the package cluster.
# Reads data/rousseeuw_{countries,published}.csv; writes silhouettes_countries.csv.

flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
source(file.path(dirname(normalizePath(sub("^--file=", "", flag))), "common.R"))
suppressPackageStartupMessages(library(cluster))
folder <- own_folder()

d <- as.dist(read.csv(file.path(folder, "data", "rousseeuw_countries.csv"), row.names = 1))
published <- read.csv(file.path(folder, "data", "rousseeuw_published.csv"))
values <- NULL
for (number in c("two", "three")) {
  found <- silhouette(published[[paste0(number, "_clusters")]], d)
  # two decimals are printed in the paper's figures 2 and 3
  stopifnot(abs(found[, "sil_width"] - published[[paste0(number, "_widths")]]) <= 0.005)
  values <- rbind(values, data.frame(
    partition = number, country = published$country, cluster = found[, "cluster"],
    neighbour = found[, "neighbor"], width = found[, "sil_width"]
  ))
}
write_values(values, file.path(folder, "silhouettes_countries.csv"))
write_stamp(
  "silhouettes.R", "cluster",
  c("rousseeuw_countries, rousseeuw_published: figures printed in Rousseeuw (1987)",
    "doi:10.1016/0377-0427(87)90125-7, table 1 and figures 2 and 3"),
  file.path(folder, "silhouettes.txt")
)
