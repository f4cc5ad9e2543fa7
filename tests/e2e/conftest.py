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
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.forkserver import ensure_running
from pathlib import Path

import pytest
from forked_command import run_command, run_script

Voxview = Callable[..., "subprocess.CompletedProcess[str]"]

HERE = Path(__file__).parent
TIMEOUT = 300  # seconds


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServerContext]:
    """Return the context whose processes are forked from one that has imported the program."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["imported_before"])
    with pytest.MonkeyPatch.context() as patch:  # Python 3.11 does not let it know this process's path
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH")))))
        ensure_running()
    yield context


@dataclass(frozen=True)
class Command:
    """A command that runs, or has ended, in a forked process."""

    words: list[str]
    process: ForkServerProcess
    streams: Path

    @property
    def printed(self) -> str:
        """Return what it has written to stdout so far."""
        return self._text("out")

    @property
    def errors(self) -> str:
        """Return what it has written to stderr so far."""
        return self._text("errors")

    def _text(self, name: str) -> str:
        file = self.streams / name
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def send_signal(self, kind: int) -> None:
        """Send a signal, as Ctrl-C or `kill` does."""
        assert self.process.pid is not None
        os.kill(self.process.pid, kind)

    def wait(self) -> subprocess.CompletedProcess[str]:
        """Wait until it has ended, and return its exit status and its output."""
        self.process.join(TIMEOUT)
        if self.process.exitcode is None:
            self.process.kill()
            raise subprocess.TimeoutExpired(self.words, TIMEOUT)
        return subprocess.CompletedProcess(self.words, self.process.exitcode, self.printed, self.errors)


@pytest.fixture
def start_voxview(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, fork_server: ForkServerContext
) -> Callable[..., Command]:
    """Start `voxview ARGUMENTS` in an empty folder and do not wait; keywords go into its environment.

    A Python file that comes first is run instead, with the others as its arguments.
    """

    def start(*arguments: object, **environment: str) -> Command:
        words, streams = [str(argument) for argument in arguments], tmp_path_factory.mktemp("streams")
        given = (words, str(tmp_path), clean_environment() | environment, str(streams))
        run = run_script if words[0].endswith(".py") else run_command
        process = fork_server.Process(target=run, args=given)
        process.start()
        return Command(words, process, streams)

    return start


@pytest.fixture
def voxview(start_voxview: Callable[..., Command]) -> Voxview:
    """Run `voxview ARGUMENTS` in an empty folder; keywords go into its environment."""
    return lambda *arguments, **environment: start_voxview(*arguments, **environment).wait()


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
    return {
        k: v
        for k, v in os.environ.items()
        if k not in ("VOXVIEW_DATA", "VOXVIEW_DEBUG", "VOXVIEW_PICTURE_WEIGHTS")
    }
