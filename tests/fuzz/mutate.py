"""Mutations of bytes and of text. All chance comes from the generator: one seed makes one file."""

from __future__ import annotations

import contextlib
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from random import Random

Mutator = Callable[[Random, bytes], bytes]
"""Returns changed bytes; the same ones where it finds nothing to change."""

MOST_BYTES = 1 << 20
"""Limit of a mutated file: what is tried are sizes that a file claims, not sizes that it has."""

WHOLE = (0, 1, -1, 2, 127, 128, 255, 256, 32767, 65535, 65536, 10**6, 2**31 - 1, -(2**31), 2**32 - 1, 2**63)
NUMBERS = (
    *(b"0", b"-0", b"1", b"-1", b"2", b"3", b"4", b"255", b"256", b"65535", b"65536", b"100000", b"10000000"),
    *(b"2147483647", b"2147483648", b"-2147483648", b"4294967295", b"4294967296", b"9223372036854775807"),
    *(
        b"9223372036854775808",
        b"18446744073709551616",
        b"-9223372036854775809",
        b"1" + b"0" * 40,
        b"9" * 5000,
    ),
    *(b"0.5", b"-0.5", b"1e-7", b"1e-38", b"1e-320", b"1e30", b"-1e38", b"3.5e38", b"1e154", b"1e160"),
    *(b"1.7e308", b"-1.7e308", b"1e400", b"1e99999999999", b"nan", b"NaN", b"inf", b"-Infinity", b"0x10"),
    *(b"1,5", b"1_000", b"1.", b".5", b"1e", b"--1", b"+1", b"\xd9\xa3", b"\xc2\xb2", b"true", b"None", b""),
)
"""Words for a number: limits of types, what is none, and what only looks like one."""

_NUMBER = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_WORD = re.compile(rb"[A-Za-z_][A-Za-z_0-9:.]*")
_HEAD = 12
"""Numbers and lines at the beginning, where headers are: they are changed more often."""


def whole_number(rng: Random) -> int:
    """Return a number that is at some limit, or near one."""
    return rng.choice(WHOLE) + rng.choice((0, 0, 0, 1, -1))


def position(rng: Random, length: int) -> int:
    """Return a place in something of this length, near its beginning as often as anywhere."""
    if length <= 0:
        return 0
    return rng.randrange(length) if rng.random() < 0.5 else rng.randrange(min(length, 256))


# ---- bytes ------------------------------------------------------------------------------------------


def flip_bit(rng: Random, data: bytes) -> bytes:
    """Flip one bit."""
    at = position(rng, len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :] if data else data


def set_byte(rng: Random, data: bytes) -> bytes:
    """Set one byte, to a limit or to anything."""
    at = position(rng, len(data))
    return data[:at] + bytes([rng.choice((0, 1, 127, 128, 254, 255, rng.randrange(256)))]) + data[at + 1 :]


def set_number(rng: Random, data: bytes) -> bytes:
    """Overwrite one, two, four or eight bytes by a number at a limit, in either byte order."""
    size = rng.choice((1, 2, 4, 4, 8))
    at = position(rng, len(data) - size + 1)
    if rng.random() < 0.2 and size >= 4:
        value = rng.choice((float("nan"), float("inf"), 1e30, -1e30, 1e-30, 0.0))
        new = struct.pack(rng.choice("<>") + {4: "f", 8: "d"}[size], value)
    else:
        new = (whole_number(rng) % (1 << 8 * size)).to_bytes(size, rng.choice(("little", "big")))
    return data[:at] + new + data[at + size :]


def add_to_number(rng: Random, data: bytes) -> bytes:
    """Make a number of four bytes a little larger or smaller."""
    at = position(rng, len(data) - 3)
    order = rng.choice(("little", "big"))
    new = (int.from_bytes(data[at : at + 4], order) + rng.randint(-35, 35)) % 2**32
    return data[:at] + new.to_bytes(4, order) + data[at + 4 :]


def cut_out(rng: Random, data: bytes) -> bytes:
    """Remove some bytes."""
    at = position(rng, len(data))
    return data[:at] + data[at + rng.choice((1, 1, 2, 4, 16, 64, 512)) :]


def cut_off(rng: Random, data: bytes) -> bytes:
    """Remove the end, as a copy that was broken off does."""
    return data[: rng.randrange(len(data) + 1)]


def put_in(rng: Random, data: bytes) -> bytes:
    """Insert some bytes, equal or at random."""
    at, count = position(rng, len(data)), rng.choice((1, 1, 2, 4, 16, 300))
    new = (
        rng.randbytes(count) if rng.random() < 0.5 else bytes([rng.choice((0, 32, 48, 255, 10, 91))]) * count
    )
    return data[:at] + new + data[at:]


def move(rng: Random, data: bytes) -> bytes:
    """Copy some bytes to another place, over what is there or between it."""
    start, to, count = (rng.randrange(len(data) + 1) for _ in range(3))
    piece = data[start : start + min(count, 4096)]
    return data[:to] + piece + data[to + (len(piece) if rng.random() < 0.5 else 0) :]


