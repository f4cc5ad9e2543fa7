"""Assistive technology: every control has a name and a description, and what is shown is a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from every_dialog import every_dialog
from looking import WAIT_MS, selection_of, shown_in, view
from PySide6.QtCore import QLocale
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QScrollBar,
    QSpinBox,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from typing_numbers import typed
from whole_layout import PAGES, show_page

from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.request import BlendRequest, BlendResult, Position
from voxview.gui import theme
from voxview.gui.parts.part_box import PartBox
from voxview.gui.session.spoken import spoken
from voxview.gui.widgets.number_boxes import DecimalBox, NumberBox
from voxview.gui.widgets.tick_box import TickBox
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.extract import extract_surface

CONTROLS = (
    *(QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, QAbstractItemView, QTabBar),
)


def controls(part: QWidget) -> Iterator[QWidget]:
    """Yield all that a person can use in a part of the window, hidden or not; not the parts of a control."""
    for widget in part.findChildren(QWidget):
        inner = isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QTabBar | QMenu | QLineEdit)
        own = isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_")
        by_keys = widget.focusPolicy() & widget.focusPolicy().TabFocus
        above = widget.parentWidget()
        popup = widget.isWindow() or (above is not None and isinstance(above.parent(), QComboBox))
        if not (inner or own or popup) and (isinstance(widget, CONTROLS) or by_keys):
            yield widget


def text_of(widget: QWidget, kind: QAccessible.Text) -> str:
    """Return what assistive technology gets of a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    own = widget.accessibleName() if kind == QAccessible.Text.Name else widget.accessibleDescription()
    return own or (interface.text(kind) if interface is not None else "")


def nameless(part: QWidget, where: str) -> Iterator[str]:
    """Yield the controls that lack a name or a description."""
    for widget in controls(part):
        name = text_of(widget, QAccessible.Text.Name)
        description = text_of(widget, QAccessible.Text.Description)
        is_standard = isinstance(widget.parent(), QDialogButtonBox)  # Cancel and Close say all there is
        is_empty = isinstance(widget, QAbstractButton) and widget.isHidden() and not widget.text()
        if not is_empty and not (name and (description or is_standard)):
            yield f"{where}: {type(widget).__name__} “{name}” · “{description}”"


@pytest.fixture
def locale_is_put_back() -> Iterator[None]:
    """Leave the process with the locale that it had."""
    before = QLocale()
    yield
    QLocale.setDefault(before)


@pytest.mark.usefixtures("locale_is_put_back")
def test_every_control_has_a_name_and_a_description_and_every_number_field_reads_both_signs(
    unstarted: MainWindow, tmp_path: Path
) -> None:
    for page in PAGES[1:]:
        show_page(unstarted, page)
    unstarted.qactions["first_steps"].trigger()
    dialogs = list(every_dialog(unstarted, tmp_path))
    missing = [line for part in (unstarted, *dialogs) for line in nameless(part, part.windowTitle())]
    assert sorted(set(missing)) == []
    boxes = unstarted.findChildren(QDoubleSpinBox)
    names = {box.accessibleName() for box in boxes}
    assert {"Position between A and B, from 0 to 1", "Level", "Height in the .stl"} <= names
    assert all(isinstance(box, DecimalBox) for box in boxes)
    assert all(isinstance(box, NumberBox) for box in unstarted.findChildren(QSpinBox))
    ticks = [box for box in QApplication.allWidgets() if isinstance(box, QCheckBox)]
    assert [box.text() for box in ticks if not isinstance(box, TickBox | PartBox)] == [], (
        "a plain one's square is not seen in the dark"
    )
    for language in ("de_DE", "en_US"):
        QLocale.setDefault(QLocale(language))
        for box in boxes:
            box.parentWidget().setEnabled(True)
            box.setEnabled(True)
            box.setRange(0, 1000)
            box.setDecimals(3)
            for text, value in (("0,25", 0.25), ("0.5", 0.5), ("12,125", 12.125)):
                assert typed(box, text) == value, f"{box.accessibleName()}: {text} in {language}"
    for dialog in dialogs:
        dialog.reject()


def test_a_sentence_says_what_is_shown_once_it_rests(flat: MainWindow, qtbot: QtBot) -> None:
    view_, a, b = view(flat), *(chair.name for chair in selection_of(flat).pair if chair is not None)
    qtbot.waitUntil(lambda: shown_in(flat).quality is not None, timeout=WAIT_MS)
    begin = f"Half-way between chair A, {a}, and chair B, {b}: in "
    qtbot.waitUntil(lambda: view_.accessibleDescription().startswith(begin), timeout=WAIT_MS)
    said = view_.accessibleDescription()
    assert "piece" in said and "% symmetric" in said and ". A IoU 0." in said
    assert text_of(view_, QAccessible.Text.Description) == said
    # While one slides it is left alone; once that rests it is of the new place.
    for step in range(51, 61):
        selection_of(flat).move(Position.at_step(step))
        assert view_.accessibleDescription() == said
    qtbot.waitUntil(lambda: view_.accessibleDescription().startswith("60 % of the way"), timeout=WAIT_MS)


def test_what_is_said_of_the_ends_and_of_what_is_no_blend() -> None:
    a, b = sample_catalog()[:2]
    grid = a.read()
    field, surface = grid.astype(np.float32), extract_surface(grid)

    def said(t: float) -> str:
        result = BlendResult(BlendRequest(a, b, t), field, surface, {}, "cpu", decoded_ahead=True)
        return spoken(result, a.name, b.name, None, None)

    between = f"between chair A, {a.name}, and chair B, {b.name}."
    assert said(0) == f"At A, which is at one end, {between}" and said(1).startswith("At B")
    assert said(0.335) == f"33.5 % of the way {between}"
    request = MixRequest((a, b), (0.5, 0.5))
    mix = MixResult.__new__(MixResult)
    object.__setattr__(mix, "request", request)
    assert spoken(mix, a.name, b.name, None, None).startswith(f"Mix of 2 of {a.name}, {b.name}, between")


SEEN_WITH = {
    "normal vision": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""Linear RGB → what is seen of it (Machado, Oliveira and Fernandes 2009, severity 1)."""
_XYZ = np.array(((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)))


def lab(colour: QColor, vision: str) -> np.ndarray:
    """Return CIE L*a*b* of a colour as it is seen with a colour vision."""
    srgb = np.array(colour.getRgbF()[:3])  # type: ignore[index]
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = _XYZ @ np.clip(np.array(SEEN_WITH[vision]) @ linear, 0, 1) / (0.9505, 1, 1.089)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array((116 * y - 16, 500 * (x - y), 200 * (y - z)))


@pytest.mark.parametrize("vision", SEEN_WITH)
def test_a_the_blend_and_b_are_told_apart_with_every_colour_vision(vision: str) -> None:
    """A difference of 10 is seen at a glance (CIE 1976)."""
    colours = {"A": theme.AMBER, "blend": theme.blend_colour(0.5), "B": theme.BLUE}
    for (one, first), (other, second) in combinations(colours.items(), 2):
        assert np.linalg.norm(lab(first, vision) - lab(second, vision)) > 20, f"{one} and {other}"


def test_a_and_b_are_told_apart_without_any_colour(unstarted: MainWindow) -> None:
    headings = view(unstarted).headings
    assert [one.title.split()[0] for one in (headings.a, headings.blend, headings.b)] == ["A", "Blend", "B"]
    assert [unstarted.qactions[f"set_{letter}"].text().replace("&", "") for letter in "ab"] == [
        "Set A",
        "Set B",
    ]
