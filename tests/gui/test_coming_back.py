"""Coming back: the last state, session files, what is missing, and what is damaged."""

from __future__ import annotations

import errno
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from looking import WAIT_MS, browser, mix_page, selection_of, shown_in
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from voxview.cli.parser import window_parser
from voxview.cli.window import open_window as open_from_command_line
from voxview.engine.mix import MixRequest
from voxview.engine.request import Position
from voxview.errors import InputError
from voxview.gui.context.settings import Settings
from voxview.gui.session.session_file import Sources, read_session, session_document, write_session
from voxview.gui.session.state import State
from voxview.gui.sessions import last_state
from voxview.gui.sessions.feature import SessionsFeature
from voxview.gui.window import MainWindow
from voxview.shapes.bits import fingerprint
from voxview.shapes.catalogs import open as open_module
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.io.binvox import write_binvox
from voxview.shapes.known_latent import KnownLatent, known_latent

SAMPLES = sample_catalog()
Open = Callable[..., MainWindow]


@pytest.fixture(autouse=True)
def written_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the state at once when things rest."""
    monkeypatch.setattr(last_state, "_REST_MS", 20)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder of three chairs."""
    folder = tmp_path / "chairs"
    folder.mkdir()
    for name, number in (("one", 5), ("two", 6), ("three", 7)):
        write_binvox(folder / f"{name}.binvox", SAMPLES[number].read())
    return folder


def sessions(window: MainWindow) -> SessionsFeature:
    return window.feature(SessionsFeature)


def made_chair() -> Chair:
    grid = SAMPLES[30].read()
    latent = KnownLatent(np.zeros((8, 8), np.float32), "f00d", fingerprint(grid))
    return Chair("made", "Made of points", "made (1)", lambda: grid, latent.details())


def state_of(folder: Path) -> State:
    """Return a state with chairs of a folder, a mix and a chair that was made."""
    catalog = open_catalog(folder)
    one, two = catalog.find("one"), catalog.find("two")
    made = made_chair()
    return State(
        one,
        two,
        0.25,
        MixRequest((one, two, SAMPLES[0], made), (0.25, 0.25, 0.25, 0.25)),
        "study",
        (made,),
        {
            "look": (("rebuilt", True),),
            "surface_resolution": 64,
            "remove_small_components": False,
            "page": "map",
        },
    )


def wait_for_rest(qtbot: QtBot, window: MainWindow) -> Path:
    """Wait until the state is on disk, and return its file."""
    window.context.keeper.flush()
    file = sessions(window).state_file
    qtbot.waitUntil(lambda: file.path is not None and file.path.is_file() and file.is_idle, timeout=WAIT_MS)
    assert file.path is not None
    return file.path


# ---- the last state ------------------------------------------------------------------------------------


def test_the_last_step_of_an_evening_is_undone_the_next_morning(open_window: Open, qtbot: QtBot) -> None:
    first = open_window(flat=True)
    selection = selection_of(first)
    selection.choose(a=SAMPLES[5])
    first.context.keeper.flush()
    before = selection.pair, selection.position.t
    first.qactions["swap"].trigger()
    first.close()
    second = open_window(flat=True)
    assert selection_of(second).pair == before[0][::-1]
    assert second.context.keeper.history.undone_title == "Swap A and B"
    second.qactions["undo"].trigger()
    assert (selection_of(second).pair, selection_of(second).position.t) == before
    assert second.context.keeper.history.undone_title == ""
    second.qactions["redo"].trigger()
    assert selection_of(second).pair == before[0][::-1]
    path = wait_for_rest(qtbot, second)
    second.close()
    document = json.loads(path.read_text())
    document["before"]["chairs"] = "none"
    path.write_text(json.dumps(document))
    third = open_window(flat=True)
    assert selection_of(third).pair == before[0][::-1], "a step that cannot be read costs nothing else"
    assert third.context.keeper.history.undone_title == ""


def test_the_next_start_goes_on_from_the_same_place(open_window: Open, data: Path, qtbot: QtBot) -> None:
    first = open_window(data=data, flat=True)
    qtbot.waitUntil(lambda: len(first.context.listing.catalogs) == 2, timeout=WAIT_MS)
    first.context.keeper.put(state_of(data), "Everything")
    left = first.context.keeper.take()
    first.close()
    second = open_window(flat=True, wait=False)
    selection = selection_of(second)
    assert selection.pair == (left.a, left.b), "the first pictures are those of the pair that comes back"
    assert second.startup._weights == "study"
    listing, panel = second.context.listing, browser(second)
    assert listing.awaited == panel.sources.placeholderText() == "chairs" and listing.chairs == []
    assert panel.view.empty_text == "Reading chairs…", "no chairs of another list while it is read"
    qtbot.waitUntil(lambda: shown_in(second).mix is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(second.context.listing.catalogs) == 3, timeout=WAIT_MS)
    back = second.context.keeper.take()
    assert replace(back, weights="") == replace(left, weights="")
    assert second.side.page == "map" and second.qactions["show_rebuilt"].isChecked()
    listed = second.context.listing.catalog
    assert listed is not None and listed.source == str(data)
    latent = known_latent(second.context.listing.imported[0])
    assert latent is not None and latent.weights == "f00d"
    assert second.messages.text == "", "a window that was closed ended as it should"
    assert second.context.keeper.history.undone_title == "Everything"


