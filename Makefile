# Everything is made in .venv; nothing asks for anything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
JOBS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist worksteal

# Random examples of test-all: of each law and style of models on each database.
EXAMPLES ?= 200
SQLITE_EXAMPLES ?= 5000
SERVER_EXAMPLES ?= 500

.PHONY: demo test lint tests test-all bench clean

demo: $(STAMP)
	@$(BIN)/python demo/run.py

test: lint tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

tests: $(STAMP)
	$(PYTEST)

# Thousands of examples of every law, and (with CORPORA=folder) every real application.
test-all: $(STAMP)
	WHIMBREL_EXAMPLES=$(EXAMPLES) WHIMBREL_CORPORA=$(CORPORA) $(PYTEST) --ignore tests/laws
	WHIMBREL_EXAMPLES=$(SQLITE_EXAMPLES) $(PYTEST) tests/laws --database sqlite -k sqlite
	WHIMBREL_EXAMPLES=$(SERVER_EXAMPLES) $(PYTEST) tests/laws --database postgresql -k postgresql
	WHIMBREL_EXAMPLES=$(SERVER_EXAMPLES) $(PYTEST) tests/laws --database mysql -k mysql
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
