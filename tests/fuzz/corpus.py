"""Valid files to begin with, made when they are wanted: by the program's own writers, and by those of tests.

Nothing here is anybody else's, and everything comes out the same each time.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .structures import archive

_UNIT = Path(__file__).parents[1] / "unit"
if str(_UNIT) not in sys.path:
    sys.path.insert(0, str(_UNIT))

Files = tuple[bytes, ...]


def _written(suffix: str, *writers: Callable[[Path], object]) -> Files:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{suffix}"
        found = []
        for write in writers:
            write(path)
            found.append(path.read_bytes())
        return tuple(found)


def _sample(number: int = 5) -> Any:
    from voxview.shapes.catalogs.samples import sample_catalog

    return sample_catalog()[number]


# ---- shapes and points ------------------------------------------------------------------------------


def shapes(suffix: str, *, of: str = "", without: tuple[str, ...] = ()) -> Files:
    """Return the files of `awkward_files` and `awkward_grids` with a suffix, those that are refused, too.

    `of` is what a name has to contain, `without` what it must not.
    """
    import awkward_files
    import awkward_grids

    cases: dict[str, Callable[[], bytes]] = {}
    for module in (awkward_files, awkward_grids):
        cases |= module.SAME
        cases |= {name: make for name, (make, _) in (module.SAID | module.REFUSED).items()}
    names = [n for n in cases if n.endswith(suffix) and of in n and not any(word in n for word in without)]
    return tuple(cases[name]() for name in names)


def exported(suffix: str) -> Files:
    """Return what the program itself writes in a format of shapes: a surface, or a grid."""
    from voxview.shapes.io.arrays import write_npy
    from voxview.shapes.io.binvox import write_binvox

    grid = _sample().read()
    writers = {".npy": write_npy, ".binvox": write_binvox}
    return _written(suffix, lambda path: writers[suffix](path, grid))


def small_cubes() -> Files:
    """Return `.npy` files of a few kilobytes, whose headers are changed more often than their data."""
    grid = np.zeros((8, 8, 8), bool)
    grid[2:6, 1:7, 3] = True
    arrays = (
        grid,
        grid.astype(np.float32),
        grid[None].astype("<i2"),
        np.asfortranarray(grid.astype(np.uint8)),
    )
    return tuple(_npy(array) for array in arrays)


def zipped_cubes() -> Files:
    """Return `.npz` files of the same."""
    cubes = small_cubes()
    parts = _npy(np.zeros((8, 8, 8), np.uint8))
    return (
        archive([("grid.npy", cubes[0]), ("parts.npy", parts)]),
        *(archive([("a.npy", one)]) for one in cubes),
    )


def small_binvox() -> Files:
    """Return binvox files of few runs."""
    head = "#binvox 1\ndim {0} {0} {0}\ntranslate {1}\nscale {2}\ndata\n"
    box = bytes([0, 100, 1, 200]) + bytes([0, 212])
    more = bytes([0, 255, 1, 255]) * 64 + bytes([1, 128])
    theirs = head.format(32, "0 0 0", "1").encode() + more
    return (
        head.format(8, "-0.5 -0.5 -0.5", "1").encode() + box,
        theirs,
        head.format(8, "3 4 5", "9e2").encode() + box,
    )


def _npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def cloud() -> np.ndarray:
    """Return points of a chair `(900, 3)`, as a scanner might see it."""
    grid = _sample().read()
    places = np.argwhere(grid)[::7][:900]
    return np.round((places + np.random.default_rng(0).random(places.shape)) / 32 - 0.5, 4)


def clouds(suffix: str) -> Files:
    """Return files of points with a suffix."""
    points = cloud()
    rows = [f"{x:g} {y:g} {z:g}" for x, y, z in points.tolist()]
    few = rows[:60]
    if suffix == ".pcd":
        head = (
            "# .PCD v0.7\nVERSION 0.7\nFIELDS x y z rgb\nSIZE 4 4 4 4\nTYPE F F F U\nCOUNT 1 1 1 1\n"
            f"WIDTH {len(points)}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {len(points)}\nDATA "
        )
        record = np.zeros(len(points), [("p", "<f4", 3), ("c", "<u4")])
        record["p"] = points
        text = "".join(f"{row} 7\n" for row in rows)
        return ((head + "ascii\n" + text).encode(), (head + "binary\n").encode() + record.tobytes())
    if suffix == ".ply":
        head = "ply\nformat {} 1.0\nelement vertex " + str(len(points)) + "\n"
        head += "property float x\nproperty float y\nproperty float z\nend_header\n"
        parts = [head.format("ascii").encode() + "\n".join(rows).encode()]
        for name, order in (("binary_little_endian", "<f4"), ("binary_big_endian", ">f4")):
            parts.append(head.format(name).encode() + points.astype(order).tobytes())
        return tuple(parts)
    if suffix == ".npy":
        return (_npy(points.astype(np.float32)), _npy(np.column_stack([points, points])))
    if suffix == ".off":
        return (f"OFF\n{len(rows)} 0 0\n".encode() + "\n".join(rows).encode(),)
    if suffix == ".obj":
        return ("".join(f"v {row}\n" for row in rows).encode(),)
    text = "\n".join(rows)
    return (
        text.encode(),
        ("x;y;z\r\n" + "\r\n".join(few).replace(" ", ";").replace(".", ",")).encode(),
        ("id,red,z,y,x\n" + "\n".join(f"p,7,{row.replace(' ', ',')}" for row in few)).encode(),
        (f"{len(few)}\n" + "\n".join(row + " -1200 10 20 30" for row in few)).encode(),
        ("//X Y Z R\n# by a scanner\n\n" + "\n".join(row.replace(" ", "\t") for row in few)).encode(),
    )


def latents() -> Files:
    """Return files of one latent: an array, JSON, lines, and what NumPy prints."""
    from voxview.shapes.io.latents import latent_comments, latent_numbers, latent_text

    latent = np.linspace(-2, 2, 64, dtype=np.float32).reshape(8, 8)
    document = {"latent": latent_numbers(latent), "weights": "chairs"}
    text = latent_text(latent, latent_comments("Chair", "chairs"))
    return (_npy(latent), json.dumps(document).encode(), text.encode(), repr(latent).encode())


# ---- pictures ---------------------------------------------------------------------------------------


def pictures(kind: str) -> Files:
    """Return small pictures in one of Pillow's formats: of each mode that it has, in several ways."""
    from PIL import Image

    rows = np.random.default_rng(1).integers(0, 256, (24, 20, 4)).astype(np.uint8)
    rows[4:20, 4:16] = (90, 60, 30, 255)
    images = {mode: Image.fromarray(rows).convert(mode) for mode in ("RGB", "RGBA", "L", "P", "1")}
    images["I;16"] = Image.fromarray(np.arange(480, dtype=np.uint16).reshape(24, 20) * 100)
    images["F"] = Image.fromarray(np.linspace(-1, 2, 480, dtype=np.float32).reshape(24, 20))
    images["CMYK"] = images["RGB"].convert("CMYK")
    ways: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "PNG": [(mode, {}) for mode in ("RGB", "RGBA", "L", "P", "1", "I;16")],
        "JPEG": [("RGB", {"exif": b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"}),
                 ("L", {}), ("CMYK", {}), ("RGB", {"progressive": True})],
        "WEBP": [("RGB", {}), ("RGBA", {"lossless": True})],
        "TIFF": [("RGB", {}), ("I;16", {}), ("F", {}), ("RGB", {"compression": "tiff_lzw"}),
                 ("RGB", {"compression": "jpeg"}), ("1", {"compression": "group4"}),
                 ("RGBA", {"compression": "tiff_adobe_deflate"})],
        "BMP": [("RGB", {}), ("P", {}), ("1", {})],
        "GIF": [("P", {}), ("L", {"save_all": True, "append_images": [images["L"].rotate(90)]})],
        "AVIF": [("RGB", {"speed": 10})],
    }  # fmt: skip
    found = []
    for mode, options in ways[kind]:
        out = io.BytesIO()
        images[mode].save(out, kind, **options)
        found.append(out.getvalue())
    return tuple(found)


# ---- weights ----------------------------------------------------------------------------------------


def weights() -> Files:
    """Return an autoencoder's weights, and headers alone."""
    import torch

    from voxview.model.study import StudyNetwork
    from voxview.model.weights import write_weights

    torch.manual_seed(0)
    network = StudyNetwork()
    notes = {"terms": "free", "held-out IoU, real": "0.5"}
    small = {name: (torch.zeros(2, 2)) for name in ("a", "b")}
    return (
        *_written(
            ".safetensors",
            lambda path: write_weights(
                path, network, "study", "mine", notes, range(5), torch.eye(64), validated_on=[1, 2]
            ),
        ),
        _tensors(small, {"format": "voxview-weights-1", "architecture": "study", "name": "x"}),
        _tensors(
            {"trained_on": torch.arange(3)}, {"format": "voxview-weights-1", "architecture": "symmetric"}
        ),
    )


def encoder_weights(kind: str) -> Files:
    """Return small weights of points encoders or a parts network; of a picture encoder a few tensors."""
    import torch

    from voxview.model.parts_network import PartsNetwork
    from voxview.model.points_network import PointsNetwork
    from voxview.model.points_weights import write_parts_weights, write_points_weights

    torch.manual_seed(0)
    if kind == "parts":
        return _written(".safetensors", lambda path: write_parts_weights(path, PartsNetwork(4), "mine"))
    if kind == "picture":
        about = {"format": "voxview-picture-1", "hidden": "4", "groups": "1", "odd": "0", "name": "mine"}
        return (_tensors({"latent_mean": torch.zeros(64), "trained_on": torch.arange(2)}, about),)
    networks = [PointsNetwork(name, 4) for name in ("pointnet", "pointnet++")]
    return _written(
        ".safetensors",
        *(
            lambda path, network=network: write_points_weights(
                path,
                network,
                "mine",
                autoencoder="chairs",
                autoencoder_fingerprint="f00d",
                odd=3,
                trained_on=[1],
            )
            for network in networks
        ),
    )


def checkpoints() -> Files:
    """Return a checkpoint of an autoencoder's run."""
    import torch

    from voxview.training.checkpoint import Checkpoint, write_checkpoint
    from voxview.training.config import TrainConfig

    kept = Checkpoint(TrainConfig(), "0123", 1, 7, 1.5, {"network.a": torch.zeros(3)})
    return _written(".safetensors", lambda path: write_checkpoint(path, kept))


def _tensors(tensors: dict[str, Any], header: dict[str, str]) -> bytes:
    from safetensors.torch import save

    return bytes(save(tensors, metadata=header))


# ---- what the program keeps -------------------------------------------------------------------------

PROBE = np.zeros((2, 8, 8), np.float32)
"""The latents of the two known chairs by which an index cache is recognised."""


def index_caches() -> Files:
    """Return an index cache of two chairs."""
    from voxview.engine.catalog.cache import IndexCache
    from voxview.shapes.bits import pack_words

    words = pack_words(np.stack([_sample(i).read() for i in (5, 6)]))
    stamps = ["/chairs/one.binvox:100:5", "/chairs/two.obj|up=y|/chairs/two.obj:9:5"]
    latents_ = np.linspace(-1, 1, 128, dtype=np.float32).reshape(2, 8, 8)
    return _written(".npz", lambda path: IndexCache(path).save(PROBE, stamps, words, latents_))


def session_documents() -> list[dict[str, Any]]:
    """Return documents of sessions: with chairs of samples, of folders, imported, from pictures, in a mix."""
    from voxview.engine.mix import MixRequest
    from voxview.gui.session.session_file import Sources, session_document
    from voxview.gui.session.state import State
    from voxview.pictures.view import View
    from voxview.shapes.bits import fingerprint
    from voxview.shapes.chair import Chair
    from voxview.shapes.known_latent import KnownLatent

    grid = _sample().read()
    latent = np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8)
    known = KnownLatent(latent, "f00d", fingerprint(grid)).details()
    picture = {"picture": "/photos/chair.jpg", "view": View(35.0, 12.0), "unfamiliarity": 0.25}
    picture |= {"autoencoder": "chairs", "thumbnail": np.full((224, 224, 3), 90, np.uint8), **known}
    scan = {"points": "a.ply", "stands": "upright", "distance": 0.1, "autoencoder": "chairs"}
    made = Chair("/photos/chair.jpg", "Chair", "/photos/chair.jpg (0123)", lambda: grid, picture)
    scanned = Chair("a.ply", "A scan", "a.ply (4567)", lambda: grid, {**scan, **known})
    imported = Chair("b.obj", "B", "b.obj", lambda: grid, {"path": "b.obj", "up": "z", "turn": 90})
    listed = Chair("sub/one", "One", "/nowhere/chairs", lambda: grid, {"path": "/nowhere/chairs/sub/one"})
    camera = (2.5, 1.7, -4.0, 0.0, 0.0, 0.0, -0.17, 0.94, 0.29)
    aspects = {
        "look": (("layout", "large"), ("ghost", True)),
        "slice": ("y", 4),
        "cameras": (camera, camera, camera),
        "edit": (((3, 0.5), (9, -1.0)), (), "a"),
        "parts": (0, 2),
        "page": "mix",
        "rebuilt": True,
        "surface_resolution": 64,
    }
    mix = MixRequest((_sample(0), made), (0.5, 0.5), (("arms", 0.1),))
    states = (
        State(_sample(0), _sample(1), 0.25, None, "study"),
        State(made, listed, 0.5, mix, "/weights/own.safetensors", (made, scanned, imported), aspects),
        State(scanned, imported, 1.0, None, "chairs", (scanned, imported), aspects),
    )
    return [
        session_document(state, Sources(("/nowhere/chairs",), "/nowhere/chairs"), with_grids=True)
        for state in states
    ]


