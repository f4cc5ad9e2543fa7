"""A GPU whose memory is capped, or that is lost, in mid-drag, in all pairs and in training: nothing is lost.

The cap is PyTorch's own (`set_per_process_memory_fraction`): what asks for more meets a real out-of-memory
error. `test_memory_eaten_cuda.py` has a second process that takes the memory; training has one here, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")

from voxview.engine.all_pairs import score_all_pairs  # noqa: E402
from voxview.engine.engine import Engine  # noqa: E402
from voxview.engine.fallback import release_memory  # noqa: E402
from voxview.engine.request import BlendRequest  # noqa: E402
from voxview.errors import VoxViewError  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.to_end import run_to_end  # noqa: E402

A, B, C, D = sample_catalog()[:4]
ROOT = Path(__file__).parents[2]


def cap(share: float) -> None:
    """Let PyTorch have a share of the GPU's memory, those of its blocks that are in use included."""
    release_memory()
    torch.cuda.set_per_process_memory_fraction(share)


@pytest.fixture(autouse=True)
def uncapped() -> Iterator[None]:
    yield
    cap(1.0)


@pytest.fixture(scope="module")
def on_cpu() -> Engine:
    return Engine("chairs", "cpu")


# ---- dragging, all pairs ----------------------------------------------------------------------------------


def test_every_move_of_a_drag_is_answered_when_the_memory_goes_in_the_middle(on_cpu: Engine) -> None:
    engine = Engine("chairs")
    devices, notices = [], []
    for move in range(30):
        if move == 10:
            cap(0.0)
        if move == 20:
            cap(1.0)
        # Each third move is of another pair, which has to be encoded: a pair that is there needs no memory.
        b = (B, C, D)[move // 3 % 3]
        request = BlendRequest(A, b, move / 29, "cuda-shared", "cuda")
        result = engine.blend(request)
        expected = on_cpu.blend(BlendRequest(A, b, move / 29, "numpy", "cpu"))
        assert np.median(np.abs(result.field - expected.field)) < 1e-3
        devices.append(result.device)
        notices.append(result.notice)
    assert set(devices[:10]) == {"cuda"} and set(devices[20:]) == {"cuda"}
    for device, notice in zip(devices, notices, strict=True):
        assert (notice is None) == (device == "cuda") and "\n" not in (notice or "")
    assert engine.devices == ("cpu", "cuda")


def test_all_pairs_end_whole_when_the_memory_goes_in_the_middle(on_cpu: Engine) -> None:
    engine = Engine("chairs")
    steps = score_all_pairs(engine, (A, B, C, D), 5, "cuda-shared", "cuda")
    for step in steps:
        if step.unit == "chairs" and step.done:
            break
    cap(0.0)
    scores = run_to_end(steps)
    expected = run_to_end(score_all_pairs(on_cpu, (A, B, C, D), 5, "numpy", "cpu"))
    assert not np.isnan(scores.whole).any() and (scores.notice is None or "\n" not in scores.notice)
    assert np.median(np.abs(scores.novelty - expected.novelty)) < 1e-3
    cap(1.0)
    again = run_to_end(score_all_pairs(engine, (A, B, C, D), 5, "cuda-shared", "cuda"))
    assert again.device == "cuda" and again.notice is None


# ---- training ---------------------------------------------------------------------------------------------

SMALL = {
    **{"architecture": "study", "samples": 24, "batch": 8, "steps": 4, "evaluate_every": 2, "device": "cuda"},
    **{"curvature_chairs": 2, "evenness": 0.0},
}


def train(folder: Path, *, resume: bool = False, **given: object) -> Iterator[str]:
    """Return the lines of a run, which goes on as they are taken."""
    pytest.importorskip("PIL")
    from voxview.training.run import RunOptions, run_training

    return run_training(RunOptions(folder / "w.safetensors", {**SMALL, **given}, resume=resume))


def test_a_run_that_is_too_large_ends_with_one_line_and_a_smaller_one_runs(tmp_path: Path) -> None:
    cap(0.01)
    with pytest.raises(VoxViewError, match="the GPU is out of memory: try a smaller --batch") as caught:
        list(train(tmp_path, architecture="symmetric", batch=2048, samples=64))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "w.safetensors").exists() and not list(tmp_path.glob(".*"))
    del caught  # its frames hold what fills the memory
    cap(1.0)
    list(train(tmp_path))
    assert (tmp_path / "w.safetensors").exists()


