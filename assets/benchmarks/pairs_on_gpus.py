"""Measure all pairs on one GPU and on all of this machine: what `pairs-….json` records.

    python3 assets/benchmarks/pairs_on_gpus.py [--chairs 50] [--steps 11] [--rounds 7] [--out F.json]

Needs no Qt and no VTK. Writes JSON: `start_seconds`, from nothing until every worker has said that it is
ready, and `first_seconds`, of the run after that, in which workers load the weights and plan. Then, in single
precision and in TF32, the milliseconds of one GPU and of all in turn, everything warm: median and 95th
percentile, their ratio, and whether the scores of every run were the same bits. Encoding the set and the
scores' way to the host are in the times; reading the chairs is not.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from voxview.engine.all_pairs import score_all_pairs
from voxview.engine.engine import Engine
from voxview.engine.machine import this_machine
from voxview.engine.scores.pair_scores import blends_of
from voxview.errors import VoxViewError
from voxview.experiment.steps.scoring_on_gpus import Comparison, compare_in_turn
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.to_end import run_to_end


def main() -> None:
    """Measure, and print or write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--weights", metavar="W")
    parser.add_argument("--chairs", type=int, default=50, metavar="N")
    parser.add_argument("--steps", type=int, default=11, metavar="K")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="of one and of all in turn (7)")
    parser.add_argument("--out", type=Path, metavar="F.json", help="write there, and print a sentence")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        engine = Engine(options.weights, "cuda")
    except VoxViewError as error:
        sys.exit(str(error))
    start = time.perf_counter()
    ready = engine.workers.wait_until_started(180)
    started = time.perf_counter() - start
    if not ready:
        sys.exit("there is no further GPU here, or its worker could not be started")
    chairs, backend = sample_catalog()[: options.chairs], engine.report.best_backend
    first = run_to_end(score_all_pairs(engine, chairs, options.steps, backend, "cuda"))
    figures = {
        "machine": asdict(this_machine(engine.report)),
        "gpus": 1 + ready,
        "chairs": options.chairs,
        "steps": options.steps,
        "blends": blends_of(options.chairs, options.steps),
        "start_seconds": round(started, 2),
        "first_seconds": round(first.seconds, 3),
    }
    for name, tf32 in (("single precision", False), ("TF32", True)):
        turns = compare_in_turn(engine, chairs, options.steps, backend, options.rounds, tf32=tf32)
        compared = run_to_end(turns)
        figures[name] = _figures(compared)
        print(f"{name}: {compared.sentence(options.chairs)}", file=sys.stderr)
    text = json.dumps(figures, indent=1)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)


def _figures(compared: Comparison) -> dict[str, object]:
    return {
        "one_ms": {"median": round(compared.one.median, 2), "p95": round(compared.one.p95, 2)},
        "all_ms": {"median": round(compared.every.median, 2), "p95": round(compared.every.p95, 2)},
        "rounds": compared.one.count,
        "ratio": round(compared.ratio, 3),
        "same_bits": compared.same_bits,
    }


if __name__ == "__main__":
    main()
