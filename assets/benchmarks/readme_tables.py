"""Write the tables of the documents that come from the newest recorded benchmark.

python assets/benchmarks/readme_tables.py

A table stands between a comment that names it and one that ends it. Nobody edits what is between:
`tests/unit/test_readme_tables.py` holds it against the record.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

from voxview.experiment.crossover import crossover
from voxview.experiment.files import read_benchmark
from voxview.experiment.ratios import gigabytes_per_second
from voxview.experiment.results import Axis, Benchmark, Measurement, Part
from voxview.experiment.study import STEPS
from voxview.experiment.tables import milliseconds

ROOT = Path(__file__).parents[2]
DOCUMENTS = (ROOT / "README.md", ROOT / "kernels" / "README.md")

_GPU, _CPU = "cuda-shared", "numpy"
_BEGIN, _END = r"<!-- from the record: ([a-z]+) -->\n", "<!-- end of what is from the record -->"
_BLOCK = re.compile(f"({_BEGIN})(.*?)({_END})", re.DOTALL)

Row = tuple[str, str, str, str]


def newest_record() -> tuple[Path, Benchmark]:
    """Return the file of the newest recorded benchmark, and what is in it."""
    runs = [(path, read_benchmark(path)) for path in sorted(Path(__file__).parent.glob("bench-*.json"))]
    return max(runs, key=lambda run: run[1].machine.date)


def rewritten(text: str, results: Benchmark, link: str) -> str:
    """Return a document with its blocks made anew; `link` leads from it to the record."""
    return _BLOCK.sub(lambda found: f"{found[1]}{_BLOCKS[found[2]](results, link)}\n{found[4]}", text)


# ---- the blocks -------------------------------------------------------------------------------------


def overview(results: Benchmark, link: str) -> str:
    """Return the README's table: our kernels and the best of the CPU, and whose figures they are."""
    machine = results.machine
    whose = (
        f"One {machine.gpu} with {machine.cores} CPU cores, {machine.date}, commit {machine.commit}, "
        f"{_weights(results)}; medians in milliseconds ([the whole run]({link})):"
    )
    about_cpu = (
        "Where blends are timed, the CPU's figure is the least of all that were timed there, and says whose; "
        "PyTorch writes to memory that it keeps, also beside a call that returns new arrays. A kernel alone "
        "is without its launch from Python, the CPU's figure with its call. Its decoder is PyTorch's, on "
        f"{machine.threads} threads. \\* projected from a part. While memory is filled before and after:"
    )
    under_load = [state.sentence() for state in results.gpu_states if state.when == "under load"]
    lines = [
        _wrapped(whose),
        "",
        "| | GPU | CPU | |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in _overview_rows(results)),
        "",
        _wrapped(" ".join([about_cpu, *under_load])),
    ]
    return "\n".join(lines)


def opponents(results: Benchmark, link: str) -> str:
    """Return the table of everything that blended all pairs of the largest set that was measured on a GPU."""
    ours = [m for m in results.measurements if _is(m, "inputs", _GPU, "interpolate") and not m.projected]
    n = max(m.size for m in ours)
    found = [m for m in results.measurements if (m.axis, m.size, m.part) == ("inputs", n, "interpolate")]
    fill = results.rates.get("device fill")
    lines = [
        f"| all pairs of {n:,} × {STEPS} ([record]({link})) | ms | GB/s written | of the fill rate |",
        "|---|---|---|---|",
    ]
    for m in sorted(found, key=lambda m: m.median):
        rate = gigabytes_per_second(m)
        share = f"{rate / fill:.2f}" if fill and not _is_on_cpu(m.subject) else ""
        lines.append(f"| `{m.subject}` | {_text(m)} | {rate:,.{0 if rate >= 100 else 1}f} | {share} |")
    return "\n".join(lines)


def surfaces(results: Benchmark, link: str) -> str:
    """Return the table of surfaces alone."""
    lines = [
        f"| to arrays on the host, median ([record]({link})) | scikit-image | ours | ratio |",
        "|---|---|---|---|",
    ]
    for size in results.sizes("surfaces"):
        theirs, ours = (results.find("surfaces", size, s, "total") for s in ("scikit-image", "cuda"))
        if theirs and ours:
            ratio = f"{theirs.median / ours.median:.0f}×"
            lines.append(f"| {size}³ | {_text(theirs)} ms | {_text(ours)} ms | {ratio} |")
    return "\n".join(lines)


_BLOCKS: dict[str, Callable[[Benchmark, str], str]] = {
    "overview": overview,
    "opponents": opponents,
    "surfaces": surfaces,
}


