"""What a command prints on a terminal of 80 columns."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from voxview.shapes.catalogs.samples import sample_catalog


def test_chairs_fit_a_terminal_and_no_id_is_cut(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    other_end, terminal = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm-256color"}
    environment.pop("VOXVIEW_DATA", None)
    command = [sys.executable, "-m", "voxview", "chairs"]
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE, cwd=tmp_path, env=environment
    ) as process:
        os.close(terminal)
        printed = b""
        try:
            while part := os.read(other_end, 65_536):
                printed += part
        except OSError:
            pass  # Linux says so when the last process has closed the terminal
        os.close(other_end)
    assert process.returncode == 0
    text = printed.decode()
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    assert "\x1b[1m" in text and lines[0].split() == ["id", "name"]
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines[2:]] == [chair.id for chair in sample_catalog()]
