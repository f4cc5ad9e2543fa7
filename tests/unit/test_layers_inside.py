"""Activations are those of the network itself, and what a channel answers to adds up to its number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from voxview.engine.engine import Engine
from voxview.engine.inside import InsideReader, InsideRequest
from voxview.engine.latent_request import LatentRequest
from voxview.engine.request import BlendRequest
from voxview.errors import InputError
from voxview.latent.numpy_blend import blend
from voxview.model.layers.describe import describe_network
from voxview.model.layers.inside import Pass, layer_names, look_inside
from voxview.model.layers.trace import trace
from voxview.model.residual import ResidualNetwork, Widths
from voxview.model.study import StudyNetwork
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Floats, Grid

A, B = sample_catalog()[:2]
GRID: Grid = A.read()


def never() -> None:
    return None


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


@pytest.fixture(scope="module")
def study(engine: Engine) -> StudyNetwork:
    network = engine.autoencoder.network
    assert isinstance(network, StudyNetwork)
    return network


def look(network: StudyNetwork, layer: str, channel: int = 0, look: Callable[[], None] = never):  # type: ignore[no-untyped-def]
    occupancy = torch.from_numpy(GRID)[None, None].float()
    return look_inside(Pass(network, network.encode, occupancy), [layer], channel, look)


# ---- a layer ----------------------------------------------------------------------------------------


def test_values_are_what_the_layer_gives_after_its_activation(study: StudyNetwork) -> None:
    occupancy = torch.from_numpy(GRID)[None, None].float()
    expected = F.relu(study.encoder[1](F.relu(study.encoder[0](occupancy))))[0]
    assert np.allclose(look(study, "encoder.1").values, expected.numpy(), atol=1e-5)


def test_the_values_of_a_residual_block_hold_its_input_and_its_activation() -> None:
    torch.manual_seed(0)
    network = ResidualNetwork(Widths((4, 4, 4), (5, 3, 3), (4, 4, 4))).for_inference()
    occupancy = torch.from_numpy(GRID)[None, None].float()
    found = look_inside(Pass(network, network.encode, occupancy), ["encoder.1.norm2", "encoder.1.conv2"], 0)  # type: ignore[operator]
    with torch.no_grad():
        expected = network.encoder[1](network.encoder[0](occupancy))[0]  # type: ignore[index]
    assert found is not None and found.layer == "encoder.1.conv2", "inference has made the norm a part of it"
    assert np.allclose(found.values, expected.numpy(), atol=1e-5)


def test_contributions_of_the_first_layer_and_its_bias_add_up_to_the_number(study: StudyNetwork) -> None:
    found = look(study, "encoder.0", 7)
    one = found.answering
    assert one.value == pytest.approx(found.values[7].max()) == pytest.approx(found.values[7][one.place])
    bias = float(study.encoder[0].bias[7])
    assert one.contributions.sum() + bias == pytest.approx(one.value, abs=1e-4)
    assert not one.contributions[0][~GRID].any(), "an empty voxel adds nothing"


def test_a_number_depends_on_no_more_than_its_receptive_field(study: StudyNetwork) -> None:
    for name, most in (("encoder.0", 5), ("encoder.1", 13), ("encoder.2", 29)):
        reach = look(study, name).answering.reach
        assert reach[0] == 1 and 0 < max(reach[1:]) <= most, name


def test_only_a_layer_that_reads_the_input_shows_its_filters(study: StudyNetwork) -> None:
    assert look(study, "encoder.0").filters.shape == (32, 1, 5, 5, 5)
    assert look(study, "encoder.1").filters is None


def test_a_channel_that_is_not_there_counts_as_the_last(study: StudyNetwork) -> None:
    assert look(study, "encoder.2", 500).answering.channel == 7


def test_what_is_looked_at_can_be_called_off_between_two_layers(study: StudyNetwork) -> None:
    calls = []

    def called_off() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        look(study, "encoder.2", 0, called_off)
    assert len(calls) == 2


def test_what_is_traced_has_the_names_of_the_rows(study: StudyNetwork) -> None:
    rows = [row.name for row in describe_network("study").rows]
    with_numbers = trace(study, torch.zeros(1, 1, 32, 32, 32))
    assert layer_names(with_numbers) == rows
    assert layer_names(trace(study, torch.zeros(1, 8, 8), run=study.decode)) == rows[3:]


# ---- through the engine -----------------------------------------------------------------------------


def inside(engine: Engine, layer: str, latent: Floats | None = None, network: str = "study"):  # type: ignore[no-untyped-def]
    return InsideReader().look(engine, InsideRequest(network, (layer,), 0, GRID, latent), never)


def test_a_layer_of_the_decoder_decodes_the_latent_that_is_given(engine: Engine) -> None:
    z_a, z_b = engine.latents([A, B], "cpu")
    t = np.array([0.3], np.float32)
    latent = blend(z_a, z_b, t)[0]
    found = inside(engine, "decoder.2", latent)
    expected = engine.blend(BlendRequest(A, B, 0.3)).field
    assert np.allclose(1 / (1 + np.exp(-found.values[0])), expected, atol=1e-5)
    assert found.answering.contributions.shape == (8, 8) and found.answering.contributions.any()


def test_without_a_latent_the_grid_s_own_encoding_is_decoded(engine: Engine) -> None:
    own = engine.encode_unrefined(GRID[None], "cpu")[0]
    field = engine.decode_latent(LatentRequest(own, "own")).field
    found = inside(engine, "decoder.2")
    assert np.allclose(1 / (1 + np.exp(-found.values[0])), field, atol=1e-4)


def test_a_layer_that_there_is_not_is_named_in_one_line(engine: Engine) -> None:
    with pytest.raises(InputError, match=r"study has no layer 'encoder.9' that can be looked at"):
        inside(engine, "encoder.9")


def test_the_picture_encoder_shows_64_filters_and_maps_of_56_pixels(engine: Engine) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (227, 227, 3), np.uint8)
    reader = InsideReader()
    found = reader.look(engine, InsideRequest("picture", ("conv1",), 5, picture), never)
    assert found.values.shape == (64, 56, 56) and found.filters is not None
    assert found.filters.shape == (64, 3, 11, 11)
    assert found.answering.contributions.shape == (3, 227, 227) and found.answering.reach == (3, 11, 11)
    last = InsideRequest("picture", ("blocks.7.conv2",), 0, picture)
    assert reader.look(engine, last, never).values.shape == (200, 7, 7)
    assert reader.look(engine, InsideRequest("picture", ("fc8",), 0, picture), never).values.shape == (67,)
