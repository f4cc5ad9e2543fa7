"""Versions and their dates, as the headings of `CHANGELOG.md` name them: `## [1.2.3] - 2027-01-31`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
CHANGELOG = ROOT / "CHANGELOG.md"
_HEADING = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d|unreleased)$", re.MULTILINE)


class Release(NamedTuple):
    """A version of the program."""

    version: str
    day: date | None
    """When it was released; None: it has not been yet."""


def releases(changelog: str) -> list[Release]:
    """Return the versions of a changelog, newest first.

    Raises `ValueError` for a heading that names none, versions in the wrong order, and an unreleased one that
    is not the first.
    """
    headings = re.findall(r"^## .*$", changelog, re.MULTILINE)
    found = [
        Release(version, None if day == "unreleased" else date.fromisoformat(day))
        for version, day in _HEADING.findall(changelog)
    ]
    if not found or len(found) != len(headings):
        raise ValueError(
            "each heading '## …' of CHANGELOG.md has the form '## [1.2.3] - 2027-01-31' or '… - unreleased'"
        )
    numbers = [tuple(map(int, release.version.split("."))) for release in found]
    if numbers != sorted(set(numbers), reverse=True):
        raise ValueError("versions in CHANGELOG.md do not go from the newest to the oldest")
    if any(release.day is None for release in found[1:]):
        raise ValueError("only the newest version in CHANGELOG.md may be unreleased")
    return found


def debian_version(release: Release, today: date) -> str:
    """Return the version of a Debian package; before the release it is older than that: `1.2.3~20270131`."""
    return release.version if release.day else f"{release.version}~{today:%Y%m%d}"


def metainfo_releases(found: list[Release], today: date) -> str:
    """Return the element `<releases>` of AppStream's metadata."""
    lines = []
    for version, day in found:
        kind = "stable" if day else "development"
        lines.append(f'    <release version="{version}" date="{day or today}" type="{kind}"/>\n')
    return "<releases>\n" + "".join(lines) + "  </releases>"
