"""Preferences count at once, wherever they are changed, and are there at the next start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from looking import WAIT_MS, browser, selection_of, shown_in, transport, view
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from voxview.engine.catalog import cache
from voxview.engine.step import Step
from voxview.gui import theme
from voxview.gui.appearance.feature import AppearanceFeature
from voxview.gui.help.feature import HelpFeature
from voxview.gui.palette.feature import PaletteFeature
from voxview.gui.preferences.dialog import PreferencesDialog
from voxview.gui.preferences.feature import PreferencesFeature
from voxview.gui.widgets import motion
from voxview.gui.widgets.step_bar import StepBar
from voxview.gui.window import MainWindow


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    """Leave locale and motion as they were."""
    before, flash = QLocale(), QApplication.styleHints().cursorFlashTime()
    yield
    QLocale.setDefault(before)
    QApplication.styleHints().setCursorFlashTime(flash)


def opened(window: MainWindow) -> PreferencesDialog:
    """Open the dialog, and return it."""
    window.qactions["preferences"].trigger()
    dialog = window.feature(PreferencesFeature).dialog
    assert dialog is not None
    return dialog


def choose(chooser: object, text: str) -> None:
    """Choose an entry as a person does."""
    place = chooser.findText(text)  # type: ignore[attr-defined]
    assert place >= 0, text
    chooser.setCurrentIndex(place)  # type: ignore[attr-defined]
    chooser.activated.emit(place)  # type: ignore[attr-defined]


def test_what_has_a_menu_is_that_menu_s_both_ways(unstarted: MainWindow) -> None:
    settings = unstarted.context.settings
    dialog = opened(unstarted)
    choose(dialog.choosers["theme"], "Dark")
    assert settings.text("theme") == "dark" and theme.palette() == theme.DARK
    unstarted.feature(AppearanceFeature)._menu.actions()[1].trigger()
    assert dialog.choosers["theme"].currentText() == "Light" and theme.palette() == theme.LIGHT
    choose(dialog.choosers["surface"], "Fine (64³)")
    assert selection_of(unstarted).surface_resolution == 64
    choose(dialog.choosers["start"], "With the first pair")
    assert settings.text("start") == "first"
    dialog.small_pieces.click()
    assert unstarted.qactions["remove_small_components"].isChecked()
    unstarted.qactions["remove_small_components"].trigger()
    assert not dialog.small_pieces.isChecked()
    assert opened(unstarted) is dialog, "a second time it is the same one"
    dialog.keys.click()
    assert unstarted.feature(HelpFeature).keys_dialog is not None
    unstarted.feature(HelpFeature).keys_dialog.reject()
    dialog.reject()


def test_a_start_may_be_empty(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    first = open_window(start=False)
    choose(opened(first).choosers["start"], "Empty: I choose")
    first.close()
    window = open_window(flat=True, wait=False)
    qtbot.waitUntil(lambda: "Choose two chairs" in view(window).pictures.text, timeout=WAIT_MS)
    assert selection_of(window).pair == (None, None) and browser(window).model.rowCount() == 240
    for name, row in (("set_a", 3), ("set_b", 5)):
        browser(window).view.setCurrentIndex(browser(window).model.index(row))
        window.qactions[name].trigger()
    qtbot.waitUntil(lambda: shown_in(window).blend is not None, timeout=WAIT_MS)


def test_numbers_and_motion_are_changed_in_the_dialog_and_by_the_palette(
    unstarted: MainWindow, open_window: Callable[..., MainWindow]
) -> None:
    number, settings = transport(unstarted).number, unstarted.context.settings
    number.setValue(0.25)
    dialog = opened(unstarted)
    choose(dialog.numbers, "With a comma")
    assert number.text() == "0,250" and settings.text("numbers") == "comma"
    by_text = {entry.text: entry for entry in unstarted.feature(PaletteFeature)._entries()}
    by_text["Numbers: With a point"].call()  # type: ignore[misc]
    assert number.text() == "0.250" and dialog.numbers.currentData() == "point"
    choose(dialog.motion, "Reduced")
    assert motion.is_motion_reduced()
    bar = StepBar()
    bar.show_step(Step(0, 0))
    assert bar.maximum() == 1, "a bar that runs to and fro"
    by_text["Motion: Full"].call()  # type: ignore[misc]
    assert not motion.is_motion_reduced() and dialog.motion.currentData() == "full"
    by_text["Numbers: With a comma"].call()  # type: ignore[misc]
    dialog.reject()
    QLocale.setDefault(QLocale.c())
    assert transport(open_window(start=False)).number.text() == "0,500", "as it was left"


@pytest.mark.parametrize(
    ("name", "text", "reduced"),
    [
        ("gtk-3.0/settings.ini", "[Settings]\ngtk-enable-animations=0\n", True),
        ("gtk-4.0/settings.ini", "[Settings]\ngtk-enable-animations = false\n", True),
        ("kdeglobals", "[KDE]\nAnimationDurationFactor=0\n", True),
        ("kdeglobals", "[KDE]\nAnimationDurationFactor=0.5\n", False),
        ("gtk-3.0/settings.ini", "\0\xff not a setting", False),
    ],
)
def test_reduced_motion_of_the_desktop_is_known(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, reduced: bool
) -> None:
    qapp.styleHints().setCursorFlashTime(1000)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert not motion.system_reduces_motion(), "no file says so"
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, encoding="latin-1")
    assert motion.system_reduces_motion() is reduced
    motion.Motion().apply("system")
    assert motion.is_motion_reduced() is reduced


def test_the_cache_is_shown_and_cleared_and_nothing_beside_it(unstarted: MainWindow) -> None:
    folder = cache.cache_folder()
    folder.mkdir()
    (folder / "catalog-1.npz").write_bytes(b"x" * 2_500_000)
    (folder / "catalog-2.npz").write_bytes(b"x" * 500_000)
    (folder / "of-somebody-else.npz").write_bytes(b"x")
    (folder / "catalog-3.npz").symlink_to(folder / "of-somebody-else.npz")
    dialog = opened(unstarted)
    assert dialog.cache.text() == "3.0 MB of 2 catalogs" and str(folder) in dialog.cache.toolTip()
    dialog.clear.click()
    assert dialog.cache.text() == "empty" and not dialog.clear.isEnabled()
    assert "3.0 MB" in unstarted.messages.text
    assert sorted(path.name for path in folder.iterdir()) == ["catalog-3.npz", "of-somebody-else.npz"]
    dialog.reject()