# ---- their parts ------------------------------------------------------------------------------------


def _overview_rows(results: Benchmark) -> Iterator[Row]:
    yield from _blend_rows(results)
    yield from _pair_rows(results)
    moves: dict[Part, str] = {"field": "the field, decoded", "total": "the surface's arrays on the host"}
    for part, to in moves.items():
        gpu, cpu = (results.find("moves", 1, subject, part) for subject in (_GPU, _CPU))
        yield f"a slider move → {to}", _text(gpu), _text(cpu), ""
    for size in results.sizes("surfaces"):
        gpu, cpu = (results.find("surfaces", size, s, "total") for s in ("cuda", "scikit-image"))
        yield f"a surface of {size}³", _text(gpu), _text(cpu), "the same triangles as scikit-image's"
    for size in results.sizes("scores"):
        gpu, fast, cpu = (results.find("scores", size, s, "total") for s in (_GPU, f"{_GPU} TF32", _CPU))
        remark = f"in TF32 {_text(fast)}" if fast else ""
        yield f"{size} chairs × {STEPS} steps, decoded and scored", _text(gpu), _text(cpu), remark


def _blend_rows(results: Benchmark) -> Iterator[Row]:
    kernel = results.find("blends", 1, _GPU, "interpolate")
    call, cpu_call = (results.find("blends", 1, subject, "total") for subject in (_GPU, _CPU))
    best = _best_of_cpu(results, "blends", 1)
    yield "one blend, the kernel alone", _text(kernel), best, "mostly the start of a kernel"
    compared = crossover(results, "blends", "total")
    lost = ""
    if compared and compared.cpu_wins:
        measured = "" if compared.gpu_wins else "all that were measured, "
        lost = f"the CPU's best is faster for {measured}up to {max(compared.cpu_wins):,} blends of a pair"
    remark = f"NumPy's call {_text(cpu_call)}" + (lost and f"; {lost}")
    yield "one blend, a call from arrays to arrays", _text(call), best, remark


def _pair_rows(results: Benchmark) -> Iterator[Row]:
    sizes = [m.size for m in results.measurements if _is(m, "inputs", _GPU, "interpolate")]
    for n in sorted({50, max(size for size in sizes if size <= 2_000)} & set(sizes)):
        kernel, cpu = (results.find("inputs", n, subject, "interpolate") for subject in (_GPU, _CPU))
        remark = f"NumPy {_text(cpu)}"
        fill = results.rates.get("device fill")
        if kernel and fill and "L2" not in kernel.note:
            remark += (
                f"; {gigabytes_per_second(kernel) / fill:.2f} of the rate at which the device fills memory"
            )
        best = _best_of_cpu(results, "inputs", n)
        yield f"all pairs of {n:,} chairs × {STEPS}, the kernel alone", _text(kernel), best, remark
        call, cpu_call = (results.find("inputs", n, subject, "total") for subject in (_GPU, _CPU))
        kept = results.find("inputs", n, _GPU, "kept total")
        if call:
            into = f"; passed through kept page-locked memory, not read, {_text(kept)}" if kept else ""
            remark = f"NumPy's call {_text(cpu_call)}{into}"
            yield "the same, a call that returns new arrays", _text(call), best, remark


def _best_of_cpu(results: Benchmark, axis: Axis, size: int) -> str:
    """Return the CPU's smallest figure, and by what."""
    found = [m for m in results.measurements if (m.axis, m.size, m.part) == (axis, size, "interpolate")]
    best = min((m for m in found if _is_on_cpu(m.subject)), key=lambda m: m.median)
    return f"{_text(best)} (`{best.subject.removesuffix(' cpu')}`)"


def _is_on_cpu(subject: str) -> bool:
    return subject == _CPU or subject.endswith(" cpu")


def _is(m: Measurement, axis: Axis, subject: str, part: Part) -> bool:
    return (m.axis, m.subject, m.part) == (axis, subject, part)


def _text(m: Measurement | None) -> str:
    return "–" if m is None else milliseconds(m.median) + "\\*" * m.projected


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 125, break_long_words=False, break_on_hyphens=False)


def _weights(results: Benchmark) -> str:
    if results.weights is None:
        return "with weights that the record does not name"
    return f"weights `{results.weights.name}`"


def main() -> None:
    """Write the documents anew."""
    path, results = newest_record()
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        document.write_text(rewritten(text, results, link_to(path, document)), encoding="utf-8")


def link_to(record: Path, document: Path) -> str:
    """Return the way to the record from a document."""
    up = "../" * (len(document.relative_to(ROOT).parts) - 1)
    return up + record.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    main()
