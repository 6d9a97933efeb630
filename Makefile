# Two commands matter to a newcomer: `make demo` and `make test`. Each sets up what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
SERVICES := $(PYTHON) scripts/with_services.py
PACKAGES := commons signatures exchange bidding evaluation marketplace portal
CODE := $(PACKAGES) tests benchmarks scripts manage.py
WORKERS ?= 2
# A smaller set runs once more on the embedded default, SQLite.
EMBEDDED := tests/integration/test_launcher.py tests/integration/commons/evidence/test_append_only.py \
	tests/integration/commons/test_sqlite_turns.py tests/integration/exchange/auctions/test_story.py \
	tests/integration/exchange/ledger tests/integration/exchange/rooms/test_engine.py tests/integration/portal/test_health.py

.PHONY: help demo test check cluster bench lock format messages diagrams

help: ## say what each command does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## the demo city with a live room on http://localhost:8000
	@scripts/setup.sh demo
	@$(PYTHON) manage.py demo $(DEMO)

test: ## every test, on a PostgreSQL and Redis of their own; a few once more on SQLite
	@scripts/setup.sh test
	@$(SERVICES) -- .venv/bin/pytest -q -n $(WORKERS) --dist loadgroup $(TESTS)
	@if [ -z "$(TESTS)" ]; then .venv/bin/pytest -q -n $(WORKERS) $(EMBEDDED); fi

check: ## format, lint, types, contracts, migrations, translations
	@scripts/setup.sh test
	.venv/bin/ruff format --check $(CODE)
	.venv/bin/ruff check $(CODE)
	.venv/bin/mypy $(PACKAGES) tests benchmarks scripts
	.venv/bin/lint-imports
	$(PYTHON) manage.py makemigrations --check --dry-run
	.venv/bin/pytest -q tests/architecture

cluster: ## the production topology on this machine: PostgreSQL, Redis, two web processes, worker, timekeeper
	@scripts/setup.sh test
	@$(PYTHON) scripts/with_services.py --durable --keep var/cluster -- $(PYTHON) scripts/cluster.py $(CLUSTER)

bench: ## the benchmarks, printed as ratios
	@scripts/setup.sh test
	@$(SERVICES) --durable -- $(PYTHON) benchmarks/run.py $(BENCH)

format: ## format and sort
	.venv/bin/ruff format $(CODE)
	.venv/bin/ruff check --fix --quiet $(CODE)

lock: ## pin the dependencies anew, with hashes and without any index address
	@scripts/setup.sh test
	@for set in runtime demo development sm; do \
		.venv/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate \
			--no-emit-index-url --no-emit-find-links requirements/$$set.in -o requirements/$$set.txt; done

messages: ## collect, merge and compile the translations
	@scripts/setup.sh test
	@$(PYTHON) manage.py messages

diagrams: ## write the state diagrams of docs/states.md anew
	@$(PYTHON) manage.py diagrams
