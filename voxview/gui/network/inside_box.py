"""The part of the page that shows what a layer sees of what is on screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QTabBar, QWidget

from voxview.gui import theme
from voxview.gui.network.cloud_box import CloudBox
from voxview.gui.network.inside_drawing import VIEWS, Drawn
from voxview.gui.network.inside_texts import ALL_ZERO, channel_text, filters_text, sheet_text, slices_text
from voxview.gui.network.scale_legend import ScaleLegend
from voxview.gui.network.tile_sheet import TileSheet
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.images import image_of
from voxview.gui.widgets.page import column_layout, row_layout

PLACES = ("A", "Blend", "B")
_ANSWER = 176
_SHEET = 264
"""Pixels that the sheet of channels is high at most; what is below scrolls."""
_LARGE = 150
"""Pixels of a single map."""


class InsideBox(QWidget):
    """Widget with a chooser of layer and shape, and pictures of what the layer gives."""

    came = Signal()
    """It is seen from now on."""
    went = Signal()
    changed = Signal()
    """Another shape or view is wanted."""
    layer_chosen = Signal(int)
    """A row."""
    channel_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = QTabBar(drawBase=False, expanding=True)
        self.place.setAccessibleName("Of which shape")
        self.place.setAccessibleDescription("Chair A, what is in the middle, or chair B")
        for text, tip in zip(PLACES, ("Chair A", "What is in the middle", "Chair B"), strict=True):
            self.place.setTabToolTip(self.place.addTab(text), tip)
        self.place.setCurrentIndex(1)
        self.place.currentChanged.connect(lambda _: self.changed.emit())
        self.layer = Chooser()
        self.layer.setAccessibleName("Layer")
        self.layer.setToolTip("The layer whose channels are shown")
        self.layer.shrink_to(13)
        self.layer.activated.connect(lambda _: self.layer_chosen.emit(self.layer.currentData()))
        self.view = Chooser()
        self.view.setAccessibleName("Seen from")
        self.view.setToolTip("From where volumes are projected, and in which direction they are cut")
        for view in VIEWS:
            self.view.addItem(f"from the {view}", view)
        self.view.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.reason = QLabel(wordWrap=True)
        self.answer, self.about = QLabel(), QLabel(wordWrap=True)
        self.answer.setFixedSize(_ANSWER, _ANSWER)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.slices_title, self.sheet_title, self.filters_title = (QLabel(wordWrap=True) for _ in range(3))
        self.slices = TileSheet("Slices of the channel", "slice", 44)
        self.slices.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sheet = TileSheet("Channels", "channel")
        self.sheet.selected.connect(self.channel_chosen)
        self.legend = ScaleLegend()
        self.filters = TileSheet("Filters", "filter", 40)
        self.filters.selected.connect(self.channel_chosen)
        self.cloud = CloudBox()
        self._lay_out()
        self.apply_theme()
        self.say("")

    @property
    def chosen_view(self) -> str:
        """From where volumes are seen: a key of `VIEWS`."""
        return str(self.view.currentData())

    def offer_layers(self, names: Sequence[tuple[str, int]], row: int | None, *, has_volumes: bool) -> None:
        """Let a layer be chosen by its name; `row` is the one that is. Volumes are seen from three sides."""
        with QSignalBlocker(self.layer):
            self.layer.clear()
            for name, number in names:
                self.layer.addItem(name, number)
            self.layer.setCurrentIndex(self.layer.findData(row))
        self.layer.setVisible(bool(names))
        self.view.setVisible(bool(names) and has_volumes)

    @property
    def is_empty(self) -> bool:
        """Whether there is no picture."""
        return self._body.isHidden() and self.cloud.isHidden()

    def say(self, reason: str) -> None:
        """Show a line in place of everything."""
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self._body.hide()
        self.cloud.hide()

    def show_cloud(self) -> None:
        """Show what a points encoder makes of a cloud."""
        self.reason.hide()
        self._body.hide()
        self.cloud.show()

    def show_drawn(self, drawn: Drawn) -> None:
        """Show a layer."""
        self.reason.hide()
        self.cloud.hide()
        activations, channel = drawn.activations, drawn.activations.answering.channel
        self.answer.setPixmap(_enlarged(drawn))
        self.answer.setAccessibleName("What the channel answers to")
        self.about.setText(channel_text(activations))
        self.sheet_title.setText(sheet_text(activations, self.chosen_view))
        if drawn.most == 0:
            self.sheet_title.setText(f"{self.sheet_title.text()}: {ALL_ZERO}")
        self.legend.show_most(drawn.most)
        self.sheet.show_tiles(drawn.sheet, channel)
        for widget in (self.slices_title, self.slices):
            widget.setVisible(drawn.slices is not None)
        if drawn.slices is not None:
            alone = len(drawn.slices) == 1
            self.slices.show_tiles(drawn.slices, least=_LARGE if alone else 44)
            self.slices_title.setText(slices_text(activations, self.chosen_view))
        for widget in (self.filters_title, self.filters):
            widget.setVisible(drawn.filters is not None)
        if drawn.filters is not None and activations.filters is not None:
            self.filters.show_tiles(drawn.filters, channel)
            self.filters_title.setText(filters_text(activations.filters))
        self._body.show()
        self._scroll.ensureVisible(*self.sheet.room_of(channel).center().toTuple(), 8, 40)

    def showEvent(self, event: QShowEvent) -> None:
        """Emit that it is seen."""
        super().showEvent(event)
        self.came.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Emit that it is not seen any more."""
        super().hideEvent(event)
        self.went.emit()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        palette = theme.palette()
        for label in (self.reason, self.about):
            label.setStyleSheet(f"color: {palette.quiet}")
        self.answer.setStyleSheet(f"background: {palette.scene}; border-radius: 4px")
        self.cloud.apply_theme()
        self.legend.update()

    # ---- inside ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for label in (self.about, self.slices_title, self.sheet_title, self.filters_title):
            label.setFont(theme.small_font(self))
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.sheet)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setAccessibleName("Sheet of channels")
        self.sheet.fitted.connect(
            lambda: self._scroll.setFixedHeight(min(_SHEET, self.sheet.minimumHeight()))
        )
        self._body = QWidget()
        body = column_layout(self._body)
        body.addLayout(row_layout(self.answer, self.about, stretched=self.about))
        for widget in (self.slices_title, self.slices, self.sheet_title, self.legend, self._scroll):
            body.addWidget(widget)
        body.addWidget(self.filters_title)
        body.addWidget(self.filters)
        column = column_layout(self)
        column.addWidget(self.place)
        column.addLayout(row_layout(self.layer, self.view, stretched=self.layer))
        for part in (self.reason, self._body, self.cloud):
            column.addWidget(part)
        column.addStretch(1)


def _enlarged(drawn: Drawn) -> QPixmap:
    """Return the picture of what a channel answers to, as large as there is room for."""
    image = image_of(drawn.answer)
    side = QSize(_ANSWER, _ANSWER)
    mode = Qt.AspectRatioMode.KeepAspectRatio
    smooth = Qt.TransformationMode.SmoothTransformation
    few = Qt.TransformationMode.FastTransformation
    return QPixmap.fromImage(image.scaled(side, mode, few if image.width() < 64 else smooth))
