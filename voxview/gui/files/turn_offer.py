"""Offer to turn chair A or B where it is held badly because it lies or looks elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from voxview.engine.request import LoadedChair
from voxview.engine.scores.path_scores import PathScores
from voxview.gui.context.notifications import Notifications
from voxview.gui.files.orientation_search import OrientationSearch
from voxview.gui.session.session import Session
from voxview.gui.session.source_texts import origin_text
from voxview.shapes.chair import Chair

if TYPE_CHECKING:  # the bare window must not wait for NumPy
    from voxview.model.orientation import FoundOrientation

HELD_BADLY = 0.8
"""IoU below which the orientations of a chair are tried; of ShapeNet's chairs one in twenty is below 0.79."""
WORTH_TURNING = 0.1
"""What turning has to add to the IoU before it is offered."""


class TurnOffer(QObject):
    """Tries the orientations of a chair that is held badly, once, when the pair's path is decoded ahead.

    Then its latent is refined, and nobody waits for a picture. Once the person has turned one chair of a
    source, its others are tried, too, however well they are held: they probably stand like it. What
    comes out of a picture stands as chairs do.
    """

    def __init__(
        self,
        session: Session,
        notifications: Notifications,
        turn: Callable[[LoadedChair, FoundOrientation], None],
        parent: QObject | None = None,
    ) -> None:
        """Call `turn` for a chair once the person wants it turned."""
        super().__init__(parent)
        self._session, self._notifications, self._turn = session, notifications, turn
        self._search = OrientationSearch(session, self)
        self._search.found.connect(self._offer)
        self._search.ended_without.connect(self._forget)
        self._searched: LoadedChair | None = None
        self._offered: Chair | None = None
        self._tried: set[tuple[str, str]] = set()
        """Source and id of each: a chair that was turned is not tried again."""
        self._turned_sources: set[str] = set()
        session.shown.scores_changed.connect(self._look)
        session.selection.pair_changed.connect(self._drop_old)
        session.engine.weights_changed.connect(self._start_anew)

    def _look(self, scores: PathScores | None) -> None:
        """Begin with the chair of the pair that is held badly, if there is one that was not tried."""
        from voxview.shapes.catalogs.samples import SOURCE

        pair = self._session.shown.pair
        if scores is None or pair is None or self._searched is not None:
            return
        if not all(scores.is_known(step) for step in range(scores.steps)):
            return
        suspects = [
            one
            for one in pair
            if (one.iou < HELD_BADLY or self._is_of_turned_source(one)) and not origin_text(one.chair)
        ]
        untried = [
            one for one in suspects if one.chair.source != SOURCE and _key(one.chair) not in self._tried
        ]
        if untried:
            self._searched = untried[0]
            self._tried.add(_key(untried[0].chair))
            self._search.start(untried[0].grid)

    def _offer(self, found: FoundOrientation) -> None:
        loaded, self._searched = self._searched, None
        if loaded is None:
            return
        least = 0.0 if self._is_of_turned_source(loaded) else WORTH_TURNING
        if found.is_certain and found.is_turned and found.gain >= least:
            self._offered = loaded.chair
            self._notifications.offer(
                f"{loaded.chair.name} seems turned: IoU {found.as_read.iou:.2f} as it is, "
                f"{found.best.iou:.2f} with {found.best.orientation}",
                "Turn it so",
                partial(self._accept, loaded, found),
            )
        else:
            self._look(self._session.shown.scores)

    def _accept(self, loaded: LoadedChair, found: FoundOrientation) -> None:
        self._turned_sources.add(loaded.chair.source)
        self._turn(loaded, found)

    def _is_of_turned_source(self, loaded: LoadedChair) -> bool:
        return loaded.chair.source in self._turned_sources

    def _drop_old(self) -> None:
        """Let go of a search, and of an offer, for a chair that is not selected any more.

        One whose search has not ended is tried when it comes back.
        """
        if self._offered is not None and self._offered not in self._session.selection.pair:
            self._offered = None
            self._notifications.clear()
        if self._searched is not None and self._searched.chair not in self._session.selection.pair:
            self._tried.discard(_key(self._searched.chair))
            self._search.drop()
            self._forget()

    def _start_anew(self, _: object) -> None:
        self._search.drop()
        self._forget()
        self._tried.clear()

    def _forget(self) -> None:
        self._searched = None


def _key(chair: Chair) -> tuple[str, str]:
    return chair.source, chair.id
