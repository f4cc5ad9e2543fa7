"""Reading a file that a test writes, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.shapes.io.notices import listening
from voxview.shapes.io.read import read_shape


def read(folder: Path, name: str, content: bytes, **options: str) -> tuple[np.ndarray, list[str]]:
    """The grid of a file with this content, and what was said of it."""
    path = folder / name
    path.write_bytes(content)
    said: list[str] = []
    with listening(said.append):
        grid = read_shape(path, **options)
    assert all(line.startswith(f"{path}: ") and "\n" not in line for line in said)
    return grid, [line.removeprefix(f"{path}: ") for line in said]


def refusal(folder: Path, name: str, content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, name, content)
    assert str(folder / name) in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)
