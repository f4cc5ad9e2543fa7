"""The results as tables and sentences: the study's tables beside ours, the batch axis, the conclusions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from voxview.engine.machine import machine_heading
from voxview.experiment import study
from voxview.experiment.correctness import OURS
from voxview.experiment.crossover import crossover_sentences
from voxview.experiment.ratios import control_sentences, ratio_sentences, transfer_sentences
from voxview.experiment.results import CPU_SUBJECTS, STAGES, Axis, Benchmark, Measurement, Part
from voxview.table import Column, Report, Table

_ABSENT = "–"

_NARROW_HEADINGS = {
    "cuda-shared": "cuda-\nshared",
    "cuda-global": "cuda-\nglobal",
    "with transfers": "whole\ncall",
    "cuda-elementwise": "element-\nwise",
    "best CPU": "best\nCPU",
    "torch.lerp cuda": "lerp\nCUDA",
    "torch.compile cuda": "compile\nCUDA",
    "torch.add cuda": "add\nCUDA",
    "cupy": "CuPy\nCUDA",
    "torch.lerp cpu": "lerp\nCPU",
    "torch.compile cpu": "compile\nCPU",
    "torch.add cpu": "add\nCPU",
    "study shared": "study\nshared",
    "study global": "study\nglobal",
    "study GPU": "study\nGPU",
    "study CPU": "study\nCPU",
    "to arrays on the host": "to arrays\non the host",
}
"""For a terminal of 80 columns."""

_BEST_ON_CPU = "best CPU"
"""The heading of a column: the fastest of what blends on the CPU."""

_BACKENDS_AND_BEST = ("cuda-shared", "cuda-global", "numpy", _BEST_ON_CPU)

_STAGES_OF_A_GPU = (
    "A GPU's stages are the device's time, with what it waits for Python's launches; a surface's way to the "
    "host is in its download. The CPU's are the host's time. Below, a kernel's time has no launch in it."
)


def report(results: Benchmark) -> Report:
    """Return everything: the machine, the tables, the conclusions, the notes."""
    parts = [
        machine_heading(results.machine),
        stage_table(results),
        inputs_table(results),
        others_table(results, "inputs"),
        blends_table(results),
        others_table(results, "blends"),
        moves_table(results),
        "\n".join(_conclusions(results)),
        study.CAVEAT,
    ]
    return tuple(part for part in parts if part)


def _conclusions(results: Benchmark) -> list[str]:
    makers = crossover_sentences, ratio_sentences, transfer_sentences, control_sentences
    return [*itertools.chain.from_iterable(make(results) for make in makers), *notes(results)]


def stage_table(results: Benchmark) -> Table | None:
    """Return Table 2: one pair at eleven t's, stage by stage; None where nothing was measured."""
    subjects = [s for s in ("cuda-shared", "cuda-global", "numpy") if s in results.subjects("stages")]
    if not subjects:
        return None
    rows = []
    for part in (*STAGES, "total"):
        measured = [results.find("stages", 2, subject, part) for subject in subjects]
        if any(measured):
            rows.append([part, *map(_figure, measured), *_study_stage(part)])
    return _table(
        f"Table 2: two chairs, their {study.STEPS} blends, stage by stage. Ours: ms, median / p95. "
        f"The study's ({study.MACHINE}): seconds; decode is its whole CNN, total its whole program.",
        ["stage", *subjects, *(f"study {name}" for name in ("shared", "global", "CPU"))],
        rows,
        [_STAGES_OF_A_GPU] if len(subjects) > 1 else [],
    )


def _study_stage(part: str) -> list[str]:
    """Return the study's seconds of a stage: shared memory, global memory, CPU."""
    order = ("cuda-shared", "cuda-global", "numpy")
    if part == "interpolate":
        return [f"{study.TABLE_2[name]:g} s" for name in order]
    if part == "decode":
        return [f"{study.NETWORK_SECONDS:g} s"] * 3  # its CNN, which it gives once
    if part == "total":
        programs = (study.PROGRAM_SECONDS.get(name) for name in order)
        return [f"{program:g} s" if program else _ABSENT for program in programs]
    return [_ABSENT] * 3


def inputs_table(results: Benchmark) -> Table | None:
    """Return Table 3 and Figure 5, and on: all pairs of n chairs; None where nothing was measured."""
    title = (
        f"Table 3, Figure 5: all pairs of n chairs at {study.STEPS} t's. Ours: ms, median. "
        f"The study's ({study.MACHINE}): seconds."
    )
    return _axis_table(results, "inputs", title, _backend_columns(results, "inputs"), with_study=True)


def blends_table(results: Benchmark) -> Table | None:
    """Return the batch axis: one pair at k t's; None where nothing was measured."""
    title = "The batch axis: one pair at k t's. Milliseconds, median."
    return _axis_table(results, "blends", title, _backend_columns(results, "blends"))


def others_table(results: Benchmark, axis: Axis) -> Table | None:
    """Return the same blends by the plain kernel, PyTorch and CuPy; None where nothing was measured."""
    what = "all pairs of n chairs" if axis == "inputs" else "one pair at k t's"
    title = f"The same, {what}, by one thread an element, by PyTorch and CuPy. Milliseconds, median."
    others = [s for s in results.subjects(axis) if s not in _BACKENDS_AND_BEST]
    return _axis_table(results, axis, title, [(s, s, "interpolate") for s in others])


