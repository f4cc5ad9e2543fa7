"""Drops on the window: files, folders, pictures, chairs of the list; where it is decides what they become."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from voxview.counts import counted
from voxview.gui import theme
from voxview.gui.blend.view import ChairsView
from voxview.gui.browser.feature import BrowserFeature
from voxview.gui.context.app_context import AppContext
from voxview.gui.files.dropped import held_image, local_files
from voxview.gui.files.feature import FilesFeature
from voxview.gui.session.session_file import is_session_name
from voxview.gui.widgets.dragged_chair import dragged_key
from voxview.gui.widgets.painted_text import paint_text
from voxview.shapes.chair import Chair
from voxview.shapes.io.there import is_folder


class DropHint(QWidget):
    """Widget over where something would be dropped: what becomes of it there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text, self._letter = "", ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_over(self, place: QRect, text: str, letter: str) -> None:
        """Cover a part of the window."""
        self.text, self._letter = text, letter
        self.setGeometry(place)
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a frame in the letter's colour, and the words on a band."""
        palette = theme.palette()
        colour = theme.LETTER_COLOURS.get(self._letter, QColor(palette.accent))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wash = QColor(colour)
        wash.setAlphaF(0.18)
        painter.setBrush(wash)
        painter.setPen(QPen(colour, 3))
        painter.drawRoundedRect(self.rect().adjusted(4, 4, -4, -4), 8, 8)
        painter.setFont(theme.strong_font(self))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = self.rect().adjusted(24, 24, -24, -24)
        words = painter.boundingRect(room, flags, self.text).adjusted(-12, -8, 12, 8)
        painter.setBrush(QColor(palette.raised))
        painter.drawRoundedRect(words, 6, 6)
        painter.setPen(QColor(palette.text))
        paint_text(painter, room, flags, self.text)


class WindowDrops(QObject):
    """Event filter of the window. What is dropped on A's view becomes A, on B's B; elsewhere it is listed."""

    def __init__(
        self,
        window: QWidget,
        context: AppContext,
        files: FilesFeature,
        browser: BrowserFeature,
        view: ChairsView,
    ) -> None:
        super().__init__(window)
        self._window, self._context = window, context
        self._files, self._browser, self._view = files, browser, view
        self.hint = DropHint(window)
        self._what: _Dragged | None = None
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle what is dragged over the window."""
        if isinstance(event, QDragEnterEvent):
            self._enter(event)
        elif isinstance(event, QDragMoveEvent):
            self._move(event)
        elif event.type() == QEvent.Type.DragLeave:
            self._leave()
        elif isinstance(event, QDropEvent):
            self._drop(event)
        else:
            return False
        return True

    def _enter(self, event: QDragEnterEvent) -> None:
        self._what = _Dragged.of(event.mimeData(), self._context)
        if self._what is None:
            event.ignore()
            return
        event.acceptProposedAction()
        self._show(event.position().toPoint())

    def _move(self, event: QDragMoveEvent) -> None:
        if self._what is not None and self._show(event.position().toPoint()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def _leave(self) -> None:
        self._what = None
        self.hint.hide()

    def _drop(self, event: QDropEvent) -> None:
        what = self._what or _Dragged.of(event.mimeData(), self._context)
        letter, _ = self._place(event.position().toPoint())
        self._leave()
        if what is None or not what.text(letter):
            event.ignore()
            return
        event.acceptProposedAction()
        if what.chair is not None:
            self._browser.choose(letter, what.chair)
            return
        # The program that was dragged from waits for the end of this event; what it offers is gone after it.
        files, paths, image = self._files, what.paths, held_image(event.mimeData())
        QTimer.singleShot(0, self, lambda: files.take_data(list(paths), image, letter))

    def _show(self, at: QPoint) -> bool:
        """Say over a part of the window what a drop there does; return whether it does anything."""
        letter, place = self._place(at)
        text = self._what.text(letter) if self._what is not None else ""
        if text:
            self.hint.show_over(place, text, letter)
        else:
            self.hint.hide()
        return bool(text)

    def _place(self, at: QPoint) -> tuple[str, QRect]:
        """Return what is dropped at a point becomes: "A", "B" or nothing; and that part of the window."""
        inside = self._view.mapFrom(self._window, at)
        if self._view.rect().contains(inside):
            letter, left, right = self._view.letter_at(inside.x())
            if letter:
                rect = QRect(left, 0, right - left, self._view.height())
                return letter, QRect(self._view.mapTo(self._window, rect.topLeft()), rect.size())
        panel = self._browser.panel
        if panel.isVisible() and panel.rect().contains(panel.mapFrom(self._window, at)):
            return "", QRect(panel.mapTo(self._window, QPoint(0, 0)), panel.size())
        return "", QRect(self._view.mapTo(self._window, QPoint(0, 0)), self._view.size())


class _Dragged:
    """What is dragged: files and folders, a picture without a file, or a chair of the list."""

    def __init__(self, paths: Sequence[Path], chair: Chair | None) -> None:
        self.paths, self.chair = paths, chair
        self._files = [path for path in paths if not is_folder(path)]

    @classmethod
    def of(cls, data: QMimeData, context: AppContext) -> _Dragged | None:
        """Return what data holds; None where nothing can be made of it."""
        key = dragged_key(data)
        if key is not None:
            chair = context.listing.find(*key)
            return None if chair is None else cls((), chair)
        paths = local_files(data)
        return cls(paths, None) if paths or data.hasImage() else None

    def text(self, letter: str) -> str:
        """Return what becomes of it when it is dropped; nothing where that is nothing."""
        if self.chair is not None:
            return f"{self.chair.name} becomes {letter}" if letter else ""
        if not self.paths:
            return "Make a chair of the picture"
        if not self._files:
            one = f"List the chairs of {self.paths[0].name}"
            return one if len(self.paths) == 1 else f"List the chairs of {counted(len(self.paths), 'folder')}"
        name = self._files[0].name
        if is_session_name(self._files[0]):
            return f"Open the session {name}"
        from voxview.pictures.read import is_picture_name

        if any(map(is_picture_name, self._files)):  # these have a dialog of their own, where A or B is chosen
            letter = ""
        if len(self._files) == 1:
            return f"{name} becomes {letter}" if letter else f"Import {name}"
        many = counted(len(self._files), "file")
        return f"Import {many}, the first as {letter}" if letter else f"Import {many}"
