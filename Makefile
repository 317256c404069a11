# Two commands on a fresh machine: `make demo` and `make test`. Only python3 (≥ 3.11) is assumed.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c .ci/constraints.txt

.PHONY: help demo test bench docs screenshots clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: .venv/.run ## run the example community; RESET=1 starts over, PORT=9000 takes another port
	@$(BIN)/bot demo $(if $(PORT),--port $(PORT)) $(if $(RESET),--reset)

test: .venv/.dev ## format, lint, types, import contracts, all tests
	@bash .ci/check

docs: .venv/.dev ## the pages that are made from the code
	@$(BIN)/python -m tests.kit.channels_page

screenshots: .venv/.dev ## the pictures of docs/rooms/, from a fresh demo; takes Chromium
	@$(BIN)/python -m tests.kit.screenshots

bench: .venv/.dev ## the benchmarks, as ratios against a peer in the same run
	@$(BIN)/python -m bench all

clean: ## remove the environment, the caches and the demo's data
	rm -rf .venv data/demo.sqlite3* build .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/.uv:
	@echo "setting up (once, about 15 s) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 …")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

.venv/.run: .venv/.uv pyproject.toml .ci/constraints.txt
	@$(UV) -e .
	@touch $@

.venv/.dev: .venv/.uv pyproject.toml .ci/constraints.txt
	@$(UV) -e '.[dev]'
	@touch $@ .venv/.run
