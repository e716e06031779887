# Two commands do everything on a fresh machine with Python >= 3.11 and make:
#   make serve    environment, pinned dependencies, index from seeds/, the page on 127.0.0.1:8000
#   make test     everything that can be tested here
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check install --constraint constraints.txt

.PHONY: bench opensearch cluster unplug help setup serve rebuild test check lint types docs screenshots wheel clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/python3" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python setup.cfg constraints.txt
	$(PIP) --editable '.[html,web]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) --editable '.[test]'
	@touch $@

setup: $(VENV)/.dev ## the environment with everything for development

serve: $(VENV)/.run ## build the index where there is none, then serve the page
	@if [ "$$TRACUU_ENGINE" = opensearch ]; then \
	  $(PIP) --editable '.[html,web,opensearch]' && { $(BIN)/tracuu search "" >/dev/null 2>&1 || $(BIN)/tracuu rebuild; }; \
	else test -f index_data/CURRENT || $(BIN)/tracuu rebuild; fi
	$(BIN)/tracuu serve

opensearch: ## start a node of OpenSearch on 127.0.0.1:9200, to try the distributed engine
	$(PYTHON) -m scripts.opensearch_nodes start --nodes 1

cluster: ## start three, on the ports 9200 to 9202
	$(PYTHON) -m scripts.opensearch_nodes start --nodes 3

unplug: ## stop all of them
	$(PYTHON) -m scripts.opensearch_nodes stop

rebuild: $(VENV)/.run ## build the index from seeds/ anew
	$(BIN)/tracuu rebuild

test: $(VENV)/.dev ## all tests
	$(BIN)/python -m pytest

check: lint types docs ## everything that reads the code without running it

lint: $(VENV)/.dev ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## types
	$(BIN)/mypy

docs: $(VENV)/.dev ## is what the documents say true?
	$(BIN)/python -m pytest tests/test_docs.py tests/test_walls.py

bench: $(VENV)/.dev ## a short form of the benchmarks: make bench DATA=articles.jsonl
	$(PIP) -r benchmarks/requirements.txt
	$(BIN)/python benchmarks/run_short.py --data "$(or $(DATA),articles.jsonl)" --out build/bench

screenshots: $(VENV)/.dev ## pictures of every page in build/screenshots, three of them in docs
	$(BIN)/python scripts/screenshots.py

wheel: $(BIN)/python ## the package to install elsewhere, in dist/
	$(BIN)/python -m pip --quiet --disable-pip-version-check wheel --no-deps --wheel-dir dist .

clean: ## take away what was made, but not the index
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build dist