def sessions() -> Files:
    """Return session files, the last one with what was before its last step."""
    documents = session_documents()
    documents[2] |= {"closed": True, "before": documents[0] | {"title": "Mix of 2"}}
    return tuple(json.dumps(document).encode() for document in documents)


def bookmarks() -> Files:
    """Return a file of two bookmarks."""
    records = [
        {"name": f"Place {i}", "picture": "iVBORw0KGgo=", "state": document}
        for i, document in enumerate(session_documents()[:2])
    ]
    return (json.dumps({"voxview bookmarks": 1, "bookmarks": records}).encode(),)


SETTINGS = (
    b"[General]\ntheme=dark\nloop=false\nspeed=2\xc3\x97\neven_pace=true\nfolder=/nowhere/chairs\nlinked=false\n"
    b'look="{\\"layout\\": \\"large\\", \\"slice\\": true, \\"slice_layer\\": 4}"\nweights=study\n'
    b'parts=true\nexport_folder=/nowhere/out\nexport_formats="obj,stl"\nexport_stl=80 z\n'
    b'surface_resolution=64\nstart=last\nrecent_sessions="/nowhere/a.voxview\\n/nowhere/b.voxview"\nrecent_commands="export\\nreset"\n'
    b"remove_crumbs=true\n\n[keys]\nexport=Ctrl+E\nreset=\n\n[layout]\n"
    b"window=@ByteArray(\\x1\\xd9\\xd0\\xcb\\0\\x3\\0\\0)\nsplitter=@ByteArray(\\0\\0\\0\\xff\\0\\0\\0\\x1)\n",
    b"[General]\ntheme=@Variant(\\0\\0\\0\\n\\0\\0\\0\\x2\\0\\x61)\nfolder=@String(a)\nloop=@Invalid()\n"
    b"look=@Variant(\\0\\0\\0\\t\\0\\0\\0\\x2)\nspeed=@Rect(0 0 1 1)\nweights=a, b, c\n",
)


