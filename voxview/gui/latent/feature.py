"""The page of the 64 numbers: what is blended, which thread blends it, and what one number does."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from voxview.gui.context.feature import PageController, PageFeature


class LatentFeature(PageFeature):
    """Announces the page."""

    name, title, keys, text = "latent", "Latent", "Ctrl+L", "Lat&ent"
    tip = "The 8×8 numbers of A, the blend and B"
    is_wide = True

    def make_controller(self) -> tuple[PageController, QWidget]:
        """Import and make the controller; return it with its page."""
        from voxview.gui.latent.controller import LatentController

        controller = LatentController(self.context)
        return controller, controller.panel
