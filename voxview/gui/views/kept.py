"""Look, slice and cameras as plain values of the state, which undo and session files take and put back."""

from __future__ import annotations

import math
from typing import cast

from voxview.gui.context.keeping import Keeper
from voxview.gui.session.camera import FARTHEST, NEAREST, Camera, Vector
from voxview.gui.session.look import Look
from voxview.gui.session.state import Aspect, Plain
from voxview.gui.session.views import PLACES, Views

_SLICE = ("slice_axis", "slice_layer")
"""Fields of the look that are dragged: steps of their own."""
_TOLERANCE = 1e-3


def keep_views(keeper: Keeper, views: Views) -> None:
    """Make look and slice steps that can be undone, and keep the cameras, which are none."""

    def put_look(value: Plain) -> None:
        layer = {name: getattr(views.look, name) for name in _SLICE}
        views.set_look(_look(value).changed(**layer))

    keeper.register(Aspect("look", lambda: _plain_look(views.look), put_look, _is_look, _look_title))
    keeper.register(
        Aspect(
            "slice",
            lambda: (views.look.slice_axis, views.look.slice_layer),
            lambda value: views.change(**dict(zip(_SLICE, cast("tuple[Plain, ...]", value), strict=True))),
            _is_slice,
            lambda value: f"Slice {cast('tuple[Plain, ...]', value)[0]}",
            is_dragged=True,
        )
    )
    keeper.register(
        Aspect(
            "cameras",
            lambda: tuple((*one.position, *one.target, *one.up) for one in views.cameras),
            lambda value: views.set_cameras(_cameras(value)),
            _are_cameras,
            is_undone=False,
            is_late=True,
        )
    )
    views.look_changed.connect(keeper.note)


def _plain_look(look: Look) -> Plain:
    """Return the fields that are not as at first, but for the slice's place: `((name, value), …)`."""
    return cast("Plain", tuple((k, v) for k, v in look.as_dict().items() if k not in _SLICE))


def _is_look(value: Plain) -> bool:
    pairs = value if isinstance(value, tuple) else (None,)
    if not all(isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        return False
    return _plain_look(_look(value)) == value


def _look(value: Plain) -> Look:
    return Look().changed(**cast("dict[str, object]", dict(cast("tuple[tuple[str, object], ...]", value))))


def _look_title(value: Plain) -> str:
    words = [
        str(what) if isinstance(what, str) else name
        for name, what in cast("tuple[tuple[str, object], ...]", value)
        if what is not False
    ]
    words += [f"not {name}" for name, what in cast("tuple[tuple[str, object], ...]", value) if what is False]
    return f"Look: {', '.join(words)}" if words else "Look as at first"


def _is_slice(value: Plain) -> bool:
    if not isinstance(value, tuple) or len(value) != len(_SLICE):
        return False
    look = Look().changed(**dict(zip(_SLICE, value, strict=True)))
    return (look.slice_axis, look.slice_layer) == value


def _are_cameras(value: Plain) -> bool:
    """Return whether a value is three cameras that see something, nine numbers each."""
    if not isinstance(value, tuple) or len(value) != PLACES:
        return False
    return all(isinstance(one, tuple) and len(one) == 9 and _sees(one) for one in value)


def _sees(numbers: tuple[Plain, ...]) -> bool:
    if not all(isinstance(x, int | float) and abs(x) < 1e3 for x in numbers):  # NaN is not below anything
        return False
    camera = _camera(numbers)
    if not NEAREST - _TOLERANCE <= camera.distance <= FARTHEST + _TOLERANCE:
        return False
    along = sum(up * towards for up, towards in zip(camera.up, camera.direction, strict=True))
    return abs(math.hypot(*camera.up) - 1) < _TOLERANCE and abs(along) < _TOLERANCE


def _cameras(value: Plain) -> tuple[Camera, Camera, Camera]:
    a, blend, b = (_camera(one) for one in cast("tuple[tuple[Plain, ...], ...]", value))
    return a, blend, b


def _camera(numbers: tuple[Plain, ...]) -> Camera:
    at, to, up = (cast("Vector", tuple(numbers[i : i + 3])) for i in (0, 3, 6))
    return Camera(at, to, up)
