"""The mark of an export that has not ended: a file beside what is written, gone when all of it is there.

It is written before anything else and removed after everything else, so a killed process, a full disk or a
cut of the power leaves it there. What is in the folder is then whole, for each file is written atomically,
but not all of it. A folder that is renamed at the end would say the same, but not of files that are written
into one which is there already.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voxview.errors import VoxViewError
from voxview.shapes.io.atomic import flush_folder, remove_file, write_atomically

MARKER = "INCOMPLETE.txt"


@contextmanager
def marked_incomplete(marker: Path, what: str) -> Iterator[None]:
    """Keep a mark at the path while the block runs; it stays where the block does not come to its end.

    A block that has not written anything leaves no mark, either. `what` says in plain words what is being
    written. Raises as `write_atomically` before anything is written.
    """
    before = listed(marker.parent)
    with write_atomically(marker) as temporary:
        temporary.write_text(
            f"{what}\n\nThis export has not ended, or was interrupted: files may be missing. Those that are "
            "here are whole. Export again, and this file goes away.\n",
            encoding="utf-8",
        )
    try:
        yield
    except BaseException:
        after = listed(marker.parent)
        is_known = before is not None and after is not None
        if is_known and before == {name: file for name, file in (after or {}).items() if name != marker.name}:
            with contextlib.suppress(VoxViewError):  # a person reads why the block failed
                remove_file(marker)
        raise
    remove_file(marker)
    flush_folder(marker.parent)  # a mark that is gone says that all is there


def listed(folder: Path) -> dict[str, int] | None:
    """Return what is in a folder, by name, None where that is unknown: what replaces a file is another."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return {entry.name: entry.inode() for entry in entries}
    return None
