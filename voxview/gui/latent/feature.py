"""The page of the 64 numbers: what is blended, which thread blends it, and what one number does."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import PageController, PageFeature
from voxview.gui.session.edit import edit_of_plain, edit_title, is_plain_edit, plain_edit
from voxview.gui.session.state import Aspect


class LatentFeature(PageFeature):
    """Announces the page."""

    name, title, keys, text = "latent", "Latent", "Ctrl+L", "Lat&ent"
    tip = "The 8×8 numbers of A, the blend and B"
    is_wide = True

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        selection = context.session.selection  # a change of its edit comes with a request, which is noted
        context.keeper.register(
            Aspect(
                "edit",
                lambda: plain_edit(selection.edit),
                lambda value: selection.put_edit(edit_of_plain(value)),
                is_plain_edit,
                edit_title,
                is_dragged=True,
            )
        )

    def make_controller(self) -> tuple[PageController, QWidget]:
        """Import and make the controller; return it with its page."""
        from voxview.gui.latent.controller import LatentController

        controller = LatentController(self.context)
        return controller, controller.panel
