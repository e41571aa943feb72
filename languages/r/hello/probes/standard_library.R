# Loads every package that came with R. Prints the name of each that does not load, and to the error output why.

for (name in rownames(installed.packages(.Library))) {
  tryCatch(loadNamespace(name), error = function(problem) {
    message(name, ": ", conditionMessage(problem))
    cat(name, "\n", sep = "")
  })
}
