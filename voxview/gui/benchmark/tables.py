"""A benchmark's figures as rows and columns, the study's own beside them. Plain Python, without Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

from voxview.counts import counted
from voxview.experiment import study
from voxview.experiment.results import ALL_GPUS, GPU_BASELINES, Axis, Benchmark, Measurement, Part
from voxview.gui.session.stage_texts import STAGE_TIPS

_HEADINGS = {
    "cuda-shared": "CUDA\nshared",
    "cuda-global": "CUDA\nglobal",
    "numpy": "NumPy\nCPU",
    "cuda-elementwise": "CUDA\nplain",
}
_BACKENDS = ("cuda-shared", "cuda-global", "numpy")
_TIPS = {
    "CUDA\nshared": "VoxView's kernel that keeps tiles in the GPU's shared memory; the median",
    "CUDA\nglobal": "VoxView's kernel that reads the GPU's global memory; the median",
    "NumPy\nCPU": "NumPy on the processor; the median",
    "CUDA\nplain": "VoxView's plain kernel, one thread a number; the median",
    "Others\nGPU": "The fastest of PyTorch's and CuPy's on the GPU; the chart has each of them",
    "Best\nCPU": "The fastest of NumPy's and PyTorch's on the processor; the chart has each of them",
    "CUDA": "VoxView on the GPU; the median",
    "CPU": "VoxView on the processor; the median",
    "Faster": "How many times faster the GPU is: the CPU's median divided by the GPU's",
    "ms": "Milliseconds; half of the runs took less than the median",
    "n, ms": "n chairs, all pairs of them; milliseconds, half of the runs took less than the median",
    "k, ms": "One pair at k positions t; milliseconds, half of the runs took less than the median",
    "study\nshared": f"The study's kernel with shared memory ({study.MACHINE})",
    "study\nglobal": f"The study's kernel with global memory ({study.MACHINE})",
    "study\nGPU": f"The study's GPU ({study.MACHINE})",
    "study\nCPU": f"The study's processor ({study.MACHINE})",
}
_STUDY = {"cuda-shared": "study\nshared", "cuda-global": "study\nglobal", "numpy": "study\nCPU"}
_PARTS: tuple[Part, ...] = ("encode", "upload", "interpolate", "decode", "download", "surface", "total")
_NOT_MEASURED = "Not measured"


@dataclass(frozen=True)
class Entry:
    """One cell: its text, and what else there is to know of it."""

    text: str
    tip: str = ""
    best: bool = False
    """The smallest of our figures in its row."""
    is_study: bool = False


@dataclass(frozen=True)
class Table:
    """Headings and rows of the same length; the first column says what the row is."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    meanings: dict[str, str] = field(default_factory=lambda: _TIPS, compare=False)
    """What a heading means."""

    @property
    def tips(self) -> tuple[str, ...]:
        """What each heading means, in their order."""
        return tuple(self.meanings.get(heading, "") for heading in self.headings)

    @property
    def has_study(self) -> bool:
        """Whether figures of the study stand in it."""
        return any(entry.is_study for row in self.rows for entry in row)


def table(results: Benchmark, axis: Axis, part: Part) -> Table:
    """Return the figures of one axis; `part` is what the columns hold where they are no stages."""
    if axis == "stages":
        return _stages(results)
    return _moves(results) if axis == "moves" else _sizes(results, axis, part)


def _stages(results: Benchmark) -> Table:
    subjects = [subject for subject in _BACKENDS if subject in results.subjects("stages")] or list(_BACKENDS)
    rows = []
    for part in _PARTS:
        cells = [results.find("stages", 2, subject, part) for subject in subjects]
        printed = study.TABLE_2 if part == "interpolate" else {}
        rows.append((Entry(part.capitalize(), STAGE_TIPS[part]), *_ours(cells), *_printed(printed)))
    blank = [Entry("", "Of the study alone") for _ in subjects]
    network = dict.fromkeys(("cuda-shared", "numpy"), study.NETWORK_SECONDS)
    rows.append((Entry("Study: CNN", "The study's network alone"), *blank, *_printed(network)))
    rows.append((Entry("Study: all", "The study's whole program"), *blank, *_printed(study.PROGRAM_SECONDS)))
    headings = ("ms", *(_HEADINGS[subject] for subject in subjects), *(_STUDY[one] for one in _BACKENDS))
    return Table(headings, tuple(rows))


