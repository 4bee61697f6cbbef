# make demo: set everything up and run the main job on the example project.
# make test: set everything up and pass the tests.  make check: lint, types, contract, docs.
# make soak: the long fault and load tests (30 to 40 minutes).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

export HF_HUB_OFFLINE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export TOKENIZERS_PARALLELISM := true
# Every process would compile all modules again where this is set.
export PYTHONDONTWRITEBYTECODE :=
# Two processes of tests on two cores: threads of their own would wait for one another.
test: export OMP_NUM_THREADS := 1
test: export POLARS_MAX_THREADS := 1

.PHONY: demo test check soak bench docs constraints clean

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Etude needs Python 3.11 or newer; found: $$($(PYTHON) --version). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

demo: $(READY)
	$(BIN)/etude run --quick --project examples/support-triage

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not soak'

check: $(READY)
	$(BIN)/ruff check src tests benchmarks scripts recipes examples
	$(BIN)/ruff format --check src tests benchmarks scripts recipes examples
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/docs --ignore=tests/docs/test_tutorial.py -m "not soak"

soak: $(READY)
	$(BIN)/python -m pytest -m soak --durations=0 -rA

docs: $(READY)
	$(BIN)/python scripts/cli_reference.py

bench: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,bench]'

constraints: $(READY)
	{ echo "# Exact versions that are tested together. Made from a clean install: make constraints"; \
	  { $(BIN)/pip freeze --exclude-editable | sed 's/+cpu//'; \
	    grep -E '^(datasketch|semhash|sentence-transformers)==' constraints.txt; } | sort -fu; } > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis
