# `make demo` and `make test` set up everything that they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST ?= $(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

# Tests without servers, browsers, keys and large inputs.
QUICK := not (gpg or interop or mailman or browser or package or postgres or postfix or enable_socket or large)

.PHONY: demo test quick check coverage lint format samples resign-samples lock bench faults forms clean

demo: $(STAMP)
	$(BIN)/publisher demo $(DEMO)

test: $(STAMP)
	$(PYTEST) $(TESTS)

# What is worth asking after each few lines.
quick: lint
	$(PYTEST) -m "$(QUICK)" $(TESTS)

# Everything that a change must pass.
check: lint test

# The tests, and which lines and branches they run, in Mailman's processes and the workers,
# too. Processes that a test kills leave broken files, of which this only warns.
coverage: $(STAMP)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 2 --dist loadfile $(TESTS)
	if ls .coverage.* >/dev/null 2>&1; then $(BIN)/coverage combine --append --quiet; fi
	$(BIN)/coverage report

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Sign what is new among the sample advisories.
samples: $(STAMP)
	$(BIN)/python -m tests.sign_samples

# Sign all of them from scratch, after a change of what is signed; then `make test
# PYTEST=".venv/bin/pytest --update-golden"` and read the diff.
resign-samples: $(STAMP)
	$(BIN)/python -m tests.resign_samples

bench: $(STAMP)
	$(BIN)/python -m benchmarks

# Write down the packaged templates as they are now, so that projects with copies of them
# are told when they change.
forms: $(STAMP)
	$(BIN)/python -m tests.forms

# Inject hundreds of faults into releases, and write docs/reliability.md.
faults: $(STAMP)
	$(BIN)/python -m tests.faults --write

# The exact versions, with their digests, and this project on top of them.
$(STAMP): constraints.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	@# Twice quiet: the pip of Debian 12 warns of how it builds some of them.
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Needs uv. The override: Mailman names "nntplib" on Python 3.13, which nobody
# publishes; "standard-nntplib" stands in.
lock:
	echo 'nntplib; python_version < "3"' > .override.txt
	{ sed -n '/^#/p' constraints.txt; \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-emit-index-url --no-emit-find-links --override .override.txt --all-extras --group dev pyproject.toml; \
	} > .constraints.txt
	mv .constraints.txt constraints.txt
	rm .override.txt

clean:
	rm -rf $(VENV) dist build .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