def moves_table(results: Benchmark) -> Table | None:
    """Return the times of a slider move, and of a surface alone; None where nothing was measured."""
    rows = []
    for subject in results.subjects("moves"):
        measured = (results.find("moves", 1, subject, part) for part in ("field", "total"))
        rows.append([f"a slider move, {subject}", *map(_figure, measured)])
    for size in results.sizes("surfaces"):
        for subject in results.subjects("surfaces"):
            surface = results.find("surfaces", size, subject, "total")
            if surface:
                rows.append([f"a surface of {size}³, {subject}", _ABSENT, _figure(surface)])
    for scored in (m for m in results.measurements if m.axis == "scores"):
        name = f"{scored.size} chairs decoded and scored, {scored.subject}"
        rows.append([name, _ABSENT, _figure(scored) + "*" * scored.projected])
    if not rows:
        return None
    weights = {f", {m.note}" for m in results.measurements if m.axis == "moves" and m.note}
    title = f"One blend at a time{''.join(weights)}. Milliseconds of the host, median / p95."
    headings = ["", "to the field", "to arrays on the host"]
    return _table(title, headings, rows, _footnotes(results, "scores", results.subjects("scores")))


def _axis_table(
    results: Benchmark, axis: Axis, title: str, columns: list[tuple[str, str, Part]], with_study: bool = False
) -> Table | None:
    """Return a row a size; `columns` are headings, subjects and parts. None where there are none."""
    if not columns:
        return None
    rows = []
    for size in results.sizes(axis):
        measured = [
            results.best_on_cpu(axis, size, part)
            if subject == _BEST_ON_CPU
            else results.find(axis, size, subject, part)
            for _, subject, part in columns
        ]
        if not any(measured):
            continue
        row = [f"{size:,}", *map(_median, measured)]
        if with_study:
            seconds = (study.seconds(subject, size) for subject in ("cuda-shared", "numpy"))
            row += [_ABSENT if s is None else f"{s:g} s" for s in seconds]
        rows.append(row)
    headings = ["n" if axis == "inputs" else "k", *(heading for heading, _, _ in columns)]
    if with_study:
        headings += ["study GPU", "study CPU"]
    subjects = [subject for _, subject, _ in columns]
    if _BEST_ON_CPU in subjects:
        subjects += CPU_SUBJECTS
    return _table(title, headings, rows, _footnotes(results, axis, subjects))


def _backend_columns(results: Benchmark, axis: Axis) -> list[tuple[str, str, Part]]:
    """Return each column's heading, subject and part: the backends, of cuda-shared also the whole call."""
    columns: list[tuple[str, str, Part]] = []
    there = results.subjects(axis)
    for subject in _BACKENDS_AND_BEST:
        if subject in there or (subject == _BEST_ON_CPU and columns):
            columns.append((subject, subject, "interpolate"))
        if subject == "cuda-shared" and columns:
            columns.append(("with transfers", subject, "total"))
    return columns


def _footnotes(results: Benchmark, axis: Axis, subjects: Sequence[str]) -> list[str]:
    """Return how the subjects' projected figures came about, a line a size."""
    notes: dict[str, list[str]] = {}
    for m in results.measurements:
        if m.axis == axis and m.projected and m.subject in subjects:
            notes.setdefault(f"{m.size:,}: {m.note}", []).append(m.subject)
    return [f"* {', '.join(dict.fromkeys(subjects))} at {note}" for note, subjects in notes.items()]


def notes(results: Benchmark) -> list[str]:
    """Return a line each: whether the blends were right, memory rates, what was left out, the run's time."""
    lines = _correctness(results)
    if results.rates:
        lines.append("Memory: " + ", ".join(f"{k} {v:,.0f} GB/s" for k, v in results.rates.items()) + ".")
    lines += [state.sentence() for state in results.gpu_states]
    if results.weights:
        digits = results.weights.sha256[:12]
        lines.append(f"Weights: {results.weights.name}, whose SHA-256 begins with {digits}.")
    lines += results.notes
    lines.append(f"The run {'took' if results.complete else 'was stopped after'} {results.seconds:.0f} s.")
    return lines


def _correctness(results: Benchmark) -> list[str]:
    worst: dict[str, float] = {}
    same_bits = True
    for m in results.measurements:
        if m.deviation is not None:
            worst[m.subject] = max(worst.get(m.subject, 0.0), m.deviation)
        same_bits &= m.same_bits is not False or m.subject not in OURS
    ours = [subject for subject in worst if subject in OURS]
    lines = []
    if len(ours) > 1:
        bits = "are the same bits" if same_bits else "differ"
        lines.append(f"The blends of {', '.join(sorted(ours))} {bits}, compared in this run.")
    if worst:
        off = ", ".join(f"{subject} {ulp:.2f}" for subject, ulp in worst.items())
        lines.append(f"Largest deviation from float64, in units in the last place of the larger end: {off}.")
    return lines


def milliseconds(value: float) -> str:
    """Return the value with three significant figures, without an exponent: 0.00213, 1.05, 3,434."""
    if value >= 100:
        return f"{value:,.0f}"
    for digits, least in enumerate((10, 1, 0.1, 0.01, 0.001), start=1):
        if value >= least:
            return f"{value:.{digits}f}"
    return f"{value:.6f}"


def _median(measurement: Measurement | None) -> str:
    if measurement is None:
        return _ABSENT
    return milliseconds(measurement.median) + ("*" if measurement.projected else "")


def _figure(measurement: Measurement | None) -> str:
    if measurement is None:
        return _ABSENT
    return f"{milliseconds(measurement.median)} / {milliseconds(measurement.p95)}"


def _table(
    title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], footnotes: Sequence[str]
) -> Table:
    first, *others = headings
    columns = [Column(heading, "figure", _NARROW_HEADINGS.get(heading, "")) for heading in others]
    return Table((Column(first, "label"), *columns), tuple(map(tuple, rows)), title, tuple(footnotes))
