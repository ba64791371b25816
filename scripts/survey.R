# Standard errors by R's survey package for tests/test_clusters.py: Rscript scripts/survey.R < responses.csv
# Columns: seed, day, then of `overall`, `a` and `b` whether satisfied, empty where not applicable.
suppressPackageStartupMessages(library(survey))
said <- read.csv(file("stdin"))
for (item in c("overall", "a", "b")) {
  given <- !is.na(said[[item]])
  said[[paste0(item, "_n")]] <- as.numeric(given)
  said[[item]][!given] <- 0
}
lines <- sapply(sort(unique(said$seed)), function(seed) {
  design <- svydesign(ids = ~day, data = said[said$seed == seed, ], weights = ~1)
  se <- function(item) SE(svyratio(as.formula(paste0("~", item)), as.formula(paste0("~", item, "_n")), design))
  # The mean of two ratios, linearised together: totals first, then the contrast.
  totals <- svytotal(~ a + a_n + b + b_n, design)
  f <- SE(svycontrast(totals, quote(a / a_n / 2 + b / b_n / 2)))
  sprintf('  {"seed": %d, "overall": %.15g, "a": %.15g, "b": %.15g, "f": %.15g}', seed, se("overall"), se("a"), se("b"), f)
})
cat("[\n", paste(lines, collapse = ",\n"), "\n]\n", sep = "")
