"""Dialog that makes a chair of a picture: crop, what the network sees, the chair, and what is nearest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from voxview.gui import theme
from voxview.gui.context.background import BackgroundTasks
from voxview.gui.context.newest import NewestTask
from voxview.gui.context.searched_catalog import SearchedCatalog, nearest_text
from voxview.gui.pictures.chairs import PictureSource
from voxview.gui.pictures.crop_view import CropView
from voxview.gui.pictures.drawing import Drawn, draw
from voxview.gui.pictures.images import with_alpha
from voxview.gui.pictures.levels import Levels
from voxview.gui.pictures.reading import Made, PictureReading, Prepared
from voxview.gui.session.source_texts import TERMS, weights_text
from voxview.gui.widgets.elided import Elided
from voxview.gui.widgets.images import image_of
from voxview.gui.widgets.pane import Pane
from voxview.gui.widgets.take_buttons import TakeButtons
from voxview.gui.widgets.tick_box import TickBox
from voxview.pictures.read import Picture

_SHOWN_SIDE = 1600
"""Pixels of the longer side of the copy that is painted while the box is dragged."""
_DRAWN_SIDE = 220
"""Of the chairs, before the screen's scale."""
_SIZE = 900, 600
_FRAME = 16, 48
"""Pixels for the window manager's frame and title."""
_NO_REMOVAL = "It cannot be recognised: the border has several colours, or there is nothing before it."


