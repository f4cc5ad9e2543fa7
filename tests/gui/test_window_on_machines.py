"""The window on other machines: a GPU that cannot be used, and a language that is read from right to left."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from voxview.engine.device import DeviceReport
from voxview.engine.doctor.problem import Problem
from voxview.gui.blend.view import ChairsView
from voxview.gui.window import MainWindow

OLD = Problem("GPU", "the NVIDIA driver 535 is too old", "update the driver to 580 or newer")
NONE = Problem("GPU", "no NVIDIA GPU was found", "nothing is missing", is_harmless=True)
REPORT = DeviceReport("a CPU", 2, None, OLD.sentence(), OLD.sentence(), problems=(OLD,))


def test_a_lost_gpu_is_said_once_with_what_to_do_and_a_harmless_one_never(unstarted: MainWindow) -> None:
    said: list[str] = []
    unstarted.context.notifications.offered.connect(lambda text, button, act: said.append(text))

    def ready(report: DeviceReport) -> None:
        engine = unstarted.context.session.engine
        engine.report = report
        engine.ready.emit(report)

    ready(REPORT)
    assert said == [f"the GPU is not used: {OLD.sentence()}"]
    assert OLD.cause in unstarted.status.device.toolTip() and OLD.remedy in unstarted.status.device.toolTip()
    ready(REPORT)
    assert len(said) == 1  # a person who leaves it so is not reminded at each start
    ready(replace(REPORT, cuda_problem=NONE.sentence(), problems=(NONE,)))
    assert len(said) == 1 and "nothing is missing" not in unstarted.status.device.toolTip()
    ready(replace(REPORT, cuda="a GPU", problems=(OLD,)))
    assert said[1:] == [f"the GPU is not fully used: {OLD.sentence()}"]


def test_headings_stand_over_their_chairs_from_right_to_left_too(unstarted: MainWindow, qtbot: QtBot) -> None:
    """The pictures have A at the left, whatever the language."""
    unstarted.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    headings = unstarted.findChild(ChairsView).headings
    qtbot.waitUntil(lambda: unstarted.menuBar().actionGeometry(unstarted.menuBar().actions()[0]).x() > 200)
    left, right = (heading.mapTo(unstarted, QPoint()).x() for heading in (headings.a, headings.b))
    assert left < right
