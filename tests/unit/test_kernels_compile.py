"""Every CUDA source compiles without a warning and does what its header says, seen in the code nvcc makes.

Needs nvcc, no GPU.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from kernel_sources import ARCHITECTURES, SOURCES, header_of, text_of

from voxview.resources import kernels_folder

ENTRY_POINTS = {
    "interpolate.cu": {
        "interpolate_global",
        "interpolate_shared",
        "interpolate_many_global",
        "interpolate_many_shared",
    },
    "combine.cu": {"combine"},
    "all_pairs.cu": {"all_pairs_global", "all_pairs_shared", "all_pairs_elementwise"},
    "marching_cubes.cu": {"mark_cells", "add_up", "make_surface", "deliver"},
    "score.cu": {"score_blends"},
    "connectivity.cu": {"connectivity_targets"},
    "decoder.cu": {"dense", "expand", "sum_part_32", "sum_part_8", "add_parts"},
}
BLENDING = sorted(ENTRY_POINTS["interpolate.cu"] | ENTRY_POINTS["all_pairs.cu"])

needs_nvcc = pytest.mark.skipif(shutil.which("nvcc") is None, reason="nvcc is not on the PATH")


def nvcc(*arguments: str) -> str:
    ran = subprocess.run(["nvcc", "-std=c++17", *arguments], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


def kernels_in_ptx(source: str, folder: Path) -> dict[str, str]:
    """What CuPy's options make of `source`: the PTX of each entry point by name."""
    made = folder / "kernel.ptx"
    options = ("-ptx", "-arch=compute_90", "-ftz=true", "--fmad=false")
    nvcc(*options, "-o", str(made), str(kernels_folder() / source))
    pieces = re.split(r"\.entry (\w+)\(", made.read_text())[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


@cache
def architectures() -> tuple[int, ...]:
    """Those of `ARCHITECTURES` that this nvcc knows: 10.0 and 12.0 came with CUDA 12.8."""
    known = {int(number) for number in re.findall(r"compute_(\d+)\b", nvcc("--list-gpu-arch"))}
    return tuple(one for one in ARCHITECTURES if one in known)


@pytest.fixture(scope="module")
def ptx_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, str]]:
    """Return what compiles a source once."""
    folder = tmp_path_factory.mktemp("ptx")
    return cache(lambda source: kernels_in_ptx(source, folder))


@pytest.fixture
def ptx(ptx_of: Callable[[str], dict[str, str]]) -> dict[str, str]:
    """Return the PTX of all entry points by name."""
    return {name: text for source in SOURCES for name, text in ptx_of(source).items()}


def test_every_source_has_its_entry_points_listed_here() -> None:
    assert set(SOURCES) == set(ENTRY_POINTS)


@needs_nvcc
@pytest.mark.parametrize("source", SOURCES)
def test_compiles_for_old_and_new_gpus_without_a_warning(source: str, tmp_path: Path) -> None:
    first, *_, last = known = architectures()
    assert len(known) >= 3
    # The compiler's own part takes longest and gives all of them the same, but for what asks for one of them:
    # the oldest and the newest stand for the others, and the assembler makes code for each.
    assert "__CUDA_ARCH__" not in text_of(source), "compile for each architecture then"
    older = ",".join(f"sm_{one}" for one in known[:-1])
    wanted = [f"-gencode=arch=compute_{first},code=[{older}]", f"-gencode=arch=compute_{last},code=sm_{last}"]
    made = tmp_path / "kernel.fatbin"
    nvcc("-fatbin", *wanted, "--threads", "0", "--fmad=false", "-Werror", "all-warnings", "-o", str(made),
         str(kernels_folder() / source))  # fmt: skip
    assert made.stat().st_size > 0


@needs_nvcc
@pytest.mark.parametrize("source", sorted(ENTRY_POINTS))
def test_the_entry_points_are_those_that_the_header_names(
    source: str, ptx_of: Callable[[str], dict[str, str]]
) -> None:
    assert set(ptx_of(source)) == ENTRY_POINTS[source] == set(header_of(source).blocks)


