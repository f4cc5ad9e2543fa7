"""Table of the stages' milliseconds, CPU and GPU side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from voxview.counts import counted
from voxview.engine.request import Device
from voxview.engine.timings import Stage, Summary
from voxview.gui import theme
from voxview.gui.session.stage_texts import STAGE_TIPS
from voxview.gui.timings.history import TimingHistories, speed_up_text
from voxview.gui.widgets.durations import milliseconds_text

_ABSENT = {
    ("upload", "cpu"): "Nothing is uploaded: the CPU reads its own memory",
    ("download", "cpu"): "Nothing is downloaded: the CPU writes its own memory",
}
_HEADINGS = {
    "ms": "Milliseconds. Large: the median, half of the runs took less. Below it: p95, the 95th percentile, "
    "19 of 20 runs took less; and the last run",
    "CPU": "Computed by the processor",
    "GPU": "Computed by the graphics card, with CUDA",
    "Faster": "How many times faster the GPU is: the CPU's median divided by the GPU's",
}
ROWS = (*(stage.value for stage in Stage), "total")


class TimingTable(QWidget):
    """Widget with a row for each stage: median in large type, 95th percentile and last value in small."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: dict[tuple[str, str], QLabel] = {}
        """By row and column; the columns are "cpu", "cuda" and "speed-up"."""
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(6)
        for column, (text, tip) in enumerate(_HEADINGS.items()):
            heading = QLabel(text)
            heading.setToolTip(tip)
            heading.setFont(theme.strong_font(self))
            heading.setProperty("quiet", column == 0)
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            grid.addWidget(heading, 0, column, side)
            grid.setColumnStretch(column, 0 if column == 0 else 1)
        for place, row in enumerate(ROWS, start=1):
            self._add_row(grid, place, row)

    def _add_row(self, grid: QGridLayout, place: int, row: str) -> None:
        name = QLabel(row.capitalize())
        name.setToolTip(STAGE_TIPS[row])
        if row == "total":
            name.setFont(theme.strong_font(self))
        grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
        for column, key in enumerate(("cpu", "cuda", "speed-up"), start=1):
            cell = QLabel("—", textFormat=Qt.TextFormat.RichText)
            cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            cell.setAccessibleName(f"{row}, {key}")
            grid.addWidget(cell, place, column)
            self.cells[row, key] = cell

    def show_figures(self, figures: TimingHistories, has_gpu: bool, no_gpu: str) -> None:
        """Show the figures as they are; `no_gpu` says why there is no GPU."""
        for row in ROWS:
            summaries: dict[Device, Summary | None] = {}
            for device in ("cpu", "cuda"):
                summary, last = _figure(figures, row, device)
                if device == "cuda" and not has_gpu:
                    summary = None
                summaries[device] = summary
                absent = _ABSENT.get((row, device)) or (
                    no_gpu if device == "cuda" and not has_gpu else "Not measured yet"
                )
                _fill(self.cells[row, device], summary, last, absent)
            speed_up = "—" if row == "render" else speed_up_text(summaries["cpu"], summaries["cuda"])
            self.cells[row, "speed-up"].setText(speed_up)
            self.cells[row, "speed-up"].setToolTip("The CPU's median divided by the GPU's")


def _figure(figures: TimingHistories, row: str, device: Device) -> tuple[Summary | None, float | None]:
    if row == "total":
        return figures.total(device), figures.last_total(device)
    return figures.stage(Stage(row), device), figures.last(Stage(row), device)


def _fill(cell: QLabel, summary: Summary | None, last: float | None, absent: str) -> None:
    quiet = theme.palette().quiet
    if summary is None or last is None:
        cell.setText(f"<span style='color:{quiet}'>—</span>")
        cell.setToolTip(absent)
        return
    median, p95, newest = (milliseconds_text(x) for x in (summary.median, summary.p95, last))
    cell.setText(
        f"{median}<br><span style='color:{quiet}; font-size:small'>p95 {p95}<br>last {newest}</span>"
    )
    cell.setToolTip(
        f"Median {median} ms: half of {counted(summary.count, 'run')} took less\n"
        f"p95, the 95th percentile, {p95} ms: 19 of 20 runs took less\n"
        f"Last run {newest} ms"
    )