class PictureDialog(QDialog):
    """Dialog whose `made` is the chair to import once it is accepted, as A or B where `letter` says so."""

    def __init__(self, source: PictureSource, reading: PictureReading, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"A chair from {source.title}")
        self.source = source
        self.made: Made | None = None
        """The newest chair that came out; None before the first, and while there is none to import."""
        self.letter = ""
        """"A" or "B" where the chair shall be that; empty where it shall be listed only."""
        self._reading = reading
        self._picture: Levels | None = None
        self._background = BackgroundTasks(self)
        self._drawing = NewestTask("Drawing", self._show_drawn, self._refuse, self)
        self._catalog: SearchedCatalog | None = None
        self._remove: bool | None = None
        """None: the background is removed where that is possible."""
        self._accepts_when_settled = False
        self.crop = CropView()
        self.crop.say("Reading…")
        self.about = Elided()
        self.seen = Pane("What the network sees")
        self.chair = Pane("The chair")
        self.nearest = Pane("Nearest chair")
        self.remove = TickBox("Remove the background")
        self.remove.setToolTip("Show the network the chair alone, where its background is plain")
        self.seen.add(self.remove)
        self.buttons = TakeButtons()
        self.buttons.taken.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        reading.setParent(self)
        reading.prepared.connect(self._show_prepared)
        reading.made.connect(self._take_made)
        reading.failed.connect(self._refuse)
        self.crop.changed.connect(self._want)
        self.remove.clicked.connect(self._choose_removal)
        self.finished.connect(self._stop)
        self.setResult(QDialog.DialogCode.Rejected)

    @property
    def is_settled(self) -> bool:
        """Whether what is drawn is of the box as it is now."""
        return self._picture is not None and self._reading.is_settled and self._drawing.is_idle

    # ---- what it is about -----------------------------------------------------------------------

    def read(self, load: Callable[[], Picture]) -> None:
        """Show the picture that `load` returns, on another thread, and make a chair of it."""
        self._background.run("Reading", partial(_load, load), self._show_picture, self._refuse_picture)

    def search(self, catalog: SearchedCatalog) -> None:
        """Show the nearest chair of a catalog from now on."""
        self._catalog = catalog
        self._draw()

    # ---- layout ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        terms = QLabel(TERMS, wordWrap=True)
        terms.setFont(theme.small_font(self))
        terms.setStyleSheet(f"color: {theme.palette().quiet}")
        self.about.setFont(theme.small_font(self))
        left = QVBoxLayout()
        left.setSpacing(theme.GAP)
        left.addWidget(self.crop, 1)
        left.addWidget(self.about)
        right = QGridLayout()
        right.setSpacing(theme.GAP + theme.GAP // 2)
        for row, pane in enumerate((self.seen, self.chair, self.nearest)):
            right.addWidget(pane.image, row, 0)
            right.addWidget(pane.words, row, 1)
            right.setRowStretch(row, 1)
        right.setColumnStretch(0, 4)
        right.setColumnStretch(1, 5)
        pictures = QHBoxLayout()
        pictures.setSpacing(2 * theme.GAP)
        pictures.addLayout(left, 5)
        pictures.addLayout(right, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * theme.GAP] * 4)
        column.setSpacing(theme.GAP + theme.GAP // 2)
        column.addLayout(pictures, 1)
        column.addWidget(terms)
        column.addWidget(self.buttons)
        room = self.screen().availableGeometry().size()
        self.resize(min(_SIZE[0], room.width() - _FRAME[0]), min(_SIZE[1], room.height() - _FRAME[1]))

    # ---- the picture ----------------------------------------------------------------------------

    def _show_picture(self, read: tuple[Levels, QImage]) -> None:
        self._picture, image = read
        size = self._picture.size
        self.crop.show_picture(image, size)
        self.crop.setFocus()
        about = (self.source.title, f"{size[0]:,} × {size[1]:,} pixels", *self._picture.smallest.remarks)
        self.about.set_text(" · ".join(about))
        self._want()

    def _refuse_picture(self, message: str) -> None:
        self.crop.say(message[:1].upper() + message[1:])
        for pane in (self.seen, self.chair, self.nearest):
            pane.say("")
        self.remove.setEnabled(False)

    def _want(self) -> None:
        if self._picture is not None:
            self._reading.want(self._picture, self.crop.crop, self._remove)
            if self.made is None:
                self.chair.say("Making the chair…")

    def _choose_removal(self, on: bool) -> None:
        self._remove = None if on else False
        self._want()

    # ---- what comes of it -----------------------------------------------------------------------

    def _show_prepared(self, prepared: Prepared) -> None:
        self.seen.image.show_image(image_of(prepared.input.pixels))
        if self._remove is None:
            is_removed = prepared.input.silhouette is not None
            self.remove.setEnabled(is_removed)
            self.remove.setChecked(is_removed)
            self.seen.describe("" if is_removed else _NO_REMOVAL)
        else:
            self.seen.describe("")

    def _take_made(self, made: Made) -> None:
        if not made.result.grid.any():
            self._refuse("nothing came out of this part of the picture: choose another one")
            return
        self.made = made
        self.buttons.enable(True)
        self._draw()
        if self._accepts_when_settled and self._reading.is_settled:
            self.accept()

    def _refuse(self, message: str) -> None:
        """Say why there is no chair; there is none to import."""
        self.made, self._accepts_when_settled = None, False
        self.chair.say("No chair")
        self.chair.describe("", message[:1].upper() + message[1:])
        self.nearest.say("")
        self.buttons.enable(False)

    def _draw(self) -> None:
        if self.made is not None:
            side = round(_DRAWN_SIDE * self.devicePixelRatioF())
            self._drawing.run(partial(draw, self.made, self._catalog, side))

    def _show_drawn(self, drawn: Drawn) -> None:
        if self.made is None:
            return
        result = drawn.made.result
        lines = (
            f"Seen {result.view.text}; made in {drawn.made.seconds:.2f} s",
            weights_text(result.autoencoder, self._reading.weights_in_use),
            drawn.made.notice,
        )
        warning = (
            "Unlike the pictures that the network learnt from "
            f"(unfamiliarity {result.unfamiliarity:,.1f}, above 1 is rare): do not trust it"
        )
        self.chair.image.show_image(drawn.chair)
        text = "\n".join(f"{line[0].upper()}{line[1:]}" for line in lines if line)
        self.chair.describe(text, warning if result.is_unfamiliar else "")
        self.nearest.show(drawn.nearest_image, nearest_text(self._catalog, drawn.nearest))

    # ---- the end --------------------------------------------------------------------------------

    def _take(self, letter: str) -> None:
        """Accept the chair of the box as it is now, as soon as that has come."""
        self.letter = letter
        if self._reading.is_settled:
            self.accept()
        else:
            self._accepts_when_settled = True

    def _stop(self) -> None:
        self._background.stop()
        self._drawing.stop()
        self._reading.stop()


def _load(load: Callable[[], Picture]) -> tuple[Levels, QImage]:
    """Return a picture, and a copy to paint."""
    levels = Levels.of(load())
    return levels, image_of(with_alpha(levels.smallest), _SHOWN_SIDE)
