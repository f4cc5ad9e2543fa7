"""The files that `voxview picture` and `voxview points` write: a file, a folder, or a name with `{name}`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from voxview.errors import InputError

_NAME = "{name}"


def reading_targets(sources: Sequence[Path], out: str | None, formats: str, noun: str) -> list[list[Path]]:
    """Return the files to write for each source, none without `out`. Nothing is made yet.

    `noun` says what the sources are, such as `pictures`. Raises `InputError` for a name that cannot be
    written, and for two sources that would share one.
    """
    if out is None:
        return [[] for _ in sources]
    from voxview.shapes.io.output import check_output
    from voxview.surface.write import WRITABLE_SUFFIXES

    targets = [_of_one(source, out, formats, len(sources), noun) for source in sources]
    first: dict[Path, Path] = {}
    for source, files in zip(sources, targets, strict=True):
        for file in files:
            if file.suffix.lower() not in WRITABLE_SUFFIXES or file.parent.exists() or not _makes_folder(out):
                check_output(file, WRITABLE_SUFFIXES)
            if file in first:
                raise InputError(f"{first[file]} and {source} would both become {file}: write them apart")
            first[file] = source
    return targets


def _of_one(source: Path, out: str, formats: str, count: int, noun: str) -> list[Path]:
    if _NAME in out:
        return [Path(out.replace(_NAME, source.stem))]
    if _makes_folder(out):
        return [Path(out) / f"{source.stem}.{name}" for name in _parse_formats(formats)]
    if count > 1:
        raise InputError(
            f"{count} {noun} become as many chairs, and {out} is one file: give a folder, or a name "
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
