"""Controller of the page of mixes: requests mixes, and learns the directions of the attributes."""

from __future__ import annotations

from PySide6.QtCore import Qt

from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.request import BlendResult
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import PageController
from voxview.gui.mix.chair_supply import ChairSupply
from voxview.gui.mix.exchanging import Exchanged, Exchanging
from voxview.gui.mix.panel import MixPanel
from voxview.gui.session.shown import Result
from voxview.model.attributes import measure
from voxview.model.directions import Directions

_CORNERS, _ATTRIBUTES = 4, 3
_WEIGHTS, _TERMS = 4, 3


class MixController(PageController):
    """Fills the page with chairs when it is first opened, and requests its mix."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._supply = ChairSupply(context.listing, context.thumbnails)
        self._task: int | None = None
        self.panel = MixPanel(self._supply)
        self._exchanging = Exchanging(context.session, self)
        self._exchanging.made.connect(self._take_exchanged)
        self._exchanging.failed.connect(self.panel.show_failed)
        self.panel.changed.connect(self._ask)
        self.panel.page_changed.connect(self._turn)
        self.panel.back.connect(context.session.selection.leave_mix)
        self.panel.nothing_selected.connect(self._say_nothing_selected)
        self.panel.attributes.start_chosen.connect(self._start)
        self.panel.attributes.learning_wanted.connect(self._learn)
        session = context.session
        session.engine.ready.connect(self._forget_directions)
        session.engine.weights_changed.connect(self._forget_directions)
        session.selection.mix_put.connect(self._put)
        session.shown.changed.connect(self._show)
        session.tasks.ended.connect(self._end)
        self._fill()
        if session.selection.mix is not None:
            self._put(session.selection.mix)
        if isinstance(result := session.shown.result, MixResult):
            self._show_mix_result(result)

    def on_shown(self) -> None:
        """Show the page's mix, unless an edited blend is shown or a state is put back: they stay."""
        selection = self.context.session.selection
        if selection.edit is not None:
            self.panel.show_edited()
        elif self.context.keeper.is_putting:
            if selection.mix is None:
                self.panel.show_left()
        elif self.panel.page is self.panel.attributes:
            self._learn()
            shown = self.context.session.shown
            if shown.mix is None and shown.blend is not None:  # of another pair than when the page was left
                self._start_from_blend(shown.blend)
        elif selection.mix is None:
            self._ask()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.panel.apply_theme()

    # ---- what the person does -------------------------------------------------------------------

    def _ask(self) -> None:
        self._exchanging.drop()
        if self.panel.page is self.panel.exchange and self.panel.request() is None:
            self._exchange()
        else:
            self._show_mix(self.panel.request())

    def _exchange(self) -> None:
        """Have the parts that are selected put together; the mix of that chair comes when it is there."""
        choices = self.panel.exchange.choices()
        if choices is None:
            self.panel.show_lacking()
            return
        self.panel.show_working()
        self.context.playback.pause()
        self._exchanging.want(choices)

    def _show_mix(self, request: MixRequest | None) -> None:
        if request is None:
            self.panel.show_lacking()
            return
        self.context.playback.pause()
        self.context.session.selection.show_mix(request)

    def _turn(self, before: int, now: int) -> None:
        """Show the mix of another page; the attributes take over the one that was."""
        self._exchanging.drop()
        if now != _ATTRIBUTES:
            self._ask()
            return
        has_mix = self.context.session.selection.mix is not None
        has_mix = has_mix and self.panel.pages[before].request() is not None
        self.panel.start_from(before if has_mix else None)
        if self.panel.attributes.directions is None:
            self._learn()
        else:
            self._start()

    def _start(self) -> None:
        """Show what the attributes start from; they are measured on it."""
        self.panel.attributes.base = None
        self._show_mix(self._start_request())

    def _start_request(self) -> MixRequest | None:
        selection = self.context.session.selection
        a, b, t = selection.a, selection.b, selection.position.t
        choice = self.panel.attributes.start.currentIndex()
        if choice > 2:
            return self.panel.start()
        if a is None or b is None:
            return None
        weights = {0: (1.0 - t, t), 1: (1.0, 0.0), 2: (0.0, 1.0)}[choice]
        return MixRequest((a, b), weights)

    def _say_nothing_selected(self) -> None:
        self.context.notifications.note("no chair to take: select one in the list that is not here yet")

    # ---- what comes -----------------------------------------------------------------------------

    def _show(self, result: Result) -> None:
        if isinstance(result, MixResult):
            self._show_mix_result(result)
        elif isinstance(result, BlendResult):
            self.panel.show_left()
            self._start_from_blend(result)

    def _put(self, mix: MixRequest) -> None:
        """Show a mix that was wanted before, as after an undone step, in its controls."""
        self._exchanging.drop()
        self.panel.put(mix)

    def _take_exchanged(self, exchanged: Exchanged) -> None:
        self.panel.exchange.show_made(exchanged.chair, exchanged.lacking)
        self._show_mix(self.panel.exchange.request())

    def _show_mix_result(self, result: MixResult) -> None:
        attributes = self.panel.attributes
        is_start = self.panel.page is attributes and attributes.base is None and not result.request.shift
        self.panel.show_result(result)
        if is_start:
            attributes.show_start(result.request, result.attributes)

    def _start_from_blend(self, result: BlendResult) -> None:
        """Start the attributes from where the main slider is, while they start from the blend."""
        attributes = self.panel.attributes
        if self.panel.page is attributes and self.panel.isVisible():
            attributes.start.setCurrentIndex(0)
            base = self._start_request()
            if base is not None and base.chairs == (result.request.a, result.request.b):
                attributes.show_start(base, measure(result.grid))

    # ---- learning -------------------------------------------------------------------------------

    def _learn(self) -> None:
        if self.panel.attributes.directions is None and self._task is None:
            self.panel.attributes.show_learning()
            self._task = self.context.session.tasks.run(
                "Learning what the sliders move", lambda engine: engine.learn_directions(), self._learnt
            )

    def _learnt(self, directions: object) -> None:
        if isinstance(directions, Directions):
            self.panel.attributes.learnt(directions)
            if self.panel.page is self.panel.attributes:
                self._start()

    def _end(self, task: int) -> None:
        if task == self._task:
            self._task = None
            self.panel.attributes.show_cancelled()

    def _forget_directions(self) -> None:
        """Forget what was learnt with the weights before, and learn again if the page is open."""
        self.panel.attributes.learnt(None)
        if self.context.session.selection.mix is not None and self.context.session.selection.mix.shift:
            self.context.session.selection.leave_mix()
        if self.panel.isVisible() and self.panel.page is self.panel.attributes:
            self._learn()

    # ---- inside ---------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Fill the page with A and B, which are on screen, and others of the list by chance."""
        selected = self.context.session.selection.pair
        pair = tuple(chair for chair in dict.fromkeys(selected) if chair is not None)
        more = self.context.listing.random_chairs(_CORNERS + _WEIGHTS + _TERMS, exclude=pair)
        self.panel.corners.fill([*pair, *more[:2]])
        self.panel.weights.fill([*pair, *more[2:4]])
        self.panel.arithmetic.fill([*pair, *more[4:5]])
        self.panel.exchange.fill([*pair, *more[5:7]])
        if self.context.listing.awaited:
            self.context.listing.changed.connect(self._fill, Qt.ConnectionType.SingleShotConnection)
