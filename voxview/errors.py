"""Errors whose message is for the user: one line that says what is wrong and what to do."""

from __future__ import annotations

import re

from voxview.printable import printable

_LONG = re.compile(r"[^\s/\\]{300,}")
"""What no file can be called: a number or a word out of a damaged file."""
_KEPT = 80


class VoxViewError(Exception):
    """A failure that no input caused: a full disk, a missing library, no CUDA device. Exit status 1."""

    exit_status = 1

    def __init__(self, message: object = "") -> None:
        """Keep the message on one line that can be read: words in it may be a file's, damaged or hostile."""
        super().__init__(_LONG.sub(lambda long: f"{long[0][:_KEPT]}…", printable(str(message))))


class InputError(VoxViewError, ValueError):
    """An input that cannot be used: a broken file, an unknown id, a wrong shape. Exit status 2."""

    exit_status = 2


class GpuLostError(VoxViewError):
    """A GPU that failed for this process, in which its driver answers no longer."""
