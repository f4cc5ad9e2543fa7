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
	.venv/bin/pytest
