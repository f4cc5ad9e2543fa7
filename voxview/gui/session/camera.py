"""From where a chair is seen: an immutable camera, how it is moved, and its one line of text.

Free of VTK and NumPy: the bare window waits for neither. The chair's frame: x right, y up, the front to −z.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace

from voxview.errors import InputError

Vector = tuple[float, float, float]

HALF_ANGLE = math.radians(10.7)
"""Half of the angle in which a chair is seen, along the narrower side of its view."""
DIRECTION: Vector = (0.62, 0.42, -1.0)
"""From a chair to the camera at first: before it (the front looks to −z), above it and to its side."""
DISTANCE = 4.0
NEAREST, FARTHEST = 0.4, 40.0
"""Between which distances of camera and target one can zoom."""

_KEY = "voxview camera"
_FAR_OFF = 1e3
"""Coordinates of a pasted camera are within this: beyond it a picture would be empty."""
_POLE = 1e-6


@dataclass(frozen=True)
class Camera:
    """A camera: where it is, what it looks at, and which direction is up in the picture.

    Whether lines meet (perspective) or stay parallel belongs to the look (`Look.orthographic`). With parallel
    lines a chair is as large as in perspective at the target: the distance is the zoom in both.
    """

    position: Vector
    target: Vector = (0.0, 0.0, 0.0)
    up: Vector = (0.0, 1.0, 0.0)
    """Of length 1 and at right angles to the direction of view."""

    # ---- what it is -----------------------------------------------------------------------------

    @property
    def distance(self) -> float:
        """How far the camera is from its target."""
        return math.dist(self.position, self.target)

    @property
    def direction(self) -> Vector:
        """The unit vector from the target to the camera."""
        return _unit(_minus(self.position, self.target))

    @property
    def right(self) -> Vector:
        """The unit vector that points to the right in the picture."""
        return _cross(self.up, self.direction)

    @property
    def elevation(self) -> float:
        """Degrees above the floor, −90 to 90."""
        return math.degrees(math.asin(max(-1.0, min(1.0, self.direction[1]))))

    @property
    def azimuth(self) -> float:
        """Degrees off the front towards +x; of a view from above that of the picture's upper edge."""
        x, _, z = self.direction
        if math.hypot(x, z) > _POLE:
            return math.degrees(math.atan2(x, -z))
        return math.degrees(math.atan2(-self.right[2], -self.right[0]))

    @property
    def height(self) -> float:
        """How much of the frame the narrower side of the view shows, at the target."""
        return 2 * self.distance * math.tan(HALF_ANGLE)

    def is_like(self, other: Camera) -> bool:
        """Return whether both show the same, but for what rounding does."""
        pairs = ((self.position, other.position), (self.target, other.target), (self.up, other.up))
        return all(math.dist(*pair) < 1e-5 for pair in pairs)

    # ---- moved ----------------------------------------------------------------------------------

    def turned(self, right: float, up: float, *, upright: bool) -> Camera:
        """Return it after a turn by degrees about its target: as if the chair were pushed right and up.

        Upright it goes around the chair and above it as on a turntable, at most to straight above or below;
        else about the picture's own axes, as on a trackball.
        """
        if upright:
            elevation = max(-90.0, min(90.0, self.elevation - up))
            return look_from(self.azimuth + right, elevation, self.target, self.distance)
        axis, turn = self.up, math.radians(-right)
        direction = _rotated(self.direction, axis, turn)
        side = _cross(axis, direction)
        lift = math.radians(up)
        direction, axis = _rotated(direction, side, lift), _rotated(axis, side, lift)
        return replace(self, position=_along(self.target, direction, self.distance), up=_unit(axis))

    def upright(self) -> Camera:
        """Return it with the chair's own up direction upwards in the picture."""
        return look_from(self.azimuth, self.elevation, self.target, self.distance)

    def shifted(self, right: float, up: float) -> Camera:
        """Return it after a shift of the picture's content, in units of the frame."""
        by = tuple(-right * x - up * y for x, y in zip(self.right, self.up, strict=True))
        return replace(self, position=_plus(self.position, by), target=_plus(self.target, by))

    def zoomed(self, factor: float, right: float = 0.0, up: float = 0.0) -> Camera:
        """Return it nearer by a factor, so that a point of the picture stays where it is.

        `right` and `up` are the point's place in the plane through the target: units of the frame from there.
        """
        distance = max(NEAREST, min(FARTHEST, self.distance / factor))
        left_over = 1 - distance / self.distance
        by = tuple(left_over * (right * x + up * y) for x, y in zip(self.right, self.up, strict=True))
        target = _plus(self.target, by)
        return replace(self, target=target, position=_along(target, self.direction, distance))


def look_from(
    azimuth: float, elevation: float, target: Vector = (0.0, 0.0, 0.0), distance: float | None = None
) -> Camera:
    """Return an upright camera at degrees off the front towards +x and above the floor."""
    a, e = math.radians(azimuth), math.radians(elevation)
    direction = (math.cos(e) * math.sin(a), math.sin(e), -math.cos(e) * math.cos(a))
    up = (-math.sin(e) * math.sin(a), math.cos(e), math.sin(e) * math.cos(a))
    return Camera(_along(target, direction, DISTANCE if distance is None else distance), target, up)


def text_of(camera: Camera, *, orthographic: bool) -> str:
    """Return one line, from which `camera_from_text` makes the same camera."""
    values: dict[str, object] = {
        name: [round(x, 6) + 0.0 for x in getattr(camera, name)] for name in ("position", "target", "up")
    }
    return json.dumps({_KEY: {**values, "orthographic": orthographic}})


def camera_from_text(text: str) -> tuple[Camera, bool]:
    """Return the camera of a line as `text_of` writes it, and whether lines stay parallel.

    Raises `InputError` for anything else.
    """
    try:
        value = json.loads(text[:2000])[_KEY]
        position, target, up = (_vector(value[name]) for name in ("position", "target", "up"))
        is_orthographic = value.get("orthographic", False) is True
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise InputError("there is no camera on the clipboard: copy one first (View, Look from)") from None
    away = math.dist(position, target)
    if not NEAREST / 2 <= away <= 2 * FARTHEST:
        raise InputError(
            f"the camera on the clipboard is {away:.3g} from its target; {NEAREST:g} to {FARTHEST:g} can be"
        )
    direction = _unit(_minus(position, target))
    side = _cross(up, direction)
    if math.hypot(*side) < 1e-3:
        raise InputError("the camera on the clipboard looks along its own up direction: copy another one")
    return Camera(position, target, _cross(direction, _unit(side))), is_orthographic


def _vector(value: object) -> Vector:
    if not isinstance(value, list) or len(value) != 3 or any(isinstance(x, bool) for x in value):
        raise ValueError
    x, y, z = (float(number) for number in value)
    if not all(math.isfinite(number) and abs(number) < _FAR_OFF for number in (x, y, z)):
        raise ValueError
    return x, y, z


def _plus(a: Vector, b: tuple[float, ...]) -> Vector:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _minus(a: Vector, b: Vector) -> Vector:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _along(start: Vector, direction: Vector, length: float) -> Vector:
    return _plus(start, tuple(length * x for x in direction))


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _unit(a: Vector) -> Vector:
    length = math.hypot(*a)
    return a[0] / length, a[1] / length, a[2] / length


def _rotated(a: Vector, axis: Vector, turn: float) -> Vector:
    """Return a vector after a turn (radians) about a unit axis, counter-clockwise: Rodrigues' formula."""
    along = sum(x * y for x, y in zip(a, axis, strict=True)) * (1 - math.cos(turn))
    across = _cross(axis, a)
    x, y, z = (math.cos(turn) * a[i] + math.sin(turn) * across[i] + along * axis[i] for i in range(3))
    return x, y, z


FIRST = look_from(
    math.degrees(math.atan2(DIRECTION[0], -DIRECTION[2])),
    math.degrees(math.atan2(DIRECTION[1], math.hypot(DIRECTION[0], DIRECTION[2]))),
)
"""From in front, above and aside."""
VIEWS: dict[str, Camera] = {
    "front": look_from(0, 0),
    "side": look_from(90, 0),
    "top": look_from(0, 90),
    "back": look_from(180, 0),
}
"""Exact views, by name; the side is the one that the first view shows."""
