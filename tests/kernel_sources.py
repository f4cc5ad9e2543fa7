"""The CUDA sources as text: their entry points, and what their headers say of them.

A header names each entry point and says how to launch it:

    // name, other_name   what they do
    //   Grid   (blocks along x, y, z): which block does what
    //   Block  (threads along x, y, z)
    //   parameter   type   what it is
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from voxview.resources import kernel_source, kernel_sources

SOURCES = kernel_sources()

ARCHITECTURES = (75, 86, 90, 100, 120)
"""Compute capabilities that are compiled for: Turing, the oldest that PyTorch for CUDA 13 supports, Ampere,
Hopper, and Blackwell in data centres and in desktops."""

_TYPES = "float|int|long long|unsigned char|signed char|unsigned|short|Mark|Count"
_PARAMETER = re.compile(rf"^//\s+(\w+(?:, \w+)*)\s{{2,}}({_TYPES})((?:\[[^\]]*\])*)(?:\s{{2,}}|$)")
_NAMES = re.compile(r"^// (\w+(?:, \w+)*)(?:\s{2,}|$)")
_LAUNCH = re.compile(r"^//   (Grid|Block)\s+\((.*)$")
_CONSTANT = re.compile(r"^constexpr (?:int|unsigned) (\w+) = ([^;]+);", re.MULTILINE)
_ENTRY = re.compile(
    r'extern "C" __global__ void\s+(?:__launch_bounds__\(([^)]*)\)\s+)?(\w+)\(([^)]*)\)', re.DOTALL
)


@dataclass(frozen=True)
class EntryPoint:
    """One kernel that Python can launch, as its signature says."""

    source: str
    name: str
    threads: str | None
    """The expression in `__launch_bounds__`, if there is one."""
    parameters: dict[str, str]
    """Types by name, without const and __restrict__: `{"t": "float*", "k": "long long"}`."""


def text_of(source: str) -> str:
    return kernel_source(source).read_text(encoding="ascii")


def entry_points() -> list[EntryPoint]:
    """Return the entry points of all sources."""
    found = []
    for source in SOURCES:
        for threads, name, parameters in _ENTRY.findall(text_of(source)):
            split = [" ".join(one.split()).rpartition(" ") for one in parameters.split(",")]
            types = {
                parameter: kind.removeprefix("const ").removesuffix(" __restrict__")
                for kind, _, parameter in split
            }
            found.append(EntryPoint(source, name, threads or None, types))
    return found


@dataclass(frozen=True)
class Header:
    """What a source's header says."""

    grids: dict[str, str]
    """Of each entry point, the blocks along x, y, z, as an expression."""
    blocks: dict[str, str]
    """Of each entry point, the threads along x, y, z; or "any", perhaps with a condition."""
    parameters: dict[str, set[str]]
    """Types by name: `{"t": {"float*"}, "k": {"long long"}}`."""


def header_of(source: str) -> Header:
    """Read the comment above the code; names that are no entry point's are left out."""
    ours = {entry.name for entry in entry_points() if entry.source == source}
    found = Header({}, {}, {})
    names: list[str] = []
    is_complete = False  # the names have a block, so that other names begin anew
    for line in text_of(source).splitlines():
        if not line.startswith("//"):
            break
        if launch := _LAUNCH.match(line):
            kind, rest = launch.groups()
            told = found.grids if kind == "Grid" else found.blocks
            told.update(dict.fromkeys(names, _up_to_its_end(rest)))
            is_complete = kind == "Block"
        elif parameters := _PARAMETER.match(line):
            listed, kind, dimensions = parameters.groups()
            for name in listed.split(", "):
                found.parameters.setdefault(name, set()).add(kind + "*" * bool(dimensions))
        elif (named := _NAMES.match(line)) and set(named[1].split(", ")) <= ours:
            names = ([] if is_complete else names) + named[1].split(", ")
            is_complete = False
    return found


def _up_to_its_end(text: str) -> str:
    """Return the text up to the parenthesis that closes what is open before it."""
    depth = 1
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth:
            return text[:at]
    raise ValueError(f"no end of ({text}")


def constants_of(source: str) -> dict[str, int]:
    """Return the whole numbers that a source and its headers define at the top level."""
    text = text_of(source)
    for included in re.findall(r'#include "(\w+\.cuh)"', text):
        text = text_of(included) + text
    found: dict[str, int] = {}
    for name, value in _CONSTANT.findall(text):
        found[name] = evaluated(value.removesuffix("u"), found)
    return found


def evaluated(expression: str, names: dict[str, int]) -> int:
    """Return the value of an expression as headers have it, with `^` for powers and `ceil`."""
    value = eval(expression.replace("^", "**"), {"__builtins__": {}, "ceil": math.ceil}, names)
    if value != int(value):
        raise ValueError(f"{expression} is {value}, which is no whole number")
    return int(value)
