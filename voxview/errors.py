"""The errors a person sees: one line that says what is wrong and what to do."""

from __future__ import annotations


class VoxViewError(Exception):
    """Something failed that is nobody's input: a full disk, a missing library. Exit status 1."""

    exit_status = 1


class InputError(VoxViewError, ValueError):
    """What was given cannot be used: a broken file, an unknown id, a wrong shape. Exit status 2."""

    exit_status = 2
