"""The picture encoder: its scaled outputs, its file, and what it says of files that it cannot use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from voxview.errors import InputError
from voxview.model.picture_card import find_picture_weights
from voxview.model.picture_encoder import as_input, load_picture_encoder, zoomed
from voxview.model.picture_network import ENCODERS, PictureNetwork, view_angles, view_numbers
from voxview.model.picture_weights import read_picture_weights, write_picture_weights
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import find_weights

ODD = 4
CHAIRS = {"autoencoder": "chairs", "autoencoder_fingerprint": "ab" * 16, "odd": ODD}


def network(hidden: int = 8) -> PictureNetwork:
    torch.manual_seed(0)
    made = PictureNetwork(hidden)
    made.set_latent_statistics(3 + 2 * torch.randn(500, 8, 8), ODD)
    made.set_familiar(torch.randn(400, hidden), torch.randn(200, hidden), torch.ones(200, 3))
    return made.eval()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    notes = {"terms": "none"}
    write_picture_weights(
        path, network(), "small", notes=notes, trained_on=[7, 5], validated_on=[9], **CHAIRS
    )
    return path


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (3, 227, 227, 3), np.uint8)


def test_what_was_written_is_read(file: Path) -> None:
    read = read_picture_weights(file)
    assert (read.name, read.autoencoder, read.autoencoder_fingerprint) == ("small", "chairs", "ab" * 16)
    assert (read.odd, read.notes, read.trained_on, read.validated_on) == (ODD, {"terms": "none"}, {5, 7}, {9})
    before = network().state_dict()
    for key, tensor in read.network.state_dict().items():
        torch.testing.assert_close(tensor, before[key], rtol=1e-3, atol=1e-6)


def test_what_is_shipped_has_at_most_8_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "full.safetensors"
    for encoder in ENCODERS:
        made = PictureNetwork(encoder=encoder)
        write_picture_weights(path, made, "full", trained_on=range(6_000), **CHAIRS)
        assert path.stat().st_size < 8_000_000
        with safe_open(path, framework="pt") as tensors:
            assert tensors.get_tensor(f"{encoder}.conv1.weight").dtype == torch.float16
        assert read_picture_weights(path).network.encoder == encoder


def test_a_file_that_does_not_say_which_network_it_holds_is_an_older_one_of_alexnet(
    file: Path, tmp_path: Path
) -> None:
    with safe_open(file, framework="pt") as opened:
        header = opened.metadata()
    del header["encoder"]
    save_file(load_file(file), tmp_path / "older.safetensors", metadata=header)
    assert read_picture_weights(tmp_path / "older.safetensors").network.encoder == "alexnet"


def test_pictures_become_latents_views_and_a_measure_of_unfamiliarity(file: Path, pixels: np.ndarray) -> None:
    encoding = load_picture_encoder(file, "cpu").encode(pixels)
    assert encoding.latents.shape == (3, 8, 8) and encoding.latents.dtype == np.float32
    assert len(encoding.views) == 3 and all(-180 <= view.azimuth <= 180 for view in encoding.views)
    assert encoding.unfamiliarity.shape == (3,) and bool((encoding.unfamiliarity >= 0).all())
    one = load_picture_encoder(file, "cpu").encode(pixels[1:2])
    np.testing.assert_allclose(one.latents[0], encoding.latents[1], rtol=1e-3, atol=1e-4)
    assert load_picture_encoder(file, "cpu").encode(pixels[:0]).latents.shape == (0, 8, 8)


def test_other_pictures_are_refused_in_one_line(file: Path, pixels: np.ndarray) -> None:
    encoder = load_picture_encoder(file, "cpu")
    for wrong in (pixels[0], pixels[..., :1], pixels.astype(float), pixels[:, :100]):
        with pytest.raises(InputError, match=r"takes uint8 \(n, 227, 227, 3\)") as refused:
            encoder.encode(wrong)
        assert "\n" not in str(refused.value)


def test_a_mirrored_picture_gives_the_mirrored_chair(file: Path, pixels: np.ndarray) -> None:
    encoder = load_picture_encoder(file, "cpu")
    one = encoder.encode(pixels)
    other = encoder.encode(np.ascontiguousarray(pixels[:, :, ::-1]))
    flat, mirrored = one.latents.reshape(3, 64), other.latents.reshape(3, 64)
    np.testing.assert_allclose(flat[:, :-ODD], mirrored[:, :-ODD], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(flat[:, -ODD:], -mirrored[:, -ODD:], rtol=1e-4, atol=1e-5)
    for a, b in zip(one.views, other.views, strict=True):
        assert a.azimuth == pytest.approx(-b.azimuth, abs=1e-3)
        assert a.elevation == pytest.approx(b.elevation, abs=1e-3)


def test_augmentation_changes_latents_and_views_and_not_what_is_familiar(
    file: Path, pixels: np.ndarray
) -> None:
    encoder = load_picture_encoder(file, "cpu")
    one, plain = encoder.encode(pixels), encoder.encode(pixels, augmented=False)
    assert not np.allclose(one.latents, plain.latents) and one.views != plain.views
    assert np.array_equal(one.unfamiliarity, plain.unfamiliarity)


def test_a_zoomed_picture_keeps_its_size_and_its_middle() -> None:
    disc = torch.hypot(*torch.meshgrid(*[torch.linspace(-1, 1, 101)] * 2, indexing="ij")) < 0.5
    picture = disc.float().expand(2, 3, 101, 101)
    for zoom in (0.8, 1.0, 1.25):
        seen = zoomed(picture, zoom)
        assert seen.shape == picture.shape
        assert float(seen.mean() / picture.mean()) == pytest.approx(zoom**2, rel=0.03)
        torch.testing.assert_close(seen, seen.flip(3), rtol=0, atol=1e-5)


def test_odd_numbers_are_scaled_and_never_shifted() -> None:
    made = network()
    assert bool((made.latent_mean[-ODD:] == 0).all()) and float(made.latent_mean[0]) == pytest.approx(3, 0.2)
    z = torch.randn(5, 8, 8)
    torch.testing.assert_close(made.latents(made.standardise(z)), z)


def test_views_are_given_back_from_their_numbers_around_the_back_too() -> None:
    azimuth, elevation = torch.tensor([-179.0, -90.0, 0.0, 45.0, 180.0]), torch.tensor([-5.0, 0, 20, 60, 90])
    again = view_angles(view_numbers(azimuth, elevation))
    torch.testing.assert_close(again[0], azimuth, rtol=0, atol=1e-3)
    torch.testing.assert_close(again[1], elevation, rtol=0, atol=1e-3)


def test_one_in_a_hundred_held_out_pictures_is_unfamiliar_and_what_is_far_off_is() -> None:
    torch.manual_seed(1)
    mixed = torch.randn(8, 8)
    training, held_out = (torch.randn(n, 8) @ mixed for n in (4_000, 1_000))
    view = 0.5 + torch.rand(1_000, 3)
    made = PictureNetwork(8)
    made.set_familiar(training, held_out, view)
    assert float((made.unfamiliarity(held_out, view) > 1).float().mean()) == pytest.approx(0.01, abs=0.002)
    assert float(made.unfamiliarity(training[:1] + 50, view[:1])) > 1
    assert float(made.unfamiliarity(training.mean(0)[None], 0.2 * view[:1])) > 1, "seen from nowhere"


@pytest.mark.parametrize("shown", ["white", "green", "stripes"])
def test_a_picture_without_a_chair_is_unfamiliar_to_the_shipped_weights(shown: str) -> None:
    columns = np.broadcast_to((np.arange(227) // 12 % 2 * 255)[None, :, None], (227, 227, 3))
    pictures = {
        "white": np.full((227, 227, 3), 255),
        "green": np.full((227, 227, 3), (10, 200, 30)),
        "stripes": columns,
    }
    encoding = load_picture_encoder(device="cpu").encode(pictures[shown].astype(np.uint8)[None])
    assert encoding.unfamiliarity[0] > 1


def test_hidden_numbers_that_are_always_0_break_nothing() -> None:
    training = torch.randn(100, 8).relu()
    training[:, 3:] = 0
    made = PictureNetwork(8)
    view = torch.zeros(100, 3)
    made.set_familiar(training, training, view)
    assert bool(torch.isfinite(made.unfamiliarity(training, view)).all())


def test_files_that_cannot_be_used_are_named_in_one_line(file: Path, tmp_path: Path) -> None:
    def changed(header: dict[str, str], **tensors: torch.Tensor) -> Path:
        with safe_open(file, framework="pt") as opened:
            before = dict(opened.metadata())
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.safetensors"
        save_file({**load_file(file), **tensors}, path, metadata={**before, **header})
        return path

    truncated = tmp_path / "truncated.safetensors"
    truncated.write_bytes(file.read_bytes()[:5_000])
    bad = [
        (truncated, "no complete .safetensors file"),
        (find_weights("chairs"), "holds no picture weights"),
        (changed({"hidden": "many"}), "does not say what its network is like"),
        (changed({"hidden": "-3"}), "does not say what its network is like"),
        (changed({"hidden": "16"}), "does not fit a picture encoder"),
        (changed({"encoder": "vit"}), "does not say what its network is like"),
        (changed({"encoder": "resnet"}), "does not fit a picture encoder"),
        (changed({}, **{"alexnet.fc8.bias": torch.full((67,), torch.inf)}), "not finite"),
        (changed({}, trained_on=torch.ones(2, 2)), "invalid list of training chairs"),
        (tmp_path / "missing.safetensors", "no picture weights at"),
    ]
    for path, text in bad:
        with pytest.raises(InputError, match=text) as refused:
            load_picture_encoder(path, "cpu")
        assert path.name in str(refused.value) and "\n" not in str(refused.value)
    with pytest.raises(InputError, match="a name or a path"):
        find_picture_weights(3)  # type: ignore[arg-type]


def test_pixels_become_floats_between_0_and_1(pixels: np.ndarray) -> None:
    x = as_input(torch.from_numpy(pixels))
    assert x.shape == (3, 3, 227, 227) and float(x.max()) == 1.0
    assert float(x[1, 2, 5, 9]) == pytest.approx(pixels[1, 5, 9, 2] / 255)


def test_a_fingerprint_is_of_the_numbers_and_their_names() -> None:
    one = {"a": torch.ones(2, 3), "b": torch.zeros(4, dtype=torch.int64)}
    assert weight_fingerprint(one) == weight_fingerprint(dict(reversed(one.items())))
    others = [{**one, "a": torch.ones(3, 2)}, {**one, "a": torch.ones(2, 3).half()}, {"c": one["a"]}]
    assert len({weight_fingerprint(other) for other in [one, *others]}) == 4
