"""What is said of a chair that was made from a picture or points, the same in dialogs and in the list."""

from __future__ import annotations

from voxview.conventions import UNFAMILIAR
from voxview.engine.request import LoadedChair
from voxview.shapes.chair import Chair

TERMS = "The network learnt from ShapeNet's chairs: research and education only."


def unfamiliarity_text(unfamiliarity: float) -> str:
    """Return the figure, with what it means where it is high."""
    if unfamiliarity <= UNFAMILIAR:
        return f"unfamiliarity {unfamiliarity:.2f}"
    return f"unfamiliarity {unfamiliarity:.2f}: unlike the pictures that the network learnt from"


def weights_text(autoencoder: str, in_use: str) -> str:
    """Return which weights decode a picture's chair where others are in use; nothing otherwise."""
    return f"decoded by {autoencoder}, encoded by {in_use}" if in_use and in_use != autoencoder else ""


def source_text(chair: Chair) -> str:
    """Return a line for each thing to know of a chair from a picture or points; nothing of any other."""
    if is_from_points(chair):
        return _points_text(chair)
    return _picture_text(chair) if is_from_picture(chair) else ""


def origin_text(chair: Chair) -> str:
    """Return `from a picture` or `from points`; nothing for any other chair."""
    if is_from_points(chair):
        return "from points"
    return "from a picture" if is_from_picture(chair) else ""


def how_well_held(loaded: LoadedChair) -> str:
    """Return the IoU of a chair with its reconstruction; of one that was decoded itself it says nothing."""
    origin = origin_text(loaded.chair)
    if origin and not loaded.missing and not loaded.added:
        return origin
    return f"IoU {loaded.iou:.2f}"


def is_from_picture(chair: Chair) -> bool:
    """Return whether a chair was made from a picture."""
    return "picture" in chair.details


def is_from_points(chair: Chair) -> bool:
    """Return whether a chair was made from points."""
    return "points" in chair.details


def _picture_text(chair: Chair) -> str:
    from voxview.pictures.view import View

    view, unfamiliarity = chair.details["view"], chair.details["unfamiliarity"]
    assert isinstance(view, View) and isinstance(unfamiliarity, float)
    return (
        f"From a picture: {chair.details['picture']}\n"
        f"Seen {view.text}; {unfamiliarity_text(unfamiliarity)}\n"
        f"Decoded by the weights {chair.details['autoencoder']}"
    )


def _points_text(chair: Chair) -> str:
    distance = chair.details["distance"]
    assert isinstance(distance, float)
    return (
        f"From points: {chair.details['points']}\n"
        f"Stands {chair.details['stands']}; the points are {100 * distance:.1f} % of its longest side "
        "from its surface\n"
        f"Decoded by the weights {chair.details['autoencoder']}"
    )
