"""Actions: what can be done in the window, each with its text, key, icon and callable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from voxview.gui import theme

MENUS = ("&File", "&Edit", "&Blend", "&View", "&Help")
"""In the menu bar's order."""


@dataclass(frozen=True)
class ActionSpec:
    """One action."""

    name: str
    """What tests and buttons call it."""
    menu: str
    """One of `MENUS`."""
    section: int
    """Actions of a menu are sorted by their sections, with a line between two; within one, by features."""
    text: str
    call: Callable[..., object]
    """Called without arguments; for a checkable action with its new state."""
    keys: str = ""
    icon: str = ""
    checkable: bool = False
    tip: str = ""
    submenu: str = ""
    """The text of a submenu that it stands in; those of one submenu stand where the first of them would."""
    more_keys: tuple[str, ...] = ()
    """Further shortcuts, such as those of the number pad."""

    @property
    def plain_text(self) -> str:
        """The text without its underlined letter."""
        return self.text.replace("&", "").rstrip("…")

    @property
    def keys_text(self) -> str:
        """The shortcut as this system writes it."""
        return native_keys(self.keys)

    @property
    def tooltip(self) -> str:
        """The tip, or the text, with the key behind it."""
        text = self.tip or self.plain_text
        return f"{text} ({self.keys_text})" if self.keys else text


def native_keys(keys: str | QKeySequence) -> str:
    """Return a shortcut as this system writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def make_action(spec: ActionSpec, parent: QObject) -> QAction:
    """Return the `QAction` of a spec."""
    action = QAction(spec.text, parent, checkable=spec.checkable)
    action.setIconVisibleInMenu(False)
    action.setAutoRepeat(not spec.checkable)  # a key that is held down would switch to and fro
    if spec.keys:
        action.setShortcuts([QKeySequence(keys) for keys in (spec.keys, *spec.more_keys)])
    action.setToolTip(spec.tooltip)
    if spec.checkable:
        action.toggled.connect(lambda on: spec.call(on))
    else:
        action.triggered.connect(lambda _checked=False: spec.call())
    return action


def fill_menus(
    bar: QMenuBar, specs: Iterable[ActionSpec], actions: Mapping[str, QAction]
) -> dict[str, QMenu]:
    """Make the menus of a menu bar out of actions, and return them by their text."""
    menus = {text: bar.addMenu(text) for text in MENUS}
    submenus: dict[tuple[str, str], QMenu] = {}
    sections: dict[str, int] = {}
    for spec in sorted(specs, key=lambda spec: spec.section):  # stable: within a section, as they came
        menu = menus[spec.menu]
        if sections.setdefault(spec.menu, spec.section) != spec.section:
            menu.addSeparator()
            sections[spec.menu] = spec.section
        if spec.submenu:
            key = spec.menu, spec.submenu
            menu = submenus[key] if key in submenus else submenus.setdefault(key, menu.addMenu(spec.submenu))
        menu.addAction(actions[spec.name])
    return menus


def set_icons(specs: Iterable[ActionSpec], actions: Mapping[str, QAction]) -> None:
    """Give each action its icon in the theme's colour."""
    for spec in specs:
        if spec.icon:
            actions[spec.name].setIcon(theme.icon(spec.icon))
