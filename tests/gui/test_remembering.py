"""What the window remembers, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from looking import WAIT_MS, browser, timings, transport, view
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSlider
from pytestqt.qtbot import QtBot

from voxview.gui import theme
from voxview.gui.appearance.feature import AppearanceFeature
from voxview.gui.blend.subplots import BLEND, A, B
from voxview.gui.context.settings import Settings
from voxview.gui.help.dialogs import AboutDialog
from voxview.gui.help.window import HelpWindow
from voxview.gui.window import MainWindow


def test_only_what_differs_from_the_default_is_written(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "voxview.ini")
    settings.remember("theme", "dark")
    settings.remember("loop", True)
    settings.save()
    text = (tmp_path / "voxview.ini").read_text()
    assert "theme=dark" in text and "loop" not in text
    settings.remember("theme", "system")
    settings.save()
    assert "theme" not in (tmp_path / "voxview.ini").read_text()


def test_a_setting_under_its_former_name_counts_until_it_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "voxview.ini"
    file.write_text("[General]\nremove_crumbs=true\n")  # as older versions wrote it
    settings = Settings(file)
    assert settings.flag("remove_small_components")
    settings.remember("remove_small_components", False)
    settings.save()
    assert not Settings(file).flag("remove_small_components")
    assert "remove_crumbs" not in file.read_text()


def test_choices_are_there_again_at_the_next_start(open_window: Callable[..., MainWindow]) -> None:
    first = open_window(start=False, wait=False)
    first.qactions["loop"].setChecked(False)
    transport(first).speed.setCurrentText("2×")
    first.close()
    second = open_window(start=False, wait=False)
    playback = second.context.playback
    assert not playback.loop
    assert (playback.speed, transport(second).speed.currentText()) == (2.0, "2×")


def test_settings_that_make_no_sense_count_as_not_set(
    open_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    (tmp_path / "voxview.ini").write_text(
        "[General]\ntheme=purple\nspeed=17\nloop=maybe\n[layout]\nwindow=@ByteArray(nonsense)\nsplitter=3\n"
    )
    assert open_window(start=False, wait=False).isVisible()


def test_the_theme_changes_at_once_everywhere(window: MainWindow) -> None:
    for name, dark in (("dark", True), ("light", False)):
        window.feature(AppearanceFeature).set_theme(name)
        assert (window.palette().color(QPalette.ColorRole.Window).lightness() < 128) is dark
        assert view(window).scene is not None
        pixels = view(window).scene.pixels()
        assert pixels is not None
        corner = QColor(*(int(x) for x in pixels[2, 2, :3]))
        assert corner == QColor((theme.DARK if dark else theme.LIGHT).scene)


def test_the_tab_key_goes_through_the_window_in_reading_order(unstarted: MainWindow) -> None:
    window = unstarted
    order = []
    widget = browser(window).sources.nextInFocusChain()
    while widget is not None and widget is not browser(window).sources:
        order.append(widget)
        widget = widget.nextInFocusChain()
    wanted = [
        browser(window).search,
        browser(window).view,
        transport(window).speed,
        transport(window).slider,
        transport(window).number,
        timings(window).backends,
        timings(window).measure,
    ]
    places = [order.index(one) for one in wanted]
    assert places == sorted(places)


def test_everything_that_takes_the_keyboard_has_a_name(window: MainWindow) -> None:
    for kind in (QAbstractButton, QComboBox, QSlider, QLineEdit):
        for widget in window.findChildren(kind):
            own = not widget.objectName().startswith("qt_")
            if own and widget.isVisible() and widget.focusPolicy() != widget.focusPolicy().NoFocus:
                text = widget.accessibleName() or getattr(widget, "text", lambda: "")()
                inside_spin_box = widget.parent() is transport(window).number
                assert text or inside_spin_box, f"{widget} says nothing to a screen reader"


def test_help_opens_and_closes(window: MainWindow, qtbot: QtBot) -> None:
    for action, kind in (("about", AboutDialog), ("shortcuts", HelpWindow)):
        window.qactions[action].trigger()
        qtbot.waitUntil(lambda kind=kind: bool(window.findChildren(kind)), timeout=WAIT_MS)
        dialog = window.findChildren(kind)[0]
        if isinstance(dialog, AboutDialog):
            assert "PySide6" in dialog.text.toPlainText() and "OpenGL" in dialog.text.toPlainText()
        dialog.reject()


def test_unlinked_cameras_turn_alone(window: MainWindow) -> None:
    scene = view(window).scene
    assert scene is not None

    def positions() -> list[tuple[float, ...]]:
        return [scene.renderers[place].GetActiveCamera().GetPosition() for place in (A, BLEND, B)]

    def drag_a() -> None:
        QTest.mousePress(scene, Qt.MouseButton.LeftButton, pos=QPoint(60, 100))
        QTest.mouseMove(scene, QPoint(90, 110))
        QTest.mouseRelease(scene, Qt.MouseButton.LeftButton, pos=QPoint(90, 110))

    first = positions()
    drag_a()
    assert len(set(positions())) == 1 and positions() != first
    window.qactions["link_cameras"].setChecked(False)
    drag_a()
    assert positions()[0] != positions()[1] == positions()[2]
    window.qactions["reset_view"].trigger()
    assert positions() == first and len(set(first)) == 1
