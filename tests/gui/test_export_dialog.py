"""The export dialog, used as a person uses it; and pictures from where one looks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import trimesh
from looking import WAIT_MS, shown_in, view
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from voxview.engine.export.names import pair_name
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.context.save_folder import suggested_folder
from voxview.gui.files.export_choice import What
from voxview.gui.files.export_dialog import ExportDialog
from voxview.gui.files.feature import FilesFeature
from voxview.gui.session.camera import FIRST
from voxview.gui.window import MainWindow
from voxview.shapes.io.read import read_shape
from voxview.surface.still import Still


def open_dialog(window: MainWindow, action: str = "export_blend") -> ExportDialog:
    window.qactions[action].trigger()
    return window.findChildren(ExportDialog)[-1]


def choose(dialog: ExportDialog, formats: Sequence[str]) -> None:
    for kind, box in dialog.formats.boxes.items():
        box.setChecked(kind in formats)


def ok(dialog: ExportDialog) -> QDialogButtonBox:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


def export(window: MainWindow, qtbot: QtBot, dialog: ExportDialog, folder: Path, said: str) -> None:
    """Press Export, and wait until it is said where the files are."""
    dialog.folder.setText(str(folder))
    qtbot.mouseClick(ok(dialog), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: said in window.messages.text, timeout=WAIT_MS)


def test_what_is_on_screen_a_pair_and_chosen_ts_are_written_as_chosen(
    flat: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = shown_in(flat).blend
    assert shown is not None
    stem = pair_name(shown.request.a, shown.request.b)

    # what is on screen, for the printer, without touching anything but the format
    dialog = open_dialog(flat)
    choose(dialog, ["stl"])
    assert (dialog.height_mm.value(), dialog.up.currentData()) == (80, "z") and dialog.height_mm.isEnabled()
    path = tmp_path / f"{stem}_t0.50.stl"
    export(flat, qtbot, dialog, tmp_path, str(path))
    assert trimesh.load(path, force="mesh").extents[2] == pytest.approx(80)
    assert np.array_equal(read_shape(path), shown.grid)

    # the same in two formats with a manifest, taller
    dialog = open_dialog(flat)
    assert dialog.formats.chosen == ("stl",), "the formats are forgotten"
    choose(dialog, ["stl", "png"])
    dialog.height_mm.setValue(120)
    dialog.wide.setValue(64)
    dialog.high.setValue(48)
    dialog.manifest.setChecked(True)
    dialog.name.setText("mine")
    export(flat, qtbot, dialog, tmp_path, "3 files")
    manifest = json.loads((tmp_path / "mine.json").read_text())
    assert manifest["shapes"][0]["t"] == 0.5 and manifest["weights"] == "study"
    assert manifest["shapes"][0]["stl_mm"]["height"] == 120
    assert Image.open(tmp_path / "mine.png").size == (64, 48)

    # blends at chosen t's
    dialog = open_dialog(flat)
    assert dialog.height_mm.value() == 120, "the size is forgotten"
    dialog.what.setCurrentIndex(dialog.what.findData(What.BLENDS))
    choose(dialog, ["npy"])
    for text, good in (("0.5, two", False), ("1.5", False), ("", False), ("0.1; 0.9", True)):
        dialog.ts.setText(text)
        assert ok(dialog).isEnabled() is good, text
    export(flat, qtbot, dialog, tmp_path, "Blends from")
    assert len(list((tmp_path / f"{stem}-blends").glob("*_t0.[19]0.npy"))) == 2

    # A and B as they are
    dialog = open_dialog(flat)
    dialog.what.setCurrentIndex(dialog.what.findData(What.PAIR))
    choose(dialog, ["binvox"])
    export(flat, qtbot, dialog, tmp_path, "A and B are in")
    pair = shown_in(flat).pair
    assert pair is not None
    for letter, loaded in zip("AB", pair, strict=True):
        (file,) = (tmp_path / stem).glob(f"{letter}_*.binvox")
        assert np.array_equal(read_shape(file), loaded.grid)
    assert not list(tmp_path.rglob("*INCOMPLETE*"))

    # what is in the folder of a set is asked for, though no manifest is there
    for manifest_file in (tmp_path / stem).glob("*.json"):
        manifest_file.unlink()
    asked: list[Path] = []
    monkeypatch.setattr("voxview.gui.files.exporter.may_replace", lambda _, path: asked.append(path))
    dialog = open_dialog(flat)
    dialog.what.setCurrentIndex(dialog.what.findData(What.PAIR))
    choose(dialog, ["binvox"])
    dialog.folder.setText(str(tmp_path))
    qtbot.mouseClick(ok(dialog), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(asked) == 1, timeout=WAIT_MS)


def test_it_says_what_comes_or_why_nothing_can(flat: MainWindow) -> None:
    dialog = open_dialog(flat, "export_morph")
    assert dialog._what is What.MORPH and "morph.json" in dialog.line.text()
    choose(dialog, [])
    assert not ok(dialog).isEnabled() and dialog.line.text() == "No format is chosen."
    choose(dialog, ["sheet"])
    dialog.steps.setValue(102)
    assert not ok(dialog).isEnabled() and "up to 101" in dialog.line.text()
    dialog.steps.setValue(11)
    for name in ("", "a/b", ".."):
        dialog.name.setText(name)
        assert not ok(dialog).isEnabled(), name
    dialog.what.setCurrentIndex(dialog.what.findData(What.SHOWN))
    assert not dialog.formats.boxes["sheet"].isEnabled() and dialog.name.text().endswith("_t0.50")
    assert dialog.sizeHint().height() < 560, "it does not fit a window of 600"
    dialog.reject()


def test_no_place_among_the_data_is_suggested(
    unstarted: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings, listing = unstarted.context.settings, unstarted.context.listing
    data, other = tmp_path / "data", tmp_path / "made"
    (data / "deep").mkdir(parents=True)
    other.mkdir()
    settings.remember("folder", str(data))
    for remembered, suggested in ((other, other), (data / "deep", None), (tmp_path / "gone", None)):
        settings.remember("export_folder", str(remembered))
        folder = suggested_folder(settings, listing)
        assert folder == suggested if suggested else not folder.is_relative_to(data)


def test_pictures_are_taken_from_where_one_looks(solid: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    scene, blend, views = view(solid).scene, shown_in(solid).blend, solid.context.session.views
    assert scene is not None and blend is not None
    for camera, orthographic in (
        (FIRST.turned(70, 0, upright=True), False),
        (FIRST.turned(0, 35, upright=False).zoomed(1.2), False),
        (FIRST.turned(20, 10, upright=True), True),
    ):
        views.change(orthographic=orthographic)
        views.look_by(camera)
        drawn = scene.pixels()
        assert drawn is not None
        third = drawn.shape[1] // 3
        middle = drawn[:, third : 2 * third]
        still = Still(blend.field, (middle.shape[1], middle.shape[0]), camera=view(solid).camera())
        seen = still.whole()[..., 3] > 250  # the chair, without its shadow
        colours = middle[..., :3].astype(int)  # the chair has a colour, or is dark; the floor is neither
        shown = (np.ptp(colours, axis=2) > 8) | (colours.max(axis=2) < 90)
        overlap = (seen & shown).sum() / (seen | shown).sum()
        assert overlap > 0.9, "the picture is taken from elsewhere"
    assert solid.feature(FilesFeature).camera().distance is None
    views.change(orthographic=False)
    views.reset()
    assert solid.feature(FilesFeature).camera().distance == pytest.approx(4.0)

    solid.feature(BlendFeature).copy_picture()
    image = QApplication.clipboard().image()
    assert (image.width(), image.height()) == (drawn.shape[1], drawn.shape[0])
    assert "the picture is copied" in solid.messages.text.lower()
