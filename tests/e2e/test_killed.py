"""Commands and windows that are killed by SIGKILL while they write: real processes, at many of their steps.

They take minutes, so `make test` leaves them out: `VOXVIEW_ALL_FAULTS=1 pytest tests/e2e/test_killed.py`.
`make test` has `tests/unit/test_faults.py`, `test_killed_training.py`, and a morph in `test_exports.py`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.environ.get("VOXVIEW_ALL_FAULTS") != "1", reason="minutes; VOXVIEW_ALL_FAULTS=1 runs it"
    ),
]

KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from faults import Disk
from voxview.cli import main
from voxview.training import validation
validation.MOST_CHAIRS = 24
disk = Disk(Path(sys.argv[1]))
print(disk.fail(lambda: main(sys.argv[3:]), int(sys.argv[2]), "killed"))
"""

WINDOW = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from PySide6.QtCore import QTimer
from faults import Disk
import pytest
from voxview.gui import app, preflight
from voxview.gui.context.settings import Settings
from voxview.gui.sessions import last_state
preflight.prepare_environment()
last_state._REST_MS = 10
disk = Disk(Path(sys.argv[1]))
disk._begin(int(sys.argv[2]), "killed", 0)
disk.install(pytest.MonkeyPatch())
application = app.make_application()
window = app.make_window(application)
window.show()
app.after_first_paint(window, lambda: window.startup.start([], None, weights="study"))
def change():
    window.context.session.selection.swap()
    window.context.keeper.flush()
timer = QTimer(interval=1500, timeout=change)
timer.start()
QTimer.singleShot(60_000, application.quit)
application.exec()
"""


def run(script: str, folder: Path, at: int, *words: object, **environment: str) -> int:
    """Run a script of the above in an interpreter of its own; return its exit status."""
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script.format(tests=tests), folder, str(at), *map(str, words)],
        cwd=folder.parent,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=200,
        text=True,
        check=False,
    )
    return done.returncode


def hidden(folder: Path) -> list[str]:
    return [one.name for one in folder.rglob(".*.voxview-*")]


@pytest.mark.parametrize("at", [0, 3, 6, 9, 13, 17])
def test_a_killed_morph_leaves_whole_files_and_its_mark(tmp_path: Path, at: int) -> None:
    from voxview.shapes.io.read import read_shape

    out = tmp_path / "out"
    words = ("morph", "--steps", 3, "--formats", "binvox", "--weights", "study", "--out", out)
    assert run(KILLED, out, at, *words) == -signal.SIGKILL
    for file in out.glob("*.binvox"):
        assert read_shape(file).any()
    whole = (out / "morph.json").is_file()
    assert not out.exists() or whole or hidden(out) or (out / "INCOMPLETE.txt").is_file()
    for file in out.glob(".*"):
        os.utime(file, (0, 0))
    assert run(KILLED, out, 10_000, *words) == 0
    assert not hidden(out) and len(list(out.iterdir())) == 4


@pytest.mark.parametrize("at", [0, 1, 2, 3, 4, 6, 7])
def test_a_killed_evaluation_leaves_its_files_whole_or_old(tmp_path: Path, at: int) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("figures.json", "page.html"):
        (out / name).write_text("old")
    words = (
        "evaluate",
        "--weights",
        "study",
        "--pairs",
        2,
        "--morphs",
        1,
        "--no-baselines",
        "--device",
        "cpu",
    )
    files = ("--no-two-sample", "--json", out / "figures.json", "--report", out / "page.html")
    assert run(KILLED, out, at, *words, *files) == -signal.SIGKILL
    figures, page = (out / "figures.json").read_text(), (out / "page.html").read_text()
    assert figures == "old" or json.loads(figures)
    assert page == "old" or page.rstrip().endswith("</html>")


@pytest.mark.parametrize("at", [0, 2, 3, 5, 7, 10])
def test_a_window_that_is_killed_while_it_keeps_its_state_comes_back(tmp_path: Path, at: int) -> None:
    from voxview.gui.session.session_file import read_session

    folder = tmp_path / "voxview"
    folder.mkdir()
    assert run(WINDOW, folder, at, XDG_CONFIG_HOME=str(tmp_path)) == -signal.SIGKILL
    state = folder / "last.voxview"
    if at > 3:  # of the first write
        assert read_session(state).state.a is not None
        assert json.loads(state.read_text())["closed"] is False
    assert run(WINDOW, folder, at, XDG_CONFIG_HOME=str(tmp_path)) == -signal.SIGKILL, "the second start"
