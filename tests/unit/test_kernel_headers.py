"""The headers of the CUDA sources are true: of each entry point its parameters, its grid and its block.

They are compared with the signatures and with what Python launches. No GPU: the wrappers get NumPy's arrays,
and a kernel that only writes down how it was launched.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from kernel_sources import SOURCES, EntryPoint, constants_of, entry_points, evaluated, header_of

from voxview.latent import cuda as blends
from voxview.model import metrics_cuda, residual_cuda
from voxview.model.autoencoder import load_autoencoder
from voxview.surface import cuda as surfaces
from voxview.training import connectivity_cuda

ENTRIES = {entry.name: entry for entry in entry_points()}

POINTED_AT = {
    "float32": "float*",
    "uint8": "unsigned char*",
    "int8": "signed char*",
    "int16": "short*",
    "uint64": "Mark*",  # of eight bytes
}
"""The pointers of arrays, by their type; int32 may be several."""
SCALARS = {np.int32: "int", np.int64: "long long", np.float32: "float"}


@dataclass(frozen=True)
class Launch:
    """One call of a kernel."""

    name: str
    grid: tuple[int, ...]
    block: tuple[int, ...]
    arguments: tuple[Any, ...]


@pytest.fixture(scope="module")
def launches() -> list[Launch]:
    """Run every wrapper on the CPU; return what it launched."""
    with pytest.MonkeyPatch.context() as patch:
        made = recorded_launches(patch)
        launch_blends()
        launch_surface()
        launch_scores()
        launch_connectivity(patch)
        launch_decoder(patch)
    return made


def recorded_launches(patch: pytest.MonkeyPatch) -> list[Launch]:
    """Put what writes launches down in place of CuPy and its kernels."""
    made: list[Launch] = []
    compiled = ModuleType("voxview.cuda.compiled")
    compiled.kernel = lambda source, name: lambda *how: made.append(Launch(name, *how))  # type: ignore[attr-defined]
    patch.setitem(sys.modules, "voxview.cuda.compiled", compiled)
    cupy = ModuleType("cupy")
    cupy.asarray, cupy.empty = np.asarray, np.empty  # type: ignore[attr-defined]
    cupy.cuda = SimpleNamespace(alloc_pinned_memory=bytearray)  # type: ignore[attr-defined]
    patch.setitem(sys.modules, "cupy", cupy)

    @contextmanager
    def views(arrays: dict[str, Any], stream: int | None) -> Iterator[dict[str, Any]]:
        yield {name: np.asarray(array) for name, array in arrays.items()}

    for module in (blends, surfaces, metrics_cuda, residual_cuda, connectivity_cuda):
        patch.setattr(module, "views_on_stream", views)
    return made


def latents(*shape: int) -> np.ndarray:
    return np.zeros((*shape, 8, 8), np.float32)


def launch_blends() -> None:
    for kernel in ("global", "shared"):
        for k in (3, 300):
            t = np.zeros(k, np.float32)
            blends.interpolate_on_device(latents(), latents(), t, latents(k), kernel=kernel, stream=0)
        t = np.zeros(11, np.float32)
        blends.pairs_on_device(latents(3), latents(33), t, latents(3, 33, 11), kernel=kernel, stream=0)
    blends.pairs_elementwise_on_device(latents(3), latents(33), t, latents(3, 33, 11), stream=0)
    blends.combine_on_device(latents(4), np.zeros((7, 4), np.float32), latents(7), stream=0)


def launch_surface() -> None:
    extractor = surfaces.SurfaceExtractor((5, 12, 9))
    extractor.queue(np.zeros((5, 12, 9), np.float32), 0.5, stream=0)
    extractor.deliver(stream=0)


def launch_scores() -> None:
    fields, chairs = np.zeros((3, 32, 32, 32), np.float32), np.zeros((5, 32, 32), np.int32)
    floors, scores = np.zeros(3, np.int32), np.zeros((7, 3), np.float32)
    metrics_cuda.score_on_device(fields, chairs, floors, scores, level=0.5, stream=0)


def launch_connectivity(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(torch.cuda, "current_stream", lambda device: SimpleNamespace(cuda_stream=0))
    connectivity_cuda.find_targets_on_device(torch.zeros((3, 1, 32, 32, 32)), 0.5, 0.1, 20)


def launch_decoder(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        torch.cuda, "get_device_properties", lambda device: SimpleNamespace(multi_processor_count=7)
    )
    decoder = residual_cuda.ResidualDecoder(load_autoencoder("chairs", "cpu").network)  # type: ignore[arg-type]
    decoder.queue(torch.zeros((8, 8)), torch.zeros((32, 32, 32)), stream=0)


@pytest.mark.parametrize("source", SOURCES)
def test_a_header_has_the_parameters_of_the_signatures_with_their_types(source: str) -> None:
    signatures = [entry for entry in ENTRIES.values() if entry.source == source]
    header = header_of(source)
    for entry in signatures:
        for name, kind in entry.parameters.items():
            assert kind in header.parameters.get(name, ()), f"{entry.name}: {kind} {name}"
    there = {(name, kind) for entry in signatures for name, kind in entry.parameters.items()}
    said = {(name, kind) for name, kinds in header.parameters.items() for kind in kinds}
    assert said == there


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_a_header_gives_each_entry_point_its_grid_and_its_block(entry: EntryPoint) -> None:
    header = header_of(entry.source)
    assert entry.name in header.grids, "no line 'Grid   (…)' under its name"
    assert entry.name in header.blocks, "no line 'Block  (…)' under its name"
    block = header.blocks[entry.name]
    constants = constants_of(entry.source)
    if entry.threads is None:
        assert block.startswith("any"), "without __launch_bounds__ the compiler knows of no block"
    else:
        along = [evaluated(one, constants) for one in block.split(",")]
        assert np.prod(along) == evaluated(entry.threads, constants)


def test_python_launches_every_entry_point(launches: list[Launch]) -> None:
    assert {launch.name for launch in launches} == set(ENTRIES)


def test_arguments_are_of_the_types_of_the_parameters(launches: list[Launch]) -> None:
    for launch in launches:
        parameters = ENTRIES[launch.name].parameters
        assert len(launch.arguments) == len(parameters), launch.name
        for argument, (name, kind) in zip(launch.arguments, parameters.items(), strict=True):
            said = f"{launch.name}: {kind} {name}, but {type(argument).__name__} came"
            if isinstance(argument, np.ndarray) and argument.dtype == np.int32:
                assert kind in ("int*", "unsigned*", "Count*"), said
            elif isinstance(argument, np.ndarray):
                assert kind == POINTED_AT[argument.dtype.name], said
            elif type(argument) in SCALARS:
                assert kind == SCALARS[type(argument)], said
            else:
                assert kind.endswith("*") and isinstance(argument, np.uintp), said


def test_grids_and_blocks_are_those_of_the_header(launches: list[Launch]) -> None:
    for launch in launches:
        header = header_of(ENTRIES[launch.name].source)
        names = {**constants_of(ENTRIES[launch.name].source), "threads": int(np.prod(launch.block))}
        for argument, name in zip(launch.arguments, ENTRIES[launch.name].parameters, strict=True):
            if type(argument) in SCALARS:
                names[name] = argument.item()
        names.setdefault("m", 3)  # blends and fields that this file has scored, which is no parameter
        assert is_block(launch.block, header.blocks[launch.name], names), (launch, header.blocks)
        assert is_grid(launch.grid, header.grids[launch.name], names), (launch, header.grids)


def is_grid(grid: tuple[int, ...], said: str, names: dict[str, int]) -> bool:
    """Return whether a grid is what the header says; `g` there stands for any number of blocks."""
    wanted = [one.strip() for one in re.split(r",(?![^(]*\))", said)]
    sizes = [got if one == "g" else evaluated(one, names) for one, got in zip(wanted, grid, strict=True)]
    return min(grid) >= 1 and list(grid) == sizes


def is_block(block: tuple[int, ...], said: str, names: dict[str, int]) -> bool:
    """Return whether a block is what the header says."""
    if said.startswith("any"):
        threads = names["threads"]
        multiple, least = re.search(r"multiple of (\d+)", said), re.search(r"(\d+) or more", said)
        return (
            threads <= 1024
            and (not multiple or threads % int(multiple[1]) == 0)
            and (not least or threads >= int(least[1]))
        )
    return list(block) == [evaluated(one, names) for one in said.split(",")]


@pytest.mark.parametrize(
    ("block", "said", "right"),
    [
        ((256,), "any", True),
        ((48,), "any multiple of 32", False),
        ((32,), "any of 64 or more", False),
        ((64,), "any of 64 or more", True),
        ((16, 8), "QUADS, STEPS", False),
        ((16, 16), "QUADS, STEPS", True),
    ],
)
def test_another_block_than_the_header_s_is_found_out(block: tuple[int, ...], said: str, right: bool) -> None:
    names = {"QUADS": 16, "STEPS": 16, "threads": int(np.prod(block))}
    assert is_block(block, said, names) == right
