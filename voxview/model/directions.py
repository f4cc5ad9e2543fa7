"""Directions of the attributes in latent space: the change of a latent that raises the seat, the arms …

Fitted on procedural chairs, which are unlimited in number and have all attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxview.conventions import LATENT_SHAPE, RESOLUTION
from voxview.errors import InputError
from voxview.model.attributes import ATTRIBUTES, Attributes, measure
from voxview.shapes.catalogs.samples import build_chair, random_recipe
from voxview.shapes.frame import Floats

CHAIRS = 320
"""Procedural chairs of the fit: nine in ten have a back, and with it all attributes. With 600 the requested
attributes were missed by 1.58 voxels instead of 1.64, in twice the time."""

_SEED = 7
_BATCH = 4
"""Chairs between two yields, at which the caller can answer a slider move."""
_NEAR = 0.2
"""Variance of the Gaussian weights, as a share of the median squared distance. 0.2, 0.5 and uniform weights
missed the requested attributes by 0.47, 0.52 and 0.54 standard deviations, corrected."""
_RIDGE = 0.02
"""Regularisation of the regression."""
_STRIDE = 2.0
"""Factor on the regression's own step, which often changes no voxel. Measured on requested changes of 4.3
voxels: factor 1 missed by 3.3 voxels and 2 by 2.6; corrected (`corrected_shift`) by 1.9 and 1.6."""
_SMALL: Mapping[str, float] = {"back_tilt": 2.0}
"""Differences that a grid cannot resolve, for attributes other than lengths, of which it is a voxel:
degrees."""

Encode = Callable[[NDArray[np.bool_]], Floats]


@dataclass(frozen=True, eq=False)
class Directions:
    """Latents and attributes of some chairs, from which local directions are regressed at any latent."""

    latents: Floats
    """Latents, `(n, 64)`."""
    values: Floats
    """Attributes, `(n, 7)`, in the order of `ATTRIBUTES`; none is missing."""

    def near(self, latent: Floats) -> Floats:
        """Return the change of a latent (8, 8) per unit of each attribute, the others held: `(7, 8, 8)`.

        Locally weighted ridge regression of the latents on the attributes, z ≈ z₀ + Σ aₖ dₖ, with weights
        exp(−d² / (2 · 0.2 · median d²)), where d is in standard deviations of each latent entry.
        """
        spread = self.latents.std(0) + np.float32(1e-6)  # (64,)
        scale = self.values.std(0) + np.float32(1e-6)  # (7,)
        distance = (((self.latents - latent.reshape(-1)) / spread) ** 2).sum(1)  # (n,)
        weight = np.exp(-distance / (2 * _NEAR * np.median(distance)))
        weight /= weight.sum()
        a = (self.values - weight @ self.values) / scale  # (n, 7)
        z = self.latents - weight @ self.latents  # (n, 64)
        gram = (a * weight[:, None]).T @ a + _RIDGE * np.eye(len(scale))
        d = np.linalg.solve(gram, (a * weight[:, None]).T @ z) / scale[:, None]  # (7, 64)
        return d.reshape(-1, *LATENT_SHAPE).astype(np.float32)

    def step(self, latent: Floats, shift: Mapping[str, float]) -> Floats:
        """Return the change `(8, 8)` of the latent (8, 8) that adds `shift` to the attributes it names."""
        amounts = np.array([_STRIDE * shift.get(name, 0.0) for name in ATTRIBUTES], np.float32)
        step: Floats = np.tensordot(amounts, self.near(latent), 1).astype(np.float32)
        return step

    def span(self, name: str) -> tuple[float, float]:
        """Return the 5th and 95th percentile of an attribute over the chairs: a range for its slider."""
        low, high = np.percentile(self.values[:, ATTRIBUTES.index(name)], (5, 95))
        return float(low), float(high)


def fit_directions(latents: Floats, attributes: list[Attributes]) -> Directions:
    """Return directions from latents `(n, 8, 8)` and the attributes of their chairs.

    Chairs that lack an attribute are left out. Raises `InputError` if fewer than three for each attribute
    remain.
    """
    complete = [i for i, one in enumerate(attributes) if all(one.of(name) is not None for name in ATTRIBUTES)]
    if len(complete) < 3 * len(ATTRIBUTES):
        raise InputError(
            f"directions are fitted on {3 * len(ATTRIBUTES)} chairs with all attributes or more, "
            f"but {len(complete)} came"
        )
    values = np.array([[attributes[i].of(name) for name in ATTRIBUTES] for i in complete], np.float32)
    return Directions(np.asarray(latents, np.float32)[complete].reshape(len(complete), -1), values)


def learn_directions(encode: Encode, chairs: int = CHAIRS) -> Generator[tuple[int, int], None, Directions]:
    """Encode and measure procedural chairs, always the same ones, and fit; yields (done, total)."""
    rng = np.random.default_rng(_SEED)
    latents: list[Floats] = []
    attributes: list[Attributes] = []
    for start in range(0, chairs, _BATCH):
        grids = np.stack([build_chair(random_recipe(rng)) for _ in range(min(_BATCH, chairs - start))])
        latents.append(encode(grids))
        attributes += [measure(grid) for grid in grids]
        yield len(attributes), chairs
    return fit_directions(np.concatenate(latents), attributes)


def corrected_shift(
    shift: Mapping[str, float], before: Attributes, after: Attributes
) -> dict[str, float] | None:
    """Return the shift of a second attempt if `after` is not `before` + `shift`; None if it is close enough.

    One secant step for each attribute on its own: the requested change, times requested over achieved, at
    most times four. Four also if nothing or the opposite was achieved: a grid cannot show parts of a voxel.
    """
    again, is_near = {}, True
    for name, change in shift.items():
        old, new = before.of(name) or 0.0, after.of(name) or 0.0
        achieved = (new - old) / change if change else 1.0
        again[name] = change * (min(4.0, 1 / achieved) if achieved > 0.25 else 4.0)
        is_near &= abs(old + change - new) <= _SMALL.get(name, 1 / RESOLUTION)
    return None if is_near else again


def shift_error(shift: Mapping[str, float], before: Attributes, after: Attributes) -> float:
    """Return |after − before − shift|, summed over attributes, in the smallest differences of a grid."""
    return sum(
        abs((before.of(name) or 0.0) + change - (after.of(name) or 0.0)) / _SMALL.get(name, 1 / RESOLUTION)
        for name, change in shift.items()
    )