def repeat(rng: Random, data: bytes) -> bytes:
    """Repeat a part many times."""
    at, count = position(rng, len(data)), rng.choice((1, 2, 8, 40, 400))
    times = min(rng.choice((2, 3, 30, 300, 3000)), MOST_BYTES // 4 // count)
    return data[:at] + data[at : at + count] * times + data[at + count :]


def zero(rng: Random, data: bytes) -> bytes:
    """Set many bytes to 0, as after a power cut."""
    at, count = rng.randrange(len(data) + 1), rng.choice((8, 64, 512, 4096))
    return data[:at] + bytes(len(data[at : at + count])) + data[at + count :]


BYTES: tuple[Mutator, ...] = (
    *(
        flip_bit,
        set_byte,
        set_number,
        set_number,
        add_to_number,
        cut_out,
        cut_off,
        put_in,
        move,
        repeat,
        zero,
    ),
)

# ---- text -------------------------------------------------------------------------------------------


def _one_of(rng: Random, pattern: re.Pattern[bytes], data: bytes) -> re.Match[bytes] | None:
    found = list(pattern.finditer(data[: 1 << 16]))
    if not found:
        return None
    return rng.choice(found[:_HEAD] if rng.random() < 0.5 else found)


def change_number(rng: Random, data: bytes) -> bytes:
    """Replace a number by another word, or move it a little."""
    found = _one_of(rng, _NUMBER, data)
    if found is None:
        return data
    new = rng.choice(NUMBERS)
    if rng.random() < 0.3 and found[0].isdigit() and len(found[0]) < 20:
        new = str(int(found[0]) + rng.choice((-1, 1, 2, 10, 1000))).encode()
    return data[: found.start()] + new + data[found.end() :]


def change_word(rng: Random, data: bytes) -> bytes:
    """Replace a word by another one of the same file, or damage it."""
    a, b = _one_of(rng, _WORD, data), _one_of(rng, _WORD, data)
    if a is None or b is None:
        return data
    new = rng.choice((b[0], b"", a[0].upper(), a[0] * 2, a[0][:-1], b"\xff" + a[0], a[0] * 3000))
    return data[: a.start()] + new + data[a.end() :]


def change_line(rng: Random, data: bytes) -> bytes:
    """Remove, repeat, swap, join or cut a line."""
    lines = data.split(b"\n")
    i, j = (rng.randrange(min(len(lines), _HEAD) if rng.random() < 0.5 else len(lines)) for _ in range(2))
    how = rng.randrange(6)
    if how == 0:
        del lines[i]
    elif how == 1:
        lines[i:i] = [lines[j]] * min(rng.choice((1, 2, 50, 2000)), MOST_BYTES // 8 // (len(lines[j]) + 1))
    elif how == 2:
        lines[i], lines[j] = lines[j], lines[i]
    elif how == 3 and i + 1 < len(lines):
        lines[i : i + 2] = [lines[i] + rng.choice((b" ", b"\\\n", b"\r", b"\t")) + lines[i + 1]]
    elif how == 4:
        lines[i] = lines[i][: rng.randrange(len(lines[i]) + 1)]
    else:
        lines[i] = rng.choice((b"", b" ", b"#", b"\\", b"\x00", b"\x0c", b"\xc2\x85")) + lines[i]
    return b"\n".join(lines)


def change_ends(rng: Random, data: bytes) -> bytes:
    """Change line ends, spaces or the letters' size in bytes everywhere."""
    how = rng.randrange(6)
    if how == 0:
        return data.replace(b"\n", b"\r\n")
    if how == 1:
        return data.replace(b"\n", rng.choice((b"\r", b" ", b"\n\n", b"\x85")))
    if how == 2:
        return data.replace(b" ", rng.choice((b"\t", b"  ", b"\n", b",", b";", b"\xa0")))
    if how == 3:
        return rng.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00")) + data
    if how == 4:
        return data.decode("latin-1").encode(rng.choice(("utf-16", "utf-16-be", "utf-32", "utf-8")))
    return data.replace(b".", b",")


TEXT: tuple[Mutator, ...] = (
    change_number,
    change_number,
    change_number,
    change_word,
    change_line,
    change_ends,
)


def words(*known: bytes) -> Mutator:
    """Return what puts a word that a format knows into a file, over another one or between them."""

    def put_word(rng: Random, data: bytes) -> bytes:
        new = rng.choice(known)
        found = _one_of(rng, _WORD, data) if rng.random() < 0.5 else None
        if found is not None:
            return data[: found.start()] + new + data[found.end() :]
        at = position(rng, len(data))
        return data[:at] + new + data[at:]

    return put_word


def mutated(rng: Random, data: bytes, own: Sequence[Mutator], others: Sequence[bytes]) -> bytes:
    """Return bytes after one to six mutations: those that know the format, and those of any bytes."""
    if rng.random() < 0.03:
        other = rng.choice(others)
        data = data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]
    for _ in range(rng.choice((1, 1, 1, 1, 1, 2, 2, 3, 6))):
        mutator = rng.choice(own if own and rng.random() < 0.7 else BYTES)
        # What an earlier mutation damaged may be more than one that takes a file apart can bear.
        with contextlib.suppress(ValueError, LookupError, OverflowError, TypeError, struct.error, zlib.error):
            data = mutator(rng, data)[:MOST_BYTES]
    return data