def test_the_page_of_mixes_comes_back_with_what_is_said_of_its_mix(open_window: Open, qtbot: QtBot) -> None:
    first = open_window(flat=True)
    first.side.show("mix")
    qtbot.waitUntil(lambda: shown_in(first).mix is not None, timeout=WAIT_MS)
    first.close()
    second = open_window(flat=True, wait=False)
    qtbot.waitUntil(lambda: second.side.page == "mix" and shown_in(second).mix is not None, timeout=WAIT_MS)
    panel = mix_page(second).panel
    assert panel.state.text().startswith("The mix is ") and panel.back_button.isEnabled()


def test_a_blend_comes_back_as_a_blend_though_the_page_of_mixes_is_open(
    open_window: Open, qtbot: QtBot
) -> None:
    first = open_window(flat=True)
    first.side.show("mix")
    qtbot.waitUntil(lambda: shown_in(first).mix is not None, timeout=WAIT_MS)
    selection_of(first).leave_mix()
    qtbot.waitUntil(lambda: shown_in(first).blend is not None, timeout=WAIT_MS)
    first.close()
    second = open_window(flat=True)
    qtbot.waitUntil(lambda: second.side.page == "mix", timeout=WAIT_MS)
    qtbot.wait(100)
    assert selection_of(second).mix is None and shown_in(second).blend is not None


