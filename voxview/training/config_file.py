"""A training config as a TOML file: read with names checked, written with a comment per value."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path

from voxview.errors import InputError
from voxview.shapes.io.atomic import write_atomically
from voxview.training.config import explanations
from voxview.training.configs import AUTOENCODER, Config, config_class, network_of
from voxview.training.former_names import current_field

_TYPE_NAMES = {str: "text in quotes", int: "whole number", float: "number", bool: "true or false"}


NETWORK = "network"
"""Key that says which network a config is of, where it is no autoencoder's."""


def read_config(path: Path, network: str = AUTOENCODER) -> dict[str, object]:
    """Return the fields of a network's config that a file sets; `InputError` names a wrong key or value."""
    values = {key: value for key, value in _read_values(path).items() if key != NETWORK}
    return checked_fields(values, str(path), network)


def read_network(path: Path) -> str:
    """Return which network a config's file is of."""
    return str(_read_values(path).get(NETWORK, AUTOENCODER))


def _read_values(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except RecursionError as error:
        raise InputError(f"{path} is nested too deeply: one line per option, such as steps = 200") from error
    except ValueError as error:  # UnicodeDecodeError and TOMLDecodeError are both
        raise InputError(
            f"{path} is no TOML file ({error}): one line per option, such as steps = 200"
        ) from error


def _shown(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of many digits"  # Python writes none of more than 4,300
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def checked_fields(
    values: Mapping[str, object], source: str, network: str = AUTOENCODER
) -> dict[str, object]:
    """Return `values` by the fields' present names, with the types that the network's config has.

    Names of older versions are read as the fields they became. Raises `InputError`, which names `source`,
    for a name that is no option, for one that is given twice and for a value of another type.
    """
    defaults = asdict(config_class(network)())
    fitting: dict[str, object] = {}
    for key, value in values.items():
        name = current_field(key.replace("-", "_"))
        if name not in defaults:
            raise InputError(
                f"{source} sets '{key[:60]}', which is no option: 'voxview train --help' lists them"
            )
        if name in fitting:
            raise InputError(f"{source} sets {name} twice, once as '{key}': leave one of them out")
        wanted = type(defaults[name])
        if wanted is float and type(value) is int:
            if abs(value) > sys.float_info.max:
                raise InputError(f"{source} sets {key} to {_shown(value)}, which is too large")
            value = float(value)
        if type(value) is not wanted:
            raise InputError(f"{source} sets {key} to {_shown(value)}, but it is a {_TYPE_NAMES[wanted]}")
        fitting[name] = value
    return fitting


def write_config(path: Path, config: Config) -> None:
    """Write every value with its description, for `voxview train --config`."""
    comments = explanations(type(config))
    lines = [
        "# Repeat this run: voxview train --config THIS --out OUT, with the same --data if there was one."
    ]
    if network_of(config) != AUTOENCODER:
        lines.append(f"{NETWORK} = {json.dumps(network_of(config))}")
    for field in fields(config):
        value = json.dumps(getattr(config, field.name))  # of these types, JSON's values are TOML's
        comment = f"  # {comments[field.name]}" if field.name in comments else ""
        lines.append(f"{field.name} = {value}{comment}")
    with write_atomically(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
