"""Every layer is counted twice and explained: by our formulas and by PyTorch, in numbers and in words."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import torch
from random_points_weights import write_random_points_weights
from torch import nn
from torch.nn import functional

from voxview.cli import main
from voxview.errors import InputError
from voxview.model.layers.counted_by_torch import multiply_adds_by_torch
from voxview.model.layers.describe import describe_network
from voxview.model.layers.names import NETWORKS
from voxview.model.layers.networks import architecture, build_on_meta
from voxview.model.layers.rows import LayerRow, NetworkRows
from voxview.model.layers.times import time_layers_in_steps
from voxview.model.picture_resnet import PictureResNet
from voxview.to_end import run_to_end


def row(network: str, name: str) -> LayerRow:
    return next(row for row in describe_network(network).rows if row.name == name)


def worked(network: str, layer: str, figure: str) -> str:
    return next(w.text for w in row(network, layer).workings if w.figure == figure)


def outputs(network: NetworkRows) -> list[str]:
    return [row.output.text for row in network.rows if row.filters]


# ---- counts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_both_counters_agree(name: str) -> None:
    assert describe_network(name).multiply_adds == multiply_adds_by_torch(name) > 0


@pytest.mark.parametrize("name", NETWORKS)
def test_the_rows_have_every_parameter_once(name: str) -> None:
    network, of = describe_network(name), architecture(name)
    in_use = build_on_meta(of.build)
    stored = build_on_meta(of.build_stored) if of.build_stored else in_use
    assert network.expanded == sum(p.numel() for p in in_use.parameters())
    assert network.stored == sum(p.numel() for p in stored.parameters())
    assert len({row.name for row in network.rows}) == len(network.rows)


def test_alexnet_has_the_counts_of_its_paper() -> None:
    network = describe_network("alexnet")
    assert network.stored == network.expanded == 60_965_224
    assert sum(row.stored for row in network.convolutions) == 2_334_080
    assert sum(row.stored for row in network.fully_connected) == 58_631_144
    assert network.multiply_adds == 724_406_816
    assert outputs(network) == ["55×55×96", "27×27×256", "13×13×384", "13×13×384", "13×13×256"]
    assert network.convolutions[0].multiply_adds == 55 * 55 * 96 * 11 * 11 * 3


def test_without_groups_and_in_one_tower_alexnet_is_another() -> None:
    assert describe_network("alexnet-one-group").stored == 62_378_344
    assert describe_network("alexnet-one-tower").stored == 61_100_840


def test_the_studys_network_has_the_sizes_of_its_table() -> None:
    network = describe_network("study")
    assert network.stored == 168_105
    assert [network.input.text, *outputs(network)] == [
        *("32³×1", "16³×32", "8³×16", "2³×8"),
        *("8³×16", "16³×32", "32³×1"),
    ]
    assert [row.receptive_field for row in network.rows] == [5, 13, 29, 45, 53, 57]
    assert network.rows[0].activation_bytes == 4 * 16**3 * 32


def test_a_symmetric_network_stores_one_of_two_halves() -> None:
    network = describe_network("chairs")
    assert (network.stored, network.expanded) == (7_099_716, 13_734_940)
    first = row("chairs", "encoder.0.conv")
    assert (first.stored, first.expanded) == (5_184, 10_368)
    assert (
        worked("chairs", "encoder.0.conv", "stored") == "one of two mirrored halves = 5,184 of 10,368 = 5,184"
    )
    assert row("chairs", "encoder.1.norm2").then == ("+ the block's input", "SiLU")


def test_the_receptive_field_is_where_a_gradient_arrives() -> None:
    layers = [nn.Conv2d(1, 1, 11, 4), nn.MaxPool2d(3, 2), nn.Conv2d(1, 1, 5, padding=2), nn.MaxPool2d(3, 2)]
    x = torch.rand(1, 1, 227, 227, requires_grad=True)
    y = nn.Sequential(*layers)(x)
    # Of a maximum one input counts: as a mean every one does.
    means = [nn.AvgPool2d(3, 2) if isinstance(layer, nn.MaxPool2d) else layer for layer in layers]
    y = nn.Sequential(*means)(x)
    y[0, 0, 6, 6].backward()
    assert x.grad is not None
    reached = torch.nonzero(x.grad[0, 0].abs().sum(0))
    assert int(reached.max() - reached.min()) + 1 == row("alexnet", "pool2").receptive_field == 67


def test_a_shortcut_does_not_count_in_the_receptive_field_of_its_blocks_other_layers() -> None:
    network = PictureResNet(67, 8)
    for parameter in network.parameters():
        nn.init.constant_(parameter, 1e-2)  # every ReLU lets everything pass
    x = torch.rand(1, 3, 227, 227, requires_grad=True)
    y = functional.relu(network.conv1(x))
    for block in network.blocks[:4]:
        y = block(y)
    y[0, 0, 14, 14].backward()
    assert x.grad is not None
    reached = torch.nonzero(x.grad[0, 0].abs().sum(0))
    wanted = row("picture", "blocks.3.conv2").receptive_field
    assert int(reached.max() - reached.min()) + 1 == wanted == 99
    assert row("picture", "blocks.2.shortcut").receptive_field == 43
    assert row("picture", "blocks.2.conv2").then == ("+ the block's input", "ReLU")


def test_points_are_seen_one_by_one_then_in_groups_then_all() -> None:
    seen = [row.receptive_text for row in describe_network("pointnet2").rows]
    assert list(dict.fromkeys(seen)) == [
        *("1 point", "16 points", "32 points"),
        *("16 centres of the level before", "32 centres of the level before", "all"),
    ]
    grouping = row("pointnet2", "level1.grouping")
    assert "256 of 1024 points" in grouping.note and grouping.output.text == "256×48×3"


# ---- arithmetic -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "figure", "text"),
    [
        ("conv1", "output", "⌊(W − F + 2P)/S⌋ + 1 = ⌊(227 − 11 + 0)/4⌋ + 1 = 55"),
        ("conv1", "parameters", "filters × (F·F·C + 1) = 96 × (11·11·3 + 1) = 34,944"),
        ("conv2", "parameters", "filters × (F·F·C/G + 1) = 256 × (5·5·48 + 1) = 307,456"),
        ("pool3", "output", "⌊(W − F + 2P)/S⌋ + 1 = ⌊(13 − 3 + 0)/2⌋ + 1 = 6"),
        ("fc6", "parameters", "outputs × (inputs + 1) = 4096 × (9216 + 1) = 37,752,832"),
        ("fc8", "multiply-adds", "outputs × inputs = 1000 × 4096 = 4,096,000"),
        ("conv1", "bytes of activations", "4 bytes × output numbers = 4 × 55·55·96 = 1,161,600"),
        ("conv2", "receptive field", "r + (F − 1)·j = 19 + (5 − 1)·8 = 51"),
    ],
)
def test_a_row_unfolds_into_its_arithmetic(layer: str, figure: str, text: str) -> None:
    assert worked("alexnet", layer, figure) == text


def test_a_transposed_convolution_has_a_formula_of_its_own() -> None:
    assert worked("study", "decoder.0", "output") == "(W − 1)·S − 2P + F + O = (2 − 1)·4 − 2 + 5 + 1 = 8"
    assert worked("study", "decoder.0", "multiply-adds").endswith("= 2·2·2 × 8 × 5·5·5·16 = 128,000")


@pytest.mark.parametrize("name", ["alexnet", "study", "chairs", "pointnet2"])
def test_every_arithmetic_adds_up(name: str) -> None:
    """The numbers of each working, computed by Python, are its result."""
    for layer in describe_network(name).rows:
        for working in layer.workings:
            if working.figure == "stored":
                continue
            python = working.numbers.replace("−", "-").replace("×", "*").replace("·", "*")
            python = python.replace("⌊", "int(").replace("⌋", ")").replace("⌈", "").replace("⌉", "")
            assert int(eval(python)) == working.result, (layer.name, working.text)


# ---- what is asked for on the command line ----------------------------------------------------------


def test_a_network_is_printed_as_a_table_with_its_totals(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["network", "alexnet"]) == 0
    printed = capsys.readouterr().out
    assert "fully connected: 58,631,144 parameters (96.2 %), 58,621,952 multiply-adds (8.1 %)" in printed
    assert "convolutions: 2,334,080 parameters (3.8 %), 665,784,864 multiply-adds (91.9 %)" in printed
    assert "A multiply-add is one product that is added to a sum" in printed


def test_csv_markdown_and_json_agree(capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for wanted in (["--table", "csv"], ["--table", "md"], ["--json"]):
        assert main(["network", "study", *wanted]) == 0
        printed.append(capsys.readouterr().out)
    rows = list(csv.DictReader(printed[0].splitlines()))
    markdown = [line.split(" | ") for line in printed[1].splitlines()]
    layers = json.loads(printed[2])["layers"]
    assert len(rows) == len(markdown) - 2 == len(layers) == 6
    for line, cells, layer in zip(rows, markdown[2:], layers, strict=True):
        assert int(line["multiply_adds"]) == layer["multiply_adds"]
        assert f"{layer['multiply_adds']:,}" in cells and line["layer"] == layer["name"]
        assert layer["arithmetic"]["output"].endswith(f" {layer['output']['size'][0]}")


def test_one_layer_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["network", "alexnet", "--layer", "conv2"]) == 0
    assert "27×27×96 → 27×27×256" in capsys.readouterr().out


def test_without_a_name_the_networks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["network"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(NETWORKS)
    assert main(["network", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == list(NETWORKS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["network", "resnet"], "no network 'resnet': there are chairs,"),
        (["network", "gone.safetensors"], "no weights at gone.safetensors"),
        (["network", "alexnet", "--layer", "conv9"], "no layer 'conv9' in alexnet"),
        (["network", "--time"], "name a network"),
    ],
)
def test_what_cannot_be_is_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_a_weights_file_says_how_wide_its_network_is(tmp_path: Path) -> None:
    file = write_random_points_weights(tmp_path / "small.safetensors", like=0)
    small = describe_network(str(file))
    assert small.unit == "point" and small.stored < describe_network("pointnet2").stored
    other = tmp_path / "other.safetensors"
    other.write_bytes((2).to_bytes(8, "little") + b"{}")
    with pytest.raises(InputError, match=r"no complete \.safetensors file"):
        describe_network(str(other))


def header_of(path: Path, **entries: str) -> str:
    """A file that is nothing but a header, which is all that is read."""
    header = json.dumps({"__metadata__": entries}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    return str(path)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"format": "voxview-picture-1", "hidden": "many", "groups": "2"}, "does not say what its network"),
        ({"format": "voxview-parts-1", "width": "100000"}, "does not say what its network"),
        ({"format": "voxview-points-1", "width": "64", "encoder": "other"}, "does not say what its network"),
        ({"format": "another-1"}, "weights of another program"),
        ({"format": "voxview-weights-1", "architecture": "new"}, "weights of another program"),
    ],
)
def test_a_header_that_does_not_fit_is_one_line(entries: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        describe_network(header_of(tmp_path / "w.safetensors", **entries))


def test_a_header_is_enough(tmp_path: Path) -> None:
    parts = header_of(tmp_path / "p.safetensors", format="voxview-parts-1", width="32")
    plain = header_of(tmp_path / "v.safetensors", format="voxview-weights-1", architecture="voxview")
    assert describe_network(parts).stored < describe_network("parts").stored / 3
    network = describe_network(plain)
    assert network.stored == network.expanded > 10_000_000


def test_each_layer_is_timed_and_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    times = run_to_end(time_layers_in_steps("study", "cpu"))
    assert len(times.rows) == 6 and all(ms is not None and ms > 0 for ms in times.rows)
    assert times.whole > 0 and times.device.startswith("CPU, ")
    assert main(["network", "study", "--time", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["layers"][0]["milliseconds"]
