"""Finds the facts of this machine: what `nvidia-smi`, PyTorch and CuPy say of it."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from voxview.engine.doctor.drivers import QUERY, Card, cards_in
from voxview.engine.doctor.gpu import GpuFacts
from voxview.engine.doctor.kernels import KernelFacts
from voxview.resources import is_bundled

PACKAGES = (
    "torch",
    "cupy-cuda12x",
    "cupy-cuda13x",
    "numpy",
    "scipy",
    "scikit-image",
    "trimesh",
    "safetensors",
    "PySide6-Essentials",
    "pyvista",
    "pyvistaqt",
    "vtk",
)
_CUPY = ("cupy", "cupy-cuda11x", "cupy-cuda12x", "cupy-cuda13x")
_MODULE = Path("/proc/driver/nvidia/version")
_BUS = Path("/sys/bus/pci/devices")
_NVIDIA, _DISPLAY_CLASS = "0x10de", "0x03"
_PATIENCE = 20
"""Seconds to wait for nvidia-smi: a driver that is broken may never answer."""
_PATIENCE_AT_START = 3
"""The same where a person waits for the window."""


def find_gpu_facts(*, with_driver: bool = False) -> GpuFacts:
    """Return what is known of the GPU; imports torch, and tries a first kernel where there is a device.

    `nvidia-smi`, which may take a second, is called where no GPU can be used, or `with_driver`.
    """
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch: what it warns of is said here in a sentence
        is_available = torch.cuda.is_available()
        failure = _first_failure() if is_available else None
    is_usable = is_available and failure is None
    patience = _PATIENCE if with_driver else _PATIENCE_AT_START
    smi = None if is_usable and not with_driver else smi_output("nvidia-smi", patience=patience)
    return GpuFacts(
        smi=smi,
        module=loaded_module(),
        has_card=has_card(),
        visible=os.environ.get("CUDA_VISIBLE_DEVICES"),
        torch=str(torch.__version__),
        torch_cuda=torch.version.cuda,
        architectures=tuple((torch._C._cuda_getArchFlags() or "").split()) if torch.version.cuda else (),
        is_available=is_available,
        card=_card() if is_available else next(iter(find_cards()), None) if smi else None,
        failure=failure,
        memory=_memory() if is_available else None,
        is_bundled=is_bundled(),
    )


def find_kernel_facts(failure: str | None) -> KernelFacts:
    """Return what is known of CuPy, whose kernels fail as their trial says."""
    return KernelFacts({name: found for name in _CUPY if (found := installed(name))}, failure)


def find_versions() -> Mapping[str, str]:
    """Return the versions of the packages that are installed, of those that matter."""
    return {name: found for name in PACKAGES if (found := installed(name))}


def installed(package: str) -> str | None:
    """Return a package's version, or None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def find_cards() -> tuple[Card, ...]:
    """Return the cards that `nvidia-smi` lists."""
    return cards_in(smi_output(*QUERY) or "")


def smi_output(*command: str, patience: float | None = None) -> str | None:
    """Return what a program prints, errors included; None where there is no such program."""
    patience = _PATIENCE if patience is None else patience
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=patience
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} has said nothing for {patience:g} seconds"
    except OSError:
        return None
    return done.stdout


def loaded_module() -> str | None:
    """Return the version of NVIDIA's driver that Linux has loaded; None where there is none."""
    try:
        words = _MODULE.read_text().splitlines()[0].split()
    except (OSError, IndexError):
        return None
    return next((word for word in words if word[0].isdigit() and "." in word), None)


def has_card() -> bool | None:
    """Return whether an NVIDIA card is on the bus; None where that cannot be seen."""
    if not sys.platform.startswith("linux") or not _BUS.is_dir():
        return None
    try:
        return any(
            (device / "vendor").read_text().strip() == _NVIDIA
            and (device / "class").read_text().startswith(_DISPLAY_CLASS)
            for device in _BUS.iterdir()
        )
    except OSError:
        return None


def _first_failure() -> str | None:
    """Run a first kernel; return the first line of what it fails with."""
    import torch

    try:
        torch.zeros(1, device="cuda").add_(1).item()
    except (RuntimeError, AssertionError) as error:
        return str(error).splitlines()[0] if str(error) else type(error).__name__
    return None


def _card() -> Card | None:
    import torch

    try:
        return Card(torch.cuda.get_device_name(), torch.cuda.get_device_capability())
    except (RuntimeError, AssertionError):
        return None


def _memory() -> tuple[float, float] | None:
    """Return the free and all memory of the device in GiB."""
    import torch

    try:
        free, total = torch.cuda.mem_get_info()
    except (RuntimeError, AssertionError):
        return None
    return free / 2**30, total / 2**30
