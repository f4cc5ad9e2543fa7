"""A catalog in memory: complete, resumable, kept on disk, and never from other files or weights."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from platformdirs.windows import Windows

import voxview
from voxview.engine.catalog.cache import IndexCache, cache_folder, stamp
from voxview.engine.catalog.index import CatalogIndex, index_catalog, kept_index
from voxview.engine.engine import Engine
from voxview.engine.step import Step
from voxview.model.metrics import lowest_layers
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid
from voxview.to_end import run_to_end

COUNT = 14


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own for each test, on every system."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("voxview.engine.catalog.cache.cache_folder", lambda: folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shapes = tmp_path / "shapes"
    shapes.mkdir()
    for number, chair in enumerate(sample_catalog()[:COUNT]):
        voxview.write_shape(shapes / f"chair{number:02d}.binvox", chair.read())
    return shapes


def _counted(catalog: Catalog) -> tuple[Catalog, Counter[str]]:
    """The catalog, and how often each of its chairs is read."""
    reads: Counter[str] = Counter()

    def read(chair: Chair) -> Grid:
        reads[chair.id] += 1
        return chair.read()

    chairs = [replace(chair, read=partial(read, chair)) for chair in catalog]
    return Catalog(catalog.name, catalog.source, chairs), reads


def _index(engine: Engine, catalog: Catalog) -> CatalogIndex:
    steps = index_catalog(engine, catalog)
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value


def _first_read(steps: Iterator[Step]) -> Step:
    """Go on to the step after which the first chairs are read."""
    return next(step for step in steps if step.done)


def test_the_index_holds_every_chair_with_the_encoders_latents(engine: Engine, folder: Path) -> None:
    catalog = open_catalog(folder)
    index = _index(engine, catalog)
    assert index.chairs == tuple(catalog) and index.complete and index.left_out == ()
    grids = np.stack([chair.read() for chair in catalog])
    assert np.allclose(index.latents, engine.encode_unrefined(grids, "cpu"), atol=1e-5)
    assert index.voxels.tolist() == grids.sum(axis=(1, 2, 3)).tolist()
    assert index.nearest(grids[3], 2)[0] == (catalog[3], 1.0)
    assert index.floor_of([2, 5]) == lowest_layers(grids[[2, 5]]).max()


def test_the_first_chairs_are_shown_before_the_last_are_read(engine: Engine, folder: Path) -> None:
    catalog, reads = _counted(open_catalog(folder))
    steps = index_catalog(engine, catalog)
    assert next(steps) == Step(0, COUNT, None, "chairs", 0.0), "there are no figures at first"
    done, total, first, _, share = _first_read(steps)
    assert 0 < done < total == COUNT and len(reads) == done and share == done / COUNT
    assert first is not None and len(first.chairs) == done and not first.complete
    for _ in steps:
        pass
    assert len(first.chairs) == done, "what was shown before has changed"


def test_a_second_opening_reads_nothing(engine: Engine, folder: Path) -> None:
    before = _index(engine, open_catalog(folder))
    catalog, reads = _counted(open_catalog(folder))
    after = _index(engine, catalog)
    assert not reads and after.seconds_a_chair is None
    assert np.array_equal(after.words, before.words) and np.array_equal(after.latents, before.latents)


def test_a_kept_index_is_found_whole_or_not_at_all_and_reads_nothing(engine: Engine, folder: Path) -> None:
    counted, reads = _counted(open_catalog(folder))
    assert run_to_end(kept_index(engine, counted)) is None
    index = run_to_end(index_catalog(engine, open_catalog(folder)))
    kept = run_to_end(kept_index(engine, counted))
    assert kept is not None and kept.chairs == index.chairs and kept.weights == "study"
    assert np.array_equal(kept.latents, index.latents)
    voxview.write_shape(folder / "one_more.binvox", sample_catalog()[COUNT].read())
    assert run_to_end(kept_index(engine, _counted(open_catalog(folder))[0])) is None
    assert not reads


def test_what_was_cancelled_goes_on_where_it_was(engine: Engine, folder: Path) -> None:
    catalog, reads = _counted(open_catalog(folder))
    steps = index_catalog(engine, catalog)
    done, *_ = _first_read(steps)
    steps.close()
    assert _index(engine, catalog).complete
    assert len(reads) == COUNT and set(reads.values()) == {1} and done > 0


def test_a_file_that_changed_is_read_again(engine: Engine, folder: Path) -> None:
    _index(engine, open_catalog(folder))
    other = sample_catalog()[100].read()
    voxview.write_shape(folder / "chair05.binvox", other)
    os.utime(folder / "chair05.binvox", ns=(1, 1))
    catalog, reads = _counted(open_catalog(folder))
    index = _index(engine, catalog)
    assert list(reads) == ["chair05"]
    assert index.nearest(other, 1)[0] == (catalog.find("chair05"), 1.0)


def test_latents_of_another_encoder_are_not_taken(engine: Engine, folder: Path) -> None:
    catalog = open_catalog(folder)
    _index(engine, catalog)
    cache = IndexCache.of(catalog.source, engine.weights)
    probe = np.load(cache.file)["probe"]
    assert len(cache.load(probe)) == COUNT
    assert len(cache.load(probe + 1e-4)) == COUNT, "a GPU's rounding would throw the cache away"
    assert not cache.load(-probe)


@pytest.mark.parametrize(
    "damage", [b"", b"PK\x03\x04 not an archive", None], ids=["empty", "nonsense", "cut"]
)
def test_a_damaged_cache_is_made_again_in_silence(
    engine: Engine, folder: Path, damage: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    catalog, reads = _counted(open_catalog(folder))
    _index(engine, catalog)
    file = IndexCache.of(catalog.source, engine.weights).file
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2] if damage is None else damage)
    reads.clear()
    assert _index(engine, catalog).complete and len(reads) == COUNT and not caplog.records
    reads.clear()
    assert _index(engine, catalog).complete and not reads


def test_a_cache_is_never_unpickled(engine: Engine, folder: Path) -> None:
    catalog, reads = _counted(open_catalog(folder))
    file = IndexCache.of(catalog.source, engine.weights).file
    file.parent.mkdir(parents=True)
    np.savez(file, probe=np.array([object()]), stamps=np.array([{}], dtype=object), words=0, latents=0)
    assert _index(engine, catalog).complete and len(reads) == COUNT


def test_a_broken_file_is_left_out_and_said(engine: Engine, folder: Path) -> None:
    (folder / "chair03.binvox").write_bytes(b"#binvox 1\nnonsense")
    index = _index(engine, open_catalog(folder))
    assert len(index.chairs) == COUNT - 1 and index.complete
    assert len(index.left_out) == 1 and "chair03.binvox" in index.left_out[0]
    assert "chair03" not in {chair.id for chair in index.chairs}


def test_samples_come_from_no_file_and_are_not_kept(engine: Engine, own_cache: Path) -> None:
    index = _index(engine, Catalog("Some", "samples", sample_catalog()[:6]))
    assert index.complete and not own_cache.exists()


def test_a_folder_that_cannot_be_written_costs_only_the_next_opening(
    engine: Engine, folder: Path, own_cache: Path
) -> None:
    own_cache.write_text("a file where the cache's folder should be")
    assert _index(engine, open_catalog(folder)).complete


def test_an_empty_catalog_has_an_empty_index(engine: Engine) -> None:
    index = _index(engine, Catalog("None", "none", []))
    assert index.complete and index.nearest(sample_catalog()[0].read()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of Linux")
def test_the_cache_is_where_the_system_wants_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "voxview"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "voxview"


def test_on_windows_the_cache_is_in_one_folder_of_that_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("platformdirs.PlatformDirs", Windows)
    monkeypatch.setattr("platformdirs.windows.get_win_folder", lambda name: str(tmp_path))
    assert cache_folder() == tmp_path / "voxview" / "Cache"


def test_an_imported_chair_is_not_taken_for_another_content_of_its_file(folder: Path) -> None:
    path = folder / "chair00.binvox"
    first, second = (
        Chair(str(path), "chair", "imported", path.read_bytes, {"path": str(path), "fingerprint": mark})
        for mark in ("one", "two")
    )
    assert stamp(first) != stamp(second) and str(path) in stamp(first)


def test_a_run_that_goes_on_does_not_make_chairs_without_a_file_again(engine: Engine) -> None:
    catalog, reads = _counted(Catalog("Samples", "samples", sample_catalog()[:COUNT]))
    begun = _first_read(index_catalog(engine, catalog)).value
    assert isinstance(begun, CatalogIndex) and 0 < len(begun.chairs) < COUNT
    steps = index_catalog(engine, catalog, begun=begun)
    shares = [step.share for step in steps]
    assert max(reads.values()) == 1 and len(reads) == COUNT
    assert shares[-1] == 1.0, "the chairs that were there count as work"
