"""`make mac`: everything that only a Mac can say of the packages, in one run, and what becomes of its result."""
