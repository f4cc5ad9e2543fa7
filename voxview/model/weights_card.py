"""The shipped weights by name, and the card of a weights file: its header, read without torch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voxview.errors import InputError
from voxview.model.weights_header import read_header
from voxview.printable import printable
from voxview.resources import asset

SHIPPED: Mapping[str, str] = {
    "chairs": "real and procedural chairs; ShapeNet's terms: research and education",
    "chairs-free": "procedural chairs only; as free as the code",
    "study": "the 2018 study's network, to compare with; ShapeNet's terms",
}
"""The weights that come with the program: name → description and terms of use."""

DEFAULT_WEIGHTS = "chairs"
"""Name of the weights that are used unless others are chosen."""

_PICTURE = "picture"
"""Name of the picture encoder's shipped weights, see `picture_card`: no autoencoder's."""

_SHOWN_NOTES = {
    "real training chairs": "real chairs trained on",
    "procedural training chairs": "procedural chairs trained on",
    "held-out IoU, validation split": "IoU, real chairs of the validation split",
    "held-out IoU, real": "IoU, real chairs held out",
    "held-out IoU, sample catalog": "IoU, sample chairs",
    "terms": "terms",
}
"""Header entries that matter for choosing weights → their labels."""


@dataclass(frozen=True)
class WeightsCard:
    """The model card of one set of weights, from its file's header."""

    choice: str
    """The argument that loads these weights: a name in `SHIPPED`, or the file's path."""
    architecture: str = ""
    notes: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The header's other entries: name, training data, seed, figures."""

    @property
    def title(self) -> str:
        """Short name: the shipped weights' own, else the file's stem."""
        return self.choice if self.choice in SHIPPED else printable(Path(self.choice).stem)

    @property
    def line(self) -> str:
        """One-line description with the terms of use."""
        if self.choice in SHIPPED:
            return SHIPPED[self.choice]
        return f"your own file; its terms: {self.notes.get('terms', 'not stated in it')}"

    def text(self) -> str:
        """Return the description for choosing weights: a line each for title, path, network and figures."""
        shown = [f"{words}: {self.notes[key]}" for key, words in _SHOWN_NOTES.items() if key in self.notes]
        where = [] if self.choice in SHIPPED else [printable(self.choice)]
        return "\n".join([f"{self.title}: {self.line}", *where, f"network: {self.architecture}", *shown])


def find_weights(name_or_path: str | Path | None) -> Path:
    """Return the path of weights: of a name in `SHIPPED`, of a file, or of the default weights for None.

    Raises `InputError` if a file cannot be opened.
    """
    if name_or_path is None:
        name_or_path = DEFAULT_WEIGHTS
    if not isinstance(name_or_path, str | os.PathLike):
        raise InputError(f"weights are a name or a path, but a {type(name_or_path).__name__} came")
    if str(name_or_path) in SHIPPED:
        return asset("weights", f"{name_or_path}.safetensors")
    path = Path(name_or_path)
    if str(name_or_path) == _PICTURE and not path.exists():
        raise InputError(
            "the weights 'picture' read pictures and are no autoencoder's: '--picture-weights' takes them; "
            f"weights are {', '.join(SHIPPED)} or a .safetensors file"
        )
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise InputError(f"{path} is no regular file: weights are in a .safetensors file")
        with path.open("rb"):
            return path
    except InputError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        names = ", ".join(SHIPPED)
        raise InputError(
            f"no weights at {path} ({reason}): give a .safetensors file or one of the names {names}"
        ) from error


def is_installed(name: str) -> bool:
    """Return True if the file of shipped weights is installed."""
    return find_weights(name).is_file()


def read_card(name_or_path: str | Path | None) -> WeightsCard:
    """Read the card of a weights file; no tensor is read. Raises `InputError` for another kind of file."""
    path = find_weights(name_or_path)
    try:
        header = read_header(path)["__metadata__"]
        notes = {printable(str(key)): printable(str(value)) for key, value in header.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} is no complete .safetensors file of VoxView: train or fetch it again"
        ) from error
    choice = DEFAULT_WEIGHTS if name_or_path is None else str(name_or_path)
    return WeightsCard(choice, notes.pop("architecture", ""), notes)
