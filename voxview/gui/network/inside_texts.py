"""What is said of a layer's activations. Free of Qt and torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxview.counts import counted

if TYPE_CHECKING:
    from voxview.model.layers.cloud_inside import CloudInside
    from voxview.model.layers.inside import LayerActivations
    from voxview.shapes.frame import Floats

WAITING = "Looking inside…"
ALL_ZERO = "all numbers are 0"
UNTRAINED = (
    "There are no trained weights of this network here, only its layers. Choose chairs, study, picture, "
    "pointnet or pointnet2 to see what a network gives."
)
NO_PICTURE = (
    "Neither chair came from a picture. Read one (File menu), choose its chair as A or B, and see here which "
    "of the 96 first filters it meets, and every map."
)
NO_POINTS = (
    "Neither chair came from points. Read a cloud (File menu), choose its chair as A or B, and see here "
    "which points survive the maximum."
)
NOT_FROM = "This shape did not come from {what}: choose {others}."
NO_LABELS = (
    "The parts network labels points of any chair: View, Parts shows its answer on the chairs themselves."
)
NOT_SHOWN = "Nothing is on screen yet."


def channel_text(activations: LayerActivations) -> str:
    """Return what is known of the chosen channel, and what its picture shows."""
    one = activations.answering
    where = f" at {', '.join(map(str, one.place))}" if one.place else ""
    head = f"{activations.layer}, channel {one.channel + 1} of {len(activations.values)}."
    largest = f"Its largest number is {one.value:.3g}{where}."
    if one.contributions.shape == (8, 8):
        return (
            f"{head} {largest}\n\nThe picture: which of the 64 numbers it answers to, input × gradient of "
            "that number, the latent as 8×8. Orange raises it, blue lowers it."
        )
    what = "voxels" if one.contributions.ndim == 4 else "pixels"
    reach = "×".join(map(str, one.reach[1:]))
    return (
        f"{head} {largest} It depends on {reach} {what}.\n\nThe picture: which {what} it answers to, input × "
        f"gradient of that number. Orange {what} raise it, blue ones lower it, colours by square root"
        + ("; an empty voxel counts as 0." if what == "voxels" else ".")
    )


def sheet_text(activations: LayerActivations, view: str) -> str:
    """Return what the sheet of channels shows."""
    values = activations.values
    if values.ndim == 4:
        what = f"maximum projections from the {view}"
    else:
        what = "maps" if values.ndim == 3 else "a number each"
    return f"{counted(len(values), 'channel')}, {what}" + (". Click one." if len(values) > 1 else "")


def slices_text(activations: LayerActivations, view: str) -> str:
    """Return what the slices are of."""
    channel = activations.answering.channel + 1
    if activations.values.ndim == 3:
        return f"The map of channel {channel}"
    order = {"front": "from the front to the back", "side": "from the right", "top": "from above"}[view]
    return f"Slices of channel {channel}, {order}"


def filters_text(filters: Floats) -> str:
    """Return what the filters are."""
    length = filters.shape[-1]
    if filters.ndim == 5:
        return (
            f"{len(filters)} filters of {length}³ voxels as volumes: what they look for in orange, what they "
            "do not in blue; the larger beside the filter's largest number, the more opaque"
        )
    return f"{len(filters)} filters of {length}×{length} pixels in the colours that they look for"


def critical_text(inside: CloudInside, points: int, is_pointnet: bool) -> str:
    """Return how many points survive the maximum."""
    held = int(inside.features_of.sum())
    none = inside.features - held
    rest = f"; {none:,} features are 0 everywhere" if none else ""
    if is_pointnet:
        return (
            f"{len(inside.critical):,} of {points:,} points hold all {held:,} maxima{rest}: of "
            "this maximum the others could go. The larger a point, the more features it holds. The two "
            "transforms before have maxima of their own."
        )
    of = len(inside.levels[-1].centres)
    return (
        f"{len(inside.critical)} of {of} centres of the second level hold all {held:,} maxima{rest}. The "
        "larger a centre, the more features it holds."
    )


def level_text(inside: CloudInside, level: int, centre: int) -> str:
    """Return what is shown of a level's centre and its balls."""
    one = inside.levels[level]
    parts = []
    for ball in one.balls:
        inside_ball = len(set(ball.members[centre].tolist()))
        parts.append(f"{counted(inside_ball, 'point')} within {ball.radius:g} (at most {ball.most})")
    before = "the cloud" if level == 0 else "the level before"
    return (
        f"{len(one.centres)} centres of level {level + 1}, each the farthest from those before. Centre "
        f"{centre + 1} takes of {before} {' and '.join(parts)}; the unit is the cloud's root mean square."
    )
