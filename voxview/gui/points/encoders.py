"""Which points weights a person can choose from. Free of torch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from voxview.gui.points.texts import TITLES
from voxview.model.points_card import POINTS_WEIGHTS
from voxview.model.shipped_encoders import is_installed


class Choice(NamedTuple):
    """Points weights to read with."""

    title: str
    weights: str | None
    """A shipped name or a file; None: the shipped default, whether it is installed or not."""


def choices() -> list[Choice]:
    """Return the weights that the environment names, and those that are installed; at least one."""
    named = os.environ.get("VOXVIEW_POINTS_WEIGHTS") or None
    found = [Choice(TITLES.get(named, Path(named).name), named)] if named else []
    installed = [name for name in POINTS_WEIGHTS if name != named and is_installed(name)]
    found += [Choice(TITLES[name], name) for name in installed]
    return found or [Choice("", None)]
