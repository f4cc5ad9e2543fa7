"""A benchmark as JSON and back; what comes from a file is checked field by field."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, get_args

from voxview.engine.machine import Machine
from voxview.errors import InputError
from voxview.experiment.gpu_state import GpuState
from voxview.experiment.results import Axis, Benchmark, Measurement, Part, WeightsFile

FORMAT = "voxview-benchmark-1"


def to_json(results: Benchmark) -> str:
    """Return the results as JSON text: the fields of `results.py` by their names, and `format`."""
    return json.dumps({"format": FORMAT, **asdict(results)}, indent=1, allow_nan=False) + "\n"


def from_json(text: str, name: str) -> Benchmark:
    """Return the results in `text`.

    Raises `InputError`, calling the text `name`, for what `to_json` cannot have made.
    """
    try:
        return _benchmark(json.loads(text))
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name} is no recorded benchmark (no JSON at line {error.lineno}): make one with 'voxview bench'"
        ) from error
    except (
        RecursionError,
        ValueError,
        OverflowError,
    ) as error:  # brackets in brackets; a number of thousands of digits
        raise InputError(
            f"{name} is no recorded benchmark (odd JSON): make one with 'voxview bench'"
        ) from error
    except _MalformedError as error:
        raise InputError(
            f"{name} is no recorded benchmark ({error}): make one with 'voxview bench'"
        ) from error


class _MalformedError(Exception):
    """What is wrong, and where."""


Check = Callable[[object, str], Any]
"""Returns a field's value, given what the file holds and where; raises `_MalformedError`."""


def _benchmark(data: object) -> Benchmark:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise _MalformedError(f"its format is not {FORMAT}")
    fields = _fields(
        # Records from before these two were kept are read, too.
        {"weights": None, "gpu_states": []} | {key: value for key, value in data.items() if key != "format"},
        "the file",
        machine=_machine,
        measurements=_tuple_of(_measurement),
        rates=_dict_of(_positive),
        seconds=_number,
        complete=_truth,
        notes=_tuple_of(_text),
        weights=_optional(_weights),
        gpu_states=_tuple_of(_gpu_state),
    )
    return Benchmark(**fields)


def _weights(value: object, where: str) -> WeightsFile:
    return WeightsFile(**_fields(value, where, name=_text, sha256=_text))


def _gpu_state(value: object, where: str) -> GpuState:
    maybe = _optional(_number)
    fields = _fields(
        value, where, when=_text, sm_mhz=maybe, sm_most_mhz=maybe, memory_mhz=maybe, memory_most_mhz=maybe,
        watts=maybe, limit_watts=maybe, celsius=maybe, busy_percent=maybe,
        held_down_by=_optional(_tuple_of(_text)), other_processes=_optional(_whole),
    )  # fmt: skip
    return GpuState(**fields)


def _machine(value: object, where: str) -> Machine:
    maybe = _optional(_text)
    fields = _fields(
        value, where, cpu=_text, cores=_count, threads=_count, gpu=maybe, driver=maybe, system=_text,
        versions=_dict_of(_text), commit=maybe, date=_text,
    )  # fmt: skip
    return Machine(**fields)


def _measurement(value: object, where: str) -> Measurement:
    fields = _fields(
        value, where, axis=_one_of(get_args(Axis)), size=_count, subject=_text, part=_one_of(get_args(Part)),
        median=_positive, p95=_positive, runs=_count, bytes_written=_optional(_count),
        deviation=_optional(_number), note=_text, same_bits=_optional(_truth),
    )  # fmt: skip
    return Measurement(**fields)


def _fields(value: object, where: str, **checks: Check) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _MalformedError(f"{where} is no object")
    if missing := [name for name in checks if name not in value]:
        raise _MalformedError(f"{where} has no {missing[0]}")
    if unknown := [name for name in value if name not in checks]:
        raise _MalformedError(f"{where} has an unknown field {unknown[0][:40]!r}")
    return {name: check(value[name], f"{name} of {where}") for name, check in checks.items()}


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _MalformedError(f"{where} is no text")
    return value


def _number(value: object, where: str) -> float:
    """Return a number that is finite and not below 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _MalformedError(f"{where} is no number")
    if not (math.isfinite(value) and 0 <= value < 1e300):
        raise _MalformedError(f"{where} is {value}")
    return float(value)


def _positive(value: object, where: str) -> float:
    if _number(value, where) == 0:
        raise _MalformedError(f"{where} is 0")
    return _number(value, where)


def _count(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise _MalformedError(f"{where} is no number of things")
    return value


def _whole(value: object, where: str) -> int:
    return 0 if value == 0 and not isinstance(value, bool) else int(_count(value, where))


def _truth(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _MalformedError(f"{where} is neither true nor false")
    return value


def _optional(check: Check) -> Check:
    return lambda value, where: None if value is None else check(value, where)


def _one_of(words: tuple[str, ...]) -> Check:
    def check(value: object, where: str) -> str:
        if value not in words:
            raise _MalformedError(f"{where} is none of {', '.join(words)}")
        return str(value)

    return check


def _tuple_of(check: Check) -> Check:
    def check_all(values: object, where: str) -> tuple[Any, ...]:
        if not isinstance(values, list):
            raise _MalformedError(f"{where} is no list")
        return tuple(check(value, f"{where}, number {i + 1}") for i, value in enumerate(values))

    return check_all


def _dict_of(check: Check) -> Check:
    def check_all(values: object, where: str) -> dict[str, Any]:
        if not isinstance(values, dict):
            raise _MalformedError(f"{where} is no object")
        return {key: check(value, f"{key[:40]!r} in {where}") for key, value in values.items()}

    return check_all
