"""Training a picture encoder: targets, augmentation, loss, steps and what is written, with quick pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from voxview.errors import InputError
from voxview.model.alexnet import AlexNet
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.picture_encoder import load_picture_encoder
from voxview.model.picture_metrics import azimuth_errors, iou, mean_chair, nearest_chairs
from voxview.model.picture_network import PictureNetwork, PictureOutput, view_numbers
from voxview.model.picture_resnet import PictureBlock, PictureResNet
from voxview.model.picture_weights import read_picture_weights
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import find_weights, read_weights
from voxview.shapes.bits import fingerprint, pack_bytes
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.training.batches import pack, unpack
from voxview.training.checkpoint import (
    Checkpoint,
    check_same_network,
    check_same_run,
    read_checkpoint,
    write_checkpoint,
)
from voxview.training.config import TrainConfig, explanations
from voxview.training.config_file import read_config, read_network, write_config
from voxview.training.data import TrainingData
from voxview.training.loop import StoppedError, TrainingStep, run_loop
from voxview.training.picture_config import PictureConfig
from voxview.training.pictures import task as picture_task
from voxview.training.pictures.batch import PictureBatch, augment_pictures, colour_components
from voxview.training.pictures.batch_norm import add_batch_norm, fold_batch_norm
from voxview.training.pictures.config_check import check_picture_config, resolve_picture_config
from voxview.training.pictures.objective import picture_losses
from voxview.training.pictures.random_filters import filter_some
from voxview.training.pictures.task import PictureTask
from voxview.training.process_group import ProcessGroup
from voxview.training.run import RunOptions, run_training
from voxview.training.run_files import RunFiles
from voxview.training.targets import learnt_metric, make_targets

ODD = 4
CPU = ProcessGroup()
Config = partial(
    PictureConfig,
    **{"device": "cpu", "hidden": 16, "steps": 2, "batch": 2, "reuse": 1, "copies": 0, "refine": 0},  # type: ignore[arg-type]
    evaluate_every=2,
    filtered=0.0,
)
# The study's decoder is a tenth of the default one's work; `chairs` is for what `study` has not.
Quick = partial(Config, autoencoder="study")


@dataclass(frozen=True)
class Projected:
    pixels: Tensor
    azimuth: Tensor
    elevation: Tensor


class ProjectingRenderer:
    """Stands in for the real one, which takes seconds: the chair's shadow from its front or from behind."""

    def render(self, fields: Tensor, generator: torch.Generator) -> Projected:
        n, device = len(fields), fields.device
        front = fields.amax(3).transpose(1, 2).flip(1, 2)  # (n, y, x), upright; seen from −z, +x is left
        behind = torch.rand(n, device=device, generator=generator) < 0.5
        seen = torch.where(behind[:, None, None], front.flip(2), front)
        pixels = torch.nn.functional.interpolate(1 - seen[:, None], size=(227, 227)).expand(-1, 3, -1, -1)
        return Projected(pixels, 180.0 * behind, torch.zeros(n, device=device))


