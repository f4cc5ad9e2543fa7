"""What a run is made with: chairs, a recipe and its few numbers, and where it is written."""

from __future__ import annotations

import re
import time
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from voxview.counts import counted
from voxview.errors import InputError
from voxview.gui import theme
from voxview.gui.context.app_context import AppContext
from voxview.gui.widgets.buttons import never_default
from voxview.gui.widgets.chooser import Chooser
from voxview.gui.widgets.number_boxes import DecimalBox, NumberBox
from voxview.gui.widgets.page import row_layout
from voxview.model.weights_card import SHIPPED, is_installed
from voxview.training.child.recipes import RECIPES, Recipe
from voxview.training.child.run import Options

_PROCEDURAL = "Procedural chairs alone"
_OWN_FEW = 2
"""Chairs of a folder below which nothing can be held out."""


class SetupForm(QWidget):
    """The fields, with a line that says what to expect."""

    started = Signal()
    """The person wants the run that the fields describe."""

    def __init__(self, context: AppContext, folder: Path) -> None:
        super().__init__()
        self._context = context
        self.chairs, self.recipe, self.weights = Chooser(), Chooser(), Chooser()
        self.chairs.setAccessibleName("Chairs to learn from")
        self.chairs.setToolTip("A folder that is open, or chairs that the program makes itself")
        self.recipe.setAccessibleName("Recipe")
        self.recipe.setToolTip("What is trained, and what its numbers begin with")
        self.weights.setAccessibleName("Weights to go on from")
        self.weights.setToolTip("Whose network is trained further")
        self.steps = _number("Steps", "Steps of the optimiser", 20, 1_000_000)
        self.batch = _number("Chairs a step", "0: 256 on a GPU, 16 on the CPU", 0, 4096)
        self.batch.setSpecialValueText("automatic")
        self.samples = _number(
            "Procedural chairs", "Chairs that the program makes before it begins", 0, 500_000
        )
        self.rate = DecimalBox(minimum=0.00001, maximum=0.1, decimals=5, singleStep=0.0005)
        self.rate.setAccessibleName("Learning rate")
        self.rate.setToolTip("The peak, after a warm-up; it falls to 1 % along a cosine")
        self.name = QLineEdit(f"run-{time.strftime('%m%d-%H%M')}")
        self.name.setAccessibleName("Name of the run")
        self.folder = QLineEdit(str(folder))
        self.folder.setAccessibleName("Folder of the run")
        self.folder.setToolTip("Weights, log, pictures and checkpoint of the run are written there")
        self.browse = QPushButton("Browse…")
        never_default(self.browse)
        self.browse.clicked.connect(self._browse)
        self.about = QLabel(wordWrap=True)
        self.about.setFont(theme.small_font(self))
        self.about.setMinimumHeight(3 * self.about.fontMetrics().lineSpacing())
        self.line = QLabel(wordWrap=True)
        self.button = QPushButton("Start")
        self.button.clicked.connect(self.started)
        self._form = QFormLayout()
        self._fill()
        self._lay_out()
        self.recipe.currentIndexChanged.connect(self._take_recipe)
        self._take_recipe()

    @property
    def chosen(self) -> Recipe:
        """The recipe that is chosen."""
        return RECIPES[self.recipe.currentIndex()]

    @property
    def data(self) -> str:
        """The folder of real chairs; empty: procedural ones alone."""
        return str(self.chairs.currentData() or "")

    def options(self) -> Options:
        """Return the options of the run; raise `InputError` where it would have nothing to learn from."""
        if not self.data and not self.samples.value():
            raise InputError("there is nothing to learn from: choose a folder, or some procedural chairs")
        given = {
            "steps": self.steps.value(),
            "batch": self.batch.value(),
            "learning_rate": round(self.rate.value(), 5),
            "samples": self.samples.value(),
        }
        start = {"start_from": str(self.weights.currentData())} if self.chosen.starts_from else {}
        return {**self.chosen.options, **given, **start}

    def out(self) -> Path:
        """Return the weights to write; raise `InputError` for a name or a folder that cannot be."""
        name, folder = self.name.text().strip().removesuffix(".safetensors"), self.folder.text().strip()
        if not name or not folder:
            raise InputError("a name and a folder are needed")
        if re.search(r"[/\\\0]", name) or name.startswith("."):
            raise InputError(f"'{name}' is no name of a run: leave / and \\ out, and a . at its start")
        return Path(folder).expanduser().absolute() / f"{name}.safetensors"

    # ---- inside ---------------------------------------------------------------------------------

    def _fill(self) -> None:
        listing, engine = self._context.listing, self._context.session.engine
        for catalog in listing.catalogs:
            if catalog.source and Path(catalog.source).is_dir() and len(catalog) >= _OWN_FEW:
                self.chairs.addItem(f"{catalog.name}: {counted(len(catalog), 'chair')}", catalog.source)
                if catalog is listing.catalog:
                    self.chairs.setCurrentIndex(self.chairs.count() - 1)
        self.chairs.addItem(_PROCEDURAL, "")
        for recipe in RECIPES:
            self.recipe.addItem(recipe.title)
        card = engine.card
        names = [name for name in SHIPPED if is_installed(name)]
        if card is not None and card.choice not in SHIPPED:
            self.weights.addItem(card.title, str(Path(card.choice).absolute()))
        for name in names:
            self.weights.addItem(name, name)
        self.weights.setCurrentIndex(max(0, self.weights.findData("study")))
        for chooser in (self.chairs, self.recipe, self.weights):
            chooser.shrink_to(18)

    def _lay_out(self) -> None:
        form = self._form
        form.setSpacing(theme.GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Chairs", self.chairs)
        form.addRow("Recipe", self.recipe)
        form.addRow("", self.about)
        form.addRow("Go on from", self.weights)
        form.addRow("Steps", row_layout(self.steps, QLabel("of"), self.batch, QLabel("chairs")))
        form.addRow("Learning rate", row_layout(self.rate, QLabel("procedural chairs"), self.samples))
        form.addRow("Name", self.name)
        form.addRow("Folder", row_layout(self.folder, self.browse, stretched=self.folder))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(form)
        column.addWidget(self.line)
        column.addStretch(1)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)

    def _take_recipe(self) -> None:
        options = self.chosen.options
        self.about.setText(self.chosen.text)
        self._form.setRowVisible(self.weights, self.chosen.starts_from)
        self.steps.setValue(int(options["steps"]))
        self.batch.setValue(int(options["batch"]))
        self.samples.setValue(int(options["samples"]))
        self.rate.setValue(float(options["learning_rate"]))

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder of the run", self.folder.text())
        if folder:
            self.folder.setText(folder)


def _number(name: str, tip: str, least: int, most: int) -> NumberBox:
    box = NumberBox(minimum=least, maximum=most)
    box.setGroupSeparatorShown(True)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box
