"""What is said of a chair that was made from a picture, in the same words in the dialog and in the list."""

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
    """Return a line for each thing to know of a chair from a picture; nothing for any other chair."""
    if not is_from_picture(chair):
        return ""
    from voxview.pictures.view import View

    view, unfamiliarity = chair.details["view"], chair.details["unfamiliarity"]
    assert isinstance(view, View) and isinstance(unfamiliarity, float)
    return (
        f"From a picture: {chair.details['picture']}\n"
        f"Seen {view.text}; {unfamiliarity_text(unfamiliarity)}\n"
        f"Decoded by the weights {chair.details['autoencoder']}"
    )


def how_well_held(loaded: LoadedChair) -> str:
    """Return the IoU of a chair with its reconstruction; of one that was decoded itself it says nothing."""
    if is_from_picture(loaded.chair) and not loaded.missing and not loaded.added:
        return "from a picture"
    return f"IoU {loaded.iou:.2f}"


def is_from_picture(chair: Chair) -> bool:
    """Return whether a chair was made from a picture."""
    return "picture" in chair.details
