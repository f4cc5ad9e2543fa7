"""The blends on a CUDA device: our kernels, and beside them what PyTorch and CuPy make of the same.

`cuda-shared` and `cuda-global` differ in the memory that they read from, and in nothing else;
`cuda-elementwise` is the plain kernel, one thread a number. PyTorch blends in three ways: `torch.lerp`, what
`torch.compile` makes of it, and `torch.add` of the ends, scaled before. All write to memory that is kept.

`interpolate` is the device's own time for a launch, the arrays being there. `upload` and `download` are host
times of plain copies from pageable memory and to new pageable memory; `total` is the host's time for one call
that takes and gives NumPy arrays, with everything that Python does on the way: what a script gets. A result
in new memory costs a page fault for every 4 kB, so `kept download` and `kept total` are the same into two
page-locked buffers that are kept.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from voxview.conventions import LATENT_SHAPE
from voxview.cuda.to_host import pieces_on_host
from voxview.cuda.views import views_on_stream
from voxview.engine.fallback import release_memory
from voxview.errors import VoxViewError
from voxview.experiment.clock import Interruptible, Limits, time_on_device, time_on_host
from voxview.experiment.correctness import Comparison, compare, measurement, require_correct
from voxview.experiment.problem import Problem
from voxview.experiment.results import Measurement, Part, StepResults
from voxview.experiment.steps.compiled import COMPILED_SUBJECTS, CompileError, call_aside, compiled_lerp
from voxview.experiment.steps.host_blends import call_from_host
from voxview.latent.checks import BACKENDS, kernel_of
from voxview.latent.cuda import interpolate_on_device, pairs_elementwise_on_device, pairs_on_device

if TYPE_CHECKING:
    import torch

DEVICE_SUBJECTS = (
    "cuda-shared",
    "cuda-global",
    "cuda-elementwise",
    "torch.lerp cuda",
    "torch.compile cuda",
    "torch.add cuda",
    "cupy",
)

Launch = Callable[[], None]
"""Queues the problem's kernel on torch's current stream."""

_TRANSFERRED_BYTES = 2**30
"""Above this, transfers are left out: to move 11 GB to pageable memory takes seconds, and as much memory."""

_CHECKED_ROWS = 64
"""Rows that are searched at a time for blends that were never written."""


def measure_on_device(
    problem: Problem, subject: str, limits: Limits, *, calls: bool = True
) -> Interruptible[StepResults]:
    """Time the subject on the problem and check its blends; where memory does not suffice, return a note.

    With `calls` a backend's transfers and whole calls are timed as well. Raises `VoxViewError` for wrong
    blends and for a device that fails.
    """
    import torch

    try:
        return (yield from _measure(problem, subject, limits, calls))
    except (torch.OutOfMemoryError, MemoryError):
        size = f"{problem.bytes / 1e9:.1f} GB"
        return StepResults(
            notes=(f"{subject} at {problem.size:,} was left out: {size} of GPU memory are not free",)
        )
    except CompileError as failure:
        return StepResults(notes=(f"{subject} at {problem.size:,} was left out: {failure}",))
    except VoxViewError:
        raise
    except RuntimeError as error:  # torch's and CuPy's errors of a device that fails are of this kind
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise VoxViewError(
            f"the GPU failed at {subject}, {problem.axis} {problem.size:,} ({reason}): "
            "run it again with --device cpu"
        ) from error
    finally:
        release_memory()


def _measure(problem: Problem, subject: str, limits: Limits, calls: bool) -> Interruptible[StepResults]:
    import torch

    arrays = [torch.from_numpy(array).to("cuda") for array in (problem.z_a, problem.z_b, problem.t)]
    out = torch.full((*problem.shape, *LATENT_SHAPE), float("nan"), device="cuda")
    launch = LAUNCHES[subject](*arrays, out)
    if subject in COMPILED_SUBJECTS:
        yield from call_aside(launch)
    summary = yield from time_on_device(launch, limits)
    comparison = _compare_all(problem, subject, out)
    yield
    note = "the blends fit into the L2 cache" if problem.bytes < _cache_bytes() else ""
    measurements = [measurement(problem, subject, "interpolate", summary, note, comparison)]
    if calls and subject in BACKENDS:
        measurements += yield from _time_transfers(problem, subject, out, limits)
    return StepResults(tuple(measurements))


def _compare_all(problem: Problem, subject: str, out: torch.Tensor) -> Comparison:
    """Compare what the last timed launch wrote, and require that all of it has been written."""
    comparison = compare(problem, out)
    if any(bool(rows.isnan().any()) for rows in out.split(_CHECKED_ROWS)):
        comparison = Comparison(float("inf"), same_bits=False)
    require_correct(subject, problem, comparison)
    return comparison


def _time_transfers(
    problem: Problem, subject: str, out: torch.Tensor, limits: Limits
) -> Interruptible[list[Measurement]]:
    """Time both transfers and the whole call, into new and into kept memory; nothing for large problems."""
    import cupy as cp

    if problem.bytes > _TRANSFERRED_BYTES:
        return []
    written = cp.from_dlpack(out)

    def upload() -> None:
        for array in (problem.z_a, problem.z_b, problem.t):
            cp.asarray(array)
        cp.cuda.runtime.deviceSynchronize()

    calls: dict[Part, Callable[[], object]] = {
        "upload": upload,
        "download": lambda: cp.asnumpy(written),
        "kept download": lambda: _pass_through_kept_memory(written),
        "total": lambda: call_from_host(problem, subject),
        "kept total": lambda: _call_into_kept_memory(problem, subject),
    }
    measured = []
    for part, call in calls.items():
        summary = yield from time_on_host(call, limits)
        measured.append(measurement(problem, subject, part, summary))
    return measured


def _pass_through_kept_memory(array: Any) -> None:
    """Let an array pass through the page-locked buffers piece by piece; nobody reads the pieces there."""
    for _ in pieces_on_host([array], stream=None):
        pass


def _call_into_kept_memory(problem: Problem, subject: str) -> None:
    """Blend from the host's arrays to the buffers that are kept, with what a call does but its checks."""
    import cupy as cp

    a, b, t = map(cp.asarray, (problem.z_a, problem.z_b, problem.t))
    out, kernel = cp.empty((*problem.shape, *LATENT_SHAPE), cp.float32), kernel_of(subject)
    if problem.axis == "inputs":
        pairs_on_device(a, b, t, out, kernel=kernel, stream=None)
    else:
        interpolate_on_device(a[0], b[0], t, out[0, 0], kernel=kernel, stream=None)
    _pass_through_kept_memory(out)


