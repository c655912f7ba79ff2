# Two commands matter: `make demo` and `make test`. Both build .venv first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup setup-dev demo test check torture mutants bench bench-quick lock tables clean

setup: .venv/.run-stamp

setup-dev: .venv/.dev-stamp

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kadenz needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing here (Debian: install python3-venv)." >&2; exit 1; }

.venv/.run-stamp: .venv/bin/python requirements/run.lock requirements/build.lock pyproject.toml
	@echo "Setting up .venv (once; about half a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock -r requirements/build.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . > .venv/install.log 2>&1 || { cat .venv/install.log >&2; exit 1; }
	@touch $@

.venv/.dev-stamp: .venv/.run-stamp requirements/dev.lock
	@echo "Adding the development tools ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

demo: setup
	@$(BIN)/python -m scripts.demo

test: setup-dev
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m scripts.import_rule

# An environment of its own, because of one pin that clashes (requirements/bench.in). Where durable-rules cannot be built
# (no C compiler) the rest is installed, and its row says that it is missing.
.venv-bench/.stamp: requirements/bench.lock requirements/build.lock pyproject.toml
	@$(PYTHON) -m venv .venv-bench
	@echo "Setting up .venv-bench (once; about a minute) ..."
	@sed '/^durable-rules==/,/[^\\]$$/d' requirements/bench.lock > .venv-bench/rest.lock
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.lock -r requirements/bench.lock 2> .venv-bench/install.log \
	  || .venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.lock -r .venv-bench/rest.lock
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >> .venv-bench/install.log 2>&1 || { cat .venv-bench/install.log >&2; exit 1; }
	@touch $@

# All benchmarks (more than an hour), and the short ones (some minutes).
bench: .venv-bench/.stamp
	@.venv-bench/bin/python -m benchmarks.run $(BENCH)

bench-quick: .venv-bench/.stamp
	@.venv-bench/bin/python -m benchmarks.run --quick $(BENCH)

# The long form of the promises' proofs, part by part (about an hour; `make torture PARTS="power disk"` for some of them),
# and seven mistakes that each of them must find (some minutes).
torture: setup-dev
	@$(BIN)/python -m scripts.guarantees $(PARTS)

mutants: setup-dev
	@$(BIN)/python -m scripts.mutants

# Renew the lock files (needs `uv`); the index stays unnamed.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/run.lock pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements/run.lock -o requirements/dev.lock requirements/dev.in
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/build.lock requirements/build.in
	sed '/^python-dateutil==/,/[^\\]$$/d' requirements/run.lock requirements/dev.lock > requirements/.shared
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements/.shared -o requirements/bench.lock pyproject.toml requirements/bench.in
	rm requirements/.shared

# Make the tables of the grammar anew, after a change of dsl/grammar.lark.
tables: setup
	@$(BIN)/python -m scripts.tables

clean:
	rm -rf .venv .venv-bench build *.egg-info .mypy_cache .ruff_cache .pytest_cache
