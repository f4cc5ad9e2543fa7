"""What tests share: one thread a process, and the real chairs, which are not part of the project."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

# Tests run in as many processes as there are cores. Where threads of one wait for a core that another has, a
# convolution takes several times as long. Set before torch is imported; what the tests start inherits it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# What torch.compile does once for all that it compiles later (compiled headers, a process that tries each
# instruction set) takes a third of a test in which one small function is compiled.
os.environ.setdefault("TORCHINDUCTOR_CPP_CACHE_PRECOMPILE_HEADERS", "0")
os.environ.setdefault("TORCHINDUCTOR_VEC_ISA_OK", "1")
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # more are processes, each of which imports torch

_ARCHIVES = (
    "ShapeNetVox32-chairs.tar.gz",
    "ShapeNetCore.v2-chairs-sample.tar.gz",
    "open-chairs.tar.gz",
)


def pytest_configure(config: pytest.Config) -> None:
    """Let every other test process read the folders from the last to the first.

    Pytest rewrites the asserts of each file, which takes longer than all else before the first test, and
    keeps what it made: of two processes that begin at two ends each rewrites a half, and reads the other.
    """
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    if int(worker.removeprefix("gw")) % 2 and not any("::" in arg for arg in config.args):
        config.args.reverse()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the tests that take longest: a process that has one of them last works alone at the end."""
    if hasattr(config, "workerinput") and not any("::" in arg for arg in config.args):
        items.sort(key=lambda item: item.path)  # the same order in each, whichever way the folders were read
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def real_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `ShapeNetVox32/`, `ShapeNetCore.v2/` and `open-chairs/`; skips where there is no data."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    source = Path(os.environ.get("VOXVIEW_TEST_DATA") or beside)
    missing = [name for name in _ARCHIVES if not (source / name).is_file()]
    if missing:
        pytest.skip(f"no real chairs: {missing[0]} is not in {source} (VOXVIEW_TEST_DATA names the folder)")
    folder = tmp_path_factory.mktemp("real_data")
    for name in _ARCHIVES:
        # By tar itself: Python's own takes seconds for 12,000 files and folders, in each test process.
        subprocess.run(["tar", "-xzf", source / name, "-C", folder], check=True)
    return folder
