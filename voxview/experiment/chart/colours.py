"""The charts' colours and markers: this machine in colours of its own, recorded runs in purple and pink."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The colours of a chart, as #RRGGBB; `here` and `recorded` by subject."""

    paper: str
    ink: str
    quiet: str
    grid: str
    study: str
    here: dict[str, str]
    recorded: dict[str, str]


# Okabe and Ito's colours, which colour-blind readers can distinguish; the markers differ without any colour.
LIGHT = Palette(
    paper="#FFFFFF",
    ink="#23252A",
    quiet="#62666E",
    grid="#E4E4E1",
    study="#8A8D93",
    here={
        "cuda-shared": "#0072B2",
        "cuda-global": "#56A0D3",
        "numpy": "#D55E00",
        "torch.lerp cuda": "#009E73",
        "cupy": "#6B8E23",
        "torch.lerp cpu": "#E69F00",
    },
    recorded={
        "cuda-shared": "#6A1B7A",
        "cuda-global": "#9A4FA8",
        "numpy": "#C2185B",
        "torch.lerp cuda": "#8E7CC3",
        "cupy": "#B08CC0",
        "torch.lerp cpu": "#D98CB3",
    },
)
DARK = Palette(
    paper="#1D1F22",
    ink="#E4E5E7",
    quiet="#A3A8B0",
    grid="#34373C",
    study="#80858D",
    here={
        "cuda-shared": "#4FB0F0",
        "cuda-global": "#2F7FB8",
        "numpy": "#F0803C",
        "torch.lerp cuda": "#2FC79B",
        "cupy": "#A8C64A",
        "torch.lerp cpu": "#F2C14E",
    },
    recorded={
        "cuda-shared": "#D79BE8",
        "cuda-global": "#A86FC0",
        "numpy": "#FF7FB0",
        "torch.lerp cuda": "#A99BE8",
        "cupy": "#C9B0D8",
        "torch.lerp cpu": "#E8A6C6",
    },
)
MARKERS = {
    "cuda-shared": "o",
    "cuda-global": "s",
    "numpy": "^",
    "torch.lerp cuda": "D",
    "cupy": "P",
    "torch.lerp cpu": "v",
}
