"""What is worked out of a chair that came out of points: scene, distances, the nearest chair's picture."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QImage

from voxview.gui.context.searched_catalog import Nearest, SearchedCatalog
from voxview.gui.points.cloud_scene import CloudScene, Distances, distances_of, scene_of, with_all_in_view
from voxview.gui.points.reading import Loaded, Made
from voxview.gui.widgets.images import image_of
from voxview.surface.picture import Color, render_chair

_FOUND_COLOUR: Color = (172, 177, 184)


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is to be seen of a chair that came out of points."""

    made: Made
    distances: Distances
    scene: CloudScene
    """With the chair as large as it can be."""
    far_scene: CloudScene
    """With all that was left out in view."""
    nearest: Nearest | None
    """None while the catalog is being read, and where it is empty."""
    nearest_image: QImage | None


def draw(made: Made, loaded: Loaded, catalog: SearchedCatalog | None, side: int) -> Drawn:
    """Measure the distances, search the catalog, and draw the nearest chair, `side` pixels wide and high."""
    result = made.result
    distances = distances_of(made)
    scene = scene_of(made, loaded, distances)
    found = None if catalog is None else catalog.nearest(result.latent, result.grid, result.autoencoder)
    image = None if found is None else image_of(render_chair(found.grid, (side, side), color=_FOUND_COLOUR))
    return Drawn(made, distances, scene, with_all_in_view(scene, loaded.box), found, image)
