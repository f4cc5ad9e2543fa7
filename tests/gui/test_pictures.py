"""Pictures in the window: dropped, pasted or opened, cropped by mouse and keyboard, and listed as chairs."""

from __future__ import annotations

import struct
import threading
import zlib
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fake_reader import FakeReader, chair_for, without_weights
from looking import WAIT_MS, browser, selection_of, shown_in, wait_for_position
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from voxview.cli.window import open_window
from voxview.engine.catalog.index import index_catalog
from voxview.engine.request import Position
from voxview.errors import InputError
from voxview.gui.context.listing import IMPORTED
from voxview.gui.context.thumbnails import SIDE
from voxview.gui.pictures.crop_box import CropBox
from voxview.gui.pictures.dialog import _NO_REMOVAL, PictureDialog
from voxview.gui.pictures.feature import PicturesFeature
from voxview.gui.window import MainWindow
from voxview.model.metrics import intersection_over_union
from voxview.pictures.crop import Crop
from voxview.pictures.network_input import prepare_input
from voxview.pictures.read import read_picture
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid
from voxview.shapes.retrieval import count_voxels, nearest, pack_catalog
from voxview.surface.picture import render_chair, write_png
from voxview.surface.write import write_shape
from voxview.to_end import run_to_end

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(
    unstarted: MainWindow, qtbot: QtBot, new_engine: Callable[[str], object], reader: FakeReader
) -> MainWindow:
    """Return a window with an engine and a fake reader, without a 3D view."""
    unstarted.feature(PicturesFeature).load_reader = lambda _: reader
    unstarted.context.session.start(partial(new_engine, "study"))  # type: ignore[arg-type]
    few = Catalog("A few chairs", "few", sample_catalog()[3:53:5])  # all take two seconds to make
    unstarted.context.listing.add_catalog(few)
    qtbot.waitUntil(lambda: unstarted.context.session.engine.is_ready, timeout=WAIT_MS)
    return unstarted


