"""Sets of pictures whose backgrounds were removed: for these it is known which pixels show the chair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voxview.evaluation.pictures.results import PictureSet
from voxview.pictures.network_input import NetworkInput, prepare_input
from voxview.pictures.read import picture_from_array


def background_removed(
    pictures: PictureSet, inputs: Sequence[NetworkInput] | None = None
) -> list[PictureSet]:
    """Return the set of the pictures whose background the program can remove; none if there are none.

    `inputs` are the pictures as they were prepared; None: they are prepared here, as `voxview picture` does,
    which also crops them to their chairs.
    """
    if inputs is None:
        inputs = [prepare_input(picture_from_array(pixels)) for pixels in pictures.pixels]
    found = [i for i, prepared in enumerate(inputs) if prepared.silhouette is not None]
    if not found:
        return []
    silhouettes = [prepared.silhouette for prepared in inputs if prepared.silhouette is not None]
    return [
        PictureSet(
            f"{pictures.name}, background removed",
            tuple(pictures.titles[i] for i in found),
            tuple(pictures.groups[i] for i in found),
            np.stack([inputs[i].pixels for i in found]),
            pictures.grids[found],
            tuple(pictures.views[i] for i in found) if pictures.views else (),
            np.stack(silhouettes),
        )
    ]
