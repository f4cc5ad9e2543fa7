"""The stored coverage: `make coverage` measures and writes it, `make test` holds it against the floor.

It costs a fifth of the tests' time. So the figures are stored with the repository, and a test checks that
they reach the floor and that they are of the files that there are.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
STORED = ROOT / "tests" / "coverage.json"


def settings() -> dict[str, Any]:
    """Return coverage's settings in `pyproject.toml`: the floor and the files that are not counted."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    return tools["coverage"]["report"]


def stored() -> dict[str, Any]:
    """Return `{"percent": …, "files": {path: percent}}` as it was measured last."""
    return json.loads(STORED.read_text(encoding="utf-8"))


def measured() -> dict[str, Any]:
    """Return the same from what coverage has just collected."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "coverage.json")
        subprocess.run(
            [sys.executable, "-m", "coverage", "json", "--quiet", "-o", report], cwd=ROOT, check=True
        )
        figures = json.loads(report.read_text(encoding="utf-8"))
    return {
        "percent": round(figures["totals"]["percent_covered"], 1),
        "files": {
            path: round(file["summary"]["percent_covered"]) for path, file in sorted(figures["files"].items())
        },
    }


if __name__ == "__main__":
    new, floor = measured(), settings()["fail_under"]
    sys.stdout.write(f"{new['percent']} % of the statements are tested; the floor is {floor} %\n")
    if new["percent"] < floor:
        for path, percent in sorted(new["files"].items(), key=lambda item: item[1])[:10]:
            sys.stdout.write(f"{percent:5} %  {path}\n")
        sys.exit("too little is tested: these files are the least")
    STORED.write_text(json.dumps(new, indent=1) + "\n", encoding="utf-8")
