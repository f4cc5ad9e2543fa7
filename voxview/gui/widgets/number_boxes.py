"""Spin boxes that show the keyboard's focus, and read a decimal point or comma, whichever the system has."""

from __future__ import annotations

import re

from PySide6.QtCore import QLocale, QSignalBlocker
from PySide6.QtGui import QPaintEvent, QValidator
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QSpinBox

from voxview.gui.widgets.focus_frame import paint_focus

DECIMAL_SIGNS = {"system": "As the system has them", "point": "With a point", "comma": "With a comma"}
"""What numbers in fields can be written with: the setting's value → what it is called."""
_BEGUN = re.compile(r"[-+]?(\d*)[.]?(\d*)")
_MINUS = "−"


class NumberBox(QSpinBox):
    """Spin box for whole numbers."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it as Qt does, and the focus."""
        super().paintEvent(event)
        paint_focus(self)


class DecimalBox(QDoubleSpinBox):
    """Spin box for numbers with decimals: `0,25` and `0.25` are a quarter, whatever the system's language.

    There are no signs between thousands, so that neither can be taken for one.
    """

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it as Qt does, and the focus."""
        super().paintEvent(event)
        paint_focus(self)

    def textFromValue(self, value: float) -> str:
        """Return the number with all its decimals and the decimal sign that is in use."""
        number = f"{value:.{self.decimals()}f}"
        return number.replace(".", ",") if QLocale().decimalPoint() == "," else number

    def valueFromText(self, text: str) -> float:
        """Return the number of a text that `validate` accepts."""
        return float(_with_point(self._number(text)))

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Return whether a text is a number of the range, or may become one; with it text and cursor."""
        return self._state(text), text, place

    def show_again(self) -> None:
        """Show the number with the decimal sign that is in use now."""
        with QSignalBlocker(self):
            decimals = self.decimals()
            self.setDecimals(decimals + 1)  # the same decimals again would change nothing
            self.setDecimals(decimals)

    def _state(self, text: str) -> QValidator.State:
        if text == self.specialValueText() != "":
            return QValidator.State.Acceptable
        number = _with_point(self._number(text))
        begun = _BEGUN.fullmatch(number)
        if begun is None or len(begun[2]) > self.decimals() or ("." in number and not self.decimals()):
            return QValidator.State.Invalid
        if not begun[1] and not begun[2]:
            return QValidator.State.Intermediate
        value = float(number)
        if self.minimum() <= value <= self.maximum():
            return QValidator.State.Acceptable
        is_beyond = value > max(self.maximum(), 0) or value < min(self.minimum(), 0)
        return QValidator.State.Invalid if is_beyond else QValidator.State.Intermediate

    def _number(self, text: str) -> str:
        """Return a text without what stands before and behind the number."""
        return text.strip().removeprefix(self.prefix()).removesuffix(self.suffix()).strip()


def use_decimal_sign(name: str) -> None:
    """Show numbers in fields with one of `DECIMAL_SIGNS` from now on; both signs are read."""
    point, comma = QLocale.c(), QLocale(QLocale.Language.German, QLocale.Country.Germany)
    QLocale.setDefault({"point": point, "comma": comma}.get(name, QLocale.system()))
    for widget in QApplication.allWidgets():
        if isinstance(widget, DecimalBox):
            widget.show_again()


def _with_point(number: str) -> str:
    return number.replace(",", ".").replace(_MINUS, "-")
