"""Clouds of points in the window: dropped or opened, cropped, turned, looked at and listed as chairs."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fake_points_reader import CHAIR, PLACE, SIZE, FakePointsReader, loads
from looking import WAIT_MS, browser, selection_of, shown_in, wait_for_position
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from random_points_weights import write_random_points_weights
from whole_layout import _cut, settle

from voxview.cli.window import open_window
from voxview.errors import InputError
from voxview.gui import theme
from voxview.gui.blend.subplots import pixels_of
from voxview.gui.context.listing import IMPORTED
from voxview.gui.points import encoders
from voxview.gui.points.colours import FARTHEST, distance_colours
from voxview.gui.points.dialog import PointsDialog
from voxview.gui.points.feature import PointsFeature
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.orient import rotation_matrix
from voxview.shapes.points.crop import Box

ROOMY = Box((9.0, 4.0, -4.0), (11.0, 6.0, -2.0))
"""What the chair is in, and nothing else."""


@pytest.fixture(autouse=True)
def coarse_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw with one sample a pixel also what has come to rest: a quarter of the work."""
    monkeypatch.setattr("voxview.gui.points.cloud_view._FINEST", 0)


@pytest.fixture
def reader() -> FakePointsReader:
    """Return what stands in for the network."""
    return FakePointsReader()


@pytest.fixture
def window(
    unstarted: MainWindow, qtbot: QtBot, new_engine: Callable[[str], object], reader: FakePointsReader
) -> MainWindow:
    """Return a window with an engine and a fake reader, without a 3D view."""
    unstarted.feature(PointsFeature).load_reader = loads(reader)
    return _with_engine(unstarted, qtbot, new_engine)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """Return a file with points of a chair on a floor."""
    return write_scan(tmp_path / "office chair.xyz", floor=True)


def _with_engine(window: MainWindow, qtbot: QtBot, new_engine: Callable[[str], object]) -> MainWindow:
    window.context.session.start(partial(new_engine, "study"))  # type: ignore[arg-type]
    window.context.listing.add_catalog(Catalog("A few chairs", "few", sample_catalog()[3:53:5]))
    qtbot.waitUntil(lambda: window.context.session.engine.is_ready, timeout=WAIT_MS)
    return window


def points_of_chair(count: int = 1500, seed: int = 0) -> np.ndarray:
    """Return points in the voxels at the chair's surface, in the unit and place of the files, z up."""
    grid = np.pad(CHAIR.read(), 1)
    inner = np.all([np.roll(grid, step, axis) for axis in range(3) for step in (-1, 1)], axis=0)
    voxels = np.argwhere((grid & ~inner)[1:-1, 1:-1, 1:-1])
    rng = np.random.default_rng(seed)
    framed = (voxels[rng.integers(0, len(voxels), count)] + rng.random((count, 3))) / 32 - 0.5
    return SIZE * framed @ rotation_matrix("z") + PLACE


def write_scan(path: Path, seed: int = 0, *, floor: bool = False, beside: float | None = None) -> Path:
    points = points_of_chair(seed=seed)
    if floor:
        spots = np.random.default_rng(2).uniform(-1.9, 1.9, (500, 2)) + PLACE[:2]
        points = np.vstack([points, np.column_stack([spots, np.full(500, points[:, 2].min())])])
    if beside is not None:
        points = np.vstack([points, points_of_chair(900, seed + 1) + np.array([beside, 0, 0])])
    np.savetxt(path, points, "%.5f")
    return path


def drop(window: MainWindow, paths: Sequence[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none = Qt.KeyboardModifier.NoModifier
    where, left = QPoint(400, 300), Qt.MouseButton.LeftButton
    for event in (QDragEnterEvent, QDropEvent):
        QApplication.sendEvent(window, event(where, Qt.DropAction.CopyAction, data, left, none))


def dialog_of(window: MainWindow, qtbot: QtBot) -> PointsDialog:
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(PointsDialog)), timeout=WAIT_MS)
    return next(d for d in window.findChildren(PointsDialog) if d.isVisible())


def wait_until_settled(dialog: PointsDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dialog.is_settled, timeout=WAIT_MS)


def opened(window: MainWindow, qtbot: QtBot, path: Path) -> PointsDialog:
    drop(window, [path])
    dialog = dialog_of(window, qtbot)
    wait_until_settled(dialog, qtbot)
    return dialog


