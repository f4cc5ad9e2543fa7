"""The machine, its installed packages and the commit: without these a measured figure means nothing."""

from __future__ import annotations

import datetime
import os
import platform
import re
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import voxview
from voxview.counts import counted
from voxview.engine.device import DeviceReport
from voxview.resources import kernels_folder

_PACKAGES = {
    "numpy": ("numpy",),
    "cupy": ("cupy-cuda13x", "cupy-cuda12x", "cupy"),
    "scikit-image": ("scikit-image",),
}
_DRIVER_FILE = Path("/proc/driver/nvidia/version")
_PATIENCE = 10
"""Seconds to wait for a program that prints one line."""


@dataclass(frozen=True)
class Machine:
    """The hardware and software that something was measured with."""

    cpu: str
    cores: int
    threads: int
    gpu: str | None
    """None where no CUDA device was used."""
    driver: str | None
    system: str
    versions: dict[str, str]
    """voxview, python, numpy, torch, cuda, cupy, scikit-image: what was installed."""
    commit: str | None
    date: str
    """ISO 8601, UTC, a day."""


def this_machine(report: DeviceReport) -> Machine:
    """Return the machine that this runs on; the GPU's fields are None where the report has no CUDA device."""
    return Machine(
        cpu=report.cpu,
        cores=os.cpu_count() or 1,
        threads=report.threads,
        gpu=report.cuda,
        driver=_driver() if report.cuda else None,
        system=platform.platform(),
        versions=_versions(),
        commit=_commit(),
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )


def machine_heading(machine: Machine) -> str:
    """Return the machine, its software and the date, in two lines."""
    gpu = machine.gpu or "no GPU"
    driver = f", driver {machine.driver}" if machine.driver else ""
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    commit = f", commit {machine.commit}" if machine.commit else ""
    processors = f"{counted(machine.cores, 'core')}, {counted(machine.threads, 'thread')}"
    return f"{gpu}{driver}; {machine.cpu}, {processors}; {machine.date}\n{machine.system}; {versions}{commit}"


def _versions() -> dict[str, str]:
    import torch

    found = {
        "voxview": voxview.__version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
    }
    if torch.version.cuda:
        found["cuda"] = torch.version.cuda
    for name, packages in _PACKAGES.items():
        installed = next(filter(None, map(_installed, packages)), None)
        if installed:
            found[name] = installed
    return found


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _driver() -> str | None:
    """Return the NVIDIA driver's version, such as 580.159.04, or None if it is not known."""
    try:
        found = re.search(r"\b\d+\.\d+(\.\d+)?\b", _DRIVER_FILE.read_text())
    except OSError:
        found = None  # not Linux, or a container that hides it
    if found:
        return found[0]
    return _line("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader")


def _commit() -> str | None:
    """Return the commit that runs here, with `-dirty` after it where files differ from it."""
    if os.environ.get("VOXVIEW_COMMIT"):
        return os.environ["VOXVIEW_COMMIT"]
    checkout = kernels_folder().parent
    if not (checkout / ".git").exists():
        return None  # an installed package; the folder above may well be somebody else's checkout
    return _line("git", "-C", str(checkout), "describe", "--always", "--dirty", "--exclude=*", "--abbrev=7")


def _line(*command: str) -> str | None:
    """Return the first line that a program prints; None if there is none, or no such program."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},  # reading the state must not write to it
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.split("\n") if done.returncode == 0 else []
    return lines[0].strip() or None if lines else None