def test_a_run_whose_memory_goes_in_the_middle_is_resumed_from_its_checkpoint(tmp_path: Path) -> None:
    lines = train(tmp_path, evaluate_every=1)
    with pytest.raises(VoxViewError, match="the GPU") as caught:
        for line in lines:
            assert "step 4" not in line, "no step wanted more memory"
            if "step 2" in line:  # the checkpoint of the first one is there
                cap(0.0)
    assert "\n" not in str(caught.value)
    del caught, lines
    cap(1.0)
    assert (tmp_path / "w.checkpoint.safetensors").exists()
    list(train(tmp_path, evaluate_every=1, resume=True))
    rows = (tmp_path / "w.log.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["1", "2", "3", "4"]
    assert not (tmp_path / "w.checkpoint.safetensors").exists()


EATEN = """
import sys
import torch
held = []
torch.zeros(1, device="cuda")
for size in (2**33, 2**30, 2**28, 2**26, 2**24, 2**21):
    while True:
        try:
            held.append(torch.empty(size, dtype=torch.uint8, device="cuda"))
        except torch.OutOfMemoryError:
            break
print("full", flush=True)
sys.stdin.read()
"""


def test_a_run_beside_a_process_that_has_the_memory_ends_with_one_line(tmp_path: Path) -> None:
    release_memory()
    eater = subprocess.Popen(
        [sys.executable, "-c", EATEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert eater.stdout is not None and eater.stdout.readline() == "full\n"
    command = [sys.executable, "-m", "voxview", "train", "--architecture", "study", "--samples", "24"]
    more = ["--batch", "64", "--steps", "2", "--device", "cuda", "--out", str(tmp_path / "w.safetensors")]
    try:
        done = subprocess.run(
            [*command, *more], capture_output=True, text=True, cwd=ROOT, timeout=300, check=False
        )
    finally:
        eater.communicate("", timeout=60)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr and "should not" not in done.stderr, done.stderr


LOST = """
import sys
import torch
import cupy
from voxview.cli import main
from voxview.training.learner import Learner
learn = Learner.learn
def lose(self, grids, step, rate, generator):
    if step == 3:
        kernel = cupy.RawKernel('extern "C" __global__ void lose(int* p) { *p = 1; }', "lose")
        kernel((1,), (1,), (cupy.uint64(16),))
    return learn(self, grids, step, rate, generator)
Learner.learn = lose
sys.exit(main(sys.argv[1:]))
"""


def test_a_gpu_that_is_lost_in_training_is_one_line_and_leaves_the_checkpoint(tmp_path: Path) -> None:
    options = {**SMALL, "out": tmp_path / "w.safetensors"}
    words = [word for key, value in options.items() for word in (f"--{key.replace('_', '-')}", str(value))]
    done = subprocess.run(
        [sys.executable, "-c", LOST, "train", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("voxview:")]
    assert done.returncode == 1 and len(lines) == 1 and "Traceback" not in done.stderr, done.stderr
    assert "the GPU failed" in lines[0]
    assert (tmp_path / "w.checkpoint.safetensors").exists()


# ---- CuPy's kernels ---------------------------------------------------------------------------------------

FIND = """
import json
from voxview.engine.device import find_devices
report = find_devices()
print(json.dumps([report.cuda, report.kernel_problem, report.cache_problem, report.sentence()]))
"""


def test_kernels_run_where_compiled_ones_cannot_be_kept() -> None:
    environment = {**os.environ, "CUPY_CACHE_DIR": "/proc/nowhere"}  # where root cannot make a folder, either
    environment.pop("CUPY_CACHE_IN_MEMORY", None)
    done = subprocess.run(
        [sys.executable, "-c", FIND],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=300,
        check=True,
    )
    cuda, kernel_problem, cache_problem, sentence = json.loads(done.stdout.splitlines()[-1])
    assert cuda and kernel_problem is None
    assert "/proc/nowhere" in cache_problem and "each start compiles the kernels anew" in sentence
