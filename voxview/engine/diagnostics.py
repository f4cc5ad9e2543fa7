"""The text that a bug report needs: versions, devices, drivers, where things are."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import voxview
from voxview.counts import counted
from voxview.engine.device import DeviceReport
from voxview.engine.doctor.collect import PACKAGES, installed
from voxview.model.picture_card import is_picture_installed
from voxview.model.points_card import POINTS_WEIGHTS, are_parts_installed
from voxview.model.shipped_encoders import is_installed as is_installed_encoder
from voxview.model.weights_card import SHIPPED, is_installed
from voxview.resources import asset, kernels_folder


def diagnostics(report: DeviceReport, weights: str) -> str:
    """Return a text of `name: value` lines, to be read by people and pasted into a report."""
    import torch

    cores = counted(os.cpu_count() or 1, "core")
    lines = [
        ("VoxView", voxview.__version__),
        ("Python", f"{platform.python_version()} ({sys.executable})"),
        ("System", platform.platform()),
        ("CPU", f"{report.cpu}, {cores}, {counted(report.threads, 'thread')} in use"),
        ("GPU", report.cuda or f"none: {report.cuda_problem}"),
        (
            "CUDA kernels",
            f"not usable: {report.kernel_problem}"
            if report.kernel_problem
            else f"usable, {report.without}"
            if report.without
            else "usable",
        ),
        ("CUDA in PyTorch", torch.version.cuda or "none"),
        ("NVIDIA driver", _driver()),
        ("Weights", weights),
        ("Shipped weights", ", ".join(n if is_installed(n) else f"{n} (not installed)" for n in SHIPPED)),
        ("Picture weights", "installed" if is_picture_installed() else "not installed"),
        ("Points weights", ", ".join(filter(is_installed_encoder, POINTS_WEIGHTS)) or "not installed"),
        ("Parts weights", "installed" if are_parts_installed() else "not installed"),
        ("Kernels in", str(kernels_folder())),
        ("Assets in", str(asset())),
        ("Display", os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or "none"),
        *((name, installed(name) or "not installed") for name in PACKAGES),
    ]
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name + ':':<{width + 1}} {value}" for name, value in lines)


def _driver() -> str:
    try:
        first = Path("/proc/driver/nvidia/version").read_text().splitlines()[0]
    except OSError:
        return "none found"
    return first.removeprefix("NVRM version:").strip()
