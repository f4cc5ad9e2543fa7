"""Weights that are made to hang or to fill the memory are refused in one line, before any tensor is read."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from voxview.errors import InputError
from voxview.model.shipped_encoders import find_shipped_or_file
from voxview.model.weights import read_weights
from voxview.model.weights_card import find_weights, read_card
from voxview.model.weights_file import read_weights_file
from voxview.training.checkpoint import read_checkpoint

_NESTED = 200_000


def _file(path: Path, header: bytes, size: int = 0) -> Path:
    """Write a header, and after it nothing but a hole of `size` bytes."""
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + size)
    return path


def _refused(read: Callable[[Path], Any], path: Path) -> str:
    start = time.process_time()
    with pytest.raises(InputError) as caught:
        read(path)
    assert time.process_time() - start < 2
    assert str(caught.value).isprintable()
    return str(caught.value)


def _encoder(path: Path) -> object:
    return read_weights_file(path, "voxview-points-1", "points weights", "points")


READERS = (read_weights, _encoder, read_checkpoint)


@pytest.mark.parametrize("read", [*READERS, read_card])
def test_a_header_that_is_nested_deeply_is_one_line(read: Callable[[Path], Any], tmp_path: Path) -> None:
    path = _file(tmp_path / "w.safetensors", b'{"__metadata__":' + b"[" * _NESTED + b"]" * _NESTED + b"}")
    _refused(read, path)


@pytest.mark.parametrize("read", READERS)
def test_a_great_many_empty_tensors_are_refused(read: Callable[[Path], Any], tmp_path: Path) -> None:
    empty = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    header: dict[str, Any] = {"__metadata__": {"format": "voxview-points-1"}}
    few = _file(tmp_path / "few", json.dumps(header | {str(i): empty for i in range(20_000)}).encode())
    assert "20,000 tensors, more than 10,000" in _refused(read, few)
    many = _file(tmp_path / "many", b'{"' + b"x" * 16_000_000 + b'": 1}')
    assert "its header has 16,000,007 bytes" in _refused(read, many)


@pytest.mark.parametrize("key", ["trained_on", "validated_on"])
@pytest.mark.parametrize("read", READERS[:2])
def test_a_list_of_a_hundred_million_chairs_is_refused(
    read: Callable[[Path], Any], key: str, tmp_path: Path
) -> None:
    size = 8 * 10**8
    about = {"dtype": "I64", "shape": [10**8], "data_offsets": [0, size]}
    header = {"__metadata__": {"format": "voxview-points-1"}, key: about}
    path = _file(tmp_path / "w.safetensors", json.dumps(header).encode(), size)
    assert f"{key} has 100,000,000 numbers, more than 1,000,000" in _refused(read, path)


@pytest.mark.parametrize("read", READERS[:2])
def test_a_list_of_a_million_dimensions_is_not_multiplied_out(
    read: Callable[[Path], Any], tmp_path: Path
) -> None:
    about = {"dtype": "I64", "shape": [9_999_999_999] * 500_000, "data_offsets": [0, 0]}
    header = {"__metadata__": {"format": "voxview-points-1"}, "trained_on": about}
    start = time.process_time()
    assert _refused(read, _file(tmp_path / "w.safetensors", json.dumps(header).encode()))
    assert time.process_time() - start < 5


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    """Yield a pipe that nobody writes into: whoever opens it to read waits for ever."""
    path = tmp_path / "pipe.safetensors"
    os.mkfifo(path)
    yield path


def test_a_pipe_is_not_opened(pipe: Path) -> None:
    def encoder(path: Path) -> Path:
        return find_shipped_or_file(path, ("pointnet",), "points weights", "points")

    for read in (find_weights, read_card, *READERS, encoder):
        assert "no regular file" in _refused(read, pipe)
