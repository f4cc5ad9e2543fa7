"""Page of the 64 numbers: three heat maps, what is known of one number, and what it does."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from voxview.gui import theme
from voxview.gui.latent.legend import MapLegend
from voxview.gui.latent.maps import LatentMaps
from voxview.gui.latent.shown_latents import ShownLatents
from voxview.gui.latent.strip import NumberStrip
from voxview.gui.latent.texts import EMPTY, HINT, PARITY, AllPairs, number_texts, place_text
from voxview.gui.widgets.number_boxes import DecimalBox
from voxview.gui.widgets.page import Page, column_layout, row_layout
from voxview.gui.widgets.steady_label import SteadyLabel

_LARGEST = 99_999.0
"""What can be typed; a latent that is pasted or opened may have any number."""
_DECIMALS = 4
_STRIP_TIP = (
    "This number alone at −2 to +2 standard deviations from its mean in sample chairs; the rest as shown.\n"
    "Green: voxels that the chair on screen has not. Purple: next to voxels that it has and these have not.\n"
    "Click one to take its number"
)

_SAVE_TIP = "The numbers (.npy, .txt), a table of all three (.csv) or a picture of them (.svg, .png)"


class LatentPanel(Page):
    """Page that shows the numbers and emits what the person does with them."""

    pointed = Signal()
    """Another number is spoken of."""
    chosen = Signal()
    """Another number has the cursor."""
    changed = Signal(int, float)
    """See `LatentMaps`."""
    reset = Signal(int)
    reset_all = Signal()
    bring_back = Signal()
    """The edit that was left shall be there again."""
    copy = Signal()
    copy_call = Signal()
    paste = Signal()
    open_file = Signal()
    save = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latents: ShownLatents | None = None
        self.empty = QLabel(EMPTY, wordWrap=True)
        self.hint = QLabel(HINT, wordWrap=True)
        self.maps = LatentMaps()
        self.maps.pointed.connect(self.pointed)
        self.maps.chosen.connect(self._choose)
        self.maps.changed.connect(self.changed)
        self.maps.reset.connect(self.reset)
        self.maps.typing.connect(self._type)
        self.maps.copy.connect(self.copy)
        self.maps.paste.connect(self.paste)
        self.legend = MapLegend()
        self.lines = [SteadyLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText) for _ in range(5)]
        self.lines[0].setToolTip(PARITY)
        self.box = DecimalBox()
        self.box.setDecimals(_DECIMALS)
        self.box.setRange(-_LARGEST, _LARGEST)
        self.box.setKeyboardTracking(False)
        self.box.valueChanged.connect(self._typed)
        self.box_label = QLabel("Number")
        self.box_label.setBuddy(self.box)
        self.reset_button = self._button(
            "Reset", self._reset_one, "Give this number its own value again (Del)"
        )
        self.reset_all_button = self._button(
            "Reset all", self.reset_all.emit, "Show the plain blend of A and B again"
        )
        self.back_button = self._button("", self.bring_back.emit, "The changes that were left, on this blend")
        self.heading = QLabel("What this number does")
        self.heading.setFont(theme.strong_font(self))
        self.strip = NumberStrip()
        for widget in (self.heading, self.strip):
            widget.setToolTip(_STRIP_TIP)
        self.strip.taken.connect(self._take)
        self.along = SteadyLabel("The five chairs come when the slider rests.", wordWrap=True)
        self.buttons = (
            self._button("Copy", self.copy.emit, "Copy the middle's 64 numbers as text (Ctrl+C on the maps)"),
            self._button("Paste", self.paste.emit, "Decode 64 numbers that were copied (Ctrl+V on the maps)"),
            self._button("Copy call", self.copy_call.emit, "Copy Python that computes the same, to the bit"),
            self._button("Open…", self.open_file.emit, "Decode 64 numbers of a file: .npy, JSON or text"),
            self._button("Save…", self.save.emit, _SAVE_TIP),
        )
        self._lay_out()
        self.apply_theme()
        self.show_latents(None)
        self.show_edit(is_edited=False, left="")

    # ---- what is shown --------------------------------------------------------------------------

    @property
    def latents(self) -> ShownLatents | None:
        """What is shown."""
        return self._latents

    def show_latents(self, latents: ShownLatents | None) -> None:
        """Show other numbers; None: what this page is for. `show_number` is called after it."""
        self._latents = latents
        self._results.setVisible(latents is not None)
        self.empty.setVisible(latents is None)
        if latents is not None:
            self.maps.show_latents(latents)
            self.legend.show_span(self.maps.span, latents.odd)

    def show_number(self, pairs: AllPairs) -> None:
        """Say what is known of the number under the mouse or the cursor."""
        latents, at, cursor = self._latents, self.maps.at, self.maps.cursor_at
        if latents is None or at is None or cursor is None:
            return
        for label, text in zip(self.lines, number_texts(latents, at, pairs), strict=True):
            label.show_text(text)
        self.maps.setAccessibleDescription(f"{self.lines[0].text()}. {self.lines[1].text()}")
        self.reset_button.setEnabled(cursor in latents.changed)
        if not self.box.hasFocus() or abs(self.box.value() - latents.number(cursor)) > 10**-_DECIMALS:
            with QSignalBlocker(self.box):
                self.box.setValue(latents.number(cursor))
                self.box.setSingleStep(self.maps.span / 40)

    def show_edit(self, *, is_edited: bool, left: str) -> None:
        """Offer to reset an edit, or to bring back the one that was left, which is called `left`."""
        self.reset_all_button.setEnabled(is_edited)
        self.back_button.setText("Bring back the edit")
        self.back_button.setVisible(bool(left) and not is_edited)
        self.back_button.setToolTip(f"{left}: the changes that were left, on this blend")

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        quiet = f"color: {theme.palette().quiet}"
        for label in (self.empty, self.hint, self.along, *self.lines[3:]):
            label.setStyleSheet(quiet)
        self.maps.apply_theme()
        self.legend.update()
        self.strip.update()

    # ---- inside ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for label in (self.hint, self.along, *self.lines[3:]):
            label.setFont(theme.small_font(self))
        self.lines[0].setFont(theme.strong_font(self))
        self._results = QWidget()
        results = column_layout(self._results)
        results.addWidget(self.maps)
        results.addWidget(self.legend)
        known = column_layout()
        known.setSpacing(3)
        for label in self.lines:
            known.addWidget(label)
        results.addLayout(known)
        results.addLayout(row_layout(self.box_label, self.box, self.reset_button))
        results.addLayout(row_layout(self.reset_all_button, self.back_button))
        results.addWidget(self.heading)
        results.addWidget(self.strip)
        results.addWidget(self.along)
        results.addLayout(row_layout(*self.buttons[:3]))
        results.addLayout(row_layout(*self.buttons[3:]))
        results.addWidget(self.hint)
        self.show_items("Latent", self.empty, self._results)

    def _button(self, text: str, call: object, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.clicked.connect(lambda: call())  # type: ignore[operator]
        return button

    def _choose(self, at: int) -> None:
        self.box_label.setText(f"Number {at}")
        self.box.setAccessibleName(f"The middle's number at {place_text(at)}")
        self.box.setToolTip("Type another value: the chair changes")
        self.chosen.emit()

    def _type(self) -> None:
        self.box.setFocus()
        self.box.selectAll()

    def _typed(self, value: float) -> None:
        if self.maps.cursor_at is not None:
            self.changed.emit(self.maps.cursor_at, value)

    def _take(self, value: float) -> None:
        if self.maps.cursor_at is not None:
            self.changed.emit(self.maps.cursor_at, value)

    def _reset_one(self) -> None:
        if self.maps.cursor_at is not None:
            self.reset.emit(self.maps.cursor_at)
