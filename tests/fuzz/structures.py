"""Mutations that know what a file is made of: JSON, headers, archives, chunks with checksums.

Each one takes a file apart, changes one part, and puts it together again so that the rest is whole: damage
gets past the first check. What cannot be taken apart comes back as it is.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import copy
import io
import json
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from .mutate import BYTES, NUMBERS, TEXT, Mutator, position, whole_number

_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 255, 65536, 100_001, 2**31, 2**53, 2**63, -(2**63), 10**30, 10**400),
    *(0.5, -0.5, 1e-320, 1e308, -1e308, float("nan"), float("inf"), float("-inf"), 3.0, 1e15),
    *("", "a", "\0", "\n", "../x", "/", "\ud800", "\u202egpj.exe", "x" * 300, "y" * 5000, "{", "0", "1e400"),
    *([], {}, [0], [[]], [None] * 3, [0] * 16, [1.0] * 20_000, {"a": 1}, [[0, 1, 2]] * 3),
)
_DEEP = 2000
_MOST_PLACES = 50_000
"""A tree of which lists were repeated in repeated lists has millions: to find them all would take seconds."""
_INT = re.compile(r"\d+")


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Return the containers of a tree with each of their keys, of large trees the first of them."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting and len(found) < _MOST_PLACES:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else list(range(len(one)))
        found += [(one, key) for key in keys]
        waiting += [one[key] for key in keys if isinstance(one[key], dict | list)]
    return found


def _copied(value: Any) -> Any:
    """Return a copy of a value; an empty list for one that is nested too deeply for that."""
    try:
        return copy.deepcopy(value)
    except RecursionError:
        return []


def change_tree(rng: Random, tree: Any) -> Any:
    """Return a tree of JSON with one value changed, moved, repeated, nested or removed."""
    places = _places(tree) if isinstance(tree, dict | list) else []
    if not places:
        return _copied(rng.choice(_VALUES))
    (holder, key), (other, other_key) = rng.choice(places), rng.choice(places)
    value, how = holder[key], rng.randrange(10)
    if how < 3:
        holder[key] = _copied(rng.choice(_VALUES))
    elif how == 3 and isinstance(value, int | float) and not isinstance(value, bool):
        holder[key] = rng.choice((value + 1, value - 1, -value, value * 2, float(value), str(value)))
    elif how == 4:
        del holder[key]
    elif how == 5:
        holder[key] = _copied(other[other_key])
    elif how == 6 and isinstance(value, list) and value and len(places) < _MOST_PLACES:
        holder[key] = value * rng.choice((2, 3, min(1000, 20_000 // len(value) + 1)))
    elif how == 7:
        holder[key] = rng.choice(([value], {"a": value}, [value, value]))
    elif how == 8 and isinstance(holder, dict):
        holder[rng.choice((str(key).upper(), f"{key}x", "extensions", "\ud800", "k" * 500))] = holder.pop(key)
    elif isinstance(value, str) and value:
        at = rng.randrange(len(value))
        holder[key] = (
            value[:at] + rng.choice(("", "\0", "\n", "\u202e", "\ud800", "é", "=")) + value[at + 1 :]
        )
    return tree


def _dumped(rng: Random, tree: Any) -> bytes:
    text = json.dumps(tree, ensure_ascii=rng.random() < 0.7).encode("utf-8", "surrogatepass")
    how = rng.randrange(40)
    if how == 0:
        return b"[" * _DEEP + text + b"]" * _DEEP
    if how == 1:
        return text.replace(b":", b":" + b'{"a":' * _DEEP, 1)
    if how == 2:
        return text.replace(b"{", b'{"scene":0,"scene":', 1)
    if how < 6:
        return change_json_number(rng, text)
    return text


def change_json_number(rng: Random, data: bytes) -> bytes:
    """Replace a whole number in JSON by any word for a number."""
    found = list(re.finditer(rb"(?<=[:\[, ])-?\d+(?=[,\]}])", data[: 1 << 16]))
    if not found:
        return data
    one = rng.choice(found)
    return data[: one.start()] + rng.choice(NUMBERS) + data[one.end() :]


def change_json(rng: Random, data: bytes) -> bytes:
    """Change values of a JSON file."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return data
    for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
        tree = change_tree(rng, tree)
    return _dumped(rng, tree)


