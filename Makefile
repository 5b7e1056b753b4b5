.DEFAULT_GOAL := help
SHELL := /bin/bash
PY ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
BIN := .venv/bin
STAMP := .venv/.dev.stamp
ASSETS := bisdesk/web/assets
STATIC := bisdesk/web/static/applicant.css
export UV_PYTHON_DOWNLOADS := never
COMPILE := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q

.PHONY: help demo test setup check system lock bench proof-delivery docs pictures gallery trial trial-desk browser clean
.NOTPARALLEL:

help:  ## what can be done here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

demo: setup  ## set up, tell the whole story on embedded defaults; PORT=8081 takes another port
	@$(BIN)/bisdesk demo $(if $(PORT),--port $(PORT))

test: $(STAMP) node_modules/.stamp setup  ## set up, run every test
	@$(BIN)/python -m pytest -q -n auto --dist worksteal

setup: $(STAMP) $(STATIC)  ## prepare .venv with bisdesk in it, build the pages' style

check: setup  ## format, lint, types, import contracts, docs fresh, wheel
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bisdesk lifecycle check
	$(BIN)/bisdesk message lint
	$(BIN)/python -m tests.support.generate --check
	$(BIN)/python -m tests.support.wheel

docs: setup  ## write the generated pages again
	$(BIN)/python -m tests.support.generate

pictures: setup  ## take the pictures of the messages again (Chromium)
	$(BIN)/python -m tests.support.pictures

gallery: node_modules/.stamp setup  ## every page in every language at two widths, with what axe finds (Chromium)
	$(BIN)/python -m tests.support.gallery

trial: setup  ## a newcomer's way from the mail to an active key, in real time (Chromium): make trial TRIAL="--language fr"
	$(BIN)/python -m tests.support.trial $(TRIAL)

trial-desk: setup  ## an officer files, a colleague claims and approves, in real time (Chromium); TRIAL=--write writes the page
	$(BIN)/python -m tests.support.trial_desk $(TRIAL)

browser: node_modules/.stamp setup  ## the story in every language, window and way, every state in every language (Chromium)
	BROWSER_MIXES=every $(BIN)/python -m pytest -q -n auto --dist worksteal tests/browser

system:  ## what the tests take from the distribution (Debian-like, root)
	@tests/support/system.sh

lock: $(UV)  ## resolve the dependencies again
	$(COMPILE) pyproject.toml requirements/build.in -o requirements/run.txt
	$(COMPILE) --extra test --extra dev pyproject.toml requirements/build.in -o requirements/dev.txt

bench: setup  ## measure, with ratios against hand-written SQL
	$(BIN)/python -m bench

proof-delivery: setup  ## prove delivery through faulty providers: make proof-delivery MESSAGES=100000
	$(BIN)/python -m tests.proof --messages $(or $(MESSAGES),100000) --write
	@$(BIN)/python -m tests.support.generate

clean:  ## remove what the commands above made
	rm -rf .venv .tools node_modules bisdesk/web/static gallery dist .bisdesk .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(UV):
	@command -v $(PY) >/dev/null || { echo "bisdesk needs Python 3.11 or newer: install python3, then run the command again." >&2; exit 1; }
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "bisdesk needs Python 3.11 or newer; $(PY) is older. Say which to take: make PY=python3.12" >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { echo "bisdesk needs pip: install python3-pip, then run the command again." >&2; exit 1; }
	@echo "Setting up: packages ..."
	@$(PY) -m pip install -q --no-warn-script-location --disable-pip-version-check --root-user-action=ignore --target .tools uv==$(UV_VERSION) 2> >(grep -v -e '^WARNING: Location' >&2)

$(STAMP): requirements/dev.txt pyproject.toml | $(UV)
	@$(UV) venv -q --allow-existing --python $(PY) .venv
	@$(UV) pip sync -q --require-hashes --python $(BIN)/python requirements/dev.txt
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(STATIC): package.json package-lock.json $(wildcard $(ASSETS)/*) | $(STAMP)
	@$(ASSETS)/build.sh

node_modules/.stamp: package.json package-lock.json | $(STAMP)
	@tests/support/npm.sh
