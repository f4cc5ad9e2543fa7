"""One run of `voxview train` in a process of its own, which others go before, watched by its files alone.

So a window that comes later finds it as well: whether the process goes on, what it has printed and logged,
and whether there are weights or a checkpoint. Free of torch.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from voxview.errors import InputError, VoxViewError
from voxview.printable import printable
from voxview.resources import is_bundled
from voxview.shapes.io.folders import made_folder
from voxview.training.child import processes
from voxview.training.child.log import RunLog, read_log
from voxview.training.child.record import RunRecord, read_record
from voxview.training.run_files import RunFiles

Options = Mapping[str, str | int | float | bool]

_LAST_BYTES = 4000
_STOPPED = "voxview: stopped"


class RunState(Enum):
    """What a run is at."""

    PREPARING = "preparing"
    """It reads and draws chairs."""
    TRAINING = "training"
    STOPPING = "stopping"
    """It was requested to stop, and finishes the step that it is at."""
    PAUSED = "paused"
    """It can go on from a checkpoint, or from its start where it had none."""
    DONE = "done"
    FAILED = "failed"
    """It ended by itself; it may be continued all the same, once the cause is mended."""


GOING_ON = (RunState.PREPARING, RunState.TRAINING, RunState.STOPPING)


@dataclass(frozen=True)
class RunStatus:
    """A run as it is now."""

    state: RunState
    log: RunLog
    line: str
    """What it printed last, or why it ended."""

    @property
    def goes_on(self) -> bool:
        """Whether there is a process at work."""
        return self.state in GOING_ON


class ChildRun:
    """A run by the weights that it writes. Use `start` and `find` to get one."""

    def __init__(self, out: Path, record: RunRecord, process: subprocess.Popen[bytes] | None = None) -> None:
        self.files, self.record = RunFiles(out), record
        self._process = process
        """None where another window has started it."""
        self._is_stopping = False
        self._log, self._log_seen = RunLog(), (0.0, 0)

    @property
    def out(self) -> Path:
        """The weights, which are written at each validation."""
        return self.files.weights

    @property
    def name(self) -> str:
        """What a person calls it."""
        return printable(self.out.stem)

    @property
    def steps(self) -> int:
        """How many steps it takes in all."""
        return int(self.record.options.get("steps", 0))

    @property
    def is_of_this_window(self) -> bool:
        """Whether it ends with this process: it was started here, or by a window that is gone."""
        return self.record.window_pid == os.getpid()

    def adopt(self) -> None:
        """Take over a run whose window is gone; raises `VoxViewError` where that cannot be noted."""
        if not processes.goes_on(self.record.window_pid, self.record.window_mark):
            self.record = _of_this_window(self.record)
            self.record.write(self.files.record)

    def resume(self) -> None:
        """Go on from the checkpoint; from the start where there is none yet. Raises `VoxViewError`."""
        if self._is_alive:
            if self.status().state != RunState.PAUSED:
                return
            processes.kill(self.record.pid)  # it has done what it had to do, and only clears up
        _check_alone(self.files, self.record.pid)
        has_checkpoint = self.files.checkpoint.exists()
        options: list[str] = ["--resume"] if has_checkpoint else _arguments(self.record.options)
        self._is_stopping = False
        self._process = _launch(self.files, options, self.record.data)
        self.record = _with_process(self.record, self._process.pid)
        self._keep_record()

    def pause(self) -> None:
        """Request it to write a checkpoint and end; a second time, to end in the middle of a validation."""
        if self._is_alive:
            self._is_stopping = True
            processes.request_stop(self.record.pid)

    def kill(self) -> None:
        """End it at once; it goes on from its last checkpoint."""
        if self._is_alive:
            self._is_stopping = True
            processes.kill(self.record.pid)

    def status(self) -> RunStatus:
        """Return how it is, by its process and its files."""
        alive = self._is_alive
        log, line = self._read_log(), self._last_line()
        ended_well = self._process is not None and self._process.returncode == 0
        if (line.startswith("wrote ") or ended_well) and not line.startswith(_STOPPED) and self.out.exists():
            return RunStatus(RunState.DONE, log, line)
        if line.startswith(_STOPPED) or (self._is_stopping and not alive):
            return RunStatus(RunState.PAUSED, log, self._paused_text(log))
        if alive:
            at_work = RunState.TRAINING if log.step else RunState.PREPARING
            return RunStatus(RunState.STOPPING if self._is_stopping else at_work, log, line)
        if line.startswith("voxview: "):
            return RunStatus(RunState.FAILED, log, line.removeprefix("voxview: "))
        return RunStatus(RunState.FAILED, log, self._how_ended(line))

    def _how_ended(self, line: str) -> str:
        """Return how a process ended that did not say why; `line` is what it printed last."""
        code = self._process.returncode if self._process is not None else None
        if code is not None and code < 0:
            return f"the process was ended by signal {-code}"
        return (
            f"the process ended with status {code}: {line}" if code else "the process was ended from outside"
        )

    # ---- inside ---------------------------------------------------------------------------------

    def _paused_text(self, log: RunLog) -> str:
        if not self.files.checkpoint.exists():
            return "paused before its first checkpoint: it will begin anew"
        return f"paused after step {log.step:,} of {self.steps:,}"

    def _keep_record(self) -> None:
        """Write the record by which the process is found again; without it the process ends."""
        try:
            self.record.write(self.files.record)
        except VoxViewError:
            self.kill()
            raise

    @property
    def _is_alive(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return processes.goes_on(self.record.pid, self.record.mark)

    def _read_log(self) -> RunLog:
        """Return the log, which is read again only where it has grown."""
        try:
            found = self.files.log.stat()
        except OSError:
            return self._log
        if (found.st_mtime, found.st_size) != self._log_seen:
            self._log_seen = found.st_mtime, found.st_size
            self._log = read_log(self.files.log)
        return self._log

    def _last_line(self) -> str:
        try:
            with self.files.output.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST_BYTES))
                lines = file.read().decode("utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return printable(next((line.strip() for line in reversed(lines) if line.strip()), ""))


def start(out: Path, options: Options, data: str = "") -> ChildRun:
    """Start a run; raises `InputError` where its files are there already, `VoxViewError` where it cannot."""
    files = RunFiles(out)
    with made_folder(out.parent):
        files.check()
        if out.exists() or files.checkpoint.exists():
            raise InputError(f"there is a run named {out.stem} in {out.parent} already: choose another name")
        _check_alone(files)
        process = _launch(files, _arguments(options), data)
        run = ChildRun(out, _with_process(RunRecord(dict(options), data), process.pid), process)
        run._keep_record()
    return run


def find(out: Path) -> ChildRun | None:
    """Return a run that a window has started, by its weights; None where there is nothing of it."""
    record = read_record(RunFiles(out).record)
    return None if record is None else ChildRun(out, record)


def _check_alone(files: RunFiles, own: int | None = None) -> None:
    """Raise `VoxViewError` where a process other than `own` writes this run, as of another window."""
    record = read_record(files.record)
    if record is not None and record.pid != own and processes.goes_on(record.pid, record.mark):
        raise VoxViewError(f"the run {files.weights.stem} goes on, from another window")


def command() -> list[str]:
    """Return how the program is called on a command line, by this Python or packaged."""
    return [sys.executable] if is_bundled() else [sys.executable, "-m", "voxview"]


def _arguments(options: Options) -> list[str]:
    """Return options by the names of the config's fields as the command line takes them."""
    words: list[str] = []
    for name, value in options.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words.append(f"--{flag}={value}")
    return words


def _launch(files: RunFiles, options: list[str], data: str) -> subprocess.Popen[bytes]:
    words = [*command(), "train", f"--out={files.weights}", *options]
    if data:
        words.append(f"--data={data}")
    try:
        with files.output.open("wb") as output:
            process = _popen(words, output)
    except OSError as error:
        where = error.filename or files.output
        raise VoxViewError(f"cannot start the run: {where}: {error.strerror or error}") from error
    processes.let_others_go_first(process.pid)
    return process


def _popen(words: list[str], output: BinaryIO) -> subprocess.Popen[bytes]:
    threads = str(max(1, (os.cpu_count() or 2) - 1))
    environment = {
        **{name: value for name, value in os.environ.items() if name != "VOXVIEW_DATA"},
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    return subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=os.name == "posix",  # Ctrl-C in the window's terminal is not for it
        creationflags=processes.low_priority_flags(),
    )


def _with_process(record: RunRecord, pid: int) -> RunRecord:
    return _of_this_window(replace(record, pid=pid, mark=processes.start_mark(pid)))


def _of_this_window(record: RunRecord) -> RunRecord:
    return replace(record, window_pid=os.getpid(), window_mark=processes.start_mark(os.getpid()))
