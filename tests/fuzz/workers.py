"""Processes that run many files under limits of memory and time; their death is a finding, and not the end.

A worker is forked for a part of a target's seeds, with the imports behind it. It writes into memory that it
shares which seed it is at, so that whoever watches knows what killed it or keeps it busy.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import resource
import selectors
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from typing import Any

from .judge import READ, REFUSED, Outcome, judge
from .targets import Target

_MIB = 1 << 20
_PATIENCE = 6.0
"""Times of the limit in seconds by the clock, where a process gets no processor."""
_FIELDS = 4
"""Of each worker in the shared memory: seed, when it began, files read, files refused."""


@dataclass(frozen=True)
class Limits:
    """What one file may take."""

    seconds: float = 10.0
    """Of a processor."""
    memory: int = 2000
    """MiB of the whole process."""


@dataclass(frozen=True)
class Part:
    """Some seeds of a target: from `first` to below `end`."""

    target: Target
    first: int
    end: int


@dataclass(frozen=True)
class Finding:
    """What must not be."""

    target: str
    seed: int
    kind: str
    detail: str


@dataclass
class Tally:
    """What came of a target's files."""

    runs: int = 0
    read: int = 0
    refused: int = 0
    net: Counter[str] = field(default_factory=Counter)
    """Refusals by a reader's last `except`, by the exception."""
    findings: list[Finding] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)
    """Seconds, and the seed."""
    memory: int = 0
    """MiB of the largest process."""


def work_folder() -> str:
    """Return where files are written: in memory where the system has such a place."""
    shared = Path("/dev/shm")
    return tempfile.mkdtemp(prefix="voxview-fuzz-", dir=shared if os.access(shared, os.W_OK) else None)


def run_one(target: Target, seed: int, folder: Path) -> Outcome:
    """Make the file of a seed in a folder, and return what comes of reading it."""
    path = folder / f"file{target.suffix}"
    path.unlink(missing_ok=True)
    path.write_bytes(target.file(seed))
    return judge(target, path)


# ---- in the worker ----------------------------------------------------------------------------------


def _status(name: str) -> int:
    """Return a line of /proc/self/status in MiB; 0 where there is none."""
    with contextlib.suppress(OSError), Path("/proc/self/status").open(encoding="ascii") as file:
        for line in file:
            if line.startswith(name):
                return int(line.split()[1]) // 1024
    return 0


