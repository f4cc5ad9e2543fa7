"""A home that cannot be written, two processes at once, a clock that jumps: nothing is lost."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faults import PACKAGE, limit_sizes

from voxview.cuda import kernel_cache
from voxview.engine.catalog.cache import IndexCache
from voxview.errors import InputError, VoxViewError
from voxview.gui.bookmarks.shelf import Bookmark, change_bookmarks, read_bookmarks, write_bookmarks
from voxview.gui.context.settings import Settings, set_aside
from voxview.gui.sessions.last_state import StateFile
from voxview.shapes.bits import pack_words
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io import atomic
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.folders import made_folder
from voxview.shapes.io.output import check_output, write_each
from voxview.shapes.io.read import read_shape

NOBODY = 65_534
PROBE = np.zeros((2, 8, 8), np.float32)
WORDS = pack_words(np.stack([sample_catalog()[0].read()]))


def in_child(work: Callable[[], object]) -> Callable[[], Any]:
    """Begin work in a process of its own; return what waits for its answer."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = {"came": work()}
        except BaseException as error:
            answer = {"error": repr(error)}
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)

    def wait() -> Any:
        with open(reading, "rb") as pipe:  # noqa: PTH123 - no path
            answer = json.loads(pipe.read())
        os.waitpid(child, 0)
        assert "error" not in answer, answer
        return answer["came"]

    return wait


def said(work: Callable[[], object]) -> str:
    """Return the line that some work fails with."""
    try:
        work()
    except VoxViewError as error:
        assert "\n" not in str(error) and "Errno" not in str(error)
        return str(error)
    return ""


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a folder of root's, to which everybody can go and where nobody else can write."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def as_nobody(work: Callable[[], object]) -> Any:
    """Do work as a user who may write nowhere."""

    def do() -> object:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return work()

    return in_child(do)()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_home_that_cannot_be_written_costs_what_is_kept_and_each_says_so_in_a_line(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    (home / "secret.npy").write_bytes(b"x")
    (home / "secret.npy").chmod(0o600)
    (home / "common").mkdir()
    (home / "common").chmod(0o777)
    (home / "common" / "roots.obj").write_text("root's")
    config = home / "config" / "voxview.ini"

    def work() -> dict[str, object]:
        if not os.access(home, os.X_OK):
            return {}
        settings = Settings(config)
        settings.remember("theme", "dark")
        settings.save()
        state = StateFile(config.parent, lambda: None, lambda: None, lambda _: None)  # type: ignore[arg-type,return-value]
        return {
            "settings": [settings.is_kept, settings.text("theme")],
            "state": [state.open(), state.path],
            "index": IndexCache.of("here", "study").save(PROBE, ["a chair"], WORDS, PROBE[:1]),
            "bookmarks": said(lambda: change_bookmarks(config.parent, lambda kept: kept)),
            "file": said(lambda: write_atomically(home / "a.obj").__enter__()),
            "before": said(lambda: check_output(home / "a.obj", [".obj"])),
            "folder": said(lambda: made_folder(home / "a" / "b").__enter__()),
            "there": said(lambda: made_folder(home).__enter__()),
            "another's": said(lambda: write_atomically(home / "common" / "roots.obj").__enter__()),
            "secret": said(lambda: read_shape(home / "secret.npy")),
        }

    found = as_nobody(work)
    if not found:
        pytest.skip(f"nobody can go to {home}")
    assert found["settings"] == [False, "dark"], "what is chosen holds as long as the window is open"
    assert found["state"] == [None, None]
    assert (
        found["index"].startswith("the next start has to read these chairs again")
        and home.name in found["index"]
    )
    for name, words in {
        "bookmarks": "cannot make the folder",
        "file": "no permission",
        "before": "no permission",
        "folder": "cannot make the folder",
        "there": "cannot write into the folder",
        "another's": "write-protected and was not replaced",
        "secret": "Permission denied",
    }.items():
        assert words in found[name], (name, found[name])
    assert sorted(one.name for one in home.iterdir()) == ["common", "secret.npy"]
    assert (home / "common" / "roots.obj").read_text() == "root's"


def test_settings_on_a_full_disk_stay_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "voxview.ini"
    settings = Settings(file)
    settings.remember("theme", "dark")
    settings.save()
    before = file.read_bytes()
    settings.remember("export_folder", "x" * 50_000)
    limit_sizes(0)
    try:
        settings.save()
    finally:
        limit_sizes(None)
    assert file.read_bytes() == before
    settings.save()
    assert Settings(file).text("export_folder") == "x" * 50_000, "it was not written once there was room"


def test_what_was_set_aside_before_stays(tmp_path: Path) -> None:
    file = tmp_path / "voxview.ini"
    for number in range(11):
        file.write_text(str(number))
        assert set_aside(file).read_text() == str(number)
    kept = sorted(path.read_text() for path in tmp_path.iterdir())
    assert kept == sorted(["0", "1", "2", "3", "4", "5", "6", "7", "10"])


def test_cupy_can_be_imported_where_its_folder_cannot_be_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("CUPY_CACHE_DIR", str(file / "cache"))
    monkeypatch.setenv("CUPY_CACHE_IN_MEMORY", "0")
    monkeypatch.setattr(kernel_cache, "_problems", [])
    monkeypatch.setattr(kernel_cache, "find_spec", lambda name: name)
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    kernel_cache.make_importable()
    assert Path(os.environ["CUPY_CACHE_DIR"]).is_dir() and os.environ["CUPY_CACHE_IN_MEMORY"] == "1"
    assert str(file) in str(kernel_cache.cache_problem())


def test_kernels_are_compiled_without_a_folder_to_keep_them_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUPY_CACHE_IN_MEMORY", raising=False)
    monkeypatch.setattr(kernel_cache, "_problems", [])

    def compile_it() -> str:
        if os.environ.get("CUPY_CACHE_IN_MEMORY") != "1":
            raise PermissionError(13, "Permission denied", "/home/me/.cupy")
        return "compiled"

    assert kernel_cache.compiled_in_cache(lambda: "kept") == "kept" and kernel_cache.cache_problem() is None
    assert kernel_cache.compiled_in_cache(compile_it) == "compiled"
    assert kernel_cache.cache_problem() == "/home/me/.cupy: Permission denied"
    with pytest.raises(OSError, match="another"):
        kernel_cache.compiled_in_cache(lambda: (_ for _ in ()).throw(OSError("another")))


def test_kernels_that_fail_at_once_on_two_threads_are_both_compiled_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUPY_CACHE_IN_MEMORY", "0")
    monkeypatch.setattr(kernel_cache, "_problems", [])
    both_began = threading.Barrier(2)

    def compile_one(_: int) -> str:
        tries: list[int] = []

        def compile_it() -> str:
            tries.append(1)
            if len(tries) == 1:
                both_began.wait(10)
                raise PermissionError(13, "Permission denied", "/home/me/.cupy")
            return "compiled"

        return kernel_cache.compiled_in_cache(compile_it)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(compile_one, range(2))) == ["compiled"] * 2


