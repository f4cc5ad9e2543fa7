"""How long a person waits for a cancel, for closing, and for a pair that was chosen during long work.

Each kind of work runs in a window of its own process. Not part of `make test`: other work counts here.
`make benchmarks`, or a table of all kinds with `pytest tests/benchmarks/test_stopping_times.py -s`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from voxview.gui import preflight
from voxview.shapes.catalogs.samples import sample_catalog

CANCEL, CLOSE, PAIR = 1.0, 2.0, 2.0
"""Seconds, on two cores that do nothing else."""

WINDOW = """
import sys
import time
from pathlib import Path

from voxview.gui import app as program, preflight

kind, moment, folder = sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])
preflight.prepare_environment()
preflight.check()
app = program.make_application()

from PySide6.QtCore import QTimer
from voxview.gui.blend.feature import BlendFeature
from voxview.gui.files.feature import FilesFeature
from voxview.gui.window import MainWindow


def wait(until, seconds=60.0):
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.002)
    return time.monotonic() < end


def controller(window, name):
    window.qactions[f"show_{name}"].trigger()
    return next(f for f in window.features if f.page is not None and f.page.name == name).controller


def begin(window):
    session, files = window.context.session, window.feature(FilesFeature)
    if kind == "all pairs":
        page = controller(window, "all_pairs")
        page.panel.choice.count.setValue(50)
        page.compute()
    elif kind in ("map", "layout"):
        page = controller(window, "map")
        if page.index is None:
            page.build()
        if kind == "layout":
            wait(lambda: page.index is not None and page.index.complete and not page.is_mapping, 300)
            page.panel.layouts.setCurrentIndex(1)
    elif kind == "morph":
        files.export_morph_to(folder / "morph", 101, ("obj", "glb", "png", "strip"))
    elif kind == "attributes":
        session.tasks.run("Learning", lambda engine: engine.learn_directions(), lambda _: None)
    elif kind == "measuring":
        session.measure_again()
    elif kind == "benchmark":
        controller(window, "benchmark").run()
    elif kind == "weights":
        session.tasks.change_weights("chairs-free")
    elif kind == "folder":
        files.open(folder / "many")
    elif kind == "import":
        files.import_all(sorted((folder / "shapes").iterdir()))


def drive():
    window = next(w for w in app.topLevelWidgets() if isinstance(w, MainWindow))
    shown = window.context.session.shown
    if kind != "start":
        wait(lambda: shown.blend is not None)
        view = window.feature(BlendFeature).view
        wait(lambda: not view.is_starting)  # while VTK is imported, everything takes twice as long
        spin = time.monotonic() + 1.0
        wait(lambda: time.monotonic() > spin)
        begin(window)
        start = time.monotonic()
        wait(lambda: time.monotonic() > start + moment)
        if window.progress.busy:
            start = time.monotonic()
            window.qactions["cancel"].trigger()
            wait(lambda: not window.progress.busy)
            print(f"cancel {time.monotonic() - start:.2f}")
        begin(window)
    start = time.monotonic()
    wait(lambda: time.monotonic() > start + moment)
    if kind == "all pairs":
        selection, chairs = window.context.session.selection, window.context.listing.catalog
        start = time.monotonic()
        selection.choose(a=chairs[60], b=chairs[70])
        wait(lambda: shown.blend is not None and shown.blend.request.a == chairs[60])
        print(f"pair {time.monotonic() - start:.2f}")
    print(f"closing {time.time()} {'busy' if window.progress.busy else 'idle'}", flush=True)
    window.close()
    app.quit()


QTimer.singleShot(0, drive)
sys.exit(program.run([], None))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with many chairs in `many`, and some shapes to import in `shapes`."""
    folder = tmp_path_factory.mktemp("chairs")
    (folder / "shapes").mkdir()
    for i in range(60):
        np.save(folder / "shapes" / f"chair{i}.npy", sample_catalog()[i].read())
    synset = folder / "many" / "03001627"
    for number in range(6778):
        (synset / f"{number:032x}").mkdir(parents=True)
    from voxview.shapes.io.binvox import write_binvox

    write_binvox(synset / f"{0:032x}" / "model.binvox", sample_catalog()[0].read())
    return folder


def times(kind: str, moment: float, folder: Path, own: Path) -> dict[str, float]:
    """Return the seconds of "cancel", "pair" and "close", as far as there was something to wait for."""
    preflight.check()
    environment = {**os.environ, "XDG_CONFIG_HOME": str(own), "XDG_CACHE_HOME": str(own)}
    run = subprocess.run(
        [sys.executable, "-c", WINDOW, kind, str(moment), str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment,
        check=False,
    )
    ended = time.time()
    found: dict[str, float] = {}
    for name, value, *_ in (line.split() for line in run.stdout.splitlines()):
        found["close" if name == "closing" else name] = (
            ended - float(value) if name == "closing" else float(value)
        )
    assert run.returncode == 0 and "close" in found, run.stdout + run.stderr
    print(f"{kind}, {moment} s after its start: {found}", flush=True)
    return found


@pytest.mark.parametrize("moment", [0.3, 2.0])
@pytest.mark.parametrize(
    "kind",
    [
        "all pairs",
        "map",
        "layout",
        "morph",
        "attributes",
        "measuring",
        "benchmark",
        "weights",
        "folder",
        "import",
        "start",
    ],
)
def test_whatever_runs_is_cancelled_and_closed_at_once(
    kind: str, moment: float, folder: Path, tmp_path: Path
) -> None:
    found = times(kind, moment, folder, tmp_path)
    assert found.get("cancel", 0.0) < CANCEL and found["close"] < CLOSE and found.get("pair", 0.0) < PAIR
