"""Imports go one way and in no circle, heavy libraries stay where they belong, and the window is no hub."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "voxview"

# A room may import from itself, and from the rooms that its line names.
MAY_IMPORT = {
    "base": set(),
    "shapes": {"base"},
    "cuda": {"base"},
    "pictures": {"base", "shapes"},
    "model": {"base", "cuda", "shapes", "pictures"},
    "latent": {"base", "cuda", "shapes"},
    "surface": {"base", "cuda", "shapes"},
    "engine": {"base", "cuda", "shapes", "pictures", "model", "latent", "surface"},
    "training": {"base", "shapes", "cuda", "pictures", "model", "surface", "engine"},
    "evaluation": {"base", "shapes", "pictures", "model", "surface", "engine"},
    "experiment": {"base", "cuda", "shapes", "model", "latent", "surface", "engine"},
    "gui": {"base", "shapes", "pictures", "model", "latent", "surface", "engine", "experiment", "training"},
    "cli": {
        *("base", "shapes", "pictures", "model", "surface"),
        *("engine", "experiment", "training", "evaluation", "gui"),
    },
}
BASE_MODULES = {
    "voxview",
    "voxview.charts",
    "voxview.conventions",
    "voxview.counts",
    "voxview.errors",
    "voxview.printable",
    "voxview.resources",
    "voxview.table",
    "voxview.to_end",
}
# The stable surface is lazy, and `python -m voxview` is the command line: both only point at the rooms.
DOORS = {"__init__.py", "__main__.py"}

# Inside the window: a layer may import from itself and from those before it, as its line says. A feature
# may import from itself and from no other feature.
GUI_LAYERS = {
    "look": set(),
    "session": {"look"},
    "widgets": {"look"},
    "context": {"look", "session"},
    "feature": {"look", "session", "widgets", "context"},
    "window": {"look", "session", "widgets", "context", "feature"},
    "app": {"look", "context", "window"},
}
GUI_FILES = {
    "crash_report": "look",
    "theme": "look",
    "plain_style": "look",
    "preflight": "look",
    "renderer": "look",
    "features": "window",
    "keys_in_use": "window",
    "progress": "window",
    "side": "window",
    "side_panel": "window",
    "status_bar": "window",
    "startup": "window",
    "window": "window",
    "window_drops": "window",
    "window_layout": "window",
    "app": "app",
}


def sources() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if not (path.parent == PACKAGE and path.name in DOORS)]


def module_of(path: Path) -> str:
    parts = ("voxview", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    parts = module.split(".")
    return "base" if module in BASE_MODULES or len(parts) == 1 else parts[1]


def gui_place(module: str) -> tuple[str, str]:
    """The layer of a module of the window, and its feature."""
    name = module.split(".")[2]
    if name in ("session", "widgets", "context"):
        return name, ""
    return (GUI_FILES[name], "") if name in GUI_FILES else ("feature", name)


def imports(path: Path) -> frozenset[str]:
    """Every module that a file imports, wherever in it: in functions and for type checkers, too."""
    return parsed(path)[0]


@cache
def parsed(path: Path) -> tuple[frozenset[str], list[tuple[str, int]]]:
    """A file's imports, and its functions with their lines, of one look: it takes seconds for all files."""
    found, functions = set(), []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            functions.append((f"{path}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1))
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively, which hides the direction"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in names if is_module(name)}
            found |= modules or {node.module or ""}
    return frozenset(found), functions


def is_module(name: str) -> bool:
    if not name.startswith("voxview."):
        return False
    place = PACKAGE.parent / name.replace(".", "/")
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


@cache
def graph() -> dict[str, frozenset[str]]:
    """Which modules of the package each module imports."""
    modules = {module_of(path): path for path in sources()}
    return {name: frozenset(imports(path) & modules.keys() - {name}) for name, path in modules.items()}


def circles(edges: dict[str, frozenset[str]]) -> list[list[str]]:
    """The strongly connected components of more than one module (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in edges[module]:
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            circle = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(circle) > 1:
                found.append(sorted(circle))

    for module in edges:
        if module not in index:
            visit(module)
    return found


def test_imports_go_one_way() -> None:
    wrong = []
    for path in sources():
        here = room(module_of(path))
        for module in imports(path):
            there = room(module) if module.split(".")[0] == "voxview" else here
            if there != here and there not in MAY_IMPORT[here]:
                wrong.append(f"{path.relative_to(PACKAGE)}: {here} imports {module} of {there}")
    assert not wrong, "\n".join(wrong)


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles(graph()) == []


def test_no_packages_import_each_other_in_a_circle() -> None:
    """Two levels deep: `gui.map` and `gui.mix`, say, or `shapes.io` and `shapes.catalogs`."""
    packages: dict[str, set[str]] = defaultdict(set)
    for module, others in graph().items():
        for name in (module, *others):
            packages[_package(name)]  # every package is a key
        packages[_package(module)] |= {_package(other) for other in others} - {_package(module)}
    assert circles({name: frozenset(others) for name, others in packages.items()}) == []


def _package(module: str) -> str:
    """`voxview.gui.map` for `voxview.gui.map.view`; a file that lies flat in a room stands for itself."""
    return ".".join(module.split(".")[:3])


def test_a_circle_would_be_found() -> None:
    edges = {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("a"), "d": frozenset("a")}
    assert circles(edges) == [["a", "b", "c"]]


# ---- the window -------------------------------------------------------------------------------------


def gui_sources() -> list[Path]:
    return [path for path in sources() if path.relative_to(PACKAGE).parts[0] == "gui"]


def test_the_layers_of_the_window_import_downwards() -> None:
    for path in gui_sources():
        here = module_of(path)
        if here == "voxview.gui" or path.name == "__init__.py":
            continue
        layer, feature = gui_place(here)
        for module in imports(path):
            if module.startswith("voxview.gui."):
                there, other = gui_place(module)
                assert there == layer or there in GUI_LAYERS[layer], f"{here} ({layer}) imports {module}"
                assert layer != "feature" or not other or other == feature, f"{here} imports {module}"


def test_nothing_below_the_window_names_it() -> None:
    for path in gui_sources():
        if path.name not in ("window.py", "app.py"):
            text = path.read_text(encoding="utf-8").replace("QMainWindow::separator", "")
            assert "MainWindow" not in text and "_window." not in text, f"{path} knows the window"


def test_the_parent_of_dialogs_is_only_passed_on() -> None:
    """The one widget in the context is the window: nobody may reach through it."""
    for path in gui_sources():
        text = path.read_text(encoding="utf-8")
        if not re.search(r"dialog_parent|\.\s*window\b|activeWindow|topLevelWidgets", text):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                assert node.value.attr != "dialog_parent", f"{path}:{node.lineno} reaches through the window"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                outwards = node.func.attr in ("window", "activeWindow", "topLevelWidgets")
                # Where the window's corner is, and how wide it is; nothing else of it.
                may = ("side.py", "window.py", "whole_pixels.py")
                assert not outwards or path.name in may, f"{path}:{node.lineno}"


def test_the_context_holds_services_and_no_feature() -> None:
    context = PACKAGE / "gui" / "context" / "app_context.py"
    for module in imports(context):
        if module.startswith("voxview.gui."):
            assert gui_place(module)[0] in ("context", "session"), f"the context holds {module}"
    fields = [node for node in ast.walk(ast.parse(context.read_text())) if isinstance(node, ast.AnnAssign)]
    assert all(ast.unparse(field.annotation) not in ("object", "Any") for field in fields)
    services = [field for field in fields if ast.unparse(field.target) != "dialog_parent"]
    assert len(services) <= 10, "a context of many services is a hub again"


def test_few_files_lie_flat_in_the_window() -> None:
    assert len(list((PACKAGE / "gui").glob("*.py"))) <= 20


# ---- sizes and libraries ----------------------------------------------------------------------------


def test_functions_and_files_can_be_read_without_scrolling_far() -> None:
    for path in sources():
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 350, f"{path} has {text.count(chr(10))} lines"
        for function, lines in parsed(path)[1]:
            assert lines <= 60, f"{function} has {lines} lines"


def test_only_the_scene_imports_vtk() -> None:
    for path in sources():
        tops = {module.split(".")[0] for module in imports(path)}
        if tops & {"vtk", "vtkmodules", "pyvista", "pyvistaqt"}:
            assert path.relative_to(PACKAGE).as_posix() == "gui/blend/scene.py"


def test_qt_stays_in_the_window() -> None:
    for path in sources():
        if {module.split(".")[0] for module in imports(path)} & {"PySide6", "qtpy"}:
            assert path.relative_to(PACKAGE).parts[0] == "gui", f"{path} imports Qt"


def test_rich_stays_in_the_command_line() -> None:
    for path in sources():
        if "rich" in {module.split(".")[0] for module in imports(path)}:
            assert path.relative_to(PACKAGE).parts[0] == "cli", f"{path} imports rich"


def test_torch_and_cupy_stay_in_their_rooms() -> None:
    for path in sources():
        tops = {module.split(".")[0] for module in imports(path)}
        here = path.relative_to(PACKAGE).parts[0]
        with_torch = ("model", "training", "evaluation", "engine", "experiment")
        assert "torch" not in tops or here in with_torch, f"{path} imports torch"
        with_cupy = ("cuda", "latent", "surface", "experiment")
        assert "cupy" not in tops or here in with_cupy, f"{path} imports CuPy"


@pytest.mark.parametrize(
    "command",
    [
        "import voxview",
        "from voxview.cli.parser import verbs_parser; verbs_parser()",
    ],
)
def test_importing_loads_nothing_heavy(command: str) -> None:
    heavy = (
        "torch", "cupy", "PySide6", "vtk", "vtkmodules", "pyvista", "trimesh", "skimage", "scipy", "rich",
    )  # fmt: skip
    code = f"import sys; {command}; print(*[m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
