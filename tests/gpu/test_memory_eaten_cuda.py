"""Another process takes the GPU's memory: the CPU answers, with one line, and the GPU again once it is back.

The other process allocates what there is, down to the last block that it can have, and holds it. Nothing is
simulated here; `tests/unit/test_fallback.py` has what cannot be had at will. A table of all is in
`kernels/README.md`.
"""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")

from voxview.engine.all_pairs import score_all_pairs  # noqa: E402
from voxview.engine.engine import Engine  # noqa: E402
from voxview.engine.events import DecodedAhead  # noqa: E402
from voxview.engine.fallback import GpuOutOfMemoryError, attempt, release_memory  # noqa: E402
from voxview.engine.mix import MixRequest  # noqa: E402
from voxview.engine.pipelines.cuda import CudaPipeline  # noqa: E402
from voxview.engine.pipelines.encode_graph import EncodeGraph  # noqa: E402
from voxview.engine.request import BlendRequest  # noqa: E402
from voxview.errors import VoxViewError  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.to_end import run_to_end  # noqa: E402

A, B, C = sample_catalog()[:3]
REQUEST = BlendRequest(A, B, 0.37, "cuda-shared", "cuda")
T = [0.0, 0.25, 0.5, 0.75, 1.0]

EATER = """
import sys
import torch

def eat():
    held = []
    # The last ones come from segments of 2 MiB: of larger ones the allocator would want 20 MiB at a time.
    for size in (2**33, 2**30, 2**28, 2**26, 2**24, 2**19):
        while True:
            try:
                held.append(torch.empty(size, dtype=torch.uint8, device="cuda"))
            except torch.OutOfMemoryError:
                break
    return held

torch.zeros(1, device="cuda")
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "eat":
        held = eat()
    else:
        held = None
        torch.cuda.empty_cache()
    print(torch.cuda.mem_get_info()[0], flush=True)
"""


class Eater:
    """Another process that takes the GPU's memory on request."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", EATER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._held: list[torch.Tensor] = []
        self._answer()

    def eat(self) -> None:
        """Take all that is free, after this process has given back what it only keeps.

        A segment of which a tensor is left cannot be given back: the rest of it is taken here, or small work
        would find its room there.
        """
        gc.collect()
        release_memory()
        free = int(self._ask("eat"))
        assert free < 2**22, f"{free:,} bytes are left"
        for size in (2**26, 2**23, 2**20, 2**16, 2**12, 2**9):
            while True:
                try:
                    self._held.append(torch.empty(size, dtype=torch.uint8, device="cuda"))
                except torch.OutOfMemoryError:
                    break

    def give_back(self) -> None:
        self._held.clear()
        assert int(self._ask("give back")) > 2**30

    def end(self) -> None:
        self._process.stdin.close()  # type: ignore[union-attr]
        self._process.wait(timeout=30)

    def _ask(self, what: str) -> str:
        print(what, file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> str:
        line = self._process.stdout.readline()  # type: ignore[union-attr]
        assert line, "the other process ended"
        return line


@pytest.fixture(scope="module")
def on_cpu() -> Engine:
    """Return an engine of the CPU alone: what its answers have to be."""
    return Engine("chairs", "cpu")


@pytest.fixture(scope="module")
def warm() -> Engine:
    """Return an engine that has blended: CUDA's libraries are loaded, and its graphs are captured."""
    engine = Engine("chairs")
    assert engine.blend(REQUEST).device == "cuda"
    return engine


@pytest.fixture(scope="module")
def eater(warm: Engine) -> Iterator[Eater]:
    process = Eater()
    yield process
    process.end()


@pytest.fixture
def full(eater: Eater) -> Iterator[Callable[[], None]]:
    """Take all memory; return what gives it back, which happens at the end in any case."""
    eater.eat()
    yield eater.give_back
    eater.give_back()


@pytest.fixture
def cold(warm: Engine) -> Engine:
    """Return an engine whose weights are on the GPU, and nothing more."""
    return Engine("chairs", report=warm.report)


@dataclass(frozen=True)
class Answer:
    """What a person gets of one piece of work: where it was done, what was said, and numbers to compare."""

    device: str
    notice: str | None
    numbers: np.ndarray


def blend(engine: Engine) -> Answer:
    result = engine.blend(REQUEST)
    return Answer(result.device, result.notice, result.field)


def pair(engine: Engine) -> Answer:
    """Load a pair, and make its first blend, which has the notice of both."""
    loaded = engine.load_pair(A, B, "cuda")
    result = engine.blend(REQUEST)
    fields = np.stack([*(chair.reconstruction for chair in loaded), result.field])
    assert all(chair.surface.vertices.size and chair.rebuilt.vertices.size for chair in loaded)
    return Answer(result.device, result.notice, fields)


