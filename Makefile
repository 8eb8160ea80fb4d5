SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
VENDOR := src/hitotsu/faces/static/hitotsu/vendor/htmx.js
CATALOGUE := src/hitotsu/faces/locale/en/LC_MESSAGES/django.mo
BOUNDARIES ?= $(firstword $(wildcard ../shared/data/boundaries/07_*.geojson))
PLAN ?=
PORT ?= 8000

.PHONY: help demo test check bench setup system format clean

help:
	@echo "make demo    sets up and opens the platform at http://127.0.0.1:$(PORT)/  (PLAN=path for your own document)"
	@echo "make test    sets up, checks and tests everything"
	@echo "make check   format, lint, types, floors and doors"
	@echo "make bench   measures; one JSON line each"

demo: setup
	exec $(BIN)/hitotsu demo --port $(PORT) $(if $(PLAN),--plan "$(PLAN)") $(if $(BOUNDARIES),--boundaries "$(BOUNDARIES)")

test: setup system check
	./scripts/test-on-both-databases $(BIN)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	@$(BIN)/python benchmarks/run.py

setup: $(READY) $(VENDOR) $(CATALOGUE)

$(READY): requirements.lock pyproject.toml scripts/make-environment
	./scripts/make-environment $(VENV)
	touch $@

$(CATALOGUE): $(CATALOGUE:.mo=.po) $(READY)
	$(BIN)/pybabel -q compile -i $< -o $@ -l en

$(VENDOR): frontend/package-lock.json frontend/build.mjs
	cd frontend
	npm ci --silent --no-progress
	npm run --silent build

system:
	@./scripts/install-system-packages

clean:
	rm -rf $(VENV) frontend/node_modules src/hitotsu/faces/static/hitotsu/vendor
