"""The main window: puts the parts together, and connects what one says to what another does."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult, LoadedChair
from voxview.gui import theme
from voxview.gui.actions import add_actions, draw_icons
from voxview.gui.background import Background
from voxview.gui.browser import Browser
from voxview.gui.commands import Commands
from voxview.gui.files import Files
from voxview.gui.keep_space import KeepSpace
from voxview.gui.messages import Messages
from voxview.gui.playback import SPEEDS, Playback
from voxview.gui.progress import Progress
from voxview.gui.session import Session
from voxview.gui.settings import Settings
from voxview.gui.side import Side
from voxview.gui.startup import Startup
from voxview.gui.status import Status
from voxview.gui.thumbnails import Thumbnails
from voxview.gui.transport import Transport
from voxview.gui.trio import Trio
from voxview.gui.weights_menu import WeightsMenu


class MainWindow(QMainWindow):
    """Chairs at the left, the three chairs in the middle, the side panel at the right, the slider below."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.session = Session(self)
        self.background = Background(self)
        self.thumbnails = Thumbnails(self)
        self.playback = Playback(self)
        self.files = Files(self)
        self.commands = Commands(self)
        self.startup = Startup(self)
        self.browser = Browser(self.thumbnails)
        self.trio = Trio()
        self.transport = Transport()
        self.side = Side(self)
        self.timings = self.side.timings
        self.messages = Messages()
        self.progress = Progress()
        self.status = Status()
        self._closed = False
        self.setWindowTitle("VoxView")
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 480)
        self._lay_out()
        self.actions_by_name, self.menus = add_actions(self)
        self.weights = WeightsMenu(self)
        self.status.put_first(self.weights.button)
        self._add_buttons()
        self._add_theme_menu()
        self.menus["&View"].addMenu(self.weights.menu)
        self._connect()
        self._restore()
        self.apply_tones()

    # ---- composition ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.trio, 1)
        column.addWidget(self.transport)
        middle.setMinimumWidth(300)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=1)
        for part in (self.browser, middle, self.side.panel):
            self.splitter.addWidget(part)
        for place, stretch in enumerate((0, 1, 0)):
            self.splitter.setStretchFactor(place, stretch)
        self.splitter.setSizes([264, 1000, 296])
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.splitter, 1)
        rows.addWidget(self.progress)
        self.setCentralWidget(body)
        self.setStatusBar(self.status)

    def _add_buttons(self) -> None:
        by_name = self.actions_by_name
        browser, transport, timings = self.browser, self.transport, self.timings
        chain = [
            browser.sources,
            *browser.add_buttons([by_name[name] for name in ("open_folder", "import_shape", "random_pair")]),
            browser.search,
            browser.view,
            *transport.add_buttons([by_name[name] for name in ("play", "loop", "swap")]),
            transport.speed,
            transport.slider,
            transport.number,
            self.side.panel.tabs,
            timings.backends,
            timings.devices,
            timings.measure,
            self.weights.button,
        ]
        for first, second in pairwise(chain):
            self.setTabOrder(first, second)
        browser.view.setFocus()
        self.keep_space = KeepSpace(self)
        self.keep_space.watch(self)

    def _add_theme_menu(self) -> None:
        menu = self.menus["&View"].addMenu("&Theme")
        group = QActionGroup(self)
        for name in theme.THEMES:
            action = menu.addAction(name.capitalize())
            action.setCheckable(True)
            action.setChecked(name == self.settings.text("theme"))
            action.triggered.connect(lambda _checked, name=name: self.commands.set_theme(name))
            group.addAction(action)

    def _connect(self) -> None:
        session = self.session
        self.browser.chosen.connect(self.commands.choose)
        self.transport.moved.connect(self.commands.move_by_hand)
        self.transport.speed_changed.connect(self.commands.set_speed)
        self.playback.position.connect(session.move)
        self.playback.playing_changed.connect(self._show_playing)
        self.timings.backend_chosen.connect(lambda name: session.compute_on(backend=name))
        self.timings.device_chosen.connect(lambda name: session.compute_on(device=name))
        self.timings.measure_again.connect(session.measure_again)
        session.ready.connect(self._engine_is_ready)
        session.pair_changed.connect(self._show_choice)
        session.pair_loaded.connect(self._show_pair)
        session.position_changed.connect(self.transport.show_position)
        session.blended.connect(self._show_blend)
        session.mixed.connect(self._show_mix)
        session.ahead.connect(self.timings.show_ahead)
        session.scored.connect(self.transport.show_scores)
        session.weights_changed.connect(self._weights_changed)
        session.measured.connect(self.timings.add_measured)
        session.error.connect(self._say_error)
        session.note.connect(self.messages.note)
        session.task_started.connect(
            lambda number, title: self.progress.start(number, title, lambda: session.cancel(number), "engine")
        )
        session.task_step.connect(self.progress.step)
        session.task_ended.connect(self.progress.end)
        self.background.started.connect(self._background_began)
        self.background.ended.connect(lambda number: self.progress.end(("background", number)))
        self.trio.drawn.connect(self._picture_is_up)
        self.trio.rendered.connect(self.timings.add_render)
        QApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    # ---- showing --------------------------------------------------------------------------------

    def _engine_is_ready(self, report: object, weights: str) -> None:
        self.timings.show_report(report)  # type: ignore[arg-type]
        self.status.show_report(report)  # type: ignore[arg-type]

    def _weights_changed(self) -> None:
        """What was measured on the blends before says nothing of those that follow."""
        self.transport.show_scores(None)
        self.timings.forget()

    def _show_choice(self) -> None:
        blending = self.session.blending
        self.browser.model.mark(blending.a, blending.b)
        names = (chair.name if chair else "" for chair in (blending.a, blending.b))
        self.trio.headings.show_names(*names)
        self.trio.headings.show_position(blending.t)
        self.transport.show_position(blending.t)
        self.transport.show_scores(None)

    def _show_pair(self, a: LoadedChair, b: LoadedChair) -> None:
        self.trio.show_pair(a, b)
        self.status.show_pair(a, b)

    def _show_blend(self, result: BlendResult) -> None:
        self.trio.show_blend(result)
        self.transport.paint_now()
        self.status.show_result(result)
        self.timings.add_result(result)

    def _show_mix(self, result: MixResult) -> None:
        self.trio.show_mix(result)
        self.status.show_result(result)

    def _picture_is_up(self) -> None:
        result, mix = self.session.result, self.session.mix_result
        if result is None:
            return
        asked = result.request.t if mix is None else mix.request
        milliseconds = self.session.milliseconds_since_asked(asked)
        if milliseconds is not None:
            self.status.show_latency(milliseconds)
            self.timings.add_latency(milliseconds)
        self.thumbnails.scale = self.devicePixelRatioF()
        self.thumbnails.start()

    def _say_error(self, text: str) -> None:
        self.messages.error(text)
        if self.session.result is None:
            self.trio.say("No blend yet")

    def _show_playing(self, playing: bool) -> None:
        action = self.actions_by_name["play"]
        action.setChecked(playing)
        action.setIcon(theme.icon("pause" if playing else "play"))

    def _background_began(self, number: int, title: str) -> None:
        key = ("background", number)
        self.progress.start(key, title, lambda: self.background.cancel(number), "background")

    # ---- Qt -------------------------------------------------------------------------------------

    def apply_tones(self) -> None:
        """Take on the theme's colours."""
        draw_icons(self.actions_by_name)
        self._show_playing(self.playback.playing)
        for part in (self.browser, self.trio, self.transport, self.side, self.messages):
            part.apply_tones()

    def _scheme_changed(self) -> None:
        """The system went light or dark."""
        if self.settings.text("theme") == "system":
            theme.apply_theme("system")
            self.apply_tones()

    def _restore(self) -> None:
        settings, by_name = self.settings, self.actions_by_name
        self.resize(1280, 800)
        geometry, splitter = settings.layout("window"), settings.layout("splitter")
        if geometry is not None:
            self.restoreGeometry(geometry)  # Qt brings a window that lies off every screen back onto one
        if splitter is not None:
            self.splitter.restoreState(splitter)
        by_name["surprise"].setToolTip("Compute all pairs first: View, All pairs")
        by_name["show_chairs"].setChecked(True)
        by_name["show_timings"].setChecked(True)
        by_name["loop"].setChecked(settings.flag("loop"))
        by_name["link_cameras"].setChecked(settings.flag("linked"))
        by_name["remove_crumbs"].setChecked(settings.flag("remove_crumbs"))
        self.commands.set_loop(settings.flag("loop"))
        if settings.text("speed") in SPEEDS:
            self.transport.speed.setCurrentText(settings.text("speed"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give room to the chairs where not everything fits, and back."""
        super().resizeEvent(event)
        self.side.fit(event.oldSize().width(), event.size().width())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may be dropped anywhere."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A folder opens as a catalog, a shape file is imported."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        # The program that was dragged from waits for the end of this event.
        QTimer.singleShot(0, self, lambda: self.files.take_dropped(paths))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop every thread and wait for it, release VTK, remember the layout, then leave."""
        self.close_down()
        event.accept()

    def close_down(self) -> None:
        """End everything that outlives a window; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self.side.leave_wide_page()
        self.settings.remember_layout("window", self.saveGeometry())
        self.settings.remember_layout("splitter", self.splitter.saveState())
        self.settings.save()
        self.playback.pause()
        self.hide()  # the engine's last step may take a moment
        self.session.stop()
        self.background.stop()
        self.side.stop()
        self.thumbnails.stop()
        self.startup.stop()
        self.trio.close_scene()
