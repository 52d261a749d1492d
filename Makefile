# Two commands matter: `make run` shows the demo in the browser, `make test` checks everything. Both set up first.
SHELL := /bin/bash
BIN := .venv/bin
INSTALLED := .venv/.installed
DEMO := .repgeom/bundles/demo
HOST ?= 127.0.0.1
PORT ?= 8501
# The first Python on the path that is new enough; `make setup PYTHON=/path/to/python` takes another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

# Of what pip says: each package as it is found, when all are unpacked, and how many there were.
define TOLD
/^Collecting / { sub(/[=<>!~;[(].*/, "", $$2); printf "%s%s", found++ ? " " : "Finding: ", $$2; fflush() }
/^Installing collected/ { printf "%sUnpacking %d packages ...\n", found ? "\n" : "", NF - 3; found = 0; fflush() }
/^Successfully installed/ { printf "Installed.\n" }
endef
export TOLD

.PHONY: help setup run test lint bench clean
.DELETE_ON_ERROR:

help:  ## say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED)  ## install into .venv exactly what requirements.txt pins, and the tools for tests

# faiss-cpu and faiss-gpu overwrite each other's files: the one that is not wanted goes before the other comes.
$(INSTALLED): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "RepGeom needs Python 3.11 or newer, and none is on the path. Install one, or: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "RepGeom needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@if nvidia-smi >/dev/null 2>&1; then wanted=faiss-gpu other=faiss-cpu; else wanted=faiss-cpu other=faiss-gpu; fi; \
	echo "Installing into .venv with $$wanted: a minute where pip has kept the packages, several where it fetches them."; \
	sed "s/^faiss-cpu==/$$wanted==/" requirements.txt > .venv/requirements.txt && \
	$(BIN)/python -m pip uninstall --quiet --yes $$other 2>/dev/null; \
	set -o pipefail; $(BIN)/python -m pip install --progress-bar off -r .venv/requirements.txt -e '.[dev]' | awk "$$TOLD"
	@touch $@

run: setup  ## show the demo in the browser (HOST=127.0.0.1 PORT=8501); trains it first if it is not there
	@test -f $(DEMO)/manifest.json || $(BIN)/repgeom demo --out $(DEMO)
	@exec $(BIN)/repgeom serve $(DEMO) --host $(HOST) --port $(PORT)

# One thread each for two workers: small arrays gain nothing from more, and lose much when threads outnumber cores.
test: setup  ## run all tests; those that need a browser, a GPU or ../shared/data say so when they skip
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile -rfEs

lint: setup  ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: setup  ## measure what docs/benchmarks.md claims
	@set -e; for name in $(filter-out %_app,$(basename $(notdir $(wildcard benchmarks/*.py)))); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name; done

clean:  ## remove .venv and caches; bundles in .repgeom stay
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './node_modules/*' -prune -exec rm -rf {} +
