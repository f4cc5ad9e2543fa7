"""Errors whose message is for the user: one line that says what is wrong and what to do."""

from __future__ import annotations

from voxview.printable import printable


class VoxViewError(Exception):
    """A failure that no input caused: a full disk, a missing library, no CUDA device. Exit status 1."""

    exit_status = 1

    def __init__(self, message: object = "") -> None:
        """Keep the message on one line: words in it may be a file's, with control characters in them."""
        super().__init__(printable(str(message)))


class InputError(VoxViewError, ValueError):
    """An input that cannot be used: a broken file, an unknown id, a wrong shape. Exit status 2."""

    exit_status = 2
