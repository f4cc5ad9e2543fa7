"""No line stands between the 3D view and what is around it, at any scale of the screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from voxview.gui.widgets.whole_pixels import whole_margins


def test_the_3d_view_leaves_no_pixel_black_on_a_scaled_screen() -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "gl_picture.py")],
        env={**os.environ, "QT_SCALE_FACTOR": "1.5"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    black = json.loads(done.stdout)
    assert black["aligned"] == [0, 0, 0]
    assert sum(black["as it comes"]) > 0, "here would be no line without it, either"


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 1.75, 2.0, 2.125])
def test_what_the_margins_leave_begins_and_ends_at_whole_pixels(scale: float) -> None:
    for left, top, right, bottom in ((0, 0, 640, 480), (265, 77, 1016, 733), (1, 2, 103, 205)):
        margins = whole_margins((left, top, right, bottom), scale)
        edges = (left + margins[0], top + margins[1], right - margins[2], bottom - margins[3])
        assert all((edge * scale).is_integer() for edge in edges)
        assert max(margins) < 8
    if scale in (1.0, 2.0):
        assert whole_margins((1, 3, 5, 7), scale) == (0, 0, 0, 0)