def test_a_file_that_cannot_be_written_does_not_keep_others_from_being_written(tmp_path: Path) -> None:
    def fail() -> None:
        raise InputError("no room")

    with pytest.raises(InputError, match="no room"):
        write_each([fail, (tmp_path / "second").touch, fail])
    assert (tmp_path / "second").exists()


# ---- two processes at once ------------------------------------------------------------------------------


def test_two_processes_that_write_one_index_leave_that_of_one_whole(tmp_path: Path) -> None:
    cache = IndexCache(tmp_path / "catalog-1.npz")

    def write(number: int) -> int:
        stamps = [f"{number} of {i}" for i in range(200)]
        for _ in range(15):
            cache.save(PROBE, stamps, np.repeat(WORDS, 200, axis=1), np.full((200, 8, 8), number, np.float32))
        return number

    waiting = [in_child(lambda number=number: write(number)) for number in (1, 2)]
    seen = set()
    for _ in range(40):
        known = cache.load(PROBE)
        assert len(known) in (0, 200)
        seen |= {(stamp[0], float(latent[0, 0])) for stamp, (_, latent) in known.items()}
    assert [wait() for wait in waiting] == [1, 2]
    assert len(cache.load(PROBE)) == 200 and seen <= {("1", 1.0), ("2", 2.0)}
    assert [one.name for one in tmp_path.iterdir()] == ["catalog-1.npz"]


def test_two_windows_lose_no_bookmark_and_no_setting_of_each_other(tmp_path: Path) -> None:
    def add(number: int) -> int:
        settings = Settings(tmp_path / "voxview.ini")
        for i in range(8):
            change_bookmarks(tmp_path, lambda kept, i=i: [*kept, Bookmark(f"{number}-{i}", b"", {})])
            settings.remember_keys(f"action-{number}-{i}", "F5")
            settings.save()
        return number

    write_bookmarks(tmp_path, [])
    assert [wait() for wait in [in_child(lambda number=number: add(number)) for number in (1, 2)]] == [1, 2]
    everything = {f"{number}-{i}" for number in (1, 2) for i in range(8)}
    assert {one.name for one in read_bookmarks(tmp_path)} == everything
    settings = Settings(tmp_path / "voxview.ini")
    assert {name for name in everything if settings.keys(f"action-{name}") == "F5"} == everything


# ---- a clock that jumps ---------------------------------------------------------------------------------


def test_the_program_looks_at_no_clock_that_can_be_set_back() -> None:
    # Times of files are compared with each other, durations are measured by clocks that only go on.
    using = [
        path.relative_to(PACKAGE).as_posix()
        for path in Path(PACKAGE).rglob("*.py")
        if re.search(r"\btime\.time\(|datetime\.now\(\)|currentDateTime|QTime\.", path.read_text("utf-8"))
    ]
    assert using == ["gui/context/notifications.py"]  # the time of day beside a line of the log


@pytest.mark.parametrize(("age", "goes"), [(-90_000, True), (-3000, False), (3000, False), (4000, True)])
def test_a_temporary_file_is_as_old_as_it_is_beside_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: int, goes: bool
) -> None:
    monkeypatch.setattr(atomic, "_swept", {})
    monkeypatch.setattr(time, "time", lambda: 0.0)  # the machine's own clock says nothing
    with write_atomically(tmp_path / "first.obj") as temporary:
        now = temporary.stat().st_mtime
    left = tmp_path / ".film.voxview-01234567.mp4"
    left.touch()
    os.utime(left, (now - age, now - age))
    atomic._swept.clear()
    with write_atomically(tmp_path / "second.obj"):
        pass
    assert left.exists() != goes
