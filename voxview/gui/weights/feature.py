"""The weights in use, shown in the status bar, and the menu that changes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Area, Feature, MenuSpec
from voxview.model.weights_card import SHIPPED, WeightsCard, is_installed

_BESIDE_THE_NAME = """
QToolButton { padding: 1px 16px 1px 5px; }
QToolButton::menu-indicator { subcontrol-origin: padding; subcontrol-position: right center; right: 4px; }
"""
"""The menu's arrow: Fusion would draw it over the last letter."""


class WeightsFeature(Feature):
    """A button in the status bar and the same menu under View: the shipped weights, and any file."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.menu = QMenu("&Weights", context.dialog_parent)
        self._choices = QActionGroup(self)
        self._choices.triggered.connect(self._choose)
        self._own: QAction | None = None
        """The line of a file that is none of the shipped ones."""
        for name, line in SHIPPED.items():
            there = is_installed(name)
            self.menu.addAction(self._add(name, f"{name}\t{line if there else 'not installed'}"))
            self._choices.actions()[-1].setEnabled(there)
        self._separator = self.menu.addSeparator()
        self.menu.addAction("Open a &file…", self.ask_for_file)
        self.menu.addSeparator()
        self.menu.addAction("A choice is kept for the next start").setEnabled(False)
        self.button = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        chosen = WeightsCard(context.settings.text("weights"))
        self.button.setText(f"Weights: {chosen.title}")
        self.button.setToolTip(f"{chosen.title}, as the last time")
        self.button.setStyleSheet(_BESIDE_THE_NAME)
        self.button.setMenu(self.menu)
        self.button.setEnabled(False)  # until the engine has loaded some
        self.button.setAccessibleName("Weights")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        engine, tasks = context.session.engine, context.session.tasks
        engine.ready.connect(lambda _: self._show(engine.card))
        engine.weights_changed.connect(self._take_over)
        tasks.ended.connect(lambda _: self._show(engine.card))  # it may have failed

    @property
    def menus(self) -> Sequence[MenuSpec]:
        """The weights, under View."""
        return (MenuSpec("&View", self.menu),)

    @property
    def widgets(self) -> dict[Area, QWidget]:
        """The button."""
        return {Area.STATUS: self.button}

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """The button."""
        return (self.button,)

    def ask_for_file(self) -> None:
        """Ask for a `.safetensors` file, and load it."""
        card = self.context.session.engine.card
        beside = str(Path(card.choice).parent) if card and card.choice not in SHIPPED else str(Path.home())
        name, _ = QFileDialog.getOpenFileName(
            self.context.dialog_parent, "Open weights", beside, "Weights (*.safetensors);;All files (*)"
        )
        if name:
            self.context.session.tasks.change_weights(name)

    # ---- inside ---------------------------------------------------------------------------------

    def _add(self, choice: str, text: str) -> QAction:
        action = QAction(text, self, checkable=True)
        action.setData(choice)
        self._choices.addAction(action)
        return action

    def _choose(self, action: QAction) -> None:
        card = self.context.session.engine.card
        if card is not None and card.choice != action.data():
            self.context.session.tasks.change_weights(action.data())
            self._show(card)  # the tick waits until they are loaded

    def _take_over(self, card: WeightsCard) -> None:
        self._show(card)
        self.context.settings.remember("weights", card.choice)
        self.context.notifications.note(f"the weights {card.title} are in use: {card.line}")

    def _show(self, card: WeightsCard | None) -> None:
        """Name what is loaded, and tick it; a file gets a line of its own."""
        if card is None:
            return
        self.button.setEnabled(True)
        self.button.setText(f"Weights: {card.title}")
        self.button.setToolTip(card.text())
        self.button.setAccessibleDescription(card.text())
        if card.choice not in SHIPPED:
            if self._own is None:
                self._own = self._add(card.choice, "")
                self.menu.insertAction(self._separator, self._own)
            self._own.setText(f"{card.title}\t{card.line}")
            self._own.setData(card.choice)
        for action in self._choices.actions():
            action.setChecked(action.data() == card.choice)
