"""Small pictures of the window, one colour a block, and what differs from those that are kept.

A block is as large on any screen, so a screen of 1.5× is compared with the same pictures. Other fonts,
hinting and renderers move edges by pixels and change letters: a block may have any colour that is found
around its place. A panel that is missing, cut, black or in other colours has some that are nowhere near.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from scipy.ndimage import label, maximum_filter, minimum_filter

Blocks = NDArray[np.uint8]
"""Mean colours, `(rows, columns, 3)`."""

KEPT = Path(__file__).parent / "screenshots"
BLOCK = 12
"""Qt's pixels along an edge."""
_LEVELS = 4
"""Kept colours are multiples of it: files of a third less."""
TOLERANCE = 8
"""Of 255, in each channel."""
MOST = 0.012
"""The share of blocks that may be others. Letters without hinting, without smooth edges or 3 % larger change
0.005 of them at most; a status bar that is missing 0.02, any other panel more (measured)."""
PATCH = 2
"""Blocks beside each other that may be others in a dialog: other hinting changes 1 (measured), a push button
that is missing 4 or more."""
FAMILY = "DejaVu Sans"
"""The letters of the kept pictures: what Debian and Ubuntu have where nothing else is chosen."""


def blocks_of(widget: QWidget) -> Blocks:
    """Return the mean colour of each whole block of what a widget shows now."""
    image = widget.grab().toImage()
    columns, rows = widget.width() // BLOCK, widget.height() // BLOCK
    edge = BLOCK * image.devicePixelRatioF()
    image = image.copy(0, 0, round(columns * edge), round(rows * edge))
    image = image.scaled(
        columns,
        rows,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    ).convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(rows, image.bytesPerLine())
    means = lines[:, : 3 * columns].reshape(rows, columns, 3).astype(np.float32)
    return (np.rint(means / _LEVELS) * _LEVELS).clip(0, 255).astype(np.uint8)


def share_of_others(seen: Blocks, kept: Blocks) -> float:
    """Return the share of blocks whose colour is not found around their place, in one or the other."""
    if seen.shape != kept.shape:
        return 1.0
    return float((_is_strange(seen, kept) | _is_strange(kept, seen)).mean())


def largest_patch(seen: Blocks, kept: Blocks) -> int:
    """Return the most blocks beside each other whose colour is not found around their place."""
    if seen.shape != kept.shape:
        return int(np.prod(seen.shape[:2]))
    patches, _ = label(_is_strange(seen, kept) | _is_strange(kept, seen), np.ones((3, 3)))
    return int(np.bincount(patches.ravel())[1:].max(initial=0))


def _is_strange(these: Blocks, those: Blocks) -> NDArray[np.bool_]:
    """Return which blocks have a colour outside of what the others have at the place and beside it."""
    around = (3, 3, 1)
    low = minimum_filter(those, around).astype(int) - TOLERANCE
    high = maximum_filter(those, around).astype(int) + TOLERANCE
    return np.asarray(((these < low) | (these > high)).any(axis=2))


def differences(name: str, seen: Mapping[str, Blocks]) -> dict[str, float]:
    """Return which pictures are not as they were kept in a file, with the share of other blocks.

    They are of one size, one below the other. With `VOXVIEW_KEEP_SCREENSHOTS=1` what is seen is kept.
    """
    kept = _kept(name, seen)
    shares = {state: share_of_others(blocks, kept[state]) for state, blocks in seen.items()}
    return {f"{name} {state}": round(share, 3) for state, share in shares.items() if share > MOST}


def patches(name: str, seen: Mapping[str, Blocks]) -> dict[str, int]:
    """Return which pictures, of any sizes, are not as they were kept, and the blocks of the largest patch."""
    high, wide = np.max([blocks.shape[:2] for blocks in seen.values()], axis=0)
    room = {
        state: np.pad(blocks, ((0, high - blocks.shape[0]), (0, wide - blocks.shape[1]), (0, 0)))
        for state, blocks in seen.items()
    }
    kept = _kept(name, room)
    found = {state: largest_patch(blocks, kept[state]) for state, blocks in room.items()}
    return {f"{name} {state}": patch for state, patch in found.items() if patch > PATCH}


def _kept(name: str, seen: Mapping[str, Blocks]) -> dict[str, Blocks]:
    """Return the pictures that are kept in a file, by the states of those that are seen."""
    file = KEPT / f"{name}.png"
    if os.environ.get("VOXVIEW_KEEP_SCREENSHOTS"):
        KEPT.mkdir(exist_ok=True)
        Image.fromarray(np.concatenate(list(seen.values()))).save(file, optimize=True)
    with Image.open(file) as image:
        return dict(zip(seen, np.split(np.array(image.convert("RGB")), len(seen)), strict=True))
