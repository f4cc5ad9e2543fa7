"""Live runs of the whole path on every device, for the timing panel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from voxview.engine.events import Measured

if TYPE_CHECKING:  # these import torch; the number below is the window's, too
    from voxview.engine.blending import Blender
    from voxview.engine.chair_cache import ChairCache
    from voxview.engine.fallback import CpuFallback
    from voxview.engine.request import BlendRequest

MEASURED_RUNS = 9
"""Live runs on each device after a pair is chosen, for the timing panel."""


def measure_pair(
    request: BlendRequest, fallback: CpuFallback, blender: Blender, chairs: ChairCache
) -> Iterator[Measured | None]:
    """Run the request's pair live on every device in turn, so that the figures can stand side by side.

    Yields None after a step that has no figures yet, so that no slider move waits for an encoding. A run that
    the CPU had to answer for the GPU is left out. Blends are measured with their small components, and with
    the surface of a slider at rest.
    """
    request = replace(request, remove_small_components=False, in_motion=False)
    for run in range(MEASURED_RUNS):
        for device in fallback.devices:
            live = replace(request, device=device, live=True, t=(run + 0.5) / MEASURED_RUNS)
            if device == "cpu":
                encode_ms = yield from chairs.encode_in_steps((live.a, live.b))
                result = blender.blend_encoded(replace(live, backend="numpy"), encode_ms)
            else:
                result = fallback.answer(live, blender.blend)
            if result.notice is None:
                yield Measured(device, result.timings)
