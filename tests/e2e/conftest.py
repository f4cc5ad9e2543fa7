"""The program as a person starts it: in a process of its own.

An interpreter that imports torch takes two seconds before it does anything. Most tests are about what comes
after, so their processes are forked from one that has the imports behind it; `started_voxview` is for those
that are about the start itself.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from forked_command import run_command

Voxview = Callable[..., "subprocess.CompletedProcess[str]"]

IMPORTED_BEFORE = [
    "torch",
    "trimesh",
    "scipy.ndimage",
    "skimage.measure",
    "torch._dynamo",  # an optimiser imports it, which takes as long as the rest of torch
    "voxview.cli",
    "voxview.engine.engine",
    "voxview.evaluation.catalog",
    "voxview.training.run",
]
TIMEOUT = 300  # seconds


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServerContext]:
    """Return the context whose processes are forked from one that has imported the program."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED_BEFORE)
    yield context


@pytest.fixture
def voxview(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, fork_server: ForkServerContext
) -> Voxview:
    """Run `voxview ARGUMENTS` in an empty folder; keywords go into its environment."""
    streams = tmp_path_factory.mktemp("streams")

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        words = [str(argument) for argument in arguments]
        given = (words, str(tmp_path), clean_environment() | environment, str(streams))
        process = fork_server.Process(target=run_command, args=given)
        process.start()
        process.join(TIMEOUT)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(words, TIMEOUT)
        out, errors = ((streams / name).read_text(encoding="utf-8") for name in ("out", "errors"))
        return subprocess.CompletedProcess(words, process.exitcode, out, errors)

    return run


@pytest.fixture
def started_voxview(tmp_path: Path) -> Voxview:
    """Run `python -m voxview ARGUMENTS` in an interpreter of its own, as `voxview` does else."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "voxview", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=clean_environment() | environment,
            timeout=TIMEOUT,
        )

    return run


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what changes the program's behaviour."""
    return {k: v for k, v in os.environ.items() if k not in ("VOXVIEW_DATA", "VOXVIEW_DEBUG")}
