"""A measured mean or rate, with its 95 % interval: how far chance alone may have moved it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
_Z = 1.959964
"""Of the normal distribution, for 95 %."""


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


def mean_of(values: NDArray[np.floating]) -> Estimate:
    """Return the mean of n values, with its 95 % bootstrap interval.

    The interval is between percentiles of resampled means; the seed is 0.
    """
    return _bootstrap(values, lambda samples: samples.mean(axis=-1))


def percentile_of(values: NDArray[np.floating], percent: float) -> Estimate:
    """Return a percentile of n values, with its 95 % bootstrap interval; 50 is the median."""
    return _bootstrap(values, lambda samples: np.percentile(samples, percent, axis=-1))


def rate_of(flags: NDArray[np.bool_]) -> Estimate:
    """Return the share that is true, with Wilson's 95 % score interval (1927).

    No bootstrap here: where all of 300 pairs succeed, so do all resamples, and it would claim certainty.
    """
    n = len(flags)
    if n == 0:
        return Estimate(0.0, 0.0, 1.0)
    p = float(flags.mean())
    middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * float(np.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2)))
    return Estimate(p, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half)))


def _bootstrap(
    values: NDArray[np.floating], statistic: Callable[[NDArray[np.floating]], NDArray[np.floating]]
) -> Estimate:
    if len(values) == 0:
        return Estimate(0.0, 0.0, 0.0)
    chosen = np.random.default_rng(0).integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(statistic(values[chosen]), [2.5, 97.5])
    return Estimate(float(statistic(values)), float(low), float(high))
