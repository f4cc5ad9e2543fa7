"""Cameras: exact views, the turntable, zooming to a point, and one line of text."""

from __future__ import annotations

import math

import pytest

from voxview.errors import InputError
from voxview.gui.session.camera import FIRST, VIEWS, Camera, camera_from_text, look_from, text_of


def _on_picture(camera: Camera, point: tuple[float, float, float]) -> tuple[float, float]:
    """Return where a point is in the picture of parallel lines, in widths of the view from its middle."""
    away = [x - y for x, y in zip(point, camera.target, strict=True)]
    right, up = (sum(x * y for x, y in zip(away, axis, strict=True)) for axis in (camera.right, camera.up))
    return right / camera.height, up / camera.height


@pytest.mark.parametrize(
    ("name", "towards", "right", "up"),
    [
        ("front", (0, 0, -1), (-1, 0, 0), (0, 1, 0)),
        ("side", (1, 0, 0), (0, 0, -1), (0, 1, 0)),
        ("top", (0, 1, 0), (-1, 0, 0), (0, 0, 1)),
        ("back", (0, 0, 1), (1, 0, 0), (0, 1, 0)),
    ],
)
def test_exact_views_are_exact(
    name: str, towards: tuple[int, ...], right: tuple[int, ...], up: tuple[int, ...]
) -> None:
    camera = VIEWS[name]
    assert camera.direction == pytest.approx(towards, abs=1e-12)
    assert camera.right == pytest.approx(right, abs=1e-12) and camera.up == pytest.approx(up, abs=1e-12)
    assert camera.distance == pytest.approx(FIRST.distance) and camera.target == (0, 0, 0)


def test_on_the_turntable_chairs_stay_upright_and_are_never_seen_upside_down() -> None:
    camera = FIRST
    for right, up in ((40, 5), (-300, -70), (25, -70), (90, 200), (10, 3)):
        camera = camera.turned(right, up, upright=True)
        assert abs(camera.right[1]) < 1e-9, "the horizon is tilted"
        assert camera.up[1] >= -1e-9, "the chair stands on its head"
        assert camera.distance == pytest.approx(FIRST.distance)
    assert FIRST.turned(0, -500, upright=True).elevation == pytest.approx(90)
    assert FIRST.turned(30, 0, upright=True).azimuth == pytest.approx(FIRST.azimuth + 30)
    assert VIEWS["top"].turned(30, 0, upright=True).azimuth == pytest.approx(30), "straight above, too"


def test_the_trackball_goes_over_the_top_and_the_turntable_brings_it_upright_again() -> None:
    camera = FIRST.turned(0, -120, upright=False)
    assert camera.up[1] < 0, "it stops at the top"
    tilted = FIRST.turned(50, 40, upright=False).turned(50, -60, upright=False)
    assert abs(tilted.right[1]) > 0.05
    assert math.hypot(*tilted.up) == pytest.approx(1)
    assert math.dist(tilted.up, tilted.direction) == pytest.approx(math.sqrt(2)), "no right angle"
    upright = tilted.upright()
    assert abs(upright.right[1]) < 1e-9 and upright.direction == pytest.approx(tilted.direction)


def test_dragging_moves_the_near_side_with_the_mouse() -> None:
    near = FIRST.direction
    for upright in (True, False):
        x, y = _on_picture(FIRST.turned(10, 0, upright=upright), near)
        assert x > 0.05 and abs(y) < 0.05
        x, y = _on_picture(FIRST.turned(0, 10, upright=upright), near)
        assert y > 0.05 and abs(x) < 1e-6
    assert _on_picture(FIRST.shifted(0.3, 0.2), FIRST.target) == pytest.approx(
        (0.3 / FIRST.height, 0.2 / FIRST.height)
    )


def test_what_is_under_the_pointer_stays_there_while_one_zooms() -> None:
    camera = look_from(70, 30, target=(0.1, 0.0, -0.2), distance=3)
    right, up = 0.31, -0.22
    under = tuple(
        t + right * r + up * u for t, r, u in zip(camera.target, camera.right, camera.up, strict=True)
    )
    before = _on_picture(camera, under)  # type: ignore[arg-type]
    for factor in (1.7, 0.6, 1.2):
        nearer = camera.zoomed(factor, right, up)
        assert nearer.distance == pytest.approx(3 / factor)
        assert _on_picture(nearer, under) == pytest.approx(before)  # type: ignore[arg-type]
    assert [camera.zoomed(f).distance for f in (1e9, 1e-9)] == pytest.approx([0.4, 40])


def test_a_camera_is_copied_as_one_line_and_is_the_same_when_pasted() -> None:
    for camera in (FIRST, VIEWS["top"], FIRST.turned(50, 40, upright=False).shifted(0.2, 0.1).zoomed(2)):
        for orthographic in (True, False):
            line = text_of(camera, orthographic=orthographic)
            pasted, is_orthographic = camera_from_text(f"  {line}\n")
            assert "\n" not in line and pasted.is_like(camera) and is_orthographic is orthographic


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a chair",
        "[1, 2",
        "[]",
        '{"voxview camera": 3}',
        '{"voxview camera": {"position": [0, 0], "target": [0, 0, 0], "up": [0, 1, 0]}}',
        '{"voxview camera": {"position": [NaN, 0, 1], "target": [0, 0, 0], "up": [0, 1, 0]}}',
        '{"voxview camera": {"position": [1e9, 0, 1], "target": [0, 0, 0], "up": [0, 1, 0]}}',
        '{"voxview camera": {"position": [0, 0, 0], "target": [0, 0, 0], "up": [0, 1, 0]}}',
        '{"voxview camera": {"position": [0, 3, 0], "target": [0, 0, 0], "up": [0, 1, 0]}}',
        '{"voxview camera": {"position": [0, 3, 0], "target": [0, 0, 0], "up": [0, 0, 0]}}',
        "[" * 3000,
    ],
)
def test_another_text_is_no_camera_and_one_line_says_so(text: str) -> None:
    with pytest.raises(InputError, match="camera on the clipboard") as error:
        camera_from_text(text)
    assert "\n" not in str(error.value) and len(str(error.value)) < 160
