"""What is on screen as a sentence, for who hears it: between which chairs it stands, where, and how it is."""

from __future__ import annotations

from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult, LoadedChair
from voxview.engine.shape_quality import ShapeQuality
from voxview.gui.session.quality_texts import quality_text, symmetry_text
from voxview.gui.session.shown import Result, Shown
from voxview.gui.session.source_texts import how_well_held
from voxview.gui.session.titles import mix_title


def spoken_scene(shown: Shown) -> str:
    """Return a sentence about what is shown now; empty where nothing is yet."""
    if shown.result is None or shown.chairs is None:
        return ""
    a, b = (chair.name for chair in shown.chairs)
    return spoken(shown.result, a, b, shown.quality, shown.pair)


def spoken(
    result: Result,
    a: str,
    b: str,
    quality: ShapeQuality | None,
    pair: tuple[LoadedChair, LoadedChair] | None,
) -> str:
    """Return what is in the middle, how it is, and how well 64 numbers hold A and B, where that is known."""
    between = f"between chair A, {a}, and chair B, {b}"
    if isinstance(result, BlendResult):
        said = f"{_where(result.request.t)} {between}"
    elif isinstance(result, MixResult):
        chairs = ", ".join(chair.name for chair in result.request.chairs)
        said = f"{mix_title(result.request)} of {chairs}, {between}"
    else:
        said = f"{_what(result)}, {between}"
    if quality is not None:
        said += f": {quality_text(quality)}, {symmetry_text(quality)}"
    if pair is None:
        return f"{said}."
    held = ", ".join(f"{letter} {how_well_held(one)}" for letter, one in zip("AB", pair, strict=True))
    return f"{said}. {held}."


def _where(t: float) -> str:
    if t in (0, 1):
        return f"At {'B' if t else 'A'}, which is at one end,"
    return "Half-way" if t == 0.5 else f"{100 * t:.3g} % of the way"


def _what(result: LatentResult) -> str:
    return "An edited blend" if result.request.is_edit else "A place on the map"
