"""The files that `voxview picture` writes: a file, a folder, or a name with `{name}` in it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from voxview.errors import InputError

_NAME = "{name}"


def picture_targets(pictures: Sequence[Path], out: str | None, formats: str) -> list[list[Path]]:
    """Return the files to write for each picture, none without `out`. Nothing is made yet.

    Raises `InputError` for a name that cannot be written, and for two pictures that would share one.
    """
    if out is None:
        return [[] for _ in pictures]
    from voxview.shapes.io.output import check_output
    from voxview.surface.write import WRITABLE_SUFFIXES

    targets = [_of_one(picture, out, formats, len(pictures)) for picture in pictures]
    first: dict[Path, Path] = {}
    for picture, files in zip(pictures, targets, strict=True):
        for file in files:
            if file.suffix.lower() not in WRITABLE_SUFFIXES or file.parent.exists() or not _makes_folder(out):
                check_output(file, WRITABLE_SUFFIXES)
            if file in first:
                raise InputError(f"{first[file]} and {picture} would both become {file}: write them apart")
            first[file] = picture
    return targets


def make_folder(folder: Path) -> None:
    """Make the folder of a file, unless it is there; raise `InputError` if it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {folder} ({error.strerror}): give another one") from error


def _of_one(picture: Path, out: str, formats: str, pictures: int) -> list[Path]:
    if _NAME in out:
        return [Path(out.replace(_NAME, picture.stem))]
    if _makes_folder(out):
        return [Path(out) / f"{picture.stem}.{name}" for name in _parse_formats(formats)]
    if pictures > 1:
        raise InputError(
            f"{pictures} pictures become as many chairs, and {out} is one file: give a folder, or a name "
            f"with {_NAME} in it, such as '{_NAME}{Path(out).suffix}'"
        )
    return [Path(out)]


def _makes_folder(out: str) -> bool:
    """Return whether a folder is made if need be: for `{name}`, for `DIR/`, and without a suffix."""
    return _NAME in out or Path(out).is_dir() or out.endswith(os.sep) or not Path(out).suffix


def _parse_formats(formats: str) -> list[str]:
    from voxview.surface.write import WRITABLE_SUFFIXES

    names = list(dict.fromkeys(name.strip().lower().removeprefix(".") for name in formats.split(",")))
    for name in names:
        if f".{name}" not in WRITABLE_SUFFIXES:
            known = ", ".join(suffix[1:] for suffix in WRITABLE_SUFFIXES)
            raise InputError(f"no format '{name}': --formats takes {known}")
    return names
