"""Headings above the three chairs, each in its colour."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from voxview.counts import counted
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult, LoadedChair
from voxview.gui import theme
from voxview.gui.blend.row import Row
from voxview.gui.blend.subplots import A_REBUILT, B_REBUILT, BLEND, A, B
from voxview.gui.session.look import Look
from voxview.gui.session.quality_texts import voxels_text
from voxview.gui.session.shown import Result
from voxview.gui.session.source_texts import how_well_held
from voxview.gui.session.titles import mix_parts, mix_title
from voxview.gui.widgets.painted_text import fitting, line_height, paint_line


class Heading(QWidget):
    """Widget with a coloured line, a title and a secondary line, both elided to its width."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._below = ""
        self._colour = theme.AMBER
        self._is_waiting = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing behind it is painted with it

    @property
    def title(self) -> str:
        """The first line."""
        return f"{self._title} · loading…" if self._is_waiting else self._title

    @property
    def below(self) -> str:
        """The second line."""
        return self._below

    def set_text(self, title: str, below: str, colour: QColor) -> None:
        """Show other words."""
        if (title, below, colour) != (self._title, self._below, self._colour):
            self._title, self._below, self._colour = title, below, QColor(colour)
            self.setToolTip(f"{title}\n{below}")
            self._redraw()

    def show_waiting(self, on: bool) -> None:
        """Say that something else is on its way; until then the words are of what is shown."""
        if on != self._is_waiting:
            self._is_waiting = on
            self._redraw()

    def _redraw(self) -> None:
        self.setAccessibleName(f"{self.title}: {self._below}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return Qt's size hint: two lines and the colour."""
        lines = line_height(theme.strong_font(self)) + line_height(self.font())
        return QSize(120, lines + 3 + 2 * theme.GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        palette = theme.palette()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.scene))
        painter.fillRect(0, 0, self.width(), 3, self._colour)
        room = self.rect().adjusted(theme.GAP, 3 + theme.GAP, -theme.GAP, 0)
        title_font = theme.strong_font(self)
        title = fitting(self.title, " · ", title_font, room.width())
        for text, font, colour in (
            (title, title_font, palette.text),
            (self._below, self.font(), palette.quiet),
        ):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            line = QRect(room.left(), room.top(), room.width(), line_height(font))
            paint_line(painter, line, Qt.AlignmentFlag.AlignHCenter, text)
            room.setTop(line.bottom() + 1)


class Headings(QWidget):
    """Headings as wide as the views below them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.a, self.blend, self.b = Heading("A"), Heading("Blend"), Heading("B")
        self.a_rebuilt, self.b_rebuilt = Heading("A rebuilt"), Heading("B rebuilt")
        row = Row(self)
        for place, heading in (
            (A, self.a),
            (A_REBUILT, self.a_rebuilt),
            (BLEND, self.blend),
            (B_REBUILT, self.b_rebuilt),
            (B, self.b),
        ):
            row.put(place, heading)
        self.set_layout = row.set_layout
        row.set_layout(Look().layout)

    def show_names(self, a: str, b: str, *, rebuilt: bool = False) -> None:
        """Name A and B, while nothing else is known of them."""
        what = " rebuilt" if rebuilt else ""
        self.a.set_text(f"A{what}", a, theme.AMBER)
        self.b.set_text(f"B{what}", b, theme.BLUE)
        self.a_rebuilt.set_text("A rebuilt", a, theme.AMBER)
        self.b_rebuilt.set_text("B rebuilt", b, theme.BLUE)

    def show_pair(self, a: LoadedChair, b: LoadedChair, *, rebuilt: bool) -> None:
        """Name A and B, and how well 64 numbers hold them; `rebuilt`: it is that which is shown of them."""
        for heading, letter, chair, colour, is_rebuilt in (
            (self.a, "A", a, theme.AMBER, rebuilt),
            (self.b, "B", b, theme.BLUE, rebuilt),
            (self.a_rebuilt, "A", a, theme.AMBER, True),
            (self.b_rebuilt, "B", b, theme.BLUE, True),
        ):
            held = how_well_held(chair)
            title = f"{letter} rebuilt · {held}" if is_rebuilt else f"{letter} · {held}"
            heading.set_text(title, chair.chair.name, colour)
            heading.setToolTip(_pair_tip(chair, is_rebuilt))

    def show_result(self, result: Result) -> None:
        """Name what is in the middle, and how many loose voxels were left out of it."""
        removed = result.removed_voxels
        below = f" · {voxels_text(removed)} in small pieces removed" if removed else ""
        if isinstance(result, BlendResult):
            position = f"t = {result.request.t:.3f}".rstrip("0").ljust(8, "0")
            self.blend.set_text("Blend", position + below, colour_of(result))
        elif isinstance(result, MixResult):
            self.blend.set_text(
                mix_title(result.request), mix_parts(result.request) + below, colour_of(result)
            )
        else:
            title = "Edited" if result.request.is_edit else "On the map"
            self.blend.set_text(title, result.request.name + below, colour_of(result))

    def show_waiting(self, *, a: bool, b: bool) -> None:
        """Say which of A and B are loading; the blend waits for both."""
        for heading, on in (
            *((self.a, a), (self.b, b), (self.blend, a or b)),
            *((self.a_rebuilt, a), (self.b_rebuilt, b)),
        ):
            heading.show_waiting(on)


def colour_of(result: Result) -> QColor:
    """Return the colour of what is in the middle: of its position, or of half-way where it has none."""
    if isinstance(result, BlendResult):
        return theme.blend_colour(result.request.t)
    t = result.request.edited_at if isinstance(result, LatentResult) else None
    return theme.blend_colour(0.5 if t is None else t)


def _pair_tip(loaded: LoadedChair, rebuilt: bool) -> str:
    shown = "what its 64 numbers give back" if rebuilt else "the chair itself"
    return (
        f"{loaded.chair.name}\nShown: {shown} (E changes that). Against the chair, its reconstruction lacks "
        f"{counted(loaded.missing, 'voxel')} and has {loaded.added:,} more: IoU {loaded.iou:.3f}"
    )
