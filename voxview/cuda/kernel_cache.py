"""Where CuPy keeps the kernels that it has compiled: in a folder, or where that fails in memory.

It writes into `~/.cupy/kernel_cache`, or `CUPY_CACHE_DIR`. In a home that is full or cannot be written it
compiles nothing, and from version 14 on it cannot even be imported. With what is here each start compiles
anew, which takes seconds, and everything works.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_IN_MEMORY = "CUPY_CACHE_IN_MEMORY"
"""CuPy's own variable, which it looks at whenever it compiles."""
_FOLDER = "CUPY_CACHE_DIR"
"""Likewise, which it makes where it is not there when it is imported."""

_problems: list[str] = []


def cache_problem() -> str | None:
    """Return why compiled kernels are not kept for the next start; None as long as they are."""
    return _problems[0] if _problems else None


def make_importable() -> None:
    """Let CuPy be imported where its folder cannot be made: it compiles in memory then."""
    if "cupy" in sys.modules or find_spec("cupy") is None:
        return
    folder = Path(os.environ.get(_FOLDER) or os.path.expanduser("~/.cupy/kernel_cache"))  # noqa: PTH111 - never raises
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        os.environ[_IN_MEMORY] = "1"
        os.environ[_FOLDER] = tempfile.gettempdir()  # there already, and nothing is written into it
        _problems.append(f"{folder}: {error.strerror or error}")


def compiled_in_cache(compile_it: Callable[[], T]) -> T:
    """Return what `compile_it` returns; where CuPy's folder cannot be used, what it returns without one."""
    was_in_memory = os.environ.get(_IN_MEMORY) == "1"  # other threads, which fail as well, set it meanwhile
    try:
        return compile_it()
    except OSError as error:
        if was_in_memory:
            raise
        os.environ[_IN_MEMORY] = "1"
        where = error.filename or "CuPy's folder"
        _problems.append(f"{where}: {error.strerror or error}")
        return compile_it()
