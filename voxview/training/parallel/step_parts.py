"""The parts of a training step by name, and where they lie in time. Free of torch, as records are."""

from __future__ import annotations

from dataclasses import dataclass

CONVOLUTIONS, FULLY_CONNECTED = "convolutions", "fully connected layers"
"""Names of the parts of a step, for its clock."""
UPDATE = "update"
"""The part in which the optimiser works."""
WAIT = "wait: "
"""Begins the names of parts of a step in which nothing is done but to wait for a collective."""


@dataclass(frozen=True)
class Span:
    """A part of a step on one process, or one of its collectives, in milliseconds from the step's begin."""

    name: str
    is_collective: bool
    begin: float
    """Of a collective: when it was started. It may have waited there for the one before."""
    end: float
