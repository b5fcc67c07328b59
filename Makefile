# Everything one does with Homeward. `make help` lists it.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.installed
ENGINES := $(VENV)/engines/.installed
SERVICES := portal orders rules labels payments tracking notifications

.DEFAULT_GOAL := all
.PHONY: all help demo up down status logs smoke clean test lint fmt unit contracts integration e2e chaos alone lock life openapi policy-schema contracts-accept migration bench-bus bench-orders bench-labels bench-tracking bench-replays bench-rules

all: $(READY) help ## install what is pinned into .venv, then list the targets

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' Makefile

demo: $(READY) ## start everything, watch one return, stay until Ctrl-C
	@exec $(RUN) -m deploy.local demo

up: $(READY) ## start everything and return when it is ready
	@$(RUN) -m deploy.local up

down: $(READY) ## end what demo or up started; the data in .run stays
	@$(RUN) -m deploy.local down

status: $(READY) ## what runs, where, and whether it is ready
	@$(RUN) -m deploy.local status

logs: $(READY) ## follow the logs; one process with S=payments
	@exec $(RUN) -m deploy.local logs

smoke: $(READY) ## one whole return against the running suite; fails naming the step
	@$(RUN) -m deploy.local smoke

clean: $(READY) ## end everything of this checkout and remove its data
	@$(RUN) -m deploy.local clean

test: $(READY) ## every check and every test below, one summary
	@$(RUN) -m deploy.local.checks

lint: $(READY) ## ruff, mypy and the walls between the services
	@$(RUN) -m deploy.local.checks lint

unit: $(READY) ## tests that need nothing
	@$(RUN) -m deploy.local.checks unit

contracts: $(READY) ## messages, golden schemas, names, READMEs
	@$(RUN) -m deploy.local.checks contracts

integration: $(READY) ## tests with a real broker and a real database
	@$(RUN) -m deploy.local.checks integration

e2e: $(READY) ## the running suite, seen through a browser
	@$(RUN) -m deploy.local.checks e2e

chaos: $(READY) ## kill, cut, delay, repeat
	@$(RUN) -m deploy.local.checks chaos

alone: $(READY) ## each service installed and started from a folder that holds only it and libs
	@$(RUN) -m deploy.local.checks alone

fmt: $(READY) ## put the code in its one format
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet .

lock: $(READY) ## pin every package again, after a change to a pyproject.toml or requirements-dev.in
	@$(RUN) -m deploy.local.lock

life: $(READY) ## draw docs/life.md again, after a change to the tables of a return's life
	@$(RUN) -m services.portal.life_page > docs/life.md

openapi: $(READY) ## write the API's document again, after a change to a route
	@$(RUN) -m services.portal.api.reference

bench-rules: $(READY) $(ENGINES) ## rule decisions/s, ours beside the usual engines
	@PYTHONPATH=$(dir $(ENGINES)) $(RUN) -m tests.bench.rules

$(ENGINES): tests/bench/engines.txt | $(READY)
	@rm -rf $(dir $@); mkdir -p $(dir $@)
	@$(RUN) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps --target $(dir $@) -r $< \
	    || echo "the usual engines could not be installed: those that are missing are skipped"
	@touch $@

bench-replays: $(READY) ## a policy tried on 100,000 past returns
	@$(RUN) -m tests.bench.replays

policy-schema: $(READY) ## write the policy's JSON Schema again, after a change to the document
	@$(RUN) -m services.rules.schema > docs/policy.schema.json

contracts-accept: $(READY) ## accept a change of messages that breaks nobody into the golden schemas
	@$(RUN) -m libs.contracts.golden --accept

migration: $(READY) ## write a migration: make migration S=payments M="vouchers"
	@$(RUN) -m deploy.local.migration "$(S)" "$(M)"

bench-bus: $(READY) ## events/s and RPC/s through the chassis, beside the raw floors
	@$(RUN) -m tests.bench.bus

bench-orders: $(READY) ## look-ups in an index of 100,000 orders, and a sweep of 10,000 that changed
	@$(RUN) -m tests.bench.orders

bench-labels: $(READY) ## labels/s with their page drawn, and what a carrier that hangs costs the others
	@$(RUN) -m tests.bench.labels

bench-tracking: $(READY) ## 10,000 carriers' webhooks in a burst, then a stream: answers, milestones, nothing lost
	@$(RUN) -m tests.bench.tracking

$(READY): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "Homeward needs Python 3.11 or newer as $(PYTHON); name another one: make PYTHON=python3.12"; exit 1; }
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV) || { \
	    echo "Homeward needs Python's venv module (on Debian: apt-get install python3-venv)"; rm -rf $(VENV); exit 1; }
	@echo "installing the pinned packages into $(VENV), which takes a minute or two the first time"
	@$(RUN) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
