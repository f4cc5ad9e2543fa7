"""The schedule of the learning rate: warm-up, then a cosine (Loshchilov and Hutter, arXiv:1608.03983)."""

from __future__ import annotations

import math

from voxview.training.configs import Config

FLOOR = 0.01
"""Share of the peak that the learning rate falls to."""


def learning_rate(step: int, config: Config) -> float:
    """Return the learning rate of a step, the first of which is 1."""
    return config.learning_rate * rate_share(step, config)


def rate_share(step: int, config: Config) -> float:
    """Return the learning rate's share of its peak at a step: up to 1 along a line, then a cosine down."""
    warm_up = min(config.warm_up, config.steps // 5)
    if step < warm_up:
        return step / warm_up
    progress = (step - warm_up) / max(1, config.steps - warm_up)
    return FLOOR + (1 - FLOOR) * 0.5 * (1 + math.cos(math.pi * progress))
