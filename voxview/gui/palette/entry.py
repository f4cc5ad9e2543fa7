"""What can be found: an entry for each action, each choice of a submenu, each chair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from PySide6.QtGui import QAction

from voxview.gui.context.actions import ActionSpec, native_keys
from voxview.gui.context.feature import Destination, MenuSpec
from voxview.gui.palette.also import ALSO
from voxview.gui.palette.matching import Matched
from voxview.shapes.chair import Chair


@dataclass(frozen=True, eq=False)
class Entry:
    """One thing that can be chosen, as it is at the moment."""

    name: str
    """What it is remembered by; unique."""
    text: str
    where: str
    """Its menu, or its catalog."""
    call: Callable[[], object] | None = None
    """None: it is a chair."""
    tip: str = ""
    keys: str = ""
    also: str = ""
    """What others call it, which is not shown."""
    is_on: bool | None = None
    """Whether it is switched on; None where it is no switch."""
    is_possible: bool = True
    chair: Chair | None = None

    @property
    def line(self) -> str:
        """What is said of it below its text."""
        said = f"Not now: {self.tip or self.text}" if not self.is_possible else self.tip
        return f"{self.where} · {said}" if said else self.where

    @property
    def spoken(self) -> str:
        """All of it in one sentence, for who cannot see the row."""
        state = {None: "", True: "on", False: "off"}[self.is_on]
        return ", ".join(part for part in (self.text, state, self.keys, self.line) if part)

    @cached_property
    def matched(self) -> Matched:
        """What it is found by."""
        return Matched(self.text, self.where, f"{self.tip} {self.keys} {self.also}")


def action_entries(specs: Iterable[ActionSpec], actions: Mapping[str, QAction]) -> list[Entry]:
    """Return an entry for each action; its state and keys are those of its `QAction` now."""
    return [
        replace(
            _of_action(spec.name, actions[spec.name], _path(spec.menu, spec.submenu)),
            text=spec.plain_text,
            tip=spec.tip,
            also=ALSO.get(spec.name, ""),
        )
        for spec in specs
    ]


def menu_entries(menus: Sequence[MenuSpec]) -> list[Entry]:
    """Return an entry for each choice of the submenus that features fill: theme, weights, sessions."""
    return [entry for menu in menus for entry in _choices(menu)]


def destination_entries(destinations: Iterable[Destination]) -> list[Entry]:
    """Return an entry for each place to go to, such as a bookmark."""
    return [
        Entry(
            f"{one.kind}/{one.text}",
            one.text,
            one.kind,
            one.call,
            one.tip or f"Go to this {one.kind.lower()}",
        )
        for one in destinations
    ]


def chair_entry(chair: Chair, catalog: str) -> Entry:
    """Return the entry of a chair in a catalog of this name."""
    tip = "" if chair.id == chair.name else chair.id
    return Entry(f"{chair.source}/{chair.id}", chair.name, catalog, tip=tip, chair=chair)


def _choices(menu: MenuSpec) -> Iterator[Entry]:
    menu.submenu.aboutToShow.emit()  # some are filled then
    title = _plain(menu.submenu.title())
    for action in menu.submenu.actions():
        text, _, said = action.text().partition("\t")
        tip = said or action.toolTip()
        text = _plain(text)
        is_own_tip = tip != text and not tip.startswith(text)
        is_note = not action.isEnabled() and not action.isCheckable() and not is_own_tip
        if not action.isSeparator() and action.menu() is None and not is_note:
            entry = _of_action(f"{title}/{text}", action, _plain(menu.menu))
            yield replace(entry, text=f"{title}: {text}", tip=tip if is_own_tip else "")


def _of_action(name: str, action: QAction, where: str) -> Entry:
    return Entry(
        name,
        _plain(action.text()),
        where,
        action.trigger,
        keys=native_keys(action.shortcut()),
        is_on=action.isChecked() if action.isCheckable() else None,
        is_possible=action.isEnabled(),
    )


def _path(menu: str, submenu: str) -> str:
    return " › ".join(_plain(part) for part in (menu, submenu) if part)


def _plain(text: str) -> str:
    """Return a menu's text without its underlined letter; "&&" is a letter."""
    return "&".join(part.replace("&", "") for part in text.split("&&")).rstrip("…")
