# Everything a reader or a contributor runs. It needs Python 3.11 or later (with venv), git and make.
# Plain sh, and nothing newer than GNU make 3.81, which is what macOS has.

# The Python that makes .venv. Another one: make test PYTHON=/path/to/python3.13
PYTHON ?= python3
# Where the tables and figures go, how many processes compute them, and anything else for pigeon.
RESULTS ?= results
JOBS ?= 2
RUN_FLAGS ?=
# Where the course kit goes.
KIT ?= kit
# Anything else for JupyterLab: make lab LAB_FLAGS=--no-browser
LAB_FLAGS ?=
# Where the tables of the benchmarks go, and anything else for them: make benchmarks BENCHMARK_FLAGS=--quick
BENCHMARKS ?= docs/benchmarks
BENCHMARK_FLAGS ?=
# Anything else for pytest: make test PYTEST_FLAGS="-k timeout", or "-n 0" for one process
PYTEST_FLAGS ?=
# Anything else for tests/mutants.py: make test-mutants MUTANTS_FLAGS="--sample 30"
MUTANTS_FLAGS ?=
# Anything else for tests/breakages.py: make test-breakages BREAKAGES_FLAGS="--only Handshake"
BREAKAGES_FLAGS ?=

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# As many tests at a time as there are processors; those that share a costly fixture, in one process.
PYTEST := $(BIN)/python -m pytest -n auto --dist=loadgroup
PIP := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check
MUTMUT := $(VENV)/mutants/mutants.lock
MUTANTS := PYTHONPATH="$(CURDIR)/$(VENV)/mutants" $(BIN)/python -m tests.mutants
RUN := $(BIN)/python -m experiments run --jobs $(JOBS)
LOWEST := .venv-lowest
# What the oldest versions are tried on: what touches each of them, in a minute.
LOWEST_TESTS := tests/simulator/test_scenario.py tests/simulator/test_reading.py tests/simulator/conditions \
	tests/experiments/cli/test_bad_input.py tests/experiments/cli/test_diagram.py \
	tests/experiments/framework/test_runner.py tests/experiments/figures/test_styles.py
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--no-emit-index-url --no-emit-find-links --annotation-style line --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help results all-results figures kit stories quick benchmarks test test-browser test-deep test-mutants test-mutants-network test-breakages test-lowest check lint \
	format types imports notebooks lab wheel docs lock setup clean remake

help: ## Say what there is to make
	@echo "Pigeon: message passing over an unreliable network, simulated."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 #/p' Makefile | awk -F'#' '{ printf "%-28s %s\n", $$1, $$2 }'

# ---------------------------------------------------------------------------------- experiments

results: $(READY) ## Run the main experiment: tables and figures in results/
	@echo "Running delivery_guarantees, the main experiment, into $(RESULTS)/ (under a minute the first time)"
	@$(RUN) delivery_guarantees --results "$(RESULTS)" $(RUN_FLAGS)

all-results: $(READY) ## Run every experiment at its published size
	@echo "Running every experiment into $(RESULTS)/ (long the first time; what is done is kept)"
	@$(RUN) --all --results "$(RESULTS)" $(RUN_FLAGS)

figures: $(READY) ## Draw the published figures again, from their tables
	@echo "Drawing the figures in $(RESULTS)/ again, from the tables there"
	@$(BIN)/python -m experiments figures --all --results "$(RESULTS)"

kit: $(READY) ## Write the course kit, in both languages, into kit/
	@$(BIN)/python -m experiments kit --lang en --results "$(RESULTS)" --out "$(KIT)/en"
	@$(BIN)/python -m experiments kit --lang fr --results "$(RESULTS)" --out "$(KIT)/fr"

stories: $(READY) ## Draw the course's stories, as sequence and space-time diagrams
	@echo "Drawing the course's stories into $(RESULTS)/diagrams/"
	@$(BIN)/python -m experiments stories --out "$(RESULTS)/diagrams"

