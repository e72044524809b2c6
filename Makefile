# Sinmungo. `make run` brings the site up, `make test` proves the rest; both need only Python 3.11 or newer
# with venv and pip, and a network the first time. Everything is installed into .venv, pinned and checked by hash.

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --quiet --no-input --disable-pip-version-check
RULES := petitions/rules.py,petitions/states.py,forums/rules.py,forums/states.py,tracking/visits/rules.py,tracking/visits/states.py,tracking/visits/waits/order.py

# The 95 % and 100 % of the tests' coverage are asked for where COVERAGE is set, as continuous integration does:
# counting lines takes as long again as running them.
COVERAGE :=
PYTEST := $(if $(COVERAGE),$(PYTHON) -m coverage run -m pytest,$(PYTHON) -m pytest) -n 3 --dist worksteal

.PHONY: help run lint test test-fast test-all test-clock drill format
.DELETE_ON_ERROR:

help:
	@echo "make run         serve the demonstration city on http://127.0.0.1:8000"
	@echo "make lint        style, types and import rules"
	@echo "make test-fast   unit and functional tests on SQLite"
	@echo "make test        lint and every test; stories of pages and JSON on one of the two databases"
	@echo "make test-all    lint and every test on both databases"
	@echo "make test-clock  the tests at awkward moments (needs faketime)"
	@echo "make drill       hours of kills, faults, changed requests and load; the tests do it for seconds"
	@echo "make format      put the code into the house style"

run: .venv/run.stamp
	@.venv/bin/sinmungo migrate
	@.venv/bin/sinmungo seed --demo --if-empty
	@exec env $(if $(DEMO_LIVE),SINMUNGO_DEMO_LIVE=on) .venv/bin/sinmungo serve

lint: .venv/test.stamp
	@echo "Lint"
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m ruff format --quiet --check . || { echo "Not in the house style: run 'make format'." >&2; exit 1; }
	@$(PYTHON) -m djlint --quiet --lint templates
	@echo "Types"
	@$(PYTHON) -m mypy
	@echo "Import rules"
	@.venv/bin/lint-imports --no-logo

test-fast: .venv/test.stamp
	@$(PYTEST) -q --engines=sqlite tests/unit tests/functional

test: ENGINES := stories
test-all: ENGINES := both
test test-all: lint
	@echo "Tests"
	@$(if $(COVERAGE),$(PYTHON) -m coverage erase)
	@$(PYTEST) --engines=$(ENGINES)
ifneq ($(COVERAGE),)
	@$(PYTHON) -m coverage combine --quiet
	@$(PYTHON) -m coverage report
	@$(PYTHON) -m coverage report --include=$(RULES) --fail-under=100 >/dev/null \
	|| { $(PYTHON) -m coverage report --include=$(RULES) --fail-under=0; \
	     echo "Rules and states need 100 % branch coverage." >&2; exit 1; }
endif

# 200 kills and 10,000 changed requests on each database, an hour of load, and every fault that was ever found.
FAULTS := $(addprefix tests/,integration/test_workers.py integration/test_never_lost.py integration/test_jobs.py \
    integration/test_scan.py integration/test_mail.py integration/test_connections.py integration/test_schema.py \
    integration/test_backup_api.py functional/test_outages_api.py functional/test_slow_body.py \
    functional/test_proxies_api.py functional/test_guesses_api.py functional/test_health.py functional/test_sign_in.py \
    functional/test_limits_of_filing_api.py functional/test_upload_quota_api.py)

drill: .venv/test.stamp
	@DRILL=full $(PYTHON) -m pytest -q -o faulthandler_timeout=0 tests/drill $(FAULTS)

# The city's clock is the tests' own, so that they pass whenever they are run; here is the proof.
MOMENTS := 2026-12-05T02:00 2027-01-01T00:05 2028-02-29T12:00 2026-11-30T23:58 2027-02-06T08:30
TESTS := tests/unit tests/functional tests/integration
AT_ONCE := -q -n 3 --dist worksteal --engines=stories

# libfaketime reads the environment every ten seconds by default, in every thread, which crashes one that changes it.
# Its fix for an older glibc would end each timed wait at once: threads that wait for Python's lock would spin.
test-clock: .venv/test.stamp
	@command -v faketime >/dev/null || { echo "make test-clock needs faketime: apt-get install faketime" >&2; exit 1; }
	@export FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_FORCE_MONOTONIC_FIX=0 NO_FAKE_STAT=1 FAKETIME_CACHE_DURATION=86400 \
	    PYTHONPATH=tests/support/faketime; \
	for moment in $(MOMENTS); do \
	    echo "At $$moment in Seoul"; \
	    TZ=Asia/Seoul faketime "$$(echo $$moment | tr T ' '):00" $(PYTHON) -m pytest $(AT_ONCE) $(TESTS) || exit 1; \
	done
	@echo "In Los Angeles, now"
	@TZ=America/Los_Angeles $(PYTHON) -m pytest $(AT_ONCE) $(TESTS)

format: .venv/test.stamp
	@$(PYTHON) -m ruff check --quiet --fix --exit-zero .
	@$(PYTHON) -m ruff format .

# The environment knows its folder by heart: where that was moved or copied, it is made anew.
ifneq ($(shell cat .venv/made 2>/dev/null),$(CURDIR))
.PHONY: .venv/made
endif

.venv/made:
	@for python in python3 python3.11 python3.12 python3.13; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        $$python -m venv --clear .venv || { rm -rf .venv; exit 1; }; \
	        printf '%s\n' "$(CURDIR)" > $@; \
	        exit 0; \
	    fi; \
	done; \
	echo "Sinmungo needs Python 3.11 or newer, as python3, python3.11, python3.12 or python3.13." >&2; exit 1

.venv/run.stamp: .venv/made requirements.txt pyproject.toml
	@echo "Installing the pinned dependencies"
	@$(PIP) install --quiet --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/test.stamp: .venv/made requirements-test.txt pyproject.toml
	@echo "Installing the pinned dependencies and test tools"
	@$(PIP) install --quiet --require-hashes -r requirements-test.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ .venv/run.stamp
