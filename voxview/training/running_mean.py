"""The running mean of losses, kept on the device."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor


class RunningMean:
    """Means of named scalars over the steps since it was made.

    The sums stay on the device until `result`: reading a number makes the host wait for a GPU.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._steps = 0

    def add(self, values: Mapping[str, Tensor]) -> None:
        """Add one step's scalars, the same names each time."""
        for name, value in values.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value
        self._steps += 1

    def result(self) -> dict[str, float]:
        """Return the mean of each scalar by name; wait for the device."""
        return {name: float(value) / self._steps for name, value in self._sums.items()}
