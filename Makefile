# One word each: lab, test, lint, docs, bench, chaos. The first use makes .venv from the locks.

PYTHON ?= python3
LAB_ARGS ?=
TEST_ARGS ?=
BENCH_ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install -qq --require-hashes --only-binary :all:
# What a wheel carries beside the package; an editable install copies it, so a change installs anew.
SHIPPED := $(shell find jupyter extensions/lab/bundle -type f 2>/dev/null)
# Of a part (TEST_ARGS) coverage would say nothing.
COVERAGE := --cov --cov-report=term:skip-covered
# Files side by side, the long ones first (conftest.py keeps together what shares a gate).
WORKERS ?= 2
ABREAST := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
SOURCES := tobit_kernel tests benchmarks docs conftest.py .ci

.PHONY: help lab test lint format docs bench chaos venv lock clean
.DELETE_ON_ERROR:

help: ## these words
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

lab: .venv/installed ## JupyterLab with demo data (LAB_ARGS=--no-browser)
	@$(BIN)/tobit lab $(LAB_ARGS)

test: .venv/installed-dev ## everything this machine allows, with coverage (TEST_ARGS="-k load")
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/python -m pytest $(if $(TEST_ARGS),,$(COVERAGE) $(ABREAST)) -rs --nbval-lax $(wildcard notebooks) tests $(TEST_ARGS)

lint: .venv/installed-dev ## ruff, mypy, import-linter, bandit, pip-audit; all of them, whichever fails
	@failed=0; \
	$(BIN)/ruff check --quiet $(wildcard $(SOURCES)) || failed=1; \
	$(BIN)/mypy || failed=1; \
	$(BIN)/lint-imports --no-cache --no-logo || failed=1; \
	$(BIN)/bandit --quiet --recursive --severity-level medium --configfile pyproject.toml tobit_kernel || failed=1; \
	$(BIN)/python .ci/audit.py locks/lab.txt || failed=1; \
	exit $$failed

format: .venv/installed-dev ## what ruff can put right by itself
	@$(BIN)/ruff check --fix $(wildcard $(SOURCES))

docs: .venv/installed-dev ## the manual, into site/ (read site/index.html; no server needed)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "The manual is in site/index.html"

bench: .venv/installed-bench ## the tables of docs/benchmarks/, ours beside the peers
	@for file in benchmarks/[a-z]*.py; do $(BIN)/python $$file $(BENCH_ARGS) || exit 1; done

chaos: .venv/installed-dev ## what takes long or hurts: killed servers, a full disk, a wheel in an empty folder
	@TOBIT_CHAOS=$${TOBIT_CHAOS:-12} TOBIT_FUZZ=$${TOBIT_FUZZ:-3000} \
	$(BIN)/python -m pytest -rs -m "chaos or chance" --timeout 3600 tests $(TEST_ARGS)

venv: .venv/installed-dev ## only .venv

lock: .venv/installed-dev ## the locks anew, from pyproject.toml
	@sh locks/make $(BIN)

clean: ## .venv and all that was built
	rm -rf .venv site dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis

# .venv, in steps: the interpreter, the packages of one lock each, then this project.

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Tobit needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1 | tail -n 1)."; \
	  echo "→ Install one and name it: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || $(PYTHON) -m virtualenv --quiet .venv 2>/dev/null || { \
	  rm -rf .venv; \
	  echo "'$(PYTHON)' cannot make a virtual environment: its module venv (ensurepip) is missing."; \
	  echo "→ On Debian: apt-get install python3-venv. Elsewhere: $(PYTHON) -m pip install virtualenv"; exit 1; }

.venv/packages: locks/lab.txt | .venv/bin/pip
	@echo "Installing the packages into .venv (once; one to two minutes) …"
	@$(INSTALL) -r locks/lab.txt
	@touch $@

.venv/packages-dev: locks/dev.txt .venv/packages
	@echo "Installing what tests and the manual need …"
	@$(INSTALL) -r locks/dev.txt
	@touch $@

.venv/packages-bench: locks/bench.txt .venv/packages-dev
	@$(INSTALL) -r locks/bench.txt
	@touch $@

.venv/installed: pyproject.toml $(SHIPPED) .venv/packages
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: .venv/installed .venv/packages-dev
	@touch $@

.venv/installed-bench: .venv/installed-dev .venv/packages-bench
	@touch $@