def _moves(results: Benchmark) -> Table:
    """Return the host's milliseconds for one blend and for a surface alone; the GPU's beside the CPU's."""
    wanted: list[tuple[str, Axis, int, Part, tuple[str, str]]] = [
        ("Move to field", "moves", 1, "field", ("cuda-shared", "numpy")),
        ("Move to surface", "moves", 1, "total", ("cuda-shared", "numpy")),
    ]
    for size in results.sizes("surfaces"):
        wanted.append((f"Surface, {size}³", "surfaces", size, "total", ("cuda", "scikit-image")))
    for size in results.sizes("scores"):
        wanted.append((f"Score {counted(size, 'chair')}", "scores", size, "total", ("cuda-shared", "numpy")))
        if results.find("scores", size, "cuda-shared TF32", "total"):
            wanted.append(("Same, in TF32", "scores", size, "total", ("cuda-shared TF32", "numpy")))
        if results.find("scores", size, ALL_GPUS, "total"):
            wanted.append(("Same, on all GPUs", "scores", size, "total", (ALL_GPUS, "numpy")))
    rows = []
    for name, axis, size, part, subjects in wanted:
        gpu, cpu = (results.find(axis, size, subject, part) for subject in subjects)
        times = f"{cpu.median / gpu.median:.3g}×" if gpu and cpu and gpu.median > 0 else "—"
        rows.append((Entry(name), *_ours([gpu, cpu]), Entry(times, "The CPU's median over the GPU's")))
    return Table(("ms", "CUDA", "CPU", "Faster"), tuple(rows))


def _sizes(results: Benchmark, axis: Axis, part: Part) -> Table:
    subjects = [subject for subject in results.subjects(axis) if subject in _HEADINGS]
    with_study, has_gpu = axis == "inputs", part == "interpolate" and results.machine.gpu is not None
    rows = []
    for size in results.sizes(axis):
        printed = {one: seconds for one in study.TABLE_3 if (seconds := study.seconds(one, size)) is not None}
        cells = [results.find(axis, size, subject, part) for subject in subjects]
        if has_gpu:
            cells.append(results.fastest(axis, size, GPU_BASELINES, part))
        cells.append(results.best_on_cpu(axis, size, part))
        theirs = _printed(printed, tuple(study.TABLE_3)) if with_study else ()
        rows.append((Entry(f"{size:,}"), *_ours(cells), *theirs))
    headings = ["n, ms" if with_study else "k, ms", *(_HEADINGS[one] for one in subjects)]
    headings += ["Others\nGPU"] if has_gpu else []
    headings.append("Best\nCPU")
    if with_study:
        headings += ["study\nGPU", "study\nCPU"]
    return Table(tuple(headings), tuple(rows))


def _ours(cells: list[Measurement | None]) -> list[Entry]:
    medians = [cell.median for cell in cells if cell is not None]
    best = min(medians) if len(medians) > 1 else None
    return [
        Entry("—", _NOT_MEASURED)
        if cell is None
        else Entry(_median(cell), _tip(cell), best=cell.median == best)
        for cell in cells
    ]


def _printed(seconds: dict[str, float], subjects: tuple[str, ...] = _BACKENDS) -> list[Entry]:
    return [
        Entry(
            f"{1000 * seconds[one]:,.6g}",
            f"{study.MACHINE}: {seconds[one]:g} s. {study.CAVEAT}",
            is_study=True,
        )
        if one in seconds
        else Entry("", "The study has no such figure", is_study=True)
        for one in subjects
    ]


def _median(m: Measurement) -> str:
    """Return a short text, since nine stand in a row: all digits are in the tip.

    A star stands for a figure that was projected from a part of the work; the tip says how.
    """
    for limit, digits in ((0.1, 4), (1, 3), (10, 2), (100, 1)):
        if m.median < limit:
            text = f"{m.median:.{digits}f}"
            break
    else:
        text = f"{m.median:,.0f}"
    return text + ("*" if m.projected else "")


def _tip(m: Measurement) -> str:
    """Return all that is known of a figure, in one line."""
    from voxview.experiment.tables import milliseconds

    median, p95 = milliseconds(m.median), milliseconds(m.p95)
    runs = counted(m.runs, "run")
    parts = [f"{m.subject}, {m.part}: median {median} ms, 95th percentile {p95} ms of {runs}"]
    if m.bytes_written and m.part == "interpolate" and m.median > 0:
        rate = m.bytes_written / m.median / 1e6
        parts.append(f"{m.bytes_written / 1e6:,.3g} MB written, {rate:,.3g} GB/s")
    if m.deviation is not None:
        parts.append(f"at most {m.deviation:.2g} ulp from float64")
    if m.note:
        parts.append(m.note)
    return "; ".join(parts)
