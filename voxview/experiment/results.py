"""A benchmark's results: frozen dataclasses that hold nothing but plain values, and go to JSON and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from voxview.engine.machine import Machine
from voxview.experiment.gpu_state import GpuState

Axis = Literal["stages", "inputs", "blends", "moves", "surfaces", "scores"]
"""Table 2 (one pair at 11 t's, stage by stage), Table 3 and Figure 5 (all pairs of n chairs at 11 t's), the
batch axis (one pair at k t's), a slider move (one blend), surfaces of fields of n³ voxels, and all pairs of n
chairs decoded and scored."""

Part = Literal[
    "encode", "upload", "interpolate", "decode", "download", "surface", "field", "total",
    "kept download", "kept total", "again",
]  # fmt: skip
"""What was timed. `field`: from a slider's position to the field, where it is decoded; `total`: to the arrays
on the host, which on the axes "inputs" and "blends" is one call from the host's arrays to the host's. There
`download` and `total` end in new memory, as each call's result does; `kept download` and `kept total` in two
page-locked buffers that are there already, through which the result passes piece by piece, and where nobody
reads it (`cuda.to_host`). `again`: `interpolate` once more, after all other subjects of that size."""

STAGES: tuple[Part, ...] = ("encode", "upload", "interpolate", "decode", "download", "surface")
"""The parts of one run of the path, in order; a device that has no use for one leaves it out."""

ALL_GPUS = "cuda-shared all GPUs"
"""The subject for which every GPU of the machine scores a part of a set."""

SUBJECTS = (
    "cuda-shared",
    "cuda-global",
    "cuda-elementwise",
    "numpy",
    "torch.lerp cuda",
    "torch.compile cuda",
    "torch.add cuda",
    "cupy",
    "torch.lerp cpu",
    "torch.compile cpu",
    "torch.add cpu",
    "cuda",
    "scikit-image",
    "cuda-shared TF32",
    ALL_GPUS,
)
"""Everything that is timed: the backends and the plain kernel, the baselines from outside, and what makes
surfaces."""

CPU_SUBJECTS = ("numpy", "torch.lerp cpu", "torch.compile cpu", "torch.add cpu")
"""What blends on the CPU."""

GPU_BASELINES = ("torch.lerp cuda", "torch.compile cuda", "torch.add cuda", "cupy")
"""What blends on the GPU and is not ours."""


@dataclass(frozen=True)
class Measurement:
    """One thing timed at one size: milliseconds over `runs` runs after a warm-up."""

    axis: Axis
    size: int
    """Chairs ("inputs", "scores", 2 for "stages"), blends in one call ("blends", 1 for "moves"), or voxels
    along an edge ("surfaces")."""
    subject: str
    """A backend (`numpy`, `cuda-global`, `cuda-shared`) or a baseline (`torch.lerp cpu`, `torch.lerp cuda`,
    `cupy`); of surfaces, `cuda` or `scikit-image`; of scores also `cuda-shared TF32`, decoded in TF32, and
    `cuda-shared all GPUs`."""
    part: Part
    median: float
    p95: float
    runs: int
    bytes_written: int | None = None
    """By the interpolation, in one run: what its floor is made of."""
    deviation: float | None = None
    """Of the blends from their float64 values, at most: in units in the last place of the larger end."""
    note: str = ""
    """What one has to know to read the figure: for example that it was projected from a slice."""
    same_bits: bool | None = None
    """Whether the blends are NumPy's to the last bit; None where nothing was compared."""

    @property
    def projected(self) -> bool:
        """Whether it was scaled up from a part of the work."""
        return self.note.startswith("projected")


@dataclass(frozen=True)
class WeightsFile:
    """The weights that a run decoded with."""

    name: str
    sha256: str
    """Of the file, in hexadecimal digits."""


@dataclass(frozen=True)
class Benchmark:
    """One run on one machine; a run in progress holds what has been measured so far."""

    machine: Machine
    measurements: tuple[Measurement, ...] = ()
    rates: dict[str, float] = field(default_factory=dict)
    """Bytes a second, in GB/s: "device copy" (read + write), "device fill" (write), "host copy"."""
    seconds: float = 0.0
    complete: bool = False
    notes: tuple[str, ...] = ()
    """What was left out, and why; what TF32 changes."""
    weights: WeightsFile | None = None
    """None in records from before it was kept."""
    gpu_states: tuple[GpuState, ...] = ()
    """Clocks, limits and other users of the GPU: idle before the run, under load at its beginning and end."""

    def find(self, axis: Axis, size: int, subject: str, part: Part) -> Measurement | None:
        """Return the measurement of that subject's part at that size; None if there is none (yet)."""
        return self._by_what_was_timed.get((axis, size, subject, part))

    @cached_property
    def _by_what_was_timed(self) -> dict[tuple[Axis, int, str, Part], Measurement]:
        """The measurements by axis, size, subject and part; of several the first."""
        return {(m.axis, m.size, m.subject, m.part): m for m in reversed(self.measurements)}

    def fastest(self, axis: Axis, size: int, subjects: Iterable[str], part: Part) -> Measurement | None:
        """Return the subjects' measurement with the smallest median; None if there is none (yet)."""
        found = [self.find(axis, size, subject, part) for subject in subjects]
        return min((m for m in found if m is not None), key=lambda m: m.median, default=None)

    def best_on_cpu(self, axis: Axis, size: int, part: Part) -> Measurement | None:
        """Return what is fastest on the CPU at that size; None if nothing was measured there (yet).

        Where `part` is "total", PyTorch's blends count, too: they go from the host's arrays to the host's.
        """
        best = self.fastest(axis, size, CPU_SUBJECTS, part)
        if part != "total":
            return best
        others = self.fastest(axis, size, CPU_SUBJECTS[1:], "interpolate")
        return min((m for m in (best, others) if m is not None), key=lambda m: m.median, default=None)

    def sizes(self, axis: Axis) -> tuple[int, ...]:
        """Return the sizes at which anything was measured on the axis, smallest first."""
        return tuple(sorted({m.size for m in self.measurements if m.axis == axis}))

    def subjects(self, axis: Axis) -> tuple[str, ...]:
        """Return the subjects that were measured on the axis, ours first."""
        there = {m.subject for m in self.measurements if m.axis == axis}
        return (*(s for s in SUBJECTS if s in there), *sorted(there - set(SUBJECTS)))


@dataclass(frozen=True)
class StepResults:
    """The results of one step of a run."""

    measurements: tuple[Measurement, ...] = ()
    rates: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    gpu_states: tuple[GpuState, ...] = ()
