"""Imports go one way, and heavy libraries stay where they belong."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "voxview"

# A room may import from itself, and from the rooms that its line names.
MAY_IMPORT = {
    "base": set(),
    "shapes": {"base"},
    "cuda": {"base"},
    "model": {"base", "cuda", "shapes"},
    "latent": {"base", "cuda", "shapes"},
    "surface": {"base", "cuda", "shapes"},
    "engine": {"base", "cuda", "shapes", "model", "latent", "surface"},
    "experiment": {"base", "cuda", "shapes", "model", "latent", "surface", "engine"},
    "gui": {"base", "shapes", "model", "latent", "surface", "engine", "experiment"},
    "cli": {"base", "shapes", "model", "latent", "surface", "engine", "experiment", "gui"},
}
BASE_MODULES = {"voxview", "voxview.errors", "voxview.resources"}
# The stable surface is lazy, and `python -m voxview` is the command line: both only point at the rooms.
DOORS = {"__init__.py", "__main__.py"}


def sources() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if not (path.parent == PACKAGE and path.name in DOORS)]


def room(module: str) -> str:
    parts = module.split(".")
    return "base" if module in BASE_MODULES or len(parts) == 1 else parts[1]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively, which hides the direction"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    here = room("voxview." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    for module in imports(path):
        if module.split(".")[0] == "voxview":
            there = room(module)
            assert there == here or there in MAY_IMPORT[here], f"{here} imports {module} of {there}"


def test_only_the_scene_imports_vtk() -> None:
    for path in sources():
        tops = {module.split(".")[0] for module in imports(path)}
        if tops & {"vtk", "vtkmodules", "pyvista", "pyvistaqt"}:
            assert path.relative_to(PACKAGE).as_posix() == "gui/scene.py"


def test_qt_stays_in_the_window() -> None:
    for path in sources():
        if {module.split(".")[0] for module in imports(path)} & {"PySide6", "qtpy"}:
            assert path.parent.name == "gui", f"{path} imports Qt"


def test_torch_and_cupy_stay_in_their_rooms() -> None:
    for path in sources():
        tops = {module.split(".")[0] for module in imports(path)}
        here = path.relative_to(PACKAGE).parts[0]
        assert "torch" not in tops or here in ("model", "engine", "experiment"), f"{path} imports torch"
        with_cupy = ("cuda", "latent", "surface", "experiment")
        assert "cupy" not in tops or here in with_cupy, f"{path} imports CuPy"


@pytest.mark.parametrize(
    "command", ["import voxview", "from voxview.cli.parser import parser_for; parser_for(['morph'])"]
)
def test_importing_loads_nothing_heavy(command: str) -> None:
    heavy = ("torch", "cupy", "PySide6", "vtk", "vtkmodules", "pyvista", "trimesh", "skimage", "scipy")
    code = f"import sys; {command}; print(*[m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
