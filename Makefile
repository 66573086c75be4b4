# `make` lists the targets. Every target sets up what it needs; the second time that takes seconds.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/bash

ifndef PYTHON
PYTHON := $(shell for name in python3.11 python3 python3.12 python3.13; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
endif
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
JOBS ?= 2
N ?= 2000

# Debian packages are installed when that is allowed (root, or sudo without a password) and otherwise named.
apt = ( \
	if ! command -v apt-get >/dev/null; then may=no; \
	elif [ "$$(id -u)" = 0 ]; then may=env; \
	elif sudo -n true 2>/dev/null; then may="sudo -n env"; \
	else may=no; fi; \
	if [ "$$may" = no ]; then echo "Missing: run as root:  apt-get install $(1)" >&2; exit 1; fi; \
	echo "Installing $(1) with apt-get"; \
	get="$$may DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300"; \
	install="$$get install -y --no-install-recommends $(1)"; \
	$$install >/dev/null 2>&1 || { $$get update && $$install >/dev/null; } ) </dev/null

.PHONY: help
help: ## List the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

$(INSTALLED): pyproject.toml
	@if [ -z "$(PYTHON)" ]; then echo "Missing: Python 3.11 or later" >&2; exit 5; fi
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(call apt,python3-venv); }
	@echo "Installing cuq into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

.PHONY: setup
setup: $(INSTALLED) ## Install cuq, rustc with library sources when none fits, and core for nvptx64
	@$(BIN)/python -m cuq.toolchain 2>/dev/null \
	  || { { $(call apt,rustc-web rust-web-src); } && $(BIN)/python -m cuq.toolchain; } \
	  || { echo "Going on without rustc: sources cannot be compiled, MIR dumps can be checked" >&2; }
	@command -v cargo >/dev/null || { $(call apt,cargo-web); } || echo "Going on without cargo: no crates" >&2

.PHONY: coqc
coqc:
	@command -v coqc >/dev/null || { $(call apt,coq); } || echo "Going on without Coq" >&2

DEMO := rust-fixtures/saxpy

.PHONY: demo
demo: setup ## Check a safe kernel and a racy one, and show both reports
	@if $(BIN)/python -m cuq.toolchain 2>/dev/null; then suffix=rs; else suffix=mir; fi; \
	$(BIN)/cuq check $(DEMO)/saxpy_u32.$$suffix || exit; \
	echo; \
	$(BIN)/cuq check $(DEMO)/saxpy_shifted.$$suffix; code=$$?; \
	[ $$code = 1 ] || { echo "exit code $$code, where a refuted kernel gives 1" >&2; exit 1; }

.PHONY: test
test: setup coqc ## Run everything: style, types, proofs, tests
	@status=0; \
	$(BIN)/ruff check cuq tests || status=1; \
	$(BIN)/ruff format --check cuq tests || status=1; \
	$(BIN)/mypy || status=1; \
	if ! command -v coqc >/dev/null; then echo "Skipped: the proofs in coq/, as coqc is not installed"; \
	elif [ ! -f coq/Makefile ]; then echo "Skipped: the proofs, as there is no coq/Makefile"; \
	else $(MAKE) --no-print-directory -C coq || status=1; fi; \
	$(BIN)/pytest -n $(JOBS) || status=1; \
	exit $$status

.PHONY: test-fast
test-fast: $(INSTALLED) ## Run the tests that take little time
	@$(BIN)/pytest -n $(JOBS) -m 'not slow'

.PHONY: bench
bench: setup ## Measure the speed of checks, as ratios, and write docs/performance.md
	@$(BIN)/python -m compileall -q cuq
	@$(BIN)/python -m tests.bench

.PHONY: soundness
soundness: setup ## Compare verdicts on N random kernels with exhaustive interpretation (N=2000, QUICK=1 for the budget of the tests, RECORD=FILE to go on later)
	@$(BIN)/python -m tests.soundness.run $(N) --jobs $(JOBS) $(if $(QUICK),--quick) $(if $(RECORD),--record $(RECORD)) $(if $(REPORT),--report $(REPORT))

.PHONY: mutation
mutation: setup ## Judge automatic mutants of all safe fixtures, and write docs/mutation.md (RECORD=FILE to go on later)
	@$(BIN)/python -m tests.mutation.run --jobs $(JOBS) $(if $(RECORD),--record $(RECORD))

.PHONY: coverage-frontend
coverage-frontend: setup ## Parse the MIR of core, lower the fixtures, and write docs/coverage.md
	@$(BIN)/python -m tests.coverage

.PHONY: certified
certified: setup coqc ## Have Coq prove what is true of the fixtures, and write docs/certified.md (RECORD=FILE to go on later)
	@$(BIN)/python -m tests.coq.certified $(if $(RECORD),--record $(RECORD))

.PHONY: certified-mutants
certified-mutants: setup coqc ## Have Coq try to prove broken mutants, and write docs/certified-mutants.md (MOST=N, RECORD=FILE)
	@$(BIN)/python -m tests.coq.mutants --most $(or $(MOST),1) $(if $(RECORD),--record $(RECORD))

.PHONY: mapping
mapping: setup ## Measure what rustc makes of atomics, and write docs/mapping.md
	@$(BIN)/python -m tests.mapping

.PHONY: oracle
oracle: setup ## Run the fixtures on the host under ThreadSanitizer's instrumentation, and write docs/oracle.md
	@$(BIN)/python -m tests.oracle.run --jobs $(JOBS)

.PHONY: litmus-mutants
litmus-mutants: $(INSTALLED) ## Find a test for each clause of the memory models, and write it into docs/memory-model.md
	@$(BIN)/python -m tests.ptx.litmus.mutation

.PHONY: litmus-random
litmus-random: $(INSTALLED) ## Compare the two engines on N random litmus tests, and write docs/litmus-engines.md (N=20000, RECORD=FILE to go on later)
	@$(BIN)/python -m tests.ptx.litmus.random_tests $(if $(N),$(N),20000) $(if $(RECORD),--record $(RECORD))

.PHONY: promote
promote: setup ## Make what the tests print now the golden files, and write the generated pages
	@for page in cuq.report.checkdocs cuq.report.verdictdocs cuq.report.dialectdocs cuq.cli.clidocs; do \
	  $(BIN)/python -m $$page || exit; done
	@$(BIN)/pytest --promote

.PHONY: fmt
fmt: $(INSTALLED) ## Format the code
	@$(BIN)/ruff check --fix cuq tests
	@$(BIN)/ruff format cuq tests
