"""What the commands share: finding chairs, and talking to a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from voxview.errors import VoxViewError

if TYPE_CHECKING:
    from voxview.shapes.catalog import Catalog
    from voxview.shapes.chair import Chair

T = TypeVar("T")


def open_data(data: Path | None) -> Catalog:
    """The catalog in a folder, or the samples."""
    from voxview.shapes.open import open_catalog

    return open_catalog(data)


def find_chair(name: str, catalog: Catalog) -> Chair:
    """The catalog's chair of that id, a shape file, or the catalog's only id that starts so."""
    from voxview.shapes.read import READABLE_SUFFIXES, chair_from_file

    exact = catalog.get(name)  # first, because a folder's ids may look like files: `office/one`
    if exact is not None:
        return exact
    if Path(name).suffix.lower() in READABLE_SUFFIXES or os.sep in name:
        return chair_from_file(Path(name))
    return catalog.find(name)


def say(text: str) -> None:
    """Print; if the reader has left, as `head` does, the work goes on in silence."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise VoxViewError(f"cannot write the output ({error.strerror}): send it elsewhere") from error


def printable(text: str) -> str:
    """A file's name may hold line ends and worse: show those as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def follow(steps: Generator[tuple[int, int, *tuple[Any, ...]], None, T], title: str) -> T:
    """Run a task to its end with a progress line on a terminal; its value comes back.

    A step is (done, total) and whatever else the task has to show to others; a text says what it does.
    """
    shown = sys.stderr.isatty()
    try:
        while True:
            try:
                done, total, *rest = next(steps)
            except StopIteration as end:
                return end.value
            if shown:
                what = f"{rest[0]:<60}" if rest and isinstance(rest[0], str) else ""  # over a longer one
                print(f"\r{title}: {done} of {total} {what}", end="", file=sys.stderr, flush=True)
    finally:
        if shown:
            print(file=sys.stderr)  # whatever is said next, an error too, has a line of its own
