"""Writes that fail at every step: what is there afterwards is whole, old or new, and one line says why.

Each writer of `writers.py` is run with each fault of `faults.py` at each of its steps, into an empty folder
and over files that are there. That is how "a full disk never leaves a half file" is known, and not only of a
disk that is full at the first write.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults import PACKAGE, Dead, Disk, Fault, Step
from writers import WRITERS, Writer

from voxview.errors import VoxViewError
from voxview.shapes.io import atomic

TEMPORARY = atomic._TEMPORARY
Files = dict[str, bytes]

FAULTS_OF: dict[str, tuple[Fault, ...]] = {
    "mkdir": ("full", "refused", "dead"),
    "open": ("full", "refused", "broken", "gone", "no room", "half", "dead"),
    "flush": ("full", "broken", "gone", "dead"),
    "rename": ("full", "refused", "gone", "dead"),
    "remove": ("refused", "gone", "dead"),
}
OF_SETS: dict[str, tuple[Fault, ...]] = {
    "mkdir": ("full",),
    "open": ("full", "gone", "no room", "half", "dead"),
    "flush": ("full",),
    "rename": ("refused", "dead"),
    "remove": ("refused", "gone", "dead"),
}
"""Of what is many files, each written as the others are: what differs is what is said of missing ones."""


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Return a folder whose steps can fail."""
    monkeypatch.setattr(atomic, "_swept", {})
    (tmp_path / "here").mkdir()
    return Disk(tmp_path / "here")


