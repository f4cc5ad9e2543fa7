"""Our kernel compared with the hardware's limits and with other implementations."""

from __future__ import annotations

import itertools

from voxview.experiment.results import Axis, Benchmark, Measurement

GPU = "cuda-shared"

_SHORT = 0.01
"""Milliseconds: below this what lies between two launches, and the clock's own steps, can be seen."""

_COMPARED = {
    "cuda-global": "the same kernel through the caches",
    "cuda-elementwise": "one thread an element",
    "torch.lerp cuda": "torch.lerp",
    "torch.compile cuda": "torch.compile of it",
    "torch.add cuda": "torch.add of scaled ends",
    "cupy": "CuPy's elementwise form",
}
_COMPARED_ON_CPU = {
    "numpy": "NumPy",
    "torch.lerp cpu": "torch.lerp",
    "torch.compile cpu": "torch.compile of it",
    "torch.add cpu": "torch.add of scaled ends",
}


def of_copy_rate(results: Benchmark, measurement: Measurement) -> float | None:
    """Return bytes written per second over the device's copy rate (read + write); None if one is unknown.

    Meaningful where the blends are far more than a cache holds.
    """
    rate = results.rates.get("device copy")
    if rate is None or measurement.bytes_written is None:
        return None
    return gigabytes_per_second(measurement) / rate


def gigabytes_per_second(measurement: Measurement) -> float:
    """Return the rate at which it writes, GB/s; 0 where that is unknown."""
    return (measurement.bytes_written or 0) / measurement.median / 1e6


def faster_than(results: Benchmark, n: int) -> dict[str, float]:
    """Return by what factor our kernel blends all pairs of n chairs faster than each other subject."""
    ours = results.find("inputs", n, GPU, "interpolate")
    subjects = (*_COMPARED, *_COMPARED_ON_CPU)
    others = {subject: results.find("inputs", n, subject, "interpolate") for subject in subjects}
    if ours is None:
        return {}
    return {subject: other.median / ours.median for subject, other in others.items() if other is not None}


def ratio_sentences(results: Benchmark) -> list[str]:
    """Return the ratios as sentences, at the study's last size and at the largest that was measured."""
    ours = {n: results.find("inputs", n, GPU, "interpolate") for n in results.sizes("inputs")}
    sizes = [n for n, m in ours.items() if m and not m.projected]
    return [_sentence(results, n) for n in sizes if n in (50, sizes[-1])]


def transfer_sentences(results: Benchmark) -> list[str]:
    """Return what a call with its transfers takes into new memory and into kept memory, at the same sizes."""
    found = {
        n: (results.find("inputs", n, GPU, "total"), results.find("inputs", n, GPU, "kept total"))
        for n in results.sizes("inputs")
    }
    both = [n for n, pair in found.items() if all(pair)]
    return [
        f"All pairs of {n:,}, a call with its transfers, {GPU}: {new.median:.3g} ms into new memory, which "
        f"is what a script's call gives; {kept.median:.3g} ms through kept page-locked memory, not read."
        for n, (new, kept) in found.items()
        if new and kept and n in (50, both[-1])
    ]


def control_sentences(results: Benchmark) -> list[str]:
    """Return how far two times of one subject lie apart, which a difference between rows has to exceed."""
    axes: tuple[Axis, ...] = ("inputs", "blends")
    pairs: dict[str, list[tuple[float, float]]] = {GPU: [], "numpy": []}
    """Milliseconds the first time, and the second one over the first."""
    for subject, axis in itertools.product(pairs, axes):
        for size in results.sizes(axis):
            first, again = (results.find(axis, size, subject, part) for part in ("interpolate", "again"))
            if first and again:
                pairs[subject].append((first.median, again.median / first.median))
    sentences = [_control_sentence(subject, found) for subject, found in pairs.items() if found]
    there = {subject for axis in axes for subject in results.subjects(axis)}
    missing = [subject for subject, found in pairs.items() if subject in there and not found]
    if missing:
        sentences.append(
            f"There is no control for {' and '.join(missing)}: what ran on the same device was timed once, "
            "one after another, so that small differences may be the machine's."
        )
    return sentences


def _control_sentence(subject: str, pairs: list[tuple[float, float]]) -> str:
    """Return the range of the ratios of a subject's two times, of short ones apart."""
    long, short = ([ratio for ms, ratio in pairs if (ms >= _SHORT) == is_long] for is_long in (True, False))
    parts = [
        f"{min(ratios):.3f} to {max(ratios):.3f} times as long {which}"
        for ratios, which in ((long, "from 10 µs on"), (short, "below"))
        if ratios
    ]
    device = "GPU" if subject == GPU else "CPU"
    return (
        f"Control: timed again after all others of its size, {subject} took {' and '.join(parts)}. A smaller "
        f"difference between two rows of the {device} says nothing."
    )


def _sentence(results: Benchmark, n: int) -> str:
    ours = results.find("inputs", n, GPU, "interpolate")
    assert ours is not None
    rate = gigabytes_per_second(ours)
    share = of_copy_rate(results, ours)
    in_cache = "L2" in ours.note
    fill = results.rates.get("device fill")
    against = "" if share is None or in_cache else f", {share:.2f} of the device's copy rate (read + write)"
    if against and fill:
        against += f" and {rate / fill:.2f} of its fill rate (write)"
    cached = ", which stay in the device's second-level cache" if in_cache else ""
    on_gpu = _COMPARED
    if "cuda-elementwise" not in results.subjects("inputs"):  # an older record, whose cuda-global was that
        on_gpu = {**_COMPARED, "cuda-global": _COMPARED["cuda-elementwise"]}
    versus = [_versus(results, n, names) for names in (on_gpu, _COMPARED_ON_CPU)]
    on_cpu = f"; on the same machine's CPU, the best first: {versus[1]}" if versus[1] else ""
    return f"All pairs of {n:,}, {GPU}: {rate:,.0f} GB/s written{cached}{against}; {versus[0]}{on_cpu}."


def _versus(results: Benchmark, n: int, names: dict[str, str]) -> str:
    """Return how many times faster ours is than those that are named, the fastest of them first."""
    ratios = {subject: ratio for subject, ratio in faster_than(results, n).items() if subject in names}
    parts = []
    for subject, ratio in sorted(ratios.items(), key=lambda item: item[1]):
        other = results.find("inputs", n, subject, "interpolate")
        projected = " (projected)" if other and other.projected else ""
        digits = 0 if ratio >= 100 else 2 if ratio < 2 else 1  # of 1.004 one digit would say nothing
        parts.append(f"{ratio:,.{digits}f}× {names[subject]}{projected}")
    return ", ".join(parts)
