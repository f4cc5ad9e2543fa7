"""The charts' colours, markers and lines: each scheme and each part of a step has its own, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from voxview.charts import DARK_GROUND, LIGHT_GROUND, NARROW, Ground
from voxview.training.parallel.schemes import DATA, HYBRID_A, HYBRID_C, MODEL
from voxview.training.parallel.step_parts import CONVOLUTIONS, FULLY_CONNECTED, UPDATE
from voxview.training.parallel_bench.options import EACH_ROUND

WAITS = "waits"
"""Of all collectives."""
_ONE_COLUMN = 340
"""Pixels: below this a legend has one column."""

# Okabe and Ito's colours, which colour-blind readers can distinguish; markers differ without any colour.
_BLUE, _SKY, _GREEN = ("#0072B2", "#4FB0F0"), ("#56A0D3", "#9CCFF5"), ("#009E73", "#2FC79B")
_ORANGE, _YELLOW, _PURPLE = ("#D55E00", "#F0803C"), ("#E69F00", "#F2C14E"), ("#9A4FA8", "#D79BE8")
_COLOURS = {
    DATA: _ORANGE, MODEL: _YELLOW, HYBRID_A: _SKY, HYBRID_C: _BLUE, EACH_ROUND: _GREEN,
    CONVOLUTIONS: _BLUE, FULLY_CONNECTED: _GREEN, UPDATE: _YELLOW,
    "gradients": _ORANGE, "features": _SKY, "features' gradients": _PURPLE,
}  # fmt: skip
_MARKERS = {DATA: "o", MODEL: "^", HYBRID_A: "s", HYBRID_C: "D", EACH_ROUND: "v"}


@dataclass(frozen=True)
class Look:
    """How a chart looks: its ground, its colours, and how much room it has."""

    dark: bool
    width: int
    """Pixels."""

    @property
    def narrow(self) -> bool:
        """Whether panels stand below each other, for the window's side panel."""
        return self.width < NARROW

    @property
    def legend_columns(self) -> int:
        """How many there is room for."""
        return 1 if self.width < _ONE_COLUMN else 2 if self.narrow else 4

    @property
    def ground(self) -> Ground:
        """Paper, ink and grid."""
        return DARK_GROUND if self.dark else LIGHT_GROUND

    @property
    def small(self) -> int:
        """Points of notes and legends."""
        return 7 if self.narrow else 9

    def colour(self, name: str) -> str:
        """Return the colour of a scheme, a part of a step or a collective; grey for small ones."""
        grey = self.ground.published
        return _COLOURS.get(name, (grey, grey))[self.dark]

    def line(self, scheme: str) -> dict[str, Any]:
        """Return matplotlib's settings of a scheme's line."""
        dashes = {HYBRID_A: (0, (4, 1.5)), EACH_ROUND: (0, (1.5, 1.2))}
        return {
            "color": self.colour(scheme),
            "marker": _MARKERS[scheme],
            "markersize": 5,
            "linewidth": 1.7,
            "linestyle": dashes.get(scheme, "-"),
        }
