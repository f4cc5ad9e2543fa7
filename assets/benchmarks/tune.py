"""Train several settings side by side and measure each on the validation split.

    python3 assets/benchmarks/tune.py settings.json --data ShapeNetVox32 --out runs/tuning

The file holds a list such as `[{"name": "critic 0.4", "options": "--critic 0.4 --steps 2600"}]`. Each
setting is a process of its own, all at once, since a single run leaves a large GPU partly idle. What was
measured goes to OUT/tuning.json. The test split is never measured here.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

EVALUATION = "--split validation --no-baselines --pairs 1000 --morphs 100 --two-sample"
VALIDATION = "--validation 0.08"


def main() -> None:
    """Run all settings and write their figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("settings", type=Path)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    settings = json.loads(options.settings.read_text(encoding="utf-8"))
    with ThreadPoolExecutor(len(settings)) as pool:
        found = list(pool.map(lambda setting: measure(setting, options.data, options.out), settings))
    (options.out / "tuning.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def measure(setting: dict[str, str], data: Path, out: Path) -> dict[str, Any]:
    """Train one setting, evaluate it, and return its figures; what it prints goes to OUT/NAME.log."""
    stem = out / setting["name"].replace(" ", "-")
    weights, record = stem.with_suffix(".safetensors"), stem.with_suffix(".json")
    common = f"--data {shlex.quote(str(data))}"
    train = f"train {common} {VALIDATION} {setting['options']} --out {shlex.quote(str(weights))}"
    evaluate = f"evaluate {common} {EVALUATION} --weights {shlex.quote(str(weights))}"
    with stem.with_suffix(".log").open("w", encoding="utf-8") as log:
        for command in (train, f"{evaluate} --json {shlex.quote(str(record))}"):
            run = [sys.executable, "-m", "voxview", *shlex.split(command)]
            if subprocess.run(run, stdout=log, stderr=subprocess.STDOUT).returncode:
                return {**setting, "failed": command}
    found = {**setting, "figures": figures(json.loads(record.read_text(encoding="utf-8")))}
    print(json.dumps(found), flush=True)
    return found


def figures(record: dict[str, Any]) -> dict[str, float]:
    """Return the figures by which settings are compared, of an evaluation's record."""
    ours = record["methods"][0]
    half, morphs = record["in_betweens"][ours]["0.5"], record["morphs"][ours]
    again = record["reconstruction"][ours]
    tests = {("powerful" if test["learnt_on_trained"] else "halves"): test for test in record["two_sample"]}
    return {
        "iou": again["iou_mean"]["value"],
        "iou_p5": again["iou_p5"]["value"],
        "one_piece": half["one_piece"]["value"],
        "stands": half["stands"]["value"],
        "symmetry": half["symmetry"]["value"],
        "even": morphs["even"]["value"],
        **{f"blends_accuracy_{name}": test["blends_accuracy"] for name, test in tests.items()},
        **{f"decoded_accuracy_{name}": test["decoded_accuracy"] for name, test in tests.items()},
    }


if __name__ == "__main__":
    main()
