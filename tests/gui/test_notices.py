"""What is said of a file that was read reaches the person: in the import dialog, and with A and B."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from looking import WAIT_MS, selection_of
from pytestqt.qtbot import QtBot

from voxview.gui.files.feature import FilesFeature
from voxview.gui.files.import_dialog import ImportDialog
from voxview.gui.window import MainWindow
from voxview.shapes.io.binvox import SHAPENETVOX32_HEADER

_SPECK = (
    "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\nf 1 2 4\nf 1 3 4\nf 2 3 4\n"
    "v {0} 0 0\nv {0} 0.1 0\nv {0} 0 0.1\nf 5 6 7\n"
)


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


def test_the_import_dialog_says_that_a_binvox_has_no_axis_order_and_offers_both(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    grid = unstarted.context.listing.catalogs[0][0].read()
    runs = np.column_stack([grid.transpose(0, 2, 1).ravel(), np.ones(grid.size)]).astype(np.uint8)
    path = tmp_path / "by hand.binvox"
    path.write_bytes(SHAPENETVOX32_HEADER + runs.tobytes())
    unstarted.feature(FilesFeature).ask_how_it_stands(path)
    dialog = unstarted.findChildren(ImportDialog)[0]
    qtbot.waitUntil(lambda: dialog.chair is not None, timeout=WAIT_MS)
    assert dialog.notice.isVisible() and dialog.axis_order.isVisible()
    assert dialog.notice.text() == (
        "Its header does not say its axis order: read in that of ShapeNetVox32; "
        "choose the other one under Axes, below."
    )
    assert not np.array_equal(dialog.chair.read(), grid)
    dialog.axis_order.setCurrentIndex(dialog.axis_order.findData("binvox"))
    qtbot.waitUntil(lambda: dialog.chair is not None, timeout=WAIT_MS)
    assert np.array_equal(dialog.chair.read(), grid) and not dialog.notice.isVisible()
    dialog.reject()


def test_what_was_left_out_of_a_file_is_said_with_an_import_and_with_the_pair(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.obj").write_text(_SPECK.format(500))
    feature = window.feature(FilesFeature)
    feature.import_all([tmp_path / "one.obj", tmp_path / "two.obj"])
    left_out = "one.obj: 1 face lies far from the rest, 499.0 times its size away, and was left out"
    qtbot.waitUntil(lambda: left_out in window.messages.text, timeout=WAIT_MS)
    assert window.messages.text.startswith("2 files imported")
    said: list[str] = []
    window.context.notifications.noted.connect(said.append)
    (tmp_path / "two.obj").write_text(_SPECK.format(900))
    feature.open(tmp_path, then_pair=True)
    qtbot.waitUntil(lambda: any("899.0 times its size" in line for line in said), timeout=WAIT_MS)
    assert selection_of(window).a.source == str(tmp_path)
