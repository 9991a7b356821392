# What every oracle script needs: its own folder, full-precision CSV, a stamp of versions.
# Source it from a script in this folder; it defines functions only.

# The folder of the running script, so that it can be called from anywhere.
own_folder <- function() {
  flag <- grep("^--file=", commandArgs(FALSE), value = TRUE)
  if (length(flag) != 1) stop("run this with `Rscript tests/oracles/<name>.R`")
  dirname(normalizePath(sub("^--file=", "", flag)))
}

# 17 significant digits bring back the same double; 15 are what a person typed (80.2).
full_precision <- function(column, digits) {
  if (!is.numeric(column)) return(as.character(column))
  text <- sprintf("%.*g", digits, column)
  text[is.na(column)] <- NA
  text
}

write_values <- function(frame, path, digits = 17L) {
  text <- as.data.frame(lapply(frame, full_precision, digits), check.names = FALSE)
  stopifnot(!grepl("[,\"\n]", unlist(text)))
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
