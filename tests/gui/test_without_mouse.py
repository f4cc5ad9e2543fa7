"""An hour without the mouse: each kind of wall that somebody met then, and that is none any more."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from looking import WAIT_MS, browser
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMenuBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from whole_layout import show_page

from voxview.engine.events import TaskCancelled
from voxview.gui.context.settings import Settings
from voxview.gui.help.feature import HelpFeature
from voxview.gui.help.window import HelpText
from voxview.gui.latent.feature import LatentFeature
from voxview.gui.map.view import MapView
from voxview.gui.mix.controller import MixController
from voxview.gui.mix.feature import MixFeature
from voxview.gui.palette.also import ALSO
from voxview.gui.palette.feature import PaletteFeature
from voxview.gui.palette.finder import ChairSearch, find
from voxview.gui.points.dialog import PointsDialog
from voxview.gui.points.encoders import Choice
from voxview.gui.points.reading import EngineReader, PointsReading
from voxview.gui.preferences.feature import PreferencesFeature
from voxview.gui.session.engine_client import EngineClient
from voxview.gui.session.session import Session
from voxview.gui.session.tasks import Tasks
from voxview.gui.train import training
from voxview.gui.train.dialog import TrainDialog
from voxview.gui.train.feature import TrainFeature
from voxview.gui.window import MainWindow
from voxview.training.child.log import RunLog
from voxview.training.child.run import RunState, RunStatus

_WORDS = {
    "settings": "preferences",
    "video": "export_blend",
    "print": "export_blend",
    "rotate": "turn_left",
    "zoom": "closer",
    "load": "open_folder",
    "learn": "train",
    "tutorial": "tour",
    "photo": "import_shape",
    "exit": "quit",
}
"""What somebody types who comes from another program → what is meant."""


@pytest.fixture
def window(unstarted: MainWindow) -> MainWindow:
    """Return a window before it has an engine: nothing here needs one."""
    return unstarted


def focused() -> QWidget:
    """Return what has the focus."""
    at = QApplication.focusWidget()
    assert at is not None, "nothing has the focus"
    return at


def default_of(dialog: QWidget) -> list[str]:
    """Return the texts of the buttons that Enter would press."""
    return [button.text() for button in dialog.findChildren(QPushButton) if button.isDefault()]


def test_enter_presses_a_button_and_space_is_left_to_one_that_came_later(
    window: MainWindow, qtbot: QtBot
) -> None:
    playback = window.context.playback
    show_page(window, "mix")
    mix = window.feature(MixFeature).controller
    assert isinstance(mix, MixController)
    page = mix.panel.weights
    mix.panel.switch.setCurrentIndex(1)
    count = len(page.rows)
    window.context.listing.select(window.context.listing.chairs[40:41])
    page.add.setFocus()
    QTest.keyClick(page.add, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.rows) == count + 1, timeout=WAIT_MS)
    page.rows[-1].remove.setFocus()
    QTest.keyClick(page.rows[-1].remove, Qt.Key.Key_Space)  # it would have played
    assert len(page.rows) == count and not playback.playing
    chooser = window.findChild(QComboBox)
    assert chooser is not None
    chooser.setFocus()
    cameras = window.context.session.views.cameras
    QTest.keyClick(chooser, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert chooser.view().isVisible() and window.context.session.views.cameras == cameras
    chooser.hidePopup()
    attributes = mix.panel.attributes
    # What could not be learnt is learnt on request.
    mix._task = 7
    mix._end(7)  # it was cancelled
    assert "Reset" in attributes.note.text()
    wanted: list[bool] = []
    attributes.learning_wanted.connect(lambda: wanted.append(True))
    attributes.reset.click()
    assert wanted == [True]


def test_cameras_turn_by_keys_escape_clears_the_search_and_undo_in_a_number_field_is_of_the_steps(
    window: MainWindow,
) -> None:
    views = window.context.session.views
    first = views.cameras
    alt, ctrl = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(focused(), Qt.Key.Key_Right, alt)
    assert views.cameras[1].azimuth == pytest.approx(first[1].azimuth + 15)
    QTest.keyClick(focused(), Qt.Key.Key_Down, alt)
    assert views.cameras[0].elevation == pytest.approx(first[0].elevation + 15), "seen from above"
    QTest.keyClick(focused(), Qt.Key.Key_Plus, ctrl)
    assert views.cameras[2].distance == pytest.approx(first[2].distance / 1.25)
    for key, modifiers in ((Qt.Key.Key_Minus, ctrl), (Qt.Key.Key_Up, alt), (Qt.Key.Key_Left, alt)):
        QTest.keyClick(focused(), key, modifiers)
    assert all(now.is_like(before) for now, before in zip(views.cameras, first, strict=True))
    search, cancelled = browser(window).search, []
    window.qactions["cancel"].triggered.connect(lambda: cancelled.append(True))
    search.setFocus()
    QTest.keyClicks(search, "rocking")
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == "" and len(window.context.listing.chairs) == 240 and cancelled == []
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert cancelled == [True], "with nothing to clear it is the program's"
    show_page(window, "latent")
    undone: list[bool] = []
    window.qactions["undo"].triggered.connect(lambda: undone.append(True))
    window.qactions["undo"].setEnabled(True)
    field = window.feature(LatentFeature).controller.panel.box
    field.setEnabled(True)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [True]
    # The hints leave the menus their letters, and give the focus back.
    search.setFocus()
    window.qactions["first_steps"].trigger()
    hints = window.feature(HelpFeature).first_steps
    assert hints is not None
    menus = {one.text()[one.text().index("&") + 1] for one in window.findChild(QMenuBar).actions()}
    for button in (hints.skip, hints.next):
        assert button.text()[button.text().index("&") + 1].upper() not in menus
    hints.skip.setFocus()
    QTest.keyClick(hints.skip, Qt.Key.Key_Escape)
    assert window.feature(HelpFeature).first_steps is None and focused() is search


def test_enter_imports_or_starts_whatever_button_had_the_focus_before(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    np.save(tmp_path / "cloud.npy", np.random.default_rng(0).random((80, 3)))
    reading = PointsReading(window.context.session, EngineReader())
    points = PointsDialog(tmp_path / "cloud.npy", reading, [Choice("one", "one")], window)
    train = TrainDialog(window.context, window.feature(TrainFeature).training)
    for dialog, wanted, field in ((points, "Import", points.widgets.view), (train, "Start", train.form.name)):
        dialog.show()
        for button in dialog.findChildren(QPushButton):
            button.setFocus(Qt.FocusReason.TabFocusReason)
            field.setFocus(Qt.FocusReason.TabFocusReason)
            assert default_of(dialog) == [wanted], f"after {button.text()}"
        dialog.reject()


def test_the_palette_knows_other_words_and_keys_changed_from_the_preferences_lead_back_there(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert set(ALSO) <= set(window.qactions), "words for an action that there is not"
    entries = window.feature(PaletteFeature)._entries()
    for typed, name in _WORDS.items():
        found, _ = find(typed, entries, [], ChairSearch())
        assert name in [entry.name for entry in found[:4]], typed
    window.qactions["preferences"].trigger()
    preferences = window.feature(PreferencesFeature).dialog
    assert preferences is not None
    qtbot.waitUntil(preferences.isActiveWindow, timeout=5000)
    preferences.keys.setFocus()
    QTest.keyClick(preferences.keys, Qt.Key.Key_Return)  # in a dialog, where Enter in a field presses nothing
    qtbot.waitUntil(lambda: window.feature(HelpFeature).keys_dialog is not None, timeout=5000)
    keys = window.feature(HelpFeature).keys_dialog
    assert keys is not None
    # The own key of an action that another one was given stays there, and a line says so.
    window._change_keys("swap", "")
    window._change_keys("play", "S")
    row = next(
        i for i in range(keys.tree.topLevelItemCount()) if keys.tree.topLevelItem(i).text(0) == "Swap A and B"
    )
    keys.tree.setCurrentItem(keys.tree.topLevelItem(row))
    keys.own.click()
    assert window.qactions["swap"].shortcut().isEmpty() and "another action" in keys.line.text()
    keys.reject()
    qtbot.waitUntil(preferences.isActiveWindow, timeout=5000)
    preferences.reject()


def test_a_link_that_tab_went_to_is_seen(qtbot: QtBot) -> None:
    text = HelpText()
    qtbot.addWidget(text)
    text.setMarkdown("Some words, and [a link](action:play).\n\n[Another](action:loop)")
    text.resize(300, 200)
    text.show()
    text.activateWindow()
    text.setFocus()
    qtbot.waitUntil(text.hasFocus, timeout=5000)
    before = text.grab().toImage()
    QTest.keyClick(text, Qt.Key.Key_Tab)
    after = text.grab().toImage()
    changed = sum(
        before.pixel(x, y) != after.pixel(x, y) for x in range(after.width()) for y in range(after.height())
    )
    assert changed > 100, "more than a line of dots"


def test_the_map_is_walked_between_chairs_and_zoomed_about_what_is_pointed_at(qtbot: QtBot) -> None:
    view = MapView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    view.show_points(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.spot is not None and view.spot.chair is not None
    start = view.spot.chair
    QTest.keyClick(
        view,
        Qt.Key.Key_Left if view.points[start, 0] else Qt.Key.Key_Right,
        Qt.KeyboardModifier.ShiftModifier,
    )
    assert view.spot is not None and view.spot.chair is None, "between chairs"
    chosen: list[tuple[int, str]] = []
    view.chosen.connect(lambda chair, letter: chosen.append((chair, letter)))
    QTest.keyClick(view, Qt.Key.Key_A)
    assert chosen == [], "there is no chair to take"
    for _ in range(200):
        QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    at = view.frame.pixels(np.array((view.spot.x, view.spot.y)))
    assert view.rect().contains(round(at[0]), round(at[1])), "it stays in the map"
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.frame.pixels(np.array((view.spot.x, view.spot.y))) == pytest.approx(at)


def test_a_run_that_failed_is_offered_once_and_still_there_in_its_window(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, tmp_path: Path
) -> None:
    class Failed:
        name, out = "mine", tmp_path / "mine.safetensors"

        def status(self) -> RunStatus:
            return RunStatus(RunState.FAILED, RunLog(), "no chairs are left")

    monkeypatch.setattr(training.child_run, "find", lambda path: Failed())
    settings, offers = Settings(tmp_path / "voxview.ini"), []
    settings.remember(training.SETTING, str(Failed.out))
    session = Session()
    for _ in range(2):  # two starts
        context = SimpleNamespace(
            session=session,
            settings=settings,
            notifications=SimpleNamespace(offer=lambda *words: offers.append(words[0])),
        )
        found = training.Training(context)  # type: ignore[arg-type]
        found.find()
        assert found.run is not None and not found.goes_on
    assert offers == ["the training run mine ended: no chairs are left"]


def test_a_search_that_gives_way_to_the_next_one_is_not_called_cancelled() -> None:
    client = EngineClient()
    tasks, notes = Tasks(client), []
    tasks.note.connect(notes.append)
    for number in (1, 2):
        tasks._register(number, f"Search {number}", lambda _: None, None)
    tasks.cancel(1, quietly=True)
    tasks.cancel(2)
    for number in (1, 2):
        client.task_event.emit(TaskCancelled(number, f"Search {number}"))
    assert notes == ["Search 2 was cancelled"]
