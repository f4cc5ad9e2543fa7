"""Records of `voxview bench --parallel` as they are read: checked field by field, against the dataclasses."""

from __future__ import annotations

import json
import math
import os
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from voxview.errors import InputError
from voxview.resources import asset
from voxview.training.parallel_bench.record import FORMAT, ParallelBenchmark

LARGEST_FILE = 16 * 2**20
"""Bytes: a record of eight processes has some hundred thousand."""
_REMEDY = "make one with 'torchrun -m voxview bench --parallel --json FILE'"


class _MalformedError(Exception):
    """What is wrong, and where."""


def recorded_parallel_benchmarks() -> tuple[ParallelBenchmark, ...]:
    """Return the runs that come with VoxView, newest first; those over a link that was slowed come last."""
    runs = [read_parallel_benchmark(path) for path in sorted(asset("benchmarks").glob("parallel-*.json"))]
    runs.sort(key=lambda run: (run.machine.date, run.processes), reverse=True)
    return tuple(sorted(runs, key=lambda run: run.has_slower_link))


def read_parallel_benchmark(path: str | os.PathLike[str]) -> ParallelBenchmark:
    """Read what `write_parallel_benchmark` wrote as .json; `InputError` in one line for anything else."""
    file = Path(path)
    try:
        if file.exists() and not file.is_file():
            raise InputError(f"cannot read {file}: it is not a regular file")
        if file.stat().st_size > LARGEST_FILE:
            raise InputError(f"{file} is no record of parallel training (too large): {_REMEDY}")
        return from_json(file.read_bytes().decode("utf-8"), str(file))
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is no record of parallel training (no text): {_REMEDY}") from error


def from_json(text: str, name: str) -> ParallelBenchmark:
    """Return the run in `text`; `InputError`, calling it `name`, for what `to_json` cannot have made."""
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise _MalformedError(f"its format is not {FORMAT}")
        data = {key: value for key, value in data.items() if key != "format"}
        run: ParallelBenchmark = _made(ParallelBenchmark, data, "the file")
    except (RecursionError, ValueError, OverflowError) as error:
        raise InputError(f"{name} is no record of parallel training (no JSON): {_REMEDY}") from error
    except _MalformedError as error:
        raise InputError(f"{name} is no record of parallel training ({error}): {_REMEDY}") from error
    return run


def _value(kind: Any, value: object, where: str) -> Any:
    """Return a value of this type: a dataclass, a tuple, a dictionary, or a plain value."""
    if is_dataclass(kind):
        return _made(kind, value, where)
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise _MalformedError(f"{where} is no list")
        return tuple(_value(inner[0], one, f"{where}, number {i}") for i, one in enumerate(value, 1))
    if get_origin(kind) is dict:
        if not isinstance(value, dict):
            raise _MalformedError(f"{where} is no object")
        return {key: _value(inner[1], one, f"{key[:40]!r} in {where}") for key, one in value.items()}
    if NoneType in inner:
        return None if value is None else _value(inner[0], value, where)
    return _plain(kind, value, where)


def _plain(kind: type, value: object, where: str) -> Any:
    """Return a text, a truth, or a number that is finite and not below 0."""
    if kind in (str, bool):
        if type(value) is not kind:
            raise _MalformedError(f"{where} is no {'text' if kind is str else 'truth value'}")
        return value
    if type(value) is not int and not (kind is float and type(value) is float):
        raise _MalformedError(f"{where} is no {'number' if kind is float else 'whole number'}")
    if not (math.isfinite(value) and 0 <= value < 2**63):
        raise _MalformedError(f"{where} is {value}")
    return kind(value)


@cache
def _types(kind: Any) -> dict[str, Any]:
    """Return the types of a dataclass's fields. A record has a thousand parts, but few kinds of them."""
    return get_type_hints(kind)


def _made(kind: Any, value: object, where: str) -> Any:
    """Return a dataclass of its fields; those that have defaults may be missing, as in older records."""
    if not isinstance(value, dict):
        raise _MalformedError(f"{where} is no object")
    hints, known = _types(kind), {field.name: field for field in fields(kind)}
    if unknown := [name for name in value if name not in known]:
        raise _MalformedError(f"{where} has an unknown field {unknown[0][:40]!r}")
    for name, field in known.items():
        if name not in value and field.default is MISSING and field.default_factory is MISSING:
            raise _MalformedError(f"{where} has no {name}")
    return kind(**{name: _value(hints[name], one, f"{name} of {where}") for name, one in value.items()})
