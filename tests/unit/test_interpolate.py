"""What a blend of two latents promises, on the backend that every machine has."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from voxview.errors import InputError, VoxViewError
from voxview.latent import cuda
from voxview.latent.checks import BACKENDS
from voxview.latent.interpolate import interpolate, interpolate_all_pairs

LARGEST = np.finfo(np.float32).max
SPECIAL = np.array([0x80000000, 0x7F800000, 0xFF800000, 0x7FC12345, 0xFFC00001, 0x00000001], np.uint32)
"""−0.0, both infinities, two NaNs with payloads and the smallest subnormal, as bits."""

every_float32 = st.integers(0, 2**32 - 1)
latent_bits = arrays(np.uint32, (8, 8), elements=every_float32 | st.sampled_from(SPECIAL.tolist()))
latents = latent_bits.map(lambda bits: bits.view(np.float32))
finite = arrays(np.float32, (8, 8), elements=st.floats(width=32, allow_nan=False, allow_infinity=False))
moderate = arrays(np.float32, (8, 8), elements=st.floats(-8, 8, width=32))
inside = st.floats(0, 1, width=32)
steps = arrays(np.float32, st.integers(0, 12), elements=inside)


def bits(values: NDArray[np.float32]) -> NDArray[np.uint32]:
    assert values.dtype == np.float32
    return np.ascontiguousarray(values).view(np.uint32)


def ulp(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """The distance between neighbouring floats at the larger of the two."""
    return np.spacing(np.minimum(np.maximum(np.abs(a), np.abs(b)), np.float32(2.0**127))).astype(np.float64)


def exact(a: NDArray[np.float32], b: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float64]:
    weight = t.astype(np.float64)[:, None, None]
    return (1 - weight) * a.astype(np.float64) + weight * b.astype(np.float64)


# --- the ends ---


@given(latents, latents)
def test_blend_at_zero_is_a_and_at_one_is_b_bit_for_bit(
    a: NDArray[np.float32], b: NDArray[np.float32]
) -> None:
    blends = interpolate(a, b, np.array([0, 1, -0.0], np.float32))
    assert np.array_equal(bits(blends), np.stack([bits(a), bits(b), bits(a)]))


@pytest.mark.parametrize("special", SPECIAL.tolist(), ids=[hex(value) for value in SPECIAL.tolist()])
def test_the_ends_are_not_poisoned_by_what_is_at_the_other_end(special: int) -> None:
    odd = np.full((8, 8), special, np.uint32).view(np.float32)
    plain = np.full((8, 8), -0.0, np.float32)
    t = np.array([0, 0.5, 1], np.float32)
    assert np.array_equal(bits(interpolate(odd, plain, t)[[0, 2]]), [bits(odd), bits(plain)])
    assert np.array_equal(bits(interpolate(plain, odd, t)[[0, 2]]), [bits(plain), bits(odd)])


def test_a_t_too_small_to_be_normal_is_not_taken_for_zero() -> None:
    t = np.array([1e-45], np.float32)
    blends = interpolate(np.zeros((8, 8), np.float32), np.full((8, 8), 1e30, np.float32), t)
    assert np.all(blends > 0)


# --- between ---


@settings(max_examples=50)
@given(finite, finite, steps)
def test_blend_is_within_2_ulp_of_the_exact_one_whatever_the_numbers(
    a: NDArray[np.float32], b: NDArray[np.float32], t: NDArray[np.float32]
) -> None:
    # Numbers take longer to draw than to blend: each of A meets sixteen of B.
    for other in (np.roll(b, 4 * shift) for shift in range(16)):
        off = np.abs(interpolate(a, other, t).astype(np.float64) - exact(a, other, t))
        assert np.all(off <= 2 * ulp(a, other))


def test_blend_of_two_huge_numbers_stays_finite() -> None:
    huge = np.full((8, 8), LARGEST, np.float32)
    ties = (2 * np.arange(2**22, 2**22 + 4096) + 1) * 2.0**-25  # 1 − t is half-way between two floats
    t = np.concatenate([ties, np.linspace(0, 1, 1001), 2.0 ** -np.arange(1, 40)]).astype(np.float32)
    assert np.isfinite(interpolate(huge, huge, t)).all()
    assert np.isfinite(interpolate(-huge, -huge, t)).all()


@given(moderate, moderate, steps)
def test_blend_lies_between_its_ends_to_2_ulp(
    a: NDArray[np.float32], b: NDArray[np.float32], t: NDArray[np.float32]
) -> None:
    blends = interpolate(a, b, t).astype(np.float64)
    assert np.all(blends >= np.minimum(a, b) - 2 * ulp(a, b))
    assert np.all(blends <= np.maximum(a, b) + 2 * ulp(a, b))


@given(moderate, moderate, steps)
def test_blend_moves_from_a_to_b_without_turning_back_more_than_rounding(
    a: NDArray[np.float32], b: NDArray[np.float32], t: NDArray[np.float32]
) -> None:
    moves = np.diff(interpolate(a, b, np.sort(t)).astype(np.float64), axis=0) * np.sign(b.astype(float) - a)
    assert np.all(moves >= -4 * ulp(a, b))


@given(moderate, moderate, inside)
def test_swapping_a_and_b_mirrors_t(a: NDArray[np.float32], b: NDArray[np.float32], t: float) -> None:
    forth = interpolate(a, b, np.array([t], np.float64))
    back = interpolate(b, a, np.array([1 - t], np.float64))
    # 1 − t is rounded to float32 on the way in, by up to 2⁻²⁵: another ulp of each end.
    assert np.all(np.abs(forth.astype(np.float64) - back) <= 6 * ulp(a, b))


@given(moderate, moderate, steps)
def test_each_step_is_rounded_on_its_own(
    a: NDArray[np.float32], b: NDArray[np.float32], t: NDArray[np.float32]
) -> None:
    weight = t[:, None, None]
    of_a, of_b = (np.float32(1) - weight) * a, weight * b
    between = (t > 0) & (t < 1)
    assert np.array_equal(bits(interpolate(a, b, t)[between]), bits((of_a + of_b)[between]))


def test_a_blend_that_is_not_a_number_has_one_form() -> None:
    a = np.full((8, 8), 0xFFC12345, np.uint32).view(np.float32)
    middle = interpolate(a, np.ones((8, 8), np.float32), np.array([0.5], np.float32))
    assert np.all(bits(middle) == 0x7FC00000)


# --- all pairs ---


@settings(max_examples=30)
@given(st.integers(0, 5).flatmap(lambda n: arrays(np.uint32, (n, 8, 8), elements=every_float32)), steps)
def test_all_pairs_are_the_single_pairs_in_order(z_bits: NDArray[np.uint32], t: NDArray[np.float32]) -> None:
    z = z_bits.view(np.float32)
    pairs = interpolate_all_pairs(z, t)
    assert pairs.shape == (len(z), len(z), len(t), 8, 8)
    for i, a in enumerate(z):
        for j, b in enumerate(z):
            assert np.array_equal(bits(pairs[i, j]), bits(interpolate(a, b, t))), (i, j)


# --- what may be given ---


def test_no_t_gives_no_blend() -> None:
    z = np.ones((8, 8), np.float32)
    assert interpolate(z, z, np.empty(0, np.float32)).shape == (0, 8, 8)
    assert interpolate_all_pairs(z[None], np.empty(0, np.float32)).shape == (1, 1, 0, 8, 8)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", ">f4"])
def test_every_floating_dtype_is_taken_and_gives_float32(dtype: str) -> None:
    z = np.arange(64, dtype=dtype).reshape(8, 8)
    blends = interpolate(z, z[::-1], np.array([0, 0.5, 1], dtype))
    assert blends.dtype == np.float32
    assert np.array_equal(blends[0], z)
    assert np.array_equal(blends[1], (z + z[::-1]) / 2)


def test_strided_misaligned_and_read_only_inputs_give_the_same_and_stay_as_they_were() -> None:
    rng = np.random.default_rng(5)
    plain, t = rng.standard_normal((2, 8, 8)).astype(np.float32), np.linspace(0, 1, 7, dtype=np.float32)
    strided = np.zeros((8, 16), np.float32)[:, ::2]
    strided[:] = plain[0]
    misaligned = np.frombuffer(b"\0" + plain[1].tobytes(), np.float32, offset=1).reshape(8, 8)
    reversed_t = t[::-1].copy()[::-1]
    assert not (strided.flags.c_contiguous or misaligned.flags.aligned or misaligned.flags.writeable)

    blends = interpolate(strided, misaligned, reversed_t)

    assert np.array_equal(blends, interpolate(plain[0], plain[1], t))
    assert np.array_equal(strided, plain[0])
    assert np.array_equal(misaligned, plain[1])
    blends[:] = 0  # the result is the caller's own, also at the ends
    assert np.array_equal(strided, plain[0])


GOOD = np.zeros((8, 8), np.float32)
HALF = np.array([0.5], np.float32)


@pytest.mark.parametrize(
    ("bad", "came"),
    [
        (np.zeros((8, 7), np.float32), "float32 (8, 7)"),
        (np.zeros((1, 8, 8), np.float32), "float32 (1, 8, 8)"),
        (np.zeros(64, np.float64), "float64 (64,)"),
        (np.zeros((8, 8), np.int32), "int32 (8, 8)"),
        (np.zeros((8, 8), bool), "bool (8, 8)"),
        (np.zeros((8, 8), np.complex64), "complex64 (8, 8)"),
        (np.zeros((8, 8), object), "object (8, 8)"),
        ([[0.0] * 8] * 8, "a list"),
        (None, "a NoneType"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_latent_is_refused_by_name_shape_and_dtype(bad: object, came: str) -> None:
    for name, pair in (("z_a", (bad, GOOD)), ("z_b", (GOOD, bad))):
        with pytest.raises(ValueError, match=rf"^{name} is a floating-point array \(8, 8\), but ") as caught:
            interpolate(pair[0], pair[1], HALF)  # type: ignore[arg-type]
        assert isinstance(caught.value, InputError)
        assert str(caught.value).endswith(f"{came} came")
    with pytest.raises(InputError, match=r"^z is a floating-point array \(n, 8, 8\), but "):
        interpolate_all_pairs(bad if came != "float32 (1, 8, 8)" else GOOD, HALF)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [np.float32(0.5), 0.5, [0.5], HALF[None], np.array([0, 1]), np.array(["0"])])
def test_what_is_no_row_of_ts_is_refused(bad: object) -> None:
    with pytest.raises(InputError, match=r"^t is a floating-point array \(k,\), but "):
        interpolate(GOOD, GOOD, bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [-1e-7, 1 + 1e-12, 99.0, np.nan, np.inf])
def test_t_beyond_the_two_chairs_is_refused(bad: float) -> None:
    with pytest.raises(InputError, match=r"t\[2\] is "):
        interpolate(GOOD, GOOD, np.array([0, 1, bad]))


def test_a_number_that_float32_cannot_hold_is_refused() -> None:
    with pytest.raises(InputError, match="z_b is converted to float32"):
        interpolate(GOOD, np.full((8, 8), 1e300), HALF)


@pytest.mark.parametrize("backend", ["cuda", "", "NUMPY", None, ["numpy"]])
def test_an_unknown_backend_is_refused_and_the_three_are_named(backend: object) -> None:
    for call in (
        lambda b: interpolate(GOOD, GOOD, HALF, b),
        lambda b: interpolate_all_pairs(GOOD[None], HALF, b),
    ):
        with pytest.raises(InputError, match="numpy, cuda-global, cuda-shared"):
            call(backend)


def test_all_pairs_beyond_memory_say_how_much_they_would_take(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("voxview.latent.interpolate.blend", no_memory)
    with pytest.raises(VoxViewError, match=r"all pairs of 2000 latents at 11 t's take 11\.3 GB"):
        interpolate_all_pairs(np.zeros((2000, 8, 8), np.float32), np.linspace(0, 1, 11))


# --- without CUDA ---


@pytest.fixture
def fresh_cuda(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """CUDA is looked for again inside the test, and after it."""
    cuda.cuda_problem.cache_clear()
    yield monkeypatch
    cuda.cuda_problem.cache_clear()


def without_driver() -> ModuleType:
    def fail() -> int:
        raise RuntimeError("cudaErrorInsufficientDriver: CUDA driver version is insufficient\nmore")

    module = ModuleType("cupy")
    module.cuda = SimpleNamespace(runtime=SimpleNamespace(getDeviceCount=fail))  # type: ignore[attr-defined]
    return module


def without_device() -> ModuleType:
    module = ModuleType("cupy")
    module.cuda = SimpleNamespace(runtime=SimpleNamespace(getDeviceCount=lambda: 0))  # type: ignore[attr-defined]
    return module


@pytest.mark.parametrize(
    ("cupy", "why"),
    [
        (None, "CuPy is not installed"),
        (without_driver(), "cudaErrorInsufficientDriver"),
        (without_device(), "no CUDA device is visible"),
    ],
    ids=["no CuPy", "no driver", "no device"],
)
def test_a_cuda_backend_without_cuda_says_in_one_line_why_and_what_to_do(
    cupy: ModuleType | None, why: str, fresh_cuda: pytest.MonkeyPatch
) -> None:
    fresh_cuda.setitem(sys.modules, "cupy", cupy)
    for backend in BACKENDS[1:]:
        for call in (
            lambda b: interpolate(GOOD, GOOD, HALF, b),
            lambda b: interpolate_all_pairs(GOOD[None], HALF, b),
        ):
            with pytest.raises(VoxViewError) as caught:
                call(backend)
            message = str(caught.value)
            assert not isinstance(caught.value, InputError)
            assert why in message and "numpy" in message and "\n" not in message
    assert cuda.cuda_problem() == message


def test_bad_input_is_the_first_thing_said_also_for_a_cuda_backend() -> None:
    with pytest.raises(InputError):
        interpolate(GOOD, GOOD, np.array([2.0]), "cuda-shared")


def test_the_numpy_backend_imports_neither_cupy_nor_torch() -> None:
    script = (
        "import sys, numpy as np; from voxview.latent.interpolate import interpolate; z = np.zeros((8, 8));"
        "interpolate(z, z, np.array([.5])); print({'cupy', 'torch', 'scipy'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
