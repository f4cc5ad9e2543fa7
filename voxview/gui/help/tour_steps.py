"""The eight steps of the tour: from two chairs to a third, on the pair that is on screen.

Figures are of three kinds, and each says which: of the pair on screen, of the recorded run of `voxview bench`
with its machine and date, and the 2018 study's own, as `experiment.study` and the card of `study` quote them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxview.conventions import LATENT_SIZE, RESOLUTION
from voxview.counts import counted
from voxview.experiment import study
from voxview.gui.session.edit import blend_of
from voxview.gui.session.quality_texts import quality_text, symmetry_text
from voxview.gui.session.session import Session
from voxview.gui.session.source_texts import how_well_held

if TYPE_CHECKING:
    from voxview.experiment.results import Axis, Benchmark, Part

TITLE = "From two chairs to a third in eight steps"
_NOT_YET = "No pair is on screen yet."
_NO_RUN = "no recorded run is there"

Figures = Callable[[Session, "Benchmark | None"], str]
"""What is said of the pair on screen, and of the recorded run."""


@dataclass(frozen=True)
class TourStep:
    """One step."""

    title: str
    text: str
    """What happens in it; needs no figure."""
    here: Figures
    study: str
    """The study's figures."""
    page: str = ""
    """The page that shows it; empty: the chairs themselves do."""


def _chairs(session: Session, _: Benchmark | None) -> str:
    pair = session.shown.pair
    if pair is None:
        return _NOT_YET
    return "; ".join(
        f"{letter} is {one.chair.name} with {counted(int(one.grid.sum()), 'voxel')}"
        for letter, one in zip("AB", pair, strict=True)
    )


def _encoded(session: Session, _: Benchmark | None) -> str:
    pair = session.shown.pair
    if pair is None:
        return _NOT_YET
    held = ", ".join(f"{letter} {how_well_held(one)}" for letter, one in zip("AB", pair, strict=True))
    return (
        f"With the weights {session.engine.weights} the numbers hold: {held}. IoU 1 would be all of a chair"
    )


def _numbers(session: Session, _: Benchmark | None) -> str:
    pair = session.shown.pair
    if pair is None:
        return _NOT_YET
    ranges = (
        f"{letter}'s from {z.latent.min():.3g} to {z.latent.max():.3g}"
        for letter, z in zip("AB", pair, strict=True)
    )
    return f"{', '.join(ranges)}".replace("-", "−")


def _blend(session: Session, _: Benchmark | None) -> str:
    pair, t = session.shown.pair, session.selection.position.t
    if pair is None:
        return _NOT_YET
    a, b = (float(one.latent[0, 0]) for one in pair)
    blended = float(blend_of(*pair, session.selection.position)[0, 0])
    return f"The first number at t = {t:g}: (1 − {t:g})·({a:.3g}) + {t:g}·({b:.3g}) = {blended:.3g}".replace(
        "-", "−"
    )


def _threads(_: Session, run: Benchmark | None) -> str:
    shared = _ms(run, "blends", 1, "cuda-shared", "interpolate")
    plain = _ms(run, "blends", 1, "cuda-global", "interpolate")
    cpu = _ms(run, "blends", 1, "numpy", "interpolate")
    return _of_run(run, f"one blend, the kernel alone: shared memory {shared}, global {plain}; NumPy {cpu}")


def _decoded(session: Session, run: Benchmark | None) -> str:
    result = session.shown.result
    here = _NOT_YET
    if result is not None:
        triangles = counted(len(result.surface.faces), "triangle")
        here = f"What is in the middle: {counted(result.voxels, 'voxel')}, {triangles}"
    gpu = _ms(run, "stages", 2, "cuda-shared", "decode")
    cpu = _ms(run, "stages", 2, "numpy", "decode")
    return f"{here}. {_of_run(run, f'{study.STEPS} blends decoded in {gpu}, on its CPU in {cpu}')}"


def _trusted(session: Session, _: Benchmark | None) -> str:
    quality = session.shown.quality
    if quality is None:
        return "What is in the middle is not scored yet: let the slider rest on one of its positions"
    return f"What is in the middle: {quality_text(quality)}, {symmetry_text(quality)}"


def _all_pairs(_: Session, run: Benchmark | None) -> str:
    parts = []
    for n in (2, 50):
        gpu = _ms(run, "inputs", n, "cuda-shared", "interpolate")
        cpu = _ms(run, "inputs", n, "numpy", "interpolate")
        parts.append(f"{n} chairs {gpu}, NumPy {cpu}")
    return _of_run(run, f"the kernel alone, {study.STEPS} t's: {'; '.join(parts)}")