quick: $(READY) ## Run every experiment small, into a folder that is thrown away
	@echo "Running every experiment at a small size, into a temporary folder"
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
		$(RUN) --all --quick --results "$$folder" $(RUN_FLAGS)

benchmarks: $(READY) ## Measure how fast it is, beside other simulators, into docs/benchmarks/
	@echo "Measuring, beside other simulators, into $(BENCHMARKS)/ (a quarter of an hour; leave the machine alone)"
	@mkdir -p $(VENV)/peers
	@test -e $(VENV)/peers/ready || \
		{ $(PIP) --target $(VENV)/peers -r benchmarks/peers.lock && touch $(VENV)/peers/ready; } || \
		echo "The other simulators cannot be installed here: they are left out" >&2
	@$(BIN)/python -m benchmarks --peers $(VENV)/peers --out "$(BENCHMARKS)" $(BENCHMARK_FLAGS)

# ------------------------------------------------------------------------------------ notebooks

notebooks: $(READY) ## Make the notebooks of each language from their sources, run them, keep what they show
	@echo "Making the notebooks, and running each top to bottom"
	@$(BIN)/python notebooks/build.py --jobs $(JOBS)

lab: $(READY) ## Open the notebooks in JupyterLab, which it installs
	@cmp -s notebooks/lab.lock $(VENV)/lab.lock || { \
		echo "Installing JupyterLab (once, half a minute)"; \
		$(PIP) -r notebooks/lab.lock && cp notebooks/lab.lock $(VENV)/lab.lock; }
	@$(BIN)/jupyter lab $(LAB_FLAGS) notebooks/

# -------------------------------------------------------------------------------- documentation

wheel: $(READY) ## Build the wheel, which needs no checkout, into dist/
	@$(BIN)/python -m hatchling build --target wheel --directory dist

docs: $(READY) ## Build the documentation site, in docs/_build/html; a warning is an error
	@echo "Building the documentation site into docs/_build/html/"
	@$(BIN)/python -m sphinx --fail-on-warning --keep-going --nitpicky --quiet docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

# ---------------------------------------------------------------------------------------- tests

test: $(READY) ## Run the tests
	@echo "Running the tests"
	@$(PYTEST) $(PYTEST_FLAGS)
	@echo "Left to make test-browser: what needs a browser, tests/browser/"

test-browser: $(READY) ## Run the tests that need Chromium and Mermaid, which it installs where it may
	@$(BIN)/python -m tests.browser.prepare
	@echo "Running the browser's tests"
	@$(BIN)/python -m pytest -m browser tests/browser $(PYTEST_FLAGS)

test-deep: $(READY) ## Run every test, the slow ones too, with many more random scenarios
	@echo "Running every test, the slow ones too, with many more random scenarios (a long while)"
	@$(PYTEST) -m "not browser" --hypothesis-profile=deep $(PYTEST_FLAGS)

test-mutants: $(MUTMUT) ## Break protocols and policies in small ways, and see the tests fail: mutmut, which it installs
	@echo "Running the tests on broken protocols and policies"
	@$(MUTANTS) $(MUTANTS_FLAGS)

test-mutants-network: $(MUTMUT) ## The same for the network and the conditions: 300 at random, the same each time
	@echo "Running the tests on a random sample of broken networks and conditions (hours)"
	@$(MUTANTS) --target network --random 300 $(MUTANTS_FLAGS)

test-breakages: $(READY) ## Break each guarantee by hand, and see agreement, invariants and verdict fail
	@echo "Running the tests on guarantees that are broken by hand (minutes)"
	@$(BIN)/python -m tests.breakages $(BREAKAGES_FLAGS)

$(MUTMUT): tests/mutants.lock $(READY)
	@echo "Installing mutmut (once, a few seconds)"
	@rm -rf $(VENV)/mutants
	@$(PIP) --no-deps --target $(VENV)/mutants -r tests/mutants.lock
	@cp tests/mutants.lock $@