def toml_configs() -> Files:
    """Return a training config as the program writes it."""
    from voxview.training.config import TrainConfig
    from voxview.training.config_file import write_config

    return _written(".toml", lambda path: write_config(path, TrainConfig()))


def record(name: str) -> Files:
    """Return a benchmark that ships with the program, cut to its first measurements."""
    root = Path(__file__).parents[2] / "assets" / "benchmarks"
    found = []
    for file in sorted(root.glob("*.json")):
        tree = json.loads(file.read_text(encoding="utf-8"))
        if tree.get("format") == name:
            found.append(
                json.dumps({k: v[:6] if isinstance(v, list) else v for k, v in tree.items()}).encode()
            )
    return tuple(found)


def labelled_clouds() -> Files:
    """Return a file of two clouds with labels."""
    points, labels = np.zeros((2, 5, 3), np.float32), np.zeros((2, 5), np.uint8)
    members = [
        ("ids.npy", _npy(np.array(["a", "b"]))),
        ("points.npy", _npy(points)),
        ("labels.npy", _npy(labels)),
    ]
    return (archive(members),)


CSV_LOGS = (
    b"step,seconds,images_per_second,learning_rate,loss,loss: occupancy,IoU: real,one piece: real\n"
    b"100,1.5,64.0,0.001,0.5,0.5,,\n200,3.0,64.0,0.001,0.4,0.4,0.6,0.9\n",
)
PHOTO_TABLES = (
    b"file\tmodel\tgrid\tname\tseen\na.png\tm\t0\tOne\t1\nb.png\tm\t1\tTwo\t0\n",
    b'file\tmodel\tgrid\tname\tseen\nsub/a.png\tm\t0\t"One\t1\n',
)
