"""What Core ML's compiler would refuse, found without a Mac: one rule a function, `linter.lint` runs them all."""
