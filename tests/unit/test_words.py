"""The program speaks the field's words: those that `docs/glossary.md` has replaced are gone.

A word counts wherever it stands: in names (split at underscores and capitals), comments, docstrings, texts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
REPLACED = {
    "crumb": "small component",
    "crumbs": "small components",
    "mending": "connectivity loss",
    "complaint": "adversarial loss",
    "asked": "requested, loss terms",
    "told": "reported, running mean",
    "follow": "run with progress, come after",
    "follows": "comes after",
    "team": "process group",
    "leads": "is rank zero",
    "rough": "unrefined",
    "steadily": "with CPU fallback",
    "unmet": "unsupported reason",
    "brushed": "without small components",
    "embedding": "latent",
    "embeddings": "latents",
    "animation": "morph",
    "phase": "stage",
}
PHRASES = ("encoder's word", "turned_round", "but_not", "what_is_wrong")
FORMER = re.compile(r"former|FORMER|older versions")
"""A line, or the file's name, that is about names of older versions, which keep working."""
NOT_VERBS = {"The", "A", "An", "What", "Whether", "How", "Which", "Where", "Who", "When", "Why"}

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def sources() -> list[Path]:
    kernels = [path for path in (ROOT / "kernels").iterdir() if path.suffix in (".cu", ".cuh", ".md")]
    package = [path for path in (ROOT / "voxview").rglob("*") if path.suffix in (".py", ".j2")]
    return [*sorted(package), *sorted(kernels), ROOT / "README.md"]


def replaced_words(path: Path) -> Iterator[str]:
    if FORMER.search(path.name):
        return
    before = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not FORMER.search(line + before):
            found = [word for word in _PART.findall(line) if word.lower() in REPLACED]
            found += [phrase for phrase in PHRASES if phrase in line]
            for word in found:
                instead = REPLACED.get(word.lower(), "see the glossary")
                yield f"{path.relative_to(ROOT)}:{number}: {word}: {instead}"
        before = line if line.rstrip().endswith(("{", "(")) else ""  # what opens a table of former names


def test_replaced_words_are_gone() -> None:
    faults = [fault for path in sources() for fault in replaced_words(path)]
    assert not faults, "\n".join(faults)


def test_a_replaced_word_would_be_found(tmp_path: Path) -> None:
    file = ROOT / "voxview" / "conventions.py"
    text = "def _steadily(remove_crumbs): ...  # the encoder's word\nclass ProcessTeam: ...\n"
    assert [word.lower() for word in _PART.findall(text) if word.lower() in REPLACED] == [
        "steadily",
        "crumbs",
        "team",
    ]
    assert list(replaced_words(file)) == []


def other_than_a_verb(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and not any(
            "property" in ast.unparse(d) for d in node.decorator_list
        ):
            first = re.split(r"[\s,:;.]", (ast.get_docstring(node) or "Return").strip())[0]
            if not first[:1].isupper() or first in NOT_VERBS:
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield f"{where}: begin with a verb, such as Return, not {first}"


def test_docstrings_of_functions_begin_with_a_verb() -> None:
    package = sorted((ROOT / "voxview").rglob("*.py"))
    faults = [fault for path in package for fault in other_than_a_verb(path)]
    assert not faults, "\n".join(faults)


def test_the_glossary_lists_each_replaced_word() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    missing = [word for word in REPLACED if word.rstrip("s") not in glossary]
    assert missing == []
