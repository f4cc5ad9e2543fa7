"""What is being blended: the pair, the position, and where it is computed. Plain Python, without Qt."""

from __future__ import annotations

from dataclasses import dataclass

from voxview.engine.request import Backend, BlendRequest, Device
from voxview.shapes.chair import Chair

Pair = tuple[Chair, Chair]


@dataclass
class Blending:
    """The pair that the person chose, and the last pair that could be shown."""

    a: Chair | None = None
    b: Chair | None = None
    t: float = 0.5
    backend: Backend = "numpy"
    device: Device = "cpu"
    remove_crumbs: bool = False
    good: Pair | None = None
    """The last pair whose files could be read and encoded."""

    def request(self) -> BlendRequest | None:
        """What to ask the engine for; None until both chairs are chosen."""
        if self.a is None or self.b is None:
            return None
        return BlendRequest(
            self.a, self.b, self.t, self.backend, self.device, remove_crumbs=self.remove_crumbs
        )

    def set_position(self, t: float) -> bool:
        """Move to t, cut to [0, 1]; True if that is another position."""
        t = min(1.0, max(0.0, t))
        changed = t != self.t
        self.t = t
        return changed

    def swap(self) -> None:
        """Exchange A and B and turn the position round, so that the blend stays what it is."""
        self.a, self.b = self.b, self.a
        self.t = round(1.0 - self.t, 6)

    def is_wanted(self, a: Chair, b: Chair) -> bool:
        """Whether this is still the pair that was chosen last."""
        return (a, b) == (self.a, self.b)

    def loaded(self, a: Chair, b: Chair) -> None:
        """A pair turned out to be good."""
        self.good = (a, b)

    def go_back(self) -> bool:
        """Return to the last good pair; False if there is none, or it is the one that failed."""
        if self.good is None or self.good == (self.a, self.b):
            return False
        self.a, self.b = self.good
        return True
