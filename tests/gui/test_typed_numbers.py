"""`0,25` and `0.25` are a quarter in every field that takes numbers, whatever the system's language."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QValidator
from pytestqt.qtbot import QtBot
from typing_numbers import typed

from voxview.cli.options import decimal
from voxview.gui.files.export_choice import typed_ts
from voxview.gui.widgets.number_boxes import DecimalBox, use_decimal_sign

GUI = Path(__file__).parents[2] / "voxview" / "gui"


@pytest.fixture(autouse=True)
def locale_is_put_back() -> Iterator[None]:
    """Leave the process with the locale that it had."""
    before = QLocale()
    yield
    QLocale.setDefault(before)


def test_no_other_widget_takes_numbers() -> None:
    own = "number_boxes.py"
    for path in GUI.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        made = [f"{kind}(" for kind in ("QDoubleSpinBox", "QSpinBox", "QDoubleValidator", "QInputDialog")]
        assert path.name == own or not any(f" {one}" in text for one in made), path


def test_the_sign_is_the_one_that_was_chosen_and_no_number_is_mistaken(qtbot: QtBot) -> None:
    box = DecimalBox(minimum=-5, maximum=1500, decimals=2)
    qtbot.addWidget(box)
    box.setValue(1250.5)
    for sign, text in (("comma", "1250,50"), ("point", "1250.50")):
        use_decimal_sign(sign)
        assert box.text() == text and box.value() == 1250.5
    # There are no thousands: what could be one is refused while it is typed, or read as a decimal.
    assert typed(box, "1.250,5") == 1.25
    assert typed(box, "2,5,7") == 2.57
    assert box.validate("−1,5", 0)[0] == box.validate("-1.5", 0)[0] == QValidator.State.Acceptable
    assert box.valueFromText("−1,5") == box.valueFromText("-1.5") == -1.5, "as a web page has it"
    assert typed(box, "9999") == 999 and typed(box, "") == 999
    box.setSuffix(" mm")
    assert typed(box, "80,5") == 80.5 and box.text() == "80.50 mm"


def test_a_list_of_t_s_may_have_commas_of_both_kinds() -> None:
    quarters = [0.25, 0.5]
    for text in ("0.25, 0.5", "0.25,0.5", "0.25 0.5", "0,25; 0,5", "0,25 0,5", "0,25, 0,5", ",0,25;0,5,"):
        assert typed_ts(text) == quarters, text
    assert typed_ts("0,25") == [0.25] and typed_ts("0,5") == [0.5]
    assert typed_ts("0,1") == [0, 1] == typed_ts("0, 1") == typed_ts("0;1"), "two t's, as ever"
    with pytest.raises(ValueError, match="float"):
        typed_ts("0.25 half")


def test_options_of_the_command_line_read_both_signs() -> None:
    assert decimal("0,25") == decimal("0.25") == 0.25 and decimal("-1,5") == -1.5
    for text in ("1.000,5", "1,000,5", "a half", ""):
        with pytest.raises(argparse.ArgumentTypeError, match=r"type it as 0\.25"):
            decimal(text)
