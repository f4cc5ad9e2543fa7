"""What a person has changed about the chairs of a folder: names, turns, and which are removed from the list.

It is kept in one small file in the folder, the sidecar, and no other file of the folder is written. Where the
folder cannot be written it is kept in the person's own data folder, and counts before the sidecar then. The
file holds names of files in the folder, which are only looked up among those that are listed: whatever it
says, nothing else is opened.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from voxview.errors import InputError, VoxViewError
from voxview.printable import printable
from voxview.shapes.catalogs.change import AS_IN_FILE, Change, Changes, usable_name
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.folders import made_folder
from voxview.shapes.orient import TURNS, UPS

SIDECAR = "voxview-chairs.json"
VERSION = 1
_KIND = "voxview chairs"
_MOST_BYTES = 32_000_000
_LONGEST_PATH = 4096


@dataclass(frozen=True)
class Sidecar:
    """What was read of a folder."""

    changes: Changes = field(default_factory=dict)
    file: Path | None = None
    """Where they are kept; None where nothing is."""
    fault: str = ""
    """Why a file that is there is not used, one line; empty where there is none, or none that is unusable."""
    unusable: tuple[Path, ...] = ()
    """The files that are not used."""
    others: Changes = field(default_factory=dict)
    """What the folder's sidecar says where the person's own file counts before it."""


@dataclass(frozen=True)
class Kept:
    """Where changes were written."""

    file: Path
    is_beside: bool
    """Whether that is the sidecar; otherwise the folder cannot be written."""
    aside: tuple[Path, ...] = ()
    """Where files are now that could not be used."""


def own_file(folder: Path) -> Path:
    """Return the file in the person's own data folder for a folder that cannot be written."""
    from platformdirs import user_data_path

    place = os.path.realpath(folder).encode(errors="surrogateescape")
    name = hashlib.sha256(place).hexdigest()[:24]
    return user_data_path("voxview", appauthor=False) / "folders" / f"{name}.json"


def read_sidecar(folder: Path) -> Sidecar:
    """Return what is kept of a folder. Whatever is wrong with a file is said in `fault`."""
    faults: list[str] = []
    unusable: list[Path] = []
    used: list[tuple[Changes, Path]] = []
    for file in (own_file(folder), folder / SIDECAR):
        try:
            changes = _read(file)
        except InputError as error:
            faults.append(str(error))
            unusable.append(file)
            continue
        if changes is not None:
            used.append((changes, file))
    said = "; ".join(faults)
    if not used:
        return Sidecar({}, None, said, tuple(unusable))
    others = used[1][0] if len(used) > 1 else {}
    return Sidecar(*used[0], said, tuple(unusable), others)


def write_changes(folder: Path, updates: Changes) -> Kept:
    """Change what is kept of some chairs of a folder; what is kept of others, gone ones included, stays.

    A file that cannot be used is renamed first, so that nothing in it is lost. Without any change left, the
    file goes. Raises `VoxViewError` if nothing can be written, neither in the folder nor elsewhere.
    """
    sidecar = read_sidecar(folder)
    merged = {**sidecar.others, **sidecar.changes, **updates}
    changes = {key: change for key, change in sorted(merged.items()) if change != AS_IN_FILE}
    own, beside = own_file(folder), folder / SIDECAR
    try:
        with _set_aside(beside, sidecar) as aside:
            _write(beside, changes)
    except VoxViewError as error:
        try:
            with made_folder(own.parent), _set_aside(own, sidecar) as aside:
                _write_own(own, changes, folder)
        except VoxViewError:
            raise error from None
        return Kept(own, False, aside)
    with _set_aside(own, sidecar) as of_own, contextlib.suppress(OSError):
        own.unlink()  # the folder has it all now
    return Kept(beside, True, aside + of_own)


# ---- files ---------------------------------------------------------------------------------------------


