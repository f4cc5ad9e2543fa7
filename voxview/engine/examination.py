"""What `voxview doctor` says: what was found, what is used, and what to do to get more."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from voxview.counts import counted
from voxview.engine.device import DeviceReport, devices_of
from voxview.engine.doctor.collect import find_gpu_facts, find_versions
from voxview.engine.doctor.display import DisplayFacts, window_use
from voxview.engine.doctor.gpu import GpuFacts
from voxview.engine.doctor.packages import package_problems
from voxview.engine.doctor.problem import Problem

_WINDOW = {"3D": "yes, with the 3D view", "pictures": "yes, with still pictures", "none": "no"}


@dataclass(frozen=True)
class Examination:
    """A machine: what was found, what is used, and the problems, those of the GPU first."""

    found: Mapping[str, str]
    used: Mapping[str, str]
    problems: tuple[Problem, ...]

    def text(self) -> str:
        """Return all of it as lines for a person."""
        lines = [*_block("Found", self.found), "", *_block("Used", self.used), ""]
        if not self.problems:
            return "\n".join([*lines, "Nothing is missing."])
        for problem in self.problems:
            lines += [
                f"{problem.about}: {problem.cause}.",
                f"  {'Note' if problem.is_harmless else 'To do'}: {problem.remedy}.",
            ]
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """Return the same for JSON."""
        return {
            "found": dict(self.found),
            "used": dict(self.used),
            "problems": [asdict(problem) for problem in self.problems],
        }


def examine(display: DisplayFacts) -> Examination:
    """Examine this machine; `display` is what the window's own checks have found. Imports torch and CuPy."""
    facts = find_gpu_facts(with_driver=True)
    return examination_of(facts, devices_of(facts), display, find_versions(), sys.version_info[:2])


def examination_of(
    facts: GpuFacts,
    report: DeviceReport,
    display: DisplayFacts,
    versions: Mapping[str, str],
    python: tuple[int, int],
) -> Examination:
    """Return what is said of a machine of which this is known."""
    window, window_problem = window_use(display)
    networks = report.cuda or f"the CPU, {counted(report.threads, 'thread')}"
    kernels = "the CUDA kernels" if report.cuda and not report.kernel_problem else None
    numpy = "PyTorch and NumPy" if report.cuda else "NumPy"
    return Examination(
        found={
            "System": f"{platform.platform()}, Python {'.'.join(map(str, python))}",
            "CPU": report.cpu,
            "GPU": _card_text(facts),
            "NVIDIA driver": facts.driver.text if facts.driver else "none that answers",
            "PyTorch": f"{facts.torch}, built for "
            + (f"CUDA {facts.torch_cuda}" if facts.torch_cuda else "the CPU"),
            "CuPy": _cupy_text(versions),
            "NumPy": versions.get("numpy", "not installed"),
            "Display": _display_text(display),
        },
        used={
            "Networks": networks,
            "Blending": f"{kernels}, {report.without}" if kernels and report.without else kernels or numpy,
            "Window": _WINDOW[window],
        },
        problems=(
            *report.problems,
            *_kept_kernels(report),
            *([window_problem] if window_problem else []),
            *package_problems(python, versions),
        ),
    )


def _kept_kernels(report: DeviceReport) -> list[Problem]:
    if report.cuda is None or report.cache_problem is None:
        return []
    return [
        Problem(
            "CUDA kernels",
            f"each start compiles them anew, as they cannot be kept ({report.cache_problem})",
            "make room there or make it writable, or name another folder by CUPY_CACHE_DIR",
        )
    ]


def _block(title: str, lines: Mapping[str, str]) -> list[str]:
    width = max(map(len, lines)) + 1
    return [title, *(f"  {name + ':':<{width}} {value}" for name, value in lines.items())]


def _card_text(facts: GpuFacts) -> str:
    if facts.card is None:
        return "an NVIDIA card" if facts.has_card else "no NVIDIA card"
    memory = f", {facts.memory[0]:.1f} of {facts.memory[1]:.1f} GiB free" if facts.memory else ""
    return f"{facts.card.text}{memory}"


def _cupy_text(versions: Mapping[str, str]) -> str:
    found = [f"{name} {version}" for name, version in versions.items() if name.startswith("cupy")]
    return ", ".join(found) or "not installed"


def _display_text(display: DisplayFacts) -> str:
    if display.missing:
        return "not known"
    if display.platform is None:
        return "none"
    name = {"xcb": "X", "wayland": "Wayland", "native": "the system's"}.get(
        display.platform, display.platform
    )
    glx = " without GLX" if display.has_glx is False else ""
    if not display.is_tried:
        return f"{name}{glx}"
    return (
        f"{name}{glx}, OpenGL by {display.renderer}" if display.renderer else f"{name}{glx}, without OpenGL"
    )
