"""A file is completely there, or what was there before is."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from voxview.errors import InputError, VoxViewError
from voxview.shapes.io import atomic
from voxview.shapes.io.atomic import write_atomically


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "chair.obj"
    with write_atomically(target) as temporary:
        assert temporary.suffix == ".obj" and temporary.name.startswith(".chair.")
        temporary.write_text("v 0 0 0")
        assert not target.exists()
    assert target.read_text() == "v 0 0 0"
    assert _names(tmp_path) == ["chair.obj"]


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_an_exception_keeps_the_old_file_and_leaves_nothing(tmp_path: Path, failure: type) -> None:
    target = tmp_path / "chair.npy"
    target.write_text("old")
    with pytest.raises(failure), write_atomically(target) as temporary:
        temporary.write_text("half")
        raise failure
    assert target.read_text() == "old"
    assert _names(tmp_path) == ["chair.npy"]


def test_a_full_disk_is_one_line_and_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "chair.npy"
    target.write_text("old")
    with pytest.raises(VoxViewError, match="disk is full") as caught, write_atomically(target):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.exit_status == 1
    assert target.read_text() == "old" and _names(tmp_path) == ["chair.npy"]


def test_permissions_are_kept_and_new_files_get_the_usual_ones(tmp_path: Path) -> None:
    old, new, plain = tmp_path / "old.npy", tmp_path / "new.npy", tmp_path / "plain"
    old.write_text("")
    old.chmod(0o640)
    plain.write_text("")
    for target in (old, new):
        with write_atomically(target) as temporary:
            temporary.write_text("x")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == plain.stat().st_mode


def test_the_target_of_a_link_is_written_and_the_link_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "real.npy", tmp_path / "link.npy"
    target.write_text("old")
    link.symlink_to(target)
    with write_atomically(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink() and target.read_text() == "new"


def test_a_missing_folder_a_folder_and_a_long_name_are_bad_input(tmp_path: Path) -> None:
    for path, reason in [
        (tmp_path / "no" / "chair.obj", "there is no folder"),
        (tmp_path, "is a folder"),
        (tmp_path / ("x" * 300 + ".obj"), "too long"),
    ]:
        with pytest.raises(InputError, match=reason), write_atomically(path):
            pass
    assert _names(tmp_path) == []


def test_a_name_of_full_length_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("ü" * 125 + ".npy")
    with write_atomically(target) as temporary:
        temporary.write_text("x")
    assert target.read_text() == "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="no permission"), write_atomically(tmp_path / "chair.obj"):
        pass
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_or_a_device_is_never_replaced(tmp_path: Path, linked: bool) -> None:
    pipe = tmp_path / "pipe.obj"
    os.mkfifo(pipe)
    target = pipe
    if linked:
        target = tmp_path / "link.obj"
        target.symlink_to(pipe)
    with pytest.raises(InputError, match="not a regular file"), write_atomically(target):
        pass
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="only Linux has /proc")
def test_a_folder_that_takes_no_files_is_bad_input() -> None:
    with pytest.raises(InputError, match="choose another folder"), write_atomically("/proc/x.obj"):
        pass


@pytest.mark.parametrize("path", [None, 7, ["a.obj"], b"a.obj"])
def test_what_is_no_path_is_bad_input(path: object) -> None:
    with pytest.raises(InputError, match="expected a path, but"), write_atomically(path):
        pass


def test_what_a_killed_process_left_is_removed_an_hour_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_atomically(tmp_path / "film.mp4") as temporary:
        left = temporary.with_name(temporary.name)
    others = [".film.voxview-0123456g.mp4", ".mine.mp4", "film.voxview-01234567.mp4"]
    for name in (left.name, ".young.voxview-01234567.obj", *others):
        (tmp_path / name).touch()
        if "young" not in name:
            os.utime(tmp_path / name, (0, 0))
    monkeypatch.setattr(atomic, "_swept", {})
    with write_atomically(tmp_path / "chair.obj"):
        pass
    assert _names(tmp_path) == sorted([*others, ".young.voxview-01234567.obj", "chair.obj", "film.mp4"])
    # The same process removes what was young then, once that is old.
    os.utime(tmp_path / ".young.voxview-01234567.obj", (0, 0))
    with write_atomically(tmp_path / "chair.obj"):
        pass
    assert ".young.voxview-01234567.obj" in _names(tmp_path), "a folder is not looked through each time"
    atomic._swept[tmp_path] -= atomic._STALE_SECONDS
    with write_atomically(tmp_path / "chair.obj"):
        pass
    assert _names(tmp_path) == sorted([*others, "chair.obj", "film.mp4"])


def test_a_write_protected_file_and_a_link_to_itself_are_never_replaced(tmp_path: Path) -> None:
    protected, loop = tmp_path / "mine.obj", tmp_path / "loop.obj"
    protected.write_text("mine")
    protected.chmod(0o444)
    loop.symlink_to(loop)
    for path, reason in ((protected, "write-protected"), (loop, "is a link to itself")):
        with pytest.raises(InputError, match=reason), write_atomically(path):
            pass
    assert protected.read_text() == "mine" and loop.is_symlink() and len(_names(tmp_path)) == 2
