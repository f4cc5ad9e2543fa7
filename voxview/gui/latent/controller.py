"""Controller of the page of the 64 numbers: shows those of the picture, and changes those of the blend."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer

from voxview.engine.along_number import AlongNumber
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import PageController
from voxview.gui.latent.along import StripMaker, WantedStrip
from voxview.gui.latent.exchange import LatentExchange
from voxview.gui.latent.panel import LatentPanel
from voxview.gui.latent.shown_latents import ShownLatents, shown_latents
from voxview.gui.latent.strip import StripPicture
from voxview.gui.latent.texts import AllPairs, along_text
from voxview.gui.session.edit import Edit

_REFRESH_MS = 100
"""Words that change with every picture cannot be read, and laying them out takes longer than the maps."""


class LatentController(PageController):
    """Shows what is on screen while its page is open, and owns the way back to an edit that was left."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._left: Edit | None = None
        """The last edit of this pair."""
        self.panel = LatentPanel()
        self.exchange = LatentExchange(context, self.panel, self._latents)
        self._strip = StripMaker(context.session, self)
        self._said = 0.0
        """When the words were written last."""
        self._stale = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._stale.timeout.connect(self._show_number)
        self._connect()
        self._show()

    def on_shown(self) -> None:
        """Show what is on screen now: nothing was done while the page was hidden."""
        self._show()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.panel.apply_theme()

    def stop(self) -> None:
        """Wait for the picture that is being drawn."""
        self._strip.stop()

    # ---- what the person does -------------------------------------------------------------------

    def change(self, at: int, value: float) -> None:
        """Give a number of the middle another value, and decode it."""
        latents = self.panel.latents
        if latents is not None:
            self.context.playback.pause()
            edit = self._edit or latents.start_of_edit()
            self.context.session.selection.set_edit(edit.with_number(at, value), in_motion=True)

    def reset(self, at: int) -> None:
        """Give a number its own value again."""
        if self._edit is not None:
            self.context.session.selection.set_edit(self._edit.without_number(at))

    def reset_all(self) -> None:
        """Show the plain blend again."""
        self.context.session.selection.set_edit(None)

    def bring_back(self) -> None:
        """Change what was changed before the edit was left, on the blend that is selected now."""
        if self._left is not None:
            self._take(self._left)

    def _take(self, edit: Edit) -> None:
        self.context.playback.pause()
        self.context.session.selection.set_edit(edit)

    # ---- inside ---------------------------------------------------------------------------------

    @property
    def _edit(self) -> Edit | None:
        return self.context.session.selection.edit

    def _connect(self) -> None:
        session, panel, exchange = self.context.session, self.panel, self.exchange
        session.shown.changed.connect(self.show_picture)
        session.shown.pair_changed.connect(self.show_picture)
        session.selection.edit_changed.connect(self._note_edit)
        session.selection.pair_changed.connect(self._forget_left)
        session.engine.weights_changed.connect(self._forget_left)
        self.context.listing.changed.connect(self._show_number)
        panel.pointed.connect(self._show_number)
        panel.chosen.connect(self._choose)
        panel.changed.connect(self.change)
        panel.reset.connect(self.reset)
        panel.reset_all.connect(self.reset_all)
        panel.bring_back.connect(self.bring_back)
        panel.strip.resized.connect(lambda: self._want_strip(at_once=False))
        panel.copy.connect(exchange.copy)
        panel.copy_call.connect(exchange.copy_call)
        panel.paste.connect(exchange.paste)
        panel.open_file.connect(exchange.ask_and_open)
        panel.save.connect(exchange.ask_and_save)
        exchange.came.connect(self._take)
        self._strip.decoded.connect(self._show_along)
        self._strip.drawn.connect(self._show_strip)
        self._strip.failed.connect(self.context.notifications.error)

    def _latents(self) -> ShownLatents | None:
        card, odd = self.context.session.engine.card, 0
        if card:
            from voxview.model.symmetric import odd_numbers_of  # torch, which is there with the weights

            odd = odd_numbers_of(card.architecture)
        return shown_latents(self.context.session, odd)

    def show_picture(self) -> None:
        """Show another picture's numbers: the maps at once; of quick moves the words at the end.

        Words by themselves would make Qt compose the window once more beside an OpenGL view.
        """
        if self.panel.isVisible():
            latents = self._latents()
            if latents is None and self.context.session.shown.pair is not None:
                return  # another pair is there, and what is between its chairs comes next
            self.panel.show_latents(latents)
            if (time.monotonic() - self._said) * 1e3 >= _REFRESH_MS:
                self._show_number()
            else:
                self._stale.start()
            self._want_strip(at_once=False)

    def _show(self) -> None:
        self.panel.show_latents(self._latents())
        self._show_number()
        self._want_strip(at_once=False)

    def _show_number(self) -> None:
        self._stale.stop()
        self._said = time.monotonic()
        self.panel.show_number(self._pairs())

    def _pairs(self) -> AllPairs:
        """Return the places of A and B in the chairs that are listed, or in a set of their own."""
        listing, shown = self.context.listing, self.context.session.shown
        places = [listing.row_of(chair) for chair in shown.chairs or ()]
        if len(places) == 2 and places[0] is not None and places[1] is not None:
            return places[0], places[1], len(listing.chairs)
        return 0, 1, 2

    def _choose(self) -> None:
        self._show_number()
        self._want_strip(at_once=True)

    def _note_edit(self, edit: Edit | None) -> None:
        self._left = edit or self._left
        self._show_edit()

    def _show_edit(self) -> None:
        left = self._left.name if self._left is not None else ""
        self.panel.show_edit(is_edited=self._edit is not None, left=left)

    def _forget_left(self) -> None:
        self._left = self._edit
        self._show_edit()

    # ---- what a number does ---------------------------------------------------------------------

    def _want_strip(self, *, at_once: bool) -> None:
        latents, at, result = self.panel.latents, self.panel.maps.cursor_at, self.context.session.shown.result
        if latents is None or at is None or result is None or not self.panel.isVisible():
            return
        side = round(self.panel.strip.picture_side() * self.panel.devicePixelRatioF())
        if self._strip.want(WantedStrip(at, latents.middle, result.field, side), at_once=at_once):
            self.panel.strip.show_stale()

    def _show_along(self, along: AlongNumber) -> None:
        self.panel.along.show_text(along_text(along))

    def _show_strip(self, pictures: tuple[StripPicture, ...]) -> None:
        self.panel.strip.show_pictures(pictures)
