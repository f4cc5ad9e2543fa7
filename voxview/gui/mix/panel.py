"""Page of mixes: corners, weights, arithmetic, attributes, exchange of parts, one of them at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QTabBar,
    QWidget,
)

from voxview.engine.mix import MixRequest, MixResult
from voxview.gui import theme
from voxview.gui.mix.arithmetic import MixArithmetic
from voxview.gui.mix.attributes import MixAttributes
from voxview.gui.mix.chair_supply import ChairSupply
from voxview.gui.mix.corners import MixCorners
from voxview.gui.mix.exchange import MixExchange
from voxview.gui.mix.weights import MixWeights
from voxview.gui.session.quality_texts import RULES, footing_text, pieces_text, symmetry_text
from voxview.gui.widgets.page import Page, row_layout

STARTS = (
    "The blend of A and B",
    "Chair A",
    "Chair B",
    "The four corners",
    "The weights",
    "P − Q + R",
    "Exchanged parts",
)
"""What the attributes can start from."""
_FIRST_MIX = 3
"""The place of the first mix among the starts."""
_OF_STARTS = (0, 1, 2, 4)
"""The pages of the mixes among the starts, in their order."""
_PAGES = {
    "Corners": "Four chairs, and every mix between them",
    "Weights": "Up to eight chairs with a weight each",
    "P−Q+R": "Chair arithmetic",
    "Shape": "Seat, back, arms and legs, each with a slider",
    "Parts": "The back of one chair on the legs of another",
}
_MixPage = MixCorners | MixWeights | MixArithmetic | MixAttributes | MixExchange
_LACKING = "Something is missing: a chair in an empty place, or a weight above zero."
_WORKING = "Putting the parts together…"
_EDITED = "The edited blend is shown. Move anything here to see the mix in its place."
_LEFT = "The blend of A and B is shown. Move anything here to see the mix in its place."


class MixPanel(Page):
    """Page that emits when another mix is wanted."""

    changed = Signal()
    page_changed = Signal(int, int)
    """From one page to another, by their places."""
    back = Signal()
    """The blend of A and B is wanted again."""
    nothing_selected = Signal()

    def __init__(self, supply: ChairSupply, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.corners = MixCorners(supply)
        self.weights = MixWeights(supply)
        self.arithmetic = MixArithmetic(supply)
        self.attributes = MixAttributes(STARTS)
        self.exchange = MixExchange(supply)
        self.pages: tuple[_MixPage, ...] = (
            self.corners,
            self.weights,
            self.arithmetic,
            self.attributes,
            self.exchange,
        )
        self.switch = QTabBar(drawBase=False, expanding=True)
        self.switch.setAccessibleName("Kind of mix")
        self.switch.setAccessibleDescription("Left and right change the kind")
        self.switch.setUsesScrollButtons(False)
        self.switch.setElideMode(Qt.TextElideMode.ElideNone)
        self.switch.setStyleSheet("QTabBar::tab { padding: 4px 0px; }")
        for place, (text, tip) in enumerate(_PAGES.items()):
            self.switch.addTab(text)
            self.switch.setTabToolTip(place, tip)
        self.state = QLabel(_LEFT, wordWrap=True)
        self._is_bad = False
        self.state.setFont(theme.small_font(self))
        self.state.setMinimumHeight(2 * self.state.fontMetrics().lineSpacing())
        self.state.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.back_button = QPushButton("Back to the blend of A and B")
        self.back_button.setToolTip("Show the blend again; the mix stays here")
        self.back_button.setEnabled(False)
        self.back_button.clicked.connect(self.back)
        self._page = self._plain = 0
        self._is_putting = False
        self._lay_out()
        self.switch.currentChanged.connect(self._show_page)
        for page in self.pages:
            page.changed.connect(self._tell_changed)
        self.exchange.plain.connect(self._show_plain)
        for slot in (*self.corners.slots, *self.arithmetic.slots, *self.exchange.slots):
            slot.nothing_selected.connect(self.nothing_selected)
        self.weights.nothing_selected.connect(self.nothing_selected)
        self.apply_theme()

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        return self.pages[self._page]

    def request(self) -> MixRequest | None:
        """Return the mix that the page requests; None while it lacks something."""
        return self.pages[self._page].request()

    def start(self) -> MixRequest | None:
        """Return the mix that the attributes start from; None for the pair, which the panel does not know."""
        place = self.attributes.start.currentIndex() - _FIRST_MIX
        return self.pages[_OF_STARTS[place]].request() if place >= 0 else None

    def put(self, mix: MixRequest) -> bool:
        """Show a mix that was wanted before in the controls of its kind; return whether they have it.

        Attributes are measured from their start, so that only a mix from the present one is shown.
        """
        place = self._place_of(mix)
        if place is None:
            return False
        self._is_putting = True
        try:
            self.pages[place].put(mix)
            self.switch.setCurrentIndex(place)
        finally:
            self._is_putting = False
        self.back_button.setEnabled(True)
        return True

    def _place_of(self, mix: MixRequest) -> int | None:
        """Return the place of the page that can show a mix: the present one where several can."""
        places = [place for place, page in enumerate(self.pages) if page.can_show(mix)]
        return self._page if self._page in places else next(iter(places), None)

    def start_from(self, page: int | None) -> None:
        """Let the attributes start from a page's mix; None: from the blend of A and B."""
        place = 0 if page is None else _FIRST_MIX + _OF_STARTS.index(page)
        self.attributes.start.setCurrentIndex(place)

    def show_result(self, result: MixResult) -> None:
        """Show what is known of a mix."""
        self.back_button.setEnabled(True)
        if self.page is self.exchange and not self._is_of_page(result):
            return  # the one that is wanted is on its way, or cannot be made
        quality, milliseconds = result.quality, sum(result.timings.values())
        what = "new chair" if result.request.is_exchange else "mix"
        self._say(
            f"The {what} is {pieces_text(quality)} and {footing_text(quality)}; {symmetry_text(quality)}, "
            f"{quality.novelty:.0%} new. {milliseconds:.0f} ms on the {_where(result)}.",
            f"New: 1 − IoU with the nearest of its chairs.\n{RULES}",
            is_bad=not (quality.is_good and quality.is_stable),
        )
        if self.page is self.attributes:
            self.attributes.show_measured(result.attributes)

    def show_lacking(self) -> None:
        """Show that the page has no mix yet."""
        self._say(_LACKING)

    def show_working(self) -> None:
        """Show that a chair is on its way."""
        self._say(_WORKING)

    def show_failed(self, message: str) -> None:
        """Show in one line why a chair cannot be made."""
        self._say(message[:1].upper() + message[1:], is_bad=True)

    def show_edited(self) -> None:
        """Show that what is on screen is an edited blend, which stays until something is moved here."""
        self._say(_EDITED)
        self.back_button.setEnabled(False)

    def show_left(self) -> None:
        """Show that the blend of A and B is on screen again."""
        self._say(_LEFT)
        self.back_button.setEnabled(False)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self._colour_state()
        for page in (self.weights, self.arithmetic, self.attributes, self.exchange):
            page.apply_theme()
        slots = (*self.corners.slots, *self.arithmetic.slots, *self.exchange.slots)
        for widget in (self.corners.pad, *slots):
            widget.update()

    def _say(self, text: str, tip: str = "", *, is_bad: bool = False) -> None:
        self.state.setText(text)
        self.state.setToolTip(tip)
        if is_bad != self._is_bad:  # a style sheet costs more than a text
            self._is_bad = is_bad
            self._colour_state()

    def _colour_state(self) -> None:
        palette = theme.palette()
        self.state.setStyleSheet(f"color: {palette.bad if self._is_bad else palette.quiet}")

    def _lay_out(self) -> None:
        for page in self.pages[1:]:
            page.hide()  # no QStackedWidget, which is as high as its highest page
        self.show_items("Mix", self.switch, self.state, *self.pages, row_layout(self.back_button))

    def _show_page(self, place: int) -> None:
        before, self._page = self._page, place
        if self.page not in (self.attributes, self.exchange):
            self._plain = place
        if self.pages[before] is self.exchange:
            self._say("")  # what was said of parts is of no other page
        for page in self.pages:
            page.setVisible(page is self.page)
        if not self._is_putting:
            self.page_changed.emit(before, place)

    def _tell_changed(self) -> None:
        if not self._is_putting:
            self.changed.emit()

    def _show_plain(self) -> None:
        """Go back to the page of mixes that was shown last."""
        self.switch.setCurrentIndex(self._plain)

    def _is_of_page(self, result: MixResult) -> bool:
        wanted = self.request()
        return wanted is not None and wanted.chairs == result.request.chairs


def _where(result: MixResult) -> str:
    return "GPU" if result.device == "cuda" else "CPU"
