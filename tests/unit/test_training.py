"""Training and evaluation, on a handful of chairs."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from voxview.errors import InputError
from voxview.experiment.training_data import gather, split_as_listed
from voxview.experiment.training_files import Log
from voxview.experiment.training_picture import draw_progress
from voxview.model.autoencoder import load_autoencoder
from voxview.model.batches import draw, fingerprints, pack, pack_blocks, seed_generator, unpack
from voxview.model.checkpoint import Checkpoint, check_same_run, read_checkpoint
from voxview.model.config import TrainConfig
from voxview.model.config_file import read_config, write_config
from voxview.model.data import distinct_grids, fingerprint, generate_chairs, is_held_out, read_split
from voxview.model.held_out import Look, show
from voxview.model.learner import make_optimiser
from voxview.model.metrics import intersection_over_union, is_one_piece, stands
from voxview.model.objective import Objective
from voxview.model.train import StoppedError, TrainingData, TrainingStep, schedule, train
from voxview.model.weights import ARCHITECTURES, find_weights, read_weights
from voxview.resources import asset
from voxview.shapes.catalog import Catalog
from voxview.shapes.chair import Chair
from voxview.shapes.samples import sample_catalog
from voxview.surface.write import write_shape

NONE = np.empty((0, 32, 32, 32), bool)


def last(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[:8]])


def chairs(real: np.ndarray, procedural: np.ndarray, **held_out: np.ndarray) -> TrainingData:
    return TrainingData(pack(real), pack(procedural), held_out)


@pytest.fixture(autouse=True)
def hasty_curvature(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of eight chairs: what it is good for is tested on the shipped weights."""
    monkeypatch.setattr("voxview.model.train.CURVATURE_CHAIRS", (8, 8))


def test_a_few_steps_lower_the_loss_and_write_weights_that_load(grids: np.ndarray, tmp_path: Path) -> None:
    config = TrainConfig("study", steps=12, batch=8, critic=0.0, average=0.5, evaluate_every=6, device="cpu")
    out = tmp_path / "few.safetensors"
    steps = list(train(config, chairs(NONE, grids, same=grids), out, {}))
    assert steps[-1].loss < steps[0].loss
    assert set(steps[-1].looks) == {"same"}
    assert load_autoencoder(out, device="cpu").architecture == "study"


def test_the_terms_in_the_log_add_up_to_the_loss(grids: np.ndarray, tmp_path: Path) -> None:
    config = TrainConfig("study", steps=2, batch=4, device="cpu")
    for step in train(config, chairs(NONE, grids), tmp_path / "w.safetensors", {}):
        assert sum(step.parts.values()) == pytest.approx(step.loss, rel=1e-5)


def test_the_same_seed_gives_the_same_weights(grids: np.ndarray, tmp_path: Path) -> None:
    config = TrainConfig("study", steps=3, batch=4, device="cpu")
    for name in ("one", "two"):
        list(train(config, chairs(NONE, grids), tmp_path / f"{name}.safetensors", {}))
    z = [load_autoencoder(tmp_path / f"{n}.safetensors", "cpu").encode(grids) for n in ("one", "two")]
    assert np.array_equal(z[0], z[1])


def test_weights_remember_the_real_chairs_they_were_trained_on(grids: np.ndarray, tmp_path: Path) -> None:
    out = tmp_path / "w.safetensors"
    config = TrainConfig("study", steps=1, batch=4, device="cpu")
    list(train(config, chairs(grids[:3], grids[3:]), out, {}))
    assert load_autoencoder(out, "cpu").trained_on == {fingerprint(grid) for grid in grids[:3]}


