# Everything runs from a fresh clone with git, make and Python 3.11 to 3.13.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
HAS_CHROME = $(BIN)/python -c 'import sys; from tools.charts import chrome_path; sys.exit(chrome_path() is None)'
# Only root can install Debian's package, which also works where Google's download is out of reach.
GET_CHROMIUM = { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium fonts-liberation; }

.PHONY: help setup chat lint check test coverage bench bundle conformance fuzz lock
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## make .venv from the lock, and get Chrome or Chromium for chart images where none is found
	@$(HAS_CHROME) || $(GET_CHROMIUM) || $(BIN)/plotly_get_chrome -y || \
	  echo 'setup: no Chrome or Chromium could be installed; charts show in the chat, but not as images. Install one and run make setup again.' >&2

chat: setup ## open the chat on simulated venues: no key and no network needed
	@$(BIN)/liquidity chat --demo

lint: $(READY) ## formatting, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-logo

check: lint ## every static check, then every test
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

test: setup check ## set up, then check

coverage: setup ## the tests with branch coverage of the shipped code
	$(BIN)/coverage run --parallel-mode -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --show-missing

bench: setup ## speed as ratios to floors measured in the same run
	$(BIN)/python -m pytest tests/benchmarks --benchmarks --capture=no --quiet --timeout=600

bundle: $(READY) ## build the .mcpb that desktop hosts install with one click
	@$(BIN)/python -m mcp_server.bundle dist

fuzz: setup ## more than 10,000 schemathesis cases against the REST API
	$(BIN)/python -m pytest tests/mcp_server/http/test_fuzzed.py --hypothesis-profile=fuzz --timeout=1800 --capture=no --quiet

conformance: setup ## the official MCP conformance suite, from npm, against both wires
	$(BIN)/python tests/conformance/run.py

lock: $(READY) ## resolve the newest dependencies that fit into requirements.lock
	$(BIN)/python -m uv pip compile --upgrade --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	  --all-extras --group dev --output-file requirements.lock pyproject.toml

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed, this is " + sys.version.split()[0] + "; run make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.11'
	$(BIN)/python -m uv pip sync --quiet --compile-bytecode requirements.lock
	$(BIN)/python -m uv pip install --quiet --no-deps --compile-bytecode --editable .
	@touch $@
