"""Errors whose message is for the user: one line that says what is wrong and what to do."""

from __future__ import annotations


class VoxViewError(Exception):
    """A failure that no input caused: a full disk, a missing library, no CUDA device. Exit status 1."""

    exit_status = 1


class InputError(VoxViewError, ValueError):
    """An input that cannot be used: a broken file, an unknown id, a wrong shape. Exit status 2."""

    exit_status = 2
