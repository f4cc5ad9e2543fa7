"""PNG files written row by row: a picture of 8192² pixels is 256 MiB, which nobody has to hold."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

import numpy as np

from voxview.surface.picture import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = 2
"""The filter that writes each byte as its difference to the one above (PNG specification, 9.2)."""
_COLOR_TYPES = {3: 2, 4: 6}


class PngStream:
    """Writer of one picture into a binary file, from its first row to its last."""

    def __init__(self, file: BinaryIO, width: int, height: int, channels: int) -> None:
        """Begin a picture of 3 (opaque) or 4 channels of eight bits."""
        self._file, self._channels = file, channels
        self._deflate = zlib.compressobj(6)
        self._above = np.zeros((1, width * channels), np.uint8)
        file.write(_SIGNATURE)
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _COLOR_TYPES[channels], 0, 0, 0))

    def add(self, rows: Image) -> None:
        """Write the next rows, `uint8 (n, width, 3 or 4)`: an opacity that the file has not is left out."""
        flat = np.ascontiguousarray(rows[..., : self._channels]).reshape(len(rows), -1)
        filtered = np.empty((len(flat), flat.shape[1] + 1), np.uint8)
        filtered[:, 0] = _UP
        filtered[:, 1:] = flat - np.concatenate([self._above, flat[:-1]])
        self._above = flat[-1:].copy()
        if data := self._deflate.compress(filtered.tobytes()):
            self._chunk(b"IDAT", data)

    def finish(self) -> None:
        """Write what is left."""
        self._chunk(b"IDAT", self._deflate.flush())
        self._chunk(b"IEND", b"")

    def _chunk(self, kind: bytes, data: bytes) -> None:
        self._file.write(struct.pack(">I", len(data)) + kind + data)
        self._file.write(struct.pack(">I", zlib.crc32(kind + data)))
