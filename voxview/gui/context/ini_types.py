r"""Types of values in an ini file, looked at before Qt does.

Qt unpacks a value that begins with `@Variant(` and believes the lengths in it: a few damaged bytes end the
program. The settings here have texts, flags and arrays of bytes alone.
"""

from __future__ import annotations

import re

_JOINED = re.compile(r"\\\r?\n|\\\r")
"""A line that goes on in the next one."""
_LITERAL = re.compile(r'\\[\\"]')
"""A backslash or a quote that stands for itself."""
_QUOTED = re.compile(r'"([^"]*)"')
_HEXADECIMAL = re.compile(r"\\x([0-9a-fA-F]{1,4000})")
_OCTAL = re.compile(r"\\([0-7]{1,4000})")
_OTHER = r"\s*@(?!@|ByteArray\(|Invalid\(\)|String\()"
"""A type that is not among those that are written here; @@ is a text that begins with @."""
_FIRST = re.compile(f"^[^=]*={_OTHER}|,{_OTHER}")
_ANYWHERE = re.compile(f"[=,]{_OTHER}")


def has_foreign_types(content: bytes) -> bool:
    r"""Return whether a value of an ini file is of another type than the settings have.

    Escapes are resolved as Qt does (`\x40` is @). Where quotes are left open, what only looks like such a
    value counts, too.
    """
    if b"@" not in content and b"\\" not in content:
        return False
    text = _LITERAL.sub("_", content.decode("latin-1"))
    lines = re.split(r"[\r\n]+", _JOINED.sub("", text))
    plain = [_QUOTED.sub(lambda found: re.sub("[=,]", "_", found[1]), line) for line in lines]
    if any('"' in line for line in plain):
        return any(_ANYWHERE.search(_unescaped(line.replace('"', ""))) for line in lines)
    return any(_FIRST.search(_unescaped(line)) for line in plain)


def _unescaped(line: str) -> str:
    line = _HEXADECIMAL.sub(lambda found: chr(int(found[1], 16) & 0xFFFF), line)
    return _OCTAL.sub(lambda found: chr(int(found[1], 8) & 0xFFFF), line)