def change_packed_text(rng: Random, data: bytes) -> bytes:
    """Change what one text of JSON has in base64, unpacked first where it is compressed by zlib."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return data
    packed = [(one, key) for one, key in _places(tree) if isinstance(one[key], str) and len(one[key]) > 40]
    if not packed:
        return data
    holder, key = rng.choice(packed)
    head, _, body = holder[key].rpartition(",")
    try:
        content = base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error):
        return data
    with contextlib.suppress(zlib.error):
        if rng.random() < 0.6:
            content = zlib.compress(rng.choice(BYTES)(rng, zlib.decompress(content)))
    if content.startswith(b"\x89PNG") and rng.random() < 0.6:
        content = change_png(rng, content)
    elif rng.random() < 0.5:
        content = rng.choice(BYTES)(rng, content)
    holder[key] = f"{head}," * bool(head) + base64.b64encode(content).decode()
    return json.dumps(tree).encode()


# ---- headers ----------------------------------------------------------------------------------------


def change_glb(rng: Random, data: bytes) -> bytes:
    """Change the JSON of a `.glb`, or its binary chunk, with lengths that fit."""
    if len(data) < 20 or not data.startswith(b"glTF"):
        return data
    length = int.from_bytes(data[12:16], "little")
    text, rest = data[20 : 20 + length], data[20 + length :]
    if rest and rng.random() < 0.4:
        body = rng.choice(BYTES)(rng, rest[8:])
        rest = struct.pack("<I", len(body)) + rest[4:8] + body
    else:
        text = change_json(rng, text)
        text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + rest
    return data[:8] + struct.pack("<I", 12 + len(chunks)) + chunks


def change_safetensors(rng: Random, data: bytes) -> bytes:
    """Change the header of a `.safetensors` file, with a length that fits."""
    length = int.from_bytes(data[:8], "little")
    text = data[8 : 8 + length]
    changed = rng.choice(TEXT + BYTES) if rng.random() < 0.15 else change_json
    text = changed(rng, text)
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


def change_npy(rng: Random, data: bytes) -> bytes:
    """Change the header of a `.npy` file, with a length that fits."""
    if not data.startswith(b"\x93NUMPY\x01") or len(data) < 12:
        return data
    length = int.from_bytes(data[8:10], "little")
    text = data[10 : 10 + length].rstrip()
    how = rng.randrange(5)
    if how == 0:
        kind = rng.choice(
            (b"|O", b"<f8", b">f2", b"|b1", b"<U1000000", b"<c16", b"|V8", b"<M8[ns]", b"<i4", b"|S0")
        )
        text = re.sub(rb"'descr': '[^']*'", b"'descr': '" + kind + b"'", text)
    elif how == 1:
        text = text.replace(b"False", b"True", 1)
    elif how == 2:
        sides = [
            str(rng.choice((0, 1, 2, 32, 64, 512, 513, 10**5, 10**9, 2**62, -1)))
            for _ in range(rng.randrange(6))
        ]
        text = re.sub(rb"'shape': \([^)]*\)", f"'shape': ({', '.join([*sides, ''])})".encode(), text)
    else:
        text = rng.choice(TEXT)(rng, text)
    text = text[:60_000] + b" " * (-(len(text[:60_000]) + 11) % 64) + b"\n"
    return data[:8] + len(text).to_bytes(2, "little") + text + data[10 + length :]


def change_binvox(rng: Random, data: bytes) -> bytes:
    """Change the runs of a binvox file so that their sum stays, or all sides of its header alike."""
    head, mark, body = data.partition(b"data\n")
    if not mark or len(body) < 4:
        return data
    if rng.random() < 0.3:
        side = rng.choice((0, 1, 2, 31, 33, 64, 128, 512, 513))
        return re.sub(rb"dim [^\n]*", f"dim {side} {side} {side}".encode(), head) + mark + body
    if rng.random() < 0.2:
        side = rng.choice((1, 7, 40, 64, 200, 512))
        count, rest = divmod(side**3, 255)
        one = bytes([rng.randrange(2), 255]) * count + bytes([1, rest])
        return re.sub(rb"dim [^\n]*", f"dim {side} {side} {side}".encode(), head) + mark + one
    runs = bytearray(body[: len(body) // 2 * 2])
    for _ in range(rng.choice((1, 5, 50))):
        at, to = (2 * rng.randrange(len(runs) // 2) for _ in range(2))
        moved = min(rng.randrange(256), runs[at + 1], 255 - runs[to + 1])
        if at != to:
            runs[at + 1], runs[to + 1] = runs[at + 1] - moved, runs[to + 1] + moved
        runs[at] = rng.choice((0, 1, 2, 255))
    return head + mark + bytes(runs)


# ---- archives and chunks ----------------------------------------------------------------------------


def archive(members: Sequence[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive, the same whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice, which is meant
        for name, content in members:
            file.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


def in_archive(*inner: Mutator, compression: int = zipfile.ZIP_DEFLATED) -> Mutator:
    """Return what changes one member of a zip archive by one of `inner`, or the list of its members."""

    def change_archive(rng: Random, data: bytes) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                members = [
                    (one.filename, file.read(one)) for one in file.infolist()[:20] if one.file_size < 1 << 22
                ]
        except Exception:  # whatever a damaged archive makes of its reader
            return data
        if not members:
            return data
        at = rng.randrange(len(members))
        name, content = members[at]
        how = rng.randrange(12)
        if how == 0:
            del members[at]
        elif how == 1:
            members.append((rng.choice((name, "x.npy", "../up.npy", "/3D/a.model", "grid.npy")), content))
        elif how == 2:
            members[at] = (
                rng.choice((name.upper(), "/" + name, "..\\" + name, name + "x", "n" * 300)),
                content,
            )
        elif how == 3:
            members[at] = (
                name,
                content * min(rng.choice((2, 50, 3000)), 1 + (4 << 20) // (len(content) + 1)),
            )
        else:
            members[at] = (name, rng.choice(inner)(rng, content))
        kind = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
        return archive(members, kind if rng.random() < 0.15 else compression)

    return change_archive


def change_xml(rng: Random, data: bytes) -> bytes:
    """Remove, repeat or nest an element, or change an attribute."""
    elements = list(re.finditer(rb"<[^<>]*>", data[: 1 << 16]))
    if not elements:
        return data
    one, other = rng.choice(elements), rng.choice(elements)
    how = rng.randrange(6)
    if how == 0:
        return data[: one.start()] + data[one.end() :]
    if how == 1:
        return data[: one.end()] + other[0] * rng.choice((1, 3, 200)) + data[one.end() :]
    if how == 2:
        return data[: one.start()] + b"<a>" * rng.choice((1, 63, 70, 500)) + data[one.start() :]
    if how == 3:
        return (
            data[: one.start()]
            + re.sub(rb'"[^"]*"', b'"' + rng.choice(NUMBERS) + b'"', one[0], count=1)
            + data[one.end() :]
        )
    if how == 4:
        new = rng.choice(
            (b"&#0;", b"&b;", b"<![CDATA[x]]>", b"<!-- -->", b'<!DOCTYPE a [<!ENTITY b "c">]>', b"<?a b?>")
        )
        return data[: one.start()] + new + data[one.start() :]
    return data[: one.start()] + other[0] + data[one.end() :]


def change_png(rng: Random, data: bytes) -> bytes:
    """Change a chunk of a PNG, with a length and a checksum that fit."""
    chunks: list[tuple[bytes, bytes]] = []
    place = 8
    while place + 12 <= len(data) and len(chunks) < 200:
        length = int.from_bytes(data[place : place + 4], "big")
        chunks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    if not chunks:
        return data
    at = rng.randrange(len(chunks))
    kind, body = chunks[at]
    how = rng.randrange(8)
    if how == 0:
        del chunks[at]
    elif how == 1:
        chunks.insert(at, rng.choice(chunks))
    elif how == 2:
        chunks.insert(
            min(at, 1), (rng.choice((b"iCCP", b"zTXt", b"eXIf", b"acTL", b"fcTL", b"PLTE", b"tRNS")), body)
        )
    elif how == 3 and kind == b"IDAT":
        raw = zlib.decompressobj().decompress(body, 1 << 20) if body[:1] == b"\x78" else body
        chunks[at] = (kind, zlib.compress(rng.choice(BYTES)(rng, raw)))
    elif how == 4:
        size = struct.pack(">II", *(rng.choice((0, 1, 7, 8, 300, 65535, 10**6, 2**31 - 1)) for _ in range(2)))
        chunks[0] = (chunks[0][0], size + chunks[0][1][8:])
    else:
        chunks[at] = (kind, rng.choice(BYTES)(rng, body) if body else body)
    parts = [len(b).to_bytes(4, "big") + k + b + zlib.crc32(k + b).to_bytes(4, "big") for k, b in chunks]
    return data[:8] + b"".join(parts)


def change_jpeg(rng: Random, data: bytes) -> bytes:
    """Remove, repeat, swap or change a segment of a JPEG."""
    marks = [m.start() for m in re.finditer(rb"\xff[\xc0-\xfe]", data)]
    if len(marks) < 3:
        return data
    i = rng.randrange(len(marks) - 1)
    start, end = marks[i], marks[i + 1]
    how = rng.randrange(4)
    if how == 0:
        return data[:start] + data[end:]
    if how == 1:
        return data[:end] + data[start:end] * rng.choice((1, 2, 100)) + data[end:]
    if how == 2 and end - start > 4:
        at = start + 2 + rng.randrange(end - start - 2)
        return data[:at] + bytes([whole_number(rng) % 256]) + data[at + 1 :]
    return (
        data[: start + 1]
        + bytes([rng.choice((0xC0, 0xC2, 0xC4, 0xDA, 0xDD, 0xE1, 0xD9))])
        + data[start + 2 :]
    )


def in_tail(mark: bytes, inner: Callable[[Random, bytes], bytes]) -> Mutator:
    """Return what changes only what comes after the last `mark`, as the runs behind a header."""

    def change_tail(rng: Random, data: bytes) -> bytes:
        at = data.rfind(mark)
        return data if at < 0 else data[: at + len(mark)] + inner(rng, data[at + len(mark) :])

    return change_tail


def in_head(mark: bytes, *inner: Mutator) -> Mutator:
    """Return what changes only what comes before the first `mark`, as the header of a PLY."""

    def change_head(rng: Random, data: bytes) -> bytes:
        at = data.find(mark)
        at = position(rng, len(data)) if at < 0 else at
        return rng.choice(inner)(rng, data[:at]) + data[at:]

    return change_head
