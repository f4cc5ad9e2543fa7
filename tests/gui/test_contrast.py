"""Everything that is written in the window can be read: the contrast of its colours, computed and sampled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QTabBar, QWidget

from voxview.gui import theme
from voxview.gui.appearance.feature import AppearanceFeature
from voxview.gui.blend.headings import Heading
from voxview.gui.mix.feature import MixFeature
from voxview.gui.window import MainWindow

LEAST = 4.5
"""WCAG 2.1, success criterion 1.4.3: text of the usual size."""
PALETTES = {"light": theme.LIGHT, "dark": theme.DARK}
TEXTS = ("text", "quiet", "bad", "recorded")
BACKGROUNDS = ("window", "base", "raised", "scene")
BAND = 0.22
"""How much of the accent is in a selected row."""


def _luminance(colour: QColor) -> float:
    """Return the relative luminance as WCAG 2.1 defines it."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor | str, other: QColor | str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    low, high = sorted((_luminance(QColor(one)), _luminance(QColor(other))))
    return (high + 0.05) / (low + 0.05)


def _over(top: str, bottom: str, share: float) -> QColor:
    parts = zip(QColor(top).getRgbF()[:3], QColor(bottom).getRgbF()[:3], strict=True)  # type: ignore[index]
    return QColor.fromRgbF(*(share * a + (1 - share) * b for a, b in parts))


def _pairs(palette: theme.Palette) -> Iterator[tuple[str, QColor, QColor]]:
    """Yield what is written on what, as (name, text, background)."""
    for text, background in product(TEXTS, BACKGROUNDS):
        yield (
            f"{text} on {background}",
            QColor(getattr(palette, text)),
            QColor(getattr(palette, background)),
        )
    selected = _over(palette.accent, palette.base, BAND)
    for text in ("text", "quiet"):
        yield f"{text} on line", QColor(getattr(palette, text)), QColor(palette.line)
        yield f"{text} on a selected row", QColor(getattr(palette, text)), selected
    yield "selected text", QColor(palette.on_accent), QColor(palette.accent)
    yield "a link", QColor(palette.accent), QColor(palette.window)
    yield "the banner", QColor(palette.base), QColor(palette.recorded)
    for letter, colour in theme.LETTER_COLOURS.items():
        yield f"letter {letter}", theme.INK, colour


@pytest.mark.parametrize("name", PALETTES)
def test_every_text_of_a_theme_is_4_5_to_1_on_what_it_is_written_on(name: str) -> None:
    low = {what: round(contrast(*pair), 2) for what, *pair in _pairs(PALETTES[name])}
    assert {what: value for what, value in low.items() if value < LEAST} == {}


@pytest.mark.parametrize("name", PALETTES)
def test_what_marks_the_focus_is_3_to_1_beside_what_it_lies_on(name: str) -> None:
    palette = PALETTES[name]
    for background in (*BACKGROUNDS, "line"):
        assert contrast(palette.accent, getattr(palette, background)) >= 3, background


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


def _strongest(image: QImage, room: QRect) -> float:
    """Return the contrast of the most frequent colour in a room with the one that differs most from it."""
    colours: dict[str, int] = {}
    for y, x in product(range(room.top(), room.bottom() + 1), range(room.left(), room.right() + 1)):
        colour = image.pixelColor(x, y).name()
        colours[colour] = colours.get(colour, 0) + 1
    background = max(colours, key=lambda one: colours[one])
    return max(contrast(background, one) for one in colours)


def _written(window: MainWindow) -> Iterator[tuple[str, QWidget, QRect]]:
    """Yield tabs, labels and headings that are visible, with the room of their text."""
    for bar in window.findChildren(QTabBar):
        if bar.isVisible():
            for place in range(bar.count()):
                yield bar.tabText(place), bar, bar.tabRect(place).adjusted(5, 5, -5, -5)
    for label in window.findChildren(QLabel):
        if label.isVisible() and label.text().strip(" –—") and not label.visibleRegion().isEmpty():
            yield label.text(), label, label.visibleRegion().boundingRect()
    for heading in window.findChildren(Heading):
        yield heading.below, heading, heading.rect().adjusted(0, 6, 0, 0)


@pytest.mark.parametrize("name", PALETTES)
def test_what_is_painted_is_as_readable_as_its_palette(
    open_window: Callable[..., MainWindow], name: str
) -> None:
    window = open_window(start=False)
    window.feature(AppearanceFeature).set_theme(name)
    window.qactions[f"show_{window.feature(MixFeature).name}"].trigger()
    QApplication.processEvents()
    assert (window.palette().color(QPalette.ColorRole.Window).lightness() < 128) is (name == "dark")
    image = window.grab().toImage()
    seen = 0
    for text, widget, room in _written(window):
        corner = widget.mapTo(window, QPoint(0, 0))
        strongest = _strongest(image, room.translated(corner).intersected(image.rect()))
        # Edges are smoothed: of small letters no pixel need have all of the text's colour.
        assert strongest >= 0.93 * LEAST, f"{text!r}: {strongest:.2f}"
        seen += 1
    assert seen > 15
