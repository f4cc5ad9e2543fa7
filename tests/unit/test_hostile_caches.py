"""Pipes, links and bombs in place of the program's own files are neither waited for nor obeyed."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voxview.engine.catalog.cache import IndexCache
from voxview.errors import InputError
from voxview.gui.context.settings import Settings
from voxview.gui.session.session_file import parsed, read_session
from voxview.shapes.bits import pack_words
from voxview.shapes.catalogs.samples import sample_catalog

PROBE = np.zeros((2, 8, 8), np.float32)
WORDS = pack_words(np.stack([sample_catalog()[0].read()]))
LATENTS = np.ones((1, 8, 8), np.float32)


@pytest.fixture
def cache(tmp_path: Path) -> IndexCache:
    """Return a cache with one chair in it."""
    made = IndexCache(tmp_path / "catalog-1.npz")
    made.save(PROBE, ["a chair"], WORDS, LATENTS)
    assert list(made.load(PROBE)) == ["a chair"]
    return made


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < 2


def test_a_cache_that_is_a_link_is_neither_read_nor_written(cache: IndexCache, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "mine.txt"
    cache.file.rename(target)
    cache.file.symlink_to(target)
    before = target.read_bytes()
    assert cache.load(PROBE) == {} and not cache.there
    cache.save(PROBE, ["another"], WORDS, LATENTS)
    assert target.read_bytes() == before and list(target.parent.iterdir()) == [target]


def test_a_cache_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    cache = IndexCache(tmp_path / "catalog-1.npz")
    os.mkfifo(cache.file)
    assert cache.load(PROBE) == {}
    cache.save(PROBE, ["a chair"], WORDS, LATENTS)
    assert cache.file.is_fifo(), "something was put in its place"


def test_a_cache_that_would_unpack_to_gigabytes_is_not_unpacked(cache: IndexCache) -> None:
    with zipfile.ZipFile(cache.file) as archive:
        arrays = {name: archive.read(name) for name in archive.namelist()}
    header = arrays["latents.npy"][:128].replace(b"(1, 8, 8)", b"(9000000,8,8)")
    with zipfile.ZipFile(cache.file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in arrays.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content if name != "latents.npy" else header + bytes(20_000_000))
    assert cache.load(PROBE) == {}
    with zipfile.ZipFile(cache.file, "w") as archive:
        for name, content in (arrays | {"more.npy": b""}).items():
            archive.writestr(name, content)
    assert cache.load(PROBE) == {}, "only the arrays that it writes itself"


def test_settings_that_are_a_pipe_or_far_too_large_are_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "voxview.ini"
    os.mkfifo(file)
    settings = Settings(file)
    assert settings.damaged == tmp_path / "voxview.ini.damaged" and settings.text("theme") == "system"
    settings.remember("theme", "dark")
    settings.save()
    assert "dark" in file.read_text()
    with file.open("a") as more:
        more.truncate(10**9)
    assert Settings(file).text("theme") == "system"


def test_settings_that_are_a_pipe_and_cannot_be_renamed_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "voxview.ini"
    os.mkfifo(file)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    assert Settings(file).text("theme") == "system" and file.is_fifo()


def test_a_session_that_is_a_pipe_or_nested_deeply_is_one_line(tmp_path: Path) -> None:
    pipe = tmp_path / "last.voxview"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="no regular file"):
        read_session(pipe)
    with pytest.raises(InputError, match="it is no JSON"):
        parsed(b"[" * 200_000 + b"]" * 200_000, "a.voxview")


def test_a_table_of_photographs_names_none_outside_its_folder(tmp_path: Path) -> None:
    from voxview.evaluation.pictures.photos import read_photos

    np.save(tmp_path / "photo-grids.npy", np.zeros((1, 32, 32, 32), bool))
    row = "../secret.png\tm\t0\tn\t1"
    (tmp_path / "photos.tsv").write_text(f"file\tmodel\tgrid\tname\tseen\n{row}\n")
    with pytest.raises(InputError, match="which is not in its folder"):
        read_photos(tmp_path)
