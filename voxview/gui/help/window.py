"""The help window: pages, a search through all of them, and links that do what they are about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShortcut,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from voxview.gui import theme
from voxview.gui.context.actions import ActionSpec
from voxview.gui.help.contents import PICTURES, HelpPage, Hit, help_pages, search
from voxview.gui.widgets.buttons import never_default

_SIZE = QSize(900, 640)
_LIST_WIDTH = 230
_FITTED_AFTER_MS = 150
"""After the window's last change of size until pictures are as wide as there is room for."""
_FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class HelpText(QTextBrowser):
    """Shows Markdown without HTML; of files it opens the pictures of the help, and nothing else."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say that pictures have another room."""
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and a frame around the link that Tab went to: Qt's own is a line of dots."""
        super().paintEvent(event)
        cursor = self.textCursor()
        if not (self.hasFocus() and cursor.hasSelection() and cursor.charFormat().isAnchor()):
            return
        start, end = QTextCursor(cursor), QTextCursor(cursor)
        start.setPosition(cursor.selectionStart())
        end.setPosition(cursor.selectionEnd())
        first, last = self.cursorRect(start), self.cursorRect(end)
        if last.top() > first.top():  # it goes on in another line
            last = QRect(self.viewport().width(), first.top(), 0, first.height())
        painter = QPainter(self.viewport())
        painter.setPen(QPen(QColor(theme.palette().accent), 2))
        painter.drawRect(first.united(last).adjusted(-1, 0, 1, 0))

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Return a picture of the help by its name alone, as wide as there is room for."""
        image = QImage(str(PICTURES / QUrl(name).fileName()))
        if image.isNull():
            return None
        room = round(max(120, self.viewport().width() - 4 * theme.GAP) * self.devicePixelRatioF())
        if image.width() > room:
            image = image.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
            image.setDevicePixelRatio(self.devicePixelRatioF())
        return image


class SearchField(QLineEdit):
    """Line edit whose arrows are for the list below it."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on what is for the list."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if steps is not None:
            self.moved.emit(steps)
        else:
            super().keyPressEvent(event)


