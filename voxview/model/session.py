"""`voxview evaluate`: from weights to figures."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict

import numpy as np

from voxview.errors import InputError
from voxview.model.autoencoder import load_autoencoder
from voxview.model.data import distinct_grids, fingerprint
from voxview.model.evaluate import evaluate
from voxview.shapes.catalog import Catalog


def evaluate_on_catalog(
    weights: str | None, catalog: Catalog, device: str | None, *, everything: bool
) -> Generator[tuple[int, int], None, dict[str, object]]:
    """Measure `weights` on a catalog, without its exact duplicates; yields (done, total), returns figures.

    Chairs that these weights were trained on are left out, unless `everything` is asked for.
    """
    autoencoder = load_autoencoder(weights, device)
    shapes = yield from distinct_grids(catalog)
    fresh = [s.grid for s in shapes if everything or fingerprint(s.grid) not in autoencoder.trained_on]
    if not shapes:
        raise InputError(f"no chair of {catalog.name} can be read: every file of it is broken")
    if not fresh:
        raise InputError(f"these weights were trained on every chair of {catalog.name}: --all measures them")
    figures = yield from evaluate(autoencoder, np.stack(fresh))
    return {
        "weights": autoencoder.name,
        "architecture": autoencoder.architecture,
        "catalog": catalog.name,
        "left_out_as_trained_on": len(shapes) - len(fresh),
        **asdict(figures),
    }
