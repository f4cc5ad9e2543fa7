"""The page of mixes: blends of more than two chairs."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from voxview.gui.context.feature import PageController, PageFeature


class MixFeature(PageFeature):
    """Announces the page."""

    name, title, keys, text = "mix", "Mix", "Ctrl+Shift+X", "Mi&x"
    tip = "Mix up to eight chairs, exchange parts, add and take away"

    def make_controller(self) -> tuple[PageController, QWidget]:
        """Import and make the controller; return it with its page."""
        from voxview.gui.mix.controller import MixController

        controller = MixController(self.context)
        return controller, controller.panel
