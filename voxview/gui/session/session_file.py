"""Session files, `.voxview`: small JSON with a version, of a `State` and of where its chairs are from.

Nothing in one is executed, and paths in it are only read. What a reader does not know it leaves out; a file
of a newer version is refused.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from voxview import __version__
from voxview.conventions import MAX_MIX_CHAIRS
from voxview.counts import counted
from voxview.engine.mix import MixRequest
from voxview.errors import InputError, VoxViewError
from voxview.gui.session.chair_records import (
    SAMPLES,
    chair_of_record,
    chair_record,
    damaged,
    read_or_kept,
)
from voxview.gui.session.state import Plain, State
from voxview.model.weights_card import SHIPPED
from voxview.shapes.chair import Chair

SUFFIX = ".voxview"
VERSION = 1
_KIND = "voxview session"
_MOST_BYTES = 16_000_000
_MOST_CHAIRS = 2000
_MOST_NUMBERS = 10_000
"""Of one aspect."""
_LARGEST_SHARE = 1000.0
_LARGEST_WHOLE = 1 << 53
"""Of an aspect: what a number of JSON can be in any program."""


@dataclass(frozen=True)
class Sources:
    """Where chairs are listed from."""

    folders: tuple[str, ...] = ()
    """The folders that are open, in their order."""
    listed: str = ""
    """The source of the catalog that is listed."""


@dataclass(frozen=True)
class SavedSession:
    """What a session file says."""

    state: State
    sources: Sources
    fingerprints: Mapping[Chair, str]
    """Those of the grids of chairs, where they are known."""
    weights_fingerprint: str = ""

    @property
    def from_folders(self) -> list[Chair]:
        """The chairs that are in folders: they may be gone."""
        return [chair for chair in chairs_of(self.state) if _is_from_folder(chair)]


# ---- writing -------------------------------------------------------------------------------------------


def session_document(
    state: State,
    sources: Sources,
    *,
    with_grids: bool = False,
    weights_fingerprint: str = "",
    known: dict[Chair, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return the document of a state.

    With `with_grids` it holds the grids of chairs from folders, too, for files that stay on this machine.
    Reads the chairs that are not `known`, records of the same kind by chair: not on the GUI thread.
    """
    chairs = chairs_of(state)
    places = {chair: place for place, chair in enumerate(chairs)}
    listed = {SAMPLES, *sources.folders}
    document: dict[str, Any] = {
        _KIND: VERSION,
        "program": __version__,
        "a": places.get(state.a) if state.a else None,
        "b": places.get(state.b) if state.b else None,
        "t": state.t,
        "weights": {"choice": _named(state.weights), "fingerprint": weights_fingerprint},
        "imported": [places[chair] for chair in state.imported],
        "sources": [_whole(folder) for folder in sources.folders],
        "listed": _whole(sources.listed) if sources.listed in sources.folders else sources.listed,
        "aspects": dict(state.aspects),
    }
    if state.mix is not None:
        document["mix"] = {
            "chairs": [places[chair] for chair in state.mix.chairs],
            "weights": list(state.mix.weights),
            "shift": [list(one) for one in state.mix.shift],
        }
    records = {} if known is None else known
    for chair in chairs:
        if chair not in records or "fingerprint" not in records[chair]:
            is_listed = chair.source in listed or _is_from_folder(chair)
            records[chair] = chair_record(chair, is_listed=is_listed, with_grid=with_grids)
            if chair.source in sources.folders:
                records[chair]["source"] = _whole(chair.source)
    document["chairs"] = [records[chair] for chair in chairs]
    return document


