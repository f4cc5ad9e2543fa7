"""What is said in the dialog of a cloud and of the chair that came out of it."""

from __future__ import annotations

from voxview.counts import counted
from voxview.gui.points.cloud_scene import Distances
from voxview.gui.points.reading import Loaded, Made
from voxview.gui.session.source_texts import weights_text

TITLES = {"pointnet2": "PointNet++", "pointnet": "PointNet", "pointnet++": "PointNet++"}
"""What the encoders are called, by the names of their weights and of their kind."""


def about_text(name: str, loaded: Loaded) -> str:
    """Return what a file holds, in one line."""
    sides = (f"{high - low:.3g}" for low, high in zip(loaded.box.low, loaded.box.high, strict=True))
    return f"{name} · {counted(len(loaded.points), 'point')} · {' × '.join(sides)} in the file's own unit"


def figures_text(made: Made, loaded: Loaded, distances: Distances, weights_in_use: str) -> str:
    """Return how many points counted, how far they are from the surface, and what read them, a line each."""
    result = made.result
    mean, most = (
        distance_text(share, distances.unit) for share in (result.found.distance, distances.largest)
    )
    lines = (
        "; ".join((_counts(made, loaded), *made.request.cloud.notes)),
        f"From the points to the surface: {mean} in the mean, {most} at most",
        f"Stands {result.stands}; "
        f"read by {TITLES.get(result.encoder, result.encoder)} in {result.seconds:.2f} s",
        weights_text(result.autoencoder, weights_in_use),
        made.notice,
    )
    return "\n".join(_sentence(line) for line in lines if line)


def distance_text(share: float, unit: float) -> str:
    """Return a distance as a share of the longest side, and in the file's own unit."""
    return f"{100 * share:.1f} % of the longest side ({share * unit:.2g} in the file's unit)"


def warning_text(warnings: tuple[str, ...]) -> str:
    """Return why this may be no chair, in one line; empty where there is no reason to think so."""
    return _sentence("; ".join(warnings))


def _counts(made: Made, loaded: Loaded) -> str:
    used = len(made.request.cloud.points)
    return f"{counted(len(loaded.points), 'point')} read, {used:,} used"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
