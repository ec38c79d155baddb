# Everything is made in .venv; nothing asks for anything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
JOBS ?= 2
EXAMPLES ?= 500

.PHONY: demo test lint tests test-all bench clean

demo: $(STAMP)
	@$(BIN)/python demo/run.py

test: lint tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

tests: $(STAMP)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

# Thousands of examples of every law, and (with CORPORA=folder) every real application.
test-all: $(STAMP)
	WHIMBREL_EXAMPLES=$(EXAMPLES) WHIMBREL_CORPORA=$(CORPORA) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal
	@if [ -n "$(CORPORA)" ]; then \
	  $(BIN)/python -m whimbrel.testing.corpora $(CORPORA) --jobs $(JOBS); \
	fi

bench: $(STAMP)
	$(BIN)/python benchmarks/run.py

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $(STAMP)

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
