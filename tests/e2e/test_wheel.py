"""The built wheel, installed in a fresh environment, does the job without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
WHEEL_LIMIT = 50_000_000
"""Bytes; `packaging/package.sh` has the same. Most of it are weights."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(REPOSITORY)],
        check=True,
        capture_output=True,
    )
    return next(out.glob("voxview-*.whl"))


def test_the_wheel_holds_kernels_weights_icons_and_the_template(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "voxview/kernels/interpolate.cu",
        "voxview/assets/weights/chairs.safetensors",
        "voxview/assets/weights/chairs-free.safetensors",
        "voxview/assets/weights/chairs.md",
        "voxview/assets/icons/voxview.svg",
        "voxview/gui/help/pages/questions.md",
        "voxview/gui/help/pages/pictures/window.png",
        "voxview/evaluation/report/report.html.j2",
        "voxview/py.typed",
    ):
        assert name in names
    assert not [name for name in names if name.startswith(("tests/", "kernels/", "assets/"))]


def test_the_wheel_is_for_every_system_and_not_large(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")
    assert wheel.stat().st_size <= WHEEL_LIMIT


def test_the_installed_wheel_morphs(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "env"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    install = ("install", "--quiet", "--no-deps", "--no-compile", str(wheel))  # a morph imports a part of it
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), *install], check=True, capture_output=True
    )
    # The dependencies are lent, not installed again: a path file names this environment's packages,
    # and path files in there, such as this checkout's own, have no effect.
    site = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VOXVIEW_DATA")}
    where = subprocess.run(
        [str(python), "-c", "import voxview; print(voxview.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=clean,
    )
    assert str(environment) in where.stdout
    done = subprocess.run(
        [str(environment / "bin/voxview"), "morph", "--steps", "2", "--out", "out"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=clean,
    )
    assert done.returncode == 0, done.stderr
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".obj", ".binvox", ".png", ".json"}
