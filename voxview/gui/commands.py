"""What the actions do that belongs to no single part of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from voxview.gui import theme
from voxview.gui.playback import SPEEDS

if TYPE_CHECKING:
    from voxview.gui.window import MainWindow


class Commands(QObject):
    """The action table names these methods."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    # ---- the pair -------------------------------------------------------------------------------

    def choose(self, letter: str, chair: object) -> None:
        """Take a chair as "A" or "B"."""
        self._window.messages.clear()
        self._window.session.choose(**{letter.lower(): chair})  # type: ignore[arg-type]

    def set_a(self) -> None:
        """Take the selected chair as A."""
        self._set("A")

    def set_b(self) -> None:
        """Take the selected chair as B."""
        self._set("B")

    def random_pair(self) -> None:
        """Take two chairs of those that are listed."""
        pair = self._window.browser.random_pair()
        if pair is None:
            self._window.messages.note("fewer than two chairs are listed: clear the search or open a folder")
            return
        self._window.messages.clear()
        self._window.session.choose(a=pair[0], b=pair[1])
        self._window.browser.reveal(pair[0])

    def _set(self, letter: str) -> None:
        chair = self._window.browser.view.current_chair()
        if chair is None:
            self._window.messages.note("no chair is selected: choose one in the list first")
        else:
            self.choose(letter, chair)

    # ---- the position ---------------------------------------------------------------------------

    def move_by_hand(self, t: float) -> None:
        """Move, and stop playing: the person has taken over."""
        self._window.playback.pause()
        self._window.session.move(t)

    def play(self, on: bool) -> None:
        """Play or pause."""
        if on:
            self._window.playback.play(self._window.session.blending.t)
        else:
            self._window.playback.pause()

    def set_loop(self, on: bool) -> None:
        """Play for ever, or there and back once."""
        self._window.playback.loop = on
        self._window.settings.remember("loop", on)

    def set_speed(self, text: str) -> None:
        """Play faster or slower."""
        self._window.playback.speed = SPEEDS[text]
        self._window.settings.remember("speed", text)

    def nudge_to_a(self) -> None:
        """One hundredth towards A."""
        self.move_by_hand(round(self._window.session.blending.t - 0.01, 6))

    def nudge_to_b(self) -> None:
        """One hundredth towards B."""
        self.move_by_hand(round(self._window.session.blending.t + 0.01, 6))

    def go_to_a(self) -> None:
        """All of A."""
        self.move_by_hand(0.0)

    def go_halfway(self) -> None:
        """Half of each."""
        self.move_by_hand(0.5)

    def go_to_b(self) -> None:
        """All of B."""
        self.move_by_hand(1.0)

    def go_to_nearest_good(self) -> None:
        """To the nearest of the slider's positions whose blend is in one piece and stands."""
        session = self._window.session
        t = session.scores.nearest_good(session.blending.t) if session.scores is not None else None
        if t is None:
            self._window.messages.note("no blend of these two that is in one piece and stands is known yet")
        else:
            self.move_by_hand(t)

    def remove_crumbs(self, on: bool) -> None:
        """Leave small loose pieces out of the blend that is shown and exported."""
        self._window.session.remove_crumbs(on)
        self._window.settings.remember("remove_crumbs", on)

    # ---- the window -----------------------------------------------------------------------------

    def find(self) -> None:
        """Go to the search field."""
        self._window.actions_by_name["show_chairs"].setChecked(True)
        self._window.browser.search.setFocus()
        self._window.browser.search.selectAll()

    def link_cameras(self, on: bool) -> None:
        """Turn the three chairs together, or each alone."""
        self._window.trio.set_linked(on)
        self._window.settings.remember("linked", on)

    def show_browser(self, on: bool) -> None:
        """Show or hide the list of chairs."""
        self._window.browser.setVisible(on)

    def show_full_screen(self, on: bool) -> None:
        """Fill the screen, or go back."""
        if on:
            self._window.showFullScreen()
        else:
            self._window.showNormal()

    def set_theme(self, name: str) -> None:
        """Use the "system", "light" or "dark" colours."""
        self._window.settings.remember("theme", name)
        theme.apply_theme(name)
        self._window.apply_tones()

    def cancel(self) -> None:
        """Stop what runs; where nothing does, dismiss the message, leave the full screen or stop playing."""
        if self._window.progress.busy:
            self._window.progress.cancel()
        elif self._window.messages.text:
            self._window.messages.clear()
        elif self._window.isFullScreen():
            self._window.actions_by_name["full_screen"].setChecked(False)
        else:
            self._window.playback.pause()

    def show_shortcuts(self) -> None:
        """List the keys."""
        from voxview.gui.about import ShortcutsDialog

        self._open(ShortcutsDialog(self._window))

    def show_about(self) -> None:
        """Version and diagnostics."""
        from voxview.gui.about import AboutDialog

        session, scene = self._window.session, self._window.trio.scene
        opengl = scene.gl_renderer if scene is not None else ""
        self._open(AboutDialog(session.report, session.weights, opengl, self._window))

    def _open(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