@pytest.fixture
def reader() -> FakeReader:
    """Return what stands in for the network."""
    return FakeReader()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Return a file with a picture of many colours, 320×240."""
    return write_photo(tmp_path / "office chair.png")


def write_photo(path: Path, seed: int = 0, size: tuple[int, int] = (320, 240)) -> Path:
    noise = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), np.uint8)
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def write_product(path: Path) -> Path:
    """Write a dark box on white, as in a catalog."""
    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[60:160, 100:180] = (90, 40, 20)
    Image.fromarray(pixels).save(path)
    return path


def drop(window: MainWindow, data: QMimeData | Sequence[Path]) -> None:
    if not isinstance(data, QMimeData):
        paths, data = data, QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where, left = QPoint(400, 300), Qt.MouseButton.LeftButton
    entering = QDragEnterEvent(where, Qt.DropAction.CopyAction, data, left, NONE)
    QApplication.sendEvent(window, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(window, QDropEvent(where, Qt.DropAction.CopyAction, data, left, NONE))


def dialog_of(window: MainWindow, qtbot: QtBot) -> PictureDialog:
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(PictureDialog)), timeout=WAIT_MS)
    return next(d for d in window.findChildren(PictureDialog) if d.isVisible())


def wait_until_drawn(dialog: PictureDialog, qtbot: QtBot) -> None:
    def is_drawn() -> bool:
        panes = (dialog.seen, dialog.chair, dialog.nearest)
        return dialog.is_settled and all(not pane.image.pixmap.isNull() for pane in panes)

    qtbot.waitUntil(is_drawn, timeout=WAIT_MS)


def opened(window: MainWindow, qtbot: QtBot, path: Path) -> PictureDialog:
    drop(window, [path])
    dialog = dialog_of(window, qtbot)
    wait_until_drawn(dialog, qtbot)
    return dialog


def drag(dialog: PictureDialog, points: Sequence[QPointF]) -> None:
    """Press at the first point of the crop view, move to the others, and let go at the last."""
    view, left, none = dialog.crop, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kinds = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease
    events = [(kinds[0], points[0], left, left), *((kinds[1], point, none, left) for point in points[1:])]
    for kind, point, button, buttons in (*events, (kinds[2], points[-1], left, none)):
        event = QMouseEvent(kind, point, QPointF(view.mapToGlobal(point)), button, buttons, NONE)
        QApplication.sendEvent(view, event)


def imported(window: MainWindow) -> list[Chair]:
    return [c for one in window.context.listing.catalogs if one.source == IMPORTED for c in one]


# ---- from a file to a chair ---------------------------------------------------------------------------


def test_a_dropped_picture_becomes_a_chair_that_blends(
    window: MainWindow, qtbot: QtBot, reader: FakeReader, photo: Path
) -> None:
    dialog = opened(window, qtbot, photo)
    assert np.array_equal(reader.seen[-1].pixels, prepare_input(read_picture(photo)).pixels)
    assert dialog.about.text() == "office chair.png · 320 × 240 pixels"
    assert "35° from the front" in dialog.chair.lines.text() and "made in 0." in dialog.chair.lines.text()
    assert not dialog.chair.warning.isVisible()
    QTest.mouseClick(dialog.buttons.take["A"], Qt.MouseButton.LeftButton)
    (chair,) = imported(window)
    assert np.array_equal(chair.read(), chair_for(reader.seen[-1]).read())
    assert (chair.id, chair.name) == (str(photo), "Office chair")
    assert selection_of(window).a == chair == browser(window).view.current_chair()
    wait_for_position(qtbot, window, 0.5)
    assert shown_in(window).pair is not None


def test_a_picture_of_a_chair_becomes_a_that_blends_with_the_program_s_own_weights(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path, new_engine: Callable[[str], object]
) -> None:
    window = unstarted
    window.context.session.start(partial(new_engine, "chairs"))  # type: ignore[arg-type]
    few = Catalog("A few chairs", "few", sample_catalog()[3:53:5])
    window.context.listing.add_catalog(few)
    qtbot.waitUntil(lambda: window.context.session.engine.is_ready, timeout=WAIT_MS)
    write_png(tmp_path / "drawn.png", render_chair(sample_catalog()[3].read(), (300, 260)))
    dialog = opened(window, qtbot, tmp_path / "drawn.png")
    assert dialog.made is not None and dialog.remove.isChecked()
    result = dialog.made.result
    QTest.mouseClick(dialog.buttons.take["A"], Qt.MouseButton.LeftButton)
    (chair,) = imported(window)
    qtbot.waitUntil(
        lambda: shown_in(window).pair is not None and shown_in(window).pair[0].chair == chair, timeout=WAIT_MS
    )
    assert intersection_over_union(chair.read()[None], sample_catalog()[3].read()[None])[0] > 0.15
    assert np.array_equal(chair.read(), result.field > 0.5)
    selection_of(window).move(Position(0.0))
    wait_for_position(qtbot, window, 0.0)
    assert np.array_equal(shown_in(window).blend.grid, chair.read()), "t = 0 is the picture's chair"
    text = window.status.iou.text()
    assert text.startswith("A from a picture · B IoU 0.") or text == "A from a picture · B IoU 1.00"
    selection_of(window).move(Position(0.5))
    wait_for_position(qtbot, window, 0.5)
    assert not np.array_equal(shown_in(window).blend.grid, chair.read())


def test_an_engine_that_failed_before_the_dialog_is_said_in_it(
    unstarted: MainWindow, qtbot: QtBot, photo: Path, tmp_path: Path
) -> None:
    def broken() -> None:
        raise InputError("the weights are cut off: fetch them again")

    unstarted.context.session.start(broken)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: "cut off" in unstarted.messages.text, timeout=WAIT_MS)
    drop(unstarted, [photo])
    dialog = dialog_of(unstarted, qtbot)
    qtbot.waitUntil(dialog.chair.warning.isVisible, timeout=WAIT_MS)
    assert dialog.chair.warning.text() == "The weights are cut off: fetch them again"
    assert dialog.chair.image.text == "No chair" and not dialog.buttons.take[""].isEnabled()
    dialog.reject()
    drop(unstarted, [photo, write_photo(tmp_path / "second.png", 1)])
    qtbot.waitUntil(lambda: unstarted.messages.text.startswith("No chair can be made"), timeout=WAIT_MS)


def test_the_nearest_chair_of_the_catalog_stands_beside_it_and_says_how_near(
    window: MainWindow, qtbot: QtBot, reader: FakeReader, photo: Path
) -> None:
    dialog = opened(window, qtbot, photo)
    few = window.context.listing.catalog
    assert few is not None and len(few) == 10
    chairs, words, _ = run_to_end(pack_catalog(few))
    (place,), (iou,) = nearest(chair_for(reader.seen[-1]).read(), words, count_voxels(words), 1)
    assert dialog.nearest.lines.text() == (f"{chairs[place].name}\nOf 10 in A few chairs, by IoU: {iou:.2f}")
    dialog.reject()
    assert imported(window) == []


def test_another_catalog_is_searched_while_a_slow_one_is_still_being_read(
    window: MainWindow, qtbot: QtBot, photo: Path
) -> None:
    release = threading.Event()

    def wait() -> Grid:
        assert release.wait(WAIT_MS / 1e3)
        return sample_catalog()[0].read()

    slow = replace(sample_catalog()[0], source="slow", read=wait)
    window.context.listing.add_catalog(Catalog("Slow", "slow", [slow]))
    drop(window, [photo])
    first = dialog_of(window, qtbot)
    qtbot.waitUntil(lambda: first.nearest.image.text.startswith("Reading the catalog"), timeout=WAIT_MS)
    first.reject()
    window.context.listing.show_catalog(1)
    second = opened(window, qtbot, photo)
    assert "Of 10 in A few chairs" in second.nearest.lines.text()
    release.set()
    second.reject()


def test_where_the_catalog_is_encoded_its_latents_say_what_is_nearest(
    window: MainWindow, qtbot: QtBot, photo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for chair in sample_catalog()[3:6]:
        write_shape(folder / f"{chair.id}.binvox", chair.read())
    catalog = open_catalog(folder)
    window.context.listing.add_catalog(catalog)
    with qtbot.waitSignal(window.context.session.tasks.ended, timeout=WAIT_MS):
        window.context.session.tasks.run(
            "Encoding", lambda engine: index_catalog(engine, catalog), lambda _: None
        )
    dialog = opened(window, qtbot, photo)
    qtbot.waitUntil(lambda: "by its 64 numbers: distance" in dialog.nearest.lines.text(), timeout=WAIT_MS)
    dialog.reject()


def test_both_chairs_are_drawn_from_the_pictures_own_angle(
    window: MainWindow, qtbot: QtBot, reader: FakeReader, photo: Path
) -> None:
    window.context.listing.add_catalog(Catalog("One", "one", [chair_for(prepare_input(read_picture(photo)))]))
    dialog = opened(window, qtbot, photo)
    grid = chair_for(reader.seen[-1]).read()
    for pane, shape in ((dialog.chair, grid.astype(np.float32)), (dialog.nearest, grid)):
        shown = _outline(pane.image.pixmap.toImage())
        here, elsewhere = (
            render_chair(shape, (220, 220), azimuth=azimuth, elevation=18.0)[::3, ::3, 3] > 200
            for azimuth in (35.0, -35.0)
        )
        assert _overlap(shown, here) > 0.98 and _overlap(shown, elsewhere) < 0.9
    dialog.reject()


def _outline(image: QImage) -> np.ndarray:
    steps = range(0, image.height(), 3), range(0, image.width(), 3)
    return np.array([[image.pixelColor(x, y).alpha() > 200 for x in steps[1]] for y in steps[0]])


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


def test_a_picture_is_imported_from_the_file_menu(
    window: MainWindow, qtbot: QtBot, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: list[str] = []

    def choose(*given: str) -> tuple[list[str], str]:
        kinds.append(given[3])
        return [str(photo)], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", choose)
    window.qactions["import_shape"].trigger()
    dialog = dialog_of(window, qtbot)
    wait_until_drawn(dialog, qtbot)
    assert kinds[0].startswith("Shapes, pictures and points (*.binvox") and "*.jpg" in kinds[0].split(";;")[0]
    QTest.keyClick(dialog.crop, Qt.Key.Key_Return)
    assert [chair.name for chair in imported(window)] == ["Office chair"]
    assert "press A or B" in window.messages.text


def test_a_picture_named_at_the_start_opens_its_dialog(window: MainWindow, qtbot: QtBot, photo: Path) -> None:
    window.startup._files.import_all([photo], then_pair=True)
    dialog_of(window, qtbot).reject()


def test_the_command_line_passes_pictures_on_that_are_there(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr("voxview.gui.app.run", lambda *given: started.append(given[0]))
    open_window(Namespace(files=[photo], data=None, weights=None))
    assert started == [[photo]]
    with pytest.raises(InputError, match=r"there is no picture .*missing\.jpg"):
        open_window(Namespace(files=[photo.with_name("missing.jpg")], data=None, weights=None))


# ---- the crop -----------------------------------------------------------------------------------------


def test_handles_and_box_are_dragged_and_the_network_sees_that_part(
    window: MainWindow, qtbot: QtBot, reader: FakeReader, photo: Path
) -> None:
    dialog = opened(window, qtbot, photo)
    view = dialog.crop
    scale = view.picture_rect().width() / 320
    start = view.handle_center((1, 1))
    drag(dialog, [start, start - QPointF(50, 30) * scale, start - QPointF(120, 60) * scale])
    assert view.crop == Crop(0, 0, 200, 180)
    center = view.box_rect().center()
    drag(dialog, [center, center + QPointF(40, 20) * scale])
    assert view.crop == Crop(40, 20, 200, 180)
    wait_until_drawn(dialog, qtbot)
    own = prepare_input(read_picture(photo), Crop(40, 20, 200, 180))
    assert np.array_equal(reader.seen[-1].pixels, own.pixels)
    assert dialog.crop.accessibleDescription() == "200 × 180 of 320 × 240 pixels, at 40, 20"
    drag(dialog, [view.picture_rect().topLeft() + QPointF(5, 5) * scale, center])  # beside the box
    assert view.crop is not None and (view.crop.x, view.crop.y) == (5, 5)
    dialog.reject()


def test_while_the_box_is_dragged_the_newest_part_wins(
    window: MainWindow, qtbot: QtBot, reader: FakeReader, photo: Path
) -> None:
    dialog = opened(window, qtbot, photo)
    before = len(reader.seen)
    reader.gate.clear()
    start = dialog.crop.handle_center((1, 0))
    drag(dialog, [start - QPointF(step, 0) for step in range(0, 100, 2)])
    qtbot.waitUntil(lambda: len(reader.seen) > before, timeout=WAIT_MS)
    QTest.mouseClick(dialog.buttons.take[""], Qt.MouseButton.LeftButton)
    assert dialog.isVisible(), "a chair of an older part would be imported"
    crop = dialog.crop.crop
    assert crop is not None
    reader.gate.set()
    qtbot.waitUntil(lambda: bool(imported(window)), timeout=WAIT_MS)
    assert len(reader.seen) - before < 6
    own = prepare_input(read_picture(photo), crop)
    assert np.array_equal(reader.seen[-1].pixels, own.pixels)
    (chair,) = imported(window)
    assert chair.id == f"{photo} ({crop.text})" and np.array_equal(chair.read(), chair_for(own).read())


def test_the_crop_works_by_keyboard_alone(window: MainWindow, qtbot: QtBot, photo: Path) -> None:
    dialog = opened(window, qtbot, photo)
    qtbot.waitUntil(lambda: dialog.crop.hasFocus() or not dialog.isActiveWindow(), timeout=WAIT_MS)
    keys = Qt.Key
    for key in (keys.Key_Left, keys.Key_Left, keys.Key_Up):
        QTest.keyClick(dialog.crop, key, SHIFT)
    QTest.keyClick(dialog.crop, keys.Key_Right)
    assert dialog.crop.box is not None
    assert dialog.crop.box == CropBox((320, 240), 3.2, 0.0, 316.8, 236.8)
    QTest.keyClick(dialog.crop, keys.Key_Escape)
    assert dialog.crop.box.is_whole and dialog.isVisible()
    QTest.keyClick(dialog.crop, keys.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("size", [(4000, 40), (12, 900), (8, 8), (333, 777)])
def test_a_picture_of_any_shape_is_fitted_with_all_its_handles_in_view(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path, size: tuple[int, int]
) -> None:
    drop(unstarted, [write_photo(tmp_path / "odd.png", size=size)])
    dialog = dialog_of(unstarted, qtbot)
    qtbot.waitUntil(lambda: dialog.crop.box is not None, timeout=WAIT_MS)
    rect = dialog.crop.picture_rect()
    assert rect.width() / rect.height() == pytest.approx(size[0] / size[1], rel=1e-6)
    assert dialog.crop.rect().contains(rect.toAlignedRect())
    assert max(rect.width() / dialog.crop.width(), rect.height() / dialog.crop.height()) > 0.9
    dialog.reject()


# ---- the background -----------------------------------------------------------------------------------


def test_the_background_is_removed_where_it_can_be_and_stays_on_request(
    window: MainWindow, qtbot: QtBot, reader: FakeReader, tmp_path: Path
) -> None:
    dialog = opened(window, qtbot, write_product(tmp_path / "product.png"))
    assert dialog.remove.isEnabled() and dialog.remove.isChecked()
    assert reader.seen[-1].silhouette is not None
    QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton, pos=QPoint(8, dialog.remove.height() // 2))
    qtbot.waitUntil(lambda: reader.seen[-1].silhouette is None and dialog.is_settled, timeout=WAIT_MS)
    assert dialog.remove.isEnabled() and not dialog.remove.isChecked()
    dialog.reject()


def test_a_background_that_cannot_be_removed_is_kept_and_the_reason_stands_there(
    window: MainWindow, qtbot: QtBot, photo: Path
) -> None:
    dialog = opened(window, qtbot, photo)
    assert not dialog.remove.isEnabled() and not dialog.remove.isChecked()
    assert "several colours" in dialog.seen.lines.text()
    dialog.reject()


# ---- what is said of it -------------------------------------------------------------------------------


def test_an_unfamiliar_picture_is_warned_of_and_what_came_out_is_shown(
    window: MainWindow, qtbot: QtBot, photo: Path
) -> None:
    strange = FakeReader(unfamiliarity=1.83, autoencoder="chairs")
    window.feature(PicturesFeature).load_reader = lambda _: strange
    dialog = opened(window, qtbot, photo)
    assert "unfamiliarity 1.8" in dialog.chair.warning.text() and dialog.chair.warning.isVisible()
    assert "Decoded by chairs, encoded by study" in dialog.chair.lines.text()
    QTest.mouseClick(dialog.buttons.take[""], Qt.MouseButton.LeftButton)
    row = browser(window).model.index(0)
    tip = str(row.data(Qt.ItemDataRole.ToolTipRole))
    for said in (str(photo), "35° from the front", "unfamiliarity 1.83", "weights chairs"):
        assert said in tip
    assert "from a picture" in str(row.data(Qt.ItemDataRole.AccessibleTextRole))


def test_without_picture_weights_one_line_says_so_and_nothing_is_imported(
    window: MainWindow, qtbot: QtBot, photo: Path
) -> None:
    window.feature(PicturesFeature).load_reader = without_weights
    drop(window, [photo])
    dialog = dialog_of(window, qtbot)
    qtbot.waitUntil(dialog.chair.warning.isVisible, timeout=WAIT_MS)
    assert dialog.chair.warning.text().startswith("No picture weights are installed: run 'voxview train")
    assert not any(button.isEnabled() for button in dialog.buttons.take.values())
    QTest.keyClick(dialog.crop, Qt.Key.Key_Return)
    assert dialog.isVisible() and imported(window) == []
    dialog.reject()


def test_a_part_without_a_chair_is_said_and_another_part_works(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    pixels = np.array(Image.open(write_photo(tmp_path / "half.png")))
    pixels[:, :160] = 0
    Image.fromarray(pixels).save(tmp_path / "half.png")
    dialog = opened(window, qtbot, tmp_path / "half.png")
    dialog.crop.set_box(CropBox((320, 240), 0, 0, 100, 100))
    qtbot.waitUntil(dialog.chair.warning.isVisible, timeout=WAIT_MS)
    assert "choose another" in dialog.chair.warning.text() and not dialog.buttons.take[""].isEnabled()
    dialog.crop.set_box(CropBox((320, 240), 180, 0, 320, 200))
    wait_until_drawn(dialog, qtbot)
    assert dialog.buttons.take[""].isEnabled() and not dialog.chair.warning.isVisible()
    dialog.reject()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _write_bad(kind: str, path: Path) -> Path:
    if kind == "a renamed PDF":
        path.write_bytes(b"%PDF-1.7\n" + bytes(500))
    elif kind == "cut short":
        content = write_photo(path).read_bytes()
        path.write_bytes(content[: len(content) // 2])
    elif kind == "one pixel":
        Image.new("RGB", (1, 1)).save(path)
    elif kind == "a bomb":
        header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))
    return path


@pytest.mark.parametrize("kind", ["a renamed PDF", "cut short", "one pixel", "a bomb", "missing"])
def test_a_bad_picture_is_one_line_in_its_dialog(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str
) -> None:
    path = _write_bad(kind, tmp_path / "bad.png")
    unstarted.feature(PicturesFeature).take([path])
    dialog = dialog_of(unstarted, qtbot)
    qtbot.waitUntil(lambda: "bad.png" in dialog.crop.text, timeout=WAIT_MS)
    assert "\n" not in dialog.crop.text and not dialog.buttons.take[""].isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible() and imported(unstarted) == []


# ---- several, and pasted ------------------------------------------------------------------------------


def test_several_pictures_are_imported_whole_and_bad_ones_are_named(
    window: MainWindow, qtbot: QtBot, reader: FakeReader, tmp_path: Path
) -> None:
    good = [write_photo(tmp_path / f"chair{seed}.jpg", seed) for seed in range(3)]
    bad = _write_bad("a renamed PDF", tmp_path / "bad.png")
    drop(window, [good[0], bad, *good[1:]])
    qtbot.waitUntil(lambda: "bad.png" in window.messages.text, timeout=WAIT_MS)
    said = window.messages.text
    assert said == "3 chairs made from pictures: press A or B to take one; not readable: bad.png"
    assert [chair.id for chair in imported(window)] == [str(path) for path in good]
    assert [
        np.array_equal(one.pixels, prepare_input(read_picture(p)).pixels)
        for one, p in zip(reader.seen, good, strict=True)
    ] == [True] * 3
    drop(window, good[:2])
    qtbot.waitUntil(lambda: "2 chairs made" in window.messages.text, timeout=WAIT_MS)
    assert len(imported(window)) == 3, "the same picture is there twice"


def test_pictures_that_come_before_the_engine_are_not_lost(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path, new_engine: Callable[[str], object]
) -> None:
    unstarted.feature(PicturesFeature).load_reader = lambda _: FakeReader()
    drop(unstarted, [write_photo(tmp_path / f"chair{seed}.jpg", seed) for seed in range(2)])
    qtbot.waitUntil(lambda: bool(unstarted.feature(PicturesFeature)._waiting), timeout=WAIT_MS)
    unstarted.context.session.start(partial(new_engine, "study"))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: "2 chairs made" in unstarted.messages.text, timeout=WAIT_MS)


def test_the_picture_is_the_chairs_thumbnail_and_has_a_mark(
    window: MainWindow, qtbot: QtBot, reader: FakeReader, photo: Path
) -> None:
    dialog = opened(window, qtbot, photo)
    QTest.mouseClick(dialog.buttons.take[""], Qt.MouseButton.LeftButton)
    (chair,) = imported(window)
    thumbnails = window.context.thumbnails
    thumbnails.start()
    qtbot.waitUntil(lambda: thumbnails.picture(chair) is not None, timeout=WAIT_MS)
    pixmap = thumbnails.picture(chair)
    assert pixmap is not None
    image = pixmap.toImage()
    seen = Image.fromarray(reader.seen[-1].pixels).resize((SIDE, SIDE), Image.Resampling.BOX)
    own, shown = (
        np.array(seen).astype(int),
        np.array([[image.pixelColor(x, y).getRgb()[:3] for x in range(SIDE)] for y in range(SIDE)]),
    )
    differs = np.abs(own - shown).max(axis=2) > 40
    corner = differs[-SIDE // 3 :, -SIDE // 3 :]
    assert corner.mean() > 0.6 and differs.sum() == corner.sum(), "the mark is not in the corner alone"


def test_an_image_from_the_clipboard_is_a_picture(window: MainWindow, qtbot: QtBot, photo: Path) -> None:
    QGuiApplication.clipboard().setImage(QImage(str(photo)))
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(window, qtbot)
    wait_until_drawn(dialog, qtbot)
    QTest.mouseClick(dialog.buttons.take["B"], Qt.MouseButton.LeftButton)
    (chair,) = imported(window)
    assert chair.name == "Pasted picture" and selection_of(window).b == chair


def test_copied_files_are_pasted_and_an_image_is_dropped(
    window: MainWindow, qtbot: QtBot, photo: Path
) -> None:
    files, image = QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(photo))])
    QGuiApplication.clipboard().setMimeData(files)
    window.qactions["paste"].trigger()
    dialog = dialog_of(window, qtbot)
    assert dialog.source.title == "office chair.png"
    dialog.reject()
    image.setImageData(QImage(str(photo)))
    drop(window, image)
    dialog = dialog_of(window, qtbot)
    assert dialog.source.title == "pasted picture"
    dialog.reject()


def test_a_clipboard_without_a_picture_is_said_and_changes_nothing(unstarted: MainWindow) -> None:
    QGuiApplication.clipboard().setText("a chair, please")
    unstarted.qactions["paste"].trigger()
    assert unstarted.messages.text.startswith("There is no picture and no file")
    assert not unstarted.findChildren(PictureDialog)


# ---- room -------------------------------------------------------------------


def test_the_dialog_is_whole_on_a_screen_of_800_by_600(
    unstarted: MainWindow, qtbot: QtBot, photo: Path
) -> None:
    drop(unstarted, [photo])
    dialog = dialog_of(unstarted, qtbot)
    dialog.resize(784, 552)
    strange = "Unlike the pictures that the network learnt from (unfamiliarity 12.8, above 1 is rare)"
    lines = (
        "Seen 135° from the front towards +x, 18° above; made in 0.14 s\nDecoded by chairs, encoded by study"
    )
    dialog.chair.describe(lines, f"{strange}: do not trust it")
    dialog.nearest.describe("Four-leg easy chair with a slatted, rounded back\n" + lines)
    dialog.seen.describe(_NO_REMOVAL)
    QApplication.processEvents()
    assert (dialog.width(), dialog.height()) == (784, 552)
    for pane in (dialog.seen, dialog.chair, dialog.nearest):
        for label in (pane.lines, pane.warning):
            if label.isVisible():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
        assert min(pane.image.width(), pane.image.height()) >= 96
        assert pane.image.x() == dialog.seen.image.x()
    assert dialog.crop.width() > 300
    dialog.reject()