def test_a_run_that_starts_from_weights_goes_on_from_them_and_remembers_their_chairs(
    grids: np.ndarray, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    config = TrainConfig("study", steps=30, batch=4, average=0.5, device="cpu")
    (*_, before) = train(config, chairs(grids[:3], NONE), first, {})
    config = replace(config, start_from=str(first), steps=2, learning_rate=1e-5)
    after = next(train(config, chairs(grids[3:6], NONE), second, {}))
    assert after.loss < before.loss * 1.5  # other chairs, but far from random weights
    assert load_autoencoder(second, "cpu").trained_on == {fingerprint(grid) for grid in grids[:6]}


def test_a_share_of_the_first_weights_stays(grids: np.ndarray, tmp_path: Path) -> None:
    def trained(stay: float) -> dict[str, torch.Tensor]:
        out = tmp_path / f"{stay}.safetensors"
        config = TrainConfig("study", start_from="study", stay=stay, steps=2, batch=4, device="cpu")
        list(train(config, chairs(grids, NONE), out, {}))
        return dict(read_weights(out).tensors)

    first, gone, half = read_weights(find_weights("study")).tensors, trained(0.0), trained(0.5)
    for key, tensor in first.items():
        mean = (tensor.float() + gone[key].float()) / 2
        torch.testing.assert_close(half[key].float(), mean, rtol=2e-3, atol=1e-5)
    assert any(not torch.equal(first[key], gone[key]) for key in first)


def test_a_run_cannot_start_from_weights_of_another_architecture(grids: np.ndarray, tmp_path: Path) -> None:
    config = TrainConfig("voxview", start_from="study", device="cpu")
    with pytest.raises(InputError, match="--architecture study"):
        list(train(config, chairs(NONE, grids), tmp_path / "w.safetensors", {}))


def test_chairs_that_the_first_weights_know_are_not_measured(grids: np.ndarray, tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    folder.mkdir()
    for number, grid in enumerate(grids[:6]):
        write_shape(folder / f"{number}.binvox", grid)
    listed = tmp_path / "ids.txt"
    listed.write_text("0\n1\n2\n")
    config = TrainConfig("study", samples=0, device="cpu")
    gathered = last(gather(config, folder, listed, {fingerprint(grids[0])}))
    assert len(gathered.data.held_out["real"]) == 2


def test_training_on_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to train on"):
        list(train(TrainConfig(device="cpu"), chairs(NONE, NONE), tmp_path / "w.safetensors", {}))


@pytest.mark.parametrize("architecture", ["study", "voxview"])
def test_a_run_that_was_stopped_and_resumed_gives_the_same_weights_bit_for_bit(
    architecture: str, grids: np.ndarray, tmp_path: Path
) -> None:
    config = TrainConfig(architecture, steps=6, batch=4, evaluate_every=3, device="cpu")
    data, out = chairs(grids[:4], grids[4:]), tmp_path / "w.safetensors"

    def until(last: int, name: str, resumed: Checkpoint | None = None) -> Checkpoint:
        """The checkpoint after that step: all of it in full precision, the critic and optimisers too."""
        saved = tmp_path / name
        steps = iter(range(resumed.step + 1 if resumed else 1, 99))
        with pytest.raises(StoppedError, match=f"after step {last} of 6"):
            list(
                train(
                    config, data, out, {}, checkpoint=saved, resumed=resumed, stop=lambda: next(steps) == last
                )
            )
        return read_checkpoint(saved)

    whole = until(4, "whole.safetensors")
    broken = until(4, "broken.safetensors", until(2, "broken.safetensors"))
    assert broken.step == whole.step == 4
    assert broken.tensors.keys() == whole.tensors.keys()
    assert all(torch.equal(whole.tensors[key], broken.tensors[key]) for key in whole.tensors)
    saved = tmp_path / "broken.safetensors"
    list(train(config, data, out, {}, checkpoint=saved, resumed=broken))
    assert not saved.exists()  # the run has finished
    assert load_autoencoder(out, device="cpu").architecture == architecture


def test_what_cannot_be_resumed_is_refused_by_name(grids: np.ndarray) -> None:
    config, data = TrainConfig("study", batch=8), chairs(NONE, grids)
    saved = Checkpoint(config, data.identity, 1, 10, 1.0, {})
    check_same_run(saved, replace(config, device="cpu", evaluate_every=7), data.identity, 1)
    for changed, word in (({"learning_rate": 1e-4}, "learning-rate was 0.0015"), ({"seed": 1}, "seed")):
        with pytest.raises(InputError, match=word):
            check_same_run(saved, replace(config, **changed), data.identity, 1)
    with pytest.raises(InputError, match="not those that the run began with"):
        check_same_run(saved, config, chairs(NONE, grids[::-1]).identity, 1)
    with pytest.raises(InputError, match="1 processes, and has 2"):
        check_same_run(saved, config, data.identity, 2)


def test_a_checkpoint_is_never_mistaken(tmp_path: Path) -> None:
    foreign = tmp_path / "x.checkpoint.safetensors"
    with pytest.raises(InputError, match="to resume"):
        read_checkpoint(foreign)
    for content in (b"", b"no tensors", asset("weights", "study.safetensors").read_bytes()):
        foreign.write_bytes(content)
        with pytest.raises(InputError, match="no checkpoint of this version"):
            read_checkpoint(foreign)


def test_the_critic_is_none_of_what_the_network_learns(grids: np.ndarray) -> None:
    objective = Objective(ARCHITECTURES["study"](), TrainConfig("study", device="cpu"))
    ours = {id(p) for p in objective.parameters()}
    assert not ours & {id(p) for p in objective.adversary.critic.parameters()}
    x = torch.from_numpy(grids)[:, None].float()
    objective(x, 1, torch.Generator().manual_seed(1))[0].backward()
    assert all(p.grad is not None for p in objective.parameters())
    assert all(p.grad is None for p in objective.adversary.critic.parameters())


def test_biases_and_norms_do_not_decay() -> None:
    network = ARCHITECTURES["voxview"]()
    decays, rests = make_optimiser(network, TrainConfig(device="cpu")).param_groups
    assert decays["weight_decay"] > 0 and rests["weight_decay"] == 0
    norms = [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm3d)]
    assert {id(p) for norm in norms for p in norm.parameters()} <= {id(p) for p in rests["params"]}
    assert len(decays["params"]) + len(rests["params"]) == len(list(network.parameters()))


def test_packed_chairs_come_back_and_keep_their_fingerprints(grids: np.ndarray) -> None:
    packed = pack(grids)
    assert packed.nbytes * 8 == grids.nbytes
    assert np.array_equal(unpack(torch.from_numpy(packed)).numpy(), grids)
    assert fingerprints(packed) == [fingerprint(grid) for grid in grids]
    assert np.array_equal(pack_blocks(iter([grids[:3], grids[3:]]), len(grids)), packed)


def test_a_draw_depends_on_seed_step_and_process_alone(grids: np.ndarray) -> None:
    sources = [torch.from_numpy(pack(part)) for part in (grids[:4], grids[4:])]
    generator = torch.Generator()

    def drawn(seed: int, step: int, rank: int) -> torch.Tensor:
        seed_generator(generator, seed, step, rank)
        return draw(sources, 32, TrainConfig(real_share=0.75), generator)

    first = drawn(1, 5, 0)
    assert not any(torch.equal(first, drawn(*other)) for other in ((2, 5, 0), (1, 6, 0), (1, 5, 1)))
    assert torch.equal(first, drawn(1, 5, 0))
    real = {fingerprint(grid) for grid in grids[:4]}
    assert sum(fingerprint(grid) in real for grid in first.numpy()) == 24


def test_a_written_config_is_read_as_it_was_and_explains_itself(tmp_path: Path) -> None:
    config = TrainConfig("study", steps=7, critic=0.0, channels_last=True, learning_rate=1e-5, device="cpu")
    write_config(tmp_path / "c.toml", config)
    assert TrainConfig(**read_config(tmp_path / "c.toml")) == config
    assert "# steps, but at most a fifth of them" in (tmp_path / "c.toml").read_text()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("stepps = 3", "stepps"),
        ("steps = 3.5", "whole number"),
        ("steps = true", "whole number"),
        ("compile = 1", "true or false"),
        ("steps 3", "no TOML"),
    ],
)
def test_a_wrong_config_is_refused_by_name(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(InputError, match=word):
        read_config(tmp_path / "c.toml")


def test_the_learning_rate_rises_then_falls_to_a_hundredth() -> None:
    config = TrainConfig(steps=1000, warm_up=100)
    rates = [schedule(step, config) for step in range(1, 1001)]
    assert rates[0] == pytest.approx(0.01) and max(rates) == rates[99] == 1
    assert rates[-1] == pytest.approx(0.01) and rates[99:] == sorted(rates[99:], reverse=True)


def test_listed_chairs_and_their_copies_are_held_out(grids: np.ndarray, tmp_path: Path) -> None:
    listed = tmp_path / "ids.txt"
    listed.write_text("b\n\nnowhere\n")
    catalog = catalog_of([("a", grids[0]), ("b", grids[1]), ("copy of b", grids[1]), ("c", grids[2])])
    split = last(split_as_listed(catalog, listed))
    assert np.array_equal(split.training, grids[[0, 2]]) and np.array_equal(split.held_out, grids[1:2])
    listed.write_text("nowhere\n")
    with pytest.raises(InputError, match=r"no id of .*ids\.txt is in test"):
        last(split_as_listed(catalog, listed))


def test_a_resumed_table_has_each_step_once(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    log = Log(path, ["x"])
    for step in (1, 2, 3):
        log.add(TrainingStep(step, 4, 1.0, {"part": 1.0}, 1e-3, 9.0, 1.0, {}))
    with path.open("a") as file:
        file.write("4,0.")  # a kill cuts a row short
    log = Log(path, ["x"], resumed_after=2)
    for step in (3, 4):
        log.add(TrainingStep(step, 4, 1.0, {"part": 1.0}, 1e-3, 9.0, 1.0, {"x": Look(0.5, 1.0)}))
    rows = list(csv.DictReader(path.open()))
    assert [row["step"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[-1]["IoU: x"] == "0.50000" and rows[0]["IoU: x"] == ""


def test_a_picture_of_progress_has_three_rows_of_seven(grids: np.ndarray) -> None:
    network = ARCHITECTURES["study"]().eval()
    for count in (1, 8):
        shown = show(network, grids[:count], "cpu")
        assert len(shown.morph) == 7 and len(shown.chairs) == min(count, 7)
        assert np.allclose(shown.morph[0], shown.reconstructions[0], atol=1e-5)
        assert draw_progress(shown).shape[1] == 7 * 150


def test_generated_chairs_depend_on_the_seed_alone() -> None:
    one = np.concatenate(list(generate_chairs(260, seed=5, processes=1)))
    two = np.concatenate(list(generate_chairs(260, seed=5, processes=2)))
    assert len(one) == 260 and np.array_equal(one, two)
    assert not np.array_equal(one[:250], np.concatenate(list(generate_chairs(250, seed=6, processes=1))))


def test_no_sample_chair_is_among_the_first_training_chairs() -> None:
    samples = {fingerprint(chair.read()) for chair in sample_catalog()}
    drawn = {fingerprint(grid) for block in generate_chairs(1000, TrainConfig().seed) for grid in block}
    assert not samples & drawn


def catalog_of(pairs: list[tuple[str, np.ndarray]]) -> Catalog:
    return Catalog("test", "test", [Chair(i, i, "test", lambda g=g: g) for i, g in pairs])


def test_an_exact_copy_is_never_on_both_sides_of_the_split(grids: np.ndarray) -> None:
    held = next(str(i) for i in range(1000) if is_held_out(str(i)))
    kept = next(str(i) for i in range(1000) if not is_held_out(str(i)))
    split = last(read_split(catalog_of([(held, grids[0]), (kept, grids[0]), (held + "x", grids[1])])))
    both = {fingerprint(g) for g in split.training} & {fingerprint(g) for g in split.held_out}
    assert not both and fingerprint(grids[0]) in {fingerprint(g) for g in split.training}


def test_a_tenth_of_ids_is_held_out() -> None:
    assert 0.08 < np.mean([is_held_out(f"chair-{i}") for i in range(5000)]) < 0.12


def test_the_published_ids_are_the_held_out_ones(real_data: Path) -> None:
    from voxview.shapes.open import open_catalog

    published = asset("weights", "held-out-chairs.txt").read_text().split()
    catalog = open_catalog(real_data / "ShapeNetVox32")
    assert tuple(published) == last(read_split(catalog)).held_out_ids
    seen = load_autoencoder(device="cpu").trained_on
    assert not {fingerprint(catalog.find(i).read()) for i in published} & seen


def test_a_broken_chair_is_left_out_and_named(grids: np.ndarray, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> np.ndarray:
        raise InputError("x.binvox is cut short")

    catalog = Catalog("t", "t", [Chair("a", "a", "t", broken), Chair("b", "b", "t", lambda: grids[0])])
    assert len(last(distinct_grids(catalog))) == 1
    assert "x.binvox is cut short" in caplog.text


def test_evaluation_of_a_perfect_match_is_one_and_of_nothing_in_common_zero() -> None:
    a, b = np.zeros((2, 32, 32, 32), bool), np.zeros((2, 32, 32, 32), bool)
    a[0, :4], b[0, :4] = True, True
    a[1, :4], b[1, 8:] = True, True
    assert intersection_over_union(a, b).tolist() == [1.0, 0.0]


def test_one_piece_and_standing_mean_what_they_say() -> None:
    grid = np.zeros((32, 32, 32), bool)
    assert not is_one_piece(grid) and not stands(grid)
    grid[10:20, 3:20, 10:20] = True
    assert is_one_piece(grid) and not stands(grid)
    grid[20, 20, 20] = True  # touches only at a corner: 26-connected
    grid[15, 0:3, 15] = True
    assert is_one_piece(grid) and stands(grid)
    grid[0, 0:24, 0] = True
    assert not is_one_piece(grid)
