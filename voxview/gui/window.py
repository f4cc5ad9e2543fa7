"""The main window: makes the features and gives each its place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from voxview.gui.blend.feature import BlendFeature
from voxview.gui.bookmarks.feature import BookmarksFeature
from voxview.gui.browser.feature import BrowserFeature
from voxview.gui.context.actions import ActionSpec, fill_menus, make_action, set_icons
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.background import BackgroundTasks
from voxview.gui.context.chair_changes import ChairChanges
from voxview.gui.context.feature import Area, Feature
from voxview.gui.context.keeping import Keeper
from voxview.gui.context.listing import Listing
from voxview.gui.context.notifications import Notifications
from voxview.gui.context.playback import Playback
from voxview.gui.context.settings import Settings
from voxview.gui.context.thumbnails import Thumbnails
from voxview.gui.context.works import Works
from voxview.gui.features import make_features
from voxview.gui.files.feature import FilesFeature
from voxview.gui.help.feature import HelpFeature
from voxview.gui.keys_in_use import use_keys
from voxview.gui.palette.feature import PaletteFeature
from voxview.gui.pictures.feature import PicturesFeature
from voxview.gui.points.feature import PointsFeature
from voxview.gui.preferences.feature import PreferencesFeature
from voxview.gui.progress import Progress
from voxview.gui.session.session import Session
from voxview.gui.sessions.feature import SessionsFeature
from voxview.gui.side import Side
from voxview.gui.startup import Startup
from voxview.gui.status_bar import StatusBar
from voxview.gui.widgets.keep_space import KeepSpace
from voxview.gui.widgets.keep_undo import KeepUndo
from voxview.gui.widgets.menu_keys import MenuKeys
from voxview.gui.widgets.message_bar import MessageBar
from voxview.gui.window_drops import WindowDrops
from voxview.gui.window_layout import WindowLayout

F = TypeVar("F", bound=Feature)

_CLOSING_SECONDS = 0.3
"""For a file that is being written when the window is closed."""


class MainWindow(QMainWindow):
    """List at the left, three chairs in the middle, side panel at the right, slider below."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        session, listing, playback = Session(self), Listing(self), Playback(self)
        notifications, keeper = Notifications(self), Keeper(session, listing, playback, settings, self)
        self.context = AppContext(
            session=session,
            notifications=notifications,
            background=BackgroundTasks(self),
            settings=settings,
            playback=playback,
            listing=listing,
            thumbnails=Thumbnails(self),
            works=Works(self),
            keeper=keeper,
            changes=ChairChanges(session, listing, keeper, notifications, self),
            dialog_parent=self,
        )
        self.features = make_features(self.context)
        self.messages, self.progress = MessageBar(), Progress(self.context.works)
        self.status = StatusBar(self.context.session)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=1)
        show_list = self.feature(BrowserFeature).qactions["show_chairs"]
        self.side = Side([f.page for f in self.features if f.page is not None], self.splitter, show_list)
        self.startup = Startup(
            self.context,
            self.feature(BlendFeature).view,
            self.feature(FilesFeature),
            self.feature(SessionsFeature),
        )
        self._closed = False
        self.setWindowTitle("VoxView")
        self.drops = WindowDrops(
            self,
            self.context,
            self.feature(FilesFeature),
            self.feature(BrowserFeature),
            self.feature(BlendFeature).view,
        )
        self.layout_kept = WindowLayout(self, self.splitter, settings)
        self.setMinimumSize(QSize(640, 480).boundedTo(self.layout_kept.room))
        self._lay_out()
        self.qactions = self._make_menus()
        self._use_keys()
        self._connect()
        self._restore()
        self._set_tab_order()
        self.apply_theme()

    def feature(self, kind: type[F]) -> F:
        """Return the feature of a class."""
        return next(one for one in self.features if isinstance(one, kind))

    def welcome(self) -> None:
        """Show the hints of a first start, if it is one."""
        self.feature(HelpFeature).welcome()

    # ---- composition ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        places = {area: widget for feature in self.features for area, widget in feature.widgets.items()}
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(places[Area.CENTER], 1)
        column.addWidget(places[Area.LEGEND])
        column.addWidget(places[Area.BELOW])
        for part in (places[Area.LEFT], middle, self.side.panel):
            self.splitter.addWidget(part)
        for place, stretch in enumerate((0, 1, 0)):
            self.splitter.setStretchFactor(place, stretch)
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.splitter, 1)
        rows.addWidget(self.progress)
        self.setCentralWidget(body)
        self.status.put_ends(places[Area.STATUS], places[Area.STATUS_END])
        self.setStatusBar(self.status)

    def _make_menus(self) -> dict[str, QAction]:
        """Fill the menu bar, and return all actions by name."""
        own = self._actions()
        self.action_specs: Sequence[ActionSpec] = [
            *(spec for feature in self.features for spec in feature.actions),
            *self.side.actions,
            *own,
        ]
        actions = {spec.name: make_action(spec, self) for spec in own} | self.side.qactions
        for feature in self.features:
            actions |= feature.qactions
        for spec in self.action_specs:
            self.addAction(actions[spec.name])  # its key works while the menu bar is hidden, too
        menus = fill_menus(self.menuBar(), self.action_specs, actions)
        for feature in self.features:
            for submenu in feature.menus:
                menu = menus[submenu.menu]
                if submenu.before:
                    menu.insertMenu(actions[submenu.before], submenu.submenu)
                else:
                    menu.addMenu(submenu.submenu)
        submenus = [submenu for feature in self.features for submenu in feature.menus]
        places = [feature.destinations for feature in self.features]
        self.feature(PaletteFeature).list_actions(self.action_specs, actions, submenus, places)
        self.feature(PreferencesFeature).take_actions(actions, submenus)
        targets = (self.feature(BrowserFeature).panel, self.feature(BlendFeature).transport, self.menuBar())
        self.feature(HelpFeature).take_actions(actions, targets)
        return actions

    def _change_keys(self, name: str, keys: str | None) -> None:
        """Give an action other keys, or the program's own, and remember it."""
        self.context.settings.remember_keys(name, keys)
        self._use_keys()

    def _use_keys(self) -> None:
        """Give every action the keys that the person gave it, else its own, and none that is taken."""
        specs = use_keys(self.action_specs, self.qactions, self.context.settings)
        self.feature(HelpFeature).list_actions(specs)

    def _actions(self) -> Sequence[ActionSpec]:
        """Return what only the window itself can do."""
        return (
            ActionSpec(
                "quit", "&File", 2, "&Quit", self.close, "Ctrl+Q", tip="Close the window; all is kept"
            ),
            ActionSpec(
                "full_screen",
                "&View",
                1,
                "F&ull screen",
                self._show_full_screen,
                "F11",
                checkable=True,
                tip="Give the window the whole screen, or its frame back",
            ),
            ActionSpec(
                "reset_layout",
                "&View",
                1,
                "Reset layout",
                self._reset_layout,
                tip="Size of the window, list of chairs and side panel as at the first start",
            ),
            ActionSpec(
                "cancel",
                "&View",
                2,
                "Cancel what is running",
                self._cancel,
                "Esc",
                "cancel",
                tip="Stop what runs; else dismiss the message, leave the full screen or stop playing",
            ),
        )

    def _connect(self) -> None:
        notifications, background = self.context.notifications, self.context.background
        session, tasks = self.context.session, self.context.session.tasks
        notifications.error_raised.connect(self.messages.error)
        notifications.noted.connect(self.messages.note)
        notifications.offered.connect(self.messages.offer)
        notifications.cleared.connect(self.messages.clear)
        session.error.connect(notifications.error)
        session.note.connect(notifications.note)
        background.note.connect(notifications.note)
        for queue, of in (("engine", tasks), ("background", background)):
            self.context.works.watch(queue, of.started, of.step, of.ended, of.cancel, of.hasten)
        browser, blend = self.feature(BrowserFeature), self.feature(BlendFeature)
        files, pictures = self.feature(FilesFeature), self.feature(PicturesFeature)
        files.pictures_came.connect(pictures.take)
        files.image_came.connect(pictures.take_image)
        sessions = self.feature(SessionsFeature)
        files.session_came.connect(sessions.open)
        sessions.named.connect(lambda name: self.setWindowTitle(name or "VoxView"))
        self.feature(BookmarksFeature).going.connect(sessions.go_to)
        self.context.keeper.register(self.side.aspect)
        files.points_came.connect(self.feature(PointsFeature).take)
        files.camera = blend.view.camera
        self.feature(HelpFeature).keys_changed.connect(self._change_keys)
        self.side.closed.connect(blend.transport.slider.setFocus)
        for feature in self.features:
            feature.open_page.connect(self.side.show)
            feature.reveal.connect(browser.panel.reveal)
            feature.theme_changed.connect(self.apply_theme)

    def _set_tab_order(self) -> None:
        buttons = [self.qactions[name] for name in ("open_folder", "import_shape", "random_pair")]
        browser = self.feature(BrowserFeature)
        browser.add_buttons(buttons)
        browser.chair_actions.qactions = self.qactions
        parts = (
            *(self._widgets_of(Area.LEFT), self.messages.tab_order),
            *(self._widgets_of(Area.LEGEND), self._widgets_of(Area.CENTER)),
            *((self.side.panel.tabs,), self.side.panel.tab_order),
            *(self.progress.tab_order, self._widgets_of(Area.STATUS), self._widgets_of(Area.STATUS_END)),
        )
        for first, second in pairwise(widget for part in parts for widget in part):
            self.setTabOrder(first, second)
        browser.panel.view.setFocus()
        self._keep_space, self._keep_undo, self._menu_keys = KeepSpace(self), KeepUndo(self), MenuKeys(self)
        for watcher in (self._keep_space, self._keep_undo, self._menu_keys):
            watcher.watch(self)

    def _widgets_of(self, area: Area) -> Sequence[QWidget]:
        """Return what Tab visits of the features that have a widget in an area."""
        return [
            widget for feature in self.features if area in feature.widgets for widget in feature.tab_order
        ]

    # ---- its own actions ------------------------------------------------------------------------

    def _show_full_screen(self, on: bool) -> None:
        if on:
            self.showFullScreen()
        else:
            self.showNormal()

    def _cancel(self) -> None:
        """Stop what runs; where nothing does, dismiss the message, leave the full screen or stop playing."""
        if self.progress.busy:
            self.progress.cancel()
        elif self.messages.text:
            self.messages.clear()
        elif self.feature(HelpFeature).hide_first_steps():
            pass
        elif self.isFullScreen():
            self.qactions["full_screen"].setChecked(False)
        else:
            self.context.playback.pause()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        set_icons(self.action_specs, self.qactions)
        for feature in self.features:
            feature.apply_theme()
        self.messages.apply_theme()

    def _restore(self) -> None:
        self.layout_kept.restore()
        self.qactions["show_chairs"].setChecked(True)
        self.qactions["show_timings"].setChecked(True)

    def _reset_layout(self) -> None:
        """Give window, list and side panel the sizes of a first start, and open the first page."""
        self.qactions["full_screen"].setChecked(False)
        self.side.show(None)
        for name in ("show_chairs", "show_timings"):
            self.qactions[name].setChecked(True)
        self.layout_kept.reset()

    # ---- Qt -------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give room to the chairs where not everything fits, and back."""
        super().resizeEvent(event)
        self.side.fit(event.oldSize().width(), event.size().width())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop every thread and wait for it, release VTK, remember the layout, then leave."""
        self.close_down()
        event.accept()

    def close_down(self) -> None:
        """End everything that outlives a window; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        context = self.context
        for feature in self.features:
            feature.remember()
        self.side.leave_wide_page()
        self.layout_kept.remember()
        context.settings.save()
        context.playback.pause()
        self.hide()  # the engine's last step may take a moment
        context.background.stop()
        context.session.stop()
        context.background.wait(_CLOSING_SECONDS)
        context.thumbnails.stop()
        self.startup.stop()
        for feature in self.features:
            feature.stop()
