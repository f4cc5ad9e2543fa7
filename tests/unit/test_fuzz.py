"""The harness of `make fuzz` finds what it is there to find, and former findings stay mended."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fuzz.targets import TARGETS, Target, kept_seeds
from fuzz.workers import Limits, Part, Pool, run_one

from voxview.errors import InputError

_EACH = 4
"""Files of each target: `make fuzz` has thousands."""
_HARMLESS = (1, 2)


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_damaged_files_are_read_or_refused_in_one_line(target: Target, tmp_path: Path) -> None:
    if target.missing:
        pytest.skip(f"no {target.missing[0]}")
    seeds = [seed for one, seed in kept_seeds() if one is target]
    for seed in [*seeds, *range(7_000_000, 7_000_000 + _EACH)]:
        outcome = run_one(target, seed, tmp_path)
        assert not outcome.is_finding, f"{target.name}:{seed}: {outcome.kind}: {outcome.detail}"


def test_a_seed_makes_one_file_and_another_seed_another_one() -> None:
    for target in (TARGETS["glb"], TARGETS["session"], TARGETS["npz"]):
        files = [target.file(seed) for seed in range(20)]
        assert files == [target.file(seed) for seed in range(20)]
        assert len(set(files)) >= 18


# ---- what it finds ----------------------------------------------------------------------------------


def _raise(error: Exception) -> None:
    raise error


def _spin() -> None:
    while True:
        pass


FAULTS: dict[str, Callable[[], object]] = {
    "exception": lambda: {}["nothing"],
    "odd line": lambda: _raise(InputError("x " * 500)),
    "output": lambda: print("Segmentation of what?", file=sys.stderr),
    "warning": lambda: np.float64(1e308) * np.float64(1e308),
    "memory": lambda: np.ones(1 << 40),
    "hang": _spin,
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
}


def _faulty(fault: Callable[[], object], path: Path) -> None:
    if int(path.read_bytes()) not in _HARMLESS:
        fault()


def _numbered(seed: int) -> bytes:
    return str(seed).encode()


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    yield Pool(2, Limits(seconds=0.3), tmp_path)


def test_each_fault_is_found_with_its_seed_and_the_other_files_are_read(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Target, "file", lambda _, seed: _numbered(seed))
    targets = [
        Target(kind, "shapes", ".x", tuple, (), partial(_faulty, fault)) for kind, fault in FAULTS.items()
    ]
    tallies = pool.run([Part(target, 0, 3) for target in targets])
    for kind, tally in tallies.items():
        assert [(one.seed, one.kind) for one in tally.findings] == [(0, kind)], kind
        assert (tally.runs, tally.read) == (3, 2), kind
