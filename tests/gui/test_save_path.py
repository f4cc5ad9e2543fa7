"""No file is replaced unasked, whatever way its name was typed."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from voxview.engine.export.options import ExportOptions
from voxview.gui.files.export_choice import ExportChoice, Subject, What
from voxview.gui.files.feature import FilesFeature
from voxview.gui.widgets.save_path import ask_save_path
from voxview.gui.window import MainWindow

KINDS = {".obj": "Surface", ".binvox": "Voxels"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person was asked; the answer is no."""
    questions: list[str] = []

    def answer(_parent: object, _title: str, text: str) -> QMessageBox.StandardButton:
        questions.append(text)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", answer)
    return questions


def typed(monkeypatch: pytest.MonkeyPatch, name: Path, kinds: dict[str, str], chosen: str) -> Path | None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(name), chosen))
    return ask_save_path(None, "Save", name.parent / "suggested", kinds)


def test_a_name_without_a_suffix_gets_the_chosen_one_and_replaces_nothing_unasked(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    chosen = "Voxels (*.binvox)"
    assert typed(monkeypatch, tmp_path / "new", KINDS, chosen) == tmp_path / "new.binvox" and not asked
    (tmp_path / "old.binvox").touch()
    assert typed(monkeypatch, tmp_path / "old", KINDS, chosen) is None
    assert asked == ["old.binvox is there already. Replace it?"]
    assert typed(monkeypatch, tmp_path / "old.binvox", KINDS, chosen) == tmp_path / "old.binvox"
    assert len(asked) == 1, "Qt asks about the name that was typed"


def test_a_point_in_a_name_is_no_suffix_where_there_is_one_kind(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    (tmp_path / "t = 0.csv").touch()
    path = typed(monkeypatch, tmp_path / "t = 0.5", {".csv": "Table"}, "Table (*.csv)")
    assert path == tmp_path / "t = 0.5.csv" and not asked


def test_a_person_who_agrees_replaces_the_file(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    (tmp_path / "old.obj").touch()
    assert typed(monkeypatch, tmp_path / "old", KINDS, "Surface (*.obj)") == tmp_path / "old.obj"


def test_no_export_asks_qt_on_its_own() -> None:
    package = Path(__file__).resolve().parents[2] / "voxview" / "gui"
    asking = [file.name for file in package.rglob("*.py") if "getSaveFileName" in file.read_text()]
    assert asking == ["save_path.py"]


def test_an_export_replaces_another_one_only_if_the_person_agrees(
    unstarted: MainWindow, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = unstarted.feature(FilesFeature).exporter
    written: list[str] = []
    monkeypatch.setattr(exporter, "write", lambda _, choice: written.append(choice.name))
    (tmp_path / "old").mkdir()
    for there in ("old/morph.json", "old.obj", "old.json"):
        (tmp_path / there).touch()
    subject = cast(Subject, None)
    for name in ("new", "old"):
        for what in (What.MORPH, What.SHOWN):
            exporter.write_or_ask(subject, ExportChoice(what, ExportOptions(("obj",)), tmp_path, name))
    exporter.write_or_ask(
        subject, ExportChoice(What.SHOWN, ExportOptions(("stl",)), tmp_path, "old", manifest=True)
    )
    assert written == ["new", "new"]
    assert asked == [
        f"{name} is there already. Replace it?" for name in ("morph.json", "old.obj", "old.json")
    ]
