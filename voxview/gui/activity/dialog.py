"""Window of what goes on: work with its progress, and the log of what was said."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QStackedWidget, QTabBar, QVBoxLayout

from voxview.gui import theme
from voxview.gui.activity.log_view import LogView
from voxview.gui.activity.work_list import WorkList
from voxview.gui.context.app_context import AppContext


class ActivityDialog(QDialog):
    """Two pages: what runs and waits, and what was said."""

    def __init__(self, context: AppContext, crashes: Path) -> None:
        super().__init__(context.dialog_parent)
        self.setWindowTitle("Activity")
        self.work, self.log = WorkList(context.works), LogView(context, crashes)
        self.tabs = QTabBar(drawBase=False)
        self.tabs.setAccessibleName("Pages of Activity")
        self._stack = QStackedWidget()
        for title, tip, page in (
            ("Work", "What runs and what waits for it", self.work),
            ("Log", "What was said since the start, newest last", self.log),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(title), tip)
            self._stack.addWidget(page)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.GAP] * 4)
        column.setSpacing(theme.GAP)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self.resize(520, 340)
        if not context.works.all:
            self.tabs.setCurrentIndex(1)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.work.apply_theme()
