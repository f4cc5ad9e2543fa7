# Two commands: `make run` opens VoxView, `make test` tests it. Both set everything up first.
# For who changes it: `make lint` takes seconds, `make coverage` is the tests under coverage, `make benchmarks` are the
# tests that look at the clock, `make fuzz` damages files of every kind at random and reads them.
# `make package` makes a wheel and a Debian package in dist/, `make package-test` installs that in a fresh Debian: minutes each.
.PHONY: run test lint coverage benchmarks fuzz package package-test

# Packages are installed without bytecode, and Python keeps what it compiles: each start would compile PyTorch anew
# where containers forbid it, which doubles its time.
unexport PYTHONDONTWRITEBYTECODE

# A test process for each core; a process that has nothing left takes over tests of another. What takes
# longest comes first: the end is for what is short.
PARALLEL := -n logical --maxprocesses 4 --dist worksteal

run:
	@packaging/setup.sh run
	@packaging/run.sh

# Tests of a card that is there run one after the other, for they share it; where there is none, all of them skip.
CARD := $(shell command -v nvidia-smi)$(wildcard /dev/nvidia[0-9]*)

test: lint
	.venv/bin/pytest $(PARALLEL) tests/e2e tests/gui tests/unit $(if $(CARD),,tests/gpu)
	$(if $(CARD),.venv/bin/pytest tests/gpu)

lint:
	@packaging/setup.sh test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --num-workers auto

coverage:
	@packaging/setup.sh test
	.venv/bin/coverage erase
	.venv/bin/coverage run -m pytest $(PARALLEL) --ignore tests/unit/test_coverage.py tests/e2e tests/gui tests/unit
	.venv/bin/coverage combine --quiet
	.venv/bin/python tests/coverage_record.py

benchmarks:
	@packaging/setup.sh test
	.venv/bin/pytest tests/benchmarks

package:
	@packaging/package.sh

package-test:
	@packaging/package_test.sh

# Files of each group, shared by its targets; `python -m tests.fuzz.run --help` has more.
RUNS := 2000

fuzz:
	@packaging/setup.sh test
	PYTHONPATH=. .venv/bin/python -m tests.fuzz.run --runs $(RUNS)
