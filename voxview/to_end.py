"""Running a generator to its end, for what is done in steps elsewhere and at once here."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

T = TypeVar("T")


def run_to_end(steps: Generator[Any, None, T]) -> T:
    """Return what a generator returns; what it yields is dropped."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