# New versions of what the oldest ones depend on may warn of them: that is no fault of either.
test-lowest: $(READY) ## Run a sample of the tests with the oldest versions that pyproject.toml allows
	@cmp -s pyproject.toml $(LOWEST)/pyproject.toml || { \
		echo "Installing the oldest versions that pyproject.toml allows, on Python 3.11, into $(LOWEST)"; \
		$(PIP) uv && $(BIN)/uv venv --quiet --clear --python 3.11 $(LOWEST) && \
		$(BIN)/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct --editable ".[dev]" && \
		cp pyproject.toml $(LOWEST)/; }
	@echo "Running a sample of the tests with them"
	@$(LOWEST)/bin/python -m pytest -W ignore::DeprecationWarning $(LOWEST_TESTS) $(PYTEST_FLAGS)

check: lint types imports ## Check style, types and layers

lint: $(READY) ## Check style: ruff
	@echo "Checking style"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

format: $(READY) ## Put the code in the project's format, and fix what can be fixed
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

types: $(READY) ## Check types: mypy
	@echo "Checking types"
	@$(BIN)/mypy

imports: $(READY) ## Check that imports point downwards: import-linter
	@echo "Checking layers"
	@$(BIN)/lint-imports

# ------------------------------------------------------------------------------------------ set-up

setup: $(READY) ## Make the virtual environment, if it is not there
	@echo "Ready: try $(BIN)/pigeon --help"

# The environment is made again if its folder moved, or if PYTHON is given and made none of it.
MADE_IN := $(shell sed -n 1p $(READY) 2>/dev/null)
MADE_BY := $(shell sed -n 2p $(READY) 2>/dev/null)
STALE := $(if $(MADE_IN),$(if $(filter-out $(CURDIR),$(MADE_IN)),moved))
ifneq ($(origin PYTHON),file)
STALE += $(if $(MADE_BY),$(if $(filter-out $(PYTHON),$(MADE_BY)),replaced))
PYTHONS := "$(PYTHON)"
else
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
endif

remake:
	@rm -rf $(VENV)

$(READY): requirements.lock pyproject.toml $(if $(strip $(STALE)),remake)
	@set -e; \
	fits() { "$$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }; \
	if ! fits $(BIN)/python; then \
		for python in $(PYTHONS) none; do if fits "$$python"; then break; fi; done; \
		if [ "$$python" = none ]; then \
			found=$$("$(PYTHON)" --version 2>/dev/null) || found="not there"; \
			echo "Pigeon needs Python 3.11 or later, with venv; $(PYTHON) is $$found. Name another: make PYTHON=/path/to/python3.12" >&2; \
			exit 1; \
		fi; \
		echo "Setting up a virtual environment in $(VENV) with $$("$$python" --version) (once, about a minute)"; \
		"$$python" -m venv --clear $(VENV); \
	fi; \
	echo "Installing the $$(grep -c == requirements.lock) packages of requirements.lock"; \
	$(PIP) -r requirements.lock; \
	$(PIP) --no-build-isolation --no-deps --editable .; \
	printf '%s\n' "$(CURDIR)" "$(PYTHON)" > $(READY)

lock: $(READY) ## Write requirements.lock and notebooks/lab.lock again, with the newest versions
	@echo "Looking for the newest versions"
	@$(PIP) uv
	@$(LOCK) --upgrade --extra dev --extra brokers --extra browser --extra dask --extra docs --extra notebooks \
		--output-file requirements.lock >/dev/null
	@$(LOCK) --upgrade --extra notebooks --extra lab --constraints requirements.lock \
		--output-file notebooks/lab.lock >/dev/null
	@git diff --stat -- requirements.lock notebooks/lab.lock

clean: ## Remove the environment, caches and coverage; results stay
	@rm -rf $(VENV) $(LOWEST) .cache .coverage .coverage.* htmlcov .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache docs/_build docs/answers docs/gallery docs/notebooks
	@find simulator experiments tests -name __pycache__ -type d -prune -exec rm -rf {} +
