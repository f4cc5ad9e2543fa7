"""The sample chairs: a catalog made by our own seeded generator, there before any data is."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from voxview.shapes.catalog import Catalog
from voxview.shapes.chair import Chair
from voxview.shapes.generator.designs import DESIGNS
from voxview.shapes.generator.draw import draw_chair
from voxview.shapes.generator.naming import chair_name
from voxview.shapes.generator.recipe import Recipe
from voxview.shapes.generator.roll import random_measures, random_recipe

__all__ = ["Recipe", "chair_name", "draw_chair", "random_recipe", "sample_catalog"]

SOURCE = "samples"
SIZE = 240
SEED = 2041  # chosen by eye, for the pair that the program opens with


@cache
def sample_catalog() -> Catalog:
    """The sample chairs, always the same and in the same order; a grid is drawn when it is asked for.

    Every design comes four times with other measurements. Ids say base, back and number.
    """
    rng = np.random.default_rng(SEED)
    recipes = [random_measures(rng, DESIGNS[i % len(DESIGNS)]) for i in range(SIZE)]
    chairs = [_chair(recipe, number) for number, recipe in enumerate(recipes, start=1)]
    return Catalog("Sample chairs", SOURCE, chairs)


def _chair(recipe: Recipe, number: int) -> Chair:
    kind = recipe.kind if recipe.back == "none" else recipe.back
    chair_id = f"{recipe.base}-{kind}-{number:03d}".replace(" ", "-").lower()
    return Chair(chair_id, chair_name(recipe), SOURCE, partial(draw_chair, recipe), dict(vars(recipe)))
