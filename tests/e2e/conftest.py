"""The program as a person starts it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Voxview = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def voxview(tmp_path: Path) -> Voxview:
    """Run `voxview ARGUMENTS` in an empty folder; keywords go into its environment."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if k not in ("VOXVIEW_DATA", "VOXVIEW_DEBUG")}
        return subprocess.run(
            [sys.executable, "-m", "voxview", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**clean, **environment},
            timeout=300,
        )

    return run
