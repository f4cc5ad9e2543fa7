"""Before Qt: a missing library or display is one line with what to do, and no crash."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from voxview.cli import main
from voxview.engine.doctor.display import window_use
from voxview.errors import VoxViewError
from voxview.gui import preflight

RUN = "import sys; from voxview.cli import main; sys.exit(main([]))"


def test_missing_libraries_are_named_by_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(library: str) -> None:
        if "xcb" in library:
            raise OSError(f"{library}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", load)
    with pytest.raises(VoxViewError) as raised:
        preflight.check()
    assert "sudo apt install libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("display", [None, ":4711"])
def test_without_a_display_there_is_one_line_and_status_1(display: str | None) -> None:
    environment = {
        k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    if display:
        environment["DISPLAY"] = display
    done = subprocess.run(
        [sys.executable, "-c", RUN], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "voxview morph" in done.stderr


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"WAYLAND_DISPLAY": "wayland-4711"}, "wayland-4711"),
        ({"WAYLAND_DISPLAY": "wayland-4711", "XDG_RUNTIME_DIR": "."}, "wayland-4711"),
        ({"WAYLAND_DISPLAY": "/nowhere/wayland-0"}, "/nowhere/wayland-0"),
        ({"QT_QPA_PLATFORM": "wayland"}, "wayland-0"),
        ({"QT_QPA_PLATFORM": "wayland;xcb", "DISPLAY": ":4711"}, "wayland-0"),
        ({"QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "wayland-4711"}, "DISPLAY"),
        ({"QT_QPA_PLATFORM": "nonsense"}, "nonsense"),
    ],
)
def test_a_platform_that_does_not_answer_is_one_line_and_status_1(
    environment: dict[str, str], named: str, tmp_path: Path
) -> None:
    """Qt aborts the process, with status 134, for each of them."""
    unset = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR")
    others = {k: v for k, v in os.environ.items() if k not in unset}
    if environment.get("XDG_RUNTIME_DIR"):
        environment = environment | {"XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", RUN], env=others | environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert named in done.stderr and "voxview morph" in done.stderr


def test_a_wayland_display_that_answers_is_left_to_qt(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("w")  # a socket's path has to be short
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(folder / "wayland-7"))
        compositor.listen()
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
        preflight.check()


def test_the_display_of_these_tests_has_glx_and_opengl() -> None:
    facts = preflight.find_display_facts(with_opengl=True)
    assert (facts.platform, facts.has_glx, facts.is_tried) == ("xcb", True, True)
    assert facts.renderer and window_use(facts)[0] == "3D"


@pytest.mark.parametrize(
    ("setting", "use"), [("LIBGL_ALWAYS_SOFTWARE=1", "3D"), ("QT_XCB_GL_INTEGRATION=none", "pictures")]
)
def test_a_setting_that_takes_opengl_is_named(
    setting: str, use: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*setting.split("="))
    found, problem = window_use(preflight.find_display_facts())
    assert found == use and problem is not None
    if use == "pictures":
        assert preflight.flat_reason() == problem.sentence()
    assert problem.cause.startswith(setting) and f"unset {setting.split('=')[0]}" in problem.remedy


def test_where_qt_fails_there_is_no_opengl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "_ASK_RENDERER", ("-c", "import os; os.abort()"))
    facts = preflight.find_display_facts(with_opengl=True)
    assert facts.renderer is None and window_use(facts)[0] == "pictures"


def test_doctor_prints_the_same_as_text_and_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(preflight, "_ASK_RENDERER", ("-c", "print('llvmpipe')"))
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert main(["doctor", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["used"]["Window"] == "yes, with the 3D view"
    for block in (record["found"], record["used"]):
        assert all(f"{name}:" in text and value in text for name, value in block.items())
    assert all(problem["cause"] in text and problem["remedy"] in text for problem in record["problems"])


def test_qt_takes_no_reference_too_many() -> None:
    """PySide6 6.12.0 loses one to None with each call on Python 3.11; after minutes the program aborts."""
    code = (
        "import sys; from PySide6.QtCore import QObject; thing = QObject(); thing.setObjectName('x'); "
        "before = sys.getrefcount(None); [thing.setObjectName('x') for _ in range(500)] and None; "
        "print(before - sys.getrefcount(None))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100


def test_on_wayland_the_window_goes_through_x(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    preflight.prepare_environment()
    assert os.environ["QT_QPA_PLATFORM"] == "xcb"
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland")
    preflight.prepare_environment()
    assert os.environ["QT_QPA_PLATFORM"] == "wayland"
