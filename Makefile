# The verbs of the project. Each makes .venv when it is not there: Python 3.11 or newer, make and a package
# registry are all it takes.

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := python3.13 python3.12 python3.11 python3

# Where a shell forbids bytecode, every process would compile all that it imports: seconds for each of many.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test lint bench bench-faults docs install clean lock
.DEFAULT_GOAL := help

help:
	@echo "make demo     a shop, shoppers, a model and a page to try them; prints the addresses"
	@echo "make test     all tests; COVERAGE=95 fails below that share of branches in features and service/ranking"
	@echo "make lint     ruff, mypy, import contracts"
	@echo "make bench    the figures of the README, with machine and date"
	@echo "make bench-faults  kills, outages and made-up calls, the long versions, into docs/reliability.md"
	@echo "make docs     the generated pages of docs/ and parts of the README"
	@echo "make install  .venv with everything to develop; the other verbs do it by themselves"

demo: $(VENV)/.train
	@$(BIN)/balad demo

# Tracing costs half as much again, so only those are traced that are to cover what is measured. Those that drive whole
# installations or a browser have the machine to themselves, unless they wait for no clock; the longest of these go first.
COVERING := features service tests/unit tests/contracts tests/parity
UNTIMED := tests/faults/test_kill_rounds.py $(wildcard tests/faults/test_*_at_any_step.py) tests/faults/test_fuzz.py \
	tests/faults/test_rebuild.py
OTHERS := $(UNTIMED) tests/api training tests/training tests/architecture
ALONE := tests/browser $(filter-out $(UNTIMED),$(wildcard tests/faults/test_*.py))
SPREAD := -n auto --dist loadfile
test: $(VENV)/.dev
	$(BIN)/pytest -ra $(SPREAD) $(COVERING) $(if $(COVERAGE),--cov --cov-report=)
ifdef COVERAGE
	$(BIN)/coverage report --fail-under=$(COVERAGE)
endif
	$(BIN)/pytest -ra $(SPREAD) --no-loadscope-reorder $(OTHERS)
	$(BIN)/pytest -ra $(ALONE)

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	@$(BIN)/python -m tests.benchmarks.run $(ONLY)

bench-faults: $(VENV)/.dev
	@$(BIN)/python -m tests.faults.bench $(ONLY)

docs: $(VENV)/.dev
	@$(BIN)/python docs/generate.py

install: $(VENV)/.dev

clean:
	rm -rf $(VENV)

# Bytecode is written when a module is first imported: compiling all of it now would double the wait.
$(VENV)/.%: deploy/requirements-%.lock pyproject.toml $(VENV)/pyvenv.cfg
	@echo "installing packages into $(VENV) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --no-deps --require-hashes -r $<
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/pyvenv.cfg:
	@for python in $(PYTHONS); do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "making $(VENV) with $$($$python --version)"; \
	        $$python -m venv $(VENV) && exit 0; \
	        echo "$$python cannot make an environment; on Debian and Ubuntu: apt install $$python-venv" >&2; \
	        rm -rf $(VENV); exit 1; \
	    fi; \
	done; \
	echo "Balad needs Python 3.11 or newer, and none of these is: $(PYTHONS)" >&2; exit 1

# New versions within the bounds of pyproject.toml. No registry is named, so that any may serve them.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-header --no-emit-index-url --upgrade pyproject.toml --group build
lock: $(VENV)/pyvenv.cfg
	$(BIN)/python -m pip install -q 'uv>=0.9,<1'
	$(COMPILE) --all-extras -o deploy/requirements-dev.lock
	$(COMPILE) --extra train -c deploy/requirements-dev.lock -o deploy/requirements-train.lock
	$(COMPILE) --extra s3 --extra otel -c deploy/requirements-dev.lock -o deploy/requirements-serve.lock
	$(COMPILE) -c deploy/requirements-dev.lock -o deploy/requirements.lock
