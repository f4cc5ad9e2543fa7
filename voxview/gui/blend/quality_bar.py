"""Bar below the slider with the scores of every position: one piece, footing, symmetry, novelty."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from voxview.conventions import ONE_PIECE
from voxview.engine.scores.path_scores import PathScores
from voxview.engine.shape_quality import ShapeQuality
from voxview.gui import theme
from voxview.gui.blend.slider import STEPS, TickSlider
from voxview.gui.session.quality_texts import RULES, quality_text, short_text, symmetry_text

_BAND = 8
"""Pixels: how new, light to dark."""
_NOTCH = 3
"""Pixels of the band that are missing above a lopsided blend; the lowest one is a line."""
_LINE = 3
"""Pixels: in one piece. Below the band, whole where the blend is whole."""
_GAP = 2
_MOST_NEW = 0.75
"""Where the colours end: of 200 random pairs, samples and real ones, 19 in 20 are less new at t = 0.5."""
_LATE_MS = 120
"""Whatever is painted beside an OpenGL view makes Qt compose the whole window once more, so a path that is
being decoded is not painted with each chunk."""


class QualityBar(QWidget):
    """Widget with a cell for each of the slider's positions. A click or a drag jumps there.

    It is readable without colours: newer is darker (in the dark theme lighter), and the band is lower where
    the blend is clearly less symmetric than both chairs. The line below is solid where the blend is in one
    piece, dotted where it is not, and lifted where it does not stand or would fall over.
    """

    jumped = Signal(int)
    """The person chose this of the slider's positions."""

    def __init__(self, slider: TickSlider, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slider = slider
        self._scores: PathScores | None = None
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._late.timeout.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("How the blends between A and B are")
        self.show_scores(None)

    # ---- what is shown --------------------------------------------------------------------------

    @property
    def scores(self) -> PathScores | None:
        """What is shown; None while nothing is known of the pair."""
        return self._scores

    def show_scores(self, scores: PathScores | None) -> None:
        """Show what is known by now; None empties the strip at once."""
        self._scores = scores
        self.setAccessibleDescription(summary_text(scores) if self._slider.is_shown else _NOT_SHOWN)
        if scores is None:
            self._late.stop()
            self.update()
        elif not self._late.isActive():
            self._late.start()

    # ---- Qt -------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: as wide as there is room, and slim."""
        return QSize(360, _BAND + _GAP + _LINE + 1)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size: as narrow as the slider."""
        return QSize(self._slider.minimumSizeHint().width(), self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the cell under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._jump(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Jump along with the mouse while its button is down; describe the cell under it in any case."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._jump(event)
        self._tell(event.position().toPoint())

    def event(self, event: QEvent) -> bool:
        """Suppress Qt's tooltip: ours comes with the mouse, not after a while."""
        if event.type() == QEvent.Type.ToolTip:
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells; what is not known is a grey band without a line."""
        palette = theme.palette()
        painter = QPainter(self)
        left, right = self._edge(-0.5), self._edge(STEPS + 0.5)
        painter.fillRect(QRectF(left, 0, right - left, _BAND), QColor(palette.line))
        scores = self._scores
        if scores is None:
            return
        for step in range(scores.steps):
            if scores.is_known(step):
                here, there = self._edge(step - 0.5), self._edge(step + 0.5)
                new = new_colour(float(scores.novelty[step]))
                painter.fillRect(QRectF(here, 0, there - here, _BAND), new)
                if scores.is_lopsided(step):
                    painter.fillRect(QRectF(here, 0, there - here, _NOTCH), QColor(palette.window))
                    painter.fillRect(QRectF(here, _NOTCH - 1, there - here, 1), QColor(palette.bad))
        self._draw_line(painter, scores, palette)

    # ---- inside ---------------------------------------------------------------------------------

    def _draw_line(self, painter: QPainter, scores: PathScores, palette: theme.Palette) -> None:
        start, states = 0, [_state(scores, step) for step in range(scores.steps)]
        for step in range(1, scores.steps + 1):
            if step == scores.steps or states[step] != states[start]:
                self._draw_run(painter, start, step, states[start], palette)
                start = step

    def _draw_run(
        self, painter: QPainter, start: int, end: int, state: tuple[bool, bool] | None, palette: theme.Palette
    ) -> None:
        if state is None:
            return
        whole, standing = state
        here, there = self._edge(start - 0.5), self._edge(end - 0.5)
        colour = QColor(palette.quiet if whole and standing else palette.bad)
        top, height = (_BAND + _GAP, _LINE) if standing else (_BAND + _GAP - 1, 1)
        if whole:
            painter.fillRect(QRectF(here, top, there - here, height), colour)
            return
        x = here + 2  # a gap first, so that a single cell is a break in the line and not a dot of it
        while x < there - 1:
            painter.fillRect(QRectF(x, top, min(2.0, there - 1 - x), height), colour)
            x += 5

    def _edge(self, value: float) -> float:
        """Return the pixel of a value, a whole one, so that cells have sharp edges and no gaps."""
        return float(round(self._slider.position_x(value)))

    def _step_at(self, x: float) -> int:
        left, right = self._slider.position_x(0), self._slider.position_x(STEPS)
        return min(STEPS, max(0, round((x - left) / max(1.0, right - left) * STEPS)))

    def _jump(self, event: QMouseEvent) -> None:
        self.jumped.emit(self._step_at(event.position().x()))

    def _tell(self, at: QPoint) -> None:
        text = f"{cell_text(self._scores, self._step_at(at.x()))}\n{_LEGEND}"
        if not self._slider.is_shown:
            text = _NOT_SHOWN
        QToolTip.showText(self.mapToGlobal(QPoint(at.x(), self.height())), text, self)


_NOT_SHOWN = "No blend of A and B is shown. Move the slider to go back to them"
_LEGEND = (
    "Band: how new, and lower where the blend is lopsided. Line: solid where the blend is in one piece,\n"
    f"dotted where it is not, thin where it does not stand or would fall over.\n{RULES}"
)


def new_colour(novelty: float) -> QColor:
    """Return a colour from the window's grey to a strong violet-blue; lightness alone encodes the novelty."""
    palette = theme.palette()
    old, new = QColor(palette.base), QColor(palette.accent if palette is theme.LIGHT else "#9FD0F2")
    part = min(1.0, max(0.0, novelty / _MOST_NEW))
    channels = zip(old.getRgbF()[:3], new.getRgbF()[:3], strict=True)  # type: ignore[index]
    return QColor.fromRgbF(*((1 - part) * a + part * b for a, b in channels))


def cell_text(scores: PathScores | None, step: int) -> str:
    """Return what is known of one blend."""
    t = f"t = {step / STEPS:.2f}"
    quality = scores.quality(step) if scores is not None else None
    if quality is None:
        return f"{t}: not decoded yet"
    new = f"{quality.novelty:.0%} new (1 − IoU with the nearer of its two chairs)"
    return f"{t}: {quality_text(quality)}, {symmetry_text(quality)}, {new}"


def summary_text(scores: PathScores | None) -> str:
    """Return how many of the blends that are known are in one piece, by the rule and strictly, and stand."""
    if scores is None or not (found := scores.counts()).known:
        return "No blend is decoded yet"
    return (
        f"Of {found.known} blends {found.whole} are in one piece ({ONE_PIECE:.0%} of the voxels hang "
        f"together), {found.strictly} of them without a loose voxel. {found.standing} stand; "
        f"{found.falling} of these would fall over. "
        f"{found.lopsided} are clearly less symmetric than A and B"
    )


def share_text(scores: PathScores) -> str:
    """Return how many of the blends that are known are in one piece, by the rule and strictly: two lines."""
    found = scores.counts()
    if not found.known:
        return ""
    return f"{found.whole} of {found.known} in one piece\n({ONE_PIECE:.0%} rule), {found.strictly} strictly"


def here_text(quality: ShapeQuality) -> str:
    """Return the most important property of one shape, in two words."""
    new = "" if quality.novelty is None else f"{quality.novelty:.0%} new"
    return short_text(quality) or new


def _state(scores: PathScores, step: int) -> tuple[bool, bool] | None:
    """Return (in one piece, stands and would not fall over); None where that is not known."""
    quality = scores.quality(step)
    return None if quality is None else (quality.in_one_piece, quality.stands and quality.is_stable)
