"""The chairs of a training run: how they are split, drawn and packed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from voxview.errors import InputError
from voxview.model.autoencoder import load_autoencoder
from voxview.resources import asset
from voxview.shapes.bits import fingerprint, pack_bytes
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.distinct import distinct_grids, is_for_validation, is_held_out
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.surface.write import write_shape
from voxview.to_end import run_to_end as last
from voxview.training.batches import fingerprints, pack_blocks, sample_batch, seed_generator, unpack
from voxview.training.config import TrainConfig
from voxview.training.data import VALIDATION, gather_data
from voxview.training.procedural import generate_chairs
from voxview.training.split import split_by_hash, split_by_list


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[:8]])


def catalog_of(pairs: list[tuple[str, np.ndarray]]) -> Catalog:
    return Catalog("test", "test", [Chair(i, i, "test", lambda g=g: g) for i, g in pairs])


def test_a_run_measures_its_validation_split_and_never_the_held_out_chairs(
    grids: np.ndarray, tmp_path: Path
) -> None:
    folder = tmp_path / "catalog"
    folder.mkdir()
    for number, grid in enumerate(grids[:6]):
        write_shape(folder / f"{number}.binvox", grid)
    listed = tmp_path / "ids.txt"
    listed.write_text("0\n1\n")
    config = TrainConfig("study", samples=0, validation=0.4, device="cpu")
    apart = [n for n in range(2, 6) if is_for_validation(str(n), config.validation)]
    assert 0 < len(apart) < 4
    gathered = last(gather_data(config, folder, listed))
    assert np.array_equal(gathered.data.held_out[VALIDATION], grids[apart])
    trained_on = set(fingerprints(gathered.data.real))
    assert trained_on == {fingerprint(grids[n]) for n in range(2, 6) if n not in apart}
    known = {fingerprint(grids[apart[0]])}  # to the weights that a run starts from
    again = last(gather_data(config, folder, listed, known)).data.held_out.get(VALIDATION, ())
    assert len(again) == len(apart) - 1


def test_the_validation_split_has_its_share_whatever_the_held_out_split_is() -> None:
    ids = [f"chair-{i}" for i in range(5000)]
    kept = [i for i in ids if not is_held_out(i)]
    assert 0.04 < np.mean([is_for_validation(i, 0.05) for i in kept]) < 0.06
    assert not any(is_for_validation(i, 0) for i in ids)


def test_packed_chairs_come_back_and_keep_their_fingerprints(grids: np.ndarray) -> None:
    packed = pack_bytes(grids)
    assert packed.nbytes * 8 == grids.nbytes
    assert np.array_equal(unpack(torch.from_numpy(packed)).numpy(), grids)
    assert fingerprints(packed) == [fingerprint(grid) for grid in grids]
    assert np.array_equal(pack_blocks(iter([grids[:3], grids[3:]]), len(grids)), packed)


def test_a_draw_depends_on_seed_step_and_process_alone(grids: np.ndarray) -> None:
    sources = [torch.from_numpy(pack_bytes(part)) for part in (grids[:4], grids[4:])]
    generator = torch.Generator()

    def drawn(seed: int, step: int, rank: int) -> torch.Tensor:
        seed_generator(generator, seed, step, rank)
        return sample_batch(sources, 32, 0.75, generator)

    first = drawn(1, 5, 0)
    assert not any(torch.equal(first, drawn(*other)) for other in ((2, 5, 0), (1, 6, 0), (1, 5, 1)))
    assert torch.equal(first, drawn(1, 5, 0))
    real = {fingerprint(grid) for grid in grids[:4]}
    assert sum(fingerprint(grid) in real for grid in first.numpy()) == 24


def test_listed_chairs_and_their_copies_are_held_out(grids: np.ndarray, tmp_path: Path) -> None:
    listed = tmp_path / "ids.txt"
    listed.write_text("b\n\nnowhere\n")
    catalog = catalog_of([("a", grids[0]), ("b", grids[1]), ("copy of b", grids[1]), ("c", grids[2])])
    split = last(split_by_list(catalog, listed))
    assert np.array_equal(split.training, grids[[0, 2]]) and np.array_equal(split.held_out, grids[1:2])
    listed.write_text("nowhere\n")
    with pytest.raises(InputError, match=r"no id of .*ids\.txt is in test"):
        last(split_by_list(catalog, listed))


def test_generated_chairs_depend_on_the_seed_alone() -> None:
    one = np.concatenate(list(generate_chairs(260, seed=5, processes=1)))
    two = np.concatenate(list(generate_chairs(260, seed=5, processes=2)))
    assert len(one) == 260 and np.array_equal(one, two)
    assert not np.array_equal(one[:250], np.concatenate(list(generate_chairs(250, seed=6, processes=1))))


def test_no_sample_chair_is_among_the_first_training_chairs() -> None:
    samples = {fingerprint(chair.read()) for chair in sample_catalog()}
    drawn = {fingerprint(grid) for block in generate_chairs(1000, TrainConfig().seed) for grid in block}
    assert not samples & drawn


def test_an_exact_copy_is_never_on_both_sides_of_the_split(grids: np.ndarray) -> None:
    held = next(str(i) for i in range(1000) if is_held_out(str(i)))
    kept = next(str(i) for i in range(1000) if not is_held_out(str(i)))
    split = last(split_by_hash(catalog_of([(held, grids[0]), (kept, grids[0]), (held + "x", grids[1])])))
    both = {fingerprint(g) for g in split.training} & {fingerprint(g) for g in split.held_out}
    assert not both and fingerprint(grids[0]) in {fingerprint(g) for g in split.training}


def test_a_tenth_of_ids_is_held_out() -> None:
    assert 0.08 < np.mean([is_held_out(f"chair-{i}") for i in range(5000)]) < 0.12


def test_the_published_ids_are_the_held_out_ones(real_data: Path) -> None:
    from voxview.shapes.catalogs.open import open_catalog

    published = asset("weights", "held-out-chairs.txt").read_text().split()
    catalog = open_catalog(real_data / "ShapeNetVox32")
    assert tuple(published) == last(split_by_hash(catalog)).held_out_ids
    seen = load_autoencoder(device="cpu").trained_on
    assert not {fingerprint(catalog.find(i).read()) for i in published} & seen


def test_a_broken_chair_is_left_out_and_named(grids: np.ndarray, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> np.ndarray:
        raise InputError("x.binvox is cut short")

    catalog = Catalog("t", "t", [Chair("a", "a", "t", broken), Chair("b", "b", "t", lambda: grids[0])])
    assert len(last(distinct_grids(catalog))) == 1
    assert "x.binvox is cut short" in caplog.text
