"""Linear interpolation of latents, in three backends that agree bit for bit."""

from __future__ import annotations

from voxview.conventions import LATENT_BYTES, LATENT_SHAPE
from voxview.errors import VoxViewError
from voxview.latent.checks import as_float32, as_steps, check_backend, kernel_of
from voxview.latent.numpy_blend import blend
from voxview.shapes.frame import AnyFloats, Floats


def interpolate(z_a: AnyFloats, z_b: AnyFloats, t: AnyFloats, backend: str = "numpy") -> Floats:
    """Compute the blends (1 − t)·z_a + t·z_b: latents (8, 8), t (k,) in [0, 1] → float32 (k, 8, 8).

    t = 0 gives z_a and t = 1 gives z_b, bit for bit; between, every backend rounds alike. Any floating dtype
    is taken and converted to float32. Raises `InputError` for other dtypes and shapes, t outside [0, 1] and
    an unknown backend; `VoxViewError` if a CUDA backend is requested and CUDA cannot be used. Source: the
    study's Algorithm 1.
    """
    check_backend(backend)
    a = as_float32("z_a", z_a, LATENT_SHAPE)
    b = as_float32("z_b", z_b, LATENT_SHAPE)
    steps = as_steps(t)
    if backend == "numpy":
        return blend(a, b, steps)
    from voxview.latent import cuda  # imported late: not needed without a CUDA device

    return cuda.interpolate_from_host(a, b, steps, kernel=kernel_of(backend))


def interpolate_all_pairs(z: AnyFloats, t: AnyFloats, backend: str = "numpy") -> Floats:
    """Blend every ordered pair: latents (n, 8, 8), t (k,) in [0, 1] → float32 (n, n, k, 8, 8).

    `[i, j, s]` is (1 − t[s])·z[i] + t[s]·z[j]. Exactness and errors as in `interpolate`; `VoxViewError` also
    if the result, 256·n²·k bytes, does not fit in memory. Source: the study's Algorithm 1.
    """
    check_backend(backend)
    latents = as_float32("z", z, (None, *LATENT_SHAPE))
    steps = as_steps(t)
    if backend == "numpy":
        try:
            return blend(latents[:, None], latents[None, :], steps)
        except MemoryError:
            raise VoxViewError(_too_large(len(latents), len(steps))) from None
    from voxview.latent import cuda

    return cuda.all_pairs_from_host(latents, steps, kernel=kernel_of(backend))


def _too_large(n: int, k: int) -> str:
    gigabytes = LATENT_BYTES * n * n * k / 1e9
    return (
        f"all pairs of {n} latents at {k} t's take {gigabytes:.1f} GB, more than is free: "
        "use fewer of either, or take them in blocks (voxview.latent.blocks)"
    )
