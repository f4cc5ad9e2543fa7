"""From where the chairs are seen as plain numbers, to keep and to put back. It is given VTK's renderers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeGuard

Cameras = tuple[tuple[float, ...], ...]
"""Nine numbers a camera: where it is, what it looks at, and up. One if the three chairs turn together."""

_FARTHEST = 1000.0


def cameras_of(renderers: Iterable[Any], *, linked: bool) -> Cameras:
    """Return the cameras of VTK's renderers: one if they are linked."""
    active = [renderer.GetActiveCamera() for renderer in renderers]
    return tuple(
        (*one.GetPosition(), *one.GetFocalPoint(), *one.GetViewUp())
        for one in (active[:1] if linked else active)
    )


def put_cameras(renderers: Iterable[Any], cameras: Cameras) -> None:
    """See the chairs from where they were seen; without cameras nothing changes."""
    every = cameras * (3 // max(1, len(cameras)))
    for renderer, numbers in zip(renderers, every, strict=False):
        active = renderer.GetActiveCamera()
        active.SetPosition(*numbers[:3])
        active.SetFocalPoint(*numbers[3:6])
        active.SetViewUp(*numbers[6:])
        renderer.ResetCameraClippingRange(-1, 1, -1, 1, -1, 1)


def are_cameras(value: object) -> TypeGuard[Cameras]:
    """Return whether a value from a file is one camera, three or none, each with nine usable numbers."""
    return (
        isinstance(value, tuple)
        and len(value) in (0, 1, 3)
        and all(isinstance(one, tuple) and len(one) == 9 and _is_camera(one) for one in value)
    )


def _is_camera(numbers: tuple[Any, ...]) -> bool:
    if not all(isinstance(x, int | float) and abs(x) < _FARTHEST for x in numbers):
        return False
    at, to, up = (numbers[i : i + 3] for i in (0, 3, 6))
    return math.dist(at, to) > 1e-3 and math.hypot(*up) > 1e-3