def imported(window: MainWindow) -> list[Chair]:
    return [c for one in window.context.listing.catalogs if one.source == IMPORTED for c in one]


def step(widget: QWidget, key: Qt.Key, times: int = 1) -> None:
    widget.setFocus()
    for _ in range(times):
        QTest.keyClick(widget, key)


# ---- from a file to a chair ---------------------------------------------------------------------------


def test_a_dropped_scan_becomes_a_chair_that_blends(
    window: MainWindow, qtbot: QtBot, reader: FakePointsReader, scan: Path
) -> None:
    dialog = opened(window, qtbot, scan)
    widgets, scene = dialog.widgets, dialog.widgets.view.scene
    (request,) = reader.seen
    used = len(request.cloud.points)
    figures = widgets.figures.text()
    assert f"2,000 points read, {used:,} used" in figures and "of a floor or wall left out" in figures
    assert "1.2 % of the longest side (0.025 in the file's unit) in the mean" in figures
    assert "Stands z up, turned by 0°; read by PointNet++ in 0.50 s" in figures
    assert not widgets.warning.isVisible()
    assert "Of 10 in A few chairs, by IoU: 1.00" in widgets.nearest.lines.text()
    assert scene is not None and scene.surface is not None and len(scene.points) == used
    assert np.abs(scene.points).max() < 0.52, "the points are not in the chair's frame"
    assert not widgets.view.image.isNull() and not widgets.nearest.image.pixmap.isNull()
    QTest.mouseClick(dialog.buttons.take["A"], Qt.MouseButton.LeftButton)
    (chair,) = imported(window)
    assert np.array_equal(chair.read(), CHAIR.read())
    assert (chair.id, chair.name) == (str(scan), "Office chair")
    assert selection_of(window).a == chair == browser(window).view.current_chair()
    row = browser(window).model.index(0)
    tip = str(row.data(Qt.ItemDataRole.ToolTipRole))
    assert f"From points: {scan}" in tip and "z up, turned by 0°" in tip and "weights study" in tip
    assert "from points" in str(row.data(Qt.ItemDataRole.AccessibleTextRole))
    wait_for_position(qtbot, window, 0.5)
    assert shown_in(window).pair is not None


