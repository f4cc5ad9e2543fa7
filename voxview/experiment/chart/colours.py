"""The charts' colours and markers: this machine in colours of its own, recorded runs in purple and pink."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from voxview.charts import DARK_GROUND, LIGHT_GROUND, Ground


@dataclass(frozen=True)
class Palette(Ground):
    """The colours of a chart, as #RRGGBB; `here` and `recorded` by subject."""

    here: dict[str, str]
    recorded: dict[str, str]


# Okabe and Ito's colours, which colour-blind readers can distinguish; the markers differ without any colour.
LIGHT = Palette(
    **asdict(LIGHT_GROUND),
    here={
        "cuda-shared": "#0072B2",
        "cuda-global": "#56A0D3",
        "cuda-elementwise": "#16447A",
        "numpy": "#D55E00",
        "torch.lerp cuda": "#009E73",
        "torch.compile cuda": "#00B8A0",
        "torch.add cuda": "#3F5F2A",
        "cupy": "#6B8E23",
        "torch.lerp cpu": "#E69F00",
        "torch.compile cpu": "#B8860B",
        "torch.add cpu": "#7A4A00",
    },
    recorded={
        "cuda-shared": "#6A1B7A",
        "cuda-global": "#9A4FA8",
        "cuda-elementwise": "#3D1152",
        "numpy": "#C2185B",
        "torch.lerp cuda": "#8E7CC3",
        "torch.compile cuda": "#6F62A8",
        "torch.add cuda": "#9C7FD6",
        "cupy": "#B08CC0",
        "torch.lerp cpu": "#D98CB3",
        "torch.compile cpu": "#B0457F",
        "torch.add cpu": "#E2A0A8",
    },
)
DARK = Palette(
    **asdict(DARK_GROUND),
    here={
        "cuda-shared": "#4FB0F0",
        "cuda-global": "#2F7FB8",
        "cuda-elementwise": "#8FC8F0",
        "numpy": "#F0803C",
        "torch.lerp cuda": "#2FC79B",
        "torch.compile cuda": "#7DE3C8",
        "torch.add cuda": "#D3E08A",
        "cupy": "#A8C64A",
        "torch.lerp cpu": "#F2C14E",
        "torch.compile cpu": "#FFDE9A",
        "torch.add cpu": "#C98A2B",
    },
    recorded={
        "cuda-shared": "#D79BE8",
        "cuda-global": "#A86FC0",
        "cuda-elementwise": "#F0CCF8",
        "numpy": "#FF7FB0",
        "torch.lerp cuda": "#A99BE8",
        "torch.compile cuda": "#8478D8",
        "torch.add cuda": "#DCC0F0",
        "cupy": "#C9B0D8",
        "torch.lerp cpu": "#E8A6C6",
        "torch.compile cpu": "#D86FA0",
        "torch.add cpu": "#F8C8D0",
    },
)
MARKERS = {
    "cuda-shared": "o",
    "cuda-global": "s",
    "cuda-elementwise": "p",
    "numpy": "^",
    "torch.lerp cuda": "D",
    "torch.compile cuda": "d",
    "torch.add cuda": "X",
    "cupy": "P",
    "torch.lerp cpu": "v",
    "torch.compile cpu": "<",
    "torch.add cpu": ">",
}
