"""The page of networks."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from voxview.gui.context.feature import PageController, PageFeature


class NetworkFeature(PageFeature):
    """Announces the page."""

    name, title, keys, text = "network", "Network", "Ctrl+Shift+N", "Networ&k"
    tip = "Every layer of every network, and what it sees of the chair on screen"
    is_wide = True

    def make_controller(self) -> tuple[PageController, QWidget]:
        """Import and make the controller; return it with its page."""
        from voxview.gui.network.controller import NetworkController

        controller = NetworkController(self.context)
        return controller, controller.panel
