"""The page of all pairs: every in-between of a set of chairs, scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import PageController, PageFeature

if TYPE_CHECKING:
    from voxview.gui.all_pairs.controller import AllPairsController
    from voxview.gui.all_pairs.surprise_search import SurpriseSearch


class AllPairsFeature(PageFeature):
    """Announces the page, and the action that goes to a good in-between."""

    name, title, keys, text = "all_pairs", "All pairs", "Ctrl+M", "All &pairs"
    tip = "Every blend between the chairs of a set, scored"
    is_wide = True

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._pairs: AllPairsController | None = None
        self.search: SurpriseSearch | None = None
        """What finds a surprise before all pairs are scored; None before it is first wanted."""

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Surprise me."""
        return (
            ActionSpec(
                "surprise",
                "&Blend",
                0,
                "S&urprise me",
                self.surprise,
                "U",
                "spark",
                tip="Go to a good in-between that is new, and on to better ones as they are found",
            ),
        )

    def make_controller(self) -> tuple[PageController, QWidget]:
        """Import and make the controller; return it with its page."""
        from voxview.gui.all_pairs.controller import AllPairsController

        self._pairs = AllPairsController(self.context, self.qactions["surprise"])
        return self._pairs, self._pairs.panel

    def surprise(self) -> None:
        """Go to a good in-between that is new: one that was scored, or else to what a search finds."""
        if self._pairs is not None and self._pairs.has_scores:
            self._pairs.surprise()
            return
        if self.search is None:
            from voxview.gui.all_pairs.surprise_search import SurpriseSearch

            self.search = SurpriseSearch(self.context)
        self.search.start()
