"""A kernel's source that cannot be compiled takes away that kernel, and not the GPU."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

import voxview.cuda
from voxview.engine import device
from voxview.engine.device import DeviceReport
from voxview.engine.diagnostics import diagnostics
from voxview.engine.engine import Engine
from voxview.experiment import bench
from voxview.latent import cuda as blends
from voxview.resources import kernel_source, kernel_sources

REPORT = DeviceReport("a CPU", 2, "a GPU", None, None)
WHY = "score.cu(12): error: no such thing"


class Device:
    """As CuPy's: a context with a number."""

    def __init__(self, number: int = 0) -> None:
        self.id = number

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """Return what imports `voxview.cuda.compiled` with a CuPy whose modules compile by a function."""

    def import_with(compile_source: Callable[[str], None]) -> ModuleType:
        class RawModule:
            def __init__(self, code: str, options: tuple[str, ...]) -> None:
                self.code = code

            def compile(self) -> None:
                (source,) = (s for s in kernel_sources() if self.code.endswith(text_of(s)))
                compile_source(source)

        cupy = ModuleType("cupy")
        cupy.RawModule, cupy.RawKernel = RawModule, object  # type: ignore[attr-defined]
        cupy.memoize = lambda for_each_device: lambda function: function  # type: ignore[attr-defined]
        cupy.cuda = SimpleNamespace(Device=Device)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "cupy", cupy)
        monkeypatch.delitem(sys.modules, "voxview.cuda.compiled", raising=False)
        module = importlib.import_module("voxview.cuda.compiled")
        monkeypatch.setitem(sys.modules, "voxview.cuda.compiled", module)
        monkeypatch.setattr(voxview.cuda, "compiled", module)
        return module

    return import_with


def text_of(source: str) -> str:
    return kernel_source(source).read_text(encoding="utf-8")


def fails(*broken: str) -> Callable[[str], None]:
    def compile_source(source: str) -> None:
        if source in broken:
            raise RuntimeError(f"{WHY}\nmore lines")

    return compile_source


def test_sources_are_compiled_at_the_same_time(compiled: Callable[..., ModuleType]) -> None:
    together = threading.Barrier(len(kernel_sources()), timeout=20)
    assert compiled(lambda source: together.wait()).broken_sources() == {}


def test_one_that_fails_is_named_with_a_line_and_the_others_are_there(
    compiled: Callable[..., ModuleType],
) -> None:
    module = compiled(fails("score.cu"))
    assert module.broken_sources() == {"score.cu": WHY}
    for source in set(kernel_sources()) - {"score.cu"}:
        assert module.compiled_module(source).code.endswith(text_of(source))


def test_a_broken_source_is_no_reason_to_leave_the_other_kernels(
    compiled: Callable[..., ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(fails("decoder.cu"))
    monkeypatch.setattr(blends, "cuda_problem", lambda: None)
    assert device._kernel_problems() == (None, {"decoder.cu": WHY})


def test_without_the_blending_kernels_the_others_are_used(
    compiled: Callable[..., ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(fails("interpolate.cu"))
    monkeypatch.setattr(
        blends, "cuda_problem", lambda: "the CUDA kernels cannot be built"
    )  # its trial runs that
    problem, broken = device._kernel_problems()
    report = replace(REPORT, kernel_problem=problem, broken_kernels=broken)
    assert report.backends == ("numpy",) and report.has_kernels("decoder.cu", "marching_cubes.cu")
    assert report.best_device == "cuda" and report.backend_problem == f"interpolate.cu cannot be used ({WHY})"


def test_where_nothing_compiles_no_kernel_is_used(
    compiled: Callable[..., ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(fails(*kernel_sources()))
    monkeypatch.setattr(blends, "cuda_problem", lambda: "the CUDA kernels cannot be built")
    problem, broken = device._kernel_problems()
    assert problem == "the CUDA kernels cannot be built" and not broken
    assert not replace(REPORT, kernel_problem=problem).has_kernels("score.cu")


def test_without_the_tables_of_scikit_image_only_surfaces_are_made_on_the_cpu(
    compiled: Callable[..., ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(fails())
    monkeypatch.setattr(blends, "cuda_problem", lambda: None)
    monkeypatch.setattr("voxview.surface.cuda.surface_problem", lambda: "no tables")
    assert device._kernel_problems() == (None, {"marching_cubes.cu": "no tables"})


def test_without_cupy_it_is_said_that_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    monkeypatch.delitem(sys.modules, "voxview.cuda.compiled", raising=False)
    blends.cuda_problem.cache_clear()
    problem, broken = device._kernel_problems()
    blends.cuda_problem.cache_clear()
    assert problem is not None and "CuPy is not installed" in problem and not broken


@pytest.mark.parametrize("broken", [("score.cu",), ("score.cu", "decoder.cu")])
def test_one_line_says_what_is_missing(broken: tuple[str, ...]) -> None:
    report = replace(REPORT, broken_kernels=dict.fromkeys(broken, WHY))
    assert report.backends == ("numpy", "cuda-global", "cuda-shared")
    for line in (report.sentence(), kernels_line(report)):
        assert all(f"{source}: {WHY}" in line for source in broken) and "PyTorch" in line
        assert "\n" not in line
    assert REPORT.sentence() == "GPU: a GPU" and kernels_line(REPORT).endswith(" usable")


def test_a_benchmark_without_a_kernel_measures_nothing_under_its_name() -> None:
    report = replace(REPORT, broken_kernels={"score.cu": WHY})
    engine = cast(Engine, SimpleNamespace(report=report, devices=("cpu", "cuda"), weights="study"))
    measured = [getattr(step.run, "args", ()) for step in bench._steps(engine, True)]
    subjects = {str(argument) for arguments in measured for argument in arguments}
    assert "torch.lerp cuda" in subjects and not subjects & {"cuda-shared", "cuda-global", "cuda-elementwise"}
    assert bench._left_out(engine, True) == (f"The GPU worked {report.without}.",)


def kernels_line(report: DeviceReport) -> Any:
    return next(
        line for line in diagnostics(report, "study").splitlines() if line.startswith("CUDA kernels:")
    )
