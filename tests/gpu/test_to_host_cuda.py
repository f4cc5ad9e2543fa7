"""What comes from a device through two kept buffers is what was there, whoever stops or copies beside."""

from __future__ import annotations

import itertools
import threading
import time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")

from voxview.cuda import to_host as module  # noqa: E402
from voxview.cuda.to_host import PIECE_BYTES, copy_to_host, pieces_on_host, to_host  # noqa: E402
from voxview.engine.engine import Engine  # noqa: E402
from voxview.errors import InputError  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402


def random_bytes(size: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, size, np.uint8)


def stream() -> int:
    return int(torch.cuda.current_stream().cuda_stream)


def copied(parts: Any, size: int) -> NDArray[np.uint8]:
    out = np.full(size, 7, np.uint8)
    copy_to_host(parts, out, stream=stream())
    return out


@pytest.mark.parametrize("size", [1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 5 * PIECE_BYTES + 3])
def test_arrays_of_any_size_come_whole(size: int) -> None:
    values = random_bytes(size)
    assert np.array_equal(copied([torch.from_numpy(values).cuda()], size), values)


def test_many_parts_of_torch_and_cupy_come_one_after_another() -> None:
    import cupy as cp

    values = random_bytes(3 * PIECE_BYTES)
    cuts = [0, 10, 10, PIECE_BYTES, 2 * PIECE_BYTES + 5, len(values)]
    parts = [values[a:b] for a, b in itertools.pairwise(cuts)]
    there = [
        cp.asarray(part) if number % 2 else torch.from_numpy(part).cuda() for number, part in enumerate(parts)
    ]
    cp.cuda.get_current_stream().synchronize()
    assert np.array_equal(copied(there, len(values)), values)


def test_a_generator_makes_the_next_part_while_one_comes() -> None:
    values = torch.from_numpy(random_bytes(8 * PIECE_BYTES)).cuda()
    made: list[int] = []

    def parts() -> Any:
        for number, part in enumerate(values.split(PIECE_BYTES)):
            made.append(number)
            yield part + 1  # kept by nobody but the copy

    read = []
    for number, piece in enumerate(pieces_on_host(parts(), stream=stream())):
        read.append(piece.copy())
        assert len(made) == min(number + 2, 8)
    assert np.array_equal(np.concatenate(read), (values + 1).cpu().numpy())


def test_the_copy_waits_for_its_stream() -> None:
    values, side = torch.from_numpy(random_bytes(2 * PIECE_BYTES)).cuda(), torch.cuda.Stream()
    late = torch.zeros_like(values)
    torch.cuda.synchronize()
    with torch.cuda.stream(side):
        torch.cuda._sleep(200_000_000)  # about a tenth of a second
        late.copy_(values)
        assert np.array_equal(copied([late], values.numel()), values.cpu().numpy())


def test_whoever_stops_in_the_middle_leaves_no_copy_on_its_way() -> None:
    first, second = (random_bytes(8 * PIECE_BYTES, seed) for seed in (1, 2))
    on_device = torch.from_numpy(first).cuda()
    for _ in range(20):
        torch.cuda._sleep(2_000_000)  # so that the copies are late
        pieces = pieces_on_host([on_device], stream=stream())
        next(pieces)
        pieces.close()
        with torch.cuda.stream(torch.cuda.Stream()):
            assert np.array_equal(copied([torch.from_numpy(second).cuda()], len(second)), second)


def test_threads_that_copy_at_once_have_buffers_of_their_own() -> None:
    values = [random_bytes(6 * PIECE_BYTES, seed) for seed in range(4)]
    wrong: list[int] = []

    def work(number: int) -> None:
        with torch.cuda.stream(torch.cuda.Stream()):
            there = torch.from_numpy(values[number]).cuda()
            for _ in range(10):
                if not np.array_equal(copied([there], len(values[number])), values[number]):
                    wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong and len(module._kept) <= 5


def test_the_buffers_are_kept() -> None:
    import cupy as cp

    there = torch.from_numpy(random_bytes(3 * PIECE_BYTES)).cuda()
    copied([there], there.numel())
    kept = {buffer.ctypes.data for pair in module._kept for buffer in pair}
    for _ in range(5):
        copied([there], there.numel())
    assert {buffer.ctypes.data for pair in module._kept for buffer in pair} == kept
    assert len(to_host(cp.arange(10))) == 10 and to_host(cp.ones((3, 10**6), cp.float32)).shape == (3, 10**6)


def test_what_does_not_fit_is_refused() -> None:
    there = torch.zeros((4, 6), device="cuda")
    for wrong, said in (
        (np.zeros(23, np.float32), "out has 92 bytes"),
        (np.zeros(25, np.float32), "but 96 came"),
    ):
        with pytest.raises(InputError, match=said):
            copy_to_host([there], wrong, stream=stream())
    with pytest.raises(InputError, match="out is an array in C order"):
        copy_to_host([there], np.zeros((6, 4), np.float32).T, stream=stream())
    with pytest.raises(InputError, match="is contiguous, but strided"):
        copy_to_host([there.T], np.zeros((6, 4), np.float32), stream=stream())


def test_a_chunk_of_blends_comes_as_it_was_decoded() -> None:
    pipeline = Engine("study").pipelines["cuda"]
    z, _ = pipeline.encode(np.stack([chair.read() for chair in sample_catalog()[:2]]))
    t = np.linspace(0, 1, 101, dtype=np.float32)
    fields, timings = pipeline.blend(z[0], z[1], t, "cuda-shared")
    there, _ = pipeline.decode(z[0], z[1], t, "cuda-shared")
    assert np.abs(fields - there.cpu().numpy()).max() < 1e-5 and timings  # decoded twice


def test_kept_memory_is_no_slower_than_new_memory() -> None:
    import cupy as cp

    there = cp.ones(2**26, cp.float32)
    kept_out = np.zeros(2**26, np.float32)
    ways = {
        "into new memory, by a plain copy": lambda: cp.asnumpy(there),
        "into new memory, through the buffers": lambda: to_host(there),
        "into kept pageable memory, through the buffers": lambda: copy_to_host(
            [there], kept_out, stream=None
        ),
        "read in the buffers": lambda: [None for _ in pieces_on_host([there], stream=None)],
    }
    rates = {}
    for name, way in ways.items():
        times = []
        for _ in range(5):
            start = time.perf_counter()
            way()
            times.append(time.perf_counter() - start)
        rates[name] = there.nbytes / min(times) / 1e9
        print(f"\n{name}: {rates[name]:.1f} GB/s", end="")
    assert rates["read in the buffers"] > rates["into new memory, by a plain copy"]
