"""Numbers to and from the clipboard and files, and the page as a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from voxview.engine.unusual_latent import far_numbers_text
from voxview.errors import InputError
from voxview.gui import theme
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.save_folder import suggested_folder
from voxview.gui.latent.shown_latents import ShownLatents
from voxview.gui.latent.written import KINDS, call_of, text_of, write_page
from voxview.gui.session.at_rest import AtRest, Check
from voxview.gui.session.edit import Edit
from voxview.gui.widgets.save_path import ask_save_path
from voxview.shapes.frame import Floats
from voxview.shapes.io.latents import WrittenLatent, parse_latent, read_latent

if TYPE_CHECKING:  # torch, which pages and their tests do without
    from voxview.engine.engine import Engine

_OPENED = "64 numbers (*.npy *.json *.txt);;All files (*)"


class LatentExchange(QObject):
    """Takes numbers from outside, and gives the shown ones away; what cannot be used changes nothing."""

    came = Signal(object)
    """The `Edit` of numbers that were pasted or opened."""

    def __init__(
        self, context: AppContext, parent: QWidget, shown: Callable[[], ShownLatents | None]
    ) -> None:
        super().__init__(parent)
        self._context, self._parent, self._shown = context, parent, shown
        self._unusual = AtRest(context.session.engine, context.session.selection, "unusual numbers", self)

    # ---- in -------------------------------------------------------------------------------------

    def paste(self) -> None:
        """Take 64 numbers of the clipboard."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self._context.notifications.error("there is no text to paste: copy 64 numbers first")
            return
        try:
            written = parse_latent(text)
        except InputError as error:
            self._context.notifications.error(f"what was copied is no latent: {error}")
            return
        self._take(written, "pasted numbers")

    def ask_and_open(self) -> None:
        """Ask for a file of 64 numbers, and take them."""
        folder = str(self._context.settings.folder)
        name, _ = QFileDialog.getOpenFileName(self._parent, "Open 64 numbers", folder, _OPENED)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Take the 64 numbers of a file."""
        try:
            written = read_latent(path)
        except InputError as error:
            self._context.notifications.error(str(error))
            return
        self._take(written, path.name)

    def _take(self, written: WrittenLatent, origin: str) -> None:
        engine = self._context.session.engine
        if not engine.is_ready or self._shown() is None:
            self._context.notifications.note("numbers can be decoded once the first blend is on screen")
            return
        self.came.emit(Edit(start=tuple(map(float, written.latent.reshape(-1))), origin=origin))
        text = f"{origin}: taken"
        if written.weights and written.weights != engine.weights:
            text += f"; they are of the weights '{written.weights}', and '{engine.weights}' decodes them"
        self._context.notifications.note(text)
        self._unusual.want(
            partial(_far, written.latent), partial(self._say_far, origin), lambda _: None, at_once=True
        )

    def _say_far(self, origin: str, far: object) -> None:
        edit = self._context.session.selection.edit
        if far and edit is not None and edit.origin == origin:
            self._context.notifications.note(f"{origin}: {far}")

    # ---- out ------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Copy the middle's numbers as text."""
        if (latents := self._shown()) is not None:
            QGuiApplication.clipboard().setText(text_of(latents, self._context.session.engine.weights))
            self._context.notifications.note("copied: 64 numbers, which 'voxview decode' reads, too")

    def copy_call(self) -> None:
        """Copy Python that computes the middle's numbers."""
        if (latents := self._shown()) is not None:
            QGuiApplication.clipboard().setText(call_of(latents))
            self._context.notifications.note("copied: the lines of Python that compute these numbers")

    def ask_and_save(self) -> None:
        """Ask for a file, and write the page."""
        suggested = suggested_folder(self._context.settings, self._context.listing) / "latent.npy"
        path = ask_save_path(self._parent, "Save the numbers", suggested, KINDS)
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Write the page as it is; the suffix decides how."""
        if (latents := self._shown()) is None:
            return
        weights, dark = self._context.session.engine.weights, theme.palette() is theme.DARK
        self._context.background.run(
            f"Saving {path.name}",
            partial(write_page, path, latents, weights, dark=dark),
            lambda _: self._context.notifications.note(f"the numbers are in {path}"),
            self._context.notifications.error,
        )


def _far(latent: Floats, engine: Engine, check: Check) -> str:
    return far_numbers_text(latent, engine, check)