def test_after_a_crash_everything_that_rested_is_there(
    open_window: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    window = open_window(flat=True)
    selection_of(window).choose(a=SAMPLES[9], b=SAMPLES[10], position=Position(0.75))
    file = wait_for_rest(qtbot, window)
    crashed = file.read_bytes()
    window.close()
    file.write_bytes(crashed)
    again = open_window(flat=True, wait=False)
    assert selection_of(again).pair == (SAMPLES[9], SAMPLES[10])
    assert selection_of(again).position == Position(0.75)
    assert "ended unexpectedly" in again.messages.text
    again.close()
    # Who begins with the first pair is offered what a crash left behind, once.
    settings = Settings(tmp_path / "voxview.ini")
    settings.remember("start", "first")
    settings.save()
    file.write_bytes(crashed)
    third = open_window(flat=True)
    assert selection_of(third).pair == (SAMPLES[0], SAMPLES[1])
    assert "what you made is kept" in third.messages.text
    third.messages._offer.click()
    qtbot.waitUntil(lambda: selection_of(third).pair == (SAMPLES[9], SAMPLES[10]), timeout=WAIT_MS)
    third.qactions["undo"].trigger()
    assert selection_of(third).pair == (SAMPLES[0], SAMPLES[1])


def test_a_second_window_keeps_its_own_state(open_window: Open, tmp_path: Path) -> None:
    first, second = (open_window(start=False, wait=False) for _ in range(2))
    files = []
    for window in (first, second):
        sessions(window).begin(None, None, is_bare=True)
        files.append(sessions(window).state_file.path)
    assert files == [tmp_path / "last.voxview", tmp_path / "last-2.voxview"]


def test_chairs_named_on_the_command_line_come_first_and_the_last_state_stays_in_the_menu(
    open_window: Open, data: Path
) -> None:
    first = open_window(start=False, wait=False)
    sessions(first).begin(None, None, is_bare=True)
    selection_of(first).choose(a=SAMPLES[9], b=SAMPLES[10])
    first.close()
    second = open_window(files=(data / "one.binvox", data / "two.binvox"), flat=True, wait=False)
    assert selection_of(second).pair != (SAMPLES[9], SAMPLES[10])
    sessions(second).recent.fill()
    assert "The last &time" in [action.text() for action in sessions(second).recent.actions()]
    assert read_session(sessions(second).state_file.before).state.a == SAMPLES[9]


def test_a_list_waits_for_a_folder_only_as_long_as_it_is_read(
    open_window: Open, data: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(open_module, "open_catalog", lambda _: goes_on.wait(WAIT_MS / 1000) and None)
    window = open_window(data=data, flat=True, wait=False)
    listing, works = window.context.listing, window.context.works
    assert listing.awaited == "chairs" and listing.chairs == []
    qtbot.waitUntil(lambda: any(one.title == "Opening chairs" for one in works.running), timeout=WAIT_MS)
    works.cancel(next(one for one in works.running if one.title == "Opening chairs"))
    qtbot.waitUntil(lambda: listing.catalog is not None, timeout=WAIT_MS)
    goes_on.set()
    assert listing.chairs == list(SAMPLES) and browser(window).sources.currentText() == "Sample chairs"


# ---- faults --------------------------------------------------------------------------------------------


def test_a_folder_that_disappears_leaves_its_chairs_on_screen_and_offers_to_find_it(
    open_window: Open, data: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_window(data=data, flat=True)
    qtbot.waitUntil(lambda: selection_of(first).a in open_catalog(data), timeout=WAIT_MS)
    pair = selection_of(first).pair
    first.close()
    shutil.move(data, tmp_path / "moved")
    second = open_window(flat=True)
    assert selection_of(second).pair == pair
    qtbot.waitUntil(lambda: "there is no folder" in second.messages.text.lower(), timeout=WAIT_MS)
    assert "shown as they were kept" in second.messages.text
    second.messages._offer.click()
    qtbot.waitUntil(lambda: sessions(second).opener.dialog is not None, timeout=WAIT_MS)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "moved"))
    dialog = sessions(second).opener.dialog
    assert dialog is not None
    dialog.buttons[0].click()
    qtbot.waitUntil(lambda: selection_of(second).a in open_catalog(tmp_path / "moved"), timeout=WAIT_MS)
    assert sessions(second).opener.dialog is None


def test_a_full_disk_is_said_once_and_everything_goes_on(
    open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(flat=True)
    selection_of(window).move(Position(0.6))
    wait_for_rest(qtbot, window)
    write, said = last_state.write_session, []
    window.context.notifications.error_raised.connect(said.append)

    def fail(*_: object) -> None:
        from voxview.shapes.io import atomic

        raise atomic.explain(OSError(errno.ENOSPC, "full"), Path("/full/last.voxview"))

    monkeypatch.setattr(last_state, "write_session", fail)
    for t in (0.1, 0.2, 0.3):
        selection_of(window).move(Position(t))
        wait_for_rest(qtbot, window)
    assert len(said) == 1 and "the disk is full" in said[0] and "not kept for the next start" in said[0]
    monkeypatch.setattr(last_state, "write_session", write)
    selection_of(window).move(Position(0.9))
    assert read_session(wait_for_rest(qtbot, window)).state.t == 0.9


@pytest.mark.parametrize("content", [b"\x00" * 300, b'{"voxview session": 1, "chairs": [', b""])
def test_a_damaged_last_state_is_set_aside_and_said(
    open_window: Open, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "last.voxview").write_bytes(content)
    window = open_window(start=False, wait=False)
    assert sessions(window).begin(None, None, is_bare=True) is None
    assert "last.voxview.damaged" in window.messages.text
    assert (tmp_path / "last.voxview.damaged").read_bytes() == content


@pytest.mark.parametrize("content", [b"[General]\ntheme=dark\n[lay", b"\0\0\0\0", b"theme=dark\nhalf a li"])
def test_damaged_settings_are_set_aside_and_what_can_be_read_counts(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "voxview.ini"
    file.write_bytes(content)
    settings = Settings(file)
    assert settings.damaged == tmp_path / "voxview.ini.damaged"
    assert settings.damaged.read_bytes() == content
    assert settings.text("theme") == ("dark" if b"dark" in content else "system")
    settings.save()
    assert Settings(file).damaged is None, "it is said once"


# ---- session files -------------------------------------------------------------------------------------


def test_a_session_is_saved_opened_by_dropping_and_undone(
    open_window: Open, data: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window, file = open_window(data=data, flat=True), tmp_path / "evening.voxview"
    qtbot.waitUntil(lambda: len(window.context.listing.catalogs) == 2, timeout=WAIT_MS)
    window.context.keeper.put(state_of(data), "Everything")
    qtbot.waitUntil(lambda: bool(sessions(window).state_file.weights_fingerprint), timeout=WAIT_MS)
    sessions(window).save_to(file)
    qtbot.waitUntil(lambda: window.windowTitle() == "evening", timeout=WAIT_MS)
    saved = window.context.keeper.take()
    window.qactions["random_pair"].trigger()
    window.qactions["at_b"].trigger()
    window.context.keeper.flush()
    elsewhere = window.context.keeper.take()
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(file))])
    none = Qt.KeyboardModifier.NoModifier
    at, copy, left = QPointF(50, 50), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    QApplication.sendEvent(window, QDragEnterEvent(at.toPoint(), copy, dropped, left, none))
    QApplication.sendEvent(window, QDropEvent(at, copy, dropped, left, none))
    qtbot.waitUntil(lambda: window.context.keeper.take() == saved, timeout=WAIT_MS)
    assert window.context.keeper.history.undone_title == "Open evening"
    window.qactions["undo"].trigger()
    assert selection_of(window).pair == (elsewhere.a, elsewhere.b)
    assert [path.stem for path in sessions(window).recent.files] == ["evening"]
    # What the weights of that name were is known: others are said.
    assert "are others than" not in window.messages.text
    fingerprint = sessions(window).state_file.weights_fingerprint
    assert fingerprint and fingerprint in file.read_text()
    trained_on = file.with_name("trained on.voxview")
    trained_on.write_text(file.read_text().replace(fingerprint, fingerprint[::-1]))
    sessions(window).open(trained_on)
    qtbot.waitUntil(lambda: "weights study are others than" in window.messages.text, timeout=WAIT_MS)
    # A file that cannot be used changes nothing and says so in one line.
    before = window.context.keeper.take()
    for name, content in (("damaged", b"{"), ("newer", b'{"voxview session": 99}')):
        (tmp_path / f"{name}.voxview").write_bytes(content)
        sessions(window).open(tmp_path / f"{name}.voxview")
        assert "was not opened" in window.messages.text
    assert window.context.keeper.take() == before and window.windowTitle() == "trained on"


def test_a_session_that_is_not_there_is_refused_before_there_is_a_window(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no session .*none\.voxview"):
        open_from_command_line(window_parser().parse_args([str(tmp_path / "none.voxview")]))
    (tmp_path / "some.voxview").write_text("{}")
    with pytest.raises(InputError, match=r"give one session, .* and no other file"):
        open_from_command_line(window_parser().parse_args([str(tmp_path / "some.voxview"), "chair.obj"]))


def test_a_session_named_on_the_command_line_is_on_screen_at_once(
    open_window: Open, data: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    state, file = state_of(data), tmp_path / "evening.voxview"
    write_session(file, session_document(replace(state, mix=None), Sources((str(data),), str(data))))
    window = open_window(files=(file,), flat=True, wait=False)
    assert selection_of(window).pair == (state.a, state.b) and window.windowTitle() == "evening"
    qtbot.waitUntil(lambda: shown_in(window).blend is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: browser(window).view.current_chair() == state.a, timeout=WAIT_MS)


def test_what_a_session_misses_is_listed_and_nothing_changes_until_it_is_found_or_gone_without(
    open_window: Open, data: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "evening.voxview"
    write_session(file, session_document(state_of(data), Sources((str(data),), str(data))))
    shutil.move(data, tmp_path / "other" / "place")
    window = open_window(flat=True)
    before = window.context.keeper.take()
    sessions(window).open(file)
    qtbot.waitUntil(lambda: sessions(window).opener.dialog is not None, timeout=WAIT_MS)
    dialog = sessions(window).opener.dialog
    assert dialog is not None and len(dialog.buttons) == 1
    assert window.context.keeper.take() == before
    # A wrong folder: it is still missing.
    (tmp_path / "wrong").mkdir()
    write_binvox(tmp_path / "wrong" / "other.binvox", SAMPLES[0].read())
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "wrong"))
    dialog.buttons[0].click()
    qtbot.waitUntil(lambda: not window.progress.busy, timeout=WAIT_MS)
    assert sessions(window).opener.dialog is dialog and window.context.keeper.take() == before
    dialog.without.click()
    assert sessions(window).opener.dialog is None
    assert selection_of(window).pair == (before.a, before.b) and selection_of(window).position.t == 0.25
    assert window.qactions["show_rebuilt"].isChecked()
    window.qactions["undo"].trigger()
    assert window.context.keeper.take().t == before.t


def test_the_camera_comes_back(solid: MainWindow) -> None:
    solid.qactions["look_side"].trigger()
    kept = solid.context.keeper.take()
    solid.qactions["reset_view"].trigger()
    assert solid.context.keeper.take().aspects["cameras"] != kept.aspects["cameras"]
    solid.context.keeper.put(kept)
    assert solid.context.keeper.take().aspects["cameras"] == kept.aspects["cameras"]
    solid.context.keeper.put(replace(kept, aspects={"cameras": ((0.0,) * 9,)}))  # it could see nothing
    assert solid.context.keeper.take().aspects["cameras"] == kept.aspects["cameras"]
