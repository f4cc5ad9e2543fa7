"""Dialog that makes a chair of a cloud: cloud and chair, the crop, how it stands, and what is nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QWidget

from voxview.counts import counted
from voxview.engine.points_request import AUTO
from voxview.engine.step import Step
from voxview.gui.context.newest import NewestTask
from voxview.gui.context.searched_catalog import SearchedCatalog, nearest_text
from voxview.gui.points.cloud_scene import scene_before
from voxview.gui.points.dialog_layout import PointsWidgets
from voxview.gui.points.drawing import Drawn, draw
from voxview.gui.points.encoders import Choice
from voxview.gui.points.reading import Loaded, Made, PointsReading, Want
from voxview.gui.points.texts import about_text, figures_text, warning_text
from voxview.gui.widgets.take_buttons import TakeButtons

_DRAWN_SIDE = 220
"""Of the nearest chair, before the screen's scale."""
_SOON_MS = 250
"""Until what is being stepped has come to rest."""


class PointsDialog(QDialog):
    """Dialog whose `made` is the chair to import once it is accepted, as A or B where `letter` says so."""

    def __init__(
        self, path: Path, reading: PointsReading, encoders: Sequence[Choice], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"A chair from {path.name}")
        self.path = path
        self.made: Made | None = None
        """The newest chair that came out; None before the first, and while there is none to import."""
        self.letter = ""
        """"A" or "B" where the chair shall be that; empty where it shall be listed only."""
        self._reading = reading
        self._loaded: Loaded | None = None
        self._drawn: Drawn | None = None
        self._catalog: SearchedCatalog | None = None
        self._accepts_when_settled = False
        self._drawing = NewestTask("Drawing", self._show_drawn, self._refuse, self)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._want)
        self.buttons = TakeButtons()
        self.buttons.taken.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        self.widgets = PointsWidgets(self, encoders, self.buttons)
        self._connect()
        self.setResult(QDialog.DialogCode.Rejected)

    @property
    def is_settled(self) -> bool:
        """Whether what is drawn is of what is wanted now."""
        at_rest = not self._soon.isActive() and self._drawing.is_idle and self.widgets.view.is_idle
        return at_rest and self._loaded is not None and self._reading.is_settled

    # ---- what it is about -----------------------------------------------------------------------

    def read(self) -> None:
        """Read the file, on another thread, and make a chair of it."""
        self._want()
        self._reading.read(self.path)

    def search(self, catalog: SearchedCatalog) -> None:
        """Show the nearest chair of a catalog from now on."""
        self._catalog = catalog
        self._draw()

    # ---- parts ----------------------------------------------------------------------------------

    def _connect(self) -> None:
        reading, widgets = self._reading, self.widgets
        reading.setParent(self)
        reading.progressed.connect(self._show_step)
        reading.loaded.connect(self._show_loaded)
        reading.unreadable.connect(self._refuse_file)
        reading.made.connect(self._take_made)
        reading.failed.connect(self._refuse)
        widgets.stand.changed.connect(self._want_soon)
        widgets.crop.changed.connect(self._want_soon)
        widgets.encoder.currentIndexChanged.connect(self._want_soon)
        widgets.left_out.toggled.connect(self._show_scene)
        self.finished.connect(self._stop)

    # ---- what is wanted -------------------------------------------------------------------------

    def _want_soon(self) -> None:
        """Make another chair once what is being stepped rests; the box is drawn at once."""
        self._soon.start()
        self._show_scene()

    def _want(self) -> None:
        widgets = self.widgets
        weights = widgets.encoder.currentData()
        self._reading.want(Want(widgets.crop.box, widgets.stand.up, widgets.stand.turn, weights))

    def _show_step(self, doing: str, step: Step) -> None:
        self.widgets.progress.show_step(doing, step)
        if self._loaded is None:
            share = f" {step.done} %" if step.total else ""
            self.widgets.view.say(f"{doing}…{share}")

    def _show_loaded(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self.widgets.about.set_text(about_text(self.path.name, loaded))
        self.widgets.crop.set_cloud(loaded.box)
        self.widgets.view.setFocus()
        self._show_scene()

    def _refuse_file(self, message: str) -> None:
        self.widgets.view.say(message[:1].upper() + message[1:])
        self.widgets.progress.end()
        self.widgets.nearest.say("")
        self.widgets.set_choices_enabled(False)

    # ---- what comes of it -----------------------------------------------------------------------

    def _take_made(self, made: Made) -> None:
        if not made.result.grid.any():
            self._refuse("nothing came out of these points: crop the cloud to the chair")
            return
        self.made = made
        self.widgets.stand.show_found(made.result.found.up, made.result.found.turn)
        self.buttons.enable(True)
        self._draw()
        if self._accepts_when_settled:
            self.accept()

    def _refuse(self, message: str) -> None:
        """Say why there is no chair; there is none to import."""
        self.made, self._drawn, self._accepts_when_settled = None, None, False
        self.widgets.progress.end()
        self.widgets.describe("", message[:1].upper() + message[1:])
        self.widgets.nearest.say("")
        self.buttons.enable(False)
        self._show_scene()

    def _draw(self) -> None:
        if self.made is not None and self._loaded is not None:
            side = round(_DRAWN_SIDE * self.devicePixelRatioF())
            self._drawing.run(partial(draw, self.made, self._loaded, self._catalog, side))

    def _show_drawn(self, drawn: Drawn) -> None:
        if self.made is None or self._loaded is None:
            return
        self._drawn = drawn
        self.widgets.progress.end()
        in_use = self._reading.weights_in_use
        self.widgets.describe(
            figures_text(drawn.made, self._loaded, drawn.distances, in_use),
            warning_text(drawn.made.result.warnings),
        )
        self.widgets.left_out.setEnabled(len(drawn.scene.muted) > 0)
        self._show_scene()
        self.widgets.nearest.show(drawn.nearest_image, nearest_text(self._catalog, drawn.nearest))

    def _show_scene(self) -> None:
        """Show the cloud over the chair, or as the file has it where there is no chair."""
        if self._loaded is None:
            return
        widgets, box = self.widgets, self.widgets.crop.box
        shows_all = widgets.left_out.isChecked()
        if self._drawn is None:
            up = self._loaded.up if widgets.stand.up == AUTO else widgets.stand.up
            scene = scene_before(self._loaded, box, up)
        elif shows_all:
            scene = self._drawn.far_scene
        else:
            scene = replace(self._drawn.scene, muted=self._drawn.scene.muted[:0])
        is_drawn = box is not None or shows_all or self._drawn is None
        corners = scene.corners(box or self._loaded.box) if is_drawn else None
        widgets.view.show_scene(scene, corners, f"{counted(len(scene.points), 'point')} are shown")

    # ---- the end --------------------------------------------------------------------------------

    def _take(self, letter: str) -> None:
        """Accept the chair of what is wanted now, as soon as that has come."""
        self.letter = letter
        if self._soon.isActive():
            self._soon.stop()
            self._want()
        if self._reading.is_settled:
            self.accept()
        else:
            self._accepts_when_settled = True

    def _stop(self) -> None:
        self._soon.stop()
        self._drawing.stop()
        self.widgets.view.stop()
        self._reading.stop()
