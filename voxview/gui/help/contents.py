"""The help pages: Markdown files of the package, and what is made of the table of actions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from voxview.gui.context.actions import MENUS, ActionSpec

FOLDER = Path(__file__).parent / "pages"
PICTURES = FOLDER / "pictures"
ACTIONS = "actions"
"""The page to which every action is added, with its key."""
ORDER = (
    *("first-steps", "questions", "figures", "choosing", "moving", "looking", "own-chairs"),
    *("pictures-and-scans", "export", "keeping", "timings", "all-pairs", "map", "mix", "latent"),
    *("network", "benchmark", "files", "gpu", "keyboard", ACTIONS, "window"),
)
"""The names of the pages, as they are read from first to last."""
_OF_ALL = "first-steps", "questions"
"""Pages that touch everything: others have more about it."""
_OF_LINKS = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_ACTION = re.compile(r"\]\(action:(\w+)\)")
_MARKS = re.compile(r"[*`]|^#+\s*|^\s*[-\d.]*\s+(?=\S)", re.MULTILINE)
_ELSEWHERE = (
    ("Next chair, previous chair", "↓  ↑  in the list"),
    ("Take the selected chair as A, as B", "Enter, Shift+Enter in the list"),
    ("Take a chair that was found as A, as B", "Enter, Shift+Enter in the command palette"),
    ("Move by 0.01, by 0.1", "←  →, PgUp  PgDn on the slider"),
    ("To A, to B", "Home, End on the slider"),
    ("Next pair, show it", "←  →  ↑  ↓, Enter on the heat map"),
    ("Move, resize the crop of a picture, take all of it", "arrows, Shift+arrows, Esc on the picture"),
    ("Next number, change it, type it, reset it", "arrows, +  −, Enter, Del on the page Latent"),
    ("Turn, shift, zoom the view", "left, middle, right mouse button"),
    ("Zoom to the pointer; shift the view", "mouse wheel; Shift+left mouse button"),
    ("One view alone, and back", "double click on it"),
    ("Exact views, parallel lines", "also 1  3  7  9, Ctrl+1, 5 on the number pad"),
)
"""Keys and gestures that no action has."""


@dataclass(frozen=True)
class HelpPage:
    """One page."""

    name: str
    text: str
    """Markdown, as GitHub has it."""

    @cached_property
    def title(self) -> str:
        """Its first heading."""
        return self.text.lstrip().partition("\n")[0].lstrip("# ").strip()

    @cached_property
    def begin(self) -> str:
        """Its first sentence or sentences; empty where it has none."""
        return next((text for _, text in self.passages if text and " · " not in text), "")

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """The names of the actions that it links to, in order."""
        return tuple(dict.fromkeys(_ACTION.findall(self.text)))

    @cached_property
    def passages(self) -> tuple[tuple[str, str], ...]:
        """Its paragraphs, list entries and rows of tables as plain text, each with the heading above it."""
        return tuple(_passages(self.text))


@dataclass(frozen=True)
class Hit:
    """A page that fits what was typed, and where in it."""

    page: HelpPage
    heading: str
    """Empty where it is the page's own."""
    passage: str
    """What is found there; empty where the title alone fits."""


def help_pages(specs: Sequence[ActionSpec]) -> tuple[HelpPage, ...]:
    """Return all pages in order. Raises nothing: a file that is missing is a page less."""
    written = {name: _read(name) for name in ORDER}
    pages = {name: HelpPage(name, text) for name, text in written.items() if text}
    pages[ACTIONS] = _page_of_actions(written[ACTIONS], specs, pages.values())
    return tuple(pages[name] for name in ORDER if name in pages)


def search(pages: Iterable[HelpPage], typed: str) -> list[Hit]:
    """Return where all the typed words are: pages by their titles first, then by headings, then by texts."""
    words = typed.lower().split()
    ranked: list[tuple[int, Hit]] = []
    for page in pages:
        if _has(page.title, words):
            ranked.append((0, Hit(page, "", "")))
            continue
        by_heading = next((p for p in page.passages if p[0] and _has(p[0], words)), None)
        by_text = next((p for p in page.passages if _has(" ".join(p), words)), None)
        found = by_heading or by_text
        if found is not None:
            ranked.append((1 if by_heading else 2, Hit(page, *found)))
        elif _has(f"{page.title} {page.text}", words):
            ranked.append((3, Hit(page, "", "")))
    return [hit for _, hit in sorted(ranked, key=lambda one: one[0])]


def _has(text: str, words: Sequence[str]) -> bool:
    text = text.lower()
    return all(word in text for word in words)


def _read(name: str) -> str:
    try:
        return (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    except OSError:
        return ""


def _passages(text: str) -> Iterator[tuple[str, str]]:
    heading = ""
    for block in re.split(r"\n\s*\n|\n(?=[|#-]|\d+\. )", text):
        plain = re.sub(r"\s+", " ", _MARKS.sub("", _OF_LINKS.sub(r"\1", block))).strip()
        plain = " · ".join(cell.strip() for cell in plain.split("|") if cell.strip())
        plain = re.sub(r"\\(?=\W)", "", plain)  # what `_escaped` has written
        begin = block.lstrip()[:2]
        if begin == "##":
            heading = plain
            yield heading, ""
        elif begin not in ("# ", "![") and set(plain) - set("-: ·"):
            yield heading, plain


def _page_of_actions(begin: str, specs: Sequence[ActionSpec], pages: Iterable[HelpPage]) -> HelpPage:
    """Return the page of every action: what it does, its key, and the page that has more about it.

    `begin` is what it begins with.
    """
    by_subject = sorted(pages, key=lambda page: page.name in _OF_ALL)  # and in order
    about = {name: page for page in reversed(by_subject) for name in page.actions}
    lines = [begin.rstrip()]
    for menu in MENUS:
        lines += [
            "",
            f"## {menu.replace('&', '')}",
            "",
            "| action | key | what it does | more |",
            "|---|---|---|---|",
        ]
        lines += [_row(spec, about) for spec in specs if spec.menu == menu]
    lines += ["", "## Keys elsewhere", "", "| to | keys |", "|---|---|"]
    lines += [f"| {what} | {keys} |" for what, keys in _ELSEWHERE]
    return HelpPage(ACTIONS, "\n".join(lines))


def _row(spec: ActionSpec, about: Mapping[str, HelpPage]) -> str:
    page = about.get(spec.name)
    more = f"[{page.title}]({page.name}.md)" if page is not None else ""
    where = f"{spec.submenu.replace('&', '')}: " if spec.submenu else ""
    cells = (f"[{_escaped(where + spec.plain_text)}](action:{spec.name})", _escaped(spec.keys_text))
    return f"| {' | '.join(cells)} | {_escaped(spec.tip or spec.plain_text)} | {more} |"


def _escaped(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#+\-.!|&])", r"\\\1", text)
