"""A window without a picture pays for none: what its start imports leads to no file about pictures."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "voxview"
BEGIN = (
    "gui/app.py",
    "gui/window.py",
    "gui/startup.py",
    "gui/blend/scene.py",
    "engine/thread.py",
    "engine/engine.py",
)
OF_PICTURES = ("pictures/", "gui/pictures/", "engine/pictures.py", "model/alexnet.py", "model/picture_")


def imported_at_once(path: Path) -> Iterator[str]:
    """The modules that a file imports when it is imported: not in functions, not for type checkers."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef) or (
            isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        ):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting += ast.iter_child_nodes(node)


def closure(*begin: str) -> set[str]:
    """The files of the package that are imported with some of them, these included."""
    found: set[str] = set()
    waiting = list(begin)
    while waiting:
        name = waiting.pop()
        if name in found or not (PACKAGE / name).is_file():
            continue
        found.add(name)
        for module in imported_at_once(PACKAGE / name):
            if module.startswith("voxview."):
                place = "/".join(module.split(".")[1:])
                waiting += [f"{place}.py", f"{place}/__init__.py"]
    return found


def test_the_start_of_the_window_and_of_the_engine_leads_to_no_picture() -> None:
    found = closure(*BEGIN)
    assert {"gui/pictures/feature.py", "gui/files/feature.py", "model/autoencoder.py"} <= found
    light = {"gui/pictures/feature.py", "gui/pictures/__init__.py"}
    assert [name for name in sorted(found - light) if name.startswith(OF_PICTURES)] == []


def test_what_leads_to_a_picture_would_be_found() -> None:
    assert "pictures/read.py" in closure("gui/pictures/dialog.py")