@dataclass
class Trial:
    """One writer in one folder that has been written to before, or not."""

    disk: Disk
    writer: Writer
    old: Files
    new: Files
    """The files of a run that succeeds."""
    steps: list[Step]

    def begin(self) -> None:
        """Make the folder as it was before."""
        for folder in (self.disk.folder, _gone(self.disk)):
            shutil.rmtree(folder, ignore_errors=True)
        self.disk.folder.mkdir()
        for name, content in self.old.items():
            (self.disk.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.disk.folder / name).write_bytes(content)

    def write(self) -> None:
        self.writer.write(self.disk.folder)

    def faults(self) -> Iterator[tuple[int, Fault, int]]:
        """Yield every fault that can be: its step, its kind and the bytes that have room."""
        for at, step in enumerate(self.steps):
            for fault in (OF_SETS if self.writer.marker else FAULTS_OF)[step.what]:
                if fault in ("no room", "half"):
                    size = next((later.size for later in self.steps[at:] if later.what == "rename"), 0)
                    room = step.size + (0 if fault == "no room" else max(1, (size - step.size) // 2))
                    yield at, fault, room if size else step.size + 7 * (fault == "half")
                else:
                    yield at, fault, 0


def trial(disk: Disk, writer: Writer, *, over: bool) -> Trial:
    """Return a trial after a run that has succeeded."""
    one = Trial(disk, writer, {}, {}, [])
    one.steps = disk.steps(one.write)
    one.new = files_in(disk.folder)
    if over:
        one.old = dict.fromkeys(one.new, b"what was there before\n")
        if writer.grows:
            one.old[writer.grows] = one.new[writer.grows][: one.new[writer.grows].index(b"\n") + 1]
        one.begin()
        one.steps = disk.steps(one.write)
        one.new = files_in(disk.folder)
    return one


def files_in(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): _content(path) for path in folder.rglob("*") if path.is_file()
    }


def _content(path: Path) -> bytes:
    """Return what is in a file; of weights in one order, as their header has another one each time."""
    content = path.read_bytes()
    with contextlib.suppress(ValueError):
        if path.suffix == ".safetensors":
            length = int.from_bytes(content[:8], "little")
            header = json.loads(content[8 : 8 + length])
            return json.dumps(header, sort_keys=True).encode() + content[8 + length :]
    return content


def _gone(disk: Disk) -> Path:
    return Path(f"{disk.folder}-gone")


def check(one: Trial, fault: Fault, error: BaseException | None) -> None:
    """Check that what is there is whole, and that what is not there is said."""
    place = _gone(one.disk) if _gone(one.disk).is_dir() else one.disk.folder
    found = files_in(place)
    hidden = {name for name in found if TEMPORARY.fullmatch(Path(name).name)}
    seen = {name: content for name, content in found.items() if name not in hidden}
    if fault not in ("dead", "gone"):
        assert not hidden, f"left behind: {hidden}"
    marker = one.writer.marker
    for name, content in seen.items():
        if name == marker:
            assert b"has not ended" in content
        elif name == one.writer.grows:
            assert one.new[name].startswith(content) and content[-1:] in (b"\n", b""), "half a line"
        else:
            assert content in (one.old.get(name), one.new.get(name)), f"{name} is neither old nor new"
    assert set(one.old) <= set(seen), "something old is lost"
    if error is None:
        assert one.writer.is_silent or seen == one.new or fault == "gone", "it failed without a word"
        return
    if marker is not None and seen not in (one.old, one.new) and not one.old:
        assert marker in seen, "files are missing, and nothing says so"
    if fault != "dead":
        assert isinstance(error, VoxViewError), repr(error)
        assert "\n" not in str(error) and len(str(error)) < 600 and "Errno" not in str(error)
        left = [
            name for name in one.writer.makes if (place / name).is_dir() and not any((place / name).iterdir())
        ]
        assert one.old or not left or fault == "gone", f"an empty folder was left: {left}"


ONCE = ("a morph with strip and sheet", "a turntable beside a shape")
"""Sets that are not tried over older ones as well: one is enough."""


@pytest.mark.parametrize(
    ("name", "over"),
    [(name, over) for name in WRITERS for over in (False, True) if not (over and name in ONCE)],
)
def test_whatever_fails_at_whichever_step_each_file_is_whole(name: str, over: bool, disk: Disk) -> None:
    one = trial(disk, WRITERS[name], over=over)
    for at, fault, room in one.faults():
        one.begin()
        atomic._swept.clear()
        error = disk.fail(one.write, at, fault, room)
        try:
            check(one, fault, error)
        except AssertionError as found:
            raise AssertionError(f"{fault} at step {at}, {one.steps[at]}: {found}; {error!r}") from found
        assert isinstance(error, Dead) == (fault == "dead")


@pytest.mark.parametrize("name", WRITERS)
def test_what_a_killed_process_leaves_goes_with_the_next_write(name: str, disk: Disk) -> None:
    one = trial(disk, WRITERS[name], over=False)
    one.begin()
    last = max((at for at, step in enumerate(one.steps) if step.what == "rename"), default=len(one.steps) - 1)
    assert isinstance(disk.fail(one.write, last, "dead"), Dead)
    for file in disk.folder.rglob("*"):
        os.utime(file, (0, 0))
    atomic._swept.clear()
    one.write()
    assert files_in(disk.folder) == one.new


KILLED = (
    *("a shape, .npy", "a set with its manifest", "a run's log", "a checkpoint"),
    *("a session, the last state", "the index of a catalog"),
)


@pytest.mark.parametrize("name", KILLED)
def test_kill_9_at_any_step_leaves_whole_files(name: str, disk: Disk) -> None:
    one = trial(disk, WRITERS[name], over=True)
    for at in range(len(one.steps)):
        one.begin()
        atomic._swept.clear()
        if (child := os.fork()) == 0:
            disk.fail(one.write, at, "killed")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL
        check(one, "dead", Dead())


ELSEWHERE = {
    "shapes/io/atomic.py": "what all others write by",
    "cuda/kernel_cache.py": "makes CuPy's folder, or says why not: test_unwritable_home.py",
    "gui/context/settings.py": "sets damaged files aside by a rename: test_unwritable_home.py",
    "gui/activity/log_view.py": "writes by atomic.py, on a thread of the window: test_activity.py",
    "gui/crash_report.py": "is written while the program ends, in its last place: test_crash_report.py",
    "training/child/processes.py": "writes to /proc alone",
    "training/child/run.py": "what the child prints is its own: test_child_runs.py",
    "gui/sessions/last_state.py": "writes by session_file.py; its renames: test_unwritable_home.py",
}


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of 64 KiB; skips where none can be mounted."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_real_disk_that_is_full_keeps_what_is_there(tiny_disk: Path) -> None:
    said = []
    for name in (
        "a shape, .npy",
        "a shape, .binvox",
        "a set with its manifest",
        "the numbers of a latent, .npy",
    ):
        WRITERS[name].write(tiny_disk)
    before = files_in(tiny_disk)
    filler = tiny_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    old = before | {"filler": filler.read_bytes()}
    for name in ("a shape, .npy", "a checkpoint", "an autoencoder's weights", "a film, .gif", "a run's log"):
        with pytest.raises(VoxViewError) as caught:
            WRITERS[name].write(tiny_disk)
        said.append(str(caught.value))
    assert all("the disk is full" in line and "\n" not in line for line in said), said
    left = files_in(tiny_disk)
    left.pop("w.log.csv", None)  # empty: a log begins with its first row
    assert left == old


def test_nothing_in_the_program_writes_that_is_not_tried_here(disk: Disk) -> None:
    tried = {step.module for writer in WRITERS.values() for step in trial(disk, writer, over=False).steps}
    writing = {path.relative_to(PACKAGE).as_posix() for path in Path(PACKAGE).rglob("*.py") if _writes(path)}
    assert writing - tried - set(ELSEWHERE) == set()
    assert writing >= set(ELSEWHERE), "they write nothing any more"


def _writes(path: Path) -> bool:
    """Return whether a file of the program creates, changes or removes files by itself."""
    text = path.read_text("utf-8")
    if not re.search(
        r"write_atomically|write_text|write_bytes|mkdir|unlink|rmdir|rename|touch|open\(|replace\(", text
    ):
        return False
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        texts = [
            one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if name in (
            "write_atomically",
            "write_text",
            "write_bytes",
            "mkdir",
            "unlink",
            "rmdir",
            "rename",
            "touch",
        ):
            return True
        if name == "open" and any(re.fullmatch(r"[rwaxbt+]*[wax+][bt+]*", text) for text in texts):
            return True
        if name == "replace" and isinstance(call.func, ast.Attribute) and len(call.args) == 1:
            return True
    return False
