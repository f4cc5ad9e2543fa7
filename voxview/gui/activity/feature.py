"""Activity: a button in the status bar, the window behind it, and the offer of a crash report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from voxview.counts import counted
from voxview.gui import crash_report, theme
from voxview.gui.context.actions import ActionSpec, native_keys
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Area, Feature
from voxview.gui.context.notifications import NOTE, WARNING

if TYPE_CHECKING:
    from voxview.gui.activity.dialog import ActivityDialog

_KEYS = "Ctrl+Shift+A"
_OFFERED_AFTER_MS = 1500
"""After the first picture: what is said of the start itself comes before."""


class _Records(logging.Handler):
    """Handler that passes on the program's own warnings as texts, on whichever thread they come."""

    def __init__(self, pass_on: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._pass_on = pass_on
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record on, with its traceback if it has one."""
        self._pass_on(self.format(record))


class ActivityFeature(Feature):
    """Shows what goes on in one quiet place, and offers the report of a crash once."""

    _warned = Signal(str)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.dialog: ActivityDialog | None = None
        """None while it is closed."""
        self.button = QToolButton()
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setStyleSheet("QToolButton { padding: 0 5px; }")  # no higher than what stands beside it
        self.button.setIconSize(QSize(16, 16))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.show_activity)
        self._count = -1
        self._records = _Records(self._warned.emit)
        self._warned.connect(self._record, Qt.ConnectionType.QueuedConnection)
        logging.getLogger("voxview").addHandler(self._records)
        context.session.engine.ready.connect(
            lambda report: context.notifications.record(NOTE, report.sentence())
        )
        context.works.changed.connect(self._count_works)
        context.session.shown.changed.connect(self._offer_soon)
        self._count_works()

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """The window with work and log."""
        return (
            ActionSpec(
                "activity",
                "&View",
                2,
                "Acti&vity…",
                self.show_activity,
                _KEYS,
                tip="What runs and waits, with its progress, and everything that was said",
            ),
        )

    @property
    def widgets(self) -> dict[Area, QWidget]:
        """The button at the right end of the status bar."""
        return {Area.STATUS_END: self.button}

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """The button."""
        return (self.button,)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.button.setIcon(theme.icon("activity"))
        if self.dialog is not None:
            self.dialog.apply_theme()

    def stop(self) -> None:
        """Close the window, and listen no more."""
        logging.getLogger("voxview").removeHandler(self._records)
        if self.dialog is not None:
            self.dialog.reject()

    def show_activity(self) -> None:
        """Open work and log beside the window, which can be used meanwhile."""
        from voxview.gui.activity.dialog import ActivityDialog

        if self.dialog is None:
            self.dialog = ActivityDialog(self.context, self._crashes)
            self.dialog.finished.connect(self._forget_dialog)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    # ---- inside ---------------------------------------------------------------------------------

    @property
    def _crashes(self) -> Path:
        return self.context.settings.state_folder / crash_report.FOLDER

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _record(self, text: str) -> None:
        self.context.notifications.record(WARNING, text)

    def _count_works(self) -> None:
        count = len(self.context.works.all)
        if count == self._count:
            return
        self._count = count
        self.button.setText(str(count) if count else "")
        goes_on = f"{counted(count, 'task')} running or waiting" if count else "Nothing is running"
        self.button.setToolTip(f"{goes_on}. Activity: work and log ({native_keys(_KEYS)})")
        self.button.setAccessibleName(f"Activity: {goes_on.lower()}")

    def _offer_soon(self) -> None:
        self.context.session.shown.changed.disconnect(self._offer_soon)
        QTimer.singleShot(_OFFERED_AFTER_MS, self, self._offer_report)

    def _offer_report(self) -> None:
        report = crash_report.take_new(self._crashes)
        if report is not None:
            self.context.notifications.offer(
                "VoxView met an error or a crash the last time: a report is kept here, and was sent nowhere",
                "Show report",
                lambda: self._show_report(report),
            )

    def _show_report(self, report: Path) -> None:
        from voxview.gui.activity.crash_dialog import show_report

        show_report(report, self.context)