def _cache_bytes() -> int:
    import torch

    return int(getattr(torch.cuda.get_device_properties(torch.cuda.current_device()), "L2_cache_size", 0))


# ---- the subjects --------------------------------------------------------------------------------


def _kernel(kernel: Literal["global", "shared"], *arrays: torch.Tensor) -> Launch:
    import torch

    z_a, z_b, t, out = arrays

    def blend_pairs() -> None:
        pairs_on_device(z_a, z_b, t, out, kernel=kernel, stream=torch.cuda.current_stream().cuda_stream)

    def blend_pair() -> None:
        stream = torch.cuda.current_stream().cuda_stream
        interpolate_on_device(z_a[0], z_b[0], t, out[0, 0], kernel=kernel, stream=stream)

    return blend_pair if len(z_a) == len(z_b) == 1 else blend_pairs


def _elementwise(z_a: torch.Tensor, z_b: torch.Tensor, t: torch.Tensor, out: torch.Tensor) -> Launch:
    import torch

    def launch() -> None:
        stream = torch.cuda.current_stream().cuda_stream
        pairs_elementwise_on_device(z_a, z_b, t, out, stream=stream)

    return launch


def _torch_lerp(z_a: torch.Tensor, z_b: torch.Tensor, t: torch.Tensor, out: torch.Tensor) -> Launch:
    import torch

    a, b, weight = z_a[:, None, None], z_b[None, :, None], t[:, None, None]

    def launch() -> None:
        torch.lerp(a, b, weight, out=out)

    return launch


def _torch_compile(z_a: torch.Tensor, z_b: torch.Tensor, t: torch.Tensor, out: torch.Tensor) -> Launch:
    arrays = z_a[:, None, None], z_b[None, :, None], t[:, None, None], out
    return functools.partial(compiled_lerp(), *arrays)


def _torch_add(z_a: torch.Tensor, z_b: torch.Tensor, t: torch.Tensor, out: torch.Tensor) -> Launch:
    """Return what scales each end once for all its pairs, and adds the two: m + n products a t, not 2·m·n."""
    import torch

    a, b, weight = z_a[:, None, None], z_b[None, :, None], t[:, None, None]
    rest = 1 - weight
    scaled_a, scaled_b = a * rest, b * weight

    def launch() -> None:
        torch.mul(a, rest, out=scaled_a)
        torch.mul(b, weight, out=scaled_b)
        torch.add(scaled_a, scaled_b, out=out)

    return launch


def _cupy(z_a: torch.Tensor, z_b: torch.Tensor, t: torch.Tensor, out: torch.Tensor) -> Launch:
    import torch

    arrays = {"z_a": z_a, "z_b": z_b, "t": t, "out": out}
    elementwise = _elementwise_kernel()

    def launch() -> None:
        with views_on_stream(arrays, torch.cuda.current_stream().cuda_stream) as v:
            elementwise(v["z_a"][:, None, None], v["z_b"][None, :, None], v["t"][:, None, None], v["out"])

    return launch


@functools.cache
def _elementwise_kernel() -> Any:
    """Return the blend as CuPy's manual would write it."""
    import cupy as cp

    return cp.ElementwiseKernel(
        "float32 a, float32 b, float32 t", "float32 blend", "blend = (1 - t) * a + t * b", "voxview_lerp"
    )


LAUNCHES: dict[str, Callable[..., Launch]] = {
    "cuda-shared": functools.partial(_kernel, "shared"),
    "cuda-global": functools.partial(_kernel, "global"),
    "cuda-elementwise": _elementwise,
    "torch.lerp cuda": _torch_lerp,
    "torch.compile cuda": _torch_compile,
    "torch.add cuda": _torch_add,
    "cupy": _cupy,
}
"""What queues a subject's kernel on the latents of A and of B, the steps and the blends to write."""
