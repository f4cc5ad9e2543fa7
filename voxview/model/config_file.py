"""A training config as a TOML file: read with names checked, written with a comment per value."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path

from voxview.errors import InputError
from voxview.model.config import TrainConfig, explanations
from voxview.shapes.atomic import write_atomically


def read_config(path: Path) -> dict[str, object]:
    """The fields of `TrainConfig` that the file sets; `InputError` names a key or value that cannot be."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:  # UnicodeDecodeError and TOMLDecodeError are both
        raise InputError(
            f"{path} is no TOML file ({error}): one line per option, such as steps = 200"
        ) from error
    return checked(values, str(path))


def checked(values: Mapping[str, object], source: str) -> dict[str, object]:
    """`values` with the types that `TrainConfig` has; `source` is named when one does not fit."""
    defaults = asdict(TrainConfig())
    fitting: dict[str, object] = {}
    for key, value in values.items():
        name = key.replace("-", "_")
        if name not in defaults:
            raise InputError(f"{source} sets '{key}', which is no option: 'voxview train --help' lists them")
        wanted = type(defaults[name])
        if wanted is float and type(value) is int:
            value = float(value)
        if type(value) is not wanted:
            raise InputError(f"{source} sets {key} to {value!r}, but it is a {_SAID[wanted]}")
        fitting[name] = value
    return fitting


def write_config(path: Path, config: TrainConfig) -> None:
    """Write every value with what it means, for `voxview train --config`."""
    said = explanations()
    lines = [
        "# Repeat this run: voxview train --config THIS --out OUT, with the same --data if there was one."
    ]
    for field in fields(TrainConfig):
        value = json.dumps(getattr(config, field.name))  # of these types, JSON's values are TOML's
        comment = f"  # {said[field.name]}" if field.name in said else ""
        lines.append(f"{field.name} = {value}{comment}")
    with write_atomically(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


_SAID = {str: "text in quotes", int: "whole number", float: "number", bool: "true or false"}
