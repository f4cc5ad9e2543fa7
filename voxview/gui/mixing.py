"""Between the page of mixes and the session: asks for mixes, and learns what the sliders move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.request import BlendResult
from voxview.gui.chair_supply import ChairSupply
from voxview.gui.mix_panel import MixPanel
from voxview.model.attributes import measure
from voxview.model.directions import Directions

if TYPE_CHECKING:
    from voxview.gui.window import MainWindow

_CORNERS, _ATTRIBUTES = 4, 3
_WEIGHTS, _TERMS = 4, 3


class Mixing(QObject):
    """Fills the page when it is first shown, so that there is something to drag at once."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._supply = ChairSupply(window.browser, window.thumbnails)
        self._task: int | None = None
        self.panel = MixPanel(self._supply)
        self.panel.changed.connect(self._ask)
        self.panel.page_changed.connect(self._turn)
        self.panel.back.connect(window.session.leave_mix)
        self.panel.nothing_selected.connect(self._say_nothing_selected)
        self.panel.attributes.start_chosen.connect(self._start)
        session = window.session
        session.ready.connect(self._other_weights)
        session.weights_changed.connect(self._other_weights)
        session.mixed.connect(self._show)
        session.blended.connect(self._follow)
        session.mix_left.connect(self.panel.show_left)
        session.task_ended.connect(self._ended)
        self._fill()

    def show(self) -> None:
        """The page is opened: show its mix."""
        if self.panel.page is self.panel.attributes:
            self._learn()
        elif self._window.session.mix is None:
            self._ask()

    # ---- what the person does -------------------------------------------------------------------

    def _ask(self) -> None:
        self._show_mix(self.panel.request())

    def _show_mix(self, request: MixRequest | None) -> None:
        if request is None:
            self.panel.show_lacking()
            return
        self._window.playback.pause()
        self._window.session.show_mix(request)

    def _turn(self, before: int, now: int) -> None:
        """To another page: its mix is shown; the attributes take over the one that was."""
        if now != _ATTRIBUTES:
            self._ask()
            return
        self.panel.start_from(before if self._window.session.mix is not None else None)
        if self.panel.attributes.directions is None:
            self._learn()
        else:
            self._start()

    def _start(self) -> None:
        """Show what the attributes start from; they are measured on it."""
        self.panel.attributes.base = None
        self._show_mix(self._start_request())

    def _start_request(self) -> MixRequest | None:
        a, b, t = (getattr(self._window.session.blending, name) for name in "abt")
        choice = self.panel.attributes.start.currentIndex()
        if choice > 2:
            return self.panel.start()
        if a is None or b is None:
            return None
        weights = {0: (1.0 - t, t), 1: (1.0, 0.0), 2: (0.0, 1.0)}[choice]
        return MixRequest((a, b), weights)

    def _say_nothing_selected(self) -> None:
        self._window.messages.note("no chair to take: select one in the list that is not here yet")

    # ---- what comes -----------------------------------------------------------------------------

    def _show(self, result: MixResult) -> None:
        attributes = self.panel.attributes
        is_start = self.panel.page is attributes and attributes.base is None and not result.request.shift
        self.panel.show_result(result)
        if is_start:
            attributes.show_start(result.request, result.attributes)

    def _follow(self, result: BlendResult) -> None:
        """While the main slider moves, attributes that start from the blend start from where it is."""
        attributes = self.panel.attributes
        if self.panel.page is attributes and self.panel.isVisible():
            attributes.start.setCurrentIndex(0)
            base = self._start_request()
            if base is not None and base.chairs == (result.request.a, result.request.b):
                attributes.show_start(base, measure(result.grid))

    # ---- learning -------------------------------------------------------------------------------

    def _learn(self) -> None:
        if self.panel.attributes.directions is None and self._task is None:
            self._task = self._window.session.run(
                "Learning what the sliders move", lambda engine: engine.learn_directions(), self._learnt
            )

    def _learnt(self, directions: object) -> None:
        if isinstance(directions, Directions):
            self.panel.attributes.learnt(directions)
            if self.panel.page is self.panel.attributes:
                self._start()

    def _ended(self, task: int) -> None:
        if task == self._task:
            self._task = None

    def _other_weights(self) -> None:
        """The engine has started, perhaps with other weights: what was learnt belongs to those before."""
        self.panel.attributes.learnt(None)
        if self._window.session.mix is not None and self._window.session.mix.shift:
            self._window.session.leave_mix()
        if self.panel.isVisible() and self.panel.page is self.panel.attributes:
            self._learn()

    # ---- inside ---------------------------------------------------------------------------------

    def _fill(self) -> None:
        """A and B, which are on screen, and others of the list by chance."""
        blending = self._window.session.blending
        pair = tuple(chair for chair in dict.fromkeys((blending.a, blending.b)) if chair is not None)
        more = self._supply.by_chance(_CORNERS + _WEIGHTS + _TERMS, without=pair)
        self.panel.corners.fill([*pair, *more[:2]])
        self.panel.weights.fill([*pair, *more[2:4]])
        self.panel.arithmetic.fill([*pair, *more[4:5]])
