# Two commands: `make reproduce` and `make test`. Either can be the first one run in a clone.
# They assume Python 3.11 or later and make; uv is used where it is installed, pip otherwise.

PYTHON ?= python3
CORES ?= 2
BIN := .venv/bin
READY := .venv/ready
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
  --custom-compile-command "make lock" --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help reproduce test browser lint format reconstruction illustration interviews ensemble \
  calibration ledger readme benchmark lock clean workflow-report

help:  ## show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	rm -rf .venv
	@if command -v uv >/dev/null 2>&1; then \
	  echo "Setting up .venv with uv"; \
	  uv venv --quiet --python "$$(command -v $(PYTHON))" .venv && \
	  uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e .; \
	else \
	  echo "Setting up .venv with pip"; \
	  $(PYTHON) -m venv .venv && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --compile -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .; \
	fi
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q src
	@touch $@

reproduce: $(READY)  ## run the whole study: tables, figures and ledger into results/
	$(BIN)/snakemake --cores $(CORES)
	@$(BIN)/python -m buildingtrusts count-ledger results/tables/ledger.csv

workflow-report: reproduce  ## write the engineer's view of the run, Snakemake's own report, to logs/
	$(BIN)/snakemake --report logs/workflow.html

test: $(READY)  ## run the tests
	$(BIN)/python -m pytest

lint: $(READY)  ## check formatting, types and rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m mypy
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/snakemake --lint

browser: $(READY)  ## add what tests need to open pages in Chromium and to validate the crate
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-browser.lock; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-browser.lock; \
	fi

format: $(READY)  ## format code and rules
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/snakefmt Snakefile workflow/rules

reconstruction: $(READY)  ## make the responses of 2017-reconstruction again from the claims
	$(BIN)/python -m buildingtrusts reconstruct --out data/raw/2017-reconstruction

interviews: $(READY)  ## make the invented interviews again
	$(BIN)/python -m buildingtrusts illustrate-interviews

illustration: $(READY)  ## make the invented wave 2024-illustration again
	$(BIN)/python -m buildingtrusts illustrate-wave --out data/raw/2024-illustration

ensemble: $(READY)  ## judge 108 reconstructions and keep the table that verdicts rest on (minutes)
	$(BIN)/snakemake --cores $(CORES) ensemble
	cp data/processed/2017-reconstruction/ensemble.csv data/published/ensemble.csv

calibration: $(READY)  ## measure how often the verdict errs, and what it can find (hours)
	$(BIN)/python benchmarks/calibration.py
	$(BIN)/python benchmarks/calibration.py --document

ledger: $(READY)  ## count the ledger's verdicts by basis; fail on a difference that matters
	$(BIN)/python -m buildingtrusts count-ledger results/tables/ledger.csv --fail-on-differences

readme: reproduce  ## renew the README's pictures, counts, verdict and rule graph from the current run
	$(BIN)/python docs/update_readme.py

benchmark: $(READY)  ## time the study against its floor and against R, and the evidence
	$(BIN)/python benchmarks/study.py
	$(BIN)/python benchmarks/evidence.py

lock:  ## renew requirements.lock and requirements-browser.lock (needs uv)
	$(COMPILE) --extra dev --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --extra browser --output-file requirements-browser.lock \
	  --constraint requirements.lock pyproject.toml

clean:  ## remove everything that can be made again
	rm -rf .venv results feedback data/processed logs .snakemake examples/*/processed examples/*/results examples/*/logs