def _read(file: Path) -> dict[str, Change] | None:
    """Return what a file says; None where there is none. `InputError` where it cannot be used."""
    try:
        if not os.path.lexists(file):
            return None
        if not file.is_file():  # to open a pipe would wait for whoever writes into it
            raise _fault(file, "it is no regular file")
        with file.open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise _fault(file, error.strerror or str(error)) from error
    if len(data) > _MOST_BYTES:
        raise _fault(file, f"it is larger than {_MOST_BYTES // 1_000_000} MB")
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _fault(file, "it is damaged: it is no JSON") from error
    version = document.get(_KIND) if isinstance(document, dict) else None
    if type(version) is not int:
        raise _fault(file, "it is none of VoxView's")
    if version > VERSION:
        raise _fault(file, "it was written by a newer VoxView: update this one")
    chairs = document.get("chairs")
    if not isinstance(chairs, dict):
        raise _fault(file, "it is damaged: it has no chairs")
    return {_checked_key(key, file): _change(entry, key, file) for key, entry in chairs.items()}


def _checked_key(key: str, file: Path) -> str:
    path = PurePosixPath(key)
    leaves = path.is_absolute() or ".." in path.parts or "\0" in key
    if os.name == "nt":  # elsewhere both are letters of a name
        leaves = leaves or "\\" in key or ":" in key[:2]
    if not key or len(key) > _LONGEST_PATH or leaves:
        raise _fault(file, f"it is damaged: '{printable(key[:80])}' is no file in the folder")
    return key


def _change(entry: object, key: str, file: Path) -> Change:
    if not isinstance(entry, dict):
        raise _fault(file, f"it is damaged: what it says of '{printable(key[:80])}' is nothing")
    name, up, turn = entry.get("name", ""), entry.get("up", "y"), entry.get("turn", 0)
    removed = entry.get("removed", False)
    is_right = isinstance(name, str) and up in UPS and type(turn) is int and turn in TURNS
    if not is_right or not isinstance(removed, bool):
        raise _fault(file, f"it is damaged: what it says of '{printable(key[:80])}' makes no sense")
    return Change(usable_name(name), up, turn, removed)


def _fault(file: Path, why: str) -> InputError:
    return InputError(f"{file} is not used, and chairs are listed as their files have them: {why}")


def _write(file: Path, changes: Changes) -> None:
    """Write the sidecar, or remove it where nothing is changed any more."""
    if changes:
        _write_document(file, changes, {})
        return
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise VoxViewError(f"{file} cannot be removed: {error.strerror or error}") from error


def _write_own(file: Path, changes: Changes, folder: Path) -> None:
    """Write the person's own file, without changes too: it counts before a sidecar that stays as it is."""
    _write_document(file, changes, {"folder": printable(os.fspath(folder))})


def _write_document(file: Path, changes: Changes, more: Mapping[str, str]) -> None:
    document = {_KIND: VERSION, **more, "chairs": {key: _entry(change) for key, change in changes.items()}}
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    with write_atomically(file) as temporary:
        # Names of files that are no UTF-8 become the escapes that JSON has for them.
        temporary.write_bytes(text.encode("utf-8", errors="backslashreplace"))


def _entry(change: Change) -> dict[str, object]:
    entry: dict[str, object] = {}
    if change.name:
        entry["name"] = change.name
    if change.is_turned:
        entry |= {"up": change.up, "turn": change.turn}
    if change.removed:
        entry["removed"] = True
    return entry


@contextlib.contextmanager
def _set_aside(file: Path, sidecar: Sidecar) -> Iterator[tuple[Path, ...]]:
    """Keep a file that cannot be used under another name, which is yielded, when the block takes its place.

    It has both names meanwhile, where the file system can: if the block fails, it is as it was.
    """
    if file not in sidecar.unusable:
        yield ()
        return
    names = (f"{file.name}.unused" if n == 1 else f"{file.name}.unused-{n}" for n in range(1, 1000))
    place = next(place for name in names if not os.path.lexists(place := file.with_name(name)))
    try:
        _link_or_rename(file, place)
    except OSError as error:
        raise VoxViewError(f"{file} cannot be set aside: {error.strerror or error}") from error
    try:
        yield (place,)
    except VoxViewError:
        if os.path.lexists(file):
            with contextlib.suppress(OSError):
                place.unlink()
        raise


def _link_or_rename(file: Path, place: Path) -> None:
    if file.is_file() and not file.is_symlink():
        with contextlib.suppress(OSError):  # not every file system has files of two names
            place.hardlink_to(file)
            return
    file.rename(place)
