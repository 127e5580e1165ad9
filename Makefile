# The two commands are `make run` and `make test`; `make help` names the others. What they do stands in logistics/local/.
SHELL := /bin/sh
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)
LOCAL = $(or $(PYTHON),$(error Houqin needs Python 3.11 or newer, and there is none on the PATH)) -m logistics.local
UV = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --custom-compile-command "make requirements"

.DEFAULT_GOAL := help
.PHONY: help run stop reset doctor services test lint messages screenshots bench kill requirements

help:
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

run: ## install what is missing, start everything, print the address (Ctrl-C ends it)
	@$(LOCAL) run

stop: ## end everything, from any shell
	@$(LOCAL) stop

reset: ## delete the database and all files under var/ (YES=1: without a question)
	@$(LOCAL) reset

doctor: ## say what this machine lacks, and how to mend it
	@$(LOCAL) doctor

services: ## only PostgreSQL and Valkey, in the background; prints how to reach them
	@$(LOCAL) services

test: ## all checks and tests on servers of their own; ARGS="tests/core -k clock" for a few
	@$(LOCAL) test $(ARGS)

lint: ## style, import contracts, templates, types, translations
	@$(LOCAL) lint

messages: ## gather every sentence of code and templates into the Chinese catalogue
	@$(LOCAL) messages $(ARGS)

screenshots: ## pictures of the demo school for every kind of user, under var/screenshots
	@$(LOCAL) screenshots $(ARGS)

bench: ## speed at a million work orders: a table, and var/bench.json
	@$(LOCAL) bench $(ARGS)

kill: ## every process killed in turn under load: nothing acknowledged may be lost
	@$(LOCAL) kill $(ARGS)

requirements: ## pin the newest versions that requirements*.in allow, with their hashes
	$(UV) --upgrade requirements.in -o requirements.txt
	$(UV) --upgrade requirements-dev.in -c requirements.txt -o requirements-dev.txt
	$(UV) --upgrade requirements-node.in -o requirements-node.txt
