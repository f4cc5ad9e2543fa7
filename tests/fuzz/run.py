"""`python -m tests.fuzz.run`: fuzz every kind of file that the program reads.

    python -m tests.fuzz.run --runs 2000                      # files of each group, shared by its targets
    python -m tests.fuzz.run --targets shapes,session --runs 100000 --jobs 60 --json out.json
    python -m tests.fuzz.run --only glb:4711                  # one file again, with what is behind it

A finding is an exception that is none of the program's own, the end of the process, more than ten seconds or
2 GB, a message that is not one readable line, a warning, and anything printed. Its target and seed make it
again, with the same versions of the libraries that write the first files. The exit status is 1 for findings.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from .judge import judge
from .targets import GROUPS, TARGETS, Target, chosen
from .workers import Finding, Limits, Part, Pool, Tally, run_one, work_folder

_PART = 250
"""Files that one process runs, at the most: then another begins, with its own memory."""
_SHOWN = 5
"""Findings of each kind that are printed."""


def main(words: Sequence[str] | None = None) -> int:
    """Run what the command line says; return the exit status."""
    options = _parser().parse_args(words)
    if options.only:
        return _run_only(options.only, options.findings)
    try:
        groups = chosen(options.targets)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    folder = Path(work_folder())
    try:
        targets = {group: _runnable(found, folder) for group, found in groups.items()}
        parts = list(_parts(targets, options.runs, options.seed))
        start = time.monotonic()
        pool = Pool(options.jobs, Limits(options.seconds, options.memory_mb), folder)
        tallies = pool.run(parts, _progress(pool, sum(part.end - part.first for part in parts)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds = time.monotonic() - start
    print(*_report(tallies, seconds), sep="\n")
    findings = [finding for tally in tallies.values() for finding in tally.findings]
    if options.findings:
        _keep(findings, options.findings)
    if options.json:
        options.json.write_text(json.dumps(_document(tallies, options, seconds), indent=1) + "\n")
    return 1 if findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz.run",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", type=int, default=1000, help="files of each group (default 1000)")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="processes")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("--targets", default="", help=f"of {', '.join((*GROUPS, *TARGETS))} (default: all)")
    parser.add_argument("--memory-mb", type=int, default=2000, help="of one process")
    parser.add_argument("--seconds", type=float, default=10.0, help="for one file")
    parser.add_argument("--findings", type=Path, help="a folder for the files of findings")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument(
        "--only", default="", metavar="TARGET:SEED", help="run this file alone, in this process"
    )
    return parser


def _runnable(targets: Sequence[Target], folder: Path) -> list[Target]:
    """Return the targets whose libraries are there; say which are skipped.

    Each reads its first files here, so that what is imported for it is there before processes are forked.
    """
    found = []
    for target in targets:
        if target.missing:
            print(f"{target.name:<16} skipped: there is no {' and no '.join(target.missing)}", flush=True)
            continue
        if "torch" in target.needs:
            import_module("torch").set_num_threads(1)
        (own := folder / target.name).mkdir()
        for content in target.corpus()[:3]:
            path = own / f"file{target.suffix}"
            path.write_bytes(content)
            judge(target, path)
        found.append(target)
    return found


def _parts(groups: dict[str, list[Target]], runs: int, seed: int) -> Iterator[Part]:
    """Yield the parts of all targets in turn, so that each one's findings come early."""
    left = {
        target.name: (target, seed, seed + (runs + i) // len(targets))
        for targets in groups.values()
        for i, target in enumerate(targets)
    }
    while left:
        for name, (target, first, end) in list(left.items()):
            stop = min(first + _PART, end)
            if first < stop:
                yield Part(target, first, stop)
            if stop < end:
                left[name] = (target, stop, end)
            else:
                del left[name]


def _progress(pool: Pool, total: int) -> Callable[[], None]:
    start = last = time.monotonic()

    def tick() -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > 10:
            last = now
            rate = pool.runs / (now - start)
            count = sum(len(tally.findings) for tally in pool.tallies.values())
            print(
                f"  {pool.runs:,} of {total:,}, {rate:,.0f} a second, {count} findings",
                file=sys.stderr,
                flush=True,
            )

    return tick


def _report(tallies: dict[str, Tally], seconds: float) -> Iterator[str]:
    """Yield a line for each target, the findings by their kinds, and the sum."""
    for name, tally in tallies.items():
        kinds = Counter(finding.kind for finding in tally.findings)
        net = sum(tally.net.values())
        yield (
            f"{name:<16} {tally.runs:>9,} files  {tally.read:>9,} read  {tally.refused:>9,} refused"
            f"{f' ({net:,} by the last net)' if net else ''}  slowest {tally.slowest[0]:.2f} s (seed "
            f"{tally.slowest[1]})  {tally.memory:,} MB  "
            + (", ".join(f"{count} {kind}" for kind, count in kinds.items()) or "no findings")
        )
        if tally.net:
            yield f"{'':<16} net: " + ", ".join(
                f"{count:,} {what}" for what, count in tally.net.most_common()
            )
    by_kind: dict[tuple[str, str, str], list[Finding]] = {}
    for tally in tallies.values():
        for one in tally.findings:
            place = one.detail.rpartition("(")[2] if one.detail.endswith(")") else one.detail[:60]
            by_kind.setdefault((one.target, one.kind, place), []).append(one)
    for (target, kind, _), found in by_kind.items():
        yield f"{target} {kind} ×{len(found)}: {found[0].detail}"
        yield "    " + " ".join(f"{target}:{one.seed}" for one in found[:_SHOWN])
    runs = sum(tally.runs for tally in tallies.values())
    count = sum(len(tally.findings) for tally in tallies.values())
    yield f"{runs:,} files in {seconds:,.0f} s, {count:,} findings of {len(by_kind)} kinds"


def _document(tallies: dict[str, Tally], options: argparse.Namespace, seconds: float) -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "runs": sum(tally.runs for tally in tallies.values()),
        "first_seed": options.seed,
        "jobs": options.jobs,
        "seconds_limit": options.seconds,
        "memory_limit_mb": options.memory_mb,
        "seconds": round(seconds, 1),
        "targets": {
            name: {**vars(tally), "findings": [asdict(one) for one in tally.findings]}
            for name, tally in tallies.items()
        },
    }


def _keep(findings: Sequence[Finding], folder: Path) -> None:
    """Write the files of findings, and a table of them."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for one in findings:
        lines.append(f"{one.target}\t{one.seed}\t{one.kind}\t{one.detail}\n")
        if len(lines) <= 1000:
            target = TARGETS[one.target]
            (folder / f"{one.target}-{one.seed}{target.suffix}").write_bytes(target.file(one.seed))
    (folder / "findings.tsv").write_text("".join(lines), encoding="utf-8")


def _run_only(which: str, folder: Path | None) -> int:
    """Run one file in this process, and print what came of it and the exception behind it."""
    name, _, seed = which.partition(":")
    if name not in TARGETS or not seed.isdecimal():
        print(f"{which!r} is no target and seed, such as glb:4711", file=sys.stderr)
        return 2
    target = TARGETS[name]
    if folder is not None:
        _keep([Finding(name, int(seed), "only", "")], folder)
    work = Path(work_folder())
    try:
        outcome = run_one(target, int(seed), work)
        if outcome.is_finding or outcome.net:
            path = work / f"file{target.suffix}"
            path.write_bytes(target.file(int(seed)))
            try:
                target.read(path)
            except Exception:
                traceback.print_exc()
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{outcome.kind}: {outcome.detail}")
    return 1 if outcome.is_finding else 0


if __name__ == "__main__":
    sys.exit(main())
