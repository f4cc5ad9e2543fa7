"""Header of a `.safetensors` file, read and checked before anything that it describes is.

A file begins with its header's length, 8 bytes, little-endian, and the header in JSON: `__metadata__`, and of
each tensor its type, its shape and where it lies.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

LONGEST_HEADER = 16_000_000
"""Limit in bytes; VoxView's own headers have some kilobytes."""
MOST_TENSORS = 10_000
"""VoxView's own files have some hundred."""
_LONGEST_REASON = 160
MOST_FINGERPRINTS = 1_000_000
"""Numbers in a list of chairs, at the most: ShapeNet has 6,778 of them."""


def read_header(path: Path) -> dict[str, Any]:
    """Return the header of a file, tensors included; raise `ValueError` with the reason, or `OSError`."""
    if not path.is_file() and path.exists():  # to open a pipe would wait for whoever writes into it
        raise ValueError("it is no regular file")
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        text = file.read(min(length, LONGEST_HEADER))
    if length > LONGEST_HEADER and len(text) == LONGEST_HEADER:
        raise ValueError(f"its header has {length:,} bytes, more than {LONGEST_HEADER:,}")
    try:
        header = json.loads(text)
    except RecursionError as error:
        raise ValueError("its header is nested too deeply") from error
    except ValueError as error:  # JSON's own words are of places in a header that nobody sees
        raise ValueError("its header is cut short or damaged") from error
    if not isinstance(header, dict):
        raise ValueError("its header is damaged")
    return header


def reason_of(error: Exception) -> str:
    """Return why a file cannot be read, in one line of some words: libraries cite all of what they find."""
    reason = (str(error).splitlines() or [""])[0]
    if not reason:
        return type(error).__name__
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}…"


def check_header(path: Path, lists: Collection[str] = ()) -> None:
    """Raise `ValueError` with the reason if a file holds too many tensors, or one of `lists` is too long."""
    header = read_header(path)
    if len(header) - 1 > MOST_TENSORS:
        raise ValueError(f"it holds {len(header) - 1:,} tensors, more than {MOST_TENSORS:,}")
    for key in lists:
        count = _count(header.get(key))
        if count > MOST_FINGERPRINTS:
            raise ValueError(f"{key} has {count:,} numbers, more than {MOST_FINGERPRINTS:,}")


def _count(about: object) -> int:
    """Return how many numbers a header gives a tensor; 0 where it says nothing of use."""
    shape = about.get("shape") if isinstance(about, Mapping) else None
    # A list has one dimension: the product of a million lengths would take for ever.
    if not isinstance(shape, list) or len(shape) != 1 or type(shape[0]) is not int:
        return 0
    return shape[0]
