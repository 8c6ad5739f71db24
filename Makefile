# Everything a developer or an operator runs. `make` alone lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
# Given command or environment, else the newest that the lock files were made for.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
BIN := .venv/bin
RUN := $(BIN)/python -m pbr_ledger.provision run
# SERVE=0 ends the demonstration when its documents are written.
SERVE ?= 1
# Extra arguments for pytest: make test PYTEST="-k penny"
PYTEST ?=
PROCESSES ?= 2
# One part of the benchmarks: make bench PART=api
PART ?=

.PHONY: help setup setup-run setup-demo setup-test demo test check lint audit bench pictures fmt lock

help: ## this list
	@echo "The payment-by-results ledger"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: setup-test ## get this machine ready for everything: system packages, .venv, locked packages

setup-demo setup-test: setup-%: ## (setup-demo, setup-test: for one purpose alone)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or set PYTHON."; exit 1; }
	@$(PYTHON) -m pbr_ledger.provision.machine $*

setup-run: ## (for a host that runs it: no tests; programs compiled, style sheets put together)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or set PYTHON."; exit 1; }
	@$(PYTHON) -m pbr_ledger.provision.machine run
	@echo "Compiling"
	@SECRET_KEY=for-collecting-only PBR_STATIC_COLLECTED=true $(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0
	@$(BIN)/python -m compileall -q .venv/lib pbr_ledger cohort savings invoicing manage.py

demo: setup-demo ## the sample contract, its reports in var/demo, then the pages (SERVE=0: reports only)
	@echo "Demonstration: its documents go to var/demo"
	@$(RUN) --demo --with-worker -- manage.py demo $(if $(filter 0,$(SERVE)),--no-serve)

test: setup-test ## the whole suite: style, types, layers, every test
	@status=0; \
	$(MAKE) --no-print-directory lint || status=1; \
	echo "Tests"; \
	$(BIN)/pytest -n $(PROCESSES) --dist worksteal $(PYTEST) || status=1; \
	exit $$status

check: setup-test ## the quick part, under a minute: style, types, layers, tests of the core
	@status=0; \
	$(MAKE) --no-print-directory lint || status=1; \
	echo "Tests of the core"; \
	$(BIN)/pytest -q -m "not slow" tests/core $(PYTEST) || status=1; \
	exit $$status

lint: ## (needs `make setup` once) style, format, types, layers
	@status=0; \
	echo "Style"; $(BIN)/ruff check --quiet || status=1; \
	echo "Format"; $(BIN)/ruff format --check --quiet || status=1; \
	echo "Types"; $(BIN)/mypy --no-error-summary || status=1; \
	echo "Layers"; layers=$$($(BIN)/lint-imports 2>&1) || { echo "$$layers"; status=1; }; \
	exit $$status

audit: setup-test ## known faults of the locked packages, and secrets among the tracked files (asks the internet)
	@echo "Audit"
	@$(BIN)/python .ci/audit

bench: setup-test ## how fast, how many, how much memory (PART=api: that part alone)
	@echo "Benchmarks"
	@PBR_VAR_DIR=$(or $(PBR_VAR_DIR),$(CURDIR)/var)/bench PBR_HTTPS=false $(RUN) -- python -m tests.benchmarks $(PART)

pictures: setup-test ## the pictures of the README anew, of what `make demo` serves in another terminal
	@echo "Pictures"
	@$(BIN)/python -m tests.pictures

fmt: setup-test ## mend what can be mended: imports, quotes, line breaks
	@echo "Format"
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format --quiet

LOCKED := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: setup-test ## write the lock files anew from requirements*.in (UPGRADE=--upgrade for newer versions)
	@echo "Locking"
	@$(LOCKED) $(UPGRADE) requirements.in -o requirements.lock
	@$(LOCKED) $(UPGRADE) requirements-dev.in -o requirements-dev.lock
