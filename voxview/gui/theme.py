"""Colours, palettes and icons, light and dark, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from voxview.errors import VoxViewError
from voxview.resources import asset

AMBER = QColor("#E0A458")
"""Chair A."""
BLUE = QColor("#4F8FC0")
"""Chair B."""
LETTER_COLOURS = {"A": AMBER, "B": BLUE}
INK = QColor("#15171A")
"""Text that is dark enough on every colour of a chair."""
LEVEL_LINE = QColor("#D81B60")
"""Where the values of a slice cross 0.5: on none of the colours of probabilities is it lost."""
_BETWEEN = QColor("#9DB58C")
"""The colour halfway. Amber and blue are nearly complementary, so a straight mixture would be grey."""

GAP = 8
"""Pixels between things; margins are multiples of it."""

THEMES = ("system", "light", "dark")

_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


@dataclass(frozen=True)
class Palette:
    """Colours of a theme.

    `text`, `quiet`, `bad` and `recorded` are read on `window`, `base`, `raised` and `scene`, `text` and
    `quiet` on `line` and on rows in the accent too: each with a contrast of 4.5 to 1 at least (WCAG 2.1).
    """

    window: str
    base: str
    raised: str
    line: str
    text: str
    quiet: str
    scene: str
    shadow: str
    accent: str
    bad: str
    recorded: str
    """What was measured on another machine."""
    on_accent: str
    """Text on the accent."""


LIGHT = Palette(
    window="#F3F3F1",
    base="#FFFFFF",
    raised="#FBFBFA",
    line="#D5D5D1",
    text="#23252A",
    quiet="#565A62",
    scene="#E9EAE9",
    shadow="#9A9EA2",
    accent="#2B6896",
    bad="#A83A29",
    recorded="#7B4B94",
    on_accent="#FFFFFF",
)
DARK = Palette(
    window="#26282C",
    base="#1D1F22",
    raised="#303338",
    line="#3E4248",
    text="#E4E5E7",
    quiet="#ABB0B8",
    scene="#1B1D20",
    shadow="#07080A",
    accent="#6CAAD9",
    bad="#EC8B79",
    recorded="#C9A3DC",
    on_accent="#15171A",
)


def blend_colour(t: float) -> QColor:
    """Return the blend's colour at t: amber at 0, blue at 1, a sage green between them."""
    start, end, part = (AMBER, _BETWEEN, 2 * t) if t <= 0.5 else (_BETWEEN, BLUE, 2 * t - 1)
    return QColor.fromRgbF(
        *(
            (1 - part) * a + part * b
            for a, b in zip(start.getRgbF()[:3], end.getRgbF()[:3], strict=True)  # type: ignore[index]
        )
    )


def palette() -> Palette:
    """Return the palette of the theme in use."""
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 128 else LIGHT


def apply_theme(choice: str) -> None:
    """Use "system", "light" or "dark" for the whole program, at once."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    hints = QGuiApplication.styleHints()
    hints.setColorScheme(_SCHEMES.get(choice, Qt.ColorScheme.Unknown))
    dark = hints.colorScheme() == Qt.ColorScheme.Dark if choice == "system" else choice == "dark"
    chosen = DARK if dark else LIGHT
    app.setPalette(_qt_palette(chosen))
    sheet = _style_sheet(chosen)
    if app.styleSheet() != sheet:  # to set one polishes every widget anew: 0.14 s of a window
        app.setStyleSheet(sheet)


def small_font(widget: QWidget) -> QFont:
    """Return the widget's font for secondary text."""
    font = QFont(widget.font())
    font.setPointSizeF(max(7.5, font.pointSizeF() * 0.86))
    return font


def strong_font(widget: QWidget) -> QFont:
    """Return the widget's font for headings."""
    font = QFont(widget.font())
    font.setWeight(QFont.Weight.DemiBold)
    return font


def icon(name: str) -> QIcon:
    """Return an icon of `assets/icons` in the theme's text colour; empty where the file is missing."""
    return _icon(name, palette())


@cache
def _icon(name: str, palette: Palette) -> QIcon:
    try:
        source = asset("icons", f"{name}.svg").read_text(encoding="utf-8")
    except (OSError, VoxViewError):
        return QIcon()  # a button with a text and no picture still works
    result = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, palette.text), (QIcon.Mode.Disabled, palette.line)):
        svg = source.replace("currentColor", colour).encode()
        for size in (20, 40):
            result.addPixmap(_rendered(svg, size), mode)
    return result


def app_icon() -> QIcon:
    """Return the program's own icon."""
    try:
        return QIcon(str(asset("icons", "voxview.png")))
    except VoxViewError:
        return QIcon()