class HelpWindow(QDialog):
    """Window beside the program, which can be used meanwhile."""

    action_wanted = Signal(str)
    """The name of an action whose link was chosen."""

    def __init__(self, specs: Sequence[ActionSpec], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Help")
        self.pages = help_pages(specs)
        self._by_name = {page.name: page for page in self.pages}
        self._past: list[str] = []
        self._is_searching = False
        """Whether a page was left for what was found: what comes while one types is no page to go back to."""
        self.page = self.pages[0]
        self._make_parts()
        self._lay_out()
        self._find()
        self.apply_theme()
        self.search.setFocus()

    def show_actions(self, specs: Sequence[ActionSpec]) -> None:
        """Take the actions as they are now: keys may have changed."""
        self.pages = help_pages(specs)
        self._by_name = {page.name: page for page in self.pages}
        self._show(self._by_name.get(self.page.name, self.pages[0]))

    def go_to(self, name: str) -> None:
        """Show a page, and remember the one before."""
        page = self._by_name.get(name)
        if page is not None and page.name != self.page.name:
            if self.isVisible():  # else nobody saw the one before
                self._past.append(self.page.name)
            self._show(page)
        self._mark_page()

    def go_back(self) -> None:
        """Show the page before."""
        if self._past:
            self._show(self._by_name[self._past.pop()])
            self._mark_page()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self._show(self.page)

    # ---- inside ---------------------------------------------------------------------------------

    def _make_parts(self) -> None:
        self.search = SearchField(placeholderText="Search the help", clearButtonEnabled=True)
        self.search.setAccessibleName("Search the help")
        self.search.setToolTip("Pages in which all of these words are; ↓ ↑ go through them (Ctrl+F)")
        self.list = QListWidget()
        self.list.setAccessibleName("Help pages")
        self.list.setToolTip("Pages, or where the words of the search were found")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text = HelpText(openLinks=False, openExternalLinks=False)
        self.text.setAccessibleName("Help page")
        self.text.document().setDocumentMargin(2 * theme.GAP)
        self.text.setToolTip("Tab goes from link to link, Enter does what one is about")
        self.back = QPushButton("&Back")
        self.back.setToolTip("The page before (Alt+Left)")
        self.close_button = QPushButton("Close")
        self.close_button.setToolTip("Close the help (Esc)")
        for button in (self.back, self.close_button):
            never_default(button)
        self.search.textChanged.connect(self._find)
        self.search.moved.connect(self._move)
        self.list.currentItemChanged.connect(lambda *_: self._take_current())
        self.text.anchorClicked.connect(self._open_link)
        self._fit = QTimer(self, singleShot=True, interval=_FITTED_AFTER_MS)
        self._fit.timeout.connect(self._fit_pictures)
        self.text.resized.connect(self._fit.start)
        self.back.clicked.connect(self.go_back)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence("Alt+Left"), self, self.go_back)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)

    def _fit_pictures(self) -> None:
        if "](pictures/" in self.page.text:
            bar, cursor = self.text.verticalScrollBar(), self.text.textCursor()
            place, start, end = bar.value(), cursor.anchor(), cursor.position()
            self._show(self.page)
            cursor = self.text.textCursor()  # what was found stays selected
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            self.text.setTextCursor(cursor)
            bar.setValue(place)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=theme.GAP)
        split.addWidget(left)
        split.addWidget(self.text)
        split.setStretchFactor(1, 1)
        split.setSizes([_LIST_WIDTH, _SIZE.width() - _LIST_WIDTH])
        split.setStyleSheet("QSplitter::handle { background: transparent; }")
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addStretch(1)
        row.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[theme.GAP] * 4)
        rows.setSpacing(theme.GAP)
        rows.addWidget(split, 1)
        rows.addLayout(row)
        screen = self.screen().availableSize()
        self.resize(_SIZE.boundedTo(QSize(screen.width() - 40, screen.height() - 60)))

    def _find(self) -> None:
        """List the pages, or those in which the typed words are, and show the first."""
        typed = self.search.text().strip()
        hits = search(self.pages, typed) if typed else [Hit(page, "", "") for page in self.pages]
        self.list.blockSignals(True)
        self.list.clear()
        for hit in hits:
            item = QListWidgetItem(self._line(hit, typed))
            item.setData(Qt.ItemDataRole.UserRole, hit)
            self.list.addItem(item)
        self.list.blockSignals(False)
        if not hits:
            item = QListWidgetItem("Nothing fits: try fewer words")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        elif typed:
            self.list.setCurrentRow(0)
        else:
            self._is_searching = False
            self._mark_page()

    def _line(self, hit: Hit, typed: str) -> str:
        """Return a page's title, and below it where the words are."""
        found = hit.heading if hit.heading and not hit.passage else hit.passage
        if not found:
            return hit.page.title
        at = found.lower().find(typed.lower().split()[0])
        start = max(0, at - 24)
        cut = ("…" if start else "") + found[start:]
        room = 2 * (_LIST_WIDTH - 4 * theme.GAP)
        metrics = QFontMetrics(self.list.font())
        return f"{hit.page.title}\n{metrics.elidedText(cut, Qt.TextElideMode.ElideRight, room)}"

    def _mark_page(self) -> None:
        """Select the page that is shown in the list, where it is there."""
        for row in range(self.list.count()):
            hit = self.list.item(row).data(Qt.ItemDataRole.UserRole)
            if hit is not None and hit.page.name == self.page.name:
                self.list.blockSignals(True)
                self.list.setCurrentRow(row)
                self.list.blockSignals(False)
                return

    def _move(self, rows: int) -> None:
        row = min(max(self.list.currentRow() + rows, 0), self.list.count() - 1)
        self.list.setCurrentRow(row)

    def _take_current(self) -> None:
        """Show the page of the current row, and in it what was found."""
        item = self.list.currentItem()
        hit = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if hit is None:
            return
        if hit.page.name != self.page.name:
            if not self._is_searching:
                self._past.append(self.page.name)
            self._is_searching = bool(self.search.text().strip())
            self._show(hit.page)
        self._go_to_words(hit)

    def _show(self, page: HelpPage) -> None:
        self.page = page
        self.text.document().setMarkdown(page.text, _FEATURES)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.back.setEnabled(bool(self._past))

    def _go_to_words(self, hit: Hit) -> None:
        words = self.search.text().split()
        if not words:
            return
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        if hit.heading:
            self.text.find(hit.heading)
        elif not self.text.find(self.search.text().strip()):
            self.text.find(words[0])
        self.text.ensureCursorVisible()

    def _open_link(self, link: QUrl) -> None:
        """Do what a link is about; one to anywhere outside of the help does nothing."""
        if link.scheme() == "action":
            self.action_wanted.emit(link.path())
        elif link.fileName().endswith(".md"):
            self.search.clear()
            self.go_to(link.fileName().removesuffix(".md"))
