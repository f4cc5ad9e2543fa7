"""Colours, palettes and icons: the one place that knows how VoxView looks, light and dark."""

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
class Tones:
    """The few colours a theme is made of."""

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


LIGHT = Tones(
    window="#F3F3F1",
    base="#FFFFFF",
    raised="#FBFBFA",
    line="#D5D5D1",
    text="#23252A",
    quiet="#62666E",
    scene="#E9EAE9",
    shadow="#CDCFD0",
    accent="#2F6F9F",
    bad="#B3402E",
    recorded="#7B4B94",
)
DARK = Tones(
    window="#26282C",
    base="#1D1F22",
    raised="#303338",
    line="#3E4248",
    text="#E4E5E7",
    quiet="#A3A8B0",
    scene="#1B1D20",
    shadow="#0F1012",
    accent="#4F8FC0",
    bad="#E0705C",
    recorded="#C9A3DC",
)


def blend_colour(t: float) -> QColor:
    """The blend's colour at t: amber at 0, blue at 1, a sage green between them."""
    start, end, part = (AMBER, _BETWEEN, 2 * t) if t <= 0.5 else (_BETWEEN, BLUE, 2 * t - 1)
    return QColor.fromRgbF(
        *(
            (1 - part) * a + part * b
            for a, b in zip(start.getRgbF()[:3], end.getRgbF()[:3], strict=True)  # type: ignore[index]
        )
    )


def tones() -> Tones:
    """The tones of the theme in use."""
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
    app.setPalette(_palette(chosen))
    app.setStyleSheet(_style_sheet(chosen))


def small_font(widget: QWidget) -> QFont:
    """The widget's font for secondary text."""
    font = QFont(widget.font())
    font.setPointSizeF(max(7.5, font.pointSizeF() * 0.86))
    return font


def strong_font(widget: QWidget) -> QFont:
    """The widget's font for headings."""
    font = QFont(widget.font())
    font.setWeight(QFont.Weight.DemiBold)
    return font


def icon(name: str) -> QIcon:
    """An icon of `assets/icons`, drawn in the theme's text colour; empty where the file is missing."""
    return _icon(name, tones())


@cache
def _icon(name: str, tone: Tones) -> QIcon:
    try:
        source = asset("icons", f"{name}.svg").read_text(encoding="utf-8")
    except (OSError, VoxViewError):
        return QIcon()  # a button with a text and no picture still works
    result = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, tone.text), (QIcon.Mode.Disabled, tone.line)):
        svg = source.replace("currentColor", colour).encode()
        for size in (20, 40):
            result.addPixmap(_rendered(svg, size), mode)
    return result


def app_icon() -> QIcon:
    """The program's own icon."""
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


def _palette(tone: Tones) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: tone.window,
        role.WindowText: tone.text,
        role.Base: tone.base,
        role.AlternateBase: tone.window,
        role.Text: tone.text,
        role.Button: tone.raised,
        role.ButtonText: tone.text,
        role.BrightText: tone.bad,
        role.ToolTipBase: tone.raised,
        role.ToolTipText: tone.text,
        role.PlaceholderText: tone.quiet,
        role.Highlight: tone.accent,
        role.HighlightedText: "#FFFFFF",
        role.Link: tone.accent,
        role.Mid: tone.line,
        role.Accent: tone.accent,
    }
    palette = QPalette(QColor(tone.raised), QColor(tone.window))
    for name, colour in colours.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        faded = QColor(tone.quiet)
        faded.setAlphaF(0.6)
        palette.setColor(QPalette.ColorGroup.Disabled, name, faded)
    return palette


def _style_sheet(tone: Tones) -> str:
    return f"""
    QMainWindow::separator {{ background: {tone.line}; width: 1px; height: 1px; }}
    QSplitter::handle {{ background: {tone.line}; }}
    QMenuBar {{ background: {tone.window}; border-bottom: 1px solid {tone.line}; }}
    QMenuBar::item {{ padding: 5px 9px; background: transparent; }}
    QMenuBar::item:selected {{ background: {tone.raised}; }}
    QStatusBar {{ border-top: 1px solid {tone.line}; }}
    QStatusBar::item {{ border: none; }}
    QToolTip {{ background: {tone.raised}; color: {tone.text}; border: 1px solid {tone.line}; padding: 4px; }}
    QListView {{ background: {tone.base}; border: none; border-top: 1px solid {tone.line}; outline: none; }}
    QScrollArea {{ border: none; }}
    QTableView {{ background: {tone.base}; border: 1px solid {tone.line}; border-radius: 4px;
                  selection-background-color: {tone.line}; selection-color: {tone.text}; }}
    QTableView QHeaderView {{ background: transparent; }}
    QHeaderView::section {{ background: {tone.raised}; color: {tone.quiet}; border: none;
                            border-bottom: 1px solid {tone.line}; padding: 3px 2px; }}
    QTableView::item {{ padding: 0 2px; }}
    QLineEdit {{ background: {tone.base}; border: 1px solid {tone.line}; border-radius: 4px; padding: 4px 6px;
                 selection-background-color: {tone.accent}; }}
    QLineEdit:focus {{ border-color: {tone.accent}; }}
    QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 4px;
                   padding: 4px; }}
    QToolButton:hover {{ background: {tone.raised}; border-color: {tone.line}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {tone.raised}; border-color: {tone.line}; }}
    QToolButton:checked {{ border-color: {tone.accent}; }}
    QToolButton:focus {{ border-color: {tone.accent}; }}
    QPushButton {{ background: {tone.raised}; border: 1px solid {tone.line}; border-radius: 4px;
                   padding: 4px 10px; }}
    QPushButton:hover {{ border-color: {tone.quiet}; }}
    QPushButton:pressed {{ background: {tone.window}; }}
    QPushButton:focus, QPushButton:default {{ border-color: {tone.accent}; }}
    QPushButton:disabled {{ color: {tone.quiet}; background: {tone.window}; }}
    QTabBar {{ background: {tone.line}; border-radius: 5px; }}
    QTabBar::tab {{ background: transparent; color: {tone.quiet}; padding: 4px 8px; margin: 1px;
                    border: 1px solid transparent; border-radius: 4px; }}
    QTabBar::tab:hover {{ color: {tone.text}; }}
    QTabBar::tab:selected {{ background: {tone.base}; color: {tone.text}; }}
    QTabBar::tab:selected:focus {{ border-color: {tone.accent}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {tone.line}; border-radius: 3px; margin: 2px;
                                    min-height: 28px; }}
    QScrollBar::handle:vertical:hover {{ background: {tone.quiet}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QProgressBar {{ background: {tone.line}; border: none; border-radius: 2px; }}
    QProgressBar::chunk {{ background: {tone.accent}; border-radius: 2px; }}
    """
