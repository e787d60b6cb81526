# make run    the demo company: set up, refresh, print the verdict
# make test   everything that CI runs
# make dashboard · make dagster   look at what is published; run the schedule and the sensor
# make lint · make lint-sql-changed BASE=main · make soak · make screenshots · make clean · make help
# HOME_DIR=path   another company's home (default: seeds)
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
PY := .venv/bin/python
HOME_DIR ?= seeds
# what a change is compared with
BASE ?= origin/main
# parameters of the pages' queries are DuckDB's own, not Jinja
LINT_QUERIES := .venv/bin/sqlfluff lint -p 2 --disable-progress-bar --templater placeholder

.PHONY: run dashboard dagster test check lint lint-python lint-sql-changed soak screenshots clean help

run: .venv/.stamp
	@$(PY) -m orchestration.cli refresh --home $(HOME_DIR)

dashboard: .venv/.stamp
	@$(PY) -m orchestration.cli dashboard --home $(HOME_DIR)

dagster: .venv/.stamp
	@$(PY) -m orchestration.cli dagster --home $(HOME_DIR)

test: .venv/.dev-stamp lint-python
	@.venv/bin/pytest -q -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint-python: .venv/.dev-stamp
	@.venv/bin/ruff format --check -q .
	@.venv/bin/ruff check -q .
	@.venv/bin/mypy

# the style of SQL takes minutes to read: before a change lands, and in the long suite
lint: lint-python
	@.venv/bin/sqlfluff lint -p 2 --disable-progress-bar dbt_project
	@$(LINT_QUERIES) dashboards/queries

# only the SQL that differs from BASE, uncommitted changes included
lint-sql-changed: .venv/.dev-stamp
	@changed=$$(git diff --name-only --diff-filter=d $(BASE) -- 'dbt_project/*.sql') && \
	 if [ -n "$$changed" ]; then .venv/bin/sqlfluff lint -p 2 --disable-progress-bar $$changed; fi
	@changed=$$(git diff --name-only --diff-filter=d $(BASE) -- 'dashboards/queries/*.sql') && \
	 if [ -n "$$changed" ]; then $(LINT_QUERIES) $$changed; fi

check: test

# the fault matrix and the other long suites; counts and seed: benchmarks/README.md
soak: lint
	@.venv/bin/pytest -q -m soak

screenshots: .venv/.dev-stamp
	@$(PY) -m docs.screenshots $(HOME_DIR)

clean:
	rm -rf .venv .tools seeds/var dbt_project/target dbt_project/logs

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
