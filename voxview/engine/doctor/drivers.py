"""NVIDIA's drivers and cards, the CUDA that each can run, and which PyTorch and CuPy belong together.

Uses the standard library only: packaging/choose_gpu.py runs it before anything is installed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Version = tuple[int, int]
"""Major and minor, such as (12, 8); of a card its compute capability."""

OLDEST_DRIVER: Mapping[int, int] = {12: 525, 13: 580}
"""The first branch of the driver that runs what is built for any CUDA of a major version."""

OLDEST_CARD: Mapping[int, Version] = {12: (7, 0), 13: (7, 5)}
"""The least compute capability with kernels in PyTorch as PyPI has it, by the CUDA that it is built for."""

TORCH: Mapping[int, str] = {12: "torch<2.11", 13: "torch>=2.11"}
"""PyTorch as PyPI has it: 2.10 is the last that is built for CUDA 12."""

CUPY: Mapping[int, str] = {12: "cupy-cuda12x", 13: "cupy-cuda13x"}

QUERY = ("nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader")
"""What prints a line of `cards_in` for each card; drivers before 510 do not know compute_cap."""

_CUDA_OF_BRANCH = {
    **{390: (9, 1), 418: (10, 1), 450: (11, 0), 460: (11, 2), 470: (11, 4), 495: (11, 5), 510: (11, 6)},
    **{515: (11, 7), 520: (11, 8), 525: (12, 0), 530: (12, 1), 535: (12, 2), 545: (12, 3), 550: (12, 4)},
    **{555: (12, 5), 560: (12, 6), 565: (12, 7), 570: (12, 8), 575: (12, 9), 580: (13, 0), 590: (13, 1)},
}


@dataclass(frozen=True)
class Driver:
    """A driver that runs, and the newest CUDA that it runs."""

    version: str
    cuda: Version

    @property
    def text(self) -> str:
        """The driver as it is called in sentences."""
        return f"{self.version} (CUDA {dotted(self.cuda)})"


@dataclass(frozen=True)
class Card:
    """A GPU, and its compute capability if the driver says it."""

    name: str
    capability: Version | None = None

    @property
    def text(self) -> str:
        """The card as it is called in sentences."""
        if self.capability is None:
            return self.name
        return f"{self.name} (compute capability {dotted(self.capability)})"


@dataclass(frozen=True)
class Choice:
    """The CUDA whose PyTorch and CuPy a machine can use: 12, 13 or None, and why, in a sentence."""

    cuda: int | None
    reason: str


def dotted(version: Version) -> str:
    """Return (12, 8) as 12.8."""
    return f"{version[0]}.{version[1]}"


def driver_in(output: str) -> Driver | None:
    """Return the driver that `nvidia-smi` prints in its first lines; None where it prints none.

    Drivers from 610 on call the versions KMD Version and CUDA UMD Version.
    """
    version = re.search(r"(?:Driver|KMD) Version\s*:\s*(\d+(?:\.\d+)+)", output)
    if version is None:
        return None
    cuda = re.search(r"CUDA (?:UMD )?Version\s*:\s*(\d+)\.(\d+)", output)
    return Driver(version[1], (int(cuda[1]), int(cuda[2])) if cuda else cuda_of(version[1]))


def cuda_of(driver: str) -> Version:
    """Return the newest CUDA that a driver runs, by its branch: that of the last known one before it."""
    branch = int(driver.split(".")[0])
    return max((cuda for first, cuda in _CUDA_OF_BRANCH.items() if first <= branch), default=(8, 0))


def cards_in(output: str) -> tuple[Card, ...]:
    """Return the cards that the command `QUERY` prints; none where the driver does not know the question."""
    found = re.findall(r"^(.+?),\s*(?:(\d+)\.(\d+)|\[.*\])\s*$", output, re.MULTILINE)
    return tuple(
        Card(name.strip(), (int(major), int(minor)) if major else None) for name, major, minor in found
    )


def choose(output: str, cards: Sequence[Card]) -> Choice:
    """Return the CUDA to install PyTorch and CuPy for, from what `nvidia-smi` and `QUERY` print."""
    driver = driver_in(output)
    if driver is None:
        first = output.strip().splitlines()[0].strip() if output.strip() else "nvidia-smi prints nothing"
        return Choice(None, f"no GPU can be used, as the NVIDIA driver does not answer ({first})")
    if driver.cuda[0] < min(OLDEST_DRIVER):
        return Choice(
            None,
            f"the NVIDIA driver {driver.text} is too old for any PyTorch that VoxView runs with, so the CPU "
            f"does all: update it to {OLDEST_DRIVER[13]} or newer, or at least to {OLDEST_DRIVER[12]}, and "
            "set up again",
        )
    best = max(
        (card for card in cards if card.capability), key=lambda card: card.capability or (0, 0), default=None
    )
    capability = best.capability if best and best.capability else OLDEST_CARD[13]
    name = best.text if best else "the card"
    if capability < OLDEST_CARD[12]:
        return Choice(None, f"{name} is too old: PyTorch has no kernels for it, so the CPU does all")
    if driver.cuda[0] < 13:
        return Choice(
            12,
            f"the NVIDIA driver {driver.text} is too old for the newest PyTorch, which needs "
            f"{OLDEST_DRIVER[13]} or newer: PyTorch 2.10 and CuPy for CUDA 12 are taken",
        )
    if capability < OLDEST_CARD[13]:
        return Choice(
            12, f"the newest PyTorch has no kernels for {name}: PyTorch 2.10 and CuPy for CUDA 12 are taken"
        )
    return Choice(13, f"{name} with driver {driver.text}: PyTorch and CuPy for CUDA 13 are taken")


def install(cuda: int, *, only_cupy: bool = False) -> str:
    """Return the command that installs PyTorch and CuPy, or CuPy alone, for a major version of CUDA."""
    packages = [] if only_cupy else [f"'{TORCH[cuda]}'"]
    return " ".join(["pip install", *packages, f"'{CUPY[cuda]}[ctk]'"])
