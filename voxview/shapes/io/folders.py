"""Folders for what is written: made if need be, and not left behind empty."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from voxview.errors import InputError


@contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Make a folder, and those above it, for what the block writes, unless they are there.

    Where the block fails, or is given up, what was made here goes again if nothing is in it. Raises
    `InputError` if the folder cannot be made, or cannot be written.
    """
    made = [one for one in (folder, *folder.parents) if not os.path.lexists(one)]
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot make the folder {folder} ({error.strerror}): choose another") from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise InputError(f"cannot write into the folder {folder}: choose another, or allow it")
        yield
    except BaseException:
        for one in made:
            with suppress(OSError):  # something is in it, or it was never made
                one.rmdir()
        raise
