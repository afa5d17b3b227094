# Kept: every target creates the environment it needs. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
KEPT_DIR ?= .kept
export KEPT_DIR
# compiled once, not at every start of a service
export PYTHONDONTWRITEBYTECODE :=
PARTS := libs/worktime libs/events services/intake services/cases services/scheduler services/notifier deploy/local examples

.PHONY: help check test run demo accept bench lock clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.venv/ready: requirements.lock deploy/local/installer.lock $(PARTS:%=%/pyproject.toml)
	@command -v git >/dev/null || { echo "git is missing: install it, then run make again"; exit 1; }
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install Python 3.11 or newer, then run make again"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11: set PYTHON=<path of a newer one>"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing (Debian: apt-get install python3-venv)"; exit 1; }
	@echo "environment: creating .venv (about 350 MB, a minute or two the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/local/installer.lock
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation $(PARTS:%=-e %)
	@touch $@

check: .venv/ready ## Format, lint, imports, types, unit tests (<= 60 s)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/pytest -n 2 --dist loadfile tests/unit tests/architecture

test: .venv/ready ## All tests on real PostgreSQL and Kafka (about 4.5 min)
	@$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

run: .venv/ready ## Start everything; data under KEPT_DIR (default .kept); Ctrl-C stops
	@$(BIN)/python -m local run

DATA ?=
MAPPING ?=
LEAD ?=
REPORT ?=
KILL ?=
TWICE ?=
demo: .venv/ready ## A story of a small service desk; or DATA=file.csv MAPPING=file.toml LEAD=1h [REPORT=out.json] [KILL=each] [TWICE=1]
	@$(BIN)/python -m demo $(if $(DATA),--data "$(DATA)") $(if $(MAPPING),--mapping "$(MAPPING)") $(if $(LEAD),--lead "$(LEAD)") $(if $(REPORT),--report "$(REPORT)") $(if $(KILL),--kill "$(KILL)") $(if $(filter 1,$(TWICE)),--twice)

accept: .venv/ready ## The long acceptance runs (about 45 min)
	@$(BIN)/pytest tests -m accept

bench: .venv/ready ## Measure beside rivals; table and bench.json
	@$(BIN)/python -m tests.bench

lock: ## Write requirements.lock anew (needs the network)
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-header \
	  $(foreach p,$(PARTS),--no-emit-package kept-$(if $(filter examples,$(p)),demo,$(notdir $(p)))) --quiet --output-file requirements.lock

clean: ## Remove the environment, caches and local data
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .kept bench.json uv.lock
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
