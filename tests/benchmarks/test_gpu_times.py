"""What a large GPU has to be quick at, by the clock.

python -m pytest tests/benchmarks/test_gpu_times.py --confcutdir=tests/benchmarks -s
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

torch = pytest.importorskip("torch")
if not torch.cuda.is_available():
    pytest.skip("no CUDA device", allow_module_level=True)

from voxview.engine.all_pairs import score_all_pairs  # noqa: E402
from voxview.engine.engine import Engine  # noqa: E402
from voxview.engine.scores.pair_scores import PairScores  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402

pytestmark = pytest.mark.gpu


def scored(engine: Engine, chairs: int, *, tf32: bool) -> PairScores:
    steps = score_all_pairs(engine, sample_catalog()[:chairs], 11, "cuda-shared", "cuda", tf32=tf32)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def waiting() -> ModuleType:
    """Return the script whose figures are recorded."""
    path = Path(__file__).parents[2] / "assets" / "benchmarks" / "waiting.py"
    spec = importlib.util.spec_from_file_location("waiting", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_fresh_pair_takes_twelve_milliseconds_at_most() -> None:
    card, measured = torch.cuda.get_device_name(), waiting().measure("chairs", None, 30)
    print(f"\na pair never seen, to its first surface: {measured} on {card}")
    assert measured["fresh_pair_ms"] < 12 or not ("H200" in card or "H100" in card)


@pytest.mark.parametrize("tf32", [False, True], ids=["single precision", "TF32"])
def test_fifty_chairs_are_decoded_and_scored_in_two_seconds(tf32: bool) -> None:
    engine = Engine()
    scored(engine, 50, tf32=tf32)  # compiled, convolutions chosen
    seconds, card = min(scored(engine, 50, tf32=tf32).seconds for _ in range(3)), torch.cuda.get_device_name()
    print(f"\n50 chairs, 11 steps, decoded and scored{' in TF32' * tf32}: {seconds:.2f} s on {card}")
    assert seconds < 2 or not ("H200" in card or "H100" in card)
