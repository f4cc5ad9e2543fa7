"""What is said of a shape's quality, in the same words of a blend, a mix and a place that is pointed at."""

from __future__ import annotations

from voxview.conventions import ONE_PIECE
from voxview.counts import counted
from voxview.engine.shape_quality import LESS_SYMMETRIC, ShapeQuality

RULES = (
    f"In one piece: at least {ONE_PIECE:.0%} of the voxels hang together, by faces, edges or corners.\n"
    "Pieces are counted strictly, however small; loose voxels are those outside the largest piece.\n"
    "Stands: it reaches down to where its chairs stand, to within three layers.\n"
    "Would fall over: the middle of its largest piece is not above that piece's feet.\n"
    "Symmetric: the largest IoU with its mirror image, left for right, moved by a voxel or not.\n"
    f"Lopsided: less symmetric than each of its chairs, by more than {100 * LESS_SYMMETRIC:.0f} points.\n"
    "Measured as decoded, small pieces included, even where they are removed from the picture."
)
"""How each word is measured, a line each: where a figure stands, its tooltip has this."""


def quality_text(quality: ShapeQuality) -> str:
    """Return "in one piece but for 17 loose voxels (3 pieces), stands"."""
    return f"{pieces_text(quality)}, {footing_text(quality)}"


def pieces_text(quality: ShapeQuality) -> str:
    """Return whether it is in one piece, how many pieces there are, and the loose voxels."""
    loose = voxels_text(quality.loose_voxels, "loose ")
    if not quality.pieces:
        return "empty"
    if quality.pieces == 1:
        return "in one piece"
    if quality.in_one_piece:
        return f"in one piece but for {loose} ({quality.pieces} pieces)"
    return f"in {quality.pieces} pieces ({quality.largest_share:.1%} in the largest, {loose})"


def footing_text(quality: ShapeQuality) -> str:
    """Return whether it stands, and whether it would stay so."""
    if not quality.stands:
        return "does not stand"
    return "stands" if quality.is_stable else "would fall over"


def symmetry_text(quality: ShapeQuality) -> str:
    """Return "93% symmetric", or "lopsided (71% symmetric, its chairs at least 93%)"."""
    symmetric = f"{quality.symmetry:.0%} symmetric"
    if quality.is_lopsided:
        return f"lopsided ({symmetric}, its chairs at least {quality.chairs_symmetry:.0%})"
    return symmetric


def short_text(quality: ShapeQuality) -> str:
    """Return what is wrong with it, the worst first, in two words; nothing where nothing is."""
    if not quality.in_one_piece:
        return "in pieces"
    if not quality.stands:
        return "floats"
    if not quality.is_stable:
        return "falls over"
    if quality.is_lopsided:
        return "lopsided"
    return f"{quality.loose_voxels} loose" if quality.loose_voxels else ""


def voxels_text(count: int, kind: str = "") -> str:
    """Return "1 loose voxel", or "17 loose voxels"."""
    return counted(count, f"{kind}voxel")