def _limit_memory(limits: Limits) -> None:
    """Let the process grow up to the limit of what is resident; what is mapped already does not count."""
    if size := _status("VmSize"):
        growth = max(limits.memory - _status("VmRSS"), 100)
        resource.setrlimit(resource.RLIMIT_AS, ((size + growth) * _MIB, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _catch_output() -> Callable[[], str]:
    """Send what is printed to a file; return what takes out what came since."""
    descriptor = os.memfd_create("output")
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)

    def taken() -> str:
        sys.stdout.flush()
        sys.stderr.flush()
        size = os.lseek(descriptor, 0, os.SEEK_END)
        if not size:
            return ""
        text = os.pread(descriptor, 300, 0).decode("utf-8", "replace")
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        return text

    return taken


def _serve(part: Part, limits: Limits, slot: Any, at: int, pipe: int, folder: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.disable()  # pytest's writes to a stream of its own
    os.chdir(folder)
    _limit_memory(limits)
    output = _catch_output()
    net: Counter[str] = Counter()
    slowest = (0.0, part.first)
    for seed in range(part.first, part.end):
        slot[at], slot[at + 1] = seed, time.monotonic()
        before = time.process_time()
        outcome = run_one(part.target, seed, folder)
        took = time.process_time() - before
        slowest = max(slowest, (took, seed))
        if (printed := output()) and not part.target.may_print:
            outcome = outcome if outcome.is_finding else Outcome("output", ascii(printed)[:300])
        if took > limits.seconds:
            outcome = Outcome("hang", f"{took:.1f} s")
        if outcome.is_finding:
            _send(pipe, finding=(seed, outcome.kind, outcome.detail))
        slot[at + 2] += outcome.kind == READ
        slot[at + 3] += outcome.kind == REFUSED
        net[outcome.net] += 1
    del net[""]
    _send(pipe, net=net, slowest=slowest, memory=_status("VmHWM"))


def _send(pipe: int, **message: object) -> None:
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(pipe, data) :]


# ---- beside the workers -----------------------------------------------------------------------------


@dataclass
class _Worker:
    pid: int
    part: Part
    place: int
    pipe: int
    text: bytes = b""
    cpu: tuple[int, float] = (-1, 0.0)
    """The seed that was seen last, and the processor's seconds then."""
    killed: str = ""

    @property
    def at(self) -> int:
        return _FIELDS * self.place


class Pool:
    """Runs parts in as many processes as there are jobs."""

    def __init__(self, jobs: int, limits: Limits, folder: Path) -> None:
        self._limits, self._folder = limits, folder
        self._slots = RawArray("d", _FIELDS * jobs)
        self._free = deque(range(jobs))
        self._workers: dict[int, _Worker] = {}
        self._selector = selectors.DefaultSelector()
        self.tallies: dict[str, Tally] = {}

    @property
    def runs(self) -> int:
        """Files that were tried up to now."""
        done = sum(tally.runs for tally in self.tallies.values())
        return done + sum(max(0, int(self._slots[w.at]) - w.part.first) for w in self._workers.values())

    def run(self, parts: Iterable[Part], tick: Callable[[], None] = lambda: None) -> dict[str, Tally]:
        """Run all parts, and return what came of each target; `tick` is called now and then."""
        waiting = deque(parts)
        for part in waiting:
            self.tallies.setdefault(part.target.name, Tally())
        try:
            while waiting or self._workers:
                while waiting and self._free:
                    self._start(waiting.popleft())
                for key, _ in self._selector.select(timeout=0.2):
                    rest = self._listen(key.data)
                    if rest is not None:
                        waiting.appendleft(rest)
                self._watch()
                tick()
        except KeyboardInterrupt:
            print("stopped: what is there up to now", file=sys.stderr)
        finally:
            for worker in self._workers.values():
                os.kill(worker.pid, signal.SIGKILL)
                os.waitpid(worker.pid, 0)
        return self.tallies

    def _start(self, part: Part) -> None:
        place = self._free.popleft()
        at = _FIELDS * place
        self._slots[at : at + _FIELDS] = [part.first, time.monotonic(), 0, 0]
        ours, theirs = os.pipe()
        pid = os.fork()
        if not pid:
            folder = self._folder / str(place)
            try:
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                _serve(part, self._limits, self._slots, at, theirs, folder)
            except BaseException:
                _send(theirs, broken=traceback.format_exc()[-1500:])
            finally:
                os._exit(0)
        os.close(theirs)
        self._workers[ours] = worker = _Worker(pid, part, place, ours)
        self._selector.register(ours, selectors.EVENT_READ, worker)

    def _listen(self, worker: _Worker) -> Part | None:
        """Take what a worker sent. Where it has ended, return what it left, if anything."""
        data = os.read(worker.pipe, 1 << 16)
        worker.text += data
        if data:
            return None
        self._selector.unregister(worker.pipe)
        os.close(worker.pipe)
        del self._workers[worker.pipe]
        _, status = os.waitpid(worker.pid, 0)
        self._free.append(worker.place)
        return self._count(worker, status)

    def _count(self, worker: _Worker, status: int) -> Part | None:
        part, tally = worker.part, self.tallies[worker.part.target.name]
        seed, _, read, refused = (int(x) for x in self._slots[worker.at : worker.at + _FIELDS])
        tally.read, tally.refused = tally.read + read, tally.refused + refused
        has_ended = False
        for line in worker.text.splitlines():
            message = json.loads(line)
            if "broken" in message:
                raise RuntimeError(
                    f"the harness itself failed at {part.target.name}:{seed}: {message['broken']}"
                )
            if "finding" in message:
                tally.findings.append(Finding(part.target.name, *message["finding"]))
                continue
            has_ended = True
            tally.net.update(message["net"])
            tally.slowest = max(tally.slowest, (message["slowest"][0], message["slowest"][1]))
            tally.memory = max(tally.memory, message["memory"])
        if has_ended:
            tally.runs += part.end - part.first
            return None
        kind = ("hang", worker.killed) if worker.killed else ("crash", _death(status))
        tally.findings.append(Finding(part.target.name, seed, *kind))
        tally.runs += seed + 1 - part.first
        return Part(part.target, seed + 1, part.end) if seed + 1 < part.end else None

    def _watch(self) -> None:
        """Kill what is at one file for too long."""
        for worker in self._workers.values():
            seed, since = int(self._slots[worker.at]), self._slots[worker.at + 1]
            waited = time.monotonic() - since
            if waited < self._limits.seconds / 10 or worker.killed:
                continue
            cpu = _cpu_seconds(worker.pid)
            if (
                worker.cpu[0] != seed
            ):  # by the clock, ten seconds may go by on a busy machine without any of its own
                worker.cpu = (seed, cpu)
            used = cpu - worker.cpu[1]
            if used > self._limits.seconds or waited > _PATIENCE * self._limits.seconds:
                worker.killed = f"killed after {waited:.1f} s"
                os.kill(worker.pid, signal.SIGKILL)


def _cpu_seconds(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _death(status: int) -> str:
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return f"ended with status {os.waitstatus_to_exitcode(status)}"