def _ms(run: Benchmark | None, axis: Axis, size: int, subject: str, part: Part) -> str:
    """Return a median of the recorded run with its unit."""
    found = run.find(axis, size, subject, part) if run is not None else None
    if found is None:
        return "not measured"
    return f"{found.median * 1e3:.3g} µs" if found.median < 0.1 else f"{found.median:.3g} ms"


def _of_run(run: Benchmark | None, text: str) -> str:
    """Return a text with the machine and the date of the recorded run that it is of."""
    if run is None:
        return _NO_RUN.capitalize()
    return f"Recorded on {run.machine.gpu or run.machine.cpu}, {run.machine.date}: {text}"


def _table_3(place: int) -> str:
    """Return an entry of the study's Table 3."""
    gpu, cpu = (_seconds(study.TABLE_3[subject][place]) for subject in ("cuda-shared", "numpy"))
    return f"{study.INPUTS[place]} chairs {gpu}, CPU {cpu}"


def _seconds(value: float) -> str:
    return f"{value:g} s"


STEPS = (
    TourStep(
        "Two chairs",
        f"A chair is a cube of {RESOLUTION}³ voxels: {RESOLUTION**3:,} times yes or no. Voxels of two chairs "
        "cannot be averaged: where only one has a leg, half a leg would come out. So they are not blended.",
        _chairs,
        "It has 50 chairs of the same size.",
    ),
    TourStep(
        "The encoder",
        f"A network of 3D convolutions makes {LATENT_SIZE} numbers of each chair. It has learnt to keep what "
        "the decoder needs to give the chair back.",
        _encoded,
        "Its Table 1: 32³×1 → 16³×32 → 8³×16 → 2³×8, trained for 5 epochs.",
        "network",
    ),
    TourStep(
        f"The {LATENT_SIZE} numbers",
        "The page Latent has them as 8×8 colours: A at the left, B at the right. No number is a leg or a "
        "seat: each moves many voxels. The strip below the maps shows what the chosen one does.",
        _numbers,
        "It has the same 8×8: 2×2×2×8 numbers, reshaped.",
        "latent",
    ),
    TourStep(
        "The blend",
        "Each number of the third chair is (1 − t) times A's plus t times B's. Move the slider, and look at "
        "the map in the middle. t = 0 is A to the bit, t = 1 is B.",
        _blend,
        "It means to visit t = 0, 0.1 … 1; its program ran t over 0 … 99, so what it computed are no blends.",
        "latent",
    ),
    TourStep(
        "The threads",
        "On a GPU 2×2 blocks of 4×4 threads compute them, a thread a number. Shared memory is fast and "
        "belongs to a block, but no number is read by two threads: for one pair there is nothing to share.",
        _threads,
        f"Its Table 2: shared {_seconds(study.TABLE_2['cuda-shared'])}, global "
        f"{_seconds(study.TABLE_2['cuda-global'])}, CPU {_seconds(study.TABLE_2['numpy'])}; {study.MACHINE}, "
        "compilation inside the time.",
        "latent",
    ),
    TourStep(
        "The decoder and the surface",
        "A second network makes a probability for each voxel of the 64 numbers; the surface is where it "
        "crosses 0.5. That is most of the work: Timings has each stage as it was measured on this machine.",
        _decoded,
        f"Its network took {_seconds(study.NETWORK_SECONDS)}, the whole program "
        f"{_seconds(study.PROGRAM_SECONDS['cuda-shared'])} with the GPU and "
        f"{_seconds(study.PROGRAM_SECONDS['numpy'])} without.",
        "timings",
    ),
    TourStep(
        "Is it a chair?",
        "Nothing makes a blend be one. So each is measured: is it in one piece, does it stand, is it as "
        "symmetric as its chairs? The strip under the slider has that of every position; W goes to the "
        "nearest whole one.",
        _trusted,
        "Its network, trained in full, is among the weights in the status bar (study): its blends are in "
        "pieces more often.",
    ),
    TourStep(
        "All pairs, and the third chair",
        "With many chairs every pair is blended. Now a tile of 16 latents is read again and again, and "
        "shared memory has something to do. The third chair leaves as a file by Export (Ctrl+E).",
        _all_pairs,
        f"Its Table 3: {_table_3(0)}; {_table_3(5)}.",
        "all_pairs",
    ),
)
