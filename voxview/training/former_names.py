"""Names that older versions gave to fields of `TrainConfig`, the ones they have now, and fields they had not.

Configs, checkpoints, logs and command lines of those versions hold the former names. Every reader goes
through here, and nothing writes them any more.
"""

from __future__ import annotations

from collections.abc import Mapping

FORMER_FIELDS: Mapping[str, str] = {"mending": "connectivity", "stay": "interpolate_start"}
"""Former field of `TrainConfig` → its name now. The options were `--mending` and `--stay`."""


FORMER_DEFAULTS: Mapping[str, float | str] = {
    "optimiser": "adamw",
    "symmetry": 0.0,
    "evenness": 0.0,
    "density": 0.0,
    "latent_critic": 0.0,
    "validation": 0.0,
}
"""Fields that older versions had not, and their values in a run that one of them began."""

FORMER_PICTURE_DEFAULTS: Mapping[str, str] = {"encoder": "alexnet"}
"""The same of `PictureConfig`: there was no other network."""


def current_field(name: str) -> str:
    """Return the name that a field of `TrainConfig` has now; one that was never renamed is returned as is."""
    return FORMER_FIELDS.get(name, name)


def current_column(name: str) -> str:
    """Return the name that a column of `OUT.log.csv` has now: `loss: F` is named after the field F."""
    prefix, separator, field = name.partition(": ")
    return f"loss: {current_field(field)}" if prefix == "loss" and separator else name
