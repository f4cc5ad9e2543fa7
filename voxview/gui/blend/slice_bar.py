"""The bar below the view that moves the slice: its axis, its layer, and the legend of its colours."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from voxview.conventions import RESOLUTION
from voxview.gui import theme
from voxview.gui.blend.probability_colours import ProbabilityLegend
from voxview.gui.session.look import AXES, Look
from voxview.gui.session.views import Views
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.plain_slider import PlainSlider

_NAMES = {"x": "Width (x)", "y": "Height (y)", "z": "Depth (z)"}
_PAGE = 4


class SliceBar(QWidget):
    """Chooser, slider and legend; seen while there is a slice."""

    def __init__(self, views: Views, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views = views
        self.axis = Chooser()
        for axis in AXES:
            self.axis.addItem(_NAMES[axis], axis)
        self.axis.shrink_to(10)
        self.axis.setAccessibleName("Axis that the slice stands on")
        self.axis.setToolTip("The direction in which the slice is moved")
        self.layer = PlainSlider()
        self.layer.setRange(0, RESOLUTION - 1)
        self.layer.setPageStep(_PAGE)
        self.layer.setMinimumWidth(60)
        self.layer.setAccessibleName("Layer of voxels that the slice goes through")
        self.layer.setToolTip("Move the slice: ← → by one layer of voxels, PgUp PgDn by four")
        self.number = QLabel()
        self.legend = ProbabilityLegend()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.GAP // 2, theme.GAP, theme.GAP // 2)
        row.setSpacing(theme.GAP)
        row.addWidget(self.axis)
        row.addWidget(self.layer, 1)
        row.addWidget(self.number)
        row.addWidget(self.legend)
        self.number.setMinimumWidth(self.number.fontMetrics().horizontalAdvance(_text(RESOLUTION - 1)))
        self.axis.currentIndexChanged.connect(lambda _: views.change(slice_axis=self.axis.currentData()))
        self.layer.valueChanged.connect(lambda layer: views.change(slice_layer=layer))
        views.look_changed.connect(self._show_look)
        self._show_look(views.look)

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """The chooser and the slider."""
        return self.axis, self.layer

    def _show_look(self, look: Look) -> None:
        with QSignalBlocker(self.axis), QSignalBlocker(self.layer):
            self.axis.setCurrentIndex(AXES.index(look.slice_axis))
            self.layer.setValue(look.slice_layer)
        self.number.setText(_text(look.slice_layer))
        self.setVisible(look.slice)


def _text(layer: int) -> str:
    return f"{layer + 1} of {RESOLUTION}"
