"""The real engine behind a gate: a test decides how long a picture takes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from looking import WAIT_MS

from voxview.engine.engine import Engine
from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.request import BlendRequest, BlendResult

if TYPE_CHECKING:
    from voxview.engine.device import DeviceReport

Request = BlendRequest | MixRequest


class GatedEngine(Engine):
    """Holds up the answer to one request until the test lets it go, and notes what was requested."""

    def __init__(self, is_held: Callable[[Request], bool], report: DeviceReport | None = None) -> None:
        super().__init__("study", report=report)  # quick, as in most windows of the tests
        self.requests: list[Request] = []
        """Every request that was begun, in order; one that is answered anew after refining is there twice."""
        self.gate = threading.Event()
        self._is_held = is_held

    def blend(self, request: BlendRequest) -> BlendResult:
        """Answer as the real one does, but not before the gate is open."""
        self._note(request)
        return super().blend(request)

    def mix(self, request: MixRequest) -> MixResult:
        """Answer as the real one does, but not before the gate is open."""
        self._note(request)
        return super().mix(request)

    @property
    def is_waiting(self) -> bool:
        """Whether the request that is held up has been begun."""
        return any(self._is_held(request) for request in self.requests)

    def _note(self, request: Request) -> None:
        self.requests.append(request)
        if self._is_held(request):
            assert self.gate.wait(WAIT_MS / 1e3), "the test never opened the gate"
