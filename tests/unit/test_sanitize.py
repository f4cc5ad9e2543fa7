"""The script that runs the sanitizers ends every tool in time, and takes nothing for clean that is not."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path
from types import ModuleType

import psutil
import pytest

SCRIPT = Path(__file__).parents[1] / "gpu" / "sanitize.py"

CLEAN = """print("every kernel launched, every result right")
print("========= ERROR SUMMARY: 0 errors")"""


@pytest.fixture
def sanitize() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sanitize", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Return what makes Python code the `compute-sanitizer` on the PATH."""

    def put(code: str) -> None:
        path = tmp_path / "compute-sanitizer"
        path.write_text(f"#!{sys.executable}\nimport os, subprocess, sys, time\n{code}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return put


def test_each_tool_has_one_line(sanitize, tool, capsys) -> None:  # type: ignore[no-untyped-def]
    tool(CLEAN)
    assert sanitize.sanitize(list(sanitize.TOOLS), 30) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["memcheck", "racecheck", "initcheck", "synccheck"]
    assert all("clean" in line and "0 errors" in line for line in lines)


@pytest.mark.parametrize(
    "code",
    [
        f"{CLEAN}\nsys.exit(9)",
        'print("========= ERROR SUMMARY: 0 errors")',  # it never came to the end of the launches
    ],
)
def test_an_error_and_a_missing_end_are_not_clean(sanitize, tool, code: str) -> None:  # type: ignore[no-untyped-def]
    tool(code)
    clean, line, _ = sanitize.sanitized("memcheck", 30)
    assert not clean and "NOT clean" in line


def is_alive(number: int) -> bool:
    """Return whether a process runs: one that has ended may still be listed."""
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_tool_that_takes_too_long_ends_with_what_it_started(sanitize, tool, tmp_path) -> None:  # type: ignore[no-untyped-def]
    started = tmp_path / "started"
    write = f"pathlib.Path({str(started)!r}).write_text(str(os.getpid()))"
    child = f"import os, pathlib, time; {write}; time.sleep(60)"
    tool(f"subprocess.run([sys.executable, '-c', {child!r}])")
    start = time.monotonic()
    clean, line, _ = sanitize.sanitized("racecheck", 2)
    assert not clean and line == "racecheck  not at its end after 2 s"
    assert time.monotonic() - start < 50, "it waited for the child, which has the pipe"
    number = int(started.read_text())
    until = time.monotonic() + 30  # a killed process is listed until it was given a turn
    while is_alive(number) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_alive(number)
