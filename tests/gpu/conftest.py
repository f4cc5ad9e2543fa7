"""GPU tests run where CuPy and torch see a CUDA device, and skip with the reason elsewhere.

They need the repository, numpy, CuPy, torch, pytest and hypothesis:

    python3 -m pytest tests/gpu --confcutdir=tests/gpu -q -s
"""

from __future__ import annotations

from pathlib import Path

import pytest

from voxview.latent.cuda import cuda_problem


def _why_not() -> str | None:
    problem = cuda_problem()
    if problem:
        return problem
    try:
        import torch
    except ImportError:
        return "torch is not installed"
    return None if torch.cuda.is_available() else "torch sees no CUDA device"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    reason = _why_not() if here else None
    if reason:
        for item in here:
            item.add_marker(pytest.mark.skip(reason=reason))
