"""What is shown now: the pair, and in the blend's place a blend, a mix or a place in the latent space.

One owner: whatever stands beside the picture reads it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.engine.events import DecodedAhead
from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult, LoadedChair
from voxview.engine.scores.path_scores import PathScores
from voxview.gui.session.engine_client import EngineClient
from voxview.gui.session.selection import Selection
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.latent_request import LatentResult


class Shown(QObject):
    """Takes the engine's answers, drops those that are no longer wanted, and announces the others."""

    pair_loaded = Signal(object, object)
    """Two `LoadedChair`s: A and B as they are."""
    blended = Signal(object)
    """A `BlendResult` to show."""
    mixed = Signal(object)
    """A `MixResult` to show in the blend's place."""
    decoded = Signal(object)
    """A `LatentResult` to show in the blend's place, until the next blend."""
    scored = Signal(object)
    """The `PathScores` of the selected pair, as far as they are known."""
    note = Signal(str)

    def __init__(self, client: EngineClient, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self.pair: tuple[LoadedChair, LoadedChair] | None = None
        """A and B as they are shown; of another pair than the selected one while that is loading."""
        self._scores: PathScores | None = None
        self.blend: BlendResult | None = None
        """The pair's blend that was shown last."""
        self.mix: MixResult | None = None
        """The mix that is shown; None while the pair's blend is."""
        client.bridge.computed.connect(self._take)
        client.bridge.decoded.connect(self._take_decoded)
        client.pair_loaded.connect(self._take_pair)
        client.decoded_ahead.connect(self._take_scores)
        client.ready.connect(self._forget_pair)
        client.weights_changed.connect(self._forget_pair)
        selection.pair_announced.connect(self._show_known)
        selection.mix_left.connect(self._leave_mix)

    @property
    def result(self) -> BlendResult | MixResult | None:
        """The blend or the mix that was shown last, without places that are pointed at; None before any."""
        return self.mix or self.blend

    @property
    def scores(self) -> PathScores | None:
        """What is known of the path between A and B; None before anything is."""
        scores = self._scores
        if scores is None or not self._is_selected(scores.request.a, scores.request.b):
            return None
        return scores

    def _is_selected(self, a: Chair, b: Chair) -> bool:
        return (a, b) == (self._selection.a, self._selection.b)

    # ---- answers --------------------------------------------------------------------------------

    def _take(self, result: BlendResult | MixResult) -> None:
        wanted = self._selection.mix
        if isinstance(result, MixResult):
            # Of a drag every picture is shown that comes: the chairs decide, not the weights.
            if wanted is None or wanted.chairs != result.request.chairs:
                return
            self.mix = result
        elif wanted is not None or not self._is_selected(result.request.a, result.request.b):
            return
        else:
            self.blend = result
            if self._selection.is_pointing:
                return  # the place that is pointed at stays; the blend is requested again after it
        if result.notice:
            self.note.emit(result.notice)
        (self.mixed if isinstance(result, MixResult) else self.blended).emit(result)

    def _take_decoded(self, result: LatentResult) -> None:
        if self._selection.is_pointing:
            self.decoded.emit(result)

    def _take_pair(self, a: LoadedChair, b: LoadedChair) -> None:
        if self._is_selected(a.chair, b.chair):
            self.pair = a, b
            self.pair_loaded.emit(a, b)

    def _take_scores(self, event: DecodedAhead) -> None:
        if event.scores is not None:
            self._scores = event.scores
            if self.scores is not None:
                self.scored.emit(event.scores)

    def _show_known(self) -> None:
        """Announce again what is known of a pair: the engine reports it only once.

        It may never hear of a pair that was selected for a moment, and need not load the one before again.
        """
        if self.pair is not None and self._is_selected(*(loaded.chair for loaded in self.pair)):
            self.pair_loaded.emit(*self.pair)
        if self.scores is not None:
            self.scored.emit(self.scores)

    def _forget_pair(self) -> None:
        self.pair = self._scores = None

    def _leave_mix(self) -> None:
        self.mix = None
