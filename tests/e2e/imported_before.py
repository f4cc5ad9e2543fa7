"""What is done once, in the process that commands are forked from, which imports this file by its name.

Nothing here may start a thread: a fork would be without it.
"""

from __future__ import annotations

import gc
import importlib

from voxview.shapes.catalogs.samples import sample_catalog

for _name in (
    "torch",
    "torch._dynamo",  # an optimiser imports it, which takes as long as the rest of torch
    "trimesh",
    "scipy.ndimage",
    "skimage.measure",
    "voxview.cli",
    "voxview.engine.engine",
    "voxview.evaluation.catalog",
    "voxview.training.run",
):
    importlib.import_module(_name)
for _chair in sample_catalog():
    _chair.read()  # builds it: every training measures all of them
gc.freeze()  # or the first collection in a forked process would touch, and so copy, every page