@pytest.fixture(autouse=True)
def few_familiar_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let validations know what is familiar from a few pictures: they encode it each time."""
    monkeypatch.setitem(picture_task.FAMILIAR_PICTURES, "cpu", 8)


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[:8]])


@pytest.fixture(scope="module")
def autoencoder() -> Autoencoder:
    return load_autoencoder("chairs", "cpu")


def train(
    config: PictureConfig, data: TrainingData, out: Path, terms: str = "none", **options: object
) -> list[TrainingStep]:
    config = resolve_picture_config(config, CPU)
    task = PictureTask(config, data, CPU, None, out, {"terms": terms}, ProjectingRenderer())
    return list(run_loop(config, task, CPU, data.identity, **options))  # type: ignore[arg-type]


def batch_of(grids: np.ndarray, seed: int = 0) -> PictureBatch:
    generator = torch.Generator().manual_seed(seed)
    occupancy = torch.from_numpy(grids).float()
    rendered = ProjectingRenderer().render(occupancy, generator)
    latents = torch.randn(len(grids), 8, 8, generator=generator)
    azimuth = torch.linspace(-170, 170, len(grids))
    return PictureBatch(rendered.pixels, latents, occupancy[:, None], azimuth, rendered.elevation)


# ---- a run ------------------------------------------------------------------------------------------


def test_a_run_lowers_the_loss_and_writes_an_encoder_that_loads(grids: np.ndarray, tmp_path: Path) -> None:
    out = tmp_path / "small.safetensors"
    data = TrainingData(pack_bytes(grids[:2]), pack_bytes(grids[:0]), {"same": grids[4:]})
    plain = {"zoom": 0.0, "shift": 0.0, "dropout": 0.0, "batch_norm": False, "voxels_from": 0.0}
    config = Quick(steps=12, evaluate_every=12, learning_rate=2e-3, **plain)
    steps = train(config, data, out)
    assert np.mean([s.loss for s in steps[-3:]]) < 0.7 * np.mean([s.loss for s in steps[:3]])
    for step in steps:
        assert sum(step.terms.values()) == pytest.approx(step.loss, rel=1e-5)
    cells = steps[-1].held_out["same"].cells
    assert list(cells) == ["IoU", "nearest training chair's IoU", "mean chair's IoU", "azimuth within 30°"]
    assert all(0 <= float(text) <= 1 for text in cells.values())
    assert steps[-1].preview is not None and steps[-1].preview.render().shape[1] == 4 * 150
    encoding = load_picture_encoder(out, "cpu").encode(np.zeros((1, 227, 227, 3), np.uint8))
    assert encoding.latents.shape == (1, 8, 8)


def test_the_file_says_whose_latents_it_predicts_and_which_chairs_it_knows(
    grids: np.ndarray, tmp_path: Path
) -> None:
    out = tmp_path / "w.safetensors"
    data = TrainingData(pack_bytes(grids[:2]), pack_bytes(grids[2:4]), {"validation split": grids[4:6]})
    train(Config(steps=1, evaluate_every=1, copies=1), data, out)
    written, chairs = read_picture_weights(out), read_weights(find_weights("chairs"))
    assert written.autoencoder == "chairs" and written.odd == ODD
    assert written.autoencoder_fingerprint == weight_fingerprint(chairs.tensors)
    assert written.trained_on == chairs.trained_on | {fingerprint(grid) for grid in grids[:2]}
    assert written.validated_on == chairs.validated_on | {fingerprint(grid) for grid in grids[4:6]}
    assert written.notes["terms"] == "none" and "held-out IoU, validation split" in written.notes
    assert written.network.resnet.hidden == 16


@pytest.mark.parametrize("optimiser", ["adamw", "muon", "sgd"])
def test_a_run_that_was_stopped_and_resumed_gives_the_same_weights_bit_for_bit(
    optimiser: str, grids: np.ndarray, tmp_path: Path
) -> None:
    config = Quick(optimiser=optimiser, steps=2, evaluate_every=2, dropout=0.5)
    data = TrainingData(pack_bytes(grids[:1]), pack_bytes(grids[1:2]))  # whose latents do not vary
    whole, parts, saved = (tmp_path / f"{name}.safetensors" for name in ("whole", "parts", "saved"))
    train(config, data, whole)
    with pytest.raises(StoppedError, match="after step 1 of 2"):
        train(config, data, parts, checkpoint=saved, stop=lambda: True)
    resumed = read_checkpoint(saved)
    assert type(resumed.config) is PictureConfig and resumed.step == 1
    train(config, data, parts, checkpoint=saved, resumed=resumed)
    one, other = (read_picture_weights(path).network.state_dict() for path in (whole, parts))
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_a_run_that_starts_from_weights_begins_with_what_they_say(grids: np.ndarray, tmp_path: Path) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    data = TrainingData(pack_bytes(grids[:2]), pack_bytes(grids[:0]), {})
    train(Quick(steps=1, batch_norm=False, learning_rate=1e-4), data, first, terms="research only")
    config = Quick(start_from=str(first), steps=1, batch=8, learning_rate=1e-9, average=0.0)
    train(config, replace(data, real=pack_bytes(grids[2:4])), second)
    before, after = read_picture_weights(first), read_picture_weights(second)
    pictures = batch_of(grids[:4]).pixels
    said = before.network(pictures).standardised
    assert (after.network(pictures).standardised - said).norm() < 0.2 * said.norm()
    assert before.trained_on < after.trained_on
    assert after.notes["terms"] == "none; those of the weights 'first': research only"
    with pytest.raises(InputError, match="another size or kind: give --encoder resnet --hidden 16"):
        train(Quick(start_from=str(first), hidden=8), data, second)
    with pytest.raises(InputError, match="predicts latents of 'study', not of 'chairs'"):
        train(Config(start_from=str(first)), data, second)


def test_a_checkpoint_from_before_there_was_a_choice_is_of_alexnet(tmp_path: Path) -> None:
    now, before = tmp_path / "now.safetensors", tmp_path / "before.safetensors"
    write_checkpoint(now, Checkpoint(PictureConfig(), "", 1, 3, 0.0, {"a": torch.zeros(1)}))
    with safe_open(now, framework="pt") as file:
        header = file.metadata()
    config = json.loads(header["config"])
    assert config.pop("encoder") == "resnet"
    save_file(load_file(now), before, metadata={**header, "config": json.dumps(config)})
    assert read_checkpoint(before).config == PictureConfig(encoder="alexnet")


def test_an_autoencoders_run_is_not_resumed_as_a_picture_encoders() -> None:
    checkpoint = Checkpoint(TrainConfig(), "", 1, 3, 0.0, {})
    with pytest.raises(InputError, match="trains --network autoencoder, and not picture"):
        check_same_run(checkpoint, PictureConfig(), "", 1)

    with pytest.raises(InputError, match="trains --network autoencoder, and not picture"):
        check_same_network(checkpoint, "picture")


def test_a_run_of_another_network_is_refused_before_chairs_are_read(tmp_path: Path) -> None:
    files = RunFiles(tmp_path / "w.safetensors")
    write_checkpoint(files.checkpoint, Checkpoint(PictureConfig(), "", 1, 3, 0.0, {"a": torch.ones(1)}))
    options = RunOptions(files.weights, {"device": "cpu"}, resume=True, network="autoencoder")
    with pytest.raises(InputError, match="trains --network picture, and not autoencoder"):
        next(run_training(options))


# ---- targets and augmentation -----------------------------------------------------------------------


def test_real_chairs_have_warped_copies_and_all_have_latents_that_decode_to_them(
    grids: np.ndarray, autoencoder: Autoencoder
) -> None:
    sources = [torch.from_numpy(pack_bytes(part)) for part in (grids[:3], grids[3:5])]
    config = Config(copies=2, refine=2)
    targets = make_targets(autoencoder, sources, config, torch.Generator().manual_seed(0))
    assert (len(targets.packed), targets.real, targets.with_copies) == (11, 3, 9)
    assert torch.equal(unpack(targets.packed[:3]), torch.from_numpy(grids[:3]))
    assert not torch.equal(targets.packed[:3], targets.packed[3:6])
    decoded = autoencoder.decode_tensor(targets.latents) > 0.5
    assert float(iou(decoded, unpack(targets.packed)).mean()) > 0.7
    drawn, latents = targets.draw(64, 0.75, torch.Generator().manual_seed(1))
    rows = [int((targets.latents == z).all((1, 2)).nonzero()[0]) for z in latents]
    assert sum(row < 9 for row in rows) == 48
    assert torch.equal(drawn, unpack(targets.packed)[rows])


def test_packing_is_the_inverse_of_unpacking(grids: np.ndarray) -> None:
    tensor = torch.from_numpy(grids)
    assert torch.equal(unpack(pack(tensor)), tensor)
    assert np.array_equal(pack(tensor).numpy(), pack_bytes(grids))


def test_a_mirrored_picture_is_of_the_mirrored_chair_from_the_mirrored_view(grids: np.ndarray) -> None:
    batch = batch_of(np.repeat(grids, 4, 0))
    config = Config(zoom=0.0, shift=0.0, colour_noise=0.0)
    changed = augment_pictures(batch, torch.eye(3), config, ODD, torch.Generator().manual_seed(0))
    mirrored = [not torch.equal(a, b) for a, b in zip(batch.azimuth, changed.azimuth, strict=True)]
    assert 0 < sum(mirrored) < len(mirrored)
    for i, is_mirrored in enumerate(mirrored):
        sign = -1 if is_mirrored else 1
        pixels = batch.pixels[i].flip(2) if is_mirrored else batch.pixels[i]
        occupancy = batch.occupancy[i].flip(1) if is_mirrored else batch.occupancy[i]
        torch.testing.assert_close(changed.pixels[i], pixels, atol=2e-3, rtol=0)
        assert torch.equal(changed.occupancy[i], occupancy)
        assert float(changed.azimuth[i]) == sign * float(batch.azimuth[i])
        z, before = changed.latents[i].flatten(), batch.latents[i].flatten()
        assert torch.equal(z[:-ODD], before[:-ODD]) and torch.equal(z[-ODD:], sign * before[-ODD:])
    unmirrored = augment_pictures(batch, torch.eye(3), config, 0, torch.Generator().manual_seed(0))
    assert torch.equal(unmirrored.azimuth, batch.azimuth)  # whose latents nobody can mirror


def test_crops_move_and_scale_and_colours_shift_alike_everywhere(grids: np.ndarray) -> None:
    batch = batch_of(grids)
    generator = torch.Generator().manual_seed(0)
    colours = torch.tensor([[0.3, 0.2, 0.1], [0, 0, 0], [0, 0, 0]])
    still = Config(zoom=0.0, shift=0.0, mirror=False)
    grey = PictureBatch(
        torch.full_like(batch.pixels, 0.5), batch.latents, batch.occupancy, batch.azimuth, batch.elevation
    )
    tinted = augment_pictures(grey, colours, still, ODD, generator).pixels - 0.5
    assert float(tinted.std((2, 3)).max()) < 1e-5
    torch.testing.assert_close(tinted[:, 1], tinted[:, 0] * 2 / 3, rtol=1e-3, atol=1e-5)
    moved = augment_pictures(batch, colours, Config(mirror=False, colour_noise=0.0), ODD, generator)
    rows = [(p[0] < 0.5).any(1).float().argmax() for p in moved.pixels]
    before = [(p[0] < 0.5).any(1).float().argmax() for p in batch.pixels]
    differences = [abs(int(a) - int(b)) for a, b in zip(rows, before, strict=True)]
    assert 0 < max(differences) < (0.06 + 0.08) * 227
    assert torch.equal(moved.latents, batch.latents)


def test_colour_components_are_the_directions_in_which_colours_vary() -> None:
    grey = torch.rand(2, 1, 16, 16).expand(-1, 3, -1, -1)
    components = colour_components(grey)
    largest = components[components.norm(dim=1).argmax()]
    assert float(largest.norm()) == pytest.approx(3 * float(grey.var()), rel=1e-2)
    assert float(largest.std()) < 1e-4  # along grey


def test_reused_pictures_stand_beside_each_other_and_are_changed_differently(grids: np.ndarray) -> None:
    batch = batch_of(grids[:2]).repeated(3)
    assert len(batch.pixels) == 6 and torch.equal(batch.latents[0], batch.latents[2])
    changed = augment_pictures(batch, torch.eye(3), Config(), ODD, torch.Generator().manual_seed(0))
    assert not torch.equal(changed.pixels[0], changed.pixels[1])


def test_a_random_filter_changes_textures_and_leaves_outlines(grids: np.ndarray) -> None:
    pictures = batch_of(np.repeat(grids, 2, 0)).pixels
    filtered = filter_some(pictures, 0.5, torch.Generator().manual_seed(0))
    assert torch.equal(filtered[8:], pictures[8:])
    assert float(filtered.min()) >= 0 and float(filtered.max()) <= 1
    outlines, others = ((p.diff(dim=3).abs().sum(1) > 0.02).float() for p in (pictures[:8], filtered[:8]))
    near = torch.nn.functional.max_pool2d(outlines, 7, 1, 3)
    assert float((others * (1 - near)).sum() / others.sum()) < 0.01  # no edge where there was none
    changes = (filtered[:8] - pictures[:8]).abs().mean((1, 2, 3))
    assert float(changes.max()) > 0.1 and len(set(changes.tolist())) == 8
    assert filter_some(pictures, 0.0, torch.Generator()) is pictures


# ---- the loss ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("curvature", [True, False])
def test_the_mean_latent_costs_1_and_the_true_one_nothing(
    curvature: bool, grids: np.ndarray, autoencoder: Autoencoder
) -> None:
    latents = torch.from_numpy(autoencoder.encode(grids, 0))
    network = PictureNetwork(8)
    network.set_latent_statistics(latents, ODD)
    metric = learnt_metric(autoencoder, latents, network.latent_mean, curvature)
    occupancy = torch.from_numpy(grids)[:, None].float()
    azimuth, elevation = torch.linspace(-90, 90, 8), torch.linspace(0, 40, 8)
    batch = PictureBatch(torch.empty(8, 0), latents, occupancy, azimuth, elevation)

    def terms(standardised: Tensor) -> dict[str, float]:
        output = PictureOutput(standardised, view_numbers(azimuth, elevation), torch.empty(8, 8))
        config = Config(voxels_from=0.0)
        losses = picture_losses(output, batch, network, autoencoder.network, metric, config, 1)
        return {name: float(value) for name, value in losses.items()}

    mean, true = terms(torch.zeros(8, 64)), terms(network.standardise(latents))
    assert mean["latent"] == pytest.approx(1, rel=1e-4)
    assert true["latent"] == pytest.approx(0, abs=1e-5) and true["view"] == pytest.approx(0, abs=1e-9)
    assert true["soft IoU"] < 0.5 * mean["soft IoU"] and true["cross-entropy"] < mean["cross-entropy"]


def test_only_losses_with_a_weight_are_computed(grids: np.ndarray, autoencoder: Autoencoder) -> None:
    batch, network = batch_of(grids[:2]), PictureNetwork(8).eval()
    output = PictureOutput(torch.zeros(2, 64), torch.zeros(2, 3), torch.zeros(2, 8))
    for given, names in (
        ({"voxels": 0.0, "view": 0.0}, {"latent"}),
        ({"latent": 0.0, "view": 0.0}, {"cross-entropy", "soft IoU"}),
        ({"latent": 0.0, "voxels": 0.0}, {"view"}),
    ):
        losses = picture_losses(
            output, batch, network, autoencoder.network, torch.eye(64), Config(**given), 2
        )
        assert set(losses) == names


def test_voxels_count_from_their_share_of_the_steps_on(grids: np.ndarray, autoencoder: Autoencoder) -> None:
    batch, network = batch_of(grids[:2]), PictureNetwork(8).eval()
    output = PictureOutput(torch.zeros(2, 64), torch.zeros(2, 3), torch.zeros(2, 8))
    config = Config(steps=4, voxels_from=0.5)
    early, late = (
        picture_losses(output, batch, network, autoencoder.network, torch.eye(64), config, step)
        for step in (2, 3)
    )
    assert list(early) == list(late)  # the log's columns
    assert early["soft IoU"] == 0 < late["soft IoU"]


# ---- batch normalisation ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [AlexNet, PictureResNet])
def test_a_folded_batch_norm_leaves_a_networks_layers_and_its_numbers(
    kind: type[AlexNet] | type[PictureResNet],
) -> None:
    torch.manual_seed(0)
    network = add_batch_norm(kind(5, 8).initialise_for_relu()).train()
    pictures = torch.rand(4, 3, 227, 227)
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.weight)  # those at the end of residual blocks begin with 0
    for _ in range(2):
        network(3 * pictures + 1)
    plain = fold_batch_norm(network)
    assert plain.state_dict().keys() == kind(5, 8).state_dict().keys()
    with torch.no_grad():
        torch.testing.assert_close(plain(pictures), network.eval()(pictures), rtol=1e-4, atol=1e-6)


def test_residual_blocks_begin_as_if_they_were_not_there() -> None:
    block = add_batch_norm(PictureBlock(4, 4, 1)).train()
    maps = torch.rand(2, 4, 8, 8)
    torch.testing.assert_close(block(maps), maps)


# ---- baselines and figures --------------------------------------------------------------------------


def test_the_nearest_chair_is_nearest_by_the_metric() -> None:
    latents, training = torch.zeros(1, 8, 8), torch.zeros(2, 8, 8)
    training[0, 0, 0], training[1, 0, 1] = 1.0, 2.0
    assert nearest_chairs(latents, training, torch.eye(64)).tolist() == [0]
    steep = torch.eye(64)
    steep[0, 0] = 100
    assert nearest_chairs(latents, training, steep).tolist() == [1]


def test_the_mean_chair_is_cut_where_it_is_most_like_the_chairs() -> None:
    grids = torch.zeros(10, 32, 32, 32, dtype=torch.bool)
    grids[:, 0] = True
    grids[:4, 1] = True  # in 4 of 10: a cut at half would leave it out
    mean = mean_chair(grids)
    candidates = [iou(grids, other.expand_as(grids)).mean() for other in (grids[0], grids[9])]
    assert float(iou(grids, mean.expand_as(grids)).mean()) == pytest.approx(float(max(candidates)))


def test_azimuths_differ_by_the_shorter_way_round() -> None:
    a, b = torch.tensor([170.0, 0.0, 90.0, -180.0]), torch.tensor([-170.0, 10.0, -90.0, 180.0])
    assert azimuth_errors(a, b).tolist() == [20.0, 10.0, 180.0, 0.0]


# ---- options ----------------------------------------------------------------------------------------


def test_a_picture_config_is_written_read_and_explained(tmp_path: Path) -> None:
    config, file = PictureConfig(steps=7, curvature=False, view=0.5, device="cpu"), tmp_path / "c.toml"
    write_config(file, config)
    assert read_network(file) == "picture"
    assert PictureConfig(**read_config(file, "picture")) == config
    assert set(explanations(PictureConfig)) == {field.name for field in fields(PictureConfig)}
    file.write_text('network = "picture"\ncritic = 0.1\n')
    with pytest.raises(InputError, match="sets 'critic', which is no option"):
        read_config(file, "picture")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"encoder": "vit"}, "encoder cannot be vit"),
        ({"parallel": "data"}, "--parallel is for AlexNet's layers: give --encoder alexnet"),
        ({"initial": "published"}, "--initial published is for AlexNet's layers: give --encoder alexnet"),
        ({"groups": 3}, "groups cannot be 3"),
        ({"initial": "zero"}, "initial cannot be zero"),
        ({"dropout": 1.0}, "dropout cannot be 1.0"),
        ({"optimiser": "adam"}, "optimiser cannot be adam"),
        ({"latent": 0.0, "voxels": 0.0, "view": 0.0}, "there is no loss"),
    ],
)
def test_a_config_that_cannot_be_trained_with_is_refused(given: dict[str, object], text: str) -> None:
    with pytest.raises(InputError, match=text):
        check_picture_config(Config(**given))
    with pytest.raises(InputError, match="reuse 3 does not divide the 2 pictures"):
        resolve_picture_config(Config(reuse=3), CPU)


def test_training_on_nothing_is_refused(tmp_path: Path) -> None:
    nothing = pack_bytes(np.empty((0, 32, 32, 32), bool))
    with pytest.raises(InputError, match="nothing to train on"):
        train(Config(), TrainingData(nothing, nothing), tmp_path / "w.safetensors")
