"""A report of a crash is a file on this machine, offered once; a run that goes well leaves none."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from voxview.gui import crash_report


def _run(folder: Path, body: str, status: int | None = 0) -> None:
    """Run a program that watches for crashes; a status of None: it ends in some other way than by itself."""
    head = "import sys, os, threading\nfrom pathlib import Path\nfrom voxview.gui import crash_report\n"
    code = f"{head}crash_report.watch(Path(sys.argv[1]))\n{textwrap.dedent(body)}"
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, timeout=60)
    assert done.returncode == status if status is not None else done.returncode < 0, done.stderr


def test_a_run_that_goes_well_leaves_no_file(tmp_path: Path) -> None:
    _run(tmp_path, "assert len(list(Path(sys.argv[1]).iterdir())) == 1")
    assert list(tmp_path.iterdir()) == [] and crash_report.take_new(tmp_path) is None


def test_what_python_did_not_catch_is_reported_with_its_place_and_offered_once(tmp_path: Path) -> None:
    _run(tmp_path, "def draw_legs():\n    raise RuntimeError('no legs')\ndraw_legs()", status=1)
    report = crash_report.take_new(tmp_path)
    assert report is not None
    text = report.read_text()
    assert "draw_legs" in text and "RuntimeError: no legs" in text and text.startswith("VoxView ")
    assert crash_report.take_new(tmp_path) is None and crash_report.newest(tmp_path) == report


def test_an_error_in_a_thread_is_reported_by_the_threads_name(tmp_path: Path) -> None:
    body = """
        thread = threading.Thread(target=lambda: 1 / 0, name="voxview-thumbs")
        thread.start()
        thread.join()
    """
    _run(tmp_path, body)
    report = crash_report.take_new(tmp_path)
    assert report is not None
    assert "in thread voxview-thumbs" in report.read_text() and "ZeroDivisionError" in report.read_text()


@pytest.mark.skipif(os.name != "posix", reason="the process is ended by a signal")
def test_a_native_crash_says_where_python_was_and_a_kill_says_nothing(tmp_path: Path) -> None:
    _run(tmp_path, "def deep():\n    os.kill(os.getpid(), 11)\ndeep()", status=None)
    report = crash_report.take_new(tmp_path)
    assert report is not None
    assert "Segmentation fault" in report.read_text() and "in deep" in report.read_text()
    _run(tmp_path, "os.kill(os.getpid(), 9)", status=None)
    assert crash_report.take_new(tmp_path) is None
    assert list(tmp_path.iterdir()) == [report], "a killed run had nothing to say"


def test_the_report_of_a_window_that_is_open_is_left_alone(tmp_path: Path) -> None:
    mine = crash_report.CrashReport(tmp_path)
    mine.write(ValueError, ValueError("later"), None, "main")
    assert crash_report.take_new(tmp_path) is None and mine.path.exists()
    mine.end()
    assert mine.path.exists(), "it says something"


@pytest.mark.skipif(sys.platform != "linux", reason="only there a process's beginning is asked for")
def test_a_program_that_has_the_number_of_one_that_crashed_does_not_hide_its_report(tmp_path: Path) -> None:
    mine = crash_report.CrashReport(tmp_path)
    mine.write(ValueError, ValueError("lost"), None, "main")
    text = mine.path.read_text()
    mine.end()
    mine.path.unlink()
    theirs = tmp_path / f"crash-20200101-000000-{os.getppid()}.txt"
    theirs.write_text(re.sub("began at .*", "began at 1", text))
    taken = crash_report.take_new(tmp_path)
    assert taken is not None and "lost" in taken.read_text()
    theirs.write_text("\n".join(line for line in text.splitlines() if "began at" not in line))
    assert crash_report.take_new(tmp_path) is None, "of an older one nothing is known: it may go on"


def test_a_thousand_errors_do_not_fill_the_disk_and_old_reports_go(tmp_path: Path) -> None:
    mine = crash_report.CrashReport(tmp_path)
    for _ in range(1000):
        mine.write(ValueError, ValueError("again"), None, "main")
    assert mine.path.stat().st_size < 4000
    mine.end()
    for number in range(15):
        old = tmp_path / f"crash-2020010{number % 10}-0000{number:02}-999{number}.txt"
        old.write_text(f"VoxView\n{'-' * 40}\nan error\n")
    crash_report.take_new(tmp_path)
    assert len(list(tmp_path.glob("crash-*.seen.txt"))) <= 10
    assert time.strftime("%Y") in mine.path.name


def test_where_no_report_can_be_written_the_program_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert crash_report.watch(tmp_path / "file") is None
    assert crash_report.newest(tmp_path / "nowhere") is None
