"""The one line that a person reads of an error."""

from __future__ import annotations

import logging

from voxview.errors import VoxViewError

log = logging.getLogger(__name__)


def one_line(error: Exception) -> str:
    """Return an error's message in one line; one that is not VoxView's own is a bug, and logged as such."""
    if isinstance(error, VoxViewError):
        return str(error)
    log.debug("unexpected error in the engine", exc_info=error)
    first = str(error).splitlines()[0] if str(error) else "no message"
    return f"something failed that should not: {type(error).__name__}: {first}; please report it"
