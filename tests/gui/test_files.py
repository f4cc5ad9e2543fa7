"""Files: exporting, importing, dropping; and broken ones, which leave the window as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh
from looking import (
    WAIT_MS,
    blend_vertices,
    browser,
    selection_of,
    shown_in,
    shown_vertices,
    transport,
    view,
    wait_for_position,
)
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from voxview.gui.blend.feature import BlendFeature
from voxview.gui.files.export_dialog import ExportDialog
from voxview.gui.files.feature import FilesFeature
from voxview.gui.files.import_dialog import ImportDialog
from voxview.gui.window import MainWindow
from voxview.shapes.chair import Chair
from voxview.shapes.io.read import read_shape
from voxview.surface.write import write_shape


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


def _drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    where, button, none = QPoint(400, 300), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(where, Qt.DropAction.CopyAction, data, button, none)
    QApplication.sendEvent(window, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(window, QDropEvent(where, Qt.DropAction.CopyAction, data, button, none))


def _dialog(window: MainWindow, kind: type, qtbot: QtBot):  # type: ignore[no-untyped-def]
    qtbot.waitUntil(lambda: bool(window.findChildren(kind)), timeout=WAIT_MS)
    return window.findChildren(kind)[0]


def test_an_exported_blend_reads_back_as_what_was_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    result = shown_in(window).blend
    assert result is not None
    for suffix in (".obj", ".binvox", ".npy", ".stl"):
        path = tmp_path / f"blend{suffix}"
        window.feature(FilesFeature).export_to(path)
        qtbot.waitUntil(lambda path=path: str(path) in window.messages.text, timeout=WAIT_MS)
        assert np.array_equal(read_shape(path), result.grid)
        if suffix in (".obj", ".stl"):
            mesh = trimesh.load(path, force="mesh")
            assert len(mesh.faces) == len(result.surface.faces)
            size = np.ptp(result.surface.vertices, axis=0)
            wanted = size if suffix == ".obj" else size[[0, 2, 1]] / size[1] * 80
            assert np.allclose(mesh.extents, wanted, rtol=1e-4)


def test_an_export_into_a_missing_folder_says_so_in_one_line(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.feature(FilesFeature).export_to(tmp_path / "nowhere" / "blend.obj")
    qtbot.waitUntil(lambda: "nowhere" in window.messages.text, timeout=WAIT_MS)
    assert "\n" not in window.messages.text


def test_a_morph_is_written_whole(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.qactions["export_morph"].trigger()
    dialog = _dialog(window, ExportDialog, qtbot)
    by_name = {widget.accessibleName(): widget for widget in dialog.findChildren(QWidget)}
    by_name["Folder to write to"].setText(str(tmp_path))
    by_name["Name"].setText("morph")
    by_name["Number of steps"].setValue(3)
    by_name["Format binvox"].setChecked(True)
    dialog.accept()
    qtbot.waitUntil(lambda: "the morph from" in window.messages.text.lower(), timeout=WAIT_MS)
    assert len(list((tmp_path / "morph").glob("*.obj"))) == 3
    assert len(list((tmp_path / "morph").glob("*.binvox"))) == 3
    assert not list(tmp_path.rglob("*INCOMPLETE*"))


def test_a_cancelled_morph_leaves_whole_files_only(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "morph"
    window.feature(FilesFeature).export_morph_to(out, 1001, ("obj",))
    qtbot.waitUntil(lambda: len(list(out.glob("*.obj"))) > 2, timeout=WAIT_MS)
    qtbot.waitUntil(window.progress.isVisible, timeout=WAIT_MS)
    window.qactions["cancel"].trigger()
    qtbot.waitUntil(lambda: "cancelled" in window.messages.text, timeout=WAIT_MS)
    assert not window.progress.isVisible()
    files = sorted(out.glob("*.obj"))
    assert 2 < len(files) < 1001
    assert all(trimesh.load(path, force="mesh").is_watertight for path in (files[0], files[-1]))
    assert not [path for path in out.iterdir() if path.name.startswith(".")]
    assert (out / "INCOMPLETE.txt").is_file() and not (out / "morph.json").exists()
    assert "INCOMPLETE.txt" in window.messages.text
    film = tmp_path / "film"
    window.feature(FilesFeature).export_morph_to(film, 3, ("gif",))
    qtbot.waitUntil(lambda: bool(list(film.glob(".morph*.gif"))), timeout=WAIT_MS)
    window.qactions["cancel"].trigger()
    qtbot.waitUntil(lambda: "nothing was written" in window.messages.text, timeout=WAIT_MS)
    assert not film.exists()
    window.messages.clear()
    window.feature(FilesFeature).export_morph_to(out, 3, ("gif",))
    qtbot.waitUntil(lambda: bool(list(out.glob(".morph*.gif"))), timeout=WAIT_MS)
    window.qactions["cancel"].trigger()
    qtbot.waitUntil(lambda: "nothing was written" in window.messages.text, timeout=WAIT_MS)
    assert "INCOMPLETE.txt is from an export before" in window.messages.text
    assert sorted(out.glob("*.obj")) == files and (out / "INCOMPLETE.txt").is_file()


def test_a_bar_that_goes_gives_the_keyboard_back_to_where_it_was(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    slider = transport(window).slider
    slider.setFocus()
    window.feature(FilesFeature).export_morph_to(tmp_path / "morph", 1001, ("obj",))
    qtbot.waitUntil(window.progress.isVisible, timeout=WAIT_MS)
    window.progress.tab_order[0].setFocus()
    QTest.keyClick(window.progress.tab_order[0], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.progress.isVisible(), timeout=WAIT_MS)
    assert slider.hasFocus()
    qtbot.waitUntil(lambda: "cancelled" in window.messages.text, timeout=WAIT_MS)
    window.messages.offer("something was found", "Take it", lambda: None)
    window.messages.tab_order[0].setFocus()
    QTest.keyClick(window.messages.tab_order[0], Qt.Key.Key_Space)
    assert not window.messages.isVisible() and slider.hasFocus()


def test_a_slider_move_is_answered_while_a_morph_is_written(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    number = window.feature(FilesFeature).export_morph_to(tmp_path / "morph", 10_001, ("binvox",))
    transport(window).slider.setValue(77)
    wait_for_position(qtbot, window, 0.77)
    assert window.progress.busy and number is not None
    window.context.session.tasks.cancel(number)
    qtbot.waitUntil(lambda: not window.progress.busy, timeout=WAIT_MS)


def test_a_screenshot_is_a_png_of_the_view(solid: MainWindow, tmp_path: Path) -> None:
    window = solid
    from PIL import Image

    assert view(window).scene is not None
    size = (view(window).scene.height(), view(window).scene.width())
    window.feature(BlendFeature).screenshot_to(tmp_path / "view.png")
    picture = np.array(Image.open(tmp_path / "view.png"))
    assert picture.shape[:2] == size
    assert len(np.unique(picture.reshape(-1, picture.shape[2]), axis=0)) > 100


def test_an_imported_shape_can_be_turned_and_chosen(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = window.context.listing.catalogs[0][0].read()
    path = tmp_path / "lying.npy"
    np.save(path, np.ascontiguousarray(grid.transpose(0, 2, 1)))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path)], ""))
    window.qactions["import_shape"].trigger()
    dialog = _dialog(window, ImportDialog, qtbot)
    qtbot.waitUntil(lambda: dialog.chair is not None, timeout=WAIT_MS)
    as_it_stands = dialog.chair
    dialog.up.setCurrentIndex(dialog.up.findData("z"))
    qtbot.waitUntil(lambda: dialog.chair not in (None, as_it_stands), timeout=WAIT_MS)
    assert not dialog.preview.pixmap().isNull()
    dialog.accept()
    chair = browser(window).view.current_chair()
    assert chair is not None and chair != as_it_stands
    window.qactions["set_a"].trigger()
    wait_for_position(qtbot, window, 0.5)
    assert selection_of(window).a == chair


def test_the_import_dialog_has_a_correct_chair_and_says_where_its_front_looks(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "chair.binvox"
    write_shape(path, unstarted.context.listing.catalogs[0][0].read())
    unstarted.feature(FilesFeature).ask_how_it_stands(path)
    dialog = _dialog(unstarted, ImportDialog, qtbot)
    qtbot.waitUntil(lambda: bool(dialog.hint.text()) and dialog.chair is not None, timeout=WAIT_MS)
    pictures = [label.pixmap().toImage() for label in (dialog.example, dialog.preview)]
    assert pictures[0] == pictures[1], "the same chair does not look the same in both"
    picture = pictures[0]
    drawn = np.array(
        [
            [picture.pixelColor(x, y).alpha() > 200 for x in range(picture.width())]
            for y in range(picture.height())
        ]
    )
    rows = np.flatnonzero(drawn.any(1))
    height = rows[-1] - rows[0]
    back, seat = (  # what is highest is the back; in the middle are the seat and what is before it
        np.flatnonzero(drawn[rows[0] + round(low * height) : rows[0] + round(high * height)].any(0)).mean()
        for low, high in ((0.0, 0.3), (0.5, 0.7))
    )
    assert f"front should look to the {'right' if seat > back else 'left'} " in dialog.hint.text()
    dialog.reject()


def test_two_imports_of_one_name_have_two_names_everywhere(
    solid: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window = solid
    chairs, files = window.context.listing.catalogs[0], []
    for folder, chair in (("oak", chairs[3]), ("steel", chairs[5])):
        (tmp_path / folder).mkdir()
        files.append(tmp_path / folder / "chair.binvox")
        write_shape(files[-1], chair.read())
    window.feature(FilesFeature).import_all(files, then_pair=True)
    qtbot.waitUntil(lambda: selection_of(window).a not in (None, chairs[0]), timeout=WAIT_MS)
    a, b = selection_of(window).pair
    assert a is not None and b is not None and (a.name, b.name) == ("Chair", "Chair (2)") and a != b
    wait_for_position(qtbot, window, 0.5)
    headings = view(window).headings
    assert (headings.a.below, headings.b.below) == ("Chair", "Chair (2)")
    model = browser(window).model
    assert [model.chair(row).name for row in range(model.rowCount())] == ["Chair", "Chair (2)"]


def test_a_file_that_is_imported_again_is_one_chair_with_the_content_of_now(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chairs, path = window.context.listing.catalogs[0], tmp_path / "chair.binvox"
    monkeypatch.chdir(tmp_path)
    feature, selection = window.feature(FilesFeature), selection_of(window)
    for given, chair in ((path, chairs[3]), (Path("chair.binvox"), chairs[5])):
        write_shape(path, chair.read())
        feature.import_all([given], then_pair=True)
        qtbot.waitUntil(lambda chair=chair: _is_read_as(selection.a, chair.read()), timeout=WAIT_MS)
        wait_for_position(qtbot, window, 0.5)
        pair = shown_in(window).pair
        assert pair is not None and np.array_equal(pair[0].grid, chair.read()), "of before"
    assert browser(window).model.rowCount() == 1


def _is_read_as(chair: Chair | None, grid: np.ndarray) -> bool:
    return chair is not None and np.array_equal(chair.read(), grid)


def test_dropping_a_folder_lists_its_chairs(unstarted: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = unstarted
    folder = tmp_path / "mine"
    folder.mkdir()
    for chair in window.context.listing.catalogs[0][:3]:
        write_shape(folder / f"{chair.id}.binvox", chair.read())
    _drop(window, folder)
    qtbot.waitUntil(lambda: len(window.context.listing.catalogs) == 2, timeout=WAIT_MS)
    assert browser(window).model.rowCount() == 3


def test_dropping_a_shape_asks_how_it_stands(unstarted: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = unstarted
    path = tmp_path / "chair.binvox"
    write_shape(path, window.context.listing.catalogs[0][2].read())
    _drop(window, path)
    dialog = _dialog(window, ImportDialog, qtbot)
    qtbot.waitUntil(lambda: dialog.chair is not None, timeout=WAIT_MS)
    dialog.accept()
    catalog = window.context.listing.catalog
    assert catalog is not None and catalog.name == "Imported files"


def test_a_broken_file_is_refused_in_the_import_dialog(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window = unstarted
    path = tmp_path / "broken.binvox"
    path.write_bytes(b"#binvox 1\ndim 100000 100000 100000\ndata\n")
    window.feature(FilesFeature).ask_how_it_stands(path)
    dialog = _dialog(window, ImportDialog, qtbot)
    qtbot.waitUntil(lambda: "broken.binvox" in dialog.preview.text(), timeout=WAIT_MS)
    assert dialog.chair is None
    dialog.reject()


def test_choosing_a_broken_chair_keeps_the_last_good_pair(
    solid: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window = solid
    folder = tmp_path / "mixed"
    folder.mkdir()
    good = window.context.listing.catalogs[0][3]
    write_shape(folder / "a_good.binvox", good.read())
    (folder / "b_cut_short.binvox").write_bytes((folder / "a_good.binvox").read_bytes()[:60])
    window.feature(FilesFeature).open(folder)
    qtbot.waitUntil(lambda: browser(window).model.rowCount() == 2, timeout=WAIT_MS)
    pair = selection_of(window).pair
    before = shown_vertices(window, 0), blend_vertices(window)
    browser(window).view.setCurrentIndex(browser(window).model.index(1))
    window.qactions["set_a"].trigger()
    qtbot.waitUntil(lambda: "b_cut_short" in window.messages.text, timeout=WAIT_MS)
    assert "\n" not in window.messages.text
    assert selection_of(window).pair == pair
    wait_for_position(qtbot, window, 0.5)
    assert np.array_equal(shown_vertices(window, 0), before[0])
    assert np.array_equal(blend_vertices(window), before[1])
    assert view(window).headings.a.below == pair[0].name  # type: ignore[union-attr]


def test_a_folder_without_chairs_is_refused(unstarted: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = unstarted
    (tmp_path / "empty").mkdir()
    window.feature(FilesFeature).open(tmp_path / "empty")
    qtbot.waitUntil(lambda: "no chairs in" in window.messages.text.lower(), timeout=WAIT_MS)
    assert len(window.context.listing.catalogs) == 1
