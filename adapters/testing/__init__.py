"""`test` blocks on the executors: running them, telling what was seen, coverage, JUnit, tests that write themselves."""