def _rendered(svg: bytes, size: int) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg)).render(painter)
    painter.end()
    return pixmap


def _qt_palette(palette: Palette) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: palette.window,
        role.WindowText: palette.text,
        role.Base: palette.base,
        role.AlternateBase: palette.window,
        role.Text: palette.text,
        role.Button: palette.raised,
        role.ButtonText: palette.text,
        role.BrightText: palette.bad,
        role.ToolTipBase: palette.raised,
        role.ToolTipText: palette.text,
        role.PlaceholderText: palette.quiet,
        role.Highlight: palette.accent,
        role.HighlightedText: palette.on_accent,
        role.Link: palette.accent,
        role.Mid: palette.line,
        role.Accent: palette.accent,
    }
    qt_palette = QPalette(QColor(palette.raised), QColor(palette.window))
    for name, colour in colours.items():
        qt_palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        faded = QColor(palette.quiet)
        faded.setAlphaF(0.6)
        qt_palette.setColor(QPalette.ColorGroup.Disabled, name, faded)
    return qt_palette


def _style_sheet(p: Palette) -> str:
    return f"""
    QMainWindow::separator {{ background: {p.line}; width: 1px; height: 1px; }}
    QSplitter::handle {{ background: {p.line}; }}
    QMenuBar {{ background: {p.window}; border-bottom: 1px solid {p.line}; }}
    QMenuBar::item {{ padding: 5px 9px; background: transparent; }}
    QMenuBar::item:selected {{ background: {p.raised}; }}
    QStatusBar {{ border-top: 1px solid {p.line}; }}
    QStatusBar::item {{ border: none; }}
    QToolTip {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; padding: 4px; }}
    QListView {{ background: {p.base}; border: 1px solid transparent; border-top-color: {p.line};
                 outline: none; }}
    QListView:focus {{ border-color: {p.accent}; }}
    QScrollArea {{ border: 1px solid transparent; }}
    QScrollArea:focus {{ border-color: {p.accent}; }}
    QTableView, QTreeView {{ background: {p.base}; border: 1px solid {p.line}; border-radius: 4px;
                             selection-background-color: {p.line}; selection-color: {p.text}; }}
    QTableView:focus, QTreeView:focus {{ border-color: {p.accent}; }}
    QTreeView::item {{ padding: 2px 0; }}
    QTableView QHeaderView, QTreeView QHeaderView {{ background: transparent; }}
    QHeaderView::section {{ background: {p.raised}; color: {p.quiet}; border: none;
                            border-bottom: 1px solid {p.line}; padding: 3px 2px; }}
    QTableView::item {{ padding: 0 2px; }}
    QLineEdit {{ background: {p.base}; border: 1px solid {p.line}; border-radius: 4px; padding: 4px 6px;
                 selection-background-color: {p.accent}; }}
    QPlainTextEdit, QTextBrowser {{ background: {p.base}; border: 1px solid {p.line}; border-radius: 4px; }}
    QPlainTextEdit:focus, QTextBrowser:focus {{ border-color: {p.accent}; }}
    QLineEdit:focus {{ border: 2px solid {p.accent}; padding: 3px 5px; }}
    QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 4px;
                   padding: 4px; }}
    QToolButton:hover {{ background: {p.raised}; border-color: {p.line}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {p.line}; border-color: {p.quiet}; }}
    QToolButton:focus {{ border: 2px solid {p.accent}; padding: 3px; }}
    QPushButton {{ background: {p.raised}; border: 1px solid {p.line}; border-radius: 4px;
                   padding: 4px 10px; }}
    QPushButton:hover {{ border-color: {p.quiet}; }}
    QPushButton:pressed {{ background: {p.window}; }}
    QPushButton:default {{ border-color: {p.accent}; }}
    QPushButton:focus {{ border: 2px solid {p.accent}; padding: 3px 9px; }}
    QPushButton:disabled {{ color: {p.quiet}; background: {p.window}; }}
    QTabBar {{ background: {p.line}; border-radius: 5px; }}
    QTabBar::tab {{ background: transparent; color: {p.text}; padding: 4px 6px; margin: 1px;
                    border: 1px solid transparent; border-radius: 4px; }}
    QTabBar::tab:hover {{ background: {p.raised}; }}
    QTabBar::tab:selected {{ background: {p.base}; }}
    QTabBar::tab:selected:focus {{ border-color: {p.accent}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {p.line}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {p.quiet}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QProgressBar {{ background: {p.line}; border: none; border-radius: 2px; }}
    QProgressBar::chunk {{ background: {p.accent}; border-radius: 2px; }}
    """
