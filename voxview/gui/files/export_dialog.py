"""The export dialog: what is written, in which formats, how large, and where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from voxview.conventions import LEVEL, SURFACE_RESOLUTIONS
from voxview.engine.export.options import FILM_FORMATS, SET_FORMATS, ExportOptions, PictureOptions
from voxview.engine.morph import MAX_PICTURES
from voxview.engine.pace import Pace
from voxview.errors import InputError
from voxview.gui import theme
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.save_folder import suggested_folder
from voxview.gui.files.export_choice import ExportChoice, Subject, What, typed_ts
from voxview.gui.files.export_formats import ExportFormats
from voxview.gui.session.surface_texts import FINE_TIP, SURFACE_NAMES
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.number_boxes import DecimalBox, NumberBox
from voxview.gui.widgets.tick_box import TickBox
from voxview.shapes.io.stl_note import MAX_HEIGHT, MIN_HEIGHT, PrintSize
from voxview.shapes.orient import UPS
from voxview.surface.camera import Camera
from voxview.surface.still import LARGEST

_PACES: dict[Pace, tuple[str, str]] = {
    "linear": ("Linear: equal steps of t", "11 steps are t = 0, 0.1 … 1"),
    "even": (
        "Even: equal changes of shape",
        "11 steps each change a tenth of the shape; their t's are in the files' names",
    ),
}
"""Text and tooltip of each pace."""
_MOST_BLENDS = 1001


class ExportDialog(QDialog):
    """Dialog whose `choice` is what to write once it is accepted."""

    def __init__(self, context: AppContext, subject: Subject, what: What, camera: Camera) -> None:
        super().__init__(context.dialog_parent)
        self.setWindowTitle("Export")
        self._context, self._subject, self._camera = context, subject, camera
        settings, selection = context.settings, context.session.selection
        self.names = Elided()
        chairs = subject.chairs
        self.names.set_text("" if chairs is None else f"{chairs[0].name} → {chairs[1].name}")
        self.what = _chooser("What is exported", subject.choices())
        self.what.setCurrentIndex(max(0, self.what.findData(what)))
        self.what.setToolTip("One chair goes to one file, several to a folder of their own")
        self.ts = QLineEdit("0.25, 0.5, 0.75")
        self.ts.setAccessibleName("Chosen t's")
        self.ts.setToolTip("From 0 to 1: 0.25, 0.5, or 0,25; 0,5")
        self.steps = NumberBox(minimum=2, maximum=_MOST_BLENDS, value=11)
        self.steps.setAccessibleName("Number of steps")
        self.pace = _chooser("Pace of the steps", {k: t for k, (t, _) in _PACES.items()})
        self.pace.setCurrentIndex(int(settings.flag("even_pace")))
        self.formats = ExportFormats(settings.text("export_formats").split(","))
        self.turntable = TickBox("also once around the blend half-way")
        self.turntable.setToolTip("Beside the film of the way, one that goes once around the blend half-way")
        self._make_stl(settings.text("export_stl"))
        self.resolution = _chooser("Surface", {n: SURFACE_NAMES[n].capitalize() for n in SURFACE_RESOLUTIONS})
        self.resolution.setCurrentIndex(self.resolution.findData(selection.surface_resolution))
        self.resolution.setToolTip(FINE_TIP)
        self.level = DecimalBox(minimum=0.05, maximum=0.95, singleStep=0.05, value=LEVEL)
        self.level.setAccessibleName("Level")
        self.level.setToolTip("The probability at which the surface lies: lower is thicker")
        self.no_small = TickBox("no small pieces")
        self.no_small.setChecked(selection.remove_small_components)
        self.no_small.setToolTip("Leave pieces of under 1 % of the voxels out: loose voxels")
        self._make_picture()
        self.folder = QLineEdit(str(suggested_folder(settings, context.listing)))
        self.folder.setMinimumWidth(240)
        self.folder.setAccessibleName("Folder to write to")
        self.folder.setToolTip("It is made where it does not exist")
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.name.setToolTip("Of the file without its suffix, or of a folder for several files")
        self.manifest = TickBox("manifest (.json)")
        self.manifest.setToolTip("Ids, t, weights, measures and sizes, beside the files")
        self.line = QLabel(wordWrap=True)
        self.line.setFont(theme.small_font(self))
        self.line.setMinimumHeight(2 * self.line.fontMetrics().lineSpacing())
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText("Export")
        self._lay_out()
        self._connect()
        self._what_changed()

    # ---- the answer -----------------------------------------------------------------------------

    def choice(self) -> ExportChoice:
        """Return what is to be written; raise `InputError` with one line where that is not possible."""
        what = self._what
        name = self.name.text().strip()
        if not self.folder.text().strip() or not name:
            raise InputError("a folder and a name are needed")
        if re.search(r"[/\\\0]", name) or name in (".", ".."):
            raise InputError(f"'{name}' is no name of a file: leave / and \\ out")
        if not self.formats.chosen:
            raise InputError("no format is chosen")
        at = self._chosen_ts() if what is What.BLENDS else ()
        count = len(at) if at else self.steps.value()
        shows_all = what in (What.BLENDS, What.MORPH) and {*SET_FORMATS} & {*self.formats.chosen}
        if shows_all and count > MAX_PICTURES:
            raise InputError(f"a strip or a sheet shows up to {MAX_PICTURES} blends")
        folder = Path(self.folder.text().strip()).expanduser()
        pace: Pace = self.pace.currentData()
        return ExportChoice(
            what, self._options(), folder, name, self.manifest.isChecked(), at, self.steps.value(), pace
        )

    def accept(self) -> None:
        """Remember formats and size, and close."""
        settings = self._context.settings
        settings.remember("export_formats", ",".join(self.formats.wanted))
        settings.remember("export_stl", f"{self.height_mm.value():g} {self.up.currentData()}")
        super().accept()

    def done(self, result: int) -> None:
        """Close, and give the keyboard back: without a window manager nobody else does."""
        super().done(result)
        if (parent := self.parentWidget()) is not None:
            parent.activateWindow()

    @property
    def _what(self) -> What:
        what: What = self.what.currentData()
        return what

    def _options(self) -> ExportOptions:
        picture = PictureOptions(
            (self.wide.value(), self.high.value()),
            self.transparent.isChecked(),
            self.captions.isChecked(),
            self._camera,
        )
        return ExportOptions(
            self.formats.chosen,
            PrintSize(self.height_mm.value(), self.up.currentData()),
            round(self.level.value(), 2),
            self.resolution.currentData(),
            self.no_small.isChecked(),
            picture,
            turntable=self.turntable.isChecked(),
        )

    def _chosen_ts(self) -> tuple[float, ...]:
        """Return the t's that were typed; raise `InputError` where one is none."""
        try:
            ts = sorted({round(t, 6) for t in typed_ts(self.ts.text())})
        except ValueError:
            ts = []
        if not ts or not all(0 <= t <= 1 for t in ts) or len(ts) > _MOST_BLENDS:
            raise InputError("t's are numbers from 0 to 1, such as 0.25, 0.5, 0.75")
        return tuple(ts)

    # ---- inside ---------------------------------------------------------------------------------

    def _make_stl(self, remembered: str) -> None:
        self.height_mm = DecimalBox(minimum=MIN_HEIGHT, maximum=MAX_HEIGHT, decimals=1, value=80.0)
        self.height_mm.setSuffix(" mm high")
        self.height_mm.setAccessibleName("Height in the .stl")
        self.height_mm.setToolTip("How tall the chair stands, in millimetres")
        self.up = _chooser("Axis that points up in the .stl", {up: f"{up} up" for up in ("z", *UPS)})
        self.up.setToolTip("Printers and their programs have z up")
        height, _, up = remembered.partition(" ")
        self.height_mm.setValue(float(height) if re.fullmatch(r"\d+(\.\d+)?", height) else 80.0)
        self.up.setCurrentIndex(max(0, self.up.findData(up)))

    def _make_picture(self) -> None:
        self.wide, self.high = (NumberBox(minimum=16, maximum=LARGEST, value=800) for _ in range(2))
        for box, side in ((self.wide, "Width"), (self.high, "Height")):
            box.setAccessibleName(f"{side} of pictures")
            box.setToolTip(f"Pixels, up to {LARGEST}; films have at most 1080 along an edge")
        self.transparent = TickBox("transparent")
        self.captions = TickBox("captions")
        self.transparent.setToolTip("No background")
        self.captions.setToolTip("The chairs' names and the position, below each picture")

    def _lay_out(self) -> None:
        self._browse = QPushButton("Choose…")
        self._browse.setToolTip("Choose the folder to write to")
        self._which = QStackedWidget()
        for widgets in ((), (self.ts,), (self.steps, self.pace)):
            self._which.addWidget(_row(*widgets))
        form = QFormLayout()
        form.setSpacing(theme.GAP)
        form.addRow("Chairs", self.names)
        form.addRow("Export", self.what)
        form.addRow("Blends", self._which)
        form.addRow("Formats", self.formats)
        form.addRow("In the .stl", _row(self.height_mm, self.up, stretch=False))
        form.addRow("Surface", _row(self.resolution, QLabel("level"), self.level, self.no_small))
        form.addRow("Pictures", _row(self.wide, QLabel("×"), self.high, self.transparent, self.captions))
        self._films = _row(self.turntable, stretch=False)
        form.addRow("Films", self._films)
        form.addRow("Folder", _row(self.folder, self._browse))
        form.addRow("Name", _row(self.name, self.manifest))
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.setSpacing(2 * theme.GAP)
        column.addLayout(form)
        column.addWidget(self.line)
        column.addWidget(self.buttons)
        self._form = form

    def _connect(self) -> None:
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._browse.clicked.connect(self._choose)
        self.what.currentIndexChanged.connect(self._what_changed)
        for signal in (
            self.formats.changed,
            self.ts.textChanged,
            self.folder.textChanged,
            self.name.textChanged,
            self.steps.valueChanged,
            self.pace.currentIndexChanged,
            self.manifest.toggled,
        ):
            signal.connect(self._check)

    def _what_changed(self) -> None:
        """Offer what there is of it, under a name of its own."""
        what = self._what
        is_set = what in (What.BLENDS, What.MORPH)
        self.formats.offer(what, has_parts=self._context.session.parts.is_on)
        self._form.setRowVisible(self._which, is_set)
        self._which.setCurrentIndex({What.BLENDS: 1, What.MORPH: 2}.get(what, 0))
        self._form.setRowVisible(self._films, is_set)
        self._form.setRowVisible(self.names, is_set or what is What.PAIR)
        self.manifest.setVisible(what is What.SHOWN)
        self.name.setText(self._subject.name(what))
        self.name.setCursorPosition(0)
        self._check()

    def _check(self) -> None:
        """Say what will be written, or why nothing can be; offer what matters to the formats."""
        chosen = {*self.formats.chosen}
        self.height_mm.setEnabled("stl" in chosen)
        self.up.setEnabled("stl" in chosen)
        has_pictures = bool(chosen & {"png", "strip", "sheet", *FILM_FORMATS})
        for widget in (self.transparent, self.captions, self.wide, self.high):
            widget.setEnabled(has_pictures)
        is_set = self._what in (What.BLENDS, What.MORPH)
        self.turntable.setEnabled(is_set and bool(chosen & {*FILM_FORMATS}))
        pace: Pace = self.pace.currentData()
        self.pace.setToolTip(_PACES[pace][1])
        self.steps.setToolTip(_PACES[pace][1])
        try:
            choice = self.choice()
        except InputError as error:
            self._ok.setEnabled(False)
            self.line.setText(f"{error}.".capitalize() if str(error)[0].islower() else f"{error}.")
            return
        self._ok.setEnabled(True)
        self.line.setText(_what_comes(choice))

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder to export to", self.folder.text())
        if folder:
            self.folder.setText(folder)


def _what_comes(choice: ExportChoice) -> str:
    """Return which files there will be."""
    if choice.what is What.SHOWN:
        kinds = ", ".join(f".{kind}" for kind in choice.options.formats)
        return f"Writes {choice.name} as {kinds}" + (", and a manifest of it." if choice.manifest else ".")
    return f"Writes into the folder {choice.place}, with {choice.manifest_name} beside the files."


def _chooser(name: str, texts: Mapping[Any, str]) -> Chooser:
    """Return a chooser among values that have texts."""
    chooser = Chooser()
    chooser.setAccessibleName(name)
    for value, text in texts.items():
        chooser.addItem(text, value)
    return chooser


def _row(*widgets: QWidget, stretch: bool = True) -> QWidget:
    """Return widgets side by side; the first takes the room that is left, or none does."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.GAP)
    for place, widget in enumerate(widgets):
        row.addWidget(widget, int(stretch and place == 0), Qt.AlignmentFlag(0))
    if not stretch:
        row.addStretch(1)
    return box
