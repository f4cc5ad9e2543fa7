"""The keys that actions have: those that the person gave them, else the program's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtGui import QAction, QKeySequence

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.settings import Settings


def use_keys(
    specs: Sequence[ActionSpec], qactions: Mapping[str, QAction], settings: Settings
) -> list[ActionSpec]:
    """Give every action its keys, and none that is taken; return the actions as they are then, in order."""
    used: dict[str, ActionSpec] = {}
    given: set[str] = set()
    own = {spec.name: settings.keys(spec.name) for spec in specs}
    for spec in sorted(specs, key=lambda spec: own[spec.name] is None):
        chosen = own[spec.name]
        keys = spec.keys if chosen is None else chosen
        more = tuple(key for key in spec.more_keys if key not in given)
        used[spec.name] = replace(spec, keys="" if keys in given else keys, more_keys=more)
        given |= {keys, *more}
    for spec in used.values():
        action = qactions[spec.name]
        shortcuts = [QKeySequence(keys) for keys in (spec.keys, *spec.more_keys) if keys]
        if action.shortcuts() != shortcuts:
            action.setShortcuts(shortcuts)
            action.setToolTip(spec.tooltip)
    return [used[spec.name] for spec in specs]
