"""The sample chairs: a catalog from our own seeded generator, available without any data."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from voxview.shapes.bits import Packed, pack_bytes, unpack_bytes
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid
from voxview.shapes.generator.build import build_chair
from voxview.shapes.generator.designs import DESIGNS
from voxview.shapes.generator.naming import chair_name
from voxview.shapes.generator.recipe import Recipe
from voxview.shapes.generator.sampling import random_measurements, random_recipe

__all__ = ["Recipe", "build_chair", "chair_name", "random_recipe", "sample_catalog"]

SOURCE = "samples"
SIZE = 240
SEED = 2041  # chosen by eye, for the pair that the program opens with


@cache
def sample_catalog() -> Catalog:
    """Return the catalog of sample chairs, always the same; grids are generated lazily.

    Every design appears four times with different measurements. An id is made of base, back and number.
    """
    rng = np.random.default_rng(SEED)
    recipes = [random_measurements(rng, DESIGNS[i % len(DESIGNS)]) for i in range(SIZE)]
    chairs = [_chair(recipe, number) for number, recipe in enumerate(recipes, start=1)]
    return Catalog("Sample chairs", SOURCE, chairs)


def _chair(recipe: Recipe, number: int) -> Chair:
    kind = recipe.kind if recipe.back == "none" else recipe.back
    chair_id = f"{recipe.base}-{kind}-{number:03d}".replace(" ", "-").lower()
    return Chair(chair_id, chair_name(recipe), SOURCE, partial(_grid, recipe), dict(vars(recipe)))


def _grid(recipe: Recipe) -> Grid:
    """Return a grid of its own: whoever reads a chair may write to it."""
    return unpack_bytes(_packed(recipe))[0]


@cache
def _packed(recipe: Recipe) -> Packed:
    """Build a sample chair once, `(1, 4096)`: a map, attributes and an evaluation read all of them."""
    return pack_bytes(build_chair(recipe)[None])
