"""A catalog's grids and latents on disk, so that its second opening takes a second.

One file for each catalog and weights, 4.4 kB a chair. A chair is taken from it only if its file has the size
and the time that it had then, and all of it only if the encoder still makes the same latents of two known
chairs: that tells other weights, and another way to encode, without a version to forget. A file that is
damaged, foreign or stale counts as empty.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LATENT_SHAPE
from voxview.errors import VoxViewError
from voxview.shapes.bits import WORDS, Words
from voxview.shapes.chair import Chair
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.npy import read_arrays

log = logging.getLogger(__name__)

Known = Mapping[str, tuple[Words, NDArray[np.float32]]]
"""A chair's stamp → its packed grid `(512,)` and its latent `(8, 8)`."""

_READ_AS = ("up", "turn", "fingerprint")
"""Details that tell how a file was read, and what was in it: an imported chair holds what was read then."""

_ARRAYS = ("probe", "stamps", "words", "latents")

_SAME = 1e-2
"""Latents have a variance of about 1: other weights differ by that, a CPU and a GPU by less than 1e-3."""


def cache_folder() -> Path:
    """Return the folder of what can be made again: `~/.cache/voxview` and its like on other systems."""
    # Imported here: the GPU's tests run on machines that have little more than NumPy, torch and CuPy.
    from platformdirs import user_cache_path

    return user_cache_path("voxview", appauthor=False)  # or Windows would have voxview/voxview/Cache


def stamp(chair: Chair) -> str:
    """Return the chair's files with size and time; empty for one without a file, which is never kept."""
    path = chair.details.get("path")
    if not path:
        return ""
    parts = [str(path), *(f"{key}={chair.details[key]}" for key in _READ_AS if key in chair.details)]
    try:
        return "|".join(parts + _files(str(path), levels=2))
    except OSError:
        return ""


def _files(path: str, levels: int) -> list[str]:
    """Return name, size and time of a file, or of each file in a chair's folder."""
    about = os.stat(path)  # noqa: PTH116 - a Path for each of 20,000 files takes a second
    if not S_ISDIR(about.st_mode):
        return [f"{path}:{about.st_size}:{about.st_mtime_ns}"]
    if levels < 0:
        return []
    with os.scandir(path) as entries:
        inside = sorted(entry.path for entry in entries)
    return [line for one in inside for line in _files(one, levels - 1)]


def _check_archive(file: Path) -> None:
    """Raise `ValueError` unless a file is an archive as `save` writes them, no larger than it seems.

    A pipe would be waited for, a link points elsewhere, and what is compressed may unpack to anything.
    """
    if not S_ISREG(file.lstat().st_mode):
        raise ValueError(f"{file} is no regular file")
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    if sorted(member.filename for member in members) != sorted(f"{name}.npy" for name in _ARRAYS):
        raise ValueError(f"{file} holds other arrays")
    if any(one.compress_type != zipfile.ZIP_STORED or one.file_size != one.compress_size for one in members):
        raise ValueError(f"{file} is compressed")


@dataclass(frozen=True)
class IndexCache:
    """The file of one catalog and weights."""

    file: Path

    @classmethod
    def of(cls, source: str, weights: str) -> IndexCache:
        """Return the cache of a catalog's source and the weights' name."""
        key = hashlib.sha256(f"{source}\n{weights}".encode(errors="surrogateescape")).hexdigest()[:20]
        return cls(cache_folder() / f"catalog-{key}.npz")

    @property
    def there(self) -> bool:
        """Whether anything was kept."""
        return self.file.is_file() and not self.file.is_symlink()

    def load(self, probe: NDArray[np.float32]) -> Known:
        """Return what was kept, if its encoder made the same latents `(2, 8, 8)` of the two known chairs."""
        try:
            _check_archive(self.file)
            # What is not compressed has no more bytes than the file, whatever a header claims.
            kept = read_arrays(self.file, _ARRAYS, self.file.stat().st_size)
            stamps, words, latents = kept["stamps"], kept["words"], kept["latents"]
            n = len(stamps)
            whole = words.shape == (n, WORDS) and words.dtype == np.uint64
            whole = whole and latents.shape == (n, *LATENT_SHAPE) and latents.dtype == np.float32
            whole = whole and kept["probe"].shape == probe.shape and stamps.dtype.kind == "U"
            if whole and np.isfinite(latents).all() and np.allclose(kept["probe"], probe, atol=_SAME):
                return {str(s): (w, z) for s, w, z in zip(stamps, words, latents, strict=True)}
        except FileNotFoundError:
            pass
        except Exception:
            # A damaged archive can make its reader raise anything; it will be written anew.
            log.debug("the kept index %s cannot be used", self.file, exc_info=True)
        return {}

    def save(
        self,
        probe: NDArray[np.float32],
        stamps: Sequence[str],
        words: Words,
        latents: NDArray[np.float32],
    ) -> str | None:
        """Keep what is known of some chairs; a disk that is full or read-only only costs the next opening.

        Returns one line that says so, or None.
        """
        kept = [place for place, mark in enumerate(stamps) if mark]
        if not kept:
            return None
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            if self.file.is_symlink():
                raise VoxViewError(f"{self.file} is a link, and what it points to is no cache")
            # An open file, as NumPy puts .npz behind other names.
            with write_atomically(self.file) as temporary, temporary.open("wb") as file:
                np.savez(
                    file,
                    probe=probe,
                    stamps=np.array([stamps[place] for place in kept]),
                    words=np.ascontiguousarray(words[:, kept].T),
                    latents=latents[kept],
                )
        except (OSError, VoxViewError) as error:
            log.debug("the index cannot be kept in %s", self.file, exc_info=True)
            return f"the next start has to read these chairs again, as they cannot be kept: {error}"
        return None


def kept_files() -> list[Path]:
    """Return the files that were kept of catalogs, and nothing else that somebody put beside them."""
    return [file for file in cache_folder().glob("catalog-*.npz") if file.is_file() and not file.is_symlink()]


def kept_bytes() -> int:
    """Return how much room they take."""
    sizes = 0
    for file in kept_files():
        with contextlib.suppress(OSError):  # another window clears them at the same time
            sizes += file.stat().st_size
    return sizes


def forget_kept() -> None:
    """Delete them: a catalog that is opened again is encoded again. Raises `VoxViewError` if that fails."""
    for file in kept_files():
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise VoxViewError(f"{file} cannot be deleted: {error.strerror}") from None