@needs_nvcc
@pytest.mark.parametrize("name", ["interpolate_shared", "interpolate_many_shared", "all_pairs_shared"])
def test_a_shared_kernel_fills_its_tiles_waits_and_reads_them(name: str, ptx: dict[str, str]) -> None:
    fill, _, read = ptx[name].partition("bar.sync")
    assert "st.shared" in fill
    assert "ld.shared" in read
    assert read.index("ld.shared") < read.index("st.global")


@needs_nvcc
@pytest.mark.parametrize(
    "name", ["interpolate_global", "interpolate_many_global", "all_pairs_global", "all_pairs_elementwise"]
)
def test_a_global_kernel_uses_no_shared_memory(name: str, ptx: dict[str, str]) -> None:
    assert ".shared" not in ptx[name]
    assert "ld.global" in ptx[name]


@needs_nvcc
@pytest.mark.parametrize("name", BLENDING)
def test_the_blend_is_rounded_as_in_numpy(name: str, ptx: dict[str, str]) -> None:
    arithmetic = set(re.findall(r"\b(?:mul|add|sub|fma|mad)\.\S*f32\b", ptx[name]))
    # No fused multiply-add, and nothing that flushes subnormal numbers although CuPy's options ask for it.
    assert arithmetic == {"mul.rn.f32", "add.rn.f32", "sub.rn.f32"}
    assert ".ftz" not in ptx[name]


@needs_nvcc
def test_a_mix_is_rounded_as_in_numpy_and_stays_in_registers(ptx: dict[str, str]) -> None:
    arithmetic = set(re.findall(r"\b(?:mul|add|sub|fma|mad)\.\S*f32\b", ptx["combine"]))
    assert arithmetic == {"mul.rn.f32", "add.rn.f32"}
    assert ".ftz" not in ptx["combine"]
    assert ".local" not in ptx["combine"] and ".shared" not in ptx["combine"]


@needs_nvcc
def test_the_kernels_for_all_pairs_differ_in_the_memory_alone(ptx: dict[str, str]) -> None:
    """Else their times would say nothing about it: they have the same divisions, stores and arithmetic."""

    def counted(name: str) -> Counter[str]:
        instructions = re.findall(r"^\s+(?:@!?%p\d+ )?([a-z][\w.]+)", ptx[name], re.MULTILINE)
        wanted = ("div.", "rem.", "st.global", "mul.rn.", "sub.rn.", "add.rn.")
        return Counter(one for one in instructions if one.startswith(wanted))

    shared, plain = counted("all_pairs_shared"), counted("all_pairs_global")
    assert shared == plain and shared["st.global.cs.v4.f32"] > 0
    assert not any("s64" in one or "u64" in one for one in shared if one.startswith(("div", "rem")))


@needs_nvcc
@pytest.mark.parametrize("name", sorted(ENTRY_POINTS["all_pairs.cu"]))
def test_loads_of_all_pairs_may_be_moved_over_stores_in_each_memory(name: str, ptx: dict[str, str]) -> None:
    """Else shared memory would be compared with global memory that has to wait for each store."""
    loads = re.findall(r"\bld\.global\S*", ptx[name])
    assert loads and all(load.startswith("ld.global.nc") for load in loads), Counter(loads)


@needs_nvcc
@pytest.mark.parametrize(
    "name",
    ["all_pairs_global", "all_pairs_shared", "interpolate_many_global", "interpolate_many_shared"],
)
def test_many_blends_are_stored_four_floats_at_once_past_the_cache(name: str, ptx: dict[str, str]) -> None:
    assert "st.global.cs.v4.f32" in ptx[name]
    assert "st.global.cs.f32" in ptx[name], "misaligned buffers need single stores"


def test_sources_are_plain_ascii() -> None:
    """CuPy writes them to a temporary file in the machine's own encoding before it compiles them."""
    for path in kernels_folder().glob("*.cu*"):
        assert path.read_bytes().isascii(), path.name
