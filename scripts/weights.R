# Post-stratified shares by R's survey package for tests/test_weighting.py: Rscript scripts/weights.R < responses.csv
# Columns: seed, day, field, dossiers of the field, whether satisfied; answers of a day are one cluster.
suppressPackageStartupMessages(library(survey))
said <- read.csv(file("stdin"))
lines <- sapply(sort(unique(said$seed)), function(seed) {
  own <- said[said$seed == seed, ]
  handled <- unique(data.frame(field = own$field, Freq = own$dossiers))
  drawn <- svydesign(ids = ~day, data = own, weights = rep(sum(handled$Freq) / nrow(own), nrow(own)))
  weighted <- postStratify(drawn, ~field, handled)
  alike <- svymean(~satisfied, drawn)
  found <- svymean(~satisfied, weighted)
  sprintf('  {"seed": %d, "raw": %.15g, "raw_se": %.15g, "value": %.15g, "se": %.15g}', seed, coef(alike), SE(alike), coef(found), SE(found))
})
cat("[\n", paste(lines, collapse = ",\n"), "\n]\n", sep = "")
