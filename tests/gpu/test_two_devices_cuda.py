"""Of two GPUs the one is used whose arrays came, on its own stream, whichever is current."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")
if torch.cuda.device_count() < 2:
    pytest.skip("two CUDA devices are needed", allow_module_level=True)

from voxview.cuda.to_host import copy_to_host  # noqa: E402
from voxview.errors import InputError  # noqa: E402
from voxview.latent.cuda import interpolate_on_device, pairs_on_device  # noqa: E402
from voxview.latent.interpolate import interpolate, interpolate_all_pairs  # noqa: E402
from voxview.model.autoencoder import load_autoencoder  # noqa: E402
from voxview.model.residual_cuda import ResidualDecoder  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.surface.cuda import SurfaceExtractor  # noqa: E402
from voxview.training.batches import seed_generator  # noqa: E402
from voxview.training.config import TrainConfig  # noqa: E402
from voxview.training.learner import Learner  # noqa: E402
from voxview.training.process_group import ProcessGroup  # noqa: E402
from voxview.training.replayed import EAGER_CALLS  # noqa: E402

T = np.linspace(0, 1, 11, dtype=np.float32)


@pytest.fixture(autouse=True)
def first_is_current() -> Iterator[None]:
    """The first device is current before and after."""
    torch.cuda.set_device(0)
    yield
    torch.cuda.synchronize(0)
    torch.cuda.synchronize(1)
    torch.cuda.set_stream(torch.cuda.default_stream(1))
    torch.cuda.set_device(0)


def busy_stream() -> torch.cuda.Stream:
    """Make a stream with a tenth of a second to do the current one of the second device."""
    side = torch.cuda.Stream(device=1)
    torch.cuda.synchronize(1)
    torch.cuda.set_stream(side)
    with torch.cuda.device(1):
        torch.cuda._sleep(200_000_000)
    torch.cuda.set_device(0)
    assert torch.cuda.current_device() == 0 and torch.cuda.current_stream(1) == side
    return side


def latents(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((*shape, 8, 8)).astype(np.float32)


@pytest.mark.parametrize("name", ["chairs", "study"])
def test_an_autoencoder_on_the_second_device_is_the_cpus(name: str) -> None:
    grids = np.stack([chair.read() for chair in sample_catalog()[:20]])
    cpu, second = load_autoencoder(name, "cpu"), load_autoencoder(name, "cuda:1")
    z = cpu.encode(grids)
    assert np.abs(second.encode(grids) - z).max() < 1e-3 * max(1, np.abs(z).max())
    assert np.abs(second.decode(z) - cpu.decode(z)).max() < 1e-3


@pytest.mark.parametrize("name", ["chairs", "study"])
def test_a_single_latent_is_decoded_on_its_devices_stream(name: str) -> None:
    autoencoder = load_autoencoder(name, "cuda:1")
    decode, z = autoencoder.unbatched_decoder(), torch.from_numpy(latents()).to("cuda:1")
    field = torch.zeros((32, 32, 32), device="cuda:1")
    decode(z, field)  # compiled
    expected = autoencoder.decode_tensor(z[None])[0].clone()
    torch.cuda.synchronize(1)
    late = torch.zeros_like(z)
    side = busy_stream()
    late.copy_(z)  # is there only when the second device's stream comes to it
    decode(late, field)
    side.synchronize()
    assert (field - expected).abs().max() < 1e-4


def learnt(device: str) -> list[float]:
    """Return the losses of some training steps, of which the last are replayed."""
    learner = Learner(TrainConfig(batch=32, graph=True, precision="fp32"), ProcessGroup(device=device))
    generator, losses = torch.Generator(device), []
    grids = (torch.rand((32, 1, 1, 32), generator=torch.Generator().manual_seed(1)) < 0.3).to(device)
    for step in range(1, EAGER_CALLS + 5):
        seed_generator(generator, 1, step, 0)
        loss, _ = learner.learn(grids.expand(32, 32, 32, 32), step, 1e-4, generator)
        losses.append(float(loss))
    return losses


def test_a_training_step_on_the_second_device_is_replayed_there() -> None:
    losses = learnt("cuda:1")
    assert len(set(losses)) == len(losses), "what is replayed holds nothing of the step"
    assert losses == pytest.approx(learnt("cuda:0"), rel=0.1)


@pytest.mark.parametrize("kernel", ["global", "shared"])
def test_kernels_run_where_their_arrays_are(kernel: str) -> None:
    z, t = torch.from_numpy(latents(5)).to("cuda:1"), torch.from_numpy(T).to("cuda:1")
    late, pairs = torch.zeros_like(z), torch.zeros((5, 5, 11, 8, 8), device="cuda:1")
    pair = torch.zeros((11, 8, 8), device="cuda:1")
    stream = int(busy_stream().cuda_stream)
    late.copy_(z)
    interpolate_on_device(late[0], late[1], t, pair, kernel=kernel, stream=stream)  # type: ignore[arg-type]
    pairs_on_device(late, late, t, pairs, kernel=kernel, stream=stream)  # type: ignore[arg-type]
    out = np.empty(pairs.shape, np.float32)
    copy_to_host([pairs], out, stream=stream)
    assert np.array_equal(out, interpolate_all_pairs(latents(5), T))
    assert np.array_equal(pair.cpu().numpy(), interpolate(*latents(5)[:2], T))


def test_arrays_on_two_devices_are_refused() -> None:
    z, t = torch.from_numpy(latents(5)).to("cuda:1"), torch.from_numpy(T).cuda()
    with pytest.raises(InputError, match="z_a is on CUDA device 1, but t is on 0"):
        interpolate_on_device(
            z[0], z[1], t, torch.zeros((11, 8, 8), device="cuda:1"), kernel="shared", stream=None
        )


def test_buffers_on_another_device_than_the_array_are_refused() -> None:
    import cupy as cp

    decoder = ResidualDecoder(load_autoencoder("chairs", "cuda:1").network)  # type: ignore[arg-type]
    z, field = torch.zeros((8, 8), device="cuda:0"), torch.zeros((32, 32, 32), device="cuda:0")
    stream = int(torch.cuda.current_stream(0).cuda_stream)
    with pytest.raises(InputError, match="z is on CUDA device 0, but the decoder's memory is on 1"):
        decoder.queue(z, field, stream=stream)
    with cp.cuda.Device(0):
        extractor = SurfaceExtractor((32, 32, 32))
    with pytest.raises(InputError, match="field is on CUDA device 1, but the extractor's memory is on 0"):
        extractor.queue(field.to("cuda:1"), 0.5, stream=None)
