"""Write the tables of docs/parallel.md, and its picture, from the newest recorded parallel training.

python assets/benchmarks/parallel_tables.py

The record is `parallel-*.json` beside this file, as `assets/benchmarks/parallel.py` writes it; one that was
made with NCCL_P2P_DISABLE=1 is the slower link's. A table stands between a comment that names it and one that
ends it. Nobody edits what is between: `tests/unit/test_parallel_tables.py` holds it against the records.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

from voxview.charts import to_svg
from voxview.engine.machine import machine_heading
from voxview.table import Table
from voxview.training.parallel_bench.break_even import break_even_sentences
from voxview.training.parallel_bench.chart.figure import draw_whole_chart, whose
from voxview.training.parallel_bench.chart.timeline import overlap_sentence, rows_with_timeline
from voxview.training.parallel_bench.read import read_parallel_benchmark
from voxview.training.parallel_bench.record import ParallelBenchmark
from voxview.training.parallel_bench.tables import (
    batch_table,
    collectives_table,
    notes,
    prediction_table,
    strong_table,
    weak_table,
)

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "parallel.md"
CHART = HERE / "parallel.svg"

_BEGIN, _END = r"<!-- from the record: ([a-z-]+) -->\n", "<!-- end of what is from the record -->"
_BLOCK = re.compile(f"({_BEGIN})(.*?)({_END})", re.DOTALL)
_NOT_YET = "*Not measured yet.*"

Run = ParallelBenchmark
Found = tuple[Path, ParallelBenchmark]
"""A record's file, and what is in it."""


def newest_records(folder: Path = HERE) -> tuple[Found | None, Found | None]:
    """Return the newest record of the most processes, and that of a slower link; None where there is none."""
    runs = [(path, read_parallel_benchmark(path)) for path in sorted(folder.glob("parallel-*.json"))]
    runs.sort(key=lambda run: (run[1].machine.date, run[1].processes))
    plain, slower = (
        [run for run in runs if run[1].has_slower_link == is_slower] for is_slower in (False, True)
    )
    return plain[-1] if plain else None, slower[-1] if slower else None


def rewritten(text: str, plain: Found | None, slower: Found | None) -> str:
    """Return the document with its blocks made anew."""

    def block(found: re.Match[str]) -> str:
        name = found[2]
        run = slower if name == "slower-link" else plain
        made = _BLOCKS[name](run[1], _link(run[0])) if run else _NOT_YET
        return f"{found[1]}{made or _NOT_YET}\n{found[4]}"

    return _BLOCK.sub(block, text)


# ---- the blocks -------------------------------------------------------------------------------------


def machine(results: Run, link: str) -> str:
    """Return whose figures they are, and what is to say of all of them."""
    heading = machine_heading(results.machine).replace("\n", "; ")
    options = results.options
    about = (
        f"{whose(results)}: {heading}. {results.parameters:,} parameters, {options.outputs:,} outputs, "
        f"{options.precision}, {options.steps} steps a row ([the whole run]({link}))."
    )
    return "\n\n".join(map(_wrapped, (about, " ".join(notes(results)))))


def chart(results: Run, link: str) -> str:
    """Return the picture, and what overlaps in the step of each scheme."""
    lines = [f"`{row.case.scheme}`: {overlap_sentence(row)}" for row in rows_with_timeline(results)]
    picture = "![Scaling, break-even, bytes and what overlaps](../assets/benchmarks/parallel.svg)"
    said = f"In one step of rank 0 (approximate: see `step_clock.py`) {'; '.join(lines)}." if lines else ""
    return f"{picture}\n\n{_wrapped(said)}" if said else picture


def break_even(results: Run, link: str) -> str:
    """Return where data parallel and the hybrid meet, and the table of batches."""
    return "\n\n".join(
        filter(None, (_wrapped(" ".join(break_even_sentences(results))), _table(batch_table(results))))
    )


def slower_link(results: Run, link: str) -> str:
    """Return the weak scaling over a link that was slowed."""
    about = f"{whose(results)} ([the whole run]({link}))."
    return "\n\n".join(filter(None, (_wrapped(about), _table(weak_table(results)))))


_BLOCKS: dict[str, Callable[[Run, str], str]] = {
    "machine": machine,
    "chart": chart,
    "weak": lambda results, _: _table(weak_table(results)),
    "strong": lambda results, _: _table(strong_table(results)),
    "collectives": lambda results, _: _table(collectives_table(results)),
    "break-even": break_even,
    "slower-link": slower_link,
    "prediction": lambda results, _: _table(prediction_table(results)),
}


# ---- their parts ------------------------------------------------------------------------------------


def _table(table: Table | None) -> str:
    """Return a table in Markdown, its title above it; empty where there is none."""
    if table is None:
        return ""
    lines = [tuple(column.heading for column in table.columns), ("---",) * len(table.columns), *table.rows]
    return "\n".join([_wrapped(table.title), "", *(f"| {' | '.join(line)} |" for line in lines)])


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 130, break_long_words=False, break_on_hyphens=False)


def _link(path: Path) -> str:
    return f"../assets/benchmarks/{path.name}"


def main() -> None:
    """Write the document anew, and the picture of the newest record."""
    plain, slower = newest_records()
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text(encoding="utf-8"), plain, slower), encoding="utf-8")
    if plain is not None:
        CHART.write_bytes(to_svg(draw_whole_chart(plain[1])))


if __name__ == "__main__":
    main()
