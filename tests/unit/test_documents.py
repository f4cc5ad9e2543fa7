"""Documents name only what there is: links, files, options, targets of make. Their examples fit the code."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from voxview import __version__
from voxview.cli.parser import verbs_parser, window_parser

ROOT = Path(__file__).parents[2]
FOLDERS = (".github", "assets", "docs", "kernels", "packaging", "tests", "voxview")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(path for name in FOLDERS for path in (ROOT / name).rglob("*.md"))])
NEW_IN_EXAMPLES = {
    "kernels/curve.cu",
    "tests/gpu/test_curve_cuda.py",
    "tests/gui/test_copy_ids.py",
    "tests/unit/test_curve.py",
    "voxview/latent/curve.py",
}
"""Files that a reader makes while following a worked example; the program does not have them."""
OPTIONS_OF_OTHERS = {"--confcutdir", "--nproc-per-node"}
"""Options of pytest and torchrun that documents explain."""

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def fences(text: str, language: str) -> Iterator[str]:
    """The code blocks of a language, without the indentation of a list around them."""
    for block in re.findall(rf"^([ ]*)```{language}\n(.*?)^\1```", text, re.MULTILINE | re.DOTALL):
        yield dedent("".join(line.removeprefix(block[0]) for line in block[1].splitlines(keepends=True)))


def inline_code(text: str) -> list[str]:
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", prose)


def commands(text: str) -> Iterator[str]:
    """Lines of code and code in a line: continued lines joined, joined commands apart, without comments."""
    lines = re.findall(r"^(?: {4,}|\t)(\S.*)$", re.sub(r" *\\\n\s*", " ", text), re.MULTILINE)
    for line in [*lines, *inline_code(text)]:
        yield from re.split(r"\s*[&|;]+\s*", re.split(r"\s#", line)[0])


# ---- links and files --------------------------------------------------------------------------------


def broken_links(text: str, folder: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        is_elsewhere = re.match(r"[a-z]+:", target)
        if not is_elsewhere and not (folder / name).exists():
            yield target
        if not is_elsewhere and anchor and anchor not in anchors(folder / name):
            yield target


def anchors(file: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def missing_files(text: str) -> Iterator[str]:
    """Paths in backticks that begin with a folder of the repository, or of the package, and do not exist."""
    rooms = {path.name for path in (ROOT / "voxview").iterdir() if path.is_dir()}
    for code in inline_code(text):
        if not re.fullmatch(r"[\w.-]+/[\w./-]*", code) or code in NEW_IN_EXAMPLES:
            continue
        first = code.split("/")[0]
        is_of_a_room = first in rooms and Path(code).suffix and first not in FOLDERS
        if first in FOLDERS or is_of_a_room:
            file = ROOT / "voxview" / code if is_of_a_room else ROOT / code
            yield from () if file.exists() else (code,)


@every_document
def test_links_lead_somewhere(path: Path) -> None:
    assert list(broken_links(path.read_text(encoding="utf-8"), path.parent)) == []


@every_document
def test_files_that_are_named_exist(path: Path) -> None:
    assert list(missing_files(path.read_text(encoding="utf-8"))) == []


def test_files_of_examples_are_the_readers_to_make() -> None:
    assert [name for name in NEW_IN_EXAMPLES if (ROOT / name).exists()] == []


# ---- commands ---------------------------------------------------------------------------------------


@cache
def options_of() -> dict[str, frozenset[str]]:
    """The options of each verb, former names included; of the window under the empty name."""
    added = next(a for a in verbs_parser()._actions if isinstance(a, argparse._SubParsersAction))
    parsers = {"": window_parser(), **added.choices}
    return {name: frozenset(parser._option_string_actions) for name, parser in parsers.items()}


def unknown_options(text: str) -> Iterator[str]:
    anywhere = frozenset().union(*options_of().values()) | OPTIONS_OF_OTHERS
    for command in commands(text):
        called = re.search(r"(?:^|\s|/)voxview(?: (.*)|$)", command)
        words = called.group(1) if called else None
        if words is None:
            bare = re.match(r"--[a-z][a-z-]*", command)
            if bare and bare.group() not in anywhere:
                yield command
            continue
        verb = words.split(maxsplit=1)[0]
        known = options_of().get(verb, options_of()[""])
        for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", words):
            if option not in known:
                yield f"voxview {verb}: {option}"


def unknown_targets(text: str) -> Iterator[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in commands(text):
        for target in re.findall(r"^make ([a-z][a-z-]*)", command):
            if not re.search(rf"^{target}:", makefile, re.MULTILINE):
                yield target


@every_document
def test_options_that_are_named_exist(path: Path) -> None:
    assert list(unknown_options(path.read_text(encoding="utf-8"))) == []


@every_document
def test_make_targets_that_are_named_exist(path: Path) -> None:
    assert list(unknown_targets(path.read_text(encoding="utf-8"))) == []


def test_the_commands_of_hooks_and_workflow_exist() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"entry: (.+)", hooks)
    assert entries and "http" not in hooks, "hooks are local"
    for program, *arguments in map(str.split, entries):
        assert program.startswith(".venv/bin/")
        assert (Path(sys.executable).parent / Path(program).name).exists(), program
        assert all((ROOT / name).exists() for name in arguments if name.startswith("tests/"))
    workflow = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    runs = re.findall(r"run: (.+)", workflow)
    assert "make test" in runs and not list(unknown_targets("".join(f"    {run}\n" for run in runs)))


# ---- examples ---------------------------------------------------------------------------------------


def unfit_diffs(text: str) -> Iterator[str]:
    """Examples of edits whose old lines stand in none of the files that the document names."""
    named = {ROOT / code for code in inline_code(text) if code.startswith(("kernels/", "tests/", "voxview/"))}
    sources = [file.read_text(encoding="utf-8") for file in named if file.is_file()]
    for diff in fences(text, "diff"):
        old = [line for line in diff.splitlines() if not line.startswith("+")]
        cut = "\n".join(line[1:] for line in old)
        if not any(cut in source for source in sources):
            yield diff


@every_document
def test_examples_in_python_compile(path: Path) -> None:
    for code in fences(path.read_text(encoding="utf-8"), "python"):
        compile(code, str(path), "exec")


@every_document
def test_examples_of_edits_fit_the_code(path: Path) -> None:
    unfit = list(unfit_diffs(path.read_text(encoding="utf-8")))
    assert unfit == [], f"{path.name}: these edits no longer fit the code: bring the document up to date"


def test_the_changelog_names_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(__version__)}\] - ", changelog, re.MULTILINE)


# ---- these tests can fail ---------------------------------------------------------------------------

WRONG = """
[nowhere](nowhere.md), [no part](docs/glossary.md#no-such-part), [fine](docs/glossary.md#training)

`voxview/nothing.py`, `latent/nothing.py`, `docs/`, `latent/cuda.py`,
`--no-such-option`, `make nonsense`, `make run`

    voxview train --steps 5 \\
        --nonsense 3    # --not-looked-at
    torchrun -m voxview morph --steps 5 --critic 0

```diff
-LATENT_SIZE = 65
+LATENT_SIZE = 64
```
"""


def test_what_is_wrong_would_be_found() -> None:
    assert list(broken_links(WRONG, ROOT)) == ["nowhere.md", "docs/glossary.md#no-such-part"]
    assert list(missing_files(WRONG)) == ["voxview/nothing.py", "latent/nothing.py"]
    assert sorted(unknown_options(WRONG)) == [
        "--no-such-option",
        "voxview morph: --critic",
        "voxview train: --nonsense",
    ]
    assert list(unknown_targets(WRONG)) == ["nonsense"]
    assert len(list(unfit_diffs(WRONG))) == 1
