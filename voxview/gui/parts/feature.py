"""The parts of A, the blend and B: an action that colours them, and the legend below the view."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Area, Feature
from voxview.gui.parts.legend import Legend
from voxview.gui.session.part_texts import PART_NAMES
from voxview.gui.session.state import Aspect, Plain

_A, _MIDDLE, _B = range(3)


class PartsFeature(Feature):
    """Switches parts on and off, and shows what is known of them."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.legend = Legend()
        self.legend.hide()
        parts = context.session.parts
        parts.switched.connect(self._show_switched)
        parts.changed.connect(lambda _: self._show_shares())
        parts.failed.connect(context.notifications.error)
        self.legend.seen.connect(lambda part, on: parts.hide(part, not on))
        context.keeper.register(Aspect("parts", self._taken, self._put, _are_hidden_parts, _parts_title))
        QTimer.singleShot(0, self, self._restore)  # there is no place for a line yet

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """The switch."""
        return (
            ActionSpec(
                "parts",
                "&View",
                0,
                "P&arts",
                self.switch,
                "C",
                checkable=True,
                tip="Colour A, the blend and B by part: seat, back, legs and arms",
            ),
        )

    @property
    def widgets(self) -> dict[Area, QWidget]:
        """The legend."""
        return {Area.LEGEND: self.legend}

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """Its check boxes."""
        return self.legend.tab_order

    def switch(self, on: bool) -> None:
        """Colour the chairs by part, or each in its own colour; remember which."""
        parts = self.context.session.parts
        parts.switch(on)
        self.qactions["parts"].setChecked(parts.is_on)  # without weights they stay off
        self.context.settings.remember("parts", parts.is_on)

    def apply_theme(self) -> None:
        """Take on the theme's colours, once they are seen: the bare window does not wait for NumPy."""
        if self.context.session.parts.is_on:
            self.legend.apply_theme()

    def _restore(self) -> None:
        """Switch parts on where they were on last; a line says why where they cannot be."""
        self.qactions["parts"].setChecked(self.context.settings.flag("parts"))

    def _taken(self) -> Plain:
        """Return the parts that are hidden; None where parts are not shown."""
        parts = self.context.session.parts
        return tuple(sorted(parts.hidden)) if parts.is_on else None

    def _put(self, hidden: Plain) -> None:
        """Show parts but those that are hidden; None: no parts."""
        self.switch(hidden is not None)
        if isinstance(hidden, tuple) and self.context.session.parts.is_on:
            self.legend.show_hidden([part for part in hidden if isinstance(part, int)])

    def _show_switched(self, on: bool) -> None:
        self.qactions["parts"].setChecked(on)
        if on:
            self.legend.apply_theme()
        self.legend.show_all()
        self._show_shares()
        self.legend.setVisible(on)

    def _show_shares(self) -> None:
        parts = self.context.session.parts
        if parts.is_on:
            self.legend.show_shares(*(parts.shares(place) for place in (_MIDDLE, _A, _B)))


def _are_hidden_parts(value: Plain) -> bool:
    return value is None or (
        isinstance(value, tuple) and all(type(part) is int and 0 <= part < len(PART_NAMES) for part in value)
    )


def _parts_title(hidden: Plain) -> str:
    """Return what a step to these hidden parts is called."""
    if not isinstance(hidden, tuple):
        return "Hide the parts"
    names = [PART_NAMES[part].lower() for part in hidden if isinstance(part, int)]
    return f"Without {' and '.join(names)}" if names else "Show the parts"
