"""Machines that are not here, a row each: what is known of them. `docs/machines.md` has what is decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import smi_reports as smi

from voxview.engine.doctor.display import NO_GL, DisplayFacts, window_use
from voxview.engine.doctor.drivers import Card
from voxview.engine.doctor.gpu import GpuFacts, gpu_problems
from voxview.engine.doctor.kernels import KernelFacts, kernel_problem
from voxview.engine.doctor.packages import package_problems
from voxview.engine.doctor.problem import Problem

SM_13 = ("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120")
SM_12 = ("sm_70", *SM_13)
TORCH_13 = {"torch": "2.13.0", "torch_cuda": "13.0", "architectures": SM_13}
TORCH_12 = {"torch": "2.10.0", "torch_cuda": "12.8", "architectures": SM_12}
T4, H100 = Card("Tesla T4", (7, 5)), Card("NVIDIA H100", (9, 0))
TITAN_V, GTX_1080 = Card("NVIDIA TITAN V", (7, 0)), Card("NVIDIA GeForce GTX 1080", (6, 1))
GTX_970, GTX_780 = Card("NVIDIA GeForce GTX 970", (5, 2)), Card("NVIDIA GeForce GTX 780", (3, 5))
NEXT = Card("a card of 2028", (13, 0))
NO_IMAGE = "CUDA error: no kernel image is available for execution on the device"
WORKING = KernelFacts({"cupy-cuda13x": "14.2.0"})
WITHOUT = "CuPy is not installed: install VoxView with its extra"
BROKEN = (
    "CuPy cannot be loaded (libnvrtc.so.12: cannot open shared object file): install VoxView with its extra"
)


def driver(output: str, torch: Mapping[str, object], card: Card = T4, **more: object) -> GpuFacts:
    """A machine with a card and a driver that prints this."""
    known: dict[str, object] = {"smi": output, "module": "1.2", "has_card": True, "card": card}
    return GpuFacts(**(known | dict(torch) | more))  # type: ignore[arg-type]


def works(output: str, torch: Mapping[str, object], card: Card = T4, **more: object) -> GpuFacts:
    return driver(output, torch, card, is_available=True, **more)


@dataclass(frozen=True)
class Row:
    """What is known of one machine."""

    gpu: GpuFacts
    kernels: KernelFacts = WORKING


GPUS = {
    "no NVIDIA card": Row(GpuFacts(torch="2.13.0+cpu")),
    "no NVIDIA card, PyTorch for CUDA 13": Row(GpuFacts(torch_cuda="13.0", architectures=SM_13)),
    "a card without its driver": Row(GpuFacts(has_card=True, torch_cuda="13.0")),
    "a driver that does not run": Row(driver(smi.NOT_RUNNING, TORCH_13)),
    "a driver that was updated": Row(driver(smi.MISMATCH, TORCH_13)),
    "a driver that finds no card": Row(driver(smi.NO_DEVICES, TORCH_13)),
    "a card that is lost": Row(driver(smi.LOST, TORCH_13)),
    "a driver that is not passed on": Row(driver(smi.NOT_LOADED, TORCH_13)),
    "a container without the GPU": Row(driver("", TORCH_13, smi=None, module="580.95.05", card=None)),
    "driver 470, PyTorch for CUDA 13": Row(driver(smi.D470, TORCH_13)),
    "driver 470, PyTorch for CUDA 12": Row(driver(smi.D470, TORCH_12)),
    "driver 525, PyTorch for CUDA 13": Row(driver(smi.D525, TORCH_13)),
    "driver 525, PyTorch for CUDA 12": Row(works(smi.D525, TORCH_12)),
    "driver 535, PyTorch for CUDA 13": Row(driver(smi.D535, TORCH_13)),
    "driver 550, PyTorch for CUDA 13": Row(driver(smi.D550, TORCH_13)),
    "driver 570, PyTorch for CUDA 13": Row(driver(smi.D570, TORCH_13)),
    "driver 570, PyTorch for CUDA 12": Row(works(smi.D570, TORCH_12)),
    "driver 580, PyTorch for CUDA 13": Row(works(smi.D580, TORCH_13)),
    "driver 610, PyTorch for CUDA 13": Row(works(smi.D610, TORCH_13, H100)),
    "driver 580, PyTorch without CUDA": Row(driver(smi.D580, {"torch": "2.13.0+cpu"})),
    "driver 535, PyTorch without CUDA": Row(driver(smi.D535, {"torch": "2.13.0+cpu"})),
    "driver 580, the package for Debian": Row(driver(smi.D580, {"torch": "2.13.0+cpu", "is_bundled": True})),
    "compute capability 3.5, PyTorch for CUDA 12": Row(works(smi.D535, TORCH_12, GTX_780, failure=NO_IMAGE)),
    "compute capability 5.2, PyTorch for CUDA 13": Row(works(smi.D580, TORCH_13, GTX_970, failure=NO_IMAGE)),
    "compute capability 6.1, PyTorch for CUDA 13": Row(works(smi.D580, TORCH_13, GTX_1080, failure=NO_IMAGE)),
    "compute capability 6.1, driver 535, PyTorch for CUDA 13": Row(driver(smi.D535, TORCH_13, GTX_1080)),
    "compute capability 7.0, PyTorch for CUDA 13": Row(works(smi.D580, TORCH_13, TITAN_V, failure=NO_IMAGE)),
    "compute capability 7.0, driver 535, PyTorch for CUDA 13": Row(driver(smi.D535, TORCH_13, TITAN_V)),
    "compute capability 7.0, PyTorch for CUDA 12": Row(works(smi.D535, TORCH_12, TITAN_V)),
    "a card that is newer than PyTorch": Row(works(smi.D610, TORCH_13, NEXT, failure=NO_IMAGE)),
    "a card that is newer than PyTorch, driver 570": Row(works(smi.D570, TORCH_12, NEXT, failure=NO_IMAGE)),
    "no kernels, for whatever reason": Row(works(smi.D580, TORCH_13, T4, architectures=(), failure=NO_IMAGE)),
    "CUDA_VISIBLE_DEVICES is empty": Row(driver(smi.D580, TORCH_13, visible="")),
    "CUDA_VISIBLE_DEVICES is -1": Row(driver(smi.D580, TORCH_13, visible="-1")),
    "CUDA_VISIBLE_DEVICES is 7": Row(driver(smi.D580, TORCH_13, visible="7")),
    "CUDA_VISIBLE_DEVICES is 0": Row(works(smi.D580, TORCH_13, visible="0")),
    "the GPU's memory is full": Row(
        works(smi.D580, TORCH_13, H100, failure="CUDA error: out of memory", memory=(0.1, 79.2))
    ),
    "a GPU that fails": Row(works(smi.D580, TORCH_13, failure="CUDA error: an illegal instruction")),
    "CuPy missing": Row(works(smi.D580, TORCH_13), KernelFacts(failure=WITHOUT)),
    "CuPy missing, PyTorch for CUDA 12": Row(works(smi.D535, TORCH_12), KernelFacts(failure=WITHOUT)),
    "CuPy for CUDA 12, PyTorch for CUDA 13": Row(
        works(smi.D580, TORCH_13), KernelFacts({"cupy-cuda12x": "14.2.0"}, BROKEN)
    ),
    "CuPy for CUDA 13, PyTorch for CUDA 12": Row(
        works(smi.D535, TORCH_12), KernelFacts({"cupy-cuda13x": "14.2.0"}, BROKEN)
    ),
    "two CuPys": Row(
        works(smi.D580, TORCH_13), KernelFacts({"cupy-cuda12x": "14.2.0", "cupy-cuda13x": "14.2.0"}, BROKEN)
    ),
    "CuPy that cannot be loaded": Row(works(smi.D580, TORCH_13), replace(WORKING, failure=BROKEN)),
    "kernels that give wrong numbers": Row(
        works(smi.D580, TORCH_13),
        replace(WORKING, failure="interpolate_shared is wrong: use the backend numpy"),
    ),
}

WAYLAND = DisplayFacts(platforms=("wayland",), has_glx=None, is_tried=True, renderer="Mesa Intel UHD")
X = DisplayFacts(is_tried=True, renderer="NVIDIA H100")
SILENT = "there is no display for a window (DISPLAY is not set)"
DISPLAYS = {
    "X": X,
    "Wayland with XWayland": X,
    "Wayland without XWayland": WAYLAND,
    "no display": DisplayFacts(silent={"xcb": SILENT}),
    "system libraries missing": DisplayFacts(missing=("libxcb-cursor0", "libegl1")),
    "X without GLX": replace(X, has_glx=False, renderer="llvmpipe"),
    "X without GLX and without EGL": replace(X, has_glx=False, renderer=None),
    "no OpenGL": replace(X, renderer=None),
    "no graphics driver": replace(X, renderer="llvmpipe (LLVM 15.0.6, 256 bits)"),
    "software GL by LIBGL_ALWAYS_SOFTWARE=1": replace(
        X, renderer="llvmpipe", setting="LIBGL_ALWAYS_SOFTWARE=1"
    ),
    "OpenGL off by QT_XCB_GL_INTEGRATION=none": replace(X, renderer=None, setting=NO_GL),
    "QT_QPA_PLATFORM is offscreen": DisplayFacts(platforms=("offscreen",)),
}

PACKAGES: dict[str, tuple[tuple[int, int], Mapping[str, str]]] = {
    "Python 3.11 with NumPy 2.4": ((3, 11), {"numpy": "2.4.6", "torch": "2.13.0"}),
    "Python 3.11 with NumPy 1.26": ((3, 11), {"numpy": "1.26.4", "torch": "2.13.0"}),
    "Python 3.14": ((3, 14), {"numpy": "2.4.6"}),
    "Python 3.15": ((3, 15), {"numpy": "2.4.6"}),
    "NumPy 1.25": ((3, 11), {"numpy": "1.25.2"}),
    "PyTorch 2.8": ((3, 11), {"torch": "2.8.0+cu126"}),
    "PySide6 6.12.0": ((3, 11), {"PySide6-Essentials": "6.12.0"}),
}

Decided = tuple[str, tuple[Problem, ...]]
"""What is used, and the problems."""


def decided_gpu(row: Row) -> Decided:
    if problems := gpu_problems(row.gpu):
        return "CPU", problems
    problem = kernel_problem(row.kernels, row.gpu.cuda)
    return ("GPU without the kernels", (problem,)) if problem else ("GPU", ())


def decided() -> Iterator[tuple[str, str, Decided]]:
    """Every row: the table that it stands in, its name, and what is decided."""
    for name, row in GPUS.items():
        yield "GPU", name, decided_gpu(row)
    for name, display in DISPLAYS.items():
        use, problem = window_use(display)
        yield "Window", name, (use, (problem,) if problem else ())
    for name, (python, versions) in PACKAGES.items():
        problems = package_problems(python, versions)
        yield "Packages", name, ("not these" if problems else "these", problems)


def document_row(name: str, found: Decided) -> str:
    """A row of the table in `docs/machines.md`."""
    use, problems = found
    if not problems:
        return f"| {name} | {use} | | |"
    return f"| {name} | {use} | {problems[0].cause} | {problems[0].remedy} |"


if __name__ == "__main__":  # prints the tables for the document
    for table, name, found in decided():
        print(f"{table}: {document_row(name, found)}")
