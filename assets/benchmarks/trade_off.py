"""Draw trade-off.svg from trade-off.json: whole blends against good reconstructions.

python assets/benchmarks/trade_off.py
"""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt

HERE = Path(__file__).parent


def draw() -> None:
    """Draw each curve of the file, with its points named; the shipped weights are ringed."""
    matplotlib.rcParams["svg.hashsalt"] = "voxview"  # the same bytes each time
    panels = json.loads((HERE / "trade-off.json").read_text(encoding="utf-8"))["panels"]
    figure, axes = plt.subplots(1, len(panels), figsize=(5.2 * len(panels), 4.6), layout="constrained")
    for axis, panel in zip(axes, panels, strict=True):
        axis.set_title(panel["title"], fontsize=11, loc="left")
        for curve in panel["curves"]:
            places = [(100 * point["one_piece"], point["iou"]) for point in curve["points"]]
            axis.plot(*zip(*places, strict=True), "o-", label=curve["name"], markersize=4)
            for point, where in zip(curve["points"], places, strict=True):
                axis.annotate(
                    point["name"], where, point.get("label", (5, 5)), textcoords="offset points", fontsize=8
                )
                if point.get("shipped"):
                    axis.plot(*where, "o", markersize=12, fillstyle="none", color="black")
        axis.set_xlabel("blends half-way in one piece, %")
        axis.set_ylabel(panel.get("y", "mean IoU of held-out ShapeNet chairs"))
        axis.grid(alpha=0.3)
        axis.margins(0.12)
        axis.set_xlim(panel.get("x"))
        axis.legend(fontsize=8, loc="upper left", bbox_to_anchor=(0, -0.13))
    figure.savefig(HERE / "trade-off.svg", metadata={"Date": None})


if __name__ == "__main__":
    draw()
