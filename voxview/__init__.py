"""VoxView: slide from one 3D chair to another.

The names below are the stable API for scripts outside the project. All of them take and return NumPy arrays,
whatever the device. They are imported lazily: `import voxview` alone loads none of torch, CuPy, Qt and VTK.

    import voxview
    ae = voxview.load_autoencoder()
    z = ae.encode(grids)                                   # (n, 32, 32, 32) bool → (n, 8, 8) float32
    blends = voxview.interpolate(z[0], z[1], t)            # (k,) → (k, 8, 8)
    surface = voxview.extract_surface(ae.decode(blends)[0])
    voxview.write_shape("new_chair.obj", surface)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voxview.engine.parts import label_parts
    from voxview.engine.pictures import encode_picture
    from voxview.engine.points import encode_points
    from voxview.latent.interpolate import interpolate, interpolate_all_pairs
    from voxview.model.autoencoder import load_autoencoder
    from voxview.shapes.io.read import read_shape
    from voxview.surface.extract import extract_surface
    from voxview.surface.write import write_shape

__version__ = "0.1.0"

_MODULE_OF = {
    "load_autoencoder": "voxview.model.autoencoder",
    "encode_picture": "voxview.engine.pictures",
    "encode_points": "voxview.engine.points",
    "label_parts": "voxview.engine.parts",
    "interpolate": "voxview.latent.interpolate",
    "interpolate_all_pairs": "voxview.latent.interpolate",
    "read_shape": "voxview.shapes.io.read",
    "extract_surface": "voxview.surface.extract",
    "write_shape": "voxview.surface.write",
}

__all__ = [
    "__version__",
    "encode_picture",
    "encode_points",
    "extract_surface",
    "interpolate",
    "interpolate_all_pairs",
    "label_parts",
    "load_autoencoder",
    "read_shape",
    "write_shape",
]


def __getattr__(name: str) -> object:
    """Import a stable name from its module when it is first used (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'voxview' has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
