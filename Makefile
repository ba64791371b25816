# Two commands are enough on a fresh machine: `make run` and `make test`.
export UV_SYSTEM_CERTS = 1
export UV_NO_PROGRESS = 1
# A start takes a third of the time when nothing has to be compiled first.
export UV_COMPILE_BYTECODE = 1
# Nor does every worker of every run have to compile the tests once more.
export PYTHONDONTWRITEBYTECODE =
HOST ?= 127.0.0.1
PORT ?= 8000
# Twice what a small machine has cores: many tests wait for a browser, a server or a database.
WORKERS ?= 4
# File by file, in the order of tests/conftest.py: what takes longest is begun first.
SPREAD := --dist loadfile --no-loadscope-reorder
# A test's database need not outlive the machine: in memory no commit waits for a disk.
ifneq ($(shell test $$(df --output=avail /dev/shm 2>/dev/null | tail -1) -gt 4000000 2>/dev/null && echo roomy),)
export PYTEST_DEBUG_TEMPROOT = /dev/shm
endif
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
PY := .venv/bin/python
# Without what reaches nothing above sipas, and so no store: need not be read to find that out.
ABOVE = $$($(PY) scripts/coverage_of_sipas.py --above)

.PHONY: install dev run test check linted covered prove bench bundle fmt pictures messages

install: $(UV) ## the product, without the tools of its developers
	@$(UV) sync -q --frozen --inexact --no-dev || { echo "motcua: could not install the packages; is there a network?" >&2; exit 1; }
	@$(PY) -m compileall -q sipas storage handlers bot

dev: $(UV)
	@$(UV) sync -q --frozen --inexact || { echo "motcua: could not install the packages; is there a network?" >&2; exit 1; }

run: install ## the demo province on http://127.0.0.1:8000
	@.venv/bin/motcua demo --host $(HOST) --port $(PORT)

test: dev ## everything that must hold; what touches a store on SQLite and on PostgreSQL
	@$(PY) -m pytest -rs -n $(WORKERS) $(SPREAD) $(if $(TESTED),$$($(PY) scripts/coverage_of_sipas.py --rest))
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; \
	then MOTCUA_TEST_DATABASE=postgresql $(PY) -m pytest -rs -n $(WORKERS) $(SPREAD) tests $(ABOVE); \
	else echo "not run on PostgreSQL, which is not installed (apt install postgresql): what touches a store"; fi

check: dev ## lint, format, types, import contracts, coverage of sipas, house figures
	@$(MAKE) --no-print-directory -j2 -O linted covered

linted:
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) scripts/house_figures.py

covered:
	$(PY) scripts/coverage_of_sipas.py

prove: dev ## the long drills; results belong into docs/proofs.md
	MOTCUA_EXAMPLES=10000 MOTCUA_ROUNDS=20 MOTCUA_PEOPLE=200 MOTCUA_FUZZ=40 $(PY) -m pytest -rs tests/test_engine_laws.py tests/test_kill_drill.py tests/test_openapi_fuzz.py
	MOTCUA_CROWD=500 $(PY) -m pytest -rs tests/test_behind_nginx.py
	MOTCUA_FAULTS=100 $(PY) -m pytest -s tests/test_faults.py
	MOTCUA_TEST_DATABASE=postgresql MOTCUA_FAULTS=100 $(PY) -m pytest -s tests/test_faults.py
	MOTCUA_BUNDLE=1 $(PY) -m pytest tests/test_bundle.py
	MOTCUA_LIBREOFFICE=1 $(PY) -m pytest -rs tests/test_documents.py -k libreoffice
	MOTCUA_WORLDS=12 $(PY) -m pytest tests/test_simulation.py -k mean
	MOTCUA_PROVINCES=50 $(PY) -m pytest -s tests/test_attacker.py
	MOTCUA_MANIPULATIONS=1000 MOTCUA_TAMPER=1 $(PY) -m pytest tests/test_verify.py tests/test_verify_commands.py -k "whatever or demo"
	MOTCUA_WALK=1 $(PY) -m pytest tests/test_walks.py
	MOTCUA_TEST_DATABASE=postgresql MOTCUA_MOVED=1000000 $(PY) -m pytest -s tests/test_moving_drill.py
	MOTCUA_FUZZ_SECONDS=600 $(PY) -m pytest -s tests/fuzz
	MOTCUA_LINKING=120 $(PY) -m pytest -s tests/test_linking.py
	$(PY) -m bench sustained --minutes 30 --rate 40 --responses 1000000 --table load
	$(PY) -m scripts.grade_alarms
	$(PY) -m scripts.grade_stuffing
	$(PY) scripts/mutation.py
	.venv/bin/motcua grade

bench: dev ## ratios measured in one run
	$(PY) -m bench

bundle: $(UV) ## build/motcua-VERSION.tar.gz, which installs on a machine without a network
	@sh scripts/bundle.sh $(abspath $(UV))

fmt: dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

pictures: dev ## the screenshots of README and docs, made by the tests
	MOTCUA_PICTURES=1 $(PY) -m pytest -rs tests/test_browser.py tests/test_people_browser.py tests/test_filings_quarter.py tests/test_media_browser.py -k "pictures or quarter"

messages: dev ## compile the message catalogues
	$(PY) scripts/compile_messages.py

.tools/bin/uv:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "motcua: needs Python 3.11 or newer as python3, found $$(python3 --version 2>&1)" >&2; exit 1; }
	@python3 -m venv .tools
	@.tools/bin/python -m pip install -q --disable-pip-version-check uv || { rm -rf .tools; echo "motcua: could not fetch uv; is there a network?" >&2; exit 1; }
