"""Why VoxView's own CUDA kernels cannot run where a GPU works: facts about CuPy → a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voxview.engine.doctor.drivers import CUPY, install
from voxview.engine.doctor.problem import Problem


@dataclass(frozen=True)
class KernelFacts:
    """What is known of CuPy."""

    packages: Mapping[str, str] = field(default_factory=dict)
    """Installed distributions of CuPy with their versions."""
    failure: str | None = None
    """What the trial of the kernels says, `cause: remedy`; None: they work."""


def kernel_problem(facts: KernelFacts, cuda: int | None) -> Problem | None:
    """Return why the kernels cannot run beside a PyTorch for that major version of CUDA; None if they can."""
    if facts.failure is None:
        return None
    wanted = cuda if cuda is not None and cuda in CUPY else max(CUPY)
    right = install(wanted, only_cupy=True)
    names = sorted(facts.packages)
    if not names:
        return _kernels("CuPy is not installed", f"install it: {right}")
    if len(names) > 1:
        return _kernels(
            f"{' and '.join(names)} are both installed and overwrite each other",
            f"keep one: pip uninstall --yes {' '.join(names)}, then {right}",
        )
    if names[0] in CUPY.values() and names[0] != CUPY[wanted]:
        other = next(major for major, name in CUPY.items() if name == names[0])
        return _kernels(
            f"CuPy is built for CUDA {other} ({names[0]}) and PyTorch for CUDA {wanted}",
            f"change CuPy: pip uninstall --yes {names[0]}, then {right}",
        )
    cause, colon, remedy = facts.failure.rpartition(": ")
    if not colon:
        cause, remedy = facts.failure, "restart the program, or use the backend numpy"
    if "cannot be loaded" in cause:
        remedy = f"install CuPy again: {right.replace('install', 'install --force-reinstall', 1)}"
    return _kernels(cause, remedy)


def _kernels(cause: str, remedy: str) -> Problem:
    return Problem("CUDA kernels", cause, remedy)
