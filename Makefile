# make run    the demo company: set up, refresh, print the verdict
# make test   everything that CI runs
# make dashboard · make dagster   look at what is published; run the schedule and the sensor
# make test-fast  the tests that build no warehouse and open no browser
# make coverage   the tests of `make test`, measured; fails below the floor in pyproject.toml
# make docs       the docs site in site/, checked strictly; open site/index.html
# make lint · make lint-sql · make soak · make screenshots · make clean · make help
# HOME_DIR=path   another company's home (default: seeds)
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
PY := .venv/bin/python
HOME_DIR ?= seeds
WORKERS := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: run dashboard dagster test test-fast coverage check lint lint-python lint-sql soak screenshots docs clean help

run: .venv/.stamp
	@$(PY) -m orchestration.cli refresh --home $(HOME_DIR)

dashboard: .venv/.stamp
	@$(PY) -m orchestration.cli dashboard --home $(HOME_DIR)

dagster: .venv/.stamp
	@$(PY) -m orchestration.cli dagster --home $(HOME_DIR)

test: .venv/.dev-stamp lint
	@.venv/bin/pytest -q $(WORKERS)

# what a change is tried with first; which tests build is found by tests/builds.py
test-fast: .venv/.dev-stamp
	@.venv/bin/pytest -q -m "not soak and not external and not builds and not browser and not slow" $(WORKERS)

# [tool.coverage] in pyproject.toml says what is measured and the floor
coverage: .venv/.dev-stamp
	@.venv/bin/pytest -q $(WORKERS) --cov --cov-report=term

lint-python: .venv/.dev-stamp
	@.venv/bin/ruff format --check -q .
	@.venv/bin/ruff check -q .
	@.venv/bin/mypy

# a file that was clean is not read again until it changes
lint-sql: .venv/.dev-stamp
	@$(PY) -m tests.dbt.sql_style

lint: lint-python lint-sql

check: test

# the fault matrix and the other long suites; counts and seed: benchmarks/README.md
soak: lint
	@.venv/bin/pytest -q -m soak

screenshots: .venv/.dev-stamp
	@$(PY) -m docs.screenshots $(HOME_DIR)

docs: .venv/.dev-stamp
	@NO_MKDOCS_2_WARNING=1 PYTHONPATH=. .venv/bin/mkdocs build --strict --quiet
	@echo "Built site/index.html; its search needs a server: python3 -m http.server -d site"

clean:
	rm -rf .venv .tools .sqlfluff_cache site seeds/var seeds/verdicts.jsonl* dbt_project/target dbt_project/logs

help:
	@grep -E '^# ' Makefile

# uv is fetched from the package index where the machine has none; either pip or venv will do
.tools/bin/uv:
	@python3 -m venv .tools >/dev/null 2>&1 && .tools/bin/python -m pip install -q uv==0.13.8 \
	 || { rm -rf .tools; python3 -m pip install -q --target .tools uv==0.13.8; } \
	 || { rm -rf .tools; echo "need python3-venv (or python3-pip, or uv): apt-get install -y python3-venv" >&2; exit 1; }

.venv/.stamp: uv.lock pyproject.toml | $(filter .tools/%,$(UV))
	@echo "Setting up .venv (a minute the first time) ..."
	@UV_COMPILE_BYTECODE=1 $(UV) sync --frozen --inexact -q && touch $@

.venv/.dev-stamp: uv.lock pyproject.toml | $(filter .tools/%,$(UV))
	@echo "Setting up .venv with the development tools ..."
	@UV_COMPILE_BYTECODE=1 $(UV) sync --frozen --group dev -q && touch $@ .venv/.stamp
