"""The CUDA sources as text: their entry points, and what their headers say of them.

A header names each entry point and says how to launch it:

    // name, other_name   what they do
    //   Grid   (blocks along x, y, z): which block does what
    //   Block  (threads along x, y, z)
    //   parameter   type   what it is
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from voxview.resources import kernels_folder

SOURCES = tuple(sorted(path.name for path in kernels_folder().glob("*.cu")))

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
    """Types by name, without const: `{"t": "float*", "k": "long long"}`."""


def text_of(source: str) -> str:
    return (kernels_folder() / source).read_text(encoding="ascii")


def entry_points() -> list[EntryPoint]:
    """Return the entry points of all sources."""
    found = []
    for source in SOURCES:
        for threads, name, parameters in _ENTRY.findall(text_of(source)):
            split = [" ".join(one.split()).rpartition(" ") for one in parameters.split(",")]
            types = {parameter: kind.removeprefix("const ") for kind, _, parameter in split}
            found.append(EntryPoint(source, name, threads or None, types))
    return found
