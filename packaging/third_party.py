"""The file `copyright` of the package: VoxView's terms, the weights', and those of all that is bundled.

    python packaging/third_party.py BUNDLE > copyright

Licences are read from the packages' own metadata, which lie in the bundle with their full texts.
"""

from __future__ import annotations

import re
import sys
from email.message import Message
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path
from textwrap import fill

ROOT = Path(__file__).parents[1]
INSTALLED = "/usr/lib/voxview/_internal"
"""Where the package puts what PyInstaller calls `_internal`."""

_LONGEST_NAME = 90
_TEXT = re.compile(r"(licen[cs]e|copying|copyright|notice)", re.IGNORECASE)
_TERMS = re.compile(r"^## Terms of use\n+(.+?)(?=\n## |\Z)", re.MULTILINE | re.DOTALL)
_COMMON = "/usr/share/common-licenses"

_QT = """\
Qt and PySide6 (with Shiboken) are used under the GNU Lesser General Public License, version 3, which is in
{common}/LGPL-3, together with {common}/GPL-3. They are the unmodified
releases that The Qt Company publishes for Python, {versions},
and their source code is published there, too. All of Qt lies as shared libraries of its own in
{folder}/PySide6: you may replace them by versions that you have changed, and may take
this program apart to debug such changes."""
_OTHERS = """\
Python {python} is under the Python Software Foundation License ({folder}/python-license).

The program's start is that of PyInstaller, under the GNU General Public License, version 2 or later, with an
exception that allows programs of any licence to be bundled.

Runtime libraries of GCC (libgomp, libgfortran, libquadmath) lie in the folders of the packages that use them;
they are under the GNU General Public License, version 3, with the GCC Runtime Library Exception.

libstdc++, OpenSSL, X and OpenGL are the system's own packages, and not in this one. Nor is ffmpeg, which
films as .mp4 are written with: the system's is used."""


def distributions(bundle: Path) -> list[Distribution]:
    """Return the packages of a bundle, by name, without VoxView itself."""
    found = [PathDistribution(folder) for folder in (bundle / "_internal").glob("*.dist-info")]
    return sorted(
        (one for one in found if one.metadata["Name"].lower() != "voxview"),
        key=lambda one: one.metadata["Name"].lower(),
    )


def license_name(metadata: Message) -> str:
    """Return a package's licence in one line, as its metadata say; "see its text" where they do not."""
    stated = (metadata["License"] or "").strip()
    if metadata["License-Expression"]:
        return str(metadata["License-Expression"])
    is_name = "\n" not in stated and len(stated) <= _LONGEST_NAME
    if is_name and stated.upper() not in ("", "UNKNOWN", "BSD"):
        return stated
    classifiers = [
        line.rsplit(" :: ", 1)[1]
        for line in metadata.get_all("Classifier") or []
        if line.startswith("License :: OSI Approved ::")
    ]
    return ", ".join(classifiers) or stated.split("\n")[0][:_LONGEST_NAME] or "see its text"


def license_texts(distribution: Distribution) -> list[str]:
    """Return the licence texts beside a package's metadata, as paths relative to the bundle's `_internal`."""
    assert isinstance(distribution, PathDistribution)
    folder = Path(str(distribution._path))  # type: ignore[attr-defined]
    texts = [path for path in sorted(folder.rglob("*")) if path.is_file() and _TEXT.search(path.name)]
    return [str(path.relative_to(folder.parent)) for path in texts]


def package_lines(distribution: Distribution) -> str:
    """Return a package's entry: name, version, licence, and where its text is."""
    metadata = distribution.metadata
    texts = license_texts(distribution)
    if not texts:
        where = f"its metadata: {INSTALLED}/{Path(str(distribution._path)).name}/METADATA"  # type: ignore[attr-defined]
    elif len(texts) == 1:
        where = f"{INSTALLED}/{texts[0]}"
    else:
        where = f"{len(texts)} files below {INSTALLED}/{texts[0].split('/')[0]}"
    return f"{metadata['Name']} {metadata['Version']}: {license_name(metadata)}\n    {where}\n"


def weights_terms() -> str:
    """Return under which terms each of the shipped weights may be used, from their model cards."""
    entries = []
    for card in sorted((ROOT / "assets" / "weights").glob("*.md")):
        terms = _TERMS.search(card.read_text(encoding="utf-8"))
        if terms is None:
            raise ValueError(
                f"{card} has no part 'Terms of use': write under which terms the weights may be used"
            )
        text = " ".join(re.sub(r"[*`]", "", terms[1]).split())
        entries.append(fill(f"{card.stem}: {text}", 112, subsequent_indent="    "))
    return "\n".join(entries) + "\n"


def copyright_text(bundle: Path) -> str:
    """Return the whole file for a bundle."""
    found = distributions(bundle)
    of_qt = [f"{one.metadata['Name']} {one.metadata['Version']}" for one in found if _is_qt(one)]
    python = ".".join(map(str, sys.version_info[:3]))
    parts = {
        "VoxView": (ROOT / "LICENSE").read_text(encoding="utf-8"),
        "The weights": weights_terms(),
        "Qt": _QT.format(common=_COMMON, folder=INSTALLED, versions=" and ".join(of_qt)) + "\n",
        "Python packages": "\n".join(map(package_lines, found)),
        "Other parts": _OTHERS.format(python=python, folder=INSTALLED) + "\n",
    }
    return "\n\n".join(f"{title}\n{'=' * len(title)}\n\n{text}" for title, text in parts.items())


def _is_qt(distribution: Distribution) -> bool:
    return distribution.metadata["Name"].lower().startswith(("pyside6", "shiboken6"))


if __name__ == "__main__":
    sys.stdout.write(copyright_text(Path(sys.argv[1])))
