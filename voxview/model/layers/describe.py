"""A network's rows: traced without memory on the meta device, counted by our own formulas."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

from torch import nn

from voxview.model.alexnet import LocalResponseNorm
from voxview.model.layers.arithmetic import (
    Convolution,
    Working,
    convolution_workings,
    linear_workings,
    memory_working,
    pool_working,
    product_working,
)
from voxview.model.layers.networks import Architecture, architecture, build_on_meta, example
from voxview.model.layers.receptive import ALL, Receptive
from voxview.model.layers.rows import (
    CONVOLUTION,
    FULLY_CONNECTED,
    PRODUCT,
    SHARED,
    TRANSPOSED,
    LayerRow,
    NetworkRows,
    Shape,
)
from voxview.model.layers.trace import CONVOLUTIONS, NORMS, Call, trace
from voxview.model.pointnet2 import FeaturePropagation, SetAbstraction


@cache
def describe_network(name_or_path: str | Path) -> NetworkRows:
    """Return the rows of a network by its name, or of a weights file; `InputError` for another one."""
    return describe(str(name_or_path), architecture(name_or_path))


def describe(name: str, of: Architecture) -> NetworkRows:
    """Return the rows of an architecture."""
    network = build_on_meta(of.build)
    stored = build_on_meta(of.build_stored) if of.build_stored else network
    walk = _Walk(of, stored)
    rows = [walk.row(call) for call in trace(network, example(of))]
    names = numbered([row.name for row in rows])
    rows = [replace(row, name=name) for row, name in zip(rows, names, strict=True)]
    return NetworkRows(name, of.title, of.unit, walk.shape((1, *of.input), points_last=False), tuple(rows))


class _Walk:
    """The calls in their order, with what is kept from one to the next: the receptive field."""

    def __init__(self, of: Architecture, stored: nn.Module) -> None:
        self._of = of
        self._stored = stored
        self._receptive = Receptive()
        self._seen = "1 point"

    def row(self, call: Call) -> LayerRow:
        """Return the row of the next call."""
        module = call.module
        if isinstance(module, CONVOLUTIONS):
            return self._convolution(call, module)
        if isinstance(module, nn.Linear):
            return self._linear(call, module)
        if isinstance(module, SetAbstraction | FeaturePropagation):
            return self._neighbours(call, module)
        if isinstance(module, NORMS):
            affine = "scale and shift of each channel" if module.affine else "to mean 0 and variance 1"
            workings = [Working("parameters", "2 × C", f"2 × {module.num_features}", 2 * module.num_features)]
            return self._make(call, "batch normalisation", workings if module.affine else [], note=affine)
        if isinstance(module, LocalResponseNorm):
            note = f"over {module.size} neighbouring channels"
            return self._make(call, "response normalisation", [], note=note)
        return self._operation(call)

    def _convolution(self, call: Call, module: nn.Module) -> LayerRow:
        assert isinstance(module, CONVOLUTIONS)
        size = call.inputs[0][2]
        transposed = isinstance(module, nn.ConvTranspose3d)
        layer = Convolution(
            size,
            module.in_channels,
            module.out_channels,
            module.kernel_size[0],
            module.stride[0],
            int(module.padding[0]),
            module.groups,
            len(module.kernel_size),
            module.bias is not None,
            transposed,
            module.output_padding[0],
        )
        workings = list(convolution_workings(layer))
        kind = TRANSPOSED if transposed else SHARED if self._of.unit == "point" else CONVOLUTION
        before = self._receptive
        if self._of.unit != "point":
            self._receptive, how = self._receptive.after(layer.kernel, layer.stride, transposed)
            workings += [how] if how else []
        elif len(parts := call.path.split(".pointnets.")) == 2:
            self._seen = self._scale_text(parts[0], int(parts[1].split(".")[0]))
        row = self._make(call, kind, workings, layer)
        if call.path.endswith(".shortcut"):
            self._receptive = before  # the block's other layers read what the shortcut reads
        return row

    def _linear(self, call: Call, module: nn.Linear) -> LayerRow:
        self._receptive, self._seen = ALL, "all"
        workings = linear_workings(module.in_features, module.out_features, module.bias is not None)
        return self._make(call, FULLY_CONNECTED, list(workings))

    def _neighbours(self, call: Call, module: nn.Module) -> LayerRow:
        points = call.inputs[0][1]
        if isinstance(module, SetAbstraction):
            scales = ", ".join(f"{scale.count} within {scale.radius:g}" for scale in module.scales)
            note = f"{module.centres} of {points} points, each the farthest from those before; up to {scales}"
            channels = 3 + (call.inputs[1][1] if len(call.inputs) > 1 else 0)
            neighbours = sum(scale.count for scale in module.scales)
            call.output = (1, channels, module.centres, neighbours)
            return self._make(call, "grouping", [], note=note, name="grouping")
        coarse, channels = call.inputs[2][1], call.inputs[3][1]
        note = f"at each of {points} points the mean of the 3 nearest of {coarse}, weighted by 1/distance²"
        call.output = (1, channels, points)
        self._seen = "all"
        return self._make(call, "interpolation", [], note=note, name="interpolation")

    def _operation(self, call: Call) -> LayerRow:
        if call.operation == "max pool":
            kernel, stride = call.arguments["kernel_size"], call.arguments["stride"]
            layer = Convolution(call.inputs[0][2], call.output[1], call.output[1], kernel, stride)
            workings = [pool_working(layer.size, kernel, stride)]
            self._receptive, how = self._receptive.after(kernel, stride)
            workings += [how] if how else []
            return self._make(call, "max pool", workings, layer, name="pool")
        if call.operation == PRODUCT:
            (_, rows, inner), (_, _, columns) = call.inputs
            self._seen = "all"
            note = "each point's numbers times a matrix that all points have shaped"
            working = [product_working(rows, inner, columns)]
            return self._make(call, PRODUCT, working, note=note, name="product")
        if call.operation == "maximum":
            if len(call.inputs[0]) == 4:
                note = "of each centre's neighbours, channel by channel"
            else:
                note, self._seen = "of all points, channel by channel", "all"
            return self._make(call, "max pool", [], note=note, name="maximum")
        n, *lengths = call.inputs[0]  # (n, 2, 2, 2, d, h, w)
        call.inputs = ((n, lengths[0] * lengths[1] * lengths[2], *lengths[3:]),)
        call.output = (n, 1, *(2 * length for length in lengths[3:]))
        note = "the channels of each position become the 2×2×2 voxels below it"
        return self._make(call, "rearrangement", [], note=note, name="voxels")

    def _make(
        self,
        call: Call,
        kind: str,
        workings: list[Working],
        layer: Convolution | None = None,
        *,
        note: str = "",
        name: str = "",
    ) -> LayerRow:
        """Return a row; its counts are the results of its workings."""
        found = {working.figure: working.result for working in workings}
        output = self.shape(call.output)
        is_layer = layer is not None and kind != "max pool"
        is_points = self._of.unit == "point"
        expanded = found.get("parameters", 0)
        stored = _parameters(self._stored, call)
        if stored < expanded:
            workings.insert(
                next(i for i, working in enumerate(workings) if working.figure == "parameters") + 1,
                Working("stored", "one of two mirrored halves", f"{stored:,} of {expanded:,}", stored),
            )
        return LayerRow(
            shown_name(call.path, name),
            kind,
            self._input_shape(call),
            output,
            stored,
            expanded,
            found.get("multiply-adds", 0),
            None if is_points else self._receptive.width,
            self._seen if is_points else self._receptive.text(self._of.input[-1]),
            layer.kernel if layer else None,
            layer.stride if layer else None,
            layer.padding if layer else None,
            layer.filters if layer and is_layer else None,
            layer.groups if layer and is_layer else 1,
            tuple(call.then),
            note,
            (*workings, memory_working(output.channels, output.size)),
        )

    def shape(self, lengths: tuple[int, ...], points_last: bool = True) -> Shape:
        """Return the shape of one example of an array `(1, channels, …)`, or of a cloud `(1, points, 3)`."""
        if self._of.unit == "point" and not points_last:
            return Shape(lengths[2], (lengths[1],))
        return Shape(lengths[1], tuple(lengths[2:]) if lengths[2:] != (1,) else ())

    def _input_shape(self, call: Call) -> Shape:
        """Return the shape of what is read: features where there are some, else positions."""
        if isinstance(call.module, SetAbstraction | FeaturePropagation):
            return self.shape(call.inputs[0], points_last=False)
        return self.shape(call.inputs[-1] if call.operation == PRODUCT else call.inputs[0])

    def _scale_text(self, path: str, number: int) -> str:
        """Return how many points a set abstraction's small PointNet sees at one of its scales."""
        level = self._stored.get_submodule(path)
        assert isinstance(level, SetAbstraction)
        scale = level.scales[number]
        what = "points" if path.endswith("level1") else "centres of the level before"
        return f"{scale.count} {what}"


def _parameters(stored: nn.Module, call: Call) -> int:
    """Return how many parameters a layer has in the file."""
    if call.module is None or call.operation:
        return 0
    return sum(parameter.numel() for parameter in stored.get_submodule(call.path).parameters())


def shown_name(path: str, operation: str) -> str:
    """Return a row's name: its module's path, without what is the same for a whole network."""
    path = path.removeprefix("alexnet").removeprefix("resnet").removeprefix("front").removeprefix(".")
    return ".".join(part for part in (path, operation) if part)


def numbered(names: list[str]) -> list[str]:
    """Return names with numbers behind those that come several times: pool1, pool2."""
    times = Counter(names)
    so_far: Counter[str] = Counter()
    found = []
    for name in names:
        so_far[name] += 1
        found.append(f"{name}{so_far[name] if times[name] > 1 else ''}")
    return found
