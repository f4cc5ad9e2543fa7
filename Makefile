# Two commands: `make run` opens VoxView, `make test` tests it. Both set everything up first.
.PHONY: run test

run:
	@packaging/setup.sh run
	@packaging/run.sh

test:
	@packaging/setup.sh test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	# Commands mostly wait for their processes to start: they run beside the unit tests. Windows and benchmarks run alone.
	.venv/bin/pytest tests/e2e tests/gpu --ignore=tests/e2e/test_bench.py >.venv/e2e.log 2>&1 & commands=$$!; \
	.venv/bin/pytest tests/unit; failed=$$?; \
	wait $$commands || failed=1; cat .venv/e2e.log; \
	.venv/bin/pytest tests/gui tests/e2e/test_bench.py || failed=1; exit $$failed
