"""What messages call what is written."""

from __future__ import annotations

from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendRequest
from voxview.gui.session.shown import Result
from voxview.gui.session.titles import mix_title

VOXELS = (".binvox", ".npy", ".npz")


def called(result: Result) -> str:
    """Return what a message calls what was exported."""
    request = result.request
    if isinstance(request, BlendRequest):
        return f"the blend of {request.a.name} and {request.b.name} at t = {request.t:g}"
    if isinstance(request, MixRequest):
        return f"the mix on screen ({mix_title(request)})"
    return (
        f"the edited blend ({request.name})" if request.is_edit else f"the chair on the map ({request.name})"
    )
