"""What is shown now: chairs A and B, and in the middle a blend, a mix or a place in the latent space.

One owner: every heading, figure and name that belongs to the picture reads it here, and so do the search for
similar chairs and the export. What the person has *selected* is `Selection`; it may be ahead of the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from voxview.engine.events import DecodedAhead
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult, LoadedChair, Position
from voxview.engine.scores.path_scores import PathScores
from voxview.engine.shape_quality import ShapeQuality
from voxview.gui.session.engine_client import EngineClient
from voxview.gui.session.selection import Selection
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.shapes.frame import Grid

Result = BlendResult | MixResult | LatentResult
"""What can be in the middle."""


class Shown(QObject):
    """Takes the engine's answers, drops those that are no longer wanted, and announces the others."""

    chairs_read = Signal(object, object)
    """A and B, `(Chair, Grid)` each, to show before the engine has encoded them."""
    pair_changed = Signal()
    """`pair` is another one, or is known no longer."""
    changed = Signal(object)
    """The `BlendResult`, `MixResult` or `LatentResult` in the middle."""
    scores_changed = Signal(object)
    """Other `scores`: more is known of the path, or it is no blend of it that is shown."""
    path_changed = Signal(object)
    """Another `path`: more is known of the selected pair's blends, or of another pair's nothing yet."""
    quality_changed = Signal(object)
    """Another `quality`."""
    waiting_changed = Signal(bool)
    """Whether another pair, or this one with other weights, is on its way to the screen."""
    note = Signal(str)

    def __init__(self, client: EngineClient, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self.chairs: tuple[Chair, Chair] | None = None
        """A and B on screen; while another pair is loading they are not the selected ones."""
        self.pair: tuple[LoadedChair, LoadedChair] | None = None
        """The same, and how well 64 numbers hold them; None until the weights in use have encoded them."""
        self.result: Result | None = None
        """What is in the middle; None before any picture."""
        self._path: PathScores | None = None
        self._loaded: tuple[LoadedChair, LoadedChair] | None = None
        """The pair that the engine loaded last. It is shown with its first picture, so that no blend stands
        between chairs that are not its own."""
        self._announced: tuple[bool, PathScores | None, ShapeQuality | None] = (False, None, None)
        self._announced_path: PathScores | None = None
        self._said: set[str] = set()
        """The notices of files that were passed on."""
        client.bridge.computed.connect(self._take)
        client.bridge.decoded.connect(self._take_decoded)
        client.pair_loaded.connect(self._take_pair)
        client.decoded_ahead.connect(self._take_scores)
        client.ready.connect(self._forget_pair)
        client.weights_changed.connect(self._forget_pair)
        selection.pair_announced.connect(self._announce)

    # ---- what is shown --------------------------------------------------------------------------

    @property
    def blend(self) -> BlendResult | None:
        """The pair's blend, if that is in the middle."""
        return self.result if isinstance(self.result, BlendResult) else None

    @property
    def mix(self) -> MixResult | None:
        """The mix, if one is in the middle."""
        return self.result if isinstance(self.result, MixResult) else None

    @property
    def is_waiting(self) -> bool:
        """Whether another pair, or this one with other weights, is on its way to the screen."""
        if self.result is None or self.chairs is None:
            return False
        return self.pair is None or not self._are_selected(*self.chairs)

    @property
    def path(self) -> PathScores | None:
        """What is known of the blends between the selected A and B, whatever is in the middle now."""
        path = self._path
        return path if path is not None and self._are_selected(path.request.a, path.request.b) else None

    @property
    def scores(self) -> PathScores | None:
        """The same while one of these blends is in the middle; None otherwise."""
        return self.path if self.blend is not None and not self.is_waiting else None

    @property
    def quality(self) -> ShapeQuality | None:
        """How what is in the middle is; None where that is not known, as between the slider's positions."""
        if self.result is None or not isinstance(self.result, BlendResult):
            return self.result.quality if self.result is not None else None
        position, scores = self.result.request.position, self.scores
        is_step = position == Position.at_step(position.step)
        return scores.quality(position.step) if scores is not None and is_step else None

    def _are_selected(self, a: Chair, b: Chair) -> bool:
        return (a, b) == (self._selection.a, self._selection.b)

    # ---- answers --------------------------------------------------------------------------------

    def take_read(self, a: tuple[Chair, Grid], b: tuple[Chair, Grid]) -> None:
        """Show two chairs that were read; nothing, if the engine's pair is there already."""
        if self.chairs is None and self._are_selected(a[0], b[0]):
            self.chairs = a[0], b[0]
            self.chairs_read.emit(a, b)
            self._announce()

    def _take(self, result: BlendResult | MixResult) -> None:
        self._show_loaded()
        wanted = self._selection.mix
        if isinstance(result, MixResult):
            # Of a drag every picture is shown that comes: the chairs decide, not the weights.
            if wanted is None or wanted.chairs != result.request.chairs:
                return
        elif wanted is not None or not self._are_selected(result.request.a, result.request.b):
            return
        if self._selection.is_pointing:
            return  # the place that is pointed at stays; the blend or mix is requested again after it
        if result.notice:
            self.note.emit(result.notice)
        self._show(result)

    def _take_decoded(self, result: LatentResult) -> None:
        if self._selection.is_pointing:
            self._show(result)

    def _show(self, result: Result) -> None:
        self.result = result
        self.changed.emit(result)
        self._announce()

    def _take_pair(self, a: LoadedChair, b: LoadedChair) -> None:
        self._loaded = a, b
        # A pair comes again when its latents are refined; what is said of its files is said once.
        fresh = [line for line in dict.fromkeys((*a.notices, *b.notices)) if line not in self._said]
        if fresh:
            self._said.update(fresh)
            self.note.emit("; ".join(fresh))
        if self.result is None:
            self._show_loaded()

    def _show_loaded(self) -> None:
        pair = self._loaded
        if pair is None or pair is self.pair or not self._are_selected(pair[0].chair, pair[1].chair):
            return
        self.pair, self.chairs = pair, (pair[0].chair, pair[1].chair)
        self.pair_changed.emit()
        self._announce()

    def _take_scores(self, event: DecodedAhead) -> None:
        if event.scores is not None:
            self._path = event.scores
            self._announce()

    def _forget_pair(self) -> None:
        """Forget what was computed with other weights; it stays on screen until there is another picture."""
        self.pair = self._path = self._loaded = None
        self.pair_changed.emit()
        self._announce()

    def _announce(self) -> None:
        """Say what has changed: whether a picture is on its way, and which scores are of what is shown."""
        before, now = self._announced, (self.is_waiting, self.scores, self.quality)
        self._announced = now
        if before[0] != now[0]:
            self.waiting_changed.emit(now[0])
        if before[1] is not now[1]:
            self.scores_changed.emit(now[1])
        if before[2] != now[2]:
            self.quality_changed.emit(now[2])
        if self._announced_path is not self.path:
            self._announced_path = self.path
            self.path_changed.emit(self._announced_path)
