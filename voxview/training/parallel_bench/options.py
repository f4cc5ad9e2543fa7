"""What `voxview bench --parallel` measures, and whether the processes can."""

from __future__ import annotations

from dataclasses import dataclass

from voxview.errors import InputError
from voxview.model.one_tower_sizes import CHANNELS, feature_count
from voxview.training.parallel.schemes import DATA, HYBRID_A, HYBRID_C, MODEL

EACH_ROUND = "hybrid-c, each round"
"""Scheme (c) with the fully connected layers updated in each round: the paper's smaller batches for them."""
SCHEMES = (DATA, MODEL, HYBRID_A, HYBRID_C, EACH_ROUND)
ON_BATCH_AXIS = (DATA, HYBRID_A, HYBRID_C)
STRONG = 8
"""Parts of the fixed batch of the strong scaling, each as large as one process's of the weak one."""
BATCH_AXIS = (1, 2, 4, 8, 16, 32)
"""Batches of all processes together, as multiples of one process's: 128 to 4,096 pictures."""


@dataclass(frozen=True)
class Options:
    """The options of the measurement."""

    batch: int = 128
    """Pictures a process, where the batch grows with the processes."""
    outputs: int = 1000
    hidden: int = 4096
    side: int = 224
    steps: int = 20
    """Timed steps of each row, after a few that are not."""
    precision: str = "bf16"
    """Of a GPU's arithmetic; on the CPU it is fp32."""
    graph: bool = True
    """On a GPU each step is recorded as a CUDA graph, collectives included, and replayed: a step of some
    milliseconds has hundreds of kernels, and launching them would be what is measured. On the CPU: off."""
    timeline: bool = True
    """Whether one step of each scheme is recorded with the begin and the end of each collective."""
    quick: bool = False
    """Without strong scaling and the batch axis."""


@dataclass(frozen=True)
class Case:
    """One thing to measure: a scheme on the first `processes`, with so many pictures in all of them."""

    scheme: str
    processes: int
    batch: int


def check_options(options: Options, processes: int) -> None:
    """Raise `InputError` for what cannot be measured."""
    allowed = {
        "batch": options.batch >= 1,
        "outputs": options.outputs >= 2,
        "hidden": options.hidden >= 1,
        "side": options.side >= 63,
        "steps": options.steps >= 1,
    }
    for name, fits in allowed.items():
        if not fits:
            value = getattr(options, name)
            raise InputError(f"{name} cannot be {value}: 'voxview bench --help' shows the defaults")
    for size in sizes(processes):
        for what, number in (("hidden numbers", options.hidden), *(("channels", c) for c in CHANNELS)):
            if number % size:
                raise InputError(
                    f"{size} processes cannot divide {number:,} {what}: start 1, 2, 4, 8 … processes"
                )
        if (options.batch * size) % size**2:
            raise InputError(
                f"a batch of {options.batch} a process does not go to {size} processes in rounds evenly: "
                f"give --batch a multiple of {size}"
            )


def sizes(processes: int) -> list[int]:
    """Return the numbers of processes that are measured: the powers of two, and all of them."""
    powers = [2**i for i in range(processes.bit_length()) if 2**i < processes]
    return [*powers, processes]


def weak_cases(options: Options, processes: int) -> list[Case]:
    """Return the cases in which each process has the same batch, whatever their number."""
    return [case for n in sizes(processes) for case in _of_all_schemes(n, options.batch * n)]


def strong_cases(options: Options, processes: int) -> list[Case]:
    """Return the cases in which all processes together have the same batch, as far as it goes evenly."""
    if options.quick:
        return []
    batch = STRONG * options.batch
    return [case for n in sizes(processes) if batch % n**2 == 0 for case in _of_all_schemes(n, batch)]


def batch_cases(options: Options, processes: int) -> list[Case]:
    """Return the cases of all processes with growing batches: where does the hybrid stop to pay?"""
    if options.quick or processes == 1:
        return []
    batches = [k * options.batch for k in BATCH_AXIS]
    return [Case(s, processes, b) for b in batches if b % processes**2 == 0 for s in ON_BATCH_AXIS]


def _of_all_schemes(processes: int, batch: int) -> list[Case]:
    if processes == 1:
        return [Case(DATA, 1, batch)]  # there is nothing to split
    return [Case(scheme, processes, batch) for scheme in SCHEMES]


def features_of(options: Options) -> int:
    """Return the inputs of the first fully connected layer."""
    return feature_count(options.side)
