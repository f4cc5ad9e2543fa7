"""The Debian package: the bundle in /usr/lib/voxview, `voxview` in /usr/bin, and what a desktop reads.

    python packaging/deb.py BUNDLE OUT

BUNDLE is the folder that PyInstaller has made, OUT a folder for the `.deb`. The package has no scripts: menu,
icons and MIME types are taken in, and out again, by the triggers of the packages that they belong to.
"""

from __future__ import annotations

import gzip
import hashlib
import mmap
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from releases import CHANGELOG, ROOT, Release, debian_version, metainfo_releases, releases
from third_party import copyright_text

FILES = ROOT / "packaging" / "linux"
CONTROL = ROOT / "packaging" / "debian" / "control"
METAINFO = "io.github.voxview.VoxView.metainfo.xml"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)

ALWAYS_NEEDED = (
    *("libgl1", "libegl1", "libglib2.0-0", "libfontconfig1", "libdbus-1-3", "libxkbcommon-x11-0"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0"),
)
"""What Qt and VTK load by name; `voxview/gui/preflight.py` looks for the same."""

_OPTIONAL = ("libqgtk3.so",)
"""Qt asks GTK for its dialogs where it is there, and has its own elsewhere."""
_GLIBC = re.compile(rb"GLIBC_2\.(\d+)\0")


def main(bundle: Path, out: Path) -> Path:
    """Make the package in `out` and return its path."""
    today = date.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"])) if _is_dated() else date.today()
    found = releases(CHANGELOG.read_text(encoding="utf-8"))
    tree = out / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    put_bundle(bundle, tree)
    put_desktop_files(tree, found, today)
    put_icons(tree)
    put_documents(tree, bundle)
    architecture = _output("dpkg", "--print-architecture")
    version = debian_version(found[0], today)
    needed = needed_packages(libraries_of_the_system(bundle))
    put_control(tree, version, architecture, needed, newest_glibc(bundle))
    package = out / f"voxview_{version}_{architecture}.deb"
    # xz takes ten times as long, here and when the package is installed, for a fifth less.
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zzstd", "-z12", "--build", tree, package], check=True)
    shutil.rmtree(tree)
    return package


def put_bundle(bundle: Path, tree: Path) -> None:
    """Put the bundle into the tree, by hard links, and the command beside it."""
    place = tree / "usr/lib/voxview"
    place.parent.mkdir(parents=True)
    shutil.copytree(bundle, place, symlinks=True, copy_function=os.link)
    for path in place.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    command = tree / "usr/bin/voxview"
    command.parent.mkdir(parents=True)
    command.symlink_to("../lib/voxview/voxview")


def put_desktop_files(tree: Path, found: list[Release], today: date) -> None:
    """Put the menu's entry, the MIME types and AppStream's metadata, with the releases of the changelog."""
    share = tree / "usr/share"
    for name, folder in (("voxview.desktop", "applications"), ("voxview-mime.xml", "mime/packages")):
        (share / folder).mkdir(parents=True)
        shutil.copyfile(FILES / name, share / folder / name.replace("-mime", ""))
    (share / "metainfo").mkdir()
    text = (FILES / METAINFO).read_text(encoding="utf-8")
    assert text.count("<releases/>") == 1
    text = text.replace("<releases/>", metainfo_releases(found, today))
    (share / "metainfo" / METAINFO).write_text(text, encoding="utf-8")


def put_icons(tree: Path) -> None:
    """Put the program's icon in every size that a desktop asks for."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    app = QGuiApplication.instance() or QGuiApplication([])
    assert app is not None
    source = ROOT / "assets/icons/voxview.svg"
    icons = tree / "usr/share/icons/hicolor"
    renderer = QSvgRenderer(str(source))
    for size in ICON_SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        path = icons / f"{size}x{size}/apps/voxview.png"
        path.parent.mkdir(parents=True)
        if not image.save(str(path)):
            raise OSError(f"{path} could not be written")
    (icons / "scalable/apps").mkdir(parents=True)
    shutil.copyfile(source, icons / "scalable/apps/voxview.svg")


def put_documents(tree: Path, bundle: Path) -> None:
    """Put `copyright`, with all notices, and the changelog."""
    folder = tree / "usr/share/doc/voxview"
    folder.mkdir(parents=True)
    (folder / "copyright").write_text(copyright_text(bundle), encoding="utf-8")
    (folder / "changelog.gz").write_bytes(gzip.compress(CHANGELOG.read_bytes(), mtime=0))


def put_control(tree: Path, version: str, architecture: str, needed: Iterable[str], glibc: int) -> None:
    """Put the package's description and the checksums of its files."""
    files = [path for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink()]
    depends = [f"libc6 (>= 2.{glibc})", *sorted({*ALWAYS_NEEDED, *needed} - {"libc6"})]
    values = {
        "version": version,
        "architecture": architecture,
        "kilobytes": str(sum(path.stat().st_size for path in files) // 1024),
        "depends": ", ".join(depends),
    }
    text = CONTROL.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    sums = []
    for path in files:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
        sums.append(f"{digest.hexdigest()}  {path.relative_to(tree)}\n")
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(text, encoding="utf-8")
    (tree / "DEBIAN/md5sums").write_text("".join(sums), encoding="utf-8")


def libraries_of_the_system(bundle: Path) -> list[str]:
    """Return the paths of the libraries that the bundle's programs and libraries need and that it has not.

    Raises `ValueError` for one that this system has not, either.
    """
    files = [path for path in bundle.rglob("*") if path.name not in _OPTIONAL and _is_program(path)]
    dynamic = _output("readelf", "--dynamic", "--wide", *map(str, files))
    needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)) - {path.name for path in bundle.rglob("*")}
    cached = _output("/sbin/ldconfig", "--print-cache")
    known = dict(re.findall(r"^\s*(\S+) \(.*x86-64.*\) => (\S+)$", cached, re.MULTILINE))
    known |= dict(re.findall(r"^\s*(\S+) \(.*AArch64.*\) => (\S+)$", cached, re.MULTILINE))
    if missing := sorted(needed - known.keys()):
        raise ValueError(f"the bundle needs what is not here: {', '.join(missing)}")
    return sorted(known[name] for name in needed)


def needed_packages(libraries: Iterable[str]) -> set[str]:
    """Return the Debian packages that hold these libraries of the system.

    The names of Debian 13's packages for 64-bit times, `…t64`, are given without: those are what both have.
    Raises `ValueError` for a library that belongs to none.
    """
    packages = set()
    for library in libraries:
        real = os.path.realpath(library)
        # dpkg knows a library by one of two names, as /lib is /usr/lib.
        for path in (library, real, library.removeprefix("/usr"), real.removeprefix("/usr")):
            command = ["dpkg-query", "--search", path]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                packages.add(done.stdout.split(":")[0].removesuffix("t64"))
                break
        else:
            raise ValueError(f"{library} belongs to no Debian package: the bundle cannot depend on it")
    return packages


def newest_glibc(bundle: Path) -> int:
    """Return the minor version of the newest symbols of glibc that a bundle's programs and libraries need."""
    newest = 17
    for path in filter(_is_program, bundle.rglob("*")):
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            newest = max(newest, *map(int, _GLIBC.findall(content)), 0)
    return newest


def _is_program(path: Path) -> bool:
    """Return whether a file is a program or a library."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _is_dated() -> bool:
    return bool(os.environ.get("SOURCE_DATE_EPOCH"))


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.stdout.write(f"{main(*map(Path, sys.argv[1:]))}\n")
