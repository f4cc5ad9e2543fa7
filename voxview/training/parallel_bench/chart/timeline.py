"""What overlaps in one step: the work above, the collectives below; hatched is where the work waited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxview.training.parallel.step_parts import CONVOLUTIONS, FULLY_CONNECTED, UPDATE, WAIT, Span
from voxview.training.parallel_bench.chart.look import WAITS, Look
from voxview.training.parallel_bench.record import ParallelBenchmark, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WORK, _LINKS, _HEIGHT = 1.0, 0.0, 0.72
LARGE = ("gradients", "features", "features' gradients")
"""Collectives that have a colour of their own."""
SMALL = "hidden numbers, outputs, …"


def draw_timeline(axes: Axes, row: Row, longest: float, look: Look) -> None:
    """Draw one scheme's step on an axis of `longest` milliseconds."""
    parts = {
        name: [s for s in row.timeline if s.name == name] for name in (CONVOLUTIONS, FULLY_CONNECTED, UPDATE)
    }
    for name, spans in parts.items():
        axes.broken_barh(
            _bars(spans), (_WORK - _HEIGHT / 2, _HEIGHT), color=look.colour(name), label=name, linewidth=0
        )
    waits = [span for span in row.timeline if not span.is_collective and span.name.startswith(WAIT)]
    axes.broken_barh(
        _bars(waits), (_WORK - _HEIGHT / 2, _HEIGHT), facecolor="none", edgecolor=look.ground.quiet,
        hatch="////", linewidth=0, label=WAITS,
    )  # fmt: skip
    links = link_spans(row.timeline)
    for name in (*LARGE, SMALL):
        spans = [s for s in links if (s.name if s.name in LARGE else SMALL) == name]
        axes.broken_barh(
            _bars(spans), (_LINKS - _HEIGHT / 2, _HEIGHT), color=look.colour(name), label=name, linewidth=0
        )
    axes.set_yticks([_LINKS, _WORK], ["links", "work"])
    axes.set_ylim(-0.6, 1.6)
    axes.set_xlim(0, 1.02 * longest)
    axes.set_xlabel("ms from the step's begin, rank 0")
    axes.grid(False, axis="y")


def overlap_sentence(row: Row) -> str:
    """Return how long links were busy in the step of the timeline, and how much of it work hid."""
    busy = sum(span.end - span.begin for span in link_spans(row.timeline))
    hidden = busy - shared_ms(link_spans(row.timeline), _idle(row))
    return f"links {busy:,.2f} ms, {hidden / busy:.0%} behind work" if busy else "nothing is sent"


def link_spans(timeline: tuple[Span, ...]) -> list[Span]:
    """Return the collectives one after the other, as NCCL does them: each begins where the one before ended.

    Over gloo some run at once: then this is where the later one had the links to itself.
    """
    found: list[Span] = []
    over = 0.0
    for span in sorted((s for s in timeline if s.is_collective), key=lambda s: (s.begin, s.end)):
        if span.end > over:
            found.append(Span(span.name, True, max(span.begin, over), span.end))
            over = span.end
    return found


def shared_ms(some: list[Span], others: list[Span]) -> float:
    """Return for how many milliseconds one of `some` and one of `others` are there at once."""
    return sum(max(0.0, min(a.end, b.end) - max(a.begin, b.begin)) for a in some for b in others)


def rows_with_timeline(results: ParallelBenchmark) -> list[Row]:
    """Return the rows that have one, in the order of the schemes."""
    return [row for row in results.rows if row.timeline]


def _idle(row: Row) -> list[Span]:
    return [span for span in row.timeline if not span.is_collective and span.name.startswith(WAIT)]


def _bars(spans: list[Span]) -> list[tuple[float, float]]:
    return [(span.begin, span.end - span.begin) for span in spans]
