"""The weights that come with the program, and what a weights file says of itself. Does without torch."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voxview.errors import InputError
from voxview.resources import asset

SHIPPED: Mapping[str, str] = {
    "chairs": "real and procedural chairs; ShapeNet's terms: research and education",
    "chairs-free": "procedural chairs only; as free as the code",
    "study": "the 2018 study's network, to compare with; ShapeNet's terms",
}
"""The weights that come with the program, by name, and what they are."""

DEFAULT_WEIGHTS = "chairs"

_LONGEST_HEADER = 16_000_000
"""Bytes; a header of ours has some kilobytes."""
_TOLD = {
    "real training chairs": "real chairs trained on",
    "procedural training chairs": "procedural chairs trained on",
    "held-out IoU, real": "IoU, real chairs held out",
    "held-out IoU, sample catalog": "IoU, sample chairs",
    "terms": "terms",
}
"""Of a header's notes, those that a person chooses by, and how they are called."""


@dataclass(frozen=True)
class WeightsCard:
    """What one set of weights is, in words."""

    choice: str
    """The name in `SHIPPED`, or the file's path: what loads these weights again."""
    architecture: str = ""
    notes: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The header's other entries: name, training data, seed, figures."""

    @property
    def title(self) -> str:
        """A short name: a shipped one's own, else the file's."""
        return self.choice if self.choice in SHIPPED else Path(self.choice).stem

    @property
    def line(self) -> str:
        """What they are, and under which terms they may be used."""
        if self.choice in SHIPPED:
            return SHIPPED[self.choice]
        return f"your own file; its terms: {self.notes.get('terms', 'not stated in it')}"

    def text(self) -> str:
        """All that a person chooses by, a line each."""
        told = [f"{words}: {self.notes[key]}" for key, words in _TOLD.items() if key in self.notes]
        where = [] if self.choice in SHIPPED else [self.choice]
        return "\n".join([f"{self.title}: {self.line}", *where, f"network: {self.architecture}", *told])


def find_weights(name_or_path: str | Path | None) -> Path:
    """The file behind a name in `SHIPPED`, a path, or None for the default weights."""
    if name_or_path is None:
        name_or_path = DEFAULT_WEIGHTS
    if not isinstance(name_or_path, str | os.PathLike):
        raise InputError(f"weights are a name or a path, but a {type(name_or_path).__name__} came")
    if str(name_or_path) in SHIPPED:
        return asset("weights", f"{name_or_path}.safetensors")
    path = Path(name_or_path)
    try:
        with path.open("rb"):
            return path
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        names = ", ".join(SHIPPED)
        raise InputError(
            f"no weights at {path} ({reason}): give a .safetensors file or one of the names {names}"
        ) from error


def is_installed(name: str) -> bool:
    """Whether a shipped file is there."""
    return find_weights(name).is_file()


def read_card(name_or_path: str | Path | None) -> WeightsCard:
    """What a file's header says; no tensor is read. `InputError` for a file without such a header.

    A `.safetensors` file begins with its header's length, 8 bytes, little-endian, and the header in JSON.
    """
    path = find_weights(name_or_path)
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, _LONGEST_HEADER)))["__metadata__"]
        notes = {str(key): str(value) for key, value in header.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} is no complete .safetensors file of VoxView: train or fetch it again"
        ) from error
    choice = DEFAULT_WEIGHTS if name_or_path is None else str(name_or_path)
    return WeightsCard(choice, notes.pop("architecture", ""), notes)
