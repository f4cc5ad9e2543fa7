"""The CUDA kernels agree with NumPy bit for bit, on any stream and any memory."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.latent.cuda import (
    all_pairs_on_device,
    interpolate_on_device,
    pairs_elementwise_on_device,
)
from voxview.latent.interpolate import interpolate, interpolate_all_pairs

Kernel = Literal["global", "shared"]
KERNELS: tuple[Kernel, ...] = ("global", "shared")
CUDA_BACKENDS = ("cuda-global", "cuda-shared")
SPECIAL = [0, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC12345, 0xFF812345, 1, 0x80012345, 0x7F7FFFFF]
"""Zeros, infinities, NaNs with payloads (one signalling), subnormals and the largest float, as bits."""

any_bits = st.integers(0, 2**32 - 1) | st.sampled_from(SPECIAL)
latents = arrays(np.uint32, (8, 8), elements=any_bits).map(lambda bits: bits.view(np.float32))
steps = arrays(np.float32, st.integers(0, 9) | st.integers(256, 300), elements=st.floats(0, 1, width=32))

pytestmark = pytest.mark.gpu
every_kernel = pytest.mark.parametrize("kernel", KERNELS)
every_pairs_kernel = pytest.mark.parametrize("kernel", [*KERNELS, "elementwise"])
every_backend = pytest.mark.parametrize("backend", CUDA_BACKENDS)


def random_latents(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((*shape, 8, 8)).astype(np.float32)


def steps_from_0_to_1(k: int) -> NDArray[np.float32]:
    return np.linspace(0, 1, k, dtype=np.float32) if k > 1 else np.array([0.3], np.float32)


def assert_same_bits(got: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    assert got.dtype == expected.dtype == np.float32
    assert got.shape == expected.shape
    wrong = got.view(np.uint32) != expected.view(np.uint32)
    if wrong.any():
        first = tuple(int(index) for index in np.argwhere(wrong)[0])
        pytest.fail(
            f"{int(wrong.sum())} of {wrong.size} numbers differ, first at {first}: "
            f"{got[first]!r} ({got.view(np.uint32)[first]:#010x}) instead of "
            f"{expected[first]!r} ({expected.view(np.uint32)[first]:#010x})"
        )


def on_device(values: NDArray[np.float32], offset: int = 0) -> Any:
    """Return a torch tensor of `values` at `offset` floats into an allocation: aligned if that is 0."""
    import torch

    whole = torch.full((values.size + offset + 4,), float("nan"), device="cuda")
    view = whole[offset : offset + values.size].view(values.shape)
    view.copy_(torch.from_numpy(values))
    return view


def poisoned(*shape: int, offset: int = 0) -> Any:
    return on_device(np.full(shape, np.nan, np.float32), offset)


def current_stream() -> int:
    import torch

    return int(torch.cuda.current_stream().cuda_stream)


def queue_all_pairs(z: Any, t: Any, out: Any, kernel: Kernel | Literal["elementwise"]) -> None:
    if kernel == "elementwise":
        pairs_elementwise_on_device(z, z, t, out, stream=current_stream())
    else:
        all_pairs_on_device(z, t, out, kernel=kernel, stream=current_stream())


def on_host(tensor: Any) -> NDArray[np.float32]:
    values: NDArray[np.float32] = tensor.cpu().numpy()
    return values


# --- the same bits as NumPy ---


@every_backend
@pytest.mark.parametrize("k", [0, 1, 2, 3, 11, 101, 255, 256, 257, 70_000])
def test_any_number_of_ts_gives_numpys_bits(backend: str, k: int) -> None:
    (a, b), t = random_latents(2, seed=k), steps_from_0_to_1(k) if k else np.empty(0, np.float32)
    assert_same_bits(interpolate(a, b, t, backend), interpolate(a, b, t))


@every_backend
@settings(max_examples=200, deadline=None)
@given(a=latents, b=latents, t=steps)
def test_any_bits_give_numpys_bits(
    backend: str, a: NDArray[np.float32], b: NDArray[np.float32], t: NDArray[np.float32]
) -> None:
    assert_same_bits(interpolate(a, b, t, backend), interpolate(a, b, t))


@every_backend
def test_the_ends_are_a_and_b_bit_for_bit(backend: str) -> None:
    odd = np.resize(np.array(SPECIAL, np.uint32), (8, 8)).view(np.float32)
    a, b = odd, np.ascontiguousarray(odd[::-1])
    blends = interpolate(a, b, np.array([0, 1, -0.0], np.float32), backend)
    assert_same_bits(blends, np.stack([a, b, a]))


@every_backend
def test_subnormal_numbers_are_not_flushed_to_zero(backend: str) -> None:
    tiny = np.full((8, 8), 1e-40, np.float32)
    t = np.array([1e-45, 0.25, 0.75], np.float32)
    blends = interpolate(tiny, tiny, t, backend)
    assert np.all(blends > 0)
    assert_same_bits(blends, interpolate(tiny, tiny, t))


@every_backend
@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 31, 32, 33, 50, 65])
@pytest.mark.parametrize("k", [1, 2, 11])
def test_all_pairs_give_numpys_bits(backend: str, n: int, k: int) -> None:
    z, t = random_latents(n, seed=n), steps_from_0_to_1(k)
    assert_same_bits(interpolate_all_pairs(z, t, backend), interpolate_all_pairs(z, t))


@every_backend
@pytest.mark.parametrize("k", [15, 16, 17, 101])
def test_all_pairs_take_more_ts_than_a_block_has_rows(backend: str, k: int) -> None:
    z, t = random_latents(5), steps_from_0_to_1(k)
    assert_same_bits(interpolate_all_pairs(z, t, backend), interpolate_all_pairs(z, t))


@pytest.mark.parametrize("n", [0, 1, 3, 33])
@pytest.mark.parametrize("k", [0, 1, 11, 101])
def test_one_thread_an_element_gives_numpys_bits(n: int, k: int) -> None:
    z, t = random_latents(n, seed=n), np.linspace(0, 1, k, dtype=np.float32)
    out = poisoned(n, n, k, 8, 8)
    queue_all_pairs(on_device(z), on_device(t), out, "elementwise")
    assert_same_bits(on_host(out), interpolate_all_pairs(z, t))


# --- sizes ---


@every_kernel
def test_a_million_ts_in_one_launch(kernel: Kernel) -> None:
    import torch

    a, b = random_latents(2)
    t = torch.linspace(0, 1, 1_000_000, device="cuda")
    out = poisoned(len(t), 8, 8)
    interpolate_on_device(on_device(a), on_device(b), t, out, kernel=kernel, stream=current_stream())
    assert not out.isnan().any()
    some = [0, 1, 65_534, 65_535, 65_536, 500_000, 999_999]
    expected = interpolate(a, b, on_host(t[some]))
    assert_same_bits(on_host(out[some]), expected)


@every_pairs_kernel
def test_offsets_beyond_two_to_the_31_are_right(kernel: Kernel) -> None:
    import torch

    n, k = 2_000, 11
    needed, free = 4 * 64 * n * n * k, torch.cuda.mem_get_info()[0]
    if free < 1.1 * needed:
        pytest.skip(f"{needed / 1e9:.1f} GB of GPU memory are needed, {free / 1e9:.1f} GB are free")
    z, t = random_latents(n), steps_from_0_to_1(k)
    out = torch.full((n, n, k, 8, 8), float("nan"), device="cuda")
    queue_all_pairs(on_device(z), on_device(t), out, kernel)
    for i in (0, 3, 762, 763, 1_525, 1_999):  # 2³¹ numbers end inside i = 1,525
        assert_same_bits(on_host(out[i]), interpolate_all_pairs_from(z, i, t))
    assert not any(bool(part.isnan().any()) for part in out.split(100)), "some blend was not written"
    del out
    torch.cuda.empty_cache()


def interpolate_all_pairs_from(z: NDArray[np.float32], i: int, t: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack([interpolate(z[i], other, t) for other in z])


# --- the memory that others made ---


@every_kernel
@pytest.mark.parametrize("k", [11, 300])
@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_tensors_that_begin_anywhere_are_read_and_written_in_place(
    kernel: Kernel, k: int, offset: int
) -> None:
    (a, b), t = random_latents(2), steps_from_0_to_1(k)
    out = poisoned(k, 8, 8, offset=offset)
    around = out._base  # the whole allocation
    on_a, on_b, on_t = (on_device(values, offset) for values in (a, b, t))
    interpolate_on_device(on_a, on_b, on_t, out, kernel=kernel, stream=current_stream())
    assert_same_bits(on_host(out), interpolate(a, b, t))
    assert all(np.array_equal(on_host(x), y) for x, y in ((on_a, a), (on_b, b), (on_t, t)))
    assert int(around.isnan().sum()) == around.numel() - out.numel(), "something beside out was written"


@every_pairs_kernel
@pytest.mark.parametrize("n", [1, 5, 16, 33])
@pytest.mark.parametrize(("of_z", "of_out"), [(0, 1), (1, 0), (2, 3), (0, 0)])
def test_all_pairs_of_misaligned_tensors(kernel: Kernel, n: int, of_z: int, of_out: int) -> None:
    z, t = random_latents(n), steps_from_0_to_1(11)
    out = poisoned(n, n, 11, 8, 8, offset=of_out)
    around = out._base  # the whole allocation
    queue_all_pairs(on_device(z, of_z), on_device(t, 1), out, kernel)
    assert_same_bits(on_host(out), interpolate_all_pairs(z, t))
    assert int(around.isnan().sum()) == around.numel() - out.numel(), "something beside out was written"


def test_slices_of_a_batch_and_cupy_arrays_are_taken_as_they_are() -> None:
    import cupy as cp
    import torch

    z, t = random_latents(4), steps_from_0_to_1(3)
    batch, out = on_device(z), torch.empty(2, 3, 8, 8, device="cuda")
    interpolate_on_device(batch[1], batch[3], cp.asarray(t), out[1], kernel="shared", stream=current_stream())
    assert_same_bits(on_host(out[1]), interpolate(z[1], z[3], t))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda z: z.double(), r"z_a is contiguous float32 \(8, 8\), but contiguous float64"),
        (lambda z: z.t(), "z_a is contiguous float32 .* but strided"),
        (lambda z: z[:4], r"but contiguous float32 \(4, 8\) came"),
        (lambda z: z.cpu(), "z_a is a float32 array on a CUDA device"),
        (lambda z: z.cpu().numpy(), "z_a is a float32 array on a CUDA device"),
        (lambda z: z.tolist(), "but a list came"),
        (lambda z: z.bfloat16(), "z_a "),
        (lambda z: z.clone().requires_grad_(), "z_a cannot be shared with CuPy: .*grad"),
    ],
)
def test_other_arrays_are_refused_by_name(spoil: Any, said: str) -> None:
    z, t = on_device(random_latents()), on_device(steps_from_0_to_1(3))
    out = poisoned(3, 8, 8)
    with pytest.raises(InputError, match=said):
        interpolate_on_device(spoil(z), z, t, out, kernel="shared", stream=current_stream())
    with pytest.raises(InputError, match="out is contiguous float32"):
        interpolate_on_device(z, z, t, out[:2], kernel="shared", stream=current_stream())
    assert out.isnan().all()


# --- streams ---


@every_kernel
def test_the_kernel_waits_for_its_own_stream_and_for_nothing_else(kernel: Kernel) -> None:
    import torch

    (a, b), t = random_latents(2), steps_from_0_to_1(11)
    late_a = torch.zeros(8, 8, device="cuda")
    ready_a, ready_b, ready_t, out = on_device(a), on_device(b), on_device(t), poisoned(11, 8, 8)
    interpolate_on_device(ready_a, ready_b, ready_t, out, kernel=kernel, stream=current_stream())  # compiled
    out.fill_(float("nan"))
    torch.cuda.synchronize()

    side, default_busy = torch.cuda.Stream(), torch.cuda.Event()
    torch.cuda._sleep(2_000_000_000)  # about a second of work on the default stream
    default_busy.record()
    with torch.cuda.stream(side):
        torch.cuda._sleep(20_000_000)
        late_a.copy_(ready_a)  # is there only when the stream comes to it
        interpolate_on_device(late_a, ready_b, ready_t, out, kernel=kernel, stream=current_stream())
        done = torch.cuda.Event()
        done.record()
        assert not done.query(), "the call waited for the device"
    done.synchronize()
    assert not default_busy.query(), "the call waited for the default stream"
    with torch.cuda.stream(side):
        result = out.clone()
        side.synchronize()
    torch.cuda.synchronize()
    assert_same_bits(on_host(result), interpolate(a, b, t))


@every_kernel
def test_a_launch_can_be_captured_in_a_cuda_graph(kernel: Kernel) -> None:
    """Nothing in the call synchronises or allocates: a capture would refuse it."""
    import torch

    z, t = random_latents(3), steps_from_0_to_1(5)
    batch, at, pair, pairs = on_device(z), on_device(t), poisoned(5, 8, 8), poisoned(3, 3, 5, 8, 8)
    interpolate_on_device(batch[0], batch[1], at, pair, kernel=kernel, stream=current_stream())
    all_pairs_on_device(batch, at, pairs, kernel=kernel, stream=current_stream())
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        interpolate_on_device(batch[0], batch[1], at, pair, kernel=kernel, stream=current_stream())
        all_pairs_on_device(batch, at, pairs, kernel=kernel, stream=current_stream())
    for seed in (1, 2):
        fresh = random_latents(3, seed=seed)
        batch.copy_(torch.from_numpy(fresh))
        pair.fill_(float("nan"))
        pairs.fill_(float("nan"))
        graph.replay()
        torch.cuda.synchronize()
        assert_same_bits(on_host(pair), interpolate(fresh[0], fresh[1], t))
        assert_same_bits(on_host(pairs), interpolate_all_pairs(fresh, t))


def test_a_borrowed_stream_outlives_the_calls_on_it() -> None:
    import gc

    import torch

    z, t, out = on_device(random_latents()), on_device(steps_from_0_to_1(3)), poisoned(3, 8, 8)
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        interpolate_on_device(z, z, t, out, kernel="shared", stream=current_stream())
    gc.collect()
    with torch.cuda.stream(side):
        out.mul_(2)
    side.synchronize()


# --- compiling ---


def test_a_kernel_is_built_once_per_device(monkeypatch: pytest.MonkeyPatch) -> None:
    import cupy as cp

    a, b = random_latents(2)
    for backend in CUDA_BACKENDS:
        interpolate(a, b, steps_from_0_to_1(2), backend)
        interpolate_all_pairs(np.stack([a, b]), steps_from_0_to_1(2), backend)

    def built_again(*_: object, **__: object) -> None:
        pytest.fail("a kernel was built a second time")

    monkeypatch.setattr(cp, "RawModule", built_again)
    for backend in CUDA_BACKENDS:
        interpolate(a, b, steps_from_0_to_1(11), backend)
        interpolate_all_pairs(np.stack([a, b]), steps_from_0_to_1(11), backend)
