"""Opening a session: its chairs are looked for where they were, and what is missing is listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from voxview.counts import counted
from voxview.errors import InputError
from voxview.gui.session.session_file import SavedSession
from voxview.gui.session.state import State
from voxview.model.weights_card import SHIPPED, is_installed, read_card
from voxview.shapes.bits import fingerprint, fingerprint_text
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.io.there import is_folder, is_there

_PARENTS = 3
"""How much of a folder's path is looked for beside the session file."""


@dataclass(frozen=True)
class Missing:
    """Something that a session needs and that is not where it was."""

    kind: Literal["folder", "weights"]
    path: str
    """Where it was; what a person chooses instead is known by it."""
    reason: str
    """One line."""
    chairs: tuple[Chair, ...] = ()
    """The chairs that are in the folder."""


@dataclass(frozen=True)
class Opened:
    """A session whose chairs were looked for."""

    state: State
    """With the chairs that were found; those that were not are in `missing`."""
    catalogs: tuple[Catalog, ...]
    """The folders that were found and opened."""
    listed: str
    """The source of the catalog to list."""
    missing: tuple[Missing, ...]
    changed: tuple[Chair, ...]
    """Chairs that hold something else than when the session was saved."""
    made_with: str = ""
    """The fingerprint of its weights, where it is known."""


def look_for(
    saved: SavedSession,
    open_catalogs: Sequence[Catalog],
    instead: Mapping[str, Path],
    beside: Path | None = None,
) -> Opened:
    """Look for everything that a session needs; reads folders: not on the GUI thread.

    `instead` has what a person chose for what was missing, by where it was. Without that, a folder that is
    gone is looked for `beside` the session file, and its chairs in the catalogs that are open.
    """
    wanted: dict[str, list[Chair]] = {folder: [] for folder in saved.sources.folders}
    for chair in saved.from_folders:
        wanted.setdefault(chair.source, []).append(chair)
    found: dict[Chair, Chair] = {}
    catalogs: list[Catalog] = []
    missing: list[Missing] = []
    moved: dict[str, str] = {}
    for folder, chairs in wanted.items():
        catalog, reason = _catalog_with(chairs, _candidates(folder, open_catalogs, instead, beside))
        if catalog is None:
            missing.append(Missing("folder", folder, reason, tuple(chairs)))
            continue
        moved[folder] = catalog.source
        if catalog not in open_catalogs:
            catalogs.append(catalog)
        found |= {chair: there for chair in chairs if (there := catalog.get(chair.id, with_removed=True))}
    state = with_chairs(saved.state, lambda chair: found.get(chair, chair))
    weights = str(instead.get(state.weights, state.weights))
    why = _why_no_weights(weights)
    if why is not None:
        missing.append(Missing("weights", saved.state.weights, why))
    changed = tuple(
        there for chair, there in found.items() if _is_other(there, saved.fingerprints.get(chair))
    )
    listed = moved.get(saved.sources.listed, saved.sources.listed)
    return Opened(
        replace(state, weights=weights),
        tuple(catalogs),
        listed,
        tuple(missing),
        changed,
        saved.weights_fingerprint,
    )


def with_chairs(state: State, instead: Callable[[Chair], Chair]) -> State:
    """Return the state with other chairs in the places of its own."""
    mix = state.mix
    if mix is not None:
        mix = replace(mix, chairs=tuple(instead(chair) for chair in mix.chairs))
    return replace(
        state,
        a=state.a and instead(state.a),
        b=state.b and instead(state.b),
        mix=mix,
        imported=tuple(instead(chair) for chair in state.imported),
    )


def without_missing(opened: Opened, present: State) -> State:
    """Return what can be opened of a session: for chairs that are missing, those of the present state."""
    gone = {chair for one in opened.missing for chair in one.chairs}
    state = opened.state
    mix = state.mix if state.mix is not None and not gone.intersection(state.mix.chairs) else None
    has_weights = all(one.kind != "weights" for one in opened.missing)
    return replace(
        state,
        a=present.a if state.a in gone else state.a,
        b=present.b if state.b in gone else state.b,
        mix=mix,
        weights=state.weights if has_weights else present.weights,
    )


def _catalog_with(
    chairs: Sequence[Chair], candidates: Iterable[Catalog | Path]
) -> tuple[Catalog | None, str]:
    """Return the first catalog that has all the chairs; else None and why the first one is none."""
    reasons: list[str] = []
    for candidate in candidates:
        try:
            catalog = candidate if isinstance(candidate, Catalog) else open_catalog(candidate)
        except InputError as error:
            is_gone = isinstance(candidate, Path) and not is_there(candidate)
            reasons.append("it is not there" if is_gone else str(error))
            continue
        gone = [chair for chair in chairs if catalog.get(chair.id, with_removed=True) is None]
        if not gone:
            return catalog, ""
        more = f", nor {counted(len(gone) - 1, 'other')}" if len(gone) > 1 else ""
        reasons.append(f"{gone[0].name} is not in it{more}")
    return None, reasons[0] if reasons else "it is not there"


def _candidates(
    folder: str, open_catalogs: Sequence[Catalog], instead: Mapping[str, Path], beside: Path | None
) -> Iterator[Catalog | Path]:
    """Yield where the chairs of a folder may be: where a person says, where they were, or near."""
    if folder in instead:
        yield instead[folder]
        return
    yield from (catalog for catalog in open_catalogs if catalog.source == folder)
    yield Path(folder)
    if beside is not None:
        parts = Path(folder).parts[-_PARENTS:]
        yield from (near for first in range(len(parts)) if is_folder(near := beside.joinpath(*parts[first:])))
    yield from open_catalogs


def _why_no_weights(weights: str) -> str | None:
    """Return why weights cannot be loaded; None where they can, or none are named."""
    if not weights:
        return None
    if weights in SHIPPED:
        return None if is_installed(weights) else "these weights are not installed"
    if not is_there(weights):
        return "they are not there"
    try:
        read_card(weights)
    except InputError as error:
        return str(error)
    return None


def _is_other(chair: Chair, known: str | None) -> bool:
    """Return whether a chair's grid is another one than it was, where that is known."""
    if not known:
        return False
    try:
        return fingerprint_text(fingerprint(chair.read())) != known
    except InputError:
        return False  # said when it is shown