def write_session(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document; atomic. Raises as `write_atomically`, and `VoxViewError` for what is too large."""
    from voxview.shapes.io.atomic import write_atomically

    data = (json.dumps(document, ensure_ascii=False) + "\n").encode("utf-8")
    if len(data) > _MOST_BYTES or len(document["chairs"]) > _MOST_CHAIRS:
        raise VoxViewError(
            f"{path.name} would be too large for a session ({counted(len(document['chairs']), 'chair')}, "
            f"{len(data) / 1e6:.0f} MB): remove some imported chairs first"
        )
    with write_atomically(path) as temporary:
        temporary.write_bytes(data)


def chairs_of(state: State) -> list[Chair]:
    """Return every chair of a state, once."""
    mixed = state.mix.chairs if state.mix else ()
    every = (state.a, state.b, *mixed, *state.imported)
    return list(dict.fromkeys(chair for chair in every if chair is not None))


# ---- reading -------------------------------------------------------------------------------------------


def read_session(path: Path) -> SavedSession:
    """Return what a session file says; no chair is read.

    Raises `InputError` for a file that is missing, too large, damaged or of a newer version.
    """
    try:
        data = session_bytes(path)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"the session {path} cannot be read: {reason}") from error
    return session_of_document(parsed(data, path.name), path.name)


def session_bytes(path: Path) -> bytes:
    """Return the content of a session file; `InputError` if it is too large or no regular file, `OSError`."""
    if path.exists() and not path.is_file():  # to open a pipe would wait for whoever writes into it
        raise InputError(f"the session {path} cannot be read: it is no regular file")
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise damaged(path.name, f"it is larger than {_MOST_BYTES // 1_000_000} MB")
    return data


def parsed(data: bytes, name: str) -> object:
    """Return the JSON of a file; `InputError` where it is none."""
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise damaged(name, "it is no JSON") from error


def session_of_document(document: object, name: str) -> SavedSession:
    """Return what a document says; `InputError` where it is damaged or of a newer version."""
    if not isinstance(document, dict) or not isinstance(version := document.get(_KIND), int):
        raise InputError(f"{name} is no session of VoxView and was not opened")
    if version > VERSION:
        made_by = str(document.get("program"))[:20]
        raise InputError(
            f"{name} was saved by a newer VoxView ({made_by}) and was not opened: update this one"
        )
    try:
        return _session(document, name)
    except VoxViewError:
        raise
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError, RecursionError) as error:
        raise damaged(name, f"something in it is missing or makes no sense ({error})") from error


def _session(document: Mapping[str, Any], name: str) -> SavedSession:
    records = document["chairs"]
    if not isinstance(records, list) or len(records) > _MOST_CHAIRS:
        raise damaged(name, "its list of chairs is none, or too long")
    chairs = [chair_of_record(record, name) for record in records]

    def chair_at(place: object) -> Chair | None:
        if place is None:
            return None
        if not isinstance(place, int) or not 0 <= place < len(chairs):
            raise damaged(name, "it names a chair that is not in it")
        return chairs[place]

    weights = document.get("weights")
    weights = weights if isinstance(weights, dict) else {}
    state = State(
        chair_at(document["a"]),
        chair_at(document["b"]),
        _share(document["t"], name),
        _mix(document.get("mix"), chair_at, name),
        _short(weights.get("choice")),
        tuple(dict.fromkeys(chair for one in document.get("imported", ()) if (chair := chair_at(one)))),
        _aspects(document.get("aspects")),
    )
    fingerprints = {
        chair: _short(record.get("fingerprint"))
        for chair, record in zip(chairs, records, strict=True)
        if record.get("fingerprint")
    }
    folders = tuple(_short(one) for one in document.get("sources", ()))
    sources = Sources(folders, _short(document.get("listed")))
    return SavedSession(state, sources, fingerprints, _short(weights.get("fingerprint")))


def _mix(mix: Any, chair_at: Any, name: str) -> MixRequest | None:
    if mix is None:
        return None
    chairs = tuple(chair_at(place) for place in mix["chairs"])
    weights = tuple(_number(weight, name) for weight in mix["weights"])
    shift = tuple((_short(attribute), _number(amount, name)) for attribute, amount in mix["shift"])
    if len(chairs) != len(weights) or not 1 <= len(chairs) <= MAX_MIX_CHAIRS or None in chairs:
        raise damaged(name, "its mix has not as many weights as chairs")
    if max(abs(number) for number in (*weights, *(amount for _, amount in shift))) > _LARGEST_SHARE:
        raise damaged(name, "a weight of its mix is far too large")
    if shift:
        from voxview.model.attributes import ATTRIBUTES

        if any(attribute not in ATTRIBUTES for attribute, _ in shift):
            raise damaged(name, "its mix changes an attribute that does not exist")
    return MixRequest(chairs, weights, shift)


def _aspects(aspects: object) -> dict[str, Plain]:
    """Return the values of aspects, lists as tuples; those that are no plain values are left out."""
    given = aspects if isinstance(aspects, dict) else {}
    plain = {str(name): _plain(value, [_MOST_NUMBERS]) for name, value in given.items()}
    return {name: value for name, value in plain.items() if value is not _NO_VALUE}


_NO_VALUE = object()


def _plain(value: object, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0 or (isinstance(value, float) and not math.isfinite(value)):
        return _NO_VALUE
    if isinstance(value, int) and abs(value) > _LARGEST_WHOLE:
        return _NO_VALUE
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if not isinstance(value, list):
        return _NO_VALUE
    values = tuple(_plain(one, left) for one in value)
    return _NO_VALUE if any(one is _NO_VALUE for one in values) else values


def _share(value: object, name: str) -> float:
    number = _number(value, name)
    if not 0.0 <= number <= 1.0:
        raise damaged(name, f"t = {number} does not lie between 0 and 1")
    return number


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise damaged(name, "a number in it is none")
    return float(value)


def _short(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 4096 and "\0" not in value else ""


def _is_from_folder(chair: Chair) -> bool:
    """Return whether a chair was restored from a folder, which may not be listed yet."""
    return isinstance(chair.read, partial) and chair.read.func is read_or_kept


def _whole(folder: str) -> str:
    """Return a folder's whole path, however it was given: the next start may be elsewhere."""
    return str(Path(folder).absolute())


def _named(weights: str) -> str:
    """Return what loads weights from wherever the program is started: a shipped name, or a whole path."""
    return weights if not weights or weights in SHIPPED else _whole(weights)


def is_session_name(path: Path) -> bool:
    """Return whether a file is called like a session."""
    return path.suffix.lower() == SUFFIX


def unused_folders(sources: Sources, known: Collection[str]) -> list[str]:
    """Return the folders of a session that are not open yet."""
    return [folder for folder in sources.folders if folder not in known]
