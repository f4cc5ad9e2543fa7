"""What is fuzzed: of each kind of file valid ones, how they are changed, how the program reads them.

A target's `read` returns nothing and raises what the program's reader raises. Beyond that it looks at what
came as the program will: a grid is 32³ and not empty, a session can be written again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from random import Random

from . import corpus, reading, structures
from .mutate import BYTES, TEXT, Mutator, mutated, words

GROUPS = ("shapes", "points", "pictures", "weights", "settings", "caches", "sessions", "records")


@dataclass(frozen=True)
class Target:
    """One kind of file."""

    name: str
    group: str
    """One of `GROUPS`."""
    suffix: str
    corpus: Callable[[], corpus.Files]
    mutators: tuple[Mutator, ...]
    read: Callable[[Path], None]
    needs: tuple[str, ...] = ()
    """Libraries without which it cannot be run."""
    may_print: bool = False
    """Whether a library in C says on stderr what it finds in a damaged file, whoever calls it."""

    @property
    def missing(self) -> list[str]:
        """The libraries that are not there."""
        return [name for name in self.needs if find_spec(name) is None]

    def file(self, seed: int) -> bytes:
        """Return the file of a seed, the same each time."""
        files = _corpus(self.corpus)
        rng = Random(f"{self.name}:{seed}")
        return mutated(rng, rng.choice(files), self.mutators, files)


@cache
def _corpus(make: Callable[[], corpus.Files]) -> corpus.Files:
    return make()


_OBJ = words(b"v", b"f", b"fo", b"vn", b"l", b"g", b"\\", b"#", b"f 1//1 2//2 -1//3", b"f 1 2 3 4 5 6 7")
_PLY = words(
    *(
        b"element",
        b"property",
        b"list",
        b"vertex",
        b"face",
        b"tristrips",
        b"uchar",
        b"char",
        b"float",
        b"double",
    ),
    *(b"int", b"uint", b"short", b"x", b"vertex_indices", b"ascii", b"binary_little_endian", b"end_header"),
    *(b"binary_big_endian", b"property list double float y\n", b"element face 3\n", b"property char z\n"),
)
_OFF = words(b"OFF", b"COFF", b"NOFF", b"STOFF", b"4OFF", b"nOFF", b"BINARY", b"#", b"\r")
_STL = words(
    b"solid", b"facet normal", b"outer loop", b"vertex", b"endfacet", b"endsolid", b"VoxView up=z turn=90"
)
_GLTF = words(
    *(
        b'"scene"',
        b'"nodes"',
        b'"children"',
        b'"mesh"',
        b'"matrix"',
        b'"sparse"',
        b'"byteStride"',
        b'"targets"',
    ),
    *(b'"mode"', b'"count"', b'"uri"', b'"data:;base64,AAAA"', b'"data:,%00"', b'"a.bin"', b'"weights"'),
)
_PCD = words(
    b"FIELDS", b"SIZE", b"TYPE", b"COUNT", b"WIDTH", b"POINTS", b"DATA", b"x", b"z", b"F", b"I", b"U"
)
_XYZ = words(
    b"#", b"//X Y Z", b"x;y;z", b"x,y,z", b";", b",", b"\t", b'"', b"%", b"1,5;2,5;3,5\n", b"y x z\n"
)
_JSON = (
    structures.change_json,
    structures.change_json,
    structures.change_json,
    structures.change_json_number,
)
_ARCHIVED = structures.in_archive(*BYTES, *TEXT, structures.change_npy, structures.change_npy)
_STORED = structures.in_archive(*BYTES, structures.change_npy, structures.change_npy, compression=0)
_HEADER = structures.in_head(b"end_header", *TEXT, _PLY)
_INI = words(
    *(
        b"@ByteArray(\\x1\\xd9\\xd0\\xcb)",
        b"@Variant(\\0\\0\\0\\x7f)",
        b"@Variant(\\0\\0\\0\\t\\xff\\xff\\xff\\xff)",
    ),
    *(
        b"@Invalid()",
        b"@Size(1 1)",
        b"@Point(1 1)",
        b"@Rect(0 0 1 1)",
        b"@String(",
        b"[General]",
        b"[",
        b"]",
        b"%",
    ),
    *(b"\\x", b"\\", b'"', b",", b"=", b";", b"\\xd800", b"folder=" + b"a" * 300, b"%U", b"look={}"),
    *(b'"{\\"slice_layer\\": 1e400}"', b"\\x10ffff", b"recent_sessions=" + b"b" * 5000),
)


def _shape(suffix: str, files: Callable[[], corpus.Files], *mutators: Mutator, **more: object) -> Target:
    name = str(more.pop("name", suffix[1:]))
    needs = ("scipy", *more.pop("needs", ()))  # type: ignore[misc]
    return Target(name, "shapes", suffix, files, mutators, reading.shape, needs)


def _shapes(suffix: str, **which: object) -> Callable[[], corpus.Files]:
    return partial(corpus.shapes, suffix, **which)  # type: ignore[arg-type]


def _cubes(suffix: str, *more: Callable[[], corpus.Files]) -> Callable[[], corpus.Files]:
    return partial(_joined, (*more, *more, partial(corpus.shapes, suffix)))


def _joined(makers: tuple[Callable[[], corpus.Files], ...]) -> corpus.Files:
    return tuple(one for make in makers for one in make())


_EARCUT = ("mapbox_earcut",)
_SHAPES = (
    _shape(".obj", _shapes(".obj"), *TEXT, _OBJ, needs=_EARCUT),
    _shape(".off", _shapes(".off"), *TEXT, _OFF, needs=_EARCUT),
    _shape(".ply", _shapes(".ply"), _HEADER, _HEADER, *TEXT, *BYTES, needs=_EARCUT),
    _shape(".stl", _shapes(".stl"), *TEXT, _STL, *BYTES),
    _shape(
        ".glb", _shapes(".glb", without=("Draco", "meshopt", "compression")), structures.change_glb, _GLTF
    ),
    _shape(".gltf", _shapes(".gltf"), *_JSON, structures.change_packed_text, _GLTF),
    _shape(".3mf", _shapes(".3mf"), structures.in_archive(structures.change_xml, *TEXT)),
    _shape(".npy", _cubes(".npy", corpus.small_cubes), structures.change_npy),
    _shape(".npz", _cubes(".npz", corpus.zipped_cubes), _ARCHIVED),
    _shape(".binvox", _cubes(".binvox", corpus.small_binvox), structures.change_binvox, *TEXT[:-1]),
    _shape(".glb", _shapes(".glb", of="Draco"), structures.change_glb, name="draco", needs=("DracoPy",)),
    _shape(
        ".glb", _shapes(".glb", of="meshopt"), structures.change_glb, name="meshopt", needs=("meshoptimizer",)
    ),
)


def _points(suffix: str, *mutators: Mutator, name: str = "") -> Target:
    files = partial(corpus.clouds, suffix)
    return Target(name or f"points{suffix}", "points", suffix, files, mutators, reading.points, ("scipy",))


_POINTS = (
    _points(".xyz", *TEXT, _XYZ),
    _points(".csv", *TEXT, _XYZ),
    _points(".pcd", structures.in_head(b"DATA", *TEXT, _PCD), *TEXT, *BYTES),
    _points(".ply", _HEADER, *TEXT, *BYTES),
    _points(".npy", structures.change_npy),
    _points(".obj", *TEXT, _OBJ),
    _points(".off", *TEXT, _OFF),
    Target(
        "latent", "points", ".txt", corpus.latents, (*TEXT, *_JSON, structures.change_npy), reading.latent
    ),
)


def _picture(kind: str, *mutators: Mutator) -> Target:
    files = partial(corpus.pictures, kind)
    return Target(
        kind.lower(),
        "pictures",
        f".{kind.lower()}",
        files,
        mutators,
        reading.picture,
        ("PIL", "scipy"),
        may_print=kind == "TIFF",  # libtiff
    )


_PICTURES = (
    _picture("PNG", structures.change_png),
    _picture("JPEG", structures.change_jpeg),
    _picture("WEBP"),
    _picture("TIFF"),
    _picture("BMP"),
    _picture("GIF"),
    _picture("AVIF"),
)


def _weights(name: str, files: Callable[[], corpus.Files], read: Callable[[Path], None]) -> Target:
    needs = ("torch", "safetensors")
    return Target(name, "weights", ".safetensors", files, (structures.change_safetensors,), read, needs)


_WEIGHTS = (
    _weights("weights", corpus.weights, reading.weights),
    *(
        _weights(f"{kind}-weights", partial(corpus.encoder_weights, kind), partial(reading.encoder, kind))
        for kind in ("points", "parts", "picture")
    ),
    _weights("checkpoint", corpus.checkpoints, reading.checkpoint),
)

_KEPT = (
    Target(
        "settings",
        "settings",
        ".ini",
        lambda: corpus.SETTINGS,
        (*TEXT, _INI, _INI),
        reading.settings,
        ("PySide6",),
        may_print=True,  # Qt, of values of types that it does not have
    ),
    Target("index-cache", "caches", ".npz", corpus.index_caches, (_STORED,), reading.index_cache),
    Target(
        "session",
        "sessions",
        ".voxview",
        corpus.sessions,
        (*_JSON, structures.change_packed_text, structures.change_packed_text),
        reading.session,
        ("PIL",),
    ),
    Target(
        "bookmarks",
        "sessions",
        ".json",
        corpus.bookmarks,
        (*_JSON, structures.change_packed_text),
        reading.bookmarks,
        ("PIL", "PySide6"),
    ),
)


def _record(
    name: str,
    suffix: str,
    files: Callable[[], corpus.Files],
    read: Callable[[Path], None],
    *mutators: Mutator,
) -> Target:
    return Target(name, "records", suffix, files, mutators, read, ("torch",))


_RECORDS = (
    _record("config", ".toml", corpus.toml_configs, reading.config, *TEXT, words(b"[a]", b"=", b'"""', b"{")),
    _record("benchmark", ".json", partial(corpus.record, "voxview-benchmark-1"), reading.benchmark, *_JSON),
    _record(
        "parallel",
        ".json",
        partial(corpus.record, "voxview-parallel-benchmark-1"),
        reading.parallel_run,
        *_JSON,
    ),
    _record("labelled-clouds", ".npz", corpus.labelled_clouds, reading.labelled_clouds, _ARCHIVED),
    _record("photos", ".tsv", lambda: corpus.PHOTO_TABLES, reading.photos, *TEXT, words(b"\t", b'"', b"\0")),
    _record(
        "log",
        ".csv",
        lambda: corpus.CSV_LOGS,
        reading.csv_log,
        *TEXT,
        words(b",", b'"', b"step", b"\xc2\xb2"),
    ),
)

TARGETS: dict[str, Target] = {
    one.name: one for one in (*_SHAPES, *_POINTS, *_PICTURES, *_WEIGHTS, *_KEPT, *_RECORDS)
}


def chosen(names: str) -> dict[str, list[Target]]:
    """Return the targets of a list of names and groups, by group; all where it is empty.

    Raises `ValueError` for a name that is neither.
    """
    wanted = [name for name in names.split(",") if name]
    if unknown := [name for name in wanted if name not in TARGETS and name not in GROUPS]:
        raise ValueError(f"there is no target {unknown[0]}: choose of {', '.join((*GROUPS, *TARGETS))}")
    found = [one for one in TARGETS.values() if not wanted or one.name in wanted or one.group in wanted]
    return {group: [one for one in found if one.group == group] for group in GROUPS}
