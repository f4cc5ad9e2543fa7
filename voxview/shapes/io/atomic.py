"""Atomic file writing: a temporary file that replaces the target when it is complete."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voxview.errors import InputError, VoxViewError
from voxview.shapes.io.paths import as_path

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_MAX_NAME_BYTES = 255
_MARK = "voxview-"
"""In the name of a temporary file, before eight digits."""
_TEMPORARY = re.compile(rf"\..*\.{_MARK}[0-9a-f]{{8}}(\.[^.]*)?")
_STALE_SECONDS = 3600.0
"""After the last change of a temporary file until it counts as left behind by a process that was killed."""

_FROM_ANOTHER_TIME = 86_400.0
"""A file of that long after now was written before the clock was set back, and would never count as old."""

_swept: dict[Path, float] = {}
"""When folders were looked through for such files: not each time, as they may hold 100,000 files."""


@contextmanager
def write_atomically(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path`; the file written there replaces `path` when the block ends.

    The temporary file exists, is empty, hidden, and has the suffix of `path`, because writers choose the
    format by suffix. After the block it is flushed to the disk and renamed, so that a killed process or a
    full disk never leaves a partial file nor loses the old one; on any exception it is removed. An existing
    file keeps its permissions, a new one gets the user's default ones, and of a link the target is replaced.
    Temporary files of processes that were killed go within two hours, with the next file in their folder.

    Raises `InputError` if the folder is missing or cannot be written or `path` is a folder, a device, a pipe,
    write-protected or a link to itself, and `VoxViewError` if the disk is full or fails.
    """
    target = Path(os.path.realpath(as_path(path)))
    try:
        if target.is_dir():
            raise InputError(f"{path} is a folder: give the name of a file in it")
        if target.exists() and not target.is_file():
            # Renaming onto a device or a pipe would put a file in its place.
            raise InputError(f"{path} is not a regular file and cannot be replaced: give another name")
        if target.is_symlink():  # where a link points to was resolved
            raise InputError(f"{path} is a link to itself: give another name")
        if target.exists() and not _may_be_replaced(target):
            raise InputError(f"{path} is write-protected and was not replaced: give another name")
        temporary = _create_beside(target)
        _remove_stale(temporary)
    except OSError as error:
        raise explain(error, target) from error
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(target)
        flush_folder(target.parent)
    except OSError as error:
        raise explain(error, target) from error
    finally:
        with contextlib.suppress(OSError):  # it has been renamed, or the disk is gone
            temporary.unlink()


def _may_be_replaced(file: Path) -> bool:
    """Return whether somebody may write to a file, and this user: a rename would ask only for the folder."""
    return bool(file.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)) and os.access(
        file, os.W_OK
    )


def _remove_stale(temporary: Path) -> None:
    """Remove the temporary files that killed processes left beside one that was made just now.

    Its time is what others are compared with: the clock of a file server need not be that of this machine.
    """
    now, folder = time.monotonic(), temporary.parent
    if folder in _swept and now - _swept[folder] < _STALE_SECONDS:
        return
    _swept[folder] = now
    # A folder that cannot be listed, or a file that another process removes, is no reason not to write.
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        made = temporary.lstat().st_mtime
        for entry in entries:
            with contextlib.suppress(OSError):
                if not _TEMPORARY.fullmatch(entry.name) or entry.is_symlink() or not entry.is_file():
                    continue
                age = made - Path(entry.path).lstat().st_mtime
                if age > _STALE_SECONDS or age < -_FROM_ANOTHER_TIME:
                    Path(entry.path).unlink()


def _create_beside(target: Path) -> Path:
    tail = f".{_MARK}{secrets.token_hex(4)}{target.suffix}"
    stem = os.fsencode(target.stem)[: _MAX_NAME_BYTES - len(os.fsencode(tail)) - 1]
    temporary = target.with_name(f".{stem.decode(errors='ignore')}{tail}")
    mode = target.stat().st_mode & 0o777 if target.exists() else None
    # 0o666 less the umask are the usual permissions of a new file, unlike tempfile's 0o600.
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except FileNotFoundError as error:
        if not target.parent.is_dir():
            raise
        # As in /proc: the folder exists, but no files can be created in it.
        raise PermissionError(errno.EACCES, "no files can be made here") from error
    if mode is not None:
        with contextlib.suppress(OSError):  # not every file system has permissions
            temporary.chmod(mode)
    return temporary


def _flush(file: Path) -> None:
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folder(folder: Path) -> None:
    """Bring a folder to the disk, where the system can: else a power cut loses what was renamed in it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_file(path: Path) -> None:
    """Remove a file, if it is there; raise `VoxViewError` in one line where it cannot be."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise VoxViewError(f"cannot remove {path} ({reason}): remove it; all else is done") from error


def explain(error: OSError, target: Path) -> VoxViewError:
    """Return a failure to write a file as one line for a person."""
    if isinstance(error, FileNotFoundError | NotADirectoryError) and not target.parent.is_dir():
        return InputError(f"cannot write {target}: there is no folder {target.parent}; create it first")
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return InputError(f"cannot write {target}: no permission in {target.parent}; choose another folder")
    if error.errno == errno.ENAMETOOLONG:
        return InputError(f"cannot write {target}: the name is too long; choose a shorter one")
    if error.errno in _FULL:
        return VoxViewError(f"cannot write {target}: the disk is full; free some space and try again")
    return VoxViewError(f"cannot write {target}: {error.strerror or error}; try another folder")
