# Every target sets up by itself: the first one to run makes .venv. Set PYTHON to choose the interpreter.

# The first of these that is Python 3.11 or newer.
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

RUN := .venv/bin/python -m
READY := .venv/.ready

.PHONY: help demo test generate check lint coverage bench docs soak lock clean

help:
	@echo "make demo      what it does, on real requests; pictures go to demo-out/"
	@echo "make test      lint, all tests, coverage of the generated package"
	@echo "make generate  write generated/ anew, after a change of openapi/ or templates/"
	@echo "make check     whether generated/ is what generating gives now"
	@echo "make lint      type checkers and ruff"
	@echo "make coverage  how much of the toolkit the tests run; takes twice as long as they do"
	@echo "make bench     how fast it is, as a Markdown table"
	@echo "make docs      the pages as a site, in build/docs/; a dead link is an error"
	@echo "make soak      the tests that take long"
	@echo "make lock      newer versions of all that developers use, in constraints.txt"
	@echo "make clean     remove .venv and all that tools leave behind"

demo: $(READY)
	@.venv/bin/python tests/demo.py

test: lint
	rm -f .coverage .coverage.*
	$(RUN) coverage run -m pytest -m "not soak"
	$(RUN) coverage combine --quiet
	$(RUN) coverage report --fail-under=100

generate: $(READY)
	$(RUN) speclens generate

check: $(READY)
	$(RUN) speclens check

lint: $(READY)
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	MYPYPATH=templates $(RUN) mypy --strict --package package
	$(RUN) basedpyright --pythonpath .venv/bin/python

coverage: $(READY)
	rm -f .coverage .coverage.*
	$(RUN) coverage run --source=tools/speclens -m pytest -m "not soak"
	$(RUN) coverage combine --quiet
	$(RUN) coverage report --fail-under=95 --skip-covered

bench: $(READY)
	@$(RUN) pip install --quiet -c constraints.txt --group bench
	@.venv/bin/python tests/benchmarks/run_benchmarks.py

docs: $(READY)
	@$(RUN) pip install --quiet -c constraints.txt --group docs
	$(RUN) sphinx -q -E -W --keep-going -c docs . build/docs
	@echo build/docs/index.html

soak: $(READY)
	$(RUN) pytest -m soak

# The newest versions that pyproject.toml admits. The workflow also tests without them, as users install.
lock: LOCK := build/lock/bin/python -m pip
lock:
	rm -rf build/lock
	"$(PYTHON)" -m venv build/lock
	$(LOCK) install --quiet 'pip>=25.1'
	$(LOCK) install --quiet --group dev --group bench --group docs
	$(LOCK) install --quiet --no-build-isolation -e . -e ./generated
	echo "# The versions that make installs. To renew them: make lock" > constraints.txt
	$(LOCK) freeze --exclude-editable >> constraints.txt
	rm -rf build/lock

clean:
	rm -rf .venv .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist demo-out
	find tools generated tests -name __pycache__ -prune -exec rm -rf {} +

# Nothing is asked of the network when all that is required is there already.
$(READY): pyproject.toml constraints.txt generated/pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "speclens needs Python 3.11 or newer, and this is $(or $(PYTHON),none): try make PYTHON=/path/to/python3.11" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(RUN) pip install --quiet 'pip>=25.1'
	$(RUN) pip install --quiet -c constraints.txt --group dev
	$(RUN) pip install --quiet -c constraints.txt --no-build-isolation -e . -e ./generated
	@touch $@
