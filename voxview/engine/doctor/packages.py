"""Which Python and which versions of packages VoxView runs with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from voxview.engine.doctor.problem import Problem

OLDEST: Mapping[str, str] = {"numpy": "1.26", "torch": "2.9", "scipy": "1.11", "PySide6-Essentials": "6.7"}
"""The least versions, as in pyproject.toml."""

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 14)
"""The newest that all packages have wheels for."""

_BROKEN = {
    ("PySide6-Essentials", "6.11.0"): "its dock widgets are broken",
    ("PySide6-Essentials", "6.11.1"): "its dock widgets are broken",
    ("PySide6-Essentials", "6.12.0"): "on Python 3.11 it ends the program after some minutes",
}


def package_problems(python: tuple[int, int], versions: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return what is wrong with Python and the installed packages: `versions` by the distribution's name."""
    found = []
    if not OLDEST_PYTHON <= python <= NEWEST_PYTHON:
        age = "too old" if python < OLDEST_PYTHON else "newer than any that VoxView was tried with"
        found.append(
            _packages(
                f"Python {python[0]}.{python[1]} is {age}",
                f"take one from {_text(OLDEST_PYTHON)} to {_text(NEWEST_PYTHON)} and set up again",
            )
        )
    for name, version in versions.items():
        if name in OLDEST and _numbers(version) < _numbers(OLDEST[name]):
            found.append(
                _packages(
                    f"{name} {version} is too old",
                    f"update it: pip install --upgrade '{name}>={OLDEST[name]}'",
                )
            )
        if reason := _BROKEN.get((name, version)):
            others = ",".join(f"!={broken}" for one, broken in _BROKEN if one == name)
            found.append(
                _packages(
                    f"{name} {version} cannot be used: {reason}",
                    f"take another: pip install '{name}{others}'",
                )
            )
    return tuple(found)


def _packages(cause: str, remedy: str) -> Problem:
    return Problem("packages", cause, remedy)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def _text(python: tuple[int, int]) -> str:
    return f"{python[0]}.{python[1]}"
