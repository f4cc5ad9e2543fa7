"""Kernels are compiled ahead where there may be a GPU, each once, and failing there hurts nobody."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from voxview.engine import ahead
from voxview.resources import kernel_sources


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Pretend that there is a driver; return the sources that are compiled."""
    sources: list[str] = []
    module = ModuleType("voxview.cuda.compiled")
    module.compiled_module = sources.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "voxview.cuda.compiled", module)
    monkeypatch.setattr(ahead, "_DRIVERS", (str(tmp_path),))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return sources


def wait_for_threads() -> None:
    for _ in range(2):  # the first one starts the others
        for thread in threading.enumerate():
            if thread.name.startswith("voxview-compile"):
                thread.join(5)


def test_every_source_is_compiled_and_those_of_a_first_blend_are_begun_first(compiled: list[str]) -> None:
    ahead.compile_ahead()
    wait_for_threads()
    assert sorted(compiled) == sorted(kernel_sources())
    assert ahead.all_sources()[: len(ahead.FIRST_BLEND)] == ahead.FIRST_BLEND


@pytest.mark.parametrize("hidden", ["", "-1"])
def test_nothing_is_compiled_where_every_gpu_is_hidden(
    compiled: list[str], monkeypatch: pytest.MonkeyPatch, hidden: str
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    ahead.compile_ahead()
    wait_for_threads()
    assert not compiled


def test_nothing_is_compiled_without_a_driver(
    compiled: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ahead, "_DRIVERS", (str(tmp_path / "none"),))
    ahead.compile_ahead()
    wait_for_threads()
    assert not compiled


def test_a_failure_is_left_to_whoever_needs_the_kernel(
    compiled: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(source: str) -> None:
        compiled.append(source)
        raise RuntimeError("no compiler")

    monkeypatch.setattr(sys.modules["voxview.cuda.compiled"], "compiled_module", fail)
    ahead.compile_ahead()
    wait_for_threads()
    assert len(compiled) == len(kernel_sources()) and not capsys.readouterr().err
