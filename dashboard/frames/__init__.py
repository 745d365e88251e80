"""Results of `core` as tidy data frames, one module a topic: what a chart draws and what a visitor can download."""
