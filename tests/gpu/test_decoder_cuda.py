"""The unbatched decoder agrees with PyTorch, and is closer to the exact values than cuDNN."""

from __future__ import annotations

import copy

import numpy as np
import pytest

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")

from voxview.errors import InputError  # noqa: E402
from voxview.model.autoencoder import Autoencoder, load_autoencoder  # noqa: E402
from voxview.model.residual import ResidualNetwork  # noqa: E402
from voxview.model.residual_cuda import ResidualDecoder, fits  # noqa: E402
from voxview.model.weights import ARCHITECTURES  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402


@pytest.fixture(scope="module")
def autoencoder() -> Autoencoder:
    return load_autoencoder("chairs", "cuda")


def exact(network: ResidualNetwork, z: torch.Tensor) -> torch.Tensor:
    """Decode in double precision."""
    return torch.sigmoid(copy.deepcopy(network).double().decode(z.double()))[:, 0]


def decoded(decoder: ResidualDecoder, z: torch.Tensor, field: torch.Tensor) -> torch.Tensor:
    decoder.queue(z, field, stream=torch.cuda.current_stream().cuda_stream)
    return field


def poisoned(offset: int = 0) -> torch.Tensor:
    return torch.full((32**3 + offset,), float("nan"), device="cuda")[offset:].view(32, 32, 32)


def test_chairs_and_blends_are_decoded_to_single_precision(autoencoder: Autoencoder) -> None:
    decoder = ResidualDecoder(autoencoder.network)
    z = torch.from_numpy(
        autoencoder.encode(np.stack([chair.read() for chair in sample_catalog()[:40]]))
    ).cuda()
    latents = torch.cat([z, (z + z.roll(1, 0)) / 2])
    wanted = exact(autoencoder.network, latents)
    ours = torch.stack([decoded(decoder, one, poisoned()).clone() for one in latents])
    theirs = autoencoder.decode_tensor(latents)
    our_error, their_error = ((fields.double() - wanted).abs().max().item() for fields in (ours, theirs))
    print(f"\nlargest error of a probability: ours {our_error:.1e}, cuDNN's {their_error:.1e}")
    assert our_error < 2e-5


@pytest.mark.parametrize("architecture", ["voxview", "symmetric"])
def test_other_networks_of_the_same_widths_are_decoded_as_well(architecture: str) -> None:
    torch.manual_seed(5)
    network = ARCHITECTURES[architecture]()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm3d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    if architecture == "symmetric":  # its mapping is the identity at first
        torch.nn.init.normal_(network.mapping.layers[-1].weight, 0, 0.1)
    network = network.for_inference().cuda()
    assert fits(network)
    z = 3 * torch.randn(8, 8, device="cuda")
    field = decoded(ResidualDecoder(network), z, poisoned())
    assert (field.double() - exact(network, z[None])[0]).abs().max() < 1e-5


def test_the_same_latent_gives_the_same_bits(autoencoder: Autoencoder) -> None:
    z = torch.randn(8, 8, device="cuda")
    first = decoded(ResidualDecoder(autoencoder.network), z, poisoned()).clone()
    other = ResidualDecoder(autoencoder.network)
    assert all(torch.equal(decoded(other, z, poisoned()), first) for _ in range(20))


def test_arrays_that_begin_anywhere_are_taken_and_nothing_beside_is_written(autoencoder: Autoencoder) -> None:
    decoder = ResidualDecoder(autoencoder.network)
    z = torch.randn(67, device="cuda")[3:].view(8, 8)
    field = poisoned(offset=1)
    decoded(decoder, z, field)
    assert torch.equal(field, decoded(decoder, z.clone(), poisoned()))
    assert field._base[0].isnan()


def test_other_arrays_are_refused(autoencoder: Autoencoder) -> None:
    decoder = ResidualDecoder(autoencoder.network)
    z = torch.zeros(8, 8, device="cuda")
    for wrong_z, wrong_field in (
        (z.double(), poisoned()),
        (z[:4], poisoned()),
        (z, poisoned()[:16]),
        (z.t(), poisoned()),
    ):
        with pytest.raises(InputError, match="is contiguous float32"):
            decoded(decoder, wrong_z, wrong_field)


@pytest.mark.parametrize("name", ["chairs", "study"])
def test_every_architecture_has_an_unbatched_decoder_that_a_graph_can_capture(name: str) -> None:
    from voxview.engine.pipelines.graph import capture

    autoencoder = load_autoencoder(name, "cuda")
    decode, z, field = autoencoder.unbatched_decoder(), torch.randn(8, 8, device="cuda"), poisoned()
    graph = capture(lambda: decode(z, field))
    for _ in range(3):
        z.normal_()
        field.fill_(float("nan"))
        graph.replay()
        assert (field - autoencoder.decode_tensor(z[None])[0]).abs().max() < 1e-4
