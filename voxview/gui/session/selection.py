"""What the person selected: the pair, the position between its chairs, a mix, and where to compute."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from voxview.conventions import RESOLUTION
from voxview.engine.mix import MixRequest
from voxview.engine.request import Backend, BlendRequest, Device, LoadedChair, Position, resolution_now
from voxview.gui.session.edit import Edit, edited_blend
from voxview.gui.session.engine_client import EngineClient
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.latent_request import LatentRequest

_AT_REST_MS = 200
"""After the last move, until a finer surface is requested than while moving."""

Pair = tuple[Chair, Chair]


class Selection(QObject):
    """The one place that changes what is selected; each change is requested from the engine at once."""

    pair_changed = Signal()
    """Another pair is selected."""
    pair_announced = Signal()
    """Everybody has heard of `pair_changed`: what is known of the pair may be shown."""
    position_changed = Signal(object)
    """The `Position` that is selected."""
    mix_changed = Signal(object)
    """The `MixRequest` that is wanted in the blend's place."""
    requested = Signal()
    """A picture is about to be requested from the engine: what can wait shall wait."""
    edit_changed = Signal(object)
    """Another `edit`, or None: the blend's numbers are its own again."""
    computing_changed = Signal()
    """Another device or backend is selected."""
    mix_put = Signal(object)
    """A `MixRequest` that was wanted before is wanted again: its controls are to show it."""
    refused = Signal()
    """The selected pair cannot be used: what led to it led nowhere."""
    error = Signal(str)

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self.a: Chair | None = None
        self.b: Chair | None = None
        self.position = Position(0.5)
        self.backend: Backend = "numpy"
        self.device: Device = "cpu"
        self.remove_small_components = False
        self.surface_resolution = RESOLUTION
        """Of all surfaces that are shown and exported."""
        self._at_rest = QTimer(self, singleShot=True, interval=_AT_REST_MS)
        self._at_rest.timeout.connect(self._request_at_rest)
        self.mix: MixRequest | None = None
        """The mix that is wanted; None while the pair's blend is."""
        self.place: LatentRequest | None = None
        """A place in the latent space that is wanted in the blend's place, while one points at it."""
        self.edit: Edit | None = None
        """Numbers of the blend that were changed; None while the pair's own blend is wanted, or a mix."""
        self.readable_pair: Pair | None = None
        """The last pair whose files could be read and encoded: what to go back to."""
        self._loaded: tuple[LoadedChair, LoadedChair] | None = None
        """The pair whose latents are known; with the weights in use."""
        client.ready.connect(self._use_best_device)
        client.weights_changed.connect(self._request_again)
        client.pair_loaded.connect(self._note_loaded)
        client.blend_refused.connect(self._go_back)
        client.mix_refused.connect(self._give_up_mix)
        client.edit_refused.connect(self._give_up_edit)

    @property
    def pair(self) -> tuple[Chair | None, Chair | None]:
        """Chairs A and B."""
        return self.a, self.b

    @property
    def is_pointing(self) -> bool:
        """Whether a place in the latent space is wanted in the blend's place."""
        return self.place is not None

    def request(self, *, in_motion: bool = False) -> BlendRequest | None:
        """Return the request for the pair's blend; None until both chairs are chosen."""
        if self.a is None or self.b is None:
            return None
        return BlendRequest(
            self.a,
            self.b,
            self.position.t,
            self.backend,
            self.device,
            remove_small_components=self.remove_small_components,
            surface_resolution=self.surface_resolution,
            in_motion=in_motion and self._is_coarser_in_motion,
        )

    # ---- what the person chooses ----------------------------------------------------------------

    def choose(
        self, *, a: Chair | None = None, b: Chair | None = None, position: Position | None = None
    ) -> None:
        """Take other chairs for A, for B or for both, and another position with them."""
        self._drop_mix()
        self._drop_edit()
        self.a, self.b = a or self.a, b or self.b
        if position is not None and position != self.position:
            self.position = position
            self.position_changed.emit(position)
        self._request_pair()

    def put(
        self, pair: tuple[Chair | None, Chair | None], position: Position, mix: MixRequest | None
    ) -> None:
        """Take everything as it was before, with one request."""
        is_other_pair, is_elsewhere = pair != self.pair, position != self.position
        self.place = None
        self.a, self.b = pair
        self.position = position
        if is_elsewhere:
            self.position_changed.emit(position)
        if is_other_pair:
            self.pair_changed.emit()
            self.pair_announced.emit()
        # After these signals: whoever makes a mix gives it up with another pair or position.
        self.mix = None if mix is None else self._as_selected(mix, in_motion=False)
        if self.mix is not None:
            self.mix_put.emit(self.mix)
            self.mix_changed.emit(self.mix)
        self._request()

    def take(self, letter: str, chair: Chair) -> None:
        """Take a chair as "A" or "B"."""
        if letter == "A":
            self.choose(a=chair)
        else:
            self.choose(b=chair)

    def swap(self) -> None:
        """Exchange A and B, and reverse the position: the blend, edited or not, stays what it is."""
        self._drop_mix()
        self.a, self.b = self.b, self.a
        self.position = self.position.reversed()
        self.position_changed.emit(self.position)
        self._request_pair()

    def move(self, position: Position) -> None:
        """Select another position between A and B."""
        was_elsewhere = any((self._drop_mix(), self._drop_edit(), self.is_pointing))
        self.place = None
        if position != self.position or was_elsewhere:
            self.position = position
            self.position_changed.emit(position)
            self._request(in_motion=True)

    def show_mix(self, request: MixRequest) -> None:
        """Request a mix in the blend's place from now on, computed where blends are."""
        self.place = None
        self._drop_edit()
        self.mix = self._as_selected(request, in_motion=True)
        self.mix_changed.emit(self.mix)
        self._request(in_motion=True)

    def leave_mix(self) -> None:
        """Go back to the pair's blend."""
        if self._drop_mix():
            self._request()

    def set_edit(self, edit: Edit | None, *, in_motion: bool = False) -> None:
        """Change numbers of the blend, or none of them any more; the slider, a mix and another pair end it.

        `in_motion`: the next change is on its way, as in a drag.
        """
        if edit != self.edit or self.is_pointing or self.mix is not None:
            self._drop_mix()
            self.place, self.edit = None, edit
            self.edit_changed.emit(edit)
            self._request(in_motion=in_motion)

    def put_edit(self, edit: Edit | None) -> None:
        """Take an edit as it was before, without a request: `put` comes next."""
        self.edit = edit
        self.edit_changed.emit(edit)

    def compute_on(self, *, backend: Backend | None = None, device: Device | None = None) -> None:
        """Compute elsewhere from now on."""
        self.backend = backend or self.backend
        self.device = device or self.device
        self.computing_changed.emit()
        self._request()

    def set_remove_small_components(self, on: bool) -> None:
        """Leave small components out of what is shown and exported, or show blends as they are decoded."""
        self.remove_small_components = on
        self._request()
        self._point_again()

    def set_surface_resolution(self, resolution: int) -> None:
        """Show and export surfaces of another resolution, of A, B and what is between them."""
        if resolution != self.surface_resolution:
            self.surface_resolution = resolution
            self._request()
            self._point_again()

    def point_at(self, request: LatentRequest, *, in_motion: bool = True) -> None:
        """Request the chair at a place in the latent space, in the blend's place."""
        self.place = self._as_shown(request, in_motion)
        self._expect_rest(in_motion=in_motion)
        self.requested.emit()
        self._client.decode(self.place)

    def stop_pointing(self) -> None:
        """Request the pair's blend, or the mix, again."""
        if self.is_pointing:
            self.place = None
            self._request()

    # ---- requests -------------------------------------------------------------------------------

    def _request_pair(self) -> None:
        self.place = None
        self.pair_changed.emit()
        self.pair_announced.emit()
        self._request()

    @property
    def _is_coarser_in_motion(self) -> bool:
        return resolution_now(self.surface_resolution, in_motion=True) != self.surface_resolution

    def _expect_rest(self, *, in_motion: bool) -> None:
        """Request a finer surface once nothing has moved for a while, where there is one."""
        if in_motion and self._is_coarser_in_motion:
            self._at_rest.start()

    def _request_at_rest(self) -> None:
        if self.place is None:
            self._request()
        else:
            self._point_again()

    def _point_again(self) -> None:
        if self.place is not None:
            self.point_at(self.place, in_motion=False)

    def _request(self, *, in_motion: bool = False) -> None:
        request = self.request(in_motion=in_motion)
        if request is None:
            return
        self._expect_rest(in_motion=in_motion)
        self.requested.emit()
        if (self.mix is None and self.edit is None) or not self._is_loaded:
            self._client.blend(request)  # the pair first: a mix or an edit waits until both are on screen
        elif self.edit is not None:
            self._client.decode(self._edited(self.edit, in_motion=in_motion))
        elif self.mix is not None:
            self.mix = self._as_selected(self.mix, in_motion=in_motion)
            self._client.blend(self.mix)

    @property
    def _is_loaded(self) -> bool:
        """Whether the latents of the selected pair are known."""
        return self._loaded is not None and tuple(one.chair for one in self._loaded) == self.pair

    def _edited(self, edit: Edit, *, in_motion: bool) -> LatentRequest:
        """Return the request for the edited blend of the pair, which is loaded."""
        assert self._loaded is not None
        return self._as_shown(edited_blend(edit, self._loaded, self.position, self.device), in_motion)

    def _as_shown(self, request: LatentRequest, in_motion: bool) -> LatentRequest:
        """Return a request for a place in the latent space, shown as blends are."""
        return replace(
            request,
            remove_small_components=self.remove_small_components,
            surface_resolution=self.surface_resolution,
            in_motion=in_motion and self._is_coarser_in_motion,
        )

    def _as_selected(self, mix: MixRequest, *, in_motion: bool) -> MixRequest:
        """Return the mix, computed where blends are and shown as they are."""
        return replace(
            mix,
            backend=self.backend,
            device=self.device,
            remove_small_components=self.remove_small_components,
            surface_resolution=self.surface_resolution,
            in_motion=in_motion and self._is_coarser_in_motion,
        )

    def _drop_mix(self) -> bool:
        """Want no mix any more; return whether one was wanted."""
        was_mix, self.mix = self.mix is not None, None
        return was_mix

    def _drop_edit(self) -> bool:
        """Want no changed numbers any more; return whether there were some."""
        was_edited, self.edit = self.edit is not None, None
        if was_edited:
            self.edit_changed.emit(None)
        return was_edited

    # ---- answers --------------------------------------------------------------------------------

    def _use_best_device(self) -> None:
        report = self._client.report
        assert report is not None
        self._loaded = None
        self.backend, self.device = report.best_backend, report.best_device
        self._request()

    def _request_again(self) -> None:
        """Load the pair with the weights that are in use now."""
        self._loaded = None
        self.place = None  # its 64 numbers are those of the weights before, and so are changed ones
        self._drop_edit()
        self._request()

    def _note_loaded(self, a: LoadedChair, b: LoadedChair) -> None:
        if (a.chair, b.chair) == self.pair:
            self.readable_pair, self._loaded = (a.chair, b.chair), (a, b)
            if self.mix is not None or self.edit is not None:
                self._request()  # it waited for the pair
                self._point_again()

    def _go_back(self, request: BlendRequest, message: str) -> None:
        """Return to the last good pair when the selected one cannot be used."""
        if (request.a, request.b) != self.pair:
            return
        self.error.emit(message)
        if self.readable_pair is not None and self.readable_pair != self.pair:
            self.refused.emit()
            self._drop_mix()
            self._drop_edit()  # both are of the pair that is refused
            self.a, self.b = self.readable_pair
            self._request_pair()

    def _give_up_edit(self, request: LatentRequest, message: str) -> None:
        if self.edit is not None and request.name.endswith(self.edit.name):
            self.error.emit(f"these numbers cannot be decoded: {message}")
            self.set_edit(None)

    def _give_up_mix(self, request: MixRequest, message: str) -> None:
        if self.mix is not None and self.mix.chairs == request.chairs:
            self.error.emit(message)
            self.leave_mix()