def all_pairs(engine: Engine) -> Answer:
    scores = run_to_end(score_all_pairs(engine, (A, B, C), 3, "cuda-shared", "cuda"))
    return Answer(scores.device, scores.notice, np.stack([scores.whole, scores.novelty, scores.symmetry]))


def morph(engine: Engine) -> Answer:
    results = list(engine.morph(REQUEST, T))
    (device,), (notice,) = ({getattr(one, name) for one in results} for name in ("device", "notice"))
    return Answer(device, notice, np.stack([result.field for result in results]))


def mix(engine: Engine) -> Answer:
    result = engine.mix(MixRequest((A, B, C), (0.5, 0.3, 0.2), (), "cuda-shared", "cuda"))
    return Answer(result.device, result.notice, result.field)


WORK = {"a blend": blend, "a pair": pair, "all pairs": all_pairs, "a morph": morph, "a mix": mix}


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_the_cpu_answers_while_the_memory_is_gone_and_the_gpu_once_it_is_back(
    work: Callable[[Engine], Answer],
    cold: Engine,
    on_cpu: Engine,
    full: Callable[[], None],
) -> None:
    expected = work(on_cpu)
    answer = work(cold)
    assert answer.device == "cpu" and cold.devices == ("cpu", "cuda")
    assert answer.notice is not None and "\n" not in answer.notice
    assert answer.notice.startswith("the GPU is out of memory, so the CPU answered")
    # What the GPU had encoded before its memory was gone differs from the CPU in the last digits.
    np.testing.assert_allclose(answer.numbers, expected.numbers, atol=5e-4)
    full()
    again = work(cold)
    assert again.device == "cuda" and again.notice is None
    assert np.median(np.abs(again.numbers - expected.numbers)) < 1e-3


def test_a_pair_is_encoded_by_a_graph_again_once_there_is_memory(
    cold: Engine, full: Callable[[], None]
) -> None:
    assert cold.blend(REQUEST).device == "cpu"
    full()
    assert cold.blend(REQUEST).device == "cuda"
    pipeline = cold.pipelines["cuda"]
    assert isinstance(pipeline, CudaPipeline) and isinstance(pipeline._encode_graphs[2], EncodeGraph)


def test_a_slider_move_of_a_pair_that_is_there_needs_no_memory(
    warm: Engine, full: Callable[[], None]
) -> None:
    for t in T:
        result = warm.blend(BlendRequest(A, B, t, "cuda-shared", "cuda"))
        assert result.device == "cuda" and result.notice is None


def test_a_set_goes_on_on_the_cpu_where_the_memory_goes_in_the_middle(
    cold: Engine, on_cpu: Engine, eater: Eater
) -> None:
    steps = score_all_pairs(cold, (A, B, C), 3, "cuda-shared", "cuda")
    for step in steps:
        if step.unit == "chairs" and step.done:
            break
    eater.eat()
    try:
        scores = run_to_end(steps)
    finally:
        eater.give_back()
    expected = all_pairs(on_cpu).numbers
    assert not np.isnan(scores.whole).any()
    assert np.median(np.abs(np.stack([scores.whole, scores.novelty, scores.symmetry]) - expected)) < 1e-3
    assert scores.device == "cpu" and scores.notice is not None and "\n" not in scores.notice


def test_work_ahead_of_the_slider_ends_and_comes_again(cold: Engine, full: Callable[[], None]) -> None:
    # Nobody waits for it: the engine's thread drops it, and the request that needs it is answered as above.
    assert isinstance(attempt(lambda: run_to_end(cold.decode_ahead(REQUEST))), GpuOutOfMemoryError)
    full()
    *_, last = cold.decode_ahead(REQUEST)
    assert isinstance(last, DecodedAhead) and last.done == last.total


def test_weights_that_find_no_room_are_used_on_the_cpu(
    warm: Engine, on_cpu: Engine, full: Callable[[], None]
) -> None:
    engine = Engine("chairs", report=warm.report)
    assert engine.devices == ("cpu",)
    answer = blend(engine)
    assert answer.device == "cpu" and answer.notice is not None and "\n" not in answer.notice
    assert "the GPU cannot take the weights (its memory is full)" in answer.notice
    np.testing.assert_allclose(answer.numbers, blend(on_cpu).numbers, atol=1e-4)
    with pytest.raises(VoxViewError, match="close other programs"):
        Engine("chairs", "cuda", report=warm.report)
    full()
    assert blend(Engine("chairs", report=warm.report)).device == "cuda"
