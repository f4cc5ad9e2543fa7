"""What the window holds and does while nobody does anything, and that it stays so. Not part of `make test`.

`make benchmarks`, or the figures with `pytest tests/benchmarks/test_window_memory.py -s`. Each kind of work
runs in a window of its own process. `VOXVIEW_BENCH_DATA` names a folder of real chairs; without it they are
made up.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from voxview.gui import preflight
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.binvox import write_binvox

CHAIRS = 5778
"""As many as ShapeNet has with voxels."""
MOST_MB, MOST_CPU = 910, 0.02
"""What a window with that many took before there were sessions and undo (measured); share of a core."""
GROWTH_MB = 40
"""Buffers of the allocator and of PyTorch still come and go after a warm-up."""

WINDOW = """
import gc
import sys
import time
from pathlib import Path

from voxview.gui import app as program, preflight

kind, folder = sys.argv[1], Path(sys.argv[2])
preflight.prepare_environment()
preflight.check()
app = program.make_application()

import random

import psutil
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication

from voxview.gui.blend.feature import BlendFeature
from voxview.gui.context.settings import Settings
from voxview.gui.window import MainWindow

process = psutil.Process()
chances = random.Random(7)


def wait(until, seconds=120.0):
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.002)
    assert time.monotonic() < end, "it took too long"


def rest(seconds):
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end)


def say(name):
    print(name, round(process.memory_info().rss / 2**20, 1), flush=True)


def is_shown(window):
    has_blend = window.context.session.shown.blend is not None
    return has_blend and not window.feature(BlendFeature).view.is_starting


def move(window, t):
    window.feature(BlendFeature).transport.slider.setValue(round(100 * t))


def idle(window):
    wait(lambda: window.context.thumbnails.is_idle)
    rest(20.0)
    say("memory")
    # Under `sleep` in the real event loop, not in the one above, which itself takes time.
    before, began = process.cpu_times(), time.monotonic()

    def end():
        now = process.cpu_times()
        used = now.user + now.system - before.user - before.system
        print("cpu", round(used / (time.monotonic() - began), 4), flush=True)
        window.close()
        app.quit()

    QTimer.singleShot(10_000, end)
    return True


def moves(window):
    window.resize(640, 480)
    chairs = list(window.context.listing.catalogs[0])[:24]
    for number in range(14_000):
        if number % 100 == 0:
            window.context.session.selection.choose(a=chances.choice(chairs), b=chances.choice(chairs))
        move(window, chances.random())
        rest(chances.choice((0.0, 0.002, 0.012)))
        if number in (4000, 9000, 13_999):  # 10,000 after a warm-up
            rest(3.0)
            say(f"moves {number}")


def undo(window):
    chairs = list(window.context.listing.catalogs[0])[:24]

    def steps(count):
        for number in range(count):
            if number % 2:
                window.context.session.selection.choose(a=chances.choice(chairs), b=chances.choice(chairs))
            else:
                move(window, chances.random())
            window.context.keeper.flush()
            rest(0.01)
        for action, times in (("undo", count), ("redo", count)):
            for _ in range(times):
                window.qactions[action].trigger()
                rest(0.005)
        rest(3.0)

    steps(100)
    steps(400)
    say("steps 500")
    steps(500)
    say("steps 1000")
    print("kept", len(window.context.keeper.history.steps), flush=True)


def many_windows():
    for number in range(46):
        window = MainWindow(Settings(folder / f"{number}" / "voxview.ini"))
        window.resize(800, 600)
        window.show()
        window.startup.start([], None, weights="study")
        wait(lambda: is_shown(window))
        for t in (0.1, 0.9, 0.4):
            move(window, t)
            rest(0.05)
        window.close()
        window.deleteLater()
        del window
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        rest(0.3)
        # Python frees what refers to itself when it likes: up to six closed windows, 2 MB each, which the
        # allocator gives others' room to. What stays after it has is what is asked here.
        gc.collect()
        if number in (5, 25, 45):  # 40 after a warm-up
            say(f"windows {number}")


def drive():
    try:
        if kind == "windows":
            many_windows()
        else:
            window = next(w for w in app.topLevelWidgets() if isinstance(w, MainWindow))
            wait(lambda: is_shown(window))
            if globals()[kind](window):
                return
            window.close()
    except BaseException as error:
        print("failed", repr(error), file=sys.stderr, flush=True)
    app.quit()


QTimer.singleShot(0, drive)
if kind == "windows":
    app.setQuitOnLastWindowClosed(False)
    app.exec()
else:
    program.run([], folder if kind == "idle" else None, weights="chairs" if kind == "idle" else "study")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 5,778 chairs, the real ones where they are named."""
    named = os.environ.get("VOXVIEW_BENCH_DATA")
    if named:
        return Path(named)
    folder = tmp_path_factory.mktemp("chairs")
    samples = sample_catalog()
    first: list[Path] = []
    for number in range(CHAIRS):
        file = folder / "03001627" / f"{number:032x}" / "model.binvox"
        file.parent.mkdir(parents=True)
        if number < len(samples):
            write_binvox(file, samples[number].read())
            first.append(file)
        else:
            file.hardlink_to(first[number % len(first)])
    return folder


def figures(kind: str, folder: Path, own: Path) -> dict[str, float]:
    """Return what the window's process said, by name: megabytes, and a share of a core."""
    preflight.check()
    run = subprocess.run(
        [sys.executable, "-c", WINDOW, kind, str(folder)],
        capture_output=True,
        text=True,
        timeout=3600,
        env={**os.environ, "XDG_CONFIG_HOME": str(own), "XDG_CACHE_HOME": str(own)},
        check=False,
    )
    found = {
        name: float(value) for name, _, value in (line.rpartition(" ") for line in run.stdout.splitlines())
    }
    print(f"{kind}: {found}", flush=True)
    assert found and "failed" not in run.stderr, run.stdout + run.stderr
    return found


def test_a_window_with_5778_chairs_takes_no_more_memory_than_ever_and_no_time(
    folder: Path, tmp_path: Path
) -> None:
    found = figures("idle", folder, tmp_path / "home")
    assert found["memory"] < MOST_MB and found["cpu"] < MOST_CPU


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("windows", "windows 5", "windows 45"),
        ("moves", "moves 4000", "moves 13999"),
        ("undo", "steps 500", "steps 1000"),
    ],
)
def test_memory_is_flat_over_40_windows_10000_moves_and_500_steps(
    kind: str, before: str, after: str, tmp_path: Path
) -> None:
    found = figures(kind, tmp_path / "own", tmp_path / "home")
    assert found[after] - found[before] < GROWTH_MB
    assert found.get("kept", 0) <= 501
