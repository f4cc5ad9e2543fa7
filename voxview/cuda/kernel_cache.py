"""Where CuPy keeps the kernels that it has compiled: in a folder, or where that fails in memory.

It writes into `~/.cupy/kernel_cache`, or `CUPY_CACHE_DIR`, and compiles nothing where it cannot: in a home
that is full or cannot be written. Then each start compiles anew, which takes seconds, and everything works.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_IN_MEMORY = "CUPY_CACHE_IN_MEMORY"
"""CuPy's own variable, which it looks at whenever it compiles."""

_problems: list[str] = []


def cache_problem() -> str | None:
    """Return why compiled kernels are not kept for the next start; None as long as they are."""
    return _problems[0] if _problems else None


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
