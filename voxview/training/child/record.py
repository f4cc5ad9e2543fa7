"""`OUT.run.json`: what a run that the window started is made with, and which process it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from voxview.shapes.io.atomic import write_atomically

_MOST_BYTES = 100_000


@dataclass(frozen=True)
class RunRecord:
    """A run and its processes; by it a later window finds the run."""

    options: Mapping[str, str | int | float | bool]
    """Options of `voxview train`, by the names of the config's fields."""
    data: str = ""
    """The folder of real chairs; empty: procedural ones alone."""
    pid: int = 0
    mark: str = ""
    """When the process began, see `processes.start_mark`."""
    window_pid: int = 0
    """The window that started it, which stops it when it is closed."""
    window_mark: str = ""

    def write(self, path: Path) -> None:
        """Write it; raises `VoxViewError` where that cannot be."""
        with write_atomically(path) as temporary:
            temporary.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def read_record(path: Path) -> RunRecord | None:
    """Return the record of a file; None where it is missing, damaged or of another kind."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    kinds = {"options": dict, "data": str, "pid": int, "mark": str, "window_pid": int, "window_mark": str}
    if not isinstance(found, dict) or not all(isinstance(found.get(name), kinds[name]) for name in kinds):
        return None
    if not all(isinstance(value, str | int | float) for value in found["options"].values()):
        return None
    return RunRecord(**{field.name: found[field.name] for field in fields(RunRecord)})
