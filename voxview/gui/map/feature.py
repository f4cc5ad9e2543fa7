"""The page of the map: it wanders through the latent space of a whole catalog."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from voxview.gui.context.feature import PageController, PageFeature


class MapFeature(PageFeature):
    """Announces the page."""

    name, title, keys, text = "map", "Map", "Ctrl+N", "&Map"
    tip = "The catalog as a map"
    is_wide = True

    def make_controller(self) -> tuple[PageController, QWidget]:
        """Import and make the controller; return it with its page."""
        from voxview.gui.map.controller import MapController

        controller = MapController(self.context)
        return controller, controller.panel
