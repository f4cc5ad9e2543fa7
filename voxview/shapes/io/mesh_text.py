"""What the text formats of meshes have in common: byte-order marks, numbers, errors that name a word."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from voxview.shapes.frame import Doubles, Integers

_CHUNK_BYTES = 1 << 22
"""Text that is split into words at a time: the words of 128 MiB at once would take gigabytes."""

_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WIDE_NAMES = ("utf-32", "utf-32", "utf-16", "utf-16")
_SPACE = re.compile(rb"\s")
_DECIMAL_COMMA = re.compile(rb"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")


class MeshError(ValueError):
    """What is wrong with a file's content, as the end of the sentence that names the file."""


def plain_text(blob: bytes) -> bytes:
    """Return the text of a file without a byte-order mark; UTF-16 and UTF-32 become UTF-8."""
    for mark, name in zip(_WIDE_MARKS, _WIDE_NAMES, strict=True):
        if blob.startswith(mark):
            return blob.decode(name, "replace").encode()
    return blob.removeprefix(codecs.BOM_UTF8)


def floats(text: bytes) -> Doubles:
    """Return the numbers of a text that white space separates; raise `MeshError` for any other word."""
    return _numbers(text, float, np.float64)


def integers(text: bytes) -> Integers:
    """Return the whole numbers of a text that white space separates; raise `MeshError` for any other word."""
    return _numbers(text, int, np.int64)


def explain_word(word: bytes) -> str:
    """Return why a word is no number, naming decimal commas for what they are."""
    shown = word[:40].decode("latin-1")
    if _DECIMAL_COMMA.fullmatch(word.split(b"/")[0]):
        return f"{shown!r} has a decimal comma: write its numbers with points"
    return f"{shown!r} is not a number"


def _numbers(text: bytes, convert: Callable[[bytes], float], kind: type) -> NDArray:
    parts: list[NDArray] = [np.empty(0, kind)]
    for chunk in _chunks(text):
        words = chunk.split()
        try:
            parts.append(np.fromiter(map(convert, words), kind, len(words)))
        except (ValueError, OverflowError) as error:
            raise MeshError(explain_word(next(w for w in words if not _converts(w, convert)))) from error
    return np.concatenate(parts)


def _converts(word: bytes, convert: Callable[[bytes], float]) -> bool:
    try:
        return abs(convert(word)) < 2**63 or convert is float
    except ValueError:
        return False


def _chunks(text: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(text):
        gap = _SPACE.search(text, min(start + _CHUNK_BYTES, len(text)))
        end = gap.end() if gap else len(text)
        yield text[start:end]
        start = end
