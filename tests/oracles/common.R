# What every oracle script needs: its own folder, full-precision CSV, a stamp of versions.
# Source it from a script in this folder; it defines functions only.

# The folder of the running script, so that it can be called from anywhere.
own_folder <- function() {
  flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
  if (length(flag) != 1) stop("run this with `Rscript tests/oracles/<name>.R`")
  dirname(normalizePath(sub("^--file=", "", flag)))
}

# 17 significant digits bring back the same double; a whole number stays short.
full_precision <- function(column) {
  if (!is.numeric(column)) return(as.character(column))
  text <- sprintf("%.17g", column)
  text[is.na(column)] <- NA
  text
}

write_values <- function(frame, path) {
  text <- as.data.frame(lapply(frame, full_precision), check.names = FALSE)
  write.csv(text, path, row.names = FALSE, quote = FALSE, na = "", eol = "\n")
}

# No date, host or path: a rerun with the same versions gives the same bytes.
write_stamp <- function(script, packages, licences, path) {
  versions <- vapply(packages, function(name) {
    description <- packageDescription(name)
    sprintf("%s %s (%s)", name, description$Version, description$License)
  }, "")
  writeLines(c(
    paste("script:", script),
    paste("R:", R.version.string),
    paste("random numbers:", paste(RNGkind(), collapse = ", ")),
    paste("package:", versions),
    paste("data:", licences)
  ), path)
}