def test_a_scan_becomes_a_chair_with_real_weights_and_t_0_is_that_chair(
    unstarted: MainWindow,
    qtbot: QtBot,
    new_engine: Callable[[str], object],
    scan: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weights = write_random_points_weights(tmp_path / "random.safetensors", like=2)
    monkeypatch.setenv("VOXVIEW_POINTS_WEIGHTS", str(weights))
    window = _with_engine(unstarted, qtbot, new_engine)
    dialog = opened(window, qtbot, scan)
    assert dialog.made is not None
    result = dialog.made.result
    assert result.found.up == "z", "the floor says what is up"
    QTest.mouseClick(dialog.buttons.take["B"], Qt.MouseButton.LeftButton)
    (chair,) = imported(window)
    qtbot.waitUntil(
        lambda: shown_in(window).pair is not None and shown_in(window).pair[1].chair == chair, timeout=WAIT_MS
    )
    assert np.array_equal(chair.read(), result.grid)
    qtbot.waitUntil(lambda: window.status.iou.text().endswith("B from points"), timeout=WAIT_MS)


def test_without_points_weights_the_command_line_s_line_says_so_and_nothing_is_imported(
    unstarted: MainWindow,
    qtbot: QtBot,
    new_engine: Callable[[str], object],
    scan: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("VOXVIEW_POINTS_WEIGHTS", raising=False)
    for module in ("voxview.model.shipped_encoders", "voxview.gui.points.encoders"):
        monkeypatch.setattr(f"{module}.is_installed", lambda _: False)
    window = _with_engine(unstarted, qtbot, new_engine)
    dialog = opened(window, qtbot, scan)
    line = (
        "o points weights are installed: train some with 'voxview train --network points', and give the file"
    )
    assert dialog.widgets.warning.text() == f"N{line}"
    assert not any(button.isEnabled() for button in dialog.buttons.take.values())
    assert not dialog.widgets.encoder.isVisible()
    scene = dialog.widgets.view.scene
    assert scene is not None and scene.surface is None and len(scene.points) == 2000
    low = scene.points[:, 1] < scene.points[:, 1].min() + 0.02
    assert low.sum() > 500, "the floor is not below"
    QTest.keyClick(dialog.widgets.view, Qt.Key.Key_Return)
    assert dialog.isVisible() and imported(window) == []
    dialog.reject()
    drop(window, [scan, write_scan(scan.with_name("second.xyz"), 1)])
    qtbot.waitUntil(lambda: f"n{line}" in window.messages.text, timeout=WAIT_MS)


def test_an_engine_that_failed_before_the_dialog_is_said_in_it(
    unstarted: MainWindow, qtbot: QtBot, scan: Path, tmp_path: Path
) -> None:
    def broken() -> None:
        raise InputError("the weights are cut off: fetch them again")

    unstarted.context.session.start(broken)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: "cut off" in unstarted.messages.text, timeout=WAIT_MS)
    dialog = opened(unstarted, qtbot, scan)
    assert dialog.widgets.warning.text() == "The weights are cut off: fetch them again"
    dialog.reject()
    drop(unstarted, [scan, write_scan(tmp_path / "second.xyz", 1)])
    qtbot.waitUntil(lambda: unstarted.messages.text.startswith("No chair can be made"), timeout=WAIT_MS)


# ---- bad files, and doubtful ones -----------------------------------------------------------------------


def _write_bad(kind: str, path: Path) -> Path:
    if kind == "no numbers":
        path.write_text("this is no cloud\nof points at all\n")
    elif kind == "a renamed archive":
        path.write_bytes(b"PK\x03\x04" + bytes(500))
    elif kind == "only NaN":
        path.write_text("nan nan nan\n" * 80)
    return path


def test_a_file_that_cannot_be_read_is_one_line_in_its_dialog(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for kind in ("no numbers", "a renamed archive", "only NaN", "missing"):
        path = _write_bad(kind, tmp_path / f"{kind}.xyz")
        unstarted.feature(PointsFeature).take([path])
        dialog = dialog_of(unstarted, qtbot)
        stand = dialog.widgets.stand
        qtbot.waitUntil(lambda stand=stand: not stand.isEnabled(), timeout=WAIT_MS)  # type: ignore[misc]
        assert len(dialog.widgets.view.text) > 30 and "\n" not in dialog.widgets.view.text
        assert not dialog.buttons.take[""].isEnabled() and not dialog.widgets.crop.isEnabled()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible() and imported(unstarted) == []


def test_what_may_be_no_chair_is_a_warning_in_one_line_and_nothing_is_not_imported(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    table = "it has a wide flat top and no back: if it is a table, no chair will come of it"
    reader = FakePointsReader(warnings=(table,))
    window.feature(PointsFeature).load_reader = loads(reader)
    dialog = opened(window, qtbot, write_scan(tmp_path / "two.xyz", beside=3.5))
    warning = dialog.widgets.warning
    assert warning.isVisible() and warning.text().startswith("There seem to be 2 chairs: only the one")
    assert warning.text().endswith(f"; {table}") and dialog.buttons.take[""].isEnabled()
    reader.is_empty = True
    step(dialog.widgets.stand.boxes[1], Qt.Key.Key_Up)
    wait_until_settled(dialog, qtbot)
    assert warning.text().startswith("Nothing came out of these points: crop")
    assert not dialog.buttons.take[""].isEnabled() and dialog.widgets.figures.text() == ""
    dialog.reject()


# ---- what counts ------------------------------------------------------------------------------------------


def test_a_crop_by_keyboard_restricts_the_points_and_is_drawn_and_named(
    window: MainWindow, qtbot: QtBot, reader: FakePointsReader, tmp_path: Path
) -> None:
    path = write_scan(tmp_path / "room.xyz", beside=3.5)
    dialog = opened(window, qtbot, path)
    crop, view = dialog.widgets.crop, dialog.widgets.view
    low, high = crop.coordinates
    assert crop.box is None and not crop.whole.isEnabled() and reader.seen[-1].box is None
    high[0].setFocus()
    high[0].selectAll()
    QTest.keyClicks(high[0], "11.5")
    QTest.keyClick(high[0], Qt.Key.Key_Return)
    assert dialog.isVisible(), "Enter ends the number, and does not import"
    wait_until_settled(dialog, qtbot)
    box = crop.box
    assert box is not None and box.high[0] == 11.5 and reader.seen[-1].box == box
    assert reader.seen[-1].cloud.points[:, 0].max() <= 11.5 and not reader.seen[-1].cloud.warnings
    assert "outside the box left out" in dialog.widgets.figures.text() and view._box is not None
    step(low[2], Qt.Key.Key_Up)
    lowest = low[2].value()
    assert lowest > low[2].minimum()
    QTest.mouseClick(dialog.buttons.take[""], Qt.MouseButton.LeftButton)
    assert dialog.isVisible(), "a chair of the box before would be imported"
    qtbot.waitUntil(lambda: bool(imported(window)), timeout=WAIT_MS)
    (chair,) = imported(window)
    assert reader.seen[-1].box is not None and reader.seen[-1].box.low[2] == lowest
    assert chair.id == f"{path} ({reader.seen[-1].box.text})"


def test_a_room_is_refused_until_it_is_cropped_and_whole_again_it_is_refused_again(
    window: MainWindow, qtbot: QtBot, reader: FakePointsReader, tmp_path: Path
) -> None:
    chairs = [points_of_chair(5200, seed) + np.array([0.0, 3.5 * seed, 0.0]) for seed in range(4)]
    np.save(tmp_path / "room.npy", np.vstack(chairs))
    dialog = opened(window, qtbot, tmp_path / "room.npy")
    assert "crop it to one chair first" in dialog.widgets.warning.text() and reader.seen == []
    before = dialog.widgets.view.scene
    assert before is not None and len(before.points) == 20_800 and not len(before.muted)
    dialog.widgets.crop.set_box(ROOMY)
    now = dialog.widgets.view.scene
    assert now is not None and len(now.muted) == 15_600, "what is outside is told apart at once"
    wait_until_settled(dialog, qtbot)
    assert dialog.buttons.take[""].isEnabled() and not dialog.widgets.warning.isVisible()
    QTest.mouseClick(dialog.widgets.crop.whole, Qt.MouseButton.LeftButton)
    wait_until_settled(dialog, qtbot)
    assert "crop it to one chair first" in dialog.widgets.warning.text()
    assert not dialog.buttons.take[""].isEnabled()
    dialog.reject()


def test_what_was_left_out_is_shown_on_request_in_another_colour(
    window: MainWindow, qtbot: QtBot, reader: FakePointsReader, scan: Path
) -> None:
    dialog = opened(window, qtbot, scan)
    widgets = dialog.widgets
    without = widgets.view.image
    assert widgets.view.scene is not None and not len(widgets.view.scene.muted)
    step(widgets.left_out, Qt.Key.Key_Space)
    wait_until_settled(dialog, qtbot)
    scene = widgets.view.scene
    assert scene is not None and len(scene.muted) == len(reader.seen[-1].cloud.left_out) > 400
    quiet = np.array(QColor(theme.palette().quiet).getRgb())
    counts = [(pixels_of(image) == quiet).all(axis=2).sum() for image in (without, widgets.view.image)]
    assert counts[0] == 0 and counts[1] > 300
    assert len(reader.seen) == 1, "nothing is read anew for that"
    dialog.reject()


# ---- how it stands ----------------------------------------------------------------------------------------


def test_up_and_turn_that_were_found_stand_there_and_others_are_read_anew(
    window: MainWindow, qtbot: QtBot, reader: FakePointsReader, scan: Path
) -> None:
    dialog = opened(window, qtbot, scan)
    stand = dialog.widgets.stand
    axis, turn = stand.boxes
    assert (axis.currentText(), turn.text()) == ("z (found)", "0° (found)")
    step(turn, Qt.Key.Key_Down)
    wait_until_settled(dialog, qtbot)
    assert (reader.seen[-1].up, reader.seen[-1].turn) == ("auto", 359.0)
    assert "turned by 359°" in dialog.widgets.figures.text()
    step(axis, Qt.Key.Key_Down)
    assert stand.turn == "auto", "of another axis the old turn means nothing"
    wait_until_settled(dialog, qtbot)
    assert (reader.seen[-1].up, reader.seen[-1].turn) == ("y", "auto")
    step(axis, Qt.Key.Key_Up)
    wait_until_settled(dialog, qtbot)
    assert (reader.seen[-1].up, reader.seen[-1].turn) == ("auto", "auto")
    assert len(reader.seen) == 4 and len({id(one.cloud) for one in reader.seen}) == 1, "cleaned once"
    dialog.reject()


def test_both_encoders_are_on_offer_where_both_are_there(
    window: MainWindow, qtbot: QtBot, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str | None] = []

    def load(_: object, weights: str | None) -> FakePointsReader:
        used.append(weights)
        return FakePointsReader()

    window.feature(PointsFeature).load_reader = load  # type: ignore[assignment]
    monkeypatch.setenv("VOXVIEW_POINTS_WEIGHTS", "/mine/trial.safetensors")
    monkeypatch.setattr(encoders, "is_installed", lambda _: True)
    dialog = opened(window, qtbot, scan)
    chooser = dialog.widgets.encoder
    titles = [chooser.itemText(place) for place in range(chooser.count())]
    assert titles == ["trial.safetensors", "PointNet++", "PointNet"] and chooser.isVisible()
    step(chooser, Qt.Key.Key_Down)
    wait_until_settled(dialog, qtbot)
    assert used == ["/mine/trial.safetensors", "pointnet2"]
    dialog.reject()


# ---- looking at it ----------------------------------------------------------------------------------------


def test_the_view_is_turned_by_mouse_and_keyboard_and_brought_back(
    window: MainWindow, qtbot: QtBot, scan: Path
) -> None:
    dialog = opened(window, qtbot, scan)
    view = dialog.widgets.view
    first, image = view.eye, view.image
    step(view, Qt.Key.Key_Right, 3)
    step(view, Qt.Key.Key_Up)
    step(view, Qt.Key.Key_Plus)
    assert view.eye.azimuth == first.azimuth + 30 and view.eye.elevation == first.elevation + 10
    assert view.eye.zoom > first.zoom
    wait_until_settled(dialog, qtbot)
    assert view.image != image and view.image.size() == image.size()
    step(view, Qt.Key.Key_Home)
    assert view.eye == first
    middle = QPoint(view.width() // 2, view.height() // 2)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(view, middle + QPoint(40, 300))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton)
    assert view.eye.azimuth == first.azimuth + 20 and view.eye.elevation == 89
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=middle)
    assert view.eye == first and dialog.isVisible()
    dialog.reject()


def test_near_and_far_points_have_the_colours_at_the_ends_and_all_between_differ() -> None:
    colours = distance_colours(np.linspace(0, 2 * FARTHEST, 9)).astype(int)
    assert (colours[4:] == colours[-1]).all()
    assert np.abs(np.diff(colours[:5], axis=0)).sum(1).min() > 40


# ---- while it works ---------------------------------------------------------------------------------------


def test_cancelling_while_it_is_read_or_made_drops_all_and_another_file_works(
    window: MainWindow, qtbot: QtBot, reader: FakePointsReader, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(_: Path):  # type: ignore[no-untyped-def]
        for share in np.linspace(0, 1, 10_000):
            QTest.qSleep(2)
            yield float(share)

    with monkeypatch.context() as patch:
        patch.setattr("voxview.gui.points.reading.read_points", slowly)
        drop(window, [scan])
        dialog = dialog_of(window, qtbot)
        qtbot.waitUntil(lambda: "Reading… 1" <= dialog.widgets.view.text <= "Reading… 9 %", timeout=WAIT_MS)
        assert dialog.widgets.progress.isVisible() and not dialog.buttons.take["A"].isEnabled()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
    reader.gate.clear()
    drop(window, [scan])
    second = dialog_of(window, qtbot)
    qtbot.waitUntil(lambda: bool(reader.seen), timeout=WAIT_MS)
    cancel = second.buttons.button(second.buttons.StandardButton.Cancel)
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    reader.gate.set()
    third = opened(window, qtbot, scan)
    assert third.buttons.take["A"].isEnabled() and imported(window) == []
    third.reject()


def test_a_window_that_is_closed_while_it_reads_leaves_nothing(
    window: MainWindow, qtbot: QtBot, reader: FakePointsReader, scan: Path
) -> None:
    reader.gate.clear()
    drop(window, [scan])
    dialog_of(window, qtbot)
    qtbot.waitUntil(lambda: bool(reader.seen), timeout=WAIT_MS)
    window.close()
    assert not window.isVisible()
    reader.gate.set()  # what is left afterwards is looked for when the test ends


# ---- other ways in ----------------------------------------------------------------------------------------


def test_several_scans_are_imported_as_they_are_found_and_bad_ones_are_named(
    window: MainWindow, qtbot: QtBot, reader: FakePointsReader, tmp_path: Path
) -> None:
    good = [write_scan(tmp_path / f"scan{seed}.xyz", seed) for seed in range(3)]
    line = tmp_path / "line.csv"
    np.savetxt(line, np.linspace(0, 1, 90)[:, None] * [1.0, 2.0, 3.0], delimiter=",")
    drop(window, [good[0], line, *good[1:]])
    qtbot.waitUntil(lambda: "line.csv" in window.messages.text, timeout=WAIT_MS)
    assert window.messages.text == (
        "3 chairs made from points: press A or B to take one; "
        "line.csv: all points lie in one line: there is no chair in them"
    )
    assert [chair.id for chair in imported(window)] == [str(path) for path in good] and len(reader.seen) == 3
    drop(window, [line, line])
    qtbot.waitUntil(
        lambda: window.messages.text.startswith("None of the clouds can be used: line"), timeout=WAIT_MS
    )


def test_scans_that_come_before_the_engine_are_not_lost(
    unstarted: MainWindow,
    qtbot: QtBot,
    reader: FakePointsReader,
    tmp_path: Path,
    new_engine: Callable[[str], object],
) -> None:
    feature = unstarted.feature(PointsFeature)
    feature.load_reader = loads(reader)
    drop(unstarted, [write_scan(tmp_path / f"scan{seed}.xyz", seed) for seed in range(2)])
    qtbot.waitUntil(lambda: bool(feature._waiting), timeout=WAIT_MS)
    drop(unstarted, [tmp_path / "scan0.xyz"])
    dialog = dialog_of(unstarted, qtbot)
    qtbot.waitUntil(lambda: dialog._reading._waits_for_engine, timeout=WAIT_MS)
    _with_engine(unstarted, qtbot, new_engine)
    qtbot.waitUntil(lambda: "2 chairs made from points" in unstarted.messages.text, timeout=WAIT_MS)
    wait_until_settled(dialog, qtbot)
    assert dialog.buttons.take["A"].isEnabled()
    dialog.reject()


def test_points_named_at_the_start_open_their_dialog_and_are_checked_by_the_command_line(
    window: MainWindow, qtbot: QtBot, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.startup._files.import_all([scan], then_pair=True)
    dialog_of(window, qtbot).reject()
    started: list[object] = []
    monkeypatch.setattr("voxview.gui.app.run", lambda *given: started.append(given[0]))
    open_window(Namespace(files=[scan], data=None, weights=None))
    assert started == [[scan]]
    with pytest.raises(InputError, match=r"there is no file of points .*missing\.xyz"):
        open_window(Namespace(files=[scan.with_name("missing.xyz")], data=None, weights=None))


# ---- room -------------------------------------------------------------------------------------------------


def test_the_dialog_is_whole_with_all_that_it_may_say(
    window: MainWindow, qtbot: QtBot, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "is_installed", lambda _: True)
    dialog = opened(window, qtbot, scan)
    widgets = dialog.widgets
    widgets.describe(
        "1,234,567 points read, 24,321 used; 1,234,567 points thinned to 28,765; 12 points that are no "
        "numbers (NaN) left out; 4,012 points of a floor or wall left out; 123 outliers left out\n"
        "From the points to the surface: 12.3 % of the longest side (0.12 in the file's unit) in the mean, "
        "56.7 % of the longest side (0.57 in the file's unit) at most\n"
        "Stands -z up, turned by 359°; read by PointNet++ in 10.94 s\n"
        "Decoded by chairs-free, encoded by study",
        "There seem to be 2 chairs: only the one with the most points is used; it has a wide flat top and no "
        "back: if it is a table, no chair will come of it",
    )
    widgets.nearest.describe(
        "Four-leg easy chair with a slatted, rounded back\nOf 953 in ShapeNetVox32, by its 64 numbers: "
        "distance 12.34, IoU 0.92"
    )
    for size in ((784, 552), (1400, 900)):
        dialog.resize(*size)
        settle()
        assert (dialog.width(), dialog.height()) == size
        shown = [widget for widget in dialog.findChildren(QWidget) if widget.isVisible()]
        assert [f"{type(w).__name__}: {fault}" for w in shown for fault in _cut(w)] == []
        for widget in shown:
            corner = widget.mapTo(dialog, QPoint(0, 0))
            assert dialog.rect().contains(corner) and dialog.rect().contains(corner + QPoint(*_end(widget)))
        assert min(widgets.view.width(), widgets.view.height()) > 150
    dialog.reject()


def _end(widget: QWidget) -> tuple[int, int]:
    return max(widget.width() - 1, 0), max(widget.height() - 1, 0)
