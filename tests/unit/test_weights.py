"""Weights: the shipped ones are good, and everything else is refused in one line."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from voxview.engine.parts import label_parts
from voxview.errors import InputError, VoxViewError
from voxview.model.autoencoder import load_autoencoder
from voxview.model.metrics import intersection_over_union
from voxview.model.picture_card import PICTURE_WEIGHTS, find_picture_weights
from voxview.model.picture_weights import read_picture_weights
from voxview.model.points_card import PARTS_WEIGHTS, POINTS_WEIGHTS, find_points_weights
from voxview.model.points_encoder import load_points_encoder, make_cloud
from voxview.model.points_search import find_chair
from voxview.model.points_weights import read_points_weights
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import SHIPPED, build_network, find_weights, read_weights, write_weights
from voxview.resources import asset
from voxview.shapes.bits import fingerprint
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.extract import extract_surface


@pytest.mark.parametrize(("name", "bar"), [("chairs", 0.95), ("chairs-free", 0.96), ("study", 0.78)])
def test_shipped_weights_reconstruct_samples_they_never_saw(name: str, bar: float) -> None:
    grids = np.stack([chair.read() for chair in sample_catalog()[::80]])
    autoencoder = load_autoencoder(name, device="cpu")
    fields = autoencoder.decode(autoencoder.encode(grids))
    assert intersection_over_union(grids, fields > 0.5).mean() >= bar


def test_default_weights_hold_real_chairs_that_were_held_out(real_data: Path) -> None:
    from voxview.shapes.catalogs.open import open_catalog

    catalog = open_catalog(real_data / "ShapeNetVox32")
    ids = asset("weights", "held-out-chairs.txt").read_text().split()[::128]
    grids = np.stack([catalog.find(chair_id).read() for chair_id in ids])
    autoencoder = load_autoencoder(device="cpu")
    iou = intersection_over_union(grids, autoencoder.decode(autoencoder.encode(grids)) > 0.5)
    assert iou.mean() >= 0.89


def test_shipped_weights_fit_in_45_megabytes_and_each_kind_in_its_own_and_each_has_a_card() -> None:
    sizes = {file.stem: file.stat().st_size for file in asset("weights").glob("*.safetensors")}
    points = (*POINTS_WEIGHTS, PARTS_WEIGHTS)
    assert set(sizes) == {*SHIPPED, PICTURE_WEIGHTS, *points}
    assert sum(sizes.values()) < 45e6
    assert sum(sizes[name] for name in SHIPPED) < 32e6
    assert sizes[PICTURE_WEIGHTS] <= 8e6
    assert sum(sizes[name] for name in points) <= 5e6
    for name in sizes:
        assert "Terms of use" in asset("weights", f"{name}.md").read_text(encoding="utf-8")


def test_encoders_are_of_chairs_and_know_none_that_is_held_out(real_data: Path) -> None:
    from voxview.shapes.catalogs.open import open_catalog

    catalog = open_catalog(real_data / "ShapeNetVox32")
    ids = asset("weights", "held-out-chairs.txt").read_text().split()
    held_out = {fingerprint(catalog.find(chair_id).read()) for chair_id in ids}
    points = [read_points_weights(find_points_weights(name)) for name in POINTS_WEIGHTS]
    for encoder in (read_picture_weights(find_picture_weights()), *points):
        autoencoder = read_weights(find_weights(encoder.autoencoder))
        assert encoder.autoencoder == "chairs"
        assert encoder.autoencoder_fingerprint == weight_fingerprint(autoencoder.tensors)
        assert len(encoder.trained_on) == 4819 and len(encoder.validated_on) == 229
        assert not held_out & (encoder.trained_on | encoder.validated_on)


def test_the_default_points_encoder_reads_whole_chairs_that_it_never_saw() -> None:
    grids = np.stack([chair.read() for chair in sample_catalog()[::120]])
    encoder, autoencoder = load_points_encoder(device="cpu"), load_autoencoder(device="cpu")
    rng = np.random.default_rng(0)
    fields = []
    for grid in grids:
        surface = extract_surface(grid.astype(np.float32)).vertices
        points = surface[rng.choice(len(surface), 1024)].astype(np.float64)
        fields.append(find_chair(encoder, autoencoder, make_cloud(points)).field)
    assert intersection_over_union(grids, np.stack(fields) > 0.5).mean() >= 0.75


def test_the_parts_network_labels_samples_that_it_never_saw() -> None:
    for chair in sample_catalog()[::60]:
        labels = label_parts(chair.read())
        assert set(np.unique(labels)) <= {0, 1, 2, 3, 255}
        assert (labels != 255).sum() == chair.read().sum()
        height = {part: np.argwhere(labels == part)[:, 1].mean() for part in (0, 1, 2)}
        assert height[2] < height[0] < height[1]  # legs, seat, back


def test_the_free_weights_saw_no_real_chair_and_the_others_none_that_is_held_out(real_data: Path) -> None:
    from voxview.shapes.catalogs.open import open_catalog

    catalog = open_catalog(real_data / "ShapeNetVox32")
    ids = asset("weights", "held-out-chairs.txt").read_text().split()
    held_out = {fingerprint(catalog.find(chair_id).read()) for chair_id in ids}
    assert not read_weights(find_weights("chairs-free")).trained_on
    for name in ("chairs", "study"):
        weights = read_weights(find_weights(name))
        known = weights.trained_on | weights.validated_on
        assert len(known) == len(weights.trained_on) + len(weights.validated_on) == 5048
        assert not held_out & known


def test_writing_and_reading_gives_the_same_network(tmp_path: Path) -> None:
    source = find_weights("study")
    weights = read_weights(source)
    network = build_network(weights, source)
    write_weights(tmp_path / "copy.safetensors", network, "study", "copy", {"seed": "7"}, {1, -5})
    again = read_weights(tmp_path / "copy.safetensors")
    assert (again.name, again.architecture, again.trained_on) == ("copy", "study", frozenset({1, -5}))
    assert again.notes == {"seed": "7"}
    for key, tensor in network.state_dict().items():
        assert np.array_equal(again.tensors[key].float(), tensor)  # they were 16-bit numbers before


def refuse(path: Path, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        load_autoencoder(path, device="cpu")
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)


def test_what_is_no_weights_at_all_is_refused(tmp_path: Path) -> None:
    for name, content in [
        ("empty", b""),
        ("text", b"hello"),
        ("pickle", b"\x80\x04K\x01."),
        ("zip", b"PK\x03\x04"),
    ]:
        file = tmp_path / f"{name}.safetensors"
        file.write_bytes(content)
        refuse(file, "no complete .safetensors file")


def test_weights_cut_short_are_refused(tmp_path: Path) -> None:
    whole = find_weights("study").read_bytes()
    for length in (7, 100, len(whole) // 2, len(whole) - 1):
        file = tmp_path / "short.safetensors"
        file.write_bytes(whole[:length])
        refuse(file, "no complete .safetensors file")


def test_weights_of_another_program_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "foreign.safetensors"
    save_file({"x": load_file(find_weights("study"))["encoder.0.weight"]}, file)
    refuse(file, "weights of another program")


def test_weights_of_another_architecture_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "mislabelled.safetensors"
    header = {"format": "voxview-weights-1", "architecture": "voxview"}
    save_file(load_file(find_weights("study")), file, metadata=header)
    refuse(file, "does not fit the architecture 'voxview'")


def test_weights_that_are_not_numbers_are_refused(tmp_path: Path) -> None:
    tensors = load_file(find_weights("study"))
    tensors["encoder.0.weight"][0] = float("nan")
    file = tmp_path / "nan.safetensors"
    save_file(tensors, file, metadata={"format": "voxview-weights-1", "architecture": "study"})
    refuse(file, "not finite numbers")


def test_a_missing_file_names_the_choices(tmp_path: Path) -> None:
    refuse(tmp_path / "none.safetensors", "one of the names chairs, chairs-free, study")
    refuse(tmp_path, "no weights at")
    for wrong in (123, b"voxview"):
        with pytest.raises(InputError, match="a name or a path"):
            load_autoencoder(wrong, device="cpu")  # type: ignore[arg-type]


def test_a_device_that_is_not_there_is_an_error() -> None:
    import torch

    for wrong in ("tpu", "cpu:x", 0.5, b"cpu"):
        with pytest.raises(InputError, match="use 'cpu' or 'cuda'"):
            load_autoencoder(device=wrong)  # type: ignore[arg-type]
    if not torch.cuda.is_available():
        with pytest.raises(VoxViewError, match="no CUDA device"):
            load_autoencoder(device="cuda")


def test_parameters_of_a_strange_type_are_refused(tmp_path: Path) -> None:
    import torch

    header = {"format": "voxview-weights-1", "architecture": "study"}
    for strange in (torch.complex64, torch.float8_e4m3fn, torch.uint8):
        tensors = load_file(find_weights("study"))
        tensors["encoder.0.weight"] = tensors["encoder.0.weight"].to(strange)
        save_file(tensors, tmp_path / "strange.safetensors", metadata=header)
        refuse(tmp_path / "strange.safetensors", "does not fit the architecture")


def test_a_strange_list_of_training_chairs_is_refused(tmp_path: Path) -> None:
    tensors = load_file(find_weights("study"))
    tensors["trained_on"] = tensors["trained_on"].reshape(1, -1)
    header = {"format": "voxview-weights-1", "architecture": "study"}
    save_file(tensors, tmp_path / "list.safetensors", metadata=header)
    refuse(tmp_path / "list.safetensors", "an invalid list of training chairs")


def test_the_default_weights_are_loaded_without_what_pytorch_imports_to_compile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SymPy and Dynamo take as long to import as all the rest of a start."""
    for module in ("torch._dynamo", "torch.fx.experimental.symbolic_shapes", "sympy"):
        monkeypatch.setitem(sys.modules, module, None)  # whoever imports it now fails
    load_autoencoder("chairs", device="cpu")
