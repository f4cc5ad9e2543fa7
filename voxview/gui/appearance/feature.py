"""Menus of themes and of surfaces, and the reaction to a change of the system's colour scheme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QApplication, QMenu

from voxview.gui import theme
from voxview.gui.appearance.surface_menu import SurfaceMenu
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature, MenuSpec


class AppearanceFeature(Feature):
    """Applies the theme and the surface that the person chose, and remembers them."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._menu = QMenu("T&heme", context.dialog_parent)
        group = QActionGroup(self)
        for name in theme.THEMES:
            action = self._menu.addAction(name.capitalize())
            action.setCheckable(True)
            action.setChecked(name == context.settings.text("theme"))
            action.triggered.connect(lambda _checked, name=name: self.set_theme(name))
            group.addAction(action)
        self.surface_menu = SurfaceMenu(context.session.selection, context.settings, context.dialog_parent)
        context.keeper.register(self.surface_menu.aspect)
        QApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    @property
    def menus(self) -> Sequence[MenuSpec]:
        """The themes and the surfaces, under View."""
        return (MenuSpec("&View", self._menu), MenuSpec("&View", self.surface_menu))

    def set_theme(self, name: str) -> None:
        """Use the "system", "light" or "dark" colours."""
        self.context.settings.remember("theme", name)
        theme.apply_theme(name)
        self.theme_changed.emit()

    def _scheme_changed(self) -> None:
        """Take over what the system changed to, where the person left it to the system."""
        if self.context.settings.text("theme") == "system":
            theme.apply_theme("system")
            self.theme_changed.emit()
