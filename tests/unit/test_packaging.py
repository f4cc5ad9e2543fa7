"""What makes packages: the desktop's files name what the program reads; every bundled part has its terms."""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import shutil
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest

from voxview import __version__
from voxview.gui import preflight
from voxview.gui.session import session_file
from voxview.shapes.io.binvox import write_binvox

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

import deb  # noqa: E402
import start  # noqa: E402
import third_party  # noqa: E402
from releases import Release, debian_version, metainfo_releases, releases  # noqa: E402

LINUX = ROOT / "packaging" / "linux"
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
TODAY = date(2027, 2, 3)


def desktop_entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(LINUX / "voxview.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def mime_types() -> dict[str, ET.Element]:
    root = ET.parse(LINUX / "voxview-mime.xml").getroot()
    return {element.attrib["type"]: element for element in root.iter(f"{MIME}mime-type")}


def metainfo() -> ET.Element:
    return ET.parse(LINUX / deb.METAINFO).getroot()


def is_recognised(start_of_file: bytes, kind: str) -> bool:
    """Whether the magic of a type fits."""
    match = mime_types()[kind].find(f"{MIME}magic/{MIME}match")
    assert match is not None and match.attrib["type"] == "string"
    first, _, last = match.attrib["offset"].partition(":")
    found = start_of_file.find(match.attrib["value"].encode())
    return int(first) <= found <= int(last or first)


# ---- menu, types, metadata --------------------------------------------------------------------------


def test_the_menus_entry_starts_the_command_with_the_files() -> None:
    entry = desktop_entry()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    program, argument = entry["Exec"].split()
    assert program == entry["TryExec"] and program in scripts
    assert argument == "%F", "several .binvox at once are A and B"
    assert entry["Terminal"] == "false" and entry["Type"] == "Application"
    assert (ROOT / f"assets/icons/{entry['Icon']}.svg").is_file()
    # Wayland and X find the entry of a window by these.
    app = (ROOT / "voxview/gui/app.py").read_text(encoding="utf-8")
    assert f'setDesktopFileName("{entry["StartupWMClass"]}")' in app


def test_entry_types_and_metadata_name_the_same_types() -> None:
    types = set(mime_types())
    assert set(desktop_entry()["MimeType"].strip(";").split(";")) == types
    assert {element.text for element in metainfo().iter("mediatype")} == types


def test_a_file_of_each_type_is_recognised_by_its_name_and_its_start(tmp_path: Path) -> None:
    chair = tmp_path / "chair.binvox"
    write_binvox(chair, np.ones((32, 32, 32), bool))
    session = tmp_path / "some.voxview"
    session.write_text(json.dumps({session_file._KIND: session_file.VERSION}, indent=1))
    kinds = {chair: "application/x-binvox", session: "application/x-voxview-session"}
    for file, kind in kinds.items():
        patterns = [element.attrib["pattern"] for element in mime_types()[kind].iter(f"{MIME}glob")]
        assert patterns == [f"*{file.suffix}"]
        assert is_recognised(file.read_bytes(), kind)
    assert not is_recognised(session.read_bytes(), kinds[chair])
    assert not is_recognised(chair.read_bytes(), kinds[session])


def test_the_metadata_lead_to_the_menus_entry() -> None:
    root = metainfo()
    assert root.findtext("id") == deb.METAINFO.removesuffix(".metainfo.xml")
    assert root.findtext("launchable") == "voxview.desktop"
    assert root.findtext("provides/binary") == desktop_entry()["TryExec"]
    licence = root.findtext("project_license") or ""
    assert "MIT" in licence and "proprietary" in licence, "some of the weights are for research and education"
    assert (root.findtext("summary") or "") == desktop_entry()["Comment"]


# ---- versions ---------------------------------------------------------------------------------------


def test_the_changelogs_newest_version_is_the_programs() -> None:
    found = releases((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert found[0].version == __version__


@pytest.mark.parametrize(
    "headings, what",
    [
        ("", "form"),
        ("## [Unreleased]", "form"),
        ("## [0.2] - unreleased", "form"),
        ("## [0.1.0] - 2027-01-01\n\n## [0.2.0] - 2027-02-01", "newest to the oldest"),
        ("## [0.2.0] - 2027-01-01\n\n## [0.1.0] - unreleased", "only the newest"),
    ],
)
def test_headings_that_are_no_versions_are_refused(headings: str, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        releases(headings)


def test_what_is_made_before_a_release_is_older_than_it() -> None:
    new, old = releases("## [0.2.0] - unreleased\n\n## [0.1.0] - 2027-01-31\n")
    assert debian_version(new, TODAY) == "0.2.0~20270203", "dpkg sorts a ~ before the end"
    assert debian_version(old, TODAY) == "0.1.0"
    dates = [element.attrib for element in ET.fromstring(metainfo_releases([new, old], TODAY))]
    assert [(one["version"], one["date"], one["type"]) for one in dates] == [
        ("0.2.0", "2027-02-03", "development"),
        ("0.1.0", "2027-01-31", "stable"),
    ]


# ---- the Debian package -----------------------------------------------------------------------------


def test_it_depends_on_what_the_window_looks_for() -> None:
    needed = set(preflight._PACKAGES.values())
    assert set(deb.ALWAYS_NEEDED) == needed
    setup = (ROOT / "packaging/setup.sh").read_text(encoding="utf-8")
    assert needed == set(re.findall(r"\[lib[\w.+-]+\]=(\S+)", setup))


def test_the_package_has_the_desktops_files_and_true_checksums(tmp_path: Path) -> None:
    deb.put_desktop_files(tmp_path, [Release("0.1.0", None)], TODAY)
    deb.put_control(tmp_path, "0.1.0~1", "amd64", {"zlib1g", "libgl1", "libc6"}, 36)
    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {
        "DEBIAN/control",
        "DEBIAN/md5sums",
        "usr/share/applications/voxview.desktop",
        "usr/share/mime/packages/voxview.xml",
        f"usr/share/metainfo/{deb.METAINFO}",
    }
    control = (tmp_path / "DEBIAN/control").read_text(encoding="utf-8")
    assert "@" not in control and control.endswith("\n") and "\n\n" not in control
    fields = dict(line.split(": ", 1) for line in control.splitlines() if not line.startswith(" "))
    assert (fields["Version"], fields["Architecture"]) == ("0.1.0~1", "amd64")
    depends = fields["Depends"].split(", ")
    assert depends[0] == "libc6 (>= 2.36)" and len(depends) == len(set(depends))
    assert {*deb.ALWAYS_NEEDED, "zlib1g"} == set(depends[1:])
    assert "ffmpeg" in fields["Recommends"], "films take the system's"
    for line in (tmp_path / "DEBIAN/md5sums").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.md5((tmp_path / name).read_bytes()).hexdigest() == digest


def test_the_bundle_is_linked_and_its_rights_are_everybodys(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    (bundle / "_internal").mkdir(parents=True, mode=0o700)
    program, library = bundle / "voxview", bundle / "_internal/some.so"
    program.write_bytes(b"")
    program.chmod(0o700)
    library.write_bytes(b"")
    library.chmod(0o600)
    deb.put_bundle(bundle, tmp_path / "tree")
    place = tmp_path / "tree/usr/lib/voxview"
    modes = {path.name: path.stat().st_mode & 0o777 for path in place.rglob("*")}
    assert modes == {"voxview": 0o755, "_internal": 0o755, "some.so": 0o644}
    assert (tmp_path / "tree/usr/bin/voxview").resolve() == place / "voxview"


def test_the_newest_glibc_is_that_of_programs_alone(tmp_path: Path) -> None:
    (tmp_path / "older.so").write_bytes(b"\x7fELF...\0GLIBC_2.30\0")
    (tmp_path / "library.so").write_bytes(b"\x7fELF...\0GLIBC_2.9\0GLIBC_2.34\0GLIBC_2.2.5\0")
    (tmp_path / "notes.txt").write_bytes(b"GLIBC_2.99\0")
    (tmp_path / "empty").touch()
    assert deb.newest_glibc(tmp_path) == 34


@pytest.mark.skipif(shutil.which("readelf") is None, reason="no binutils")
def test_the_libraries_that_a_bundle_has_itself_are_not_the_systems(tmp_path: Path) -> None:
    shutil.copy("/bin/ls", tmp_path / "program")
    shutil.copy("/bin/ls", tmp_path / "libqgtk3.so")
    needed = {Path(path).name for path in deb.libraries_of_the_system(tmp_path)}
    assert "libc.so.6" in needed
    (tmp_path / "libc.so.6").touch()
    assert needed - {Path(path).name for path in deb.libraries_of_the_system(tmp_path)} == {"libc.so.6"}


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="no Debian")
def test_a_library_of_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="belongs to no Debian package"):
        deb.needed_packages([str(tmp_path / "libnothing.so.1")])


# ---- terms ------------------------------------------------------------------------------------------


def needed_distributions(name: str, seen: set[str]) -> Iterator[Path]:
    """The folders of metadata of what a package needs, itself included."""
    if re.sub(r"[-_.]+", "-", name).lower() in seen:
        return
    seen.add(re.sub(r"[-_.]+", "-", name).lower())
    found = distribution(name)
    yield Path(str(found._path))  # type: ignore[attr-defined]
    for requirement in found.requires or ():
        match = re.match(r"[\w.-]+", requirement)
        if match and "extra ==" not in requirement and "sys_platform ==" not in requirement:
            yield from needed_distributions(match[0], seen)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the metadata that the bundle has: those of the packages that VoxView needs."""
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "_internal").mkdir()
    for name in ("PySide6_Essentials", "torch", "vtk", "trimesh", "jinja2", "scikit-image", "meshoptimizer"):
        for metadata in needed_distributions(name, set()):
            link = folder / "_internal" / metadata.name
            if not link.exists():
                shutil.copytree(metadata, link)
    return folder


def test_every_bundled_package_has_a_line_with_its_licence(bundle: Path) -> None:
    text = third_party.copyright_text(bundle)
    found = third_party.distributions(bundle)
    assert len(found) > 10
    for one in found:
        line = re.search(rf"^{re.escape(one.metadata['Name'])} \S+: (.+)$", text, re.MULTILINE)
        assert line is not None, one.metadata["Name"]
        assert line[1] not in ("see its text", "UNKNOWN"), f"{one.metadata['Name']}: say its licence"
    assert re.search(r"^pyside6\S* 6\S+: LGPL", text, re.MULTILINE | re.IGNORECASE)
    assert "may replace them" in text and "/usr/share/common-licenses/LGPL-3" in text


def test_licence_texts_that_are_named_are_in_the_bundle(bundle: Path) -> None:
    for one in third_party.distributions(bundle):
        for text in third_party.license_texts(one):
            assert (bundle / "_internal" / text).is_file()
    torch = next(one for one in third_party.distributions(bundle) if one.metadata["Name"] == "torch")
    assert len(third_party.license_texts(torch)) > 1


def test_the_weights_terms_are_said() -> None:
    terms = third_party.weights_terms()
    of_each = dict(line.split(": ", 1) for line in re.sub(r"\n    ", " ", terms).splitlines())
    assert set(of_each) == {path.stem for path in (ROOT / "assets/weights").glob("*.safetensors")}
    for name in ("chairs", "study", "picture"):
        assert "non-commercial research and education" in of_each[name]
    assert "MIT" in of_each["chairs-free"] and "non-commercial" not in of_each["chairs-free"]


def test_nothing_under_the_gpl_is_bundled() -> None:
    spec = (ROOT / "packaging/voxview.spec").read_text(encoding="utf-8")
    for name in ("readline", "_gdbm", "imageio_ffmpeg", "pillow_heif"):
        assert f'"{name}"' in spec


# ---- what the bundle runs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, module, rest",
    [
        (["morph", "--steps", "3"], None, ["morph", "--steps", "3"]),
        ([], None, []),
        (["-m", "voxview", "train", "--out", "x"], "voxview", ["train", "--out", "x"]),
        (
            ["-u", "-I", "-m", "torch.distributed.run", "-m", "voxview"],
            "torch.distributed.run",
            ["-m", "voxview"],
        ),
        (["-m"], None, ["-m"]),
    ],
)
def test_the_bundle_answers_for_python(arguments: list[str], module: str | None, rest: list[str]) -> None:
    assert start.requested_module(arguments) == (module, rest)


def test_the_bundle_is_no_python_for_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["voxview", "-m", "pip", "install", "x"])
    assert start.main() == 2
    assert "no module pip" in capsys.readouterr().err


def test_other_programs_get_the_systems_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib/voxview/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    start.restore_library_path()
    assert "LD_LIBRARY_PATH" not in os.environ
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib/voxview/_internal")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/opt/own")
    start.restore_library_path()
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/own" and "LD_LIBRARY_PATH_ORIG" not in os.environ
