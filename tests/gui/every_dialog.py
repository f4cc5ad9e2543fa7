"""Every dialog of the window, filled as far as that goes without an engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtWidgets import QDialog

from voxview.engine.request import BlendRequest, BlendResult
from voxview.gui.bookmarks.dialog import BookmarksDialog
from voxview.gui.files.export_choice import Subject, What
from voxview.gui.files.export_dialog import ExportDialog
from voxview.gui.files.import_dialog import ImportDialog
from voxview.gui.help.dialogs import AboutDialog
from voxview.gui.help.feature import HelpFeature
from voxview.gui.help.tour import TourDialog
from voxview.gui.history.dialog import HistoryDialog
from voxview.gui.palette.feature import PaletteFeature
from voxview.gui.pictures.chairs import PictureSource
from voxview.gui.pictures.dialog import PictureDialog
from voxview.gui.pictures.reading import EngineReader as PicturesReader
from voxview.gui.pictures.reading import PictureReading
from voxview.gui.points.dialog import PointsDialog
from voxview.gui.points.encoders import Choice
from voxview.gui.points.reading import EngineReader, PointsReading
from voxview.gui.preferences.feature import PreferencesFeature
from voxview.gui.sessions.missing_dialog import MissingDialog
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.camera import DEFAULT_CAMERA
from voxview.surface.extract import extract_surface


def export_dialog(window: MainWindow) -> ExportDialog:
    """Return the dialog that exports a morph of two sample chairs."""
    a, b = sample_catalog()[:2]
    grid = a.read()
    result = BlendResult(
        BlendRequest(a, b, 0.5), grid.astype(np.float32), extract_surface(grid), {}, "cpu", decoded_ahead=True
    )
    return ExportDialog(window.context, Subject(result, (a, b), None), What.MORPH, DEFAULT_CAMERA)


def every_dialog(window: MainWindow, folder: Path) -> Iterator[QDialog]:
    """Yield the dialogs; those that a feature owns are open, and all close with the window."""
    np.save(folder / "cube.npy", np.pad(np.ones((16, 16, 16), bool), 8))
    np.save(folder / "cloud.npy", np.random.default_rng(0).random((80, 3)))
    Image.new("RGB", (32, 32), "white").save(folder / "white.png")
    session = window.context.session
    yield export_dialog(window)
    yield ImportDialog(folder / "cube.npy", window)
    pictures = PictureReading(session, PicturesReader())
    points = PointsReading(session, EngineReader())
    yield PointsDialog(folder / "cloud.npy", points, [Choice("one", "one"), Choice("two", "two")], window)
    yield PictureDialog(PictureSource.of_file(folder / "white.png"), pictures, window)
    yield AboutDialog(None, "study", "", window)
    yield TourDialog(session, set(), window)
    yield HistoryDialog(window.context.keeper, window)
    yield BookmarksDialog(window)
    yield MissingDialog("Open a session", folder, window)
    for name, feature, field in (
        ("palette", PaletteFeature, "dialog"),
        ("change_keys", HelpFeature, "keys_dialog"),
        ("help", HelpFeature, "window"),
        ("preferences", PreferencesFeature, "dialog"),
    ):
        window.qactions[name].trigger()
        yield getattr(window.feature(feature), field)
